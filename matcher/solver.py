"""The joint optimum of pairing and schedule: goals in order, bounds, and cuts between the two halves.

The pairing is solved as if every pair could have what it can have alone. The schedule either bears that out, which
proves it, or shows groups of pairs that fall short; these become cuts, and the pairing is solved again. Every
pairing on the way is the optimum of a relaxation of the joint problem, so its values are bounds.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matcher.cadence import make_cadence
from matcher.cpsat import Clock
from matcher.explain import Facts, explain_choices, explain_unmatched
from matcher.flow import Face, Level, best_face
from matcher.goals import Bounds, Figures, figures, make_goals
from matcher.model import Cohort, Fault, InputError, IntArray, LimitError, Solution, SolvedPair
from matcher.pairing import (
    Pairing,
    PairingModel,
    best_pairing,
    draw_levels,
    mentees_level,
    pairs_level,
    price_level,
    rank_levels,
    rank_order,
    regularity_level,
    turns,
)
from matcher.planner import Cut, Plan, Planner, Prices
from matcher.plans import make_aim
from matcher.rules import judge
from matcher.times import meeting_times

Progress = Callable[[str], None]


def solve(
    cohort: Cohort,
    *,
    time_limit: float = 600,
    workers: int = 1,
    seed: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Solution:
    """Find the largest pairing that can be scheduled, with the best ranks and sessions, and prove it.

    Parameters
    ----------
    time_limit
        Seconds after which the best solution so far is returned, with its bounds and status `feasible`.
    workers
        Threads that schedule groups of pairs side by side; the answer does not depend on it.
    seed
        Seed of the draw; None for the programme's own.
    progress
        Called with a short line whenever there is something to tell.
    stop
        When it is set, the best solution so far is returned as at the limit.

    Raises
    ------
    InputError
        If the locked pairs cannot all be scheduled; the faults name them.
    LimitError
        If the limit came before any pair was scheduled.
    """
    if seed is not None:
        goals = cohort.programme.goals.model_copy(update={"seed": seed})
        cohort = replace(cohort, programme=cohort.programme.model_copy(update={"goals": goals}))
    clock = Clock(time.monotonic() + time_limit, stop or threading.Event())
    search = Search(cohort, clock, workers, progress or _silent)
    search.run()
    return search.solution()


def _silent(_line: str) -> None:
    """Tell nobody."""


@dataclass
class Search:
    """One solve: what is known so far, from the rules to the best plan and the bounds on any."""

    cohort: Cohort
    clock: Clock
    workers: int
    tell: Progress
    cuts: list[Cut] = field(default_factory=list, init=False)
    rounds: int = field(default=0, init=False)
    pairing: Pairing | None = field(default=None, init=False)
    plan: Plan = field(default_factory=dict, init=False)
    closed: bool = field(default=False, init=False)
    face: Face | None = field(default=None, init=False)
    drawn: set[int] = field(default_factory=set, init=False)
    seconds: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Apply the rules and the calendars: who could be paired with whom, and when they could meet."""
        begin = time.monotonic()
        programme = self.cohort.programme
        self.pairs, self.verdicts = judge(self.cohort)
        self.tell(f"{len(self.pairs)} pairs keep the rules; working out when they could meet")
        times = meeting_times(self.cohort, self.pairs)
        cadence, aim = make_cadence(programme), make_aim(programme)
        most_pairs = len(self.cohort.mentees) * programme.capacity.mentors_per_mentee
        unit = 1 + most_pairs * cadence.most * programme.sessions.minutes[0] if aim.lengths_matter else 1
        self.prices = Prices(aim, unit)
        self.turn = draw_order(self.cohort)
        self.planner = Planner(times, cadence, self.prices, self._pair_order(), self.clock, self.workers)
        self.possible = np.nonzero(self.planner.alone.possible)[0].tolist()
        self.tell(f"{len(self.possible)} pairs have enough time in common")
        self.seconds["screening"] = time.monotonic() - begin
        self._check_locks()

    def _pair_order(self) -> IntArray:
        """Candidates in the order of the draw, locks first."""
        turn = self.turn
        order = np.lexsort((turn[self.pairs.mentor], turn[self.pairs.mentee], ~self.pairs.locked))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return place

    # --- locks --------------------------------------------------------------------------------------------------

    def _check_locks(self) -> None:
        """Schedule the locked pairs, the least that any solution holds.

        Raises
        ------
        InputError
            If some of them cannot be scheduled, alone or together.
        """
        locks = np.nonzero(self.pairs.locked)[0].tolist()
        alone = self.planner.alone.possible
        faults = [
            self._lock_fault([pair], "have too little time in common for a schedule")
            for pair in locks
            if not alone[pair]
        ]
        if faults:
            raise InputError(faults)
        plan, cuts = self.planner.settle(locks, dict.fromkeys(locks, _ANY))
        faults = [
            self._lock_fault(cut.pairs, "cannot all be scheduled together") for cut in cuts if cut.loss is None
        ]
        if faults:
            raise InputError(faults)
        if len(plan) < len(locks):
            raise LimitError("the time limit came before the locked pairs were scheduled: raise --time-limit")
        self.plan = plan

    def _lock_fault(self, pairs: Sequence[int], problem: str) -> Fault:
        label = self.cohort.employees.label
        names = [f"{label(self.pairs.mentee[pair])} with {label(self.pairs.mentor[pair])}" for pair in pairs]
        return Fault(
            "pairs.csv",
            f"the locked pairs {'; '.join(names)} {problem}"
            if len(names) > 1
            else f"the locked pair {names[0]}: the two {problem}",
        )

    # --- the search ---------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Close goals 1 to 5, then let regularity and the draw choose among what is best."""
        begin = time.monotonic()
        if not self._close_on_face():
            self.closed = self._close(self._main_levels)
            if self.closed and self._close(self._all_levels):
                self._find_drawn(None)
        self.seconds["pairing"] = time.monotonic() - begin
        begin = time.monotonic()
        if not self.closed:
            self._complete()
        self.plan = self.planner.regularise(self.plan)
        self.seconds["regularity"] = time.monotonic() - begin

    def _main_levels(self) -> list[Level]:
        """Goals 1 to 5."""
        pairs, alone = self.pairs, self.planner.alone
        ranks = rank_levels(self.cohort.programme.goals.rank, np.where(alone.possible, pairs.rank, 0))
        return [mentees_level(len(pairs)), pairs_level(len(pairs)), *ranks, price_level(alone.price)]

    def _best_levels(self) -> list[Level]:
        """Goals 1 to 6, regularity by its bound."""
        alone = self.planner.alone
        return [*self._main_levels(), regularity_level(alone.regular, alone.ever_regular, self.cuts)]

    def _all_levels(self) -> list[Level]:
        """Goals 1 to 7."""
        return [*self._best_levels(), *self._draw_levels(self.possible)]

    def _draw_levels(self, wanted: Sequence[int]) -> list[Level]:
        return draw_levels(self.pairs, wanted, self.turn, self.cohort.programme.capacity.mentors_per_mentee)

    def _close_on_face(self) -> bool:
        """Try whether some pairing that is best without schedule conflicts has a schedule; it is then the optimum.

        Only what is open among these pairings is decided by CP-SAT. False when all of them run into conflicts (the
        search goes on with the cuts found), or when the clock ran out.
        """
        levels = self._best_levels()
        self.face = best_face(self.cohort, self.pairs, self.possible, levels)
        open_pairs = [pair for pair in self.possible if self.face.open[pair]]
        self.tell(
            f"at most {self.face.values[0]} mentees by places alone; {len(open_pairs)} pairs are open to choice"
        )
        while not self.clock.over:
            model = PairingModel(self.cohort, self.pairs, self.possible, self.cuts, self.face)
            found = best_pairing(model, self._draw_levels(open_pairs), (), None, self.clock)
            if found is None or not found.proven:
                return False
            plan, cuts = self.planner.settle(found.chosen, {})
            self._keep(plan)
            self.rounds += 1
            self.tell(f"round {self.rounds}: {len(found.chosen)} pairs, {len(cuts)} new schedule conflicts")
            if not cuts:
                self.pairing = replace(found, values=self.face.values, bounds=self.face.values)
                self.closed = self._borne_out(plan)
                if self.closed:
                    self._find_drawn(self.face)
                return self.closed
            self._add(cuts)
        return False

    def _close(self, make_levels: Callable[[], list[Level]]) -> bool:
        """Pair, schedule and cut until the schedule bears the pairing out; False when the clock ran out."""
        assert self.face is not None  # noqa: S101 - for the type checker
        main = len(self._main_levels())
        known: Sequence[int] = self.pairing.values if self.pairing else self.face.values[:main]
        while not self.clock.over:
            model = PairingModel(self.cohort, self.pairs, self.possible, self.cuts)
            found = best_pairing(model, make_levels(), known, self.pairing, self.clock)
            if found is None:
                return False
            self.pairing = found
            plan, cuts = self.planner.settle(found.chosen, found.losses)
            self._keep(plan)
            self.rounds += 1
            self.tell(f"round {self.rounds}: {len(found.chosen)} pairs, {len(cuts)} new schedule conflicts")
            if not found.proven:
                return False
            if not cuts:
                return self._borne_out(plan)
            self._add(cuts)
            known = found.values[:main]
        return False

    def _borne_out(self, plan: Plan) -> bool:
        """Whether the plan reaches what the pairing promised; it does unless the clock ran out."""
        assert self.pairing is not None  # noqa: S101 - for the type checker
        price = self.planner.price(plan, self.pairing.chosen)
        promised = -self.pairing.values[len(self._main_levels()) - 1]
        if price == promised:
            return True
        if not self.clock.over:
            raise AssertionError(f"schedule costs {price}, {promised} was promised and no cut says why: a bug")
        return False

    def _add(self, cuts: Sequence[Cut]) -> None:
        new = [cut for cut in dict.fromkeys(cuts) if cut not in self.cuts]
        if not new:
            raise AssertionError("the same schedule conflicts came back: a bug")
        self.cuts += new

    def _keep(self, plan: Plan) -> None:
        """Remember the plan if it is better than the best so far and holds every lock."""
        locks = np.nonzero(self.pairs.locked)[0].tolist()
        if all(pair in plan for pair in locks) and self._value(plan) >= self._value(self.plan):
            self.plan = dict(plan)

    def _value(self, plan: Plan) -> tuple[int, ...]:
        return self._figures(plan).better_first(self.cohort.programme.goals.rank)

    def _figures(self, plan: Plan) -> Figures:
        return figures(self.pairs, self.planner, plan)

    def _find_drawn(self, face: Face | None) -> None:
        """Find the unmatched mentees whom an equally good pairing would serve: only the draw left them out.

        With a `face` these are looked for in it, else among the pairings that keep the values of all goals.
        """
        assert self.pairing is not None  # noqa: S101 - for the type checker
        final = self.pairing
        served = {int(self.pairs.mentee[pair]) for pair in final.chosen}
        left = {int(mentee) for mentee in self.pairs.mentee[self.possible]} - served
        if face is not None:
            left &= {int(mentee) for mentee in self.pairs.mentee[face.open]}
        while left and not self.clock.over:
            best = self._best_levels() if face is None else []
            others = Level("others", np.isin(self.pairs.mentee, list(left)).astype(np.int64))
            model = PairingModel(self.cohort, self.pairs, self.possible, self.cuts, face)
            known = final.values[: len(best)]
            other = best_pairing(model, [*best, others], known, final, self.clock)
            if other is None or not other.proven or other.values[: len(best)] != known or not other.values[-1]:
                return
            _, cuts = self.planner.settle(other.chosen, other.losses)
            if cuts:
                self._add(cuts)
                continue
            now = left & {int(self.pairs.mentee[pair]) for pair in other.chosen}
            self.drawn |= now
            left -= now

    def _complete(self) -> None:
        """After a limit: give places that are left, so that nobody is turned away who could plainly be served."""
        people, programme = self.cohort.employees, self.cohort.programme
        of_mentee = Counter(int(self.pairs.mentee[pair]) for pair in self.plan)
        of_mentor = Counter(int(self.pairs.mentor[pair]) for pair in self.plan)
        plan = dict(self.plan)
        together = {(int(self.pairs.mentor[pair]), int(self.pairs.mentee[pair])) for pair in plan}
        for pair in sorted(self.possible, key=lambda p: (self.pairs.rank[p], self.planner.order[p])):
            mentee, mentor = int(self.pairs.mentee[pair]), int(self.pairs.mentor[pair])
            fits = of_mentee[mentee] < programme.capacity.mentors_per_mentee
            if (
                not fits
                or of_mentor[mentor] >= people.capacity[mentor]
                or pair in plan
                or (mentee, mentor) in together
            ):
                continue
            found = self.planner.in_turn([[pair]], plan)
            if found:
                plan |= found
                of_mentee[mentee] += 1
                of_mentor[mentor] += 1
                together.add((mentor, mentee))
        self.plan = plan

    # --- the answer ---------------------------------------------------------------------------------------------

    def _bounds(self) -> Bounds:
        """What the levels of the last pairing prove about the goals."""
        start = Bounds(mentees=len({int(self.pairs.mentee[pair]) for pair in self.possible}))
        bounds, main = self.pairing.bounds if self.pairing else self._face_bounds(), len(self._main_levels())
        known = dict(zip(range(main + 1), bounds, strict=False))
        if known.get(0) is None:
            return start
        price, regular = known.get(main - 1), known.get(main)
        return Bounds(
            mentees=int(known[0] or 0),
            pairs=known.get(1),
            ranks=self._rank_bound(known),
            price=None if price is None else -price,
            regular=regular if self.closed else None,
        )

    def _face_bounds(self) -> tuple[int, ...]:
        """What places alone allow: bounds from before any pairing was found beside the schedule conflicts."""
        return self.face.values if self.face else ()

    def _rank_bound(self, known: Mapping[int, int | None]) -> dict[int, int] | None:
        """The rank levels' bounds as a count per rank; None unless all of them are known."""
        kind, pairs = self.cohort.programme.goals.rank, known.get(1)
        places = [place for place, level in enumerate(self._main_levels()) if level.name == "rank"]
        bounds = [known.get(place) for place in places]
        reached = [abs(bound) for bound in bounds if bound is not None]
        if pairs is None or len(reached) < len(places):
            return None
        if kind == "min-cost":
            return {
                reached[0]: 1
            }  # as a count per rank: one pair at the sum, which is all that this goal is about
        order = rank_order(kind, self.pairs.rank[self.possible])
        counts = dict(zip(order, reached, strict=False))
        for last in order[len(reached) :]:
            counts[last] = pairs - int((self.pairs.locked & (self.pairs.rank == 0)).sum()) - sum(reached)
        return counts

    def solution(self) -> Solution:
        """Put the best plan into words.

        Raises
        ------
        LimitError
            If the clock ran out and the plan is empty.
        """
        if not self.plan and not self.closed:
            raise LimitError("the time limit came before any pair was scheduled: raise --time-limit")
        goals = make_goals(self.cohort, self.prices, self._figures(self.plan), self._bounds())
        proven = all(goal.status == "optimal" for goal in goals if goal.name != "regularity")
        pairs = tuple(
            SolvedPair(
                mentee=int(self.pairs.mentee[pair]),
                mentor=int(self.pairs.mentor[pair]),
                rank=int(self.pairs.rank[pair]) or None,
                locked=bool(self.pairs.locked[pair]),
                sessions=tuple(self.plan[pair]),
            )
            for pair in sorted(self.plan)
        )
        facts = Facts(
            cohort=self.cohort,
            verdicts=self.verdicts,
            chosen={(pair.mentee, pair.mentor): pair.rank for pair in pairs},
            possible={(int(self.pairs.mentee[p]), int(self.pairs.mentor[p])) for p in self.possible},
            drawn=self.drawn,
            proven=proven,
        )
        outcomes = explain_choices(facts)
        return Solution(
            status="optimal" if proven else "feasible",
            goals=goals,
            pairs=pairs,
            outcomes=outcomes,
            unmatched=explain_unmatched(facts, outcomes),
            seed=self.cohort.programme.goals.seed,
            counts=self._counts(),
            seconds=self.seconds,
            interrupted=self.clock.stop.is_set(),
        )

    def _counts(self) -> dict[str, int]:
        return {
            "candidate_pairs": len(self.pairs),
            "schedulable_pairs": len(self.possible),
            "rounds": self.rounds,
            "cuts": len(self.cuts),
            "groups_solved": self.planner.solves,
        }


_ANY = 2**40  # more than any loss: only what is impossible is a conflict


def draw_order(cohort: Cohort) -> IntArray:
    """Everybody's place in the draw: seeded, new in every quarter, whatever the order of rows.

    The place follows from a hash of seed, programme start and employee_id, so that who else takes part does not
    change which of two people comes first.
    """
    start, seed = cohort.programme.frame.start, cohort.programme.goals.seed
    return turns([hashlib.sha256(f"{seed}|{start}|{name}".encode()).hexdigest() for name in cohort.employees.ids])

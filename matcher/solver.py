"""From a cohort to its solution: rules, calendars, the joint search, and the answer in words."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from matcher.answers import find_advice, find_answers
from matcher.as_needed import missing_numbers
from matcher.cpsat import Clock
from matcher.cuts import Plan
from matcher.engagements import engaged_days, held_days
from matcher.errors import Fault, InputError, LimitError, StoppedError
from matcher.explain import Facts, explain_choices, explain_unmatched, standings
from matcher.flow import best_face
from matcher.goals import make_goals
from matcher.joint import Joint
from matcher.lots import draw_order
from matcher.model import Cohort, Goal, IntArray, Solution, SolvedPair
from matcher.pairing import mentees_level
from matcher.planner import ANY, Planner
from matcher.plans import Rules, make_prices
from matcher.programme import day_number
from matcher.regular import regularise
from matcher.relaxation import Problem
from matcher.rules import judge
from matcher.times import meeting_times
from matcher.waves import Waves, find_spans, most_hosted

Progress = Callable[[str], None]

PATIENCE = 10
"""Seconds that explaining the answer may take after the time limit."""


def solve(
    cohort: Cohort,
    *,
    time_limit: float = 600,
    workers: int = 1,
    seed: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    explain: bool = True,
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
    explain
        Whether to find out why the answer is as it is, to prove it on paper and to make its sessions regular.
        Without it, which takes half the time, goals up to `preferred` and all that they count are the same;
        outcomes, standings, bottlenecks, certificate and the words on mentees are left empty.

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
    search.run(explain=explain)
    return search.solution() if explain else search.unexplained()


def _silent(_line: str) -> None:
    """Tell nobody."""


def _refuse_waves(cohort: Cohort) -> None:
    """Engagements as long as needed cannot be planned without a number of sessions."""
    if faults := missing_numbers(cohort.programme, cohort.employees, cohort.mentees):
        raise InputError([cohort.placed(fault) for fault in faults])


@dataclass
class Search:
    """One solve: what is known so far, from the rules to the best plan and the bounds on any."""

    cohort: Cohort
    clock: Clock
    workers: int
    tell: Progress
    joint: Joint = field(init=False)
    plan: Plan = field(init=False)
    seconds: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Apply the rules and the calendars: who could be paired with whom, and when they could meet."""
        begin = time.monotonic()
        _refuse_waves(self.cohort)
        self.pairs, self.verdicts = judge(self.cohort)
        self.lead_locked = self.pairs.locked
        self.tell(f"{len(self.pairs)} pairs keep the rules; working out when they could meet")
        times = meeting_times(self.cohort, self.pairs)
        self.prices = make_prices(self.cohort, times.kinds, times.cadences[0])
        self.turn = draw_order(self.cohort)
        rules = Rules.at(times, self.prices.aim)
        self.planner = Planner(times, rules, self.prices, self._pair_order(), self.clock, self.workers)
        if times.places is not None:
            self.planner.spans = find_spans(times)
        self.possible = np.nonzero(self.planner.alone.possible)[0].tolist()
        self.tell(f"{len(self.possible)} pairs have enough time in common")
        self.seconds["screening"] = time.monotonic() - begin
        locks = self._locks_plan()
        held = self._hold_agreed()
        possible = np.array(self.possible, dtype=np.int64)
        may_end = self.pairs.agreed if self.cohort.earlier is not None and held is None else None
        cohort, waves = self._in_waves(possible)
        problem = Problem(cohort, self.pairs, possible, self.planner, self.turn, self.clock, may_end, waves)
        self.joint = Joint(problem, self.tell, locks if held is None else held)
        self.plan = self.joint.plan

    def _in_waves(self, possible: IntArray) -> tuple[Cohort, Waves | None]:
        """The cohort for the search: where pairs follow each other, places are how many can do so."""
        cohort = self.cohort
        if self.planner.spans is None:
            return cohort, None
        waves = Waves(cohort.employees.capacity, self.planner.spans)
        hosted = most_hosted(waves, self.pairs.mentor, possible)
        return replace(cohort, employees=replace(cohort.employees, capacity=hosted)), waves

    def _pair_order(self) -> IntArray:
        """Candidates in the order of the draw, locks first, then what goes on in a rematch."""
        turn, pairs = self.turn, self.pairs
        order = np.lexsort((turn[pairs.mentor], turn[pairs.mentee], ~pairs.agreed, ~pairs.locked))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return place

    # --- locks --------------------------------------------------------------------------------------------------

    def _locks_plan(self) -> Plan:
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
        plan, cuts = self.planner.settle(locks, dict.fromkeys(locks, ANY))
        faults = [
            self._lock_fault(cut.pairs, "cannot all be scheduled together") for cut in cuts if cut.loss is None
        ]
        if faults:
            raise InputError(faults)
        if len(plan) < len(locks):
            raise self._too_early("the locked pairs were scheduled")
        return plan

    def _hold_agreed(self) -> Plan | None:
        """Hold the pairs that go on like locks, if they can all go on beside these; else None.

        Then no pair is to end for others, and what is left to decide is about those who wait.
        """
        cohort, pairs = self.cohort, self.pairs
        if cohort.earlier is None or cohort.programme.rematch.end_pairs != "forced":
            return None
        held = pairs.locked | (pairs.agreed & self.planner.alone.possible)
        index = np.nonzero(held)[0]
        people = len(cohort.employees)
        mentees = np.bincount(pairs.mentor[index], minlength=people)
        mentors = np.bincount(pairs.mentee[index], minlength=people)
        both = pairs.mentee[index] * people + pairs.mentor[index]
        back = pairs.mentor[index] * people + pairs.mentee[index]
        most, at_once = cohort.programme.capacity.mentors_per_mentee, self.planner.spans is None
        if (
            (at_once and (mentees > cohort.employees.capacity).any())  # else a schedule tells
            or mentors.max(initial=0) > most
            or np.isin(both, back).any()
        ):
            return None
        plan, cuts = self.planner.settle(index.tolist(), {})  # what reaches its best is not looked at again
        if cuts:
            plan, cuts = self.planner.settle(index.tolist(), dict.fromkeys(index.tolist(), ANY))
        if any(cut.loss is None for cut in cuts) or len(plan) < len(index):
            return None
        self.lead_locked = pairs.locked
        self.pairs = replace(pairs, locked=held)
        return plan

    def _too_early(self, what: str) -> LimitError:
        """The error of a search that ended before there was anything to write."""
        if self.clock.stop.is_set():
            return StoppedError(f"interrupted before {what}: nothing was written")
        return LimitError(f"the time limit came before {what}: raise --time-limit")

    def _lock_fault(self, pairs: Sequence[int], problem: str) -> Fault:
        label = self.cohort.employees.label
        names = [f"{label(self.pairs.mentee[pair])} with {label(self.pairs.mentor[pair])}" for pair in pairs]
        message = (
            f"the locked pairs {'; '.join(names)} {problem}"
            if len(names) > 1
            else f"the locked pair {names[0]}: the two {problem}"
        )
        return self.cohort.placed(Fault("pairs.csv", message))

    # --- the search ---------------------------------------------------------------------------------------------

    def run(self, *, explain: bool = True) -> None:
        """Find the optimum or, at the limit, fill the best so far; then make the sessions regular.

        What only serves to `explain` can be left out, and then regularity too: it may decide how many sessions
        there are only where pairs may be over the number wanted or under it.
        """
        begin = time.monotonic()
        self.joint.search(drawn=explain)
        self.seconds["pairing"] = time.monotonic() - begin
        begin = time.monotonic()
        self.plan = self.joint.plan if self.joint.closed else self._complete()
        if explain or isinstance(self.cohort.programme.sessions.number, int):
            self.tell("pairs and sessions are settled; making the sessions regular")
            self.plan = regularise(self.planner, self.plan)
        self.seconds["regularity"] = time.monotonic() - begin

    def _complete(self) -> Plan:
        """After a limit: give the places that are left, first as the best pairing by places alone gives them.

        Wave by wave, each pair tried once: so that nobody is turned away who could plainly be served.
        """
        plan, by_places = dict(self.joint.plan), self.joint.by_places
        untried = sorted(
            (pair for pair in self.possible if pair not in plan),
            key=lambda pair: (not by_places[pair], self.pairs.rank[pair], self.planner.order[pair]),
        )
        while wave := self._room_for(untried, plan):
            plan |= self.planner.in_turn(self.planner.by_draw(wave), plan)
            tried = set(wave)
            untried = [pair for pair in untried if pair not in tried]
        return plan

    def _room_for(self, wanted: Sequence[int], plan: Plan) -> list[int]:
        """Of the wanted pairs, in their order, those for which `plan` leaves places."""
        capacity, limit = (
            self.joint.problem.cohort.employees.capacity,
            self.cohort.programme.capacity.mentors_per_mentee,
        )
        mentors, mentees = Counter[int](), Counter[int]()
        together: set[tuple[int, int]] = set()
        room: list[int] = []
        for pair in (*plan, *wanted):
            mentee, mentor = int(self.pairs.mentee[pair]), int(self.pairs.mentor[pair])
            if pair not in plan:
                if mentors[mentee] >= limit or mentees[mentor] >= capacity[mentor] or (mentor, mentee) in together:
                    continue
                room.append(pair)
            mentors[mentee] += 1
            mentees[mentor] += 1
            together.add((mentee, mentor))
        return room

    # --- the answer ---------------------------------------------------------------------------------------------

    def unexplained(self) -> Solution:
        """The best plan and what is proven of it, without a word of explanation.

        Raises
        ------
        LimitError
            If the clock ran out and the plan is empty.
        """
        if not self.plan and not self.joint.closed:
            raise self._too_early("any pair was scheduled")
        got, bounds = self.joint.figures(self.plan), self.joint.proven_bounds()
        goals = make_goals(self.cohort, self.pairs, self.prices, got, bounds)
        proven = all(goal.status == "optimal" for goal in goals if goal.name != "regularity")
        return Solution(
            status="optimal" if proven else "feasible",
            goals=goals,
            pairs=self.solved(self.plan),
            outcomes=(),
            unmatched={},
            seed=self.cohort.programme.goals.seed,
            counts=self._counts(),
            seconds=self.seconds,
            cut_short=self.clock.over,
            interrupted=self.clock.stop.is_set(),
        )

    def solved(self, plan: Plan) -> tuple[SolvedPair, ...]:
        """The pairs of a plan with their sessions and engagements."""
        pairs = self.pairs.subset(np.array(sorted(plan), dtype=np.int64))
        start = day_number(self.cohort.programme.frame.start)
        first, last = engaged_days(self.cohort, pairs.mentee, pairs.mentor)
        if self.planner.times.places is not None:  # from the first to the last session
            first, last = (
                np.array(held_days(self.cohort, [plan[pair][place] for pair in sorted(plan)]), dtype=np.int64)
                for place in (0, -1)
            )
        whole = (first == 0) & (last == self.cohort.programme.days - 1)
        rows = zip(
            *(pairs.mentee.tolist(), pairs.mentor.tolist(), pairs.rank.tolist()),
            self.lead_locked[sorted(plan)].tolist(),
            *(whole.tolist(), (first + start).tolist(), (last + start).tolist(), sorted(plan)),
            strict=True,
        )
        return tuple(
            SolvedPair(
                mentee=mentee,
                mentor=mentor,
                rank=rank or None,
                locked=locked,
                sessions=tuple(plan[pair]),
                start=None if usual else begins,
                end=None if usual else ends,
            )
            for mentee, mentor, rank, locked, usual, begins, ends, pair in rows
        )

    def solution(self) -> Solution:
        """Put the best plan into words.

        Raises
        ------
        LimitError
            If the clock ran out and the plan is empty.
        """
        begin = time.monotonic()
        patience = Clock(max(self.clock.deadline, begin + PATIENCE), self.clock.stop)
        self.planner.clock, bare = patience, self.unexplained()
        answers = find_answers(self.joint, self.plan, proven=self._explicable(bare.goals))
        words = answers.standing.words(np.arange(len(self.pairs)))
        facts = Facts(
            cohort=self.cohort,
            verdicts=self.verdicts,
            pairs=self.pairs,
            chosen=np.isin(np.arange(len(self.pairs)), list(self.plan)),
            possible=self.planner.alone.possible,
            drawn=self.joint.drawn,
            proven=bare.status == "optimal",
            # Where regularity is not proven, a pairing as good might serve a mentee whom its bound left out.
            drawn_known=self.joint.drawn_known and bare.goals[-1].status == "optimal",
            standing=answers.standing,
            groups=answers.groups,
        )
        outcomes = explain_choices(facts)
        advice = find_advice(self.joint.problem, self.plan, [outcome.code for outcome in outcomes])
        unmatched = explain_unmatched(facts, outcomes, answers.contests, advice)
        self.seconds["explaining"] = time.monotonic() - begin
        return replace(
            bare,
            pairs=tuple(
                replace(solved, standing=words[pair])
                for solved, pair in zip(bare.pairs, sorted(self.plan), strict=True)
            ),
            outcomes=outcomes,
            unmatched=unmatched,
            counts=self._counts(),
            cut_short=bare.cut_short or patience.over,
            standing=standings(facts),
            groups=answers.groups,
            bottlenecks=answers.bottlenecks,
            certificate=answers.certificate,
            interrupted=self.clock.stop.is_set(),
        )

    def _explicable(self, goals: Sequence[Goal]) -> bool:
        """Whether goals up to ranks are proven, and no planned session had to move for those who wait.

        What flows say of other pairings takes no account of sessions that move.
        """
        names = [goal.name for goal in goals]
        alone = int(self.planner.alone.moved[sorted(self.plan)].sum())
        return all(
            goal.status == "optimal" and (goal.name != "moved" or goal.value == alone)
            for goal in goals[: names.index("rank") + 1]
        )

    @cached_property
    def _beyond(self) -> dict[str, int]:
        """How many mentees places alone would allow to have a mentor if pairs that go on might end."""
        if self.cohort.earlier is None:
            return {}
        pairs = replace(self.pairs, locked=self.lead_locked)
        face = best_face(self.joint.problem.cohort, pairs, self.possible, [mentees_level(len(pairs))])
        return {"mentees_if_pairs_end": face.values[0]}

    def _counts(self) -> dict[str, int]:
        groups = self.planner.groups(list(self.plan))
        return self._beyond | {
            "candidate_pairs": len(self.pairs),
            "schedulable_pairs": len(self.possible),
            "groups": len(groups),
            "largest_group": max(map(len, groups), default=0),
            "rounds": self.joint.rounds,
            "cuts": len(self.joint.cuts),
            "branches": self.joint.branches,
            "clusters": self.joint.local.models,
            "largest_cluster": self.joint.local.largest,
            "groups_solved": self.planner.solves,
            "cpsat_solves": len(self.clock.solves),
        }

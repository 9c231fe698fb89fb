"""Pairing and schedule together: pair, schedule, cut, until the schedule bears the pairing out.

Every pairing on the way is the optimum of a relaxation of the joint problem (all rules on pairs, and only the
schedule conflicts found so far), so its values are bounds; the first whose schedule keeps what was promised of it
is the optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.cpsat import Clock
from matcher.flow import Face, Level, best_face
from matcher.goals import Bounds, Figures, figures
from matcher.model import BoolArray, Cohort, IntArray
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
)
from matcher.planner import Cut, Plan, Planner
from matcher.rules import Candidates


@dataclass
class Joint:
    """The search for the joint optimum, and what it has proven so far.

    `possible` are the candidates that can be scheduled alone, `turn` everybody's place in the draw. `plan` is the
    best plan found; it starts as the locks' own. `closed` tells that goals 1 to 5 and the draw are settled.
    `drawn` are mentees whom only the draw left without a mentor; all of them where `drawn_known`. `by_places` is
    a best pairing by places alone, as a Boolean per candidate.
    """

    cohort: Cohort
    pairs: Candidates
    planner: Planner
    possible: Sequence[int]
    turn: IntArray
    clock: Clock
    tell: Callable[[str], None]
    plan: Plan
    cuts: list[Cut] = field(default_factory=list, init=False)
    rounds: int = field(default=0, init=False)
    closed: bool = field(default=False, init=False)
    drawn: set[int] = field(default_factory=set, init=False)
    drawn_known: bool = field(default=False, init=False)
    bounds: tuple[int | None, ...] = field(default=(), init=False)
    by_places: BoolArray = field(init=False)
    _places: tuple[int, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Begin with nothing known but the locks."""
        self.by_places = self.pairs.locked

    def search(self) -> None:
        """Close all goals, letting the flow settle as many of them as schedule conflicts allow.

        If no pairing that is best by places alone in every goal has a schedule, the last goal is left to CP-SAT,
        then the last two, and so on.
        """
        levels = self.levels()
        for settled in range(len(levels), -1, -1):
            face = best_face(self.cohort, self.pairs, self.possible, levels[:settled]) if settled else None
            if not self._places and face is not None:
                self._places = self.bounds = face.values
                self.by_places = face.chosen
                self.tell(f"at most {face.values[0]} mentees can have a mentor by places alone")
            if self._close(face, settled):
                self.closed = True
                return
            if self.clock.over:
                return

    # --- levels -------------------------------------------------------------------------------------------------

    def levels(self) -> list[Level]:
        """Goals 1 to 6 (regularity by its bound); the last two of them are about sessions."""
        pairs, alone = self.pairs, self.planner.alone
        ranks = rank_levels(self.cohort.programme.goals.rank, np.where(alone.possible, pairs.rank, 0))
        return [
            mentees_level(len(pairs)),
            pairs_level(len(pairs)),
            *ranks,
            price_level(alone.price),
            regularity_level(alone.regular, alone.ever_regular, self.cuts),
        ]

    def _draw_levels(self, wanted: Sequence[int]) -> list[Level]:
        return draw_levels(self.pairs, wanted, self.turn, self.cohort.programme.capacity.mentors_per_mentee)

    # --- the loop -----------------------------------------------------------------------------------------------

    def _close(self, face: Face | None, settled: int) -> bool:
        """Close the goals after the first `settled`, which `face` holds at their best by places alone.

        False if that cannot be beside the schedule conflicts (with a face), or when the clock ran out.
        """
        held = face.values if face else ()
        wanted = [pair for pair in self.possible if face is None or face.open[pair]]
        self.tell(f"{settled} of {len(self.levels())} goals settled by places; {len(wanted)} pairs open to choice")
        main = len(self.levels()) - 1
        final = self._loop(face, held, lambda: self.levels()[settled:main], None) if settled < main else None
        if settled < main and final is None:
            return False
        final = self._loop(face, held, lambda: [*self.levels()[settled:], *self._draw_levels(wanted)], final)
        if final is None:
            return False
        self._find_drawn(face, held, final)
        return True

    def _loop(
        self,
        face: Face | None,
        held: tuple[int, ...],
        make_levels: Callable[[], list[Level]],
        start: Pairing | None,
    ) -> Pairing | None:
        """Pair, schedule and cut until the schedule bears the pairing out; None if there is none or at the limit.

        Values known from places, or from fewer cuts, bound the goals up to `sessions`; the bound on regularity
        may change with the cuts.
        """
        main = len(self.levels()) - 1
        best, known = start, start.values if start else self._places[len(held) : main]
        while not self.clock.over:
            model = PairingModel(self.cohort, self.pairs, self.possible, self.cuts, face)
            best = best_pairing(model, make_levels(), known, best, self.clock)
            if best is None:
                return None
            plan, cuts = self.planner.settle(best.chosen, best.losses)
            self._keep(plan)
            self.bounds = (*held, *best.bounds)[: main + 1]
            self.rounds += 1
            self.tell(f"round {self.rounds}: {len(best.chosen)} pairs, {len(cuts)} new schedule conflicts")
            if not best.proven:
                return None
            if not cuts:
                if not self._borne_out(plan, best, (*held, *best.values)[main - 1]):
                    return None
                self.plan = dict(plan)  # whatever came before: among equals the levels decide, the draw included
                return best
            self._add(cuts)
            known = best.values[: max(main - len(held), 0)]
        return None

    def _borne_out(self, plan: Plan, pairing: Pairing, level: int) -> bool:
        """Whether the plan's price is the one that the level promised; it is unless the clock ran out."""
        price = self.planner.price(plan, pairing.chosen)
        if price != -level and not self.clock.over:
            raise AssertionError(f"the schedule costs {price}, {-level} was promised and no cut says why: a bug")
        return price == -level

    def _add(self, cuts: Sequence[Cut]) -> None:
        new = [cut for cut in dict.fromkeys(cuts) if cut not in self.cuts]
        if not new:
            raise AssertionError("the same schedule conflicts came back: a bug")
        self.cuts += new

    def _keep(self, plan: Plan) -> None:
        """Remember the plan if it is at least as good as the best so far and holds every lock."""
        if all(pair in plan for pair in np.nonzero(self.pairs.locked)[0].tolist()):
            kind = self.cohort.programme.goals.rank
            if self.figures(plan).better_first(kind) >= self.figures(self.plan).better_first(kind):
                self.plan = dict(plan)

    def figures(self, plan: Plan) -> Figures:
        """What a plan achieves."""
        return figures(self.pairs, self.planner, plan)

    def _find_drawn(self, face: Face | None, held: tuple[int, ...], final: Pairing) -> None:
        """Find the unmatched mentees whom an equally good pairing would serve: only the draw left them out."""
        served = {int(self.pairs.mentee[pair]) for pair in final.chosen}
        left = {int(mentee) for mentee in self.pairs.mentee[self.possible]} - served
        if face is not None:
            left &= {int(mentee) for mentee in self.pairs.mentee[face.open]}
        while left and not self.clock.over:
            goals = self.levels()[len(held) :]
            known = final.values[: len(goals)]
            others = Level("others", np.isin(self.pairs.mentee, list(left)).astype(np.int64))
            model = PairingModel(self.cohort, self.pairs, self.possible, self.cuts, face)
            other = best_pairing(model, [*goals, others], known, final, self.clock)
            if other is None or not other.proven or other.values[: len(goals)] != known:
                return
            if not other.values[-1]:
                break
            _, cuts = self.planner.settle(other.chosen, other.losses)
            if cuts:
                self._add(cuts)
                continue
            now = left & {int(self.pairs.mentee[pair]) for pair in other.chosen}
            self.drawn |= now
            left -= now
        self.drawn_known = not self.clock.over

    # --- what is proven -----------------------------------------------------------------------------------------

    def proven_bounds(self) -> Bounds:
        """What the levels prove about the goals."""
        main = len(self.levels()) - 1
        known = dict(enumerate(self.bounds))
        price = known.get(main - 1)
        return Bounds(
            mentees=known.get(0),
            pairs=known.get(1),
            pairs_by_places=self._places[1] if self._places else None,
            ranks=self._rank_bound(known),
            price=None if price is None else -price,
            regular=known.get(main) if self.closed else None,
        )

    def _rank_bound(self, known: Mapping[int, int | None]) -> dict[int, int] | None:
        """The rank levels' bounds as a count per rank; None unless all of them are known."""
        kind, pairs = self.cohort.programme.goals.rank, known.get(1)
        places = [place for place, level in enumerate(self.levels()) if level.name == "rank"]
        reached = [abs(bound) for place in places if (bound := known.get(place)) is not None]
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

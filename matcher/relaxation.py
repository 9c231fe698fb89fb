"""The joint problem without schedule conflicts: what places alone allow, goal by goal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matcher.classes import Classes, make_classes
from matcher.cpsat import Clock
from matcher.cuts import Cut
from matcher.flow import Face, Flow, Level
from matcher.model import BoolArray, Cohort, IntArray
from matcher.pairing import (
    kept_level,
    mentees_level,
    moved_level,
    pairs_level,
    price_level,
    priority_levels,
    rank_levels,
    regularity_level,
    unlisted_level,
)
from matcher.planner import Planner
from matcher.pricing import EMPTY, Priced, price
from matcher.rules import Candidates
from matcher.ties import Tiebreak, the_draw
from matcher.waves import Waves
from matcher.ways import flow_without


@dataclass(frozen=True)
class Problem:
    """What every part of the search knows.

    Where engagements last as long as needed, capacities in `cohort` are how many mentees a mentor can have in all,
    one after another, or more; `waves` tell how many he has at any moment.
    `possible` are the candidates that can be scheduled alone, ascending. `turn` is everybody's place in the draw.
    In a rematch `agreed` are the pairs that go on unless they cannot all do so, None where they are all locked.
    """

    cohort: Cohort
    pairs: Candidates
    possible: IntArray
    planner: Planner
    turn: IntArray
    clock: Clock
    agreed: BoolArray | None = None
    waves: Waves | None = None

    @property
    def draw(self) -> Tiebreak:
        """Goal 7."""
        return the_draw(self.turn, self.cohort.programme.capacity.mentors_per_mentee)

    @cached_property
    def levels(self) -> list[Level]:
        """Goals 1 to 5; the last of them is about sessions. In a rematch also those about what was planned."""
        pairs, alone = self.pairs, self.planner.alone
        ranks = rank_levels(self.cohort.programme.goals.rank, np.where(alone.possible, pairs.rank, 0))
        first, before_ranks = [mentees_level(len(pairs))], [pairs_level(len(pairs))]
        limit = self.cohort.programme.capacity.mentors_per_mentee
        before_ranks += priority_levels(self.classes, pairs.mentee, limit)
        if self.agreed is not None:
            forced = self.cohort.programme.rematch.end_pairs == "forced"
            first.insert(0 if forced else 1, kept_level(self.agreed))
        if self.cohort.earlier is not None:
            before_ranks.append(moved_level(self.planner.alone.moved))
        if self.agreed is not None and self.pairs.unlisted.any():
            before_ranks.append(unlisted_level(pairs.rank))
        return [*first, *before_ranks, *ranks, price_level(self.planner.alone.rest)]

    def place(self, name: str) -> int | None:
        """Place of the first level of this name; None if there is none."""
        return next((place for place, level in enumerate(self.levels) if level.name == name), None)

    @cached_property
    def classes(self) -> Classes | None:
        """Whose place goes before whose; None where all mentees are alike."""
        return make_classes(self.cohort)

    def fits(self, pairs: Collection[int]) -> bool:
        """Whether everybody has places for these candidates at once."""
        index = list(pairs)
        mentors, mentees = Counter(self.pairs.mentee[index].tolist()), Counter(self.pairs.mentor[index].tolist())
        most = self.cohort.programme.capacity.mentors_per_mentee
        capacity = self.cohort.employees.capacity
        return max(mentors.values(), default=0) <= most and all(n <= capacity[m] for m, n in mentees.items())

    @property
    def price(self) -> int:
        """Place of the level about sessions; regularity comes after it."""
        return len(self.levels) - 1


class Relaxation:
    """All pairings that are best in every goal as far as only places limit them.

    `decided` are candidates that must be chosen (True) or must not. `levels` are goals 1 to 6, regularity by its
    bound; `values` their best values, which bound those of every solution that keeps to what is decided, one after
    the other.

    `priced` are groups of conflicts that need not be avoided (see `pricing`), no two about one candidate.
    """

    def __init__(
        self,
        problem: Problem,
        decided: Mapping[int, bool],
        priced: tuple[Priced, ...] = (),
        flow: Flow | None = None,
    ) -> None:
        self._problem, self.decided, self.priced = problem, decided, priced
        out = [pair for pair, chosen in decided.items() if not chosen]
        self.possible = problem.possible[~np.isin(problem.possible, out)]
        self.flow = flow or self._new_flow()
        charge = np.zeros(len(problem.pairs), dtype=np.int64)
        for group in priced:
            charge[list(group.charge)] = list(group.charge.values())
        price = problem.levels[problem.price]
        main = [*problem.levels[: problem.price], replace(price, weights=price.weights - charge)]
        face = self.flow.face(main)
        problem.planner.look_at_regular(np.nonzero(face.chosen | face.open)[0])
        alone = problem.planner.alone
        self.levels = [
            *main,
            regularity_level(alone.regular, alone.ever_regular, [c for g in priced for c in g.cuts]),
        ]
        best = self.flow.chosen(self.flow.best(self.levels))
        values = [level.value(problem.pairs, best) for level in self.levels]
        values[problem.price] += sum(group.rebate for group in priced)
        self.values = tuple(values)

    def _new_flow(self) -> Flow:
        """What is decided to be chosen counts as locked."""
        locked = self._problem.pairs.locked.copy()
        locked[[pair for pair, chosen in self.decided.items() if chosen]] = True
        return Flow(self._problem.cohort, replace(self._problem.pairs, locked=locked), self.possible.tolist())

    @cached_property
    def chosen(self) -> BoolArray:
        """The pairing that the draw picks, as a Boolean per candidate."""
        return self._problem.draw.best(self.flow, self.levels, self._problem.pairs)

    def with_prices(self, priced: tuple[Priced, ...]) -> Relaxation:
        """The same with other groups of conflicts priced."""
        return Relaxation(self._problem, self.decided, priced, self.flow)

    def without(self, pair: int) -> Relaxation:
        """What is left without a candidate, nothing priced."""
        levels = self.levels[: self._problem.price]
        flow = self.flow.given(levels, pair, chosen=False)
        if flow is None:
            arc = int(np.flatnonzero(self.flow.arcs.pair == pair)[0])
            best = flow_without(self.flow.arcs, self.flow.best(levels), levels, arc, self.decided.keys())
            flow = self.flow.begun(levels, best, {*self.decided, pair})
        return Relaxation(self._problem, {**self.decided, pair: False}, flow=flow)

    def given(self, pair: int, *, chosen: bool, cuts: Collection[Cut]) -> Relaxation | None:
        """What is left with a candidate, or without it, if goals 1 to 3 stay as they are; None if they do not.

        The conflicts are priced.
        """
        flow = self.flow.given(self.levels[: self._problem.price], pair, chosen=chosen)
        if flow is None:
            return None
        decided = {**self.decided, pair: chosen}
        return Relaxation(self._problem, decided, self.prices(cuts, given={pair: chosen}), flow)

    def can_do_without(self, pair: int) -> bool:
        """Whether goals 1 to 3 can stay as they are without a candidate."""
        levels = self.levels[: self._problem.price]
        return not self.is_held(pair) and self.flow.given(levels, pair, chosen=False) is not None

    def is_held(self, pair: int) -> bool:
        """Whether a candidate is locked or was decided to be chosen."""
        return bool(self._problem.pairs.locked[pair]) or self.decided.get(pair, False)

    def prices(
        self, cuts: Collection[Cut], *, free: Collection[Cut] = (), given: Mapping[int, bool] = EMPTY
    ) -> tuple[Priced, ...]:
        """Prices for conflicts, for what is left when more is `given`; `free` ones are not charged."""
        fixed = {**self._fixed(cuts), **given}
        return price(_may_be(cuts, fixed), self._problem.fits, fixed, free)

    def may_be(self, cuts: Collection[Cut]) -> list[Cut]:
        """The conflicts that some pairing best in goals 1 to 3 has."""
        return _may_be(cuts, self._fixed(cuts))

    def _fixed(self, cuts: Iterable[Cut]) -> dict[int, bool]:
        """Candidates of conflicts that are chosen, or are not, in all pairings best in goals 1 to 3."""
        face = self.flow.face(self.levels[: self._problem.price])
        every = sorted({pair for cut in cuts for pair in cut.pairs})
        return {pair: bool(face.chosen[pair]) for pair in every if not face.open[pair]}

    def face(self, depth: int) -> Face | None:
        """The pairings that are best in the first `depth` levels; None for all."""
        return self.flow.face(self.levels[:depth]) if depth else None

    def borne(self, chosen: BoolArray) -> dict[int, int]:
        """The losses of the priced conflicts that a pairing bears, by candidate."""
        return {
            pair: loss for group in self.priced for pair, loss in group.borne(group.chosen(chosen)).items() if loss
        }

    def shares(self, cut: Cut) -> bool:
        """Whether a conflict is about candidates of priced ones."""
        return any(not set(cut.pairs).isdisjoint(group.pairs) for group in self.priced)

    def exact(self, chosen: BoolArray) -> bool:
        """Whether the values are what a pairing really reaches, for all that the priced conflicts say."""
        return all(group.exact(chosen) for group in self.priced)


def _may_be(cuts: Iterable[Cut], fixed: Mapping[int, bool]) -> list[Cut]:
    """The conflicts of whose candidates enough are not fixed to be left out."""
    return [cut for cut in cuts if sum(fixed.get(pair, True) for pair in cut.pairs) >= cut.number]

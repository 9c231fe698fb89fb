"""The joint problem without schedule conflicts: what places alone allow, goal by goal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matcher.cpsat import Clock
from matcher.cuts import Cut
from matcher.flow import Face, Flow, Level
from matcher.model import BoolArray, Cohort, IntArray
from matcher.pairing import mentees_level, pairs_level, price_level, rank_levels, regularity_level
from matcher.planner import Planner
from matcher.pricing import Priced
from matcher.rules import Candidates
from matcher.ties import Tiebreak, the_draw


@dataclass(frozen=True)
class Problem:
    """What every part of the search knows; `turn` is everybody's place in the draw."""

    cohort: Cohort
    pairs: Candidates
    planner: Planner
    turn: IntArray
    clock: Clock

    @property
    def draw(self) -> Tiebreak:
        """Goal 7."""
        return the_draw(self.turn, self.cohort.programme.capacity.mentors_per_mentee)

    @cached_property
    def levels(self) -> list[Level]:
        """Goals 1 to 5; the last of them is about sessions."""
        pairs, alone = self.pairs, self.planner.alone
        ranks = rank_levels(self.cohort.programme.goals.rank, np.where(alone.possible, pairs.rank, 0))
        return [mentees_level(len(pairs)), pairs_level(len(pairs)), *ranks, price_level(alone.price)]

    def fits(self, pairs: Sequence[int]) -> bool:
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

    `possible` are the candidates that may be chosen. `levels` are goals 1 to 6, regularity by its bound; `values`
    their best values, which bound those of every solution that keeps to the candidates, one after the other.
    `chosen` is the pairing among them that the draw picks, as a Boolean per candidate.

    `priced` are groups of conflicts that need not be avoided (see `pricing`), no two about one candidate.
    """

    def __init__(
        self, problem: Problem, possible: IntArray, priced: tuple[Priced, ...] = (), flow: Flow | None = None
    ) -> None:
        self.possible, self.priced = possible, priced
        self.flow = flow or Flow(problem.cohort, problem.pairs, possible.tolist())
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
        values = list(self.flow.face(self.levels).values)
        values[problem.price] += sum(group.rebate for group in priced)
        self.values = tuple(values)
        self.chosen: BoolArray = problem.draw.best(self.flow, self.levels, problem.pairs)

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

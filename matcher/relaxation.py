"""The joint problem without schedule conflicts: what places alone allow, goal by goal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.cpsat import Clock
from matcher.flow import Face, Flow, Level
from matcher.model import BoolArray, Cohort, IntArray
from matcher.pairing import mentees_level, pairs_level, price_level, rank_levels, regularity_level
from matcher.planner import Planner
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

    @property
    def price(self) -> int:
        """Place of the level about sessions; regularity comes after it."""
        return len(self.levels) - 1


class Relaxation:
    """All pairings that are best in every goal as far as only places limit them.

    `possible` are the candidates that may be chosen. `levels` are goals 1 to 6, regularity by its bound; `values`
    their best values, which bound those of every solution that keeps to the candidates, one after the other.
    `chosen` is the pairing among them that the draw picks, as a Boolean per candidate.
    """

    def __init__(self, problem: Problem, possible: IntArray) -> None:
        self.possible = possible
        self.flow = Flow(problem.cohort, problem.pairs, possible.tolist())
        face = self.flow.face(problem.levels)
        problem.planner.look_at_regular(np.nonzero(face.chosen | face.open)[0])
        alone = problem.planner.alone
        self.levels = [*problem.levels, regularity_level(alone.regular, alone.ever_regular, ())]
        self.values = self.flow.face(self.levels).values
        self.chosen: BoolArray = problem.draw.best(self.flow, self.levels, problem.pairs)

    def face(self, depth: int) -> Face | None:
        """The pairings that are best in the first `depth` levels; None for all."""
        return self.flow.face(self.levels[:depth]) if depth else None

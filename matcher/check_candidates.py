"""The pairs that a run could have been made of, and what a pairing of them is worth."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.check_classes import Classes
from matcher.check_outcomes import Outcomes
from matcher.model import BoolArray, IntArray, Pair

Vector = tuple[int, ...]
"""What a pairing is worth, goal by goal; the better of two is larger where they first differ."""


ALIKE = Classes()


@dataclass(frozen=True)
class Candidates:
    """Every pair that rules and calendars allow if the two had no other session, and every lock.

    They are sorted by mentee and mentor; `rank` is 0 for a lock that was no choice. Pairs that go on in a rematch
    are as good as locked, where all that can go on do.
    """

    mentee: IntArray
    mentor: IntArray
    rank: IntArray
    locked: BoolArray

    def __len__(self) -> int:
        return len(self.mentee)

    @cached_property
    def place(self) -> dict[Pair, int]:
        """Where each pair stands."""
        people = zip(self.mentee.tolist(), self.mentor.tolist(), strict=True)
        return {pair: place for place, pair in enumerate(people)}


def find_candidates(outcomes: Outcomes, fixed: Collection[Pair] = ()) -> Candidates:
    """Find the possible candidates of a run's cohort; some pairs are `fixed` besides those that are locked."""
    roster = outcomes.roster
    ranks: dict[Pair, int] = dict.fromkeys((*roster.cohort.locks, *outcomes.unlisted()), 0)
    for at, choice in enumerate(roster.choices):
        if choice.pair in ranks or outcomes.is_possible(at):
            ranks[choice.pair] = choice.rank
    pairs = sorted(ranks)
    columns = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Candidates(
        mentee=columns[:, 0],
        mentor=columns[:, 1],
        rank=np.array([ranks[pair] for pair in pairs], dtype=np.int64),
        locked=np.array([roster.is_locked(pair) or pair in fixed for pair in pairs], dtype=np.bool_),
    )


class Scale:
    """The parts of a value: mentees, pairs, the classes of mentees, then ranks as `goals.rank` compares them.

    Where mentees are not all alike, those of each class but the last are counted; the last follows from them.

    `generous` counts the pairs at each rank from the worst that any candidate has to the second best, as losses;
    `greedy` those from the best to the last but one; `min-cost` has the sum of ranks, as a loss. The rank left
    out follows from the others and the number of pairs.
    """

    def __init__(self, kind: str, ranks: Iterable[int], classes: Classes = ALIKE) -> None:
        self.kind, self.classes = kind, classes
        self.first_rank = 2 + classes.counted
        occurring = sorted(set(ranks) - {0})
        self.ranks = occurring[:-1] if kind == "greedy" else occurring[:0:-1]
        parts = ["rank"] if kind == "min-cost" else [f"rank {rank}" for rank in self.ranks]
        first = [f"priority {name}" for name in classes.names[:-1]]
        self.names = ["mentees", "pairs", *first, *parts]

    def __len__(self) -> int:
        return len(self.names)

    @property
    def goals(self) -> tuple[str, ...]:
        """The goals that the parts are about."""
        return ("mentees", "pairs", *(("priority",) if self.classes else ()), "rank")

    def worth(self, rank: IntArray) -> IntArray:
        """What one pair at each of these ranks adds to a value, its mentee apart; shape (parts, pairs)."""
        parts = np.zeros((len(self), len(rank)), dtype=np.int64)
        parts[1] = 1
        if self.kind == "min-cost":
            parts[self.first_rank] = -rank
        for place, counted in enumerate(() if self.kind == "min-cost" else self.ranks, start=self.first_rank):
            parts[place] = (rank == counted) * (1 if self.kind == "greedy" else -1)
        return parts

    def value(self, pairs: Sequence[Pair], ranks: Sequence[int]) -> Vector:
        """What a pairing is worth; ranks are 0 for locks that were no choice."""
        mentees = np.array(sorted({mentee for mentee, _ in pairs}), dtype=np.int64)
        total = self.worth(np.array(ranks, dtype=np.int64)).sum(axis=1) + self.served(mentees).sum(axis=1)
        return tuple(total.tolist())

    def served(self, mentees: IntArray) -> IntArray:
        """What it adds that each of these mentees has a mentor; shape (parts, mentees)."""
        return self.classes.served(mentees, len(self))


def is_positive(vectors: IntArray) -> BoolArray:
    """Whether the first number that is not 0 is above 0, vector by vector; shape (parts, vectors)."""
    first = (vectors != 0).argmax(axis=0)
    found: BoolArray = np.take_along_axis(vectors, first[None, :], axis=0)[0] > 0
    return found


def is_positive_vector(vector: Vector) -> bool:
    """Whether the first number that is not 0 is above 0."""
    return next((number > 0 for number in vector if number), False)

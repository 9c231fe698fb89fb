"""Plans of sessions, and what is known to be impossible or to cost more in company."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

from matcher.model import BoolArray, Session

Plan = Mapping[int, tuple[Session, ...]]
"""Candidate -> its sessions; a candidate that could not be scheduled is not in it."""

Group = tuple[int, ...]
"""Candidates, ascending."""


@dataclass(frozen=True)
class Cut:
    """Pairs that together cost at least `loss` more than alone; with `loss` None, pairs that cannot all be.

    With `some`, any so many of the pairs already do, and no pairing has more of them. In a rematch `moves` tells
    how many sessions of the loss are taken from where they were planned; the rest of it is of goals 4 and 5.
    """

    pairs: Group
    loss: int | None
    some: int = 0
    moves: int = 0

    @property
    def number(self) -> int:
        """How many of the pairs it takes."""
        return self.some or len(self.pairs)

    def held_by(self, chosen: Container[int]) -> bool:
        """Whether enough of its pairs are chosen."""
        return sum(pair in chosen for pair in self.pairs) >= self.number

    def among(self, may_be: BoolArray) -> Cut:
        """The same about those of its pairs that may be chosen (a Boolean per candidate)."""
        return replace(self, pairs=tuple(pair for pair in self.pairs if may_be[pair])) if self.some else self

    def within(self, chosen: Container[int]) -> Cut:
        """The same about those of its pairs that are chosen, which are as many as it takes."""
        inside = tuple(pair for pair in self.pairs if pair in chosen)
        return Cut(inside, self.loss, moves=self.moves) if self.some else self

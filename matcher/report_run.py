"""A run as numbers: people, pairs, sessions and choices refer to each other by their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.columns import Coded
from matcher.explain_facts import BottleneckGroup, Change
from matcher.model import BoolArray, IntArray


@dataclass(frozen=True)
class People:
    """Everybody whom a run names, by id; `employee` is his place in the cohort, -1 for whoever is not in it."""

    ids: list[str]
    names: list[str]
    employee: IntArray

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The place of each id."""
        return {name: place for place, name in enumerate(self.ids)}


@dataclass(frozen=True)
class Pairs:
    """Rows of pairs.csv; `rank` is 0 for a lock that was no choice, `standing` a word or "".

    `engaged` are first and last day as they stand there, "" where the run does not tell.
    """

    mentee: IntArray
    mentor: IntArray
    rank: IntArray
    locked: BoolArray
    standing: Coded
    engaged: list[tuple[str, str]]

    def __len__(self) -> int:
        return len(self.mentee)


@dataclass(frozen=True)
class Sessions:
    """Rows of sessions.csv by time: place of the pair, start in minutes since 1970-01-01T00:00 UTC, length."""

    pair: IntArray
    start: IntArray
    minutes: IntArray

    def __len__(self) -> int:
        return len(self.pair)


@dataclass(frozen=True)
class Choices:
    """Rows of choices.csv by mentee, rank and mentor."""

    mentee: IntArray
    mentor: IntArray
    rank: IntArray
    outcome: Coded
    detail: Coded
    standing: Coded

    def __len__(self) -> int:
        return len(self.mentee)


@dataclass(frozen=True)
class Left:
    """A row of unmatched.csv; people are places, `group` is 0 for none, figures are None where blank."""

    mentee: int
    reason: str
    explanation: str
    eligible: int | None
    competitors: int | None
    places: int | None
    contested: tuple[int, ...]
    group: int
    change: Change | None
    suggestions: tuple[int, ...]
    waiting: int | None = None  # place on the waiting list


@dataclass(frozen=True)
class Wanted:
    """A row of bottlenecks.csv, without what it says of the group."""

    mentor: int
    places: int
    gain_mentees: int
    gain_pairs: int
    gain_ranks: str
    proven: bool
    gain_priority: str = ""

    @property
    def gain(self) -> tuple[int, int, str, str, bool]:
        """What one more place would bring, and whether that is proven."""
        return self.gain_mentees, self.gain_pairs, self.gain_priority, self.gain_ranks, self.proven


@dataclass(frozen=True)
class Rows:
    """A run. `wanted` is None where it has no bottlenecks.csv; `knows_change` whether changes were looked for."""

    people: People
    pairs: Pairs
    sessions: Sessions
    choices: Choices
    unmatched: tuple[Left, ...]
    wanted: tuple[Wanted, ...] | None
    groups: tuple[BottleneckGroup, ...]
    knows_change: bool

    @cached_property
    def mentees(self) -> IntArray:
        """The places of all mentees, ascending."""
        left = np.array([row.mentee for row in self.unmatched], dtype=np.int64)
        return np.unique(np.concatenate((self.pairs.mentee, self.choices.mentee, left)))

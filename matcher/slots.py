"""The grid as a table: days x clock times at which anybody can start a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from matcher.model import BoolArray, IntArray, Session

WordArray = npt.NDArray[np.uint64]
"""Sets of columns as bits: column c is bit c % 64 of word c // 64."""


@dataclass(frozen=True)
class Slots:
    """The grid as a table of `days` rows and one column per local clock time at which anybody can start.

    A *slot* is a cell of the flattened table. `start` is its instant, or -1 where the day has no such time.
    Where a day shows a clock time twice, the second is a column of its own; `twin[t]` is the first column with
    the same clock time as column t.
    """

    days: int
    start: IntArray  # shape (days * columns,)
    twin: IntArray  # shape (columns,)

    @property
    def columns(self) -> int:
        """Number of clock times."""
        return len(self.twin)

    @property
    def words(self) -> int:
        """Words of 64 bits that a set of columns takes; at least one."""
        return max(1, -(-self.columns // 64))

    @cached_property
    def at(self) -> dict[int, int]:
        """Slot of each instant."""
        return {int(start): slot for slot, start in enumerate(self.start) if start >= 0}

    @cached_property
    def in_time(self) -> tuple[IntArray, IntArray]:
        """The instants at which anybody can start, ascending, and the slot of each."""
        used = np.nonzero(self.start >= 0)[0]
        order = used[np.argsort(self.start[used])]
        return self.start[order], order

    @cached_property
    def alike(self) -> WordArray:
        """For each column those with the same clock time, itself included; shape (words, columns)."""
        same = self.twin[:, None] == self.twin[None, :]
        return pack(same, self.words).T

    @cached_property
    def twins(self) -> tuple[WordArray, ...]:
        """The sets of columns that show one clock time, where there are several; each of shape (words, 1)."""
        again = np.unique(self.twin[self.twin != np.arange(self.columns)])
        return tuple(self.alike[:, column : column + 1] for column in again)

    def regular(self, sessions: Sequence[Session]) -> int:
        """How many of a pair's sessions lie on the weekday and at the clock time of the one before."""
        marks = [divmod(self.at[session.start], self.columns) for session in sessions]
        alike = [(day % 7, int(self.twin[column])) for day, column in marks]
        return sum(mark == before for before, mark in pairwise(alike))

    def days_of(self, instants: IntArray) -> IntArray:
        """The day of each instant at which a session starts."""
        at, slots = self.in_time
        return np.asarray(slots[np.searchsorted(at, instants)] // max(self.columns, 1))

    def marks(self, instants: IntArray) -> IntArray:
        """A number for each instant, equal where weekday and clock time are."""
        at, slots = self.in_time
        day, column = divmod(slots[np.searchsorted(at, instants)], max(self.columns, 1))
        return np.asarray(day % 7 * self.columns + self.twin[column])


def pack(table: BoolArray, words: int) -> WordArray:
    """Columns of a table (its last axis) as bits; shape (..., words)."""
    room = np.zeros((*table.shape[:-1], words * 64), dtype=bool)
    room[..., : table.shape[-1]] = table
    return np.packbits(room, axis=-1, bitorder="little").view("<u8").astype(np.uint64, copy=False)


def unpack(bits: WordArray, columns: int) -> BoolArray:
    """The table that `pack` has packed."""
    octets = np.ascontiguousarray(bits).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=columns, bitorder="little").view(bool)

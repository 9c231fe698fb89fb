"""When each pair could meet: days x clock times of the programme, for everybody who occurs in a candidate pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from matcher.calendars import FreeTime, Grid, can_start, free_time, make_grid
from matcher.model import BoolArray, Cohort, IntArray, Session
from matcher.rules import Candidates

MinuteArray = npt.NDArray[np.int16]
BLOCK = 512  # people or pairs handled at once: bounds the memory of intermediate arrays


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

    @cached_property
    def at(self) -> dict[int, int]:
        """Slot of each instant."""
        return {int(start): slot for slot, start in enumerate(self.start) if start >= 0}

    def regular(self, sessions: Sequence[Session]) -> int:
        """How many of a pair's sessions lie on the weekday and at the clock time of the one before."""
        marks = [divmod(self.at[session.start], self.columns) for session in sessions]
        alike = [(day % 7, int(self.twin[column])) for day, column in marks]
        return sum(mark == before for before, mark in pairwise(alike))


@dataclass(frozen=True)
class Times:
    """Starts that each person can take, by session length.

    `can[l]` has shape (people, days * columns) for length `lengths[l]` (minutes, longest first).
    """

    slots: Slots
    lengths: tuple[int, ...]
    row_of: IntArray
    can: tuple[BoolArray, ...]
    mentee: IntArray
    mentor: IntArray
    earliest: IntArray

    def open_minutes(self, pairs: IntArray) -> MinuteArray:
        """Longest session that each of `pairs` (candidate indices) can start at each slot; 0 for none.

        Returns
        -------
        Minutes, shape (len(pairs), days * columns).
        """
        mentee, mentor = self.row_of[self.mentee[pairs]], self.row_of[self.mentor[pairs]]
        minutes = np.zeros((len(pairs), len(self.slots.start)), dtype=np.int16)
        for length, can in zip(reversed(self.lengths), reversed(self.can), strict=True):
            minutes[can[mentee] & can[mentor]] = length
        day = np.arange(len(self.slots.start)) // max(self.slots.columns, 1)
        minutes[day[None, :] < self.earliest[pairs][:, None]] = 0
        return minutes

    def open_days(self, pairs: IntArray) -> BoolArray:
        """Days on which each of `pairs` can meet at all; shape (len(pairs), days)."""
        parts = [
            (self.open_minutes(block) > 0).reshape(len(block), self.slots.days, self.slots.columns).any(axis=2)
            for block in blocks(pairs)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.slots.days), dtype=bool)


def blocks(indices: IntArray, most: int = BLOCK) -> Iterator[IntArray]:
    """Split into parts of at most `most`."""
    for first in range(0, len(indices), most):
        yield indices[first : first + most]


def meeting_times(cohort: Cohort, pairs: Candidates) -> Times:
    """Work out who can start a session when, for everybody in `pairs`."""
    people = np.unique(np.concatenate((pairs.mentee, pairs.mentor)))
    row_of = np.full(len(cohort.employees), -1, dtype=np.int64)
    row_of[people] = np.arange(len(people))
    free, grid = free_time(cohort, people), make_grid(cohort.programme)
    lengths = cohort.programme.sessions.minutes
    slots, places = _slots(cohort.programme.days, grid, _ever(free, grid, lengths[-1]))
    can = tuple(_table(free, grid, length, places, len(slots.start)) for length in lengths)
    return Times(slots, lengths, row_of, can, pairs.mentee, pairs.mentor, pairs.earliest)


def _ever(free: FreeTime, grid: Grid, minutes: int) -> BoolArray:
    """Grid instants at which anybody at all can start."""
    marks = np.zeros(len(grid) + 1, dtype=np.int64)
    first = np.searchsorted(grid.start, free.start, side="left")
    stop = np.searchsorted(grid.start, free.end - minutes, side="right")
    real = first < stop
    np.add.at(marks, first[real], 1)
    np.add.at(marks, stop[real], -1)
    return np.asarray(np.cumsum(marks[:-1]) > 0)


def _slots(days: int, grid: Grid, ever: BoolArray) -> tuple[Slots, IntArray]:
    """Lay the grid out as a table; also the place of every grid instant in it, -1 where nobody ever starts."""
    used = np.nonzero(ever)[0]
    order = np.lexsort((grid.start[used], grid.clock[used], grid.day[used]))
    day, clock = grid.day[used][order], grid.clock[used][order]
    again = np.concatenate(([False], (day[1:] == day[:-1]) & (clock[1:] == clock[:-1])))[: len(used)]
    keys, column = np.unique(np.stack((clock, again)), axis=1, return_inverse=True)
    twin = np.searchsorted(keys[0], keys[0], side="left")
    places = np.full(len(grid), -1, dtype=np.int64)
    places[used[order]] = day * keys.shape[1] + column.ravel()
    start = np.full(days * keys.shape[1], -1, dtype=np.int64)
    start[places[used]] = grid.start[used]
    return Slots(days, start, twin), places


def _table(free: FreeTime, grid: Grid, minutes: int, places: IntArray, width: int) -> BoolArray:
    table = np.zeros((len(free.people), width), dtype=bool)
    used = np.nonzero(places >= 0)[0]
    for rows in blocks(np.arange(len(free.people))):
        part = slice(free.offsets[rows[0]], free.offsets[rows[-1] + 1])
        some = FreeTime(
            free.people[rows],
            free.offsets[rows[0] : rows[-1] + 2] - free.offsets[rows[0]],
            free.start[part],
            free.end[part],
        )
        table[rows[:, None], places[used]] = can_start(some, grid, minutes)[:, used]
    return table

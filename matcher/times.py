"""When each pair could meet: days x clock times of the programme, for everybody who occurs in a candidate pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from matcher.arrays import ranges
from matcher.cadence import most_sessions
from matcher.calendars import FreeTime, Grid, free_time, make_grid, preferred_starts, starts
from matcher.kinds import Kinds, make_kinds
from matcher.limits import Limits, make_limits
from matcher.model import BoolArray, Cohort, IntArray, Session
from matcher.rules import Candidates

MinuteArray = npt.NDArray[np.int16]
WordArray = npt.NDArray[np.uint64]
"""Sets of columns as bits: column c is bit c % 64 of word c // 64."""

BLOCK = 4096  # people or pairs handled at once: bounds the memory of intermediate arrays


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


@dataclass(frozen=True)
class Times:
    """Starts that each person can take, by kind of session.

    `can[k]` has shape (people, days, words) for the kind `kinds.all[k]`; those of a preferred one lie in the hours
    preferred on the person's clock.
    """

    slots: Slots
    kinds: Kinds
    limits: Limits
    row_of: IntArray
    can: tuple[WordArray, ...]
    mentee: IntArray
    mentor: IntArray
    earliest: IntArray

    def open(self, pairs: IntArray, booked: Bookings | None = None) -> tuple[WordArray, ...]:
        """Slots at which each of `pairs` (candidate indices) can start, beside what is `booked`, by kind.

        Returns
        -------
        Bits, shape (words, days, len(pairs)) for each kind.
        """
        late = np.arange(self.slots.days)[:, None] < self.earliest[pairs]
        result = []
        for kind in range(len(self.can)):
            bits = self._of(self.mentee[pairs], kind, booked) & self._of(self.mentor[pairs], kind, booked)
            bits = np.ascontiguousarray(bits.transpose(2, 1, 0))
            if late.any():
                bits[:, late] = 0
            result.append(bits)
        return tuple(result)

    def in_worlds(self, pairs: IntArray, world: IntArray) -> Times:
        """Times for candidates in several worlds: who is in two of them is in each as if there were no other.

        Candidate i of the result is `pairs[i]` in `world[i]`.
        """
        people = len(self.row_of)
        who = np.concatenate((self.mentee[pairs], self.mentor[pairs])) + np.tile(world, 2) * people
        names, who = np.unique(who, return_inverse=True)
        mentee, mentor = who.reshape(2, -1)
        return replace(
            self, row_of=self.row_of[names % people], mentee=mentee, mentor=mentor, earliest=self.earliest[pairs]
        )

    def _of(self, people: IntArray, kind: int, booked: Bookings | None) -> WordArray:
        bits = self.can[kind][self.row_of[people]]
        if booked is not None:
            row, mine = booked.rows(people)
            bits[mine] = booked.left[kind][row]
        return bits

    def open_minutes(self, pairs: IntArray) -> MinuteArray:
        """Longest session that each pair can start at each slot, 0 for none; shape (pairs, days * columns)."""
        return self.as_minutes(self.open(pairs))

    def as_minutes(self, bits: Sequence[WordArray], *, preferred: bool = False) -> MinuteArray:
        """What `open` gives as the longest (or longest preferred) session at each slot.

        Returns
        -------
        Shape (pairs, days * columns), 0 for none.
        """
        minutes = np.zeros((bits[0].shape[2], len(self.slots.start)), dtype=np.int16)
        for kind, some in zip(reversed(self.kinds.all), reversed(bits), strict=True):
            if kind.preferred or not preferred:
                here = unpack(some.transpose(2, 1, 0), self.slots.columns).reshape(minutes.shape)
                minutes[here] = kind.minutes
        return minutes

    def open_days(self, pairs: IntArray, booked: Bookings | None = None) -> BoolArray:
        """Days on which each of `pairs` can meet at all, beside what is `booked`; shape (len(pairs), days)."""
        days = np.zeros((len(pairs), self.slots.days), dtype=bool)
        for block in blocks(np.arange(len(pairs))):
            days[block] = np.any([bits.any(axis=0) for bits in self.open(pairs[block], booked)], axis=0).T
        return days


class Bookings:
    """What the sessions of some pairs leave of the time of the people who are in several pairs."""

    def __init__(self, times: Times, pairs: IntArray) -> None:
        """Nothing is booked yet; `pairs` are all that will be, and all whose times will be asked for."""
        self._times = times
        people, number = np.unique((times.mentee[pairs], times.mentor[pairs]), return_counts=True)
        self._shared = people[number > 1]
        self.left = tuple(can[times.row_of[self._shared]] for can in times.can)
        periods = times.limits.periods
        self._held = [np.zeros((len(self._shared), period.of_day[-1] + 1), dtype=np.int64) for period in periods]

    def rows(self, people: IntArray) -> tuple[IntArray, BoolArray]:
        """Which of these people are in several pairs, and the rows of those in `left`."""
        row = np.searchsorted(self._shared, people)
        mine = np.zeros(len(people), dtype=bool)
        inside = row < len(self._shared)
        mine[inside] = self._shared[row[inside]] == people[inside]
        return row[mine], mine

    def book(self, pairs: IntArray, start: IntArray, minutes: IntArray) -> None:
        """Take the time of one session of each of `pairs` (repeated as needed) from both people."""
        at, slots = self._times.slots.in_time
        row, mine = self.rows(np.concatenate((self._times.mentee[pairs], self._times.mentor[pairs])))
        self._close(row, self._times.slots.days_of(np.tile(start, 2)[mine]))
        pause = self._times.limits.pause
        begin, end = np.tile(start - pause, 2)[mine], np.tile(start + minutes + pause, 2)[mine]
        for kind, left in zip(self._times.kinds.all, self.left, strict=True):
            first = np.searchsorted(at, begin - kind.minutes, side="right")  # from here on it would be too near
            many = np.maximum(np.searchsorted(at, end, side="left") - first, 0)
            day, column = divmod(slots[ranges(first, many)], max(self._times.slots.columns, 1))
            cell = (np.repeat(row, many) * left.shape[1] + day) * left.shape[2] + column // 64
            np.bitwise_and.at(left.reshape(-1), cell, ~(np.uint64(1) << (column % 64).astype(np.uint64)))

    def _close(self, row: IntArray, day: IntArray) -> None:
        """Count a session of each row on a day, and close the days of whoever has no room for more on them."""
        for period, held in zip(self._times.limits.periods, self._held, strict=True):
            np.add.at(held, (row, period.of_day[day]), 1)
            touched = np.unique(row)
            full = (held[touched] >= period.most)[:, period.of_day]
            for left in self.left:
                left[touched] = np.where(full[:, :, None], np.uint64(0), left[touched])

    def exceeded(self, pairs: IntArray, day: IntArray, held: BoolArray) -> BoolArray:
        """Which pairs would have too many sessions in some period, beside what is booked.

        Parameters
        ----------
        day
            Days of the pairs' sessions, one row a pair, as far as they are `held`.
        """
        result = np.zeros(len(pairs), dtype=bool)
        place, step = np.nonzero(held)
        for period, booked in zip(self._times.limits.periods, self._held, strict=True):
            own = np.zeros((len(pairs), booked.shape[1]), dtype=np.int64)
            np.add.at(own, (place, period.of_day[day[place, step]]), 1)
            most = own.copy()
            for people in (self._times.mentee[pairs], self._times.mentor[pairs]):
                row, mine = self.rows(people)
                most[mine] = np.maximum(most[mine], own[mine] + booked[row])
            result |= ((most > period.most) & (own > 0)).any(axis=1)
        return result


def pack(table: BoolArray, words: int) -> WordArray:
    """Columns of a table (its last axis) as bits; shape (..., words)."""
    room = np.zeros((*table.shape[:-1], words * 64), dtype=bool)
    room[..., : table.shape[-1]] = table
    return np.packbits(room, axis=-1, bitorder="little").view("<u8").astype(np.uint64, copy=False)


def unpack(bits: WordArray, columns: int) -> BoolArray:
    """The table that `pack` has packed."""
    octets = np.ascontiguousarray(bits).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=columns, bitorder="little").view(bool)


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
    kinds, limits = make_kinds(cohort, most_sessions(cohort.programme)), make_limits(cohort.programme)
    slots, places = _slots(cohort.programme.days, grid, _ever(free, grid, kinds.lengths[-1]))
    can: list[WordArray] = []
    for length in kinds.lengths:
        table = _table(free, grid, length, places, slots)
        if kinds.preferred:
            rows, liked = _liked(cohort, people, grid, length)
            can.append(table & _as_bits(liked, places, slots)[rows])
        can.append(table)
    return Times(slots, kinds, limits, row_of, tuple(can), pairs.mentee, pairs.mentor, pairs.earliest)


def _ever(free: FreeTime, grid: Grid, minutes: int) -> BoolArray:
    """Grid instants at which anybody at all can start."""
    marks = np.zeros(len(grid) + 1, dtype=np.int64)
    for rows in blocks(np.arange(len(free.people))):
        _, first, many = starts(free.part(rows), grid, minutes)
        marks += np.bincount(first, minlength=len(marks)) - np.bincount(first + many, minlength=len(marks))
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


def _liked(cohort: Cohort, people: IntArray, grid: Grid, minutes: int) -> tuple[IntArray, BoolArray]:
    """Grid instants from which sessions lie in preferred hours: each person's row, and the rows (one a zone)."""
    zones, row = np.unique(cohort.employees.zone[people], return_inverse=True)
    names = [cohort.employees.zones[zone] for zone in zones.tolist()]
    liked = [preferred_starts(cohort.programme, name, grid, minutes) for name in names]
    return row, np.array(liked, dtype=bool).reshape(len(zones), len(grid))


def _as_bits(starts: BoolArray, places: IntArray, slots: Slots) -> WordArray:
    """Rows of grid instants as slots; shape (rows, days, words)."""
    used = np.nonzero(places >= 0)[0]
    can = np.zeros((len(starts), len(slots.start)), dtype=bool)
    can[:, places[used]] = starts[:, used]
    return pack(can.reshape(len(starts), slots.days, slots.columns), slots.words)


def _table(free: FreeTime, grid: Grid, minutes: int, places: IntArray, slots: Slots) -> WordArray:
    table = np.zeros((len(free.people), slots.days, slots.words), dtype=np.uint64)
    most = max(1, BLOCK * 1024 // max(len(slots.start), 1))
    for rows in blocks(np.arange(len(free.people)), most):
        row, first, many = starts(free.part(rows), grid, minutes)
        can = np.zeros((len(rows), len(slots.start)), dtype=bool)
        can[np.repeat(row, many), places[ranges(first, many)]] = True
        table[rows] = pack(can.reshape(len(rows), slots.days, slots.columns), slots.words)
    return table

"""Where sessions can start: one whole number for each person, with a bit for every start on the grid.

A bit is 1 where the person is free for the shortest session from that start, so `&` tells where two people can
both start. The bit of the start on a day at a distance from its midnight is `clock * days + day`, where clock
counts the distances at which anybody ever works: so there is a row of days for each clock, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from matcher.check_dates import Dates
from matcher.check_free import FreeTime
from matcher.check_time import Interval
from matcher.model import BoolArray, IntArray

CELLS = 1 << 22  # people x starts that are worked out at once: bounds the memory


@dataclass(frozen=True)
class Grid:
    """Starts in ascending order, in minutes since the first midnight, with day, clock and the session's length."""

    start: IntArray
    day: IntArray
    clock: IntArray
    minutes: int

    def fitting(self, low: IntArray, high: IntArray) -> tuple[IntArray, IntArray]:
        """First start from which a session lies within [low, high), and the first after it that does not."""
        return self.start.searchsorted(low), self.start.searchsorted(high - self.minutes, side="right")

    def meeting(self, low: IntArray, high: IntArray) -> tuple[IntArray, IntArray]:
        """First start from which a session shares time with [low, high), and the first after it that does not."""
        return self.start.searchsorted(low - self.minutes, side="right"), self.start.searchsorted(high)

    def bit(self, days: int) -> IntArray:
        """The bit of each start."""
        return self.clock * days + self.day

    def some(self, used: BoolArray) -> Grid:
        """Give these starts alone, the clocks numbered anew."""
        clock: IntArray = np.unique(self.clock[used], return_inverse=True)[1]
        return Grid(self.start[used], self.day[used], clock, self.minutes)


def whole_grid(dates: Dates) -> Grid:
    """Every start of the programme: each midnight plus the multiples of the grid while it is that date."""
    rules = dates.programme.sessions
    days = [np.arange(low, high, rules.grid_minutes) - dates.span[0] for low, high in pairwise(dates.midnights)]
    counts = [len(starts) for starts in days]
    clock = np.concatenate([np.arange(count) for count in counts])
    return Grid(np.concatenate(days), np.repeat(np.arange(dates.days), counts), clock, rules.minutes[-1])


class Starts:
    """Where each of the people of `free` can start the shortest session, from the instant `since` on."""

    def __init__(self, free: FreeTime, since: int = 0) -> None:
        self._free, self._days = free, free.dates.days
        grid = whole_grid(free.dates)
        grid = grid.some(grid.start + free.low >= since)
        some = _marked(1, grid, *grid.fitting(free.window_start % free.width, free.window_end % free.width))
        self._grid = grid = grid.some(some[0, :-1])
        self._clocks = int(grid.clock.max(initial=0)) + 1
        self._start_of_bit = np.full(self._clocks * self._days, len(grid.start))
        self._start_of_bit[grid.bit(self._days)] = np.arange(len(grid.start))
        rows = max(1, CELLS // len(self._start_of_bit))
        places = range(0, len(free.people), rows)
        self._bits = [bits for place in places for bits in self._people(place, place + rows)]
        self._place: list[int] = free.place.tolist()
        self._taken: dict[Interval, int] = {}

    def of(self, person: int) -> int:
        """The starts that the person can take, as bits."""
        return self._bits[self._place[person]]

    def taken(self, sessions: Iterable[Interval]) -> int:
        """The starts, as bits, that a person in these sessions (instants) cannot take, pauses included."""
        bits, pause = 0, self._free.pause
        for session in sessions:
            if session not in self._taken:
                low, high = (np.array(instant - self._free.low) for instant in session)
                first, stop = self._grid.meeting(low - pause, high + pause)
                blocked = self._grid.bit(self._days)[first:stop]
                self._taken[session] = sum(1 << bit for bit in blocked.tolist())
            bits |= self._taken[session]
        return bits

    def open_days(self, bits: int) -> int:
        """The days (as bits) on which one of these starts is."""
        clocks = self._clocks
        while clocks > 1:  # lay the later half of the rows onto the earlier half, until one row is left
            clocks = (clocks + 1) // 2
            size = clocks * self._days
            bits = (bits >> size) | (bits & ((1 << size) - 1))
        return bits

    @cached_property
    def instants(self) -> IntArray:
        """Every start at which anybody ever works, ascending."""
        return self._grid.start + self._free.low

    def marked(self, some: BoolArray) -> int:
        """Some of `instants`, as bits."""
        packed = np.packbits(np.append(some, [False]).take(self._start_of_bit), bitorder="little")
        return int.from_bytes(packed.tobytes(), "little")

    def on_day(self, bits: int, day: int) -> list[int]:
        """The instants of those of these starts that are on one day."""
        bits &= self._first_day << day
        found = []
        while bits:
            lowest = bits & -bits
            found.append(int(self.instants[self._start_of_bit[lowest.bit_length() - 1]]))
            bits ^= lowest
        return found

    @cached_property
    def _first_day(self) -> int:
        return sum(1 << clock * self._days for clock in range(self._clocks))

    def run_together(self, bits: int, days: int) -> bool:
        """Whether a session from one of these starts may leave no pause to one at least `days` dates later.

        Only then do the dates of a pair's sessions not tell whether it can hold them all.
        """
        size = -(-len(self._start_of_bit) // 8)
        marks = np.unpackbits(np.frombuffer(bits.to_bytes(size, "little"), dtype=np.uint8), bitorder="little")
        used = np.nonzero(marks[self._grid.bit(self._days)])[0]
        start, day = self._grid.start[used], self._grid.day[used]
        following = day.searchsorted(day + days)
        last = np.searchsorted(following, len(used))  # from here on no start is so many dates later
        over = start[:last] + self._grid.minutes + self._free.pause
        return bool((start[following[:last]] < over).any())

    def _people(self, first: int, stop: int) -> list[int]:
        """The bits of the people at some places of `free.people`."""
        free, grid = self._free, self._grid
        calendars, row = np.unique(free.calendar[first:stop], return_inverse=True)
        works = np.concatenate([self._works(calendar) for calendar in calendars.tolist()])
        low, high = free.busy_start.searchsorted([first * free.width, stop * free.width])
        place, start = np.divmod(free.busy_start[low:high], free.width)
        busy = grid.meeting(start, free.busy_end[low:high] % free.width)
        can = works[row] & ~_marked(len(row), grid, *busy, place - first)
        packed = np.packbits(can.take(self._start_of_bit, axis=1), axis=1, bitorder="little")
        return [int.from_bytes(bits.tobytes(), "little") for bits in packed]

    def _works(self, calendar: int) -> BoolArray:
        """The starts within working time, one row."""
        free, grid = self._free, self._grid
        low, high = free.window_start.searchsorted([calendar * free.width, (calendar + 1) * free.width])
        spans = grid.fitting(free.window_start[low:high] % free.width, free.window_end[low:high] % free.width)
        return _marked(1, grid, *spans)


def _marked(rows: int, grid: Grid, first: IntArray, stop: IntArray, row: IntArray | int = 0) -> BoolArray:
    """Which starts lie in [first, stop) of some span of their `row`, and a last column that never does.

    Every span adds one where it begins and takes one where it ends: the running sum tells how many are open.
    """
    width = len(grid.start) + 1
    steps = np.zeros(rows * width, dtype=np.int32)
    some = first < stop
    np.add.at(steps, (row * width + first)[some], np.int32(1))
    np.add.at(steps, (row * width + stop)[some], np.int32(-1))
    return np.asarray(steps.reshape(rows, width).cumsum(axis=1, dtype=np.int32) > 0)

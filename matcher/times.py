"""When each pair could meet: days x clock times of the programme, for everybody who occurs in a candidate pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matcher.arrays import ranges
from matcher.cadence import Cadence, most_sessions
from matcher.calendars import FreeTime, Grid, free_time, make_grid, preferred_starts, starts, zone_segments
from matcher.carried import Carried, make_carried
from matcher.engagements import Whose, engagements, held_days
from matcher.kinds import Kinds, make_kinds
from matcher.limits import Limits, make_limits
from matcher.model import BoolArray, Cohort, IntArray
from matcher.programme import MINUTES_A_DAY, day_number, midnight_of
from matcher.rules import Candidates
from matcher.slots import Slots, WordArray, pack, unpack

MinuteArray = npt.NDArray[np.int16]
BLOCK = 4096  # people or pairs handled at once: bounds the memory of intermediate arrays


@dataclass(frozen=True)
class Times:
    """Starts that each person can take, by kind of session.

    `can[k]` has shape (people, days, words) for the kind `kinds.plain[k]`; those of a preferred one lie in the
    hours preferred on the person's clock. Candidates may start from their day `earliest` to the day `last`; the
    rules on their dates are `cadences[course]`. `carried` is what they bring along in a rematch. Where
    engagements last as long as needed, `places` is everybody's capacity.
    """

    slots: Slots
    kinds: Kinds
    limits: Limits
    row_of: IntArray
    can: tuple[WordArray, ...]
    mentee: IntArray
    mentor: IntArray
    earliest: IntArray
    last: IntArray
    course: IntArray
    cadences: tuple[Cadence, ...]
    carried: Carried | None = None
    places: IntArray | None = None

    def open(self, pairs: IntArray, booked: Bookings | None = None) -> tuple[WordArray, ...]:
        """Slots at which each of `pairs` (candidate indices) can start, beside what is `booked`, by kind.

        Returns
        -------
        Bits, shape (words, days, len(pairs)) for each kind.
        """
        day = np.arange(self.slots.days)[:, None]
        shut = (day < self.earliest[pairs]) | (day > self.last[pairs])
        result = []
        for kind in range(len(self.can)):
            bits = self._of(self.mentee[pairs], kind, booked) & self._of(self.mentor[pairs], kind, booked)
            bits = np.ascontiguousarray(bits.transpose(2, 1, 0))
            if shut.any():
                bits[:, shut] = 0
            result.append(bits)
        return tuple(result) if self.carried is None else self.carried.beside(result, pairs, self.kinds)

    def whose(self, pairs: IntArray) -> Whose:
        """What candidates differ in besides their times."""
        before = 0 * pairs if self.carried is None else self.carried.before[pairs]
        return Whose(self.course[pairs], before)

    @property
    def used(self) -> tuple[tuple[int, int], ...]:
        """People and days of sessions held, as far as they count in limits whatever is decided."""
        return () if self.carried is None or not self.limits.periods else self.carried.used

    @property
    def resume(self) -> int:
        """The first day on which anything is planned."""
        return 0 if self.carried is None else self.carried.resume

    @cached_property
    def over(self) -> BoolArray:
        """Which candidates have held all their sessions, where engagements last as long as needed.

        Their mentors' places are free from the date of a rematch on.
        """
        if self.carried is None or self.places is None:
            return np.zeros(len(self.mentee), dtype=bool)
        wanted = np.array([cadence.exactly for cadence in self.cadences])[self.course]
        over: BoolArray = (self.carried.slot >= 0) & (wanted == 1)
        return over

    def alone(self, pairs: IntArray) -> Times:
        """Times for candidates each in a world of its own, where people have held nothing but its last session."""
        times = self.in_worlds(pairs, np.arange(len(pairs)))
        if times.carried is None:
            return times
        rows = zip(times.mentee.tolist(), times.mentor.tolist(), times.carried.held_on.tolist(), strict=True)
        used = tuple((person, day) for *both, day in rows if day >= 0 for person in both)
        return replace(times, carried=replace(times.carried, used=used))

    def in_worlds(self, pairs: IntArray, world: IntArray) -> Times:
        """Times for candidates in several worlds: who is in two of them is in each as if there were no other.

        Candidate i of the result is `pairs[i]` in `world[i]`.
        """
        people = len(self.row_of)
        who = np.concatenate((self.mentee[pairs], self.mentor[pairs])) + np.tile(world, 2) * people
        names, who = np.unique(who, return_inverse=True)
        mentee, mentor = who.reshape(2, -1)
        return replace(
            self,
            row_of=self.row_of[names % people],
            mentee=mentee,
            mentor=mentor,
            earliest=self.earliest[pairs],
            last=self.last[pairs],
            course=self.course[pairs],
            carried=self.carried and self.carried.of(pairs, self._again(names)),
            places=None if self.places is None else self.places[names % people],
        )

    def _again(self, names: IntArray) -> tuple[tuple[int, int], ...]:
        """What is `used`, for people who stand for others."""
        people, days = len(self.row_of), defaultdict(list)
        for person, day in self.used:
            days[person].append(day)
        return (
            tuple((place, day) for place, name in enumerate(names.tolist()) for day in days.get(name % people, ()))
            if days
            else ()
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
        plain = self.kinds.plain  # what was planned is open as a plain session, too
        for kind, some in zip(reversed(plain), reversed(bits[-len(plain) :]), strict=True):
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
        used = np.array(times.used, dtype=np.int64).reshape(-1, 2)
        used = used[np.isin(used[:, 0], people)]
        self._shared = people[(number > 1) | np.isin(people, used[:, 0])]
        self.left = tuple(can[times.row_of[self._shared]] for can in times.can)
        periods = times.limits.periods
        self._held = [np.zeros((len(self._shared), period.of_day[-1] + 1), dtype=np.int64) for period in periods]
        if len(used):
            self._close(np.searchsorted(self._shared, used[:, 0]), used[:, 1])

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
        day = self._times.slots.days_of(np.tile(start, 2)[mine])
        coming = day >= self._times.resume  # those held are counted already, whatever becomes of their pairs
        self._close(row[coming], day[coming])
        pause = self._times.limits.pause
        begin, end = np.tile(start - pause, 2)[mine], np.tile(start + minutes + pause, 2)[mine]
        for kind, left in zip(self._times.kinds.plain, self.left, strict=True):
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
        place, step = np.nonzero(held & (day >= self._times.resume))
        for period, booked in zip(self._times.limits.periods, self._held, strict=True):
            own = np.zeros((len(pairs), booked.shape[1]), dtype=np.int64)
            np.add.at(own, (place, period.of_day[day[place, step]]), 1)
            most = own.copy()
            for people in (self._times.mentee[pairs], self._times.mentor[pairs]):
                row, mine = self.rows(people)
                most[mine] = np.maximum(most[mine], own[mine] + booked[row])
            result |= ((most > period.most) & (own > 0)).any(axis=1)
        return result


def blocks(indices: IntArray, most: int = BLOCK) -> Iterator[IntArray]:
    """Split into parts of at most `most`."""
    for first in range(0, len(indices), most):
        yield indices[first : first + most]


def meeting_times(cohort: Cohort, pairs: Candidates) -> Times:
    """Work out who can start a session when, for everybody in `pairs`."""
    people = np.unique(np.concatenate((pairs.mentee, pairs.mentor)))
    row_of = np.full(len(cohort.employees), -1, dtype=np.int64)
    row_of[people] = np.arange(len(people))
    since = None if cohort.earlier is None else midnight_of(cohort.programme, cohort.earlier.as_of)
    free, grid = free_time(cohort, people, since), _grid(cohort, since)
    kinds, limits = make_kinds(cohort, most_sessions(cohort.programme)), make_limits(cohort.programme)
    ever = _ever(free, grid, kinds.lengths[-1]) | np.isin(grid.start, _held_starts(cohort))
    slots, places = _slots(cohort.programme.days, grid, ever)
    can: list[WordArray] = []
    for length in kinds.lengths:
        table = _table(free, grid, length, places, slots)
        if kinds.preferred:
            rows, liked = _liked(cohort, people, grid, length)
            can.append(table & _as_bits(liked, places, slots)[rows])
        can.append(table)
    carried = _carried(cohort, pairs, slots, kinds, limits)
    nothing = np.zeros(len(pairs), dtype=np.int64)
    held, before = (nothing - 1, nothing) if carried is None else (carried.held_on, carried.before)
    engaged = engagements(cohort, pairs.mentee, pairs.mentor, held, before)
    return Times(
        *(slots, kinds, limits, row_of, tuple(can), pairs.mentee, pairs.mentor),
        earliest=np.maximum(pairs.earliest, engaged.first),
        last=engaged.last,
        course=engaged.course,
        cadences=engaged.cadences,
        carried=carried,
        places=cohort.employees.capacity if cohort.programme.frame.engagement == "as-needed" else None,
    )


# --- what a rematch begins with -----------------------------------------------------------------------------


def _held_starts(cohort: Cohort) -> IntArray:
    """When the sessions began that pairs of an earlier plan have held, whatever the grid is now."""
    agreed = () if cohort.earlier is None else cohort.earlier.agreed.values()
    return np.array(sorted({session.start for one in agreed for session in one.held}), dtype=np.int64)


def _grid(cohort: Cohort, since: int | None) -> Grid:
    """The instants at which sessions may start, from `since` on if given, and those of sessions held before it."""
    grid = make_grid(cohort.programme)
    if since is None:
        return grid
    frame, kept, held = cohort.programme.frame, grid.start >= since, _held_starts(cohort)
    wall = zone_segments(frame.timezone, frame.start, frame.end).to_wall(held)  # none of them lies after `since`
    return Grid(
        np.concatenate((held, grid.start[kept])),
        np.concatenate((wall // MINUTES_A_DAY - day_number(frame.start), grid.day[kept])),
        np.concatenate((wall % MINUTES_A_DAY, grid.clock[kept])),
    )


def _carried(cohort: Cohort, pairs: Candidates, slots: Slots, kinds: Kinds, limits: Limits) -> Carried | None:
    earlier = cohort.earlier
    if earlier is None:
        return None
    both = list(zip(pairs.mentee.tolist(), pairs.mentor.tolist(), strict=True))
    resume, used = earlier.as_of - day_number(cohort.programme.frame.start), list[tuple[int, int]]()
    if limits.periods:
        held = [*((pair, one.held) for pair, one in earlier.agreed.items()), *earlier.held.items()]
        sessions = [(pair, session) for pair, own in held for session in own]
        days = held_days(cohort, [session for _, session in sessions])
        near = [pair for (pair, _), day in zip(sessions, days, strict=True) if limits.counts_with(day, resume)]
        on = [day for day in days if limits.counts_with(day, resume)]
        used = [(person, day) for pair, day in zip(near, on, strict=True) for person in pair]
    return make_carried([earlier.agreed.get(pair) for pair in both], slots, kinds, resume, used)


# --- the table of starts ------------------------------------------------------------------------------------


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

"""Everybody's free time for the check: working hours, holidays, availability and busy time, exact to the minute.

A time of one of many people is kept as a single number, `owner * width + minute`: the minute counts from the
programme's first midnight, and `width` is more than the programme has. So the times of all stand on one line, all
of the first owner's, then all of the second's, and one search finds a place among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from matcher.check_dates import THURSDAY, Dates
from matcher.check_time import MARGIN, Clock, Interval, joined, outside, within
from matcher.model import BoolArray, Cohort, IntArray
from matcher.programme import MINUTES_A_DAY, WEEKDAYS, day_number

Row = tuple[int, int, int, int]
"""A row of availability.csv: weekday, date, start, end."""


class WorkingTime:
    """When people work by the programme's hours or their own rows, less lunch and holidays, not yet busy."""

    def __init__(self, cohort: Cohort, dates: Dates) -> None:
        self.cohort, self.dates = cohort, dates
        self._clocks: dict[int, Clock] = {}
        self._shown: dict[tuple[int, int, tuple[Interval, ...]], list[Interval]] = {}
        rules = cohort.programme.calendar
        self._lunch = rules.lunch_windows
        self._hours = tuple(outside(rules.windows, self._lunch))
        self._week = [self._hours if day in rules.working_days else () for day in WEEKDAYS]
        self._public = {(row.country, row.date): row for row in cohort.public_days}
        self._company = {(row.country, row.date): row for row in cohort.company_days}
        own = cohort.availability
        columns = (own.weekday.tolist(), own.date.tolist(), own.start.tolist(), own.end.tolist())
        self.own_rows: dict[int, list[Row]] = {}
        for person, *row in zip(own.person.tolist(), *columns, strict=True):
            self.own_rows.setdefault(person, []).append(tuple(row))

    def clock(self, zone: int) -> Clock:
        """The clock of the zone with this index among those of the employees."""
        if zone not in self._clocks:
            frame = self.cohort.programme.frame
            zones = self.cohort.employees.zones
            self._clocks[zone] = Clock(zones[zone], day_number(frame.start), day_number(frame.end))
        return self._clocks[zone]

    def windows(self, zone: int, country: str | None, rows: Sequence[Row]) -> list[Interval]:
        """Half-open instants, sorted, disjoint, not touching, of somebody in this zone and country.

        Weekday rows replace the whole usual week, rows for a date replace that date, whatever is special about it
        and whenever lunch is. With None for the country no date is special.
        """
        week: list[tuple[Interval, ...]] = [()] * len(WEEKDAYS)
        by_date: dict[int, tuple[Interval, ...]] = {}
        for weekday, date, start, end in rows:  # an empty window counts as well: it says "not at all"
            if weekday >= 0:
                week[weekday] += ((start, end),)
            else:
                by_date[date] = (*by_date.get(date, ()), (start, end))
        follows_usual = not any(week)
        week = self._week if follows_usual else [tuple(outside(hours, self._lunch)) for hours in week]
        found: list[Interval] = []
        first, last = self.dates.first - MARGIN, self.dates.first + self.dates.days - 1 + MARGIN
        for day in range(first, last + 1):
            windows = by_date.get(day)
            if windows is None:
                windows = self._on_day(country, day, week[(day + THURSDAY) % 7], follows_usual=follows_usual)
            found += self._on_clock(zone, day, windows)
        return within(joined(found), *self.dates.span)

    def _on_day(
        self, country: str | None, day: int, windows: tuple[Interval, ...], *, follows_usual: bool
    ) -> tuple[Interval, ...]:
        """What is left of the windows of its weekday on a date (days since 1970-01-01) in this country."""
        if country is None:
            return windows
        public = self._public.get((country, day))
        # From the most exact place to everywhere: the first row of the company is the one that counts.
        company = next(
            (
                self._company[place, day]
                for place in (country, country.partition("-")[0], "")
                if (place, day) in self._company
            ),
            None,
        )
        decided = company if company is not None and company.kind != "short" else public
        if decided is not None and decided.kind == "off":
            return ()
        if decided is not None and decided.kind == "worked" and follows_usual:
            windows = self._hours
        closed = MINUTES_A_DAY if company is None else company.end
        return tuple((start, min(end, closed)) for start, end in windows if start < closed)

    def _on_clock(self, zone: int, day: int, windows: tuple[Interval, ...]) -> list[Interval]:
        """When the zone's clock shows these windows of a date (days since 1970-01-01)."""
        key = (zone, day, windows)
        if key not in self._shown:
            clock, midnight = self.clock(zone), day * MINUTES_A_DAY
            shown = [clock.showing(midnight + start, midnight + end) for start, end in windows]
            self._shown[key] = [span for spans in shown for span in spans]
        return self._shown[key]


class FreeTime:
    """When each of these people works and is not busy, nor needs the pause beside busy time.

    People with the same windows share a *calendar*: number `calendar[i]` for the person at place i of `people`.
    Busy time here begins a pause earlier and ends a pause later than it does: then no session meets it.
    What is busy before the instant `since` may be left out.
    """

    def __init__(self, cohort: Cohort, dates: Dates, people: Iterable[int], since: int = 0) -> None:
        self.dates, self._since = dates, since - LONG_BEFORE
        self.people: IntArray = np.array(sorted(set(people)), dtype=np.int64)
        self.low, high = dates.span
        self.width = high - self.low + 1
        self.place: IntArray = np.full(len(cohort.employees), -1)
        self.place[self.people] = np.arange(len(self.people))
        self.working = working = WorkingTime(cohort, dates)
        self.calendar, windows = self._calendars(cohort, working)
        owner = np.repeat(np.arange(len(windows)), [len(spans) for spans in windows])
        self.window_start, self.window_end = self._line(owner, np.concatenate([NO_SPANS, *windows]))
        self.pause = dates.programme.sessions.pause_minutes
        self.busy_start, self.busy_end = self._busy(self.pause)

    @cached_property
    def _busy_alone(self) -> tuple[IntArray, IntArray]:
        """Busy time without pauses: asked for only where a session has been found to meet it with them."""
        start, end = self._busy(0)
        return start, np.append(end, -1)

    @cached_property
    def _window_ends(self) -> IntArray:
        """Ends of the windows, and one that lies before all."""
        return np.append(self.window_end, -1)

    @cached_property
    def _busy_ends(self) -> IntArray:
        """The same of busy time."""
        return np.append(self.busy_end, -1)

    def covers(self, people: IntArray, starts: IntArray, ends: IntArray, *, pause: bool = True) -> BoolArray:
        """Whether each of `people` (of those known here) is free from start to end (instants, start < end)."""
        place, starts, ends = self.place[people], starts - self.low, ends - self.low
        busy_start, busy_ends = (self.busy_start, self._busy_ends) if pause else self._busy_alone
        first = self.calendar[place] * self.width
        window = np.searchsorted(self.window_start, first + starts, side="right") - 1
        works = (window >= 0) & (self._window_ends[window] >= first + ends)
        first = place * self.width
        before_end = np.searchsorted(busy_start, first + ends, side="left") - 1
        busy = (before_end >= 0) & (busy_ends[before_end] > first + starts)
        return np.asarray(works & ~busy)

    def _line(self, owner: IntArray, spans: IntArray) -> tuple[IntArray, IntArray]:
        """Instants, shape (n, 2), as numbers on the line."""
        first = owner * self.width - self.low
        return first + spans[:, 0], first + spans[:, 1]

    def _calendars(self, cohort: Cohort, working: WorkingTime) -> tuple[IntArray, list[IntArray]]:
        """Calendar of each person and windows of each calendar."""
        numbers: dict[tuple[int, str, tuple[Row, ...]], int] = {}
        windows: list[IntArray] = []
        calendar = np.zeros(len(self.people), dtype=np.int64)
        own, staff = self.people, cohort.employees
        columns = (own.tolist(), staff.zone[own].tolist(), staff.country[own].tolist())
        for place, (person, zone, country) in enumerate(zip(*columns, strict=True)):
            key = (zone, staff.countries[country], tuple(working.own_rows.get(person, ())))
            if key not in numbers:
                numbers[key] = len(windows)
                windows.append(np.array(working.windows(*key), dtype=np.int64).reshape(-1, 2))
            calendar[place] = numbers[key]
        return calendar, windows

    def _busy(self, pause: int) -> tuple[IntArray, IntArray]:
        """Busy time with a pause on either side, on the line, by start; each end is the latest so far.

        Absences are busy time from the first midnight on the person's clock to the last.

        An interval with a later end than its own lies within one before it, so the time taken stays the same.
        """
        cohort = self.working.cohort
        busy, away, zones = cohort.busy, cohort.absences, cohort.employees.zone
        known = self.place[np.concatenate((busy.person, away.person))] >= 0
        known[: len(busy)] &= busy.end >= self._since
        rows = np.nonzero(known)[0]
        days = np.stack((away.start, away.end + 1), axis=1) * MINUTES_A_DAY
        spans = np.concatenate((np.stack((busy.start, busy.end), axis=1), days))[rows]
        person = np.concatenate((busy.person, away.person))[rows]
        exact = np.concatenate(
            (np.stack((busy.start_utc, busy.end_utc), axis=1), np.zeros(days.shape, dtype=bool))
        )
        for zone in np.unique(zones[self.people]).tolist():
            here, clock = zones[person] == zone, self.working.clock(zone)
            for side in (0, 1):
                local = here & ~exact[rows, side]
                spans[local, side] = clock.instants(spans[local, side], later=side == 1)
        # What ends at the programme's first midnight needs its pause after that; what takes no time needs none.
        real = spans[:, 0] < spans[:, 1]
        spans = np.clip(spans + np.array([-pause, pause]), *self.dates.span)
        some = real & (spans[:, 0] < spans[:, 1])
        start, end = self._line(self.place[person[some]], spans[some])
        order = np.argsort(start, kind="stable")
        return start[order], np.maximum.accumulate(end[order])


LONG_BEFORE = 3 * MINUTES_A_DAY
"""Further than any clock is from another, with a pause besides."""
NO_SPANS: IntArray = np.zeros((0, 2), dtype=np.int64)

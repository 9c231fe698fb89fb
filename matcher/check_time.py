"""Clocks, free time and dates for the check, worked out interval by interval in plain Python."""

from __future__ import annotations

import bisect
import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from matcher.model import Cohort
from matcher.programme import MINUTES_A_DAY, WEEKDAYS, Programme, day_date, day_number

Interval = tuple[int, int]
EVER = 10**12  # minutes: beyond every instant
MARGIN = 3  # days around the programme, as the local dates of two zones differ by at most two


class Clock:
    """The wall clock of one time zone around the programme, as pieces of time with a constant offset."""

    def __init__(self, zone: str, first_day: int, last_day: int) -> None:
        self.zone = ZoneInfo(zone)
        low, high = (first_day - MARGIN) * MINUTES_A_DAY, (last_day + MARGIN) * MINUTES_A_DAY
        changes = [self._change(at) for at in range(low, high, MINUTES_A_DAY) if self._changes(at)]
        edges = [-EVER, *changes, EVER]
        offsets = [self.offset(low), *(self.offset(change) for change in changes)]
        self.pieces = list(zip(edges, edges[1:], offsets, strict=False))

    def offset(self, instant: int) -> int:
        """Minutes that the wall clock is ahead of UTC at an instant."""
        offset = dt.datetime.fromtimestamp(instant * 60, self.zone).utcoffset()
        return (offset or dt.timedelta()) // dt.timedelta(minutes=1)

    def _changes(self, instant: int) -> bool:
        return self.offset(instant) != self.offset(instant + MINUTES_A_DAY)

    def _change(self, instant: int) -> int:
        """The first instant within the next day at which the offset is another one."""
        before, low, high = self.offset(instant), instant, instant + MINUTES_A_DAY
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.offset(middle) == before else (low, middle)
        return high

    def showing(self, start: int, end: int) -> list[Interval]:
        """When the wall clock shows a time in [start, end): a repeated hour counts twice, a skipped one not."""
        spans = [(max(low, start - offset), min(high, end - offset)) for low, high, offset in self.pieces]
        return [(low, high) for low, high in spans if low < high]

    def instant(self, wall: int, *, later: bool = False) -> int:
        """The instant at which the clock shows `wall`: the earlier of two unless `later`.

        A wall time that was skipped is the instant of the change.
        """
        found = [wall - offset for low, high, offset in self.pieces if low <= wall - offset < high]
        if found:
            return max(found) if later else min(found)
        return next(
            start
            for (_, _, before), (start, _, after) in zip(self.pieces, self.pieces[1:], strict=False)
            if start + before <= wall < start + after
        )

    def wall(self, instant: int) -> int:
        """What the wall clock shows at an instant."""
        return instant + next(offset for low, high, offset in self.pieces if low <= instant < high)


# --- intervals ------------------------------------------------------------------------------------------------


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same stretches of time, sorted, overlapping and touching ones made one, empty ones left out."""
    result: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def common(first: Sequence[Interval], second: Sequence[Interval]) -> list[Interval]:
    """What lies in both; both are sorted and disjoint, and so is the result."""
    result, i, j = [], 0, 0
    count, other = len(first), len(second)
    while i < count and j < other:  # written out without min and max: most of the check's time goes by here
        low, high = first[i]
        start, end = second[j]
        if low > start:  # noqa: PLR1730  (see above)
            start = low
        if high < end:
            end = high
            i += 1
        else:
            j += 1
        if start < end:
            result.append((start, end))
    return result


def without(free: Sequence[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What is left of `free` (sorted, disjoint) outside `taken`."""
    edges = [-EVER, *(edge for interval in joined(taken) for edge in interval), EVER]
    return common(free, list(zip(edges[::2], edges[1::2], strict=True)))


def contains(free: Sequence[Interval], start: int, end: int) -> bool:
    """Whether [start, end) lies within one of the intervals (sorted, disjoint, not touching)."""
    at = bisect.bisect_right(free, (start, EVER)) - 1
    return at >= 0 and end <= free[at][1]


# --- free time ------------------------------------------------------------------------------------------------


class FreeTime:
    """Everybody's free time within the programme, worked out when it is first asked for."""

    def __init__(self, cohort: Cohort, dates: Dates) -> None:
        self.cohort, self.dates = cohort, dates
        first, last = day_number(cohort.programme.frame.start), day_number(cohort.programme.frame.end)
        self._first, self._last = first, last
        self._zone: list[int] = cohort.employees.zone.tolist()
        self._clocks: dict[int, Clock] = {}
        self._usual: dict[int, list[Interval]] = {}
        self._free: dict[int, list[Interval]] = {}
        self._own_rows: dict[int, list[int]] = {}
        for row, person in enumerate(cohort.availability.person.tolist()):
            self._own_rows.setdefault(person, []).append(row)

    def of(self, person: int) -> list[Interval]:
        """The person's free time: half-open UTC minutes, sorted, disjoint, not touching."""
        if person not in self._free:
            rows = self._own_rows.get(person)
            working = self._own_windows(person, rows) if rows else self._usual_windows(self._zone[person])
            busy = self._busy(person)
            self._free[person] = without(working, busy) if busy else working
        return self._free[person]

    def _clock(self, zone: int) -> Clock:
        if zone not in self._clocks:
            self._clocks[zone] = Clock(self.cohort.employees.zones[zone], self._first, self._last)
        return self._clocks[zone]

    def _usual_windows(self, zone: int) -> list[Interval]:
        """The programme's working hours on this zone's clock."""
        if zone not in self._usual:
            self._usual[zone] = self._on_clock(zone, self._usual_week(), {})
        return self._usual[zone]

    def _usual_week(self) -> list[list[Interval]]:
        rules = self.cohort.programme.calendar
        return [list(rules.windows) if day in rules.working_days else [] for day in WEEKDAYS]

    def _own_windows(self, person: int, rows: Sequence[int]) -> list[Interval]:
        """Weekday rows replace the whole usual week, rows for a date replace that date."""
        own = self.cohort.availability
        week: list[list[Interval]] = [[] for _ in WEEKDAYS]
        by_date: dict[int, list[Interval]] = {}
        for row in rows:
            window = (int(own.start[row]), int(own.end[row]))
            weekday, date = int(own.weekday[row]), int(own.date[row])
            windows = week[weekday] if weekday >= 0 else by_date.setdefault(date, [])
            windows.append(window)  # an empty one counts as well: it says "not at all"
        if not any(week):
            week = self._usual_week()
        return self._on_clock(self._zone[person], week, by_date)

    def _on_clock(
        self, zone: int, week: Sequence[Sequence[Interval]], by_date: dict[int, list[Interval]]
    ) -> list[Interval]:
        clock, found = self._clock(zone), []
        for day in range(self._first - MARGIN, self._last + MARGIN + 1):
            weekday = day_date(day).weekday()
            for start, end in by_date.get(day, week[weekday]):
                midnight = day * MINUTES_A_DAY
                found += clock.showing(midnight + start, midnight + end)
        return common(joined(found), [self.dates.span])

    def _busy(self, person: int) -> list[Interval]:
        busy = self.cohort.busy
        low, high = busy.person.searchsorted([person, person + 1])
        if low == high:
            return []
        clock, part = self._clock(self._zone[person]), slice(low, high)
        rows = zip(
            busy.start[part].tolist(),
            busy.end[part].tolist(),
            busy.start_utc[part].tolist(),
            busy.end_utc[part].tolist(),
            strict=True,
        )
        return [
            (
                start if start_utc else clock.instant(start),
                end if end_utc else clock.instant(end, later=True),
            )
            for start, end, start_utc, end_utc in rows
        ]


# --- dates ----------------------------------------------------------------------------------------------------


class Dates:
    """The programme's dates (0 = its first), the starts on the grid and which date may follow which."""

    def __init__(self, programme: Programme) -> None:
        self.programme, self.days = programme, programme.days
        self.first = day_number(programme.frame.start)
        self.clock = Clock(programme.frame.timezone, self.first, self.first + self.days)
        self.midnights = [self.clock.instant((self.first + day) * MINUTES_A_DAY) for day in range(self.days + 1)]
        self.span: Interval = (self.midnights[0], self.midnights[-1])
        self._months = [
            (day_number(month) - self.first, day_number(last) - self.first)
            for month, last in whole_months(programme.frame.start, programme.frame.end)
        ]
        days = range(self.days)
        self._first_days = sum(1 << day for day in days if day <= self.latest_after(-1))
        self._last_days = sum(1 << day for day in days if self.latest_after(day) >= self.days)
        self._following = [self._days_after(day) for day in days]

    def day_of(self, instant: int) -> int:
        """The date on which an instant lies: 0 to days - 1, -1 before and `days` after the programme."""
        return bisect.bisect_right(self.midnights, instant) - 1

    def date(self, day: int) -> dt.date:
        """The calendar date of a day index."""
        return day_date(self.first + day)

    def on_grid(self, instant: int) -> bool:
        """Whether sessions may start at this instant of the programme."""
        since_midnight = instant - self.midnights[self.day_of(instant)]
        return since_midnight % self.programme.sessions.grid_minutes == 0

    def rolling_limit(self, day: int) -> int:
        """The last day on which the next session may be after one on `day`, counted from date to date.

        With -1 it is the limit for the first session; `days` and more means that none needs to follow.
        """
        rules = self.programme.sessions
        if rules.month_rule not in ("rolling", "both"):
            return self.days
        limit = day_number(months_later(self.date(max(day, 0)), rules.max_months_between)) - self.first
        # The programme's last day may be just as many months away: then no session needs to follow.
        return self.days if day >= 0 and limit >= self.days - 1 else limit

    def calendar_limit(self, day: int) -> int:
        """The same, counted in calendar months: the end of the last month that is allowed to wait."""
        coming = self._coming_months(day)
        return coming[-1][1] if coming else self.days

    def months_without(self, day: int) -> str:
        """The months that the calendar limit comes from, for messages."""
        ends = [self.date(month) for month, _ in self._coming_months(day)]
        return " to ".join(dict.fromkeys(f"{date:%B %Y}" for date in (ends[0], ends[-1])))

    def _coming_months(self, day: int) -> list[Interval]:
        """The next whole months after `day`, as many as must not all be without a session; [] if fewer come."""
        rules = self.programme.sessions
        if rules.month_rule not in ("calendar", "both"):
            return []
        coming = [month for month in self._months if month[0] > day][: rules.max_months_between]
        return coming if len(coming) == rules.max_months_between else []

    def latest_after(self, day: int) -> int:
        """The last day on which the month rule lets the session after one on `day` be (see `rolling_limit`)."""
        return min(self.rolling_limit(day), self.calendar_limit(day))

    def _days_after(self, day: int) -> int:
        """The days (as bits) on which the next session after one on `day` may be."""
        first = min(day + self.programme.sessions.min_days_between, self.days)
        end = min(self.latest_after(day) + 1, self.days)
        return (1 << end) - (1 << first) if first < end else 0

    def open_days(self, free: Sequence[Interval]) -> int:
        """The days (as bits) on which the shortest session can start on the grid and fit into `free`."""
        grid, minutes, found = self.programme.sessions.grid_minutes, self.programme.sessions.minutes[-1], 0
        for low, high in free:
            latest = high - minutes
            if latest < low:
                continue
            day = self.day_of(low)
            while day < self.days and self.midnights[day] <= latest:
                wait = max(0, low - self.midnights[day])
                start = self.midnights[day] + -(-wait // grid) * grid
                if start <= latest and start < self.midnights[day + 1]:
                    found |= 1 << day
                day += 1
        return found

    def numbers(self, open_days: int, earliest: int) -> Iterator[int]:
        """Every number of sessions, ascending, that a pair can hold on these days and keep all rules."""
        reached = open_days & self._first_days & (-1 << min(max(earliest, 0), self.days))
        number = 1
        while reached:
            if reached & self._last_days and number >= self.programme.sessions.minimum:
                yield number
            following = 0
            for day in _bits(reached):
                following |= self._following[day]
            reached, number = following & open_days, number + 1


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def months_later(date: dt.date, months: int) -> dt.date:
    """The same day some months later, or that month's last day: one month after 31 January is 28 February."""
    count = date.year * 12 + date.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return dt.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))


def whole_months(start: dt.date, end: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last day of every calendar month that lies wholly inside [start, end]."""
    first = start if start.day == 1 else months_later(start.replace(day=1), 1)
    while (after := months_later(first, 1)) <= end + dt.timedelta(days=1):
        yield first, after - dt.timedelta(days=1)
        first = after

"""The dates of a programme for the check: which may follow which, and how many sessions fit."""

from __future__ import annotations

import bisect
import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property

from matcher.check_time import Clock, Interval
from matcher.programme import MINUTES_A_DAY, WEEKDAYS, Programme, day_date, day_number

THURSDAY = WEEKDAYS.index("thu")  # the weekday of 1970-01-01


class Dates:
    """The programme's dates (0 = its first), the starts on the grid and which date may follow which."""

    def __init__(self, programme: Programme) -> None:
        self.programme, self.days = programme, programme.days
        self.first = day_number(programme.frame.start)
        self.clock = Clock(programme.frame.timezone, self.first, self.first + self.days)
        self.midnights = [self.clock.instant((self.first + day) * MINUTES_A_DAY) for day in range(self.days + 1)]
        self.all_days = (1 << self.days) - 1
        self.span: Interval = (self.midnights[0], self.midnights[-1])
        self._months = [
            (day_number(month) - self.first, day_number(last) - self.first)
            for month, last in whole_months(programme.frame.start, programme.frame.end)
        ]
        days = range(self.days)
        self._rolling = {day: self._rolling_limit(day) for day in (-1, *days)}
        self._calendar = {day: self._calendar_limit(day) for day in (-1, *days)}
        self._first_days = sum(1 << day for day in days if day <= self.latest_after(-1))
        self._last_days = sum(1 << day for day in days if self.latest_after(day) >= self.days)
        self._following = _by_byte([self._days_after(day) for day in days])

    def day_of(self, instant: int) -> int:
        """The date on which an instant lies: 0 to days - 1, -1 before and `days` after the programme."""
        return bisect.bisect_right(self.midnights, instant) - 1

    def date(self, day: int) -> dt.date:
        """The calendar date of a day index."""
        return day_date(self.first + day)

    def monday(self, day: int) -> int:
        """The Monday of the week in which a day lies, as a day index: below 0 where the programme begins later."""
        return day - (self.first + day + THURSDAY) % len(WEEKDAYS)

    def on_grid(self, instant: int) -> bool:
        """Whether sessions may start at this instant of the programme."""
        since_midnight = instant - self.midnights[self.day_of(instant)]
        return since_midnight % self.programme.sessions.grid_minutes == 0

    def rolling_limit(self, day: int) -> int:
        """The last day on which the next session may be after one on `day`, counted from date to date.

        With -1 it is the limit for the first session; `days` and more means that none needs to follow.
        """
        return self._rolling[day]

    def _rolling_limit(self, day: int) -> int:
        rules = self.programme.sessions
        if rules.month_rule not in ("rolling", "both"):
            return self.days
        limit = day_number(months_later(self.date(max(day, 0)), rules.max_months_between)) - self.first
        # The programme's last day may be just as many months away: then no session needs to follow.
        return self.days if day >= 0 and limit >= self.days - 1 else limit

    def calendar_limit(self, day: int) -> int:
        """The same, counted in calendar months: the end of the last month that is allowed to wait."""
        return self._calendar[day]

    def _calendar_limit(self, day: int) -> int:
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

    def numbers(self, open_days: int, earliest: int, weeks: Sequence[int] = ()) -> Iterator[int]:
        """Every number of sessions, ascending, that a pair can hold on these days and keep all rules.

        More days never make a number impossible.

        Parameters
        ----------
        open_days
            The days, as bits, that have room for a session.
        earliest
            The first day that the last session before the programme leaves.
        weeks
            Item k holds the days of the weeks with room for one more session beside k + 1 of the pair, as many
            items as it can matter; none where no week has a limit.
        """
        # Where weeks have limits, item k of these holds the days whose session is number k + 1 of its week.
        reached = [open_days & self._first_days & (-1 << min(max(earliest, 0), self.days))]
        number = 1
        while any(reached):
            if number >= self.programme.sessions.minimum and any(days & self._last_days for days in reached):
                yield number
            reached, number = self._onward(reached, open_days, weeks), number + 1

    def least_missing(self, open_days: int, earliest: int) -> int:
        """The least number of sessions on days that are not open, in dates that keep all rules; -1 if none do.

        Any day of the programme may be a date, at least `minimum` of them are needed.
        """
        minimum, apart = self.programme.sessions.minimum, self.programme.sessions.min_days_between
        never = self.days + 1
        # Item [number][day]: the least before and on the day, if session `number` (or a later one) is on it.
        least = [[never] * self.days for _ in range(minimum + 1)]
        for day in range(max(earliest, 0), min(self.latest_after(-1) + 1, self.days)):
            least[1][day] = 0
        for day in range(self.days):
            for number in range(1, minimum + 1):
                if least[number][day] < never:
                    least[number][day] += not open_days >> day & 1
                    onward = least[min(number + 1, minimum)]
                    for after in range(day + apart, min(self.latest_after(day) + 1, self.days)):
                        onward[after] = min(onward[after], least[number][day])
        ends = [least[minimum][day] for day in range(self.days) if self._last_days >> day & 1]
        found = min(ends, default=never)
        return found if found < never else -1

    def _onward(self, reached: Sequence[int], open_days: int, weeks: Sequence[int]) -> list[int]:
        """The open days on which the session after one on those `reached` may be."""
        if not weeks:
            return [_any_of(self._following, days) & open_days for days in reached]
        same_week, later_week = self._by_week
        later = 0
        for days in reached:
            later |= _any_of(later_week, days)
        again = zip(reached, weeks, strict=False)  # nobody has more sessions in a week than `weeks` tells
        return [later & open_days, *(_any_of(same_week, days) & open_days & room for days, room in again)]

    @cached_property
    def _by_week(self) -> tuple[list[list[int]], list[list[int]]]:
        """What `_following` holds, by whether the days lie in the same week or in a later one."""
        following = [self._days_after(day) for day in range(self.days)]
        weeks = [self.week(day) for day in range(self.days)]
        same = [days & week for days, week in zip(following, weeks, strict=True)]
        later = [days & ~week for days, week in zip(following, weeks, strict=True)]
        return _by_byte(same), _by_byte(later)

    def week(self, day: int) -> int:
        """The programme's days, as bits, of the week in which a day lies."""
        monday = self.monday(day)
        return self.all_days & (-1 << max(monday, 0)) & ((1 << (monday + len(WEEKDAYS))) - 1)


def _by_byte(following: Sequence[int]) -> list[list[int]]:
    """For every eight days in a row: what follows any of a set of them, for each of the 256 sets (as a byte)."""
    tables = []
    for first in range(0, len(following), 8):
        sets = [0]
        for days in following[first : first + 8]:
            sets += [days | others for others in sets]  # the sets with this day come after those without it
        tables.append(sets)
    return tables


def _any_of(following: Sequence[Sequence[int]], days: int) -> int:
    """What follows any of these days, by the tables of `_by_byte`."""
    found = 0
    for sets, byte in zip(following, days.to_bytes(len(following), "little"), strict=True):
        found |= sets[byte]
    return found


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

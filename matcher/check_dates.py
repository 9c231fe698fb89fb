"""The dates of a programme for the check: its clock, its grid, its weeks and months."""

from __future__ import annotations

import bisect
import calendar
import datetime as dt
from collections.abc import Iterator
from functools import cached_property

from matcher.check_time import Clock, Interval
from matcher.programme import MINUTES_A_DAY, WEEKDAYS, Programme, day_date, day_number

THURSDAY = WEEKDAYS.index("thu")  # the weekday of 1970-01-01


class Dates:
    """The programme's dates (0 = its first) and the starts on the grid."""

    def __init__(self, programme: Programme) -> None:
        self.programme, self.days = programme, programme.days
        self.first = day_number(programme.frame.start)
        self.clock = Clock(programme.frame.timezone, self.first, self.first + self.days)
        self.midnights = [self.clock.instant((self.first + day) * MINUTES_A_DAY) for day in range(self.days + 1)]
        self.all_days = (1 << self.days) - 1
        self.span: Interval = (self.midnights[0], self.midnights[-1])
        self.months = [
            (day_number(month) - self.first, day_number(last) - self.first)
            for month, last in whole_months(programme.frame.start, programme.frame.end)
        ]

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

    @cached_property
    def month_lengths(self) -> list[int]:
        """How many days after each day the same day is `max_months_between` months later."""
        months = self.programme.sessions.max_months_between
        return [day_number(months_later(self.date(day), months)) - self.first - day for day in range(self.days)]

    def week(self, day: int) -> int:
        """The programme's days, as bits, of the week in which a day lies."""
        monday = self.monday(day)
        return self.all_days & (-1 << max(monday, 0)) & ((1 << (monday + len(WEEKDAYS))) - 1)


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

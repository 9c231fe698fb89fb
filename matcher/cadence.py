"""Which dates of a pair's sessions may follow each other.

Every frequency rule of the programme says the same kind of thing: after a session on day d the next one lies
between two days, and without a next one d must be late enough. So three numbers per day hold all of them.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

import numpy as np

from matcher.model import BoolArray, IntArray
from matcher.programme import Programme


@dataclass(frozen=True)
class Cadence:
    """The frequency rules as windows of day indices (0 = the programme's first day).

    The first session lies on a day of [0, `first_latest`]. After a session on day d the next one lies on a day
    of [d + `min_between`, `latest_next[d]`]; d may be the last session's day exactly where `may_end[d]`.
    A pair has at least `minimum` sessions.
    """

    days: int
    min_between: int
    minimum: int
    first_latest: int
    latest_next: IntArray
    may_end: BoolArray

    @property
    def most(self) -> int:
        """No pair has more sessions than this."""
        return _most(self.days, self.min_between)

    def after(self, day: int) -> IntArray:
        """Days on which the session that follows one on `day` may lie."""
        return np.arange(day + self.min_between, int(self.latest_next[day]) + 1)

    def before(self, day: int) -> IntArray:
        """Days on which the session that one on `day` follows may lie."""
        return np.nonzero(self.latest_next[: max(day - self.min_between + 1, 0)] >= day)[0]


def most_sessions(programme: Programme) -> int:
    """No pair of the programme has more sessions than this."""
    return _most(programme.days, programme.sessions.min_days_between)


def _most(days: int, min_between: int) -> int:
    return (days - 1) // min_between + 1


def make_cadence(programme: Programme) -> Cadence:
    """Turn the programme's frequency rules into windows of days."""
    rules, last = programme.sessions, programme.days - 1
    # Item 0 is the latest day of the first session, item d + 1 that of the next one after day d.
    limits = np.full(programme.days + 1, _NONE)
    if rules.month_rule in ("rolling", "both"):
        limits = np.minimum(limits, _rolling_limits(programme))
    if rules.month_rule in ("calendar", "both"):
        limits = np.minimum(limits, _calendar_limits(programme))
    capped = np.minimum(limits, last)
    return Cadence(
        programme.days,
        rules.min_days_between,
        rules.minimum,
        first_latest=int(capped[0]),
        latest_next=capped[1:],
        may_end=np.asarray(limits[1:] == _NONE),
    )


_NONE = np.int64(2**31)  # no further session is needed


def _rolling_limits(programme: Programme) -> IntArray:
    """At most `max_months_between` months from start to first session, between sessions, from last to end."""
    start, months = programme.frame.start, programme.sessions.max_months_between
    dates = [start + dt.timedelta(days=max(day, 0)) for day in range(-1, programme.days)]
    limits = np.array([(add_months(date, months) - start).days for date in dates], dtype=np.int64)
    return np.where(limits >= programme.days - 1, _NONE, limits)


def _calendar_limits(programme: Programme) -> IntArray:
    """Of the whole months still to come, the one by whose end `max_months_between` would have gone without."""
    start, end, months = programme.frame.start, programme.frame.end, programme.sessions.max_months_between
    whole = [last for last in _month_ends(start, end) if last.replace(day=1) >= start]
    limits = []
    for day in range(-1, programme.days):
        date = start + dt.timedelta(days=day)  # for -1 the day before the start, which lies in no whole month
        coming = [last for last in whole if last.replace(day=1) > date]
        limits.append((coming[months - 1] - start).days if len(coming) >= months else _NONE)
    return np.array(limits, dtype=np.int64)


def _month_ends(start: dt.date, end: dt.date) -> list[dt.date]:
    """Last days of the calendar months that end inside [start, end]."""
    ends: list[dt.date] = []
    date = start
    while True:
        last = date.replace(day=calendar.monthrange(date.year, date.month)[1])
        if last > end:
            return ends
        ends.append(last)
        date = last + dt.timedelta(days=1)


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day where it has no such day."""
    years, month = divmod(date.month - 1 + months, 12)
    year = date.year + years
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))

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
    A pair has at least `minimum` sessions; where its engagement lasts as long as needed, `exactly` so
    many (else 0).
    """

    days: int
    min_between: int
    minimum: int
    first_latest: int
    latest_next: IntArray
    may_end: BoolArray
    exactly: int = 0

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


def make_cadence(
    programme: Programme, first: int = 0, last: int | None = None, absent: BoolArray | None = None, wanted: int = 0
) -> Cadence:
    """Turn the programme's frequency rules into windows of days, for an engagement from `first` to `last` (days).

    Parameters
    ----------
    absent
        Days of the programme that do not count for the month rule; shape (days,).
    wanted
        Where engagements last as long as needed, how many sessions there must be; None for the programme's number.
    """
    rules, end = programme.sessions, programme.days - 1 if last is None else last
    days = _Days(programme, first, end, np.zeros(programme.days, dtype=bool) if absent is None else absent)
    # Item 0 is the latest day of the first session, item d + 1 that of the next one after day d.
    limits = np.full(programme.days + 1, _NONE)
    if rules.month_rule in ("rolling", "both"):
        limits = np.minimum(limits, days.rolling())
    if rules.month_rule in ("calendar", "both"):
        limits = np.minimum(limits, days.calendar())
    capped = np.minimum(limits, end)
    if programme.frame.engagement == "as-needed":  # it begins and ends with a session: nothing is due beyond them
        number = usual_number(programme) if wanted is None else wanted
        return Cadence(
            programme.days,
            rules.min_days_between,
            max(rules.minimum, number),
            first_latest=min(end, programme.frame.latest_start or end) if first <= end else -1,
            latest_next=capped[1:],
            may_end=np.ones(programme.days, dtype=bool),
            exactly=number,
        )
    return Cadence(
        programme.days,
        rules.min_days_between,
        rules.minimum,
        first_latest=int(capped[0]) if first <= end else -1,
        latest_next=capped[1:],
        may_end=np.asarray(limits[1:] == _NONE),
    )


def usual_number(programme: Programme) -> int:
    """How many sessions a pair is to have where engagements last as long as needed; 0 for no usual number."""
    number = programme.sessions.number
    return 0 if isinstance(number, str) else number


_NONE = np.int64(2**31)  # no further session is needed


@dataclass(frozen=True)
class _Days:
    """The days from `first` to `last` of a programme, of which those that are `absent` do not count."""

    programme: Programme
    first: int
    last: int
    absent: BoolArray

    def rolling(self) -> IntArray:
        """At most `max_months_between` months from start to first session, between sessions, from last to end."""
        start, months = self.programme.frame.start, self.programme.sessions.max_months_between
        days = np.array([self.first, *range(self.programme.days)], dtype=np.int64)
        dates = [start + dt.timedelta(days=day) for day in days.tolist()]
        spans = np.array([(add_months(date, months) - date).days for date in dates], dtype=np.int64)
        limits = self._present_days_later(days, spans)
        return np.where(limits >= self.last, _NONE, limits)

    def _present_days_later(self, days: IntArray, spans: IntArray) -> IntArray:
        """The last day on which no more than so many days that count have passed since each day."""
        if not self.absent.any():
            return np.asarray(days + spans)
        present = np.concatenate(([0], np.cumsum(~self.absent)))  # before each day
        wanted = present[np.minimum(days + 1, len(self.absent))] + spans
        inside = np.searchsorted(present, wanted, side="right") - 2
        return np.where(wanted < present[-1], inside, len(self.absent) - 1 + wanted - present[-1])

    def calendar(self) -> IntArray:
        """Of the whole months still to come, the one by whose end `max_months_between` would have gone without."""
        start, months = self.programme.frame.start, self.programme.sessions.max_months_between
        begin, end = (start + dt.timedelta(days=day) for day in (self.first, self.last))
        whole = [
            (first, last)
            for month in _month_ends(begin, end)
            if (first := (month.replace(day=1) - start).days) >= self.first
            and not self.absent[first : (last := (month - start).days) + 1].any()
        ]
        limits = []
        for day in range(-1, self.programme.days):
            coming = [last for first, last in whole if first > day]
            limits.append(coming[months - 1] if len(coming) >= months else _NONE)
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

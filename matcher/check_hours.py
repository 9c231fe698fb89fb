"""Whether the working hours of two people ever meet, before holidays, leave and busy time are taken off."""

from __future__ import annotations

from bisect import bisect_left

from matcher.check_dates import Dates
from matcher.check_free import Row, WorkingTime
from matcher.check_starts import whole_grid
from matcher.check_time import Interval
from matcher.model import Cohort, Pair

Week = tuple[int, tuple[Row, ...]]
"""A zone, and the rows that say when somebody there works: those that say he is not there on a date are leave."""


class UsualHours:
    """The hours of a cohort's people; alike ones are compared once."""

    def __init__(self, cohort: Cohort, dates: Dates, working: WorkingTime) -> None:
        self._working, self._dates = working, dates
        self._zone: list[int] = cohort.employees.zone.tolist()
        self._starts = (whole_grid(dates).start + dates.span[0]).tolist()
        self._length = dates.programme.sessions.minutes[-1]
        self._windows: dict[Week, list[Interval]] = {}
        self._meet: dict[tuple[Week, Week], bool] = {}

    def meet(self, pair: Pair) -> bool:
        """Whether a session of the shortest length could start anywhere on the grid within the hours of both."""
        weeks = self._week(pair[0]), self._week(pair[1])
        if weeks not in self._meet:
            self._meet[weeks] = self._common(*(self._of(week) for week in weeks))
        return self._meet[weeks]

    def _week(self, person: int) -> Week:
        rows = self._working.own_rows.get(person, ())
        return self._zone[person], tuple(row for row in rows if row[0] >= 0 or row[2] < row[3])

    def _of(self, week: Week) -> list[Interval]:
        if week not in self._windows:
            self._windows[week] = self._working.windows(week[0], None, week[1])
        return self._windows[week]

    def _common(self, first: list[Interval], second: list[Interval]) -> bool:
        """Walk through both lists, each in order of time, and look for a start where they overlap."""
        left = right = 0
        while left < len(first) and right < len(second):
            low, high = max(first[left][0], second[right][0]), min(first[left][1], second[right][1])
            place = bisect_left(self._starts, low)
            if place < len(self._starts) and self._starts[place] + self._length <= high:
                return True
            left, right = (left + 1, right) if first[left][1] <= second[right][1] else (left, right + 1)
        return False

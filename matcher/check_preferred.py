"""Preferred hours: which sessions lie in those of both people, each on his own clock."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.check_dates import Dates
from matcher.check_free import WorkingTime
from matcher.check_pairs import Meeting
from matcher.check_time import MARGIN, joined
from matcher.model import BoolArray, IntArray
from matcher.programme import MINUTES_A_DAY


class PreferredHours:
    """The preferred hours of every zone, on every day; touching ones are one stretch, past midnight as well."""

    def __init__(self, working: WorkingTime, dates: Dates) -> None:
        self._working, self._dates = working, dates
        self._windows = dates.programme.calendar.preferred_windows
        self._zone: IntArray = working.cohort.employees.zone
        self._stretches: dict[int, tuple[IntArray, IntArray]] = {}

    def __bool__(self) -> bool:
        """Whether the programme has any."""
        return bool(self._windows)

    def zone(self, person: int) -> int:
        """The zone of a person: all who live in one have the same preferred hours."""
        return int(self._zone[person])

    def hold(self, zone: int, starts: IntArray, ends: IntArray) -> BoolArray:
        """Whether sessions (instants, in the programme) lie wholly within the preferred hours of a zone."""
        if zone not in self._stretches:
            self._stretches[zone] = self._of_zone(zone)
        low, high = self._stretches[zone]
        place = low.searchsorted(starts, side="right") - 1
        return np.asarray((place >= 0) & (np.append(high, -1)[place] >= ends))

    def liked(self, meetings: Sequence[Meeting]) -> BoolArray:
        """Whether each session lies within the preferred hours of both people."""
        starts = np.array([meeting.start for meeting in meetings], dtype=np.int64)
        ends = np.array([meeting.end for meeting in meetings], dtype=np.int64)
        result: BoolArray = np.ones(len(meetings), dtype=bool)
        for side in (0, 1):
            zones = self._zone[np.array([meeting.pair[side] for meeting in meetings], dtype=np.int64)]
            for zone in np.unique(zones).tolist():
                here = zones == zone
                result[here] &= self.hold(zone, starts[here], ends[here])
        return result

    def _of_zone(self, zone: int) -> tuple[IntArray, IntArray]:
        clock, dates = self._working.clock(zone), self._dates
        days = range(dates.first - MARGIN, dates.first + dates.days + MARGIN)
        walls = [
            (day * MINUTES_A_DAY + start, day * MINUTES_A_DAY + end)
            for day in days
            for start, end in self._windows
        ]
        shown = (span for wall in walls for span in clock.showing(*wall))
        stretches = np.array(joined(shown), dtype=np.int64).reshape(-1, 2)
        return stretches[:, 0], stretches[:, 1]

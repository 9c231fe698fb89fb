"""When two people could start a session: working hours, availability and busy time, a Boolean per minute."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.peers.tables import Settings, read_table

Minutes = npt.NDArray[np.bool_]
DAY = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Calendars:
    """The free minutes of everybody, from midnight before the first day to midnight after the last.

    Minutes count on the programme's clock. Enough for a department: a Boolean per person and minute.
    """

    def __init__(self, folder: Path, settings: Settings, people: pd.DataFrame) -> None:
        frame, rules = settings["programme"], settings["sessions"]
        self.first, self.last, self.zone = frame["start"], frame["end"], frame["timezone"]
        self.days = (self.last - self.first).days + 1
        self.minutes, self.grid = rules["minutes"], rules["grid_minutes"]
        self.calendar = settings["calendar"]
        zones = people["timezone"] if "timezone" in people else pd.Series("", index=people.index)
        self.zones = {str(person): str(zone) for person, zone in zones.replace("", self.zone).items()}
        self.busy = self._by_person(folder / "busy.csv")
        self.availability = self._by_person(folder / "availability.csv")
        noons = [ZoneInfo(self.zone).utcoffset(self._noon(day)) for day in range(self.days)]
        if len(set(noons)) > 1:
            raise ValueError("the textbook model counts minutes on one clock, which must not change on the way")
        self.starts_of = functools.cache(self._starts_of)

    def common_starts(self, one: str, other: str) -> list[int]:
        """Minutes of the grid at which both are free for a whole session."""
        both = self.starts_of(one) & self.starts_of(other)
        return [int(minute) for minute in np.nonzero(both)[0]]

    def _starts_of(self, person: str) -> Minutes:
        """The minutes of the grid from which one person is free for a whole session."""
        free = np.zeros(self.days * DAY + 1, dtype=np.int64)
        for start, end in self._windows(person):
            free[start:end] = 1
        for start, end in self._taken(person):
            free[start:end] = 0
        used = np.concatenate(([0], np.cumsum(free)))
        starts = np.zeros(len(free), dtype=bool)
        starts[: -self.minutes] = used[self.minutes : -1] - used[: -self.minutes - 1] == self.minutes
        starts[np.arange(len(starts)) % self.grid != 0] = False
        return starts

    def _windows(self, person: str) -> list[tuple[int, int]]:
        """Working time in minutes of the programme."""
        rows = self.availability.get(person, [])
        weekly = [row for row in rows if row[0] in WEEKDAYS]
        usual = [window.split("-") for window in self.calendar["working_hours"].split(",")]
        windows = []
        for day in range(-1, self.days + 1):
            date = self.first + dt.timedelta(days=day)
            weekday = WEEKDAYS[date.weekday()]
            dated = [row[1:] for row in rows if row[0] == date.isoformat()]
            if dated:
                hours = dated
            elif weekly:
                hours = [row[1:] for row in weekly if row[0] == weekday]
            else:
                hours = usual if weekday in self.calendar["working_days"] else []
            windows += [self._span(person, date, *clocks) for clocks in hours if clocks[0]]
        return windows

    def _span(self, person: str, date: dt.date, start: str, end: str) -> tuple[int, int]:
        return self._minute(person, date, start.strip()), self._minute(person, date, end.strip())

    def _taken(self, person: str) -> list[tuple[int, int]]:
        """Busy time in minutes of the programme; a date alone is a whole day, the last included."""
        taken = []
        for start, end in self.busy.get(person, []):
            first, last = dt.date.fromisoformat(start[:10]), dt.date.fromisoformat(end[:10])
            begin = self._minute(person, first, start[11:16] or "00:00")
            taken.append((begin, self._minute(person, last, end[11:16] or "24:00")))
        return taken

    def _minute(self, person: str, date: dt.date, clock: str) -> int:
        """Minute of the programme of a local time, kept inside the programme."""
        hours, minutes = map(int, clock.split(":"))
        local = dt.datetime.combine(date, dt.time(), ZoneInfo(self.zones[person]))
        local += dt.timedelta(hours=hours, minutes=minutes)
        midnight = dt.datetime.combine(self.first, dt.time(), ZoneInfo(self.zone))
        passed = int((local.astimezone(dt.UTC) - midnight.astimezone(dt.UTC)).total_seconds()) // 60
        return int(min(max(passed, 0), self.days * DAY))

    def _noon(self, day: int) -> dt.datetime:
        return dt.datetime.combine(self.first, dt.time(12)) + dt.timedelta(days=day)

    def _by_person(self, path: Path) -> dict[str, list[tuple[str, ...]]]:
        """The rows of a table by employee, without their ids; none where there is no such file."""
        if not path.exists():
            return {}
        rows: dict[str, list[tuple[str, ...]]] = {}
        for person, *cells in read_table(path).itertuples(index=False):
            rows.setdefault(person, []).append(tuple(cells))
        if any("+" in cell[10:] or "Z" in cell[10:] for cells in rows.values() for row in cells for cell in row):
            raise ValueError(f"{path.name}: the peers read local times only")
        return rows

"""Working hours, holidays, availability and busy time -> exact free time, and where a session may start in it."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from matcher.arrays import ranges
from matcher.model import BoolArray, Busy, Cohort, IntArray
from matcher.programme import EPOCH, MINUTES_A_DAY, WEEKDAYS, Programme, Window, day_number
from matcher.special_days import special_days


@dataclass(frozen=True)
class Segments:
    """A time zone as stretches of constant offset: from `start[i]` on, wall time = instant + `offset[i]`."""

    start: IntArray
    offset: IntArray

    def to_wall(self, instants: IntArray) -> IntArray:
        """Wall time of each instant."""
        return instants + self.offset[np.searchsorted(self.start, instants, side="right") - 1]

    def to_instant(self, wall: IntArray, *, later: bool) -> IntArray:
        """Instant of each wall time; the earlier or the `later` one where the clock shows it twice.

        A wall time that the clock skips is the instant of the change.
        """
        # Segment i shows the wall times from its own first on; a time is shown last by the last such segment.
        first_wall = self.start + self.offset
        end_wall = np.append(self.start[1:] + self.offset[:-1], np.iinfo(np.int64).max)
        if later:
            segment = np.maximum(np.searchsorted(first_wall, wall, side="right") - 1, 0)
            change = np.append(self.start[1:], np.iinfo(np.int64).max)[segment]
            return np.asarray(np.minimum(wall - self.offset[segment], change))
        segment = np.searchsorted(end_wall, wall, side="right")
        return np.asarray(np.maximum(wall - self.offset[segment], self.start[segment]))


@functools.lru_cache(maxsize=1024)
def zone_segments(zone: str, first: dt.date, last: dt.date) -> Segments:
    """Read off the offsets of `zone` from some days before `first` to some days after `last`."""
    tz = ZoneInfo(zone)
    begin = (day_number(first) - 3) * MINUTES_A_DAY
    hours = range(begin, (day_number(last) + 4) * MINUTES_A_DAY, 60 * 6)
    starts, offsets = [begin], [_offset(tz, begin)]
    for hour in hours:
        left, right = hour, hour + 60 * 6
        if _offset(tz, right) == offsets[-1]:
            continue
        while right - left > 1:  # the change lies in (left, right]
            middle = (left + right) // 2
            left, right = (middle, right) if _offset(tz, middle) == offsets[-1] else (left, middle)
        starts.append(right)
        offsets.append(_offset(tz, right))
    return Segments(np.array(starts, dtype=np.int64), np.array(offsets, dtype=np.int64))


def _offset(tz: ZoneInfo, instant: int) -> int:
    """Minutes by which the wall clock of `tz` is ahead of UTC (odd seconds of old local times dropped)."""
    moment = dt.datetime.fromtimestamp(instant * 60, tz=dt.UTC).astimezone(tz)
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


# --- the grid -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """The instants at which sessions may start, ascending, with their `day` index and local `clock` minute."""

    start: IntArray
    day: IntArray
    clock: IntArray

    def __len__(self) -> int:
        return len(self.start)

    def at_or_after(self, instants: IntArray) -> IntArray:
        """Place of the first start that is not before each instant; the number of starts where all are."""
        place = np.clip(instants - self.start[0], 0, len(self._following) - 1)
        return np.asarray(self._following[place])

    @functools.cached_property
    def _following(self) -> IntArray:
        """The same for every minute from the first start on: it is asked for millions of instants."""
        return np.searchsorted(self.start, np.arange(self.start[0], self.start[-1] + 2))


def programme_bounds(programme: Programme) -> tuple[int, int]:
    """The instants of midnight before the programme's first day and after its last."""
    frame = programme.frame
    segments = zone_segments(frame.timezone, frame.start, frame.end)
    walls = np.array([day_number(frame.start), day_number(frame.end) + 1]) * MINUTES_A_DAY
    start, end = segments.to_instant(walls, later=False)
    return int(start), int(end)


def make_grid(programme: Programme) -> Grid:
    """Every programme date's midnight plus the multiples of `sessions.grid_minutes`, while it is that date."""
    frame, step = programme.frame, programme.sessions.grid_minutes
    segments = zone_segments(frame.timezone, frame.start, frame.end)
    midnights = (day_number(frame.start) + np.arange(programme.days + 1)) * MINUTES_A_DAY
    midnight = segments.to_instant(midnights, later=False)
    count = -(-np.diff(midnight) // step)  # rounded up: the last start lies before the next midnight
    day = np.repeat(np.arange(programme.days), count)
    place = np.arange(len(day)) - np.repeat(np.cumsum(count) - count, count)
    start = midnight[:-1][day] + place * step
    return Grid(start, day, segments.to_wall(start) % MINUTES_A_DAY)


# --- free time ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FreeTime:
    """Free intervals of `people` (ascending): row i is `start[offsets[i]:offsets[i + 1]]` with its `end`.

    Half-open, in instants, sorted, disjoint and not touching, inside the programme's dates.
    """

    people: IntArray
    offsets: IntArray
    start: IntArray
    end: IntArray

    def row(self, index: int) -> tuple[IntArray, IntArray]:
        """Starts and ends of one person's free intervals."""
        part = slice(self.offsets[index], self.offsets[index + 1])
        return self.start[part], self.end[part]

    def part(self, rows: IntArray) -> FreeTime:
        """The free time of some neighbouring rows (ascending, without gaps)."""
        offsets = self.offsets[rows[0] : rows[-1] + 2]
        inside = slice(offsets[0], offsets[-1])
        return FreeTime(self.people[rows], offsets - offsets[0], self.start[inside], self.end[inside])


def free_time(cohort: Cohort, people: IntArray, since: int | None = None) -> FreeTime:
    """Exact free time of `people` (ascending persons): working time less holidays, lunch, busy time and pauses.

    A person is free at an instant when his own wall clock then shows a time inside his windows of that date,
    so an hour that the clock skips is nobody's and one that it shows twice counts twice. Of what lies before the
    instant `since` nothing is asked: it may be left out.
    """
    if cohort.memory is None:
        return _free_time(cohort, people, since)
    shared = _shared(cohort)
    if not np.isin(people, shared.people).all():
        return _free_time(cohort, people, since)
    rows = np.searchsorted(shared.people, people)
    first, many = shared.offsets[rows], np.diff(shared.offsets)[rows]
    kept, offsets = ranges(first, many), np.concatenate(([0], np.cumsum(many)))
    return FreeTime(people, offsets, shared.start[kept], shared.end[kept])


def _shared(cohort: Cohort) -> FreeTime:
    """The free time of everybody in a choice or a lock, worked out once for cohorts with the same calendars."""
    assert cohort.memory is not None  # noqa: S101 - for the type checker
    frame, mentors = cohort.programme.frame, cohort.choices.mentor
    locked = np.array(cohort.locks, dtype=np.int64).ravel()
    everybody = np.unique(np.concatenate((cohort.mentees, mentors[mentors >= 0], locked)))
    employees, tables = cohort.employees, (cohort.availability, cohort.busy, cohort.absences)
    key = (
        *("free time", frame.start, frame.end, frame.timezone, cohort.programme.calendar.model_dump_json()),
        *(cohort.programme.sessions.pause_minutes, cohort.public_days, cohort.company_days, everybody.tobytes()),
        *(employees.zones, employees.zone.tobytes(), employees.countries, employees.country.tobytes()),
        tuple(id(table) if len(table) else 0 for table in tables),
    )
    known: tuple[FreeTime, object] | None = cohort.memory.get(key)
    if known is None:
        known = _free_time(cohort, everybody), tables  # the tables are kept, so that no other has their id
        cohort.memory.keep(key, known)
    return known[0]


def _free_time(cohort: Cohort, people: IntArray, since: int | None = None) -> FreeTime:
    low, high = programme_bounds(cohort.programme)
    bounds = low if since is None else max(low, since), high
    parts = [(np.zeros(0, dtype=np.int64),) * 3]
    for first in range(0, len(people), _BLOCK):
        row, start, end = _free_rows(cohort, people[first : first + _BLOCK], bounds)
        parts.append((row + first, start, end))
    row, start, end = _joined(parts)
    counts: IntArray = np.bincount(row, minlength=len(people))
    offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    return FreeTime(people, offsets, start, end)


_BLOCK = 8192  # people handled at once: bounds the memory of intermediate arrays


def _free_rows(cohort: Cohort, people: IntArray, bounds: tuple[int, int]) -> Rows:
    row_of = np.full(len(cohort.employees), -1, dtype=np.int64)
    row_of[people] = np.arange(len(people))
    free = _union(*_joined(_working_windows(cohort, people, row_of, bounds)))
    return _subtract(free, _union(*_busy_instants(cohort, row_of, people, bounds[0])), bounds)


Rows = tuple[IntArray, IntArray, IntArray]
"""Row, start and end of intervals."""


def _joined(parts: Sequence[tuple[IntArray, ...]]) -> list[IntArray]:
    """Column by column, the parts one after the other."""
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _working_windows(cohort: Cohort, people: IntArray, row_of: IntArray, bounds: tuple[int, int]) -> list[Rows]:
    """Windows in instants, zone by zone, clipped to the programme; overlaps are left in."""
    frame = cohort.programme.frame
    first, last = bounds[0] // MINUTES_A_DAY - 2, day_number(frame.end) + 2
    row, start, end = _wall_windows(cohort, people, row_of, first, last)
    zones = cohort.employees.zone[people]
    none = np.zeros(0, dtype=np.int64)
    parts: list[Rows] = [(none, none, none)]
    for zone in np.unique(zones):
        segments = zone_segments(cohort.employees.zones[zone], frame.start, frame.end)
        mine = zones[row] == zone
        ends = np.append(segments.start[1:], np.iinfo(np.int64).max)
        for begin, finish, offset in zip(segments.start, ends, segments.offset, strict=True):
            opens = np.maximum(start[mine] - offset, max(begin, bounds[0]))
            closes = np.minimum(end[mine] - offset, min(finish, bounds[1]))
            real = opens < closes
            parts.append((row[mine][real], opens[real], closes[real]))
    return parts


def _wall_windows(cohort: Cohort, people: IntArray, row_of: IntArray, first: int, last: int) -> Rows:
    """Windows in wall time for the dates `first` to `last`: date rows, else weekday rows, else working hours.

    Holidays, short days and lunch take from the latter two; a date that is worked opens the working hours.
    """
    rows = cohort.availability
    mine = row_of[rows.person] >= 0
    row, weekday, date = row_of[rows.person[mine]], rows.weekday[mine], rows.date[mine]
    opens, closes = rows.start[mine], rows.end[mine]
    dates = np.arange(first, last + 1)
    weekdays = (dates + EPOCH.weekday()) % 7
    special, land = special_days(cohort, first, last), cohort.employees.country[people]

    shut = special.off[land]  # dates that are off, or that have rows of their own
    dated = (date >= first) & (date <= last)
    shut[row[dated], date[dated] - first] = True
    weekly = weekday >= 0
    parts = []
    for column, number in enumerate(weekdays):
        hit = weekly & (weekday == number) & ~shut[row, column]
        parts.append((row[hit], np.full(hit.sum(), dates[column]), opens[hit], closes[hit]))
    shut[row[weekly]] = True
    parts += _usual_windows(cohort.programme, dates, special.worked[land], shut)
    if special.shortened:
        parts = [
            (who, day, low, np.minimum(high, special.end[land[who], day - first])) for who, day, low, high in parts
        ]
    for window in cohort.programme.calendar.lunch_windows:
        parts = [part for whole in parts for part in _less(whole, window)]
    row, date, opens, closes = _joined([*parts, (row[dated], date[dated], opens[dated], closes[dated])])
    real = opens < closes
    return row[real], (date * MINUTES_A_DAY + opens)[real], (date * MINUTES_A_DAY + closes)[real]


_Windows = tuple[IntArray, IntArray, IntArray, IntArray]
"""Row, date, start and end of windows in minutes of the day; none where they end before they start."""


def _less(windows: _Windows, away: Window) -> tuple[_Windows, _Windows]:
    """What is left of windows before and after a time that is taken off every day."""
    row, date, start, end = windows
    return (row, date, start, np.minimum(end, away[0])), (row, date, np.maximum(start, away[1]), end)


def _usual_windows(programme: Programme, dates: IntArray, worked: BoolArray, shut: BoolArray) -> list[_Windows]:
    """The programme's working hours: row, date, start and end; `worked` and `shut` have shape (rows, dates)."""
    working = [WEEKDAYS.index(name) for name in programme.calendar.working_days]
    row, column = np.nonzero((np.isin((dates + EPOCH.weekday()) % 7, working) | worked) & ~shut)
    return [
        (row, dates[column], np.full(len(row), opening), np.full(len(row), closing))
        for opening, closing in programme.calendar.windows
    ]


def _busy_instants(cohort: Cohort, row_of: IntArray, people: IntArray, since: int) -> Rows:
    """Busy time in instants with the pauses around it; of an ambiguous local end the longer reading counts.

    What ends long before `since` is left out.
    """
    busy, frame = _busy_near(cohort, people), cohort.programme.frame
    mine = np.nonzero((row_of[busy.person] >= 0) & (busy.end > since - 3 * MINUTES_A_DAY))[0]
    row, start, end = row_of[busy.person[mine]], busy.start[mine], busy.end[mine]
    zones = cohort.employees.zone[busy.person[mine]]
    for zone in np.unique(zones):
        segments = zone_segments(cohort.employees.zones[zone], frame.start, frame.end)
        local = (zones == zone) & ~busy.start_utc[mine]
        start[local] = segments.to_instant(start[local], later=False)
        local = (zones == zone) & ~busy.end_utc[mine]
        end[local] = segments.to_instant(end[local], later=True)
    # What takes no time (in an hour that the clock skips) needs no pause either.
    some, pause = start < end, cohort.programme.sessions.pause_minutes
    return row[some], start[some] - pause, end[some] + pause


def _busy_near(cohort: Cohort, people: IntArray) -> Busy:
    """Busy times of the persons from the first to the last of `people`, absences as whole days among them."""
    busy, away = cohort.busy, cohort.absences
    ends = people[0], people[-1] + 1
    near = slice(*np.searchsorted(busy.person, ends))  # sorted by person
    found = Busy(busy.person[near], busy.start[near], busy.end[near], busy.start_utc[near], busy.end_utc[near])
    near = slice(*np.searchsorted(away.person, ends))
    if near.start == near.stop:
        return found
    local = np.zeros(near.stop - near.start, dtype=np.bool_)
    return Busy(
        np.concatenate((found.person, away.person[near])),
        np.concatenate((found.start, away.start[near] * MINUTES_A_DAY)),
        np.concatenate((found.end, (away.end[near] + 1) * MINUTES_A_DAY)),
        np.concatenate((found.start_utc, local)),
        np.concatenate((found.end_utc, local)),
    )


# --- preferred hours ----------------------------------------------------------------------------------------


def preferred_starts(programme: Programme, zone: str, grid: Grid, minutes: int) -> BoolArray:
    """Grid instants from which a session lies wholly in the preferred hours on the clock of `zone`.

    Parameters
    ----------
    minutes
        Length of the session.

    Returns
    -------
    Shape (len(grid),); all False where the programme prefers no hours.
    """
    frame = programme.frame
    days = np.arange(day_number(frame.start) - 2, day_number(frame.end) + 3) * MINUTES_A_DAY
    windows = np.array(programme.calendar.preferred_windows, dtype=np.int64).reshape(-1, 2)
    walls = (days[:, None, None] + windows).reshape(-1, 2)
    segments = zone_segments(zone, frame.start, frame.end)
    ends = np.append(segments.start[1:], np.iinfo(np.int64).max)
    parts = [
        np.clip(walls - offset, begin, end)
        for begin, end, offset in zip(segments.start, ends, segments.offset, strict=True)
    ]
    spans = np.concatenate(parts)
    real = spans[spans[:, 0] < spans[:, 1]]
    _, start, end = _union(np.zeros(len(real), dtype=np.int64), real[:, 0], real[:, 1])
    place = np.searchsorted(start, grid.start, side="right") - 1
    return np.asarray((place >= 0) & (np.append(end, np.iinfo(np.int64).min)[place] >= grid.start + minutes))


# --- intervals ----------------------------------------------------------------------------------------------


def _union(row: IntArray, start: IntArray, end: IntArray) -> Rows:
    """Join intervals of a row that overlap or touch; sorted by row and start."""
    if not len(row):
        return row, start, end
    # Shift the rows apart so that one sort, and one running maximum of the ends, serves all.
    order = np.argsort(row * _FAR + start, kind="stable")
    row, start, end = row[order], start[order], end[order]
    apart = row * _FAR
    reach = np.maximum.accumulate(end + apart)
    new = np.concatenate(([True], start[1:] + apart[1:] > reach[:-1]))
    last = np.concatenate((np.nonzero(new)[0][1:] - 1, [len(row) - 1]))
    return row[new], start[new], reach[last] - apart[last]


_FAR = 2**33  # minutes: further than any two instants of one row lie apart, and rows x _FAR fits in 64 bits


def _subtract(free: Rows, busy: Rows, bounds: tuple[int, int]) -> Rows:
    """`free` less `busy`, both as `_union` leaves them; `free` lies inside `bounds`."""
    # What is left of a row is what lies between its busy stretches: cut every free interval at those gaps.
    busy_row, busy_start, busy_end = busy
    busy_start, busy_end = np.clip(busy_start, *bounds), np.clip(busy_end, *bounds)
    real = busy_start < busy_end
    busy_row, busy_start, busy_end = busy_row[real], busy_start[real], busy_end[real]
    row, start, end = free
    keys_start, keys_end = busy_row * _FAR + busy_start, busy_row * _FAR + busy_end
    first = np.searchsorted(keys_end, row * _FAR + start, side="right")  # first busy stretch that ends after
    stop = np.searchsorted(keys_start, row * _FAR + end, side="left")  # first that starts at or after the end
    pieces = np.maximum(stop - first, 0) + 1
    owner = np.repeat(np.arange(len(row)), pieces)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    before, after = first[owner] + place - 1, first[owner] + place
    opens, closes = start[owner].copy(), end[owner].copy()
    cut = place > 0
    opens[cut] = busy_end[before[cut]]
    cut = place < pieces[owner] - 1
    closes[cut] = busy_start[after[cut]]
    opens, closes = np.maximum(opens, start[owner]), np.minimum(closes, end[owner])
    real = opens < closes
    return row[owner][real], opens[real], closes[real]


def starts(free: FreeTime, grid: Grid, minutes: int) -> Rows:
    """Where each free interval lets a session of `minutes` start: row, first grid instant and how many from it on.

    Intervals in which none can start are left out.
    """
    row = np.repeat(np.arange(len(free.people)), np.diff(free.offsets))
    first = grid.at_or_after(free.start)
    many = grid.at_or_after(free.end - minutes + 1) - first
    real = many > 0
    return row[real], first[real], many[real]


def can_start(free: FreeTime, grid: Grid, minutes: int) -> BoolArray:
    """Grid instants from which each person is free for `minutes` in a row; shape (people, len(grid))."""
    table = np.zeros((len(free.people), len(grid)), dtype=bool)
    for row, first, many in zip(*starts(free, grid, minutes), strict=True):
        table[row, first : first + many] = True
    return table

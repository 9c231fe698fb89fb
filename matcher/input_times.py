"""availability.csv and busy.csv -> Availability and Busy; every fault with its line."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from matcher.input_people import People, day_of, parsed
from matcher.model import Availability, BoolArray, Busy, Employees, IntArray
from matcher.programme import EPOCH, WEEKDAYS, day_number, parse_clock
from matcher.tables import Findings, Table, did_you_mean

AVAILABILITY_COLUMNS = ("employee_id", "day", "start", "end")
BUSY_COLUMNS = ("employee_id", "start", "end")
MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII | re.IGNORECASE,
)
YEARS = (1900, 2200)
MICROSECONDS = 60 * 1_000_000  # a minute of them
A_DAY = 24 * 60 * MICROSECONDS
NAMED = 3  # ignored people that a warning names


def _known(table: Table, people: People, findings: Findings) -> IntArray:
    """Person of each row; a blank id is a fault, people who are no employees are ignored with one warning."""
    names = table["employee_id"]
    persons = people.find(names)
    strangers = [row for row in np.flatnonzero(persons < 0).tolist() if names[row]]
    for row in np.flatnonzero(persons < 0).tolist():
        if not names[row]:
            findings.fault(table.file, "is blank", table.lines[row], "employee_id")
    if strangers and people.whole:
        unknown = sorted({names[row] for row in strangers})
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        who = ", ".join(map(repr, unknown[:NAMED])) + more
        rows = f"{len(strangers)} row{'s' * (len(strangers) != 1)} of people who are no employees"
        message = f"{rows} ignored: {who}{people.hint(unknown[0])}"
        findings.warn(table.file, message, table.lines[strangers[0]], "employee_id")
    return persons


# --- availability.csv ---------------------------------------------------------------------------------------


def read_availability(table: Table, people: People, findings: Findings) -> Availability:
    """Read the windows and the days marked as not at all (0 to 0)."""
    person = _known(table, people, findings)
    day = parsed(table, "day", _day, findings)
    clocks = [parsed(table, column, _clock, findings, default=-1) for column in ("start", "end")]
    bad_clock = _report_windows(table, clocks[0], clocks[1], findings)
    never = (clocks[0] == -1) & (clocks[1] == -1) & ~bad_clock
    _report_contradictions(table, person, day, never, findings)
    weekday, date = np.where(day < 0, day + len(WEEKDAYS), -1), np.where(day < 0, -1, day)
    start, end = np.where(never, 0, clocks[0]), np.where(never, 0, clocks[1])
    rows = np.lexsort((end, start, date, weekday, person))
    rows = rows[person[rows] >= 0]
    return Availability(person[rows], weekday[rows], date[rows], start[rows], end[rows])


def _day(text: str) -> int:
    """A date as days since 1970-01-01, a weekday as -7 (Monday) to -1."""
    folded = text.casefold()
    if folded in WEEKDAYS:
        return WEEKDAYS.index(folded) - len(WEEKDAYS)
    day = day_of(text)
    if day is None:
        found = "is blank; expected" if not text else f"{text!r} is not"
        close = did_you_mean(folded[:3], WEEKDAYS, cutoff=0.99)
        raise ValueError(f"{found} one of {', '.join(WEEKDAYS)} or a date like 2027-01-11{close}")
    if not 0 <= day < day_number(dt.date(YEARS[1], 1, 1)):
        raise ValueError(f"{text} is not between {EPOCH.year} and {YEARS[1]}")
    return day


def _clock(text: str) -> int:
    """Minutes of the day, -1 for a blank cell."""
    minutes = parse_clock(text) if text else -1
    if minutes is None:
        raise ValueError(f"{text!r} is not a time like 09:00 (an end may be 24:00)")
    return minutes


def _report_windows(table: Table, start: IntArray, end: IntArray, findings: Findings) -> BoolArray:
    """Rows whose start or end is missing, unreadable or in the wrong order; each is a fault."""
    texts = {column: table[column] for column in ("start", "end")}
    half = np.array([bool(a) != bool(b) for a, b in zip(*texts.values(), strict=True)], dtype=np.bool_)
    for row in np.flatnonzero(half).tolist():
        column = "end" if texts["start"][row] else "start"
        message = "is blank; expected both start and end, or neither (not at all)"
        findings.fault(table.file, message, table.lines[row], column)
    reversed_ = (start >= 0) & (end >= 0) & (end <= start)
    for row in np.flatnonzero(reversed_).tolist():
        midnight = " (midnight at the end of the day is 24:00)" if end[row] == 0 else ""
        message = f"{texts['end'][row]} is not after start {texts['start'][row]}{midnight}"
        findings.fault(table.file, message, table.lines[row], "end")
    unreadable = np.array([bool(a or b) for a, b in zip(*texts.values(), strict=True)], dtype=np.bool_)
    return half | reversed_ | (unreadable & ((start < 0) | (end < 0)))


def _report_contradictions(
    table: Table, person: IntArray, day: IntArray, never: BoolArray, findings: Findings
) -> None:
    """A person cannot be free in a window of a day and not at all on the same day."""
    keys = list(zip(person.tolist(), day.tolist(), strict=True))
    windows = {keys[row]: table.lines[row] for row in np.flatnonzero(~never & (person >= 0)).tolist()[::-1]}
    for row in np.flatnonzero(never & (person >= 0)).tolist():
        if keys[row] in windows:
            what = f"{table['employee_id'][row]!r} is not free at all on {table['day'][row]}"
            message = f"{what} here (start and end blank) but has a window on line {windows[keys[row]]}"
            findings.fault(table.file, message, table.lines[row], "day")


# --- busy.csv -----------------------------------------------------------------------------------------------


def read_busy(table: Table, people: People, employees: Employees | None, findings: Findings) -> Busy:
    """Read the busy times, seconds rounded outwards; empty ones are ignored with a warning."""
    before = len(findings.faults)
    person = _known(table, people, findings)
    # Each distinct text is parsed once: microseconds, doubled to hold whether an offset was given.
    start, end = parsed(table, "start", _first_moment, findings), parsed(table, "end", _last_moment, findings)
    start_utc, end_utc = (start & 1).astype(np.bool_), (end & 1).astype(np.bool_)
    start, end = start >> 1, end >> 1
    first, last = start, end
    if employees is not None and len(findings.faults) == before:
        first, last = _comparable(person, (start, end), (start_utc, end_utc), employees)
        _report_backward(table, first, last, findings)
    empty = (first == last) & (person >= 0)
    if empty.any():
        count = int(empty.sum())
        message = f"{count} row{'s' * (count != 1)} without length (start = end) ignored"
        findings.warn(table.file, message, table.lines[int(np.argmax(empty))])
    start, end = start // MICROSECONDS, -(-end // MICROSECONDS)
    rows = np.lexsort((end_utc, start_utc, end, start, person))
    rows = rows[(person[rows] >= 0) & ~empty[rows]]
    return Busy(person[rows], start[rows], end[rows], start_utc[rows], end_utc[rows])


def _first_moment(text: str) -> int:
    return _parse_moment(text, last=False)


def _last_moment(text: str) -> int:
    return _parse_moment(text, last=True)


def _parse_moment(text: str, *, last: bool) -> int:
    """Twice the microseconds since 1970, plus 1 where the text gives an offset (then they are UTC).

    A date alone means the whole day: its midnight, or the next one where `last`.
    """
    match = MOMENT.fullmatch(text)
    if match is None:
        found = "is blank; expected" if not text else f"{text!r} is not"
        raise ValueError(f"{found} a date or time like 2027-01-11, 2027-01-11T09:00 or 2027-01-11T09:00+03:00")
    date, hour, minute, second, fraction, offset = match.groups()
    midnight = _midnight(date)
    if hour is None:
        return 2 * (midnight + (A_DAY if last else 0))
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second or 0)
    clock = seconds * 1_000_000 + int((fraction or "").ljust(6, "0")[:6])
    if minute > "59" or (second or "") > "59" or clock > A_DAY:
        raise ValueError(f"{text!r}: there is no such time")
    return 2 * (midnight + clock - _ahead(offset)) + (offset is not None)


@functools.lru_cache(maxsize=4096)  # busy times fall on few dates
def _midnight(date: str) -> int:
    day = day_of(date)
    if day is None:
        raise ValueError(f"{date!r}: there is no such date")
    if not YEARS[0] <= int(date[:4]) < YEARS[1]:
        raise ValueError(f"{date!r} is not between {YEARS[0]} and {YEARS[1]}")
    return day * A_DAY


@functools.lru_cache(maxsize=4096)
def _ahead(offset: str | None) -> int:
    """Microseconds by which a clock with this offset is ahead of UTC."""
    if offset is None or offset in "Zz":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f"{offset!r} is no offset from UTC like +03:00")
    return (hours * 60 + minutes) * MICROSECONDS * (-1 if offset[0] == "-" else 1)


def _comparable(
    person: IntArray, ends: Sequence[IntArray], is_utc: Sequence[BoolArray], employees: Employees
) -> tuple[IntArray, IntArray]:
    """Starts and ends on one clock: where only one of the two has an offset, the other is made UTC as well."""
    start, end = (column.copy() for column in ends)
    zones = [ZoneInfo(name) for name in employees.zones]
    for row in np.flatnonzero((is_utc[0] != is_utc[1]) & (person >= 0)).tolist():
        zone = zones[employees.zone[person[row]]]
        local, fold = (end, 1) if is_utc[0][row] else (start, 0)
        wall = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=int(local[row]))  # noqa: DTZ001 - wall time
        offset = wall.replace(tzinfo=zone, fold=fold).utcoffset() or dt.timedelta()
        local[row] -= offset // dt.timedelta(microseconds=1)
    return start, end


def _report_backward(table: Table, first: IntArray, last: IntArray, findings: Findings) -> None:
    for row in np.flatnonzero(last < first).tolist():
        message = f"{table['end'][row]} is before start {table['start'][row]}"
        findings.fault(table.file, message, table.lines[row], "end")

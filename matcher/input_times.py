"""availability.csv, busy.csv and absences.csv -> their records; every fault with its line."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np

from matcher.cells import refuse_slashed
from matcher.columns import sorted_rows
from matcher.findings import Findings, did_you_mean
from matcher.input_moments import MICROSECONDS, YEARS, first_moment, last_moment, read_moments
from matcher.input_people import People, day_of, parsed, report_blanks
from matcher.model import Absences, Availability, BoolArray, Busy, Employees, IntArray
from matcher.programme import EPOCH, WEEKDAYS, day_number, parse_clock
from matcher.tables import Table

AVAILABILITY_COLUMNS = ("employee_id", "day", "start", "end")
BUSY_COLUMNS = ("employee_id", "start", "end")
ABSENCES_COLUMNS = ("employee_id", "start", "end")
DAYS = 1 << 20  # more than any day or weekday
NAMED = 3  # ignored people that a warning names


def _known(table: Table, people: People, findings: Findings) -> IntArray:
    """Person of each row; a blank id is a fault, people who are no employees are ignored with one warning."""
    names = table["employee_id"].coded()
    persons = people.find(names)
    report_blanks(table, "employee_id", names, findings)
    if people.index.keys() >= set(names.texts):
        return persons
    unknown = sorted(name for name in names.texts if name and name not in people.index and name not in people.torn)
    strangers = np.flatnonzero((persons < 0) & names.where(set(unknown).__contains__))
    if len(strangers) and people.whole:
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        who = ", ".join(map(repr, unknown[:NAMED])) + more
        rows = f"{len(strangers)} row{'s' * (len(strangers) != 1)} of people who are no employees"
        message = f"{rows} ignored: {who}{people.hint(unknown[0])}"
        findings.warn(table.file, message, table.line(strangers[0]), "employee_id")
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
    known = person >= 0
    return Availability(*sorted_rows(*(column[known] for column in (person, weekday, date, start, end))))


def _day(text: str) -> int:
    """A date as days since 1970-01-01, a weekday as -7 (Monday) to -1."""
    folded = text.casefold()
    if folded in WEEKDAYS:
        return WEEKDAYS.index(folded) - len(WEEKDAYS)
    day = day_of(text)
    if day is None:
        refuse_slashed(text)
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
    texts = {column: table[column].coded() for column in ("start", "end")}
    given = {column: texts[column].where(bool) for column in texts}
    half: BoolArray = given["start"] != given["end"]
    for row in np.flatnonzero(half).tolist():
        column = "end" if given["start"][row] else "start"
        message = "is blank; expected both start and end, or neither (not at all)"
        findings.fault(table.file, message, table.line(row), column)
    reversed_ = (start >= 0) & (end >= 0) & (end <= start)
    for row in np.flatnonzero(reversed_).tolist():
        midnight = " (midnight at the end of the day is 24:00)" if end[row] == 0 else ""
        message = f"{texts['end'][row]} is not after start {texts['start'][row]}{midnight}"
        findings.fault(table.file, message, table.line(row), "end")
    unreadable: BoolArray = (given["start"] | given["end"]) & ((start < 0) | (end < 0))
    return half | reversed_ | unreadable


def _report_contradictions(
    table: Table, person: IntArray, day: IntArray, never: BoolArray, findings: Findings
) -> None:
    """A person cannot be free in a window of a day and not at all on the same day."""
    keys = person * DAYS + day
    off, on = np.flatnonzero(never & (person >= 0)), np.flatnonzero(~never & (person >= 0))
    torn = off[np.isin(keys[off], keys[on])]
    on = on[np.isin(keys[on], keys[torn])]
    windows = dict(zip(keys[on][::-1].tolist(), on[::-1].tolist(), strict=True))
    for row, key in zip(torn.tolist(), keys[torn].tolist(), strict=True):
        what = f"{table['employee_id'][row]!r} is not free at all on {table['day'][row]}"
        message = f"{what} here (start and end blank) but has a window {table.at(table.line(windows[key]))}"
        findings.fault(table.file, message, table.line(row), "day")


# --- busy.csv -----------------------------------------------------------------------------------------------


def read_busy(table: Table, people: People, employees: Employees | None, findings: Findings) -> Busy:
    """Read the busy times, seconds rounded outwards; empty ones are ignored with a warning."""
    before = len(findings.faults)
    person = _known(table, people, findings)
    start = read_moments(table, "start", first_moment, findings)
    end = read_moments(table, "end", last_moment, findings)
    first, last = start, end
    if employees is not None and len(findings.faults) == before:
        first, last = _comparable(person, start, end, employees)
        _report_backward(table, first, last, findings)
    empty = (first == last) & (person >= 0)
    if empty.any():
        count = int(empty.sum())
        message = f"{count} row{'s' * (count != 1)} without length (start = end) ignored"
        findings.warn(table.file, message, table.line(int(np.argmax(empty))))
    kept = (person >= 0) & ~empty
    return _sorted_busy(*(column if kept.all() else column[kept] for column in (person, start, end)))


def _sorted_busy(person: IntArray, start: IntArray, end: IntArray) -> Busy:
    """Whole minutes in order; the two flags are sorted by as the lowest bits of the end."""
    ends = -(-(end >> 1) // MICROSECONDS) * 4 + (start & 1) * 2 + (end & 1)
    person, start, ends = sorted_rows(person, (start >> 1) // MICROSECONDS, ends)
    return Busy(person, start, ends >> 2, (ends & 2).astype(np.bool_), (ends & 1).astype(np.bool_))


def _comparable(
    person: IntArray, start: IntArray, end: IntArray, employees: Employees
) -> tuple[IntArray, IntArray]:
    """Starts and ends on one clock: where only one of the two has an offset, the other is made UTC as well."""
    mixed = np.flatnonzero(((start ^ end) & 1 == 1) & (person >= 0)).tolist()
    if mixed:
        start, end = start.copy(), end.copy()
    zones = [ZoneInfo(name) for name in employees.zones]
    for row in mixed:
        zone = zones[employees.zone[person[row]]]
        local, fold = (end, 1) if start[row] & 1 else (start, 0)
        since = dt.timedelta(microseconds=int(local[row]) >> 1)
        wall = dt.datetime(1970, 1, 1) + since  # noqa: DTZ001 - wall time
        offset = wall.replace(tzinfo=zone, fold=fold).utcoffset() or dt.timedelta()
        local[row] += 1 - 2 * (offset // dt.timedelta(microseconds=1))
    return start, end


def _report_backward(table: Table, first: IntArray, last: IntArray, findings: Findings) -> None:
    for row in np.flatnonzero(last >> 1 < first >> 1).tolist():
        message = f"{table['end'][row]} is before start {table['start'][row]}"
        findings.fault(table.file, message, table.line(row), "end")


# --- absences.csv -------------------------------------------------------------------------------------------


def read_absences(table: Table, people: People, findings: Findings) -> Absences:
    """Read from which date to which people are away; what stands there twice counts once."""
    person = _known(table, people, findings)
    start, end = (parsed(table, column, _away, findings, default=-1) for column in ("start", "end"))
    for row in np.flatnonzero((start >= 0) & (end >= 0) & (end < start)).tolist():
        message = f"{table['end'][row]} is before start {table['start'][row]}"
        findings.fault(table.file, message, table.line(row), "end")
    known = person >= 0
    rows = sorted(set(zip(person[known].tolist(), start[known].tolist(), end[known].tolist(), strict=True)))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Absences(*(np.ascontiguousarray(column) for column in columns))


def _away(text: str) -> int:
    """The date of one end of an absence; ValueError says what it is instead."""
    day = day_of(text)
    if day is None:
        refuse_slashed(text)
        found = "is blank; expected" if not text else f"{text!r} is not"
        hours = "; absences are whole days, hours belong into busy.csv" if ":" in text else ""
        raise ValueError(f"{found} a date like 2027-01-11{hours}")
    if not 0 <= day < day_number(dt.date(YEARS[1], 1, 1)):
        raise ValueError(f"{text} is not between {EPOCH.year} and {YEARS[1]}")
    return day

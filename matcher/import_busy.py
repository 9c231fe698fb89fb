"""Busy times of some people put into busy.csv, in place of what stood there of them."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from matcher.encoding import as_utf8
from matcher.errors import Fault, InputError
from matcher.findings import Findings
from matcher.headers import Row
from matcher.ics_read import Busy, joined
from matcher.input_times import BUSY_COLUMNS
from matcher.one_file import replace_file
from matcher.plain_file import read_plain
from matcher.programme import MINUTES_A_DAY, day_date
from matcher.synonyms import titles_of
from matcher.tables import BrokenRecordError, read_records

BUSY, BACKUP = "busy.csv", "busy.csv.bak"
BOM = "\ufeff"


@dataclass(frozen=True)
class Written:
    """Rows of people imported, rows of others kept; whether the file has changed, or replaced an earlier one."""

    rows: int
    kept: int
    changed: bool
    replaced: bool


def write_busy(folder: Path, found: Mapping[str, Sequence[Busy]]) -> Written:
    """Write busy.csv anew, whole or not at all; `found` gives what the calendars of each employee_id say.

    Rows of other people stay as they are. The file as it was is kept as busy.csv.bak, if the new one differs.

    Raises
    ------
    InputError
        If the busy.csv that is there cannot be read.
    """
    path = folder / BUSY
    before = read_plain(path) if path.exists() else None
    delimiter, records = _records(before)
    header = next(records, None) or list(BUSY_COLUMNS)
    places = _places(header)
    text, kept, rows = io.StringIO(), 0, 0
    text.write(BOM)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    for fields in records:
        if _cell(fields, places[0]) not in found:
            writer.writerow(fields)
            kept += 1
    for name in sorted(found):
        own = _rows(name, found[name])
        writer.writerows(_placed(row, places, len(header)) for row in own)
        rows += len(own)
    content = text.getvalue().encode()
    changed = content != before
    if changed and before is not None:
        replace_file(folder / BACKUP, before)
    if changed:
        replace_file(path, content)
    return Written(rows, kept, changed, replaced=changed and before is not None)


# --- the file that is there ----------------------------------------------------------------------------------


def _records(data: bytes | None) -> tuple[str, Iterator[list[str]]]:
    """Delimiter and records of the file, the header first."""
    findings = Findings()
    content = as_utf8(data or b"", BUSY, findings)
    if content is None:
        raise InputError(findings.faults)
    delimiter, rows = read_records(content, BUSY_COLUMNS)
    return delimiter, _fields(rows)


def _fields(rows: Iterator[Row]) -> Iterator[list[str]]:
    try:
        for _, fields in rows:
            yield fields
    except BrokenRecordError as error:
        raise InputError([Fault(BUSY, str(error), error.line)]) from None


def _places(header: list[str]) -> list[int]:
    titles = titles_of("busy", BUSY_COLUMNS, {})
    meant = [
        (found.tier, place, found.column) for place, title in enumerate(header) if (found := titles.find(title))
    ]
    places = {column: place for _, place, column in sorted(meant, reverse=True)}
    missing = [name for name in BUSY_COLUMNS if name not in places]
    if missing:
        listed = ", ".join(header)
        raise InputError([Fault(BUSY, f"no column {name!r} (found: {listed})") for name in missing])
    return [places[name] for name in BUSY_COLUMNS]


def _cell(fields: list[str], place: int) -> str:
    return fields[place].strip() if place < len(fields) else ""


# --- new rows -----------------------------------------------------------------------------------------------


def _rows(name: str, found: Sequence[Busy]) -> list[tuple[str, str, str]]:
    """Rows of one person, sorted: instants in UTC, whole days as dates with the last included."""
    minutes = joined(chain.from_iterable(busy.minutes for busy in found))
    days = joined(chain.from_iterable(busy.days for busy in found))
    rows = [(name, _instant(start), _instant(end)) for start, end in minutes]
    return sorted([*rows, *((name, _date(start), _date(end - 1)) for start, end in days)])


def _placed(row: tuple[str, str, str], places: list[int], width: int) -> Sequence[str]:
    """The row below a header that may have its columns in another order, and more of them."""
    if width == len(row) and places == [0, 1, 2]:
        return row
    fields = [""] * width
    for place, cell in zip(places, row, strict=True):
        fields[place] = cell
    return fields


@functools.cache  # meetings begin and end at few times of a programme
def _instant(minute: int) -> str:
    day, clock = divmod(minute, MINUTES_A_DAY)
    return f"{_date(day)}T{clock // 60:02}:{clock % 60:02}+00:00"


def _date(day: int) -> str:
    return day_date(day).isoformat()

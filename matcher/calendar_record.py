"""calendars/index.csv: every event that people were ever sent, the memory from which the next export goes on."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from matcher.errors import InputError
from matcher.event_uids import UID
from matcher.findings import Findings
from matcher.input_people import parsed
from matcher.plain_file import read_plain
from matcher.run_files import Cell, csv_lines
from matcher.run_reading import count_of, minute_of, plain_text, second_of
from matcher.tables import Table, read_table

CALENDARS, INDEX = "calendars", "index.csv"
COLUMNS = (
    "uid", "sequence", "status", "mentee_id", "mentor_id", "number", "start", "end", "title", "changed", "content",
)  # fmt: skip
IdPair = tuple[str, str]
"""The employee_id of a mentee and of a mentor."""
Status = Literal["confirmed", "cancelled", "held"]
STATUSES: tuple[Status, ...] = ("confirmed", "cancelled", "held")


@dataclass(frozen=True, slots=True)
class Event:
    """A session as people were told of it last.

    `start` and `end` are minutes since 1970-01-01T00:00 UTC, half-open. `status` is `held` for a session that took
    place and of which the latest run knows nothing. `changed` is when the event came to be as it is, in seconds
    since 1970-01-01T00:00 UTC; `content` is a hash of all it says but for its time.
    """

    uid: str
    mentee: str
    mentor: str
    number: int
    start: int
    end: int
    sequence: int
    status: Status
    title: str
    changed: int
    content: str

    @property
    def pair(self) -> IdPair:
        """The two people."""
        return self.mentee, self.mentor


def record_lines(
    events: Sequence[Event], files: Sequence[str], recipients: Sequence[str], zone: ZoneInfo, delimiter: str
) -> Iterable[str]:
    """The record as CSV: for each event also its invitation and to whom that goes, both "" where there is none."""

    @cache
    def local(minute: int) -> str:
        return dt.datetime.fromtimestamp(minute * 60, tz=zone).isoformat(timespec="minutes")

    columns: Mapping[str, Sequence[Cell]] = {
        "uid": [event.uid for event in events],
        "sequence": [event.sequence for event in events],
        "status": [event.status for event in events],
        "mentee_id": [event.mentee for event in events],
        "mentor_id": [event.mentor for event in events],
        "number": [event.number for event in events],
        "start": [local(event.start) for event in events],
        "end": [local(event.end) for event in events],
        "title": [event.title for event in events],
        "changed": [utc(event.changed) for event in events],
        "content": [event.content for event in events],
        "invitation": files,
        "recipients": recipients,
    }
    return csv_lines(columns, delimiter)


@lru_cache(maxsize=1024)
def utc(second: int) -> str:
    """Seconds since 1970-01-01T00:00 UTC as ISO 8601."""
    return dt.datetime.fromtimestamp(second, tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_record(run: Path) -> list[Event]:
    """Read the record of a run, also where a spreadsheet program has saved it again.

    Raises
    ------
    InputError
        With every row that is not as it was written: to guess would be to send people events twice.
    """
    file, findings = f"{CALENDARS}/{INDEX}", Findings()
    table = read_table(read_plain(run / file), file, COLUMNS, findings)
    events = list[Event]()
    if table is not None and table.require(COLUMNS, findings):
        events = _events(table, findings)
    if findings.faults:
        raise InputError(findings.faults)
    return events


def _events(table: Table, findings: Findings) -> list[Event]:
    """All rows; those with a fault may be nonsense."""

    def numbers(column: str, parse: Callable[[str], int]) -> list[int]:
        values: list[int] = parsed(table, column, parse, findings).tolist()
        return values

    columns = zip(
        table["uid"].texts(),
        table["mentee_id"].texts(),
        table["mentor_id"].texts(),
        numbers("number", count_of),
        numbers("start", minute_of),
        numbers("end", minute_of),
        numbers("sequence", count_of),
        map(STATUSES.__getitem__, numbers("status", _status)),
        map(plain_text, table["title"].texts()),
        numbers("changed", second_of),
        table["content"].texts(),
        strict=True,
    )
    events = [Event(*row) for row in columns]
    _check_rows(table, events, findings)
    return events


def _check_rows(table: Table, events: Sequence[Event], findings: Findings) -> None:
    """Report what is wrong with a row as a whole, or with a cell that is no number."""
    seen = set[str]()
    for row, event in enumerate(events):
        if not re.fullmatch(UID, event.uid):
            findings.fault(table.file, f"{event.uid!r} is no UID of matcher", table.line(row), "uid")
        elif event.uid in seen:
            findings.fault(table.file, f"{event.uid} stands twice", table.line(row), "uid")
        if not (event.mentee and event.mentor):
            findings.fault(table.file, "mentee_id and mentor_id must not be blank", table.line(row))
        if event.end <= event.start and not findings.faults:
            findings.fault(table.file, "the end must come after the start", table.line(row), "end")
        seen.add(event.uid)


def _status(text: str) -> int:
    if text not in STATUSES:
        raise ValueError(f"{text!r} must be one of {', '.join(STATUSES)}")
    return STATUSES.index(text)

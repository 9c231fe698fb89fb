"""The tables of a run -> the plan in them, to be repaired or to be the history of another quarter."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from matcher.errors import Fault, InputError, MatcherError
from matcher.findings import Findings
from matcher.input_people import day_of, parsed
from matcher.model import Cohort, Session
from matcher.plain_file import read_plain, read_plain_text
from matcher.programme import Programme, day_date, day_number, midnight_of
from matcher.run_files import SUMMARY
from matcher.run_reading import minute_of, plain_text, run_table
from matcher.run_tables import read_summary
from matcher.tables import Table

BEFORE = "before"
PAIRS, SESSIONS, ENDED, HELD = "pairs.csv", "sessions.csv", "ended.csv", "held.csv"
LONGEST = 24 * 60  # minutes of a session
KEPT_FILES = (PAIRS, SESSIONS, ENDED, HELD)
"""The tables of a run that a rematch of it keeps in its folder `before`; the last two are of earlier rematches."""
PAIR_COLUMNS = ("mentee_id", "mentor_id")
PAIR_MORE = ("mentee_name", "mentor_name", "rank", "sessions", "start", "end")
SESSION_COLUMNS = ("mentee_id", "mentor_id", "start", "end")
ENDED_COLUMNS = (
    *("mentee_id", "mentee_name", "mentor_id", "mentor_name", "rank", "start", "end", "sessions"),
    *("first_session", "last_session", "reason", "by", "as_of"),
)
IdPair = tuple[str, str]
"""The employee_id of a mentee and of a mentor."""


class PlannedPair(NamedTuple):
    """A pair of the plan: names and rank as they stand there, the engagement's first day, sessions by time."""

    mentee_name: str
    mentor_name: str
    rank: str
    start: int
    sessions: tuple[Session, ...]


@dataclass(frozen=True)
class Frame:
    """What of a programme a rematch may not change: its days (since 1970-01-01) and the clock of its dates."""

    start: int
    end: int
    zone: str

    def __str__(self) -> str:
        """Give it as messages name it."""
        return f"{day_date(self.start)} to {day_date(self.end)} ({self.zone})"


@dataclass(frozen=True)
class Plan:
    """A plan as the tables of a folder have it: its pairs, and what was ended by earlier rematches.

    `ended` are rows of ended.csv as they stand, `held` the sessions of these pairs. `files` are the bytes of the
    tables, `as_of` the date of the rematch that made the plan, None for a first one. `warnings` tell what is odd.
    """

    place: str
    pairs: Mapping[IdPair, PlannedPair]
    ended: tuple[tuple[str, ...], ...]
    held: Mapping[IdPair, tuple[Session, ...]]
    files: Mapping[str, bytes]
    as_of: int | None = None
    warnings: tuple[Fault, ...] = ()


# --- what a summary tells ---------------------------------------------------------------------------------------


def summary_of(run: Path) -> dict[str, Any]:
    """What stands in summary.json; empty where that cannot be read."""
    try:
        summary = json.loads(read_plain_text(run / SUMMARY))
    except (OSError, ValueError, RecursionError):
        return {}
    return summary if isinstance(summary, dict) else {}


def rematch_of(run: Path) -> dict[str, Any]:
    """What summary.json says of the rematch; empty where the run is none."""
    said = summary_of(run).get("rematch")
    return said if isinstance(said, dict) else {}


def as_of_day(run: Path) -> int | None:
    """The date of a rematch (days since 1970-01-01), as its summary tells it; None where the run is none."""
    said = rematch_of(run).get("as_of")
    return day_of(said) if isinstance(said, str) else None


def frame_told(summary: Mapping[str, Any], start: Iterable[int], end: Iterable[int], zone: str) -> Frame | None:
    """The frame of the programme that a run is of; None where nothing tells its days.

    `start` and `end` are those of its pairs: in older runs, which tell no days, they are the programme's. `zone`
    is that of runs that are older still.
    """
    said = summary.get("programme")
    days = [day_of(str(said.get(key))) for key in ("start", "end")] if isinstance(said, dict) else [None, None]
    first, last = (
        day if day is not None else usual
        for day, usual in zip(days, (min(start, default=None), max(end, default=None)), strict=True)
    )
    if first is None or last is None:
        return None
    return Frame(first, last, str(summary.get("timezone", zone)))


def frame_of(programme: Programme) -> Frame:
    """The days and the clock of a programme."""
    frame = programme.frame
    return Frame(day_number(frame.start), day_number(frame.end), frame.timezone)


# --- reading ------------------------------------------------------------------------------------------------


def read_plan(cohort: Cohort, folder: Path) -> Plan:
    """Read the tables of a plan: of a run, or of the folder `before` of a rematch.

    Raises
    ------
    InputError, MatcherError
        As `begin_repair` does.
    """
    findings, summary = Findings(), summary_of(folder.parent if folder.name == BEFORE else folder)
    files = _read_files(folder, findings)
    tables = {
        PAIRS: run_table(folder, PAIRS, PAIR_COLUMNS, findings, optional=PAIR_MORE, place=str(folder / PAIRS)),
        SESSIONS: run_table(folder, SESSIONS, SESSION_COLUMNS, findings, place=str(folder / SESSIONS)),
    }
    tables |= {
        file: run_table(folder, file, columns, findings, place=str(folder / file))
        for file, columns in ((ENDED, ENDED_COLUMNS), (HELD, SESSION_COLUMNS))
        if file in files
    }
    if findings.faults:
        raise InputError(findings.faults)
    read = {file: table for file, table in tables.items() if table is not None}
    pairs = _read_pairs(cohort, read[PAIRS], read[SESSIONS], summary, findings)
    ended, held = _read_ended(read), _read_sessions(cohort, read[HELD], findings) if HELD in read else {}
    if findings.faults:
        raise InputError(findings.faults)
    return Plan(str(folder), pairs, ended, held, files, as_of_day(folder), tuple(findings.warnings))


def _read_files(folder: Path, findings: Findings) -> dict[str, bytes]:
    """The bytes of the tables, all four of a rematch, and else the two of any run."""
    if not folder.is_dir():
        raise MatcherError(f"{folder}: no such run folder (expected what 'matcher solve' wrote)")
    if folder.name != BEFORE:
        read_summary(folder)  # says what is wrong with it
    files, needed = {}, KEPT_FILES if as_of_day(folder) is not None else (PAIRS, SESSIONS)
    for file in KEPT_FILES if folder.name == BEFORE else needed:
        try:
            files[file] = read_plain(folder / file)
        except FileNotFoundError:
            if file in needed:
                findings.fault(str(folder / file), "cannot be read (No such file or directory)")
    for file, data in files.items():
        if not _is_unicode(data):
            findings.fault(str(folder / file), "is not in UTF-8; save it as 'CSV UTF-8'")
    if findings.faults:
        raise InputError(findings.faults)
    return files


def _is_unicode(data: bytes) -> bool:
    """Whether a file that a repair keeps byte for byte can be read by whoever checks it later."""
    try:
        text = data.decode("utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8")
    except UnicodeDecodeError:
        return False
    return "\0" not in text


def _read_pairs(
    cohort: Cohort, table: Table, session_table: Table, summary: Mapping[str, Any], findings: Findings
) -> dict[IdPair, PlannedPair]:
    """The pairs with their sessions, sorted."""
    frame = frame_of(cohort.programme)
    mentee, mentor, rank = (
        list(map(plain_text, table[column].texts())) for column in ("mentee_name", "mentor_name", "rank")
    )
    start = _days(table, "start", frame.start, findings)
    end = _days(table, "end", frame.end, findings)
    ids = list(zip(table["mentee_id"].texts(), table["mentor_id"].texts(), strict=True))
    told = frame_told(summary, start, end, frame.zone)
    if told is not None and told != frame:
        message = f"the run is of a programme from {told}, the cohort's is from {frame}; a rematch keeps both"
        findings.fault(table.file, message)
    if findings.faults:
        return {}
    sessions = _read_sessions(cohort, session_table, findings)
    lines: dict[IdPair, int] = {}
    for row, pair in enumerate(ids):
        if not all(pair):
            findings.fault(table.file, "mentee_id and mentor_id must not be blank", table.line(row))
        elif pair in lines:
            findings.fault(table.file, f"the pair stands already on line {lines[pair]}", table.line(row))
        lines.setdefault(pair, table.line(row))
    for pair in sorted(sessions.keys() - lines.keys()):
        findings.fault(session_table.file, f"{pair[0]} and {pair[1]} are no pair of {PAIRS}")
    found = {
        pair: PlannedPair(mentee[row], mentor[row], rank[row], start[row], sessions.get(pair, ()))
        for row, pair in enumerate(ids)
    }
    _warn_of_corrections(table, found, findings)
    if found and set(cohort.employees.ids).isdisjoint(one for pair in found for one in pair):
        findings.warn(table.file, "nobody in these pairs is an employee now; is it a run of another cohort?")
    return {pair: found[pair] for pair in sorted(found)}


def _warn_of_corrections(table: Table, found: Mapping[IdPair, PlannedPair], findings: Findings) -> None:
    """Sessions that somebody added or took away since: they count as they stand."""
    said = table["sessions"].texts() if "sessions" in table.columns else []
    for row, (text, planned) in enumerate(zip(said, found.values(), strict=False)):
        if text.isdecimal() and int(text) != len(planned.sessions):
            message = f"says {text} sessions, {SESSIONS} holds {len(planned.sessions)}; those of {SESSIONS} count"
            findings.warn(table.file, message, table.line(row), "sessions")


def _days(table: Table, column: str, usual: int, findings: Findings) -> list[int]:
    """The dates of a column, days since 1970-01-01; `usual` where the run has no such column."""

    def day(text: str) -> int:
        found = day_of(text)
        if found is None:
            raise ValueError(f"{text!r} is no date like 2027-01-11")
        return found

    if column not in table.columns:
        return [usual] * len(table)
    days: list[int] = parsed(table, column, day, findings).tolist()
    return days


def _read_sessions(cohort: Cohort, table: Table, findings: Findings) -> dict[IdPair, tuple[Session, ...]]:
    """The sessions of each pair by time; one outside the programme, or twice, is a fault."""
    start, end = (parsed(table, column, minute_of, findings).tolist() for column in ("start", "end"))
    if findings.faults:
        return {}
    frame = cohort.programme.frame
    low = midnight_of(cohort.programme, day_number(frame.start))
    high = midnight_of(cohort.programme, day_number(frame.end) + 1)
    found: dict[IdPair, dict[int, Session]] = {}
    ids = zip(table["mentee_id"].texts(), table["mentor_id"].texts(), strict=True)
    for row, (pair, begin, stop) in enumerate(zip(ids, start, end, strict=True)):
        own = found.setdefault(pair, {})
        if not low <= begin < high:
            message = f"the session lies outside the programme ({frame.start} to {frame.end})"
            findings.fault(table.file, message, table.line(row), "start")
        if stop <= begin:
            findings.fault(table.file, "the end must come after the start", table.line(row), "end")
        if stop - begin > LONGEST:
            findings.fault(table.file, "the session takes more than a day", table.line(row), "end")
        if begin in own:
            findings.fault(table.file, "the session stands twice", table.line(row))
        own[begin] = Session(begin, stop - begin)
    return {pair: tuple(own[start] for start in sorted(own)) for pair, own in found.items()}


def _read_ended(tables: Mapping[str, Table]) -> tuple[tuple[str, ...], ...]:
    """The rows of ended.csv as they stand."""
    if ENDED not in tables:
        return ()
    columns = [list(map(plain_text, tables[ENDED][column].texts())) for column in ENDED_COLUMNS]
    return tuple(_rows(columns))


def _rows(columns: list[list[str]]) -> Iterator[tuple[str, ...]]:
    yield from zip(*columns, strict=True)

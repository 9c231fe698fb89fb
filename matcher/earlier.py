"""A plan in the tables of a run -> what of it has happened at a date, and what is agreed."""

from __future__ import annotations

import bisect
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from matcher.calendars import Grid, preferred_starts
from matcher.errors import Fault, InputError, MatcherError
from matcher.findings import Findings
from matcher.input_people import day_of, parsed
from matcher.model import Agreed, Cohort, Earlier, Pair, Session
from matcher.programme import Programme, day_date, day_number
from matcher.run_files import SUMMARY
from matcher.run_reading import minute_of, plain_text, run_table
from matcher.run_tables import read_summary
from matcher.tables import Table

BEFORE = "before"
PAIRS, SESSIONS, ENDED, HELD = "pairs.csv", "sessions.csv", "ended.csv", "held.csv"
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
GONE = -1
"""Stands for who is no employee any more among the people of a pair."""


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


@dataclass(frozen=True)
class Repair:
    """What is to be repaired: the cohort with the plan's past in it (`cohort.earlier`), the plan, the date.

    `sides` tells of each pair of the plan who of it is still an employee, `GONE` for who is not.
    """

    cohort: Cohort
    plan: Plan
    as_of: int
    midnight: int  # the instant at which the date begins
    sides: Mapping[IdPair, Pair] = field(default_factory=dict)

    @property
    def earlier(self) -> Earlier:
        """What the solver knows of the plan."""
        assert self.cohort.earlier is not None  # noqa: S101 - for the type checker
        return self.cohort.earlier

    def split(self, sessions: tuple[Session, ...]) -> tuple[tuple[Session, ...], tuple[Session, ...]]:
        """The sessions before the date, and those on it and after."""
        at = bisect.bisect_left(sessions, self.midnight, key=lambda session: session.start)
        return sessions[:at], sessions[at:]


# --- the commands -------------------------------------------------------------------------------------------


def begin_repair(cohort: Cohort, run: Path, as_of: dt.date) -> Repair:
    """Read a run, and put what of it has happened by a date into the cohort as it is now.

    Parameters
    ----------
    cohort
        As its files are now: whoever has left is no employee any more, refusals stand in pairs.csv.
    run
        The plan in force: what `matcher solve` or an earlier rematch wrote, sessions perhaps corrected since.
    as_of
        Sessions that start before its midnight have happened. A date before the programme counts as its first.

    Raises
    ------
    InputError
        With everything in the run's tables that cannot be used, each with its file and line; or if the run is one
        of another programme, or the date lies after its end or before that of the run's own rematch.
    MatcherError
        If there is no such run.
    """
    return repair_at(cohort, read_plan(cohort, run), as_of)


def repair_at(cohort: Cohort, plan: Plan, as_of: dt.date) -> Repair:
    """Do what `begin_repair` does with a plan that was read before.

    Raises
    ------
    InputError
        If the date lies after the programme's end or before that of the plan's own rematch.
    """
    day = max(day_number(as_of), day_number(cohort.programme.frame.start))
    _refuse_date(cohort.programme, plan, day)
    return _repair(cohort, plan, day)


def with_earlier(cohort: Cohort, run: Path) -> Cohort:
    """The cohort with the plan that a run has repaired; as it is where the run is no rematch, or damaged.

    What is damaged is for the check to report.
    """
    repair = repair_of(cohort, run)
    return cohort if repair is None else repair.cohort


def repair_of(cohort: Cohort, run: Path) -> Repair | None:
    """What a run has repaired, from its own folder `before`; None where it is no rematch, or damaged."""
    day, said = as_of_day(run), rematch_of(run)
    if day is None:
        return None
    try:
        plan = read_plan(cohort, run / BEFORE)
        earlier = said.get("earlier_as_of")
        as_of = day_of(earlier) if isinstance(earlier, str) else None
        return _repair(cohort, replace(plan, as_of=as_of), day)
    except (MatcherError, OSError):
        return None


def as_of_day(run: Path) -> int | None:
    """The date of a rematch (days since 1970-01-01), as its summary tells it; None where the run is none."""
    said = rematch_of(run).get("as_of")
    return day_of(said) if isinstance(said, str) else None


def rematch_of(run: Path) -> dict[str, Any]:
    """What summary.json says of the rematch; empty where the run is none."""
    try:
        summary = json.loads((run / SUMMARY).read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    said = summary.get("rematch") if isinstance(summary, dict) else None
    return said if isinstance(said, dict) else {}


# --- the past -----------------------------------------------------------------------------------------------


def _repair(cohort: Cohort, plan: Plan, day: int) -> Repair:
    midnight = midnight_of(cohort.programme, day)
    index = {employee_id: person for person, employee_id in enumerate(cohort.employees.ids)}
    sides = {ids: (index.get(ids[0], GONE), index.get(ids[1], GONE)) for ids in {**plan.held, **plan.pairs}}
    repair = Repair(cohort, plan, day, midnight, sides)
    agreed, held, liked = dict[Pair, Agreed](), dict[Pair, list[Session]](), Liked(cohort, plan)
    for ids, planned in plan.pairs.items():
        pair, (before, after) = sides[ids], repair.split(liked.marked(sides[ids], planned.sessions))
        if ends_because(cohort, pair, day):
            held.setdefault(pair, []).extend(before)
        else:
            agreed[pair] = Agreed(planned.start, before, after)
    for ids, sessions in plan.held.items():
        held.setdefault(sides[ids], []).extend(sessions)
    past = {pair: tuple(sorted(held[pair])) for pair in sorted(held) if held[pair] and pair != (GONE, GONE)}
    earlier = Earlier(day, {pair: agreed[pair] for pair in sorted(agreed)}, past)
    # Who is in a pair that may go on is a mentee, also where he lists nobody any more.
    mentees = np.union1d(cohort.mentees, np.array([mentee for mentee, _ in agreed], dtype=np.int64))
    return replace(repair, cohort=replace(cohort, mentees=mentees.astype(np.int64), earlier=earlier))


class Liked:
    """Which sessions of a plan lie in preferred hours, on the clocks of both people."""

    def __init__(self, cohort: Cohort, plan: Plan) -> None:
        self._zone = cohort.employees.zone.tolist()
        self._of: dict[tuple[int, int], set[int]] = {}
        sessions = {session for planned in plan.pairs.values() for session in planned.sessions}
        if not cohort.programme.calendar.preferred_windows:
            return
        for minutes in {session.minutes for session in sessions}:
            start = np.array(sorted({one.start for one in sessions if one.minutes == minutes}), dtype=np.int64)
            grid = Grid(start, np.zeros_like(start), np.zeros_like(start))
            for place, zone in enumerate(cohort.employees.zones):
                some = preferred_starts(cohort.programme, zone, grid, minutes)
                self._of[place, minutes] = set(start[some].tolist())

    def marked(self, pair: Pair, sessions: tuple[Session, ...]) -> tuple[Session, ...]:
        """The sessions of a pair, with the word whether both like their hours."""
        if not self._of or GONE in pair:
            return sessions
        zones = {self._zone[person] for person in pair}
        return tuple(
            one._replace(preferred=all(one.start in self._of[zone, one.minutes] for zone in zones))
            for one in sessions
        )


def ends_because(cohort: Cohort, pair: Pair, day: int) -> str:
    """Why a pair of the plan is not to go on whatever else is decided; "" if it may.

    A refusal counts from now on, also where it is dated later.
    """
    decision = cohort.decisions.get(pair)
    if decision is not None and decision.status is not None and decision.bars:
        return decision.status
    people = cohort.employees
    if GONE in pair or any(people.last_day[person] < day for person in pair):
        return "left"
    return ""


def midnight_of(programme: Programme, day: int) -> int:
    """The first instant of a date (days since 1970-01-01) on the programme's clock."""
    midnight = dt.datetime.combine(day_date(day), dt.time(), programme.zone)
    return int(midnight.timestamp()) // 60


def frame_of(programme: Programme) -> Frame:
    """The days and the clock of a programme."""
    frame = programme.frame
    return Frame(day_number(frame.start), day_number(frame.end), frame.timezone)


def _refuse_date(programme: Programme, plan: Plan, day: int) -> None:
    frame = programme.frame
    if day > day_number(frame.end):
        message = f"{day_date(day)} lies after the programme, which ends on {frame.end}"
        raise InputError([Fault("--as-of", message)])
    if plan.as_of is not None and day < plan.as_of:
        message = f"{day_date(day)} lies before {day_date(plan.as_of)}, the date of the rematch in {plan.place}"
        raise InputError([Fault("--as-of", message)])


# --- reading ------------------------------------------------------------------------------------------------


def read_plan(cohort: Cohort, folder: Path) -> Plan:
    """Read the tables of a plan: of a run, or of the folder `before` of a rematch.

    Raises
    ------
    InputError, MatcherError
        As `begin_repair` does.
    """
    findings = Findings()
    files = _read_files(folder, findings)
    own = _own_frame(folder.parent if folder.name == BEFORE else folder)
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
    pairs = _read_pairs(cohort, read[PAIRS], read[SESSIONS], own, findings)
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
            files[file] = (folder / file).read_bytes()
        except FileNotFoundError:
            if file in needed:
                findings.fault(str(folder / file), "cannot be read (No such file or directory)")
    if findings.faults:
        raise InputError(findings.faults)
    return files


def _own_frame(folder: Path) -> Mapping[str, Any]:
    """What the summary of a run says of its programme: `timezone`, and of a rematch `start` and `end`."""
    try:
        summary = json.loads((folder / SUMMARY).read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    said = rematch_of(folder)
    found = {"timezone": summary.get("timezone") if isinstance(summary, dict) else None, **said}
    return {key: found[key] for key in ("timezone", "start", "end") if isinstance(found.get(key), str)}


def _read_pairs(
    cohort: Cohort, table: Table, session_table: Table, own: Mapping[str, Any], findings: Findings
) -> dict[IdPair, PlannedPair]:
    """The pairs with their sessions, sorted."""
    frame = frame_of(cohort.programme)
    mentee, mentor, rank = (
        list(map(plain_text, table[column].texts())) for column in ("mentee_name", "mentor_name", "rank")
    )
    start = _days(table, "start", frame.start, findings)
    end = _days(table, "end", frame.end, findings)
    ids = list(zip(table["mentee_id"].texts(), table["mentor_id"].texts(), strict=True))
    if findings.faults or not _same_frame(cohort, table, own, (ids, start, end), findings):
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


def _same_frame(
    cohort: Cohort,
    table: Table,
    own: Mapping[str, Any],
    rows: tuple[list[IdPair], list[int], list[int]],
    findings: Findings,
) -> bool:
    """Whether the plan is one of this programme; a fault names both where it is not."""
    frame = frame_of(cohort.programme)
    first, last = _frame_of_pairs(cohort, *rows)
    first, last = (day_of(own.get(key, "")) or day for key, day in (("start", first), ("end", last)))
    plan = Frame(first, last, own.get("timezone", frame.zone))
    if plan != frame:
        findings.fault(
            table.file,
            f"the run is of a programme from {plan}, the cohort's is from {frame}; a rematch keeps both",
        )
    return plan == frame


def _frame_of_pairs(cohort: Cohort, ids: list[IdPair], start: list[int], end: list[int]) -> tuple[int, int]:
    """The first and last day of the programme that the engagements of a run tell of.

    Whoever joins late or leaves early says nothing; where nobody else is, the cohort's own frame stands in what
    the engagements allow.
    """
    frame, people = frame_of(cohort.programme), cohort.employees
    index = {employee_id: person for person, employee_id in enumerate(people.ids)}

    def usual(row: int) -> bool:
        persons = [index.get(one, GONE) for one in ids[row]]
        return GONE not in persons and all(
            people.first_day[person] <= frame.start and people.last_day[person] >= frame.end for person in persons
        )

    telling = [row for row in range(len(ids)) if usual(row)]
    first = Counter(start[row] for row in telling).most_common(1)
    last = Counter(end[row] for row in telling).most_common(1)
    found = (min([frame.start, *start]), max([frame.end, *end]))
    return (first[0][0] if first and found[0] == frame.start else found[0]), (
        last[0][0] if last and found[1] == frame.end else found[1]
    )


def _read_sessions(cohort: Cohort, table: Table, findings: Findings) -> dict[IdPair, tuple[Session, ...]]:
    """The sessions of each pair by time; one outside the programme, or twice, is a fault."""
    start, end = (parsed(table, column, minute_of, findings).tolist() for column in ("start", "end"))
    if findings.faults:
        return {}
    frame = cohort.programme.frame
    low = midnight_of(cohort.programme, day_number(frame.start))
    high = midnight_of(cohort.programme, day_number(frame.end) + 1)
    found: dict[IdPair, dict[int, Session]] = {}
    for row, pair in enumerate(zip(table["mentee_id"].texts(), table["mentor_id"].texts(), strict=True)):
        own, line = found.setdefault(pair, {}), table.line(row)
        if not low <= start[row] < high:
            message = f"the session lies outside the programme ({frame.start} to {frame.end})"
            findings.fault(table.file, message, line, "start")
        if end[row] <= start[row]:
            findings.fault(table.file, "the end must come after the start", line, "end")
        if start[row] in own:
            findings.fault(table.file, "the session stands twice", line)
        own[start[row]] = Session(start[row], end[row] - start[row])
    return {pair: tuple(own[start] for start in sorted(own)) for pair, own in found.items()}


def _read_ended(tables: Mapping[str, Table]) -> tuple[tuple[str, ...], ...]:
    """The rows of ended.csv as they stand."""
    if ENDED not in tables:
        return ()
    columns = [list(map(plain_text, tables[ENDED][column].texts())) for column in ENDED_COLUMNS]
    return tuple(_rows(columns))


def _rows(columns: list[list[str]]) -> Iterator[tuple[str, ...]]:
    yield from zip(*columns, strict=True)

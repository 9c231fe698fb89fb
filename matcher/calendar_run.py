"""The sessions of a run for its calendars: read from the files, and compared with what was sent."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from matcher.calendar_record import CALENDARS, INDEX, IdPair, read_record
from matcher.errors import Fault, InputError, MatcherError
from matcher.findings import Findings
from matcher.input_people import parsed
from matcher.invitations import Slot
from matcher.model import Cohort, IntArray
from matcher.plain_file import read_plain_text
from matcher.programme import day_date, is_timezone
from matcher.run_files import SUMMARY
from matcher.run_plans import as_of_day, frame_of, frame_told, rematch_of
from matcher.run_reading import count_of, differing_inputs, minute_of, run_table
from matcher.tables import Table

PAIRS, SESSIONS = "pairs.csv", "sessions.csv"
PAIR_COLUMNS = ("mentee_id", "mentor_id", "sessions")
SESSION_COLUMNS = ("mentee_id", "mentor_id", "number", "start", "end")


def check_belongs(cohort: Cohort, run: Path) -> tuple[Fault, ...]:
    """Warn of files of the cohort that are not those the run was solved from.

    Raises
    ------
    MatcherError
        If none of them is; of a workbook, if it is of another time or knows none of the run's pairs.
    """
    summary = json.loads(read_plain_text(run / SUMMARY))
    inputs = summary["inputs"] if isinstance(summary["inputs"], dict) else {}
    differing, foreign = differing_inputs(cohort.inputs, inputs)
    if foreign:
        raise MatcherError(
            f"{run}: was not solved from {cohort.folder}: {SUMMARY} holds the SHA-256 of no file in it"
        )
    if differing and len(cohort.inputs) == 1 and (strange := _strange(cohort, run, summary)):
        raise MatcherError(f"{run}: was not solved from {cohort.folder}: {strange}")
    message = (
        f"the run was solved from another version of {', '.join(differing)}; its sessions are taken as they "
        "stand, names, e-mail addresses and [invitations] as the cohort has them now ('matcher verify' tells "
        "whether the sessions still fit)"
    )
    return (Fault(SUMMARY, message, column="inputs"),) if differing else ()


def _strange(cohort: Cohort, run: Path, summary: Mapping[str, Any]) -> str:
    """Why a workbook cannot be a later version of the one that the run was solved from; "" if it may be."""
    frame = frame_of(cohort.programme)
    told = frame_told(summary, (), (), frame.zone)
    if told is not None and (told.end < frame.start or told.start > frame.end):
        return f"the run is of a programme from {told}, the workbook's is from {frame}"
    ids, choices = cohort.employees.ids, cohort.choices
    known = {(ids[mentee], ids[mentor]) for mentee, mentor in cohort.decisions}
    known |= {(ids[mentee], mentor) for mentee, mentor in zip(choices.mentee, choices.mentor_ids, strict=True)}
    pairs = run_table(run, PAIRS, PAIR_COLUMNS, Findings())
    made = (
        set() if pairs is None else set(zip(pairs["mentee_id"].texts(), pairs["mentor_id"].texts(), strict=True))
    )
    return "no pair of the run is among its choices or pairs" if made and made.isdisjoint(known) else ""


def read_sessions(cohort: Cohort, run: Path) -> dict[IdPair, list[Slot]]:
    """The sessions of every pair, in order of time.

    Raises
    ------
    InputError
        With everything for which no calendar can be made: unknown people, times that are none or lie outside the
        programme, pairs.csv and sessions.csv that contradict each other.
    """
    findings = Findings()
    table = run_table(run, SESSIONS, SESSION_COLUMNS, findings)
    pairs = run_table(run, PAIRS, PAIR_COLUMNS, findings)
    sessions: dict[IdPair, list[Slot]] = {}
    if table is not None and pairs is not None:
        sessions = _sessions(cohort, table, findings)
        _check_pairs(pairs, sessions, findings)
    if findings.faults:
        raise InputError(findings.faults)
    return {pair: sorted(slots) for pair, slots in sessions.items()}


def _sessions(cohort: Cohort, table: Table, findings: Findings) -> dict[IdPair, list[Slot]]:
    """The sessions of every pair as they stand in the file, each checked."""
    number = parsed(table, "number", count_of, findings)
    start, end = (parsed(table, column, minute_of, findings) for column in ("start", "end"))
    if not findings.faults:
        _check_times(cohort, table, start, end, findings)
    known, starts = set(cohort.employees.ids), set[tuple[str, str, int]]()
    sessions: dict[IdPair, list[Slot]] = {}
    rows = zip(
        *(table[column].texts() for column in ("mentee_id", "mentor_id")),
        *(column.tolist() for column in (start, end, number)),
        strict=True,
    )
    for row, (mentee, mentor, *slot) in enumerate(rows):
        for column, person in (("mentee_id", mentee), ("mentor_id", mentor)):
            if person not in known:
                findings.fault(table.file, f"{person!r} is no employee of the cohort", table.line(row), column)
        if (mentee, mentor, slot[0]) in starts:
            findings.fault(table.file, "the session stands twice", table.line(row))
        starts.add((mentee, mentor, slot[0]))
        sessions.setdefault((mentee, mentor), []).append(Slot(*slot))
    return sessions


def _check_times(cohort: Cohort, table: Table, start: IntArray, end: IntArray, findings: Findings) -> None:
    first, last = _bounds(cohort)
    for row in np.flatnonzero((start < first) | (end > last)).tolist():
        frame = cohort.programme.frame
        message = f"the session lies outside the programme ({frame.start} to {frame.end})"
        findings.fault(table.file, message, table.line(row), "start")
    for row in np.flatnonzero(end <= start).tolist():
        findings.fault(table.file, "the end must come after the start", table.line(row), "end")


def _bounds(cohort: Cohort) -> tuple[int, int]:
    """First and last minute of the programme, on its own clock."""
    frame, zone = cohort.programme.frame, cohort.programme.zone
    ends = (frame.start, frame.end + dt.timedelta(days=1))
    first, last = (int(dt.datetime.combine(day, dt.time(), zone).timestamp()) // 60 for day in ends)
    return first, last


def _check_pairs(table: Table, sessions: Mapping[IdPair, list[Slot]], findings: Findings) -> None:
    """Every pair must have as many sessions as pairs.csv says."""
    left = {pair: len(slots) for pair, slots in sessions.items()}
    wanted = parsed(table, "sessions", count_of, findings).tolist()
    ids = zip(table["mentee_id"].texts(), table["mentor_id"].texts(), strict=True)
    for row, (pair, number) in enumerate(zip(ids, wanted, strict=True)):
        found = left.pop(pair, 0)
        if found != number:
            message = f"says {number} of {' and '.join(pair)}, {SESSIONS} holds {found}"
            findings.fault(table.file, message, table.line(row), "sessions")
    for mentee, mentor in sorted(left):
        findings.fault(SESSIONS, f"{mentee} and {mentor} are no pair of {PAIRS}")


def _since(run: Path) -> int | None:
    """The instant at which the date of a rematch begins; None where the run is none."""
    day, zone = as_of_day(run), rematch_of(run).get("timezone")
    if day is None or not isinstance(zone, str) or not is_timezone(zone):
        return None
    return int(dt.datetime.combine(day_date(day), dt.time(), ZoneInfo(zone)).timestamp()) // 60


def misfit(run: Path) -> str:
    """What is wrong with the calendars of a run beside its sessions; "" where they fit or there are none."""
    if not (run / CALENDARS).exists():
        return ""
    findings = Findings()
    table = run_table(run, SESSIONS, SESSION_COLUMNS, findings)
    if table is None:
        return ""  # the check of the run itself says so
    try:
        events = read_record(run)
    except (InputError, OSError) as error:
        return f"{CALENDARS}/{INDEX} cannot be read, so nobody knows what was sent: {error}"
    sent = Counter((event.pair, event.start, event.end) for event in events if event.status == "confirmed")
    rows = zip(*(table[column].texts() for column in ("mentee_id", "mentor_id")), strict=True)
    times = (parsed(table, column, minute_of, findings).tolist() for column in ("start", "end"))
    now = Counter(zip(rows, *times, strict=True))
    if (since := _since(run)) is not None:  # what has taken place may have done so at another time than sent
        now, sent = (Counter({one: n for one, n in some.items() if one[1] >= since}) for some in (now, sent))
    missing, gone = (now - sent).total(), (sent - now).total()
    if not missing and not gone:
        return ""
    return (
        f"{CALENDARS}/ does not fit {SESSIONS}: of the sessions {missing} are not in it, of its events {gone} are "
        "no sessions any more; 'matcher calendars' brings it up to date"
    )

"""waiting.csv and history.csv: who waits in which order, and what the run was told of earlier quarters."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matcher.check_files import Table, check_order, whole_number
from matcher.check_rules import Roster
from matcher.model import History, Pair
from matcher.plain_file import read_plain
from matcher.programme import day_number

WAITING, HISTORY = "waiting.csv", "history.csv"
WAITING_COLUMNS = ("place", "mentee_id", "name", "priority", "lost", "reason")
HISTORY_COLUMNS = ("mentee_id", "mentor_id", "last_session", "lost")
TableReader = Callable[[str, tuple[str, ...]], Table]


def check_queue(
    read: TableReader, run: Path, roster: Roster, tables: tuple[Table, Table], summary: Mapping[str, Any]
) -> None:
    """Check both files as far as a run has them; `tables` are those of unmatched.csv and summary.json."""
    unmatched, said = tables
    if (run / WAITING).exists():  # older runs have none
        check_waiting(read(WAITING, WAITING_COLUMNS), roster, unmatched, summary.get("seed"))
    check_history(read, run, roster, summary, said)


# --- who waits ----------------------------------------------------------------------------------------------


def check_waiting(table: Table, roster: Roster, unmatched: Table, seed: object) -> None:
    """Check waiting.csv: everybody of unmatched.csv, by priority, by losses in a row, by the turn in the draw."""
    reasons = {row["mentee_id"]: row["reason"] for row in unmatched.rows()}
    lost = roster.cohort.history.lost if roster.cohort.history else {}
    priority = roster.cohort.employees.priority.tolist()
    start = roster.programme.frame.start
    lines: dict[str, int] = {}
    keys = list[tuple[tuple[int, int, str], int]]()
    for place, row in enumerate(table.rows(), start=1):
        name = row["mentee_id"]
        mentee = roster.person.get(name, -1)
        if name not in reasons or mentee < 0:
            table.fault(f"'{name}' is no mentee of unmatched.csv", row.line, "mentee_id")
            continue
        if name in lines:
            table.fault(f"the mentee already stands on line {lines[name]}", row.line, "mentee_id")
            continue
        lines[name] = row.line
        first, times = priority[mentee], lost.get(mentee, 0)
        expected = (place, roster.name(mentee), first, times, reasons[name])
        for column, cell in zip(("place", "name", "priority", "lost", "reason"), expected, strict=True):
            table.expect(row, column, str(cell))
        turn = hashlib.sha256(f"{seed}|{start}|{name}".encode()).hexdigest()
        keys.append(((-first, -times, turn), row.line))
    for name in reasons.keys() - lines.keys() if table.places else ():
        table.fault(f"'{name}' has no mentor, but no row here")
    check_order(table, keys, "priority, lost, turn in the draw")


# --- earlier quarters ---------------------------------------------------------------------------------------


def check_history(read: TableReader, run: Path, roster: Roster, summary: Mapping[str, Any], table: Table) -> None:
    """Check that history.csv is as it was written, and that the cohort was read with it.

    `table` is summary.json. Whether the earlier runs say so only they can tell.
    """
    history, noted = roster.cohort.history, summary.get("history")
    if noted is None and not (run / HISTORY).exists():
        if history is not None:
            table.fault("is missing, but the cohort was read with earlier quarters", column="history")
        return
    told = read(HISTORY, HISTORY_COLUMNS)
    if not isinstance(noted, dict) or not isinstance(noted.get("runs"), list) or not noted["runs"]:
        table.fault("must name the earlier runs and the SHA-256 of history.csv", column="history")
        return
    try:
        found = hashlib.sha256(read_plain(run / HISTORY)).hexdigest()
    except OSError:
        return  # which has been reported
    if noted.get("sha256") != found:
        table.fault("the SHA-256 is not that of history.csv", column="history")
    _check_runs(table, noted["runs"], roster)
    _check_rows(told, roster, history)


def _check_runs(table: Table, runs: list[Any], roster: Roster) -> None:
    """Earlier runs have begun before the programme, and stand in the order of their dates."""
    starts = [_day(run.get("start")) if isinstance(run, dict) else None for run in runs]
    known = [start for start in starts if start is not None]
    if len(known) < len(runs) or known != sorted(known):
        table.fault("the earlier runs must stand in the order of their first days", column="history")
    elif known[-1] >= day_number(roster.programme.frame.start):
        table.fault("an earlier run may not begin on the programme's first day or later", column="history")


def _check_rows(table: Table, roster: Roster, history: History | None) -> None:
    """Every row can be true, and the cohort was read with all of them."""
    lost, past = dict[int, int](), dict[Pair, int]()
    first, mentees = day_number(roster.programme.frame.start), set(roster.mentees)
    for row in table.rows():
        mentee, times, day = (
            roster.person.get(row["mentee_id"], -1),
            whole_number(row["lost"]),
            _day(row["last_session"]),
        )
        pair = mentee, roster.person.get(row["mentor_id"], -1)
        if not row["mentor_id"]:
            if mentee not in mentees or not times or times < 1 or row["last_session"] or mentee in lost:
                table.fault("must be a mentee once, and how many times in a row he was left out", row.line, "lost")
            else:
                lost[mentee] = times
        elif min(pair) < 0 or day is None or day >= first or row["lost"] or pair in past:
            message = "must be two employees once, and the date of their last session before the programme"
            table.fault(message, row.line, "last_session")
        else:
            past[pair] = day
            decision = roster.cohort.decisions.get(pair)
            if decision is None or not decision.past or (decision.last_session or 0) < day:
                table.fault("the cohort does not know that the two have met", row.line, "last_session")
    check_order(table, (((row["mentee_id"], row["mentor_id"]), row.line) for row in table.rows()), "ids")
    if history is None or dict(history.lost) != lost or dict(history.past) != past:
        table.fault("is not what the cohort was read with")


def _day(text: object) -> int | None:
    try:
        date = dt.date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return day_number(date) if date is not None and date.isoformat() == text else None

"""The runs of a sweep -> scenarios.csv, one row a case with its figures, and timings.csv with its seconds."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from matcher.case_run import Failed
from matcher.errors import InputError
from matcher.findings import Findings
from matcher.input_programme import KEYS, make_programme
from matcher.one_file import replace_file
from matcher.plain_file import read_plain_text
from matcher.programme import Programme
from matcher.run_files import BOM, TIMINGS, Cell, Table, csv_lines
from matcher.run_reading import plain_text, run_table
from matcher.run_tables import PAIRS, GoalFigures, read_summary
from matcher.scenarios import Base, Case
from matcher.sweep import Swept
from matcher.sweep_file import RUNS, SweepFolder

SCENARIOS, SECONDS = "scenarios.csv", "timings.csv"
REASONS = ("no_eligible_choice", "no_common_time", "mentors_full", "schedule_conflict", "draw")
WHERE_WANTED = ("priority", "minutes", "preferred")
FAULTS_SHOWN = 5

FIGURES = (
    *("status", "cut_short", "mentees", "mentees_paired", "mentees_bound", "pairs", "pairs_bound"),
    *("rank_kind", "rank_profile", "rank_bound", "rank_sum", "worst_rank", "sessions", "sessions_bound"),
)
"""Columns after those of the settings, in this order."""


@dataclass
class Row:
    """What is told of a case: its cells by column, and how many mentors have so many mentees."""

    cells: dict[str, Cell]
    loads: Mapping[int, int] = field(default_factory=dict)


def write_tables(base: Base, cases: Sequence[Case], folder: SweepFolder, swept: Swept) -> None:
    """Write both tables for every case that has a run or has failed; all figures come from the run folders."""
    told = [case for case in cases if case.name in swept.done or case.name in swept.failed]
    settings = base.settings()
    programmes = {
        case.name: make_programme(settings, {**base.overrides, **case.settings}, Findings()) for case in told
    }
    keys = _keys_set(cases)
    seeds = any(case.seed is not None for case in cases)
    rows, seconds = [], []
    for case in told:
        values = {key: _setting(programmes[case.name], case, key) for key in keys}
        begin: dict[str, Cell] = {"case": case.name, "about": case.about, **values}
        if seeds:
            begin["seed"] = case.seed
        failed = swept.failed.get(case.name)
        row = _failed_row(failed) if failed is not None else _row(folder, case)
        rows.append(Row(begin | row.cells, row.loads))
        if failed is None:
            seconds.append({"case": case.name, **_seconds(folder, case)})
    columns = ["case", "about", *keys, *(["seed"] if seeds else [])]
    found = programmes.get("base") or next(filter(None, programmes.values()), None)
    delimiter = "," if found is None else found.output.delimiter
    _write(folder, SCENARIOS, _table(columns, rows), delimiter)
    _write(folder, SECONDS, _timing_table(seconds), delimiter)


def _write(folder: SweepFolder, name: str, table: Table, delimiter: str) -> None:
    replace_file(folder.path / name, "".join(chain([BOM], csv_lines(table, delimiter))).encode())


# --- settings -----------------------------------------------------------------------------------------------


def _keys_set(cases: Iterable[Case]) -> list[str]:
    """The keys that any case sets, as the programme orders them."""
    keys = {key for case in cases for key in case.settings}
    return [key for key in KEYS if key in keys] + sorted(keys.difference(KEYS))


def _setting(programme: Programme | None, case: Case, key: str) -> Cell:
    """The value of a key in a case, set there or not."""
    section, _, name = key.partition(".")
    value = case.settings.get(key)
    if programme is not None and section != "columns":
        value = getattr(getattr(programme, "frame" if section == "programme" else section), name)
    return _in_cell(value)


def _in_cell(value: object) -> Cell:
    """A value of programme.toml as a cell.

    >>> _in_cell([45, 30]), _in_cell(True), _in_cell(dt.date(2027, 1, 11)), _in_cell(2)
    ('45; 30', 'true', '2027-01-11', 2)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, Sequence):
        return "; ".join(str(_in_cell(one)) for one in value)
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


# --- figures ------------------------------------------------------------------------------------------------


def _failed_row(failed: Failed) -> Row:
    return Row({"status": "failed", "error": error_line(failed)})


def error_line(failed: Failed) -> str:
    """What went wrong, in one line."""
    if not failed.faults:
        return "; ".join(line.strip() for line in failed.message.splitlines())
    lines = [f"{fault.source}: {fault}" for fault in failed.faults[:FAULTS_SHOWN]]
    if len(failed.faults) > FAULTS_SHOWN:
        lines.append(f"and {len(failed.faults) - FAULTS_SHOWN} more")
    return "; ".join(lines)


def _row(folder: SweepFolder, case: Case) -> Row:
    """Read the figures of a run.

    Raises
    ------
    InputError, MatcherError
        If somebody has changed the run since.
    """
    run = folder.runs / case.name
    summary = read_summary(run)
    counts, goals = summary.counts, {goal.name: goal for goal in summary.goals}
    profile = counts["rank_profile"]
    loads = _loads(folder, case)
    wanted = [name for name in WHERE_WANTED if name in goals]
    reasons = {f"unmatched_{reason}": counts["unmatched"].get(reason, 0) for reason in REASONS}
    rank = goals.get("rank")
    cells: dict[str, Cell] = {
        "status": summary.status,
        "cut_short": "yes" if summary.cut_short else "no",
        "mentees": counts["mentees"],
        "mentees_paired": counts["mentees_paired"],
        "mentees_bound": _bound(goals.get("mentees")),
        "pairs": counts["pairs"],
        "pairs_bound": _bound(goals.get("pairs")),
        "rank_kind": None if rank is None else rank.kind,
        "rank_profile": _spaced(profile),
        "rank_bound": _bound(rank),
        "rank_sum": sum(place * number for place, number in enumerate(profile, start=1)),
        "worst_rank": len(profile) or None,
        "sessions": counts["sessions"],
        "sessions_bound": _bound(goals.get("sessions")),
        **{column: cell for name in wanted for column, cell in _with_bound(goals[name]).items()},
        **_with_bound(goals["regularity"]),
        "unmatched": counts["mentees_unmatched"],
        **reasons,
        "mentors": sum(loads.values()),
        "largest_load": max(loads, default=0),
        "run": f"{RUNS}/{case.name}",
    }
    return Row(cells, loads)


def _with_bound(goal: GoalFigures) -> dict[str, Cell]:
    value = goal.value
    return {goal.name: _spaced(value) if isinstance(value, list) else value, f"{goal.name}_bound": _bound(goal)}


def _bound(goal: GoalFigures | None) -> Cell:
    if goal is None or goal.bound is None:
        return None
    return _spaced(goal.bound) if isinstance(goal.bound, list) else goal.bound


def _spaced(profile: Sequence[int]) -> str:
    return " ".join(map(str, profile))


def _loads(folder: SweepFolder, case: Case) -> dict[int, int]:
    """How many mentors have so many mentees."""
    run, findings = folder.runs / case.name, Findings()
    table = run_table(run, PAIRS, ("mentee_id", "mentor_id"), findings, place=str(run / PAIRS))
    if table is None or findings.faults:
        raise InputError(findings.faults)
    mentees = Counter(map(plain_text, table["mentor_id"].texts()))
    return dict(Counter(mentees.values()))


def _table(begin: Sequence[str], rows: Sequence[Row]) -> Table:
    """All rows with the same columns: those for goals and loads that any of them has."""
    used = {column for row in rows for column in row.cells}
    goals = [column for name in WHERE_WANTED for column in (name, f"{name}_bound") if column in used]
    most = max((max(row.loads, default=0) for row in rows), default=0)
    loads = {f"load_{number}": number for number in range(1, most + 1)}
    columns = [
        *(*begin, *FIGURES, *goals, "regularity", "regularity_bound"),
        *("unmatched", *(f"unmatched_{reason}" for reason in REASONS), "mentors", *loads),
        *("largest_load", "error", "run"),
    ]
    for row in rows:
        if row.loads:
            row.cells |= {column: row.loads.get(number, 0) for column, number in loads.items()}
    return {column: [row.cells.get(column) for row in rows] for column in columns}


# --- seconds ------------------------------------------------------------------------------------------------


def _seconds(folder: SweepFolder, case: Case) -> dict[str, Any]:
    """What timings.json says, and the sum; nothing where it is damaged."""
    try:
        seconds = json.loads(read_plain_text(folder.runs / case.name / TIMINGS))
        return {**seconds, "total": round(sum(seconds.values()), 3)}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _timing_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    stages = sorted({name for row in rows for name in row} - {"case", "total"})
    columns = ("case", *stages, "total")
    return {column: [str(row[column]) if column in row else None for row in rows] for column in columns}

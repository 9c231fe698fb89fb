"""What stands in a run folder: pairs, sessions, unmatched, choices, summary and timings."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from matcher.model import Cohort, Goal, Session, Solution, SolvedPair

PAIR_COLUMNS = (
    "mentee_id", "mentee_name", "mentor_id", "mentor_name", "rank", "level_gap", "same_function",
    "sessions", "first_session", "last_session", "source", "start", "end",
)  # fmt: skip
SESSION_COLUMNS = ("mentee_id", "mentor_id", "number", "start", "end", "minutes")
UNMATCHED_COLUMNS = ("mentee_id", "name", "reason", "explanation")
CHOICE_COLUMNS = ("mentee_id", "mentor_id", "rank", "outcome", "detail")
SUMMARY, TIMINGS = "summary.json", "timings.json"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PACKAGES = {"matcher": "mentoring-matcher"} | {
    name: name for name in ("ortools", "pandas", "numpy", "pydantic", "tzdata")
}

Cell = str | int | None
"""Text, a whole number, or None for an empty cell."""


def write_files(cohort: Cohort, solution: Solution, folder: Path, options: Mapping[str, Any]) -> None:
    """Write every file of the run into a folder that exists, and make them last."""
    tables = {
        "pairs.csv": (PAIR_COLUMNS, _pair_rows(cohort, solution)),
        "sessions.csv": (SESSION_COLUMNS, _session_rows(cohort, solution)),
        "unmatched.csv": (UNMATCHED_COLUMNS, _unmatched_rows(cohort, solution)),
        "choices.csv": (CHOICE_COLUMNS, _choice_rows(cohort, solution)),
    }
    for name, (columns, rows) in tables.items():
        text = csv_text([columns, *rows], cohort.programme.output.delimiter)
        _write_text(folder / name, text, encoding="utf-8-sig")
    _write_text(folder / SUMMARY, _json(_summary(cohort, solution, options)))
    timings = {name: round(seconds, 3) for name, seconds in sorted(solution.seconds.items())}
    _write_text(folder / TIMINGS, _json(timings))


def _write_text(path: Path, text: str, encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def csv_text(rows: Iterable[Sequence[Cell]], delimiter: str) -> str:
    r"""Rows as CSV with LF; text that a spreadsheet would take for a formula gets a leading apostrophe.

    >>> csv_text([("name", "gap"), ("=1+1", -1)], ",")
    "name,gap\n'=1+1,-1\n"
    """
    return "".join(delimiter.join(_cell(value, delimiter) for value in row) + "\n" for row in rows)


def _cell(value: Cell, delimiter: str) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = f"'{value}" if value.startswith(FORMULA_STARTS) else value
    # The csv module leaves a lone CR unquoted, which its own reader then takes for the end of the row.
    if any(char in text for char in (delimiter, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _pair_rows(cohort: Cohort, solution: Solution) -> list[tuple[Cell, ...]]:
    people, frame = cohort.employees, cohort.programme.frame
    rows: list[tuple[Cell, ...]] = []
    for pair in sorted(solution.pairs, key=lambda pair: (pair.mentee, pair.mentor)):
        dates = [_local(session.start, cohort).date().isoformat() for session in sorted(pair.sessions)]
        rows.append((
            people.ids[pair.mentee],
            people.names[pair.mentee],
            people.ids[pair.mentor],
            people.names[pair.mentor],
            pair.rank,
            int(people.level[pair.mentor] - people.level[pair.mentee]),
            "yes" if people.function[pair.mentor] == people.function[pair.mentee] else "no",
            len(dates),
            dates[0],
            dates[-1],
            "locked" if pair.locked else "chosen",
            frame.start.isoformat(),
            frame.end.isoformat(),
        ))  # fmt: skip
    return rows


def _session_rows(cohort: Cohort, solution: Solution) -> list[tuple[Cell, ...]]:
    def order(entry: tuple[Session, int, SolvedPair]) -> tuple[int, int, int]:
        session, _, pair = entry
        return session.start, pair.mentee, pair.mentor

    people, entries = cohort.employees, list[tuple[Session, int, SolvedPair]]()
    for pair in solution.pairs:
        entries += [(session, number, pair) for number, session in enumerate(sorted(pair.sessions), start=1)]
    rows: list[tuple[Cell, ...]] = []
    for session, number, pair in sorted(entries, key=order):
        ends = [_local(instant, cohort).isoformat(timespec="minutes") for instant in (session.start, session.end)]
        rows.append((people.ids[pair.mentee], people.ids[pair.mentor], number, *ends, session.minutes))
    return rows


def _unmatched_rows(cohort: Cohort, solution: Solution) -> list[tuple[Cell, ...]]:
    people = cohort.employees
    return [
        (people.ids[mentee], people.names[mentee], why.code, why.sentence)
        for mentee, why in sorted(solution.unmatched.items())
    ]


def _choice_rows(cohort: Cohort, solution: Solution) -> list[tuple[Cell, ...]]:
    choices, ids = cohort.choices, cohort.employees.ids
    listed = zip(choices.mentee.tolist(), choices.mentor_ids, choices.rank.tolist(), strict=True)
    return [
        (ids[mentee], mentor_id, rank, outcome.code, outcome.sentence)
        for (mentee, mentor_id, rank), outcome in zip(listed, solution.outcomes, strict=True)
    ]


def _local(instant: int, cohort: Cohort) -> dt.datetime:
    """The instant on the programme's clock."""
    return dt.datetime.fromtimestamp(instant * 60, tz=cohort.programme.zone)


# --- summary.json -------------------------------------------------------------------------------------------


def _summary(cohort: Cohort, solution: Solution, options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": solution.status,
        "cut_short": solution.cut_short,
        "interrupted": solution.interrupted,
        "goals": [_goal(goal) for goal in solution.goals],
        "counts": _counts(cohort, solution),
        "seed": solution.seed,
        "options": {"set": dict(sorted(cohort.overrides.items())), **dict(sorted(options.items()))},
        "versions": _versions(),
        "inputs": dict(sorted(cohort.inputs.items())),
    }


def _goal(goal: Goal) -> dict[str, Any]:
    kind = {} if goal.kind is None else {"kind": goal.kind}
    return {"name": goal.name, **kind, "value": goal.value, "bound": goal.bound, "status": goal.status}


def _counts(cohort: Cohort, solution: Solution) -> dict[str, Any]:
    """How many of everything; the solver's own figures after ours."""
    ranks = Counter(pair.rank for pair in solution.pairs if pair.rank is not None)
    sessions = [session for pair in solution.pairs for session in pair.sessions]
    ours = {
        "employees": len(cohort.employees),
        "mentees": len(cohort.mentees),
        "choices": len(cohort.choices),
        "mentees_paired": len({pair.mentee for pair in solution.pairs}),
        "mentees_unmatched": len(solution.unmatched),
        "pairs": len(solution.pairs),
        "locked": sum(pair.locked for pair in solution.pairs),
        "sessions": len(sessions),
        "minutes": sum(session.minutes for session in sessions),
        "rank_profile": [ranks[rank] for rank in range(1, max(ranks, default=0) + 1)],
        "unmatched": dict(sorted(Counter(why.code for why in solution.unmatched.values()).items())),
        "outcomes": dict(sorted(Counter(outcome.code for outcome in solution.outcomes).items())),
    }
    return ours | {name: n for name, n in sorted(solution.counts.items()) if name not in ours}


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name, package in PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _json(data: object) -> str:
    """JSON in a fixed form: indented, as written, dates in words."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> object:
    """Numbers of numpy as numbers, dates and times as text."""
    return value.item() if isinstance(value, np.generic) else str(value)

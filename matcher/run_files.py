"""What stands in a run folder: pairs, sessions, unmatched, choices, summary and timings."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from matcher.classes import class_key, class_name, make_classes
from matcher.lots import places_in_draw
from matcher.model import Cohort, Goal, History, IntArray, Price, Session, Solution, SolvedPair
from matcher.one_file import write_file
from matcher.programme import day_date

SUMMARY, TIMINGS, CERTIFICATE = "summary.json", "timings.json", "certificate.json"
PRICES, HISTORY, WAITING = "prices.csv", "history.csv", "waiting.csv"
FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # the last are full width
BOM = "\ufeff"
PACKAGES = {"matcher": "mentoring-matcher"} | {
    name: name for name in ("ortools", "pandas", "numpy", "pydantic", "holidays", "tzdata")
}

Cell = str | int | None
"""Text, a whole number, or None for an empty cell."""


class Coded(NamedTuple):
    """A column of few values for many rows: row i has `values[places[i]]`."""

    values: Sequence[Cell]
    places: IntArray


Table = Mapping[str, Sequence[Cell] | Coded]
"""Columns by name, all of one length."""


class Beside(NamedTuple):
    """What a run has beside its solution: further files by their path in it, further keys of its summary."""

    files: Mapping[str, bytes]
    summary: Mapping[str, Any]


def write_files(
    cohort: Cohort,
    solution: Solution,
    folder: Path,
    options: Mapping[str, Any],
    beside: Beside | None = None,
) -> None:
    """Write every file of the run into a folder that exists, and make them last.

    timings.json comes last, so it can tell how long the others took.
    """
    more = beside or Beside({}, {})
    begin = time.monotonic()
    for name, table in tables_of(cohort, solution):
        _write_table(cohort, table, folder / name)
    _write_text(folder / CERTIFICATE, [_flat_json(solution.certificate)])
    for name, content in more.files.items():
        _write_bytes(folder / name, content)
    _write_text(folder / SUMMARY, [summary_text(cohort, solution, options, more.summary)])
    seconds = {**solution.seconds, "writing": time.monotonic() - begin}
    timings = {name: round(spent, 3) for name, spent in sorted(seconds.items())}
    _write_text(folder / TIMINGS, [_json(timings)])


def _write_table(cohort: Cohort, table: Table, path: Path) -> None:
    _write_text(path, chain([BOM], csv_lines(table, cohort.programme.output.delimiter)))


def _write_text(path: Path, parts: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


def _write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    write_file(path, content)


# --- CSV ----------------------------------------------------------------------------------------------------


def csv_lines(table: Table, delimiter: str) -> Iterator[str]:
    r"""Header and rows as CSV with LF; text that a spreadsheet would take for a formula gets a leading apostrophe.

    >>> list(csv_lines({"name": ["=1+1", "Eve"], "gap": Coded([None, -1], np.array([1, 0]))}, ","))
    ['name,gap\n', "'=1+1,-1\n", 'Eve,\n']
    """
    columns = [_cells(column, delimiter) for column in table.values()]
    yield delimiter.join(table) + "\n"
    yield from (delimiter.join(row) + "\n" for row in zip(*columns, strict=True))


def _cells(column: Sequence[Cell] | Coded, delimiter: str) -> list[str]:
    """The column as it stands in the file; what repeats is made once."""
    if isinstance(column, Coded):
        made = np.array([_cell(value, delimiter) for value in column.values], dtype=object)
        cells: list[str] = made[column.places].tolist()
        return cells
    cell_of = {value: _cell(value, delimiter) for value in set(column)}
    return [cell_of[value] for value in column]


def _cell(value: Cell, delimiter: str) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    # One that has an apostrophe there already gets another, so that readers can tell the two apart.
    text = f"'{value}" if value.lstrip("'").startswith(FORMULA_STARTS) else value
    # The csv module leaves a lone CR unquoted, which its own reader then takes for the end of the row.
    if delimiter in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


# --- the tables ---------------------------------------------------------------------------------------------


def tables_of(cohort: Cohort, solution: Solution) -> Iterator[tuple[str, Table]]:
    """Every table of the run with the name of its file, one after the other as they may be large."""
    for name, make in TABLES.items():
        yield name, make(cohort, solution)
    if cohort.history is not None:
        yield HISTORY, history_table(cohort, cohort.history)
    if solution.prices is not None:
        yield PRICES, _price_table(cohort, solution.prices)


def _pair_table(cohort: Cohort, solution: Solution) -> Table:
    people, frame, pairs = cohort.employees, cohort.programme.frame, _in_order(solution)
    mentee, mentor = _people_of(pairs)
    level_gap = people.level[mentor] - people.level[mentee]
    same_function = people.function[mentor] == people.function[mentee]
    first = np.array([min(pair.sessions).start for pair in pairs], dtype=np.int64)
    last = np.array([max(pair.sessions).start for pair in pairs], dtype=np.int64)
    return {
        "mentee_id": Coded(people.ids, mentee),
        "mentee_name": Coded(people.names, mentee),
        "mentor_id": Coded(people.ids, mentor),
        "mentor_name": Coded(people.names, mentor),
        "rank": [pair.rank for pair in pairs],
        "level_gap": level_gap.tolist(),
        "same_function": np.where(same_function, "yes", "no").tolist(),
        "sessions": [len(pair.sessions) for pair in pairs],
        "first_session": _clock(first, cohort, lambda moment: moment.date().isoformat()),
        "last_session": _clock(last, cohort, lambda moment: moment.date().isoformat()),
        "source": ["locked" if pair.locked else "chosen" for pair in pairs],
        "start": [_date_or(pair.start, frame.start) for pair in pairs],
        "end": [_date_or(pair.end, frame.end) for pair in pairs],
        "standing": [pair.standing for pair in pairs],
    }


def _date_or(day: int | None, usual: dt.date) -> str:
    """The date of a day in days since 1970-01-01, the usual one where there is none."""
    return (usual if day is None else day_date(day)).isoformat()


def _session_table(cohort: Cohort, solution: Solution) -> Table:
    ids, pairs = cohort.employees.ids, _in_order(solution)
    sessions = [sorted(pair.sessions) for pair in pairs]
    flat = chain.from_iterable(chain.from_iterable(sessions))
    start, minutes = np.fromiter(flat, dtype=np.int64).reshape(-1, len(Session._fields)).T[:2]
    order = np.argsort(start, kind="stable")  # what starts together stays in the order of pairs
    start, minutes = start[order], minutes[order]
    sizes = np.array([len(own) for own in sessions], dtype=np.int64)
    number = 1 + np.arange(len(start)) - np.repeat(sizes.cumsum() - sizes, sizes)
    mentee, mentor = (np.repeat(person, sizes)[order] for person in _people_of(pairs))
    return {
        "mentee_id": Coded(ids, mentee),
        "mentor_id": Coded(ids, mentor),
        "number": Coded(range(1 + sizes.max(initial=0)), number[order]),
        "start": _clock(start, cohort, lambda moment: moment.isoformat(timespec="minutes")),
        "end": _clock(start + minutes, cohort, lambda moment: moment.isoformat(timespec="minutes")),
        "minutes": Coded(range(1 + minutes.max(initial=0)), minutes),
    }


def _unmatched_table(cohort: Cohort, solution: Solution) -> Table:
    people, unmatched = cohort.employees, dict(sorted(solution.unmatched.items()))
    return {
        "mentee_id": [people.ids[mentee] for mentee in unmatched],
        "name": [people.names[mentee] for mentee in unmatched],
        "reason": [why.code for why in unmatched.values()],
        "explanation": [why.sentence for why in unmatched.values()],
        "eligible_choices": [why.eligible_choices for why in unmatched.values()],
        "competitors": [why.competitors for why in unmatched.values()],
        "places": [why.places for why in unmatched.values()],
        "smallest_change": [why.smallest_change for why in unmatched.values()],
        "suggestions": ["; ".join(map(people.label, why.suggestions)) for why in unmatched.values()],
        "group": [None if why.group is None else why.group + 1 for why in unmatched.values()],
        "contested_mentors": ["; ".join(people.ids[one] for one in why.contested) for why in unmatched.values()],
    }


def _choice_table(cohort: Cohort, solution: Solution) -> Table:
    choices, ids = cohort.choices, cohort.employees.ids
    return {
        "mentee_id": Coded(ids, choices.mentee),
        "mentor_id": choices.mentor_ids,
        "rank": choices.rank.tolist(),
        "outcome": [outcome.code for outcome in solution.outcomes],
        "detail": [outcome.sentence for outcome in solution.outcomes],
        "standing": solution.standing,
    }


def _bottleneck_table(cohort: Cohort, solution: Solution) -> Table:
    people, groups = cohort.employees, solution.groups
    rows = sorted(
        solution.bottlenecks, key=lambda row: (len(groups) if row.group is None else row.group, row.mentor)
    )
    load = Counter(pair.mentor for pair in solution.pairs)
    of = [None if row.group is None else groups[row.group] for row in rows]
    return {
        "mentor_id": [people.ids[row.mentor] for row in rows],
        "name": [people.names[row.mentor] for row in rows],
        "places": people.capacity[[row.mentor for row in rows]].tolist() if rows else [],
        "mentees": [load[row.mentor] for row in rows],
        "wanted": [row.wanted for row in rows],
        "group": [None if row.group is None else row.group + 1 for row in rows],
        "group_mentors": [group and group.mentors for group in of],
        "group_mentees": [group and group.mentees for group in of],
        "group_places": [group and group.places for group in of],
        "shortage": [group and group.mentees - group.places for group in of],
        "gain_mentees": [row.gain_mentees for row in rows],
        "gain_pairs": [row.gain_pairs for row in rows],
        **({"gain_priority": [row.gain_priority for row in rows]} if make_classes(cohort) else {}),
        "gain_ranks": [row.gain_ranks for row in rows],
        "gain_proven": ["yes" if row.proven else "at most" for row in rows],
    }


def _price_table(cohort: Cohort, prices: Sequence[Price]) -> Table:
    return {
        "what": [price.what for price in prices],
        "subject": [" with ".join(map(cohort.employees.label, price.pair or ())) for price in prices],
        "now": [price.now for price in prices],
        "relaxed": [price.relaxed for price in prices],
        "mentees": [price.mentees for price in prices],
        "pairs": [price.pairs for price in prices],
        **({"priority": [price.priority for price in prices]} if make_classes(cohort) else {}),
        "ranks": [price.ranks for price in prices],
        "sessions": [price.sessions for price in prices],
        "status": [price.status for price in prices],
    }


def history_table(cohort: Cohort, history: History) -> Table:
    """What a run keeps of earlier quarters: losses in a row, and past pairs with their last session."""
    ids = cohort.employees.ids
    rows: list[tuple[Cell, ...]] = [(ids[mentee], "", "", times) for mentee, times in history.lost.items()]
    for (mentee, mentor), day in history.past.items():
        rows.append((ids[mentee], ids[mentor], day_date(day).isoformat(), None))
    rows.sort(key=lambda row: row[:2])
    columns = list(zip(*rows, strict=True)) or [()] * 4
    return dict(zip(("mentee_id", "mentor_id", "last_session", "lost"), columns, strict=True))


def waiting(cohort: Cohort, mentees: Iterable[int], seed: int) -> list[int]:
    """Mentees without a mentor in the order in which they wait: priority, losses in a row, turn in the draw."""
    goals = cohort.programme.goals.model_copy(update={"seed": seed})
    turn = places_in_draw(cohort.programme.model_copy(update={"goals": goals}), cohort.employees.ids)
    return sorted(mentees, key=lambda mentee: (*(-part for part in class_key(cohort, mentee)), turn[mentee]))


def _waiting_table(cohort: Cohort, solution: Solution) -> Table:
    people, order = cohort.employees, waiting(cohort, solution.unmatched, solution.seed)
    keys = [class_key(cohort, mentee) for mentee in order]
    return {
        "place": list(range(1, len(order) + 1)),
        "mentee_id": [people.ids[mentee] for mentee in order],
        "name": [people.names[mentee] for mentee in order],
        "priority": [priority for priority, _ in keys],
        "lost": [lost for _, lost in keys],
        "reason": [solution.unmatched[mentee].code for mentee in order],
    }


TABLES: Mapping[str, Callable[[Cohort, Solution], Table]] = {
    "pairs.csv": _pair_table,
    "sessions.csv": _session_table,
    "unmatched.csv": _unmatched_table,
    "choices.csv": _choice_table,
    "bottlenecks.csv": _bottleneck_table,
    WAITING: _waiting_table,
}


def _in_order(solution: Solution) -> list[SolvedPair]:
    return sorted(solution.pairs, key=attrgetter("mentee", "mentor"))


def _people_of(pairs: Sequence[SolvedPair]) -> tuple[IntArray, IntArray]:
    mentee = np.array([pair.mentee for pair in pairs], dtype=np.int64)
    return mentee, np.array([pair.mentor for pair in pairs], dtype=np.int64)


def _clock(instants: IntArray, cohort: Cohort, form: Callable[[dt.datetime], str]) -> Coded:
    """The instants on the programme's clock; they repeat, as sessions start on a grid."""
    distinct, places = np.unique(instants, return_inverse=True)
    moments = (dt.datetime.fromtimestamp(instant * 60, tz=cohort.programme.zone) for instant in distinct.tolist())
    return Coded([form(moment) for moment in moments], places)


# --- summary.json -------------------------------------------------------------------------------------------


def summary_text(
    cohort: Cohort, solution: Solution, options: Mapping[str, Any], more: Mapping[str, Any] | None = None
) -> str:
    """What stands in summary.json, `more` at its end."""
    return _json({**_summary(cohort, solution, options), **(more or {})})


def _summary(cohort: Cohort, solution: Solution, options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": solution.status,
        "cut_short": solution.cut_short,
        "interrupted": solution.interrupted,
        "goals": [_goal(goal) for goal in solution.goals],
        "counts": _counts(cohort, solution),
        "seed": solution.seed,
        "timezone": cohort.programme.frame.timezone,
        "programme": {"start": str(cohort.programme.frame.start), "end": str(cohort.programme.frame.end)},
        "options": {"set": dict(sorted(cohort.overrides.items())), **dict(sorted(options.items()))},
        "versions": versions(),
        "inputs": dict(sorted(cohort.inputs.items())),
        **({} if cohort.history is None else {"history": _history(cohort, cohort.history)}),
    }


def _history(cohort: Cohort, history: History) -> dict[str, Any]:
    """The runs of earlier quarters, and the SHA-256 of what is kept of them."""
    lines = chain([BOM], csv_lines(history_table(cohort, history), cohort.programme.output.delimiter))
    content = "".join(lines).encode()
    return {"runs": list(history.runs), "sha256": hashlib.sha256(content).hexdigest()}


def _goal(goal: Goal) -> dict[str, Any]:
    kind = {} if goal.kind is None else {"kind": goal.kind}
    return {"name": goal.name, **kind, "value": goal.value, "bound": goal.bound, "status": goal.status}


def _counts(cohort: Cohort, solution: Solution) -> dict[str, Any]:
    """How many of everything; the solver's own figures after ours."""
    ranks, classes = Counter(pair.rank for pair in solution.pairs if pair.rank is not None), make_classes(cohort)
    sizes = classes.counts(cohort.mentees.tolist()) if classes else ()
    ours = {
        "employees": len(cohort.employees),
        "mentees": len(cohort.mentees),
        "choices": len(cohort.choices),
        "mentees_paired": len({pair.mentee for pair in solution.pairs}),
        "mentees_unmatched": len(solution.unmatched),
        "pairs": len(solution.pairs),
        "locked": sum(pair.locked for pair in solution.pairs),
        "sessions": sum(len(pair.sessions) for pair in solution.pairs),
        "minutes": sum(session.minutes for pair in solution.pairs for session in pair.sessions),
        **({"classes": dict(zip(map(class_name, classes.keys), sizes, strict=True))} if classes else {}),
        "rank_profile": [ranks[rank] for rank in range(1, max(ranks, default=0) + 1)],
        "unmatched": dict(sorted(Counter(why.code for why in solution.unmatched.values()).items())),
        "outcomes": dict(sorted(Counter(outcome.code for outcome in solution.outcomes).items())),
    }
    return ours | {name: n for name, n in sorted(solution.counts.items()) if name not in ours}


def versions() -> dict[str, str]:
    """Versions of Python and of every library that an answer may depend on."""
    return dict(_versions())


@functools.cache
def _versions() -> Mapping[str, str]:
    """The same, looked up once: each takes a millisecond, and a sweep may ask for them 100,000 times."""
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


def _flat_json(data: Mapping[str, object]) -> str:
    """JSON with one line a key: there may be thousands of short lists."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in data.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _plain(value: object) -> object:
    """Numbers of numpy as numbers, dates and times as text."""
    return value.item() if isinstance(value, np.generic) else str(value)

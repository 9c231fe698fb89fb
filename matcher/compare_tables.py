"""A comparison -> the CSV files: figures of each run, changes of each mentee, sessions of each pair that moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from matcher.compare import Compared, Comparison
from matcher.compare_figures import GOALS, NOT_ALWAYS, REASONS, spaced
from matcher.differences import Fate, Mentors, plain_value
from matcher.run_files import BOM, Cell, Table, csv_lines

FIGURES, CHANGES, MOVED = "figures.csv", "changes.csv", "moved.csv"


def make_tables(comparison: Comparison) -> dict[str, bytes]:
    """The content of each file by its name."""
    tables = {FIGURES: figure_table, CHANGES: change_table, MOVED: moved_table}
    return {
        name: "".join(chain([BOM], csv_lines(make(comparison), comparison.delimiter))).encode()
        for name, make in tables.items()
    }


# --- a row for each run -------------------------------------------------------------------------------------


def figure_table(comparison: Comparison) -> Table:
    """The figures, bounds, what is otherwise than in the first run, and the keys that were not set alike."""
    rows = [_row(comparison, run) for run in comparison.runs]
    return {column: [row[column] for row in rows] for column in rows[0]}


def _row(comparison: Comparison, run: Compared) -> dict[str, Cell]:
    own, found = run.figures, run.differences
    row: dict[str, Cell] = {
        "run": run.name,
        "status": own.status,
        "cut_short": "yes" if own.cut_short else "no",
        "mentees": own.mentees,
        "mentees_paired": own.served,
        "mentees_unmatched": own.without,
        "pairs": own.pairs,
        "rank_profile": spaced(own.ranks),
        "unranked_pairs": own.off_list,
        "rank_sum": own.rank_sum,
        "worst_rank": own.worst_rank,
        "mean_rank": None if own.mean_rank is None else f"{own.mean_rank:.3f}",
        "sessions": own.sessions,
        "regularity": own.regularity,
        **{f"unmatched_{code}": own.unmatched.get(code, 0) for code in REASONS},
        "mentors": own.mentors,
        "load_profile": spaced(own.load),
    }
    more = [name for name in NOT_ALWAYS if any(name in one.figures.bounds for one in comparison.runs)]
    for goal in (*GOALS, *more):
        bound = own.bounds.get(goal)
        row[f"bound_{goal}"] = spaced(bound.bound) if bound else None
        row[f"proven_{goal}"] = ("yes" if bound.proven else "no") if bound else None
    row |= {f"mentees_{kind}": count for kind, count in found.counts().items()}
    row |= {f"pairs_{kind}": count for kind, count in found.pairs.items()}
    row |= {f"sessions_{kind}": count for kind, count in found.sessions.items()}
    row |= {"inputs_differ": " ".join(run.inputs), "seed": own.seed}
    settings = run.settings
    return row | {f"set {key}": plain_value(settings[key]) if key in settings else None for key in comparison.keys}


# --- a row for each mentee for whom something is otherwise --------------------------------------------------


def change_table(comparison: Comparison) -> Table:
    """Who fares otherwise than in the first run, and why; several mentors stand with semicolons between."""
    rows = [(run.name, told) for run in comparison.others for told in run.told]
    changes = [told.change for _run, told in rows]
    return {
        "run": [name for name, _told in rows],
        "mentee_id": [change.mentee for change in changes],
        "name": [told.name for _run, told in rows],
        "change": [change.kind for change in changes],
        "mentor_before": [_ids(change.before) for change in changes],
        "rank_before": [_ranks(change.before) for change in changes],
        "mentor_now": [_ids(change.now) for change in changes],
        "rank_now": [_ranks(change.now) for change in changes],
        "reason": [_outcomes(change.deciding) for change in changes],
        "former_now": [_outcomes(change.former) for change in changes],
        "new_before": [_outcomes(change.new) for change in changes],
        "unmatched": [told.unmatched for _run, told in rows],
        "explanation": [told.csv for _run, told in rows],
    }


def _ids(mentors: Mentors) -> str:
    return "; ".join(mentor for mentor, _rank in mentors)


def _ranks(mentors: Mentors) -> Cell:
    if len(mentors) == 1:
        return mentors[0][1] or None
    return "; ".join(str(rank or "-") for _mentor, rank in mentors)


def _outcomes(fates: Sequence[Fate]) -> str:
    return "; ".join(fate.outcome for fate in fates)


def moved_table(comparison: Comparison) -> Table:
    """The pairs of both runs whose sessions are not all at the same time and of the same length."""
    rows = [(run.name, row) for run in comparison.others for row in run.differences.moved]
    columns: dict[str, list[Cell]] = {"run": [name for name, _row in rows]}
    for column in ("mentee_id", "mentor_id"):
        columns[column] = [getattr(row, column.removesuffix("_id")) for _name, row in rows]
    for column in ("kept", "moved", "added", "dropped", "resized"):
        columns[column] = [getattr(row, column) for _name, row in rows]
    return columns


# --- all of it for programs ---------------------------------------------------------------------------------


def as_data(comparison: Comparison) -> dict[str, Any]:
    """Everything that the CSV files tell, for `--json`."""
    return {
        "first": comparison.first.name,
        "keys": list(comparison.keys),
        "runs": [
            {
                **_row(comparison, run),
                "path": str(run.source.folder),
                "rank_profile": list(run.figures.ranks),
                "load_profile": list(run.figures.load),
                "mean_rank": run.figures.mean_rank,
                "settings": {key: run.settings.get(key) for key in comparison.keys},
                "inputs_differ": list(run.inputs),
                "reasons": run.differences.reasons(),
            }
            for run in comparison.runs
        ],
        "changes": _records(change_table(comparison)),
        "moved": _records(moved_table(comparison)),
    }


def _records(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]

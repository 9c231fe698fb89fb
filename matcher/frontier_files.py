"""Trade-offs -> a folder: frontier.csv, frontier.html, frontier.json and timings.json, all or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from matcher.frontier_page import make_page
from matcher.frontier_points import Figures, Front, Frontier, Point
from matcher.model import Cohort
from matcher.result_folders import ResultKind, prepare_results, write_results
from matcher.run_files import BOM, Cell, csv_lines, versions

TABLE, PAGE, DATA, TIMINGS = "frontier.csv", "frontier.html", "frontier.json", "timings.json"
KIND = ResultKind(
    "earlier trade-offs", {TABLE, PAGE, DATA, TIMINGS}, DATA, {"own", "fronts", "versions", "inputs"}
)
COLUMNS = (
    *("axis", "value", "mentees", "bound", "pairs", "rank_sum", "rank_profile", "worst_rank", "sessions"),
    *("fewest_sessions", "largest_load", "status", "front", "setting"),
)


def prepare_folder(folder: str | Path, *, overwrite: bool = False) -> Path:
    """Say early whether trade-offs may be written to `folder`; errors as in `prepare_results`."""
    return prepare_results(folder, KIND, overwrite=overwrite)


def write_frontier(
    cohort: Cohort, frontier: Frontier, folder: str | Path, *, points: int, overwrite: bool = False
) -> None:
    """Write the trade-offs of a cohort; `points` is how many were asked for at most.

    Raises
    ------
    TargetError
        If something stands in the way or the disk refuses. Nothing has changed then.
    """
    target = prepare_folder(folder, overwrite=overwrite)
    lines = csv_lines(_table(frontier), cohort.programme.output.delimiter)
    contents = {
        TABLE: "".join(chain([BOM], lines)).encode(),
        PAGE: make_page(cohort, frontier),
        DATA: _json(frontier_data(cohort, frontier, points)),
        TIMINGS: _json({name: round(spent, 3) for name, spent in frontier.seconds.items()}),
    }
    write_results(folder, target, contents, overwrite=overwrite)


def _json(data: object) -> bytes:
    return (json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n").encode()


# --- the table --------------------------------------------------------------------------------------------------


def _table(frontier: Frontier) -> dict[str, list[Cell]]:
    """The programme as it is, then every point of every axis."""
    rows = [_row("own", None, None, frontier.own, frontier.status, "", "")]
    rows += [_point_row(point) for front in frontier.fronts for point in front.points]
    return dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))


def _point_row(point: Point) -> tuple[Cell, ...]:
    front = "yes" if point.front else "no"
    return _row(point.axis, point.value, point.bound, point.figures, point.status, front, point.setting)


def _row(  # noqa: PLR0917 - the cells that are not figures
    axis: str, value: Cell, bound: Cell, figures: Figures | None, status: str, front: str, setting: str
) -> tuple[Cell, ...]:
    if figures is None:
        return (axis, value, None, bound, *[None] * 7, status, front, setting)
    return (
        *(axis, value, figures.mentees, bound, figures.pairs, figures.rank_sum, profile_text(figures.profile)),
        *(figures.worst_rank, figures.sessions, figures.fewest, figures.load, status, front, setting),
    )


def profile_text(profile: Sequence[int]) -> str:
    """How many pairs are at each rank, where any.

    >>> profile_text((33, 0, 6))
    '1:33 3:6'
    """
    return " ".join(f"{rank}:{count}" for rank, count in enumerate(profile, start=1) if count)


# --- for programs -----------------------------------------------------------------------------------------------


def frontier_data(cohort: Cohort, frontier: Frontier, points: int) -> dict[str, Any]:
    """What frontier.json and `--json` say; no clock time is in it."""
    return {
        "mentees": frontier.mentees,
        "cut_short": frontier.cut_short,
        "interrupted": frontier.interrupted,
        "own": {**asdict(frontier.own), "status": frontier.status},
        "fronts": [_front_data(front) for front in frontier.fronts],
        "seed": frontier.seed,
        "options": {
            "set": dict(sorted(cohort.overrides.items())),
            "axes": list(frontier.asked),
            "points": points,
        },
        "versions": versions(),
        "inputs": dict(sorted(cohort.inputs.items())),
    }


def _front_data(front: Front) -> dict[str, Any]:
    points = [
        {
            "value": point.value,
            "bound": point.bound,
            "status": point.status,
            "front": point.front,
            "setting": point.setting,
            "figures": point.figures and asdict(point.figures),
        }
        for point in front.points
    ]
    return {"axis": front.axis, "complete": front.complete, "values": front.values, "points": points}

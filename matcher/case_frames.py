"""A sweep folder -> frames: the figures of all cases, and tables of all runs in one frame each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from matcher.encoding import as_utf8
from matcher.errors import InputError, MatcherError, reason
from matcher.findings import Findings
from matcher.plain_file import read_plain
from matcher.run_frames import KINDS, Column, Kind, read_tables, typed, zone_of
from matcher.run_reading import plain_text
from matcher.tables import BrokenRecordError, read_records, report_empty

if TYPE_CHECKING:
    import pandas as pd

SCENARIOS = "scenarios.csv"
NEEDED = ("case", "status", "run")
FIXED: Mapping[str, Kind] = {
    **dict.fromkeys(("case", "about", "rank_profile", "rank_bound", "error", "run"), "text"),
    "status": ("optimal", "feasible", "failed"),
    "rank_kind": ("generous", "greedy", "min-cost"),
}
YES, NO = ("yes", "true"), ("no", "false")


def sweep_frames(folder: str | Path, tables: Sequence[str] = ("pairs",)) -> dict[str, pd.DataFrame]:
    """Read the figures of a sweep, and tables of all its runs.

    Parameters
    ----------
    folder
        What `matcher sweep` wrote.
    tables
        Names of tables, as `frames` has them. All runs of a large sweep may be more than the memory holds: take
        those that you need.

    Returns
    -------
    `scenarios`, with a row for each case under its name: figures are `Int64`, values of keys whatever they all are
    (`Int64`, `Float64`, `boolean`, else strings). And each of the tables, the rows of a run under the name of its
    case (index level `case`), with times in the zone of the first run. Cases without a run have no rows there, and
    a table that no run has is left out.

    Raises
    ------
    InputError, MatcherError
        If it is no sweep folder, or something in it is not as it was written.
    ValueError
        For a table that there is not.
    """
    if unknown := [name for name in tables if name not in KINDS]:
        raise ValueError(f"{unknown[0]!r} must be one of {', '.join(KINDS)}")
    import pandas as pd  # noqa: PLC0415 - half a second, for those who want frames only

    folder = Path(folder)
    scenarios = _scenarios(folder)
    found: dict[str, dict[str, pd.DataFrame]] = {name: {} for name in tables}
    for case, frames in _runs(folder, scenarios["run"].dropna(), tables):
        for name, frame in frames.items():
            found[name][case] = frame
    joined = {name: pd.concat(frames, names=["case", None]) for name, frames in found.items() if frames}
    return {"scenarios": scenarios, **joined}


def _runs(
    folder: Path, runs: pd.Series[Any], tables: Sequence[str]
) -> Iterator[tuple[str, dict[str, pd.DataFrame]]]:
    """The tables of each run; times of all are told in one zone, for a frame knows but one."""
    zone: ZoneInfo | None = None
    for case, place in runs.items():
        run = folder / str(place)
        zone = zone or zone_of(run)
        yield str(case), read_tables(run, tables, zone)


# --- scenarios.csv ------------------------------------------------------------------------------------------


def _scenarios(folder: Path) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - as above

    file = folder / SCENARIOS
    try:
        data = read_plain(file)
    except OSError as error:
        message = f"{file}: cannot be read ({reason(error)}); expected the folder of a sweep"
        raise MatcherError(message) from None
    findings = Findings()
    columns = _columns(data, str(file), findings)
    if findings.faults:
        raise InputError(findings.faults)
    made = {name: _figures(name, column) for name, column in columns.items()}
    return pd.DataFrame(made).set_index("case")


def _columns(data: bytes, file: str, findings: Findings) -> dict[str, Column]:
    """The columns by title; anything that keeps them from being read is a fault."""
    content = as_utf8(data, file, findings)
    if content is None:
        return {}
    try:
        records = list(read_records(content, NEEDED)[1])
    except BrokenRecordError as error:
        findings.fault(file, str(error), error.line)
        return {}
    if not records:
        report_empty(file, NEEDED, findings)
        return {}
    titles = records[0][1]
    for name in NEEDED:
        if name not in titles:
            findings.fault(file, f"no column {name!r} (found: {', '.join(titles)})")
    for line, row in records[1:]:
        if len(row) != len(titles):
            findings.fault(file, f"{len(row)} fields, but the header has {len(titles)}", line)
    if findings.faults:
        return {}
    rows, columns = np.arange(len(records) - 1), list(zip(*(row for _, row in records), strict=True))
    return {title: Column([plain_text(text.strip()) for text in texts], rows) for title, *texts in columns}


def _figures(name: str, column: Column) -> Any:  # noqa: ANN401 - an array of pandas or numpy
    """The column with the type that all its cells have."""
    import pandas as pd  # noqa: PLC0415 - as above

    kind, written = FIXED.get(name), [text for text in column.texts if text]
    if isinstance(kind, tuple) and not set(written) <= set(kind):
        kind = "text"
    if kind is None and not all(re.fullmatch(r"-?[0-9]{1,15}", text) for text in written):
        if set(written) <= {*YES, *NO}:
            return pd.array([None if not text else text in YES for text in column.texts], dtype="boolean")
        if all(re.fullmatch(r"-?[0-9]+\.[0-9]+|-?[0-9]{1,15}", text) for text in written):
            return pd.array([float(text) if text else None for text in column.texts], dtype="Float64")
        kind = "text"
    return typed(kind or "number", column, ZoneInfo("UTC"))

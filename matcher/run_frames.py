"""Tables and figures of a run as pandas frames: of a solution at hand and of a run folder, the same.

What stands in a cell is a text in either case, and each distinct text of a column is read once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

import numpy as np

from matcher import run_tables
from matcher.errors import InputError, MatcherError
from matcher.findings import Findings
from matcher.model import Cohort, IntArray, Outcome, PriceStatus, Reason, Solution
from matcher.plain_file import read_plain_text
from matcher.programme import is_timezone
from matcher.run_files import SUMMARY, Cell, Coded, Table, summary_text, tables_of
from matcher.run_reading import plain_text, run_table, second_of

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "count", "number", "yes", "date", "moment"] | tuple[str, ...]
"""What a column holds: `count` is never blank, `number` may be; a tuple holds the codes of a category."""

STANDINGS = ("every", "some", "none")
KINDS: Mapping[str, Mapping[str, Kind]] = {
    "pairs": {
        **dict.fromkeys(("mentee_id", "mentee_name", "mentor_id", "mentor_name"), "text"),
        "rank": "number",
        "level_gap": "count",
        "same_function": "yes",
        "sessions": "count",
        "first_session": "date",
        "last_session": "date",
        "source": ("chosen", "locked"),
        "start": "date",
        "end": "date",
        "standing": STANDINGS,
    },
    "sessions": {
        **dict.fromkeys(("mentee_id", "mentor_id"), "text"),
        "number": "count",
        "start": "moment",
        "end": "moment",
        "minutes": "count",
    },
    "unmatched": {
        **dict.fromkeys(("mentee_id", "name"), "text"),
        "reason": get_args(Reason),
        "explanation": "text",
        "eligible_choices": "count",
        **dict.fromkeys(("competitors", "places"), "number"),
        **dict.fromkeys(("smallest_change", "suggestions"), "text"),
        "group": "number",
        "contested_mentors": "text",
    },
    "choices": {
        **dict.fromkeys(("mentee_id", "mentor_id"), "text"),
        "rank": "count",
        "outcome": get_args(Outcome),
        "detail": "text",
        "standing": STANDINGS,
    },
    "bottlenecks": {
        **dict.fromkeys(("mentor_id", "name"), "text"),
        **dict.fromkeys(("places", "mentees", "wanted"), "count"),
        **dict.fromkeys(("group", "group_mentors", "group_mentees", "group_places", "shortage"), "number"),
        **dict.fromkeys(("gain_mentees", "gain_pairs"), "count"),
        "gain_priority": "text",
        "gain_ranks": "text",
        "gain_proven": ("yes", "at most"),
    },
    "waiting": {
        "place": "count",
        **dict.fromkeys(("mentee_id", "name"), "text"),
        **dict.fromkeys(("priority", "lost"), "count"),
        "reason": get_args(Reason),
    },
    "history": {
        **dict.fromkeys(("mentee_id", "mentor_id", "last_session"), "text"),
        "lost": "number",
    },
    "prices": {
        **dict.fromkeys(("what", "subject", "now", "relaxed"), "text"),
        **dict.fromkeys(("mentees", "pairs"), "number"),
        "priority": "text",
        "ranks": "text",
        "sessions": "number",
        "status": get_args(PriceStatus),
    },
}
NOT_ALWAYS = ("prices", "waiting", "history")
"""Tables that a run need not have."""
WHERE_UNLIKE = {"bottlenecks": ("gain_priority",), "prices": ("priority",)}
"""Columns of runs in which mentees are not all alike."""
EXPECTED = {
    "count": "a whole number",
    "number": "a whole number or a blank cell",
    "yes": "yes or no",
    "date": "a date like 2027-01-11",
    "moment": "a time with an offset like 2027-01-11T09:00+03:00",
}


class Column(NamedTuple):
    """Row i of a column has `texts[places[i]]`; a text may stand there twice."""

    texts: Sequence[str]
    places: IntArray


# --- of a solution ------------------------------------------------------------------------------------------


def frames(cohort: Cohort, solution: Solution) -> dict[str, pd.DataFrame]:
    """Put a solution into one frame for each table of a run, with its columns and in its order.

    Returns
    -------
    Frames by name: `pairs`, `sessions`, `unmatched`, `choices`, `bottlenecks`, `waiting`, and `history` and
    `prices` where they were asked for. Ids and texts are strings, whatever they look like; a blank cell is a
    missing value. Ranks and other figures that may be missing are `Int64`, all others `int64`; dates are
    `datetime64[us]`, `start` and `end` of a session are times in the zone of the programme; codes such as
    `outcome` are categories, every code among them. What `solve(..., explain=False)` does not find out is missing,
    and so are all rows of `unmatched`.
    """
    made = {}
    for file, table in tables_of(cohort, solution):
        name = file.removesuffix(".csv")
        made[name] = _frame(name, _columns(table), cohort.programme.zone)
    return made


def _columns(table: Table) -> dict[str, Column]:
    """The columns of a table that would be written; those that nobody has filled are blank."""
    size = max(len(column.places if isinstance(column, Coded) else column) for column in table.values())
    return {name: _column(column, size) for name, column in table.items()}


def _column(column: Sequence[Cell] | Coded, size: int) -> Column:
    if isinstance(column, Coded):
        return Column(list(map(_text, column.values)), column.places)
    place_of: dict[Cell, int] = {}
    places = np.fromiter((place_of.setdefault(cell, len(place_of)) for cell in column), dtype=np.int64)
    if len(places) < size:
        return Column([""], np.zeros(size, dtype=np.int64))
    return Column(list(map(_text, place_of)), places)


def _text(cell: Cell) -> str:
    """The cell as it will be read from the file."""
    return "" if cell is None else str(cell)


# --- of a run folder ----------------------------------------------------------------------------------------


def read_frames(run: str | Path) -> dict[str, pd.DataFrame]:
    """Read the tables of a run folder as frames: those that `frames` gives for the solution it was written from.

    Raises
    ------
    InputError
        With every cell, column and file that is not as `matcher solve` writes it.
    MatcherError
        If there is no run folder, or no summary.json in it that can be read.
    """
    return read_tables(Path(run), tuple(KINDS), zone_of(Path(run)))


def read_tables(run: Path, names: Sequence[str], zone: ZoneInfo) -> dict[str, pd.DataFrame]:
    """Read the tables of these names that the run has, with times in a zone; errors as in `read_frames`."""
    findings, found = Findings(), dict[str, dict[str, Column]]()
    for name in names:
        if name not in NOT_ALWAYS or (run / f"{name}.csv").exists():
            found[name] = _read_columns(run, name, findings)
    if findings.faults:
        raise InputError(findings.faults)
    return {name: _frame(name, columns, zone) for name, columns in found.items()}


def zone_of(run: Path) -> ZoneInfo:
    """Read the zone of the programme; UTC for a run of an older version, which does not tell it."""
    name = _summary(run).get("timezone", "UTC")
    if not isinstance(name, str) or not is_timezone(name):
        message = (
            f"timezone is not what 'matcher solve' writes ({name!r} is no time zone that this computer knows)"
        )
        raise MatcherError(f"{run / SUMMARY}: {message}")
    return ZoneInfo(name)


def _read_columns(run: Path, name: str, findings: Findings) -> dict[str, Column]:
    """The columns of a table as they stand; a cell that is not as it should be is a fault."""
    file, kinds = f"{name}.csv", KINDS[name]
    more = WHERE_UNLIKE.get(name, ())
    required = tuple(column for column in kinds if column not in more)
    table = run_table(run, file, required, findings, optional=more, place=str(run / file))
    if table is None:
        return {}
    columns = {}
    for column, kind in kinds.items():
        if column in more and column not in table.columns:
            continue
        coded = table[column].coded()
        texts = list(map(plain_text, coded.texts))
        bad = {place for place, text in enumerate(texts) if not _fits(kind, text)}
        for row in np.flatnonzero(np.isin(coded.codes, list(bad))).tolist() if bad else ():
            expected = f"one of {', '.join(kind)}" if isinstance(kind, tuple) else EXPECTED[kind]
            message = f"{coded[row]!r} is not what 'matcher solve' writes (expected {expected})"
            findings.fault(table.file, message, table.line(row), column)
        columns[column] = Column(texts, coded.codes)
    return columns


def _fits(kind: Kind, text: str) -> bool:
    if isinstance(kind, tuple):
        return text in kind or not text
    if kind in ("count", "number"):
        return re.fullmatch(r"-?[0-9]{1,15}", text) is not None or (kind == "number" and not text)
    if kind == "yes":
        return text in ("yes", "no")
    if kind not in ("date", "moment"):
        return True
    try:
        _ = second_of(text) if kind == "moment" else np.datetime64(text, "D")
    except ValueError:
        return False
    return kind == "moment" or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None


# --- figures ------------------------------------------------------------------------------------------------


def summary(cohort: Cohort, solution: Solution) -> pd.Series[Any]:
    """Put the figures of a solution into a series: what its summary.json would say, under names with dots.

    Returns
    -------
    Among others `status`, `counts.pairs`, `counts.sessions`, `counts.unmatched.draw`,
    `goals.rank.value`, `goals.rank.bound` and `goals.rank.status`, `options.set.capacity.mentees_per_mentor`
    (where it was set), `seed`. Rank profiles are tuples. Numbers of reasons and outcomes are None where
    `solve(..., explain=False)` did not find them out.
    """
    data = json.loads(summary_text(cohort, solution, {}))
    if cohort.choices and not solution.outcomes:
        counts = data["counts"]
        counts["mentees_unmatched"] = counts["mentees"] - counts["mentees_paired"]
        counts |= {"unmatched": dict.fromkeys(get_args(Reason)), "outcomes": dict.fromkeys(get_args(Outcome))}
    return _series(data)


def read_summary(run: str | Path) -> pd.Series[Any]:
    """Read the same from a run folder; MatcherError if it cannot be read."""
    return _series(_summary(Path(run)))


def _summary(run: Path) -> Any:  # noqa: ANN401 - as it stands in the file
    run_tables.read_summary(run)  # says what is wrong with it
    return json.loads(read_plain_text(run / SUMMARY))


def _series(data: Mapping[str, Any]) -> pd.Series[Any]:
    import pandas as pd  # noqa: PLC0415 - half a second, for those who want frames only

    goals = {goal["name"]: {key: goal[key] for key in goal if key != "name"} for goal in data["goals"]}
    counts = dict(data["counts"])
    for name, codes in (("unmatched", get_args(Reason)), ("outcomes", get_args(Outcome))):
        counts[name] = dict.fromkeys(codes, 0) | counts.get(name, {})
    figures = dict(_flat({**data, "goals": goals, "counts": counts}))
    return pd.Series(list(figures.values()), index=pd.Index(list(figures), dtype="string"), dtype=object)


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", tuple(value) if isinstance(value, list) else value


# --- columns with types -------------------------------------------------------------------------------------


def _frame(name: str, columns: Mapping[str, Column], zone: ZoneInfo) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - as above

    kinds = {title: kind for title, kind in KINDS[name].items() if title in columns}
    return pd.DataFrame({title: typed(kind, columns[title], zone) for title, kind in kinds.items()})


def typed(kind: Kind, column: Column, zone: ZoneInfo) -> Any:  # noqa: ANN401, PLR0911 - one array for each kind
    """The column with the type of its kind; each text must be one that fits."""
    import pandas as pd  # noqa: PLC0415 - as above

    texts, places = column
    if isinstance(kind, tuple):
        code_of = {"": -1} | {code: place for place, code in enumerate(kind)}
        codes = np.array([code_of[text] for text in texts], dtype=np.int64)
        return pd.Categorical.from_codes(codes[places], categories=pd.Index(kind, dtype="string"))
    if kind == "text":
        return pd.array([text or None for text in texts], dtype="string").take(places)
    if kind == "count":
        return np.array([int(text) for text in texts], dtype=np.int64)[places]
    if kind == "number":
        values = np.array([int(text or 0) for text in texts], dtype=np.int64)
        blank = np.array([not text for text in texts], dtype=np.bool_)
        return pd.arrays.IntegerArray(values[places], blank[places])
    if kind == "yes":
        return np.array([text == "yes" for text in texts], dtype=np.bool_)[places]
    if kind == "date":
        return np.array(texts, dtype="datetime64[D]").astype("datetime64[us]")[places]
    seconds = np.array([second_of(text) for text in texts], dtype=np.int64)[places]
    return pd.DatetimeIndex((seconds * 1_000_000).astype("datetime64[us]"), tz="UTC").tz_convert(zone)

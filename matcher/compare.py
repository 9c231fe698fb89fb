"""Run folders -> what is otherwise in each of them than in the first, read one after the other."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matcher.compare_figures import Figures, figures_of
from matcher.difference_sentences import Why
from matcher.differences import KEY, Change, Differences, Side, differing_keys, find_differences
from matcher.errors import MatcherError
from matcher.plain_file import read_plain, read_plain_text
from matcher.report_files import refuse_changed
from matcher.run_reading import differing_inputs, plain_text
from matcher.run_tables import UNMATCHED, read_run
from matcher.runs import is_run
from matcher.svg import clean
from matcher.wording import Wording

RUNS = "runs"  # what a sweep calls the folder of its runs
SCENARIOS = "scenarios.csv"  # and the table of its cases beside it
FAILED = "failed"  # the status of a case that has no run
BASE = "base"  # and the case that is the cohort as it is
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?")


@dataclass(frozen=True)
class Source:
    """A run folder, and what it is called among those compared.

    `usual` are the values of keys in it that the table of its sweep tells, set for it or not.
    """

    name: str
    folder: Path
    usual: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """A change of a mentee with his name and why, in the languages of the files and of the page."""

    change: Change
    name: str
    unmatched: str
    csv: str
    page: str


@dataclass(frozen=True)
class Compared:
    """A run and what is otherwise than in the first one, where there is nothing otherwise.

    `files` are its input files with their SHA-256, `inputs` those that are not as in the first run, `strange`
    tells that it has no mentee in common with it. `names` are those of the people in `told`.
    """

    source: Source
    figures: Figures
    settings: Mapping[str, Any]
    files: Mapping[str, str]
    inputs: tuple[str, ...]
    differences: Differences
    told: tuple[Told, ...]
    names: Mapping[str, str]
    strange: bool

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.source.name


@dataclass(frozen=True)
class Comparison:
    """All runs, the first one first; `keys` were not set alike in all of them, in the order of their names."""

    runs: tuple[Compared, ...]
    keys: tuple[str, ...]
    delimiter: str

    @property
    def first(self) -> Compared:
        """What the others are compared with."""
        return self.runs[0]

    @property
    def others(self) -> tuple[Compared, ...]:
        """All but the first."""
        return self.runs[1:]


# --- which runs ---------------------------------------------------------------------------------------------


def find_runs(folders: Sequence[Path]) -> tuple[list[Source], list[Path]]:
    """The runs that are meant, each once, and what was left out since it is no run, or not that of its case.

    A folder that holds a folder `runs` stands for all runs in that, `base` first. Runs have the names of their
    folders, with as much of the path as tells them apart.

    Raises
    ------
    MatcherError
        If a folder is neither a run nor holds runs, or there are fewer than two runs.
    """
    found: dict[Path, Path] = {}
    left_out = list[Path]()
    for folder in folders:
        for run in _runs_in(folder, left_out):
            found.setdefault(run.resolve(), run)
    if len(found) < 2:
        raise MatcherError(f"{len(found)} run; at least 2 are compared")
    names = _names(list(found))
    tables = {runs: _scenarios(runs) for runs in {run.parent for run in found}}
    sources = [
        Source(name, run, tables[real.parent].get(real.name, {}))
        for name, (real, run) in zip(names, found.items(), strict=True)
    ]
    return sources, left_out


def _runs_in(folder: Path, left_out: list[Path]) -> list[Path]:
    if is_run(folder):
        return [folder]
    if not (folder / RUNS).is_dir():
        what = "is neither a run nor a folder of runs" if folder.is_dir() else "no such folder"
        raise MatcherError(f"{folder}: {what} (expected what 'matcher solve' or 'matcher sweep' wrote)")
    inside = [path for path in (folder / RUNS).iterdir() if path.is_dir() and not path.name.startswith(".")]
    order = {case: place for place, case in enumerate(_scenarios(folder / RUNS))}
    failed = {row["case"] for row in _rows(folder / RUNS) if row.get("status") == FAILED}
    runs = sorted(
        inside, key=lambda path: (path.name != BASE, order.get(path.name, len(order)), natural(path.name))
    )
    odd = {path for path in runs if not is_run(path) or path.name in failed}
    left_out += [path for path in runs if path in odd]
    return [path for path in runs if path not in odd]


def _scenarios(runs: Path) -> dict[str, dict[str, Any]]:
    """The keys of each case with their values, in the order of scenarios.csv; nothing without such a table."""
    return {
        row["case"]: {key: _value(cell) for key, cell in row.items() if KEY.fullmatch(str(key)) and cell}
        for row in _rows(runs)
        if row.get("status") != FAILED  # a run of this name is an earlier one, of other keys perhaps
    }


def _rows(runs: Path) -> list[dict[str, str]]:
    """The rows of scenarios.csv; none without such a table."""
    try:
        text = read_plain_text(runs.parent / SCENARIOS) if runs.name == RUNS else ""
        lines = io.StringIO(text, newline="")  # other line ends of Unicode may stand within a cell
        rows = list(csv.DictReader(lines, delimiter=_delimiter(text.partition("\n")[0])))
    except (OSError, ValueError, csv.Error):
        return []
    return [row for row in rows if row.get("case")]


def _value(cell: str) -> int | float | str:
    """A number where the cell is one as a table writes it.

    >>> [_value(cell) for cell in ("30", "-2", "0.5", "007", "1_0", "nan")]
    [30, -2, 0.5, '007', '1_0', 'nan']
    """
    text = plain_text(cell)
    if not NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def natural(text: str) -> tuple[tuple[bool, float, str], ...]:
    """An order in which 10 comes after 9.

    >>> sorted(["a10", "a9", "b"], key=natural)
    ['a9', 'a10', 'b']
    """
    parts = re.split(r"([0-9]{1,15})", text)
    return tuple((not part.isdecimal(), float(part) if part.isdecimal() else 0.0, part) for part in parts)


def _names(folders: Sequence[Path]) -> list[str]:
    """As many of the last parts of each path as tell it from the others, without control characters."""
    paths = [tuple(map(clean, folder.parts)) for folder in folders]
    names = [parts[-1] for parts in paths]
    depth = 1
    while len(set(names)) < len(names) and depth < 50:
        depth += 1
        twice = {name for name in names if names.count(name) > 1}
        names = [
            "/".join(parts[-depth:]) if name in twice else name for name, parts in zip(names, paths, strict=True)
        ]
    return [f"{name} ({place})" if names.count(name) > 1 else name for place, name in enumerate(names, start=1)]


# --- comparing ----------------------------------------------------------------------------------------------


def compare_runs(
    sources: Sequence[Source],
    csv_words: Wording,
    page_words: Wording,
    progress: Callable[[str], None] = lambda _line: None,
) -> Comparison:
    """Compare all runs with the first.

    Parameters
    ----------
    csv_words, page_words
        The languages in which reasons are told in the CSV files and on the page.
    progress
        Called with a short line before each run.

    Raises
    ------
    InputError, MatcherError
        If a file of a run is missing or is not as `matcher solve` writes it.
    """
    first, compared = None, list[Compared]()
    for place, source in enumerate(sources, start=1):
        progress(f"comparing run {place} of {len(sources)}, {source.name}")
        run = read_run(source.folder)
        refuse_changed(run)
        side = Side(run, source.usual)
        first = first or side
        compared.append(_compared(source, first, side, (csv_words, page_words)))
    keys = differing_keys([run.settings for run in compared])
    return Comparison(tuple(compared), tuple(keys), delimiter_of(sources[0].folder))


def _compared(source: Source, first: Side, side: Side, words: tuple[Wording, Wording]) -> Compared:
    differences = find_differences(first, side)
    names = dict(first.names) | dict(side.names)
    whys = [Why(one, first, side) for one in words]
    same_words = words[0].language == words[1].language
    told = []
    for change in differences.changes:
        csv = whys[0](change)
        page = csv if same_words else whys[1](change)
        told.append(Told(change, names.get(change.mentee, ""), _unmatched(change, first, side), csv, page))
    people = {change.mentee for change in differences.changes}
    people |= {mentor for change in differences.changes for mentor, _rank in (*change.before, *change.now)}
    return Compared(
        source=source,
        figures=figures_of(side),
        settings=side.settings,
        files=side.run.summary.inputs,
        inputs=tuple(differing_inputs(first.run.summary.inputs, side.run.summary.inputs)[0]),
        differences=differences,
        told=tuple(told),
        names={person: names.get(person, "") for person in sorted(people)},
        strange=bool(first.mentees and side.mentees) and not first.mentees & side.mentees,
    )


def _unmatched(change: Change, first: Side, side: Side) -> str:
    """The reason why he has no mentor, in the one run in which he has none; blank if he has one in both."""
    for mentors, one in ((change.now, side), (change.before, first)):
        row = one.unmatched.get(change.mentee)
        if not mentors and row is not None:
            return one.run.tables[UNMATCHED]["reason"][row].strip()
    return ""


def delimiter_of(run: Path) -> str:
    """What stands between the cells of a run's tables."""
    return _delimiter(read_plain(run / "pairs.csv").partition(b"\n")[0].decode("utf-8", "replace"))


def _delimiter(head: str) -> str:
    return next((sign for sign in head if sign in ",;\t"), ",")

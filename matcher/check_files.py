"""Reading a run folder strictly: whatever is not as promised becomes a violation, never an exception."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from matcher.errors import reason
from matcher.plain_file import read_plain

BOM = b"\xef\xbb\xbf"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SHORT = 40  # letters: longer texts are sentences, hardly ever twice the same


@dataclass(frozen=True)
class Violation:
    """One thing in a run folder that is not as the rules or the file formats say, and where."""

    file: str
    message: str
    line: int | None = None
    column: str | None = None

    @property
    def unread(self) -> bool:
        """Whether the file could not be read, whatever stands in it."""
        return self.message.startswith("cannot be read: ")

    @property
    def source(self) -> str:
        """The file it is in."""
        return self.file

    @property
    def place(self) -> str:
        """Where it is in the file: `line 5, start`."""
        line = None if self.line is None else f"line {self.line}"
        return ", ".join(part for part in (line, self.column) if part)

    def __str__(self) -> str:
        """Give the whole place and the message: `sessions.csv, line 5, start: ...`."""
        return ", ".join(filter(None, (self.file, self.place))) + f": {self.message}"


@dataclass(frozen=True)
class Row:
    """One row of a table: the line on which it begins and its cells by column; absent columns are empty."""

    line: int
    cells: tuple[str, ...]
    places: dict[str, int]

    def __getitem__(self, column: str) -> str:
        return self.cells[self.places.get(column, -1)]


@dataclass
class Table:
    """A file of the run, and the list that everything found wrong in it is added to.

    `places` gives the place of each column among the cells of a row, of which the last is an empty one for all
    columns that are absent. There are millions of rows: `cells` runs through some columns of all of them.
    """

    file: str
    violations: list[Violation]
    places: dict[str, int] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    records: list[tuple[str, ...]] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """Every row, with all its cells."""
        for line, record in zip(self.lines, self.records, strict=True):
            yield Row(line, record, self.places)

    def cells(self, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Line and cells in these columns (at least two) of every row."""
        pick = itemgetter(*(self.places.get(column, -1) for column in columns))
        return zip(self.lines, map(pick, self.records), strict=True)

    def fault(self, message: str, line: int | None = None, column: str | None = None) -> None:
        """Add a violation; a missing column has been reported once, so its empty cells are not."""
        if line is not None and column is not None and column not in self.places:
            return
        self.violations.append(Violation(self.file, message, line, column))

    def expect(self, row: Row, column: str, expected: str) -> None:
        """Require a cell to hold exactly `expected`."""
        found = row[column]
        if found != expected:
            self.fault(f"{_quote(found)} must be {_quote(expected)}", row.line, column)


class Texts(dict[str, str]):
    """Each short text of a table once, as it may stand in many cells; also all that a spreadsheet would run."""

    def __init__(self) -> None:
        super().__init__()
        self.unsafe: set[str] = set()

    def __missing__(self, cell: str) -> str:
        if cell.startswith(FORMULA_STARTS) and whole_number(cell) is None:
            self.unsafe.add(cell)
        return self.setdefault(cell, cell) if len(cell) <= SHORT else cell


def read_table(
    folder: Path, file: str, columns: Sequence[str], delimiter: str, violations: list[Violation]
) -> Table:
    """Read one CSV file with the columns that it must have, in their order; more may follow."""
    table, texts, whole_lines = Table(file, violations), Texts(), True
    data = _read_bytes(folder / file, table, bom=True)
    if data is None:
        return table
    lines, records = [], []
    try:
        for line, cells, end in _records(data, delimiter):
            lines.append(line)
            records.append((*map(texts.__getitem__, cells), ""))
            whole_lines &= end.endswith("\n") and not end.endswith("\r\n")
    except csv.Error as error:
        table.fault(f"cannot be read as CSV ({error})")
        return table
    if not records:
        table.fault("the file is empty: the row of column names is missing")
        return table
    if not whole_lines:
        table.fault("lines must end with a line feed (LF) alone, the last one too")
    header = records[0][:-1]
    table.lines, table.records = lines[1:], records[1:]
    table.places = {column: place for place, column in enumerate(dict.fromkeys(header))}
    _check_header(table, header, columns)
    _check_rows(table, header, texts.unsafe)
    return table


def _records(data: bytes, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """First line number, cells and last physical line of each record."""
    last = ""

    def lines() -> Iterator[str]:
        nonlocal last
        for line in io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="\n"):
            last = line
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    before = 0
    for cells in reader:
        yield before + 1, cells, last
        before = reader.line_num


def _check_header(table: Table, header: Sequence[str], columns: Sequence[str]) -> None:
    found = ", ".join(header)
    missing = [column for column in columns if column not in table.places]
    for column in missing:
        table.fault(f"the column is missing (found: {found})", column=column)
    if len(table.places) < len(header):
        table.fault(f"a column name stands twice (found: {found})")
    if not missing and tuple(header[: len(columns)]) != tuple(columns):
        table.fault(f"the columns must come in the order {', '.join(columns)} (found: {found})")


def _check_rows(table: Table, header: Sequence[str], unsafe: set[str]) -> None:
    """As many cells as columns, none of them `unsafe`; afterwards every row has one cell for each of `places`."""
    names = tuple(table.places)
    for at, (line, record) in enumerate(zip(table.lines, table.records, strict=True)):
        count = len(record) - 1
        if count != len(header):
            table.fault(f"the row has {count} cells, the header has {len(header)}", line)
        if count != len(header) or len(names) != len(header):
            found = dict(zip(header, record[:-1], strict=False))
            table.records[at] = (*(found.get(name, "") for name in names), "")
        if unsafe and not unsafe.isdisjoint(table.records[at]):
            for column, cell in zip(names, table.records[at], strict=False):
                if cell in unsafe:
                    table.fault(f"{_quote(cell)} must have a leading ' (a spreadsheet would run it)", line, column)


def _read_bytes(path: Path, table: Table, *, bom: bool) -> bytes | None:
    """UTF-8 without its byte order mark; None if it cannot be read."""
    try:
        data = read_plain(path)
    except OSError as error:
        why = "the file is missing" if isinstance(error, FileNotFoundError) else reason(error)
        table.fault(f"cannot be read: {why}")
        return None
    if data.startswith(BOM) != bom:
        table.fault(
            "must begin with a byte order mark (UTF-8 with BOM)" if bom else "must have no byte order mark"
        )
    data = data.removeprefix(BOM)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        table.fault(f"is not UTF-8 (byte {error.start})")
        return None
    return data


def read_object(folder: Path, file: str, violations: list[Violation]) -> dict[str, Any] | None:
    """Read a JSON file that must hold one object; None if it does not."""
    table = Table(file, violations)
    data = _read_bytes(folder / file, table, bom=False)
    if data is None:
        return None
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        table.fault(f"is not JSON ({error})")
        return None
    if not isinstance(found, dict):
        table.fault("must hold one JSON object")
        return None
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _once(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(entries)
    if len(found) < len(entries):
        twice = next(key for key, count in Counter(key for key, _ in entries).items() if count > 1)
        raise ValueError(f"{twice!r} stands twice in one object")
    return found


@functools.lru_cache(maxsize=4096)
def whole_number(text: str) -> int | None:
    """The whole number that `text` writes in its plain form, without leading zeros; None if it is none."""
    return int(text) if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text) else None


def safe_text(text: str) -> str:
    """How a text cell is written: with a leading ' where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def _quote(text: str) -> str:
    return f"'{text}'" if text else "an empty cell"


def check_order(table: Table, keys: Iterable[tuple[Any, int]], order: str) -> None:
    """Report the first row that should stand before the one above it; `keys` come with the lines of the rows."""
    for (above, _), (key, line) in pairwise(keys):
        if key < above:
            table.fault(f"the rows must be sorted by {order}: this one belongs further up", line)
            return

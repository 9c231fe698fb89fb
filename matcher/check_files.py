"""Reading a run folder strictly: whatever is not as promised becomes a violation, never an exception."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

BOM = b"\xef\xbb\xbf"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Violation:
    """One thing in a run folder that is not as the rules or the file formats say, and where."""

    file: str
    message: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        """Give the whole place and the message: `sessions.csv, line 5, start: ...`."""
        line = None if self.line is None else f"line {self.line}"
        return ", ".join(part for part in (self.file, line, self.column) if part) + f": {self.message}"


@dataclass(frozen=True)
class Row:
    """One row of a table: the line on which it begins and its cells by column; absent columns are empty."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class Table:
    """A file of the run: its columns and rows, and the list that everything found wrong in it is added to."""

    file: str
    violations: list[Violation]
    columns: frozenset[str] = frozenset()
    rows: list[Row] = field(default_factory=list)

    def fault(self, message: str, row: Row | None = None, column: str | None = None) -> None:
        """Add a violation; a missing column has been reported once, so its empty cells are not."""
        if row is not None and column is not None and column not in self.columns:
            return
        self.violations.append(Violation(self.file, message, None if row is None else row.line, column))

    def expect(self, row: Row, column: str, expected: str) -> None:
        """Require a cell to hold exactly `expected`."""
        if row[column] != expected:
            self.fault(f"{_quote(row[column])} must be {_quote(expected)}", row, column)


def read_table(
    folder: Path, file: str, columns: Sequence[str], delimiter: str, violations: list[Violation]
) -> Table:
    """Read one CSV file with the columns that it must have, in their order; more may follow."""
    table = Table(file, violations)
    text = _read_text(folder / file, table, bom=True)
    if text is None:
        return table
    try:
        records = list(_records(text, delimiter))
    except csv.Error as error:
        table.fault(f"cannot be read as CSV ({error})")
        return table
    if not records:
        table.fault("the file is empty: the row of column names is missing")
        return table
    if any(not end.endswith("\n") or end.endswith("\r\n") for _, _, end in records):
        table.fault("lines must end with a line feed (LF) alone, the last one too")
    header = records[0][1]
    _check_header(table, header, columns)
    for line, cells, _ in records[1:]:
        _add_row(table, line, cells, header)
    return table


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """First line number, cells and last physical line of each record."""
    lines = list(io.StringIO(text, newline="\n"))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    before = 0
    for cells in reader:
        yield before + 1, cells, lines[reader.line_num - 1]
        before = reader.line_num


def _check_header(table: Table, header: list[str], columns: Sequence[str]) -> None:
    table.columns = frozenset(header)
    found = ", ".join(header)
    missing = [column for column in columns if column not in table.columns]
    for column in missing:
        table.fault(f"the column is missing (found: {found})", column=column)
    if len(table.columns) < len(header):
        table.fault(f"a column name stands twice (found: {found})")
    if not missing and header[: len(columns)] != list(columns):
        table.fault(f"the columns must come in the order {', '.join(columns)} (found: {found})")


def _add_row(table: Table, line: int, cells: list[str], header: list[str]) -> None:
    row = Row(line, dict(zip(header, cells, strict=False)))
    table.rows.append(row)
    if len(cells) != len(header):
        table.fault(f"the row has {len(cells)} cells, the header has {len(header)}", row)
    for column, cell in row.cells.items():
        if cell.startswith(FORMULA_STARTS) and whole_number(cell) is None:
            table.fault(f"{_quote(cell)} must have a leading ' (a spreadsheet would run it)", row, column)


def _read_text(path: Path, table: Table, *, bom: bool) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = "the file is missing" if isinstance(error, FileNotFoundError) else error.strerror
        table.fault(f"cannot be read: {reason}")
        return None
    if data.startswith(BOM) != bom:
        table.fault(
            "must begin with a byte order mark (UTF-8 with BOM)" if bom else "must have no byte order mark"
        )
    try:
        return data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        table.fault(f"is not UTF-8 (byte {error.start})")
        return None


def read_object(folder: Path, file: str, violations: list[Violation]) -> dict[str, Any] | None:
    """Read a JSON file that must hold one object; None if it does not."""
    table = Table(file, violations)
    text = _read_text(folder / file, table, bom=False)
    if text is None:
        return None
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        table.fault(f"is not JSON ({error})")
        return None
    if not isinstance(found, dict):
        table.fault("must hold one JSON object")
        return None
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def whole_number(text: str) -> int | None:
    """The whole number that `text` writes in its plain form, without leading zeros; None if it is none."""
    return int(text) if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text) else None


def safe_text(text: str) -> str:
    """How a text cell is written: with a leading ' where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _quote(text: str) -> str:
    return f"'{text}'" if text else "an empty cell"


def check_order(table: Table, keys: Sequence[tuple[Any, Row]], order: str) -> None:
    """Report the first row that should stand before the one above it."""
    for (above, _), (key, row) in pairwise(keys):
        if key < above:
            table.fault(f"the rows must be sorted by {order}: this one belongs further up", row)
            return

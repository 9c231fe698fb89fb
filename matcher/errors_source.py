"""Tables as they were given, and which of their cells a fault or warning is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from matcher.book import MOST_ROWS, Tone
from matcher.source_tables import SourceTable

LIST = "errors"  # the sheet that lists them all
Place = tuple[int, int]
"""Row and column of a sheet, both counted from 0."""


class Given(Protocol):
    """A table as it was given, cell by cell; a `SourceTable`."""

    @property
    def name(self) -> str:
        """The table's own name, such as employees."""

    @property
    def file(self) -> str:
        """The file that holds it."""

    @property
    def sheet(self) -> str | None:
        """The sheet that holds it; None in a file of its own."""

    @property
    def rows(self) -> list[list[object]]:
        """All its cells."""

    @property
    def lines(self) -> list[int]:
        """The line or row number of each row."""

    @property
    def header_row(self) -> int | None:
        """The line or row number of the header."""

    @property
    def places(self) -> Mapping[str, int]:
        """The position of each column."""


class Found(Protocol):
    """What is wrong or odd, and where; a `Fault`."""

    @property
    def file(self) -> str:
        """The file."""

    @property
    def message(self) -> str:
        """What was found and what to do."""

    @property
    def line(self) -> int | None:
        """The line, or the row of a sheet."""

    @property
    def column(self) -> str | None:
        """The column, or the key of a setting."""

    @property
    def sheet(self) -> str | None:
        """The sheet of a workbook."""


@dataclass(frozen=True)
class Text:
    """A file that is no table, such as programme.toml, as a table of its lines."""

    file: str
    text: str
    keys: Mapping[str, int]
    sheet: str | None = None
    header_row: int | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.file

    @property
    def rows(self) -> list[list[object]]:
        """One cell to a line."""
        return [[line] for line in self.text.splitlines()]

    @property
    def lines(self) -> list[int]:
        """Every line."""
        return list(range(1, len(self.rows) + 1))

    @property
    def places(self) -> Mapping[str, int]:
        """None: a line is one cell."""
        return {}


class Excerpt(SourceTable):
    """The header and the marked rows of a large table."""


@dataclass(frozen=True)
class Sources:
    """The tables, and what their sheets are called."""

    tables: Sequence[Given]
    names: Sequence[str]


@dataclass(frozen=True)
class Entry:
    """A fault, warning or note, the place of its table in the list of them (None for none), and its cells."""

    found: Found
    tone: Tone
    table: int | None
    cells: tuple[Place, ...]


def names_of(tables: Sequence[Given]) -> list[str]:
    """What the sheets are called; the list of errors has the first right to its name."""
    names = list[str]()
    for table in tables:
        name = re.sub(r"[][:*?/\\]", " ", table.sheet or table.name)[:31].strip("' ")  # as Excel wants them
        if isinstance(table, Excerpt):
            name = f"{name[:15]} (marked rows)"  # nobody takes it for the table, matcher neither
        while name.casefold() in {LIST, *(other.casefold() for other in names)}:
            name = f"{name[:28]} +"
        names.append(name)
    return names


def excerpt(table: Given, items: Sequence[Found]) -> Excerpt:
    """Only the header of a table and the rows that these faults and warnings are about."""
    wanted = {found.line for found in items if (found.file, found.sheet) == (table.file, table.sheet)}
    wanted.add(table.header_row)
    kept = [row for row, line in enumerate(table.lines) if line in wanted]
    rows, lines = [table.rows[row] for row in kept], [table.lines[row] for row in kept]
    return Excerpt(table.name, table.file, table.sheet, rows, lines, table.header_row, table.places)


# --- where ----------------------------------------------------------------------------------------------------


def entry_of(
    found: Found,
    tone: Tone,
    tables: Sequence[Given],
    where: Mapping[tuple[str, str | None], int],
    lines: Sequence[Mapping[int, int]],
) -> Entry:
    """Find the cells that a fault, warning or note is about; `lines` gives for each table the row of each line."""
    place = where.get((found.file, found.sheet))
    if place is None:
        return Entry(found, tone, None, ())
    return Entry(found, tone, place, _cells(found, tables[place], lines[place]))


def _cells(found: Found, table: Given, lines: Mapping[int, int]) -> tuple[Place, ...]:
    """The cells that a fault is about, the one for the note first: a cell, a row, or the header."""
    if isinstance(table, Text):
        line = found.line or table.keys.get((found.column or "").partition(",")[0])
        row = None if line is None else lines.get(line)
    else:
        header = None if table.header_row is None else lines.get(table.header_row)
        row = header if found.line is None else lines.get(found.line)
    if row is None or row >= MOST_ROWS:
        return ((0, 0),)
    column = None if found.column is None else table.places.get(found.column)
    if column is not None:
        return ((row, column),)
    if found.line is None:
        return ((row, 0),)
    width = max(len(table.rows[row]), max(table.places.values(), default=0) + 1)
    return tuple((row, place) for place in range(width))

"""The tables of a cohort as they were given, cell by cell, for marking in them what is at fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.cohort_files import PROGRAMME, Part, open_cohort
from matcher.cohort_tables import KNOWN, own_titles, programme_settings
from matcher.encoding import as_utf8
from matcher.errors import Fault
from matcher.findings import Findings
from matcher.headers import find_header
from matcher.programme_sheet import value_places
from matcher.sheet_tables import first_rows
from matcher.synonyms import Titles, titles_of
from matcher.tables import BrokenRecordError, records
from matcher.workbook import Sheet


@dataclass(frozen=True)
class SourceTable:
    """One table of a cohort as it stands in its file or sheet.

    `name` is the table's own name, such as `employees`, whatever the file or sheet is called. `lines[i]` is the
    line or row number of `rows[i]`, as in `Fault.line`. `header_row` is that of the header (None where none was
    found), and `places` the position of each column in it, counted from 0. In a sheet of settings, `places` gives
    the position of the value of each key.
    """

    name: str
    file: str
    sheet: str | None
    rows: list[list[object]]
    lines: list[int]
    header_row: int | None
    places: Mapping[str, int]

    def holds(self, fault: Fault) -> bool:
        """Whether a fault is about this table."""
        return (fault.file, fault.sheet) == (self.file, self.sheet)


def source_tables(cohort_path: str | Path) -> list[SourceTable]:
    """Read the tables of a cohort without judging them; those that cannot be read at all are left out.

    Raises
    ------
    InputError
        If there is no folder or workbook of this name.
    """
    given = open_cohort(cohort_path, Findings())
    parts = dict(given.parts)
    own = own_titles(programme_settings(given, Findings()), None)
    tables = []
    for name, part in parts.items():
        if part.sheet is None:
            found = None if name == PROGRAMME else _from_file(part, titles_of(name, KNOWN[name], own))
        else:
            found = _from_sheet(part, part.cells(Findings()), own)
        tables += [] if found is None else [found]
    return tables


def _from_sheet(part: Part, sheet: Sheet | None, own: Mapping[str, tuple[str, ...]]) -> SourceTable | None:
    if sheet is None:
        return None
    lines = list(range(1, len(sheet.rows) + 1))
    if part.table == PROGRAMME:
        return SourceTable(part.table, part.file, part.sheet, sheet.rows, lines, None, value_places(sheet))
    rows = first_rows(sheet)
    titles = titles_of(part.table, KNOWN[part.table], own)
    header = find_header(rows, titles, part.label, Findings()) if rows else None
    row, places = (None, {}) if header is None else (header.line, header.places)
    return SourceTable(part.table, part.file, part.sheet, sheet.rows, lines, row, places)


def _from_file(part: Part, titles: Titles) -> SourceTable | None:
    """All records up to one that cannot be told apart from the next."""
    content = as_utf8(part.content, part.file, Findings()) if isinstance(part.content, bytes) else None
    if content is None:
        return None
    lines, rows = list[int](), list[list[str]]()
    try:
        for line, fields in records(content, titles):
            lines.append(line)
            rows.append(fields)
    except BrokenRecordError:
        pass
    header = find_header(list(zip(lines, rows, strict=True)), titles, part.label, Findings()) if rows else None
    row, places = (None, {}) if header is None else (header.line, header.places)
    cells: list[list[object]] = [list(fields) for fields in rows]
    return SourceTable(part.table, part.file, None, cells, lines, row, places)

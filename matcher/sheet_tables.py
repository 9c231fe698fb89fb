"""A sheet of a workbook -> columns of text, each record with its row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from matcher.cells import cell_text
from matcher.columns import Column, packed
from matcher.findings import Findings
from matcher.headers import SEARCHED, Header, Row, find_header
from matcher.synonyms import Titles
from matcher.tables import Table, report_empty
from matcher.workbook import Cell, Sheet, column_letters

BATCH = 50_000  # records that are laid out at a time


def sheet_table(sheet: Sheet, file: str, titles: Titles, findings: Findings) -> Table | None:
    """Read one sheet as `read_table` reads a file; `file` is what messages call it."""
    rows = first_rows(sheet)
    if not rows:
        report_empty(file, titles.known, findings)
        return None
    header = find_header(rows, titles, file, findings)
    if header is None:
        return None
    _report_merged_titles(sheet, header, file, findings)
    filled = _unmerged(sheet, header, file, findings)
    names, places = list(header.places), list(header.places.values())
    blocks = [packed(cells, lines, len(names)) for cells, lines in _records(filled, header.line, places)]
    columns = {name: Column(blocks, place) for place, name in enumerate(names)}
    lines = np.concatenate([block.lines for block in blocks])
    if hidden := sorted(set(sheet.hidden).intersection(lines.tolist())):
        rows_are = f"{len(hidden)} hidden row{'s' * (len(hidden) != 1)} (the first is row {hidden[0]})"
        findings.note(file, f"{rows_are} read like all others; delete what is not meant")
    return Table(file, header.titles, columns, lines, places=header.places, word="row")


def first_rows(sheet: Sheet) -> list[Row]:
    """The first rows in which something is written, with their numbers."""
    found: list[Row] = []
    for number, row in enumerate(sheet.rows, start=1):
        fields = [cell_text(value) for value in row]
        if any(fields):
            found.append((number, fields))
        if len(found) > SEARCHED:
            break
    return found


def _records(
    rows: Sequence[list[Cell]], header: int, places: Sequence[int]
) -> Iterator[tuple[list[str], list[int]]]:
    """Cells of the columns at these places, and the rows they stand in, a batch at a time; at least one batch."""
    cells, lines = list[str](), list[int]()
    for number, row in enumerate(rows[header:], start=header + 1):
        fields = [cell_text(row[place]) for place in places]
        if any(fields) or any(map(cell_text, row)):
            cells += fields
            lines.append(number)
        if len(lines) == BATCH:
            yield cells, lines
            cells, lines = [], []
    yield cells, lines


# --- merged cells -------------------------------------------------------------------------------------------


def _report_merged_titles(sheet: Sheet, header: Header, file: str, findings: Findings) -> None:
    """A title that reaches over several columns, or into the rows below, names none of them."""
    for (top, left), (bottom, right) in sheet.merged:
        if not top < header.line <= bottom + 1:
            continue
        known = any(left <= place <= right for place in header.places.values())
        if (right > left and known) or bottom + 1 > header.line:
            area = _area(top, left, bottom, right)
            findings.fault(
                file,
                f"the header has merged cells ({area}); unmerge them and give each column its own title",
                header.line,
            )


def _unmerged(sheet: Sheet, header: Header, file: str, findings: Findings) -> list[list[Cell]]:
    """The rows, where cells merged downwards below the header all hold what the merged cell shows."""
    rows, cells = sheet.rows, 0
    copied: set[int] = set()
    known = header.places.values()
    for (top, left), (bottom, right) in sheet.merged:
        if top < header.line or not any(left <= place <= right for place in known):
            continue
        if right > left:
            area = _area(top, left, bottom, right)
            findings.fault(file, f"cells of several columns are merged ({area}); unmerge them", top + 1)
            continue
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if row not in copied:
                rows = rows if copied else list(rows)
                rows[row] = list(rows[row])
                copied.add(row)
            rows[row][left] = rows[top][left]
            cells += 1
    if cells:
        findings.note(file, f"merged cells read as the same in each of their rows ({cells} cells filled)")
    return rows


def _area(top: int, left: int, bottom: int, right: int) -> str:
    return f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"

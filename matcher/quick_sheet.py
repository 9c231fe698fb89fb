"""Cells of large sheets written in half the time: what repeats is made once.

A schedule of 15,000 mentees has a million cells, and XlsxWriter escapes each anew. This takes the place of one of
its inner functions, and there only of plain texts and numbers; with a version that was not tested it stands aside.
"""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

TESTED = ("3.3",)  # versions of XlsxWriter
SHORT = 60  # letters of a text that is worth keeping


class QuickSheet(Worksheet):  # type: ignore[misc] # XlsxWriter says nothing of its types
    """A sheet of a workbook that is written row by row."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: dict[str, str] = {}
        self._looks: dict[int, str] = {}

    def _write_cell(self, row: int, col: int, cell: Any) -> None:  # noqa: ANN401 - of XlsxWriter's own making
        kind = type(cell).__name__
        if kind not in ("String", "Number") or cell.format is not None or self._has_look(row):
            super()._write_cell(row, col, cell)
            return
        look = self._looks.get(col)
        if look is None:
            look = self._looks[col] = self._look(col)
        rest = self._text(cell.string) if kind == "String" else f"><v>{cell.number:.16G}</v></c>"
        self.fh.write(f'<c r="{xl_rowcol_to_cell_fast(row, col)}"{look}{rest}')

    def _has_look(self, row: int) -> bool:
        return row in self.row_info and self.row_info[row].row_format is not None

    def _look(self, col: int) -> str:
        """The format of a column, as an attribute of its cells."""
        form = self.col_info[col].column_format if col in self.col_info else None
        return "" if form is None else f' s="{form._get_xf_index()}"'  # noqa: SLF001 - as XlsxWriter does itself

    def _text(self, text: str) -> str:
        """A text behind the attributes of its cell."""
        made = self._texts.get(text)
        if made is None:
            escaped = self._escape_data(self._escape_control_characters(text))
            space = ' xml:space="preserve"' if text != text.strip() else ""
            made = f' t="inlineStr"><is><t{space}>{escaped}</t></is></c>'
            if len(text) <= SHORT:
                self._texts[text] = made
        return made


def quick_sheet_class() -> type[Worksheet] | None:
    """What large sheets are made of; None, XlsxWriter's own, where its version was not tested."""
    return QuickSheet if xlsxwriter.__version__.startswith(tuple(f"{version}." for version in TESTED)) else None

"""Columns of records -> sheets of a workbook: no text is ever a formula, and equal input gives equal bytes."""

from __future__ import annotations

import datetime as dt
import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from matcher.errors import Fault
from matcher.held import Temporary

Cell = str | int | float | None
"""A text, a number (of dates and times that of Excel), or None for an empty cell."""

Kind = Literal["text", "long", "id", "number", "date", "time", "moment"]
Tone = Literal["good", "fair", "poor", "quiet"]

MOST_ROWS = 1_048_576  # of a sheet, the header among them
MOST_LETTERS = 32_767  # of a cell, as UTF-16 counts them
FIRST_DAY = dt.date(1899, 12, 30)  # where Excel counts days from
CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - no clock time: equal runs have equal workbooks
NAVY, PALE, LINE = "#1F3864", "#EEF2F8", "#B8C4D9"
TONES: Mapping[Tone, tuple[str, str]] = {  # letters and ground, told apart in any kind of colour vision
    "good": ("#0B5345", "#D9EFE8"),
    "fair": ("#6B4E00", "#FFF1CC"),
    "poor": ("#8A2B0E", "#FBE1D6"),
    "quiet": ("#595959", "#EDEDED"),
}
WIDEST: Mapping[Kind, int] = {"text": 34, "long": 70, "id": 16}
NARROWEST = 9
LINE_HEIGHT = 15  # in points
MOST_LINES = 25  # that a row is made high for
MOMENT_WIDTH = 11
FORMATS: Mapping[str, Mapping[str, str]] = {
    "en": {"date": "[$-809]d mmm yyyy", "time": "hh:mm", "moment": "[$-809]ddd hh:mm", "week": "d mmm"},
    "ru": {"date": "dd.mm.yyyy", "time": "hh:mm", "moment": "[$-419]ddd hh:mm", "week": "dd.mm"},
}
PRINTED_NAME = 80  # letters of the programme's name at the head of a printed page


@dataclass(frozen=True)
class Column:
    """A heading and the cells below it.

    `tones` colours those that are equal to one of its keys, `beyond` the numbers greater than all of them.
    """

    heading: str
    cells: Sequence[Cell]
    kind: Kind = "text"
    tones: Mapping[Any, Tone] = field(default_factory=dict)
    beyond: Tone | None = None


@dataclass(frozen=True)
class Sheet:
    """A table: its first `frozen` columns stay in view, its first `printed` (0 is all) are printed.

    `empty` is said where it has no rows. `more` is what the last row says, with the number of `{rows}` that a
    sheet cannot hold.
    """

    name: str
    columns: Sequence[Column]
    frozen: int = 1
    empty: str = ""
    more: str = "{rows}"
    printed: int = 0

    def __len__(self) -> int:
        return len(self.columns[0].cells)


class Book:
    """A workbook that is being written, row by row: what has been written is no longer held."""

    def __init__(self, title: str, language: str = "en") -> None:
        self._content, self._temporary = io.BytesIO(), Temporary()
        self.language, self.title = language, title
        self.workbook = xlsxwriter.Workbook(
            self._content,
            {
                "constant_memory": True,
                "tmpdir": str(self._temporary.path),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        self.workbook.set_properties({"title": title[:200], "created": CREATED, "comments": "matcher"})
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def form(self, **properties: Any) -> Format:  # noqa: ANN401 - whatever a format may have
        """The format with these properties; each is made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format({"valign": "top", **properties})
        return self._formats[key]

    def kind(self, kind: Kind) -> Format:
        """The format of a column."""
        if kind == "long":
            return self.form(text_wrap=True)
        if kind in ("text", "id"):
            return self.form(num_format="@", text_wrap=kind == "text")
        numbers = FORMATS[self.language]
        return (
            self.form(num_format=numbers[kind], align="left")
            if kind in numbers
            else self.form(indent=1, align="right")
        )

    def tone(self, tone: Tone) -> Format:
        """The colours of a tone."""
        letters, ground = TONES[tone]
        return self.form(font_color=letters, bg_color=ground)

    def sheet(self, name: str, *, upright: bool = False) -> Worksheet:
        """An empty sheet that prints as wide as the page; where it lies, its first row on every page."""
        sheet = self.workbook.add_worksheet(name)
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        if not upright:
            sheet.set_landscape()
            sheet.repeat_rows(0)
        printed = self.title[:PRINTED_NAME].replace("&", "&&").replace("\n", " ")
        sheet.set_header(f"&L&9{' ' * printed[:1].isdigit()}{printed}&R&9&A")  # a digit would belong to the size
        sheet.set_footer("&R&9&P / &N")
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
        return sheet

    def table(self, sheet: Sheet, most_rows: int = MOST_ROWS) -> Worksheet:
        """Write a sheet that is one table: header in view, filters, widths by what stands in the columns."""
        made = self.sheet(sheet.name)
        widths = [_width(column) for column in sheet.columns]
        titles = [
            textwrap.wrap(column.heading, int(width) - 3)
            for column, width in zip(sheet.columns, widths, strict=True)
        ]
        made.set_row(0, LINE_HEIGHT * max(map(len, titles)) + 4)
        for place, column in enumerate(sheet.columns):
            made.set_column(place, place, widths[place], self.kind(column.kind))
            made.write_string(0, place, fitting(column.heading), self.heading())
        made.freeze_panes(1, sheet.frozen)
        fits = len(sheet) if len(sheet) < most_rows else most_rows - 2
        _set_heights(made, sheet, widths, fits)
        _write_rows(made, sheet, fits)
        made.autofilter(0, 0, max(fits, 1), len(sheet.columns) - 1)
        if sheet.printed:
            made.print_area(0, 0, max(len(sheet) and fits + 1, 1), sheet.printed - 1)
        if fits < len(sheet):
            made.write_string(fits + 1, 0, sheet.more.format(rows=len(sheet) - fits), self.tone("poor"))
        elif not fits and sheet.empty:
            made.write_string(1, 0, sheet.empty, self.form(italic=True))
        self._colour(made, sheet, fits)
        return made

    def heading(self) -> Format:
        """The format of a header."""
        return self.form(
            bold=True, font_color="#FFFFFF", bg_color=NAVY, text_wrap=True, border=1, border_color=LINE
        )

    def _colour(self, made: Worksheet, sheet: Sheet, rows: int) -> None:
        for place, column in enumerate(sheet.columns):
            rules = [("==", value, tone) for value, tone in column.tones.items()]
            if column.beyond:
                rules.append((">", max(column.tones), column.beyond))
            for criteria, value, tone in rules if rows else ():
                said = f'"{value}"' if isinstance(value, str) else value
                rule = {"type": "cell", "criteria": criteria, "value": said, "format": self.tone(tone)}
                made.conditional_format(1, place, rows, place, rule)

    def content(self) -> bytes:
        """The file; nothing can be written after it."""
        try:
            self.workbook.close()
        except FileCreateError as error:  # wraps what the system said
            raise error.args[0] from None
        finally:
            self._temporary.close()
        return self._content.getvalue()


def _set_heights(made: Worksheet, sheet: Sheet, widths: Sequence[float], rows: int) -> None:
    """Make rows as high as their texts need: not every program does so when it opens the file."""
    most = [1] * rows
    for column, width in zip(sheet.columns, widths, strict=True):
        if column.kind in ("text", "long"):
            needed: dict[Cell, int] = {
                cell: lines_of(cell, width) for cell in set(column.cells) if isinstance(cell, str)
            }
            if max(needed.values(), default=1) > 1:
                most = [max(has, needed.get(cell, 1)) for has, cell in zip(most, column.cells, strict=False)]
    for row, needs in enumerate(most, 1):
        if needs > 1:
            made.set_row(row, LINE_HEIGHT * min(needs, MOST_LINES))


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a cell so many letters wide."""
    if len(text) <= width and "\n" not in text:
        return 1
    return sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))


def _write_rows(made: Worksheet, sheet: Sheet, rows: int) -> None:
    text, number = made.write_string, made.write_number
    cells = zip(*(column.cells for column in sheet.columns), strict=True)
    for row, (_, record) in enumerate(zip(range(rows), cells, strict=False), 1):
        for place, cell in enumerate(record):
            if isinstance(cell, str):
                if cell:
                    text(row, place, fitting(cell))
            elif cell is not None:
                number(row, place, cell)


def fitting(text: str) -> str:
    """The text as a cell can hold it: what is too long is cut, and says so.

    >>> len(fitting("a" * 40_000)), fitting("a" * 40_000)[-12:]
    (32767, 'aaa … (cut) ')
    """
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # XlsxWriter takes such a text for its own markup
    if len(text) <= MOST_LETTERS // 2 or len(text.encode("utf-16-le", "surrogatepass")) <= 2 * MOST_LETTERS:
        return text
    cut = " … (cut) "
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (MOST_LETTERS - len(cut))]
    return kept.decode("utf-16-le", "ignore") + cut


def _width(column: Column) -> float:
    """How wide a column is, in letters."""
    title = max((len(word) for word in column.heading.split()), default=0) + 4  # room for the filter's arrow
    if column.kind == "moment":
        return max(title, MOMENT_WIDTH)
    if column.kind not in WIDEST:
        return max(title, NARROWEST if column.kind != "date" else 12)
    texts = {cell for cell in column.cells if isinstance(cell, str)}
    widest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    return max(title, NARROWEST, min(widest + 2, WIDEST[column.kind]))


def day(date: dt.date) -> int:
    """The number of a date."""
    return (date - FIRST_DAY).days


def moment(clock: dt.datetime) -> float:
    """The number of a moment on whatever clock it is told."""
    return day(clock.date()) + (clock.hour * 60 + clock.minute) / 1440


def placed(fault: Fault) -> str:
    """Where a fault is, and what it says, in one line."""
    return f"{fault.file}: {fault}"

"""Tables as they were given -> a workbook with the faulty cells marked, and a list of all faults in front."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from matcher.book import LINE, MOST_ROWS, NAVY, TONES, Book, Tone, fitting, lines_of
from matcher.console import counted
from matcher.errors_file import MARK
from matcher.errors_source import LIST, Entry, Excerpt, Found, Given, Place, Sources, entry_of, excerpt, names_of

NOTES = 2_000  # more of them would make Excel slow; colours and the list have no such limit
NOTE_LETTERS = 1_000
WIDEST, MESSAGE_WIDTH = 40, 90
KINDS = {"poor": "fault", "fair": "warning", "quiet": "read as"}
MOST_COPIED = 50_000  # rows of a table


def make_errors(
    tables: Sequence[Given],
    faults: Sequence[Found],
    warnings: Sequence[Found] = (),
    understood: Sequence[Found] = (),
    *,
    most_rows: int = MOST_COPIED,
) -> bytes:
    """The workbook.

    Cells keep their types, and in sheets of a workbook their places; rows of a CSV file follow each other. What
    is wrong is marked in red with a thick border, what is odd in yellow with a thin one; the message is a note on
    the cell. The first sheet lists everything, with links, and last what was only understood otherwise than it
    stands. Of a table with more rows than `most_rows`, only the
    header and the marked rows are copied.
    """
    book = Book("What is wrong in the tables")
    book.workbook.set_custom_property("matcher", MARK)
    tables = [excerpt(table, [*faults, *warnings]) if len(table.rows) > most_rows else table for table in tables]
    where = {(table.file, table.sheet): place for place, table in enumerate(tables)}
    lines = [{line: row for row, line in enumerate(table.lines)} for table in tables]
    told: tuple[tuple[Tone, Sequence[Found]], ...] = (("poor", faults), ("fair", warnings), ("quiet", understood))
    entries = [entry_of(found, tone, tables, where, lines) for tone, items in told for found in items]
    sources = Sources(tables, names_of(tables))
    _list(book, entries, sources)
    notes = NOTES
    for place, (table, name) in enumerate(zip(tables, sources.names, strict=True)):
        own = [entry for entry in entries if entry.table == place and entry.tone != "quiet"]
        notes -= _copy(book, table, name, own, notes)
    return book.content()


# --- the list -----------------------------------------------------------------------------------------------


def _list(book: Book, entries: Sequence[Entry], sources: Sources) -> None:
    sheet = book.sheet(LIST)
    heads = {
        "kind": 10, "sheet": 16, "cell": 8, "line or row": 9, "column": 18, "what stands there": 26,
        "what is wrong, and what to do": MESSAGE_WIDTH,
    }  # fmt: skip
    for place, width in enumerate(heads.values()):
        sheet.set_column(place, place, width, book.form(text_wrap=True))
    wrong, odd = (sum(entry.tone == tone for entry in entries) for tone in ("poor", "fair"))
    said = counted(wrong, "fault") if wrong else "Nothing is wrong"
    said += f", {counted(odd, 'warning')}" if odd else ""
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, f"{said}.", book.form(bold=True, font_size=14, font_color=NAVY))
    sheet.write_string(1, 0, _how(sources.tables), book.form(font_color="#595959"))
    sheet.set_row(2, 32)
    for place, title in enumerate(heads):
        sheet.write_string(2, place, title, book.heading())
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    fits = MOST_ROWS - 4
    sheet.autofilter(2, 0, 2 + max(1, min(len(entries), fits)), len(heads) - 1)
    for row, entry in enumerate(entries[:fits], 3):
        _list_entry(book, sheet, row, entry, sources)
    if len(entries) > fits:
        sheet.write_string(fits + 3, 0, f"{len(entries) - fits} more do not fit on a sheet.")


def _how(tables: Sequence[Given]) -> str:
    """How to go on."""
    if any(isinstance(table, Excerpt) for table in tables):
        return "Correct your own file: of large tables, only the rows with marks were copied."
    if any(table.sheet for table in tables):
        return "Correct the cells in your own workbook, or here; then check that workbook."
    return "Correct your own files, then check them again: these sheets are copies of them."


def _list_entry(book: Book, sheet: Worksheet, row: int, entry: Entry, sources: Sources) -> None:
    found = entry.found
    letters, ground = TONES[entry.tone]
    ruled = {"text_wrap": True, "bottom": 1, "bottom_color": LINE}
    sheet.set_row(row, 15 * min(lines_of(found.message, MESSAGE_WIDTH), 25) + 2)
    sheet.write_string(
        row, 0, KINDS[entry.tone], book.form(font_color=letters, bg_color=ground, bold=True, **ruled)
    )
    plain, left = book.form(**ruled), book.form(align="left", **ruled)
    if entry.table is None:
        sheet.write_string(row, 1, fitting(found.sheet or found.file), plain)
        sheet.write_blank(row, 2, None, plain)
    else:
        name, cell = sources.names[entry.table], xl_rowcol_to_cell(*entry.cells[0])
        link = book.form(font_color="#1F4FA3", underline=1, **ruled)
        sheet.write_string(row, 1, fitting(name), plain)
        if row < 60_000:  # a sheet holds so many links, with some to spare
            quoted = name.replace("'", "''")
            sheet.write_url(row, 2, f"internal:'{quoted}'!{cell}", link, cell)
        else:
            sheet.write_string(row, 2, cell, plain)
    if found.line is None:
        sheet.write_blank(row, 3, None, plain)
    else:
        sheet.write_number(row, 3, found.line, left)
    sheet.write_string(row, 4, fitting(found.column or ""), plain)
    sheet.write_string(row, 5, fitting(_standing(entry, sources.tables)), book.form(num_format="@", **ruled))
    sheet.write_string(row, 6, fitting(found.message), plain)


def _standing(entry: Entry, tables: Sequence[Given]) -> str:
    """What stands in the cell that a fault is about; nothing where it is about more than one."""
    if entry.table is None or len(entry.cells) > 1:
        return ""
    row, column = entry.cells[0]
    rows = tables[entry.table].rows
    value = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
    return (
        ""
        if value is None
        else str(int(value) if isinstance(value, float) and value.is_integer() else value)[:200]
    )


# --- the copies ---------------------------------------------------------------------------------------------


def _copy(book: Book, table: Given, name: str, entries: Sequence[Entry], most_notes: int) -> int:
    """Copy a table with its marks; returns how many notes it took."""
    sheet = book.sheet(name)
    marks, notes = dict[Place, Tone](), defaultdict[Place, list[str]](list)
    for entry in entries:
        for place in entry.cells:
            marks[place] = "poor" if "poor" in (entry.tone, marks.get(place)) else "fair"
        notes[entry.cells[0]].append(entry.found.message)
    _set_widths(book, sheet, table)
    header = None if table.header_row is None else next(
        (row for row, line in enumerate(table.lines) if line == table.header_row), None
    )  # fmt: skip
    if header is not None:
        sheet.freeze_panes(header + 1, 0)
    last = max([len(table.rows) - 1, *(row for row, _ in marks)], default=-1)
    marked_in = defaultdict[int, list[int]](list)
    for row, column in marks:
        marked_in[row].append(column)
    written = 0
    for row in range(min(last + 1, MOST_ROWS)):
        values = table.rows[row] if row < len(table.rows) else []
        width = max([len(values), *(column + 1 for column in marked_in.get(row, ()))])
        for column in range(width):
            value = values[column] if column < len(values) else ""
            _write(book, sheet, (row, column), value, marks.get((row, column)), header=row == header)
            if (row, column) in notes and written < most_notes:
                _note(sheet, (row, column), notes[row, column])
                written += 1
    if entries:
        sheet.set_tab_color("#C0392B" if any(entry.tone == "poor" for entry in entries) else "#D4A017")
    return written


def _note(sheet: Worksheet, at: Place, messages: Sequence[str]) -> None:
    text = "\n".join(dict.fromkeys(messages))
    text = text if len(text) <= NOTE_LETTERS else f"{text[: NOTE_LETTERS - 30]} ... (see sheet {LIST})"
    shape = {"x_scale": 2.2, "y_scale": 0.5 + lines_of(text, 42) / 4, "author": ""}
    sheet.write_comment(*at, text, shape)


def _set_widths(book: Book, sheet: Worksheet, table: Given) -> None:
    """Columns as wide as their first thousand texts need."""
    widths = defaultdict[int, int](int)
    for row in table.rows[:1000]:
        for column, value in enumerate(row):
            widths[column] = max(widths[column], len(str(value)) if isinstance(value, str) else 12)
    for column, width in widths.items():
        sheet.set_column(column, column, min(max(width + 2, 9), WIDEST if len(widths) > 1 else 110), book.form())


def _write(book: Book, sheet: Worksheet, at: Place, value: object, tone: Tone | None, *, header: bool) -> None:
    """A cell with its type, marked or not."""
    look: dict[str, object] = {}
    if tone is not None:
        letters, ground = TONES[tone]
        border = {"border": 5 if tone == "poor" else 1, "border_color": letters}
        look = {"font_color": letters, "bg_color": ground, "bold": True, **border}
    elif header:
        look = {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY}
    number, form = _number(value)
    row, column = at
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, book.form(**look))
    elif number is not None:
        sheet.write_number(
            row, column, number, book.form(**({"num_format": form, "align": "left"} if form else {}), **look)
        )
    elif value in ("", None):
        if look:
            sheet.write_blank(row, column, None, book.form(**look))
    else:
        sheet.write_string(row, column, fitting(str(value)), book.form(num_format="@", **look))


def _number(value: object) -> tuple[float | None, str]:
    """The number that Excel keeps for a value, and how it shows it."""
    if isinstance(value, dt.datetime):
        return _serial(value), "yyyy-mm-dd hh:mm" + (":ss" if value.second else "")
    if isinstance(value, dt.date):
        return _serial(dt.datetime(value.year, value.month, value.day)), "yyyy-mm-dd"  # noqa: DTZ001 - no clock
    if isinstance(value, dt.time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        return seconds / 86_400, "hh:mm" + (":ss" if value.second else "")
    if isinstance(value, dt.timedelta):
        return (value.total_seconds() / 86_400, "[hh]:mm") if value >= dt.timedelta() else (None, "")
    if isinstance(value, int | float) and math.isfinite(value) and not isinstance(value, bool):
        return value, ""
    return None, ""


def _serial(moment: dt.datetime) -> float:
    """Days as Excel counts them, for which 1900 had a 29 February."""
    days = (moment.replace(tzinfo=None) - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)  # noqa: DTZ001 - no clock
    return days if days >= 61 else days - 1

"""The sample cohort as a workbook to fill in: drop-downs, notes, formats, and a sheet that says how to begin."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from matcher.book import LINE, NAVY, PALE, TONES, Book, day, moment
from matcher.input_programme import KEYS as PROGRAMME_KEYS
from matcher.input_programme import SECTIONS
from matcher.sample_data import sample_files
from matcher.template_guards import DELIMITERS, LAST, guard, offer
from matcher.template_words import COLUMNS, KEYS, LEFT_OUT, LEGEND, NEEDED, STEPS
from matcher.windows_zones import WINDOWS_ZONES

READ_ME, PROGRAMME, LISTS = "read me", "programme", "lists"
MOST_LEVELS = 40
LIGHT, YELLOW = "#D6DFEE", "#FFFBE8"
DATE, MOMENT, CLOCK = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "[hh]:mm"
FORMATS: Mapping[str, str] = {
    "employee_id": "@", "mentee_id": "@", "mentor_id": "@", "manager_id": "@",
    "name": "@", "email": "@", "function": "@",
    "start": CLOCK, "end": CLOCK, "date": DATE, "last_session": DATE, "since": DATE,
    "first_day": DATE, "last_day": DATE,
}  # fmt: skip
TIMES: Mapping[str, str] = {"busy": MOMENT, "absences": DATE}  # of start and end, where these are no times of day
WIDTHS: Mapping[str, int] = {"name": 28, "email": 36, "function": 20, "level": 20, "timezone": 22, "country": 10}

Rows = list[dict[str, str]]


def make_template(file: str) -> bytes:
    """The workbook; `file` is what it will be called."""
    files = sample_files()
    settings = tomllib.loads(files["programme.toml"].decode("utf-8-sig"))
    tables = {name: _read(files.get(f"{name}.csv"), name) for name in COLUMNS}
    book = Book("Mentoring programme")
    _read_me(book, file)
    levels_cell = _programme(book, settings)
    for name, rows in tables.items():
        _table(book, name, rows)
    functions = sorted({row["function"].strip() for row in tables["employees"]})
    _lists(book, levels_cell, settings["eligibility"].get("levels", []), functions)
    return book.content()


def _read(content: bytes | None, name: str) -> Rows:
    """The rows of a table of the sample; where it has no such table, one row of blank cells."""
    if content is None:
        return [dict.fromkeys(COLUMNS[name], "")]
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- read me ------------------------------------------------------------------------------------------------


def _read_me(book: Book, file: str) -> None:
    """Five steps and what the colours mean."""
    sheet = book.sheet(READ_ME, upright=True)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, 100)
    title = book.form(bold=True, font_size=20, font_color=NAVY)
    heading, text = book.form(bold=True, font_size=12, font_color=NAVY), book.form(text_wrap=True)
    typed = book.form(font_name="Consolas", bg_color=PALE, text_wrap=True, border=1, border_color=LINE)
    number = book.form(bold=True, font_size=14, font_color="#FFFFFF", bg_color=NAVY, align="center")
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, "A mentoring programme in five steps", title)
    words = {"file": shlex.quote(file), "run": shlex.quote(f"runs/{PurePath(file).stem}")}
    row = 2
    for place, (name, said, command) in enumerate(STEPS, 1):
        sheet.set_row(row, 22)
        sheet.write_number(row, 0, place, number)
        sheet.write_string(row, 1, name, heading)
        sheet.set_row(row + 1, 15 * -(-len(said) // 100) + 4)
        sheet.write_string(row + 1, 1, said, text)
        row += 2
        if command:
            sheet.set_row(row, 15 * (1 + command.count("\n")) + 4)
            sheet.write_string(row, 1, command.format(**words), typed)
            row += 1
        row += 1
    sheet.write_string(row, 1, "What the colours mean", heading)
    marks: Mapping[str, Format] = {"needed": _header(book, needed=True), "optional": _header(book, needed=False)}
    letters, ground = TONES["fair"]
    for name, said in LEGEND:
        row += 1
        sheet.write_string(row, 0, "", marks.get(name, book.form(bg_color=ground if name == "odd" else "#FFFFFF")))
        sheet.write_string(
            row, 1, said, book.form(text_wrap=True, **({"font_color": letters} if name == "odd" else {}))
        )
    sheet.activate()


# --- programme ----------------------------------------------------------------------------------------------


def _programme(book: Book, settings: Mapping[str, Mapping[str, Any]]) -> str:
    """Every key with its value and what it does; returns the cell that names the levels."""
    sheet = book.sheet(PROGRAMME)
    for place, (title, width) in enumerate((("key", 36), ("value", 44), ("what it does", 78), ("default", 24))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, _header(book, needed=place < 2))
    sheet.freeze_panes(1, 1)
    row, levels = 0, ""
    for key in PROGRAMME_KEYS:
        if key in LEFT_OUT:
            continue
        row += 1
        section, name = key.split(".")
        info = SECTIONS[section].model_fields[name]
        first = next(iter(SECTIONS[section].model_fields)) == name
        rule = {"top": 2, "top_color": NAVY} if first else {"top": 1, "top_color": LINE}
        value, said = settings.get(section, {}).get(name), KEYS[key]
        sheet.set_row(row, 15 * max(-(-len(said) // 78), -(-len(str(_plain(key, value))) // 44)) + 3)
        sheet.write_string(row, 0, key, book.form(bold=True, font_color=NAVY, **rule))
        dated = {"num_format": DATE} if isinstance(value, dt.date) else {}
        form = book.form(bg_color=YELLOW, text_wrap=True, align="left", **rule, **dated)
        _put(sheet, row, _plain(key, value), form)
        sheet.write_string(row, 2, said, book.form(text_wrap=True, **rule))
        default = "" if info.is_required() else str(_plain(key, info.default))
        sheet.write_string(row, 3, default, book.form(font_color="#595959", text_wrap=True, **rule))
        offer(sheet, row, key, info)
        if key == "eligibility.levels":
            levels = xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)
    return levels


def _plain(key: str, value: Any) -> str | int | dt.date:  # noqa: ANN401 - whatever TOML holds
    """A setting as a cell holds it."""
    if key == "output.delimiter":
        return DELIMITERS[value] if value else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else value


def _put(sheet: Worksheet, row: int, value: str | int | dt.date, form: Format) -> None:
    if isinstance(value, str):
        sheet.write_string(row, 1, value, form)
    else:
        sheet.write_number(row, 1, day(value) if isinstance(value, dt.date) else value, form)


# --- tables -------------------------------------------------------------------------------------------------


def _header(book: Book, *, needed: bool) -> Format:
    """The format of a header cell."""
    if needed:
        return book.form(bold=True, font_color="#FFFFFF", bg_color=NAVY, border=1, border_color=LINE)
    return book.form(italic=True, font_color=NAVY, bg_color=LIGHT, border=1, border_color=LINE)


def _table(book: Book, name: str, rows: Rows) -> None:
    """A table of the sample, with notes, formats and drop-downs."""
    sheet = book.sheet(name)
    columns = [*COLUMNS[name], *(column for column in rows[0] if column not in COLUMNS[name])]
    for place, column in enumerate(columns):
        form = TIMES.get(name, FORMATS[column]) if column in ("start", "end") else FORMATS.get(column)
        width = 18 if form == MOMENT else WIDTHS.get(column, 14)
        sheet.set_column(
            place, place, width, book.form(num_format=form, align="left") if form else book.form(align="left")
        )
        needed = column in NEEDED[name]
        sheet.write_string(0, place, column, _header(book, needed=needed))
        note = f"{COLUMNS[name][column]}\n{'Needed.' if needed else 'May be left empty.'}"
        sheet.write_comment(0, place, note, {"x_scale": 2, "y_scale": 0.5 + len(note) / 130, "author": ""})
        guard(sheet, place, name, column, book)
    sheet.freeze_panes(1, 1)
    filled = [row for row in rows if any(row.values())]
    sheet.autofilter(0, 0, max(1, len(filled)), len(columns) - 1)
    for number, row in enumerate(filled, 1):
        for place, column in enumerate(columns):
            _cell(sheet, (number, place), column, row.get(column, ""), book)


def _cell(sheet: Worksheet, at: tuple[int, int], column: str, text: str, book: Book) -> None:
    """A cell of the sample as Excel would have it: real dates, times and numbers where that loses nothing."""
    row, place = at
    if not text:
        return
    if column in ("rank", "max_mentees"):
        sheet.write_number(row, place, int(text))
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        form = book.form(num_format=DATE, align="left")
        sheet.write_number(row, place, day(dt.date.fromisoformat(text)), form)
    elif re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text) and not text.endswith("T00:00"):
        # At midnight nothing would tell it from the whole day.
        sheet.write_number(row, place, moment(dt.datetime.fromisoformat(text)))
    elif match := re.fullmatch(r"(\d\d):(\d\d)", text):
        sheet.write_number(row, place, (int(match[1]) * 60 + int(match[2])) / 1440)
    else:
        sheet.write_string(row, place, text)


# --- lists --------------------------------------------------------------------------------------------------


def _lists(book: Book, levels_cell: str, levels: Sequence[str], functions: Sequence[str]) -> None:
    """What the drop-downs offer: levels follow the sheet programme, the others may be added to."""
    sheet = book.sheet(LISTS)
    zones = sorted({*WINDOWS_ZONES.values()})
    for place, (title, width) in enumerate(
        (("levels (from programme)", 26), ("functions", 26), ("timezones", 26))
    ):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, _header(book, needed=False))
    for row in range(1, max(MOST_LEVELS, len(functions), len(zones)) + 1):
        if row <= MOST_LEVELS:
            # The part of the list between two commas, which each fills 300 spaces.
            part = f'MID(SUBSTITUTE({PROGRAMME}!{levels_cell},",",REPT(" ",300)),{300 * (row - 1) + 1},300)'
            known = levels[row - 1] if row <= len(levels) else ""
            sheet.write_formula(row, 0, f"=TRIM({part})", None, known)
        for place, texts in ((1, functions), (2, zones)):
            if row <= len(texts):
                sheet.write_string(row, place, texts[row - 1])
    sheet.freeze_panes(1, 0)
    for name, letter in (("levels", "A"), ("functions", "B"), ("timezones", "C")):
        area = f"{LISTS}!${letter}$2:${letter}$1001"
        book.workbook.define_name(name, f'=OFFSET({LISTS}!${letter}$2,0,0,MAX(1,COUNTIF({area},"?*")),1)')
    ids = f"employees!$A$2:$A${LAST + 1}"
    book.workbook.define_name("employee_ids", f"=OFFSET(employees!$A$2,0,0,MAX(1,COUNTA({ids})),1)")

"""Workbooks that are at fault, damaged or hostile: each message names cell and remedy, and nothing crashes."""

import datetime as dt
import io
import json
import re
import time
import tracemalloc
import zipfile

import pytest
import xlsxwriter
from click.testing import CliRunner
from tables_in import write_workbook

from matcher import read_cohort
from matcher.cli import cli
from matcher.errors import InputError
from matcher.findings import Findings
from matcher.workbook import Workbook, column_letters, column_number, open_workbook
from soak import bombs as soak_bombs

PROGRAMME = [
    ["key", "value"],
    ["programme.start", dt.date(2027, 1, 11)],
    ["programme.end", dt.date(2027, 4, 9)],
]
EMPLOYEES = [
    ["employee_id", "name", "function", "level", "manager_id", "email", "max_mentees"],
    ["007", "Anna Berg", "Sales", 3.0, "", "anna@steel.example", ""],
    ["008", "Пётр Иванов", "Law", 1.0, 7.0, "", ""],
    ["009", "Ann Lee", "Law", 1.0, "", "", 1.0],
    ["010", "Ann Lee", "Law", 2.0, "", "", ""],
]
PREFERENCES = [["mentee_id", "rank", "mentor_id"], ["008", 1.0, "007"], ["009", 1.0, "007"]]
SHEETS = {"programme": PROGRAMME, "employees": EMPLOYEES, "preferences": PREFERENCES}
AVAILABILITY = ["employee_id", "day", "start", "end"]
BUSY = ["employee_id", "start", "end"]
PAIRS = ["mentee_id", "mentor_id", "status", "last_session"]
HOLIDAYS = ["country", "date", "kind", "end"]


@pytest.fixture
def write(tmp_path):
    """Write a workbook with some of its sheets replaced; None leaves a sheet out."""

    def do(**changes):
        sheets = {name: rows for name, rows in (SHEETS | changes).items() if rows is not None}
        return write_workbook(tmp_path / "spring.xlsx", sheets)

    return do


def check(path, *options):
    """Run `matcher check`, which must not crash."""
    result = CliRunner().invoke(cli, ["check", str(path), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


FAULTS = [
    # what stands in a sheet, the cell named, what is found, what to do
    ("employees", [*EMPLOYEES, ["", "x", "Law", 1.0]], "row 6, employee_id (A6): is blank", ""),
    (
        "employees",
        [*EMPLOYEES, ["007", "x", "Law", 1.0]],
        "row 6, employee_id (A6): '007' stands already in row 2",
        "",
    ),
    ("employees", [*EMPLOYEES, ["=x", "x", "Law", 1.0]], "row 6, employee_id (A6): '=x' starts with '='", ""),
    (
        "employees",
        [*EMPLOYEES, ["1.2E+10", "x", "Law", 1.0]],
        "row 6, employee_id (A6): 1.2E+10 is an id",
        "as text",
    ),
    (
        "employees",
        [*EMPLOYEES, [1234567890123456.0, "x", "Law", 1.0]],
        "row 6, employee_id (A6): 1.23456789012346E+15 is an id of which Excel has dropped digits",
        "as text",
    ),
    ("employees", [*EMPLOYEES, ["x", "x", "", 1.0]], "row 6, function (C6): is blank", ""),
    ("employees", [*EMPLOYEES, ["x", "x", "#ИМЯ?", 1.0]], "row 6, function (C6): #ИМЯ? is the error", "correct"),
    (
        "employees",
        [*EMPLOYEES, ["x", "x", "Law", "####"]],
        "row 6, level (D6): #### stands for",
        "make the column wider",
    ),
    ("employees", [*EMPLOYEES, ["x", "x", "Law", 1.5]], "row 6, level (D6): '1.5' is not a whole number", ""),
    (
        "employees",
        [*EMPLOYEES, ["x", "x", "Law", dt.date(2027, 1, 3)]],
        "(D6): '2027-01-03' is not a whole number",
        "",
    ),
    ("employees", [*EMPLOYEES, ["x", "x", "Law", ""]], "row 6, level (D6): is blank", ""),
    ("employees", [*EMPLOYEES, ["x", "x", "Law", 1.0, "", "", -1.0]], "row 6, max_mentees (G6): '-1' is not", "0"),
    (
        "employees",
        [*EMPLOYEES, ["x", "x", "Law", 1.0, "Ann Lee"]],
        "row 6, manager_id (E6): 'Ann Lee' fits 2",
        "009, 010",
    ),
    ("employees", [["Key", *EMPLOYEES[0][1:]], *EMPLOYEES[1:]], "no column 'employee_id' (found: key, name", ""),
    ("employees", [EMPLOYEES[0]], "holds no employees", ""),
    ("employees", [["employee_id", "employee_id", "function"]], "row 1: two columns are called 'employee_id'", ""),
    (
        "employees",
        [["Таб. №", "Personnel no.", "function"]],
        "row 1: 'Таб. №' and 'Personnel no.' could",
        "delete one",
    ),
    ("employees", [[]], "is empty; expected a header line with employee_id", ""),
    ("employees", None, "spring.xlsx: has no sheet employees", "call it employees or Сотрудники"),
    ("preferences", [*PREFERENCES, ["x", 1.0, "007"]], "row 4, mentee_id (A4): 'x' is no employee", ""),
    ("preferences", [*PREFERENCES, ["", 1.0, "007"]], "row 4, mentee_id (A4): is blank", ""),
    (
        "preferences",
        [*PREFERENCES, ["010", 100.0, "007"]],
        "row 4, rank (B4): '100' is not",
        "from 1 (first choice)",
    ),
    ("preferences", [*PREFERENCES, ["010", 1.0, ""]], "row 4, mentor_id (C4): is blank", ""),
    (
        "preferences",
        [*PREFERENCES, ["010", 1.0, "ann  LEE"]],
        "row 4, mentor_id (C4): 'ann  LEE' fits 2",
        "009, 010",
    ),
    (
        "preferences",
        [*PREFERENCES, ["Пётр Иванов", 2.0, 7.0]],
        "row 4: '008' lists '007' twice (already in row 2)",
        "",
    ),
    (
        "preferences",
        [["mentee_id", "choice_1"], ["008", "007"], ["008", "009"]],
        "row 3, mentee_id (A3): '008' has",
        "",
    ),
    (
        "preferences",
        [["mentee_id", "Choices", ""], ["", "Choice 1", "Choice 2"]],
        "row 1: mentee_id stands here and",
        "into one row",
    ),
    ("availability", [AVAILABILITY, ["007", "Montag", "", ""]], "row 2, day (B2): 'Montag' is not one of mon", ""),
    (
        "availability",
        [AVAILABILITY, ["007", "пн", "9h", "10:00"]],
        "row 2, start (C2): '9h' is not a time like",
        "09:00",
    ),
    (
        "availability",
        [AVAILABILITY, ["007", "пн", dt.time(9), ""]],
        "row 2, end (D2): is blank; expected both",
        "",
    ),
    (
        "availability",
        [AVAILABILITY, ["007", "пн", dt.time(9), dt.time(8)]],
        "row 2, end (D2): 08:00 is not after",
        "",
    ),
    (
        "availability",
        [AVAILABILITY, ["007", "пн", "", ""], ["007", "mon", "9.00", 12.0]],
        "row 2, day (B2): '007' is not free at all on пн here (start and end blank) but has a window in row 3",
        "",
    ),
    (
        "busy",
        [BUSY, ["007", "soon", dt.date(2027, 1, 12)]],
        "row 2, start (B2): 'soon' is not a date or time",
        "09:00",
    ),
    ("busy", [BUSY, ["007", "1/2/2027", "1/3/2027"]], "row 2, start (B2): which number is the day", "slash_dates"),
    (
        "busy",
        [BUSY, ["007", dt.datetime(2027, 1, 12, 9), dt.datetime(2027, 1, 12, 8)]],
        "row 2, end (C2): ",
        "before",
    ),
    (
        "busy",
        [BUSY, ["Ann Lee", dt.date(2027, 1, 12), dt.date(2027, 1, 12)]],
        "row 2, employee_id (A2): ",
        "009, 010",
    ),
    ("holidays", [HOLIDAYS, ["", "soon", "off", ""]], "row 2, date (B2): 'soon' is not a date like", "2027-01-11"),
    (
        "holidays",
        [HOLIDAYS, ["", dt.date(2027, 3, 8), "hol", ""]],
        "row 2, kind (C2): 'hol' is not one of off",
        "",
    ),
    (
        "holidays",
        [HOLIDAYS, ["", dt.date(2027, 3, 8), "short", ""]],
        "row 2, end (D2): a short day needs an end",
        "",
    ),
    (
        "holidays",
        [HOLIDAYS, ["", dt.date(2027, 3, 8), "off", ""], ["", "08.03.2027", "рабочий", ""]],
        "row 3, kind (C3): 2027-03-08 is 'worked' here, but 'off' in row 2",
        "",
    ),
    ("pairs", [PAIRS, ["008", "007", "perhaps", ""]], "row 2, status (C2): 'perhaps' is not locked", ""),
    (
        "pairs",
        [PAIRS, ["008", "x", "locked", ""]],
        "(B2): 'x' is locked but no employee (not in spring.xlsx, ",
        "",
    ),
    (
        "pairs",
        [PAIRS, ["008", "007", "past", dt.date(2027, 2, 1)]],
        "row 2, last_session (D2): 2027-02-01 is not",
        "",
    ),
    (
        "pairs",
        [PAIRS, ["008", "007", "past", "1/8/2027"]],
        "row 2, last_session (D2): which number",
        "slash_dates",
    ),
    (
        "pairs",
        [PAIRS, ["8", 7.0, "отказ", ""], ["008", "007", "locked", ""]],
        "row 3, status (C3): '008' with",
        "row 2",
    ),
    ("pairs", [PAIRS, ["007", "008", "locked"], ["008", "007", "locked"]], "mentor each other (see row 3)", ""),
    (
        "programme",
        [*PROGRAMME, ["sessions.minuts", 30.0]],
        "row 4, sessions.minuts (B4): unknown key",
        "did you mean",
    ),
    ("programme", [*PROGRAMME, ["sessions.minimum", "two"]], "row 4, sessions.minimum (B4): must be a whole", ""),
    ("programme", [*PROGRAMME, ["goals.rank", "fair"]], "row 4, goals.rank (B4): must be 'generous'", ""),
    (
        "programme",
        [*PROGRAMME, ["calendar.working_days", "mon, Die"]],
        "calendar.working_days, entry 2 (B4): ",
        "'mon'",
    ),
    ("programme", [*PROGRAMME, ["columns.employe", "x"]], "row 4, columns.employe (B4): there is no column", ""),
    ("programme", [*PROGRAMME, ["calendar.country", "XX"]], "row 4, calendar.country (B4): ", ""),
    ("programme", [*PROGRAMME, ["programme.name", "#N/A"]], "row 4, programme.name", "correct the formula"),
    ("letters", [["kind", "text"], ["mentor", "x"], ["mentor", "y"]], "mentor stands already in row 2", ""),
    ("programme", [*PROGRAMME, ["programme.start", ""]], "row 4: 'programme.start' stands already in row 2", ""),
    ("programme", [*PROGRAMME, ["minutes", 45.0]], "row 4: 'minutes' is no key like sessions.minutes", ""),
    ("programme", [*PROGRAMME, ["", 45.0]], "row 4: '45' has no key beside it", ""),
    (
        "programme",
        [*PROGRAMME, ["calendar.days", "x"]],
        "row 4: calendar.days cannot be set here",
        "sheet holidays",
    ),
    ("programme", PROGRAMME[:2], "programme.end: is missing", ""),
    (
        "programme",
        [*PROGRAMME[:2], ["programme.end", "9/4/2027"]],
        "row 3, programme.end (B3): must be a date",
        "",
    ),
    ("programme", None, "spring.xlsx: has no sheet programme", "call it programme or Программа"),
]


@pytest.mark.parametrize(("sheet", "rows", "fault", "remedy"), FAULTS, ids=[case[2] for case in FAULTS])
def test_each_fault_names_its_cell_and_the_remedy(write, sheet, rows, fault, remedy):
    result = check(write(**{sheet: rows}))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    told = next(line for line in result.stderr.splitlines() if fault in line)
    assert remedy in told
    assert result.stdout.startswith("not ready: ")
    assert "spring.xlsx" in result.stdout


def test_faults_for_programs_name_sheet_and_cell(write):
    result = check(write(employees=[*EMPLOYEES, ["x", "x", "Law", 1.5]]), "--json")
    assert json.loads(result.stdout)["faults"] == [
        {
            "file": "spring.xlsx",
            "sheet": "employees",
            "cell": "D6",
            "line": 6,
            "column": "level",
            "message": "'1.5' is not a whole number (levels are numbers unless eligibility.levels names them)",
        }
    ]


def test_the_same_fault_in_many_rows_is_told_five_times(write):
    result = check(write(employees=[*EMPLOYEES, *([f"p{n}", "", "Law", "high"] for n in range(9))]))
    assert "(and 4 more rows, up to row 14)" in result.stderr


# --- what is read without a fault ---------------------------------------------------------------------------


def test_values_of_the_sheet_programme(write):
    rows = [
        ["Комментарий", "Ключ", "Значение"],
        ["", "programme.start", "11.01.2027"],
        ["", " Programme.End ", dt.datetime(2027, 4, 9)],
        ["", "programme.name", 2027.0],
        ["", "sessions.minutes", "45; 30"],
        ["", "sessions.number", 3.0],
        ["", "eligibility.levels", "1, 2, 3"],
        ["", "eligibility.line_manager_may_mentor", "нет"],
        ["", "eligibility.past_pairs_may_repeat", False],
        ["", "calendar.working_days", "понедельник, Tue, пт"],
        ["", "calendar.lunch", ""],
        ["", "output.delimiter", "tab"],
        ["", "columns.employee_id", "Kürzel, Pers.-Nr."],
        ["a remark", "", ""],
    ]
    cohort = read_cohort(write(programme=rows))
    assert "row 2, programme.start (C2): dates such as 11.01.2027 read as day.month.year" in map(
        str, cohort.understood
    )
    programme = cohort.programme
    assert (str(programme.frame.start), str(programme.frame.end)) == ("2027-01-11", "2027-04-09")
    assert programme.frame.name == "2027"
    assert (programme.sessions.minutes, programme.sessions.number) == ((45, 30), 3)
    assert programme.eligibility.levels == ("1", "2", "3")
    assert not programme.eligibility.line_manager_may_mentor
    assert not programme.eligibility.past_pairs_may_repeat
    assert programme.calendar.working_days == ("mon", "tue", "fri")
    assert programme.output.delimiter == "\t"
    assert programme.columns == {"employee_id": ("Kürzel", "Pers.-Nr.")}


def test_midnight_is_told_from_a_whole_day_by_what_the_cell_shows(write):
    midnight, day = dt.datetime(2027, 1, 13), dt.date(2027, 1, 13)
    rows = [BUSY, ["007", dt.datetime(2027, 1, 12), midnight], ["008", dt.date(2027, 1, 12), day]]
    busy = read_cohort(write(busy=rows)).busy
    assert ((busy.end - busy.start) / (24 * 60)).tolist() == [1, 2]


def test_cells_merged_downwards_count_in_each_row(tmp_path):
    path = write_workbook(tmp_path / "spring.xlsx", SHEETS)
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in (SHEETS | {"preferences": PREFERENCES[:1]}).items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    form = book.add_format({"num_format": "yyyy-mm-dd"}) if isinstance(cell, dt.date) else None
                    sheet.write(place, column, cell, form)
        sheet.merge_range("A2:A4", "008")
        for row, mentor in enumerate(("007", "009", "010"), start=1):
            sheet.write_row(row, 1, [row, mentor])
    cohort = read_cohort(path)
    assert cohort.choices.mentor_ids == ("007", "009", "010")
    assert "merged cells read as the same in each of their rows (2 cells filled)" in map(str, cohort.understood)


@pytest.mark.parametrize(
    ("area", "fault"),
    [
        ("A1:B1", "row 1: the header has merged cells (A1:B1); unmerge them"),
        ("A1:A2", "row 1: the header has merged cells (A1:A2); unmerge them"),
        ("A2:B2", "row 2: cells of several columns are merged (A2:B2); unmerge them"),
    ],
)
def test_merged_titles_and_columns_are_faults(tmp_path, area, fault):
    path = tmp_path / "spring.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("programme", "employees"):
            sheet = book.add_worksheet(name)
            for place, row in enumerate(SHEETS[name]):
                for column, cell in enumerate(row):
                    sheet.write(place, column, str(cell))
        sheet = book.add_worksheet("preferences")
        sheet.write_row(0, 0, ["mentee_id", "rank", "mentor_id"])
        sheet.write_row(2, 0, ["008", 1, "007"])
        sheet.merge_range(area, "mentee_id" if area[1] == "1" else "009")
    result = check(path)
    assert result.exit_code == 1
    assert fault in result.stderr


def test_blank_rows_columns_and_other_sheets_do_not_matter(write):
    rows = [[], ["", *EMPLOYEES[0], ""], [], *(["", *row, " "] for row in EMPLOYEES[1:]), [" ", "\u00a0"], []]
    cohort = read_cohort(write(employees=rows, Notes=[["level"]]))
    assert cohort.employees.ids == ("007", "008", "009", "010")
    assert [str(note) for note in cohort.understood if note.sheet is None] == ["sheets not read: Notes"]


def test_hidden_rows_and_sheets_are_read_and_told(write):
    path = write()
    changed(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b'<row r="3"', b'<row r="3" hidden="1"'))
    changed(path, "xl/workbook.xml", lambda xml: xml.replace(b'"preferences"', b'"preferences" state="hidden"'))
    cohort = read_cohort(path)
    assert len(cohort.employees) == 4
    assert [str(note) for note in cohort.understood if "hidden" in note.message] == [
        "hidden sheets read like all others: preferences",
        "1 hidden row (the first is row 3) read like all others; delete what is not meant",
    ]


def test_ids_of_which_excel_has_made_dates_are_told(write):
    day = dt.date(2027, 11, 1)
    cohort = read_cohort(write(employees=[*EMPLOYEES, [day, "x", "Law", 3.0]]))
    assert str(cohort.warnings[0]).startswith("row 6, employee_id (A6): '2027-11-01' is a date; if Excel has made")
    cohort = read_cohort(write(preferences=[*PREFERENCES, ["010", 1.0, day]]))
    assert str(cohort.warnings[0]).startswith(
        "row 4, mentor_id (C4): '2027-11-01' is no employee; if Excel has made a date of an id, format the column"
    )


def test_a_second_sheet_for_a_table_is_not_passed_over_in_silence(write):
    cohort = read_cohort(write(Сотрудники=EMPLOYEES[:2]))
    assert "sheets not read: Сотрудники; employees is" in map(str, cohort.understood)
    result = check(write(**{"employees ": EMPLOYEES[:2]}))
    assert "sheets 'employees ' and 'employees' could each be employees; leave one of them" in result.stderr


def test_an_employee_is_found_by_a_number_that_lost_its_zeros(write):
    cohort = read_cohort(write(preferences=[PREFERENCES[0], [8.0, 1.0, 7.0]]))
    assert cohort.mentees.tolist() == [1]
    assert cohort.choices.mentor_ids == ("007",)


# --- what cannot be opened ----------------------------------------------------------------------------------


def archive(**parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    return data.getvalue()


def changed(path, part, change):
    """Replace a part of a workbook."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BROKEN = {
    "an old workbook": (OLE, "is a workbook of the old kind (.xls); open it in Excel"),
    "a protected one": (OLE + "EncryptedPackage".encode("utf-16-le"), "is protected with a password"),
    "OpenDocument": (archive(mimetype="application/vnd.oasis"), "is an OpenDocument file (.ods)"),
    "binary": (archive(**{"xl/workbook.bin": b"x"}), "is a binary workbook (.xlsb)"),
    "any archive": (archive(**{"a.txt": b"x"}), "is an archive, but no Excel workbook"),
    "text": (b"employee_id,level\n", "is damaged (File is not a zip file); open it in Excel"),
    "nothing": (b"", "is damaged"),
    "half of one": (archive(**{"xl/workbook.xml": b"<a/>"})[:-30], "is damaged"),
    "broken XML": (
        archive(**{"xl/workbook.xml": b"<a", "xl/_rels/workbook.xml.rels": b"<a/>"}),
        "is damaged",
    ),
    "entities": (
        archive(
            **{"xl/workbook.xml": b"<!DOCTYPE a [<!ENTITY b 'b'>]><a/>", "xl/_rels/workbook.xml.rels": b"<a/>"}
        ),
        "holds what no Excel workbook holds (DOCTYPE)",
    ),
    "a bomb": (
        archive(**{"xl/workbook.xml": bytes(150 << 20)}),
        "unpacks to far more than a table of people holds",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_workbook_is_a_fault_with_a_remedy(tmp_path, kind):
    data, fault = BROKEN[kind]
    path = tmp_path / "spring.xlsx"
    path.write_bytes(data)
    result = check(path)
    assert result.exit_code == 1
    assert f"spring.xlsx: {fault}" in result.stderr
    assert result.stdout == "not ready: 1 fault in spring.xlsx\n"


@pytest.mark.parametrize("suffix", [".xls", ".xlsb", ".ods"])
def test_other_workbooks_are_told_by_what_they_are(tmp_path, suffix):
    path = tmp_path / f"spring{suffix}"
    path.write_bytes(OLE)
    assert "save it as 'Excel workbook (.xlsx)'" in check(path).stderr


def test_a_cell_at_the_end_of_the_world_is_refused_before_it_takes_all_memory(write):
    path = write()
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    changed(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"</sheetData>", far))
    result = check(path)
    assert result.exit_code == 1
    assert (
        "sheet employees: has cells in use down to row 1048576 and out to column XFD; delete the" in result.stderr
    )


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="9"><c r="XFD1048576"><v>1</v></c></row>',  # a row that it does not stand in
        b"<row r='9'><c  t='n' r = 'XFD1048576'><v>1</v></c></row>",
        b'<row r="9"><c r="xfd1048576"><v>1</v></c></row>',
        b'<row r="9"><c r="ZZZZ9"><v>1</v></c></row>',  # further right than Excel goes
        b'<row><c r="B99999999"><v>1</v></c></row>',
    ],
)
def test_a_cell_that_says_it_stands_far_away_is_refused_too(write, cells):
    path = write()
    changed(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"</sheetData>", cells + b"</sheetData>"))
    result = check(path)
    assert result.exit_code == 1
    assert "spring.xlsx, sheet employees: has cells in use down to row " in result.stderr


@pytest.mark.parametrize("merged", [["A3:ZZZZZZ3"], ["A3:A99999999", "B3:XFD1048576"], ["B3:B1048576"] * 9000])
def test_merged_cells_of_any_size_and_number_take_no_time(write, merged):
    rows = [*EMPLOYEES, *([f"x{number}", "", "Law", 1.0] for number in range(4000))]
    path = write(employees=rows)
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    end = f"</sheetData><mergeCells>{cells}</mergeCells>".encode()
    changed(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"</sheetData>", end))
    begin = time.process_time()
    assert "sheet employees" in check(path).stderr
    assert time.process_time() - begin < 5


def test_a_long_text_that_very_many_cells_share_is_refused_before_it_takes_all_memory(write):
    path = write()
    with zipfile.ZipFile(path) as file:
        place = file.read("xl/sharedStrings.xml").count(b"<si>")
    text = b"<si><t>" + b"x" * 30_000 + b"</t></si></sst>"
    changed(path, "xl/sharedStrings.xml", lambda xml: xml.replace(b"</sst>", text))
    rows = "".join(f'<row r="{row}"><c r="B{row}" t="s"><v>{place}</v></c></row>' for row in range(9, 40_000))
    end = f"{rows}</sheetData>".encode()
    changed(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"</sheetData>", end))
    assert "sheet employees: unpacks to far more than a table of people holds; copy" in check(path).stderr


# Each of these would take all memory or end the process: soak/bombs.py lays them, and others.
BOMBS = [bomb for bomb in soak_bombs.BOMBS if bomb.name in {
    "xlsx: a cell at the end, in apostrophes", "xlsx: a cell at the end, in small letters",
    "xlsx: a cell at the end, without a row", "xlsx: a shared text, in apostrophes",
    "xlsx: a shared text, behind a formula", "xlsx: a shared text, in capitals",
    "xlsx: a shared text, in a namespace", "xlsx: a shared text, in CDATA", "xlsx: quadratic in styles, utf-16",
}]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=[bomb.name for bomb in BOMBS])
def test_what_would_take_all_memory_is_refused_however_it_is_written(tmp_path, bomb):
    bomb.lay(tmp_path)
    result = check(tmp_path / "cohort")
    assert result.exit_code == 1
    assert re.search(
        "has cells in use down to row|unpacks to far more|holds what no Excel workbook", result.stderr
    )


def test_a_part_that_says_it_is_small_and_is_not_is_never_held_whole(tmp_path):
    (bomb,) = (bomb for bomb in soak_bombs.BOMBS if bomb.name == "xlsx: a text of 150 MB that says 400 bytes")
    bomb.lay(tmp_path)
    tracemalloc.start()
    result = check(tmp_path / "cohort")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "is damaged (Bad CRC-32 for file 'xl/sharedStrings.xml'" in result.stderr
    assert most < 20 << 20


def test_a_damaged_sheet_is_named(write):
    path = changed(write(), "xl/worksheets/sheet3.xml", lambda xml: xml[:-40])
    result = check(path)
    assert result.exit_code == 1
    assert "spring.xlsx, sheet preferences: is damaged" in result.stderr


@pytest.mark.parametrize("seed", range(60))
def test_no_damage_makes_it_crash(write, seed):
    import random

    rng = random.Random(seed)
    path = write()
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 5, 50))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    path.write_bytes(bytes(data[: rng.randrange(len(data))] if seed % 3 == 0 else data))
    result = check(path)
    assert result.exit_code in (0, 1)
    assert "Traceback" not in result.output


HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "\u202eevil",
    "x" * 300,
    "🙂",
    'a "b"\nc',
    "{0} {} %s",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_read_as_they_are(write, name):
    rows = [*EMPLOYEES, ["x", name, "Law", 2.0]]
    cohort = read_cohort(write(employees=rows, preferences=[*PREFERENCES, ["x", 1.0, "007"]]))
    assert cohort.employees.names[-1] == name
    result = check(write(employees=[*rows, ["y", "", "Law", name]]))
    assert result.exit_code == 1
    assert "\u202e" not in result.output


def test_errors_of_formulas_are_seen_although_the_library_hides_them(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("a")
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C2", "=1+1", None, 2)
    assert Workbook(path.read_bytes()).sheet("a").rows[1] == ["", "#DIV/0!", 2.0]


@pytest.mark.parametrize("value", ["", "<v></v>", "<v />"])
def test_a_formula_without_its_value_is_not_blank(write, value):
    path = write(employees=[*EMPLOYEES, ["011", "x", "Law", 1.0, "", "", 2.0]])
    last = b"</c></row></sheetData>"
    formula = f"<f>1+1</f>{value}".encode() + last
    changed(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"<v>2</v>" + last, formula))
    said = "row 6, max_mentees (G6): holds a formula that was never calculated; open the workbook in Excel"
    assert said in check(path).stderr


def test_a_formula_that_gives_no_text_is_blank(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("a").write_formula("A1", '=""', None, "x")
        book.worksheets()[0].write_formula("B1", "=1", None, 1)
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>x</v>", b"<v></v>"))
    assert Workbook(path.read_bytes()).sheet("a").rows == [["", 1.0]]


def test_columns_have_the_letters_that_excel_gives_them():
    assert [column_letters(place) for place in (0, 25, 26, 701, 702, 16383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
    assert all(column_number(column_letters(place)) == place for place in range(16384))


def test_a_workbook_that_cannot_be_opened_is_none():
    findings = Findings()
    assert open_workbook(b"", "x.xlsx", findings) is None
    assert len(findings.faults) == 1


# --- where cohorts lie --------------------------------------------------------------------------------------


def test_two_workbooks_in_a_folder_are_asked_about(write, tmp_path):
    path = write()
    path.with_name("autumn.xlsx").write_bytes(path.read_bytes())
    with pytest.raises(InputError, match=r"more than one workbook \(autumn\.xlsx, spring.xlsx\); name the one"):
        read_cohort(tmp_path)


def test_a_programme_twice_is_a_fault(write, tmp_path):
    write()
    (tmp_path / "programme.toml").write_text("[programme]\n")
    with pytest.raises(InputError, match=r"sheet programme: stands beside programme\.toml; keep one of the two"):
        read_cohort(tmp_path)


def test_calendars_are_not_imported_into_a_workbook(write, tmp_path):
    pytest.importorskip("icalendar")
    (tmp_path / "ics").mkdir()
    result = CliRunner().invoke(cli, ["import-calendars", str(tmp_path / "ics"), str(write())])
    assert result.exit_code == 1
    assert "not into a workbook; save its sheets as CSV files into a folder" in result.stderr


def test_every_command_takes_a_workbook(write, tmp_path):
    path, run = str(write()), str(tmp_path / "run")
    for words in (["solve", path, "-o", run], ["verify", path, run], ["explain", path, run, "008"]):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, result.output
    assert (
        "otherwise than written: 1 thing; matcher check"
        in CliRunner().invoke(cli, ["solve", path, "-o", run, "--overwrite"]).stderr
    )


# --- its runs -------------------------------------------------------------------------------------------------


def command(*arguments):
    """Run a command; its exit code and what it prints."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_a_run_of_a_renamed_workbook_is_still_its_run(write, tmp_path):
    path, run = write(), tmp_path / "run"
    assert command("solve", path, "-o", run, "--prices")[0] == 0
    renamed = path.rename(tmp_path / "renamed.xlsx")
    for name in ("verify", "rerun", "report", "publish"):
        code, told = command(name, renamed, run)
        assert (code, "another version" in told) == (0, False), told


def test_a_run_of_a_changed_workbook_can_be_reported_but_not_published(write, tmp_path):
    run = tmp_path / "run"
    assert command("solve", write(), "-o", run)[0] == 0
    changed = write(letters=[["kind", "subject", "text"], ["mentor", "Hello", "Dear {name}"]])
    code, told = command("report", changed, run)
    assert (code, "another version of spring.xlsx;" in told) == (0, True), told
    assert "Dear Anna Berg" in (run / "messages.csv").read_text("utf-8")
    code, told = command("explain", changed, run, "009")
    assert (code, "another version of spring.xlsx" in told) == (0, True), told
    assert "cannot be published" in command("publish", changed, run)[1]
    assert "the SHA-256 sums are not those" in command("verify", changed, run)[1]

"""CSV files as Excel and HR systems write them, and that whatever is not read as it stands is told."""

import csv
import functools
import io
import json

import pytest
from click.testing import CliRunner
from cohort_folder import EMPLOYEES, PREFERENCES, PROGRAMME, faults_of, warnings_of, write_folder
from hypothesis import given
from hypothesis import strategies as st

from matcher.cli import cli
from matcher.findings import Findings
from matcher.io import read_cohort
from matcher.programme import day_date
from matcher.source_tables import source_tables
from matcher.synonyms import titles_of
from matcher.tables import read_table


@pytest.fixture
def faults(tmp_path):
    return functools.partial(faults_of, tmp_path)


def notes(folder, **changes):
    cohort = read_cohort(write_folder(folder, **changes))
    return [f"{note.source}: {note}" for note in cohort.understood]


def test_a_cohort_in_its_own_form_needs_no_understanding(tmp_path):
    assert notes(tmp_path) == []


def test_what_is_understood_is_told_once_with_the_number_of_cells(tmp_path):
    busy = "employee_id;start;end\nm;11.01.2027 9:00;11.01.2027 10:00\nm;12.01.2027;12.01.2027\n"
    busy += "a;13.1.2027 9:30;2027-01-14\n"
    availability = "employee_id,day,start,end\nm,понедельник,9.00,6 PM\nm,Вт,9:00,18:00\nb,06.02.2027,10,12\n"
    found = notes(
        tmp_path,
        employees__csv=EMPLOYEES.replace(",3,", ",3.0,").replace("Mia", "Mia\u00a0Mo"),
        busy__csv=busy,
        availability__csv=availability,
        pairs__csv="mentee_id,mentor_id,status,last_session\na,m,Отказ,8.1.2027\n",
        holidays__csv="country,date,kind,end\n,08.03.2027,выходной,\n,05.03.2027,short,15.00\n",
    )
    assert found == [
        "employees.csv: level: numbers such as 3.0 read as whole numbers (1 cell)",
        "employees.csv: name: non-breaking spaces as in Mia\u00a0Mo read as spaces (1 cell)",
        "availability.csv: day: days such as понедельник read as mon to sun (2 cells)",
        "availability.csv: day: dates such as 06.02.2027 read as day.month.year (1 cell)",
        "availability.csv: start: times such as 9.00 read as hours and minutes (2 cells)",
        "availability.csv: end: times such as 6 PM read as hours and minutes (2 cells)",
        "busy.csv: start: times such as 11.01.2027 9:00 read as day.month.year and time of day (2 cells)",
        "busy.csv: start: dates such as 12.01.2027 read as day.month.year (1 cell)",
        "busy.csv: end: times such as 11.01.2027 10:00 read as day.month.year and time of day (1 cell)",
        "busy.csv: end: dates such as 12.01.2027 read as day.month.year (1 cell)",
        "holidays.csv: date: dates such as 08.03.2027 read as day.month.year (2 cells)",
        "holidays.csv: kind: выходной read as off (1 cell)",
        "holidays.csv: end: times such as 15.00 read as hours and minutes (1 cell)",
        "pairs.csv: status: Отказ read as refused (1 cell)",
        "pairs.csv: last_session: dates such as 8.1.2027 read as day.month.year (1 cell)",
    ]


def test_check_lists_it_and_solve_counts_it(tmp_path):
    (tmp_path / "cohort").mkdir()
    folder = write_folder(tmp_path / "cohort")
    (folder / "preferences.csv").rename(folder / "Выбор.csv")
    (folder / "Выбор.csv").write_text("Менти;Приоритет;Ментор\nb;1;m\n", "utf-8")
    told = CliRunner().invoke(cli, ["check", str(folder)])
    assert (
        "Understood:\n  Выбор.csv:\n    read as preferences.csv\n    line 1: columns read: 'Менти' as"
        in told.stderr
    )
    data = json.loads(CliRunner().invoke(cli, ["check", str(folder), "--json"]).stdout)
    assert data["understood"][0] == {
        "file": "Выбор.csv",
        "line": None,
        "column": None,
        "message": "read as preferences.csv",
    }
    told = CliRunner().invoke(cli, ["solve", str(folder), "-o", str(tmp_path / "run"), "--no-report"])
    assert "Understood otherwise than written: 2 things; matcher check" in told.stderr
    (folder / "programme.toml").write_text("[programme]\n")
    told = CliRunner().invoke(cli, ["check", str(folder)])
    assert told.exit_code == 1
    assert "Understood:\n  Выбор.csv:" in told.stderr
    data = json.loads(CliRunner().invoke(cli, ["check", str(folder), "--json"]).stdout)
    assert len(data["understood"]) == 2


# --- slash dates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "start"),
    [
        ("m,1/2/2027 9:00,1/13/2027 10:00", "2027-01-02"),
        ("m,1/2/2027 9:00,13/2/2027 10:00", "2027-02-01"),
        ("m,1/2/27,13/2/27", "2027-02-01"),
    ],
)
def test_slash_dates_are_decided_by_all_dates_of_the_table(tmp_path, rows, start):
    cohort = read_cohort(write_folder(tmp_path, busy__csv=f"employee_id,start,end\n{rows}\n"))
    day = int(cohort.busy.start[0]) // (24 * 60)
    assert str(day_date(day)) == start


def test_undecided_slash_dates_are_faults_unless_the_programme_decides(faults, tmp_path):
    rows = "employee_id,start,end\nm,1/2/2027,1/3/2027\n"
    message = (
        "which number is the day cannot be told from these dates; write them like 2027-01-11, or set "
        "input.slash_dates to 'day first' or 'month first'"
    )
    assert faults(busy__csv=rows) == [
        f"busy.csv: line 2, start: {message}",
        f"busy.csv: line 2, end: {message}",
    ]
    for order, start in (("day first", 20_850), ("month first", 20_820)):
        cohort = read_cohort(tmp_path, {"input.slash_dates": order})
        assert cohort.busy.start.tolist() == [start * 24 * 60]


# --- titles of the user's own -------------------------------------------------------------------------------


def test_own_titles(tmp_path):
    own = '[columns]\nemployee_id = ["Kürzel", "Pers.-Nr."]\nmentee_id = "Kürzel"\n'
    own += 'choice = ["Wunsch"]\nlevel = ["Stufe"]\n'
    cohort = read_cohort(
        write_folder(
            tmp_path,
            programme__toml=PROGRAMME + own,
            employees__csv="KÜRZEL,function,level\nm,Sales,3\na,Law,1\n",
            preferences__csv="Kürzel,1. Wunsch\na,m\n",
            busy__csv="pers nr,start,end\nm,2027-01-11,2027-01-11\n",
        )
    )
    assert cohort.choices.mentor_ids == ("m",)
    assert len(cohort.busy) == 1
    assert [f"{one.source}: {one}" for one in cohort.warnings] == [
        "programme.toml: columns.level: no table has a column 'Stufe'"
    ]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (
            'employe_id = ["x"]',
            "programme.toml: columns.employe_id: there is no column of this name; did you mean",
        ),
        ('qqq = ["x"]', "programme.toml: columns.qqq: there is no column of this name; columns are employee_id,"),
        ("level = 3", "programme.toml: columns.level: must be a list like"),
        ("level = [3]", "programme.toml: columns.level, entry 1: must be text in quotes (got 3)"),
        (
            'name = ["Wer"]\nemployee_id = ["wer"]',
            "programme.toml: columns.employee_id: 'wer' cannot be both name and employee_id of employees; leave",
        ),
    ],
)
def test_faults_of_own_titles(faults, lines, fault):
    assert faults(programme__toml=f"{PROGRAMME}[columns]\n{lines}\n")[0].startswith(fault)


def test_own_titles_on_the_command_line(tmp_path, faults):
    people = EMPLOYEES.replace("employee_id", "Kürzel")
    write_folder(tmp_path, employees__csv=people)
    assert len(read_cohort(tmp_path, {"columns.employee_id": ["Kürzel"]}).employees) == 4
    assert "--set: columns.employe: there is no column" in faults({"columns.employe": ["Kürzel"]})[0]


# --- files --------------------------------------------------------------------------------------------------


def test_files_under_other_names(tmp_path, faults):
    write_folder(tmp_path, Сотрудники__csv=EMPLOYEES, employees__csv=None, Busy__csv="employee_id,start,end\n")
    assert len(read_cohort(tmp_path).employees) == 4
    assert list(read_cohort(tmp_path).inputs) == [
        "programme.toml",
        "Сотрудники.csv",
        "preferences.csv",
        "Busy.csv",
    ]
    (tmp_path / "Персонал.csv").write_text("x")
    found = faults(employees__csv=None)
    assert found == [
        "Персонал.csv: 'Персонал.csv' and 'Сотрудники.csv' could each be employees.csv; leave one of them"
    ]


def test_dates_that_a_spreadsheet_has_converted_in_part_are_told(tmp_path):
    rows = [f"m,2027-0{month}-0{day},1{day}/0{month}/2027" for month, day in ((2, 3), (3, 4), (3, 5))]
    busy = "\n".join(["employee_id,start,end", *rows, ""])
    said = "all dates up to the 12th are dates and all later ones texts: were days taken for months when the table"
    assert [said in warning for warning in warnings_of(tmp_path, busy__csv=busy)] == [True]
    assert warnings_of(tmp_path, busy__csv=busy.replace("2027-02-03", "2027-02-13")) == []
    assert warnings_of(tmp_path, busy__csv=busy.replace("13/02", "11/02")) == []


def test_a_second_file_for_a_table_is_not_passed_over_in_silence(tmp_path):
    (tmp_path / "Сотрудники.csv").write_text("x")
    assert notes(tmp_path) == ["Сотрудники.csv: not read: employees.csv is"]


def test_a_workbook_beside_the_tables_is_not_read(tmp_path):
    (tmp_path / "old.xlsx").write_bytes(b"x")
    assert notes(tmp_path) == ["old.xlsx: not read: the other tables of the folder are"]


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("#N/A", "#N/A is the error of a formula; correct the formula or type the value"),
        ("#ЗНАЧ!", "#ЗНАЧ! is the error of a formula; correct"),
        ("#DIV/0!", "#DIV/0! is the error of a formula; correct"),
        ("#######", "####### stands for a value that did not fit; make the column wider in Excel and save again"),
    ],
)
def test_what_is_left_of_broken_formulas_is_a_fault(faults, cell, fault):
    assert faults(employees__csv=f"{EMPLOYEES}x,{cell},Law,1,,,\n")[0].startswith(
        f"employees.csv: line 6, name: {fault}"
    )


def test_a_name_with_a_number_sign_is_no_error(tmp_path):
    cohort = read_cohort(write_folder(tmp_path, employees__csv=EMPLOYEES + "#1,C# developer!,Law,1,,,\n"))
    assert cohort.employees.names[0] == "C# developer!"


def test_an_id_that_excel_has_shortened_is_a_fault(faults):
    assert "1E+11 is an id of which" in faults(employees__csv=EMPLOYEES + "1E+11,x,Law,1,,,\n")[0]
    fault = "1.23457E+11 is an id of which Excel has dropped digits; format the column as text and enter it again"
    assert faults(employees__csv=EMPLOYEES + "1.23457E+11,x,Law,1,,,\n") == [
        f"employees.csv: line 6, employee_id: {fault}"
    ]


def test_lines_that_excel_has_cut_short_are_filled_up(tmp_path, faults):
    full = "".join(f"p{n:02},,Law,1,,,\n" for n in range(11))
    short = "".join(f"q{n:02},,Law,1\n" for n in range(16))
    assert notes(tmp_path, employees__csv=EMPLOYEES + full + short + "r,,Law,1,,,1\n") == [
        "employees.csv: line 17: 16 lines without their last cells, as Excel writes blank ones: read as blank"
    ]
    found = faults(employees__csv=EMPLOYEES + full + short.replace("q07,,Law,1", "q07,,Law,1,,,"))
    assert found[0] == "employees.csv: line 17: 4 fields, but the header has 7"


def test_headings_of_other_widths_stand_above_the_header(tmp_path):
    heading = "Report of people\n\n;;\n"
    assert notes(tmp_path, employees__csv=heading + EMPLOYEES) == [
        "employees.csv: line 4: header found here; 2 rows above it not read"
    ]


def test_headings_do_not_count_as_lines(faults):
    heading = "Report\n\n"
    found = faults(preferences__csv=heading + PREFERENCES + "n,0,m\n")
    assert found[0].startswith("preferences.csv: line 7, rank: '0' is not")


def test_a_cohort_of_the_reader_warns_as_before(tmp_path):
    assert warnings_of(tmp_path, busy__csv="employee_id,start,end\nx,2027-01-11,2027-01-11\n")[0].startswith(
        "busy.csv: line 2, employee_id: 1 row of people who are no employees ignored: 'x'"
    )


# --- the tables as they are ---------------------------------------------------------------------------------


def test_source_tables_hold_every_cell_with_its_place(tmp_path):
    write_folder(tmp_path, employees__csv='Report\n\nФИО,Таб. №\n"two\nlines",1\n\n,2\n', busy__csv='a\n"')
    tables = {table.name: table for table in source_tables(tmp_path)}
    assert sorted(tables) == ["busy", "employees", "preferences"]
    people = tables["employees"]
    assert people.rows == [["Report"], ["ФИО", "Таб. №"], ["two\nlines", "1"], ["", "2"]]
    assert people.lines == [1, 3, 4, 7]
    assert (people.header_row, dict(people.places)) == (3, {"name": 0, "employee_id": 1})
    assert (people.file, people.sheet) == ("employees.csv", None)
    assert tables["busy"].rows == [["a"]]


def test_every_fault_of_a_table_has_its_row_among_the_cells(tmp_path, faults):
    faults(employees__csv=EMPLOYEES + "x,,Sales,high,,,\n", preferences__csv=PREFERENCES + "n,0,m\n")
    from matcher.errors import InputError

    with pytest.raises(InputError) as caught:
        read_cohort(tmp_path)
    tables = source_tables(tmp_path)
    for fault in caught.value.faults:
        (table,) = [table for table in tables if table.holds(fault)]
        assert table.rows[table.lines.index(fault.line)][table.places[fault.column]] in ("high", "0")


# --- any dialect --------------------------------------------------------------------------------------------

KNOWN = ("employee_id", "name", "function", "level", "max_mentees")
TITLES = {
    "employee_id": ("employee_id", "Табельный номер", "Таб. №", " Personnel  Number", "EMPLOYEE-ID"),
    "name": ("name", "ФИО", "Full name", "фио"),
    "function": ("function", "Функция", "Направление"),
    "level": ("level", "Уровень", "Грейд", "job level"),
    "max_mentees": ("max_mentees", "Максимум менти", "Max. Mentees"),
}
NAME = st.text(st.sampled_from('ab яЁ,;"\t\n#'), max_size=8).map(lambda text: f"N{text}N")


@st.composite
def files(draw):
    """A small table, and its bytes in some dialect and encoding, with blank rows and headings."""
    people = draw(st.lists(NAME, min_size=1, max_size=5))
    rows = [[f"p{n}", name, "Law", str(n % 7), ""] for n, name in enumerate(people)]
    order = draw(st.permutations(range(len(KNOWN))))
    header = [draw(st.sampled_from(TITLES[KNOWN[place]])) for place in order]
    written = [header]
    for row in rows:
        blank = draw(st.sampled_from([[], [[""] * len(KNOWN)], [[]]]))
        level = draw(st.sampled_from([row[3], f"{row[3]}.0", f"{row[3]},0"]))
        changed = [row[0], row[1], row[2], level, row[4]]
        written += [*blank, [changed[place] for place in order]]
    width = draw(st.integers(0, 2))
    heading = draw(st.sampled_from([[], [["Отчёт"]], [["Отчёт"], []]]))
    delimiter = draw(st.sampled_from(",;\t"))
    text = io.StringIO(newline="")
    sep = draw(st.booleans()) and not heading
    text.write(f"sep={delimiter}\r\n" if sep else "")
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    remark = "Отдел кадров, Вера Кузнецова"  # few letters alone do not tell a code page
    writer.writerows(
        [*heading, *([*row, remark if any(row) else "", *[""] * width] if row else row for row in written)]
    )
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251"]))
    return rows, text.getvalue().encode(encoding)


@given(files())
def test_a_table_reads_alike_in_every_dialect(drawn):
    from matcher.cohort_tables import KNOWN as ALL
    from matcher.readings import understood

    rows, data = drawn
    findings = Findings()
    table = read_table(
        data, "employees.csv", ALL["employees"], findings, titles_of("employees", ALL["employees"], {})
    )
    assert not findings.faults
    table = understood(table, "employees", "", findings)
    found = list(zip(*(table[name].texts() for name in KNOWN), strict=True))
    assert [list(row) for row in found] == rows

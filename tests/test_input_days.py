"""absences.csv, and the first and last days of employees.csv: what is read, and each fault with its place."""

import datetime as dt

import numpy as np
import pytest
from cohort_folder import EMPLOYEES, faults_of, warnings_of, write_folder
from tables_in import write_workbook

from matcher.io import read_cohort
from matcher.model import ALWAYS
from matcher.programme import day_number
from matcher.scenarios import Base, read_scenarios

HEADER = "employee_id,start,end\n"


def number(text):
    return day_number(dt.date.fromisoformat(text))


def rows_of(cohort):
    away, ids = cohort.absences, cohort.employees.ids
    return [
        (ids[person], start, end)
        for person, start, end in zip(away.person.tolist(), away.start.tolist(), away.end.tolist(), strict=True)
    ]


def with_days(*days):
    """EMPLOYEES with the columns first_day and last_day, filled in for as many rows."""
    header, *rows = EMPLOYEES.splitlines()
    filled = [*days, *[","] * (len(rows) - len(days))]
    return "\n".join([f"{header},first_day,last_day", *map(",".join, zip(rows, filled, strict=True))]) + "\n"


# --- absences.csv -------------------------------------------------------------------------------------------


def test_rows_are_sorted_and_count_once(tmp_path):
    text = (
        HEADER
        + "n,2027-02-01,2027-02-05\na,2027-03-01,2027-03-01\na,2027-01-20,2027-02-01\nn,2027-02-01,2027-02-05\n"
    )
    assert rows_of(read_cohort(write_folder(tmp_path, absences__csv=text))) == [
        ("a", number("2027-01-20"), number("2027-02-01")),
        ("a", number("2027-03-01"), number("2027-03-01")),
        ("n", number("2027-02-01"), number("2027-02-05")),
    ]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("a,2027-02-01,", "line 2, end: is blank; expected a date like 2027-01-11"),
        ("a,,2027-02-01", "line 2, start: is blank; expected a date like 2027-01-11"),
        (",2027-02-01,2027-02-01", "line 2, employee_id: is blank"),
        ("a,2027-02-02,2027-02-01", "line 2, end: 2027-02-01 is before start 2027-02-02"),
        ("a,2027-02-30,2027-03-01", "line 2, start: '2027-02-30' is not a date like 2027-01-11"),
        ("a,soon,2027-03-01", "line 2, start: 'soon' is not a date like 2027-01-11"),
        (
            "a,2027-02-01T10:00,2027-02-01",
            "line 2, start: '2027-02-01T10:00' is not a date like 2027-01-11; absences are whole days, hours",
        ),
        ("a,2327-02-01,2327-03-01", "line 2, start: 2327-02-01 is not between 1970 and 2200"),
        ("a,=cmd,2027-03-01", "line 2, start: '=cmd' is not a date like 2027-01-11"),
    ],
)
def test_faults_of_absences(tmp_path, row, fault):
    found = faults_of(tmp_path, absences__csv=HEADER + row + "\n")
    assert any(text.startswith(f"absences.csv: {fault}") for text in found), found


def test_all_faults_are_told_at_once(tmp_path):
    text = HEADER + "a,x,y\nn,2027-02-02,2027-02-01\n"
    assert len(faults_of(tmp_path, absences__csv=text, employees__csv=with_days("soon,later"))) == 5


def test_strangers_are_ignored_with_a_warning(tmp_path):
    text = HEADER + "zz,2027-02-01,2027-02-05\nm,2027-02-01,2027-02-05\n"
    assert warnings_of(tmp_path, absences__csv=text) == [
        "absences.csv: line 2, employee_id: 1 row of people who are no employees ignored: 'zz'"
    ]
    assert len(read_cohort(tmp_path).absences) == 1


def test_an_empty_table_is_as_none(tmp_path):
    cohort = read_cohort(write_folder(tmp_path, absences__csv=HEADER))
    assert (len(cohort.absences), cohort.warnings) == (0, ())


# --- employees.csv ------------------------------------------------------------------------------------------


def test_days_and_blanks(tmp_path):
    text = with_days("2027-02-01,", ",2027-03-01", "2027-02-02,2027-02-02")
    people = read_cohort(write_folder(tmp_path, employees__csv=text)).employees
    assert dict(zip(people.ids, people.first_day.tolist(), strict=True)) == {
        "a": -ALWAYS, "b": -ALWAYS, "m": number("2027-02-01"), "n": number("2027-02-02"),
    }  # fmt: skip
    assert dict(zip(people.ids, people.last_day.tolist(), strict=True)) == {
        "a": number("2027-03-01"), "b": ALWAYS, "m": ALWAYS, "n": number("2027-02-02"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("days", "fault"),
    [
        ("2027-02-02,2027-02-01", "line 2, last_day: 2027-02-01 is before first_day 2027-02-02"),
        ("soon,", "line 2, first_day: 'soon' is not a date like 2027-01-11"),
        (",2027-13-01", "line 2, last_day: '2027-13-01' is not a date like 2027-01-11"),
    ],
)
def test_faults_of_days(tmp_path, days, fault):
    assert faults_of(tmp_path, employees__csv=with_days(days)) == [f"employees.csv: {fault}"]


def test_a_hire_date_of_long_ago_changes_nothing(tmp_path):
    """HR exports have such a column anyway."""
    text = with_days("11.05.1968,", "01.09.2015,").replace("first_day", "Дата приёма").replace("last_day", "x")
    people = read_cohort(write_folder(tmp_path, employees__csv=text)).employees
    assert sorted(people.first_day.tolist())[:2] == [-ALWAYS, -ALWAYS]
    assert people.first_day.max() == number("2015-09-01")


# --- a workbook ---------------------------------------------------------------------------------------------


def write_book(folder, sheet, titles):
    people = [
        ["Таб. №", "ФИО", "Функция", "Уровень", "Участвует с", "Дата увольнения"],
        ["a", "Анна", "Sales", 1, dt.date(2027, 2, 1), ""],
        ["m", "=cmd|' /C calc'!A0", "Sales", 3, "", dt.date(2027, 3, 31)],
    ]
    return write_workbook(
        folder / "spring.xlsx",
        {
            "Сотрудники": people,
            "Выбор": [["ID менти", "Приоритет", "ID ментора"], ["a", 1, "m"]],
            sheet: [titles, ["m", dt.date(2027, 2, 15), dt.date(2027, 2, 21)], ["a", "01.03.2027", "05.03.2027"]],
            "Программа": [
                ["key", "value"],
                ["programme.start", dt.date(2027, 1, 11)],
                ["programme.end", dt.date(2027, 4, 9)],
            ],
        },
    )


@pytest.mark.parametrize(
    ("sheet", "titles"),
    [
        ("absences", ["employee_id", "start", "end"]),
        ("Absences", ["Personnel no.", "First day", "Last day"]),
        ("Отсутствия", ["Таб. №", "Первый день", "Последний день"]),
        ("Отпуска", ["Табельный номер", "С", "По"]),
    ],
)
def test_a_sheet_of_absences(tmp_path, sheet, titles):
    cohort = read_cohort(write_book(tmp_path, sheet, titles))
    assert rows_of(cohort) == [
        ("a", number("2027-03-01"), number("2027-03-05")),
        ("m", number("2027-02-15"), number("2027-02-21")),
    ]
    assert cohort.employees.first_day.tolist() == [number("2027-02-01"), -ALWAYS]
    assert cohort.employees.last_day.tolist() == [ALWAYS, number("2027-03-31")]


# --- scenarios ----------------------------------------------------------------------------------------------


def test_a_case_changes_days_and_absences(tmp_path):
    write_folder(tmp_path, absences__csv=HEADER + "m,2027-02-01,2027-02-05\n")
    (tmp_path / "scenarios.toml").write_text("""
[[case.late.change]]
table = "employees"
where = { employee_id = "a" }
set = { first_day = 2027-02-15, last_day = "2027-03-15" }
[[case.gone.change]]
table = "employees"
where = { employee_id = "m" }
remove = true
[[case.leave.change]]
table = "absences"
add = [ { employee_id = "n", start = 2027-03-01, end = "2027-03-31" } ]
[[case.back.change]]
table = "absences"
where = { start = { at_most = 2027-02-01 }, employee.function = "Sales" }
remove = true
[case.strict]
set.sessions.absences = "re-pair"
""")
    base = Base.open(tmp_path)
    cases = {case.name: case for case in read_scenarios(tmp_path / "scenarios.toml", base).cases}
    late = base.cohort(cases["late"])
    assert late.employees.first_day[late.employees.ids.index("a")] == number("2027-02-15")
    assert late.employees.last_day[late.employees.ids.index("a")] == number("2027-03-15")
    assert rows_of(base.cohort(cases["gone"])) == []
    assert [row[0] for row in rows_of(base.cohort(cases["leave"]))] == ["m", "n"]
    assert rows_of(base.cohort(cases["back"])) == []
    assert base.cohort(cases["strict"]).programme.sessions.absences == "re-pair"
    assert np.array_equal(base.cohort(cases["base"]).employees.first_day, [-ALWAYS] * 4)

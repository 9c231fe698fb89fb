"""People named by e-mail, full name or shortened id: found where exactly one fits, a fault where several do."""

import pytest
from cohort_folder import write_folder

from matcher.errors import InputError
from matcher.io import read_cohort

EMPLOYEES = """employee_id,name,email,function,level,manager_id
007,Anna Berg,anna.berg@steel.example,Sales,3,
0008,Иванов Пётр,,Law,1,Berg Anna
9,Ann  Lee,LEE@steel.example,Law,1,ANNA.BERG@steel.example
10,Ann Lee,,Law,2,7.0
E11,Lee Ann Max,x@steel.example,Law,2,
E12,Max Lee Ann,x@steel.example,Law,2,
"""


def read(folder, rows, **changes):
    preferences = "mentee_id,rank,mentor_id\n" + rows
    return read_cohort(write_folder(folder, employees__csv=EMPLOYEES, preferences__csv=preferences, **changes))


def faults(folder, rows, **changes):
    with pytest.raises(InputError) as caught:
        read(folder, rows, **changes)
    return [f"{fault.source}: {fault}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("007", "007"),
        ("7", "007"),
        ("7.0", "007"),
        ('"07,0"', "007"),
        ("8", "0008"),
        ("9.0", "9"),
        ("Anna.Berg@Steel.example", "007"),
        ("Anna Berg <anna.berg@steel.example>", "007"),
        ("mailto:lee@steel.example", "9"),
        ("anna berg", "007"),
        ("Berg  Anna", "007"),
        ("Berg\u00a0Anna", "007"),
        ("Anna\u200b Berg\u202c", "007"),
        ("anna.berg@steel.example\u200b", "007"),
        ('"Berg, Anna"', "007"),
        ("ПЕТР ИВАНОВ", "0008"),
        ("Lee Ann Max", "E11"),
    ],
)
def test_exactly_one_fits(tmp_path, text, found):
    cohort = read(tmp_path, f"10,1,{text}\n")
    assert cohort.choices.mentor_ids == (found,)
    assert cohort.choices.mentor[0] == cohort.employees.ids.index(found)


@pytest.mark.parametrize(
    "text", ["Anna", "A. Berg", "Anna Bergg", "ann.berg@steel.example", "77", "7.000", "E7", "anna berg 2"]
)
def test_what_does_not_fit_is_not_guessed_at(tmp_path, text):
    assert read(tmp_path, f"10,1,{text}\n").choices.mentor.tolist() == [-1]
    assert faults(tmp_path, f"{text},1,007\n")[0].startswith(
        f"preferences.csv: line 2, mentee_id: {text!r} is no employee (not in employees.csv)"
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [("Ann Lee", "9, 10"), ("ann lee", "9, 10"), ("Ann Max Lee", "E11, E12"), ("x@steel.example", "E11, E12")],
)
def test_several_fit(tmp_path, text, ids):
    expected = f"{text!r} fits 2 employees: {ids}; write the employee_id"
    assert faults(tmp_path, f"10,1,{text}\n") == [f"preferences.csv: line 2, mentor_id: {expected}"]
    assert faults(tmp_path, f"{text},1,007\n") == [f"preferences.csv: line 2, mentee_id: {expected}"]
    tables = {
        "pairs": ("mentee_id,mentor_id,status", f"{text},007,locked", "mentee_id"),
        "busy": ("employee_id,start,end", f"{text},2027-01-11,2027-01-11", "employee_id"),
        "availability": ("employee_id,day,start,end", f"{text},mon,,", "employee_id"),
    }
    for table, (header, row, column) in tables.items():
        found = faults(tmp_path, "10,1,007\n", **{f"{table}__csv": f"{header}\n{row}\n"})
        assert found == [f"{table}.csv: line 2, {column}: {expected}"]
        (tmp_path / f"{table}.csv").unlink()


def test_a_manager_whom_several_fit(tmp_path):
    with pytest.raises(InputError, match="line 8, manager_id: 'Ann Lee' fits 2 employees: 9, 10"):
        read_cohort(write_folder(tmp_path, employees__csv=EMPLOYEES + "x,,,Law,1,Ann Lee\n"))


def test_managers_are_found_and_counted(tmp_path):
    cohort = read(tmp_path, "10,1,007\n")
    ids = cohort.employees.ids
    assert [cohort.employees.manager[ids.index(person)] for person in ("0008", "9", "10")] == [
        ids.index("007")
    ] * 3
    assert sorted(map(str, cohort.understood)) == [
        "manager_id: 1 person found by an id of which a spreadsheet has changed the zeros ('7.0' is 007)",
        "manager_id: 1 person found by e-mail ('ANNA.BERG@steel.example' is 007)",
        "manager_id: 1 person found by full name in another order ('Berg Anna' is 007)",
    ]


def test_the_same_choice_by_id_and_by_name_is_a_choice_twice(tmp_path):
    assert faults(tmp_path, "10,1,007\n10,2,Anna Berg\n") == [
        "preferences.csv: line 3: '10' lists '007' twice (already on line 2); expected each choice once"
    ]


def test_wide_choices_by_name(tmp_path):
    preferences = "Наставляемый,1-й выбор,2-й выбор\nПетр Иванов,anna.berg@steel.example,E11\n"
    cohort = read_cohort(write_folder(tmp_path, employees__csv=EMPLOYEES, preferences__csv=preferences))
    assert cohort.choices.mentor_ids == ("007", "E11")


def test_part_of_a_name_is_asked_about_and_not_guessed_at(tmp_path):
    cohort = read(tmp_path, "0008,1,Lee Max\n9,1,Lee\n10,1,Lee Nobody\nE11,1,berg anna maria\n")
    assert [str(warning) for warning in cohort.warnings if "no employee" in warning.message] == []
    employees = EMPLOYEES.replace("E12,Max Lee Ann", "E12,Max Lee")
    rows = "mentee_id,rank,mentor_id\n0008,1,Max Ann\n"
    sole = read_cohort(write_folder(tmp_path, employees__csv=employees, preferences__csv=rows))
    assert [str(warning) for warning in sole.warnings] == [
        "line 2, mentor_id: 'Max Ann' is no employee; did you mean 'E11'?"
    ]
    assert sole.choices.mentor.tolist() == [-1]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Е11", "did you mean 'E11', in one alphabet and without invisible characters?"),
        ("E11\u200b", "did you mean 'E11', in one alphabet and without invisible characters?"),
        ("e11", "did you mean 'E11'?"),
        ("Aнна Веrg", "did you mean '007'?"),
    ],
)
def test_who_is_written_with_letters_that_look_the_same_is_asked_about(tmp_path, text, hint):
    employees = EMPLOYEES.replace("Anna Berg", "Анна Berg").replace("Berg Anna", "")
    preferences = f"mentee_id,rank,mentor_id\n10,1,{text}\n"
    cohort = read_cohort(write_folder(tmp_path, employees__csv=employees, preferences__csv=preferences))
    assert [str(warning) for warning in cohort.warnings] == [f"line 2, mentor_id: {text!r} is no employee; {hint}"]


def test_ids_that_look_the_same_in_two_alphabets_are_told(tmp_path):
    employees = "employee_id,function,level\nE11,Law,1\nЕ11,Law,1\nm,Law,3\na,Law,1\nb,Law,1\n"
    cohort = read_cohort(write_folder(tmp_path, employees__csv=employees))
    assert "'Е11' looks like 'E11' on line 2" in str(cohort.warnings[0])


def test_a_cell_of_very_many_digits_is_read_in_no_time(tmp_path):
    assert read(tmp_path, f"10,1,{'0' * 50_000}x\n").choices.mentor.tolist() == [-1]  # took minutes


def test_functions_that_look_the_same_are_told(tmp_path):
    employees = EMPLOYEES + "x,,,Lаw,1,\ny,,,La w,1,\nz,,,LAW,1,\n"
    cohort = read(tmp_path, "10,1,007\n")
    assert not cohort.warnings
    rows = "mentee_id,rank,mentor_id\n10,1,007\n"
    cohort = read_cohort(write_folder(tmp_path, employees__csv=employees, preferences__csv=rows))
    assert [str(warning) for warning in cohort.warnings] == [
        "line 8, function: 'Lаw' looks like 'LAW'; they count as two functions",
        "line 9, function: 'La w' looks like 'LAW'; they count as two functions",
    ]

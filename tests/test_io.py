"""Reading a cohort folder: what is accepted, what is warned of, and how the command line changes it."""

import functools
import hashlib
import time
from dataclasses import fields, is_dataclass
from pathlib import Path

import cohorts
import numpy as np
import pytest
from cohort_folder import EMPLOYEES, PREFERENCES, PROGRAMME, faults_of, warnings_of, write_folder

from matcher.errors import InputError
from matcher.io import parse_override, read_cohort
from matcher.programme import day_number


@pytest.fixture
def write(tmp_path):
    return functools.partial(write_folder, tmp_path)


@pytest.fixture
def faults(tmp_path):
    return functools.partial(faults_of, tmp_path)


@pytest.fixture
def warnings(tmp_path):
    return functools.partial(warnings_of, tmp_path)


def plain(value):
    """Records as lists and dicts, so that they can be compared."""
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.tolist()]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


# --- what is read -------------------------------------------------------------------------------------------


def test_a_small_cohort(write):
    folder = write()
    cohort = read_cohort(folder)
    people = cohort.employees
    assert people.ids == ("a", "b", "m", "n")
    assert people.names == ("Ann", "Bob", "Mia", "")
    assert people.functions == ("sales", "Law", "Sales", "Law")
    assert people.function[0] == people.function[2] != people.function[1]
    assert people.level.tolist() == [1, 1, 3, 2]
    assert people.manager.tolist() == [2, 3, -1, -1]
    assert [people.zones[zone] for zone in people.zone] == ["Europe/Paris", *["Europe/Moscow"] * 3]
    assert people.capacity.tolist() == [0, 2, 2, 1]
    assert cohort.mentees.tolist() == [0, 1]
    assert cohort.choices.mentor_ids == ("m", "n", "m")
    assert cohort.choices.rank.tolist() == [1, 3, 1]
    assert cohort.inputs["programme.toml"] == hashlib.sha256(PROGRAMME.encode()).hexdigest()
    assert sorted(cohort.inputs) == ["employees.csv", "preferences.csv", "programme.toml"]
    assert cohort.folder == str(folder)
    assert cohort.warnings == ()


FULL = cohorts.Spec(
    employees=(
        "a Sales 1",
        {"employee_id": "b", "function": "SALES", "level": 1, "timezone": "Europe/Paris", "manager_id": "m"},
        "c Law 1",
        {"employee_id": "m", "function": "Sales", "level": 3, "max_mentees": 1},
        "n Law 5",
    ),
    choices=("a m", "a n", "a ghost", ("b", 2, "n"), ("b", 2, "m"), ("c", 99, "n")),
    availability=(
        ("m", "mon", "09:00", "12:00"), ("m", "mon", "13:00", "24:00"), ("n", "2027-01-12", "", ""),
        ("a", "2027-01-12", "10:00", "11:00"),
    ),
    busy=(
        ("a", "2027-01-11", "2027-01-12"), ("b", "2027-01-11T09:00:30", "2027-01-11T10:00:01"),
        ("m", "2027-01-11 09:00+03:00", "2027-01-11T07:00Z"),
    ),
    pairs=(("a", "n", "past"), ("a", "n", "forbidden"), ("c", "n", "locked", "2027-01-04")),
    programme={"programme": {"start": "2027-01-11", "end": "2027-04-09", "timezone": "Europe/Moscow"}},
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_makes_no_difference(tmp_path, seed):
    expected = cohorts.build(FULL)
    cohort = read_cohort(cohorts.write(cohorts.shuffled(FULL, seed), tmp_path))
    for part in ("programme", "employees", "mentees", "choices", "availability", "busy", "decisions"):
        assert plain(getattr(cohort, part)) == plain(getattr(expected, part)), part


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_encoding_delimiter_and_column_order_make_no_difference(tmp_path, encoding, delimiter):
    expected = plain(read_cohort(cohorts.write(FULL, tmp_path)))
    for path in tmp_path.glob("*.csv"):
        rows = [line.split(",")[::-1] for line in path.read_text("utf-8").splitlines()]
        path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    found = plain(read_cohort(tmp_path))
    assert {**found, "inputs": 0, "warnings": 0} == {**expected, "inputs": 0, "warnings": 0}


def test_wide_preferences_are_the_same_as_long_ones(write):
    long = read_cohort(write())
    wide = read_cohort(write(preferences__csv="mentee_id,Choice_1,choice_2,choice_3\nb,m,,\na,m,,n\nn,,,\n"))
    assert plain(wide.choices) == plain(long.choices)
    assert wide.mentees.tolist() == [0, 1, 3]  # n is a mentee without choices


def test_levels_by_name_and_in_descending_order(write):
    named = PROGRAMME + '[eligibility]\nlevels = ["Specialist", "Manager", "Director"]\n'
    people = EMPLOYEES.replace(",3,", ", director ,").replace(",2,", ",MANAGER,").replace(",1,", ",Specialist,", 1)
    people = people.replace("Law,1,", "Law,specialist,")
    cohort = read_cohort(write(programme__toml=named, employees__csv=people))
    assert cohort.employees.level.tolist() == [0, 0, 2, 1]
    down = PROGRAMME + '[eligibility]\nlevel_order = "descending"\n'
    assert read_cohort(write(programme__toml=down, employees__csv=EMPLOYEES)).employees.level.tolist() == [
        -1,
        -1,
        -3,
        -2,
    ]


def test_a_lock_makes_a_mentee_and_waives_with_a_warning(write):
    cohort = read_cohort(write(pairs__csv="mentee_id,mentor_id,status,last_session\nn,b,Locked,2027-01-10\n"))
    assert cohort.mentees.tolist() == [0, 1, 3]
    assert cohort.locks == ((3, 1),)
    assert cohort.decisions[3, 1].last_session == day_number(cohort.programme.frame.start) - 1
    assert str(cohort.warnings[0]) == (
        "line 2: the lock of n with Bob (b) counts although the mentee did not choose this mentor and a mentor "
        "from the same function must be at least 2 above (here -1)"
    )


def test_several_rows_of_a_pair_are_joined_to_the_strictest(write):
    rows = "a,m,past,2026-10-01\na,m,refused,\na,m,past,2026-12-01\n"
    decision = read_cohort(write(pairs__csv="mentee_id,mentor_id,status,last_session\n" + rows)).decisions[0, 2]
    assert (decision.status, decision.past, str(np.datetime64(decision.last_session, "D"))) == (
        "refused", True, "2026-12-01"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2027-01-11", "2027-01-11", ("2027-01-11T00:00", "2027-01-12T00:00", False, False)),
        ("2027-01-11T09:00", "2027-01-11 10:30", ("2027-01-11T09:00", "2027-01-11T10:30", False, False)),
        ("2027-01-11T09:00:59.5", "2027-01-11T10:30:00.1", ("2027-01-11T09:00", "2027-01-11T10:31", False, False)),
        ("2027-01-11T09:00Z", "2027-01-11t10:00:00z", ("2027-01-11T09:00", "2027-01-11T10:00", True, True)),
        ("2027-01-11T09:00+03:00", "2027-01-11T02:00-0530", ("2027-01-11T06:00", "2027-01-11T07:30", True, True)),
        ("2027-01-11T23:00", "2027-01-11T24:00", ("2027-01-11T23:00", "2027-01-12T00:00", False, False)),
        ("1969-12-31T23:59:30", "1970-01-01", ("1969-12-31T23:59", "1970-01-02T00:00", False, False)),
        # Moscow is three hours ahead: 09:00 there is 06:00Z, so this is half an hour.
        ("2027-01-11T09:00", "2027-01-11T06:30Z", ("2027-01-11T09:00", "2027-01-11T06:30", False, True)),
    ],
)
def test_busy_times(write, start, end, expected):
    busy = read_cohort(write(busy__csv=f"employee_id,start,end\nm,{start},{end}\n")).busy
    found = [str(np.datetime64(int(minute), "m")) for minute in (busy.start[0], busy.end[0])]
    assert (*found, bool(busy.start_utc[0]), bool(busy.end_utc[0])) == expected


def test_many_busy_rows_are_read_quickly(write):
    moments = np.datetime64("2027-01-11T00:00:00") + np.arange(75_000) * np.timedelta64(61, "s")
    rows = "".join(f"m,{moment},{moment + 60}\n" for moment in moments)
    folder = write(busy__csv="employee_id,start,end\n" + rows)
    began = time.perf_counter()
    assert len(read_cohort(folder).busy) == 75_000
    assert time.perf_counter() - began < 10  # generous: other work may share the machine


def test_a_byte_order_mark_before_the_programme_is_no_matter(write):
    cohort = read_cohort(write(programme__toml=b"\xef\xbb\xbf" + PROGRAMME.replace("\n", "\r\n").encode()))
    assert cohort.programme.frame.timezone == "Europe/Moscow"
    name = '[programme]\nname = "Наставничество"\nstart = 2027-01-11\nend = 2027-04-09\n'
    cohort = read_cohort(write(programme__toml=name.encode("cp1251")))
    assert cohort.programme.frame.name == "Наставничество"
    assert "read as cp1251" in str(cohort.warnings[0])


# --- overrides ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("sessions.minutes=[45, 30]", "sessions.minutes", [45, 30]),
        ("goals.rank=greedy", "goals.rank", "greedy"),
        (' goals.rank = "greedy" ', "goals.rank", "greedy"),
        ("calendar.working_hours=10:00-16:00", "calendar.working_hours", "10:00-16:00"),
        ("eligibility.line_manager_may_mentor=false", "eligibility.line_manager_may_mentor", False),
        ("programme.name=a=b", "programme.name", "a=b"),
        ("programme.name=1\nx = 2", "programme.name", "1\nx = 2"),
        ("output.delimiter=;", "output.delimiter", ";"),
    ],
)
def test_parse_override(text, key, value):
    assert parse_override(text) == (key, value)


@pytest.mark.parametrize("text", ["sessions.minutes", "=3", ""])
def test_an_override_without_key_or_value_is_a_fault(text):
    with pytest.raises(InputError, match=r"must be key=value, like sessions\.minutes=30"):
        parse_override(text)


def test_overrides_win_over_the_file(write):
    texts = [
        "sessions.minutes=30",
        "programme.start=2027-01-18",
        "programme.end='2027-03-31'",
        "goals.rank=greedy",
    ]
    overrides = dict(map(parse_override, texts))
    cohort = read_cohort(write(), overrides)
    assert cohort.programme.sessions.minutes == (30,)
    assert (str(cohort.programme.frame.start), str(cohort.programme.frame.end)) == ("2027-01-18", "2027-03-31")
    assert cohort.programme.goals.rank == "greedy"
    assert dict(cohort.overrides) == overrides


def test_bad_overrides_are_faults_of_the_command_line(faults):
    found = faults({"sessions.minutse": 3, "goals.rank": "gredy", "minutes": 3, "goals.seed": -1})
    assert found == [
        "--set: unknown key 'sessions.minutse'; did you mean 'sessions.minutes'?",
        "--set: unknown key 'minutes'; did you mean 'sessions.minutes'?",
        "--set: goals.rank: must be 'generous', 'greedy' or 'min-cost' (got 'gredy'; did you mean 'greedy'?)",
        "--set: goals.seed: must be at least 0 (got -1)",
    ]


# --- files --------------------------------------------------------------------------------------------------


EVERYBODY = "employee_id, function and level of everybody"
CHOICES = "the mentees' choices: mentee_id, rank, mentor_id"


def test_missing_files_are_named_with_what_they_hold(faults):
    found = faults(programme__toml=None, employees__csv=None, employee__csv="x", preferences__csv=None)
    example = "'matcher init' makes an example"
    assert found == [
        f"programme.toml: is missing (it holds the programme's start, end and rules); {example}",
        f"employees.csv: is missing (it holds {EVERYBODY}); found 'employee.csv': was it meant?",
        f"preferences.csv: is missing (it holds {CHOICES}); {example}",
    ]


def test_a_misspelt_optional_file_is_warned_of(warnings):
    assert warnings(bussy__csv="x", pair__csv="x", notes__txt="x") == [
        "bussy.csv: is not read; did you mean 'busy.csv'?",
        "pair.csv: is not read; did you mean 'pairs.csv'?",
    ]


def test_folders_and_files_in_each_others_place(faults, tmp_path):
    (tmp_path / "busy.csv").mkdir()
    assert faults() == ["busy.csv: is a folder, not a file"]
    with pytest.raises(InputError, match="is a file, not a folder"):
        read_cohort(tmp_path / "employees.csv")
    with pytest.raises(InputError, match="there is no such folder or workbook; expected a folder with"):
        read_cohort(tmp_path / "nowhere")


def test_an_employees_file_without_employees(faults):
    assert faults(employees__csv="employee_id,function,level\n")[0] == "employees.csv: holds no employees"


# --- warnings -----------------------------------------------------------------------------------------------


def test_warnings_of_employees(warnings):
    rows = "M,,Sales,3,ghost,,9\n"
    assert warnings(employees__csv=EMPLOYEES + rows) == [
        "employees.csv: line 6, employee_id: 'M' looks like 'm' on line 2; they count as two people",
        "employees.csv: line 6, manager_id: 'ghost' is no employee; taken as no manager",
        "employees.csv: line 6, max_mentees: 9 is above the programme's 2 (capacity.mentees_per_mentor); 2 counts",
    ]


def test_a_mentor_id_that_only_looks_different_is_warned_of(warnings):
    assert warnings(preferences__csv=PREFERENCES + "n,1,ghost\nn,2,M\n") == [
        "preferences.csv: line 6, mentor_id: 'M' is no employee; did you mean 'm'?"
    ]


def test_strangers_are_ignored_with_one_warning_a_file(warnings):
    found = warnings(
        availability__csv="employee_id,day,start,end\nx,mon,,\ny,mon,,\n",
        busy__csv="employee_id,start,end\nx,2027-01-11,2027-01-11\nm,2027-01-11T09:00,2027-01-11T09:00\n",
        pairs__csv="mentee_id,mentor_id,status\nx,m,past\n",
    )
    assert found == [
        "availability.csv: line 2, employee_id: 2 rows of people who are no employees ignored: 'x', 'y'",
        "busy.csv: line 2, employee_id: 1 row of people who are no employees ignored: 'x'",
        "busy.csv: line 3: 1 row without length (start = end) ignored",
        "pairs.csv: line 2, mentee_id: 'x' is no employee; the row is ignored",
    ]


def test_a_cohort_without_mentees_is_read_with_a_warning(warnings):
    assert warnings(preferences__csv="mentee_id,rank,mentor_id\n") == [
        "preferences.csv: names no mentee; there is nobody to pair"
    ]


# --- contradictions and examples ----------------------------------------------------------------------------


SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the example cohorts are not part of the project")
def test_example_cohorts_are_read():
    folders = [path.parent for path in sorted(SHARED.glob("*/*/programme.toml"))]
    assert folders
    for folder in folders:
        assert len(read_cohort(folder).mentees)


# --- order and strangers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mentors", [["n", "b", "m"], ["n", "zz", "b", "bb", "m", "ba", "A"]])
def test_choices_of_one_rank_stand_in_the_order_of_the_mentors_ids(write, mentors):
    rows = "".join(f"a,1,{mentor}\n" for mentor in mentors)
    choices = read_cohort(write(preferences__csv=f"mentee_id,rank,mentor_id\n{rows}")).choices
    assert choices.mentor_ids == tuple(sorted(mentors))
    known = {"a": 0, "b": 1, "m": 2, "n": 3}
    assert choices.mentor.tolist() == [known.get(name, -1) for name in sorted(mentors)]


def test_busy_times_of_strangers_are_never_at_fault_for_an_offset(warnings):
    row = "x,2027-01-11T09:00Z,2027-01-11T09:00\n"
    found = warnings(busy__csv=f"employee_id,start,end\n{row}")
    assert found == ["busy.csv: line 2, employee_id: 1 row of people who are no employees ignored: 'x'"]

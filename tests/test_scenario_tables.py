"""Changes of tables: which rows they pick, what they leave, and that nothing else changes."""

import csv
import datetime as dt
import fnmatch
import hashlib
import io
import pickle
import random
import sys
from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from cohort_folder import write_folder
from cohorts import choice_rows, person_row, write
from draws import random_spec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tables_in import (
    NAMES,
    SAMPLE,
    TABLES,
    csv_bytes,
    dotted,
    in_russian,
    sample_rows,
    sample_sheets,
    write_workbook,
)

from matcher.errors import InputError
from matcher.io import read_cohort
from matcher.scenario_cases import Case, Change, Condition, Draw, Top
from matcher.scenario_filters import chosen_rows, column_of
from matcher.scenario_writing import file_of, put_tables
from matcher.scenarios import Base, read_scenarios

ANY_FOLDER = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def everything(cohort):
    """All that a cohort says, but for where it was read."""
    bare = replace(cohort, inputs={}, warnings=(), understood=(), folder="", sources={}, overrides={})
    with np.printoptions(threshold=sys.maxsize):
        return repr(bare)


def made(base, text, name=None):
    """The first case of a file of scenarios behind the base, or the one of this name."""
    path = base.given.path.parent / "scenarios.toml"
    path.write_text(text, "utf-8")
    cases = read_scenarios(path, base).cases
    return next(case for case in cases[1:] if name in (None, case.name))


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def changed(base, text, table):
    return rows_of(base.changed(made(base, text))[table])


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "cohort"
    inside.mkdir()
    return write_folder(
        inside,
        employees__csv=(
            "employee_id,name,function,level,manager_id,max_mentees,Site\n"
            "m,Mia,Sales,3,,,Lipetsk\na,Ann,sales ,1,m,0,Moscow\nn,,Law,2,m,1,\nb,Bob,Law,1,n,,Lipetsk\n"
        ),
        preferences__csv="mentee_id,rank,mentor_id\na,1,m\nb,1,m\na,3,n\nb,2,n\nn,1,m\n",
        busy__csv=(
            "employee_id,start,end\nm,2027-01-11T09:00,2027-01-11T10:30\nm,2027-01-11T10:00,2027-01-11T11:00\n"
            "a,2027-02-01,2027-02-01\nb,2026-01-01T09:00,2026-01-01T10:00\n"
        ),
        availability__csv="employee_id,day,start,end\nm,mon,09:00,12:00\na,tue,10:00,18:00\n",
        pairs__csv="mentee_id,mentor_id,status,last_session\na,n,forbidden,\nb,m,past,2027-01-08\n",
        programme__toml='[programme]\nstart = 2027-01-11\nend = 2027-04-09\ntimezone = "Europe/Moscow"\n'
        "[eligibility]\nsame_function_gap = 1\n",
    )


@pytest.fixture
def base(folder):
    return Base.open(folder)


# --- what is not changed ------------------------------------------------------------------------------------


def test_tables_without_change_stay_byte_for_byte(base, folder):
    case = made(base, "[[case.x.change]]\ntable = 'employees'\nwhere = { level = 3 }\nset = { max_mentees = 1 }\n")
    assert list(base.changed(case)) == ["employees"]
    cohort, before = base.cohort(case), read_cohort(folder)
    files = base.files(case)
    assert files.keys() == before.inputs.keys()
    for name, content in files.items():
        assert cohort.inputs[name] == hashlib.sha256(content).hexdigest()
        assert (content == (folder / name).read_bytes()) == (name != "employees.csv")
        assert (cohort.inputs[name] == before.inputs[name]) == (name != "employees.csv")
    assert everything(base.cohort(Case("base"))) == everything(before)


@pytest.mark.parametrize(
    "text",
    [
        "where = { level = 3 }\nset = { name = 'Mia' }",
        """where = { employee_id = 'n' }\nset = { name = 'x' }
        [[case.x.change]]\ntable = 'employees'\nwhere = { name = 'x' }\nset = { name = '' }""",
        "where = { employee_id = 'n' }\nset = { email = '' }",
    ],
)
def test_changes_that_change_no_cell_give_the_same_bytes(base, folder, text):
    case = made(base, f"[[case.x.change]]\ntable = 'employees'\n{text}\n")
    assert base.changed(case) == {}
    assert base.cohort(case).inputs == read_cohort(folder).inputs


def test_a_case_reads_no_disk_and_travels(base, folder):
    case = made(base, "[[case.x.change]]\ntable = 'employees'\nwhere = { level = 3 }\nremove = true\n")
    expected = base.files(case)
    for path in folder.iterdir():
        path.unlink()
    other = pickle.loads(pickle.dumps(base))
    assert other.files(pickle.loads(pickle.dumps(case))) == expected
    assert base.cohort(case).inputs == other.cohort(case).inputs


def test_tables_are_read_once_for_many_cases(base, monkeypatch):
    case = made(base, "[[case.x.change]]\ntable = 'employees'\nremove = true\nwhere = { level = 3 }\n")
    first = base.changed(case)
    monkeypatch.setattr("matcher.scenario_tables.CohortTables", None)  # what reads tables
    assert base.changed(replace(case, name="y")) == first
    assert "employees" in first


@pytest.mark.parametrize("seed", range(12))
def test_any_table_as_a_file_says_the_same(tmp_path, seed):
    folder = tmp_path / "cohort"
    write(random_spec(seed), folder)
    base = Base.open(folder)
    tables = base.tables(Case("x"))
    files = {name: file_of(tables.rows(name)) for name in base.given.parts if name != "programme"}
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)
    assert everything(read_cohort(folder)) == everything(base.cohort(Case("x")))


# --- conditions ---------------------------------------------------------------------------------------------

WORDS = ["Sales", " sales", "Law", "R&D, north", 'the "best"', "[a]", "=cmd", "Ünï", "x*y"]
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "function": st.sampled_from(WORDS),
            "level": st.integers(-3, 12).map(str),
            "name": st.sampled_from(["", "Anna", "anna", "An", "007", "7"]),
            "site": st.sampled_from(["", "Moscow", "2027-01-11", "2027-01-11T10:00", "09:30", "3.5"]),
        }
    ),
    min_size=1,
    max_size=12,
)


def plain(text):
    return " ".join(text.split()).casefold()


def meets(cell, test, values):
    """A condition in plain Python."""
    cell = cell.strip()
    match test:
        case "is":
            return plain(cell) in map(plain, map(str, values))
        case "not":
            return plain(cell) not in map(plain, map(str, values))
        case "blank":
            return (not cell) == values[0]
        case "like":
            pattern = plain(values[0]).replace("[", "[[]")
            return fnmatch.fnmatchcase(plain(cell), pattern)
    limit = values[0]
    try:
        compared = dt.date.fromisoformat(cell[:10]) if isinstance(limit, dt.date) else Fraction(cell)
    except ValueError:
        return False
    return compared >= limit if test == "at_least" else compared <= limit


CONDITIONS = st.one_of(
    st.tuples(st.just("function"), st.sampled_from(["is", "not"]), st.lists(st.sampled_from(WORDS), min_size=1)),
    st.tuples(st.just("level"), st.sampled_from(["is", "not"]), st.integers(-3, 12).map(lambda n: [n])),
    st.tuples(st.just("level"), st.sampled_from(["at_least", "at_most"]), st.integers(-4, 13).map(lambda n: [n])),
    st.tuples(st.just("site"), st.sampled_from(["at_least", "at_most"]), st.just([dt.date(2027, 1, 11)])),
    st.tuples(st.just("site"), st.sampled_from(["at_least", "at_most"]), st.just([3])),
    st.tuples(st.sampled_from(["name", "site"]), st.just("blank"), st.booleans().map(lambda yes: [yes])),
    st.tuples(
        st.just("name"), st.just("like"), st.sampled_from(["*", "an*", "?n", "??7", "[a]", ""]).map(lambda x: [x])
    ),
    st.tuples(
        st.just("function"), st.just("like"), st.sampled_from(["[a]", "*s*", "x*y", "r&d*"]).map(lambda x: [x])
    ),
)


@given(PEOPLE, st.lists(CONDITIONS, min_size=1, max_size=3))
@ANY_FOLDER
def test_conditions_are_those_of_plain_python(tmp_path, people, wanted):
    rows = [{"employee_id": f"e{place}", **person} for place, person in enumerate(people)]
    names = ("employee_id", "function", "level", "name", "site")
    table = [list(names), *([row[name] for name in names] for row in rows)]
    base = Base.open(
        write_folder(tmp_path, employees__csv=csv_bytes(table), preferences__csv="mentee_id,rank,mentor_id\n")
    )
    conditions = tuple(
        Condition(column, test, tuple(v.isoformat() if isinstance(v, dt.date) else v for v in values))
        for column, test, values in wanted
    )
    tables = base.tables(Case("x"))
    found = chosen_rows(tables, Change("employees", conditions, remove=True))
    expected = [all(meets(row[column], test, values) for column, test, values in wanted) for row in rows]
    used = {column: {plain(row[column]) for row in rows} for column in ("function", "level")}
    absent = any(
        plain(str(value)) not in used[column]
        for column, test, values in wanted
        if test in ("is", "not")
        for value in values
    )
    if absent or not any(expected):
        assert found is None
        assert tables.faults
    else:
        assert found.tolist() == expected
        assert not tables.faults


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{ employee_id = ['a', 'b'] }", "ab"),
        ("{ function = 'SALES' }", "ma"),
        ("{ level = 1, function = 'law' }", "b"),
        ("{ level = { at_least = 2, at_most = 2 } }", "n"),
        ("{ level = { not = [1, '3'] } }", "n"),
        ("{ Site = 'lipetsk' }", "mb"),
        ("{ site = { blank = true } }", "n"),
        ("{ manager_id = 'm' }", "an"),
        ("{ manager.function = 'Law' }", "b"),
        ("{ manager.site.like = 'L*' }", "an"),
        ("{ wanted = { at_least = 2 } }", "mn"),
        ("{ wanted = 3 }", "m"),
        ("{ chooses = 0 }", "m"),
        ("{ busy_hours = 2 }", "m"),
        ("{ busy_hours = 0 }", "nb"),  # b was busy before the programme
        ("{ busy_hours = { at_least = 2, at_most = 24 } }", "ma"),
        ("{ 'Функция' = 'Law' }", "nb"),
        ("{ max_mentees = '' }", "mb"),
    ],
)
def test_conditions_on_employees(base, where, expected):
    rows = changed(
        base, f"[[case.x.change]]\ntable = 'employees'\nwhere = {where}\nset = {{ name = 'Y' }}\n", "employees"
    )
    assert "".join(row["employee_id"] for row in rows if row["name"] == "Y") == expected


def test_conditions_go_by_what_the_case_sets(base):
    text = "[case.x]\nset.programme.end = 2027-01-31\n[[case.x.change]]\ntable = 'employees'\n"
    rows = changed(base, f"{text}where = {{ busy_hours = 0 }}\nset = {{ name = 'Y' }}\n", "employees")
    assert [row["employee_id"] for row in rows if row["name"] == "Y"] == ["a", "n", "b"]
    text = "[case.x]\nset.'columns.name' = 'Site'\n[[case.x.change]]\ntable = 'employees'\n"
    rows = changed(base, f"{text}where = {{ name = 'Mia' }}\nset = {{ level = 9 }}\n", "employees")
    assert [row["level"] for row in rows] == ["9", "1", "2", "1"]


@pytest.mark.parametrize(
    ("table", "where", "left"),
    [
        ("preferences", "{ rank = { at_least = 2 } }", ["a1m", "b1m", "n1m"]),
        ("preferences", "{ mentee.function = 'Law' }", ["a1m", "a3n"]),
        ("preferences", "{ mentor.level = 3, mentee.chooses = 2 }", ["a3n", "b2n", "n1m"]),
        ("preferences", "{ mentee = { level = 2 } }", ["a1m", "b1m", "a3n", "b2n"]),
        ("busy", "{ start = { at_least = 2027-02-01 } }", ["m2027-01-11T09", "m2027-01-11T10", "b2026"]),
        ("busy", "{ start = { at_least = 2027-01-11T09:30:00, at_most = 2027-01-31 } }", ["m2027", "a", "b"]),
        ("busy", "{ employee.level = 1 }", ["m2027-01-11T09:00", "m2027-01-11T10:00"]),
        ("availability", "{ start = { at_least = '09:30' } }", ["mmon"]),
        ("availability", "{ start = 09:00:00 }", ["atue"]),
        ("pairs", "{ status = 'Past' }", ["an"]),
        ("pairs", "{ last_session = { at_most = 2027-01-10 } }", ["an"]),
    ],
)  # fmt: skip
def test_conditions_on_other_tables(base, table, where, left):
    rows = changed(base, f"[[case.x.change]]\ntable = '{table}'\nwhere = {where}\nremove = true\n", table)
    texts = ["".join(row.values()) for row in rows]
    assert len(texts) == len(left)
    assert all(text.startswith(start) for text, start in zip(texts, left, strict=True))


def test_levels_by_name_compare_in_their_order():
    base = Base.open(SAMPLE)
    ladder = base.settings().values["eligibility"]["levels"]
    change = Change("employees", (Condition("level", "at_least", ("director",)),), remove=True)
    found = chosen_rows(base.tables(Case("x")), change)
    levels = [row[4] for row in sample_rows("employees")[1:]]
    assert found.tolist() == [level in ladder[ladder.index("Director") :] for level in levels]


def minutes_busy(cohort):
    """Busy minutes within the programme, one by one."""
    frame, found = cohort.programme.frame, {}
    zone = ZoneInfo(frame.timezone)
    first = dt.datetime.combine(frame.start, dt.time(), zone).timestamp() // 60
    last = dt.datetime.combine(frame.end + dt.timedelta(1), dt.time(), zone).timestamp() // 60
    for row in range(len(cohort.busy)):
        person = int(cohort.busy.person[row])
        own = ZoneInfo(cohort.employees.zones[cohort.employees.zone[person]])
        ends = []
        for moment, utc in (
            (cohort.busy.start[row], cohort.busy.start_utc[row]),
            (cohort.busy.end[row], cohort.busy.end_utc[row]),
        ):
            wall = dt.datetime(1970, 1, 1) + dt.timedelta(minutes=int(moment))
            ends.append(int(wall.replace(tzinfo=dt.UTC if utc else own).timestamp() // 60))
        spent = range(max(ends[0], int(first)), min(ends[1], int(last)))
        found.setdefault(cohort.employees.ids[person], set()).update(spent)
    return {name: len(spent) for name, spent in found.items()}


def test_busy_hours_are_counted_once_and_within_the_programme():
    base = Base.open(SAMPLE)
    tables = base.tables(Case("x"))
    expected = minutes_busy(base.cohort(Case("base")))
    found = column_of(tables, "employees", "busy_hours")
    for place, row in enumerate(sample_rows("employees")[1:]):
        assert float(found[place]) * 60 == pytest.approx(expected.get(row[0], 0), abs=1e-6)
    assert len(set(expected.values())) > 50


# --- the largest, and draws ---------------------------------------------------------------------------------


def test_the_largest_by_a_figure_with_ties_by_id():
    base = Base.open(SAMPLE)
    choices = [row[2] for row in sample_rows("preferences")[1:]]
    ids = [row[0] for row in sample_rows("employees")[1:]]
    for number in (1, 7, 40):
        found = chosen_rows(base.tables(Case("x")), Change("employees", top=Top(number, "wanted"), remove=True))
        best = sorted(ids, key=lambda name: (-choices.count(name), name))[:number]
        assert {name for name, chosen in zip(ids, found, strict=True) if chosen} == set(best)


def test_the_largest_are_taken_after_the_conditions(base):
    text = "[[case.x.change]]\ntable = 'employees'\nwhere = { level = { at_most = 2 } }\n"
    rows = changed(base, f"{text}top = {{ number = 1, by = 'level' }}\nremove = true\n", "employees")
    assert [row["employee_id"] for row in rows] == ["m", "a", "b"]


def drawn(base, seed, draw, table="preferences"):
    tables = base.tables(Case("x", seed=seed))
    found = chosen_rows(tables, Change(table, draw=draw, remove=True))
    column = tables.rows(table).column("mentee_id" if table == "preferences" else "employee_id")
    return {column[row] for row in np.flatnonzero(found).tolist()}, int(found.sum())


@pytest.mark.parametrize("seed", range(5))
def test_draws_take_whole_people_and_grow_with_the_share(seed):
    base = Base.open(SAMPLE)
    mentees = [row[0] for row in sample_rows("preferences")[1:]]
    number = len(set(mentees))
    before = set()
    for share in (10, 25, 33, 58, 200, 475, 1000):  # thousandths
        people, rows = drawn(base, seed, Draw(share=Fraction(share, 1000)))
        assert len(people) == (2 * number * share + 1000) // 2000  # half is rounded up
        assert rows == sum(name in people for name in mentees)
        assert before <= people
        before = people
    assert drawn(base, seed, Draw(number=7))[0] < drawn(base, seed, Draw(number=8))[0]
    assert drawn(base, seed, Draw(number=7))[0] != drawn(base, seed + 1, Draw(number=7))[0]


@pytest.mark.parametrize(
    ("share", "drawn_of_three"), [("16%", None), ("17%", 1), ("50%", 2), (0.5, 2), ("83,3%", 2)]
)
def test_shares_are_rounded_half_up(base, share, drawn_of_three):
    text = f"[case.x]\nseeds = [1]\n[[case.x.change]]\ntable = 'preferences'\ndraw = {{ share = {share!r} }}\n"
    text += "remove = true\n"
    if drawn_of_three is None:
        with pytest.raises(InputError, match="that share of 3 is nothing"):
            made(base, text)
    else:
        left = {row["mentee_id"] for row in changed(base, text, "preferences")}
        assert len(left) == 3 - drawn_of_three


def test_draws_are_among_the_rows_that_meet_the_conditions(base):
    tables = base.tables(Case("x", seed=1))
    where = (Condition("rank", "is", ("1",)),)
    found = chosen_rows(tables, Change("preferences", where, draw=Draw(number=3), remove=True))
    assert found.tolist() == [True, True, False, False, True]


def test_rows_that_are_the_same_are_drawn_one_by_one(tmp_path):
    twice = "employee_id,start,end\n" + 4 * "m,2027-01-11T09:00,2027-01-11T10:30\n"
    tables = Base.open(write_folder(tmp_path, busy__csv=twice)).tables(Case("x", seed=1))
    found = chosen_rows(tables, Change("busy", draw=Draw(number=3, of="row"), remove=True))
    assert found.sum() == 3


def test_blank_cells_are_never_drawn(base):
    tables = base.tables(Case("x", seed=1))
    found = chosen_rows(tables, Change("employees", draw=Draw(number=2, of="site"), remove=True))
    assert found.tolist() == [True, True, False, True]
    assert chosen_rows(tables, Change("employees", draw=Draw(number=3, of="site"), remove=True)) is None
    assert "3 cannot be drawn from 2" in str(tables.faults[0])


def test_a_seed_draws_the_same_people_for_ever(base):
    units = sorted("abn", key=lambda unit: hashlib.sha256(f"7\0{unit}".encode()).digest())
    assert drawn(base, 7, Draw(number=2))[0] == set(units[:2])


@pytest.mark.parametrize(
    "draw", [Draw(number=9), Draw(share=Fraction(1, 3), of="row"), Draw(number=3, of="mentor_id")]
)
def test_draws_do_not_depend_on_the_order_of_rows_and_columns(tmp_path, draw):
    rows = [[*row, f"a{place}", f"b{place}"] for place, row in enumerate(sample_rows("preferences"))]
    found = []
    for place in range(3):
        order = random.Random(place).sample(range(5), 5)
        header, *records = ([row[column] for column in order] for row in rows)
        random.Random(place).shuffle(records)
        folder = tmp_path / str(place)
        folder.mkdir()
        for table in TABLES:
            (folder / f"{table}.csv").write_bytes((SAMPLE / f"{table}.csv").read_bytes())
        (folder / "programme.toml").write_bytes((SAMPLE / "programme.toml").read_bytes())
        (folder / "preferences.csv").write_bytes(csv_bytes([header, *records]))
        base = Base.open(folder)
        content = base.changed(Case("x", changes=(Change("preferences", draw=draw, remove=True),), seed=5))
        found.append(sorted("".join(sorted(row.values())) for row in rows_of(content["preferences"])))
    assert found[0] == found[1] == found[2]
    assert 1 < len(found[0]) < len(rows) - 1


def test_units_are_drawn_evenly():
    base = Base.open(SAMPLE)
    count = {}
    for seed in range(200):
        for name in drawn(base, seed, Draw(share=Fraction(1, 2)))[0]:
            count[name] = count.get(name, 0) + 1
    assert all(60 < number < 140 for number in count.values())
    assert len(count) == len({row[0] for row in sample_rows("preferences")[1:]})


# --- set, remove, add ---------------------------------------------------------------------------------------


def test_a_removed_employee_is_gone_from_every_table(base):
    case = made(base, "[[case.x.change]]\ntable = 'employees'\nwhere = { employee_id = 'm' }\nremove = true\n")
    files = {table: rows_of(content) for table, content in base.changed(case).items()}
    assert [row["employee_id"] for row in files["employees"]] == ["a", "n", "b"]
    assert [row["manager_id"] for row in files["employees"]] == ["", "", "n"]
    assert [row["employee_id"] for row in files["busy"]] == ["a", "b"]
    assert [row["employee_id"] for row in files["availability"]] == ["a"]
    assert [(row["mentee_id"], row["mentor_id"]) for row in files["pairs"]] == [("a", "n")]
    assert "preferences" not in files  # he chose nobody, and is still chosen
    cohort = base.cohort(case)
    unknown = [
        name for name, mentor in zip(cohort.choices.mentor_ids, cohort.choices.mentor, strict=True) if mentor < 0
    ]
    assert unknown == ["m"] * 3
    assert not cohort.warnings or all("'m' is no employee" in str(warning) for warning in cohort.warnings)


@pytest.mark.parametrize("seed", range(20))
def test_removing_people_is_deleting_their_rows_by_hand(tmp_path, seed):
    spec = random_spec(seed)
    people = [person_row(person) for person in spec.employees]
    dice = random.Random(seed)
    gone = {person["employee_id"] for person in dice.sample(people, dice.randint(1, max(1, len(people) // 3)))}
    for person in people:
        person["manager_id"] = "" if person.get("manager_id") in gone else person.get("manager_id", "")
    left = replace(
        spec,
        employees=tuple(person for person in people if person["employee_id"] not in gone),
        choices=tuple(choice for choice in choice_rows(spec.choices) if choice[0] not in gone),
        availability=tuple(row for row in spec.availability if row[0] not in gone),
        busy=tuple(row for row in spec.busy if row[0] not in gone),
        pairs=tuple(row for row in spec.pairs if gone.isdisjoint(row[:2])),
    )
    base = Base.open(write(spec, tmp_path / "cohort"))
    where = (Condition("employee_id", "is", tuple(gone)),)
    cohort = base.cohort(Case("x", changes=(Change("employees", where, remove=True),)))
    assert everything(cohort) == everything(read_cohort(write(left, tmp_path / "left")))


def test_a_removed_mentee_is_no_mentee_any_more(base):
    case = made(
        base, "[[case.x.change]]\ntable = 'employees'\nwhere = { employee_id = ['a', 'n'] }\nremove = true\n"
    )
    cohort = base.cohort(case)
    assert [cohort.employees.ids[mentee] for mentee in cohort.mentees] == ["b"]
    assert len(cohort.choices) == 2


def test_changes_are_made_in_their_order(base):
    text = """
        [[case.x.change]]
        table = "employees"
        add = [{ employee_id = "N1", function = "Sales", level = 5, max_mentees = 2, Site = "Omsk" }]
        [[case.x.change]]
        table = "preferences"
        where = { mentor_id = "m", mentee.function = "Law" }
        set = { mentor_id = "N1" }
        [[case.x.change]]
        table = "employees"
        where = { wanted = 2, level = { at_least = 5 } }
        set = { name = "Nina", email = "n@x.example" }
        [[case.x.change]]
        table = "pairs"
        add = [{ mentee_id = "b", mentor_id = "N1", status = "locked" }]
    """
    case = made(base, text)
    files = {table: rows_of(content) for table, content in base.changed(case).items()}
    last = files["employees"][-1]
    assert (last["employee_id"], last["name"], last["email"], last["site"]) == (
        "N1",
        "Nina",
        "n@x.example",
        "Omsk",
    )
    assert [row["mentor_id"] for row in files["preferences"]] == ["m", "N1", "n", "n", "N1"]
    cohort = base.cohort(case)
    new = cohort.employees.ids.index("N1")
    assert cohort.decisions[cohort.employees.ids.index("b"), new].status == "locked"
    assert int(cohort.employees.level[new]) == 5


def test_a_table_that_the_cohort_has_not_can_be_begun(tmp_path):
    inside = tmp_path / "cohort"
    inside.mkdir()
    base = Base.open(write_folder(inside))
    text = "[[case.x.change]]\ntable = 'holidays'\nadd = [{ date = 2027-01-12, kind = 'off' }]\n"
    text += (
        "[[case.x.change]]\ntable = 'busy'\nadd = [{ employee_id = 'm', start = 2027-01-13, end = 2027-01-14 }]\n"
    )
    case = made(base, text)
    cohort = base.cohort(case)
    assert [day.kind for day in cohort.company_days] == ["off"]
    assert len(cohort.busy) == 1
    assert set(cohort.inputs) == {"programme.toml", "employees.csv", "preferences.csv", "holidays.csv", "busy.csv"}


WIDE = "mentee_id,choice_1,choice_2,choice_4,note\nb,m,n,,x\na,m,,n,y\nn,,,,z\n"


def test_one_row_per_mentee_is_changed_choice_by_choice(tmp_path):
    inside = tmp_path / "cohort"
    inside.mkdir()
    base = Base.open(write_folder(inside, preferences__csv=WIDE))
    text = "[[case.x.change]]\ntable = 'preferences'\nwhere = { rank = { at_least = 2 } }\nremove = true\n"
    case = made(base, text)
    content = base.changed(case)["preferences"]
    assert content.decode("utf-8-sig") == "mentee_id,note,choice_1\nb,x,m\na,y,m\nn,z,\n"  # n still lists nobody
    assert len(base.cohort(case).mentees) == 3
    text = "[[case.x.change]]\ntable = 'preferences'\nwhere = { mentee_id = 'n' }\nremove = true\n"
    content = base.changed(made(base, text))["preferences"]
    assert sorted(content.decode().splitlines()[1:]) == ["a,1,m,y", "a,4,n,y", "b,1,m,x", "b,2,n,x"]
    text = "[[case.x.change]]\ntable = 'preferences'\nadd = [{ mentee_id = 'a', rank = 1, mentor_id = 'b' }]\n"
    with pytest.raises(InputError, match="somebody lists nobody, which needs one row per mentee"):
        base.changed(made(base, text))


def test_mentees_who_all_list_nobody_stay_mentees(tmp_path):
    inside = tmp_path / "cohort"
    inside.mkdir()
    base = Base.open(write_folder(inside, preferences__csv="mentee_id,choice_1\nb,m\nn,\n"))
    case = made(
        base, "[[case.x.change]]\ntable = 'preferences'\nwhere = { mentee_id = 'b' }\nset = { mentor_id = '' }\n"
    )
    assert base.changed(case)["preferences"].decode("utf-8-sig") == "mentee_id,choice_1\nb,\nn,\n"
    assert (len(base.cohort(case).mentees), len(base.cohort(case).choices)) == (2, 0)


def test_people_whom_a_table_names_by_name_stay_themselves(tmp_path):
    inside = tmp_path / "cohort"
    inside.mkdir()
    choices = "mentee_id,rank,mentor_id\na,1,Mia\nBob,1,m\n"
    base = Base.open(write_folder(inside, preferences__csv=choices))
    text = "[[case.x.change]]\ntable = 'employees'\n"
    text += "add = [{ employee_id = 'z', name = 'Mia', function = 'f', level = 9 }]\n"
    case = made(base, text)
    assert base.changed(case)["preferences"] == b"\xef\xbb\xbfmentee_id,rank,mentor_id\na,1,m\nb,1,m\n"
    assert len(base.cohort(case).choices) == 2
    text = "[[case.x.change]]\ntable = 'employees'\nwhere = { level = 3 }\nset = { max_mentees = 1 }\n"
    assert "preferences" not in base.changed(made(base, text))
    text = (
        "[[case.x.change]]\ntable = 'preferences'\nwhere = { mentee_id = 'b', mentor_id = 'm' }\nremove = true\n"
    )
    assert base.changed(made(base, text))["preferences"] == b"\xef\xbb\xbfmentee_id,rank,mentor_id\na,1,m\n"


# --- faults -------------------------------------------------------------------------------------------------


def test_faults_of_a_changed_table_name_the_case(base):
    text = "[[case.low.change]]\ntable = 'employees'\nwhere = { employee_id = 'n' }\nset = { level = 'low' }\n"
    with pytest.raises(InputError) as caught:
        base.cohort(made(base, text))
    (fault,) = caught.value.faults
    assert fault.file == "employees.csv as case 'low' has it"
    assert str(fault).startswith("line 4, level: 'low' is not a whole number")
    assert [fault.file for fault in caught.value.single] == ["employees.csv as case 'low' has it"]


def test_warnings_of_a_changed_table_name_the_case(base):
    text = "[[case.much.change]]\ntable = 'employees'\nwhere = { employee_id = 'n' }\nset = { max_mentees = 9 }\n"
    (warning,) = base.cohort(made(base, text)).warnings
    assert warning.file == "employees.csv as case 'much' has it"
    assert str(warning).startswith("line 4, max_mentees: 9 is above the programme's 2")


def test_faults_of_settings_name_the_case(base):
    with pytest.raises(InputError, match=r"case 'x': sessions\.minimum: must be at least 1"):
        base.cohort(Case("x", {"sessions.minimum": 0}))
    with pytest.raises(
        InputError, match=r"programme\.toml with what case 'x' sets: sessions\.minimum: 99 sessions"
    ):
        base.cohort(Case("x", {"sessions.minimum": 99}))
    where = (Condition("level", "is", ("77",), "change.where.q"),)
    with pytest.raises(InputError, match=r"case 'x': change\.where\.q: no row"):
        base.cohort(Case("x", changes=(Change("employees", where, remove=True),)))


def test_faults_of_the_table_as_it_was_given_come_as_such(tmp_path):
    wide = "mentee_id,choice_1\na,m\na,n\n"
    base = Base.open(write_folder(tmp_path, preferences__csv=wide))
    with pytest.raises(InputError, match=r"preferences\.csv: 1 fault\n.*'a' has a row already on line 2"):
        base.changed(Case("x", changes=(Change("preferences", remove=True),)))


def test_hostile_cells_come_back_as_they_were(tmp_path):
    inside = tmp_path / "cohort"
    inside.mkdir()
    names = [
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        'a "b", c',
        "two\nlines",
        "a\rb",
        "\x1b[31m",
        "'=x",
        "\u202eabc",
    ]
    ids = ["a,b", 'q"q', "new\nline", "<b>", "\x1b[31m", "x'y", "ü", "тест"]
    rows = [[name, text, "f", str(1 + place)] for place, (name, text) in enumerate(zip(ids, names, strict=True))]
    people = csv_bytes([["employee_id", "name", "function", "level"], *rows])
    choices = csv_bytes(
        [
            ["mentee_id", "rank", "mentor_id"],
            *([ids[0], str(place), name] for place, name in enumerate(ids) if place),
        ]
    )
    base = Base.open(write_folder(inside, employees__csv=people, preferences__csv=choices))
    before = base.cohort(Case("base"))
    tables = base.tables(Case("x"))
    for table in ("employees", "preferences"):
        (inside / f"{table}.csv").write_bytes(file_of(tables.rows(table)))
    assert everything(read_cohort(inside)) == everything(before)
    change = Change("employees", (Condition("employee_id", "is", (ids[2],)),), remove=True)
    cohort = base.cohort(Case("x", changes=(change,)))
    assert set(cohort.employees.ids) == set(ids) - {ids[2]}


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), TEXTS)
@example([("0\x1f0\xa0", "")], "")
@ANY_FOLDER
def test_any_text_comes_back_as_it_was(tmp_path, cells, title):
    header = ["employee_id", "function", "level", "name", title]
    people = [[f"e{place}", "f", "1", *texts] for place, texts in enumerate(cells)]
    choices = "mentee_id,rank,mentor_id\n"
    base = Base.open(write_folder(tmp_path, employees__csv=csv_bytes([header, *people]), preferences__csv=choices))
    try:
        rows = base.tables(Case("x")).rows("employees")
    except InputError:
        return  # two columns of one name, and the like
    again = Base.open(write_folder(tmp_path, employees__csv=file_of(rows), preferences__csv=choices))
    assert again.tables(Case("x")).rows("employees").same(rows)
    names = [name.strip() for name, _ in cells]  # as blanks beside a name these spaces are gone already
    assert [rows.column("name")[row] for row in range(len(rows))] == [
        name if set(name).isdisjoint("\u00a0\u2007\u202f") else " ".join(name.split()) for name in names
    ]


# --- other forms of a cohort --------------------------------------------------------------------------------

SCENARIOS = """
[[case.x.change]]
table = "employees"
where = { level = { at_least = "Director" }, site = "Lipetsk" }
set = { max_mentees = 1 }
[[case.x.change]]
table = "employees"
top = { number = 5, by = "wanted" }
remove = true
[[case.x.change]]
table = "preferences"
where = { rank = 2, mentor.function = { not = "Sales" } }
remove = true
[[case.x.change]]
table = "pairs"
where = { status = "past" }
set = { last_session = 2027-01-09 }
"""


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "cohort"
    folder.mkdir()
    for path in SAMPLE.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    base = Base.open(folder)
    case = made(base, SCENARIOS)
    return base.changed(case), everything(base.cohort(case))


def test_a_workbook_becomes_a_folder_with_the_same_tables(tmp_path, expected):
    base = Base.open(write_workbook(tmp_path / "cohort.xlsx", sample_sheets()))
    case = made(base, SCENARIOS)
    files = base.changed(case)
    assert set(files) == {"programme", *TABLES}
    assert {table: files[table] for table in expected[0]} == expected[0]
    cohort = base.cohort(case)
    assert everything(cohort) == expected[1]
    assert set(cohort.inputs) == {"programme.toml", *(f"{table}.csv" for table in TABLES)}
    assert base.cohort(Case("base")).inputs.keys() == {"cohort.xlsx"}
    assert base.files(Case("base")) == {"cohort.xlsx": (tmp_path / "cohort.xlsx").read_bytes()}
    inside = tmp_path / "case"
    inside.mkdir()
    for name, content in base.files(case).items():
        (inside / name).write_bytes(content)
    again = read_cohort(inside)
    assert (everything(again), again.inputs) == (expected[1], cohort.inputs)
    assert again.sources == cohort.sources == {}
    assert base.cohort(Case("base")).sources


@pytest.mark.parametrize("form", ["russian", "dotted", "workbook"])
def test_other_titles_and_dialects_give_the_same_tables(tmp_path, expected, form):
    folder = tmp_path / "cohort"
    folder.mkdir()
    scenarios = SCENARIOS
    if form == "workbook":
        base = Base.open(write_workbook(folder / "cohort.xlsx", sample_sheets(russian=True)))
        scenarios = scenarios.replace("site", '"Площадка"').replace(
            'table = "pairs"\nwhere = { status', "table = \"pairs\"\nwhere = { 'Статус'"
        )
    else:
        (folder / "programme.toml").write_bytes((SAMPLE / "programme.toml").read_bytes())
        for table in TABLES:
            rows = sample_rows(table)
            if form == "russian":
                (folder / f"{NAMES[table]}.csv").write_bytes(csv_bytes(in_russian(table, rows), ";", "cp1251"))
            else:
                (folder / f"{table}.csv").write_bytes(csv_bytes(rows, ";", change=dotted))
        if form == "russian":
            scenarios = scenarios.replace("site", '"Площадка"')
        base = Base.open(folder)
    case = made(base, scenarios)
    files = {table: content.replace("площадка".encode(), b"site") for table, content in base.changed(case).items()}
    assert {table: files[table] for table in expected[0]} == expected[0]
    assert everything(base.cohort(case)) == expected[1]
    cohort = base.cohort(case)
    assert f"{NAMES['employees']}.csv" not in cohort.inputs
    inside = tmp_path / "case"
    inside.mkdir()
    for name, content in base.files(case).items():
        (inside / name).write_bytes(content)
    again = read_cohort(inside)
    assert (everything(again), again.inputs, again.sources) == (expected[1], cohort.inputs, cohort.sources)


def test_all_sheets_become_files_also_letters_and_one_row_per_mentee(tmp_path):
    sheets = sample_sheets()
    sheets["preferences"] = [["mentee_id", "choice_1", "choice_3"], ["E003", "E025", "E187"], ["E004", "", ""]]
    sheets["letters"] = [["kind", "language", "subject", "text"], ["mentor_free", "en", "Hi", "Dear {name},\nyes"]]
    sheets["holidays"] = [["country", "date", "kind", "end"], ["", dt.date(2027, 1, 12), "off", ""]]
    base = Base.open(write_workbook(tmp_path / "cohort.xlsx", sheets))
    case = made(base, "[[case.x.change]]\ntable = 'pairs'\nwhere = { status = 'past' }\nremove = true\n")
    before, cohort = base.cohort(Case("base")), base.cohort(case)
    assert everything(replace(cohort, decisions={})) == everything(replace(before, decisions={}))
    assert len(cohort.decisions) == len(before.decisions) - 1
    assert cohort.letters
    assert "letters.csv" not in cohort.inputs
    assert (
        base.files(case)["preferences.csv"] == b"\xef\xbb\xbfmentee_id,choice_1,choice_3\nE003,E025,E187\nE004,,\n"
    )


def test_put_tables_leaves_the_given_alone(base):
    before = dict(base.given.parts), dict(base.given.inputs), dict(base.given.labels)
    found = put_tables(base.given, {"pairs": b"mentee_id,mentor_id,status\n"})
    assert found.labels.keys() == before[2].keys()
    assert (base.given.parts, base.given.inputs, base.given.labels) == before
    assert found.inputs["pairs.csv"] != base.given.inputs["pairs.csv"]

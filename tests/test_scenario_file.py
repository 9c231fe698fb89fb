"""The file of scenarios: which cases it makes, and every fault of it, each with its key."""

import datetime as dt
import itertools
import pickle

import pytest
from cohort_folder import write_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.scenario_file import Sample
from matcher.scenario_grid import combinations, drawn
from matcher.scenario_keys import told_as
from matcher.scenario_names import LONGEST, MOST_BYTES, folded, name_trouble, told_apart
from matcher.scenarios import Base, read_scenarios

PAIRS = "mentee_id,mentor_id,status\na,n,forbidden\n"


@pytest.fixture
def base(tmp_path):
    folder = tmp_path / "cohort"
    folder.mkdir()
    return Base.open(write_folder(folder, pairs__csv=PAIRS))


def read(base, text):
    path = base.given.path.parent / "scenarios.toml"
    path.write_text(text, "utf-8")
    return read_scenarios(path, base)


def faults(base, text):
    with pytest.raises(InputError) as caught:
        read(base, text)
    assert {fault.file for fault in caught.value.faults} == {"scenarios.toml"}
    return [str(fault) for fault in caught.value.faults]


def names(base, text):
    return [case.name for case in read(base, text).cases]


# --- cases --------------------------------------------------------------------------------------------------


def test_the_first_case_is_the_cohort_as_it_is(base):
    first, second = read(base, '[case.three]\nabout = "Three"\nset.capacity.mentees_per_mentor = 3\n').cases
    assert (first.name, first.settings, first.changes, first.seed) == ("base", {}, (), None)
    assert (second.name, second.about) == ("three", "Three")
    assert second.settings == {"capacity.mentees_per_mentor": 3}


def test_keys_may_be_nested_or_quoted(base):
    nested = read(base, "[case.a.set.sessions]\nminutes = [45, 30]\nminimum = 2\n")
    quoted = read(base, '[case.a]\nset = { "sessions.minutes" = [45, 30], "sessions.minimum" = 2 }\n')
    assert nested.cases == quoted.cases
    assert nested.sha256 != quoted.sha256


def test_a_grid_is_every_combination(base):
    text = """
        [grid]
        eligibility.same_function_gap = [1, 2]
        sessions.minutes = [30, [45, 30]]
        calendar.working_hours = ["09:00-18:00"]
    """
    hours = "working_hours=0900-1800"
    expected = [
        f"grid,same_function_gap={gap},minutes={minutes},{hours}"
        for gap, minutes in itertools.product(["1", "2"], ["30", "45+30"])
    ]
    assert names(base, text) == ["base", *expected]
    last = read(base, text).cases[-1]
    assert last.settings["sessions.minutes"] == [45, 30]
    assert last.varied == ("eligibility.same_function_gap", "sessions.minutes", "calendar.working_hours")


def test_a_grid_and_seeds_multiply_on_top_of_the_case(base):
    text = """
        [case.few]
        set = { sessions.minutes = 30, capacity.mentees_per_mentor = 9 }
        seeds = [7, 3]
        [[case.few.change]]
        table = "preferences"
        draw = { share = 0.5 }
        remove = true
        [case.few.grid]
        capacity.mentees_per_mentor = [1, 2]
    """
    cases = read(base, text).cases[1:]
    assert [case.name for case in cases] == [
        f"few,mentees_per_mentor={most},seed={seed}" for most in (1, 2) for seed in (7, 3)
    ]
    assert [case.settings["capacity.mentees_per_mentor"] for case in cases] == [1, 1, 2, 2]
    assert all(case.settings["sessions.minutes"] == 30 and len(case.changes) == 1 for case in cases)
    assert [case.seed for case in cases] == [7, 3, 7, 3]


def test_a_span_of_seeds_has_both_ends(base):
    text = '[case.d]\nseeds = "2..4"\n[[case.d.change]]\ntable = "busy"\ndraw = { number = 1 }\nremove = true\n'
    assert "matches no row" in faults(base, text)[0]  # the cohort has no busy.csv
    text = text.replace("busy", "preferences")
    assert names(base, text) == ["base", "d,seed=2", "d,seed=3", "d,seed=4"]


def test_keys_with_one_last_part_stand_in_full(base):
    text = "[grid]\nprogramme.timezone = ['UTC']\ngoals.seed = [1]\ncalendar.country = ['RU']\n"
    assert names(base, text)[1] == "grid,timezone=UTC,seed=1,country=RU"
    text = "[grid]\ninput.slash_dates = ['day first']\n'columns.employee_id' = ['Nr']\n'columns.name' = ['x']\n"
    assert "programme.name" not in names(base, text)[1]
    assert names(base, text + "programme.name = ['A/B']\n")[1].endswith("columns.name=x,programme.name=AB")


def test_no_name_ends_with_a_dot_which_windows_leaves_away(base):
    made = names(base, '[grid]\nprogramme.name = ["v1", "v1.", "v1..", "."]')
    assert made[1] == "grid,name=v1"
    assert len({name.rstrip(" .") for name in made}) == 5
    assert not any(name.endswith(".") for name in made)


def test_names_that_become_one_are_told_apart(base):
    text = "[grid]\nprogramme.name = ['a/b', 'a?b', 'ü']\n"
    first, second, third = names(base, text)[1:]
    assert first.startswith("grid,name=ab-")
    assert second.startswith("grid,name=ab-")
    assert first != second
    assert third == "grid,name=_"
    assert names(base, text)[1:] == [first, second, third]


def test_a_sample_takes_some_combinations(base):
    text = """
        sample = { number = 5, seed = 1 }
        [grid]
        goals.seed = [1, 2, 3, 4]
        sessions.minimum = [1, 2, 3]
    """
    five = names(base, text)
    assert len(five) == 6
    assert five == names(base, text)
    assert set(five) < set(names(base, text.replace("number = 5", "number = 9")))
    assert five != names(base, text.replace("seed = 1 ", "seed = 2 "))
    assert len(names(base, text.replace("number = 5", "number = 99"))) == 13


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(1, 300), st.integers(0, 9))
def test_combinations_are_those_of_a_product(sizes, number, seed):
    grid = {f"k{place}": list(range(size)) for place, size in enumerate(sizes)}
    every = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    assert list(combinations(grid, None)) == every
    some = list(combinations(grid, Sample(number, seed)))
    assert len(some) == min(number, len(every))
    assert some == [values for values in every if values in some]


@pytest.mark.parametrize("total", [200_000, 10**30])
def test_a_sample_of_a_grid_too_large_to_look_at(total):
    some, more = (drawn(total, Sample(number, 3)) for number in (50, 80))
    assert len(set(some)) == 50
    assert some == sorted(some)
    assert set(some) < set(more)
    assert max(more) < total


def test_a_case_is_small_and_travels(base):
    text = "[[case.x.change]]\ntable = 'employees'\nwhere = { level = { at_least = 2 } }\nremove = true\n"
    case = read(base, text).cases[1]
    assert pickle.loads(pickle.dumps(case)) == case
    assert len(pickle.dumps(case)) < 1500


# --- names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "7", "ten busiest", "Без_десяти", "v1.2-x", "console", "com", "क्षमता"])
def test_names_for_folders(name):
    assert name_trouble(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("", " a", "a ", "a.", ".a", "..", "-a", "a/b", "a\\b", "a:b", "a\nb", "a,b", "a=b", "=cmd", "<script>"),
        *(
            "con",
            "NUL",
            "aux.txt",
            "com1",
            "lpt9.x",
            "ｃｏｎ",
            "x\u202e",
            "a\x1b[31m",
            "n" * 101,
            "й" * 101,
            "字" * 90,
        ),
    ],
)
def test_names_for_no_folder(base, name):
    assert name_trouble(name)
    quoted = "".join(f"\\u{ord(char):04x}" for char in name)
    found = faults(base, f'[case."{quoted}"]\n')
    assert len(found) == 1
    assert "the name" in found[0]


@given(st.lists(st.text(max_size=130) | st.sampled_from(["base", "Base", "a", "A"]), unique=True, max_size=8))
@settings(max_examples=200)
def test_names_are_told_apart_and_short(texts):
    made = told_apart([(text, [text]) for text in texts], ["base"])
    assert len({*map(folded, made), "base"}) == len(texts) + 1
    assert all(len(name) <= LONGEST and len(name.encode()) <= MOST_BYTES for name in made)


def test_long_names_are_cut_but_differ(base):
    text = f"[case.{'n' * 60}.grid]\nprogramme.name = ['{'a' * 60}1', '{'a' * 60}2']\n"
    first, second = names(base, text)[1:]
    assert first != second
    assert max(len(first), len(second)) <= 100


def test_names_in_letters_of_many_bytes_are_cut_but_whole(base):
    text = f"[case.'{'字' * 60}'.grid]\nsessions.min_days_between = [1, 2]\n"
    first, second = names(base, text)[1:]
    assert first != second
    assert all(name.startswith("字" * 60) and len(name.encode()) <= MOST_BYTES for name in (first, second))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("[{ date = 2027-01-12, kind = 'off' }]", "grid,days=date.2027-01-12+kind.off"),
        ("[]", "grid,days=_"),
        (
            "[{ date = '2027-01-12', kind = 'short', end = '15:00' }]",
            "grid,days=date.2027-01-12+kind.short+end.1500",
        ),
    ],
)
def test_lists_of_tables_have_names_too(base, value, text):
    assert names(base, f"[grid]\ncalendar.days = [{value}]\n")[1] == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((" a ", "a"), (3, "3"), (3.0, "3"), (2.5, "2.5"), (True, "true"), (dt.date(2027, 1, 11), "2027-01-11")),
        *(
            (dt.time(9), "09:00"),
            (dt.time(9, 0, 30), "09:00:30"),
            (dt.datetime(2027, 1, 11, 9), "2027-01-11T09:00"),
        ),
        *((dt.datetime(2027, 1, 11, 9, 0, 5), "2027-01-11T09:00:05"), ([1], None), ({}, None)),
    ],
)
def test_values_as_cells_hold_them(value, text):
    assert told_as(value) == text


# --- faults -------------------------------------------------------------------------------------------------

CHANGE = "[[case.x.change]]\ntable = 'employees'\n"
FAULTS = [
    ("", "has no case"),
    ("\0", "holds a NUL byte"),
    ("a = 1\na = 2\n", "line 2: is not valid TOML"),
    ("[case.x]\nset.a = [", "is not valid TOML"),
    ("a = " + "[" * 5000, "holds too many tables or brackets within each other"),
    ("[case.x]\nset" + ".a" * 20_000 + " = 1", "holds too many tables or brackets within each other"),
    ("sampel = 3", "sampel: unknown key; did you mean 'sample'?"),
    ("case = 3", "case: must be a table like"),
    ("[case]\nx = 1", "case.x: must be a table"),
    ("[case.base]", "case.base: 'base' is the cohort as it is"),
    ("[case.BASE]", "case.BASE: 'base' is the cohort as it is"),
    ("[case.x]\n[case.X]", "case.X: 'X' and 'x' would have one folder"),
    ("[case.grid]\n[grid]\ngoals.seed = [1]", "'grid' and 'grid' would have one folder"),
    ("[case.x]\nabuot = ''", "case.x.abuot: unknown key; did you mean 'about'?"),
    ("[case.x]\nabout = 3", "case.x.about: must be text in quotes (got 3)"),
    ("[case.x]\nset = 3", "case.x.set: must be a table like"),
    ("[case.x]\nset = {}", "case.x.set: is empty"),
    ("[case.x]\nset = { goals.seed = 1, 'goals.seed' = 2 }", "case.x.set: gives a key twice"),
    ("[case.x]\nset.sessions.minuts = 30", "minuts: there is no such key of the programme; did you mean"),
    ("[case.x]\nset.minutes = 30", "case.x.set.minutes: there is no such key of the programme; did you mean"),
    ("[case.x]\nset.sessions.minutes = 'long'", "case.x.set.sessions.minutes: must be a whole number of minutes"),
    ("[case.x]\nset.programme.end = 2026-01-01", "case.x.set.programme.end: end 2026-01-01 must not be before"),
    ("[case.x]\nset.calendar.country = 'Narnia'", "case.x.set.calendar.country: "),
    (
        "[case.x]\nset.calendar.days = [{ date = 2027-01-11, kind = 'of' }]",
        "calendar.days, entry 1, kind: must be",
    ),
    ("[case.x.grid]\ngoals.seed = 3", "case.x.grid.goals.seed: must be a list of values"),
    ("[case.x.grid]\ngoals.seed = []", "case.x.grid.goals.seed: must be a list of values"),
    ("[case.x.grid]\ngoals.seed = [3, 3]", "case.x.grid.goals.seed: holds a value twice"),
    (
        '[grid]\nprogramme.start = [2027-01-11, "2027-01-11"]',  # the same for a run, and so in the name
        "grid.programme.start: holds a value twice",
    ),
    ("[grid]\ngoals.seed = [3, -1]", "grid.goals.seed: must be at least 0 (got -1)"),
    ("[grid]\ngoals.sead = [3]", "grid.goals.sead: there is no such key of the programme; did you mean"),
    ("sample = { number = 1, seed = 1 }\n[case.x]", "sample: there is no grid beside it"),
    ("[case.x]\nsample = { number = 1, seed = 1 }", "case.x.sample: there is no grid beside it"),
    ("sample = { number = 0, seed = 1 }\n[grid]\ngoals.seed = [1]", "sample.number: must be a whole number of"),
    ("sample = { number = 1 }\n[grid]\ngoals.seed = [1]", "sample: lacks seed"),
    ("sample = 3\n[grid]\ngoals.seed = [1]", "sample: must be a table like"),
    ("[case.x]\nseeds = '5..1'", "case.x.seeds: '5..1' ends before it begins"),
    ("[case.x]\nseeds = 'all'", "case.x.seeds: must be whole numbers from 0"),
    ("[case.x]\nseeds = [true]", "case.x.seeds: must be whole numbers from 0"),
    ("[case.x]\nseeds = [1, 1]", "case.x.seeds: holds a seed twice"),
    ("[case.x]\nseeds = [1, 2]", "case.x.seeds: nothing is drawn by them"),
    ("[case.x]\nchange = 3", "case.x.change: must be a list of changes"),
    (CHANGE + "draw = { number = 1 }\nremove = true", "case.x: draws, but has no seeds"),
    ("[[case.x.change]]\nremove = true", "case.x.change[1]: names no table"),
    ("[[case.x.change]]\ntable = 3\nremove = true", "case.x.change[1].table: must be text in quotes"),
    ("[[case.x.change]]\ntable = 'letters'\nremove = true", "change[1].table: there is no table 'letters'"),
    ("[[case.x.change]]\ntable = ''\nadd = [{level = 3}]", "change[1].table: there is no table ''; tables are"),
    (CHANGE, "case.x.change[1]: does nothing; expected exactly one of"),
    (CHANGE + "remove = true\nset = { level = 1 }", "case.x.change[1]: has set and remove; expected exactly one"),
    (CHANGE + "remove = false", "case.x.change[1].remove: must be true (got false)"),
    (CHANGE + "wher = 3\nremove = true", "case.x.change[1].wher: unknown key; did you mean 'where'?"),
    (CHANGE + "where = 3\nremove = true", "case.x.change[1].where: must be a table"),
    (CHANGE + "where = {}\nremove = true", "case.x.change[1].where: has no condition"),
    (CHANGE + "where = { level = {} }\nremove = true", "case.x.change[1].where.level: has no test"),
    (CHANGE + "where = { level = [] }\nremove = true", "where.level: is an empty list"),
    (CHANGE + "where = { level = [[1]] }\nremove = true", "where.level: must be a value or a list of values"),
    (CHANGE + "where = { level = { at_lest = 1 } }\nremove = true", "where.level.at_lest: unknown test; did you"),
    (CHANGE + "where = { level = { at_least = [1] } }\nremove = true", "at_least: must be a number or a date"),
    (CHANGE + "where = { level = { at_least = true } }\nremove = true", "at_least: must be a number or a date"),
    (
        CHANGE + "where = { level = { at_least = 'high' } }\nremove = true",
        "at_least: 'high' is no number, date or",
    ),
    (CHANGE + "where = { name = { like = 1 } }\nremove = true", "where.name.like: must be text in quotes"),
    (CHANGE + "where = { name = { blank = 1 } }\nremove = true", "where.name.blank: must be true or false"),
    (CHANGE + "where = { nam = 'x' }\nremove = true", "where.nam: employees has no column 'nam'; did you mean"),
    (CHANGE + "where = { mentor.level = 1 }\nremove = true", "where.mentor.level: employees has no column"),
    (CHANGE + "where = { manager.levl = 1 }\nremove = true", "where.manager.levl: employees has no column 'levl'"),
    (
        CHANGE + "where = { function = 'Sals' }\nremove = true",
        "no row of employees has 'Sals'; did you mean 'sales'",
    ),
    (
        CHANGE + "where = { function = { not = 'Sals' } }\nremove = true",
        "where.function.not: no row of employees has",
    ),
    (CHANGE + "where = { employee_id = 'M' }\nremove = true", "no row of employees has 'M'; did you mean 'm'?"),
    (
        CHANGE + "where = { level = 3, function = 'Law' }\nremove = true",
        "where: no row meets all of its conditions",
    ),
    (
        CHANGE + "where = { level = { at_least = 9 } }\nremove = true",
        "where: matches no row of employees (4 rows)",
    ),
    (CHANGE + "top = 3\nremove = true", "case.x.change[1].top: must be a table like"),
    (CHANGE + "top = { number = 3 }\nremove = true", "case.x.change[1].top: lacks by"),
    (
        CHANGE + "top = { number = 0, by = 'level' }\nremove = true",
        "top.number: must be a whole number of at least",
    ),
    (
        CHANGE + "top = { number = 1, by = 'want' }\nremove = true",
        "top.by: employees has no column 'want'; did you",
    ),
    (CHANGE + "top = { number = 1, by = 'name' }\nremove = true", "top.by: no row has a number in name"),
    (CHANGE + "set = {}", "case.x.change[1].set: is empty"),
    (CHANGE + "set = { level = [1] }", "case.x.change[1].set.level: must be a single value"),
    (CHANGE + "set = { levl = 1 }", "set.levl: employees has no column 'levl'; did you mean 'level'?"),
    (CHANGE + "set = { wanted = 1 }", "set.wanted: wanted follows from other tables and cannot be written"),
    (CHANGE + "set = { employee_id = 'q' }", "set.employee_id: an id cannot be changed"),
    (CHANGE + "set = { level = 1, 'Level' = 2 }", "set.Level: level is given twice"),
    (CHANGE + "set = { manager_id = 'q' }", "set.manager_id: 'q' is no employee_id of employees"),
    (CHANGE + "add = 3", "case.x.change[1].add: must be a list of rows"),
    (CHANGE + "add = [3]", "case.x.change[1].add[1]: must be a table like"),
    (CHANGE + "add = [{ nam = 'q' }]", "add[1].nam: employees has no column 'nam'; did you mean 'name'?"),
    (CHANGE + "add = [{ name = 'q' }]", "case.x.change[1].add[1]: lacks employee_id, function, level"),
    (
        CHANGE + "add = [{ employee_id = 'a', function = 'f', level = 1 }]",
        "add[1].employee_id: 'a' is an employee already",
    ),
    (CHANGE + "where = { level = 1 }\nadd = [{ employee_id = 'q' }]", "adds rows, so where can pick none"),
]
DRAWN = "[case.x]\nseeds = [1]\n" + CHANGE + "remove = true\n"
FAULTS += [
    (DRAWN + "draw = 3", "case.x.change[1].draw: must be a table like"),
    (DRAWN + "draw = {}", "case.x.change[1].draw: must have either a share"),
    (DRAWN + "draw = { share = 0.1, number = 1 }", "case.x.change[1].draw: must have either a share"),
    (DRAWN + "draw = { share = '110%' }", "draw.share: must be a share like"),
    (DRAWN + "draw = { share = 0 }", "draw.share: must be a share like"),
    (DRAWN + "draw = { share = nan }", "draw.share: must be a share like"),
    (DRAWN + "draw = { share = '10' }", "draw.share: must be a share like"),
    (DRAWN + "draw = { share = 0.1 }", "draw.share: that share of 4 is nothing"),
    (DRAWN + "draw = { number = 5 }", "draw.number: 5 cannot be drawn from 4"),
    (DRAWN + "draw = { number = 5, off = 'x' }", "draw.off: unknown key; did you mean 'of'?"),
    (DRAWN + "draw = { number = 1, of = 'levels' }", "draw.of: employees has no column 'levels'; did you mean"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_faults_name_their_key(base, text, message):
    found = faults(base, text)
    assert any(message in fault for fault in found), found


def test_all_faults_of_a_stage_come_at_once(base):
    found = faults(base, "[case.x]\nset.a.b = 1\nabuot = 1\n[case.y]\nseeds = 3\n[grid]\nsessions.minute = 3\n")
    assert len(found) == 4
    found = faults(base, "[case.x]\nset.goals.seed = -1\n[[case.y.change]]\ntable='pairs'\nset={mentor_id='q'}\n")
    assert len(found) == 2


def test_changes_behind_rows_that_could_not_be_added_are_not_judged(base):
    text = CHANGE + "add = [{ employee_id = 'N1', function = 'f' }]\n"
    found = faults(base, text + CHANGE + "where = { employee_id = 'N1' }\nset = { name = 'x' }\n")
    assert found == ["case.x.change[1].add[1]: lacks level"]
    text = CHANGE + "where = { name = 'N1' }\nremove = true\n"
    assert len(faults(base, text + text)) == 2


def test_too_many_cases_are_counted_not_built(base):
    values = list(range(1000))
    text = f"[grid]\ngoals.seed = {values}\nsessions.minimum = {values}\nsessions.pause_minutes = {values}\n"
    found = faults(base, f"{text}eligibility.same_function_gap = {values}\n")
    said = (
        "1,000,000,000,001 cases are more than the 100,000 that can be run; 'grid' alone makes 1,000,000,000,000"
    )
    assert found == [f"{said} (a sample takes some of a grid's combinations)"]
    text = (
        "[case.x]\nseeds = '1..100000'\n[[case.x.change]]\ntable = 'pairs'\ndraw = { number = 1 }\nremove = true"
    )
    assert faults(base, text)[0].startswith("100,001 cases")


def test_one_bad_value_of_a_grid_is_told_once(base):
    text = f"[grid]\nsessions.minutes = [30, -1]\ngoals.seed = {list(range(50))}\n"
    assert len(faults(base, text)) == 1


def test_a_case_sets_keys_on_top_of_those_set_for_all(base):
    other = Base.open(base.given.path, {"goals.seed": 5, "sessions.minimum": 1})
    assert "case.x.set.goals.seed: must be at least 0 (got -1)" in faults(other, "[case.x]\nset.goals.seed = -1\n")
    case = read(other, "[case.x]\nset.goals.seed = 7\n").cases[1]
    cohort = other.cohort(case)
    assert cohort.programme.goals.seed == 7
    assert cohort.overrides == {"goals.seed": 7, "sessions.minimum": 1}


def test_a_file_that_is_not_there(base, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_scenarios(tmp_path / "none.toml", base)
    with pytest.raises(InputError, match="is a folder, not a file"):
        read_scenarios(tmp_path, base)


def test_a_cohort_whose_programme_is_bad_is_told_first(tmp_path):
    base = Base.open(write_folder(tmp_path, programme__toml="[programme]\nstart = 2027-01-11\n"))
    (tmp_path / "s.toml").write_text("[case.x]\n")
    with pytest.raises(InputError, match=r"programme\.toml.*programme\.end: is missing"):
        read_scenarios(tmp_path / "s.toml", base)

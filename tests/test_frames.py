"""Frames of a solution and of a run folder: the same, and what the files say."""

import csv
import datetime as dt
import json
from dataclasses import replace
from zoneinfo import ZoneInfo

import cohorts
import draws
import pandas as pd
import pytest
from cohort_folder import EMPLOYEES, PREFERENCES, PROGRAMME, write_folder
from hypothesis import example, given, settings
from hypothesis import strategies as st
from report_runs import SAMPLE, empty_cohort, nasty_cohort, solved

from matcher import (
    InputError,
    LimitError,
    MatcherError,
    frames,
    read_cohort,
    read_frames,
    read_summary,
    solve,
    summary,
    write_run,
)
from matcher.prices import find_prices
from matcher.run_frames import KINDS, WHERE_UNLIKE

TABLES = ("pairs", "sessions", "unmatched", "choices", "bottlenecks", "waiting")
TYPES = {
    "pairs": {
        "mentee_id": "string",
        "mentee_name": "string",
        "mentor_id": "string",
        "mentor_name": "string",
        "rank": "Int64",
        "level_gap": "int64",
        "same_function": "bool",
        "sessions": "int64",
        "first_session": "datetime64[us]",
        "last_session": "datetime64[us]",
        "source": "category",
        "start": "datetime64[us]",
        "end": "datetime64[us]",
        "standing": "category",
    },
    "sessions": {
        "mentee_id": "string",
        "mentor_id": "string",
        "number": "int64",
        "start": "datetime64[us, Europe/Moscow]",
        "end": "datetime64[us, Europe/Moscow]",
        "minutes": "int64",
    },
    "choices": {
        "mentee_id": "string",
        "mentor_id": "string",
        "rank": "int64",
        "outcome": "category",
        "detail": "string",
        "standing": "category",
    },
}


def assert_same(found, expected):
    assert list(found) == list(expected)
    for name in expected:
        pd.testing.assert_frame_equal(found[name], expected[name])


def both(cohort, solution, folder):
    """The frames of a solution, which must be those of the run that is written from it; and the run."""
    write_run(cohort, solution, folder, overwrite=True)
    made = frames(cohort, solution)
    assert_same(read_frames(folder), made)
    pd.testing.assert_series_equal(read_summary(folder), summary(cohort, solution))
    return made


def told(value):
    """A value as it stands in a file, without an apostrophe."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat(timespec="minutes") if value.tzinfo else value.date().isoformat()
    return {"True": "yes", "False": "no"}.get(str(value), str(value))


def rows_of(file, delimiter=","):
    """Header and rows of a file by the csv module alone; what protects from formulas is taken away."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened, delimiter=delimiter))
    return [[cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@\t\r" else cell for cell in row] for row in rows]


def assert_says_what_the_files_say(made, folder, delimiter=","):
    for name, frame in made.items():
        header, *rows = rows_of(folder / f"{name}.csv", delimiter)
        assert list(frame.columns) == header
        assert [[told(value) for value in row] for row in frame.itertuples(index=False)] == rows


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    cohort = read_cohort(SAMPLE)
    solution = solve(cohort)
    solution = replace(solution, prices=find_prices(cohort, solution))
    folder = tmp_path_factory.mktemp("frames") / "run"
    return cohort, solution, folder, both(cohort, solution, folder)


# --- what is in them ----------------------------------------------------------------------------------------


def test_frames_say_what_the_files_say(sample):
    _, _, folder, made = sample
    assert list(made) == [*TABLES, "prices"]
    assert_says_what_the_files_say(made, folder)
    assert all(len(frame) for frame in made.values())


@pytest.mark.parametrize("name", TYPES)
def test_columns_have_types(sample, name):
    made = sample[3]
    assert {column: str(dtype) for column, dtype in made[name].dtypes.items()} == TYPES[name]


def test_a_lock_that_was_no_choice_has_no_rank(sample):
    pairs = sample[3]["pairs"]
    assert pairs["rank"].isna().sum() == 1
    assert pairs[pairs["rank"].isna()]["source"].tolist() == ["locked"]
    assert pairs["rank"].sum() == 31 + 2 * 18 + 3 * 4


def test_categories_are_all_codes_so_that_frames_of_two_runs_can_be_joined(sample, tmp_path):
    choices = sample[3]["choices"]
    other = read_frames(solved(empty_cohort(tmp_path / "empty"), tmp_path / "run"))["choices"]
    assert len(choices["outcome"].cat.categories) == 15
    joined = pd.concat([choices, other], ignore_index=True)
    pd.testing.assert_series_equal(joined.dtypes, choices.dtypes)
    assert choices["outcome"].value_counts()["line_manager"] == 0


def test_times_are_on_the_programmes_clock_when_it_changes(tmp_path):
    text = PROGRAMME.replace("Europe/Moscow", "Europe/London").replace("2027-01-11", "2027-03-01")
    cohort = read_cohort(write_folder(tmp_path, programme__toml=text))
    sessions = both(cohort, solve(cohort), tmp_path / "run")["sessions"]
    assert sessions["start"].dt.tz == ZoneInfo("Europe/London")
    assert set(sessions["start"].dt.hour) <= set(range(9, 18))
    offsets = {moment.utcoffset() for moment in sessions["start"]}
    assert offsets == {dt.timedelta(0), dt.timedelta(hours=1)}
    assert ((sessions["end"] - sessions["start"]) == pd.Timedelta(minutes=45)).all()


def test_ids_stay_as_they_are(tmp_path):
    people, wishes = EMPLOYEES, PREFERENCES
    for old, new in (("m", "007"), ("a", "NA"), ("n", "1e5"), ("b", "None")):
        people = "\n".join(
            ",".join({old: new}.get(cell, cell) for cell in line.split(",")) for line in people.split("\n")
        )
        wishes = "\n".join(
            ",".join({old: new}.get(cell, cell) for cell in line.split(",")) for line in wishes.split("\n")
        )
    cohort = read_cohort(write_folder(tmp_path, employees__csv=people, preferences__csv=wishes))
    made = both(cohort, solve(cohort), tmp_path / "run")
    assert made["choices"]["mentee_id"].tolist() == ["NA", "NA", "None"]
    assert made["choices"]["mentor_id"].tolist() == ["007", "1e5", "007"]


def test_hostile_names_stay_as_they_are(tmp_path):
    cohort = read_cohort(nasty_cohort(tmp_path / "cohort"))
    made = both(cohort, solve(cohort), tmp_path / "run")
    names = dict(zip(cohort.employees.ids, cohort.employees.names, strict=True))
    for frame, role in ((made["pairs"], "mentee_"), (made["pairs"], "mentor_"), (made["unmatched"], "")):
        people = frame["mentee_id" if not role else f"{role}id"]
        expected = [names[person] or "" for person in people]
        assert frame[f"{role}name"].fillna("").tolist() == expected
    assert made["pairs"]["mentor_name"].isna().any()


NAME = st.text(st.sampled_from("a='-@\t\r\n\",; N\u2028ё"))


@settings(max_examples=25, deadline=None)
@given(st.lists(NAME, min_size=4, max_size=4))
@example(["'=1", "'-1", "''@", "'"])
def test_any_names_give_the_same_frames(tmp_path_factory, names):
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    rows = [
        f"{person},{name},{function},{level}"
        for (person, function, level), name in zip(
            [("m", "Sales", 3), ("a", "Law", 1), ("n", "Law", 2), ("b", "Sales", 1)], quoted, strict=True
        )
    ]
    folder = tmp_path_factory.mktemp("names")
    table = "\n".join(["employee_id,name,function,level", *rows])
    wishes = "mentee_id,rank,mentor_id\na,1,m\nb,1,m\nn,1,m\n"
    cohort = read_cohort(write_folder(folder, employees__csv=table, preferences__csv=wishes))
    made = both(cohort, solve(cohort), folder / "run")
    assert len(made["pairs"]) + len(made["unmatched"]) == 3


# --- cohorts of all kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_drawn_cohorts(tmp_path, seed):
    spec = draws.random_spec(seed)
    cohort = read_cohort(cohorts.write(spec, tmp_path / "cohort"))
    try:
        solution = solve(cohort)
    except InputError:
        pytest.skip("its locks do not fit")
    assert_says_what_the_files_say(both(cohort, solution, tmp_path / "run"), tmp_path / "run")


@pytest.mark.parametrize(
    "overrides",
    [
        {"goals.rank": "min-cost"},
        {"goals.rank": "greedy", "capacity.mentors_per_mentee": 2},
        {"sessions.minutes": [45, 30], "sessions.number": "fewest"},
        {"programme.language": "ru", "output.delimiter": ";"},
        {"programme.timezone": "America/St_Johns", "calendar.preferred_hours": "10:00-12:00"},
        {"output.delimiter": "\t"},
    ],
    ids=str,
)
def test_settings(tmp_path, overrides):
    cohort = read_cohort(SAMPLE, overrides)
    made = both(cohort, solve(cohort), tmp_path / "run")
    assert_says_what_the_files_say(made, tmp_path / "run", overrides.get("output.delimiter", ","))


def test_nobody_can_be_paired(tmp_path):
    full = {name: frame.dtypes for name, frame in read_frames(solved(SAMPLE, tmp_path / "full")).items()}
    cohort = read_cohort(empty_cohort(tmp_path / "empty"))
    made = both(cohort, solve(cohort), tmp_path / "run")
    assert [len(made[name]) for name in TABLES] == [0, 0, 1, 1, 0, 1]
    for name in TABLES:
        pd.testing.assert_series_equal(made[name].dtypes, full[name])
    assert made["choices"]["outcome"].tolist() == ["same_function_gap"]


def test_without_explanations_the_rest_is_there(sample):
    cohort, _, _, explained = sample
    made = frames(cohort, solve(cohort, explain=False))
    assert len(made["pairs"]) == len(explained["pairs"])
    assert len(made["choices"]) == len(explained["choices"])
    assert made["choices"][["outcome", "detail", "standing"]].isna().all(axis=None)
    pd.testing.assert_series_equal(made["choices"]["rank"], explained["choices"]["rank"])
    assert not len(made["unmatched"])


def test_figures_without_explanations(sample):
    cohort, solution, _, _ = sample
    full, bare = summary(cohort, solution), summary(cohort, solve(cohort, explain=False))
    unknown = bare.index.str.contains("counts.outcomes|counts.unmatched")
    assert unknown.sum() == 15 + 5
    assert bare[unknown].isna().all()
    known = full.index[full.index.str.startswith("counts.")].difference(bare.index[unknown])
    assert bare[known].drop(["counts.branches"]).equals(full[known].drop(["counts.branches"]))


# --- figures ------------------------------------------------------------------------------------------------


def test_figures_are_those_of_the_summary(sample):
    _, _, folder, made = sample
    figures, said = read_summary(folder), json.loads((folder / "summary.json").read_text("utf-8"))
    assert figures["status"] == "optimal"
    assert figures["counts.pairs"] == len(made["pairs"]) == said["counts"]["pairs"]
    assert figures["goals.rank.value"] == (31, 18, 4) == figures["goals.rank.bound"]
    assert figures["goals.rank.kind"] == "generous"
    assert figures["timezone"] == "Europe/Moscow"
    reasons = made["unmatched"]["reason"].value_counts()
    assert {code: figures[f"counts.unmatched.{code}"] for code in reasons.index} == reasons.to_dict()
    outcomes = made["choices"]["outcome"].value_counts()
    assert {code: figures[f"counts.outcomes.{code}"] for code in outcomes.index} == outcomes.to_dict()
    assert figures["inputs.employees.csv"] == said["inputs"]["employees.csv"]


def test_settings_are_among_the_figures():
    cohort = read_cohort(SAMPLE, {"programme.end": dt.date(2027, 3, 31), "sessions.minutes": [30, 15]})
    figures = summary(cohort, solve(cohort, explain=False))
    assert figures["options.set.programme.end"] == "2027-03-31"
    assert figures["options.set.sessions.minutes"] == (30, 15)


# --- runs that are not as they were written -----------------------------------------------------------------


@pytest.fixture
def run(tmp_path):
    return solved(write_folder(tmp_path), tmp_path / "run")


def change(file, old, new):
    text = file.read_bytes().decode("utf-8-sig")
    assert old in text
    file.write_bytes(text.replace(old, new).encode("utf-8-sig"))


def test_every_cell_that_does_not_fit_is_told_at_once(run):
    change(run / "pairs.csv", "chosen", "taken")
    change(run / "pairs.csv", "yes", "perhaps")
    change(run / "pairs.csv", "2027-04-09", "09.04.2027")
    change(run / "sessions.csv", "+03:00", "")
    change(run / "choices.csv", ",1,", ",first,")
    with pytest.raises(InputError) as caught:
        read_frames(run)
    pairs, line = str(run / "pairs.csv"), "not what 'matcher solve' writes (expected"
    faults = {(fault.file, fault.column): fault for fault in reversed(caught.value.faults)}
    assert {column for file, column in faults if file == pairs} == {"source", "same_function", "end"}
    assert str(faults[pairs, "source"]) == f"line 2, source: 'taken' is {line} one of chosen, locked)"
    assert "one of yes, no" not in str(faults[pairs, "same_function"])
    assert str(faults[pairs, "end"]).endswith("'09.04.2027' is " + line + " a date like 2027-01-11)")
    starts = [fault for fault in caught.value.faults if fault.column == "start" and fault.file != pairs]
    assert len(starts) == len(rows_of(run / "sessions.csv")) - 1
    assert faults[str(run / "choices.csv"), "rank"].line == 2


@pytest.mark.parametrize("cell", ["2027-02-30", "2027-1-5", "2027-01", "20270105", "NaT", "now", "2027-01-05T09"])
def test_a_date_is_a_date(run, cell):
    change(run / "pairs.csv", "2027-04-09", cell)
    with pytest.raises(InputError, match="expected a date like"):
        read_frames(run)


@pytest.mark.parametrize("cell", ["", "1.0", "one", "١", "1" * 19])
def test_a_number_is_a_number(run, cell):
    change(run / "sessions.csv", ",45\n", f",{cell}\n")
    with pytest.raises(InputError, match="expected a whole number"):
        read_frames(run)


def test_a_run_without_a_table(run):
    (run / "choices.csv").unlink()
    with pytest.raises(InputError, match=r"choices.csv: cannot be read \(No such file"):
        read_frames(run)


def test_a_table_without_a_column(run):
    change(run / "pairs.csv", "level_gap", "levels")
    with pytest.raises(InputError, match="no column 'level_gap'"):
        read_frames(run)


@pytest.mark.parametrize("read", [read_frames, read_summary])
def test_no_run(tmp_path, read):
    with pytest.raises(MatcherError, match="no such run folder"):
        read(tmp_path / "nothing")


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "", 3, None])
def test_a_zone_that_is_none(run, zone):
    data = json.loads((run / "summary.json").read_text("utf-8"))
    (run / "summary.json").write_text(json.dumps(data | {"timezone": zone}), "utf-8")
    with pytest.raises(MatcherError, match="timezone is not what 'matcher solve' writes"):
        read_frames(run)


def test_a_run_of_an_older_version_is_told_in_utc(run):
    data = json.loads((run / "summary.json").read_text("utf-8"))
    now = read_frames(run)["sessions"]["start"]
    (run / "summary.json").write_text(json.dumps({key: data[key] for key in data if key != "timezone"}), "utf-8")
    then = read_frames(run)["sessions"]["start"]
    assert str(then.dt.tz) == "UTC"
    assert (then == now).all()


def test_a_limit_that_is_too_short_is_an_error_of_its_own():
    assert issubclass(LimitError, MatcherError)


def test_kinds_are_the_columns_that_are_written(sample):
    assert {name: list(frame.columns) for name, frame in sample[3].items()} == {
        name: [column for column in kinds if column not in WHERE_UNLIKE.get(name, ())]
        for name, kinds in KINDS.items()
        if name != "history"  # nobody asked for it
    }

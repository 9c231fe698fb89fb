"""Frames of a sweep: the figures of every case, and the tables of all runs."""

import pandas as pd
import pytest
from cohort_folder import PROGRAMME, write_folder

from matcher import Base, Case, InputError, MatcherError, read_frames, solve, sweep_frames, write_run

CASES = (
    Case("base"),
    Case("three", {"capacity.mentees_per_mentor": 3}, "=cmd, three"),
    Case("Париж", {"programme.timezone": "Europe/Paris"}),
)
HEADER = (
    "case,about,capacity.mentees_per_mentor,sessions.minutes,calendar.lunch,ratio,status,cut_short,pairs,"
    "rank_kind,rank_profile,minutes_bound,error,run"
)
ROWS = (
    "base,,2,45,,0.5,optimal,no,1,generous,1,,,runs/base",
    """three,"'=cmd, three",3,"[45, 30]",12:00-13:00,1,optimal,no,1,generous,1 0 2,,,runs/three""",
    "Париж,,2,45,,,feasible,yes,1,generous,,,,runs/Париж",
    "bad,007,2,45,,,failed,,,,,,employees.csv: is empty,",
)  # fmt: skip


def write_sweep(folder, rows=ROWS, header=HEADER):
    (folder / "scenarios.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8-sig")
    return folder


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "cohort").mkdir()
    text = PROGRAMME.replace("2027-01-11", "2027-03-01")
    base = Base.open(write_folder(folder / "cohort", programme__toml=text))
    for case in CASES:
        cohort = base.cohort(case)
        write_run(cohort, solve(cohort), folder / "runs" / case.name)
    return write_sweep(folder)


def test_figures_have_types(swept):
    scenarios = sweep_frames(swept)["scenarios"]
    assert scenarios.index.tolist() == ["base", "three", "Париж", "bad"]
    assert scenarios.index.name == "case"
    assert {name: str(dtype) for name, dtype in scenarios.dtypes.items()} == {
        "about": "string",
        "capacity.mentees_per_mentor": "Int64",
        "sessions.minutes": "string",
        "calendar.lunch": "string",
        "ratio": "Float64",
        "status": "category",
        "cut_short": "boolean",
        "pairs": "Int64",
        "rank_kind": "category",
        "rank_profile": "string",
        "minutes_bound": "Int64",
        "error": "string",
        "run": "string",
    }
    assert scenarios["about"].fillna("").tolist() == ["", "=cmd, three", "", "007"]
    assert scenarios["pairs"].sum() == 3
    assert scenarios["status"].tolist() == ["optimal", "optimal", "feasible", "failed"]
    assert scenarios["cut_short"].fillna(value=False).tolist() == [False, False, True, False]
    assert scenarios["minutes_bound"].isna().all()


def test_tables_of_all_runs_stand_under_their_cases(swept):
    found = sweep_frames(swept, ("pairs", "choices"))
    assert list(found) == ["scenarios", "pairs", "choices"]
    for name in ("pairs", "choices"):
        assert found[name].index.names == ["case", None]
        for case in CASES:
            frame = read_frames(swept / "runs" / case.name)[name]
            pd.testing.assert_frame_equal(found[name].loc[case.name], frame)
    counts = found["pairs"].groupby("case").size()
    assert counts.to_dict() == {case.name: 2 for case in CASES}


def test_times_of_all_cases_are_told_on_one_clock(swept):
    sessions = sweep_frames(swept, ("sessions",))["sessions"]
    assert str(sessions["start"].dtype) == "datetime64[us, Europe/Moscow]"
    own = read_frames(swept / "runs" / "Париж")["sessions"]["start"]
    assert str(own.dtype) == "datetime64[us, Europe/Paris]"
    assert len(own) > 1
    assert (sessions.loc["Париж", "start"] == own).all()


def test_a_table_that_no_run_has_is_left_out(swept):
    assert list(sweep_frames(swept, ("prices", "pairs"))) == ["scenarios", "pairs"]
    assert list(sweep_frames(swept, ())) == ["scenarios"]


def test_a_table_that_there_is_not(swept):
    with pytest.raises(ValueError, match="'pair' must be one of pairs, sessions, unmatched"):
        sweep_frames(swept, ("pair",))


def test_no_case_has_a_run(tmp_path):
    found = sweep_frames(write_sweep(tmp_path, ROWS[-1:]))
    assert list(found) == ["scenarios"]
    assert found["scenarios"].index.tolist() == ["bad"]


def test_no_sweep(tmp_path):
    with pytest.raises(MatcherError, match="expected the folder of a sweep"):
        sweep_frames(tmp_path)


def test_a_run_that_is_gone(tmp_path):
    with pytest.raises(MatcherError, match="no such run folder"):
        sweep_frames(write_sweep(tmp_path))


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        ("name,status", ["a,b"], "no column 'case'"),
        ("case,status,run", ["a,optimal,runs/a", "b,optimal"], "line 3: 2 fields, but the header has 3"),
        ("case,status,run", ['a,optimal,"runs'], "never closed"),
        ("", [], "is empty; expected a header line with case, status, run"),
    ],
)
def test_scenarios_that_cannot_be_read(tmp_path, header, rows, message):
    with pytest.raises(InputError, match=message):
        sweep_frames(write_sweep(tmp_path, rows, header))

"""What a run folder holds, and that it is written whole or not at all."""

import csv
import io
import json
import re
from dataclasses import replace
from types import SimpleNamespace

import cohorts
import numpy as np
import pytest

from matcher import check, run_files, runs
from matcher.check_files import safe_text
from matcher.errors import OwnAnswerError
from matcher.io import read_cohort
from matcher.model import Bottleneck, Explained, Goal, Group, Session, Solution, SolvedPair, Unmatched
from matcher.run_files import csv_lines
from matcher.run_reading import plain_text
from matcher.runs import TargetError, prepare_target, write_run
from matcher.solver import solve

BOM = "\ufeff"
SPEC = cohorts.Spec(
    employees=("a Sales 1", "b Sales 1", "c Sales 1", "m Sales 3", "n Law 2"),
    choices=("a m", ("b", 1, "m"), ("b", 4, "n"), "c ghost"),
    programme={"programme": {"start": "2027-01-11", "end": "2027-02-11", "timezone": "Europe/Moscow"}},
)


def instant(day, clock):
    """Minutes since 1970 of `day` January 2027, `clock` in Moscow (UTC+3)."""
    hours, minutes = map(int, clock.split(":"))
    days = (np.datetime64(f"2027-01-{day:02}") - np.datetime64("1970-01-01")).astype(int)
    return int(days) * 1440 + hours * 60 + minutes - 180


@pytest.fixture
def cohort():
    return replace(cohorts.build(SPEC), inputs={"employees.csv": "e" * 64}, overrides={"goals.seed": 7})


@pytest.fixture
def solution():
    first = SolvedPair(
        0, 3, 1, False, (Session(instant(11, "09:00"), 45), Session(instant(29, "23:30"), 45)), "every"
    )
    second = SolvedPair(1, 4, 4, False, (Session(instant(11, "09:00"), 30),), "some")
    return Solution(
        status="optimal",
        goals=(
            Goal("mentees", 2, 2, "optimal"),
            Goal("rank", (1, 0, 0, 1), (1, 0, 0, 1), "optimal", kind="generous"),
            Goal("regularity", 0, None, "feasible"),
        ),
        pairs=(first, second),
        outcomes=(
            Explained("paired", "Paired."),
            Explained("mentor_full", "Full."),
            Explained("paired", "Paired."),
            Explained("unknown_mentor", "=cmd() is no employee"),
        ),
        unmatched={
            2: Unmatched(
                "no_eligible_choice",
                'None, "really".',
                eligible_choices=2,
                competitors=4,
                places=3,
                smallest_change="one more choice: n",
                suggestions=(4, 3),
                group=0,
                contested=(3, 4),
            )
        },
        seed=7,
        standing=("every", "none", "some", "none"),
        groups=(Group(mentors=1, mentees=5, places=2),),
        bottlenecks=(
            Bottleneck(3, 2, None, 0, 0, -2, proven=False),
            Bottleneck(4, 7, 0, 1, 1, "1:+2 4:-1", proven=True),
        ),
        certificate={"kind": "generous", "places": {"m": [0, 1]}},
        counts={"cuts": 3, "pairs": 99},
        seconds={"solve": 1.23456},
    )


REAL_CHECK = check.check_run


@pytest.fixture(autouse=True)
def _no_check(monkeypatch):
    """The solutions here are made by hand to show the files; most are no answers that a check would pass."""
    monkeypatch.setattr(check, "check_run", lambda _cohort, _folder: [])


def contents(folder):
    return {path.name: path.read_bytes().decode("utf-8") for path in folder.iterdir()}


def test_the_files_are_exactly_as_the_contract_says(cohort, solution, tmp_path):
    write_run(cohort, solution, tmp_path / "deep" / "run")
    files = contents(tmp_path / "deep" / "run")
    assert sorted(files) == [
        "bottlenecks.csv", "certificate.json", "choices.csv", "pairs.csv", "sessions.csv", "summary.json",
        "timings.json", "unmatched.csv", "waiting.csv",
    ]  # fmt: skip
    assert files["pairs.csv"] == (
        BOM + "mentee_id,mentee_name,mentor_id,mentor_name,rank,level_gap,same_function,sessions,first_session,"
        "last_session,source,start,end,standing\n"
        "a,,m,,1,2,yes,2,2027-01-11,2027-01-29,chosen,2027-01-11,2027-02-11,every\n"
        "b,,n,,4,1,no,1,2027-01-11,2027-01-11,chosen,2027-01-11,2027-02-11,some\n"
    )
    assert files["sessions.csv"] == (
        BOM + "mentee_id,mentor_id,number,start,end,minutes\n"
        "a,m,1,2027-01-11T09:00+03:00,2027-01-11T09:45+03:00,45\n"
        "b,n,1,2027-01-11T09:00+03:00,2027-01-11T09:30+03:00,30\n"
        "a,m,2,2027-01-29T23:30+03:00,2027-01-30T00:15+03:00,45\n"
    )
    assert files["unmatched.csv"] == (
        BOM + "mentee_id,name,reason,explanation,eligible_choices,competitors,places,smallest_change,suggestions,"
        "group,contested_mentors\n"
        'c,,no_eligible_choice,"None, ""really"".",2,4,3,one more choice: n,n; m,1,m; n\n'
    )
    assert files["bottlenecks.csv"] == (
        BOM + "mentor_id,name,places,mentees,wanted,group,group_mentors,group_mentees,group_places,shortage,"
        "gain_mentees,gain_pairs,gain_ranks,gain_proven\n"
        "n,,2,1,7,1,1,5,2,3,1,1,1:+2 4:-1,yes\n"
        "m,,2,1,2,,,,,,0,0,-2,at most\n"
    )
    assert files["waiting.csv"] == BOM + "place,mentee_id,name,priority,lost,reason\n1,c,,0,0,no_eligible_choice\n"
    assert files["certificate.json"] == '{\n  "kind": "generous",\n  "places": {"m": [0, 1]}\n}\n'
    assert files["choices.csv"] == (
        BOM + "mentee_id,mentor_id,rank,outcome,detail,standing\n"
        "a,m,1,paired,Paired.,every\n"
        "b,m,1,mentor_full,Full.,none\n"
        "b,n,4,paired,Paired.,some\n"
        "c,ghost,1,unknown_mentor,'=cmd() is no employee,none\n"
    )
    assert re.fullmatch(r'\{\n  "solve": 1\.235,\n  "writing": \d+\.\d+\n\}\n', files["timings.json"])


def test_summary(cohort, solution, tmp_path):
    write_run(cohort, solution, tmp_path / "run", options={"workers": np.int64(2)})
    text = (tmp_path / "run" / "summary.json").read_text("utf-8")
    summary = json.loads(text)
    assert text.endswith("}\n")
    assert summary["status"] == "optimal"
    assert summary["interrupted"] is False
    assert summary["goals"][1] == {
        "name": "rank", "kind": "generous", "value": [1, 0, 0, 1], "bound": [1, 0, 0, 1], "status": "optimal"
    }  # fmt: skip
    assert summary["goals"][2]["bound"] is None
    assert summary["counts"] == {
        "employees": 5, "mentees": 3, "choices": 4, "mentees_paired": 2, "mentees_unmatched": 1, "pairs": 2,
        "locked": 0, "sessions": 3, "minutes": 120, "rank_profile": [1, 0, 0, 1],
        "unmatched": {"no_eligible_choice": 1},
        "outcomes": {"mentor_full": 1, "paired": 2, "unknown_mentor": 1}, "cuts": 3,
    }  # fmt: skip
    assert summary["options"] == {"set": {"goals.seed": 7}, "workers": 2}
    assert summary["inputs"] == {"employees.csv": "e" * 64}
    assert set(summary["versions"]) == {
        "matcher",
        "python",
        "ortools",
        "pandas",
        "numpy",
        "pydantic",
        "holidays",
        "tzdata",
    }


def test_a_lock_that_was_no_choice_has_no_rank(cohort, solution, tmp_path):
    lock = replace(solution.pairs[0], rank=None, locked=True)
    write_run(cohort, replace(solution, pairs=(lock,)), tmp_path / "run")
    row = (tmp_path / "run" / "pairs.csv").read_text("utf-8-sig").splitlines()[1].split(",")
    assert (row[4], row[10]) == ("", "locked")


def test_a_run_without_pairs_has_headers_alone(cohort, solution, tmp_path):
    write_run(cohort, replace(solution, pairs=()), tmp_path / "run")
    files = contents(tmp_path / "run")
    assert files["sessions.csv"] == BOM + "mentee_id,mentor_id,number,start,end,minutes\n"
    assert files["pairs.csv"].endswith(",source,start,end,standing\n")
    assert files["pairs.csv"].count("\n") == 1


def test_sessions_that_start_together_stand_by_mentee_then_mentor(cohort, solution, tmp_path):
    """Whatever the order of pairs, and of the sessions within each."""
    early, late = Session(instant(11, "09:00"), 45), Session(instant(29, "09:00"), 45)
    pairs = tuple(
        SolvedPair(mentee, mentor, 1, False, (late, early)) for mentee, mentor in ((1, 3), (0, 4), (0, 3))
    )
    write_run(cohort, replace(solution, pairs=pairs), tmp_path / "run")
    rows = contents(tmp_path / "run")["sessions.csv"].splitlines()[1:]
    assert [row.split(",")[:3] for row in rows] == [
        [mentee, mentor, number] for number in "12" for mentee, mentor in ("am", "an", "bm")
    ]
    first = contents(tmp_path / "run")["pairs.csv"].splitlines()[1].split(",")
    assert (first[8], first[9]) == ("2027-01-11", "2027-01-29")


def test_the_delimiter_is_the_programmes(solution, tmp_path):
    programme = {**SPEC.programme, "output": {"delimiter": ";"}}
    write_run(cohorts.build(replace(SPEC, programme=programme)), solution, tmp_path / "run")
    text = (tmp_path / "run" / "unmatched.csv").read_text("utf-8-sig")
    assert (
        text.splitlines()[1]
        == 'c;;no_eligible_choice;"None, ""really"".";2;4;3;one more choice: n;"n; m";1;"m; n"'
    )


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+7 900", "-x", "@sum", "\tx", "\rx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", "'=1", "''-x"],
)
def test_text_that_looks_like_a_formula_gets_an_apostrophe(text):
    written = "".join(csv_lines({"text": [text], "number": [1]}, ","))
    rows = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert rows == [["text", "number"], ["'" + text, "1"]]
    assert plain_text(rows[1][0]) == safe_text(text)[1:] == text


@pytest.mark.parametrize("text", ["", "a,b", 'say "hi"', "two\nlines", "two\r\nlines", "lone\rreturn", " x ", "'"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_other_text_is_read_back_as_it_was(text, delimiter):
    written = "".join(csv_lines({"a": ["first", "x"], "b": [text, text], "c": [-5, 7], "d": [None, 1]}, delimiter))
    rows = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=True))
    assert rows == [["a", "b", "c", "d"], ["first", text, "-5", ""], ["x", text, "7", "1"]]


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        list(csv_lines({"a": [1, 2], "b": [1]}, ","))


def test_the_same_answer_gives_the_same_bytes(cohort, solution, tmp_path):
    turned = replace(solution, pairs=solution.pairs[::-1], unmatched=dict(solution.unmatched))
    write_run(cohort, solution, tmp_path / "one")
    write_run(cohort, turned, tmp_path / "two")
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one.pop("timings.json")
    assert two.pop("timings.json")
    assert one == two


def test_the_check_is_announced_before_it_begins(cohort, solution, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(check, "check_run", lambda _cohort, folder: told.append(len(list(folder.iterdir()))) or [])
    write_run(cohort, solution, tmp_path / "run", progress=told.append)
    assert told == ["checking every rule again in the files written", 9]


# --- whole or not at all ------------------------------------------------------------------------------------


def test_an_earlier_run_is_replaced_only_when_asked(cohort, solution, tmp_path):
    run = tmp_path / "run"
    write_run(cohort, solution, run)
    (run / "report.html").write_text("old")
    before = contents(run)
    with pytest.raises(TargetError, match="run: holds an earlier run; give --overwrite to replace it"):
        write_run(cohort, solution, run)
    assert contents(run) == before
    write_run(cohort, replace(solution, seed=8), run, overwrite=True)
    assert json.loads((run / "summary.json").read_text())["seed"] == 8
    assert not (run / "report.html").exists()
    assert list(tmp_path.iterdir()) == [run]


@pytest.mark.parametrize("name", ["notes.txt", "summary.json"])
def test_a_folder_that_is_no_run_is_never_replaced(cohort, solution, tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(TargetError, match="is not empty and not a run"):
        write_run(cohort, solution, tmp_path, overwrite=True)
    assert contents(tmp_path) == {name: "{}"}


def test_files_of_others_in_an_earlier_run_are_never_lost(cohort, solution, tmp_path):
    run = tmp_path / "run"
    write_run(cohort, solution, run)
    assert set(contents(run)) < runs.RUN_FILES
    (run / "my notes.docx").write_text("for the board")
    with pytest.raises(TargetError, match=r"also holds 'my notes\.docx'"):
        write_run(cohort, solution, run, overwrite=True)
    assert (run / "my notes.docx").read_text() == "for the board"


def test_what_stands_in_the_way_is_said_before_solving(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(TargetError, match="is a file; expected a new folder"):
        prepare_target(file, overwrite=True)
    with pytest.raises(TargetError, match="file is a file; expected a folder"):
        prepare_target(file / "run")
    with pytest.raises(TargetError, match="loop"):
        prepare_target(tmp_path / "loop")
    with pytest.raises(TargetError, match="cannot be used"):
        prepare_target("nul\0byte")
    assert prepare_target(tmp_path / "empty") == tmp_path / "empty"
    assert prepare_target(tmp_path / "new" / "run") == tmp_path / "new" / "run"
    assert not (tmp_path / "new").exists()


def test_an_answer_that_fails_the_check_is_not_written(cohort, solution, tmp_path, monkeypatch):
    violations = [SimpleNamespace(file="pairs.csv", line=n) for n in range(7)]
    monkeypatch.setattr(check, "check_run", lambda _cohort, _folder: violations)
    with pytest.raises(OwnAnswerError, match="7 violations") as caught:
        write_run(cohort, solution, tmp_path / "run")
    assert caught.value.violations == tuple(violations)
    assert str(caught.value).endswith("and 2 more")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_midway_leaves_everything_as_it_was(cohort, solution, tmp_path, monkeypatch, failure):
    run = tmp_path / "run"
    write_run(cohort, solution, run)
    before = contents(run)

    def fail(*_):
        raise failure

    monkeypatch.setattr(run_files, "_summary", fail)
    expected = TargetError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected, match="No space left" if expected is TargetError else None):
        write_run(cohort, solution, run, overwrite=True)
    assert contents(run) == before
    assert list(tmp_path.iterdir()) == [run]


def test_the_earlier_run_comes_back_when_the_swap_fails(cohort, solution, tmp_path, monkeypatch):
    run = tmp_path / "run"
    write_run(cohort, solution, run)
    before, rename = contents(run), type(run).rename

    def fail_for_new(path, target):
        if ".matcher-new-" in path.name:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(type(run), "rename", fail_for_new)
    with pytest.raises(TargetError, match="Permission denied"):
        write_run(cohort, solution, run, overwrite=True)
    assert contents(run) == before
    assert list(tmp_path.iterdir()) == [run]


def test_what_killed_runs_left_behind_is_cleared(cohort, solution, tmp_path):
    run = tmp_path / "run"
    (tmp_path / ".run.matcher-new-0a1b").mkdir()
    (tmp_path / ".other.matcher-new-0a1b").mkdir()
    write_run(cohort, solution, run)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".other.matcher-new-0a1b", "run"]


def test_a_run_that_a_killed_process_had_set_aside_is_put_back(cohort, solution, tmp_path):
    run = tmp_path / "run"
    write_run(cohort, solution, run)
    run.rename(tmp_path / ".run.matcher-old-0a1b")
    with pytest.raises(TargetError, match="holds an earlier run"):
        prepare_target(run)
    assert runs.is_run(run)
    assert list(tmp_path.iterdir()) == [run]


def test_a_link_to_a_run_stays_a_link(cohort, solution, tmp_path):
    write_run(cohort, solution, tmp_path / "real")
    (tmp_path / "latest").symlink_to(tmp_path / "real")
    write_run(cohort, replace(solution, seed=8), tmp_path / "latest", overwrite=True)
    assert (tmp_path / "latest").is_symlink()
    assert json.loads((tmp_path / "real" / "summary.json").read_text())["seed"] == 8


def test_what_the_solver_finds_passes_the_check(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "check_run", REAL_CHECK)
    cohort = read_cohort(cohorts.write(SPEC, tmp_path / "cohort"))
    write_run(cohort, solve(cohort), tmp_path / "run")
    assert runs.is_run(tmp_path / "run")

"""`matcher rerun`: the same bytes, or where they differ."""

import json
import shutil

import pytest
from click.testing import CliRunner
from cohort_folder import write_folder

from matcher import cli_solve
from matcher.cli import cli as command
from matcher.repeats import differences, other_versions


def run(*arguments, code=0):
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def cohort(tmp_path):
    folder = tmp_path / "cohort"
    folder.mkdir()
    return write_folder(folder, pairs__csv="mentee_id,mentor_id,status\na,n,forbidden\n")


@pytest.fixture
def solved(cohort, tmp_path):
    run("solve", cohort, "-o", tmp_path / "run", "--set", "sessions.minutes=30", "--prices", "--no-report")
    return tmp_path / "run"


def changed_summary(folder, **changes):
    path = folder / "summary.json"
    summary = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(summary | changes, indent=2, ensure_ascii=False) + "\n", "utf-8")


def test_a_run_comes_out_the_same_with_its_settings_and_prices(cohort, solved, tmp_path):
    told = run("rerun", cohort, solved, "-o", tmp_path / "again")
    assert told.stdout == f"repeated: every file of {solved} comes out the same, byte for byte\n"
    assert (tmp_path / "again" / "prices.csv").read_bytes() == (solved / "prices.csv").read_bytes()
    assert not differences(solved, tmp_path / "again")


def test_a_changed_table_is_named_with_its_first_line(cohort, solved):
    path = solved / "sessions.csv"
    path.write_bytes(path.read_bytes().replace(b",30\n", b",31\n"))
    told = json.loads(run("rerun", cohort, solved, "--json", code=4).stdout)
    assert not told["same"]
    lines = path.read_bytes().count(b"\n") - 1
    assert told["differences"] == [
        {
            "file": "sessions.csv",
            "line": 2,
            "column": None,
            "message": f"differs here first ({lines} lines in all)",
        }
    ]


def test_missing_and_longer_files_differ(solved, tmp_path):
    other = shutil.copytree(solved, tmp_path / "other")
    (other / "prices.csv").unlink()
    (other / "choices.csv").write_bytes((solved / "choices.csv").read_bytes() + b"x\n")
    (other / "timings.json").write_text("{}")
    found = {one.file: (one.line, one.message) for one in differences(solved, other)}
    rows = (solved / "choices.csv").read_bytes().count(b"\n")
    assert found == {
        "prices.csv": (None, "only the run itself has it"),
        "choices.csv": (rows + 1, "differs here first (2 lines in all)"),
    }
    assert differences(other, solved)[1].message == "only the repeated run has it"


def test_another_version_of_a_library_is_named_and_no_difference(cohort, solved):
    versions = json.loads((solved / "summary.json").read_text("utf-8"))["versions"]
    changed_summary(solved, versions=versions | {"ortools": "1.0"})
    told = run("rerun", cohort, solved)
    assert f"solved with ortools {versions['ortools']} instead of 1.0" in told.stderr
    assert other_versions({"a": "1"}, {"b": "2"}) == ["a 1 instead of not there", "b not there instead of 2"]


def test_a_changed_summary_differs_and_a_broken_one_is_an_error(cohort, solved):
    changed_summary(solved, seed=7)
    assert "summary.json" in run("rerun", cohort, solved, code=4).stderr
    (solved / "summary.json").write_text("[]")
    assert "summary.json" in run("rerun", cohort, solved, code=1).stderr


def test_another_cohort_is_refused_by_the_names_of_its_files(cohort, solved):
    (cohort / "pairs.csv").write_text("mentee_id,mentor_id,status\nb,n,forbidden\n")
    told = run("rerun", cohort, solved, code=1)
    assert "cannot be repeated: it was solved from another version of pairs.csv" in told.stderr


def test_a_run_cut_short_is_said_to_depend_on_the_clock(cohort, solved):
    changed_summary(solved, cut_short=True)
    assert "depends on the clock" in run("rerun", cohort, solved, code=4).stderr


def test_an_interrupt_says_that_nothing_is_known(cohort, solved, monkeypatch):
    from dataclasses import replace

    solve = cli_solve.search
    monkeypatch.setattr(cli_solve, "search", lambda *given: replace(solve(*given), interrupted=True))
    assert "is not known" in run("rerun", cohort, solved, code=130).stderr

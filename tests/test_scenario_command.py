"""`matcher scenario`: what it lists and writes; the cohort of a case fits the run of the case."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from tables_in import SAMPLE, sample_sheets, write_workbook

from matcher.cli import cli
from matcher.io import input_hashes
from matcher.runs import write_run
from matcher.scenarios import Base, read_scenarios
from matcher.solver import solve

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "scenarios.md").read_text("utf-8")


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def example(tmp_path):
    """The example of docs/scenarios.md."""
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "scenarios.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_example_of_the_page_is_listed(example):
    result = run("scenario", SAMPLE, example)
    assert result.stdout == f"ready: 75 cases of {example}\n"
    where = "rank is 1 and mentor.function is Sales and mentee.site is Lipetsk"
    *listed, next_, command = result.stderr.splitlines()
    assert next_ == "Next:"
    assert shlex.split(command) == [
        "matcher",
        "sweep",
        str(SAMPLE),
        str(example),
        "-o",
        str(example.with_suffix("")),
    ]
    assert listed == [
        "base: The cohort as it is",
        "three: A mentor takes three",
        "  capacity.mentees_per_mentor = 3",
        "short",
        "  sessions.minutes = 30",
        "  sessions.pause_minutes = 5",
        "sales",
        "  employees: set max_mentees = '1' in 30 rows where function is Sales",
        "one-leaves",
        "  employees: remove 1 row where employee_id is E187",
        "ten-most-wanted",
        "  employees: remove 10 rows, the 10 with most wanted",
        "newcomer: A director joins, and Lipetsk's first choices in Sales become hers",
        "  employees: add 1 row (N1, Nina Orlova, Sales, Director)",
        f"  preferences: set mentor_id = 'N1' in 3 rows where {where}",
        "dropouts (50 cases): One mentee in ten drops out",
        "  preferences: remove 24 rows, 10% drawn by mentee_id",
        "  drawn with 50 seeds: 1, 2, 3 ... 50",
        "grid (18 cases)",
        "  capacity.mentees_per_mentor = 1 or 2 or 3",
        "  eligibility.same_function_gap = 1 or 2",
        "  sessions.minutes = 30 or 45 or [45, 30]",
    ]
    assert "    dropouts,seed=50\n" in run("scenario", SAMPLE, example, "--verbose").stderr


def test_cases_as_json(example):
    data = json.loads(run("scenario", SAMPLE, example, "--json").stdout)
    assert len(data["cases"]) == 75
    last = data["cases"][-1]
    assert last["name"] == "grid,mentees_per_mentor=3,same_function_gap=2,minutes=45+30"
    assert last["set"]["sessions.minutes"] == [45, 30]
    one = json.loads(run("scenario", SAMPLE, example, "dropouts,seed=3", "--json", "--quiet").stdout)["cases"]
    assert [(case["name"], case["case"], case["seed"]) for case in one] == [("dropouts,seed=3", "dropouts", 3)]
    assert json.loads(run("scenario", SAMPLE, example, "DROPOUTS,seed=3", "--json").stdout)["cases"] == one


def test_long_lists_are_cut(tmp_path):
    path = tmp_path / "scenarios.toml"
    path.write_text(f"[grid]\ngoals.seed = {list(range(60))}\n", "utf-8")
    assert "  goals.seed = 0 or 1 or 2 ... 59\n" in run("scenario", SAMPLE, path).stderr


def test_every_kind_of_condition_and_value_is_told(tmp_path):
    path = tmp_path / "scenarios.toml"
    text = """
        [case.x]
        set.calendar.days = [{ date = 2027-02-01, kind = "off" }]
        seeds = [4]
        [[case.x.change]]
        table = "employees"
        where = { email.blank = false, name.like = "*a*", site.not = "Moscow", level = ["Manager", "Director"] }
        draw = { number = 2, of = "function" }
        set = { max_mentees = 0, email = "" }
    """
    path.write_text(text, "utf-8")
    result = run("scenario", SAMPLE, path, "x", "--json")
    assert result.stderr.splitlines()[1] == '  calendar.days = [{"date" = 2027-02-01, "kind" = "off"}]'
    words = "where email is not blank and name is like *a* and site is not Moscow and level is Manager or Director"
    assert re.fullmatch(
        rf"  employees: set max_mentees = '0', email = '' in \d+ rows {re.escape(words)}, 2 drawn by function",
        result.stderr.splitlines()[2],
    )
    (case,) = json.loads(result.stdout)["cases"]
    assert case["set"] == {"calendar.days": [{"date": "2027-02-01", "kind": "off"}]}


def test_a_file_in_another_alphabet_is_warned_of(tmp_path):
    path = tmp_path / "scenarios.toml"
    path.write_bytes('[case."десять наставников уходят из программы"]\n'.encode("cp1251"))
    result = run("scenario", SAMPLE, path)
    assert "is not UTF-8; read as cp1251" in result.stderr
    assert "десять наставников уходят из программы" in result.stderr


def test_a_case_that_the_file_has_not(example):
    assert "has no case 'tree'; did you mean 'three'?" in run("scenario", SAMPLE, example, "tree", code=1).stderr
    assert "makes 50 cases" in run("scenario", SAMPLE, example, "dropouts", "-o", "x", code=1).stderr
    assert run("scenario", SAMPLE, example, "dropouts").stdout.startswith("ready: 50 cases of ")
    assert "name the case" in run("scenario", SAMPLE, example, "-o", "x", code=2).stderr


def test_faults_come_with_their_keys(tmp_path):
    path = tmp_path / "scenarios.toml"
    path.write_text('[case."=cmd"]\n[case.x]\nset.a.b = "\\u001b[31m<script>"\n', "utf-8")
    result = run("scenario", SAMPLE, path, code=1)
    assert result.stdout == ""
    assert "\x1b" not in result.stderr
    assert "case.\"=cmd\": the name '=cmd' must begin with a letter or digit" in result.stderr
    data = json.loads(run("scenario", SAMPLE, path, "--json", code=1).stdout)
    assert [fault["column"] for fault in data["faults"]] == ["case.x.set.a.b", 'case."=cmd"']


def test_the_tables_of_all_cases_are_read(tmp_path):
    path = tmp_path / "scenarios.toml"
    path.write_text(
        """
        [[case.low.change]]
        table = "employees"
        where = { employee_id = "E001" }
        set = { level = "low", max_mentees = "few" }
        [[case.high.change]]
        table = "employees"
        where = { employee_id = "E002" }
        set = { level = "high" }
        """
    )
    result = run("scenario", SAMPLE, path, code=1)
    assert "employees.csv as case 'low' has it: 2 faults\n  line 2, level: 'low' is none of" in result.stderr
    assert "employees.csv as case 'high' has it: 1 fault\n  line 3, level: 'high' is none of" in result.stderr


def test_hostile_names_are_shown_harmlessly(tmp_path):
    path = tmp_path / "scenarios.toml"
    text = (
        '[case.x]\nabout = "\\u001b[31m"\n[[case.x.change]]\ntable = "employees"\nset = { name = "\\u001b]0;x" }\n'
    )
    path.write_text(text, "utf-8")
    assert "\x1b" not in run("scenario", SAMPLE, path).output
    assert "\x1b" not in run("scenario", SAMPLE, path, "--json").output


def test_nothing_is_written_among_other_files(example, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    result = run("scenario", SAMPLE, example, "three", "-o", folder, code=1)
    assert "must be a new or an empty folder; nothing was written" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert run("scenario", SAMPLE, example, "three", "-o", SAMPLE / "x", code=2)
    assert not (SAMPLE / "x").exists()


def test_a_case_without_changes_is_the_cohort_itself(example, tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()  # empty: may be used
    result = run("scenario", SAMPLE, example, "short", "-o", folder)
    assert result.stdout == f"written: the cohort of case 'short' in {folder}, 6 files\n"
    assert "--set sessions.minutes=30 --set sessions.pause_minutes=5" in result.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in SAMPLE.iterdir()
    }
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def solved(base, case, folder):
    """The run of a case, as `matcher solve` writes it."""
    cohort = base.cohort(case)
    write_run(cohort, solve(cohort, workers=1), folder)
    return json.loads((folder / "summary.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["ten-most-wanted", "newcomer", "dropouts,seed=7", "three"])
@pytest.mark.parametrize("form", ["folder", "workbook"])
def test_the_cohort_of_a_case_fits_its_run(example, tmp_path, name, form):
    cohort = SAMPLE if form == "folder" else write_workbook(tmp_path / "cohort.xlsx", sample_sheets())
    base = Base.open(cohort)
    (case,) = read_scenarios(example, base).named(name)
    summary = solved(base, case, tmp_path / "run")
    folder = tmp_path / "case"
    run("scenario", cohort, example, name, "-o", folder)
    assert input_hashes(folder) == summary["inputs"]
    assert run("verify", folder, tmp_path / "run").stdout.startswith("verified: ")
    mentee = base.cohort(case).employees.ids[int(base.cohort(case).mentees[0])]
    assert mentee in run("explain", folder, tmp_path / "run", mentee).stdout
    run("calendars", folder, tmp_path / "run")
    again = tmp_path / "again"
    sets = [word for key, value in case.settings.items() for word in ("--set", f"{key}={value}")]
    run("solve", folder, "-o", again, "--no-report", "--workers", "1", *sets)
    for file in ("pairs.csv", "sessions.csv", "unmatched.csv", "choices.csv", "bottlenecks.csv"):
        assert (again / file).read_bytes() == (tmp_path / "run" / file).read_bytes()


def test_the_python_of_the_page_runs(example, monkeypatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    shutil.copytree(SAMPLE, example.parent / "data" / "nlmk-sample")
    monkeypatch.chdir(example.parent)
    exec(compile(code, "scenarios.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 75
    assert lines[0] == "base 241 2"
    assert "ten-most-wanted 231 2" in lines

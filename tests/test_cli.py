"""The command line: what it prints where, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import queue
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from matcher import background, bugs, console
from matcher.check import Examined
from matcher.cli import cli
from matcher.errors import Fault, InputError, LimitError, OwnAnswerError

ROOT = Path(__file__).resolve().parent.parent

PROGRAMME = """
[programme]
start = 2027-01-11
end = 2027-02-10
"""
EMPLOYEES = """employee_id,name,function,level
a,Anna,Sales,1
b,Boris,Sales,1
m,Maria,Finance,3
"""
PREFERENCES = """mentee_id,rank,mentor_id
a,1,m
b,1,m
"""


@pytest.fixture
def cohort(tmp_path):
    """A cohort of three people: two mentees want one mentor, who takes two."""
    folder = tmp_path / "cohort"
    folder.mkdir()
    (folder / "programme.toml").write_text(PROGRAMME, "utf-8")
    (folder / "employees.csv").write_text(EMPLOYEES, "utf-8")
    (folder / "preferences.csv").write_text(PREFERENCES, "utf-8")
    return folder


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


def listing(folder):
    return sorted(entry.name for entry in folder.iterdir())


def matcher(*arguments, **options):
    """The command in a process of its own, with pipes for output."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    command = [sys.executable, "-m", "matcher", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False, **options
    )


# --- end to end ---------------------------------------------------------------------------------------------


def test_solve_and_verify_three_people(cohort, tmp_path):
    target = tmp_path / "runs" / "first"
    result = run("solve", cohort, "-o", target, "--workers", 1)
    assert result.stdout.startswith("optimal: 2 of 2 mentees paired, 2 pairs, ranks 2, ")
    assert result.stdout.endswith(f"written to {target}\n")
    assert result.stdout.count("\n") == 1
    assert result.stderr.endswith(f"Next, when people may know:\n  matcher publish {cohort} {target}\n")
    assert (target / "pairs.csv").is_file()
    assert run("verify", cohort, target).stdout.startswith("verified: ")


def test_solve_counts_mentees_without_a_mentor_by_reason(cohort, tmp_path):
    result = run("solve", cohort, "-o", tmp_path / "run", "--set", "capacity.mentees_per_mentor=1")
    assert result.stdout.startswith("optimal: 1 of 2 mentees paired, 1 pair, ranks 1, ")
    assert "  Without a mentor        1\n                          1: the draw decided" in result.stderr


def test_the_goals_with_their_bounds_are_for_who_asks_for_more(cohort, tmp_path):
    goals = re.compile(r"^  mentees +2 +2  proven$", re.MULTILINE)
    assert not goals.search(run("solve", cohort, "-o", tmp_path / "run").stderr)
    assert goals.search(run("solve", cohort, "-o", tmp_path / "more", "--verbose").stderr)


def test_solve_says_where_to_look_and_what_to_type_then(cohort, tmp_path):
    target = tmp_path / "run"
    said = run("solve", cohort, "-o", target).stderr
    look = said.split("Look first at:\n")[1].split("Next, ")[0]
    assert [line.split()[0] for line in look.splitlines()] == [
        str(target / name) for name in ("report.html", "results.xlsx", "messages.csv") if (target / name).exists()
    ]
    run("calendars", cohort, target)
    said = run("solve", cohort, "-o", target, "--no-report", "--overwrite").stderr
    assert "Look first" not in said
    assert "Next, its calendars are as they were sent before; to update them:\n  matcher calendars" in said


def test_overrides_are_kept_with_the_run_and_used_by_verify(cohort, tmp_path):
    target = tmp_path / "run"
    run(
        "solve",
        cohort,
        "-o",
        target,
        "--set",
        "programme.end=2027-02-17",
        "--set",
        "sessions.minutes=30",
        "--seed",
        7,
    )
    summary = json.loads((target / "summary.json").read_text("utf-8"))
    assert summary["seed"] == 7
    assert summary["options"]["set"] == {
        "programme.end": "2027-02-17",
        "sessions.minutes": 30,
        "goals.seed": 7,
    }
    run("verify", cohort, target)


def test_workers_and_time_limit_leave_no_trace_in_the_run(cohort, tmp_path):
    run("solve", cohort, "-o", tmp_path / "one", "--workers", 1)
    run("solve", cohort, "-o", tmp_path / "two", "--workers", 2, "--time-limit", 99)
    for file in ("pairs.csv", "sessions.csv", "unmatched.csv", "choices.csv", "summary.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_json_of_every_command_parses(cohort, tmp_path):
    target = tmp_path / "run"
    checked = json.loads(run("check", cohort, "--json").stdout)
    assert (checked["mentees"], checked["eligible"], checked["places"]) == (2, 2, 6)
    solved = json.loads(run("solve", cohort, "-o", target, "--json").stdout)
    assert (solved["status"], solved["pairs"], solved["rank_profile"]) == ("optimal", 2, [2])
    assert [goal["name"] for goal in solved["goals"]] == ["mentees", "pairs", "rank", "sessions", "regularity"]
    assert json.loads(run("verify", cohort, target, "--json").stdout) == {
        "verified": True,
        "run": str(target),
        "set": {},
        "certified": ["mentees", "pairs", "rank"],
        "complete": True,
        "violations": [],
    }
    assert json.loads(run("init", tmp_path / "sample", "--json").stdout)["files"][0] == "availability.csv"


@pytest.mark.parametrize(
    ("goals", "words"),
    [
        ((), "mentees, pairs and ranks rest on the solver alone"),
        (("mentees",), "certified: mentees; pairs and ranks rest on the solver alone"),
        (("mentees", "pairs"), "certified: mentees and pairs; ranks rest on the solver alone"),
        (("mentees", "pairs", "rank"), "maximum, certified: mentees, pairs and ranks"),
    ],
)
def test_what_verify_says_of_the_certificate(cohort, tmp_path, monkeypatch, goals, words):
    target = tmp_path / "run"
    run("solve", cohort, "-o", target)
    monkeypatch.setattr("matcher.check.examine_run", lambda *_: Examined([], goals))
    assert run("verify", cohort, target).stdout == f"verified: {target} keeps every rule of {cohort}; {words}\n"
    data = json.loads(run("verify", cohort, target, "--json").stdout)
    assert (data["certified"], data["complete"]) == (list(goals), len(goals) == 3)


def test_verify_finds_a_changed_run(cohort, tmp_path):
    target = tmp_path / "run"
    run("solve", cohort, "-o", target)
    sessions = (target / "sessions.csv").read_bytes().splitlines(keepends=True)
    (target / "sessions.csv").write_bytes(b"".join(sessions[:-1]))
    result = run("verify", cohort, target, code=4)
    assert re.match(r"not verified: \d+ violations? in ", result.stdout)
    assert "Error: " in result.stderr
    assert "sessions.csv" in result.stderr
    assert json.loads(run("verify", cohort, target, "--json", code=4).stdout)["verified"] is False


def test_verify_reports_damage_of_the_summary(cohort, tmp_path):
    target = tmp_path / "run"
    run("solve", cohort, "-o", target)
    for damage in ("", "[]", '{"options": {"set": 3}}', '{"options": 3}'):
        (target / "summary.json").write_text(damage, "utf-8")
        assert "summary.json" in run("verify", cohort, target, code=4).stderr


def test_verify_without_a_run(cohort, tmp_path):
    assert "no such run folder" in run("verify", cohort, tmp_path / "none", code=1).stderr


# --- help ---------------------------------------------------------------------------------------------------


def test_every_example_of_the_help_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "E001.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    (tmp_path / "scenarios.toml").write_text("[grid]\nsessions.minutes = [30, 45]\n")
    for name in cli.list_commands(None):
        example = run(name, "--help").stdout.split("Example:\n")[1].strip()
        words = shlex.split(example)
        assert words[:2] == ["matcher", name]
        if name == "compare":
            shutil.copytree("runs/first", "runs/second")
        if name == "reveal":
            run("solve", "my-cohort", "-o", "runs/hidden", "--pseudonymise", "key.csv")
        result = run(*words[1:])
        assert (result.stdout.count("\n") == 1) == (name != "explain")


def test_commands_page_is_what_help_says():
    generated = runpy.run_path(str(ROOT / "docs" / "make_commands.py"))["text"]()
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert page == generated, "run python docs/make_commands.py"


def test_help_shows_defaults():
    assert "[default: 600" in run("solve", "--help").stdout
    assert "[default: (number of processors, at most 8)" in " ".join(run("solve", "--help").stdout.split())


def test_help_loads_nothing_heavy():
    heavy = ("numpy", "pandas", "ortools", "pydantic", "rich")
    script = f"""
import sys
from matcher.cli import main
sys.argv = ["matcher", *sys.argv[1:]]
try:
    main()
except SystemExit:
    print([name for name in {heavy} if name in sys.modules])
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for arguments in (["--help"], ["solve", "--help"], ["--version"]):
        command = [sys.executable, "-c", script, *arguments]
        output = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
        assert output.splitlines()[-1] == "[]"


def test_version():
    assert re.fullmatch(r"matcher \S+\n", run("--version").stdout)


def test_public_names_are_there():
    import matcher as package

    for name in package.__all__:
        assert getattr(package, name) is not None
        assert name in dir(package)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = package.nonsense


# --- init and check -----------------------------------------------------------------------------------------


def test_init_never_overwrites(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me", "utf-8")
    result = run("init", tmp_path / "mine", code=1)
    assert "must be a new or an empty folder" in result.stderr
    assert listing(tmp_path / "mine") == ["notes.txt"]
    (tmp_path / "file").write_text("", "utf-8")
    run("init", tmp_path / "file", code=1)


def test_init_fills_an_empty_folder_and_names_the_next_command(tmp_path):
    (tmp_path / "my cohort").mkdir()
    result = run("init", tmp_path / "my cohort")
    assert f"matcher check '{tmp_path}/my cohort'" in result.stderr
    assert (tmp_path / "my cohort" / "programme.toml").is_file()


def test_check_counts_supply_and_names_people_left_out(cohort):
    with (cohort / "preferences.csv").open("a", encoding="utf-8") as file:
        file.write("m,1,a\n")
    result = run("check", cohort)
    assert result.stdout == (
        "ready: at most 2 of 3 mentees can have a mentor, 2 of 3 choices eligible, 6 places with 3 mentors; "
        "read the warnings\n"
    )
    assert "\n  m\n" in result.stderr
    assert "Maria" not in result.stderr
    assert "\n  Maria (m)\n" in run("check", cohort, "--verbose").stderr
    assert "cross_function_gap" in result.stderr
    assert "matcher solve" in result.stderr


def test_check_names_mentors_whom_too_many_want(cohort):
    result = run("check", cohort, "--set", "capacity.mentees_per_mentor=1")
    assert "  m: wanted by 2, first choice of 2, takes 1" in result.stderr


def test_check_prints_all_faults(cohort):
    (cohort / "employees.csv").write_text(EMPLOYEES.replace("Sales,1", "Sales,one"), "utf-8")
    (cohort / "preferences.csv").unlink()
    result = run("check", cohort, code=1)
    assert result.stdout == "not ready: 3 faults in employees.csv, preferences.csv\n"
    assert "Error: " in result.stderr
    assert "line 2" in result.stderr
    assert "line 3" in result.stderr
    assert "preferences.csv" in result.stderr
    data = json.loads(run("check", cohort, "--json", code=1).stdout)
    assert {fault["file"] for fault in data["faults"]} == {"employees.csv", "preferences.csv"}
    assert (data["ready"], data["exit_code"]) == (False, 1)


def test_check_of_a_cohort_in_which_nobody_could_be_paired(cohort):
    (cohort / "preferences.csv").write_text("mentee_id,rank,mentor_id\nm,1,a\n", "utf-8")
    result = run("check", cohort, code=1)
    assert result.stdout == "not ready: 1 fault in preferences.csv\n"
    assert "Error: preferences.csv: nobody could be paired: rules set aside all choices" in result.stderr
    assert "matcher solve" not in result.stderr
    quiet = run("check", cohort, "--quiet", code=1)
    assert quiet.stderr == "Error: preferences.csv: nobody could be paired: rules set aside all choices\n"
    data = json.loads(run("check", cohort, "--json", code=1).stdout)
    assert (data["ready"], data["exit_code"], data["at_most"], len(data["faults"])) == (False, 1, 0, 1)


def test_check_tells_the_verdict_last_and_everything_when_verbose(cohort):
    rows = "".join(f"x{number:02},Xenia {number},Sales,1\n" for number in range(30))
    (cohort / "employees.csv").write_text(EMPLOYEES + rows, "utf-8")
    with (cohort / "preferences.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f"x{number:02},1,a\n" for number in range(30)))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "matcher", "check", str(cohort)]
    joined = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "env": environment}
    lines = subprocess.run(command, check=True, **joined).stdout.splitlines()
    assert [line.split()[0] for line in lines[-3:]] == ["ready:", "Next:", "matcher"]
    assert "  x19" in lines
    assert "  x20" not in lines
    assert "  Xenia 29 (x29)" in run("check", cohort, "--verbose").stderr


def test_many_faults_are_cut_for_people_not_for_programs(cohort, monkeypatch):
    faults = [Fault("employees.csv", "is wrong", line=line, column="level") for line in range(2, 102)]

    def read(*_):
        raise InputError(faults)

    monkeypatch.setattr("matcher.io.read_cohort", read)
    result = run("check", cohort, "--json", code=1)
    assert len(json.loads(result.stdout)["faults"]) == 100
    assert result.stderr.count("is wrong") == console.FAULTS_SHOWN
    assert "Error: employees.csv: 100 faults" in result.stderr
    assert "... and 50 more" in result.stderr


# --- solve: options and refusals ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--time-limit", "0"], "time-limit"),
        (["--time-limit", "nan"], "time-limit"),
        (["--time-limit", "inf"], "time-limit"),
        (["--workers", "0"], "workers"),
        (["--seed", "-1"], "seed"),
        (["--quiet", "--verbose"], "contradict"),
        (["--nonsense"], "No such option"),
    ],
)
def test_bad_usage_ends_with_2(cohort, tmp_path, arguments, said):
    result = run("solve", cohort, "-o", tmp_path / "run", *arguments, code=2)
    assert said in result.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("setting", ["sessions.minute=30", "sessions.minutes=long", "nonsense"])
def test_bad_settings_are_bad_input_that_names_them(cohort, tmp_path, setting):
    result = run("solve", cohort, "-o", tmp_path / "run", "--set", setting, code=1)
    assert setting.split("=")[0] in result.stderr
    assert "bug" not in result.stderr


def test_output_is_required(cohort):
    assert "--output" in run("solve", cohort, code=2).stderr


@pytest.mark.parametrize("place", ["cohort", "cohort/run", ".", "cohort/../cohort/x"])
def test_run_and_cohort_do_not_nest(cohort, place):
    result = run("solve", cohort, "-o", cohort.parent / place, "--overwrite", code=2)
    assert "inside the other" in result.stderr
    assert listing(cohort) == ["employees.csv", "preferences.csv", "programme.toml"]


def test_an_existing_run_is_refused_before_anything_is_read(cohort, tmp_path, monkeypatch):
    target = tmp_path / "run"
    run("solve", cohort, "-o", target)
    with monkeypatch.context() as patch:
        patch.setattr("matcher.io.read_cohort", lambda *_: pytest.fail("read"))
        result = run("solve", cohort, "-o", target, code=1)
    assert "--overwrite" in result.stderr
    run("solve", cohort, "-o", target, "--overwrite")


def test_a_folder_that_is_no_run_is_never_replaced(cohort, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.doc").write_text("years of work", "utf-8")
    run("solve", cohort, "-o", tmp_path / "precious", "--overwrite", code=1)
    assert listing(tmp_path / "precious") == ["thesis.doc"]


# --- how solve ends -----------------------------------------------------------------------------------------


def solved(cohort_folder, **changes):
    """The real answer, changed."""
    from matcher import read_cohort, solve

    return replace(solve(read_cohort(cohort_folder)), **changes)


@pytest.fixture
def unchecked(monkeypatch):
    """Let altered answers be written: what they say is not the point here."""
    monkeypatch.setattr("matcher.check.check_run", lambda *_: [])


@pytest.mark.usefixtures("unchecked")
def test_time_limit_is_said_plainly_with_bounds(cohort, tmp_path, monkeypatch):
    answer = solved(cohort, status="feasible")
    goals = (*answer.goals[:3], type(answer.goals[3])("sessions", 4, 6, "feasible"), *answer.goals[4:])
    answer = solved(cohort, status="feasible", goals=goals)
    monkeypatch.setattr("matcher.solver.solve", lambda *_, **__: answer)
    result = run("solve", cohort, "-o", tmp_path / "run", "--time-limit", 5)
    assert result.stdout.startswith("feasible: ")
    assert "Not all is proven to be the best: the time limit of 5 seconds came first" in result.stderr
    assert "sessions: found 4, bound 6" in result.stderr


def test_a_limit_before_any_pair_ends_with_3_and_leaves_an_earlier_run(cohort, tmp_path, monkeypatch):
    def search(*_, **__):
        raise LimitError("no solution within 1 second")

    target = tmp_path / "run"
    run("solve", cohort, "-o", target)
    before = (target / "pairs.csv").read_bytes()
    monkeypatch.setattr("matcher.solver.solve", search)
    assert "Error: no solution within" in run("solve", cohort, "-o", target, "--overwrite", code=3).stderr
    assert (target / "pairs.csv").read_bytes() == before
    run("solve", cohort, "-o", tmp_path / "other", code=3)
    assert not (tmp_path / "other").exists()


def test_own_answer_that_fails_the_check_leaves_a_report_without_names(cohort, tmp_path, monkeypatch):
    def write(*_, **__):
        error = OwnAnswerError("our own answer failed the check")
        error.violations = (Fault("pairs.csv", "Anna is paired twice", line=2, column="mentee_id"),)
        raise error

    monkeypatch.setattr("matcher.runs.write_run", write)
    result = run("solve", cohort, "-o", tmp_path / "runs" / "first", code=5)
    report = tmp_path / "runs" / bugs.REPORT_NAME
    assert str(report) in result.stderr
    data = json.loads(report.read_text("utf-8"))
    assert data["violations"][0]["message"] == "<name> is paired twice"
    assert data["counts"]["mentees"] == 2
    assert "ortools" in data["versions"]
    assert "Anna" not in report.read_text("utf-8")
    assert listing(tmp_path / "runs") == [bugs.REPORT_NAME]


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "\x9b31m", "a\rb", "\u202e", "a\nError: all is lost\x1b[2J"])
@pytest.mark.parametrize(
    "words", [["check", "here", "{}"], ["{}"], ["check", "--{}"], ["solve", "here", "-o", "y", "--seed", "{}"]]
)
def test_what_is_said_of_bad_usage_holds_no_escapes(words, text):
    result = CliRunner().invoke(cli, [word.format(text) for word in words], prog_name="matcher")
    assert result.exit_code == 2
    assert not [line for line in result.stderr.split("\n") if line and not line.isprintable()]


def test_unexpected_error_is_one_sentence(cohort, monkeypatch):
    def read(*_):
        raise RuntimeError("the sky \x1b[31mfell")

    monkeypatch.setattr("matcher.io.read_cohort", read)
    result = run("check", cohort, code=5)
    assert r"Error: internal error, a bug in matcher: RuntimeError: the sky \x1b[31mfell" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Traceback" in run("check", cohort, "--verbose", code=5).stderr


def test_trouble_with_the_disk_is_no_bug(cohort, monkeypatch):
    def read(*_):
        raise PermissionError(13, "Permission denied", "employees.csv")

    monkeypatch.setattr("matcher.io.read_cohort", read)
    assert run("check", cohort, code=1).stderr == "Error: employees.csv: Permission denied\n"


def test_interrupt_before_solving_writes_nothing(cohort, tmp_path, monkeypatch):
    def read(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("matcher.io.read_cohort", read)
    run("solve", cohort, "-o", tmp_path / "run", code=130)
    assert listing(tmp_path) == ["cohort"]


# --- what goes where ----------------------------------------------------------------------------------------


def test_quiet_leaves_one_line(cohort, tmp_path):
    result = run("solve", cohort, "-o", tmp_path / "run", "--quiet")
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1


def test_verbose_prints_progress_with_seconds(cohort, tmp_path):
    result = run("solve", cohort, "-o", tmp_path / "run", "--verbose")
    assert re.search(r"^ +\d+\.\d s  reading ", result.stderr, re.MULTILINE)
    assert re.search(r"^ +\d+\.\d s  checking every rule", result.stderr, re.MULTILINE)


def test_verbose_tells_sizes_and_where_the_time_went(cohort, tmp_path):
    result = run("solve", cohort, "-o", tmp_path / "run", "--verbose")
    counts = json.loads((tmp_path / "run" / "summary.json").read_text("utf-8"))["counts"]
    assert re.search(rf"^  candidate pairs +{counts['candidate_pairs']}$", result.stderr, re.MULTILINE)
    assert re.search(r"^  seconds: reading \d+\.\d, .*writing and checking \d+\.\d$", result.stderr, re.MULTILINE)


def test_only_a_long_run_tells_where_the_time_went(cohort, tmp_path, monkeypatch):
    assert "seconds: " not in run("solve", cohort, "-o", tmp_path / "run").stderr
    monkeypatch.setattr("matcher.cli_solve.LONG", 0)
    assert "  seconds: reading " in run("solve", cohort, "-o", tmp_path / "run", "--overwrite").stderr


def test_timings_hold_the_seconds_of_every_step_up_to_the_check(cohort, tmp_path):
    run("solve", cohort, "-o", tmp_path / "run")
    timings = json.loads((tmp_path / "run" / "timings.json").read_text("utf-8"))
    assert {"reading", "screening", "pairing", "regularity", "writing"} <= timings.keys()


class Ticks(queue.Queue):
    """An event that waits for ticks instead of seconds: False for time that has passed, True when it is set."""

    def set(self):
        self.put(True)

    def wait(self, _seconds):
        return self.get(timeout=10)


def test_a_pipe_gets_the_latest_line_now_and_then(monkeypatch, capsys):
    ticks = Ticks()
    monkeypatch.setattr(console, "Event", lambda: ticks)
    with console.Terminal().progress("starting") as report:
        report("one")
        report("two")
        ticks.put(False)
        ticks.put(False)
    assert re.fullmatch(r" +\d+\.\d s  two\n", capsys.readouterr().err)


def test_pipes_get_no_escape_sequences(cohort, tmp_path):
    done = matcher("solve", cohort, "-o", tmp_path / "run", env={"FORCE_COLOR": "", "TERM": "xterm-256color"})
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stdout.count("\n") == 1


def test_names_cannot_speak_to_the_terminal(cohort):
    name = "\x1b[2J[bold]Eve\u202e\x9b31m"
    (cohort / "employees.csv").write_text(EMPLOYEES.replace("Maria", name), "utf-8")
    with (cohort / "preferences.csv").open("a", encoding="utf-8") as file:
        file.write("m,1,a\n")
    output = run("check", cohort, "--verbose").stderr
    assert not set(output) & {"\x1b", "\u202e", "\x9b"}
    assert "[bold]Eve" in output


def test_clean_keeps_letters_of_any_script():
    for text in ("Иванова Анна-Мария", "O'Neil", "a\u00a0b", "李雷"):
        assert console.clean(text) == text
    assert console.clean("a\nb\tc\x07\u200bd\ud800") == r"a\nb\tc\x07\u200bd\ud800"


def test_a_terminal_gets_one_line_of_progress_without_markup(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with console.Terminal().progress("starting") as report:
        report("[red]Anna\x1b[0m")
    shown = capsys.readouterr().err
    assert r"[red]Anna\x1b[0m" in shown
    assert shown.endswith("\x1b[2K")  # the line is gone when the work is done


def test_a_reader_that_leaves_early_is_no_error(cohort):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = f"{sys.executable} -m matcher check {cohort} 2>&1 | head -c 0; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "0\n"
    assert done.stderr == ""


def test_output_that_cannot_show_a_letter_is_no_error(cohort, tmp_path):
    target = tmp_path / "запуск"
    done = matcher("solve", cohort, "-o", target, env={"PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0, done.stderr
    assert "\\u0437" in done.stdout


# --- interrupts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stopped", [True, False])
def test_an_import_that_ctrl_c_breaks_is_an_interrupt(cohort, tmp_path, monkeypatch, stopped):
    def import_numpy(*_):
        try:
            if stopped:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(10)
        except KeyboardInterrupt:
            pass
        raise ImportError("numpy: source directory")

    monkeypatch.setattr("matcher.runs.prepare_target", import_numpy)
    former = signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever other tests have left
    blocked = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        result = run("solve", cohort, "-o", tmp_path / "run", code=130 if stopped else 5)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, former)
    assert ("Error: interrupted" in result.stderr) == stopped


SLOW = """
import sys, threading, time
from dataclasses import replace
import matcher.check, matcher.solver
from matcher.cli import main

search = matcher.solver.solve

def slow(cohort, *, progress, stop, **options):
    progress("searching")
    {wait}
    return replace(search(cohort, **options), status="feasible", interrupted=True)

matcher.solver.solve = slow
matcher.check.check_run = lambda *_: []
sys.argv = ["matcher", *sys.argv[1:]]
main()
"""


def interrupted(cohort, target, wait, signals, *arguments):
    """Start `solve` with a slow solver and send signals once it searches, one after the other is noticed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-c",
        SLOW.format(wait=wait),
        "solve",
        str(cohort),
        "-o",
        str(target),
        "-v",
        *arguments,
    ]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        said = ""
        for number, notice in zip(signals, ("searching", "stopping"), strict=False):
            while notice not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            process.send_signal(number)
        output, rest = process.communicate(timeout=60)
    return process.returncode, output, said + rest


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_interrupt_writes_the_best_so_far(cohort, tmp_path, number):
    code, output, said = interrupted(cohort, tmp_path / "run", "stop.wait(60)", [number])
    assert code == 130, said
    assert output.startswith("feasible: 2 of 2 mentees paired")
    assert "stopping, writing the best so far; Ctrl-C again to stop at once" in said
    assert "it was interrupted" in said
    assert (tmp_path / "run" / "pairs.csv").is_file()


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently")
def test_second_interrupt_ends_at_once_and_leaves_nothing(cohort, tmp_path):
    start = time.monotonic()
    signals = [signal.SIGINT, signal.SIGINT]
    code, output, said = interrupted(cohort, tmp_path / "run", "time.sleep(60)", signals)
    assert (code, output) == (130, "")
    assert "interrupted at once: nothing was written" in said
    assert time.monotonic() - start < 30
    assert listing(tmp_path) == ["cohort"]


def test_handlers_are_restored_and_errors_come_through():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    def work(_stop):
        raise ValueError("from the thread")

    with pytest.raises(ValueError, match="from the thread"):
        background.run_interruptible(work, lambda: None)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_work_runs_where_no_handler_can_be_set():
    box = []
    thread = threading.Thread(target=lambda: box.append(background.run_interruptible(lambda _: 3, lambda: None)))
    thread.start()
    thread.join()
    assert box == [3]


HARD = """
import os, random, signal, threading
from ortools.sat.python import cp_model
from matcher import background, cpsat

model, draw = cp_model.CpModel(), random.Random(1)
chosen = [model.new_bool_var("") for _ in range(300)]
for _ in range(900):
    model.add(sum(draw.choices(chosen, k=12)) <= draw.randint(2, 4))
model.maximize(sum(draw.randint(1, 50) * literal for literal in chosen))

def search(stop):
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
    return cpsat.run(model, cpsat.Clock(stop=stop))[0]

print(background.run_interruptible(search, lambda: print("stopping", flush=True)).wall_time)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently")
def test_interrupt_reaches_us_while_cp_sat_searches():
    """CP-SAT by itself takes Ctrl-C away from Python, and in a thread aborts the whole process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", HARD]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("stopping\n")


def test_verify_names_the_keys_that_the_run_was_solved_with(cohort, tmp_path):
    target = tmp_path / "run"
    run("solve", cohort, "-o", target, "--set", "sessions.minutes=30")
    assert " with sessions.minutes=30; maximum, certified: " in run("verify", cohort, target).stdout
    summary = json.loads((target / "summary.json").read_text("utf-8"))
    summary["options"]["set"] = {"x.y": 1}
    (target / "summary.json").write_text(json.dumps(summary))
    assert "options.set holds keys that no programme has" in run("verify", cohort, target, code=4).stderr


# --- streams that fail --------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full, as Linux has it")
def test_a_result_that_cannot_be_written_is_told(cohort):
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m matcher check {cohort} --json > /dev/full"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1] == (
        "Error: standard output: No space left on device: the disk is full; make room, then start again"
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="streams as Unix has them")
@pytest.mark.parametrize("streams", ["2>&-", ">&- 2>&-", "2>/dev/full"])
def test_messages_that_nobody_can_be_told_are_no_error(cohort, streams):
    if "full" in streams and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    command = f"{sys.executable} -m matcher check {cohort} {streams}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert (
        subprocess.run(["bash", "-c", command], env=environment, capture_output=True, check=False).returncode == 0
    )


@pytest.mark.parametrize("when", ["make_context", "invoke"])
def test_ctrl_c_before_a_command_begins_ends_with_130(monkeypatch, when):
    def stopped(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Group, when, stopped)
    result = run("check", "cohort", code=130)
    assert result.stderr == "Error: interrupted\n"


def test_a_second_interrupt_while_the_run_is_written_claims_no_more_than_is_known(cohort, tmp_path, monkeypatch):
    """The new run may be in place already, or may not."""

    def stopped(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("matcher.runs.write_run", stopped)
    monkeypatch.setattr("matcher.cli_solve.leave_now", sys.exit)
    said = run("solve", cohort, "-o", tmp_path / "run", code=130).stderr
    assert f"interrupted at once: {tmp_path / 'run'} is as it was before, or the new run as a whole" in said
    assert "nothing was written" not in said

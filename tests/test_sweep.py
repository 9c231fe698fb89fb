"""A sweep: every case gets the run that `matcher solve` would write, and nothing is solved twice."""

from __future__ import annotations

import csv
import errno
import io
import json
import shlex
import shutil
from dataclasses import replace
from threading import Event

import pytest
from click.testing import CliRunner
from sweeps_here import CASES, Here, content, make_cohort, places, sweep_here

from matcher import case_run, executors, run_files, sweep_file
from matcher import sweep as sweep_module
from matcher.cli import cli
from matcher.errors import LimitError, OwnAnswerError
from matcher.executors import LostError
from matcher.runs import TargetError
from matcher.scenarios import Base, Case
from matcher.sweep import LOST, Wishes, in_words, plan, progress_line
from matcher.sweep_file import open_sweep

FILES = {
    *("pairs.csv", "sessions.csv", "unmatched.csv", "choices.csv", "bottlenecks.csv"),
    *("waiting.csv", "certificate.json", "summary.json", "timings.json"),
}


@pytest.fixture
def cohort(tmp_path):
    return make_cohort(tmp_path / "cohort")


@pytest.fixture
def target(tmp_path):
    return tmp_path / "sweep"


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


def rows(target, name="scenarios.csv"):
    return list(csv.DictReader(io.StringIO((target / name).read_text("utf-8-sig"))))


# --- what it writes -----------------------------------------------------------------------------------------


def test_each_run_is_what_solve_writes(cohort, target, tmp_path):
    swept, _ = sweep_here(cohort, target)
    assert swept.done == dict.fromkeys(("base", "one", "near", "short"), "solved")
    for case in CASES:
        settings = [word for key, value in case.settings.items() for word in ("--set", f"{key}={value}")]
        run("solve", cohort, "-o", tmp_path / case.name, "--no-report", "--workers", 1, *settings)
        assert content(target / "runs" / case.name) == content(tmp_path / case.name)
        assert {path.name for path in (target / "runs" / case.name).iterdir()} == FILES
        run("verify", cohort, target / "runs" / case.name)


def test_figures_of_every_case(cohort, target):
    sweep_here(cohort, target)
    base, one, near, short = rows(target)
    assert [row["case"] for row in (base, one, near, short)] == ["base", "one", "near", "short"]
    settings = ("capacity.mentees_per_mentor", "eligibility.same_function_gap", "sessions.minutes")
    assert [base[key] for key in settings] == ["2", "2", "45"]
    assert [one[key] for key in settings] == ["1", "2", "45"]
    assert [near[key] for key in settings] == ["2", "1", "45"]
    assert short["sessions.minutes"] == "45; 30"
    assert one["about"] == "'=a mentor takes one"
    expected = {
        "status": "optimal", "cut_short": "no", "mentees": "3", "mentees_paired": "2", "mentees_bound": "2",
        "pairs": "2", "rank_profile": "2", "rank_bound": "2", "rank_sum": "2", "worst_rank": "1",
        "unmatched": "1", "unmatched_draw": "1", "unmatched_mentors_full": "0",
        "mentors": "1", "load_1": "0", "load_2": "1", "largest_load": "2", "minutes": "", "error": "",
        "run": "runs/base",
    }  # fmt: skip
    assert {key: base[key] for key in expected} == expected
    assert (near["mentees_paired"], near["rank_profile"], near["rank_sum"], near["worst_rank"]) == (
        "3",
        "2 1",
        "4",
        "2",
    )
    assert (near["load_1"], near["load_2"], near["mentors"]) == ("1", "1", "2")
    summary = json.loads((target / "runs" / "short" / "summary.json").read_text("utf-8"))
    assert short["minutes"] == short["minutes_bound"] == str(summary["counts"]["minutes"])
    seconds = rows(target, "timings.csv")
    assert [row["case"] for row in seconds] == ["base", "one", "near", "short"]
    timings = json.loads((target / "runs" / "near" / "timings.json").read_text("utf-8"))
    assert float(seconds[2]["total"]) == pytest.approx(sum(timings.values()), abs=0.001)


def test_nothing_is_left_beside(cohort, target):
    sweep_here(cohort, target)
    assert {path.name for path in target.iterdir()} == {
        "runs",
        "scenarios.csv",
        "timings.csv",
        "sweep.json",
        ".lock",
    }
    assert {path.name for path in (target / "runs").iterdir()} == {case.name for case in CASES}


def test_what_people_read_is_made_for_runs_that_are_there(cohort, target):
    sweep_here(cohort, target)
    before = content(target / "runs")
    swept, pool = sweep_here(cohort, target, wishes=Wishes(report=True))
    assert set(swept.done.values()) == {"reported"}
    after = content(target / "runs")
    assert before.items() <= after.items()
    assert {name for name in after if name.startswith("base/")} >= {"base/report.html", "base/results.xlsx"}
    swept, pool = sweep_here(cohort, target)
    assert (set(swept.done.values()), pool.solved) == ({"kept"}, [])


# --- what is done is kept -----------------------------------------------------------------------------------


def test_nothing_is_solved_again(cohort, target):
    sweep_here(cohort, target)
    before, placed = content(target), places(target)
    swept, pool = sweep_here(cohort, target)
    assert set(swept.done.values()) == {"kept"}
    assert pool.handed_out == []
    assert (content(target), places(target)) == (before, placed)


def test_again_solves_everything(cohort, target):
    sweep_here(cohort, target)
    before = content(target)
    swept, _ = sweep_here(cohort, target, wishes=Wishes(again=True))
    assert set(swept.done.values()) == {"solved"}
    assert content(target) == before


def test_a_new_case_is_all_that_is_solved(cohort, target):
    sweep_here(cohort, target, CASES[:2])
    placed = places(target)
    _, pool = sweep_here(cohort, target)
    assert pool.solved == ["near", "short"]
    assert placed.items() <= places(target).items()


def test_a_changed_cohort_is_solved_again(cohort, target):
    sweep_here(cohort, target)
    (cohort / "employees.csv").write_text(
        (cohort / "employees.csv").read_text("utf-8") + "o,Olga,Finance,1\n", "utf-8"
    )
    _, pool = sweep_here(cohort, target)
    assert pool.solved == [case.name for case in CASES]
    assert not (target / ".replaced").exists()


def test_keys_set_for_all_cases_count(cohort, target):
    overrides = {"sessions.pause_minutes": 15}
    sweep_here(cohort, target)
    for solved in (4, 0):
        _, pool = sweep_here(cohort, target, overrides=overrides)
        assert len(pool.solved) == solved


def test_other_versions_are_solved_again(cohort, target, monkeypatch):
    sweep_here(cohort, target)
    moved = {**sweep_module.versions(), "ortools": "1.0"}
    monkeypatch.setattr("matcher.sweep.versions", lambda: moved)
    swept, pool = sweep_here(cohort, target)
    assert len(pool.solved) == 4
    assert "a worker has ortools" in swept.failed["base"].message


def test_a_renamed_case_is_copied(cohort, target):
    sweep_here(cohort, target)
    before = content(target / "runs" / "one")
    cases = (CASES[0], Case("single", CASES[1].settings), *CASES[2:])
    swept, pool = sweep_here(cohort, target, cases)
    assert (swept.done["single"], pool.solved) == ("copied", [])
    assert content(target / "runs" / "single") == before
    with open_sweep(target) as opened:
        assert opened.others({case.name for case in cases}) == ["one"]


def test_two_cases_that_change_their_names_are_not_solved(cohort, target):
    sweep_here(cohort, target)
    one, near = content(target / "runs" / "one"), content(target / "runs" / "near")
    cases = (CASES[0], Case("one", CASES[2].settings), Case("near", CASES[1].settings), CASES[3])
    swept, pool = sweep_here(cohort, target, cases)
    assert (swept.done["one"], swept.done["near"], pool.solved) == ("copied", "copied", [])
    assert (content(target / "runs" / "one"), content(target / "runs" / "near")) == (near, one)
    assert not (target / ".replaced").exists()


def test_cases_that_are_the_same_are_solved_once(cohort, target):
    cases = (*CASES[:2], Case("same", CASES[1].settings), Case("nothing"))
    swept, pool = sweep_here(cohort, target, cases, room=4)
    assert pool.solved == ["base", "one"]
    assert swept.done == {"base": "solved", "one": "solved", "same": "copied", "nothing": "copied"}
    assert content(target / "runs" / "same") == content(target / "runs" / "one")


@pytest.mark.parametrize(
    "damage",
    [
        lambda run: (run / "pairs.csv").unlink(),
        lambda run: (run / "summary.json").unlink(),
        lambda run: (run / "timings.json").unlink(),
        lambda run: (run / "summary.json").write_text("{", "utf-8"),
        lambda run: (run / "sessions.csv").write_bytes((run / "sessions.csv").read_bytes()[:-30]),
        shutil.rmtree,
    ],
    ids=["no pairs", "no summary", "no timings", "no JSON", "cut off", "gone"],
)
def test_a_damaged_run_is_solved_again(cohort, target, damage):
    sweep_here(cohort, target)
    before = content(target)
    damage(target / "runs" / "near")
    _, pool = sweep_here(cohort, target)
    assert pool.solved == ["near"]
    assert content(target) == before


def test_a_run_that_was_cut_short_is_solved_again_with_a_larger_limit_only(cohort, target, monkeypatch):
    solve = case_run.solve
    cut = lambda cohort, **options: replace(solve(cohort, **options), cut_short=True)  # noqa: E731
    monkeypatch.setattr(case_run, "solve", cut)
    sweep_here(cohort, target, wishes=Wishes(time_limit=5))
    assert {row["cut_short"] for row in rows(target)} == {"yes"}
    for limit, solved in ((5, 0), (3, 0), (6, 4), (6, 0), (5, 0)):
        _, pool = sweep_here(cohort, target, wishes=Wishes(time_limit=limit))
        assert len(pool.solved) == solved, limit
    monkeypatch.setattr(case_run, "solve", solve)
    sweep_here(cohort, target, wishes=Wishes(time_limit=7))
    assert {row["cut_short"] for row in rows(target)} == {"no"}
    _, pool = sweep_here(cohort, target, wishes=Wishes(time_limit=70))
    assert pool.solved == []


def test_calendars_stay_with_the_name_of_a_case(cohort, target):
    sweep_here(cohort, target)
    sent = target / "runs" / "one" / "calendars"
    sent.mkdir()
    (sent / "kept.ics").write_text("sent", "utf-8")
    sweep_here(cohort, target, (CASES[0], Case("one", {"capacity.mentees_per_mentor": 3})))
    assert (sent / "kept.ics").read_text("utf-8") == "sent"


def test_a_published_run_is_kept_or_its_case_fails(cohort, target):
    sweep_here(cohort, target)
    record = target / "runs" / "one" / "published.json"
    record.write_text("{}", "utf-8")
    was = content(target / "runs" / "one")
    swept, pool = sweep_here(cohort, target, wishes=Wishes(again=True))
    assert "one" not in pool.solved
    assert not swept.failed
    swept, _ = sweep_here(cohort, target, (CASES[0], Case("one", {"capacity.mentees_per_mentor": 3})))
    assert "holds a published run of another version of this case" in swept.failed["one"].message
    assert content(target / "runs" / "one") == was


# --- what goes wrong ----------------------------------------------------------------------------------------


def test_a_case_that_fails_does_not_keep_others_from_being_solved(cohort, target):
    (cohort / "pairs.csv").write_text("mentee_id,mentor_id,status\na,m,locked\nb,m,locked\n", "utf-8")
    swept, _ = sweep_here(cohort, target)
    assert set(swept.failed) == {"one"}
    assert swept.failed["one"].code == 1
    assert swept.failed["one"].faults
    assert set(swept.done) == {"base", "near", "short"}
    told = rows(target)[1]
    assert (told["case"], told["status"], told["run"], told["capacity.mentees_per_mentor"]) == (
        "one",
        "failed",
        "",
        "1",
    )
    assert "pairs.csv" in told["error"]
    assert [row["case"] for row in rows(target, "timings.csv")] == ["base", "near", "short"]


def test_an_earlier_run_of_a_case_that_fails_now_is_told(cohort, target, tmp_path):
    (tmp_path / "s.toml").write_text("[case.one]\nset.capacity.mentees_per_mentor = 1\n", "utf-8")
    run("sweep", cohort, tmp_path / "s.toml", "-o", target, "--workers", 1)
    before = content(target / "runs" / "one")
    (cohort / "pairs.csv").write_text("mentee_id,mentor_id,status\na,m,locked\nb,m,locked\n", "utf-8")
    result = run("sweep", cohort, tmp_path / "s.toml", "-o", target, "--workers", 1, "--json", code=1)
    assert "Left as they are, earlier runs of cases without one now: one" in result.stderr
    assert (json.loads(result.stdout)["earlier_runs"], json.loads(result.stdout)["other_runs"]) == (["one"], [])
    assert content(target / "runs" / "one") == before


def test_what_is_odd_about_the_file_is_told(cohort, target, tmp_path):
    (tmp_path / "s.toml").write_bytes('[case."один"]\nset.goals.seed = 1\n'.encode("cp1251"))
    result = run("sweep", cohort, tmp_path / "s.toml", "-o", target, "--list")
    assert "Warning: s.toml: 1 warning\n  line 1: is not UTF-8; read as cp1251" in result.stderr


def test_a_limit_before_any_solution_fails_the_case(cohort, target, monkeypatch):
    def late(_cohort, **_options):
        raise LimitError("the time limit came before any pair was scheduled: raise --time-limit")

    monkeypatch.setattr(case_run, "solve", late)
    swept, _ = sweep_here(cohort, target)
    assert [failed.code for failed in swept.failed.values()] == [3, 3, 3, 3]
    assert {row["status"] for row in rows(target)} == {"failed"}
    assert rows(target)[0]["error"].startswith("the time limit came before any pair")


def test_our_own_bug_is_told(cohort, target, monkeypatch):
    def fail(*_arguments, **_options):
        raise OwnAnswerError("our own answer failed the independent check: 1 violation")

    monkeypatch.setattr(case_run, "write_run", fail)
    swept, _ = sweep_here(cohort, target)
    assert {failed.code for failed in swept.failed.values()} == {5}
    assert "this is a bug in matcher" in swept.failed["base"].message
    monkeypatch.setattr(case_run, "write_run", lambda *_arguments: 1 / 0)
    swept, _ = sweep_here(cohort, target)
    assert "internal error, a bug in matcher: ZeroDivisionError" in swept.failed["base"].message


def test_a_lost_worker_costs_a_retry(cohort, target):
    swept, pool = sweep_here(cohort, target, deadly={"one": 1, "near": 2})
    assert set(swept.done) == {case.name for case in CASES}
    assert not swept.failed
    assert sorted(pool.solved) == sorted(case.name for case in CASES)
    assert pool.renewed >= 3
    assert pool.closed


def test_a_case_that_costs_three_workers_fails(cohort, target):
    swept, pool = sweep_here(cohort, target, deadly={"one": 99}, room=4)
    assert set(swept.failed) == {"one"}
    assert swept.failed["one"].message == LOST
    assert set(swept.done) == {"base", "near", "short"}
    assert pool.handed_out.count("one") == 3


def test_an_innocent_case_outlives_others_that_cost_workers(cohort, target):
    deadly = [Case(f"deadly{number}", {"capacity.mentees_per_mentor": number}) for number in range(3, 9)]
    cases = [case for pair in zip([*CASES, *CASES], deadly, strict=False) for case in pair]
    unique = list({case.name: case for case in cases}.values())
    swept, _ = sweep_here(cohort, target, unique, deadly={case.name: 99 for case in deadly}, room=6)
    assert set(swept.done) == {case.name for case in CASES}
    assert set(swept.failed) == {case.name for case in deadly}


def test_without_workers_it_ends_and_keeps_what_is_done(cohort, target, monkeypatch):
    def gone(_pool):
        raise LostError("tcp://here:1: the Dask cluster is lost")

    monkeypatch.setattr(Here, "renew", gone)
    swept, first = sweep_here(cohort, target, deadly={"near": 1}, room=1)
    assert (swept.lost, swept.complete) == ("tcp://here:1: the Dask cluster is lost", False)
    assert [row["case"] for row in rows(target)] == list(swept.done) == ["base", "one"]
    monkeypatch.undo()
    _, second = sweep_here(cohort, target)
    assert first.solved + second.solved == ["base", "one", "near", "short"]


def test_stopped_at_any_moment_it_goes_on_where_it_was(cohort, tmp_path):
    sweep_here(cohort, tmp_path / "whole")
    for reached in range(5):
        stop = Event()

        def told(line, stop=stop, reached=reached):
            if line.startswith(f"{reached} of"):
                stop.set()

        if reached == 0:
            stop.set()
        here = tmp_path / f"stopped{reached}"
        swept, first = sweep_here(cohort, here, stop=stop, progress=told, room=1)
        assert swept.interrupted
        assert [row["case"] for row in rows(here)] == list(swept.done)
        assert len(swept.done) >= reached
        swept, second = sweep_here(cohort, here)
        assert sorted(first.solved + second.solved) == sorted(case.name for case in CASES)
        assert content(here) == content(tmp_path / "whole")


# --- the folder ---------------------------------------------------------------------------------------------


def test_a_folder_that_is_no_sweep_is_never_touched(cohort, target, tmp_path):
    target.mkdir()
    (target / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(TargetError, match=r"is not empty and not a sweep.*'thesis.txt'"), open_sweep(target):
        pass
    assert content(target) == {"thesis.txt": b"mine"}
    run("solve", cohort, "-o", tmp_path / "run", "--no-report")
    before = content(tmp_path / "run", seconds=True)
    with pytest.raises(TargetError, match="is a run, not a sweep"), open_sweep(tmp_path / "run"):
        pass
    assert content(tmp_path / "run", seconds=True) == before
    with pytest.raises(TargetError, match="is a file"), open_sweep(cohort / "employees.csv"):
        pass


KNOWN = '{"format": 1, "runs": '


@pytest.mark.parametrize(
    "text",
    [
        *("{", "[]", "{}", '{"format": 2, "runs": {}}', KNOWN + "[]}", KNOWN + '{"a": 5}}', KNOWN + '{"a": {}}}'),
        *(KNOWN + '{"a": {"sha256": ["x"]}}}', KNOWN + '{"a": {"sha256": "x", "time_limit": "5"}}}'),
        *(KNOWN + '{}, "replaced": 5}', KNOWN + '{}, "replaced": [null]}'),
    ],
)
def test_a_sweep_of_another_kind_is_never_touched(target, text):
    target.mkdir()
    (target / "sweep.json").write_text(text, "utf-8")
    with pytest.raises(TargetError, match="is not what this version"), open_sweep(target):
        pass
    assert content(target) == {"sweep.json": text.encode()}


def test_other_peoples_files_in_a_run_are_not_lost(cohort, target):
    sweep_here(cohort, target)
    (target / "runs" / "one" / "notes.txt").write_text("mine", "utf-8")
    swept, _ = sweep_here(cohort, target, wishes=Wishes(again=True))
    assert "also holds 'notes.txt'" in swept.failed["one"].message
    assert (target / "runs" / "one" / "notes.txt").read_text("utf-8") == "mine"


def test_what_is_no_folder_is_in_the_way(cohort, target, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (target / "runs").mkdir(parents=True)
    (target / "sweep.json").write_text('{"format": 1, "runs": {}}', "utf-8")
    (target / "runs" / "one").symlink_to(tmp_path / "elsewhere")
    (target / "runs" / "near").write_text("mine", "utf-8")
    swept, _ = sweep_here(cohort, target)
    assert set(swept.failed) == {"one", "near"}
    assert all("is in the way" in failed.message for failed in swept.failed.values())
    assert not list((tmp_path / "elsewhere").iterdir())


def test_two_sweeps_at_a_time_are_refused(target):
    taken = pytest.raises(TargetError, match=r"another sweep is writing here \(process \d+\)")
    with open_sweep(target), taken, open_sweep(target):
        pass
    with open_sweep(target):
        pass


def test_a_full_disk_ends_the_sweep_and_keeps_what_is_done(cohort, target, monkeypatch):
    sweep_here(cohort, target, CASES[:2])
    before = content(target / "runs")

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sweep_file, "_write", full)
    with pytest.raises(
        TargetError, match=r"the sweep cannot be written \(No space left on device: the disk is full"
    ):
        sweep_here(cohort, target)
    assert content(target / "runs") == before
    monkeypatch.undo()
    _, pool = sweep_here(cohort, target)
    assert pool.solved == ["near", "short"]


def test_what_a_killed_sweep_left_is_removed_or_restored(cohort, target):
    sweep_here(cohort, target)
    before = content(target)
    runs = target / "runs"
    (runs / ".one.matcher-new-0123abcd").mkdir()
    (runs / "near").rename(runs / ".near.matcher-old-0123abcd")
    (target / ".sweep.json.matcher-new-0123abcd").write_text("half", "utf-8")
    _, pool = sweep_here(cohort, target)
    assert pool.solved == []
    assert content(target) == before


def test_a_run_placed_just_before_the_end_is_known(cohort, target):
    base = Base.open(cohort)
    with open_sweep(target) as opened:
        opened.put("base", case_run.run_case(base, case_run.Job(CASES[0], 600, case_run.versions())), 600)
    with (target / ".journal").open("ab") as journal:
        journal.write(b'[["no digest"], null]\n["abc", "no limit"]\n["half a li')
    with open_sweep(target) as opened:  # which ends suddenly, too
        job = case_run.Job(CASES[1], 600, case_run.versions())
        opened.put("one", case_run.run_case(base, job), 600)
    _, pool = sweep_here(cohort, target)
    assert pool.solved == ["near", "short"]
    assert not (target / ".journal").exists()


# --- words --------------------------------------------------------------------------------------------------


def test_plan_tells_what_would_be_solved(cohort, target):
    base = Base.open(cohort)
    cases = (*CASES, Case("same", CASES[1].settings))
    assert list(plan(base, cases, None, Wishes()).values()) == [True, True, True, True, False]
    sweep_here(cohort, target, CASES[:3])
    with open_sweep(target) as opened:
        assert list(plan(base, cases, opened, Wishes()).values()) == [False, False, False, True, False]
        assert list(plan(base, cases, opened, Wishes(again=True)).values()) == [True, True, True, True, False]


def test_a_case_that_will_fail_does_not_keep_the_others_from_being_listed(cohort, target, tmp_path):
    draw = '[[case.x.change]]\ntable = "preferences"\ndraw = { number = 3, of = "row" }\nremove = true\n'
    then = '[[case.x.change]]\ntable = "preferences"\nwhere = { mentee_id = "c" }\nset = { rank = 3 }\n'
    outcomes = {}
    for seed in range(30):  # one by one: the first seed of a case must do
        (tmp_path / "s.toml").write_text(f"[case.x]\nseeds = [{seed}]\n{draw}{then}", "utf-8")
        code = CliRunner().invoke(cli, ["scenario", str(cohort), str(tmp_path / "s.toml")]).exit_code
        outcomes.setdefault(code, seed)
    (tmp_path / "s.toml").write_text(f"[case.x]\nseeds = [{outcomes[0]}, {outcomes[1]}]\n{draw}{then}", "utf-8")
    listed = json.loads(run("sweep", cohort, tmp_path / "s.toml", "-o", target, "--list", "--json").stdout)
    assert [case["to_solve"] for case in listed["cases"]] == [True, True, True]
    run("sweep", cohort, tmp_path / "s.toml", "-o", target, "--workers", 1, code=1)
    listed = json.loads(run("sweep", cohort, tmp_path / "s.toml", "-o", target, "--list", "--json").stdout)
    assert [case["to_solve"] for case in listed["cases"]] == [False, False, True]


def test_versions_are_looked_up_once(cohort, monkeypatch):
    asked = []
    monkeypatch.setattr("matcher.run_files.version", lambda name: asked.append(name) or "1")
    run_files._versions.cache_clear()
    cases = [Case(f"seed {seed}", {"goals.seed": seed}) for seed in range(50)]
    plan(Base.open(cohort), cases, None, Wishes())
    run_files._versions.cache_clear()
    assert len(asked) == len(set(asked)) > 0


def test_progress_tells_how_long_it_takes():
    assert progress_line(3, 9, 0, None, "x") == "3 of 9 cases: x"
    assert progress_line(9, 9, 1, 0.0, "x") == "9 of 9 cases, 1 failed: x"
    assert [in_words(seconds) for seconds in (0.4, 59.6, 3599, 7260)] == [
        "0 s",
        "1 min 0 s",
        "59 min 59 s",
        "2 h 1 min",
    ]


def test_the_command_says_what_to_type_next(cohort, target, tmp_path):
    (tmp_path / "scenarios.toml").write_text("[case.one]\nset.capacity.mentees_per_mentor = 1\n")
    result = run("sweep", cohort, tmp_path / "scenarios.toml", "-o", target, "--workers", 1)
    assert result.stdout == f"2 cases: 2 solved; figures in {target / 'scenarios.csv'}\n"
    words = shlex.split(result.stderr.splitlines()[-1])
    assert words[0] == "matcher"
    assert run(*words[1:]).stdout.startswith("base -> one: 2 -> 1 of 3 mentees paired")
    assert (tmp_path / "sweep-compared" / "compare.html").is_file()


def test_the_command_says_how_many_cases_the_limit_cut_short(cohort, target, tmp_path, monkeypatch):
    (tmp_path / "scenarios.toml").write_text("[case.one]\nset.capacity.mentees_per_mentor = 1\n")
    solve = case_run.solve
    cut = lambda cohort, **options: replace(  # noqa: E731
        solve(cohort, **options), cut_short=cohort.programme.capacity.mentees_per_mentor == 1
    )
    monkeypatch.setattr(case_run, "solve", cut)
    monkeypatch.setattr(executors, "Processes", lambda base, _workers: Here(base))
    command = ("sweep", cohort, tmp_path / "scenarios.toml", "-o", target)
    told = "The time limit cut 1 case short: give --time-limit more seconds for each case."
    first = run(*command, "--time-limit", 5)
    assert first.stdout == f"2 cases: 2 solved; figures in {target / 'scenarios.csv'}\n"
    assert told in first.stderr.splitlines()
    kept = run(*command, "--time-limit", 5, "--json")  # what is kept is still what the limit made of it
    assert told in kept.stderr.splitlines()
    data = json.loads(kept.stdout)
    assert (data["kept"], data["cut_short"]) == (2, 1)
    monkeypatch.setattr(case_run, "solve", solve)
    whole = run(*command, "--time-limit", 6, "--json")
    assert "cut" not in whole.stderr
    data = json.loads(whole.stdout)
    assert (data["solved"], data["kept"], "cut_short" in data) == (1, 1, False)

"""A sweep in processes: the same files whoever is killed and when, no orphans, and an end within seconds."""

from __future__ import annotations

import csv
import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sweeps_here import content, make_cohort, places

from matcher import executors
from matcher.case_run import Job, run_case
from matcher.executors import LostError, Processes
from matcher.run_files import versions
from matcher.scenarios import Base, Case

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "nlmk-sample"
SCENARIOS = """
[case.three]
about = "A mentor takes three"
set.capacity.mentees_per_mentor = 3

[case.dropouts]
seeds = "1..3"
[[case.dropouts.change]]
table = "preferences"
draw = { share = "10%" }
remove = true

[grid]
eligibility.same_function_gap = [1, 2]
sessions.minutes = [30, [45, 30]]
"""
CASES = 9

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as Unix has them")


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenarios") / "scenarios.toml"
    path.write_text(SCENARIOS, "utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(scenarios, tmp_path_factory):
    """The sweep that nobody disturbs, with one worker."""
    target = tmp_path_factory.mktemp("undisturbed") / "sweep"
    assert finish(start(scenarios, target, workers=1)) == 0
    return content(target)


def start(scenarios, target, *options, workers=2):
    words = ["sweep", SAMPLE, scenarios, "-o", target, "--workers", workers, *options]
    temporary = target.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "matcher", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def finish(process):
    """Wait for the end, let nothing be left of it, and give its exit code."""
    process.told = process.communicate(timeout=120)
    no_orphans(process)
    return process.returncode


def no_orphans(process):
    """Every process of the session must end by itself, soon."""
    deadline = time.monotonic() + 10
    while left := in_session(process.pid):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def in_session(session):
    """The processes of a session that are not dead."""
    table = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,sid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in table.splitlines()]
    return [int(pid) for pid, sid, state in rows if int(sid) == session and not state.startswith("Z")]


def workers_of(process):
    """Processes that work for this one."""
    table = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(maxsplit=2) for line in table.splitlines()]
    return [int(pid) for pid, parent, words in rows if int(parent) == process.pid and "spawn_main" in words]


def wait_for_runs(process, target, number):
    deadline = time.monotonic() + 60
    while len(finished(target)) < number and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def finished(target):
    runs = target / "runs"
    return {path.name for path in runs.iterdir() if not path.name.startswith(".")} if runs.is_dir() else set()


def nothing_temporary(target):
    assert not list((target.parent / "temporary").iterdir())


def rows(target):
    return list(csv.DictReader(io.StringIO((target / "scenarios.csv").read_text("utf-8-sig"))))


def test_two_workers_write_what_one_writes(scenarios, undisturbed, tmp_path):
    process = start(scenarios, tmp_path / "sweep")
    assert finish(process) == 0
    assert process.told[0].startswith(f"{CASES} cases: {CASES} solved; figures in ")
    assert content(tmp_path / "sweep") == undisturbed
    nothing_temporary(tmp_path / "sweep")


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_any_moment_it_goes_on(scenarios, undisturbed, tmp_path, seed):
    draw, target, whole = random.Random(seed), tmp_path / "sweep", {}
    for _ in range(2):
        process = start(scenarios, target)
        wait_for_runs(process, target, len(finished(target)) + draw.randint(0, 3))
        time.sleep(draw.random() * (3 if seed == 0 else 0.4))
        process.kill()
        finish(process)
        here = {name: place for name, place in places(target).items() if name in finished(target)}
        assert whole.items() <= here.items(), "solved again"
        whole = here
    assert finish(start(scenarios, target)) == 0
    assert whole.items() <= places(target).items(), "solved again"
    assert content(target) == undisturbed
    nothing_temporary(target)


def test_a_killed_worker_costs_a_retry(scenarios, undisturbed, tmp_path):
    target = tmp_path / "sweep"
    process = start(scenarios, target)
    for number in (1, 4):
        wait_for_runs(process, target, number)
        os.kill(workers_of(process)[0], signal.SIGKILL)
    assert finish(process) == 0, process.told
    assert content(target) == undisturbed
    nothing_temporary(target)


@pytest.mark.parametrize("everybody", [True, False], ids=["terminal", "main process"])
def test_interrupted_it_keeps_what_is_done(scenarios, undisturbed, tmp_path, everybody):
    target = tmp_path / "sweep"
    process = start(scenarios, target)
    wait_for_runs(process, target, 2)
    begin = time.monotonic()
    (os.killpg if everybody else os.kill)(process.pid, signal.SIGINT)
    assert finish(process) == 130
    assert time.monotonic() - begin < 8
    out, err = process.told
    assert "not reached; figures in" in out
    assert err.splitlines()[0] == "stopping, keeping what is done; Ctrl-C again to stop at once"
    assert err.splitlines()[-1] == "Error: interrupted; the same command goes on where this one stopped"
    assert "Traceback" not in err
    assert {row["case"] for row in rows(target)} == finished(target)
    before = places(target)
    assert finish(start(scenarios, target)) == 0
    assert before.items() <= places(target).items()
    assert content(target) == undisturbed
    nothing_temporary(target)


def test_interrupted_while_workers_begin(scenarios, tmp_path):
    target = tmp_path / "sweep"
    process = start(scenarios, target)
    while not workers_of(process) and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    assert finish(process) == 130
    assert "Traceback" not in process.told[1]
    nothing_temporary(target)


def test_interrupted_twice_it_ends_at_once(scenarios, undisturbed, tmp_path):
    target = tmp_path / "sweep"
    process = start(scenarios, target)
    wait_for_runs(process, target, 1)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    begin = time.monotonic()
    assert finish(process) == 130
    assert time.monotonic() - begin < 3
    assert "Traceback" not in process.told[1]
    assert finish(start(scenarios, target)) == 0
    assert content(target) == undisturbed


def test_interrupted_twice_while_workers_begin_nobody_complains(tmp_path):
    """A worker that has not been told all is no reason for a traceback, nor are locks that nobody has released."""
    matcher, environment = [sys.executable, "-m", "matcher"], {**os.environ, "PYTHONPATH": str(ROOT)}
    run = tmp_path / "run"
    solve = [*matcher, "solve", SAMPLE, "-o", run, "--no-report"]
    subprocess.run(solve, env=environment, check=True, capture_output=True)
    process = subprocess.Popen(
        [*matcher, "rehearse", SAMPLE, run, "--draws", "30", "--workers", "2"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not workers_of(process) and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    assert finish(process) == 130
    assert process.told[1].splitlines()[-1] == "Error: interrupted at once: nothing was written"
    assert "Traceback" not in process.told[1]
    assert "leaked" not in process.told[1]


def test_a_second_sweep_into_the_folder_is_refused(scenarios, undisturbed, tmp_path):
    target = tmp_path / "sweep"
    first = start(scenarios, target)
    wait_for_runs(first, target, 1)
    second = start(scenarios, target)
    assert finish(second) == 1
    assert f"another sweep is writing here (process {first.pid})" in second.told[1]
    assert finish(first) == 0
    assert content(target) == undisturbed


def test_a_temporary_folder_that_was_tidied_away_is_made_again(tmp_path, monkeypatch):
    base = Base.open(make_cohort(tmp_path / "cohort"))
    scratch = tmp_path / "scratch"
    monkeypatch.setattr(executors, "_HERE", {"base": base, "work": run_case, "scratch": str(scratch)})
    assert "pairs.csv" in executors._work(Job(Case("base"), 600, versions()))
    assert (scratch.stat().st_mode & 0o777, list(scratch.iterdir())) == (0o700, [])


def test_a_pipe_that_is_closed_while_processes_are_ended_is_no_error(monkeypatch):
    """The executor may close it between looking and writing: `Bad file descriptor` is not the disk's."""
    pool, calls = Processes(None, 1), []
    shutdown = pool._executor.shutdown

    def closed_at_first(**options):
        calls.append(options)
        if len(calls) == 1:
            raise OSError(9, "Bad file descriptor")
        shutdown(**options)

    monkeypatch.setattr(pool._executor, "shutdown", closed_at_first)
    pool.close(kill=True)
    assert calls == [{"wait": True, "cancel_futures": True}] * 2


def test_processes_that_are_ended_by_another_thread_start_no_more():
    pool = Processes(None, 2)
    pool._context.kill()
    with pytest.raises(LostError, match="the processes were ended"):
        pool.submit(None)
    pool.close(kill=True)
    with pytest.raises(LostError, match="the processes were ended"):
        pool.renew()
    early = Processes(None, 1)
    process = early._context.Process()  # made, but not yet started
    early.close(kill=True)
    with pytest.raises(LostError, match="the processes were ended"):
        process.start()

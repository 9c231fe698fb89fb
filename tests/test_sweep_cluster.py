"""A sweep on a real Dask cluster of this machine: the same bytes, lost workers, and what is refused."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from sweeps_here import content, places
from test_sweep_processes import CASES, SAMPLE, SCENARIOS, finished, rows

from matcher.cli import cli

ROOT = Path(__file__).resolve().parent.parent

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as Unix has them")

NO_MATCHER = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "matcher":
            raise ModuleNotFoundError("No module named 'matcher'", name="matcher")
sys.meta_path.insert(0, Blocked())
"""
OLD_ORTOOLS = """
import importlib.metadata
version = importlib.metadata.version
importlib.metadata.version = lambda name: "9.0" if name == "ortools" else version(name)
"""


class Machine:
    """The processes of a cluster, each with a log; all are ended with the test."""

    def __init__(self, folder):
        self.folder, self.started = folder, []
        self.address = self._scheduler()

    def _start(self, *words, path=ROOT):
        log = (self.folder / f"{len(self.started)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            env={**os.environ, "PYTHONPATH": str(path), "TMPDIR": str(self.folder)},
            cwd=self.folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.started.append(process)
        return process

    def _scheduler(self):
        file = self.folder / "scheduler.json"
        words = (
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--dashboard-address",
            "127.0.0.1:0",
            "--scheduler-file",
            file,
        )
        self.scheduler = self._start("scheduler", *map(str, words))
        deadline = time.monotonic() + 60
        while not file.exists() or not file.read_bytes().strip():
            assert self.scheduler.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return json.loads(file.read_bytes())["address"]

    def worker(self, path=ROOT):
        """Start a worker and wait until the scheduler knows it."""
        words = ("--host", "127.0.0.1", "--nthreads", "1", "--dashboard-address", "127.0.0.1:0", "--no-nanny")
        process = self._start("worker", self.address, *words, path=path)
        log = self.folder / f"{len(self.started) - 1}.log"
        deadline = time.monotonic() + 60
        while b"Registered to" not in log.read_bytes():
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return process

    def close(self):
        for process in self.started:
            process.kill()
        for process in self.started:
            process.wait()


@pytest.fixture
def machine(tmp_path):
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = Machine(folder)
    yield made
    made.close()


@pytest.fixture
def scenarios(tmp_path):
    path = tmp_path / "scenarios.toml"
    path.write_text(SCENARIOS, "utf-8")
    return path


def start(scenarios, target, *options):
    words = ["sweep", SAMPLE, scenarios, "-o", target, *options]
    return subprocess.Popen(
        [sys.executable, "-m", "matcher", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finish(process, code=0):
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    assert "Traceback" not in err
    return out, err


def wait_for_runs(target, number):
    deadline = time.monotonic() + 60
    while len(finished(target)) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_same_bytes_though_a_worker_is_lost(machine, scenarios, tmp_path):
    """One of two workers is killed in the middle; later another joins, and an interrupt keeps what is done."""
    machine.worker()
    victim = machine.worker()
    target = tmp_path / "sweep"
    process = start(scenarios, target, "--dask", machine.address)
    wait_for_runs(target, 2)
    victim.kill()
    out, _ = finish(process)
    assert out.startswith(f"{CASES} cases: {CASES} solved; figures in ")
    finish(start(scenarios, tmp_path / "here", "--workers", 2))
    assert content(target) == content(tmp_path / "here")

    before = places(target)
    out, _ = finish(start(scenarios, target, "--dask", machine.address))
    assert f"0 solved, {CASES} kept" in out
    assert places(target) == before

    machine.worker()
    again = start(scenarios, tmp_path / "again", "--dask", machine.address)
    wait_for_runs(tmp_path / "again", 2)
    again.send_signal(signal.SIGINT)
    begin = time.monotonic()
    out, _ = finish(again, 130)
    assert time.monotonic() - begin < 10
    assert "not reached" in out
    assert {row["case"] for row in rows(tmp_path / "again")} == finished(tmp_path / "again")
    finish(start(scenarios, tmp_path / "again", "--dask", machine.address))
    assert content(tmp_path / "again") == content(target)


def test_a_lost_scheduler_ends_the_sweep(machine, scenarios, tmp_path):
    machine.worker()
    target = tmp_path / "sweep"
    process = start(scenarios, target, "--dask", machine.address)
    wait_for_runs(target, 1)
    machine.scheduler.kill()
    out, err = finish(process, 1)
    assert "not reached; figures in" in out
    assert "the Dask cluster is lost; the same command goes on where this one stopped" in err
    before = places(target)
    finish(start(scenarios, target))
    assert before.items() <= places(target).items()


def test_workers_that_could_answer_otherwise_are_refused(machine, scenarios, tmp_path):
    target = tmp_path / "sweep"
    _, err = finish(start(scenarios, target, "--dask", machine.address), 1)
    assert "the Dask scheduler has no workers" in err
    machine.worker()
    for name, code, said in (
        ("old", OLD_ORTOOLS, "has ortools 9.0 instead of "),
        ("bare", NO_MATCHER, "cannot run matcher ("),
    ):
        path = tmp_path / name
        path.mkdir()
        (path / "sitecustomize.py").write_text(code, "utf-8")
        odd = machine.worker(path)
        _, err = finish(start(scenarios, target, "--dask", machine.address), 1)
        assert "every worker needs matcher in the same versions as here" in err
        assert said in err
        odd.kill()
        odd.wait()
        time.sleep(1)
    assert finished(target) == set()


def test_what_is_no_scheduler(scenarios, tmp_path, monkeypatch):
    """In this process, where a second without an answer is enough."""
    monkeypatch.setattr("matcher.cluster.TIMEOUT_SECONDS", 1)

    def refused(code, *options):
        words = ["sweep", SAMPLE, scenarios, "-o", tmp_path / "sweep", *options]
        result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="matcher")
        assert result.exit_code == code, result.output
        return result.stderr

    for address, said in (
        ("nonsense", "is no address of a Dask scheduler; expected one like tcp://10.0.0.5:8786"),
        ("tls://127.0.0.1:9", "Dask knows no certificates for TLS on this machine"),
        ("tcp://127.0.0.1:9", "no Dask scheduler answers there"),
    ):
        assert f"Error: {address}: {said}" in refused(1, "--dask", address)
    assert "with --dask the cluster has its own" in refused(2, "--dask", "tcp://x:1", "--workers", 2)


def test_what_the_library_logs_of_broken_connections_is_not_shown():
    """It logs them with tracebacks: `Batched Comm Closed`, as information or as an error."""
    from matcher import cluster

    cluster._be_quiet()
    assert not logging.getLogger("distributed.batched").isEnabledFor(logging.ERROR)

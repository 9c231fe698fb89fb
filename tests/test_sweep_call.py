"""A sweep from Python: the runs and figures that the command writes."""

import subprocess
import sys
import threading

import pytest
from cohort_folder import write_folder

from matcher import Base, Case, MatcherError, read_cohort, read_frames, run_sweep, solve, sweep_frames, write_run
from matcher.run_files import TIMINGS

CASES = [
    Case("two each", {"capacity.mentees_per_mentor": 2, "capacity.mentors_per_mentee": 2}, "as many as may be"),
    Case("grid,minutes=30+15", {"sessions.minutes": [30, 15]}),
    Case("worse", {"sessions.minutes": "long"}),
]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("cohort"))


QUIET = {"capture_output": True, "text": True, "timeout": 90}


def files_of(run):
    return {path.name: path.read_bytes() for path in run.iterdir() if path.name != TIMINGS}


def test_each_case_is_solved_and_told(cohort, tmp_path):
    said = []
    swept = run_sweep(Base.open(cohort), CASES, tmp_path / "sweep", progress=said.append)
    assert list(swept.done) == ["base", "two each", "grid,minutes=30+15"]
    assert "must be a whole number of minutes" in swept.failed["worse"].message
    assert said[-1] == "writing the figures of all cases"
    found = sweep_frames(tmp_path / "sweep")
    assert found["scenarios"].index.tolist() == ["base", "two each", "grid,minutes=30+15", "worse"]
    for case in (Case("base"), *CASES[:2]):
        given = read_cohort(cohort, case.settings)
        write_run(given, solve(given), tmp_path / "alone", overwrite=True)
        run = tmp_path / "sweep" / found["scenarios"].loc[case.name, "run"]
        assert files_of(run) == files_of(tmp_path / "alone")
        assert found["pairs"].loc[case.name].equals(read_frames(run)["pairs"])


@pytest.mark.parametrize("how", ["file", "pipe"])
def test_a_script_may_call_it_anywhere(cohort, tmp_path, how):
    """The processes do not run the script again, so it need not say what is for the first time only."""
    script = tmp_path / "script.py"
    script.write_text(
        "from matcher import Base, run_sweep\n"
        "print('begin')\n"
        f"print(run_sweep(Base.open({str(cohort)!r}), [], {str(tmp_path / 'sweep')!r}).done)\n",
        "utf-8",
    )
    command = [sys.executable, str(script) if how == "file" else "-"]
    ran = subprocess.run(command, input=script.read_text("utf-8"), check=False, **QUIET)
    assert (ran.returncode, ran.stdout.splitlines()) == (0, ["begin", "{'base': 'solved'}"]), ran.stderr


def test_what_is_done_is_kept(cohort, tmp_path):
    base = Base.open(cohort)
    run_sweep(base, CASES[:1], tmp_path / "sweep")
    swept = run_sweep(base, CASES[:2], tmp_path / "sweep", workers=2)
    assert swept.done == {"base": "kept", "two each": "kept", "grid,minutes=30+15": "solved"}
    again = run_sweep(base, CASES[:1], tmp_path / "sweep", again=True)
    assert set(again.done.values()) == {"solved"}


def test_the_cohort_as_it_is_comes_first(cohort, tmp_path):
    cases = [CASES[0], Case("base", about="as it is")]
    run_sweep(Base.open(cohort), cases, tmp_path / "sweep")
    scenarios = sweep_frames(tmp_path / "sweep", ())["scenarios"]
    assert scenarios.index.tolist() == ["base", "two each"]
    assert scenarios.loc["base", "about"] == "as it is"


def test_a_sweep_can_be_stopped(cohort, tmp_path):
    stop = threading.Event()
    stop.set()
    swept = run_sweep(Base.open(cohort), CASES, tmp_path / "sweep", stop=stop)
    assert swept.interrupted
    assert not swept.done


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["../../outside"], "'../../outside' must begin with a letter or digit"),
        (["a/b"], "'a/b' has '/'"),
        (["con"], "'con' is the name of a device on Windows"),
        (["a", "b", "A"], "case 'A' stands twice"),
        (["Base", "base"], "case 'base' stands twice"),
    ],
)
def test_names_that_no_folders_can_have(cohort, tmp_path, names, message):
    with pytest.raises(ValueError, match=message):
        run_sweep(Base.open(cohort), [Case(name) for name in names], tmp_path / "sweep")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_something_else(cohort, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all", "utf-8")
    with pytest.raises(MatcherError, match="is not empty and not a sweep"):
        run_sweep(Base.open(cohort), CASES, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.filterwarnings("default")  # the library has warnings of its own
def test_a_cluster_gives_the_same(cohort, tmp_path):
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": "CRITICAL"}
    with distributed.LocalCluster(**options) as cluster:
        swept = run_sweep(Base.open(cohort), CASES, tmp_path / "there", dask=cluster.scheduler_address)
    assert list(swept.done) == ["base", "two each", "grid,minutes=30+15"]
    assert list(swept.failed) == ["worse"]
    run_sweep(Base.open(cohort), CASES, tmp_path / "here")
    for name in swept.done:
        assert files_of(tmp_path / "there" / "runs" / name) == files_of(tmp_path / "here" / "runs" / name)
    tables = [(tmp_path / place / "scenarios.csv").read_bytes() for place in ("there", "here")]
    assert tables[0] == tables[1]


def test_no_cluster_is_told(cohort, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("matcher.cluster.TIMEOUT_SECONDS", 1)
    with pytest.raises(MatcherError, match=r"tcp://127\.0\.0\.1:1: no Dask scheduler answers there"):
        run_sweep(Base.open(cohort), CASES[:1], tmp_path / "sweep", dask="tcp://127.0.0.1:1")

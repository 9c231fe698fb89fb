"""A seeded part of the attack by faults, and that the attack notices what it is there to notice."""

import sys
import warnings
from collections import Counter

import pytest

from matcher import runs
from soak import faults
from soak.faults_cases import CALLS, Case, do, draw
from soak.faults_hook import Fault
from soak.faults_stage import Way, performed, run

TASKS = ("solve, over a run", "publish", "calendars, again", "compare, over", "scenario", "init", "generate")
NUMBER = 40

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what a process does is read in /proc"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # newer versions of Python warn of any fork
]


@pytest.fixture(scope="module")
def stage():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with faults.stage(TASKS) as made:
            yield made


def test_the_old_or_the_new_is_there_whatever_happens(stage):
    scenes, folder = stage
    cases = [draw(seed, scenes, exact=True) for seed in range(NUMBER)]
    found = [do(case, scenes[case.task], folder) for case in cases]
    assert [(str(one.case), one.wrong, one.err) for one in found if one.wrong] == []
    states = Counter(one.state for one in found)
    assert states["old"] > 5, "all too early, or too late"
    assert states["new"] > 3
    assert len({case.kind for case in cases}) > 10


def test_a_case_is_the_same_from_its_seed(stage):
    scenes, folder = stage
    cases = [draw(seed, scenes, exact=True) for seed in range(300)]
    assert cases == [draw(seed, scenes, exact=True) for seed in range(300)]
    assert {case.kind for case in cases} == CALLS.keys()
    killed = next(case for case in cases if case.kind == "kill" and case.task == "generate")
    assert do(killed, scenes["generate"], folder).state == do(killed, scenes["generate"], folder).state


@pytest.mark.parametrize("task", [task for task in TASKS if task != "calendars, again"])
def test_all_is_on_the_disk_before_it_gets_its_name(stage, task, tmp_path):
    """After a loss of power there is the old or the new as well: files and folders are synced, then renamed."""
    scenes, _ = stage
    scene, log = scenes[task], tmp_path / "log"
    with performed(scene, tmp_path) as arena:
        run(arena, scene.task.words, Way(Fault(str(arena / "out"), log=str(log))))
    open_ones, order = set(), [line.split(" ", 2)[1:] for line in log.read_text().splitlines()]
    for kind, path in order:
        if kind == "write" and "/calendars/" not in path and "calendars.matcher-" not in path:
            open_ones.add(path)
        elif kind == "fsync":
            open_ones.discard(path)
        elif kind == "rename":
            assert open_ones == set(), path
    assert any(kind == "rename" for kind, _ in order)
    assert order[-1][0] != "rename", "the folder in which it got its name is synced after that"


# --- faults planted in matcher are found --------------------------------------------------------------------


def found(stage, task, kind, number=3):
    """All that is wrong when this fault happens while a command puts its folder in place."""
    scenes, folder = stage
    scene = scenes[task]
    calls = range(1, len(scene.calls) + 1)
    places = [place for place in calls if scene.calls[place - 1] in ("rename", "remove")]
    cases = [Case(place, task, kind, place) for place in places[:number]]
    return [wrong for case in cases for wrong in do(case, scene, folder).wrong]


def test_a_folder_written_in_place_is_found(stage, monkeypatch):
    def in_place(staged, target, **_options):
        target.mkdir(exist_ok=True)
        for path in staged.rglob("*"):
            if path.is_file():
                (target / path.relative_to(staged)).parent.mkdir(exist_ok=True)
                path.rename(target / path.relative_to(staged))

    monkeypatch.setattr("matcher.compare_files.put_in_place", in_place)
    assert any("neither the old nor the new" in one for one in found(stage, "compare, over", "kill"))


def test_what_is_never_removed_is_found(stage, monkeypatch):
    monkeypatch.setattr(runs, "remove_abandoned", lambda _path: None)
    assert any("still left after the next run" in one for one in found(stage, "compare, over", "kill"))


def test_an_error_that_is_swallowed_is_found(stage, monkeypatch):
    def careless(contents, folder, *, overwrite):
        try:
            write_folder(contents, folder, overwrite=overwrite)
        except runs.TargetError:
            return

    from matcher.compare_files import write_folder

    monkeypatch.setattr("matcher.compare_files.write_folder", careless)
    assert "it says that all went well, and nothing is there" in found(stage, "compare, over", "ENOSPC")


def test_words_that_do_not_help_are_found(stage, monkeypatch):
    monkeypatch.setattr("matcher.compare_files.reason", lambda error: error.strerror)
    assert "does not say 'disk is full'" in found(stage, "compare, over", "ENOSPC")


def test_every_task_is_a_command_that_writes():
    commands = {task.words[0] for task in faults.TASKS.values()}
    from matcher.cli import COMMANDS

    assert commands <= {command.name for command in COMMANDS}
    writing = {command.name for command in COMMANDS} - {"verify", "explain"}
    assert commands == writing, "a new command that writes belongs on the stage"

"""Drawn cohorts of every kind from files to files, a part of `python -m soak answers`; that it notices faults; and
the cohorts that were once answered wrongly."""

import os
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cohorts import Spec, person_row

from soak import answers, kinds
from soak.__main__ import main
from soak.answers import look, smallest
from soak.kinds import KINDS
from soak.shrink import keep, kept, shrink

EACH = 25  # 300 cohorts in all
REGRESSIONS = sorted(path.parent for path in Path(__file__).parent.glob("regressions/*/case.json"))


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_cohorts_are_answered_as_enumeration_says(kind):
    tally = Counter()
    for seed in range(EACH):
        looked = look(kind, seed)
        assert not looked.fault, f"{kind} {seed}: {looked.fault}"
        tally += looked.tally + Counter(given_up=looked.long)
    assert tally["given_up"] <= 2
    assert tally["runs checked"] + tally["pairs repaired"] >= EACH / 2


@pytest.mark.parametrize("folder", REGRESSIONS, ids=lambda folder: folder.name)
def test_what_was_once_wrong_stays_right(folder):
    spec, kind, seed = kept(folder)
    assert not look(kind, seed, spec).fault


def test_there_are_regressions():
    assert REGRESSIONS


# --- that it notices ------------------------------------------------------------------------------------------


def worse(cohort, **options):
    """An engine that forgets the last pair, and is sure of it."""
    from matcher.solver import solve

    solution = solve(cohort, **options)
    goals = tuple(
        replace(goal, value=goal.value - 1, bound=goal.value - 1) if goal.name == "mentees" else goal
        for goal in solution.goals
    )
    return replace(solution, goals=goals, pairs=solution.pairs[:-1])


@pytest.mark.parametrize("kind", ["drawn", "waves", "classes", "history", "repair"])
def test_an_engine_that_is_wrong_is_noticed(kind, monkeypatch):
    monkeypatch.setattr(kinds, "solve", worse)
    assert any(look(kind, seed).fault for seed in range(6))


def test_a_crash_is_told_with_its_place(monkeypatch):
    monkeypatch.setattr(kinds, "solve", lambda *_, **__: 1 / 0)
    assert "ZeroDivisionError" in look("drawn", 1).fault


def test_what_takes_too_long_is_given_up():
    looked = look("drawn", 1, longest=1e-4)
    assert looked.long
    assert not looked.fault


def test_a_case_that_ends_the_process_is_told_and_shrunk(monkeypatch):
    monkeypatch.setattr(kinds, "solve", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    looked = answers.look_apart("crowded", 3)
    assert looked.fault == f"the process died of signal {int(signal.SIGKILL)}"
    assert not smallest(looked).availability


def test_a_pool_that_breaks_goes_on_after_the_case(monkeypatch):
    class Breaking:
        """A pool that gives the answers of the first part, then breaks."""

        def __init__(self, *_, **__):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def map(self, work, chunks):
            yield work(chunks[0])
            if len(chunks) > 1:
                raise answers.BrokenProcessPool

    monkeypatch.setattr(answers, "ProcessPoolExecutor", Breaking)
    monkeypatch.setattr(answers, "CHUNK", 1)
    monkeypatch.setattr(answers, "look_at", lambda cases: [answers.Looked(*case, Counter()) for case in cases])
    monkeypatch.setattr(answers, "look_apart", lambda kind, seed: answers.Looked(kind, seed, Counter(), "apart"))
    found = list(answers._looked(answers.chosen(["long"], 5, 0), 2))
    assert [(one.seed, one.fault) for one in found] == [(0, ""), (1, "apart"), (2, ""), (3, "apart"), (4, "")]


def test_wrong_cohorts_are_shrunk_to_what_matters(monkeypatch, tmp_path):
    """An engine that fails wherever m0 is listed: all that is left is somebody who lists him."""

    def fails(cohort, **_):
        if "m0" in cohort.choices.mentor_ids:
            raise ValueError("m0")
        raise kinds.InputError([])

    monkeypatch.setattr(kinds, "solve", fails)
    looked = look("crowded", 3)
    assert "ValueError: m0" in looked.fault
    spec = smallest(looked)
    assert len(spec.employees) == 2
    assert [choice[2] for choice in spec.choices] == ["m0"]
    assert spec.availability == spec.pairs == ()
    again, kind, seed = kept(keep(spec, "crowded", 3, looked.fault, tmp_path / "case"))
    assert (kind, seed) == ("crowded", 3)
    assert "ValueError: m0" in look(kind, seed, again).fault


def test_shrinking_keeps_people_and_their_managers_together():
    people = tuple(
        {"employee_id": name, "function": "F", "level": 1, "manager_id": "b" if name == "a" else ""}
        for name in "abc"
    )
    spec = Spec(people, ("a c", "b c"))
    less = shrink(spec, lambda one: {"a", "c"} <= {person_row(row)["employee_id"] for row in one.employees})
    assert [row["employee_id"] for row in less.employees] == ["a", "c"]
    assert less.employees[0].get("manager_id", "") == ""
    assert less.choices == ()


def test_the_command_tells_what_it_tried_and_fails_where_something_is_wrong(monkeypatch, tmp_path):
    monkeypatch.setattr(answers, "REGRESSIONS", tmp_path)
    monkeypatch.setattr(answers, "_looked", lambda cases, _workers: (look(*case) for case in cases))
    found = CliRunner().invoke(main, ["answers", "--count", "2", "--only", "crowded"])
    assert found.exit_code == 0
    assert "2 cases, 0 wrong" in found.stdout
    monkeypatch.setattr(kinds, "solve", worse)
    found = CliRunner().invoke(main, ["answers", "--count", "1", "--only", "crowded"])
    assert found.exit_code == 1
    assert (tmp_path / "crowded-0" / "case.json").exists()
    assert CliRunner().invoke(main, ["answers", "--only", "nonsense"]).exit_code == 2

"""docs/reliability.md: its figures are those of the recorded runs, and what it names is there."""

import json
import re

import pytest
from click.testing import CliRunner

from soak import report
from soak.__main__ import ATTACKS, main
from soak.results import FOLDER, save

SHARES = {"mutants": 0.05, "mutants-drawn": 0.05}
"""Of planted faults, the share that may be alive; nothing may be wrong elsewhere."""
PAGE = report.PAGE.read_text("utf-8")


def test_the_figures_of_the_page_are_those_of_the_recorded_runs():
    assert report.with_table(PAGE) == PAGE
    recorded = [name for name in report.ROWS if (FOLDER / f"{name}.json").exists()]
    assert len(recorded) >= 3
    assert report.table().count("\n") == len(recorded) + 1


def test_nothing_was_wrong_in_a_recorded_run():
    for name in report.ROWS:
        if (FOLDER / f"{name}.json").exists():
            tried, wrong = report.counts(name)
            assert tried > 0, name
            assert wrong <= tried * SHARES.get(name, 0), name


def test_every_attack_that_the_page_names_is_a_command():
    named = set(re.findall(r"python -m soak (\w+)", PAGE))
    assert named <= set(ATTACKS)
    told = CliRunner().invoke(main, ["--help"]).output
    assert all(name in told for name in named)


def test_every_target_that_the_page_names_is_in_the_makefile():
    makefile = (report.PAGE.parent.parent / "Makefile").read_text("utf-8")
    assert all(f"\n{name}:" in makefile for name in re.findall(r"`make (\w+)`", PAGE))


def test_a_page_without_a_place_for_figures_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no place"):
        report.with_table("nothing")
    path = save("answers", "python -m soak answers --count 3", {"cases": 3, "wrong": 1, "seconds": 90}, tmp_path)
    assert json.loads(path.read_text("utf-8"))["attack"] == "answers"
    page = report.with_table(f"a\n{report.BEGIN}\nold\n{report.END}\nb\n", tmp_path)
    assert "| 3 | 1 | 2 |" in page
    assert "old" not in page

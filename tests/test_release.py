"""What is tried before a release says the truth about it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from release import audit, oldest, wheel

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ASKED = {"click": "8.2", "numpy": "2.0"}
CLEAN = [{"name": "click", "version": "8.2", "vulns": []}, {"name": "numpy", "version": "2.0", "vulns": []}]
BAD = {"name": "numpy", "version": "2.0", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"], "aliases": []}]}
SKIPPED = {"name": "numpy", "skip_reason": "Dependency not found on PyPI and could not be audited: numpy (2.0)"}


def test_constraints_hold_every_library_at_its_lower_bound():
    lines = subprocess.run(
        [sys.executable, "-m", "release.oldest"], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.splitlines()
    assert len(set(lines)) == len(lines)
    assert all(re.fullmatch(r"[\w.-]+==[0-9][0-9a-z.]*", line) for line in lines)
    names = {line.partition("==")[0] for line in lines}
    assert names >= {re.split("[>=]", requirement)[0] for requirement in PROJECT["dependencies"]}
    assert {"pytest", "distributed", "icalendar"} <= names
    assert not names & set(oldest.NO_TEST)


@pytest.mark.parametrize("requirement", ["click", "click<9", "click==8.2", "click>=8.2,!=8.3,<9"])
def test_a_library_without_a_lower_bound_is_told(requirement):
    with pytest.raises(ValueError, match="has no lower bound"):
        list(oldest.oldest([requirement]))


def test_the_audit_is_of_what_users_install_with_all_that_it_brings():
    found = audit.installed()
    assert {"ortools", "numpy", "protobuf", "icalendar", "distributed", "tornado"} <= found.keys()
    assert not {"pytest", "mypy", "playwright", "matplotlib"} & found.keys()
    assert all(re.match(r"[0-9]", version) for version in found.values())


@pytest.mark.parametrize(
    ("dependencies", "code", "said"),
    [
        (CLEAN, 0, "no known vulnerability in 2 libraries"),
        ([CLEAN[0], BAD], 1, "numpy 2.0: CVE-1, mended in 2.1"),
        ([CLEAN[0], SKIPPED], 3, "1 of 2 libraries are not audited: the database does not know them"),
        ([SKIPPED], 3, "2 of 2 libraries are not audited: no database answers; is there a network?"),
        ([], 3, "2 of 2 libraries are not audited: no database answers; is there a network?"),
        ([SKIPPED, {**BAD, "name": "click"}], 1, "nothing is known about numpy 2.0"),
    ],
)
def test_nothing_is_called_clean_about_which_nothing_is_known(dependencies, code, said):
    lines, ended = audit.verdict({"dependencies": dependencies}, ASKED)
    assert (ended, said in lines) == (code, True), lines


@pytest.mark.parametrize(
    ("program", "fails", "passes"),
    [("exit(0)", False, True), ("exit(1)", False, False), ("exit(0)", True, False), ("exit(1)", True, True)],
)
def test_a_wheel_is_judged_by_how_its_commands_end(tmp_path, program, fails, passes):
    words = (sys.executable, "-c", program)
    if passes:
        wheel._run(tmp_path, *words, fails=fails)
    else:
        with pytest.raises(wheel.WheelError, match="ended with"):
            wheel._run(tmp_path, *words, fails=fails)

"""What the property tests drew, told at the end of a run."""

from __future__ import annotations

import gc
import os
from collections import Counter

import hypothesis
import pytest

hypothesis.settings.register_profile("any machine", deadline=None)  # how long a draw takes is up to its neighbours
hypothesis.settings.load_profile("any machine")

TALLY = pytest.StashKey[Counter]()


def pytest_configure(config):
    config.stash[TALLY] = Counter()


def pytest_collection_finish(session):  # noqa: ARG001
    """Keep thousands of tests out of the way of every later collection of garbage: commands ask for one each."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def tally(pytestconfig):
    """How many drawn cohorts were of which kind."""
    return pytestconfig.stash[TALLY]


@pytest.fixture(scope="session", autouse=True)
def _no_power_failures():
    """Files of commands that run in this process reach the disk in their own time: no test cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        yield


def pytest_terminal_summary(terminalreporter, config):
    tally = config.stash[TALLY]
    if tally["drawn"]:
        terminalreporter.write_line(
            f"cohorts drawn and solved three ways: {tally['drawn']}; more wishes than places in "
            f"{tally['contention']}, schedule conflicts in {tally['conflict']}, "
            f"locks that fail in {tally['locks_fail']}"
        )

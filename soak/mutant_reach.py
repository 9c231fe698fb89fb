"""Which tests run which lines: every file of tests is run once under coverage, and what it reached is kept."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

SECONDS_A_FILE = 60.0
"""Tests of a file that have not begun after this many seconds are left out: only they notice what stays alive."""


@dataclass(frozen=True)
class Reach:
    """What the passing tests of one file ran.

    `tests` are node ids in the file's order, `seconds` of the processor what each took. `lines` names for each
    module the lines that tests ran, each with the positions of these tests. `stamp` tells of which contents all
    this was true.
    """

    tests: list[str]
    seconds: list[float]
    lines: dict[str, dict[int, list[int]]]
    stamp: dict[str, str]


def stamp_of(path: Path) -> str:
    """Tell the content of a file, in a few letters; "" where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


def load(kept: Path, root: Path) -> Reach | None:
    """Read what a file of tests reached; None if it never ran, or it changed or a module that it reached."""
    if not kept.is_file():
        return None
    told = json.loads(kept.read_text(encoding="utf-8"))
    if any(stamp_of(root / name) != stamp for name, stamp in told["stamp"].items()):
        return None
    lines = {
        module: {int(line): _positions(bits) for line, bits in at.items()} for module, at in told["lines"].items()
    }
    return Reach(told["tests"], told["seconds"], lines, told["stamp"])


def save(kept: Path, reach: Reach) -> None:
    """Keep what a file of tests reached."""
    lines = {
        module: {str(line): format(sum(1 << one for one in at), "x") for line, at in told.items()}
        for module, told in reach.lines.items()
    }
    told = {"stamp": reach.stamp, "tests": reach.tests, "seconds": reach.seconds, "lines": lines}
    kept.parent.mkdir(parents=True, exist_ok=True)
    beside = kept.with_suffix(".part")
    beside.write_text(json.dumps(told), encoding="utf-8")
    beside.replace(kept)


def _positions(bits: str) -> list[int]:
    number, found = int(bits, 16), []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return found


def collect(
    root: Path,
    items: Sequence[pytest.Item],
    modules: Iterable[Path],
    keep: Path,
    *,
    seconds: float = SECONDS_A_FILE,
) -> Iterator[tuple[str, float]]:
    """Run each file's tests in a process of its own under coverage, where what is kept is not true any more.

    Yields
    ------
    The file, and the seconds it took, after each; nothing of it touches this process.
    """
    targets = [str(path) for path in modules]
    by_file: dict[Path, list[pytest.Item]] = {}
    for item in items:
        by_file.setdefault(item.path, []).append(item)
    for path, own in by_file.items():
        kept = keep / f"{path.stem}.json"
        if load(kept, root) is not None:
            continue
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _traced(root, own, targets, kept, seconds)
        _wait(child, began + 6 * seconds + 60)
        yield path.name, time.monotonic() - began


def _wait(child: int, until: float) -> None:
    """Wait for a process that we forked; stop it, and what it started, when its time is over."""
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(0.02)


def _traced(root: Path, items: list[pytest.Item], targets: list[str], kept: Path, seconds: float) -> None:
    """Run tests under coverage and keep what they reached; the process ends here."""
    code = 1
    try:
        os.setpgid(0, 0)
        quiet()
        passed, lines = _run_traced(items, targets, seconds)
        names = list(passed)
        place = {name: position for position, name in enumerate(names)}
        found: dict[str, dict[int, list[int]]] = {}
        for target, at in lines.items():
            reached = {line: sorted(place[name] for name in who if name in place) for line, who in at.items()}
            own = {line: who for line, who in reached.items() if who}
            if own:
                found[Path(target).relative_to(root).as_posix()] = own
        stamp = {name: stamp_of(root / name) for name in found}
        stamp[items[0].path.relative_to(root).as_posix()] = stamp_of(items[0].path)
        save(kept, Reach(names, [round(passed[name], 4) for name in names], found, stamp))
        code = 0
    finally:
        os._exit(code)


def _run_traced(
    items: list[pytest.Item], targets: list[str], seconds: float
) -> tuple[dict[str, float], dict[str, dict[int, list[str]]]]:
    import coverage

    told = Told()
    items[0].config.pluginmanager.register(told)
    traced = coverage.Coverage(data_file=None, include=targets, config_file=False)
    until, took = time.monotonic() + seconds, dict[str, float]()
    traced.start()
    for position, item in enumerate(items):
        if time.monotonic() > until:
            break
        traced.switch_context(item.nodeid)
        following = items[position + 1] if position + 1 < len(items) else None
        before = sum(os.times()[:4])
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        took[item.nodeid] = sum(os.times()[:4]) - before
    traced.stop()
    with warnings.catch_warnings(action="ignore"):  # that nothing was reached is an answer
        data = traced.get_data()
    passed = {name: spent for name, spent in took.items() if name in told.passed()}
    return passed, {target: data.contexts_by_lineno(target) for target in targets}


class Told:
    """What pytest reports of tests: which have passed, and which have failed."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of one phase of one test."""
        if report.failed:
            self.failed.append(report.nodeid)
        elif report.when == "call" and report.passed:
            self.called.add(report.nodeid)

    def passed(self) -> set[str]:
        """Tests that ran and passed."""
        return self.called - set(self.failed)


def quiet() -> None:
    """Send what this process prints nowhere: it is one of thousands."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)

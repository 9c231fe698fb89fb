"""Run a command in a process of its own and say what it took: seconds, processor seconds, peak memory.

This process stays small, without numpy or pandas: the kernel never reports a child's peak memory below that of the
process which started it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VERY_LONG = 150.0  # seconds: who takes so long is far from everybody else, whatever the median
# As on a user's machine: Python keeps our compiled modules, as pip has done with those of the libraries.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in which the kernel counts peak memory


@dataclass(frozen=True)
class Run:
    """One process from start to end: wall and processor seconds, and the peak memory of its largest process in MB.

    `said` is what it printed, `fault` why it counts for nothing, or "".
    """

    seconds: float
    cpu: float
    memory: float
    said: str = ""
    fault: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """The line of JSON that it printed last; empty if there is none."""
        lines = self.said.strip().splitlines()
        told = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
        return dict(told)


def run(command: Sequence[str], limit: float) -> Run:
    """Run a command from the top of the repository and stop it after `limit` seconds."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complaints:
        begin = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command lines
            command,
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complaints,
            start_new_session=True,
        )
        late = threading.Event()
        timer = threading.Timer(limit, _stop, (process.pid, late))
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complaints.seek(0)
        fault = _fault(process.returncode, late.is_set(), limit, complaints.read().decode(errors="replace"))
        return Run(seconds, usage.ru_utime + usage.ru_stime, _megabytes(usage), said.read().decode(), fault)


def _stop(group: int, late: threading.Event) -> None:
    late.set()
    os.killpg(group, signal.SIGKILL)


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss * MEMORY_UNIT / 1e6


def _fault(code: int, late: bool, limit: float, complaints: str) -> str:
    if late:
        return f"not done in {limit:g} s"
    if code == 0:
        return ""
    last = complaints.strip().splitlines()[-1:] or [f"ended with code {code}"]
    return last[0].replace(str(ROOT), ".")


@dataclass
class Entry:
    """One contestant's runs on one case.

    `inner` holds the seconds that it measured itself, for what is compared in memory; `answers` what it reached.
    `fault` ended the repeats early. `missing` names packages that are not installed.
    """

    name: str
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    inner: list[float] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    missing: list[str] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """Take note of one more run."""
        if run.fault:
            self.fault = run.fault
            return
        self.seconds.append(run.seconds)
        self.cpu.append(run.cpu)
        self.memory.append(run.memory)
        told = run.told
        if "seconds" in told:
            self.inner.append(told["seconds"])
        if "answer" in told:
            self.answers.append(told["answer"])


def interleave(runs: Mapping[str, Callable[[], Run]], repeats: int, tell: Callable[[str], None]) -> list[Entry]:
    """Run everybody in turn, `repeats` times over, so that a busy moment of the machine hits them alike.

    Who has failed, run out of time or taken very long once is not asked again.
    """
    entries = {name: Entry(name) for name in runs}
    for turn in range(repeats):
        for name, start in runs.items():
            if not entries[name].fault and max(entries[name].seconds, default=0.0) < VERY_LONG:
                tell(f"  {name}, {turn + 1} of {repeats}")
                entries[name].add(start())
    return list(entries.values())

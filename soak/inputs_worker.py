"""A process that gives spoilt inputs to matcher, and who watches it from outside: nothing may hang or swell."""

from __future__ import annotations

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from soak.inputs_bases import Files
from soak.inputs_cases import Bases, Case, put
from soak.inputs_checks import Asker, Outcome

SECONDS = 25  # after which a case counts as hanging; the slowest honest one takes a few
MEMORY = 3 << 30  # bytes of address space, most of it taken by libraries before anything is read
LARGEST_FILE = 256 << 20
FRESH = 1000  # cases after which the process is replaced, so that one that swells slowly does not spoil the rest


def serve(work: str, made: Bases, connection: Connection) -> None:
    """Answer cases until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    os.fsync = lambda _file: None  # type: ignore[assignment]  # no power fails here
    asker = Asker(Path(work), made)
    while (case := connection.recv()) is not None:
        connection.send(asker.ask(case))


class Worker:
    """The process, started again whenever it was lost."""

    def __init__(self, work: Path, made: Bases) -> None:
        self.work, self.made, self.asked = work, made, 0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(str(self.work), self.made, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, case: Case, seconds: float = SECONDS) -> Outcome:
        """What comes of a case; that it ends neither in time nor by itself, where so."""
        if self.asked and self.asked % FRESH == 0:
            self.close()
            self._start()
        self.asked += 1
        lost = Outcome(case.spec)
        try:
            self._connection.send(case)
            if self._connection.poll(seconds):
                outcome = self._connection.recv()
                if isinstance(outcome, Outcome):
                    return outcome
            lost.blame("hang", f"no answer within {seconds} seconds")
        except (EOFError, OSError):
            self._process.join(5)
            lost.blame("death", f"the process ended with {self._process.exitcode}")
        self._process.kill()
        self._process.join()
        self._start()
        return lost

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()


def make_runs(made: Bases) -> Bases:
    """The bases with runs of them: solved, repaired and published ones."""
    runs: dict[str, Files] = {}
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for name in ("full", "few", "waves"):
            put(dict(made.cohorts[name]), here / name)
            _matcher("solve", here / name, "-o", here / f"{name}-run", "--no-report")
            runs[name] = _files(here / f"{name}-run")
        _matcher(
            "rematch",
            here / "full",
            here / "full-run",
            "--as-of",
            "2027-02-01",
            "-o",
            here / "again",
            "--no-report",
        )
        runs["full-rematch"] = _files(here / "again")
        _matcher("publish", here / "full", here / "full-run", "--on", "2027-01-05")
        runs["full-published"] = _files(here / "full-run")
    return Bases(made.cohorts, runs)


def _matcher(*words: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "matcher", *map(str, words), "--quiet"], check=True, capture_output=True)


def _files(folder: Path) -> Files:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }

"""Each bomb in a process of its own, with little memory and time: it must end with a clear word, not a bang."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from soak.bombs import BOMBS, Bomb
from soak.content_readers import terminal

MEMORY = 3 << 29  # bytes that a process may take: 1.5 GB
SECONDS = 60  # of processor time
LONGEST = 100_000  # characters that an answer may have


class Blast(NamedTuple):
    """What became of a bomb: the exit code, processor seconds, megabytes, and what is wrong, if anything."""

    name: str
    code: int
    seconds: float
    megabytes: float
    wrong: tuple[str, ...]
    said: str


def blast(bomb: Bomb, memory: int = MEMORY, seconds: int = SECONDS) -> Blast:
    """Lay a bomb and run its command over it."""
    folder = Path(tempfile.mkdtemp(prefix="matcher-bomb-"))
    try:
        bomb.lay(folder)
        return _run(bomb, folder, memory, seconds)
    finally:
        shutil.rmtree(folder)


def _run(bomb: Bomb, folder: Path, memory: int, seconds: int) -> Blast:
    before = {path for path in folder.rglob("*") if not path.is_dir()}

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    with (folder / "stdout").open("w+b") as output, (folder / "stderr").open("w+b") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "matcher", *bomb.command],
            cwd=folder,
            stdout=output,
            stderr=errors,
            preexec_fn=limit,  # noqa: PLW1509 - this program has one thread
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
        killer = threading.Timer(4 * seconds, process.kill)
        killer.start()
        _, status, used = os.wait4(process.pid, 0)
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    said = "".join((folder / name).read_text("utf-8", "replace") for name in ("stdout", "stderr"))
    wrong = list(terminal(said))
    if process.returncode not in bomb.codes:
        wrong.append(f"ends with {process.returncode}: {said[-200:]!a}")
    elif process.returncode and not said.strip():
        wrong.append("says nothing")
    if "not enough memory" in said:
        wrong.append("takes all the memory there is")
    if len(said) > LONGEST:
        wrong.append(f"says {len(said):,} characters")
    if any(path.name.startswith("outside") for path in folder.parent.glob("outside*")):
        wrong.append("writes outside")
    after = {path for path in folder.rglob("*") if not path.is_dir()} - before
    after -= {folder / "stdout", folder / "stderr"}
    if process.returncode and after:
        wrong.append(f"leaves {sorted(path.name for path in after)[:3]}")
    return Blast(
        bomb.name, process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, tuple(wrong), said
    )


def blasts(
    bombs: Iterable[Bomb] = BOMBS, *, word: str = "", told: Callable[[Blast], None] = lambda _blast: None
) -> list[Blast]:
    """Run all bombs whose names hold a word."""
    found = []
    for bomb in bombs:
        if word in bomb.name:
            found.append(blast(bomb))
            told(found[-1])
    return found

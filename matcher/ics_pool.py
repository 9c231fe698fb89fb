"""Processes that read calendar files, each file within bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from matcher.errors import Fault
from matcher.ics_read import Busy, Reading
from matcher.ics_worker import TOO_LARGE

START = "import sys; sys.path[:] = {path!r}; from matcher.ics_worker import main; main({seconds!r}, {memory!r})"


@dataclass(frozen=True)
class Limits:
    """What one file may take: seconds, and bytes of memory of the process that reads it."""

    seconds: float = 30
    memory: int = 1 << 30


class Pool:
    """A few processes, started when they are first needed and ended with the block.

    Several threads may ask at the same time; who finds no process idle waits.
    """

    def __init__(self, workers: int, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._closed = False
        self._running: set[subprocess.Popen[bytes]] = set()
        self._places: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        for _ in range(workers):
            self._places.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the pool."""
        self.close()

    def close(self) -> None:
        """End all processes, and with them what they are reading."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for process in running:
            process.kill()
        for process in running:
            _ended(process)

    def read(self, data: bytes, file: str, reading: Reading) -> Busy:
        """Read one file in a process, if that is lost in another one; `file` is its name in messages."""
        answer, late = self._tried(data, file, reading)
        if answer is None and not late and not self._closed:
            answer, late = self._tried(data, file, reading)
        if answer is not None:
            return _busy(answer)
        slow = f"takes more than {self._limits.seconds:g} seconds to read; does an event repeat endlessly?"
        return Busy(faults=[Fault(file, slow if late else TOO_LARGE)])

    def _tried(self, data: bytes, file: str, reading: Reading) -> tuple[dict[str, Any] | None, bool]:
        """The answer of a process, None if it ended before it gave one; and whether it took too long."""
        place = self._places.get()
        process = place if place is not None else self._started()
        late = threading.Event()
        timer = threading.Timer(self._limits.seconds, _stop, (process, late))
        timer.start()
        try:
            answer = _asked(process, data, {"size": len(data), "file": file, "reading": asdict(reading)})
        finally:
            timer.cancel()
        if answer is None or late.is_set():
            process.kill()
            _ended(process)
            with self._lock:
                self._running.discard(process)
            self._places.put(None)
        else:
            self._places.put(process)
        return answer, late.is_set()

    def _started(self) -> subprocess.Popen[bytes]:
        code = START.format(path=sys.path, seconds=self._limits.seconds, memory=self._limits.memory)
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            process = subprocess.Popen(  # noqa: S603 - this very Python with code of our own
                [sys.executable, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._running.add(process)
        return process


def _asked(process: subprocess.Popen[bytes], data: bytes, request: dict[str, Any]) -> dict[str, Any] | None:
    """The answer of a process; None if it ended before it gave one."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process must be started with pipes")
    question = json.dumps(request).encode() + b"\n" + data
    try:
        process.stdin.write(question)
        process.stdin.flush()
        line = process.stdout.readline()
    except (OSError, ValueError):  # it ended while it was being asked, and its pipes with it
        return None
    return dict(json.loads(line)) if line.endswith(b"\n") else None


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what it did not take any more
                pipe.close()


def _busy(answer: dict[str, Any]) -> Busy:
    return Busy(
        [(start, end) for start, end in answer["minutes"]],
        [(start, end) for start, end in answer["days"]],
        answer["counts"],
        [Fault(**fault) for fault in answer["faults"]],
    )

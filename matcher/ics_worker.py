"""A process that reads calendar files one after the other, so that one which is too much ends only the process.

On standard input it takes a line of JSON with the size of a file, its name and how to read it, and then the bytes;
it answers each with a line of JSON on standard output.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, BinaryIO

from matcher.errors import Fault
from matcher.ics_read import Busy, Reading, read_calendar

TOO_LARGE = "needs too much memory to be read"


def main(seconds: float, memory: int) -> None:
    """Serve until standard input ends; `memory` in bytes, `seconds` for one file.

    Whoever started the process ends it after so many seconds: here they count only if he himself is gone.
    """
    _bound_memory(memory)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what a library prints is no answer
    serve(sys.stdin.buffer, answers, seconds)


def serve(requests: BinaryIO, answers: BinaryIO, seconds: float) -> None:
    """Answer every request."""
    while line := requests.readline():
        request = json.loads(line)
        data = requests.read(request["size"])
        with _alarm(seconds):
            answer = _read(data, request)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _read(data: bytes, request: Mapping[str, Any]) -> dict[str, Any]:
    file = request["file"]
    try:
        busy = read_calendar(data, file, Reading(**request["reading"]))
    except (MemoryError, RecursionError):
        busy = Busy(faults=[Fault(file, TOO_LARGE)])
    except Exception as error:  # noqa: BLE001 - one file must not end the import of the others
        busy = Busy(faults=[Fault(file, f"cannot be read ({type(error).__name__})")])
    return asdict(busy)


def _bound_memory(memory: int) -> None:
    with contextlib.suppress(
        ImportError, ValueError, OSError
    ):  # Windows has no such bound, some systems refuse it
        import resource  # noqa: PLC0415 - as above

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


@contextlib.contextmanager
def _alarm(seconds: float) -> Any:  # noqa: ANN401 - a generator that yields nothing
    """End this process some time after the limit, in case nobody is there any more to do so."""
    import signal  # noqa: PLC0415 - as below

    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)

"""Run long work so that Ctrl-C stops it gently: the best answer so far is kept."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.1


def run_interruptible(work: Callable[[threading.Event], T], on_stop: Callable[[], None]) -> T:
    """Run `work` in a thread of its own and return what it returns.

    Python handles signals in the main thread only, between two instructions of Python code, so the main thread
    must not be inside the solver.

    Parameters
    ----------
    work
        Is given an event and must come to an end soon after that is set. The first Ctrl-C or a SIGTERM sets it.
    on_stop
        Is called once, in the calling thread, when the event has been set.

    Raises
    ------
    KeyboardInterrupt
        At the second Ctrl-C. The work may still be running: see `leave_now`.
    """
    stop = threading.Event()
    outcome: Future[T] = Future()
    thread = threading.Thread(target=_fulfil, args=(outcome, work, stop), daemon=True)
    with _signals_to(stop):
        thread.start()
        told = False
        while thread.is_alive():
            thread.join(POLL_SECONDS)
            if stop.is_set() and not told:
                told = True
                on_stop()
    return outcome.result()


def leave_now(code: int) -> NoReturn:
    """End the process without waiting for threads: those in the solver's own code cannot be told to stop."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.flush()
    os._exit(code)


def _fulfil(outcome: Future[T], work: Callable[[threading.Event], T], stop: threading.Event) -> None:
    try:
        outcome.set_result(work(stop))
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
        outcome.set_exception(error)


@contextmanager
def _signals_to(stop: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM set `stop`, and a SIGINT after that raise KeyboardInterrupt."""

    def handle(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    former = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)

"""The cases of a sweep on the workers of a Dask cluster, behind the same kind of executor as on this machine."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Future
from typing import Any

from distributed import Client, Security, get_worker

from matcher.case_run import Done, Failed, Job, run_case
from matcher.errors import MatcherError
from matcher.executors import LostError
from matcher.repeats import other_versions
from matcher.run_files import versions
from matcher.scenarios import Base

TIMEOUT_SECONDS = 10
COUNT_SECONDS = 5
"""How long a count of workers holds."""
POLL_SECONDS = 0.5
NAMED = 3
EVERYWHERE = "every worker needs matcher in the same versions as here (docs/cluster.md)"


class Cluster:
    """The workers of a cluster; they need no disk in common with this machine.

    Each gets the base once. Dask itself hands out again what a lost worker had; only what has cost several workers
    comes back as lost.
    """

    shares_fate = False

    def __init__(self, base: Base, address: str) -> None:
        """Connect, and look whether the workers would give the same answers as this machine.

        Raises
        ------
        MatcherError
            If there is no scheduler, no worker, or one with other versions.
        """
        self._base, self._address = base, address
        self._threads, self._counted = 0, 0.0
        _check_address(address)
        _be_quiet()
        try:
            self._client = Client(address, timeout=TIMEOUT_SECONDS, name="matcher", set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
            raise MatcherError(f"{address}: no Dask scheduler answers there ({_first_line(error)})") from None
        try:
            self._check_workers()
            self._share()
        except BaseException:
            self._client.close(timeout=POLL_SECONDS)
            raise
        self._executor = self._client.get_executor(pure=False)

    @property
    def room(self) -> int:
        """How many jobs it should hold at a time: workers may come and go."""
        if time.monotonic() - self._counted > COUNT_SECONDS:
            with contextlib.suppress(Exception):  # while it is out of reach, the last count will do
                self._threads = sum(self._client.nthreads().values())
            self._counted = time.monotonic()
        return max(1, 2 * self._threads)

    def submit(self, job: Job) -> Future[Done | Failed]:
        """Hand out a job."""
        try:
            future: Future[Done | Failed] = self._executor.submit(_work, self._shared, job)
        except Exception as error:
            raise BrokenExecutor(str(error)) from error
        return future

    def renew(self) -> None:
        """Share the base again if it is lost; LostError if the cluster is."""
        try:
            if self._shared.status != "finished":
                self._share()
        except Exception as error:  # noqa: BLE001 - Dask has many ways to say so
            what = "the Dask cluster is lost; the same command goes on where this one stopped"
            raise LostError(f"{self._address}: {what} ({_first_line(error)})") from None

    def close(self, *, kill: bool = False) -> None:
        """Leave the cluster; with `kill`, it gives up what it is doing."""
        with contextlib.suppress(Exception):  # it may be gone
            self._executor.shutdown(wait=not kill)
        with contextlib.suppress(Exception):
            self._client.close(timeout=POLL_SECONDS if kill else TIMEOUT_SECONDS)

    def _share(self) -> None:
        self._shared = self._client.scatter(self._base, broadcast=True, hash=False)

    def _check_workers(self) -> None:
        """Refuse workers that would not give the same bytes."""
        found: Mapping[str, Any] = self._client.run(versions, on_error="return")
        if not found:
            raise MatcherError(f"{self._address}: the Dask scheduler has no workers; start some (docs/cluster.md)")
        own, odd = versions(), list[str]()
        for worker, theirs in sorted(found.items()):
            if isinstance(theirs, BaseException):
                odd.append(f"{worker} cannot run matcher ({_first_line(theirs)})")
            elif moved := other_versions(theirs, own):
                odd.append(f"{worker} has {', '.join(moved)}")
        if odd:
            shown = odd[:NAMED] + ([f"{len(odd) - NAMED} more"] if len(odd) > NAMED else [])
            raise MatcherError(f"{self._address}: {EVERYWHERE}: {'; '.join(shown)}")


def _be_quiet() -> None:
    """Let the library's own words out of what people read: connections that break are told by us, once."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)


def _check_address(address: str) -> None:
    """Refuse what could be no scheduler before Dask tries to reach it."""
    if not re.fullmatch(r"[a-z]+://.+:[0-9]+", address):
        raise MatcherError(f"{address}: is no address of a Dask scheduler; expected one like tcp://10.0.0.5:8786")
    if address.startswith("tls:") and Security().get_connection_args("client").get("ssl_context") is None:
        raise MatcherError(f"{address}: Dask knows no certificates for TLS on this machine (docs/cluster.md)")


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


# --- on the workers -----------------------------------------------------------------------------------------


def _work(base: Base, job: Job) -> Done | Failed:
    """Solve a case, and stop when nobody wants it any more."""
    stop, over = threading.Event(), threading.Event()
    threading.Thread(target=_stop_if_unwanted, args=(_wanted(), stop, over), daemon=True).start()
    try:
        return run_case(base, job, stop=stop)
    finally:
        over.set()


def _wanted() -> Callable[[], bool]:
    """Tells whether the scheduler still asks this worker for the task that is running."""
    worker = get_worker()
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state == "executing"

    return wanted


def _stop_if_unwanted(wanted: Callable[[], bool], stop: threading.Event, over: threading.Event) -> None:
    while not over.wait(POLL_SECONDS):
        if not wanted():
            stop.set()
            return

"""Where cases and draws are solved: processes on this machine, behind a `concurrent.futures` executor."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import multiprocessing.util
import os
import secrets
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import spawn
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

from matcher.case_run import Done, Failed, Job, run_case
from matcher.errors import MatcherError
from matcher.held import clear_temporary, hold

POLL_SECONDS = 0.05
ENDED = "the processes were ended"
_STARTING = threading.Lock()
"""Held while a process starts."""


class LostError(MatcherError):
    """There are no workers any more, and there will be none."""


class Pool(Protocol):
    """Takes jobs; a future that ends with an error is one whose worker was lost."""

    shares_fate: bool
    """Whether all that it holds is lost with one worker."""

    @property
    def room(self) -> int:
        """How many jobs it should hold at a time, so that no worker waits."""

    def submit(self, job: Job) -> Future[Done | Failed]:
        """Hand out a job."""

    def renew(self) -> None:
        """Start anew after a worker was lost; LostError if that is not possible."""

    def close(self, *, kill: bool = False) -> None:
        """End the workers; with `kill`, in the middle of what they are doing."""


Work = Callable[[Any, Any, str], Any]
"""Does a job: is given the base, the job and a folder for temporary files. It must give errors, not raise them."""


class Processes:
    """Processes on this machine.

    Each gets the base once, and does the `work` of one job after the other: the cases of a sweep unless another is
    given. They do not hear Ctrl-C, which is for the main process alone, and end by themselves when that is gone.
    """

    shares_fate = True

    def __init__(self, base: object, workers: int, work: Work = run_case) -> None:
        self._base, self._workers, self._job = base, workers, work
        self._ending, self._closed = threading.Lock(), False
        clear_temporary(Path(tempfile.gettempdir()))
        self._scratch = str(Path(tempfile.gettempdir()) / f"matcher-{secrets.token_hex(16)}")
        self._start()

    @property
    def room(self) -> int:
        """Two for each process."""
        return 2 * self._workers

    def _start(self) -> None:
        self._context = _Context()
        self._executor = ProcessPoolExecutor(
            self._workers,
            mp_context=self._context,
            initializer=_begin,
            initargs=(self._base, self._job, self._scratch),
        )

    def submit(self, job: object) -> Future[Any]:
        """Hand out a job; may start a process. LostError if another thread ends them just now."""
        with _no_interrupt():
            return self._executor.submit(_work, job)

    def renew(self) -> None:
        """Start anew after a process was lost."""
        with self._ending:
            if self._closed:
                raise LostError(ENDED)
            self._end(kill=True)
            self._start()

    def close(self, *, kill: bool = False) -> None:
        """End the processes and remove what they left; with `kill`, also while another thread hands out jobs."""
        if kill:  # before waiting for another thread that ends them in peace
            self._context.kill()
        with self._ending:
            self._closed = True
            if not kill:  # nobody works there any more, and while processes end nobody watches
                shutil.rmtree(self._scratch, ignore_errors=True)
            self._end(kill=kill)
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _end(self, *, kill: bool) -> None:
        if kill:
            self._context.kill()
        # The thread that finds processes killed closes the pipe on which this would wake it, perhaps just now:
        # then it need not be woken, but still be waited for.
        with contextlib.suppress(OSError):
            self._executor.shutdown(wait=True, cancel_futures=True)
            return
        self._executor.shutdown(wait=True, cancel_futures=True)


class _Process(SpawnProcess):
    """A process that does not run the script of who calls: all that it does stands in this module.

    So it is no matter what stands in that script, or that there is none, as with `python -` or a pipe.
    """

    unwanted = False

    def start(self) -> None:
        with _STARTING:
            if self.unwanted:
                self._args = ()  # pipes and locks, which an error would hold on to
                raise LostError(ENDED)
            super().start()

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: ANN401, N802 - as the method it stands for
        usual = spawn.get_preparation_data
        spawn.get_preparation_data = lambda name: _without_script(usual(name))
        try:
            return SpawnProcess._Popen(process_obj)  # noqa: SLF001 - of its own base
        finally:
            spawn.get_preparation_data = usual


def _without_script(told: dict[str, Any]) -> dict[str, Any]:
    """What a new process is told, but for the script that it would run first."""
    return {key: value for key, value in told.items() if not key.startswith("init_main_")}


class _Context(SpawnContext):
    """Starts processes afresh, without what this one has in memory, and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self._made: list[_Process] = []
        self._killed = False

    def Process(self, *arguments: Any, **options: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: ANN401, N802 - as the class it stands for
        process = _Process(*arguments, **options)
        with _STARTING:
            process.unwanted = self._killed
            self._made.append(process)
        return process

    def kill(self) -> None:
        """End all processes in the middle of what they are doing, and start no more.

        One that starts just now is waited for: without what this process still has to tell it, it would complain.
        """
        with _STARTING:
            self._killed = True
            for process in self._made:
                process.unwanted = True
                if process.pid is not None:
                    process.kill()


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Let no Ctrl-C reach this thread, nor, until it knows what to do, a process that it starts."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


# --- in the processes ---------------------------------------------------------------------------------------


_HERE: dict[str, Any] = {}
"""What a process got when it began."""


def _begin(base: object, work: Work, scratch: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(1_000_000, 10, 10)  # as in the main process: there is hardly a cycle to find
    _HERE.update(base=base, work=work, scratch=scratch)
    _hold_scratch()
    # Whichever of its threads ends first when the main process is gone, nothing is left behind.
    multiprocessing.util.Finalize(None, _tidy, args=(scratch,), exitpriority=0)
    threading.Thread(target=_end_with_parent, args=(scratch,), daemon=True).start()


def _hold_scratch() -> None:
    """Make the folder for temporary files unless it is there, and hold it, so that nobody else removes it."""
    scratch = Path(_HERE["scratch"])
    while _HERE.get("held") != (_inode(scratch) or 0):
        scratch.mkdir(mode=0o700, exist_ok=True)
        handle = hold(scratch)
        _HERE["held"] = _inode(scratch) if handle is None else os.fstat(handle).st_ino


def _inode(folder: Path) -> int | None:
    """Which folder it is; None if it is gone."""
    try:
        return folder.stat().st_ino
    except OSError:
        return None


def _end_with_parent(scratch: str) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _tidy(scratch)
        os._exit(1)


def _tidy(scratch: str) -> None:
    """Remove the folder for temporary files where the main process is no longer there to do it."""
    parent = multiprocessing.parent_process()
    while parent is not None and not parent.is_alive() and Path(scratch).exists():
        shutil.rmtree(scratch, ignore_errors=True)  # as long as others write there, some of it may be back
        time.sleep(POLL_SECONDS)


def _work(job: object) -> Any:  # noqa: ANN401 - whatever the work gives
    _hold_scratch()  # systems tidy up during long sweeps
    return _HERE["work"](_HERE["base"], job, _HERE["scratch"])

"""Cases of a cohort -> a folder with a run of each: what is done is kept, the rest is solved side by side."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field
from threading import Event
from typing import Literal

from matcher.case_run import Done, Failed, Job
from matcher.errors import InputError, MatcherError, StoppedError
from matcher.executors import LostError, Pool
from matcher.publication import is_published
from matcher.run_files import versions
from matcher.runs import REPORTS
from matcher.scenarios import Base, Case
from matcher.sweep_file import Known, SweepFolder, key_of, read_files

POLL_SECONDS = 0.2
GRACE_SECONDS = 2.0
"""What is nearly done may still come to its end after an interrupt."""
WORKERS_LOST = 3
"""After so many the case is to blame."""
LOST = (
    f"{WORKERS_LOST} processes that worked on it came to a sudden end: is there too little memory for this case?"
)

How = Literal["kept", "copied", "solved", "reported"]


@dataclass(frozen=True)
class Swept:
    """What became of the cases: how each got its run, or why it has none; those in neither were not reached.

    `lost` says what ended a sweep that had no workers any more.
    """

    done: Mapping[str, How]
    failed: Mapping[str, Failed]
    interrupted: bool = False
    lost: str = ""

    @property
    def complete(self) -> bool:
        """Whether every case was reached."""
        return not self.interrupted and not self.lost


@dataclass(frozen=True)
class Wishes:
    """What is asked of every case: the limit in seconds, what people read, everything anew."""

    time_limit: float = 600
    report: bool = False
    again: bool = False


def sweep(
    base: Base,
    cases: Sequence[Case],
    folder: SweepFolder,
    make_pool: Callable[[], Pool],
    wishes: Wishes,
    *,
    progress: Callable[[str], None] = lambda _line: None,
    stop: Event | None = None,
) -> Swept:
    """Give every case its run.

    A case whose inputs, settings and versions are those of a run that is there is not solved; of cases that turn
    out the same, one is. What goes wrong with a case does not keep the others from being solved.

    Parameters
    ----------
    folder
        Opened by `open_sweep`. Each run is put in place as soon as it is done.
    make_pool
        Is called when the first case must be solved.
    stop
        When it is set, no new case is begun, and those that do not end within seconds are given up.

    Raises
    ------
    OSError, TargetError
        If a run cannot be written.
    """
    work = _Sweep(base, folder, make_pool, wishes, progress, stop or Event(), waiting=deque(cases))
    work.total = len(cases)
    lost = ""
    try:
        work.run()
    except LostError as error:
        lost = str(error)
    finally:
        work.close()
    return Swept(work.done, work.failed, interrupted=work.stop.is_set(), lost=lost)


def plan(base: Base, cases: Sequence[Case], folder: SweepFolder | None, wishes: Wishes) -> dict[str, bool]:
    """Tell of every case whether it would have to be solved, or tried where its tables cannot be changed."""
    known = set[str]()
    if folder is not None and not wishes.again:
        known = {run.key for run in folder.whole.values() if run.serves(wishes.time_limit)}
    to_do = {}
    for case in cases:
        try:
            key = case_key(base, case)
        except InputError:
            to_do[case.name] = True
            continue
        to_do[case.name] = key not in known
        known.add(key)
    return to_do


def case_key(base: Base, case: Case) -> str:
    """What the run of a case depends on; InputError where its tables cannot be changed as it says."""
    return key_of(base.inputs(case), {**base.overrides, **case.settings}, versions())


@dataclass
class _Task:
    """A case that is being solved, and those that wait for its run because they are the same."""

    case: Case
    key: str
    limit: float | None
    files: Done | None = None
    same: list[Case] = field(default_factory=list)
    lost: int = 0


@dataclass
class _Sweep:
    """One sweep on its way."""

    base: Base
    folder: SweepFolder
    make_pool: Callable[[], Pool]
    wishes: Wishes
    progress: Callable[[str], None]
    stop: Event
    waiting: deque[Case]
    total: int = 0
    done: dict[str, How] = field(default_factory=dict)
    failed: dict[str, Failed] = field(default_factory=dict)
    running: dict[Future[Done | Failed], _Task] = field(default_factory=dict)
    again: deque[_Task] = field(default_factory=deque)
    tasks: dict[str, _Task] = field(default_factory=dict)
    pool: Pool | None = None
    began: float = 0.0
    worked: int = 0

    def __post_init__(self) -> None:
        """Note what every worker must have."""
        self.versions = versions()
        self.solved = set[str]()

    def run(self) -> None:
        """Go on until every case has its run or has failed, or somebody stops it."""
        while self.waiting or self.again or self.running:
            if self.stop.is_set():
                self._collect(GRACE_SECONDS)
                return
            self._fill()
            self._collect(POLL_SECONDS)

    def close(self) -> None:
        """End the workers; those that still work are not waited for."""
        if self.pool is not None:
            self.pool.close(kill=bool(self.running))

    # --- handing out --------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Hand out cases until the pool holds enough; one that has cost workers is alone there."""
        while self.again and not self._alone():
            if self.again[0].lost >= WORKERS_LOST - 1 and self.running:
                return
            self._submit(self.again.popleft())
        while self.waiting and not self._alone() and len(self.running) < self._room():
            if self.stop.is_set():
                return
            self._begin(self.waiting.popleft())

    def _alone(self) -> bool:
        return any(task.lost >= WORKERS_LOST - 1 for task in self.running.values())

    def _room(self) -> int:
        return 1 if self.pool is None else self.pool.room

    def _begin(self, case: Case) -> None:
        """Find the run of a case, or have it solved."""
        try:
            self.folder.check_target(case.name)
            key = case_key(self.base, case)
        except InputError as error:
            self._fail(case, Failed(error.exit_code, str(error), error.faults))
            return
        except MatcherError as error:
            self._fail(case, Failed(error.exit_code, str(error)))
            return
        if key in self.tasks:
            self.tasks[key].same.append(case)
            return
        source, own = self.folder.best.get(key), self.folder.run_of(case.name)
        if is_published(self.folder.runs / case.name):
            self._keep_published(case, same=own is not None and own.key == key)
            return
        if own is not None and own.key == key and own.serves(self.wishes.time_limit):
            source = own
        if source is None or not self._serves(source):
            self._submit(_Task(case, key, self.wishes.time_limit))
        else:
            self._use(case, source)

    def _keep_published(self, case: Case, *, same: bool) -> None:
        """Leave a run alone that is the record: it is the case's, or the case fails."""
        if same:
            self._tick(case, "kept")
            return
        where = self.folder.runs / case.name
        message = (
            f"{where}: holds a published run of another version of this case, which is never replaced; copy it "
            "elsewhere, or rename the case"
        )
        self._fail(case, Failed(MatcherError.exit_code, message))

    def _serves(self, source: Known) -> bool:
        """Whether a run will do: one of this very sweep always, one of an earlier sweep perhaps."""
        if source.key in self.solved:
            return True
        return not self.wishes.again and source.serves(self.wishes.time_limit)

    def _use(self, case: Case, source: Known) -> None:
        """Take a run that is there; where people read it, it may lack what they read."""
        lacking = [name for name in REPORTS if not (source.path / name).is_file()]
        if self.wishes.report and lacking:
            self._submit(_Task(case, source.key, source.limit, read_files(source.path)))
        elif source.path == self.folder.runs / case.name:
            self._tick(case, "kept")
        else:
            self.folder.put(case.name, read_files(source.path), source.limit)
            self._tick(case, "copied")

    def _submit(self, task: _Task) -> None:
        if self.pool is None:
            self.pool, self.began = self.make_pool(), time.monotonic()
        self.tasks[task.key] = task
        wishes = self.wishes
        job = Job(task.case, wishes.time_limit, self.versions, wishes.report, task.files)
        try:
            self.running[self.pool.submit(job)] = task
        except BrokenExecutor:  # noticed before any of its futures was
            self.again.append(task)
            self._recover([])

    # --- taking in ----------------------------------------------------------------------------------------------

    def _collect(self, seconds: float) -> None:
        """Take in what is done within so many seconds; it returns at the first."""
        if not self.running:
            return
        deadline = time.monotonic() + seconds
        lost = self._take(wait(self.running, timeout=seconds, return_when=FIRST_COMPLETED).done)
        while self.stop.is_set() and self.running and not lost and (left := deadline - time.monotonic()) > 0:
            lost = self._take(wait(self.running, timeout=left, return_when=FIRST_COMPLETED).done)
        if lost and not self.stop.wait(POLL_SECONDS):  # a SIGTERM may have reached the workers first
            self._recover(lost)

    def _take(self, futures: set[Future[Done | Failed]]) -> list[_Task]:
        """Take in what these futures have; give the tasks whose workers were lost."""
        lost = []
        for future in futures:
            task = self.running.pop(future)
            try:
                result = future.result()
            except Exception:  # noqa: BLE001 - whatever a pool makes of a lost worker
                lost.append(task)
                continue
            if isinstance(result, Failed) and result.code == StoppedError.exit_code:
                lost.append(task)
            else:
                self._settle(task, result)
        return lost

    def _settle(self, task: _Task, result: Done | Failed) -> None:
        del self.tasks[task.key]
        if isinstance(result, Failed):
            for case in (task.case, *task.same):
                self._fail(case, result)
            return
        known = self.folder.put(task.case.name, result, task.limit)
        self.solved.add(known.key)
        self._tick(task.case, "solved" if task.files is None else "reported")
        for case in task.same:
            self._use(case, known)

    def _recover(self, lost: Sequence[_Task]) -> None:
        """Start the pool anew, and hand out again what it held."""
        held = list(lost)
        if self.pool is not None:
            held += self._take_rest() if self.pool.shares_fate else []
            self.pool.renew()
        for task in held:
            task.lost += 1
            if task.lost >= WORKERS_LOST:
                self._settle(task, Failed(MatcherError.exit_code, LOST))
            else:
                self.again.append(task)

    def _take_rest(self) -> list[_Task]:
        """What else a broken pool held: some of it may be done."""
        wait(self.running, timeout=GRACE_SECONDS)
        lost = self._take({future for future in self.running if future.done()})
        rest = list(self.running.values())
        self.running.clear()
        return [*lost, *rest]

    # --- telling ------------------------------------------------------------------------------------------------

    def _tick(self, case: Case, how: How) -> None:
        self.done[case.name] = how
        self.worked += how in ("solved", "reported")
        self._tell(case)

    def _fail(self, case: Case, failed: Failed) -> None:
        self.failed[case.name] = failed
        self._tell(case)

    def _tell(self, case: Case) -> None:
        solved = self.worked
        over = len(self.done) + len(self.failed)
        spent = time.monotonic() - self.began
        left = spent / solved * (self.total - over) if solved else None
        self.progress(progress_line(over, self.total, len(self.failed), left, case.name))


def progress_line(over: int, total: int, failed: int, left: float | None, name: str) -> str:
    """How far a sweep has come; `left` in seconds.

    >>> progress_line(37, 201, 2, 80.4, "grid,minutes=30")
    '37 of 201 cases, 2 failed, about 1 min 20 s left: grid,minutes=30'
    """
    parts = [f"{over} of {total} cases"]
    if failed:
        parts.append(f"{failed} failed")
    if left is not None and over < total:
        parts.append(f"about {in_words(left)} left")
    return f"{', '.join(parts)}: {name}"


def in_words(seconds: float) -> str:
    """A length of time, roughly.

    >>> in_words(7), in_words(80), in_words(4000)
    ('7 s', '1 min 20 s', '1 h 7 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"

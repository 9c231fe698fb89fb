"""Rehearse a plan: many draws, each repaired, on as many processors as there are."""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import NamedTuple

from matcher.earlier import repair_at
from matcher.errors import Fault, MatcherError, OwnAnswerError, StoppedError, lacks_memory, reason
from matcher.executors import LostError, Processes
from matcher.model import Cohort
from matcher.programme import day_date
from matcher.rehearsal import Ground, Outcome, run_draw
from matcher.rehearsal_damage import find_damage
from matcher.rehearsal_draw import Share, Wish, case_of, date_of, draw
from matcher.run_plans import Plan, read_plan
from matcher.scenarios import Base
from matcher.sweep import progress_line

POLL_SECONDS = 0.2
WORKERS_LOST = 3
"""After so many sudden ends of processes it is given up."""
INTERNAL = 5
Tell = Callable[[str], None]


class Wrong(NamedTuple):
    """An error of a draw: its number, what the exit code of a command would be, and what is said."""

    number: int
    code: int
    message: str


@dataclass(frozen=True)
class Rehearsal:
    """What many draws have done to a plan.

    `numbers` are the draws that were asked for, `outcomes` those that were done and `failed` those that ended with
    an error, by number. `lost` says what ended it early where that was no interrupt. `warnings` tell what of the
    plan does not hold even without a draw.
    """

    cohort: Cohort
    plan: Plan
    wish: Wish
    numbers: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    failed: tuple[Wrong, ...] = ()
    warnings: tuple[Fault, ...] = ()
    interrupted: bool = False
    lost: str = ""


def rehearse(
    cohort: Cohort,
    run: str | Path,
    *,
    draws: int | Sequence[int] = 100,
    refusals: str | int = "5%",
    absences: str | int = "5%",
    cancellations: str | int = "5%",
    seed: int = 0,
    as_of: dt.date | None = None,
    time_limit: float = 600,
    workers: int = 1,
    progress: Tell | None = None,
    stop: Event | None = None,
) -> Rehearsal:
    """Draw what may happen to a plan during the quarter, repair it each time, and tell what is left of it.

    Parameters
    ----------
    cohort
        As its files are now.
    run
        The plan: what `matcher solve` or a rematch wrote.
    draws
        How many, or which ones by their numbers.
    refusals, absences, cancellations
        A share such as `"5%"`, with which each pair is refused, each person in a pair is away for one to four
        weeks, and each session from the date on finds one of the two busy; or how many.
    seed
        Of all draws.
    as_of
        The date on which it happens; None lets each draw draw a day of the programme.
    time_limit
        Seconds for the repair of each draw.
    workers
        Processes; nothing but the seconds depends on it.
    progress
        Called with a short line after each draw.
    stop
        When it is set, the draws done so far are returned.

    Raises
    ------
    ValueError
        For a share that is none.
    InputError, MatcherError
        If the run cannot be read or is one of another programme, as for a rematch.
    """
    refused, absent, cancelled = (Share.parse(str(share)) for share in (refusals, absences, cancellations))
    wish = Wish(refused, absent, cancelled, seed, as_of)
    numbers = tuple(range(1, draws + 1)) if isinstance(draws, int) else tuple(dict.fromkeys(draws))
    return rehearse_wish(cohort, Path(run), wish, numbers, Way(time_limit, workers, progress, stop))


class Way(NamedTuple):
    """How it is done: seconds for each draw, processes, who is told, and what stops it.

    `pools` is given the processes that are started, for whoever must end them at once.
    """

    time_limit: float = 600
    workers: int = 1
    progress: Tell | None = None
    stop: Event | None = None
    pools: list[Processes] | None = None


def rehearse_wish(cohort: Cohort, run: Path, wish: Wish, numbers: Sequence[int], way: Way) -> Rehearsal:
    """Do what `rehearse` does, with shares that were read."""
    plan = read_plan(cohort, run)
    if not plan.pairs:
        raise MatcherError(f"{run}: has no pairs, so there is nothing to rehearse")
    warnings = _stale(cohort, plan, wish)
    ground = Ground(cohort, plan, wish, way.time_limit)
    rehearser = _Rehearser(ground, numbers, way.progress or _silent, way.stop or Event())
    workers = min(way.workers, len(numbers))
    lost = ""
    try:
        if workers > 1:
            pool = Processes(ground, workers, draw_job)
            if way.pools is not None:
                way.pools.append(pool)
            rehearser.side_by_side(pool)
        else:
            rehearser.in_turn()
    except LostError as error:
        lost = str(error)
    done = tuple(rehearser.done[number] for number in sorted(rehearser.done))
    failed = tuple(sorted(rehearser.failed))
    interrupted = rehearser.stop.is_set() and len(done) + len(failed) < len(numbers)
    told = (*plan.warnings, *warnings)
    return Rehearsal(cohort, plan, wish, tuple(numbers), done, failed, told, interrupted, lost)


def changed_files(rehearsal: Rehearsal, folder: str | Path) -> dict[str, bytes]:
    """The cohort in `folder` as its files would be after the first draw of a rehearsal, by name."""
    cohort, plan, outcome = rehearsal.cohort, rehearsal.plan, rehearsal.outcomes[0]
    before = repair_at(cohort, plan, date_of(cohort, plan, rehearsal.wish, outcome.number))
    index = {employee_id: person for person, employee_id in enumerate(cohort.employees.ids)}
    lifted = [(index[mentee], index[mentor]) for mentee, mentor in outcome.lifted]
    case = case_of(cohort, draw(before, rehearsal.wish, outcome.number), lifted)
    return Base.open(folder, cohort.overrides).files(case)


def _silent(_line: str) -> None:
    """Tell nobody."""


def _stale(cohort: Cohort, plan: Plan, wish: Wish) -> tuple[Fault, ...]:
    """A warning where the plan does not hold with the files as they are now."""
    start = cohort.programme.frame.start
    repair = repair_at(cohort, plan, wish.as_of or (start if plan.as_of is None else day_date(plan.as_of)))
    damage = find_damage(repair, cohort)
    hurt = len(plan.pairs) - len(damage.surviving)
    fallen = sum(map(len, damage.fallen.values()))
    if not hurt and not fallen:
        return ()
    message = (
        f"does not hold as the cohort is now: pairs that need a repair: {hurt}, sessions that fall out: {fallen}"
    )
    return (Fault(plan.place, f"{message}; every draw counts them as well, so run 'matcher rematch' first"),)


def draw_job(ground: Ground, number: int, scratch: str | None, stop: Event | None = None) -> Outcome | Wrong:
    """Do a draw in whatever process it lands in; errors are given, not raised."""
    try:
        return run_draw(ground, number, stop, scratch)
    except OwnAnswerError as error:
        return Wrong(number, error.exit_code, str(error))
    except MatcherError as error:
        return Wrong(number, error.exit_code, str(error))
    except OSError as error:
        return Wrong(number, MatcherError.exit_code, reason(error))
    except Exception as error:  # noqa: BLE001 - told by the process that asked
        if lacks_memory(error):
            return Wrong(number, MatcherError.exit_code, "there is not enough memory")
        return Wrong(number, INTERNAL, f"internal error, a bug in matcher: {type(error).__name__}: {error}")
    finally:
        gc.collect()  # a search holds itself in circles


class _Rehearser:
    """A rehearsal on its way."""

    def __init__(self, ground: Ground, numbers: Sequence[int], tell: Tell, stop: Event) -> None:
        self.ground, self.tell, self.stop = ground, tell, stop
        self.total, self.waiting = len(numbers), deque(numbers)
        self.done: dict[int, Outcome] = {}
        self.failed: list[Wrong] = []
        self.began = time.monotonic()

    def in_turn(self) -> None:
        """Do one draw after the other, here."""
        while self.waiting and not self.stop.is_set():
            number = self.waiting.popleft()
            result = draw_job(self.ground, number, None, self.stop)
            if isinstance(result, Wrong) and result.code == StoppedError.exit_code:
                return
            self._take(number, result)

    def side_by_side(self, pool: Processes) -> None:
        """Do several at a time, each in a process of the pool."""
        with _opened(pool):
            running: dict[Future[Outcome | Wrong], int] = {}
            ended = 0
            while (self.waiting or running) and not self.stop.is_set():
                lost = self._fill(pool, running) + self._collect(running)
                if not lost or self.stop.wait(POLL_SECONDS):  # a SIGTERM may have reached the workers first
                    continue
                ended += 1
                if ended >= WORKERS_LOST:
                    raise LostError(f"{ended} processes came to a sudden end: try fewer --workers, or more memory")
                self.waiting.extendleft(sorted({*lost, *running.values()}, reverse=True))
                running.clear()
                pool.renew()

    def _fill(self, pool: Processes, running: dict[Future[Outcome | Wrong], int]) -> list[int]:
        """Hand out draws; those that could not be."""
        while self.waiting and len(running) < pool.room:
            number = self.waiting.popleft()
            try:
                running[pool.submit(number)] = number
            except BrokenExecutor:
                return [number]
        return []

    def _collect(self, running: dict[Future[Outcome | Wrong], int]) -> list[int]:
        """Take in what is done; the draws whose process was lost."""
        lost = []
        for future in wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED).done:
            number = running.pop(future)
            try:
                result = future.result()
            except Exception:  # noqa: BLE001 - whatever a pool makes of a lost worker
                lost.append(number)
                continue
            self._take(number, result)
        return lost

    def _take(self, number: int, result: Outcome | Wrong) -> None:
        if isinstance(result, Wrong):
            self.failed.append(result)
        else:
            self.done[number] = result
        spent, bad = time.monotonic() - self.began, len(self.failed)
        over = len(self.done) + bad
        left = spent / over * (self.total - over)
        self.tell(progress_line(over, self.total, bad, left, f"draw {number}").replace(" cases", " draws", 1))


@contextmanager
def _opened(pool: Processes) -> Iterator[Processes]:
    """A pool that is closed in the end; what still runs then is not waited for."""
    try:
        yield pool
    finally:
        pool.close(kill=True)

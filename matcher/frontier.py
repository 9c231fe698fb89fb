"""What more mentees with a mentor cost: the exact trade-off of the first goal with others, each point proven."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from matcher.classes import make_classes
from matcher.cpsat import Clock
from matcher.cuts import Plan
from matcher.errors import Fault, InputError, LimitError, StoppedError
from matcher.frontier_axes import AXES, Axis, spread
from matcher.frontier_check import Checker, PointError
from matcher.frontier_points import NAMES, RANKS, Front, Frontier, Point, make_front, measure, stricter
from matcher.frontier_ranks import LeastRanks
from matcher.model import Cohort, PriceStatus, Solution, SolvedPair
from matcher.plans import attainable_by
from matcher.solver import Search, solve
from matcher.times import blocks

POINTS = 25


def find_frontier(
    cohort: Cohort,
    axes: Sequence[str] = NAMES,
    *,
    points: int = POINTS,
    time_limit: float = 600,
    workers: int = 1,
    progress: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
) -> Frontier:
    """Find the trade-off between mentees with a mentor and each of the axes.

    Parameters
    ----------
    axes
        Of `NAMES`.
    points
        The most for each axis, at least 2. Where there are more, some are left out evenly, neither end.
    time_limit
        Seconds for each point.
    workers
        Threads that schedule groups side by side; the points do not depend on it.
    progress
        Called with a line for each point.
    stop
        When it is set, the points found so far are returned.

    Raises
    ------
    InputError
        If the locked pairs cannot all be scheduled, or if engagements last only as long as needed.
    LimitError
        If the limit came before any solution of the cohort as it is, or an interrupt before any point.
    """
    if cohort.programme.frame.engagement != "whole":
        message = "trade-offs need engagement 'whole': with 'as-needed' they cannot be worked out yet"
        raise InputError([cohort.placed(Fault("programme.toml", message, column="programme.engagement"))])
    stop = stop or threading.Event()
    finder = _Finder(cohort, points, time_limit, workers, progress or (lambda _line: None), stop)
    fronts = []
    for axis in [name for name in NAMES if name in axes]:
        if stop.is_set():
            break
        fronts.append(finder.ranks() if axis == RANKS else finder.along(axis))
    if stop.is_set() and not any(front.points for front in fronts):
        raise StoppedError("interrupted before any point of a trade-off was found: nothing was written")
    return Frontier(
        own=measure(finder.own.pairs),
        status=finder.own.status,
        seed=finder.own.seed,
        fronts=tuple(fronts),
        mentees=len(cohort.mentees),
        interrupted=stop.is_set(),
        asked=tuple(name for name in NAMES if name in axes),
        seconds=finder.seconds,
    )


class _Finder:
    """A cohort with its own optimum, from which the trade-offs are found."""

    def __init__(  # noqa: PLR0917 - what find_frontier takes
        self,
        cohort: Cohort,
        points: int,
        time_limit: float,
        workers: int,
        tell: Callable[[str], None],
        stop: threading.Event,
    ) -> None:
        self._cohort, self._points, self._time_limit = cohort, points, time_limit
        self._workers, self._tell, self._stop = workers, tell, stop
        self._checker, self._known = Checker(cohort), dict[tuple[str, int], Solution | PriceStatus]()
        self.seconds: dict[str, float] = {}
        begin = time.monotonic()
        search = Search(cohort, self._clock(), workers, tell)
        locks = dict(search.plan)
        search.run(explain=False)
        self.own = search.unexplained()
        self._search, self._plan = search, search.plan
        self._least = LeastRanks(search.joint.problem, locks, search.joint.cuts, tell)
        self._checker.check("the programme as it is", self.own.pairs)
        self.seconds["own"] = time.monotonic() - begin

    def _clock(self) -> Clock:
        return Clock(time.monotonic() + self._time_limit, self._stop)

    # --- the sum of ranks ---------------------------------------------------------------------------------------

    def ranks(self) -> Front:
        """The least sum of ranks, from the most mentees to where all but locked pairs are at the best rank."""
        most = measure(self.own.pairs).mentees
        last = self._at_best_rank(most) if most else 1
        steps = spread(range(most, last - 1, -1), self._points)
        found, plan = list[Point](), self._plan
        for place, mentees in enumerate(steps.values, start=1):
            if self._stop.is_set():
                break
            self._tell(f"ranks, point {place} of {len(steps.values)}: at least {mentees} mentees")
            begin = time.monotonic()
            least = self._least.find(mentees, self._clock(), plan)
            self.seconds[f"ranks {mentees}"] = time.monotonic() - begin
            if self._stop.is_set() and not least.proven:
                break
            pairs, plan = self._solved(least.plan), least.plan
            figures = replace(measure(pairs), sessions=None, fewest=None)
            self._checker.check(f"at least {mentees} mentees", pairs)
            if figures.rank_sum != least.value or figures.mentees < mentees:
                raise PointError(f"our own answer for {mentees} mentees has another sum of ranks than it said")
            setting = "goals.rank=min-cost" if mentees == most and self._min_cost_is_least() else ""
            status: PriceStatus = "optimal" if least.proven else "feasible"
            found.append(Point(RANKS, least.value, least.bound, figures, status, setting))
        exact = steps.complete and self.own.goals[0].status == "optimal" and len(found) == len(steps.values)
        return make_front(RANKS, found, most - last + 1, complete=exact)

    def _min_cost_is_least(self) -> bool:
        """Whether the programme with that goal has the most mentees, and with them the least sum of ranks."""
        one_each = self._cohort.programme.capacity.mentors_per_mentee == 1
        alike = make_classes(self._cohort) is None  # else those who go first may have to take worse ranks
        return one_each and alike and self.own.goals[0].status == "optimal"

    def _at_best_rank(self, most: int) -> int:
        """How many mentees can have a mentor at the best rank of all, or a lock: fewer save no more."""
        if not len(self._least.rank):
            return most
        self._tell("ranks: how many can have the best rank of all")
        solution = self._solution("worst-rank", int(self._least.rank.min()))
        return min(most, measure(solution.pairs).mentees) if isinstance(solution, Solution) else self._least.served

    def _solved(self, plan: Plan) -> tuple[SolvedPair, ...]:
        return self._search.solved(plan)

    @cached_property
    def _longest(self) -> int:
        """The most sessions that any pair could have if it had nobody else to meet."""
        planner, possible = self._search.planner, np.array(self._search.possible, dtype=np.int64)
        numbers = [
            attainable_by(planner.times.open_days(block), planner.times.course[block], planner.rules.cadences).any(
                axis=0
            )
            for block in blocks(possible, planner.turns.at_once)
        ]
        return int(np.flatnonzero(np.any(numbers, axis=0)).max()) if numbers else 0

    # --- the other axes -----------------------------------------------------------------------------------------

    def along(self, name: str) -> Front:
        """The most mentees for each value of an axis, from the programme's own optimum on."""
        axis, found = AXES[name], list[Point]()
        reached = axis.reached(self.own.pairs)
        if reached is None:
            return Front(name, (), 0, complete=not self._stop.is_set())
        found.append(_point(name, axis, reached, self.own))
        picked = spread(axis.stricter(self._cohort, reached, self._longest), self._points - 1)
        for value in picked.values:
            if not stricter(name, value, reached):
                continue
            if self._stop.is_set():
                break
            self._tell(f"{name}: the most mentees at {value}")
            solution = self._solution(name, value)
            if not isinstance(solution, Solution):
                if self._stop.is_set():
                    break
                found.append(Point(name, value, None, None, solution, _setting(axis, value)))
                if solution == "impossible":
                    break
                continue
            got = axis.reached(solution.pairs)
            if got is None:
                break
            found.append(_point(name, axis, got, solution))
            reached = got
        complete = picked.complete and not self._stop.is_set()
        return make_front(
            name, found, 1 + len(axis.stricter(self._cohort, found[0].value, self._longest)), complete=complete
        )

    def _solution(self, name: str, value: int) -> Solution | PriceStatus:
        """The optimum with a rule at a value, checked; or why there is none."""
        if (name, value) not in self._known:
            begin, answer = time.monotonic(), self._solve(AXES[name].changed(self._cohort, value))
            self.seconds[f"{name} {value}"] = time.monotonic() - begin
            if isinstance(answer, Solution):
                self._checker.check(f"{name} {value}", answer.pairs)
                if not AXES[name].keeps(answer.pairs, value):
                    raise PointError(f"our own answer for {name} {value} does not keep it")
            if self._stop.is_set():
                return "no_solution"
            self._known[name, value] = answer
        return self._known[name, value]

    def _solve(self, cohort: Cohort | None) -> Solution | PriceStatus:
        if cohort is None:
            return "impossible"
        try:
            return solve(
                cohort,
                time_limit=self._time_limit,
                workers=self._workers,
                seed=self.own.seed,
                stop=self._stop,
                explain=False,
            )
        except LimitError:
            return "no_solution"
        except InputError:
            return "impossible"


def _setting(axis: Axis, value: int) -> str:
    return f"{axis.key}={value}" if axis.key else ""


def _point(name: str, axis: Axis, value: int, solution: Solution) -> Point:
    mentees = solution.goals[0]
    bound = mentees.bound if isinstance(mentees.bound, int) else None
    return Point(name, value, bound, measure(solution.pairs), mentees.status, _setting(axis, value))

"""What each rule and decision costs: each is relaxed alone, and the cohort solved anew to a proven optimum."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from matcher.carry_over import with_history
from matcher.classes import class_change, make_classes
from matcher.errors import InputError, LimitError, MatcherError, StoppedError
from matcher.goals import profile_change
from matcher.io import input_hashes, parse_override, read_cohort
from matcher.model import Cohort, Pair, Price, PriceStatus, Solution
from matcher.price_decisions import freed_choices, without_decision
from matcher.price_proofs import never_best, never_free
from matcher.price_rules import steps
from matcher.solver import solve


class ChangedError(MatcherError):
    """The cohort's files are no longer those that the solution is about."""


@dataclass(frozen=True)
class Question:
    """What is relaxed alone: a rule, from one value to another, or the decision on a pair."""

    what: str
    now: str
    relaxed: str = ""
    pair: Pair | None = None

    def told(self, cohort: Cohort) -> str:
        """How lines of progress name it."""
        if self.pair is None:
            return self.what
        return f"{self.what} {' with '.join(map(cohort.employees.label, self.pair))}"


def questions(cohort: Cohort) -> tuple[Question, ...]:
    """Everything that has a price: rules in their order, then decisions by mentee and mentor."""
    rules = [Question(step.key, step.now, step.relaxed) for step in steps(cohort.programme)]
    decided = [
        Question(decision.status, decision.status, pair=pair)
        for pair, decision in sorted(cohort.decisions.items())
        if decision.status in ("locked", "forbidden")
    ]
    return (*rules, *decided)


def find_prices(
    cohort: Cohort,
    solution: Solution,
    *,
    time_limit: float = 600,
    workers: int = 1,
    progress: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
) -> tuple[Price, ...]:
    """Relax each rule and decision alone, solve anew and tell what changes.

    Parameters
    ----------
    cohort
        As `read_cohort` gave it: rules are relaxed by reading its folder again.
    solution
        Its solution, against which changes count.
    time_limit
        Seconds for each of them.
    workers
        Threads; the prices do not depend on it.
    progress
        Called with a line for each of them.
    stop
        When it is set, the prices found so far are returned.

    Returns
    -------
    One price for each of `questions(cohort)`, in that order; only the first of them if it was stopped.

    Raises
    ------
    ChangedError
        If the files in the cohort's folder are not those that it was read from.
    """
    pricing = _Pricing(cohort, solution, time_limit, workers, stop or threading.Event())
    asked, prices = questions(cohort), []
    for place, question in enumerate(asked, start=1):
        if progress:
            progress(f"price {place} of {len(asked)}: {question.told(cohort)}")
        price = pricing.price(question)
        if price is None:
            break
        prices.append(price)
    return tuple(prices)


class _Pricing:
    """A cohort with its solution, of which prices are asked one by one."""

    def __init__(
        self, cohort: Cohort, solution: Solution, time_limit: float, workers: int, stop: threading.Event
    ) -> None:
        self._cohort, self._solution, self._stop = cohort, solution, stop
        self._time_limit, self._workers = time_limit, workers
        self._refuse_changed(input_hashes(cohort.folder))
        asked = freed_choices(cohort)
        self._open = set(asked)
        if cohort.programme.frame.engagement == "whole":  # else places follow each other, which takes a solve
            self._open -= never_best(cohort, solution, asked) | never_free(cohort, asked)

    def price(self, question: Question) -> Price | None:
        """What a rule or decision costs; None if it was stopped before that was known."""
        if self._stop.is_set():
            return None
        if question.what == "forbidden" and question.pair not in self._open:
            return self._change(question, self._solution)
        try:
            relaxed = self._solve(self._relaxed(question))
        except StoppedError:
            return None
        except LimitError:
            return _blank(question, "no_solution")
        except InputError:
            self._refuse_changed(input_hashes(self._cohort.folder))
            return _blank(question, "impossible")
        return None if relaxed.interrupted else self._change(question, relaxed)

    def _solve(self, cohort: Cohort) -> Solution:
        return solve(
            cohort,
            time_limit=self._time_limit,
            workers=self._workers,
            seed=self._solution.seed,
            stop=self._stop,
            explain=False,
        )

    def _relaxed(self, question: Question) -> Cohort:
        if question.pair is not None:
            return without_decision(self._cohort, question.pair)
        key, value = parse_override(f"{question.what}={question.relaxed}")
        relaxed = read_cohort(self._cohort.folder, {**self._cohort.overrides, key: value})
        self._refuse_changed(relaxed.inputs)
        return with_history(relaxed, self._cohort.history)

    def _refuse_changed(self, inputs: object) -> None:
        if inputs != self._cohort.inputs:
            folder = self._cohort.folder
            raise ChangedError(f"{folder}: its files have changed since they were read; solve the cohort again")

    def _change(self, question: Question, relaxed: Solution) -> Price:
        mentees, pairs, sessions = (
            after - before for before, after in zip(_sizes(self._solution), _sizes(relaxed), strict=True)
        )
        kind = self._cohort.programme.goals.rank
        return replace(
            _blank(question, relaxed.status),
            mentees=mentees,
            pairs=pairs,
            priority=_change_of_classes(self._cohort, self._solution, relaxed),
            ranks=change_of_profile(kind, _profile(self._solution), _profile(relaxed)),
            sessions=sessions,
        )


def _blank(question: Question, status: PriceStatus) -> Price:
    return Price(
        what=question.what,
        pair=question.pair,
        now=question.now,
        relaxed=question.relaxed,
        mentees=None,
        pairs=None,
        ranks=None,
        sessions=None,
        status=status,
    )


def _sizes(solution: Solution) -> tuple[int, int, int]:
    """Mentees with a mentor, pairs and sessions."""
    pairs = solution.pairs
    return len({pair.mentee for pair in pairs}), len(pairs), sum(len(pair.sessions) for pair in pairs)


def _change_of_classes(cohort: Cohort, before: Solution, after: Solution) -> str:
    """How many mentees more or fewer of each class have a mentor, as in bottlenecks.csv."""
    classes = make_classes(cohort)
    if classes is None:
        return ""
    known = set(cohort.mentees.tolist())
    had, has = (classes.counts({pair.mentee for pair in one.pairs} & known) for one in (before, after))
    return class_change(classes.keys, [now - then for then, now in zip(had, has, strict=True)])


def _profile(solution: Solution) -> Counter[int]:
    return Counter(pair.rank for pair in solution.pairs if pair.rank is not None)


def change_of_profile(kind: str, before: Counter[int], after: Counter[int]) -> str | int:
    """How ranks change, as in bottlenecks.csv: rank by rank, or the sum for min-cost.

    >>> change_of_profile("greedy", Counter([1, 3]), Counter([1, 1]))
    '1:+1 3:-1'
    >>> change_of_profile("min-cost", Counter([1, 3]), Counter([1, 1]))
    -2
    """
    changes = {rank: after[rank] - before[rank] for rank in before.keys() | after.keys()}
    if kind == "min-cost":
        return sum(rank * change for rank, change in changes.items()) or ""
    return profile_change(changes)

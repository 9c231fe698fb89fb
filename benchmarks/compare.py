"""Which of two answers is better, and what medians, ratios and slopes say."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any, Literal

from benchmarks.measure import Entry

Verdict = Literal["same", "better", "worse", "unproven", "none"]
RANKS = 99


def merit(answer: dict[str, Any], kind: str, goals: int) -> tuple[int, ...]:
    """The first 3 or 4 goals as numbers of which the larger is better, in order."""
    profile = [*answer["rank"], *[0] * (RANKS - len(answer["rank"]))]
    if kind == "min-cost":
        ranks = [-sum(rank * count for rank, count in enumerate(profile, start=1))]
    else:
        ranks = profile if kind == "greedy" else [-count for count in reversed(profile)]
    sessions = [answer["sessions"]] if goals > 3 else []
    return (answer["mentees"], answer["pairs"], *ranks, *sessions)


def worst(entry: Entry, kind: str) -> dict[str, Any] | None:
    """The worst answer of all its runs: what can be relied on; None if it never gave one."""
    real = [answer for answer in entry.answers if "pairs" in answer]
    goals = 4 if real and all("sessions" in answer for answer in real) else 3
    return min(real, key=lambda answer: merit(answer, kind, goals)) if real else None


def verdict(entry: Entry, ours: Entry, kind: str) -> Verdict:
    """How a contestant's answer compares with ours in the goals that both have."""
    theirs, own = worst(entry, kind), worst(ours, kind)
    if theirs is None or own is None:
        return "none"
    goals = 4 if "sessions" in theirs and "sessions" in own else 3
    left, right = merit(theirs, kind, goals), merit(own, kind, goals)
    if left == right:
        return "unproven" if theirs["status"] == "feasible" else "same"
    return "better" if left > right else "worse"


def median(values: Sequence[float]) -> float | None:
    """Median; None for no values."""
    return statistics.median(values) if values else None


def ratio(above: Sequence[float], below: Sequence[float]) -> float | None:
    """Ratio of the medians; None if either has no values."""
    upper, lower = median(above), median(below)
    return None if upper is None or lower is None else upper / lower


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Slope of the straight line that fits log value against log size best."""
    return statistics.linear_regression([math.log(x) for x in sizes], [math.log(y) for y in values]).slope

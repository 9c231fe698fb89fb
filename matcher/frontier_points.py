"""The points of a trade-off: what each reaches, and which ones no other beats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from matcher.frontier_axes import AXES
from matcher.model import PriceStatus, SolvedPair, Status

RANKS = "ranks"
NAMES = (RANKS, *AXES)
"""The axes in the order in which they are told of: sum of ranks, worst rank, sessions of a pair, mentors' load."""

MORE_IS_BETTER = {"sessions"}


@dataclass(frozen=True)
class Figures:
    """What a pairing reaches; worst rank, fewest sessions and largest load are None where there is no such pair.

    Item r-1 of the `profile` counts the pairs at rank r. Ranks of locks that were no choice count nowhere; the
    worst rank is that of pairs that are not locked. `sessions` and `fewest` (of a pair) are None where nobody
    asked for the best of them.
    """

    mentees: int
    pairs: int
    rank_sum: int
    profile: tuple[int, ...]
    worst_rank: int | None
    load: int | None
    sessions: int | None
    fewest: int | None


@dataclass(frozen=True)
class Point:
    """The best for one value on an axis.

    For `ranks` the value is the least sum of ranks for at least as many mentees, which the `bound` limits from
    below. For the others the mentees are the most for the value, which the `bound` limits from above. Where there
    is no answer, `impossible` as the locks cannot keep the value or `no_solution` as the limit came first, there
    are no figures. `front` tells that no other point has as many mentees at a better value, or more at the same.
    `setting` is what `--set` takes to get it, "" where there is no such key.
    """

    axis: str
    value: int
    bound: int | None
    figures: Figures | None
    status: PriceStatus
    setting: str = ""
    front: bool = False

    @property
    def mentees(self) -> int | None:
        """How many have a mentor."""
        return None if self.figures is None else self.figures.mentees


@dataclass(frozen=True)
class Front:
    """The points of one axis, the most mentees first.

    `values` is how many there would be with none left out for want of room, as far as is known. `complete` tells
    that none was left out and all are proven, so that the points on the front are the whole trade-off.
    """

    axis: str
    points: tuple[Point, ...]
    values: int
    complete: bool


@dataclass(frozen=True)
class Frontier:
    """The trade-offs of a cohort beside the figures and the status of the programme's `own` optimum.

    `mentees` is how many there are at all, `asked` which axes were asked for; of these, `interrupted` ones may be
    missing. `seconds` are the only figures that depend on the clock.
    """

    own: Figures
    status: Status
    seed: int
    mentees: int
    asked: tuple[str, ...]
    fronts: tuple[Front, ...]
    interrupted: bool = False
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def cut_short(self) -> bool:
        """Whether a limit or an interrupt left anything open, so that the same input may give other points."""
        points = [point for front in self.fronts for point in front.points]
        return self.interrupted or any(point.status in {"feasible", "no_solution"} for point in points)


def measure(pairs: Sequence[SolvedPair]) -> Figures:
    """Count what a pairing reaches."""
    ranks = Counter(pair.rank for pair in pairs if pair.rank is not None)
    return Figures(
        mentees=len({pair.mentee for pair in pairs}),
        pairs=len(pairs),
        rank_sum=sum(rank * count for rank, count in ranks.items()),
        profile=tuple(ranks[rank] for rank in range(1, max(ranks, default=0) + 1)),
        worst_rank=AXES["worst-rank"].reached(pairs),
        load=AXES["load"].reached(pairs),
        sessions=sum(len(pair.sessions) for pair in pairs),
        fewest=AXES["sessions"].reached(pairs),
    )


def make_front(axis: str, points: Sequence[Point], values: int, *, complete: bool) -> Front:
    """Mark the points that no other one beats; `complete` tells that no value was left out."""
    marked = tuple(
        replace(point, front=point.figures is not None and not any(beats(other, point) for other in points))
        for point in points
    )
    proven = all(point.status in {"optimal", "impossible"} for point in points)
    return Front(axis, marked, values, complete=complete and proven)


def beats(one: Point, other: Point) -> bool:
    """Whether one point has as many mentees at a better value, or more at the same."""
    if one.mentees is None or other.mentees is None:
        return False
    sign = 1 if one.axis in MORE_IS_BETTER else -1
    first, second = (one.mentees, sign * one.value), (other.mentees, sign * other.value)
    return first != second and all(a >= b for a, b in zip(first, second, strict=True))


def stricter(axis: str, value: int, reached: int) -> bool:
    """Whether a value is stricter than one that is kept already."""
    return value > reached if axis in MORE_IS_BETTER else value < reached

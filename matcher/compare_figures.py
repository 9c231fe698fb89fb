"""The figures of a run that are put beside those of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.differences import Side
from matcher.run_reading import plain_text
from matcher.run_tables import SESSIONS, UNMATCHED

REASONS = ("no_eligible_choice", "no_common_time", "mentors_full", "schedule_conflict", "draw")
GOALS = ("mentees", "pairs", "rank", "sessions", "minutes", "regularity")
NOT_ALWAYS = ("priority",)
"""Goals that are told of where any of the runs has them."""


@dataclass(frozen=True)
class Bound:
    """How well a goal is known: its value as the run tells it, the bound, and whether the value is proven best."""

    value: int | list[int]
    bound: int | list[int] | None
    proven: bool


@dataclass(frozen=True)
class Figures:
    """What a run comes to.

    `ranks` counts pairs by rank, `off_list` those without (locks that were no choice); `worst_rank` and
    `mean_rank` are None where no pair has a rank, `mean_rank` has three decimals. `load` counts mentors by their
    mentees, from 1. `regularity` is None where the run has no such goal.
    """

    status: str
    cut_short: bool
    seed: int
    mentees: int
    served: int
    pairs: int
    ranks: tuple[int, ...]
    off_list: int
    rank_sum: int
    worst_rank: int | None
    mean_rank: float | None
    sessions: int
    regularity: int | None
    mentors: int
    load: tuple[int, ...]
    unmatched: Mapping[str, int]
    bounds: Mapping[str, Bound]

    @property
    def without(self) -> int:
        """Mentees without a mentor."""
        return self.mentees - self.served

    @property
    def proven(self) -> bool:
        """Whether mentees, pairs, ranks and sessions are proven best."""
        return self.status == "optimal"


def figures_of(side: Side) -> Figures:
    """Count in the tables of a run; status, seed and bounds are those of its summary."""
    run, ranks = side.run, [rank for rank in side.ranks.values() if rank]
    each, load = Counter(ranks), Counter(Counter(mentor for _mentee, mentor in side.ranks).values())
    reasons = Counter(plain_text(text) for text in run.texts(UNMATCHED, "reason"))
    regularity = run.summary.goal("regularity")
    goals = {goal.name: goal for goal in run.summary.goals}
    return Figures(
        status=run.summary.status,
        cut_short=run.summary.cut_short,
        seed=run.summary.seed,
        mentees=len(side.mentees),
        served=len(side.mentors),
        pairs=len(side.ranks),
        ranks=tuple(each[rank] for rank in range(1, max(each, default=0) + 1)),
        off_list=len(side.ranks) - len(ranks),
        rank_sum=sum(ranks),
        worst_rank=max(ranks, default=None),
        mean_rank=round(sum(ranks) / len(ranks), 3) if ranks else None,
        sessions=len(run.tables[SESSIONS]),
        regularity=regularity.value if regularity and isinstance(regularity.value, int) else None,
        mentors=len({mentor for _mentee, mentor in side.ranks}),
        load=tuple(load[size] for size in range(1, max(load, default=0) + 1)),
        unmatched={code: reasons[code] for code in (*REASONS, *sorted(reasons.keys() - set(REASONS)))},
        bounds={
            name: Bound(goals[name].value, goals[name].bound, goals[name].status == "optimal")
            for name in (*GOALS, *NOT_ALWAYS)
            if name in goals
        },
    )


def spaced(figure: int | list[int] | tuple[int, ...] | None) -> str:
    """A figure, or several with spaces between; blank for none.

    >>> spaced([39, 13, 3])
    '39 13 3'
    """
    if figure is None:
        return ""
    return " ".join(map(str, figure)) if isinstance(figure, list | tuple) else str(figure)

"""The rules by which a programme gives up mentees for something else: each value of one is a cohort of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from matcher.model import Cohort, SolvedPair


class Axis(NamedTuple):
    """One rule that is made stricter, step by step.

    `reached` says for a pairing how strict the rule could be with it; None where it could be as strict as can be.
    `stricter` gives the values that are stricter than one reached, the least strict first, in a cohort of which no
    pair can have more than so many sessions. `changed` gives the
    cohort with the rule at a value, None where the locked pairs cannot keep it. `key` is the key of programme.toml
    that has the value, "" where there is none.
    """

    reached: Callable[[Sequence[SolvedPair]], int | None]
    stricter: Callable[[Cohort, int, int], Sequence[int]]
    changed: Callable[[Cohort, int], Cohort | None]
    keeps: Callable[[Sequence[SolvedPair], int], bool]
    key: str


# --- worst rank: nobody is paired at a worse one, locks excepted ------------------------------------------------


def _worst_rank(pairs: Sequence[SolvedPair]) -> int | None:
    return max((pair.rank for pair in pairs if not pair.locked and pair.rank is not None), default=None)


def _better_ranks(cohort: Cohort, worst: int, _sessions: int) -> list[int]:
    listed = sorted(set(cohort.choices.rank.tolist()), reverse=True)
    return [rank for rank in listed if rank < worst]


def _only_ranks(cohort: Cohort, worst: int) -> Cohort:
    """Take away all choices at worse ranks but those of locked pairs."""
    choices, locks = cohort.choices, set(cohort.locks)
    ends = zip(choices.mentee.tolist(), choices.mentor.tolist(), strict=True)
    keep = (choices.rank <= worst) | np.array([pair in locks for pair in ends], dtype=bool)
    kept = replace(
        choices,
        mentee=choices.mentee[keep],
        mentor=choices.mentor[keep],
        rank=choices.rank[keep],
        mentor_ids=tuple(np.array(choices.mentor_ids, dtype=object)[keep].tolist()),
    )
    return replace(cohort, choices=kept)


# --- load: no mentor has more mentees ---------------------------------------------------------------------------


def _largest_load(pairs: Sequence[SolvedPair]) -> int | None:
    return max(Counter(pair.mentor for pair in pairs).values(), default=None)


def _smaller_loads(_cohort: Cohort, largest: int, _sessions: int) -> range:
    return range(largest - 1, 0, -1)


def _limited(cohort: Cohort, most: int) -> Cohort | None:
    """Let nobody have more mentees; locks may need more."""
    if max(Counter(mentor for _, mentor in cohort.locks).values(), default=0) > most:
        return None
    programme = cohort.programme
    capacity = programme.capacity.model_copy(update={"mentees_per_mentor": most})
    return replace(
        cohort,
        programme=programme.model_copy(update={"capacity": capacity}),
        employees=replace(cohort.employees, capacity=np.minimum(cohort.employees.capacity, most)),
    )


# --- sessions: every pair has at least so many ------------------------------------------------------------------


def _fewest_sessions(pairs: Sequence[SolvedPair]) -> int | None:
    return min((len(pair.sessions) for pair in pairs), default=None)


def _more_sessions(_cohort: Cohort, fewest: int, sessions: int) -> range:
    return range(fewest + 1, sessions + 1)


def _required(cohort: Cohort, minimum: int) -> Cohort:
    programme = cohort.programme
    sessions = programme.sessions.model_copy(update={"minimum": minimum})
    return replace(cohort, programme=programme.model_copy(update={"sessions": sessions}))


def _at_most(reached: Callable[[Sequence[SolvedPair]], int | None]) -> Callable[[Sequence[SolvedPair], int], bool]:
    return lambda pairs, value: (reached(pairs) or 0) <= value


def _at_least(pairs: Sequence[SolvedPair], value: int) -> bool:
    return all(len(pair.sessions) >= value for pair in pairs)


AXES: dict[str, Axis] = {
    "worst-rank": Axis(_worst_rank, _better_ranks, _only_ranks, _at_most(_worst_rank), ""),
    "sessions": Axis(_fewest_sessions, _more_sessions, _required, _at_least, "sessions.minimum"),
    "load": Axis(_largest_load, _smaller_loads, _limited, _at_most(_largest_load), "capacity.mentees_per_mentor"),
}


@dataclass(frozen=True)
class Spread:
    """Some of many values: all of them, or so many with both ends, evenly."""

    values: tuple[int, ...]
    complete: bool


def spread(values: Sequence[int], number: int) -> Spread:
    """Pick at most so many of the values, both ends among them (the last one where only one may be).

    >>> spread(range(1, 10), 3)
    Spread(values=(1, 5, 9), complete=False)
    """
    if len(values) <= number:
        return Spread(tuple(values), complete=True)
    if number < 2:
        return Spread(tuple(values[-1:])[:number], complete=False)
    places = [round(step * (len(values) - 1) / (number - 1)) for step in range(number)]
    return Spread(tuple(values[place] for place in places), complete=False)

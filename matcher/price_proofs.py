"""Prohibitions that change nothing, so that nothing has to be solved to know what they cost.

The two may have no time in common. Or the certificate shows it, which says what a place with each mentor is worth.
At these prices no pairing can be worth more than all places and the best bargain of each mentee together
(docs/model.md). If one mentee has to take a certain pair, the bound falls by what he loses by it: where it falls
below what the run has, no best pairing holds that pair, so that the best pairings are the same whether it is
forbidden or not, and with them the best schedules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import add, sub
from typing import Any

import numpy as np

from matcher.classes import class_key, class_name, make_classes
from matcher.model import Cohort, Pair, Solution
from matcher.plans import attainable_by
from matcher.rules import as_candidates
from matcher.times import meeting_times

POSSIBLE = {"paired", "other_choice_taken", "mentor_full", "schedule_conflict"}
"""Outcomes of the choices that could be scheduled alone."""

PERHAPS = "reverse_pair"
"""Outcome of choices of which some could: they count in bounds, which they can only raise."""

Vector = tuple[int, ...]


def never_best(cohort: Cohort, solution: Solution, ranks: Mapping[Pair, int]) -> frozenset[Pair]:
    """Those of some pairs, now forbidden, of which the certificate shows that no best pairing would hold them.

    Parameters
    ----------
    ranks
        The pairs with the ranks at which they are listed.
    """
    certificate = solution.certificate
    if not ranks or solution.status != "optimal" or not _is_counted(cohort) or not certificate:
        return frozenset()
    bargains = _Bargains(cohort, solution)
    leaves = list(_leaves(cohort, certificate["proof"], certificate))
    value = tuple(certificate["value"])
    totals = [bargains.total(prices, without) for prices, without in leaves]
    return frozenset(
        pair
        for pair, rank in ranks.items()
        if rank in bargains.ranks
        and all(
            bargains.forced(total, prices, without, pair, rank) < value
            for total, (prices, without) in zip(totals, leaves, strict=True)
        )
    )


def never_free(cohort: Cohort, ranks: Mapping[Pair, int]) -> frozenset[Pair]:
    """Those of some pairs, now forbidden, who have too little time in common for any schedule."""
    if not ranks or not _is_counted(cohort):
        return frozenset()
    mentee, mentor = np.array(sorted(ranks), dtype=np.int64).T
    rank = np.array([ranks[pair] for pair in sorted(ranks)], dtype=np.int64)
    pairs = as_candidates(cohort, mentee, mentor, rank)
    times = meeting_times(cohort, pairs)
    possible = attainable_by(times.open_days(np.arange(len(pairs))), times.course, times.cadences)
    return frozenset(pair for pair, numbers in zip(sorted(ranks), possible, strict=True) if not numbers.any())


def _is_counted(cohort: Cohort) -> bool:
    """Whether all best schedules of a pairing have as many sessions: not if a number is to be come close to."""
    return isinstance(cohort.programme.sessions.number, str)


# --- the certificate ----------------------------------------------------------------------------------------

Prices = Mapping[int, Vector]
Leaf = tuple[Prices, frozenset[Pair]]


def _leaves(
    cohort: Cohort,
    proof: Mapping[str, Any],
    certificate: Mapping[str, Any],
    without: frozenset[Pair] = frozenset(),
) -> Iterator[Leaf]:
    """The prices at each end of the proof, and the pairs that are left out there."""
    person = {name: place for place, name in enumerate(cohort.employees.ids)}

    def walk(part: Mapping[str, Any], without: frozenset[Pair]) -> Iterator[Leaf]:
        if "conflict" not in part:
            named = {**certificate["places"], **part.get("places", {})}
            yield {person[name]: tuple(price) for name, price in named.items()}, without
            return
        pairs = certificate["conflicts"][part["conflict"]]["pairs"]
        for (mentee, mentor), case in zip(pairs, part["cases"], strict=True):
            if case is not None:
                yield from walk(case, without | {(person[mentee], person[mentor])})

    yield from walk(proof, without)


@dataclass
class _Bargains:
    """What each mentee can get at given prices for his mentors' places."""

    cohort: Cohort
    solution: Solution
    ranks: set[int] = field(init=False)
    _own: dict[int, dict[int, Vector]] = field(init=False)  # mentee -> mentor -> worth without the price
    _locks: set[Pair] = field(init=False)

    def __post_init__(self) -> None:
        """Collect the possible pairs with what each is worth."""
        choices, names = self.cohort.choices, self.solution.certificate["goals"]
        self._kind, self._names = self.solution.certificate["kind"], names
        self._nothing, self._classes = (0,) * len(names), make_classes(self.cohort)
        self._locks, self._own, self.ranks = set(self.cohort.locks), {}, set()
        listed = zip(choices.mentee.tolist(), choices.mentor.tolist(), choices.rank.tolist(), strict=True)
        possible = dict.fromkeys(self._locks, 0)
        for (mentee, mentor, rank), outcome in zip(listed, self.solution.outcomes, strict=True):
            if outcome.code in POSSIBLE:
                possible[mentee, mentor] = rank
                self.ranks.add(rank)
            elif outcome.code == PERHAPS:
                possible[mentee, mentor] = rank
        for (mentee, mentor), rank in possible.items():
            self._own.setdefault(mentee, {})[mentor] = self.worth(rank)

    def worth(self, rank: int) -> Vector:
        """What a pair at this rank (0 for none) adds to the value of a pairing, but for the mentee served."""
        sign = 1 if self._kind == "greedy" else -1
        parts = {"mentees": 0, "pairs": 1, "rank": -rank, f"rank {rank}": sign}
        return tuple(parts.get(name, 0) for name in self._names)

    def _served(self, mentee: int) -> Vector:
        """What it adds that a mentee has a mentor."""
        own = f"priority {class_name(class_key(self.cohort, mentee))}" if self._classes else ""
        return tuple(int(name in ("mentees", own)) for name in self._names)

    def total(self, prices: Prices, without: Collection[Pair]) -> Vector:
        """The bound on every pairing without some pairs."""
        capacity = self.cohort.employees.capacity
        places = (tuple(int(capacity[mentor]) * part for part in price) for mentor, price in prices.items())
        return self._sum([*places, *(self._best(mentee, prices, without) for mentee in self._own)])

    def forced(self, total: Vector, prices: Prices, without: Collection[Pair], pair: Pair, rank: int) -> Vector:
        """The bound on every such pairing that holds one more pair; less than anything if none can."""
        mentee, mentor = pair
        most = self.cohort.programme.capacity.mentors_per_mentee
        if sum((mentee, other) in self._locks for other in self._own.get(mentee, ())) >= most:
            return (-(10**18),)
        price = prices.get(mentor, self._nothing)
        here = tuple(map(sub, self.worth(rank), price))
        now = self._best(mentee, prices, without, beside=here)
        return tuple(map(sub, map(add, total, now), self._best(mentee, prices, without)))

    def _best(
        self, mentee: int, prices: Prices, without: Collection[Pair], beside: Vector | None = None
    ) -> Vector:
        """The best that a mentee can get, perhaps beside a pair that he has to take; locks are always taken."""
        taken, free = [] if beside is None else [beside], []
        for mentor, worth in self._own.get(mentee, {}).items():
            left = tuple(map(sub, worth, prices.get(mentor, self._nothing)))
            if (mentee, mentor) in self._locks:
                taken.append(left)
            elif (mentee, mentor) not in without:
                free.append(left)
        room = self.cohort.programme.capacity.mentors_per_mentee - len(taken)
        free = sorted(free, reverse=True)[: max(room, 0)]
        more = [left for left in free if left > self._nothing]
        if taken:
            return self._sum([*taken, *more, self._served(mentee)])
        first = self._sum([*(more or free[:1]), self._served(mentee)])
        return max(self._nothing, first) if free else self._nothing

    def _sum(self, vectors: Iterable[Vector]) -> Vector:
        return tuple(map(sum, zip(*vectors, strict=True))) or self._nothing

"""True certificates for tiny cohorts: best pairings by places with their prices, and branches where hours clash.

The oracle shares nothing with the program: pairs and schedules come from brute_force.py, the best pairing by
places from cancelling cycles one after another, prices from shortest paths. Vectors are tuples.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import brute_force

from matcher.check_candidates import find_candidates
from matcher.check_certificate import Case
from matcher.check_dates import Dates
from matcher.check_diary import Diary
from matcher.check_files import Row
from matcher.check_outcomes import Outcomes
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable
from matcher.model import Cohort, Pair

HUB = "hub"


@dataclass
class Found:
    """A run as the check holds it in its hands."""

    cohort: Cohort
    pairs: dict[Pair, FoundPair]
    timetable: Timetable
    diary: Diary
    outcomes: Outcomes
    case: Case


def hold(cohort: Cohort, plan: brute_force.Best | dict) -> Found:
    """Take pairs with their sessions (`{pair: sessions}`) for a run's."""
    roster, dates = Roster(cohort), Dates(cohort.programme)
    pairs = {}
    for line, (pair, sessions) in enumerate(sorted(plan.items()), start=2):
        found = FoundPair(pair, Row(line, ("",), {}), roster.rank(pair), roster.is_locked(pair))
        found.meetings = [
            Meeting(0, pair, number, session.start, session.end, dates.day_of(session.start))
            for number, session in enumerate(sessions, start=1)
        ]
        pairs[pair] = found
    timetable = Timetable(roster, pairs)
    diary = Diary(pairs.values())
    outcomes = Outcomes(timetable, pairs, diary)
    case = Case(timetable, find_candidates(outcomes), list(pairs.values()))
    return Found(cohort, pairs, timetable, diary, outcomes, case)


# --- values ---------------------------------------------------------------------------------------------------


def parts(kind: str, ranks: list[int]) -> list[int]:
    """The ranks that a value counts."""
    occurring = sorted({rank for rank in ranks if rank})
    return occurring[:-1] if kind == "greedy" else list(reversed(occurring[1:]))


def names(kind: str, ranks: list[int]) -> list[str]:
    return [
        "mentees",
        "pairs",
        *(["rank"] if kind == "min-cost" else [f"rank {rank}" for rank in parts(kind, ranks)]),
    ]


def worth(kind: str, ranks: list[int], rank: int) -> tuple[int, ...]:
    """What a pair at a rank (0: none) adds, its mentee apart."""
    if kind == "min-cost":
        return (0, 1, -rank)
    sign = 1 if kind == "greedy" else -1
    return (0, 1, *(sign * (rank == counted) for counted in parts(kind, ranks)))


def plus(*vectors: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*vectors, strict=True)))


def minus(vector: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(-number for number in vector)


# --- places alone ---------------------------------------------------------------------------------------------


@dataclass
class Places:
    """The best pairing by places, with prices that prove it."""

    cohort: Cohort
    ranks: dict[Pair, int]
    without: frozenset = frozenset()
    used: set = field(default_factory=set)

    def __post_init__(self) -> None:
        kind, listed = self.cohort.programme.goals.rank, list(self.ranks.values())
        self.worth = {pair: worth(kind, listed, rank) for pair, rank in self.ranks.items()}
        self.zero = (0,) * len(worth(kind, listed, 0))
        self.served = (1, *self.zero[1:])
        self.locks = [pair for pair in self.cohort.locks if pair in self.ranks]
        self.free = sorted(set(self.ranks) - set(self.locks) - self.without)
        while cycle := self.improvement():
            for pair in cycle:
                self.used ^= {pair}

    def pairing(self) -> list[Pair]:
        return sorted([*self.locks, *self.used])

    def value(self) -> tuple[int, ...]:
        pairs = self.pairing()
        total = plus(self.zero, *(self.worth[pair] for pair in pairs))
        return (len({mentee for mentee, _ in pairs}), *total[1:])

    def arcs(self) -> list[tuple]:
        """What can change: from where to where, for what it costs, and the pair that changes."""
        found = []
        taken, given = (Counter(pair[side] for pair in [*self.locks, *self.used]) for side in (0, 1))
        most = self.cohort.programme.capacity.mentors_per_mentee
        for mentee in {mentee for mentee, _ in self.free}:
            locks = sum(lock[0] == mentee for lock in self.locks)
            node, count = ("mentee", mentee), taken[mentee]
            if count < most:
                found.append((HUB, node, self.zero if count else minus(self.served), None))
            if count > locks:
                found.append((node, HUB, self.zero if count > 1 else self.served, None))
        for mentor in {mentor for _, mentor in self.ranks}:
            locks = sum(lock[1] == mentor for lock in self.locks)
            node, count = ("mentor", mentor), given[mentor]
            full = count >= self.cohort.employees.capacity[mentor]
            if not full:
                found.append((node, HUB, self.zero, None))
            if count > locks or full:
                found.append((HUB, node, self.zero, None))
        for pair in self.free:
            ends = ("mentee", pair[0]), ("mentor", pair[1])
            if pair in self.used:
                found.append((ends[1], ends[0], self.worth[pair], pair))
            else:
                found.append((*ends, minus(self.worth[pair]), pair))
        return found

    def improvement(self) -> set | None:
        """Pairs to change for something better, all of them round one cycle; None if there are none."""
        arcs = self.arcs()
        nodes = {node for arc in arcs for node in arc[:2]}
        cost, before = dict.fromkeys(nodes, self.zero), {}
        for _ in range(len(nodes) + 1):
            last = None
            for arc in arcs:
                if plus(cost[arc[0]], arc[2]) < cost[arc[1]]:
                    cost[arc[1]], before[arc[1]], last = plus(cost[arc[0]], arc[2]), arc, arc[1]
        if last is None:
            self.cost = {HUB: self.zero, **cost}
            return None
        for _ in nodes:
            last = before[last][0]
        cycle, node = [], last
        while not cycle or node != last:
            cycle.append(before[node])
            node = before[node][0]
        return {arc[3] for arc in cycle if arc[3] is not None}

    def prices(self) -> dict[int, tuple[int, ...]]:
        """What a place is worth with each mentor."""
        mentors = {mentor for _, mentor in self.ranks}
        own = {mentor: self.cost.get(("mentor", mentor), self.zero) for mentor in mentors}
        return {mentor: max(self.zero, plus(self.cost[HUB], minus(cost))) for mentor, cost in sorted(own.items())}


# --- certificates ---------------------------------------------------------------------------------------------


class Prover:
    """Makes the certificate of one cohort."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.ways = brute_force.schedulable(cohort)
        options = brute_force.eligible(cohort)
        self.ranks = {
            pair: option.rank or 0 for pair, option in options.items() if pair in self.ways or option.locked
        }
        self.scheduler = brute_force.Scheduler(cohort, self.ways, alone=False)
        self.best = brute_force.best(cohort, self.ways)
        self.conflicts: list[dict] = []
        self.root = Places(cohort, self.ranks)

    def ids(self, pair: Pair) -> list[str]:
        return [self.cohort.employees.ids[person] for person in pair]

    def value(self) -> tuple[int, ...]:
        kind, listed = self.cohort.programme.goals.rank, list(self.ranks.values())
        pairs = list(self.best.pairs)
        total = plus(self.root.zero, *(worth(kind, listed, self.ranks[pair]) for pair in pairs))
        return (len({mentee for mentee, _ in pairs}), *total[1:])

    def certificate(self) -> dict:
        kind, listed = self.cohort.programme.goals.rank, list(self.ranks.values())
        bounds: list[tuple[int, ...]] = []
        proof = self.proof(frozenset(), bounds)
        return {
            "kind": kind,
            "goals": names(kind, listed),
            "value": list(self.value()),
            "bound": list(max(bounds)),
            "conflicts": self.conflicts,
            "places": self.named({m: p for m, p in self.root.prices().items() if any(p)}),
            "proof": proof,
        }

    def named(self, prices: dict) -> dict[str, list[int]]:
        return {self.cohort.employees.ids[mentor]: list(price) for mentor, price in prices.items()}

    def proof(self, without: frozenset, bounds: list) -> dict:
        places = Places(self.cohort, self.ranks, without)
        if places.value() > self.value():
            conflict = self.conflict(places.pairing())
            entry = {"pairs": [self.ids(pair) for pair in conflict], "reason": self.reason(conflict)}
            if entry not in self.conflicts:
                self.conflicts.append(entry)
            cases = [
                None if pair in self.cohort.locks else self.proof(without | {pair}, bounds) for pair in conflict
            ]
            return {"conflict": self.conflicts.index(entry), "cases": cases}
        bounds.append(places.value())
        top = self.root.prices()
        changed = {mentor: price for mentor, price in places.prices().items() if price != top[mentor]}
        return {"places": self.named(changed)} if changed else {}

    def conflict(self, pairs: list[Pair]) -> list[Pair]:
        """A smallest set of these pairs that cannot all be."""
        for mentee, mentor in pairs:
            if (mentor, mentee) in pairs:
                return [(mentee, mentor), (mentor, mentee)]
        assert self.scheduler.best(tuple(pairs)) is None
        for pair in list(pairs):
            fewer = [other for other in pairs if other != pair]
            if self.scheduler.best(tuple(fewer)) is None:
                pairs = fewer
        return pairs

    def reason(self, pairs: list[Pair]) -> str:
        both = len(pairs) == 2 and pairs[0] == pairs[1][::-1]
        return "two_directions" if both else "no_schedule"


def nested(proof: object, depth: int) -> object:
    """A proof within so many cases of conflict 0."""
    for _ in range(depth):
        proof = {"conflict": 0, "cases": [proof]}
    return proof

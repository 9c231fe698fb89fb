"""Schedules of groups of pairs that share people: each pair in turn first, CP-SAT where that falls short.

What falls short for good becomes a cut: a proof, about a few pairs only, that they cannot all have what each of
them could have alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import numpy as np

from matcher.cadence import Cadence
from matcher.cpsat import Clock
from matcher.model import BoolArray, IntArray, Session
from matcher.plans import Aim, Schedules, best_schedules, make_gains, most_regular
from matcher.scheduling import Answer, Task, make_regular, schedule_group
from matcher.times import BLOCK, MinuteArray, Times, blocks

Plan = Mapping[int, tuple[Session, ...]]
"""Candidate -> its sessions; a candidate that could not be scheduled is not in it."""

Group = tuple[int, ...]
"""Candidates, ascending."""

CELLS = 2**26
"""How many numbers (of 4 bytes) the dynamic program may keep at a time."""

EFFORT, EFFORT_IN_ALL = 4.0, 60.0
"""Deterministic time that CP-SAT may spend on making one group regular, and all of them together."""

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Prices:
    """Goals `sessions` and `minutes` as one number to be kept small: cost in sessions times `unit`, less minutes.

    `unit` is more than all minutes of the cohort together, so that no minutes outweigh a session; it is 1, and
    minutes count nothing, where sessions have one length only.
    """

    aim: Aim
    unit: int

    def of(self, sessions: Sequence[Session]) -> int:
        """Price of one pair's sessions."""
        minutes = sum(session.minutes for session in sessions) if self.aim.lengths_matter else 0
        return self.aim.cost(len(sessions)) * self.unit - minutes


@dataclass(frozen=True)
class Alone:
    """What each candidate reaches when nobody has any other session; meaningless where not `possible`.

    `price` is its least price, `regular` the most regular sessions at that price, `ever_regular` at any price.
    """

    possible: BoolArray
    price: IntArray
    regular: IntArray
    ever_regular: IntArray


@dataclass(frozen=True)
class Cut:
    """Pairs that together cost at least `loss` more than alone; with `loss` None, pairs that cannot all be."""

    pairs: Group
    loss: int | None


@dataclass
class Planner:
    """Schedules groups of candidates and remembers what CP-SAT said of each.

    `order` ranks the candidates by the draw: where two compete for a time, the first in it is served first.
    """

    times: Times
    cadence: Cadence
    prices: Prices
    order: IntArray
    clock: Clock
    workers: int = 1
    alone: Alone = field(init=False)
    _known: dict[Group, Answer] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Work out what every candidate reaches alone."""
        self.alone = self._reach_alone()

    @property
    def solves(self) -> int:
        """Number of groups that CP-SAT was asked about."""
        return len(self._known)

    @property
    def _at_once(self) -> int:
        """How many pairs to plan at once: the program keeps a number per pair, slot and session."""
        one_sweep = self.prices.aim.number == "most" and not self.prices.aim.lengths_matter
        sessions = 1 if one_sweep else self.cadence.most
        cells = len(self.times.slots.start) * sessions
        return min(BLOCK, max(1, CELLS // max(cells, 1)))

    # --- one pair after the other -----------------------------------------------------------------------------

    def _reach_alone(self) -> Alone:
        pairs = np.arange(len(self.times.mentee))
        counts, scores, ever = (np.zeros(len(pairs), dtype=np.int64) for _ in range(3))
        for block in blocks(pairs, self._at_once):
            minutes = self.times.open_minutes(block)
            counts[block], scores[block], _ = self._best(minutes, plan=False)
            gains = make_gains(minutes, self.times.slots, self.cadence, self.prices.aim)
            ever[block] = most_regular(gains, self.times.slots, self.cadence)
        a_minute = self.cadence.most + 1  # as in make_gains
        spent, regular = divmod(scores, a_minute) if self.prices.aim.lengths_matter else (0 * scores, scores)
        cost = np.array([self.prices.aim.cost(int(count)) for count in counts], dtype=np.int64)
        return Alone(counts > 0, cost * self.prices.unit - spent, regular, ever)

    def _best(self, minutes: MinuteArray, *, plan: bool) -> Schedules:
        return best_schedules(minutes, self.times.slots, self.cadence, self.prices.aim, plan=plan)

    def in_turn(self, groups: Sequence[Sequence[int]], kept: Plan | None = None) -> dict[int, tuple[Session, ...]]:
        """Schedule each group's pairs in the given order, each as well as the earlier ones and `kept` allow.

        Pairs for which nothing is left are not in the result.
        """
        plan = dict(kept or {})
        taken = _Taken(self.times, plan)
        done: dict[int, tuple[Session, ...]] = {}
        for turn in range(max(map(len, groups), default=0)):
            pairs = np.array([group[turn] for group in groups if len(group) > turn], dtype=np.int64)
            for block in blocks(pairs, self._at_once):
                minutes = self.times.open_minutes(block)
                for row, pair in enumerate(block.tolist()):
                    taken.leave(minutes[row], pair)
                _, _, chosen = self._best(minutes, plan=True)
                for row, (pair, slots) in enumerate(zip(block.tolist(), chosen, strict=True)):
                    start = self.times.slots.start
                    sessions = tuple(Session(int(start[slot]), int(minutes[row, slot])) for slot in slots)
                    # A session that runs past midnight may meet the next day's, which the program does not see.
                    if sessions and all(before.end <= after.start for before, after in pairwise(sessions)):
                        done[pair] = sessions
                        taken.add(pair, sessions)
        return done

    # --- groups -----------------------------------------------------------------------------------------------

    def groups(self, pairs: Sequence[int]) -> list[Group]:
        """Split pairs into groups that share nobody, in the order of their first pair."""
        root: dict[int, int] = {}

        def find(person: int) -> int:
            while root.setdefault(person, person) != person:
                root[person] = root[root[person]]
                person = root[person]
            return person

        for pair in pairs:
            root[find(int(self.times.mentee[pair]))] = find(int(self.times.mentor[pair]))
        members: dict[int, list[int]] = {}
        for pair in sorted(pairs):
            members.setdefault(find(int(self.times.mentee[pair])), []).append(pair)
        return [tuple(group) for group in members.values()]

    def by_draw(self, pairs: Sequence[int]) -> list[int]:
        """The pairs in the order in which the draw serves them."""
        return sorted(pairs, key=lambda pair: self.order[pair])

    def price(self, plan: Plan, pairs: Sequence[int]) -> int | None:
        """Price of the pairs' sessions; None where one of them has none."""
        if not all(pair in plan for pair in pairs):
            return None
        return sum(self.prices.of(plan[pair]) for pair in pairs)

    def price_alone(self, pairs: Sequence[int]) -> int:
        """What the pairs would cost if they shared nobody: a lower bound on their price."""
        return int(self.alone.price[list(pairs)].sum())

    def task(self, pairs: Group, kept: Plan | None = None) -> Task:
        """The pairs as a task for CP-SAT, beside the sessions of `kept`."""
        minutes = self.times.open_minutes(np.array(pairs, dtype=np.int64))
        taken = _Taken(self.times, kept or {})
        for row, pair in enumerate(pairs):
            taken.leave(minutes[row], pair)
        people = [(int(self.times.mentee[pair]), int(self.times.mentor[pair])) for pair in pairs]
        return Task(people, list(minutes), self.times.slots, self.times.lengths, self.cadence, self.prices.aim)

    def exact(self, pairs: Group) -> Answer:
        """The pairs' best schedule if nobody has any other session, by CP-SAT."""
        if pairs not in self._known:
            answer = schedule_group(self.task(pairs), self.clock)
            if not answer.proven:
                return answer
            self._known[pairs] = answer
        return self._known[pairs]

    def loss(self, answer: Answer, pairs: Group) -> int | None:
        """How much more the answer costs than the pairs alone; None where they have no schedule."""
        if answer.sessions is None:
            return None
        return sum(self.prices.of(sessions) for sessions in answer.sessions) - self.price_alone(pairs)

    # --- settle a pairing -------------------------------------------------------------------------------------

    def settle(self, pairs: Sequence[int], allowed: Mapping[int, int]) -> tuple[Plan, list[Cut]]:
        """Schedule a pairing at the price that is believed of it, or say why that cannot be.

        Parameters
        ----------
        allowed
            By how much each pair may cost more than alone, as far as is known (0 where it is not named).

        Returns
        -------
        A plan, and the cuts that show where the belief was wrong. Without cuts the plan is complete and its price
        is the believed one, unless the clock ran out.
        """
        groups = self.groups(pairs)
        plan = self.in_turn([self.by_draw(group) for group in groups])
        short = [group for group in groups if self._falls_short(plan, group, allowed)]
        results = self._each(lambda group: self._settle_group(group, plan, allowed), short)
        cuts: list[Cut] = []
        for group, (better, found) in zip(short, results, strict=True):
            for pair in group:
                plan.pop(pair, None)
            plan.update(better)
            cuts += found
        return plan, cuts

    def _falls_short(self, plan: Plan, group: Group, allowed: Mapping[int, int]) -> bool:
        price = self.price(plan, group)
        return price is None or price > self.price_alone(group) + sum(allowed.get(pair, 0) for pair in group)

    def _settle_group(self, group: Group, plan: Plan, allowed: Mapping[int, int]) -> tuple[Plan, list[Cut]]:
        """Settle one group: look at ever larger parts around each pair that falls short."""
        mine = {pair: plan[pair] for pair in group if pair in plan}
        for pair in self.by_draw(group):
            if pair in mine and self.prices.of(mine[pair]) == self.alone.price[pair]:
                continue
            for part in self._parts_around(pair, group):
                answer = self.exact(part)
                if answer.sessions is None and not answer.proven:
                    return mine, []  # out of time
                loss = self.loss(answer, part)
                if answer.proven and (loss is None or loss > sum(allowed.get(p, 0) for p in part)):
                    return mine, self._sharpen(part, loss)
                if part == group:
                    assert answer.sessions is not None  # noqa: S101 - for the type checker; loss is not None
                    return dict(zip(part, answer.sessions, strict=True)), []
                mine = self._patch(mine, part)
                if not self._falls_short(mine, group, allowed):
                    return mine, []
        return mine, []

    def regularise(self, plan: Plan) -> dict[int, tuple[Session, ...]]:
        """`plan` made more regular at the same price: by CP-SAT, each group that could be, with limited effort."""
        could = [
            group
            for group in self.groups(list(plan))
            if self._regular(plan, group) < self._regular_bound(plan, group)
        ]
        better = dict(plan)
        effort = min(EFFORT, EFFORT_IN_ALL / max(len(could), 1))
        for found in self._each(lambda group: self._regularise_group(plan, group, effort), could):
            better.update(found)
        return better

    def _regular(self, plan: Plan, pairs: Sequence[int]) -> int:
        return sum(self.times.slots.regular(plan[pair]) for pair in pairs)

    def _regular_bound(self, plan: Plan, pairs: Sequence[int]) -> int:
        """More regular sessions than this these pairs cannot have at the price they have."""
        cheap = [pair for pair in pairs if self.prices.of(plan[pair]) == self.alone.price[pair]]
        dear = [pair for pair in pairs if pair not in set(cheap)]
        return int(self.alone.regular[cheap].sum() + self.alone.ever_regular[dear].sum())

    def _regularise_group(self, plan: Plan, group: Group, effort: float) -> dict[int, tuple[Session, ...]]:
        if self.clock.over:
            return {}
        mine = {place: plan[pair] for place, pair in enumerate(group)}
        answer = make_regular(self.task(group), mine, self.clock, effort=effort)
        if answer.sessions is None:
            return {}
        found = dict(zip(group, answer.sessions, strict=True))
        return found if self._regular(found, group) > self._regular(plan, group) else {}

    def _each(self, work: Callable[[Group], _Found], groups: Sequence[Group]) -> list[_Found]:
        """Do the work for every group, side by side where there are workers; results in the groups' order."""
        if self.workers == 1 or len(groups) < 2:
            return [work(group) for group in groups]
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(work, groups))

    def _patch(self, plan: Plan, part: Group) -> dict[int, tuple[Session, ...]]:
        """`plan` with the sessions of `part` made anew beside the others, if that is better."""
        others = {pair: sessions for pair, sessions in plan.items() if pair not in part}
        answer = schedule_group(self.task(part, others), self.clock)
        if answer.sessions is None:
            return dict(plan)
        new = {**others, **dict(zip(part, answer.sessions, strict=True))}
        before, after = self.price(plan, part), self.price(new, part)
        return new if before is None or (after is not None and after < before) else dict(plan)

    def _parts_around(self, pair: int, group: Group) -> Iterator[Group]:
        """Parts of a group that grow around a pair, nearest first, up to the whole group."""
        near, reached = [pair], {pair}
        for one in near:
            people = {self.times.mentee[one], self.times.mentor[one]}
            for other in group:
                if other not in reached and people & {self.times.mentee[other], self.times.mentor[other]}:
                    near.append(other)
                    reached.add(other)
        size = 2
        while size < len(near):
            yield tuple(sorted(near[:size]))
            size = size * 2 - 1 if size < 9 else size * 2
        yield tuple(sorted(near))

    def _sharpen(self, part: Group, loss: int | None) -> list[Cut]:
        """The cut of a part that falls short, and of the fewest of its pairs that still do."""
        few, few_loss = part, loss
        for pair in part:
            fewer = tuple(other for other in few if other != pair)
            if len(fewer) < 2:
                break
            answer = self.exact(fewer)
            less = self.loss(answer, fewer)
            if answer.proven and (less is None if loss is None else less is not None and less > 0):
                few, few_loss = fewer, less
        cuts = [Cut(few, few_loss)]
        if loss is not None and few != part and loss > (few_loss or 0):
            cuts.append(Cut(part, loss))
        return cuts


class _Taken:
    """Sessions by person, and what they leave of other pairs' open times."""

    def __init__(self, times: Times, plan: Plan) -> None:
        self.times = times
        self.sessions: dict[int, list[Session]] = {}
        for pair, sessions in plan.items():
            self.add(pair, sessions)

    def add(self, pair: int, sessions: Sequence[Session]) -> None:
        """Note the pair's sessions."""
        for person in (int(self.times.mentee[pair]), int(self.times.mentor[pair])):
            self.sessions.setdefault(person, []).extend(sessions)

    def leave(self, minutes: MinuteArray, pair: int) -> None:
        """Shorten `minutes`, the pair's open times, to what the sessions of both people leave, in place."""
        start = self.times.slots.start
        for person in (int(self.times.mentee[pair]), int(self.times.mentor[pair])):
            for session in self.sessions.get(person, ()):
                touched = np.nonzero((start < session.end) & (start + minutes > session.start) & (minutes > 0))[0]
                for slot in touched.tolist():
                    room = 0 if start[slot] >= session.start else session.start - int(start[slot])
                    fits = [length for length in self.times.lengths if length <= min(room, minutes[slot])]
                    minutes[slot] = max(fits, default=0)

"""Schedules of groups of pairs that share people: each pair in turn first, CP-SAT where that falls short.

What falls short for good becomes a cut: a proof, about a few pairs only, that they cannot all have what each of
them could have alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from matcher.cpsat import Clock
from matcher.cuts import Cut, Group, Plan
from matcher.engaged import Engaged, Gap
from matcher.graphs import components
from matcher.model import BoolArray, IntArray, Session
from matcher.packing import ALWAYS, Window, pack
from matcher.plans import Prices, Rules, best_alone, most_regular, useful
from matcher.scheduling import Answer, Task, schedule_group
from matcher.slots import WordArray
from matcher.times import Bookings, Times, blocks
from matcher.turns import Turns
from matcher.waves import Spans

ANY = 10**30
"""More than any loss: where so much is allowed, only what is impossible is a conflict."""

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Alone:
    """What each candidate reaches when nobody has any other session; meaningless where not `possible`.

    `price` is its least price: `moved` counts the planned sessions that cannot stay in it and `rest` is all else.
    `regular` are the most regular sessions at that price, `ever_regular` at any price; the latter two are worked
    out for the candidates that `Planner.look_at_regular` was asked about, -1 for others.
    """

    possible: BoolArray
    price: IntArray
    moved: IntArray
    rest: IntArray
    regular: IntArray
    ever_regular: IntArray


@dataclass
class Planner:
    """Schedules groups of candidates and remembers what CP-SAT said of each.

    `order` ranks the candidates by the draw: where two compete for a time, the first in it is served first.
    """

    times: Times
    rules: Rules
    prices: Prices
    order: IntArray
    clock: Clock
    workers: int = 1
    spans: Spans | None = None
    _known: dict[Group, Answer] = field(default_factory=dict, init=False)
    _packed: dict[Group, dict[int, Window] | None] = field(default_factory=dict, init=False)
    _settled: dict[tuple[Group, tuple[int, ...]], Plan] = field(default_factory=dict, init=False)

    @property
    def solves(self) -> int:
        """Number of groups that CP-SAT was asked about."""
        return len(self._known)

    @property
    def turns(self) -> Turns:
        """Schedules pairs one after the other."""
        return Turns(self.times, self.rules)

    # --- one pair after the other -----------------------------------------------------------------------------

    @cached_property
    def alone(self) -> Alone:
        """What every candidate reaches alone, but for regularity."""
        pairs = np.arange(len(self.times.mentee))
        possible, carried = np.zeros(len(pairs), dtype=bool), self.times.carried
        price, moved, rest = np.zeros((3, len(pairs)), dtype=np.int64)
        for block in blocks(pairs, self.turns.at_once):
            whose = self.times.whose(block)
            best = best_alone(self.times.open(block), self.rules, whose)
            possible[block] = best.sessions > 0
            rest[block] = self.rules.aim.costs(best.sessions + whose.before) * self.prices.unit - best.worth
            if carried is not None and best.planned is not None:
                rest[block] -= carried.worth[block]
                price[block] = -best.planned * self.prices.planned
                moved[block] = carried.planned_in_all[block] - best.planned
        price += rest
        if self.times.limits.bind(self.rules.cadence.min_between):
            possible[possible] = self._keep_limits(pairs[possible])
        return Alone(possible, price, moved, rest, np.full(len(pairs), -1), np.full(len(pairs), -1))

    def _keep_limits(self, pairs: IntArray) -> list[bool]:
        """Whether each of these pairs has a schedule alone that keeps the limits on a person's sessions, too.

        Sessions that either has held with others do not count in it, as in `price` they do not.
        """
        alone = replace(self, times=self.times.alone(pairs), spans=self.spans and self.spans.of(pairs))
        found = alone.in_turn(range(len(pairs)))
        return [
            place in found or schedule_group(alone.task((place,)), self.clock).sessions is not None
            for place in range(len(pairs))
        ]

    def look_at_regular(self, pairs: Sequence[int] | IntArray) -> None:
        """Work out for these candidates how regular they can be."""
        asked = np.unique(np.asarray(pairs, dtype=np.int64))
        for block in blocks(asked[self.alone.regular[asked] < 0], self.turns.at_once):
            bits = self.times.open(block)
            whose, carried = self.times.whose(block), self.times.carried
            held = 0 * block if carried is None else carried.regular[block]
            self.alone.regular[block] = best_alone(bits, self.rules, whose, regular=True).regular + held
            self.alone.ever_regular[block] = np.maximum(most_regular(bits, self.rules, whose), 0) + held

    def in_turn(self, pairs: Sequence[int], kept: Plan | None = None) -> dict[int, tuple[Session, ...]]:
        """Schedule the pairs in the given order, as `Turns.plan` does."""
        return self.turns.plan(pairs, kept)

    # --- groups -----------------------------------------------------------------------------------------------

    def groups(self, pairs: Sequence[int], near: IntArray | None = None) -> list[Group]:
        """Split pairs into groups that share nobody, in the order of their first pair.

        With `near`, only the groups that share somebody with these candidates.
        """
        every = np.unique(np.asarray(pairs, dtype=np.int64))
        people, ends = np.unique((self.times.mentee[every], self.times.mentor[every]), return_inverse=True)
        ends = ends.reshape(2, len(every))
        label = components(len(people), ends[0], ends[1])[ends[0]]
        if near is not None:
            touched = np.isin(people, (self.times.mentee[near], self.times.mentor[near]))[ends].any(axis=0)
            mine = np.isin(label, label[touched])
            every, label = every[mine], label[mine]
        order = np.argsort(label, kind="stable")
        cuts = np.nonzero(np.diff(label[order]))[0] + 1
        return sorted(tuple(part.tolist()) for part in np.split(every[order], cuts) if len(part))

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
        return sum(self.alone.price[list(pairs)].tolist())

    def task(
        self, pairs: Group, kept: Plan | None = None, *, slack: int | None = None, regular: bool = False
    ) -> Task:
        """The pairs as a task for CP-SAT, beside the sessions of `kept`.

        With `slack` only those starts are in it that a pair needs for a schedule which scores at most so much less
        than its best alone (see `plans.useful`).
        """
        every = np.array(pairs, dtype=np.int64)
        booked = Bookings(self.times, np.array([*(kept or ()), *pairs], dtype=np.int64))
        rows = [(pair, s.start, s.minutes) for pair, sessions in (kept or {}).items() for s in sessions]
        if rows:
            booked.book(*np.array(rows, dtype=np.int64).T)
        bits = self.times.open(every, booked)
        if slack is not None:
            bits = useful(bits, self.rules, self.times.whose(every), regular=regular, slack=slack)
        return self._task_of(every, bits, kept or {})

    def _task_of(self, every: IntArray, bits: Sequence[WordArray], kept: Plan) -> Task:
        """Pairs as a task, with the slots at which each can start."""
        pairs = every.tolist()
        people = [(int(self.times.mentee[pair]), int(self.times.mentor[pair])) for pair in pairs]
        return Task(
            people,
            list(self.times.as_minutes(bits)),
            self.rules,
            preferred=list(self.times.as_minutes(bits, preferred=True)) if self.times.kinds.preferred else (),
            held=self._held(kept, people) if self.times.limits.periods else (),
            courses=self.times.course[every].tolist(),
            carried=self.times.carried and self.times.carried.of(every, ()),
            places=None if self.times.places is None else {j: int(self.times.places[j]) for _, j in people},
            engaged=() if self.times.places is None else self._engaged(kept, people),
            spans=self.spans and self.spans.of(every),
            over=() if self.times.places is None else self.times.over[every].tolist(),
        )

    def _engaged(self, kept: Plan, people: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """From when to when the mentors among these people have pairs of `kept`."""
        known, over = {mentor for _, mentor in people}, self.times.over
        return [
            (int(self.times.mentor[pair]), sessions[0].start, sessions[-1].end)
            for pair, sessions in kept.items()
            if int(self.times.mentor[pair]) in known and not over[pair]
        ]

    def _held(self, kept: Plan, people: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Who of these people has a session of `kept` on which day, one entry for each."""
        known = {person for two in people for person in two}
        held = [(person, day) for person, day in self.times.used if person in known]
        for pair, sessions in kept.items():
            mine = known & {int(self.times.mentee[pair]), int(self.times.mentor[pair])}
            if mine:
                days = self.times.slots.days_of(np.array([session.start for session in sessions], dtype=np.int64))
                coming = days[days >= self.times.resume].tolist()
                held += [(person, day) for person in sorted(mine) for day in coming]
        return held

    def exact(self, pairs: Group, allowed: int = 0) -> Answer:
        """The pairs' best schedule if nobody has any other session, by CP-SAT.

        Schedules that cost at most so much more than alone as is `allowed` are tried first, with the few starts
        that this leaves.
        """
        if pairs not in self._known:
            for slack in self._slacks(allowed):
                answer = schedule_group(self.task(pairs, slack=slack), self.clock)
                loss = self.loss(answer, pairs)
                if slack is None or (loss is not None and loss <= slack):
                    break
            if not answer.proven:
                return answer
            self._known[pairs] = answer
        return self._known[pairs]

    def _slacks(self, allowed: int) -> tuple[int | None, ...]:
        """How much less than its best each pair may score, step by step; None for anything.

        Scores are prices up to that much: with several kinds as long as no session is lost, and where another
        number than most is wanted as long as nothing is. Where a pair may lose every session, anything goes.
        """
        if self.rules.aim.number != "most" or self.prices.planned:
            return (None,) if allowed else (0, None)
        few = self.prices.unit == 1 and allowed < self.rules.cadence.most
        return (allowed, allowed + 2, None) if few or not allowed else (None,)

    def loss(self, answer: Answer, pairs: Group) -> int | None:
        """How much more the answer costs than the pairs alone; None where they have no schedule."""
        if answer.sessions is None:
            return None
        return sum(self.prices.of(sessions) for sessions in answer.sessions) - self.price_alone(pairs)

    # --- settle a pairing -------------------------------------------------------------------------------------

    def settle(
        self, pairs: Sequence[int], allowed: Mapping[int, int], near: IntArray | None = None
    ) -> tuple[Plan, list[Cut]]:
        """Schedule a pairing at the price that is believed of it, or say why that cannot be.

        Parameters
        ----------
        allowed
            By how much each pair may cost more than alone, as far as is known (0 where it is not named).
        near
            If given, only groups that share somebody with these candidates are looked at.

        Returns
        -------
        A plan, and the cuts that show where the belief was wrong. Without cuts the plan is complete and its price
        is the believed one, unless the clock ran out.
        """
        groups, dear = self.groups(pairs, near), {pair: loss for pair, loss in allowed.items() if loss}
        asked = [
            (group, () if dear.keys().isdisjoint(group) else tuple(dear.get(pair, 0) for pair in group))
            for group in groups
        ]
        fresh = [group for group, key in zip(groups, asked, strict=True) if key not in self._settled]
        plan = self.in_turn(self.by_draw([pair for group in fresh for pair in group]))
        short = [group for group in fresh if self._falls_short(plan, group, allowed)]
        self._reorder(plan, short)
        if self.spans is not None:
            self._follow(plan, [group for group in short if self._falls_short(plan, group, allowed)])
        short = [group for group in short if self._falls_short(plan, group, allowed)]
        results = self.each(lambda group: self._settle_group(group, plan, allowed), short)
        cuts: list[Cut] = []
        for group, (better, found) in zip(short, results, strict=True):
            for pair in group:
                plan.pop(pair, None)
            plan.update(better)
            cuts += found
        settled = {
            key: self._settled.get(key) or {pair: plan[pair] for pair in group if pair in plan}
            for group, key in zip(groups, asked, strict=True)
            if key in self._settled or not self._falls_short(plan, group, allowed)
        }
        self._settled = settled if near is None else self._settled | settled
        for part in settled.values():
            plan.update(part)
        return plan, cuts

    def _reorder(self, plan: dict[int, tuple[Session, ...]], groups: Sequence[Group]) -> None:
        """Plan the groups anew, those pairs first that cost more than alone; keep what costs less."""
        short = {
            pair: pair not in plan or self.prices.of(plan[pair]) > self.alone.price[pair]
            for group in groups
            for pair in group
        }
        new = self.in_turn(sorted(short, key=lambda pair: (not short[pair], self.order[pair])))
        for group in groups:
            before, after = self.price(plan, group), self.price(new, group)
            if after is not None and (before is None or after < before):
                plan.update({pair: new[pair] for pair in group})

    def _follow(self, plan: dict[int, tuple[Session, ...]], groups: Sequence[Group]) -> None:
        """Plan groups anew, their pairs in windows that leave room for all of them, if there are any."""
        windows: dict[int, Window] = {}
        for group in groups:
            packed = [(part, self.packed(part)) for part in self._crowds(group)]
            if all(found is not None for _, found in packed):
                for part, found in packed:
                    windows.update({part[place]: window for place, window in (found or {}).items()})
        mine = [group for group in groups if any(pair in windows for pair in group)]
        pairs = [pair for group in mine for pair in group]
        pairs.sort(
            key=lambda pair: (pair not in windows, self.order[pair])
        )  # the others look for what these leave
        new = self.turns.plan(pairs, windows=windows)
        for group in mine:
            before, after = self.price(plan, group), self.price(new, group)
            if after is not None and (before is None or after < before):
                plan.update({pair: new[pair] for pair in group})

    def _within_windows(self, group: Group) -> Plan | None:
        """The group's best schedule if pairs that follow each other keep to windows of their own, if any."""
        crowds = self._crowds(group) if self.spans is not None else []
        windows: dict[int, Window] = {}
        for part in crowds:
            windows.update({part[place]: window for place, window in (self.packed(part) or {}).items()})
        if not crowds or not all(pair in windows for part in crowds for pair in part):
            return None
        every = np.array(group, dtype=np.int64)
        gaps = [Gap(row, *windows.get(pair, ALWAYS)) for row, pair in enumerate(group)]
        inside = Engaged(self.times, group, windows).inside(gaps, self.rules.kinds)
        bits = [some & mask for some, mask in zip(self.times.open(every), inside, strict=True)]
        task = replace(self._task_of(every, bits, {}), places=None, spans=None)  # windows see to these
        answer = schedule_group(task, self.clock)
        return None if answer.sessions is None else dict(zip(group, answer.sessions, strict=True))

    def _crowds(self, group: Group) -> list[Group]:
        """The pairs of each mentor of a group who has more of them than places."""
        of_mentor: dict[int, list[int]] = {}
        places, over = self.times.places, self.times.over
        for pair in group:
            if not over[pair]:
                of_mentor.setdefault(int(self.times.mentor[pair]), []).append(pair)
        return [] if places is None else [tuple(p) for mentor, p in of_mentor.items() if len(p) > places[mentor]]

    def packed(self, pairs: Group) -> dict[int, Window] | None:
        """Windows in which pairs of one mentor can follow each other, by their place, as far as spans tell.

        None if they cannot.
        """
        assert self.spans is not None and self.times.places is not None  # noqa: S101, PT018 - for the type checker
        if pairs not in self._packed:
            places = int(self.times.places[self.times.mentor[pairs[0]]])
            self._packed[pairs] = pack(self.spans.of(np.array(pairs, dtype=np.int64)), places, self.clock)
        return self._packed[pairs]

    def _unpackable(self, group: Group) -> list[Cut]:
        """Conflicts between pairs of one mentor that cannot follow each other."""
        cuts = []
        for part in self._crowds(group) if self.spans is not None else ():
            if self.packed(part) is None and not self.clock.over:
                few = part
                for pair in part:
                    fewer = tuple(other for other in few if other != pair)
                    if len(fewer) > 1 and self._crowds(fewer) and self.packed(fewer) is None:
                        few = fewer
                cuts.append(Cut(few, None))
        return [] if self.clock.over else cuts

    def _falls_short(self, plan: Plan, group: Group, allowed: Mapping[int, int]) -> bool:
        price = self.price(plan, group)
        return price is None or price > self.price_alone(group) + sum(allowed.get(pair, 0) for pair in group)

    def _settle_group(self, group: Group, plan: Plan, allowed: Mapping[int, int]) -> tuple[Plan, list[Cut]]:
        """Settle one group: as windows allow, where engagements last as long as needed, or part by part."""
        mine = {pair: plan[pair] for pair in group if pair in plan}
        if self.clock.over:  # to build the models alone would take long after the limit
            return mine, []
        within, cuts = self._within_windows(group), self._unpackable(group)
        if cuts or (within is not None and not self._falls_short(within, group, allowed)):
            return within or mine, cuts
        return self._settle_parts(group, mine, allowed)

    def _settle_parts(
        self, group: Group, mine: dict[int, tuple[Session, ...]], allowed: Mapping[int, int]
    ) -> tuple[Plan, list[Cut]]:
        """Look at ever larger parts around each pair that falls short."""
        for pair in self.by_draw(group):
            if pair in mine and self.prices.of(mine[pair]) == self.alone.price[pair]:
                continue
            for part in self.parts_around(pair, group):
                answer = self.exact(part, sum(allowed.get(p, 0) for p in part))
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

    def regular(self, plan: Plan, pairs: Sequence[int]) -> IntArray:
        """How many of each pair's sessions lie on the weekday and at the clock time of the one before."""
        starts = [session.start for pair in pairs for session in plan[pair]]
        owner = np.repeat(np.arange(len(pairs)), [len(plan[pair]) for pair in pairs])
        marks = self.times.slots.marks(np.array(starts, dtype=np.int64))
        again = (owner[1:] == owner[:-1]) & (marks[1:] == marks[:-1])
        return np.bincount(owner[1:][again], minlength=len(pairs)).astype(np.int64)

    def planned_in_all(self, pairs: Sequence[int]) -> int:
        """How many sessions of the pairs the plan that is repaired had still before it."""
        return 0 if self.times.carried is None else int(self.times.carried.planned_in_all[list(pairs)].sum())

    def each(self, work: Callable[[Group], _Found], groups: Sequence[Group]) -> list[_Found]:
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

    def parts_around(self, pair: int, group: Group) -> Iterator[Group]:
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

    def most(self, pairs: IntArray) -> IntArray:
        """How many sessions each of these pairs has alone at its best price, where most are wanted."""
        return np.asarray(-self.alone.price[pairs] // self.prices.unit)

    def overload(self, person: int, pairs: Sequence[int]) -> tuple[int, int]:
        """What as many pairs of a person, each with as many sessions alone as the fewest of these, lose together.

        Returns
        -------
        That number of sessions, and the least loss that follows from the limits on sessions alone; 0 where none
        does, or where sessions differ in more than their number.
        """
        if self.rules.aim.number != "most" or self.prices.unit != 1 or self.prices.planned:
            return 0, 0
        open_days = self.times.can[-1][self.times.row_of[person]].any(axis=1)
        room = [period.most * len(np.unique(period.of_day[open_days])) for period in self.rules.limits.periods]
        fewest = int(self.most(np.array(pairs, dtype=np.int64)).min())
        return fewest, max(0, len(pairs) * fewest - min(room)) if room else 0

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
        cuts = [self._cut(few, few_loss)]
        if loss is not None and few != part and loss > (few_loss or 0):
            cuts.append(self._cut(part, loss))
        return cuts

    def _cut(self, pairs: Group, loss: int | None) -> Cut:
        return Cut(pairs, loss, moves=self.prices.parts(loss)[0] if loss else 0)

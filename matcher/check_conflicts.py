"""Pairs that are said to have no schedule together: a search through the days, without any solver.

The search goes from day to day and keeps every combination of what the pairs may still do. It looks at sessions of
the shortest length on their dates and at nothing else, so what it cannot schedule has no schedule. Limits for a
week, and sessions that take time of the next date, are left aside: where they matter, a schedule that it finds
proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from matcher.check_prospects import DONE, Prospects, State
from matcher.check_timetable import Timetable
from matcher.model import Pair

Verdict = Literal["true", "false", "not shown"]
STEPS = 100_000  # of one search: combinations of what the pairs do on a day, and starts tried
STEPS_IN_ALL = 500_000
FEW = 8  # combinations that are kept at first: where time is ample, one of them soon leads to a schedule
BEGIN = 200  # steps that it counts for to begin a search, for each pair
PAIRS = 12  # in one search

Plan = tuple[State, ...]
"""What each pair of a search may still do after a day."""


class TooLongError(Exception):
    """The search would need more steps than it may."""


class Conflicts:
    """Judges whether pairs can be scheduled together; the effort is limited by steps, never by the clock."""

    def __init__(self, timetable: Timetable) -> None:
        self._timetable, self._left = timetable, STEPS_IN_ALL
        rules = timetable.roster.programme.sessions
        self._apart = rules.minutes[-1] + rules.pause_minutes
        self._starts: dict[Pair, dict[int, list[int]]] = {}

    def no_schedule(self, pairs: Sequence[Pair]) -> Verdict:
        """Whether it is true that these pairs have no schedule in which nobody is in two sessions at once."""
        schedules = True
        for group in _groups(pairs):
            try:
                found = self._can_be_scheduled(group)
            except TooLongError:
                schedules = False
                continue
            if not found:
                return "true"
            schedules &= self._is_exact(group)
        return "false" if schedules else "not shown"

    def _can_be_scheduled(self, pairs: Sequence[Pair]) -> bool:
        self._left -= BEGIN * len(pairs)
        if len(pairs) > PAIRS or self._left <= 0:
            raise TooLongError
        allowed = min(STEPS, self._left)
        search = Search(self._timetable, pairs, [self._of(pair) for pair in pairs], allowed)
        try:
            return search.run()
        finally:
            self._left -= allowed - search.left

    def _is_exact(self, pairs: Sequence[Pair]) -> bool:
        """Whether a schedule that the search finds keeps every rule."""
        if self._timetable.roster.programme.sessions.max_per_week:
            return False
        midnights = self._timetable.dates.midnights
        return all(
            start + self._apart <= midnights[day + 1]
            for pair in pairs
            for day, starts in self._of(pair).items()
            for start in starts
        )

    def _of(self, pair: Pair) -> dict[int, list[int]]:
        if pair not in self._starts:
            self._starts[pair] = self._timetable.starts_together(pair)
        return self._starts[pair]


class Search:
    """One search for a schedule of pairs, each with its starts day by day."""

    def __init__(
        self, timetable: Timetable, pairs: Sequence[Pair], starts: Sequence[dict[int, list[int]]], steps: int
    ) -> None:
        rules = timetable.roster.programme.sessions
        self._pairs, self._starts, self.left = pairs, starts, steps
        self._apart, self._per_day = rules.minutes[-1] + rules.pause_minutes, rules.max_per_day
        self._prospects = [
            Prospects(timetable.rhythm(pair), sorted(own), timetable.earliest(pair))
            for pair, own in zip(pairs, starts, strict=True)
        ]
        self._beside = [
            [other for other in range(len(pairs)) if other != place and set(pairs[other]) & set(pair)]
            for place, pair in enumerate(pairs)
        ]

    def run(self) -> bool:
        """Whether the pairs have a schedule; TooLongError if the steps do not suffice to tell."""
        return self._finds(FEW) or self._finds(None)

    def _finds(self, most: int | None) -> bool:
        """Whether a schedule is found if so many plans are kept after each day, all of them if None."""
        first = [prospects.first() for prospects in self._prospects]
        plans = {tuple(state for state in first if state is not None)}
        if None in first:
            return False
        for day in sorted({day for own in self._starts for day in own}):
            together: dict[tuple[int, ...], bool] = {}
            plans = {after for plan in plans for after in self._next(plan, day, together)}
            plans = self._best(plans)
            if most is not None:
                plans = set(sorted(plans, key=_room, reverse=True)[:most])
            if (DONE,) * len(self._pairs) in plans:
                return True
        return False

    def _next(self, plan: Plan, day: int, together: dict[tuple[int, ...], bool]) -> Iterator[Plan]:
        """Every plan after the day, for each set of pairs that can meet on it."""
        able = [place for place, state in enumerate(plan) if self._prospects[place].next_day(state) == day]
        for chosen in _subsets(able):
            self._step()
            if chosen not in together:
                together[chosen] = self._can_meet(chosen, day)
            if together[chosen]:
                after = self._after(plan, day, able, chosen)
                if after is not None:
                    yield after

    def _after(self, plan: Plan, day: int, able: Sequence[int], chosen: Sequence[int]) -> Plan | None:
        states = list(plan)
        for place in able:
            prospects = self._prospects[place]
            met = prospects.met(plan[place], day) if place in chosen else prospects.missed(plan[place])
            if met is None:
                return None
            states[place] = met
        return tuple(states)

    def _best(self, plans: set[Plan]) -> set[Plan]:
        """The plans without those that leave some pair less choice than another one does, all others alike."""
        for place, prospects in enumerate(self._prospects):
            self._step(len(plans))
            alike: dict[Plan, list[State]] = {}
            for plan in plans:
                alike.setdefault(plan[:place] + plan[place + 1 :], []).append(plan[place])
            plans = {
                (*others[:place], state, *others[place:])
                for others, states in alike.items()
                for state in prospects.widest(states)
            }
        return plans

    def _can_meet(self, chosen: Sequence[int], day: int) -> bool:
        """Whether these pairs can all have a session on the day."""
        if self._per_day:
            sessions = Counter(person for place in chosen for person in self._pairs[place])
            if any(count > self._per_day for count in sessions.values()):
                return False
        return self._fit({place: self._starts[place][day] for place in chosen})

    def _fit(self, starts: dict[int, list[int]]) -> bool:
        """Whether all pairs left can take a start, those of the same people far enough apart."""
        if not starts:
            return True
        place = min(starts, key=lambda one: len(starts[one]))
        others = {other: own for other, own in starts.items() if other != place}
        for start in starts[place]:
            self._step()
            left = dict(others)
            for other in self._beside[place]:
                if other in left:
                    left[other] = [time for time in left[other] if abs(time - start) >= self._apart]
            if all(left.values()) and self._fit(left):
                return True
        return False

    def _step(self, steps: int = 1) -> None:
        if self.left <= 0:
            raise TooLongError
        self.left -= steps


def _room(plan: Plan) -> tuple[int, int, Plan]:
    """How much choice a plan leaves: pairs that are done, days on which the others may meet."""
    return plan.count(DONE), sum(state.last - state.first for state in plan), plan


def _subsets(places: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every subset, larger ones first."""
    for bits in range((1 << len(places)) - 1, -1, -1):
        yield tuple(place for at, place in enumerate(places) if bits >> at & 1)


def _groups(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The pairs in groups that share nobody with each other."""
    groups: list[list[Pair]] = []
    for pair in pairs:
        touching = [group for group in groups if any(set(pair) & set(other) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([*(other for group in touching for other in group), pair])
    return groups

"""What one pair may still do after a day, so far as its dates go."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matcher.check_rhythm import Rhythm


class State(NamedTuple):
    """The next session is number `number`, on one of the days that the places `first` to `last` tell.

    Numbers above the minimum count as the minimum.
    """

    number: int
    first: int
    last: int


DONE = State(0, 0, -1)
"""The pair has held sessions enough: nothing more needs to follow."""


class Prospects:
    """The states of one pair, of which every one can still end well if no other pair is in the way.

    Parameters
    ----------
    rhythm
        The pair's dates and the rules on them.
    days
        The days on which the two could meet, ascending.
    earliest
        The first day that is allowed.
    """

    def __init__(self, rhythm: Rhythm, days: Sequence[int], earliest: int) -> None:
        self._rhythm, self._earliest = rhythm, earliest
        self._minimum = minimum = rhythm.dates.programme.sessions.minimum
        self._apart = rhythm.dates.programme.sessions.min_days_between
        # Days on which a session of this number, or the minimum and above, can be held and the rest after it.
        self._days: dict[int, list[int]] = {}
        self._after: dict[tuple[int, int], State | None] = {}
        last: list[int] = []
        for day in reversed(days):
            state = self._state(minimum, last, day, enough=True)
            self._after[minimum, day] = state
            if state is not None:
                last.insert(0, day)
        self._days[minimum] = last
        for number in range(minimum - 1, 0, -1):
            for day in days:
                self._after[number, day] = self._state(number + 1, self._days[number + 1], day, enough=False)
            self._days[number] = [day for day in days if self._after[number, day] is not None]
        # Places were counted while the list of the last number still grew at its front.
        for day in last:
            self._after[minimum, day] = self._state(minimum, last, day, enough=True)

    def _state(self, number: int, days: Sequence[int], day: int, *, enough: bool) -> State | None:
        """The state after a session on a day, if number `number` can be on `days`; None if it is a dead end."""
        latest = self._rhythm.latest_after(day)
        if enough and latest >= self._rhythm.dates.days:
            return DONE
        return _between(number, days, day + self._apart, latest)

    def first(self) -> State | None:
        """The state before the programme; None if the pair has no dates at all."""
        return _between(1, self._days[1], self._earliest, self._rhythm.latest_after(-1))

    def next_day(self, state: State) -> int:
        """The first day on which the pair may meet next; -1 if it needs to no more."""
        return -1 if state == DONE else self._days[state.number][state.first]

    def met(self, state: State, day: int) -> State | None:
        """The state after a session on that day."""
        return self._after[state.number, day]

    def missed(self, state: State) -> State | None:
        """The state after that day without a session; None if it was the last on which it may be."""
        return None if state.first == state.last else state._replace(first=state.first + 1)

    def widest(self, states: Iterable[State]) -> list[State]:
        """Those of the states that leave no less choice than another one does."""
        states = set(states)
        if DONE in states:
            return [DONE]
        found: list[State] = []
        for state in sorted(states, key=lambda one: (one.number, one.first, -one.last)):
            before = found[-1] if found else DONE
            if before.number != state.number or before.last < state.last:
                found.append(state)
        return found


def _between(number: int, days: Sequence[int], low: int, high: int) -> State | None:
    first, last = bisect_left(days, low), bisect_right(days, high) - 1
    return State(number, first, last) if first <= last else None

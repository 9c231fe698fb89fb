"""Which of their places mentors have given away, and when, where engagements last only as long as needed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from matcher.kinds import Kinds
from matcher.model import IntArray, Session
from matcher.slots import WordArray, pack
from matcher.times import Times


class Gap(NamedTuple):
    """A stretch of time, half-open, in which the mentor of the pair in a `row` has a place left throughout."""

    row: int
    start: int
    end: int


ALWAYS = (-(2**40), 2**40)
NEVER = (0, 0)


class Engaged:
    """From when to when mentors are engaged, as pairs are planned one after another.

    Only mentors with more pairs than places matter; where there are none, all is `free`. Pairs that are over take
    no place from the date of a rematch on, which is all that matters: who has begun before it and goes on is
    engaged at that date.
    """

    def __init__(self, times: Times, pairs: Sequence[int], windows: Mapping[int, tuple[int, int]]) -> None:
        """Nobody is engaged yet; `pairs` are all that will be. Those with `windows` stay within these."""
        self._windows = windows
        self._times = times
        self._spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._crowded: set[int] = set()
        self._over = np.zeros(0, dtype=bool)
        if times.places is not None:
            self._over = times.over
            load = Counter(times.mentor[[pair for pair in pairs if not self._over[pair]]].tolist())
            self._crowded = {mentor for mentor, number in load.items() if number > times.places[mentor]}

    @property
    def free(self) -> bool:
        """Whether every mentor has a place for each of his pairs all the time."""
        return not self._crowded

    def split(self, pairs: IntArray) -> list[IntArray]:
        """Pairs of mentors with places for all, and the others; those that are none are left out."""
        crowded = np.isin(self._times.mentor[pairs], list(self._crowded))
        return [part for part in (pairs[~crowded], pairs[crowded]) if len(part)]

    def note(self, plan: Mapping[int, Sequence[Session]]) -> None:
        """Engage the mentors of some pairs from the start of the first session to the end of the last."""
        for pair, sessions in plan.items() if self._crowded else ():
            mentor = int(self._times.mentor[pair])
            if mentor in self._crowded and sessions and not self._over[pair]:
                self._spans[mentor].append((sessions[0].start, sessions[-1].end))

    def gaps(self, pairs: IntArray) -> list[Gap] | None:
        """Where the mentor of each pair has a place left; None if all of them have one always."""
        mentors = self._times.mentor[pairs].tolist()
        if self._crowded.isdisjoint(mentors):
            return None
        return [
            Gap(row, *gap)
            for row, (pair, mentor) in enumerate(zip(pairs.tolist(), mentors, strict=True))
            for gap in ([self._windows[pair]] if pair in self._windows else self._of(pair, mentor) or [NEVER])
        ]

    def _of(self, pair: int, mentor: int) -> list[tuple[int, int]]:
        if mentor not in self._crowded or self._times.places is None or self._over[pair]:
            return [ALWAYS]
        return gaps_beside(self._spans[mentor], int(self._times.places[mentor]))

    def inside(self, gaps: Sequence[Gap], kinds: Kinds) -> list[WordArray]:
        """For each kind of session the starts in each gap, as bits; shape (words, days, gaps)."""
        slots = self._times.slots
        start = np.array([gap.start for gap in gaps], dtype=np.int64)[:, None]
        end = np.array([gap.end for gap in gaps], dtype=np.int64)[:, None]
        result: dict[int, WordArray] = {}
        for minutes in dict.fromkeys(kind.minutes for kind in kinds.all):
            table = (slots.start >= start) & (slots.start + minutes <= end)
            bits = pack(table.reshape(len(gaps), slots.days, slots.columns), slots.words)
            result[minutes] = np.ascontiguousarray(bits.transpose(2, 1, 0))
        return [result[kind.minutes] for kind in kinds.all]


def gaps_beside(spans: Sequence[tuple[int, int]], places: int) -> list[tuple[int, int]]:
    """The longest stretches of time in which fewer than `places` of some spans hold at every moment.

    >>> gaps_beside([(3, 5), (4, 8)], 1), gaps_beside([(3, 5), (4, 8)], 2)
    ([(-1099511627776, 3), (8, 1099511627776)], [(-1099511627776, 4), (5, 1099511627776)])
    """
    changes = Counter[int]()
    for start, end in spans:
        changes[start] += 1
        changes[end] -= 1
    gaps, begin, load = list[tuple[int, int]](), ALWAYS[0], 0
    for instant, change in sorted(changes.items()):
        before, load = load, load + change
        if before < places <= load:
            gaps.append((begin, instant))
        elif load < places <= before:
            begin = instant
    return [*gaps, (begin, ALWAYS[1])] if load < places else gaps

"""What the times of a cohort leave room for: free time, dates, and the sessions that already stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np

from matcher.check_dates import Dates
from matcher.check_free import FreeTime
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_rules import Roster
from matcher.check_starts import Starts
from matcher.check_time import Interval
from matcher.model import Pair

REMEMBERED = 1 << 16  # sets of days; many pairs have the same ones open


class Diary:
    """The times that the run's sessions take, person by person, in whichever role."""

    def __init__(self, pairs: Iterable[FoundPair]) -> None:
        self.of: dict[int, list[Meeting]] = {}
        for found in pairs:
            for person in set(found.pair):
                self.of.setdefault(person, []).extend(found.meetings)

    def taken(self, people: Pair, left_out: Pair | None) -> list[Interval]:
        """When the sessions of these two people are, but for those of one pair."""
        return [
            (meeting.start, meeting.end)
            for person in people
            for meeting in self.of.get(person, ())
            if meeting.pair != left_out
        ]


class Timetable:
    """What the times of a cohort allow: free time, dates, and the sessions that already stand.

    It knows everybody who occurs in a choice or in one of the `pairs`.
    """

    def __init__(self, roster: Roster, pairs: Iterable[Pair]) -> None:
        self.roster = roster
        self.dates = Dates(roster.programme)
        self._any_number = lru_cache(REMEMBERED)(lambda *days: any(self.dates.numbers(*days)))
        known = chain((choice.pair for choice in roster.choices), pairs)
        self.free = FreeTime(
            roster.cohort, self.dates, {person for pair in known for person in pair if person >= 0}
        )

    @cached_property
    def _starts(self) -> Starts:
        return Starts(self.free)

    def _both_start(self, pair: Pair) -> int:
        """Where the shortest session of the two can start, as bits."""
        return self._starts.of(pair[0]) & self._starts.of(pair[1])

    def ever_together(self, pair: Pair) -> bool:
        """Whether the pair could hold its sessions if there were no other pair."""
        return self._any_number(self._starts.open_days(self._both_start(pair)), self.roster.earliest(pair))

    def numbers_beside(self, pair: Pair, diary: Diary, left_out: Pair | None) -> Iterable[int]:
        """Every number of sessions that the pair could hold beside all sessions but those of `left_out`.

        None where a session could run past midnight into the pair's own next one: dates alone do not tell then.
        """
        taken = diary.taken(pair, left_out)
        if self.roster.programme.sessions.min_days_between == 1 and self._past_midnight(pair, taken):
            return ()
        left = self._both_start(pair) & ~self._starts.taken(taken)
        return self.dates.numbers(self._starts.open_days(left), self.roster.earliest(pair))

    def _past_midnight(self, pair: Pair, taken: Sequence[Interval]) -> bool:
        """Whether both are free, and in none of the sessions `taken`, just before and after some midnight."""
        midnights = np.array(self.dates.midnights[1:-1], dtype=np.int64)
        crossed = np.ones(len(midnights), dtype=bool)
        for person in pair:
            crossed &= self.free.covers(np.full(len(midnights), person), midnights - 1, midnights + 1)
        for start, end in taken:
            crossed &= (midnights < start) | (end < midnights)
        return bool(crossed.any())

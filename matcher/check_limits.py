"""The most sessions of a person on a date and in a week: what the sessions there leave room for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matcher.check_dates import Dates
from matcher.programme import WEEKDAYS


class Room(NamedTuple):
    """Where a pair may meet: `days` as bits, and the `weeks` of `Dates.numbers`, none where they are no limit."""

    days: int
    weeks: tuple[int, ...] = ()


class Limits:
    """How many sessions a person may have on a date and from Monday to Sunday, in whichever role."""

    def __init__(self, dates: Dates) -> None:
        rules = dates.programme.sessions
        self._dates, self._per_day, self._per_week = dates, rules.max_per_day, rules.max_per_week
        # Of one pair in a week: its distances allow no more.
        self._own = math.ceil(len(WEEKDAYS) / rules.min_days_between)

    def room(self, held: Iterable[Sequence[int]]) -> Room:
        """What is left to a pair beside other sessions, of which each of the two has some on the days `held`.

        It has one session of its own on a date at most, as its dates differ.
        """
        dates, own = self._dates, self._own
        if not (self._per_day or self._per_week):
            return Room(dates.all_days)
        days, weeks = dates.all_days, [dates.all_days] * own  # item k: weeks with room for more than k of its own
        if self._per_week:
            weeks[self._per_week :] = [0] * (own - self._per_week)
        for theirs in held:
            if self._per_day:
                full = [day for day, count in Counter(theirs).items() if count >= self._per_day]
                days &= ~sum(1 << day for day in full)
            if self._per_week:
                for monday, count in Counter(map(dates.monday, theirs)).items():
                    for number in range(max(self._per_week - count, 0), own):
                        weeks[number] &= ~dates.week(monday)
        # Weeks with room for all that the distances allow, or for none at all, are no limit beyond `days`.
        return Room(days & weeks[0], () if weeks[-1] == weeks[0] else tuple(weeks[1:]))

"""How many sessions a pair could have: by the dates alone, by its common free time, and beside all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher import rules
from matcher.check_dates import Dates
from matcher.check_limits import Limits
from matcher.check_rhythm import Rhythm
from matcher.explain_past import Past, Span
from matcher.model import BoolArray, Cohort, IntArray, Pair
from matcher.plans import make_aim
from matcher.rules import Candidates
from matcher.times import Times, meeting_times


@dataclass(frozen=True)
class Counts:
    """Numbers of sessions of a pair: what it has, and the best for the programme under ever more rules.

    `by_dates` counts if both were free at any time, `by_common_time` if they had no other sessions,
    `beside_others` if those stay as they are; None where no valid schedule exists. `crowded` tells whether one
    of the two has other sessions, `late` whether a session before the programme keeps them from the first days.
    `already` of those `held` lie before the date of a rematch: they stay, and are in all numbers; 0 without one.
    """

    held: int
    by_dates: int | None
    by_common_time: int | None
    beside_others: int | None
    crowded: bool
    late: bool
    already: int = 0


def count_sessions(cohort: Cohort, pairs: Sequence[Pair], sessions: Mapping[Pair, Sequence[Span]]) -> list[Counts]:
    """Count for each of some pairs.

    Parameters
    ----------
    sessions
        All sessions of the people of `pairs`, by pair.
    """
    if not pairs:
        return []
    candidates = as_candidates(cohort, pairs)
    dates = Dates(cohort.programme)
    counter = _Counter(cohort, dates, Limits(dates), meeting_times(cohort, candidates), Past(cohort, dates))
    return [counter.of(pair, place, int(candidates.earliest[place]), sessions) for place, pair in enumerate(pairs)]


def as_candidates(cohort: Cohort, pairs: Sequence[Pair]) -> Candidates:
    """Pairs as the engine wants them, in their order, whatever the rules say of them."""
    mentee, mentor = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return rules.as_candidates(cohort, mentee, mentor)


@dataclass(frozen=True)
class _Counter:
    cohort: Cohort
    dates: Dates
    limits: Limits
    times: Times
    past: Past

    def of(self, pair: Pair, place: int, earliest: int, sessions: Mapping[Pair, Sequence[Span]]) -> Counts:
        """Count for one pair, the candidate `place`."""
        others = [
            [span for theirs, spans in sessions.items() if person in theirs and theirs != pair for span in spans]
            for person in pair
        ]
        every = np.ones(self.dates.days, dtype=bool)
        start = self.times.slots.start[self._open(place)]
        left = start[~self._taken(start, [span for spans in others for span in spans])]
        within = range(self.dates.days)
        already = self.past.held_days(pair)
        own = [already[:-1]] * len(pair)  # the last one is the first of those that are counted
        held = [
            [*mine, *(day for begin, _ in spans if (day := self.dates.day_of(begin)) in within)]
            for mine, spans in zip(own, others, strict=True)
        ]
        for person, days in zip(pair, held, strict=True):
            days += [self.dates.day_of(begin) for begin, _ in self.past.over_of(person, sessions)]
        return Counts(
            held=len(sessions.get(pair, ())),
            by_dates=self._best(pair, every, earliest, own),
            by_common_time=self._best(pair, self._days(start), earliest, own),
            beside_others=self._best(pair, self._days(left), earliest, held),
            crowded=any(others),
            late=self._late(pair),
            already=len(already),
        )

    def _late(self, pair: Pair) -> bool:
        """Whether a session before the programme keeps the two from the first days of their engagement."""
        decision, rules = self.cohort.decisions.get(pair), self.cohort.programme.sessions
        engagement = self.past.engagement(pair)
        if decision is None or decision.last_session is None or engagement.held >= 0:
            return False
        first = self.dates.first + engagement.first
        return decision.last_session + rules.min_days_between > first

    def _open(self, place: int) -> BoolArray:
        """Slots at which the two could start the shortest session."""
        return np.asarray(self.times.open_minutes(np.array([place]))[0] > 0)

    def _taken(self, start: IntArray, others: Sequence[Span]) -> BoolArray:
        """At which of these starts the shortest session would meet others or the pause beside them."""
        rules = self.cohort.programme.sessions
        end, taken = start + rules.minutes[-1] + rules.pause_minutes, np.zeros(len(start), dtype=bool)
        for begin, finish in others:
            taken |= (start < finish + rules.pause_minutes) & (end > begin)
        return taken

    def _days(self, starts: IntArray) -> BoolArray:
        """The days on which some of these instants lie."""
        days = np.zeros(self.dates.days, dtype=bool)
        days[[self.dates.day_of(start) for start in starts.tolist()]] = True
        return days

    def _best(self, pair: Pair, days: BoolArray, earliest: int, held: Iterable[Sequence[int]]) -> int | None:
        """The number of sessions that costs the least; of equals the largest, as the engine has it."""
        rhythm = Rhythm(self.dates, self.past.engagement(pair))
        room = self.limits.room(held)
        open_days = sum(1 << day for day in np.flatnonzero(days).tolist() if day >= self.past.resume) & room.days
        aim = make_aim(self.cohort.programme)
        numbers = list(rhythm.numbers(open_days, earliest, room.weeks))
        best = min(reversed(numbers), key=aim.cost, default=None)
        # Where a pair has held more than the mentee is to have by now, that is what it could not have.
        return best if best is None else self.past.usual(pair).wanted or best

"""What pairs of a run had behind them at the date of its rematch, for the page about one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from matcher.check_dates import Dates
from matcher.check_rhythm import Engagement, Engagements
from matcher.model import Cohort, Pair, Session

Span = tuple[int, int]
"""Start and end of a session in minutes since 1970-01-01T00:00 UTC, half-open."""


class Past:
    """When pairs work together and what they have held by the date of the rematch; nothing where a run is none.

    `resume` is the day of the programme from which on the rematch has planned, 0 without one.
    """

    def __init__(self, cohort: Cohort, dates: Dates) -> None:
        self._earlier, self._dates = cohort.earlier, dates
        self._engagements = Engagements(cohort, dates)
        self.resume = 0 if cohort.earlier is None else cohort.earlier.as_of - dates.first

    def usual(self, pair: Pair) -> Engagement:
        """The engagement as if the whole programme were still to come."""
        return self._engagements.of(pair)

    def engagement(self, pair: Pair) -> Engagement:
        """The engagement of a pair: one that goes on is counted from the last session that it has held."""
        usual = self.usual(pair)
        if self._earlier is None:
            return usual
        agreed = self._earlier.agreed.get(pair)
        held = self.held_days(pair)
        if agreed is None or (agreed.start > self._earlier.as_of and not (usual.wanted and held)):
            return usual._replace(first=max(usual.first, self.resume))
        begun = usual._replace(first=agreed.start - self._dates.first)
        if not held:
            return begun
        if usual.wanted:  # what was held beyond the number wanted stays
            begun = begun._replace(first=min(begun.first, held[0]), wanted=max(usual.wanted, len(held)))
        return begun._replace(held=held[-1], before=len(held) - 1)

    def held_days(self, pair: Pair) -> list[int]:
        """The days of the sessions that a pair which goes on has held."""
        agreed = None if self._earlier is None else self._earlier.agreed.get(pair)
        return [] if agreed is None else sorted(self._dates.day_of(one.start) for one in agreed.held)

    def over(self, pair: Pair) -> list[Span]:
        """The sessions that the two have held as a pair that has ended."""
        return [] if self._earlier is None else list(_spans(self._earlier.held.get(pair, ())))

    def over_of(self, person: int, goes_on: Mapping[Pair, Sequence[Span]]) -> list[Span]:
        """The sessions that a person has held in pairs that have ended; those that go on have other sessions."""
        if self._earlier is None:
            return []
        ended = {pair: one.held for pair, one in self._earlier.agreed.items() if pair not in goes_on}
        sources = (*ended.items(), *self._earlier.held.items())
        return [span for pair, sessions in sources if person in pair for span in _spans(sessions)]


def _spans(sessions: Iterable[Session]) -> Iterable[Span]:
    return ((one.start, one.end) for one in sessions)

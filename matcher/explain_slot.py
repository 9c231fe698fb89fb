"""Whether a pair could meet at one instant, and if not, what is in the way first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from matcher.calendars import FreeTime, free_time
from matcher.check_dates import Dates
from matcher.check_rhythm import Rhythm
from matcher.explain_counts import as_candidates
from matcher.explain_past import Past, Span
from matcher.limits import make_limits
from matcher.model import Busy, Cohort, Pair, no_absences

OBSTACLES = (  # in the order in which they are looked for
    *("this_session", "outside_programme", "before_rematch", "outside_engagement", "off_grid"),
    *("day_off", "outside_hours", "busy", "no_common_time"),
    *("near_held", "last_session_before", "too_near"),
    *("own_session", "own_limit", "number", "month_rule", "possible"),
)


@dataclass(frozen=True)
class Answer:
    """What stands first, of `OBSTACLES`, against a session of a pair at an instant.

    `sessions` are those of the pair that it is or comes too near to, or with `own_session` the one of `other` that
    it would meet. `instead` is the obstacle once the one session that is too near is given up, "" where there is
    not just one.
    """

    obstacle: str
    sessions: tuple[Span, ...] = ()
    other: Pair | None = None
    instead: str = ""


def answers(
    cohort: Cohort, person: int, pairs: Sequence[Pair], sessions: Mapping[Pair, Sequence[Span]], instant: int
) -> list[Answer]:
    """Look at each of some pairs of a person.

    What is in the way of the person is told as it is; of the other one nothing but that there is no common time.

    Parameters
    ----------
    sessions
        All sessions of the people of `pairs`, by pair.
    instant
        When the session would start, in minutes since 1970-01-01T00:00 UTC.
    """
    if not pairs:
        return []
    people = np.unique(np.array(pairs, dtype=np.int64))
    no_times, never = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    at_work = replace(cohort, busy=Busy(no_times, no_times, no_times, never, never), absences=no_absences())
    dates = Dates(cohort.programme)
    looker = _Looker(
        cohort=cohort,
        person=person,
        sessions=sessions,
        instant=instant,
        dates=dates,
        past=Past(cohort, dates),
        free=free_time(cohort, people),
        work=free_time(at_work, np.array([person], dtype=np.int64)),
    )
    return [looker.answer(pair) for pair in pairs]


@dataclass(frozen=True)
class _Looker:
    cohort: Cohort
    person: int
    sessions: Mapping[Pair, Sequence[Span]]
    instant: int
    dates: Dates
    past: Past
    free: FreeTime
    work: FreeTime

    @property
    def _span(self) -> Span:
        """The shortest session at the instant."""
        return self.instant, self.instant + self.cohort.programme.sessions.minutes[-1]

    def answer(self, pair: Pair) -> Answer:
        own = self.sessions.get(pair, ())
        for begin, end in own:
            if begin <= self.instant < end:
                return Answer("this_session", ((begin, end),))
        other = pair[0] if pair[1] == self.person else pair[1]
        obstacle = self._place(pair) or self._own_time() or self._common_time(other)
        if obstacle:
            return Answer(obstacle)
        held = [span for span in (*self.past.over(pair), *own) if self._is_held(span)]
        if near := self._near(held):
            return Answer("near_held", tuple(near))
        return Answer("last_session_before") if self._before(pair) else self._apart(pair, other, own)

    def _apart(self, pair: Pair, other: int, own: Sequence[Span]) -> Answer:
        """What sessions in this programme that may move have against it."""
        near = self._near(own)
        if not near:
            return self._beside(pair, other, own)
        if len(near) > 1:
            return Answer("too_near", tuple(near))
        kept = [span for span in own if span not in near]
        return Answer("too_near", tuple(near), instead=self._beside(pair, other, kept).obstacle)

    # --- the instant alone --------------------------------------------------------------------------------------

    def _place(self, pair: Pair) -> str:
        """What the programme, or when the two take part in it, has against the instant."""
        begin, end = self.dates.span
        if not begin <= self.instant < end:
            return "outside_programme"
        if self.dates.day_of(self.instant) < self.past.resume:
            return "before_rematch"
        first, last, *_ = self.past.engagement(pair)
        if not first <= self.dates.day_of(self.instant) <= last:
            return "outside_engagement"
        return "" if self.dates.on_grid(self.instant) else "off_grid"

    def _own_time(self) -> str:
        if _within(self._span, self.free, self.person):
            return ""
        if _within(self._span, self.work, self.person):
            return "busy"
        zone = ZoneInfo(self.cohort.employees.zones[self.cohort.employees.zone[self.person]])
        midnight = dt.datetime.fromtimestamp(self.instant * 60, tz=zone).replace(hour=0, minute=0)
        begin, end = (int(day.timestamp()) // 60 for day in (midnight, midnight + dt.timedelta(days=1)))
        start, stop = self.work.row(0)
        return "outside_hours" if ((start < end) & (stop > begin)).any() else "day_off"

    def _common_time(self, other: int) -> str:
        return "" if _within(self._span, self.free, other) else "no_common_time"

    # --- the instant beside sessions ----------------------------------------------------------------------------

    def _before(self, pair: Pair) -> bool:
        """Whether it is too near to the last session before the programme."""
        (earliest,) = as_candidates(self.cohort, [pair]).earliest.tolist()
        return bool(self.dates.day_of(self.instant) < earliest)

    def _near(self, spans: Iterable[Span]) -> list[Span]:
        """Those of some sessions of the pair that are too few days away."""
        day, apart = self.dates.day_of(self.instant), self.cohort.programme.sessions.min_days_between
        return [span for span in spans if abs(day - self.dates.day_of(span[0])) < apart]

    def _is_held(self, span: Span) -> bool:
        """Whether a session lies before the date of the rematch, so that it cannot move any more."""
        return self.cohort.earlier is not None and self.dates.day_of(span[0]) < self.past.resume

    def _beside(self, pair: Pair, other: int, kept: Sequence[Span]) -> Answer:
        """What other sessions and the month rule have against it, beside the `kept` ones of the pair."""
        for theirs, span in self._others(pair, self.person):
            if self._meets(span):
                return Answer("own_session", (span,), theirs)
        if any(self._meets(span) for _, span in self._others(pair, other)):
            return Answer("no_common_time")
        for person, obstacle in ((self.person, "own_limit"), (other, "no_common_time")):
            held = [*kept, *(span for _, span in self._others(pair, person))]
            held += self.past.over_of(person, self.sessions)
            if self._at_limit(held):
                return Answer(obstacle)
        days = {self.dates.day_of(begin) for begin, _ in [*kept, self._span]}
        as_bits = sum(1 << day for day in days if 0 <= day < self.dates.days)
        engagement = self.past.engagement(pair)
        valid = len(days) in Rhythm(self.dates, engagement).numbers(as_bits, 0)
        if engagement.wanted and len(days) != engagement.wanted:
            return Answer("number")
        return Answer("possible" if valid else "month_rule")

    def _others(self, pair: Pair, person: int) -> Iterable[tuple[Pair, Span]]:
        """The sessions of a person with others."""
        for theirs, spans in self.sessions.items():
            if person in theirs and theirs != pair:
                yield from ((theirs, span) for span in spans)

    def _meets(self, span: Span) -> bool:
        """Whether the session would overlap another, or the pause beside it."""
        pause = self.cohort.programme.sessions.pause_minutes
        return self._span[0] < span[1] + pause and self._span[1] + pause > span[0]

    def _at_limit(self, held: Sequence[Span]) -> bool:
        """Whether somebody with these sessions may have no more on the day or in the week."""
        days = np.array([self.dates.day_of(begin) for begin, _ in held], dtype=np.int64)
        days = days[(days >= 0) & (days < self.dates.days)]
        periods = make_limits(self.cohort.programme).periods
        day = self.dates.day_of(self.instant)
        return any((period.of_day[days] == period.of_day[day]).sum() >= period.most for period in periods)


def _within(span: Span, free: FreeTime, person: int) -> bool:
    """Whether a person is free all the time."""
    start, end = free.row(int(np.searchsorted(free.people, person)))
    return bool(((start <= span[0]) & (span[1] <= end)).any())

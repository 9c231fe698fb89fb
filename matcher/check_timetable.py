"""What the times of a cohort leave room for: free time, dates, and the sessions that already stand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from itertools import chain

from matcher.check_dates import Dates
from matcher.check_diary import Diary
from matcher.check_free import FreeTime
from matcher.check_limits import Limits, Room
from matcher.check_pairs import Meeting
from matcher.check_past import Past
from matcher.check_preferred import PreferredHours
from matcher.check_rhythm import Engagement, Engagements, Rhythm
from matcher.check_rules import Roster
from matcher.check_starts import Starts
from matcher.model import Pair

REMEMBERED = 1 << 16  # sets of days; many pairs have the same ones open
RHYTHMS = 1 << 10  # engagements whose dates are kept at hand


class Timetable:
    """What the times of a cohort allow: free time, dates, and the sessions that already stand.

    It knows everybody who occurs in a choice, in one of the `pairs` or in one that may go on, and the `others`.
    """

    def __init__(
        self, roster: Roster, pairs: Iterable[Pair], others: Iterable[int] = (), past: Past | None = None
    ) -> None:
        self.roster, self.past = roster, past
        self.dates = Dates(roster.programme)
        self.limits = Limits(self.dates)
        self._weeks = self.limits.room(()).weeks
        self._engagements = Engagements(roster.cohort, self.dates)
        self.rhythm_of = lru_cache(RHYTHMS)(lambda engagement: Rhythm(self.dates, engagement))
        self._any_number = lru_cache(REMEMBERED)(
            lambda engagement, *days: any(self.rhythm_of(engagement).numbers(*days))
        )
        self._begun = cache(self._goes_on)
        known = chain((choice.pair for choice in roster.choices), pairs, () if past is None else past.agreed)
        people = {person for pair in known for person in pair if person >= 0}
        self._since = 0 if past is None else past.midnight
        self.free = FreeTime(roster.cohort, self.dates, people.union(others), self._since)
        self.preferred = PreferredHours(self.free.working, self.dates)
        self._liked_starts = cache(self._liked)
        self._now = 0 if past is None else past.as_of - self.dates.first
        self._anew = cache(lambda usual: usual._replace(first=max(usual.first, self._now)))

    def engagement(self, pair: Pair) -> Engagement:
        """From when to when the two would work together, and when one of them is away."""
        usual = self._engagements.of(pair)
        if self.past is None:
            return usual
        agreed = self.past.agreed.get(pair)
        if agreed is None or (agreed.start > self.past.as_of and not (usual.wanted and agreed.held)):
            anew: Engagement = self._anew(usual)
            return anew
        return self._begun(pair)

    def _goes_on(self, pair: Pair) -> Engagement:
        """The engagement of a pair that has begun, from the last session that it has held."""
        assert self.past is not None  # noqa: S101 - for the type checker
        usual, agreed = self._engagements.of(pair), self.past.agreed[pair]
        held = [self.dates.day_of(start) for start, _ in self.past.held_by(pair)]
        begun = usual._replace(first=agreed.start - self.dates.first)
        if not held:
            return begun
        if usual.wanted:  # what was held beyond the number wanted stays
            first, wanted = min(begun.first, held[0]), max(usual.wanted, len(held))
            begun = begun._replace(first=first, wanted=wanted)
        return begun._replace(held=max(held), before=len(held) - 1)

    def earliest(self, pair: Pair) -> int:
        """The first day on which the two may meet next, by sessions before and by the date of a rematch."""
        usual = self.roster.earliest(pair)
        if self.past is None:
            return usual
        if pair not in self._have_met:
            return max(usual, self._now)
        ids = self.roster.ids[pair[0]], self.roster.ids[pair[1]]
        apart = self.roster.programme.sessions.min_days_between
        slots = [*self.past.held_by(pair), *self.past.held_before(ids)]
        return max([usual, self._now, *(self.dates.day_of(start) + apart for start, _ in slots)])

    @cached_property
    def _have_met(self) -> set[Pair]:
        """The pairs of the plan and of those before it whose people are all employees now."""
        if self.past is None:
            return set()
        person = self.roster.person
        ended = [ids for ids in self.past.held.keys() | self.past.why.keys() if person.keys() >= set(ids)]
        return {*self.past.agreed, *((person[mentee], person[mentor]) for mentee, mentor in ended)}

    def rhythm(self, pair: Pair) -> Rhythm:
        """Which date of the two may follow which."""
        return self.rhythm_of(self.engagement(pair))

    @cached_property
    def _starts(self) -> Starts:
        return Starts(self.free, self._since)

    def _both_start(self, pair: Pair) -> int:
        """Where the shortest session of the two can start, as bits; in a rematch from its date on."""
        return self._starts.of(pair[0]) & self._starts.of(pair[1])

    def ever_together(self, pair: Pair) -> bool:
        """Whether the pair could hold its sessions if there were no other pair."""
        days = self._starts.open_days(self._both_start(pair))
        return self._any_number(self.engagement(pair), days, self.earliest(pair), self._weeks)

    def starts_together(self, pair: Pair) -> dict[int, list[int]]:
        """Day by day of their engagement, from which instants the two could hold the shortest session."""
        bits = self._both_start(pair)
        days, (first, last, *_) = self._starts.open_days(bits), self.engagement(pair)
        return {day: self._starts.on_day(bits, day) for day in range(first, last + 1) if days >> day & 1}

    def numbers_beside(self, pair: Pair, diary: Diary, left_out: Pair | None) -> Iterable[int]:
        """Every number of sessions that the pair could hold beside all sessions but those of `left_out`.

        None where a session could run past midnight into the pair's own next one, or into the pause before it:
        dates alone do not tell then.
        """
        room, certain = self._room_beside(pair, diary, left_out)
        return self.rhythm(pair).numbers(room.days, self.earliest(pair), room.weeks) if certain else ()

    def fits_beside(self, pair: Pair, diary: Diary) -> bool | None:
        """Whether the pair has a schedule beside all sessions as they stand; None if dates alone do not tell."""
        room, certain = self._room_beside(pair, diary, None)
        found = any(self.rhythm(pair).numbers(room.days, self.earliest(pair), room.weeks))
        return found if certain or not found else None

    def least_missing(self, pair: Pair, diary: Diary) -> int | None:
        """How many sessions of the pair lie outside its common time at least, beside all sessions as they stand.

        -1 if the rules leave the pair no dates at all; None if dates alone do not tell.
        """
        room, certain = self._room_beside(pair, diary, None)
        if not certain or room.weeks:
            return None
        return self.rhythm(pair).least_missing(room.days, self.earliest(pair))

    def _room_beside(self, pair: Pair, diary: Diary, left_out: Pair | None) -> tuple[Room, bool]:
        """The days with room for the pair, and whether its sessions cannot meet from one date to the next."""
        left = self._both_start(pair) & ~self._starts.taken(diary.taken(pair, left_out))
        apart = self.roster.programme.sessions.min_days_between
        certain = not (self._days_touch and self._starts.run_together(left, apart))
        own = [] if self.past is None else [self.dates.day_of(start) for start, _ in self.past.held_by(pair)][:-1]
        held = ([*own, *(meeting.day for meeting in diary.beside(person, left_out))] for person in pair)
        days, weeks = self.limits.room(held)
        return Room(self._starts.open_days(left) & days, weeks), certain

    @cached_property
    def _days_touch(self) -> bool:
        """Whether a session late on one date could run into one on the earliest date on which the next may be."""
        rules, midnights = self.roster.programme.sessions, self.dates.midnights
        apart, taken = rules.min_days_between, rules.minutes[-1] + rules.pause_minutes
        return any(
            next_one - midnight < taken
            for midnight, next_one in zip(midnights[1:], midnights[apart:-1], strict=False)
        )

    def preferred_starts(self, meeting: Meeting) -> list[int]:
        """The starts on the date of a session from which it would lie in the preferred hours of both people.

        Both are free there for a session of the shortest length; other sessions are not looked at.
        """
        zones = (self.preferred.zone(person) for person in meeting.pair)
        liked = self._liked_starts(*zones, meeting.end - meeting.start)
        return self._starts.on_day(self._both_start(meeting.pair) & liked, meeting.day)

    def _liked(self, zone: int, other: int, minutes: int) -> int:
        """Starts, as bits, of sessions so long that lie in the preferred hours of both zones."""
        starts = self._starts.instants
        ends = starts + minutes
        return self._starts.marked(
            self.preferred.hold(zone, starts, ends) & self.preferred.hold(other, starts, ends)
        )

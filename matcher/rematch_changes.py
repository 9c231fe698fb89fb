"""What a rematch changes: pairs that go on, end or begin, sessions that move, and what is the reason for each."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from matcher.calendars import free_time
from matcher.earlier import GONE, Repair, ends_because
from matcher.engagements import sessions_wanted
from matcher.model import Agreed, Cohort, Decision, Pair, Session, Solution, SolvedPair
from matcher.programme import day_number, midnight_of
from matcher.rules import first_broken
from matcher.run_plans import IdPair

CHANGES = ("kept", "moved", "ended", "new")
ENDINGS = ("refused", "declined", "forbidden", "left", "rule", "capacity", "lock", "schedule", "for_others")
"""Why a pair ends, those that somebody decided first; `for_others` only where the programme allows it."""
MOVES = ("not_free", "made_room", "rules", "pair_ended", "added", "new_pair")
_PLACES = {"does_not_mentor", "mentor_full", "other_choice_taken", "schedule_conflict"}

Numbered = tuple[int, Session]
"""A session with its number in the pair, from 1."""


class Why(NamedTuple):
    """A reason: its code, the people whom it names (ids), and for a rule the outcome of the choice."""

    code: str
    people: tuple[str, ...] = ()
    detail: str = ""
    since: int | None = None


class Ending(NamedTuple):
    """A pair that ends: why, on whose side, and its last day, None if it had none."""

    ids: IdPair
    why: Why
    by: str
    last_day: int | None
    held: tuple[Session, ...]
    cancelled: tuple[Session, ...]


class Move(NamedTuple):
    """A session that is otherwise than planned: before and now, None where it was or is not."""

    ids: IdPair
    before: Numbered | None
    now: Numbered | None
    why: Why

    @property
    def change(self) -> str:
        """What becomes of it: `moved`, `cancelled` or `new`."""
        if self.before is None:
            return "new"
        return "cancelled" if self.now is None else "moved"


class Change(NamedTuple):
    """What becomes of a pair, and of its sessions from the date on."""

    ids: IdPair
    change: str
    kept: int
    moves: tuple[Move, ...]
    why: Why | None

    def count(self, change: str) -> int:
        """How many sessions are `moved`, `cancelled` or `new`."""
        return sum([move.change == change for move in self.moves])


@dataclass(frozen=True)
class Changes:
    """Everything that a rematch changes, by pair."""

    changes: tuple[Change, ...]
    endings: tuple[Ending, ...]

    def counts(self) -> dict[str, int]:
        """How many pairs there are of each kind."""
        found = Counter(change.change for change in self.changes)
        return {change: found[change] for change in CHANGES}

    def sessions(self, change: str) -> int:
        """How many sessions are `moved`, `cancelled` or `new`."""
        return sum(row.count(change) for row in self.changes)

    def people(self) -> set[str]:
        """The ids of everybody for whom something changes."""
        return {person for row in self.changes if row.change != "kept" for person in row.ids}


def find_changes(repair: Repair, solution: Solution) -> Changes:
    """Compare the solution of a rematch with the plan that it repairs."""
    return _Finder(repair, solution).changes()


def matched(planned: Sequence[Session], now: Sequence[Session]) -> dict[int, int]:
    """Which session of now each planned one has become (places): those of the same start, the others in order.

    >>> matched([Session(0, 45), Session(9, 45)], [Session(3, 45), Session(9, 45), Session(12, 45)])
    {1: 1, 0: 0}
    """
    at = {session.start: place for place, session in enumerate(now)}
    found = {place: at[session.start] for place, session in enumerate(planned) if session.start in at}
    left = [place for place in range(len(planned)) if place not in found]
    free = [place for place in range(len(now)) if place not in set(found.values())]
    return found | dict(zip(left, free, strict=False))


class _Finder:
    """Looks at each pair in turn."""

    def __init__(self, repair: Repair, solution: Solution) -> None:
        self.repair, self.cohort = repair, repair.cohort
        self.ids = self.cohort.employees.ids
        self.pairs: dict[Pair, SolvedPair] = {(pair.mentee, pair.mentor): pair for pair in solution.pairs}
        self.agreed = repair.earlier.agreed
        self.told = solution.outcomes
        self.left: dict[str, list[str]] = {}
        self.freed: dict[str, list[str]] = {}

    @cached_property
    def of(self) -> dict[int, list[SolvedPair]]:
        """The pairs of each person."""
        found: dict[int, list[SolvedPair]] = {}
        for pair in self.pairs.values():
            for person in {pair.mentee, pair.mentor}:
                found.setdefault(person, []).append(pair)
        return found

    @cached_property
    def outcomes(self) -> dict[Pair, str]:
        """The outcome of each choice."""
        choices = self.cohort.choices
        listed = zip(choices.mentee.tolist(), choices.mentor.tolist(), strict=True)
        return dict(zip(listed, (outcome.code for outcome in self.told), strict=False))

    @cached_property
    def busy(self) -> _Obstacles:
        """What stands in the way of sessions as they were planned."""
        return _Obstacles(self.cohort, self._unkept(), self.of)

    def changes(self) -> Changes:
        endings = {ids: self._ending(ids) for ids in self.repair.plan.pairs if self._ends(ids)}
        for mentee, mentor in endings:
            self.left.setdefault(mentee, []).append(mentor)
            self.freed.setdefault(mentor, []).append(mentee)
        rows = [self._ended(ending) for ending in endings.values()]
        for pair, solved in self.pairs.items():
            agreed = self.agreed.get(pair)
            rows.append(self._kept(pair, agreed, solved) if agreed else self._new(pair, solved))
        return Changes(tuple(sorted(rows, key=lambda row: row.ids)), tuple(endings.values()))

    def _ends(self, ids: IdPair) -> bool:
        pair = self.repair.sides[ids]
        return pair not in self.agreed or pair not in self.pairs

    def _unkept(self) -> set[int]:
        """Everybody with a session that is not held as planned in a pair that goes on."""
        return {
            person
            for pair, agreed in self.agreed.items()
            if pair in self.pairs and set(_times(agreed.planned)) - set(_times(self.pairs[pair].sessions))
            for person in pair
        }

    # --- pairs that go on or begin ------------------------------------------------------------------------------

    def _kept(self, pair: Pair, agreed: Agreed, solved: SolvedPair) -> Change:
        ids, held = self._ids(pair), len(agreed.held)
        planned, now = agreed.planned, self.repair.split(solved.sessions)[1]
        if _times(planned) == _times(now):
            return Change(ids, "kept", len(planned), (), None)
        onto = matched(planned, now)
        moves, kept = list[Move](), 0
        for place, session in enumerate(planned):
            to = onto.get(place)
            if to is not None and now[to][:2] == session[:2]:
                kept += 1
                continue
            target = None if to is None else (held + to + 1, now[to])
            moves.append(Move(ids, (held + place + 1, session), target, self.busy.why(pair, session)))
        fresh = sorted(set(range(len(now))) - set(onto.values()))
        moves += [Move(ids, None, (held + place + 1, now[place]), Why("added")) for place in fresh]
        why = None if not moves else moves[0].why
        return Change(ids, "moved" if moves else "kept", kept, tuple(moves), why)

    def _new(self, pair: Pair, solved: SolvedPair) -> Change:
        ids = self._ids(pair)
        if ids[0] in self.left:
            why = Why("lost_mentor", tuple(self.left[ids[0]]))
        elif ids[1] in self.freed:
            why = Why("place_free", tuple(self.freed[ids[1]]))
        else:
            why = Why("waited")
        moves = [Move(ids, None, (n, session), Why("new_pair")) for n, session in enumerate(solved.sessions, 1)]
        return Change(ids, "new", 0, tuple(moves), why)

    def _ids(self, pair: Pair) -> IdPair:
        return self.ids[pair[0]], self.ids[pair[1]]

    # --- pairs that end -----------------------------------------------------------------------------------------

    def _ended(self, ending: Ending) -> Change:
        first, why = len(ending.held) + 1, Why("pair_ended")
        moves = [Move(ending.ids, (n, session), None, why) for n, session in enumerate(ending.cancelled, first)]
        return Change(ending.ids, "ended", 0, tuple(moves), ending.why)

    def _ending(self, ids: IdPair) -> Ending:
        repair, planned = self.repair, self.repair.plan.pairs[ids]
        pair, decision = repair.sides[ids], self.cohort.decisions.get(repair.sides[ids])
        held, cancelled = repair.split(planned.sessions)
        code = ends_because(self.cohort, pair, repair.as_of)
        why, by = self._decided(ids, pair, code, decision) if code else (self._forced(pair), "")
        days = [repair.as_of - 1, *(int(self.cohort.employees.last_day[one]) for one in pair if one != GONE)]
        last = min([*days, *([] if why.since is None else [why.since])])
        return Ending(ids, why, by, last if last >= planned.start else None, held, cancelled)

    def _decided(self, ids: IdPair, pair: Pair, code: str, decision: Decision | None) -> tuple[Why, str]:
        """Why a pair does not go on that somebody has refused, or of whom somebody has left."""
        sides = ("mentee", "mentor")
        if code == "left":
            people, day = self.cohort.employees, self.repair.as_of
            gone = [place for place in (0, 1) if pair[place] == GONE or people.last_day[pair[place]] < day]
            by = "both" if len(gone) == len(sides) else sides[gone[0]]
            return Why(code, tuple(ids[place] for place in gone)), by
        if decision is None or code == "forbidden":
            return Why(code), ""
        named = tuple(person for side, person in zip(sides, ids, strict=True) if decision.by in (side, "both"))
        return Why(code, named, since=decision.since), decision.by

    def _unlisted(self, pair: Pair) -> str:
        """The outcome that a pair would have which the mentee no longer lists, as far as rules tell."""
        one = (np.array([person], dtype=np.int64) for person in pair)
        return str(first_broken(self.cohort, *one)[0]) or "schedule_conflict"

    def _forced(self, pair: Pair) -> Why:
        """Why a pair does not go on although nobody has refused it."""
        outcome = self.outcomes.get(pair) or self._unlisted(pair)
        if outcome not in _PLACES:
            return Why("rule", (), outcome)
        mentee, mentor = pair
        most = (self.cohort.programme.capacity.mentors_per_mentee, int(self.cohort.employees.capacity[mentor]))
        theirs = (
            [other for other in self.of.get(who, ()) if _side(other, side) == who]
            for side, who in (("mentee", mentee), ("mentor", mentor))
        )
        fresh = False
        for who, places, others in zip(pair, most, theirs, strict=True):
            standing = [other for other in others if other.locked or (other.mentee, other.mentor) in self.agreed]
            fresh = fresh or len(standing) < len(others)
            if who == mentor and self.cohort.programme.frame.engagement == "as-needed":
                standing = self._engaged_beside(pair, standing)
            if len(standing) >= places:
                locks = [other for other in standing if (other.mentee, other.mentor) not in self.agreed]
                if locks:
                    return Why("lock", self._ids((locks[0].mentee, locks[0].mentor)))
                return Why("capacity", (self.ids[who],))
        may_end = self.cohort.programme.rematch.end_pairs == "for-more-mentees"
        return Why("for_others" if may_end and fresh else "schedule", self._ids(pair))

    def _engaged_beside(self, pair: Pair, others: Sequence[SolvedPair]) -> list[SolvedPair]:
        """Of a mentor's others those who have begun and go on, if this pair has begun, too, and was to go on.

        Where engagements last as long as needed, others may have their turn after it, or before.
        """
        wanted = int(sessions_wanted(self.cohort, np.array([pair[0]], dtype=np.int64))[0])
        if not 0 < len(self.agreed[pair].held) < wanted:
            return []
        return [other for other in others if all(self.repair.split(other.sessions))]


def _side(pair: SolvedPair, side: str) -> int:
    return pair.mentee if side == "mentee" else pair.mentor


def _times(sessions: Iterable[Session]) -> list[tuple[int, int]]:
    return [(session.start, session.minutes) for session in sessions]


class _Obstacles:
    """What stands in the way of sessions as they were planned: free time now, and the sessions of others."""

    def __init__(self, cohort: Cohort, people: set[int], of: Mapping[int, Sequence[SolvedPair]]) -> None:
        self.cohort, self.of = cohort, of
        self.people = np.array(sorted(people), dtype=np.int64)
        self.free = free_time(cohort, self.people) if people else None

    def why(self, pair: Pair, session: Session) -> Why:
        """The first that applies: somebody is not free, somebody meets another, or dates forbid it."""
        ids = self.cohort.employees.ids
        away = [ids[person] for person in pair if not self._is_free(person, session)]
        if away:
            return Why("not_free", tuple(away))
        pause = self.cohort.programme.sessions.pause_minutes
        for person in pair:
            for other in self.of.get(person, ()):
                if (other.mentee, other.mentor) != pair and any(
                    session.start < theirs.end + pause and theirs.start < session.end + pause
                    for theirs in other.sessions
                ):
                    return Why("made_room", (ids[other.mentee], ids[other.mentor]))
        return Why("rules")

    def _is_free(self, person: int, session: Session) -> bool:
        people, programme = self.cohort.employees, self.cohort.programme
        first, last = int(people.first_day[person]), int(people.last_day[person])
        frame = day_number(programme.frame.start), day_number(programme.frame.end)
        if frame[0] <= first <= frame[1] and session.start < midnight_of(programme, first):
            return False
        if frame[0] <= last < frame[1] and session.start >= midnight_of(programme, last + 1):
            return False
        assert self.free is not None  # noqa: S101 - for the type checker
        starts, ends = self.free.row(int(np.searchsorted(self.people, person)))
        at = bisect.bisect_right(starts, session.start) - 1
        return at >= 0 and bool(ends[at] >= session.end)

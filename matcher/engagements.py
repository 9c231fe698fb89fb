"""From when to when each pair can be engaged, and which rules on dates follow from it.

Most pairs are engaged for the whole programme. Who joins late, leaves early or is away has pairs of his own kind,
and so has a pair that goes on after a rematch: its next session keeps its distance to the last one held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.cadence import Cadence, make_cadence, usual_number
from matcher.calendars import zone_segments
from matcher.model import BoolArray, Cohort, IntArray, Pair, Session
from matcher.programme import MINUTES_A_DAY, day_number


@dataclass(frozen=True)
class Engagements:
    """The engagement of each of some pairs, in days of the programme.

    It goes from `first` to `last`, both included; no day lies between where `last` is smaller. `cadences` are the
    rules on dates, the first of them those of the whole programme; `course` tells which of them are the pair's.
    """

    first: IntArray
    last: IntArray
    course: IntArray
    cadences: tuple[Cadence, ...]


@dataclass(frozen=True)
class Whose:
    """What pairs differ in besides their times: their `course`, and how many more sessions they had `before`."""

    course: IntArray
    before: IntArray

    @property
    def alike(self) -> bool:
        """Whether all are new and engaged for the whole programme."""
        return not self.course.any() and not self.before.any()


def engagements(
    cohort: Cohort, mentee: IntArray, mentor: IntArray, held: IntArray, before: IntArray
) -> Engagements:
    """Find out from when to when each pair can be engaged.

    Parameters
    ----------
    held
        For each pair the day of the last session that it has held already, -1 for none: its engagement has begun,
        and that session is the first of those that dates are counted from. Nothing else of the pair is open up to
        the last day on which any pair has held one.
    before
        How many sessions it has held before that one.
    """
    first, last = engaged_days(cohort, mentee, mentor)
    away, absent = _absent(cohort, mentee, mentor)
    usual, wanted = make_cadence(cohort.programme), sessions_wanted(cohort, mentee)
    whole = (first == 0) & (last == cohort.programme.days - 1) & (held < 0) & (away == 0)
    whole &= wanted == usual.exactly
    course, cadences = np.zeros(len(mentee), dtype=np.int64), [usual]
    odd = np.nonzero(~whole)[0]
    if len(odd):
        # What a pair has held is its first session with any of these days for the latest: so few courses will do.
        latest = np.where(held >= 0, held.max(), -1)
        count = np.where(wanted > 0, before, np.minimum(before, usual.minimum - 1))
        keys = np.stack((np.where(held >= 0, 0, first), last, latest, count, away, wanted), axis=1)[odd]
        kinds, course_of = np.unique(keys, axis=0, return_inverse=True)
        course[odd] = course_of.ravel() + 1
        cadences += [_cadence(cohort, kind, absent) for kind in kinds.tolist()]
    return Engagements(first, last, course, tuple(cadences))


def _cadence(cohort: Cohort, kind: Sequence[int], absent: list[BoolArray]) -> Cadence:
    first, last, latest, before, away, wanted = kind
    cadence = make_cadence(cohort.programme, first, last, absent[away], wanted=wanted)
    if latest < 0:
        return cadence
    if cadence.exactly:  # with that session; a pair that has held as many as are wanted, or more, is over with it
        left = max(1, cadence.exactly - before)
        return replace(cadence, first_latest=latest, minimum=left, exactly=left)
    return replace(cadence, first_latest=latest, minimum=cadence.minimum - before)


def sessions_wanted(cohort: Cohort, mentee: IntArray) -> IntArray:
    """How many sessions each of these mentees is to have with a mentor; 0 where engagements are for good."""
    if cohort.programme.frame.engagement != "as-needed":
        return np.zeros(len(mentee), dtype=np.int64)
    own = cohort.employees.sessions_wanted[mentee]
    return np.where(own > 0, own, usual_number(cohort.programme))


def engaged_days(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> tuple[IntArray, IntArray]:
    """First and last day (of the programme) on which both people of each pair take part."""
    people, start = cohort.employees, day_number(cohort.programme.frame.start)
    joins = np.maximum(people.first_day[mentee], people.first_day[mentor]) - start
    leaves = np.minimum(people.last_day[mentee], people.last_day[mentor]) - start
    first, last = np.maximum(joins, 0), np.minimum(leaves, cohort.programme.days - 1)
    if cohort.earlier is not None:
        begun = _begun(cohort, cohort.earlier.as_of, mentee, mentor)
        first = np.where(begun >= 0, begun - start, np.maximum(first, cohort.earlier.as_of - start))
    never = last < first
    return np.where(never, cohort.programme.days, first), np.where(never, -1, last)


def held_days(cohort: Cohort, sessions: Sequence[Session]) -> list[int]:
    """The days of the programme on which some sessions began."""
    frame = cohort.programme.frame
    segments = zone_segments(frame.timezone, frame.start, frame.end)
    wall = segments.to_wall(np.array([session.start for session in sessions], dtype=np.int64))
    days: list[int] = (wall // MINUTES_A_DAY - day_number(frame.start)).tolist()
    return days


def _begun(cohort: Cohort, as_of: int, mentee: IntArray, mentor: IntArray) -> IntArray:
    """The date on which the engagement of each pair that goes on has begun, -1 for those that would be new."""
    agreed: Mapping[Pair, int] = {}
    if cohort.earlier is not None:
        agreed = {pair: one.start for pair, one in cohort.earlier.agreed.items() if one.start <= as_of}
    pairs = zip(mentee.tolist(), mentor.tolist(), strict=True)
    return np.array([agreed.get(pair, -1) for pair in pairs], dtype=np.int64)


def _absent(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> tuple[IntArray, list[BoolArray]]:
    """Which days do not count for the month rule, as places in a list of sets of days; the first set is empty."""
    days, rows = cohort.programme.days, cohort.absences
    sets, away = [np.zeros(days, dtype=bool)], np.zeros(len(mentee), dtype=np.int64)
    if not len(rows) or cohort.programme.sessions.absences != "pause":
        return away, sets
    start, of_person = day_number(cohort.programme.frame.start), dict[int, BoolArray]()
    for person, begin, end in zip(rows.person.tolist(), rows.start.tolist(), rows.end.tolist(), strict=True):
        mine = of_person.setdefault(person, np.zeros(days, dtype=bool))
        mine[max(begin - start, 0) : max(end - start + 1, 0)] = True
    known, nobody = {sets[0].tobytes(): 0}, sets[0]
    gone = np.array(sorted(of_person), dtype=np.int64)
    for place in np.nonzero(np.isin(mentee, gone) | np.isin(mentor, gone))[0].tolist():
        either = of_person.get(int(mentee[place]), nobody) | of_person.get(int(mentor[place]), nobody)
        away[place] = known.setdefault(either.tobytes(), len(sets))
        if away[place] == len(sets):
            sets.append(either)
    return away, sets

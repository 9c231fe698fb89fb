"""How many sessions each pair could have: why there are not more of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from matcher.check_dates import Dates
from matcher.check_limits import Limits
from matcher.check_rhythm import Engagement, Rhythm
from matcher.explain_counts import as_candidates
from matcher.explain_past import Past
from matcher.model import Cohort, IntArray, Pair
from matcher.plans import Rules, best_alone, make_aim
from matcher.report_run import Rows
from matcher.rules import Candidates
from matcher.times import blocks, meeting_times
from matcher.turns import Turns


@dataclass(frozen=True)
class Room:
    """For each pair numbers of sessions, -1 where they are not known.

    `by_dates` if both were free at any time, `alone` if they had no other sessions: looked for where the pair has
    fewer than the dates allow.
    """

    by_dates: IntArray
    alone: IntArray


def find_room(cohort: Cohort, rows: Rows, held: IntArray) -> Room:
    """What keeps pairs from having more sessions.

    Parameters
    ----------
    held
        How many sessions each pair has.
    """
    mentee, mentor = (rows.people.employee[who] for who in (rows.pairs.mentee, rows.pairs.mentor))
    known = np.flatnonzero((mentee >= 0) & (mentor >= 0))
    by_dates, alone = np.full(len(held), -1), np.full(len(held), -1)
    candidates = as_candidates(cohort, list(zip(mentee[known].tolist(), mentor[known].tolist(), strict=True)))
    by_dates[known] = _by_dates(cohort, candidates)
    rules = cohort.programme.sessions
    if not rules.max_per_week or rules.min_days_between >= 7:  # the sweep knows no limit of a week
        fewer = np.flatnonzero(held[known] < by_dates[known])
        alone[known[fewer]] = _alone(cohort, candidates.subset(fewer))
    return Room(by_dates, alone)


def _by_dates(cohort: Cohort, pairs: Candidates) -> IntArray:
    """The most that the dates allow: the same for all who work together at the same time."""
    dates, aim = Dates(cohort.programme), make_aim(cohort.programme)
    room, past = Limits(dates).room(()), Past(cohort, dates)
    coming = room.days & -1 << past.resume

    @cache
    def best(engagement: Engagement, day: int) -> int:
        numbers = list(Rhythm(dates, engagement).numbers(coming, day, room.weeks))
        return min(reversed(numbers), key=aim.cost, default=-1)

    def of(pair: Pair, day: int) -> int:
        found, wanted = best(past.engagement(pair), day), past.usual(pair).wanted
        return min(found, wanted) if wanted else found

    columns = (pairs.mentee.tolist(), pairs.mentor.tolist(), pairs.earliest.tolist())
    found = [of((mentee, mentor), day) for mentee, mentor, day in zip(*columns, strict=True)]
    return np.array(found, dtype=np.int64)


def _alone(cohort: Cohort, pairs: Candidates) -> IntArray:
    """What each pair could have in its common free time."""
    if not len(pairs):
        return np.zeros(0, dtype=np.int64)
    times = meeting_times(cohort, pairs)
    rules = Rules.at(times, make_aim(cohort.programme))
    size = Turns(times, rules).at_once
    parts = blocks(np.arange(len(pairs)), size)
    return np.concatenate([best_alone(times.open(part), rules, times.whose(part)).sessions for part in parts])

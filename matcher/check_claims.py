"""What a run calls optimal: no change of a single pair or session may improve it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from matcher.check_diary import Diary
from matcher.check_files import Table
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_timetable import Timetable


def proven_goals(summary: Mapping[str, Any]) -> set[str]:
    """Names of the goals that a summary calls optimal, as far as it can be read."""
    goals = summary.get("goals")
    found = [goal for goal in goals if isinstance(goal, dict)] if isinstance(goals, list) else []
    return {str(goal.get("name")) for goal in found if goal.get("status") == "optimal"}


def check_claims(
    table: Table, proven: set[str], timetable: Timetable, pairs: Sequence[FoundPair], diary: Diary
) -> None:
    """Where goals are called optimal, no single pair may be able to improve them with all others as they are."""
    if not {"mentees", "pairs", "rank", "sessions"} <= proven:
        return
    longer = _could_be_longer(timetable, pairs, diary) if "minutes" in proven else set()
    least = cache(partial(_least_cost, timetable))
    for pair in pairs:
        # What no pair does better with every day open, this one does not with some of them.
        if _cost(timetable, len(pair.meetings)) > least(timetable.roster.earliest(pair.pair)):
            _check_number(table, timetable, pair, diary)
        for meeting in pair.meetings:
            if meeting.line in longer:
                table.fault(
                    f"called optimal, but the session on line {meeting.line} of sessions.csv could be longer",
                    column="goals, minutes",
                )


def _cost(timetable: Timetable, sessions: int) -> int:
    """How far this number of sessions of one pair is from what the programme wants."""
    number = timetable.roster.programme.sessions.number
    if isinstance(number, int):
        return abs(sessions - number)
    return sessions if number == "fewest" else -sessions


def _least_cost(timetable: Timetable, earliest: int) -> int:
    """The best that a pair could do with sessions from the day `earliest` if both were always free."""
    days, weeks = timetable.limits.room(())
    possible = timetable.dates.numbers(days, earliest, weeks)
    return min((_cost(timetable, sessions) for sessions in possible), default=sys.maxsize)


def _check_number(table: Table, timetable: Timetable, found: FoundPair, diary: Diary) -> None:
    """No better number of sessions for this pair."""
    cost, held = partial(_cost, timetable), len(found.meetings)
    best = min(timetable.numbers_beside(found.pair, diary, found.pair), key=cost, default=held)
    if cost(best) < cost(held):
        table.fault(
            f"called optimal, but {timetable.roster.labels(found.pair)} could hold "
            f"{best} sessions instead of {held} with all others as they are",
            column="goals, sessions",
        )


def _could_be_longer(timetable: Timetable, pairs: Sequence[FoundPair], diary: Diary) -> set[int]:
    """Lines of the sessions that could be longer from the same start, with all others as they are."""
    tried = [
        (*found.pair, meeting.start, end, meeting.line)
        for found in pairs
        for meeting in found.meetings
        for end in _longer_ends(timetable, found, meeting, diary)
    ]
    mentee, mentor, start, end, line = np.array(tried, dtype=np.int64).reshape(-1, 5).T
    fits = timetable.free.covers(mentee, start, end) & timetable.free.covers(mentor, start, end)
    return set(line[fits].tolist())


def _longer_ends(timetable: Timetable, found: FoundPair, meeting: Meeting, diary: Diary) -> list[int]:
    """When the session could end, were it longer, so far as the other sessions of the two people go."""
    rules, start = timetable.roster.programme.sessions, meeting.start
    ends = [start + minutes for minutes in rules.minutes if minutes > meeting.end - start]
    if not ends:
        return []
    pause = rules.pause_minutes
    own = [other.start for other in found.meetings if other.start > start]
    taken = [*diary.taken(found.pair, found.pair), *((later, later + 1) for later in own)]
    return [end for end in ends if not any(low < end + pause and high > start - pause for low, high in taken)]

"""What a run calls optimal: no change of a single pair or session may improve it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from matcher.check_diary import Diary
from matcher.check_files import Table
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_rhythm import Engagement
from matcher.check_time import Interval
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
    free = [found for found in pairs if timetable.past is None or found.pair not in timetable.past.agreed]
    longer = _could_be_longer(timetable, free, diary) if "minutes" in proven else set()
    least = cache(partial(_least_cost, timetable))
    for pair in free:  # more sessions of a pair that goes on might move those that are planned
        # What no pair does better with every day open, this one does not with some of them.
        possible = timetable.engagement(pair.pair), timetable.earliest(pair.pair)
        if _cost(timetable, len(pair.meetings)) > least(*possible):
            _check_number(table, timetable, pair, diary)
        for meeting in pair.meetings:
            if meeting.line in longer:
                table.fault(
                    f"called optimal, but the session on line {meeting.line} of sessions.csv could be longer",
                    column="goals, minutes",
                )
    goals_before = {"minutes"} if len(timetable.roster.programme.sessions.minutes) > 1 else set()
    if timetable.preferred and {"preferred", *goals_before} <= proven:
        for line in _could_be_preferred(timetable, free, diary):
            table.fault(
                f"called optimal, but the session on line {line} of sessions.csv could be in the preferred hours "
                "of both on its date",
                column="goals, preferred",
            )


def _cost(timetable: Timetable, sessions: int) -> int:
    """How far this number of sessions of one pair is from what the programme wants."""
    number = timetable.roster.programme.sessions.number
    if timetable.roster.programme.frame.engagement == "as-needed":
        return 0  # nothing but the number wanted is allowed
    if isinstance(number, int):
        return abs(sessions - number)
    return sessions if number == "fewest" else -sessions


def _least_cost(timetable: Timetable, engagement: Engagement, earliest: int) -> int:
    """The best that a pair could do in its engagement from the day `earliest` if both were always free."""
    days, weeks = timetable.limits.room(())
    possible = timetable.rhythm_of(engagement).numbers(days, earliest, weeks)
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
    start, lengths = meeting.start, timetable.roster.programme.sessions.minutes
    ends = [start + minutes for minutes in lengths if minutes > meeting.end - start]
    if not ends:
        return []
    own = [(other.start, other.end) for other in found.meetings if other.start > start]
    taken, pause = [*diary.taken(found.pair, found.pair), *own], timetable.free.pause
    return [end for end in ends if _is_clear(start, end, taken, pause)]


def _is_clear(start: int, end: int, taken: Iterable[Interval], pause: int) -> bool:
    """Whether a session would leave the pause before and after each of those `taken`."""
    return not any(low < end + pause and high > start - pause for low, high in taken)


def _could_be_preferred(timetable: Timetable, pairs: Sequence[FoundPair], diary: Diary) -> list[int]:
    """Lines of the sessions that could move into preferred hours on their dates, all others as they are.

    Dates and lengths stay, and so do all goals before this one.
    """
    meetings = [meeting for found in pairs for meeting in found.meetings]
    liked = timetable.preferred.liked(meetings).tolist()
    ends = {found.pair: (found.meetings[0], found.meetings[-1]) for found in pairs if found.meetings}
    tried = [
        (*meeting.pair, start, start + meeting.end - meeting.start, meeting.line)
        for meeting, already in zip(meetings, liked, strict=True)
        if not already
        for start in _preferred_starts(timetable, meeting, diary)
        if _within(timetable, ends[meeting.pair], meeting, start)
    ]
    mentee, mentor, start, end, line = np.array(tried, dtype=np.int64).reshape(-1, 5).T
    fits = timetable.free.covers(mentee, start, end) & timetable.free.covers(mentor, start, end)
    return sorted(set(line[fits].tolist()))


def _within(timetable: Timetable, ends: tuple[Meeting, Meeting], meeting: Meeting, start: int) -> bool:
    """Whether a move leaves an engagement that lasts as long as needed where it is: the mentor may have others."""
    if timetable.roster.programme.frame.engagement == "whole":
        return True
    first, last = ends
    return (meeting is not first or start >= meeting.start) and (meeting is not last or start <= meeting.start)


def _preferred_starts(timetable: Timetable, meeting: Meeting, diary: Diary) -> list[int]:
    """Preferred starts on the session's date that leave the other sessions of the two people their time."""
    starts = timetable.preferred_starts(meeting)
    if not starts:
        return []
    minutes, pause = meeting.end - meeting.start, timetable.free.pause
    others = (other for person in meeting.pair for other in diary.of[person] if other is not meeting)
    taken = [(other.start, other.end) for other in others]
    return [start for start in starts if _is_clear(start, start + minutes, taken, pause)]

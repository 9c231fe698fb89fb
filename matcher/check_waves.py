"""Engagements as long as needed: how many a mentor has at any moment, and how many he could have in all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from matcher.check_files import Table
from matcher.check_pairs import FoundPair
from matcher.check_past import Past
from matcher.check_rhythm import wanted_sessions
from matcher.check_rules import Roster
from matcher.model import Cohort, IntArray
from matcher.programme import day_number


def check_places(table: Table, roster: Roster, pairs: Iterable[FoundPair], past: Past | None) -> None:
    """At no moment does a mentor have more engagements than places; each lasts from its first to its last session.

    It is reported on the session with which one too many begins. In a rematch only moments from its date on count,
    and pairs that meet then: those that have begun before it are reported on their next session.
    """
    if roster.programme.frame.engagement != "as-needed":
        return
    since = None if past is None else past.midnight
    of_mentor: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for found in pairs:
        coming = [meeting for meeting in found.meetings if since is None or meeting.start >= since]
        if coming:
            begin, soon = (min(some, key=lambda meeting: meeting.start) for some in (found.meetings, coming))
            start = begin.start if since is None else max(begin.start, since)
            of_mentor[found.mentor].append((start, max(meeting.end for meeting in coming), soon.line))
    for mentor, engagements in of_mentor.items():
        for start, _, line in engagements:
            now = sum(begin <= start < end for begin, end, _ in engagements)
            if now > roster.capacity[mentor]:
                message = (
                    f"{roster.label(mentor)} has {now} mentees at this moment, at most {roster.capacity[mentor]} "
                    "allowed at the same time"
                )
                table.fault(message, line, "start")


def places_in_all(cohort: Cohort, mentee: IntArray, mentor: IntArray, past: Past | None = None) -> IntArray:
    """How many mentees each person can have at most: places, times how often they change hands by dates alone.

    Between the first and the last of k sessions lie (k - 1) * min_days_between days at least. Where engagements
    last as long as needed, the days between the first and the last on which a mentor takes part hold so many of
    them, one after another, as these days fit in; and the last of them begins by `latest_start`. The fewest
    sessions that any of his candidates (`mentee` and `mentor` of each) wants count. With one session there is no
    limit but the number of his candidates.

    In a rematch days count from its date (`past`), for those who have not begun. Beside them, each place may hold
    one pair that has begun and goes on, and those that are over take none.
    """
    people, frame = cohort.employees, cohort.programme.frame
    wanted = wanted_sessions(cohort)
    if not wanted:
        return people.capacity
    result, apart = np.zeros(len(people), dtype=np.int64), cohort.programme.sessions.min_days_between
    fewest: dict[int, int] = {}
    suitors: dict[int, int] = defaultdict(int)
    over, begun = Counter[int](), Counter[int]()
    for who, whom in zip(mentee.tolist(), mentor.tolist(), strict=True):
        suitors[whom] += 1
        held = 0 if past is None else len(past.held_by((who, whom)))
        if held:
            (over if held >= wanted[who] else begun)[whom] += 1
        else:
            fewest[whom] = min(fewest.get(whom, wanted[who]), wanted[who])
    for whom in suitors.keys() - fewest.keys():  # all have begun
        result[whom] = over[whom] + min(begun[whom], int(people.capacity[whom]))
    for whom, sessions in fewest.items():
        begin = max(day_number(frame.start) if past is None else past.as_of, int(people.first_day[whom]))
        end = min(day_number(frame.end), int(people.last_day[whom]))
        least = (sessions - 1) * apart
        turns = suitors[whom]
        if least:
            turns = max(end - begin, 0) // least
            if frame.latest_start:
                latest = day_number(frame.start) + frame.latest_start
                turns = min(turns, max(latest - begin, 0) // least + 1)
        places = int(people.capacity[whom])
        result[whom] = min(over[whom] + min(begun[whom], places) + places * turns, suitors[whom])
    return result

"""Engagements as long as needed: how many a mentor has at any moment, and how many he could have in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from matcher.check_files import Table
from matcher.check_pairs import FoundPair
from matcher.check_rhythm import wanted_sessions
from matcher.check_rules import Roster
from matcher.model import Cohort, IntArray
from matcher.programme import day_number


def check_places(table: Table, roster: Roster, pairs: Iterable[FoundPair]) -> None:
    """At no moment does a mentor have more engagements than places; each lasts from its first to its last session.

    It is reported on the session with which one too many begins.
    """
    if roster.programme.frame.engagement != "as-needed":
        return
    of_mentor: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for found in pairs:
        if found.meetings:
            begin = min(found.meetings, key=lambda meeting: meeting.start)
            end = max(meeting.end for meeting in found.meetings)
            of_mentor[found.mentor].append((begin.start, end, begin.line))
    for mentor, engagements in of_mentor.items():
        for start, _, line in engagements:
            now = sum(begin <= start < end for begin, end, _ in engagements)
            if now > roster.capacity[mentor]:
                message = (
                    f"{roster.label(mentor)} has {now} mentees at this moment, at most {roster.capacity[mentor]} "
                    "allowed at the same time"
                )
                table.fault(message, line, "start")


def places_in_all(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> IntArray:
    """How many mentees each person can have at most: places, times how often they change hands by dates alone.

    Between the first and the last of k sessions lie (k - 1) * min_days_between days at least. Where engagements
    last as long as needed, the days between the first and the last on which a mentor takes part hold so many of
    them, one after another, as these days fit in; and the last of them begins by `latest_start`. The fewest
    sessions that any of his candidates (`mentee` and `mentor` of each) wants count. With one session there is no
    limit but the number of his candidates.
    """
    people, frame = cohort.employees, cohort.programme.frame
    wanted = wanted_sessions(cohort)
    if not wanted:
        return people.capacity
    result, apart = np.zeros(len(people), dtype=np.int64), cohort.programme.sessions.min_days_between
    fewest: dict[int, int] = {}
    suitors: dict[int, int] = defaultdict(int)
    for who, whom in zip(mentee.tolist(), mentor.tolist(), strict=True):
        fewest[whom] = min(fewest.get(whom, wanted[who]), wanted[who])
        suitors[whom] += 1
    for whom, sessions in fewest.items():
        begin = max(day_number(frame.start), int(people.first_day[whom]))
        end = min(day_number(frame.end), int(people.last_day[whom]))
        least = (sessions - 1) * apart
        turns = suitors[whom]
        if least:
            turns = max(end - begin, 0) // least
            if frame.latest_start:
                latest = day_number(frame.start) + frame.latest_start
                turns = min(turns, max(latest - begin, 0) // least + 1)
        result[whom] = min(int(people.capacity[whom]) * turns, suitors[whom])
    return result

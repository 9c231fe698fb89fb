"""How many mentees each mentor can have in the whole programme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.engagements import sessions_wanted
from matcher.model import Cohort, IntArray
from matcher.programme import day_number


def places_in_all(cohort: Cohort) -> IntArray:
    """How many mentees each person can have in the programme, by dates alone.

    That is his capacity where engagements are for the whole programme. Where they last as long as needed, it is
    his capacity times how often a place can change hands: see `turns`.
    """
    capacity = cohort.employees.capacity
    if cohort.programme.frame.engagement != "as-needed" or not len(cohort.mentees):
        return capacity
    fewest = np.full(len(capacity), sessions_wanted(cohort, cohort.mentees).min())
    return np.asarray(np.minimum(capacity * turns(cohort, fewest), len(cohort.mentees)))


def with_places_in_all(cohort: Cohort) -> Cohort:
    """The cohort with everybody's places in all as his capacity."""
    return replace(cohort, employees=replace(cohort.employees, capacity=places_in_all(cohort)))


def turns(cohort: Cohort, fewest: IntArray, since: int = 0) -> IntArray:
    """How many engagements as short as can be may follow each other in one place of each person.

    With k sessions at least D days apart an engagement takes (k - 1) D days at least, and the next may begin on
    the day on which it ends. So there are no more than so often fit into the days on which the mentor takes part,
    of which the last begins no later than `latest_start`. `fewest` is the least k for each person; with one
    session dates set no limit: then it is the number of all mentees. None of them begins before the day `since`.
    """
    people, programme = cohort.employees, cohort.programme
    start = day_number(programme.frame.start)
    first = np.maximum(people.first_day - start, since)
    days = np.minimum(people.last_day - start, programme.days - 1) - first
    length = np.maximum((fewest - 1) * programme.sessions.min_days_between, 1)
    number = np.maximum(days, 0) // length
    if programme.frame.latest_start:
        number = np.minimum(number, np.maximum(programme.frame.latest_start - first, 0) // length + 1)
    return np.asarray(np.where(fewest < 2, len(cohort.mentees), number))

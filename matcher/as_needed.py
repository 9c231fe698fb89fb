"""What a cohort must say where engagements last only as long as needed: how many sessions everybody wants."""

from __future__ import annotations

import numpy as np

from matcher.errors import Fault
from matcher.model import Employees, IntArray
from matcher.programme import Programme

NAMED = 5
"""So many people at most are named in a message."""


def missing_numbers(programme: Programme, employees: Employees, mentees: IntArray) -> list[Fault]:
    """What is wrong with the numbers of sessions that the mentees (persons) want; empty for whole engagements."""
    if programme.frame.engagement != "as-needed":
        return []
    sessions, own = programme.sessions, employees.sessions_wanted[mentees]
    if isinstance(sessions.number, int) and sessions.number >= 1:
        wanted = np.where(own > 0, own, sessions.number)
    elif (own > 0).all() and len(own):
        wanted = own
    else:
        lacking = mentees[own == 0].tolist()
        who = f" ({_names(employees, lacking)})" if (own > 0).any() else ""
        message = (
            f"{sessions.number!r} is no number of sessions: with engagement 'as-needed' it must be 1 or more, or "
            f"every mentee must have sessions_wanted in employees.csv{who}"
        )
        return [Fault("programme.toml", message, column="sessions.number")]
    few = mentees[wanted < sessions.minimum].tolist()
    if not few:
        return []
    message = (
        f"{sessions.minimum} is more than some want ({_names(employees, few)}): nobody could be paired with them"
    )
    return [Fault("programme.toml", message, column="sessions.minimum")]


def _names(employees: Employees, people: list[int]) -> str:
    named = ", ".join(employees.ids[person] for person in people[:NAMED])
    return named if len(people) <= NAMED else f"{named} and {len(people) - NAMED} more"

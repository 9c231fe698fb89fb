"""What keeps a cohort without faulty files from being solved: nobody to pair, locks that cannot be kept."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np

from matcher.cadence import Cadence, make_cadence
from matcher.errors import Fault, InputError, LimitError
from matcher.model import BoolArray, Choices, Cohort
from matcher.plans import attainable
from matcher.rules import Candidates

SECONDS_FOR_LOCKS = 60.0


def blockers(cohort: Cohort, candidates: Candidates, possible: BoolArray) -> tuple[Fault, ...]:
    """Why solving would pair nobody, or be refused because of locks; empty where neither is so."""
    if not len(cohort.mentees):
        return (Fault("preferences.csv", "names no mentee; there is nobody to pair"),)
    if not room_for_sessions(make_cadence(cohort.programme)).any():
        message = (
            "no pair can ever keep sessions.minimum, sessions.min_days_between and the month rule between "
            f"{cohort.programme.frame.start} and {cohort.programme.frame.end}, however free the two are"
        )
        return (Fault("programme.toml", message),)
    if faults := _lock_faults(cohort):
        return faults
    return () if possible.any() else (_nobody(candidates),)


def room_for_sessions(cadence: Cadence) -> BoolArray:
    """Which numbers of sessions two people could have who are free on every day."""
    return np.asarray(attainable(np.ones((1, cadence.days), dtype=bool), cadence)[0])


def _nobody(candidates: Candidates) -> Fault:
    why = "no eligible choice has enough time in common for a schedule"
    if not len(candidates):
        why = "rules set aside all choices"
    return Fault("preferences.csv", f"nobody could be paired: {why}")


def _lock_faults(cohort: Cohort) -> tuple[Fault, ...]:
    """What solving would say of the locks alone: those without a schedule, by themselves or together."""
    if not cohort.locks:
        return ()
    from matcher.cpsat import Clock  # noqa: PLC0415 - the solver takes time to load, and most cohorts hold no locks
    from matcher.solver import Search  # noqa: PLC0415

    nothing = np.zeros(0, dtype=np.int64)
    mentees = np.array(sorted({mentee for mentee, _ in cohort.locks}), dtype=np.int64)
    alone = replace(cohort, mentees=mentees, choices=Choices(nothing, nothing, nothing, ()))
    clock = Clock(time.monotonic() + SECONDS_FOR_LOCKS, threading.Event())
    try:
        Search(alone, clock, 1, lambda _line: None)
    except InputError as error:
        return error.faults
    except LimitError:
        return ()  # not known so soon; solving will tell
    return ()

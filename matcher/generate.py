"""A synthetic company of any size as a cohort folder: the same numbers give the same bytes.

All chance is PCG64 through `Generator.random`, and what follows is arithmetic that every machine rounds alike and
sorting that is stable. So neither the machine nor, as far as numpy promises, its version matters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from matcher import generate_files as files
from matcher.errors import MatcherError
from matcher.generate_choices import decide, make_wishes
from matcher.generate_people import make_company
from matcher.generate_text import ID_DIGITS
from matcher.generate_times import BusyTimes, Span, busy_blocks, make_hours
from matcher.new_folder import filled
from matcher.programme import Frame

START, END = dt.date(2027, 1, 11), dt.date(2027, 4, 9)
MOST_EMPLOYEES = 10**ID_DIGITS - 1
MOST_CHOICES = 99  # the worst rank
MOST_BUSY = 10_000

Report = Callable[[str], None]


class SizeError(MatcherError):
    """A company that cannot be made: the numbers do not fit together."""

    exit_code = 2


@dataclass(frozen=True)
class Counts:
    """How many rows have been written: `choices` of preferences.csv, `busy` of busy.csv."""

    employees: int
    mentees: int
    choices: int
    busy: int


def generate(
    folder: str | Path,
    *,
    employees: int,
    mentees: int,
    choices: int = 5,
    busy: int = 100,
    seed: int = 0,
    start: dt.date = START,
    end: dt.date = END,
    progress: Report = lambda _line: None,
) -> Counts:
    """Write a synthetic company, whole or not at all.

    Parameters
    ----------
    folder
        A new or an empty folder. Missing parents are created.
    employees, mentees
        How many people there are, and how many of them list mentors: at most half.
    choices
        Mentors on the list of each mentee; fewer only where the company has no more.
    busy
        Meetings a person and quarter on the average, for everybody who occurs in a choice.
    seed
        Another seed makes another company, and is the seed of the programme's draw.
    start, end
        First and last day of the programme.
    progress
        Is told what is being written.

    Raises
    ------
    SizeError
        If the numbers do not fit together.
    MatcherError
        If the folder is not empty or cannot be written.
    """
    _refuse(employees, mentees, choices, busy, seed)
    span = _span(start, end)
    with filled(Path(folder)) as staged:
        progress(f"inventing {employees} people")
        files.write_programme(staged, start, end, seed)
        company = make_company(employees, mentees, choices, _rng(seed, 0))
        files.write_employees(staged, company, _rng(seed, 1))
        progress(f"{mentees} mentees list mentors")
        wishes = make_wishes(company, choices, _rng(seed, 2))
        files.write_preferences(staged, wishes)
        files.write_pairs(staged, decide(wishes, _rng(seed, 3)), start)
        people = wishes.people()
        files.write_availability(staged, make_hours(people, span, _rng(seed, 4)), start, span.days)
        blocks = busy_blocks(people, busy, span, _rng(seed, 5))
        rows = files.write_busy(staged, _told(blocks, progress), start, span.days)
    return Counts(employees, mentees, len(wishes.mentee), rows)


def _rng(seed: int, part: int) -> np.random.Generator:
    """The random numbers of one part, so that a change of one option leaves the other parts as they are."""
    return np.random.Generator(np.random.PCG64([seed, part]))


def _refuse(employees: int, mentees: int, choices: int, busy: int, seed: int) -> None:
    limits = {
        "employees": (employees, 1, MOST_EMPLOYEES),
        "mentees": (mentees, 0, employees // 2),
        "choices": (choices, 1, MOST_CHOICES),
        "busy": (busy, 0, MOST_BUSY),
        "seed": (seed, 0, 2**63 - 1),
    }
    for name, (number, least, most) in limits.items():
        if not least <= number <= most:
            why = "; more than half of the employees would leave too few mentors" if name == "mentees" else ""
            raise SizeError(f"{name} must be from {least} to {most} (got {number}){why}")


def _span(start: dt.date, end: dt.date) -> Span:
    try:
        Frame(start=start, end=end)
    except ValidationError as error:
        raise SizeError("; ".join(str(fault["ctx"]["error"]) for fault in error.errors())) from None
    return Span.of(start, end)


def _told(blocks: Iterable[BusyTimes], progress: Report) -> Iterator[BusyTimes]:
    """Pass the blocks on and tell how far they have come."""
    rows = 0
    for block in blocks:
        yield block
        rows += len(block.person)
        progress(f"{rows} busy times written")

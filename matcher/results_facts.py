"""The rows of a run with what the cohort says of their people: what the sheets of results.xlsx are made of."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from matcher.book import Cell
from matcher.chart_data import mentor_ids
from matcher.errors import InputError
from matcher.findings import Findings
from matcher.input_people import parsed
from matcher.model import Cohort, Decision
from matcher.places import places_in_all
from matcher.run_reading import minute_of
from matcher.run_tables import BOTTLENECKS, CHOICES, PAIRS, SESSIONS, UNMATCHED, WAITING, RunTables
from matcher.story import Story

EPOCH_MINUTES = 25_569 * 1440  # from Excel's first day to 1970-01-01, in minutes
DAY = 1440

Number = int | str | None
"""A whole number, or the text of a cell that holds none."""


class Facts:
    """What several sheets ask for, each worked out once.

    People are named by id; whoever the cohort does not know has blank cells.
    """

    def __init__(self, story: Story) -> None:
        self.cohort: Cohort = story.cohort
        self.run: RunTables = story.run
        self.people = story.cohort.employees
        self._place = {name: place for place, name in enumerate(self.people.ids)}
        self._places = places_in_all(story.cohort)

    def place(self, person: str) -> int | None:
        """The person with this id."""
        return self._place.get(person)

    def told(self, ids: Iterable[str], values: Sequence[str]) -> list[Cell]:
        """One of the columns of employees for these people."""
        places = map(self._place.get, ids)
        return [None if place is None else values[place] for place in places]

    def label(self, person: str) -> str:
        """The name with the id, or the id alone."""
        place = self._place.get(person)
        return person if place is None else self.people.label(place)

    def names(self, ids: Iterable[str]) -> list[Cell]:
        """The names of these people; the id of whoever has none."""
        return [name or person for person, name in zip(ids, self.told(ids, self.people.names), strict=True)]

    def numbers(self, file: str, column: str) -> list[Number]:
        """The whole numbers of a column; what is none stays as it is."""
        coded = self.run.tables[file][column].coded()
        numbers = [_number(text) for text in coded.texts]
        return [numbers[code] for code in coded.codes.tolist()]

    def dates(self, file: str, column: str) -> list[Cell]:
        """The dates of a column, as Excel counts; what is none stays as it is."""
        return [_date(text) for text in self.run.texts(file, column)]

    # --- pairs and choices ----------------------------------------------------------------------------------

    @cached_property
    def pairs(self) -> tuple[list[str], list[str]]:
        """The mentee and the mentor of every pair."""
        return self.run.texts(PAIRS, "mentee_id"), self.run.texts(PAIRS, "mentor_id")

    @property
    def decisions(self) -> list[Decision | None]:
        """What pairs.csv of the cohort says of every pair."""
        places = zip(*(map(self._place.get, ids) for ids in self.pairs), strict=True)
        known = ((mentee, mentor) for mentee, mentor in places)
        return [None if None in pair else self.cohort.decisions.get(pair) for pair in known]

    @cached_property
    def mentees(self) -> dict[str, list[str]]:
        """The mentees of every mentor who has any."""
        found = defaultdict[str, list[str]](list)
        for mentee, mentor in zip(*self.pairs, strict=True):
            found[mentor].append(mentee)
        return dict(found)

    @cached_property
    def choices(self) -> tuple[list[str], list[str], list[Number]]:
        """Mentee, mentor and rank of every choice."""
        mentees, mentors = (self.run.texts(CHOICES, column) for column in ("mentee_id", "mentor_id"))
        return mentees, mentors, self.numbers(CHOICES, "rank")

    @cached_property
    def outcomes(self) -> dict[str, Counter[str]]:
        """How often each outcome stands on the list of each mentee without a mentor."""
        found = {person: Counter[str]() for person in self.run.texts(UNMATCHED, "mentee_id")}
        for person, outcome in zip(self.choices[0], self.run.texts(CHOICES, "outcome"), strict=True):
            if person in found:
                found[person][outcome] += 1
        return found

    @cached_property
    def asked(self) -> list[str]:
        """Whoever has a mentee or could have had one, sorted."""
        return mentor_ids(self.run)

    def capacity(self, person: str) -> int:
        """How many mentees somebody takes in the whole programme; none if nobody knows him."""
        place = self._place.get(person)
        return 0 if place is None else int(self._places[place])

    @cached_property
    def bottlenecks(self) -> dict[str, int]:
        """The row of each mentor in bottlenecks.csv, if the run has it."""
        if BOTTLENECKS not in self.run.tables:
            return {}
        return {mentor: row for row, mentor in enumerate(self.run.texts(BOTTLENECKS, "mentor_id"))}

    @property
    def has_waiting(self) -> bool:
        """Whether the run tells who waits in which order."""
        return WAITING in self.run.tables

    def waiting(self, mentees: Sequence[str]) -> list[Number]:
        """The places of mentees on the waiting list."""
        places = dict(zip(self.run.texts(WAITING, "mentee_id"), self.numbers(WAITING, "place"), strict=True))
        return [places.get(mentee) for mentee in mentees]

    # --- sessions -------------------------------------------------------------------------------------------

    @cached_property
    def sessions(self) -> tuple[list[str], list[str]]:
        """The mentee and the mentor of every session."""
        return self.run.texts(SESSIONS, "mentee_id"), self.run.texts(SESSIONS, "mentor_id")

    @cached_property
    def instants(self) -> tuple[list[int], list[int]]:
        """Start and end of every session, in minutes since 1970 in UTC.

        Raises
        ------
        InputError
            If one of them is no time.
        """
        findings = Findings()
        table = self.run.tables[SESSIONS]
        start, end = (parsed(table, column, minute_of, findings) for column in ("start", "end"))
        if findings.faults:
            raise InputError(findings.faults)
        return start.tolist(), end.tolist()

    @cached_property
    def clock(self) -> tuple[list[int], list[int]]:
        """Start and end of every session on the programme's clock, in minutes since Excel's first day."""
        zone = self.cohort.programme.zone
        start, end = (_on_clock(instants, zone) for instants in self.instants)
        return start, end

    @cached_property
    def of(self) -> Counter[tuple[str, str]]:
        """How many sessions each pair has."""
        return Counter(zip(*self.sessions, strict=True))

    def local(self, ids: Sequence[str]) -> list[Cell] | None:
        """The start of every session on the clock of one of the two; None where nobody has another clock."""
        own = self.cohort.programme.frame.timezone
        zones = ["" if zone is None else str(zone) for zone in self._zones(ids)]
        others = {zone for zone in zones if zone and zone != own}
        if not others:
            return None
        start, clocks = self.instants[0], dict[tuple[str, int], int]()
        for name in others:
            there = sorted({instant for instant, zone in zip(start, zones, strict=True) if zone == name})
            clocks |= zip(((name, instant) for instant in there), _on_clock(there, ZoneInfo(name)), strict=True)
        return [
            None if zone not in others else clocks[zone, instant] / DAY
            for instant, zone in zip(start, zones, strict=True)
        ]

    def _zones(self, ids: Sequence[str]) -> list[Cell]:
        people = self.people
        return self.told(ids, [people.zones[zone] for zone in people.zone.tolist()])


def _on_clock(instants: Sequence[int], zone: ZoneInfo) -> list[int]:
    """Instants on a clock; of those that repeat, each is worked out once."""
    distinct, places = np.unique(np.array(instants, dtype=np.int64), return_inverse=True)
    offsets = [dt.datetime.fromtimestamp(60 * instant, zone).utcoffset() for instant in distinct.tolist()]
    minutes = np.array([offset.total_seconds() // 60 if offset else 0 for offset in offsets], dtype=np.int64)
    clock: list[int] = (distinct + minutes + EPOCH_MINUTES)[places].tolist()
    return clock


def _number(text: str) -> Number:
    return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else text or None


def _date(text: str) -> Cell:
    try:
        return (dt.date.fromisoformat(text) - dt.date(1899, 12, 30)).days
    except ValueError:
        return text or None

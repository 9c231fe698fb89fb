"""Reads the tables of a run into numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from matcher.columns import Coded
from matcher.errors import InputError
from matcher.explain_facts import BottleneckGroup, Who
from matcher.explain_unmatched import Labels, change_of
from matcher.findings import Findings
from matcher.ics_write import one_line
from matcher.model import Employees, IntArray, Outcome, Reason
from matcher.report_run import Choices, Left, Pairs, People, Rows, Sessions, Wanted
from matcher.run_reading import count_of, minute_of, plain_text
from matcher.run_tables import BOTTLENECKS, CHOICES, PAIRS, SESSIONS, UNMATCHED, WAITING, RunTables
from matcher.story import Story


def read_rows(story: Story, *, more: Iterable[Who] = ()) -> Rows:
    """Read the run of a story; `more` are people to be known though the run may not name them.

    Raises
    ------
    InputError
        With every cell that is not as `matcher solve` writes it, and sessions of no pair.
    """
    reader = _Reader(story, tuple(more))
    rows = reader.rows()
    if reader.findings.faults:
        raise InputError(reader.findings.faults)
    return rows


SOURCES = ("chosen", "locked")
STANDINGS = ("every", "some", "none", "")
GROUP = ("group", "group_mentors", "group_mentees", "group_places", "shortage")


@dataclass
class _Reader:
    story: Story
    more: tuple[Who, ...]

    def __post_init__(self) -> None:
        self.run: RunTables = self.story.run
        self.findings = Findings()
        self.labels = Labels(self.story.cohort.employees, lambda name: Who(name, ""))
        self.changes = [change_of(text, self.labels) if text else None for text in self._texts("smallest_change")]
        self.suggested = [self.labels.people(text) for text in self._texts("suggestions")]
        self.contested = [text.split("; ") if text else [] for text in self._texts("contested_mentors")]
        self.people = self._people()

    def rows(self) -> Rows:
        pairs = Pairs(
            mentee=self._persons(PAIRS, "mentee_id"),
            mentor=self._persons(PAIRS, "mentor_id"),
            rank=self._numbers(PAIRS, "rank", lambda text: count_of(text) if text else 0),
            locked=self._codes(PAIRS, "source", SOURCES).where("locked".__eq__),
            standing=self._codes(PAIRS, "standing", STANDINGS),
            engaged=list(zip(self.run.texts(PAIRS, "start"), self.run.texts(PAIRS, "end"), strict=True)),
        )
        wanted, groups = self._bottlenecks()
        return Rows(
            people=self.people,
            pairs=pairs,
            sessions=self._sessions(pairs),
            choices=self._choices(),
            unmatched=self._unmatched(),
            wanted=wanted,
            groups=groups,
            knows_change="smallest_change" in self.run.tables[UNMATCHED].columns and self._whole,
        )

    # --- people -------------------------------------------------------------------------------------------------

    def _people(self) -> People:
        staff: Employees = self.story.cohort.employees
        named = {who.employee_id: who.name for who in self.more}
        for role in ("mentee", "mentor"):
            ids = self.run.texts(PAIRS, f"{role}_id")
            named |= dict(zip(ids, self.run.texts(PAIRS, f"{role}_name"), strict=True))
        named = (
            dict(zip(self.run.texts(UNMATCHED, "mentee_id"), self.run.texts(UNMATCHED, "name"), strict=True))
            | named
        )
        known = set(named)
        for column in ("mentee_id", "mentor_id"):
            known.update(self._coded(CHOICES, column).texts)
        if BOTTLENECKS in self.run.tables:
            known.update(self._coded(BOTTLENECKS, "mentor_id").texts)
        known.update(who.employee_id for change in self.changes if change and (who := change.mentor))
        known.update(who.employee_id for people in self.suggested for who in people)
        known.update(name for people in self.contested for name in people)
        employee = {name: place for place, name in enumerate(staff.ids)}
        ordered = sorted(known - {""})
        places = np.array([employee.get(name, -1) for name in ordered], dtype=np.int64)
        names = [
            one_line(named.get(name, "") if place < 0 else staff.names[place])
            for name, place in zip(ordered, places.tolist(), strict=True)
        ]
        return People(ordered, names, places)

    # --- columns ------------------------------------------------------------------------------------------------

    def _coded(self, file: str, column: str) -> Coded:
        """A column without protecting apostrophes."""
        coded = self.run.tables[file][column].coded()
        return Coded(coded.codes, list(map(plain_text, coded.texts)))

    def _codes(self, file: str, column: str, known: Sequence[str]) -> Coded:
        """A column of codes; one that nobody knows is a fault on the first line that has it."""
        coded = self._coded(file, column)
        for code, text in enumerate(coded.texts):
            if text not in known:
                row = int(np.argmax(coded.codes == code))
                self._fault(file, row, f"{text!r} is not one of {', '.join(filter(None, known))}", column)
        return coded

    def _texts(self, column: str) -> list[str]:
        return self.run.texts(UNMATCHED, column)

    def _persons(self, file: str, column: str) -> IntArray:
        return self._numbers(file, column, self._person)

    def _person(self, name: str) -> int:
        if not name:
            raise ValueError("the id is missing")
        if name not in self.people.place:
            raise ValueError(f"{name!r} is in no other table of the run")
        return self.people.place[name]

    def _numbers(self, file: str, column: str, number: Callable[[str], int]) -> IntArray:
        """A number for each row; a text that is none is a fault on the first line that has it."""
        coded, numbers = self._coded(file, column), list[int]()
        for code, text in enumerate(coded.texts):
            try:
                numbers.append(number(text))
            except ValueError as error:
                numbers.append(0)
                self._fault(file, int(np.argmax(coded.codes == code)), str(error), column)
        return coded.numbers(numbers)

    def _fault(self, file: str, row: int, message: str, column: str | None = None) -> None:
        self.findings.fault(str(self.run.run / file), message, self.run.tables[file].line(row), column)

    def _figures(self, file: str, column: str) -> list[int | None]:
        """Whole numbers, None for blank cells."""
        numbers = self._numbers(file, column, lambda text: count_of(text) if text else -1)
        return [None if number < 0 else number for number in numbers.tolist()]

    # --- tables -------------------------------------------------------------------------------------------------

    def _sessions(self, pairs: Pairs) -> Sessions:
        width = len(self.people.ids) + 1
        known = pairs.mentee * width + pairs.mentor
        order = np.argsort(known, kind="stable")
        wanted = self._persons_known(SESSIONS, "mentee_id") * width + self._persons_known(SESSIONS, "mentor_id")
        spot = np.searchsorted(known, wanted, sorter=order)
        pair = (
            order[np.minimum(spot, max(len(order) - 1, 0))]
            if len(order)
            else np.zeros(len(wanted), dtype=np.int64)
        )
        stray = known[pair] != wanted if len(order) else np.ones(len(wanted), dtype=bool)
        for row in np.flatnonzero(stray)[:1].tolist():
            self._fault(SESSIONS, row, "a session of two who are no pair in pairs.csv")
        start, end = (self._numbers(SESSIONS, column, minute_of) for column in ("start", "end"))
        for row in np.flatnonzero(end <= start)[:1].tolist():
            self._fault(SESSIONS, row, "the end must come after the start", "end")
        by_time = np.lexsort((pair, start))
        return Sessions(pair[by_time], start[by_time], (end - start)[by_time])

    def _persons_known(self, file: str, column: str) -> IntArray:
        """Places of people, one that nobody has for those who are in no other table."""
        place, nobody = self.people.place, len(self.people.ids)
        coded = self._coded(file, column)
        return coded.numbers([place.get(text, nobody) for text in coded.texts])

    def _choices(self) -> Choices:
        mentee, mentor = self._persons(CHOICES, "mentee_id"), self._persons(CHOICES, "mentor_id")
        rank = self._numbers(CHOICES, "rank", count_of)
        order = np.lexsort((mentor, rank, mentee))
        words = (
            self._codes(CHOICES, "outcome", get_args(Outcome)),
            self._coded(CHOICES, "detail"),
            self._codes(CHOICES, "standing", STANDINGS),
        )
        outcome, detail, standing = (Coded(coded.codes[order], coded.texts) for coded in words)
        return Choices(mentee[order], mentor[order], rank[order], outcome, detail, standing)

    def _unmatched(self) -> tuple[Left, ...]:
        self._codes(UNMATCHED, "reason", get_args(Reason))
        reason, explanation = self._texts("reason"), self._texts("explanation")
        figures = [
            self._figures(UNMATCHED, column) for column in ("eligible_choices", "competitors", "places", "group")
        ]
        mentees, place = self._persons(UNMATCHED, "mentee_id").tolist(), self.people.place
        waiting = self._waiting()
        return tuple(
            Left(
                mentee=mentee,
                reason=reason[row],
                explanation=explanation[row],
                eligible=figures[0][row],
                competitors=figures[1][row],
                places=figures[2][row],
                contested=tuple(place[name] for name in self.contested[row]),
                group=figures[3][row] or 0,
                change=self.changes[row],
                suggestions=tuple(place[who.employee_id] for who in self.suggested[row]),
                waiting=waiting.get(mentee),
            )
            for row, mentee in enumerate(mentees)
        )

    def _waiting(self) -> dict[int, int | None]:
        """The place of each mentee on the waiting list; empty for a run without one."""
        if WAITING not in self.run.tables:
            return {}
        mentees = self._persons(WAITING, "mentee_id").tolist()
        return dict(zip(mentees, self._figures(WAITING, "place"), strict=True))

    @property
    def _whole(self) -> bool:
        """Whether engagements are for the whole programme: else nobody has looked for what would help."""
        return self.story.cohort.programme.frame.engagement == "whole"

    def _bottlenecks(self) -> tuple[tuple[Wanted, ...] | None, tuple[BottleneckGroup, ...]]:
        if BOTTLENECKS not in self.run.tables or not self._whole:
            return None, ()
        texts: Sequence[str] = self.run.texts(BOTTLENECKS, "gain_ranks")
        proven = self.run.texts(BOTTLENECKS, "gain_proven")
        columns = ("places", "gain_mentees", "gain_pairs")
        figures = [[number or 0 for number in self._figures(BOTTLENECKS, column)] for column in columns]
        mentors = self._persons(BOTTLENECKS, "mentor_id").tolist()
        places, mentees, pairs = figures
        first = self.run.texts(BOTTLENECKS, "gain_priority")
        rows = zip(mentors, places, mentees, pairs, texts, (word == "yes" for word in proven), first, strict=True)
        wanted = tuple(Wanted(*row) for row in rows)
        of_group = zip(*(self._figures(BOTTLENECKS, column) for column in GROUP), strict=True)
        found = {row[0]: BottleneckGroup(*(number or 0 for number in row)) for row in of_group if row[0]}
        return wanted, tuple(found[number] for number in sorted(found, key=lambda number: number or 0))

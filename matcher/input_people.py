"""How tables find people by their ids, and parse their columns; faults with their lines."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.columns import Coded
from matcher.directory import Directory
from matcher.findings import HINTED, Findings, hints_for_few
from matcher.lookalikes import bare, skeleton, skeletons
from matcher.model import IntArray
from matcher.programme import day_number
from matcher.tables import Table

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]+)?")  # as cells of a workbook are read


@dataclass(frozen=True)
class People:
    """The ids of employees.csv in canonical order, to look up the people whom the other files name.

    `whole` is False where employees.csv could not be read in full: then nobody can be called unknown. `listed`
    are the cells of the id column as they stand there, `table` the whole of it. `torn` are names that fit several
    people, which has been reported.
    """

    ids: tuple[str, ...]
    whole: bool = True
    listed: Sequence[str] = ()
    table: Table | None = None
    torn: set[str] = field(default_factory=set)

    @property
    def source(self) -> str:
        """What messages call the table of employees."""
        return "employees.csv" if self.table is None else self.table.file

    @functools.cached_property
    def index(self) -> dict[str, int]:
        """Person by id."""
        return {name: person for person, name in enumerate(self.ids)}

    @functools.cached_property
    def alike(self) -> dict[str, str]:
        """Ids by what is left of them without case, spaces and variants of letters."""
        return dict(zip(skeletons(self.ids), self.ids, strict=True))

    @functools.cached_property
    def named(self) -> Directory:
        """The people by what else they may be called."""
        if self.table is None:
            return Directory(self.listed, (), ())
        return Directory(self.listed, self.table["email"].texts(), self.table["name"].texts())

    def find(self, names: Coded) -> IntArray:
        """Person of each name, -1 for people who are no employees."""
        return names.numbers(map(self.index.get, names.texts, itertools.repeat(-1)))

    def hint(self, name: str) -> str:
        """The employee whose id looks the same, or the only one whose name has these words, as a question."""
        if DATE.fullmatch(name):
            return "; if Excel has made a date of an id, format the column as text and enter it again"
        known = self.alike.get(skeleton(name))
        if known is not None and bare(known) != bare(name):
            return f"; did you mean {known!r}, in one alphabet and without invisible characters?"
        if known is None and len(near := self.named.resembling(name)) == 1:
            known = near[0]
        return f"; did you mean {known!r}?" if known is not None else ""


def parsed(
    table: Table, column: str, parse: Callable[[str], int], findings: Findings, default: int = 0
) -> IntArray:
    """The column as whole numbers; `parse` sees each distinct text once and raises ValueError for bad ones."""
    coded = table[column].coded()
    values, messages = parse_each(coded.texts, parse, default)
    for row in np.flatnonzero(np.isin(coded.codes, list(messages))).tolist() if messages else []:
        findings.fault(table.file, messages[int(coded.codes[row])], table.line(row), column)
    return coded.numbers(values)


def parse_each(
    texts: list[str], parse: Callable[[str], int], default: int = 0
) -> tuple[list[int], dict[int, str]]:
    """Number of each text, and what is wrong with those that have none, by their place."""
    values, messages = [default] * len(texts), dict[int, str]()
    for place, text in enumerate(texts):
        try:
            values[place] = parse(text)
        except ValueError as error:
            messages[place] = str(error)
            if len(messages) == HINTED:
                with hints_for_few(HINTED):
                    rest = parse_each(texts[place + 1 :], parse, default)
                values[place + 1 :] = rest[0]
                return values, messages | {place + 1 + later: said for later, said in rest[1].items()}
    return values, messages


def find_people(table: Table, column: str, names: Coded, people: People, findings: Findings) -> IntArray:
    """Persons of a column of ids, in which everybody must be an employee."""
    persons = people.find(names)
    for row in np.flatnonzero(persons < 0).tolist():
        if not names[row]:
            findings.fault(table.file, "is blank", table.line(row), column)
        elif people.whole and names[row] not in people.torn:
            message = f"{names[row]!r} is no employee (not in {people.source}){people.hint(names[row])}"
            findings.fault(table.file, message, table.line(row), column)
    return persons


def report_blanks(table: Table, column: str, texts: Coded, findings: Findings) -> None:
    """Each blank cell of a column that must be filled in is a fault."""
    rows = np.flatnonzero(texts.where(operator.not_)).tolist() if "" in texts.texts else []
    for row in rows:
        findings.fault(table.file, "is blank", table.line(row), column)


def places_of(texts: list[str]) -> list[int]:
    """Place of each text among the distinct ones in order of code points."""
    places = {text: place for place, text in enumerate(sorted(set(texts)))}
    return [places[text] for text in texts]


def day_of(text: str) -> int | None:
    """Days since 1970-01-01 of a date YYYY-MM-DD; None if it is no such date."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None  # dates like 20270111 or 2027-W02-1 are left to others
    try:
        return day_number(dt.date.fromisoformat(text))
    except ValueError:
        return None


def whole_number(text: str) -> int:
    """Parse a whole number of at most nine digits; ValueError says what it is instead."""
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise ValueError("is blank" if not text else f"{text!r} is not a whole number")
    return int(text)

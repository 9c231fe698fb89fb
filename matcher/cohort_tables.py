"""The tables of a cohort, each under the names and in the forms that its reader knows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from matcher.cells import Order
from matcher.cohort_files import PROGRAMME, Given, Part
from matcher.errors import Fault
from matcher.findings import Findings
from matcher.input_employees import EMPLOYEES_KNOWN, EMPLOYEES_REQUIRED
from matcher.input_holidays import HOLIDAYS_KNOWN, HOLIDAYS_REQUIRED
from matcher.input_letters import LETTERS_KNOWN, LETTERS_REQUIRED
from matcher.input_pairs import PAIRS_KNOWN, PAIRS_REQUIRED
from matcher.input_people import People
from matcher.input_preferences import PREFERENCES_KNOWN
from matcher.input_programme import FIELDS, Settings, read_settings
from matcher.input_times import ABSENCES_COLUMNS, AVAILABILITY_COLUMNS, BUSY_COLUMNS
from matcher.memory import Memory
from matcher.person_names import PersonReader
from matcher.programme import Programme
from matcher.programme_sheet import read_sheet_settings
from matcher.readings import understood
from matcher.sheet_tables import sheet_table
from matcher.synonyms import Titles, plain, titles_of
from matcher.tables import Table, read_table

KNOWN: dict[str, tuple[str, ...]] = {
    "employees": EMPLOYEES_KNOWN,
    "preferences": PREFERENCES_KNOWN,
    "availability": AVAILABILITY_COLUMNS,
    "busy": BUSY_COLUMNS,
    "absences": ABSENCES_COLUMNS,
    "holidays": HOLIDAYS_KNOWN,
    "pairs": PAIRS_KNOWN,
    "letters": LETTERS_KNOWN,
}
NEEDED: dict[str, tuple[str, ...]] = {
    "employees": EMPLOYEES_REQUIRED,
    "availability": AVAILABILITY_COLUMNS,
    "busy": BUSY_COLUMNS,
    "absences": ABSENCES_COLUMNS,
    "holidays": HOLIDAYS_REQUIRED,
    "pairs": PAIRS_REQUIRED,
    "letters": LETTERS_REQUIRED,
}
PERSONS = ("mentee_id", "mentor_id", "manager_id", "choice_")


def programme_settings(given: Given, findings: Findings) -> Settings | None:
    """What the programme's file or sheet says, before it is judged; None where it cannot be read."""
    part = given.parts.pop(PROGRAMME, None)
    if part is None:
        return None
    if isinstance(part.content, bytes):
        return read_settings(part.content, part.file, findings)
    sheet = part.cells(findings)
    found = None if sheet is None else read_sheet_settings(sheet, FIELDS, part.label, findings)
    if found is None:
        return None
    given.places[part.label] = found.places
    return Settings(found.values, part.label, found.rows)


T = TypeVar("T")


@dataclass(frozen=True)
class Read:
    """Records that a table without a fault gave, where its columns stand, what was told of it, titles it has."""

    records: Any
    places: Mapping[str, int]
    warnings: Sequence[Fault]
    understood: Sequence[Fault]
    titles: frozenset[tuple[str, str]]


class CohortTables:
    """Reads the tables of a cohort one by one, each once: its content is let go of then."""

    def __init__(
        self,
        given: Given,
        settings: Settings | None,
        programme: Programme | None,
        findings: Findings,
        memory: Memory | None = None,
    ) -> None:
        self._given, self._findings, self._memory = given, findings, memory
        self._everybody = given.parts.get("employees")
        self._own = own_titles(settings, programme)
        self._source = given.label(PROGRAMME)
        self._unused = {(name, title) for name, titles in self._own.items() for title in titles}
        self._slashes: Order = programme.input.slash_dates if programme is not None else ""

    def table(self, name: str, people: People | None = None) -> Table | None:
        """Read one table; None where it is missing, cannot be read or lacks a column that is needed."""
        part = self._given.parts.pop(name, None)
        if part is None:
            return None
        titles = titles_of(name, KNOWN[name], self._own)
        self._report_torn_titles(name)
        table = read_part(part, titles, self._findings)
        if table is None:
            self._unused.clear()
            return None
        found = set(map(plain, table.header))
        self._unused = {(column, title) for column, title in self._unused if not _stands(column, title, found)}
        self._given.places[part.label] = table.places
        if not table.require(NEEDED.get(name, ()), self._findings):
            return None
        table = understood(table, name, self._slashes, self._findings)
        return table if people is None else self.with_people(table, people)

    def records(
        self, name: str, make: Callable[[Table], T], people: People | None = None, by: Hashable = None
    ) -> T | None:
        """Make records of one table; None where it is missing or cannot be used.

        With a memory this is done once for all cohorts in which the table, the employees and `by` are the same.
        The latter stands for all else that the records depend on.
        """
        part, findings, before = self._given.parts.get(name), self._findings, self._unused
        key = (name, part, self._everybody, tuple(self._own.items()), self._slashes, by)
        known: Read | None = None if self._memory is None else self._memory.get(key)
        if part is not None and known is not None:
            del self._given.parts[name]
            self._given.places[part.label] = known.places
            self._unused = before - known.titles
            findings.warnings += known.warnings
            findings.understood += known.understood
            return cast("T", known.records)
        told = len(findings.faults), len(findings.warnings), len(findings.understood)
        table = self.table(name, people)
        made = None if table is None else make(table)
        if self._memory is not None and table is not None and part is not None and len(findings.faults) == told[0]:
            warnings, understood_so = findings.warnings[told[1] :], findings.understood[told[2] :]
            titles = frozenset(before - self._unused)
            self._memory.keep(key, Read(made, table.places, warnings, understood_so, titles))
        return made

    def _report_torn_titles(self, name: str) -> None:
        """A title that the user gives to two columns of one table is a fault."""
        seen: dict[str, str] = {}
        for column, titles in self._own.items():
            if any(fits(column, known) for known in KNOWN[name]):
                for title in titles:
                    first = seen.setdefault(plain(title), column)
                    if first != column:
                        message = f"{title!r} cannot be both {first} and {column} of {name}; leave one of them"
                        self._findings.fault(self._source, message, column=f"columns.{column}")

    def warn_of_unused_titles(self) -> None:
        """Warn of titles that the user has given to columns and that no table has; call it when all are read."""
        for column, title in sorted(self._unused):
            self._findings.warn(self._source, f"no table has a column {title!r}", column=f"columns.{column}")

    def with_people(self, table: Table, people: People) -> Table:
        """The table with ids where people are named otherwise, but for the employees themselves."""
        columns = dict(table.columns)
        for name, column in columns.items():
            if name.startswith(PERSONS) or (name == "employee_id" and "function" not in columns):
                columns[name] = column.read_by(PersonReader(table, name, people, self._findings))
        return replace(table, columns=columns)


def fits(column: str, known: str) -> bool:
    """Whether a key of `[columns]` is about a known column, numbered ones included."""
    return column == known or (known.endswith("_*") and column.partition("_")[0] == known.removesuffix("_*"))


def _stands(column: str, title: str, found: Collection[str]) -> bool:
    """Whether a title given to a column is among those found; choices have a number besides."""
    word = plain(title)
    return word in found or (column == "choice" and any(word in other for other in found))


def read_part(part: Part, titles: Titles, findings: Findings) -> Table | None:
    """Read a file or sheet as it stands."""
    if isinstance(part.content, bytes):
        return read_table(part.content, part.file, titles.known, findings, titles)
    sheet = part.cells(findings)
    return None if sheet is None else sheet_table(sheet, part.label, titles, findings)


def own_titles(settings: Settings | None, programme: Programme | None) -> Mapping[str, tuple[str, ...]]:
    """What the user calls the columns, by their names."""
    if programme is not None:
        return programme.columns
    return {} if settings is None else settings.titles()

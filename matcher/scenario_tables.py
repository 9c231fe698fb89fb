"""The tables of a cohort as columns of text, each read once, in whatever form it was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from matcher.cohort_files import LETTERS, Given, Part
from matcher.cohort_tables import KNOWN, PERSONS, CohortTables, own_titles, read_part
from matcher.columns import Coded, Column, coded
from matcher.errors import InputError
from matcher.findings import Findings
from matcher.input_employees import read_people
from matcher.input_people import People
from matcher.input_preferences import LONG_FORM, read_preferences
from matcher.input_programme import Settings
from matcher.programme import Programme
from matcher.scenario_rows import CHOICE, Rows, no_rows
from matcher.scenario_writing import file_of
from matcher.synonyms import Titles, titles_of
from matcher.tables import Table


class Source:
    """The tables of a cohort as it was given; each is read once, when it is first asked for.

    `fresh` gives the tables anew, as reading lets go of them; `settings` and `programme` say how they are read.
    """

    def __init__(self, fresh: Callable[[], Given], settings: Settings, programme: Programme) -> None:
        self.settings = settings
        self._fresh, self._programme = fresh, programme
        self._rows: dict[str, Rows | None] = {}
        self._files: dict[str, bytes] = {}
        self._people: People | None = None

    def rows(self, name: str) -> Rows | None:
        """One table; None where the cohort has none. InputError where it cannot be read as it is."""
        if name not in self._rows:
            self._rows[name] = self._read(name)
        return self._rows[name]

    def file(self, name: str) -> bytes:
        """One table of the cohort in its canonical form."""
        if name not in self._files:
            rows = self.rows(name)
            self._files[name] = file_of(no_rows(name) if rows is None else rows)
        return self._files[name]

    def _read(self, name: str) -> Rows | None:
        given, findings = self._fresh(), Findings()
        part = given.parts.get(name)
        if part is None:
            return None
        tables = CohortTables(given, self.settings, self._programme, findings)
        table = tables.table(name)
        if table is not None and name not in ("holidays", LETTERS):
            people = self._everybody(table if name == "employees" else None)
            table = tables.with_people(table, people)
            if name == "preferences":
                read_preferences(table, people, findings)
        named = table is not None and self._named(table)  # looks for people, so faults come with it
        if table is None or findings.faults:
            raise InputError([given.placed(fault) for fault in findings.faults])
        columns = {column: table.columns[column].coded() for column in KNOWN[name] if column in table.columns}
        others = self._others(part, table)
        if name == "preferences":
            return _preferences(table, others, named=named)
        return Rows(name, {**columns, **others}, named=named)

    def _everybody(self, table: Table | None) -> People:
        """The employees by name, read with their table or with the first other one."""
        if self._people is None:
            given, findings = self._fresh(), Findings()
            if table is None:
                table = CohortTables(given, self.settings, self._programme, findings).table("employees")
            people = People((), whole=False) if table is None else read_people(table, findings)
            if findings.faults:
                raise InputError([given.placed(fault) for fault in findings.faults])
            self._people = people
        return self._people

    @staticmethod
    def _named(table: Table) -> bool:
        """Whether the table names anybody otherwise than by an id."""
        columns = [table.columns[name] for name in table.columns if name.startswith((*PERSONS, "employee_id"))]
        return any(
            column.coded().texts != Column(column.blocks, column.place).coded().texts
            for column in columns
            if column.reader is not None
        )

    def _others(self, part: Part, table: Table) -> dict[str, Coded]:
        """Columns that matcher does not read, by their titles."""
        titles = titles_of(part.table, KNOWN[part.table], own_titles(self.settings, self._programme))
        names = [
            title
            for title in table.header
            if title and titles.find(title) is None and table.header.count(title) == 1 and title[-1] != "*"
        ]
        if not names:
            return {}
        wider = Titles((*titles.known, *names), titles.names, titles.numbered)
        again = read_part(part, wider, Findings())
        if again is None or not np.array_equal(again.lines, table.lines):
            return {}
        return {name: again[name].coded() for name in names}


def _preferences(table: Table, others: Mapping[str, Coded], *, named: bool) -> Rows:
    """One row per choice, also where the file has one row per mentee."""
    numbers = sorted(int(name.removeprefix(CHOICE)) for name in table.columns if name.startswith(CHOICE))
    if not numbers:
        columns = {name: table.columns[name].coded() for name in LONG_FORM}
        return Rows("preferences", {**columns, **others}, named=named)
    cells = {number: table.columns[f"{CHOICE}{number}"].coded() for number in numbers}
    listed = np.stack([column.where(bool) for column in cells.values()], axis=1)
    nobody = np.flatnonzero(~listed.any(axis=1))
    row, place = np.nonzero(listed)
    order = np.argsort(np.concatenate([row, nobody]), kind="stable")
    rows = np.concatenate([row, nobody])[order]
    ranks = np.concatenate([place, np.full(len(nobody), len(numbers))])[order]
    offsets = np.cumsum([0, *(len(column.texts) for column in cells.values())])
    codes = np.stack([column.codes for column in cells.values()], axis=1) + offsets[:-1]
    chosen = np.concatenate([codes[row, place], np.full(len(nobody), offsets[-1])])[order]
    texts = [text for column in cells.values() for text in column.texts]
    columns = {
        "mentee_id": table.columns["mentee_id"].coded(),
        **others,
    }
    spread = {name: Coded(column.codes[rows], column.texts) for name, column in columns.items()}
    spread["rank"] = Coded(ranks, [*map(str, numbers), ""])
    spread["mentor_id"] = coded(chosen, [*texts, ""])
    return Rows("preferences", spread, wide=True, named=named)

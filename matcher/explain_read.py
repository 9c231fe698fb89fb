"""What the files of a run say about one person: his rows, those of the people he meets, and the figures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from matcher.errors import InputError
from matcher.findings import Findings
from matcher.run_reading import count_of, minute_of, plain_text
from matcher.run_tables import (
    BOTTLENECKS,
    CHOICES,
    PAIRS,
    SESSIONS,
    UNMATCHED,
    WAITING,
    Certificate,
    Summary,
    read_run,
)
from matcher.tables import Table

# --- records ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells by column, "" where the run has no such column."""

    file: str
    line: int
    cells: Mapping[str, str]
    findings: Findings

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def __contains__(self, column: str) -> bool:
        return column in self.cells

    def get(self, column: str) -> str | None:
        """The cell; None where the run has no such column."""
        return self.cells.get(column)

    def number(self, column: str) -> int:
        """The whole number in a cell; a fault where there is none."""
        try:
            return count_of(self[column])
        except ValueError as error:
            self.findings.fault(self.file, str(error), self.line, column)
            return 0

    def number_or_none(self, column: str) -> int | None:
        """The same for a cell that may be blank."""
        return self.number(column) if self[column] else None

    def moment(self, column: str) -> int:
        """The minute in a cell, since 1970-01-01T00:00 UTC; a fault where there is none."""
        try:
            return minute_of(self[column])
        except ValueError as error:
            self.findings.fault(self.file, str(error), self.line, column)
            return 0


@dataclass(frozen=True)
class PersonRun:
    """The rows of a run that matter to one person.

    `own` and `asked` are the choices that he listed and those in which he is listed; `pairs` and `sessions` hold
    his own, and those of everybody he is in a pair with; `unmatched` those of him and of who asked for him.
    `bottlenecks` are the rows of him as a mentor and of the group that `unmatched` names for him, None where the
    run has no such file. `waits` is his row of the waiting list, on which `waiting` mentees stand.
    """

    own: tuple[Row, ...]
    asked: tuple[Row, ...]
    pairs: tuple[Row, ...]
    sessions: tuple[Row, ...]
    unmatched: Mapping[str, Row]
    bottlenecks: tuple[Row, ...] | None
    summary: Summary
    certificate: Certificate | None
    findings: Findings = field(default_factory=Findings)
    waits: Row | None = None
    waiting: int = 0

    def check(self) -> None:
        """Raise InputError if a cell that was looked at is not as it should be."""
        if self.findings.faults:
            raise InputError(self.findings.faults)


# --- reading ------------------------------------------------------------------------------------------------


def read_person(run: Path, person: str) -> PersonRun:
    """Read what the run says of the employee with this id.

    Raises
    ------
    InputError, MatcherError
        If a file is missing or is not as `matcher solve` writes it.
    """
    read, findings = read_run(run), Findings()
    tables, bottlenecks = read.tables, read.tables.get(BOTTLENECKS)
    own = tuple(_rows(tables[CHOICES], {"mentee_id": {person}}, findings))
    asked = tuple(_rows(tables[CHOICES], {"mentor_id": {person}}, findings))
    mine = _rows(tables[PAIRS], _either({person}), findings)
    people = {person, *(row[column] for row in mine for column in _either(()))}
    askers = {person, *(row["mentee_id"] for row in asked)}
    unmatched = {row["mentee_id"]: row for row in _rows(tables[UNMATCHED], {"mentee_id": askers}, findings)}
    group = unmatched[person]["group"] if person in unmatched else ""
    wanted = {"mentor_id": {person}, "group": {group} - {""}}
    queue = tables.get(WAITING)
    waits = () if queue is None else _rows(queue, {"mentee_id": {person}}, findings)
    return PersonRun(
        own=own,
        asked=asked,
        pairs=tuple(_rows(tables[PAIRS], _either(people | askers), findings)),
        sessions=tuple(_rows(tables[SESSIONS], _either(people), findings)),
        unmatched=unmatched,
        bottlenecks=None if bottlenecks is None else tuple(_rows(bottlenecks, wanted, findings)),
        summary=read.summary,
        certificate=read.certificate,
        findings=findings,
        waits=next(iter(waits), None),
        waiting=0 if queue is None else len(queue),
    )


def _either(people: Collection[str]) -> dict[str, Collection[str]]:
    """What `_rows` wants to find the pairs of some people."""
    return {"mentee_id": people, "mentor_id": people}


def _rows(table: Table, wanted: Mapping[str, Collection[str]], findings: Findings) -> Iterator[Row]:
    """Rows in which one of the columns holds one of its wanted texts."""
    hit = np.zeros(len(table), dtype=bool)
    for column, texts in wanted.items():
        hit |= table[column].coded().where(texts.__contains__)
    places = np.flatnonzero(hit)
    cells = {name: map(plain_text, column.part(places).texts()) for name, column in table.columns.items()}
    for place, *texts in zip(places.tolist(), *cells.values(), strict=True):
        yield Row(table.file, table.line(place), dict(zip(cells, texts, strict=True)), findings)

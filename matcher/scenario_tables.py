"""The tables of a cohort as columns of text that cases can change, and their canonical form as files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.cohort_files import LETTERS, PROGRAMME, Given, Part
from matcher.cohort_tables import KNOWN, PERSONS, CohortTables, own_titles, read_part
from matcher.columns import Coded, Column, coded
from matcher.errors import Fault, InputError
from matcher.findings import Findings
from matcher.input_employees import read_people
from matcher.input_people import People
from matcher.input_preferences import LONG_FORM, WORST_RANK, read_preferences
from matcher.input_programme import Settings
from matcher.model import BoolArray, IntArray
from matcher.programme import Programme
from matcher.synonyms import Titles, titles_of
from matcher.tables import Table

COLUMNS: Mapping[str, tuple[str, ...]] = KNOWN | {"preferences": LONG_FORM}
CHOICE = "choice_"
BOM = "\ufeff"  # without it, Excel takes the names for another alphabet


@dataclass(frozen=True)
class Rows:
    """A table in which every cell is a text, people are named by their ids, dates and times are in ISO 8601.

    `columns` are all of one length: those that matcher knows by their names in `COLUMNS`, choices one a row, and
    those that it does not read by their titles, folded. `wide` says that the file has one row per mentee: then a
    row without a mentor is a mentee who lists nobody. `named` says that the file names people by more than ids.
    """

    table: str
    columns: Mapping[str, Coded]
    wide: bool = False
    named: bool = False

    def __len__(self) -> int:
        return next((len(column) for column in self.columns.values()), 0)

    def column(self, name: str) -> Coded:
        """The column of this name; blank cells where the table has none."""
        found = self.columns.get(name)
        return Coded(np.zeros(len(self), dtype=np.int64), [""]) if found is None else found

    def used(self, name: str) -> list[str]:
        """The distinct texts of a column."""
        column = self.column(name)
        return [column.texts[code] for code in np.unique(column.codes).tolist()]

    def kept(self, rows: BoolArray | IntArray) -> Rows:
        """Only these rows."""
        columns = {name: Coded(column.codes[rows], column.texts) for name, column in self.columns.items()}
        return replace(self, columns=columns)

    def with_column(self, name: str, column: Coded) -> Rows:
        """The table with another or a new column."""
        return replace(self, columns={**self.columns, name: column})

    def with_text(self, name: str, rows: BoolArray, text: str) -> Rows:
        """The table with one text in these rows of a column."""
        old = self.column(name)
        return self.with_column(name, coded(np.where(rows, len(old.texts), old.codes), [*old.texts, text]))

    def with_rows(self, rows: Sequence[Mapping[str, str]]) -> Rows:
        """The table with more rows at its end."""
        names = dict.fromkeys([*self.columns, *(name for row in rows for name in row)])
        return replace(self, columns={name: _longer(self.column(name), name, rows) for name in names})

    def same(self, other: Rows) -> bool:
        """Whether every cell is the same."""
        if len(self) != len(other):
            return False
        return all(_equal(self.column(name), other.column(name)) for name in {**self.columns, **other.columns})

    def keys(self) -> Coded:
        """A text for each row that no other has, whatever the order of rows and columns."""
        named = sorted(self.columns)
        cells = [np.array(self.columns[name].texts, dtype=object)[self.columns[name].codes] for name in named]
        count: dict[str, int] = {}
        keys = []
        for row in zip(*cells, strict=True):
            key = "\x1f".join(f"{name}={text}" for name, text in zip(named, row, strict=True) if text)
            count[key] = count.get(key, 0) + 1
            keys.append(f"{key}\x1f{count[key]}")
        return Coded(np.arange(len(keys)), keys)


def _longer(column: Coded, name: str, rows: Sequence[Mapping[str, str]]) -> Coded:
    codes = np.concatenate([column.codes, len(column.texts) + np.arange(len(rows))])
    return coded(codes, [*column.texts, *(row.get(name, "") for row in rows)])


def _equal(one: Coded, other: Coded) -> bool:
    place = {text: code for code, text in enumerate(other.texts)}
    return bool(np.array_equal(one.numbers(place.get(text, -1) for text in one.texts), other.codes))


def no_rows(table: str) -> Rows:
    """A table that the cohort has not."""
    return Rows(table, {name: Coded(np.zeros(0, dtype=np.int64), []) for name in COLUMNS[table]})


# --- a cohort's tables --------------------------------------------------------------------------------------


class Source:
    """The tables of a cohort as it was given; each is read once, when it is first asked for.

    `fresh` gives the tables anew, as reading lets go of them; `settings` and `programme` say how they are read.
    """

    def __init__(self, fresh: Callable[[], Given], settings: Settings, programme: Programme) -> None:
        self.settings = settings
        self._fresh, self._programme = fresh, programme
        self._rows: dict[str, Rows | None] = {}
        self._people: People | None = None

    def rows(self, name: str) -> Rows | None:
        """One table; None where the cohort has none. InputError where it cannot be read as it is."""
        if name not in self._rows:
            self._rows[name] = self._read(name)
        return self._rows[name]

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


# --- files --------------------------------------------------------------------------------------------------


def file_of(rows: Rows) -> bytes:
    """A table as a file: CSV in UTF-8 with byte order mark, commas and LF, columns by their own names.

    Reading it gives the same texts again, so nothing is put before what a spreadsheet may take for a formula.
    InputError where no file can hold the table.
    """
    if rows.wide and "" in rows.used("mentor_id"):
        rows = _one_row_each(rows)
    own = [name for name in COLUMNS[rows.table] if name in rows.columns]
    names = [*own, *(name for name in rows.columns if name not in own)]
    columns = []
    for name in names:
        column = rows.columns[name]
        cells = np.array([_cell(text) for text in column.texts], dtype=object)
        columns.append(cells[column.codes].tolist() if len(column) else [])
    lines = [",".join(map(_cell, names)), *(",".join(row) for row in zip(*columns, strict=True))]
    return (BOM + "\n".join(lines) + "\n").encode()


def _cell(text: str) -> str:
    if "," in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _one_row_each(rows: Rows) -> Rows:
    """Choices as one row per mentee, in which alone somebody can list nobody."""
    mentees = rows.column("mentee_id")
    _, first, place = np.unique(mentees.codes, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    line, listed = order[place], rows.column("mentor_id").where(bool)
    rank = rows.column("rank").numbers(
        int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
        for text in rows.column("rank").texts
    )
    cells = line[listed] * (WORST_RANK + 1) + rank[listed]
    if (rank[listed] == 0).any() or len(np.unique(cells)) < len(cells):
        message = "somebody lists nobody, which needs one row per mentee, where each rank is a number of its own"
        raise InputError([Fault("preferences.csv", message)])
    single = rows.kept(np.sort(first))
    columns = {name: single.columns[name] for name in rows.columns if name not in ("rank", "mentor_id")}
    mentors = rows.column("mentor_id")
    for number in np.unique(rank[listed]).tolist():
        here = listed & (rank == number)
        codes = np.full(len(single), len(mentors.texts))
        codes[line[here]] = mentors.codes[here]
        columns[f"{CHOICE}{number}"] = coded(codes, [*mentors.texts, ""])
    if not listed.any():
        columns[f"{CHOICE}1"] = Coded(np.zeros(len(single), dtype=np.int64), [""])
    return Rows("preferences", columns)


def put_tables(given: Given, files: Mapping[str, bytes]) -> Given:
    """The cohort with other files for some tables, by table; the files they had before are no inputs any more."""
    found = replace(given, parts=dict(given.parts), inputs=dict(given.inputs), labels=dict(given.labels))
    for table, content in files.items():
        old = found.parts.pop(table, None)
        if old is not None:
            del found.labels[old.label]
            found.inputs.pop(old.file, None)  # a workbook has many tables
        name = f"{table}.toml" if table == PROGRAMME else f"{table}.csv"
        found.add(Part(table, name, content))
        if table != LETTERS:
            found.inputs[name] = hashlib.sha256(content).hexdigest()
    sheets = any(part.sheet is not None for part in found.parts.values())
    return found if sheets else replace(found, workbook=None)


def toml_lines(values: Mapping[str, object]) -> Iterator[str]:
    """Settings by section and key as lines of programme.toml."""
    for section, keys in values.items():
        yield f"[{_toml_text(section)}]"
        if isinstance(keys, Mapping):
            yield from (f"{_toml_text(key)} = {toml_value(value)}" for key, value in keys.items())


def toml_value(value: object) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _toml_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_toml_text(key)} = {toml_value(part)}' for key, part in value.items())}}}"
    return str(value)


def _toml_text(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(f"\\u{ord(char):04x}" if ord(char) < 32 or ord(char) == 127 else char for char in plain)
        + '"'
    )

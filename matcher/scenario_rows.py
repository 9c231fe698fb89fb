"""A table as columns of text that a case can change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.cohort_tables import KNOWN
from matcher.columns import Coded, coded
from matcher.input_preferences import LONG_FORM
from matcher.model import BoolArray, IntArray

COLUMNS: Mapping[str, tuple[str, ...]] = KNOWN | {"preferences": LONG_FORM}
CHOICE = "choice_"


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

"""What the cases of a sweep are: keys of the programme and changes of the tables, as data that travels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

Scalar = str | int | float | bool
"""A value of a condition; dates and times are texts as the tables have them."""

Test = Literal["is", "not", "at_least", "at_most", "like", "blank"]

Cells = tuple[tuple[str, str], ...]
"""Columns with the text of each."""

BASE = "base"


@dataclass(frozen=True)
class Condition:
    """What a row must be like: `column` as it was written, and the values of a test.

    `is` wants one of the values, `not` none of them; the other tests have one value. `place` is where it stands in
    the change, for messages.
    """

    column: str
    test: Test
    values: tuple[Scalar, ...]
    place: str = ""


@dataclass(frozen=True)
class Top:
    """Of the rows that meet the conditions, the `number` with the largest figures in column `by`."""

    number: int
    by: str


@dataclass(frozen=True)
class Draw:
    """Of what the rows are about, people mostly, a number or a share that the case's seed draws.

    `of` is the column that names it, "row" for single rows, or "" for the usual one of the table.
    """

    number: int | None = None
    share: Fraction | None = None
    of: str = ""


@dataclass(frozen=True)
class Change:
    """One change of a table: rows that meet all conditions are set or removed, or rows are added.

    `place` is where it stands in the file of scenarios.
    """

    table: str
    where: tuple[Condition, ...] = ()
    top: Top | None = None
    draw: Draw | None = None
    set: Cells = ()
    remove: bool = False
    add: tuple[Cells, ...] = ()
    place: str = "change"


@dataclass(frozen=True)
class Case:
    """What differs from the cohort as it is.

    `name` is unique among the cases of a sweep, also without regard to case, and fit for a folder on every system.
    `settings` are values of programme keys by dotted name, as `--set` gives them. `changes` are made in order,
    their draws by `seed`. `origin` is what the file calls the case, `varied` are the keys of its grid.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    changes: tuple[Change, ...] = ()
    seed: int | None = None
    origin: str = ""
    varied: tuple[str, ...] = ()

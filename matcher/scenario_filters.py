"""Which rows of a table a change is about: conditions, the largest, and a draw."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from matcher.columns import Coded
from matcher.errors import Fault
from matcher.findings import did_you_mean
from matcher.model import BoolArray
from matcher.programme import Programme, fold, parse_clock
from matcher.scenario_cases import Change, Condition, Draw, Scalar, Top
from matcher.scenario_figures import FIGURES
from matcher.scenario_rows import COLUMNS, Rows, no_rows
from matcher.scenario_tables import Source
from matcher.synonyms import titles_of

UNITS = {
    "employees": "employee_id",
    "availability": "employee_id",
    "busy": "employee_id",
    "absences": "employee_id",
    "preferences": "mentee_id",
}
ROLES: Mapping[str, Mapping[str, str]] = {
    "employees": {"manager": "manager_id"},
    "availability": {"employee": "employee_id"},
    "busy": {"employee": "employee_id"},
    "absences": {"employee": "employee_id"},
    "preferences": {"mentee": "mentee_id", "mentor": "mentor_id"},
    "pairs": {"mentee": "mentee_id", "mentor": "mentor_id"},
}
IDS = ("employee_id", "mentee_id", "mentor_id", "manager_id")
ROW = "row"
MOST_NEAR = 5000  # texts among which the one that was meant is looked for

Order = Callable[[str], object]


@dataclass
class Tables:
    """The tables of one case while they are changed; `file` is what faults are said to be in."""

    source: Source
    programme: Programme
    file: str
    seed: int | None = None
    changed: dict[str, Rows] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def rows(self, name: str) -> Rows:
        """A table as it is now, without rows where the cohort has none."""
        found = self.changed.get(name)
        if found is None:
            found = self.source.rows(name)
        return no_rows(name) if found is None else found


def fault(tables: Tables, message: str, place: str) -> None:
    """Note what is wrong with a change; `place` is its key."""
    tables.faults.append(Fault(tables.file, message, column=place))


# --- columns ------------------------------------------------------------------------------------------------


def own_column(tables: Tables, table: str, name: str) -> str | None:
    """The column of a table that is meant by a name, or by a title in another language; None if there is none."""
    rows = tables.rows(table)
    if name in COLUMNS[table] or name in rows.columns:
        return name
    if fold(name) in rows.columns:
        return fold(name)
    meant = titles_of(table, COLUMNS[table], tables.programme.columns).find(name)
    return None if meant is None else meant.column


def column_of(tables: Tables, table: str, name: str) -> Coded | None:
    """The column that a condition names: of the table, a figure, or of the people whom the table names."""
    role, dot, inner = name.partition(".")
    if dot and role in ROLES.get(table, {}):
        people = tables.rows("employees")
        theirs = column_of(tables, "employees", inner)
        if theirs is None:
            return None
        ids = people.column("employee_id")
        texts = {ids[row]: theirs[row] for row in range(len(people))}
        names = tables.rows(table).column(ROLES[table][role])
        return Coded(names.codes, [texts.get(text, "") for text in names.texts])
    own = own_column(tables, table, name)
    if own is not None:
        return tables.rows(table).column(own)
    if table == "employees" and name in FIGURES:
        return FIGURES[name](tables.rows, tables.programme)
    return None


def known_columns(tables: Tables, table: str) -> list[str]:
    """Every column that a condition may name, but for those of people."""
    return [
        *dict.fromkeys([*COLUMNS[table], *tables.rows(table).columns]),
        *(FIGURES if table == "employees" else ()),
    ]


def report_unknown(tables: Tables, table: str, name: str, place: str) -> None:
    """A column that does not exist is a fault."""
    role, dot, inner = name.partition(".")
    joined = dot and role in ROLES.get(table, {})
    known = known_columns(tables, "employees" if joined else table)
    close = did_you_mean(inner if joined else name, known, cutoff=0.6)
    also = "".join(f", {role}.function and the like" for role in ROLES.get(table, {}) if not joined)
    what = close or f"; columns are {', '.join(known)}{also}"
    fault(tables, f"{'employees' if joined else table} has no column {(inner if joined else name)!r}{what}", place)


# --- rows ---------------------------------------------------------------------------------------------------


def chosen_rows(tables: Tables, change: Change) -> BoolArray | None:
    """Which rows a change is about; None, and a fault, where that cannot be told or is none."""
    before, rows = len(tables.faults), tables.rows(change.table)
    mask = np.ones(len(rows), dtype=np.bool_)
    for condition in change.where:
        met = _met(tables, change.table, condition)
        mask &= False if met is None else met
    if len(tables.faults) == before and not mask.any():
        what = "no row meets all of its conditions" if len(change.where) > 1 else "matches no row"
        place = f"{change.place}.where" if change.where else change.place
        fault(tables, f"{what} of {change.table} ({len(rows)} rows)", place)
    if change.top is not None:
        mask = _largest(tables, change, change.top, mask)
    if change.draw is not None:
        mask = _drawn(tables, change, change.draw, mask)
    return mask if len(tables.faults) == before else None


def _met(tables: Tables, table: str, condition: Condition) -> BoolArray | None:
    column = column_of(tables, table, condition.column)
    if column is None:
        report_unknown(tables, table, condition.column, condition.place)
        return None
    test = _test(tables, table, condition, column)
    return None if test is None else column.where(test)


def _test(tables: Tables, table: str, condition: Condition, column: Coded) -> Callable[[str], bool] | None:
    """What a cell must be like; None, and a fault, where no cell can be."""
    values, last = condition.values, condition.column.rpartition(".")[2]
    if condition.test == "blank":
        wanted = not values[0]
        return lambda text: bool(text) == wanted
    if condition.test == "like":
        pattern = _pattern(fold(str(values[0])))
        return lambda text: pattern.fullmatch(fold(text)) is not None
    if condition.test in ("at_least", "at_most"):
        return _compared(tables, condition, last)
    form = _exact if (own_column(tables, table, last) or last) in IDS else fold
    wanted_texts = {form(str(value)): str(value) for value in values}
    used = [column.texts[code] for code in np.unique(column.codes).tolist()]
    missing = [value for text, value in wanted_texts.items() if text not in set(map(form, used))]
    for value in missing:
        close = did_you_mean(value, used[:MOST_NEAR], cutoff=0.6)
        fault(tables, f"no row of {table} has {value!r}{close}", condition.place)
    if missing:
        return None
    return lambda text: (form(text) in wanted_texts) == (condition.test == "is")


def _exact(text: str) -> str:
    """Ids differ by their case, too."""
    return text.strip()


def _pattern(glob: str) -> re.Pattern[str]:
    """A text in which * stands for any characters and ? for one."""
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in glob)
    return re.compile("".join(parts), re.DOTALL)


def _compared(tables: Tables, condition: Condition, last: str) -> Callable[[str], bool] | None:
    order = order_of_values(condition.values[0], last, tables.programme)
    if order is None:
        message = f"{condition.values[0]!r} is no number, date or time that a cell could be compared with"
        fault(tables, message, condition.place)
        return None
    limit, least = order(str(condition.values[0])), condition.test == "at_least"

    def within(text: str) -> bool:
        place = order(text)
        if place is None:
            return False
        return bool(place >= limit if least else place <= limit)  # type: ignore[operator] # of one kind

    return within


def order_of_values(limit: Scalar, column: str, programme: Programme) -> Order | None:
    """How cells compare with a limit: a function that gives what is comparable, None for other cells."""
    levels = {fold(name): place for place, name in enumerate(programme.eligibility.levels)}
    orders: list[Order] = [number_of, parse_clock, _day]
    if column == "level" and levels:
        orders = [lambda text: levels.get(fold(text))]
    if isinstance(limit, str) and _moment(limit) is not None and len(limit) > 10:
        orders = [_moment]
    return next((order for order in orders if order(str(limit)) is not None), None)


def number_of(text: str) -> Fraction | None:
    """The number that a text is, if it is one."""
    if re.fullmatch(r"[+-]?[0-9]{1,30}([.,][0-9]{1,30})?", text):
        return Fraction(text.replace(",", "."))
    return None


def _day(text: str) -> str | None:
    moment = _moment(text)
    return None if moment is None else moment[:10]


def _moment(text: str) -> str | None:
    match = re.match(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}).*)?$", text)
    return None if match is None else f"{match[1]}T{match[2] or '00:00'}"


# --- the largest, and a draw --------------------------------------------------------------------------------


def _largest(tables: Tables, change: Change, top: Top, mask: BoolArray) -> BoolArray:
    column = column_of(tables, change.table, top.by)
    if column is None:
        report_unknown(tables, change.table, top.by, f"{change.place}.top.by")
        return mask
    levels = {fold(name): place for place, name in enumerate(tables.programme.eligibility.levels)}
    named = levels if top.by.rpartition(".")[2] == "level" else {}
    figures = [named.get(fold(text), number_of(text)) for text in column.texts]
    rows = [row for row in np.flatnonzero(mask).tolist() if figures[int(column.codes[row])] is not None]
    if mask.any() and not rows:
        fault(tables, f"no row has a number in {top.by}", f"{change.place}.top.by")
    keys = _row_units(tables.rows(change.table))
    rows.sort(key=lambda row: (-figures[int(column.codes[row])], keys[row]))  # type: ignore[operator] # none is None
    return _mask(len(mask), rows[: top.number])


def _row_units(rows: Rows) -> Coded:
    """A text for each row that does not depend on the order of rows."""
    return rows.column("employee_id") if rows.table == "employees" else rows.keys()


def _drawn(tables: Tables, change: Change, draw: Draw, mask: BoolArray) -> BoolArray:
    """The rows of those units that come first when they are sorted by a hash of seed and unit."""
    place, rows = f"{change.place}.draw", tables.rows(change.table)
    of = draw.of or UNITS.get(change.table, ROW)
    column = rows.keys() if of == ROW else column_of(tables, change.table, of)
    if column is None:
        report_unknown(tables, change.table, of, f"{place}.of")
        return mask
    form = _exact if (own_column(tables, change.table, of) or of) in (*IDS, ROW) else fold
    units = {form(column.texts[code]) for code in np.unique(column.codes[mask]).tolist()} - {""}
    number = draw.number
    if draw.share is not None:
        number = math.floor(draw.share * len(units) + Fraction(1, 2))
    if not mask.any() or number is None or tables.seed is None:
        return mask
    if number > len(units):
        fault(tables, f"{number} cannot be drawn from {len(units)}", f"{place}.number")
    elif number == 0:
        fault(tables, f"that share of {len(units)} is nothing; expected a larger one", f"{place}.share")
    first = set(sorted(units, key=lambda unit: _lot(tables.seed, unit))[:number])
    return mask & column.where(lambda text: form(text) in first)


def _lot(seed: int | None, unit: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{unit}".encode()).digest()


def _mask(size: int, rows: Sequence[int]) -> BoolArray:
    mask = np.zeros(size, dtype=np.bool_)
    mask[np.array(rows, dtype=np.int64)] = True
    return mask

"""`[[case.x.change]]` -> changes: their form is judged here, their columns and rows where the tables are known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, get_args

from matcher.findings import did_you_mean
from matcher.scenario_cases import Cells, Change, Condition, Draw, Scalar, Test, Top
from matcher.scenario_keys import (
    Place,
    fault,
    known_keys,
    shown,
    table_at,
    text_at,
    told_as,
    whole_at,
)

TABLES = ("employees", "preferences", "availability", "busy", "absences", "holidays", "pairs")
ACTIONS = ("set", "remove", "add")
KEYS = ("table", "where", "top", "draw", *ACTIONS)
TESTS: tuple[Test, ...] = get_args(Test)
ROLES = ("mentee", "mentor", "employee", "manager")
ROW = "row"


def read_changes(entries: object, at: Place) -> tuple[Change, ...]:
    """Read the changes of one case; what is wrong is noted, and the entry left out."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        fault(at, "must be a list of changes, each under [[case.NAME.change]]")
        return ()
    changes = []
    for number, entry in enumerate(entries, start=1):
        before = at.faults
        change = _change(entry, at.entry(number))
        if at.faults == before:
            changes.append(change)
    return tuple(changes)


def _change(entry: Mapping[str, Any], at: Place) -> Change:
    known_keys(entry, KEYS, at)
    table = text_at(entry["table"], at.key("table")) if "table" in entry else ""
    if "table" not in entry:
        fault(at, f'names no table; expected table = "employees" or another of {", ".join(TABLES)}')
    elif isinstance(entry["table"], str) and table not in TABLES:
        fault(at.key("table"), f"there is no table {table!r}; tables are {', '.join(TABLES)}")
    actions = [name for name in ACTIONS if name in entry]
    if len(actions) != 1:
        found = f"has {' and '.join(actions)}" if actions else "does nothing"
        fault(at, f"{found}; expected exactly one of set, remove and add")
    picks = [name for name in ("where", "top", "draw") if name in entry]
    if actions == ["add"] and picks:
        fault(at, f"adds rows, so {' and '.join(picks)} can pick none")
    if "remove" in entry and entry["remove"] is not True:
        fault(at.key("remove"), f"must be true (got {shown(entry['remove'])}); leave the change out otherwise")
    return Change(
        table=table,
        where=_conditions(entry["where"], at.key("where")) if "where" in entry else (),
        top=_top(entry["top"], at.key("top")) if "top" in entry else None,
        draw=_draw(entry["draw"], at.key("draw")) if "draw" in entry else None,
        set=_cells(entry["set"], at.key("set")) if "set" in entry else (),
        remove="remove" in entry,
        add=_rows(entry["add"], at.key("add")) if "add" in entry else (),
        place=at.path,
    )


# --- which rows ---------------------------------------------------------------------------------------------


def _conditions(where: object, at: Place) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for column, value in table_at(where, at, '{ function = "Sales" }').items():
        if isinstance(value, dict) and column in ROLES:
            for own, inner in value.items():
                found += _condition(f"{column}.{own}", inner, at.key(column).key(own))
        else:
            found += _condition(column, value, at.dotted(column) if _is_joined(column) else at.key(column))
    if isinstance(where, dict) and not where:
        fault(at, "has no condition; leave it out for all rows")
    return tuple(found)


def _is_joined(column: str) -> bool:
    return column.partition(".")[0] in ROLES


def _condition(column: str, value: object, at: Place) -> list[Condition]:
    if not isinstance(value, dict):
        return [Condition(column, "is", _values(value, at), at.path)]
    found = []
    for test, wanted in value.items():
        inside = at.key(test)
        if test not in TESTS:
            close = did_you_mean(test, TESTS, cutoff=0.6)
            fault(inside, f"unknown test{close or '; tests are ' + ', '.join(TESTS)}")
        else:
            found.append(Condition(column, test, _wanted(test, wanted, inside), inside.path))
    if not value:
        fault(at, f"has no test; tests are {', '.join(TESTS)}")
    return found


def _wanted(test: Test, value: object, at: Place) -> tuple[Scalar, ...]:
    if test == "blank":
        if not isinstance(value, bool):
            fault(at, f"must be true or false (got {shown(value)})")
        return (bool(value),)
    if test == "like":
        return (text_at(value, at),)
    if test in ("at_least", "at_most"):
        wanted = value if isinstance(value, int | float) else told_as(value)
        if wanted is None or isinstance(value, bool):
            fault(at, f"must be a number or a date (got {shown(value)})")
        return (wanted or 0,)
    return _values(value, at)


def _values(value: object, at: Place) -> tuple[str, ...]:
    """The texts of which a cell must hold one."""
    values = value if isinstance(value, list) else [value]
    texts = [told_as(one) for one in values]
    for one, text in zip(values, texts, strict=True):
        if text is None:
            fault(at, f"must be a value or a list of values (got {shown(one)})")
    if not values:
        fault(at, "is an empty list, which no row can match")
    return tuple(text for text in texts if text is not None)


def _top(value: object, at: Place) -> Top:
    table = table_at(value, at, '{ number = 10, by = "wanted" }')
    known_keys(table, ("number", "by"), at)
    for key in ("number", "by"):
        if isinstance(value, dict) and key not in table:
            fault(at, f'lacks {key}; expected {{ number = 10, by = "wanted" }}')
    number = whole_at(table["number"], at.key("number"), 1) if "number" in table else None
    return Top(number or 1, text_at(table["by"], at.key("by")) if "by" in table else "")


def _draw(value: object, at: Place) -> Draw:
    table = table_at(value, at, '{ share = "10%" }')
    known_keys(table, ("share", "number", "of"), at)
    if isinstance(value, dict) and ("share" in table) == ("number" in table):
        fault(at, 'must have either a share, like "10%" or 0.1, or a number')
    return Draw(
        whole_at(table["number"], at.key("number"), 1) if "number" in table else None,
        share_at(table["share"], at.key("share")) if "share" in table else None,
        text_at(table["of"], at.key("of")) if "of" in table else "",
    )


def share_at(value: object, at: Place) -> Fraction | None:
    """The exact share that a key must hold: a part of 1 or a text with a percent sign."""
    share = None
    if isinstance(value, str) and (match := re.fullmatch(r"\s*([0-9]{1,3}(?:[.,][0-9]{1,6})?)\s*%\s*", value)):
        share = Fraction(match[1].replace(",", ".")) / 100
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        share = Fraction(repr(value))
    if share is None or not 0 < share <= 1:
        fault(at, f'must be a share like "10%" or 0.1, above 0 and at most 1 (got {shown(value)})')
        return None
    return share


# --- what is written ----------------------------------------------------------------------------------------


def _cells(value: object, at: Place) -> Cells:
    cells = []
    table = table_at(value, at, "{ max_mentees = 1 }")
    for column, cell in table.items():
        text = told_as(cell)
        if text is None:
            fault(at.key(column), f"must be a single value (got {shown(cell)})")
        elif isinstance(cell, dt.datetime | dt.time | dt.date | str | int | float):
            cells.append((column, text))
    if isinstance(value, dict) and not table:
        fault(at, "is empty; expected columns with values like { max_mentees = 1 }")
    return tuple(cells)


def _rows(value: object, at: Place) -> tuple[Cells, ...]:
    if not isinstance(value, list) or not value:
        fault(at, f'must be a list of rows like [ {{ employee_id = "N1", level = 5 }} ] (got {shown(value)})')
        return ()
    return tuple(_cells(row, at.entry(number)) for number, row in enumerate(value, start=1))

"""Changes of tables, made one after the other; what cannot be made is a fault with its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.cohort_tables import NEEDED
from matcher.findings import did_you_mean
from matcher.input_preferences import LONG_FORM
from matcher.model import BoolArray
from matcher.scenario_cases import Cells, Change
from matcher.scenario_figures import FIGURES
from matcher.scenario_filters import IDS, MOST_NEAR, Tables, chosen_rows, fault, own_column, report_unknown
from matcher.scenario_rows import Rows

NAMES = ("employee_id", "name", "email")  # by which people are found
NAMING = ("preferences", "availability", "busy", "absences", "pairs")  # tables that name people
ADDED = {
    **NEEDED,
    "preferences": LONG_FORM,
    "availability": ("employee_id", "day"),
    "holidays": ("date", "kind"),
}
"""Columns that a new row must have."""


@dataclass(frozen=True)
class Made:
    """A change that was made, and how many rows it was about."""

    change: Change
    rows: int


def make_changes(tables: Tables, changes: Sequence[Change]) -> list[Made]:
    """Make all changes in their order, going on after faults, which are noted in `tables`."""
    made = []
    for change in changes:
        before = len(tables.faults)
        rows = _add(tables, change) if change.add else _change(tables, change)
        if len(tables.faults) > before and change.add:
            break  # what follows may be about the rows that are not there
        made.append(Made(change, rows))
    return made


def changed_tables(tables: Tables) -> dict[str, Rows]:
    """The tables of which some cell differs from what was given, or would be understood otherwise now."""
    found = {}
    for name, rows in tables.changed.items():
        given = tables.source.rows(name)
        if given is None or not rows.same(given):
            found[name] = rows
    old, new = tables.source.rows("employees"), found.get("employees")
    if old is not None and new is not None and not all(_same(old, new, name) for name in NAMES):
        for name in NAMING:  # a name or an address in them may mean somebody else now, or nobody
            given = tables.source.rows(name)
            if name not in found and given is not None and given.named:
                found[name] = given
    return found


def _same(old: Rows, new: Rows, column: str) -> bool:
    only = [Rows("employees", {column: rows.column(column)}) for rows in (old, new)]
    return only[0].same(only[1])


def _change(tables: Tables, change: Change) -> int:
    columns = _written(tables, change.table, change.set, f"{change.place}.set")
    chosen = chosen_rows(tables, change)
    if chosen is None or columns is None:
        return 0
    if change.remove:
        _remove(tables, change.table, chosen)
    for column, text in columns.items():
        tables.changed[change.table] = tables.rows(change.table).with_text(column, chosen, text)
    return int(chosen.sum())


def _written(tables: Tables, table: str, cells: Cells, place: str) -> dict[str, str] | None:
    """The columns that are written with their texts; None, and faults, where one cannot be."""
    found, before = dict[str, str](), len(tables.faults)
    for name, text in cells:
        column, at = own_column(tables, table, name), f"{place}.{name}"
        if column is None and (name in FIGURES or "." in name):
            fault(tables, f"{name} follows from other tables and cannot be written", at)
        elif column is None:
            report_unknown(tables, table, name, at)
        elif column == "employee_id" and table == "employees" and place.endswith(".set"):
            fault(tables, "an id cannot be changed; remove the employee and add another", at)
        elif column in found:
            fault(tables, f"{column} is given twice", at)
        else:
            found[column] = text
            if column in IDS and not (column == "employee_id" and table == "employees"):
                _report_stranger(tables, text, at)
    return found if len(tables.faults) == before else None


def _report_stranger(tables: Tables, name: str, place: str) -> None:
    """Whom a change names must be an employee, by his id."""
    known = tables.rows("employees").used("employee_id")
    if name and name not in known:
        close = did_you_mean(name, known[:MOST_NEAR])
        fault(tables, f"{name!r} is no employee_id of employees{close}", place)


def _remove(tables: Tables, table: str, chosen: BoolArray) -> None:
    rows = tables.rows(table)
    tables.changed[table] = rows.kept(~chosen)
    if table == "employees":
        ids = rows.column("employee_id")
        _forget(tables, {ids[row] for row in np.flatnonzero(chosen).tolist()})


def _forget(tables: Tables, gone: set[str]) -> None:
    """Take people out of all tables; those who chose one of them still list him."""
    people = tables.rows("employees")
    managed = people.column("manager_id").where(gone.__contains__)
    if managed.any():
        tables.changed["employees"] = people.with_text("manager_id", managed, "")
    for name, columns in (
        ("preferences", ("mentee_id",)),
        ("availability", ("employee_id",)),
        ("busy", ("employee_id",)),
        ("absences", ("employee_id",)),
        ("pairs", ("mentee_id", "mentor_id")),
    ):
        rows = tables.rows(name)
        theirs = np.zeros(len(rows), dtype=np.bool_)
        for column in columns:
            theirs |= rows.column(column).where(gone.__contains__)
        if theirs.any():
            tables.changed[name] = rows.kept(~theirs)


def _add(tables: Tables, change: Change) -> int:
    table, added = change.table, list[dict[str, str]]()
    known = set(tables.rows(table).used("employee_id")) if table == "employees" else set()
    for number, cells in enumerate(change.add, start=1):
        place = f"{change.place}.add[{number}]"
        row = _written(tables, table, cells, place)
        if row is None:
            continue
        missing = [column for column in ADDED.get(table, ()) if not row.get(column)]
        if missing:
            fault(tables, f"lacks {', '.join(missing)}", place)
        if table == "employees" and row.get("employee_id") in known:
            fault(tables, f"{row['employee_id']!r} is an employee already", f"{place}.employee_id")
        known.add(row.get("employee_id", ""))
        added.append(row)
    tables.changed[table] = tables.rows(table).with_rows(added)
    return len(added)

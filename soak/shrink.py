"""Smaller cohorts that are wrong in the same way: rows, people and keys are left out while that stays so."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from soak.oracles import of_tests

cohorts = of_tests("cohorts")

Spec = Any  # the modules of the tests are not typed
TABLES = ("availability", "busy", "absences", "holidays", "pairs", "choices")
FILES = {name: f"{name}.csv" for name in TABLES} | {"choices": "preferences.csv"}
CASE = "case.json"


def shrink(spec: Spec, is_wrong: Callable[[Spec], bool]) -> Spec:
    """Leave out what can be left out, the large parts first, until nothing more can.

    Parameters
    ----------
    spec
        A cohort (tests/cohorts.py) for which `is_wrong` is true.
    is_wrong
        Whether a smaller one is wrong in the same way; false for what is no cohort any more.
    """
    spec = replace(spec, choices=tuple(cohorts.choice_rows(spec.choices)))
    before = None
    while spec != before:
        before = spec
        for name in ("employees", *TABLES):
            spec = _shorter(spec, name, is_wrong)
        for less in _fewer_keys(spec):
            merged = replace(spec, **less(spec))
            spec = merged if is_wrong(merged) else spec
    return spec


def _shorter(spec: Spec, name: str, is_wrong: Callable[[Spec], bool]) -> Spec:
    """Leave out rows of one table, halves of it before single ones; with people goes all that names them."""
    size = len(getattr(spec, name))
    while size:
        first = 0
        while first < len(rows := getattr(spec, name)):
            gone = rows[first : first + size]
            if name == "employees":
                less = without_people(spec, {cohorts.person_row(row)["employee_id"] for row in gone})
            else:
                less = replace(spec, **{name: rows[:first] + rows[first + size :]})
            if is_wrong(less):
                spec = less
            else:
                first += size
        size //= 2
    return spec


def _fewer_keys(spec: Spec) -> Iterator[Callable[[Spec], dict[str, Any]]]:
    """One change each: a key of the programme, or a cell of somebody, is left out."""
    for section, keys in spec.programme.items():
        for key in keys:
            yield partial(_without_key, section, key)
    for place, person in enumerate(map(cohorts.person_row, spec.employees)):
        for column in sorted(person.keys() - {"employee_id", "function", "level"}):
            yield partial(_without_cell, place, column)


def _without_key(section: str, key: str, spec: Spec) -> dict[str, Any]:
    left = {name: value for name, value in spec.programme[section].items() if name != key}
    return {"programme": {**spec.programme, section: left}}


def _without_cell(place: int, column: str, spec: Spec) -> dict[str, Any]:
    people = [cohorts.person_row(one) for one in spec.employees]
    people[place].pop(column, None)
    return {"employees": tuple(people)}


def without_people(spec: Spec, gone: Collection[str]) -> Spec:
    """The cohort without some people and all rows that name them."""
    people = [cohorts.person_row(one) for one in spec.employees]
    left = [row for row in people if row["employee_id"] not in gone]
    for row in left:
        if row.get("manager_id") in gone:
            row["manager_id"] = ""
    rows = {
        name: tuple(row for row in getattr(spec, name) if not set(gone) & set(map(str, row[:3])))
        for name in TABLES
    }
    return replace(spec, employees=tuple(left), **rows)


# --- as a folder ----------------------------------------------------------------------------------------------


def keep(spec: Spec, kind: str, seed: int, fault: str, folder: Path) -> Path:
    """Write a cohort folder, with what was wrong beside it, that `kept` reads again."""
    cohorts.write(spec, folder)
    told = {"kind": kind, "seed": seed, "fault": fault}
    (folder / CASE).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder


def kept(folder: Path) -> tuple[Spec, str, int]:
    """The cohort of a folder, its kind and its seed."""
    told = json.loads((folder / CASE).read_text(encoding="utf-8"))
    rows = {name: _rows(folder / file) for name, file in FILES.items()}
    choices = tuple((row["mentee_id"], row["rank"], row["mentor_id"]) for row in rows.pop("choices"))
    spec = cohorts.Spec(
        employees=tuple(_rows(folder / "employees.csv")),
        choices=choices,
        programme=tomllib.loads((folder / "programme.toml").read_text(encoding="utf-8")),
        **{name: tuple(tuple(row.values()) for row in table) for name, table in rows.items()},
    )
    return spec, str(told["kind"]), int(told["seed"])


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

"""A cohort -> the same cohort under pseudonyms: no id, name, e-mail address or free text of it is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from matcher.cohort_files import FILES, LETTERS, ORDER, PROGRAMME
from matcher.columns import coded, order_of
from matcher.model import Cohort
from matcher.pseudonym_key import Key, extend_key
from matcher.scenario_cases import BASE, Case
from matcher.scenario_rows import COLUMNS, Rows
from matcher.scenario_tables import Source
from matcher.scenario_writing import file_of, toml_lines
from matcher.scenarios import Base

PERSONS = ("employee_id", "mentee_id", "mentor_id", "manager_id")
PRIVATE = ("name", "email")
PRIVATE_KEYS = ("programme.name", "invitations.")
"""Keys of programme.toml that may hold names, addresses or other free text."""
WRITTEN_ANEW = ("invitations", "columns", "input")  # sections of which nothing is needed


def pseudonymise(folder: Path, key_file: Path, overrides: Mapping[str, Any]) -> tuple[Cohort, dict[str, bytes]]:
    """Give a cohort, and its files under pseudonyms by their names in a folder.

    Parameters
    ----------
    folder
        The cohort: a folder or a workbook.
    key_file
        Keeps the pseudonyms. Whoever is not in it yet is added before anything else is done; it is made if it is
        not there.
    overrides
        Keys that take the place of those of programme.toml when the tables are read. They are not written.

    Returns
    -------
    The cohort as it was read, and the files. The same cohort and key give the same bytes: rows are in the order of
    pseudonyms, columns that matcher does not read are left out.

    Raises
    ------
    InputError
        With every fault of the cohort, or of the key file.
    """
    base = Base.open(folder, overrides)
    cohort = base.cohort(Case(BASE))
    source = base.tables(Case(BASE)).source
    found = {name: source.rows(name) for name in ORDER if name not in (PROGRAMME, LETTERS)}
    tables = {name: rows for name, rows in found.items() if rows is not None}
    people = cohort.employees
    named = dict(zip(people.ids, zip(people.names, people.emails, strict=True), strict=True))
    others = sorted(_persons(tables.values()) - named.keys())
    taken = set(chain.from_iterable(named.values()))
    key = extend_key(key_file, {**named, **dict.fromkeys(others, ("", ""))}, taken)
    files = {
        PROGRAMME: _programme(source),
        **{name: file_of(_renamed(rows, key)) for name, rows in tables.items()},
    }
    return cohort, {FILES[ORDER.index(name)]: content for name, content in files.items()}


def _persons(tables: Iterable[Rows]) -> set[str]:
    """Everybody whom a table names, also people who are no employees."""
    return {text for rows in tables for name in PERSONS for text in rows.column(name).texts if text}


def _renamed(rows: Rows, key: Key) -> Rows:
    """The table with pseudonyms for ids, without names and what matcher does not read, in an order of its own."""
    pseudonyms = {**key.pseudonyms, "": ""}
    columns = {}
    for name in COLUMNS[rows.table]:
        if name not in rows.columns or name in PRIVATE:
            continue
        column = rows.columns[name]
        texts = [pseudonyms[text] for text in column.texts] if name in PERSONS else column.texts
        columns[name] = coded(column.codes, list(texts))
    places = []
    for column in columns.values():
        order = np.argsort(np.argsort(np.array(column.texts, dtype=object))) if column.texts else column.codes
        places.append(column.numbers(order.tolist()) if len(column) else column.codes)
    renamed = replace(rows, columns=columns)
    return renamed.kept(order_of(*places)) if len(rows) else renamed


def _programme(source: Source) -> bytes:
    """The settings without names, addresses and other free text."""
    sections = {name: keys for name, keys in source.settings.values.items() if name not in WRITTEN_ANEW}
    frame = {key: value for key, value in sections[PROGRAMME].items() if key != "name"}
    return ("\n".join(toml_lines({**sections, PROGRAMME: frame})) + "\n").encode()

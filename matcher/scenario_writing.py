"""Tables of a case -> files in their canonical form, in the place of those that the cohort has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from matcher.cohort_files import LETTERS, PROGRAMME, Given, Part
from matcher.columns import Coded, coded
from matcher.errors import Fault, InputError
from matcher.input_preferences import WORST_RANK
from matcher.scenario_rows import CHOICE, COLUMNS, Rows

BOM = "\ufeff"  # without it, Excel takes the names for another alphabet


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

"""Tables of a run under pseudonyms -> the same tables with the ids and names of the key."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from matcher.encoding import as_utf8
from matcher.errors import InputError, MatcherError, reason
from matcher.findings import Findings
from matcher.plain_file import read_plain, read_plain_text
from matcher.pseudonym_key import PSEUDONYM, Key, Person
from matcher.run_files import BOM, csv_lines
from matcher.run_reading import plain_text
from matcher.tables import BrokenRecordError, Table, read_records, read_table

IDS = ("employee_id", "mentee_id", "mentor_id")
CHECKED = ("pairs.csv", "unmatched.csv", "ended.csv")
DELIMITERS = ",;\t"


def revealed(run: Path, key: Key) -> tuple[dict[str, bytes], int]:
    """Give every table of a run by its name with people for pseudonyms, and how many people are in them.

    A cell that is a pseudonym becomes the employee_id; a column of names gets the name, one of addresses the
    e-mail address; in a text the name stands with the id.

    Raises
    ------
    InputError
        With everything that is wrong with the tables, if they cannot be read.
    MatcherError
        If the run holds nobody whom the key knows.
    """
    findings = Findings()
    read = {path.name: _read(path, findings) for path in sorted(run.glob("*.csv"))}
    if findings.faults:
        raise InputError(findings.faults)
    tables = {name: one for name, one in read.items() if one is not None}
    people = key.by_pseudonym
    found = {
        match
        for _, table in tables.values()
        for column in table.columns.values()
        for text in column.texts()
        for match in PSEUDONYM.findall(text)
        if match in people
    }
    if not found:
        raise MatcherError(f"{run}: holds no pseudonym of this key")
    return {name: _table(*one, people) for name, one in tables.items()}, len(found)


def _read(path: Path, findings: Findings) -> tuple[str, Table] | None:
    """A table with its delimiter, all columns of it; None with a fault where it cannot be read."""
    try:
        data = read_plain(path)
    except OSError as error:
        findings.fault(path.name, f"cannot be read ({reason(error)})")
        return None
    content = as_utf8(data, path.name, findings)
    if content is None:
        return None
    try:
        delimiter, records = read_records(content, IDS)
        _, header = next(records, (0, list[str]()))
    except BrokenRecordError as error:
        findings.fault(path.name, str(error), error.line)
        return None
    table = read_table(data, path.name, header or IDS, findings)
    return None if table is None else (delimiter, table)


def _table(delimiter: str, table: Table, people: Mapping[str, Person]) -> bytes:
    header = list(table.columns)
    columns: list[list[str]] = [[] for _ in header]
    for cells in zip(*(map(plain_text, table[name].texts()) for name in header), strict=True):
        row = dict(zip(header, cells, strict=True))
        for place, title in enumerate(header):
            columns[place].append(_cell(title, cells[place], row, people))
    lines = csv_lines(dict(zip(header, columns, strict=True)), delimiter)
    return "".join(chain([BOM], lines)).encode()


def _cell(title: str, cell: str, row: Mapping[str, str], people: Mapping[str, Person]) -> str:
    if title in ("name", "email") or title.endswith("_name"):
        person = people.get(row.get(_id_column(title, row), ""))
        return cell if person is None else person.email if title == "email" else person.name
    if cell in people:
        return people[cell].employee_id
    return PSEUDONYM.sub(lambda match: people[match[0]].title if match[0] in people else match[0], cell)


def _id_column(title: str, row: Mapping[str, str]) -> str:
    if title.endswith("_name"):
        return title.removesuffix("name") + "id"
    return next((name for name in IDS if name in row), "")


def refuse_named(run: Path, key: Key) -> None:
    """Refuse a run that names people whom the key knows: it would bring their ids among the pseudonyms.

    Raises
    ------
    MatcherError
        If a table of the run has one of them.
    """
    for name in CHECKED:
        try:
            text = read_plain_text(run / name)
        except (OSError, ValueError):
            continue  # whoever reads the run tells what is wrong with it
        rows = csv.DictReader(
            io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=text.partition("\n")[0].count)
        )
        # Elsewhere a rank or a number of places may be the same as somebody's id.
        if any(plain_text(row.get(column) or "") in key.people for row in rows for column in IDS):
            raise MatcherError(f"{run}: is not under pseudonyms of this key; {name} holds an employee_id")

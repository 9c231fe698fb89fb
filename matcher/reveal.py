"""Tables of a run under pseudonyms -> the same tables with the ids and names of the key."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from matcher.errors import MatcherError
from matcher.pseudonym_key import PSEUDONYM, Key, Person
from matcher.run_files import BOM, csv_lines
from matcher.run_reading import plain_text

CHECKED = ("pairs.csv", "unmatched.csv", "ended.csv")
DELIMITERS = ",;\t"


def revealed(run: Path, key: Key) -> tuple[dict[str, bytes], int]:
    """Give every table of a run by its name with people for pseudonyms, and how many people are in them.

    A cell that is a pseudonym becomes the employee_id; a column of names gets the name, one of addresses the
    e-mail address; in a text the name stands with the id.

    Raises
    ------
    MatcherError
        If the run cannot be read, or holds nobody whom the key knows.
    """
    try:
        tables = {path.name: path.read_text("utf-8-sig") for path in sorted(run.glob("*.csv"))}
    except (OSError, ValueError) as error:
        raise MatcherError(f"{run}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    people = key.by_pseudonym
    found = {match for text in tables.values() for match in PSEUDONYM.findall(text) if match in people}
    if not found:
        raise MatcherError(f"{run}: holds no pseudonym of this key")
    return {name: _table(text, people) for name, text in tables.items()}, len(found)


def _table(text: str, people: Mapping[str, Person]) -> bytes:
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns: list[list[str]] = [[] for _ in header]
    for row in rows:
        cells = [plain_text(cell) for cell in row]
        for place, title in enumerate(header):
            columns[place].append(_cell(title, cells[place], dict(zip(header, cells, strict=True)), people))
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
    return next((name for name in ("employee_id", "mentee_id", "mentor_id") if name in row), "")


def refuse_named(run: Path, key: Key) -> None:
    """Refuse a run that names people whom the key knows: it would bring their ids among the pseudonyms.

    Raises
    ------
    MatcherError
        If a table of the run has one of them.
    """
    for name in CHECKED:
        try:
            text = (run / name).read_text("utf-8-sig")
        except (OSError, ValueError):
            continue  # whoever reads the run tells what is wrong with it
        rows = csv.reader(
            io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=text.partition("\n")[0].count)
        )
        if any(plain_text(cell) in key.people for row in rows for cell in row):
            raise MatcherError(f"{run}: is not under pseudonyms of this key; {name} holds an employee_id")

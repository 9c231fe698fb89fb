"""Faults and warnings of a cohort -> errors.xlsx beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from matcher.encoding import decode
from matcher.errors import Fault, InputError
from matcher.errors_book import make_errors
from matcher.errors_file import write_errors
from matcher.errors_source import Given, Text
from matcher.findings import Findings
from matcher.input_programme import FILE
from matcher.plain_file import read_plain
from matcher.source_tables import source_tables


def mark_errors(
    path: Path, cohort: Path, faults: Sequence[Fault], warnings: Sequence[Fault], understood: Sequence[Fault]
) -> None:
    """Write a copy of the tables of a cohort with its faults and warnings marked in it.

    Raises
    ------
    MatcherError
        If it must not be written there, or cannot be.
    """
    try:
        tables: list[Given] = [*source_tables(cohort)]
    except InputError:
        tables = []  # there is no such cohort: the list says so
    programme = _programme(cohort)
    if programme:
        tables.append(programme)
    write_errors(path, cohort, make_errors(tables, faults, warnings, understood))


def _programme(cohort: Path) -> Text | None:
    """The lines of programme.toml, if it is there and can be read."""
    try:
        data = read_plain(cohort / FILE)
    except OSError:
        return None
    text = decode(data, FILE, Findings())
    return None if text is None else Text(FILE, text.removeprefix("\ufeff"), key_lines(text))


def key_lines(text: str) -> dict[str, int]:
    r"""The line in which each key of a TOML file begins, as far as it is written in the usual way.

    >>> key_lines("[goals]\nrank = 'greedy'\nseed = 1")
    {'goals': 1, 'goals.rank': 2, 'goals.seed': 3}
    """
    lines, section = dict[str, int](), ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[{1,2}\s*([\w.-]+)\s*\]", line):
            section = header[1]
            lines.setdefault(section, number)
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            lines.setdefault(f"{section}.{key[1]}" if section else key[1], number)
    return lines

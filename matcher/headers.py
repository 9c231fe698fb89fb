"""The first rows of a table -> which of them is the header, and where its columns stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.findings import Findings, did_you_mean
from matcher.programme import fold
from matcher.synonyms import Titles, known_as

SEARCHED = 10  # rows in which the header is looked for
ENOUGH = 2  # columns that a row below others must name to be the header

Row = tuple[int, list[str]]
"""A record: the line on which it starts, counted from 1, and its fields."""


@dataclass(frozen=True)
class Header:
    """The header of a table: its row among those given, its line, titles and the places of known columns."""

    row: int
    line: int
    titles: tuple[str, ...]
    places: Mapping[str, int]


def find_header(rows: Sequence[Row], titles: Titles, file: str, findings: Findings) -> Header | None:
    """Find the header among the first rows; None where two rows could be it.

    The first row is the header unless it names fewer columns than one below it, under a title of the table.
    """
    rows = rows[: SEARCHED + 1]
    scores = [len(_named(fields, titles)) for _, fields in rows[:SEARCHED]]
    best = max(scores)
    row = scores.index(best) if best >= ENOUGH else 0
    if row and scores.count(best) > 1:
        lines = [str(line) for (line, _), score in zip(rows, scores, strict=False) if score == best]
        findings.fault(file, f"more than one row could be the header ({', '.join(lines)}); leave one")
        return None
    line, fields = rows[row]
    if row and not titles.names:
        row, (line, fields) = 0, rows[0]
    if row:
        _report_scattered(rows[:row], rows[row], titles, file, findings)
        findings.note(file, f"header found here; {_counted(row, 'row')} above it not read", line)
    header = tuple(map(fold, fields))
    places = _places(fields, line, titles, file, findings)
    if titles.names and row + 1 < len(rows):
        _report_second_header(fields, rows[row + 1], titles, file, findings)
    return Header(row, line, header, places)


def _report_scattered(above: Sequence[Row], header: Row, titles: Titles, file: str, findings: Findings) -> None:
    """Columns that are named above the header only are a fault: they would go unread."""
    line, fields = header
    for upper, others in above:
        more = sorted(_named(others, titles) - _named(fields, titles))
        if more:
            message = f"{', '.join(more)} stands here and other titles in row {line}; put all into one row"
            findings.fault(file, f"{message}, none of them merged", upper)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _named(fields: Sequence[str], titles: Titles) -> set[str]:
    """The columns that a row names, if it is the header."""
    return {meant.column for title in fields if (meant := titles.find(title)) is not None}


def _places(fields: Sequence[str], line: int, titles: Titles, file: str, findings: Findings) -> dict[str, int]:
    """Where each known column stands; one that stands twice is a fault, one nearly known a warning."""
    candidates: dict[str, list[tuple[int, int]]] = {}
    for place, title in enumerate(fields):
        if meant := titles.find(title):
            candidates.setdefault(meant.column, []).append((meant.tier, place))
    places, renamed = {}, list[str]()
    for column, found in candidates.items():
        least = min(tier for tier, _ in found)
        used = [fields[place].strip() for tier, place in found if tier == least]
        places[column] = next(place for tier, place in found if tier == least)
        if len(used) > 1:
            findings.fault(file, _twins(column, used), line)
        elif least:
            renamed.append(f"{used[0]!r} as {column}")
        for place in (place for tier, place in found if tier > least):
            findings.note(file, f"column {fields[place].strip()!r} not read: {used[0]!r} is {column}", line)
    if renamed:
        findings.note(file, f"column{'s' * (len(renamed) > 1)} read: {', '.join(renamed)}", line)
    for title, close in _near_misses(fields, places, titles):
        findings.warn(file, f"column {title!r} is not read{close}", line)
    return places


def _twins(column: str, found: Sequence[str]) -> str:
    if all(known_as(fold(title), [column, re.sub(r"[0-9]+$", "*", column)]) for title in found):
        return f"two columns are called {column!r}"
    names = " and ".join(map(repr, found))
    return f"{names} could each be {column}; delete one of these columns, or call the right one {column}"


def _near_misses(fields: Sequence[str], places: Mapping[str, int], titles: Titles) -> Iterator[tuple[str, str]]:
    """Titles that are not known but nearly, and what was probably meant."""
    spare = [name.replace("*", "1") for name in titles.known if name not in places]
    for field in fields:
        title = fold(field)
        close = did_you_mean(title, spare, cutoff=0.8) if title and title not in places else ""
        if close and titles.find(field) is None:
            yield title, close


def _report_second_header(
    fields: Sequence[str], below: Row, titles: Titles, file: str, findings: Findings
) -> None:
    """A second row of titles below blank ones of the first is a fault."""
    line, others = below
    first = {meant.column for title in fields if (meant := titles.find(title))}
    more = []
    for place, title in enumerate(others):
        above = fields[place] if place < len(fields) else ""
        meant = titles.find(title)
        if meant is None or meant.column in first or titles.find(above) is not None:
            continue
        more.append(title.strip())
    blank = all(not title.strip() for title, above in zip(others, fields, strict=False) if titles.find(above))
    if more and blank:
        names = ", ".join(map(repr, more))
        findings.fault(
            file, f"the header goes on here ({names}); put all titles into one row, none of them merged", line
        )

"""Bytes of a CSV file -> columns of text, each record with the line on which it starts in the file.

What Excel and HR systems write is read as it is: UTF-8, UTF-16 or a Cyrillic code page; comma, semicolon or tab;
blank lines, quoted line breaks, columns in any order. What cannot be read is reported with its place.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from matcher.columns import Block, Column, blank_column, packed
from matcher.encoding import as_utf8
from matcher.findings import Findings, did_you_mean
from matcher.headers import SEARCHED, Header, Row, find_header
from matcher.model import IntArray
from matcher.plain_csv import split
from matcher.synonyms import Titles, literal_titles

DELIMITERS = (",", ";", "\t")
SAMPLE_ROWS = 20
SAMPLE = 100_000  # characters of the file that decide on the delimiter
EXCEL_BLOCK = 16  # lines that Excel writes with the same number of cells
BATCH = 50_000  # records that are held as objects at a time


class Layout(NamedTuple):
    """How a file is written: the delimiter, and how many bytes a line `sep=` takes at its start."""

    delimiter: str
    declared: int


@dataclass(frozen=True)
class Table:
    """The records of one file as columns, under the names that the caller knows.

    `lines` gives the line on which each record starts. `whole` is False where records had to be left out because
    their fields could not be told apart; what is missing here may then have stood there. `places` are the
    positions of the columns in the file, counted from 0, and `word` is what its lines are called.
    """

    file: str
    header: tuple[str, ...]
    columns: Mapping[str, Column]
    lines: IntArray
    whole: bool = True
    places: Mapping[str, int] = field(default_factory=dict)
    word: str = "line"

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> Column:
        """Give the column of this name; blank cells where the file has no such column."""
        return self.columns[name] if name in self.columns else blank_column(len(self))

    def line(self, row: int) -> int:
        """Line on which the record of a row starts."""
        return int(self.lines[row])

    def at(self, line: int) -> str:
        """Where something stands, in words: on line 5, in row 5 of a sheet."""
        return f"on line {line}" if self.word == "line" else f"in row {line}"

    def require(self, names: Iterable[str], findings: Findings, hint: str = "") -> bool:
        """Whether the file has all these columns; each missing one is a fault."""
        missing = [name for name in names if name not in self.columns]
        spare = [title for title in self.header if title not in self.columns]
        for name in missing:
            found = ", ".join(title for title in self.header if title) or "nothing"
            close = did_you_mean(name, spare, cutoff=0.6)
            findings.fault(self.file, f"no column {name!r} (found: {found}{close}){hint}")
        return not missing


def read_table(
    data: bytes, file: str, known: Sequence[str], findings: Findings, titles: Titles | None = None
) -> Table | None:
    """Read one CSV file.

    Parameters
    ----------
    data
        The bytes of the file.
    file
        Its name, for messages.
    known
        The columns that may be used; a name that ends with `*` stands for all columns `name<number>`.
    titles
        What they may be called; nothing but their own names if left out.

    Returns
    -------
    The columns among `known` that the file has; None where it cannot be read at all. Whether that is enough is
    for the caller to say (`Table.require`).
    """
    content = as_utf8(data, file, findings)
    if content is None:
        return None
    titles = titles or literal_titles(known)
    layout = _layout(content, titles)
    blocks = split(content, layout.delimiter, layout.declared)
    if blocks is not None:
        return _plain_table(blocks, file, titles, findings)
    try:
        return _table(_records(content.decode(), layout), file, titles, findings)
    except BrokenRecordError as error:
        findings.fault(file, str(error), error.line)
        return None


def report_empty(file: str, known: Sequence[str], findings: Findings) -> None:
    """A table without any cell is a fault."""
    findings.fault(file, f"is empty; expected a header line with {_listed(known)}")


def _plain_table(blocks: list[Block], file: str, titles: Titles, findings: Findings) -> Table | None:
    """The columns where all records are as wide as the header."""
    blocks = [block for block in blocks if len(block)]
    if not blocks:
        report_empty(file, titles.known, findings)
        return None
    first = blocks[0]
    rows = [(int(first.lines[row]), first.record(row)) for row in range(min(len(first), SEARCHED + 1))]
    header = find_header(rows, titles, file, findings)
    if header is None:
        return None
    blocks[0] = first.kept(slice(header.row + 1, None))
    return _columns(file, header, blocks, whole=True)


def _columns(file: str, header: Header, blocks: list[Block], *, whole: bool) -> Table:
    columns = {name: Column(blocks, place) for name, place in header.places.items()}
    lines = np.concatenate([block.lines for block in blocks])
    return Table(file, header.titles, columns, lines, whole, header.places)


def _table(records: Iterator[Row], file: str, titles: Titles, findings: Findings) -> Table | None:
    """The columns below a header, from records that may be of another width."""
    rows = list(itertools.islice(records, SEARCHED + 1))
    if not rows:
        report_empty(file, titles.known, findings)
        return None
    header = find_header(rows, titles, file, findings)
    if header is None:
        return None
    whole, width = True, len(header.titles)
    cells, lines, blocks = list[str](), list[int](), list[Block]()
    for start, fields in _padded(itertools.chain(rows[header.row + 1 :], records), header, file, findings):
        if len(fields) == width or _fits(start, fields, width, file, findings):
            cells += fields[:width]
            lines.append(start)
        else:
            whole = False
        if len(lines) == BATCH:
            blocks.append(packed(cells, lines, width))
            cells, lines = [], []
    return _columns(file, header, [*blocks, packed(cells, lines, width)], whole=whole)


def _padded(records: Iterator[Row], header: Header, file: str, findings: Findings) -> Iterator[Row]:
    """The records, those made as wide as the header whose last cells Excel has left out.

    It does so where they are blank in all of sixteen lines, whatever stands in the lines before and after.
    """
    width, padded = len(header.titles), list[int]()
    for block, group in itertools.groupby(records, key=lambda record: (record[0] - 1) // EXCEL_BLOCK):
        rows = list(group)
        widths = {len(fields) for _, fields in rows}
        if (
            len(rows) > 1
            and len(widths) == 1
            and max(widths) < width
            and (header.line - 1) // EXCEL_BLOCK != block
        ):
            padded += [line for line, _ in rows]
            rows = [(line, [*fields, *[""] * (width - len(fields))]) for line, fields in rows]
        yield from rows
    if padded:
        message = f"{len(padded)} lines without their last cells, as Excel writes blank ones: read as blank"
        findings.note(file, message, padded[0])


# --- text to records ----------------------------------------------------------------------------------------


class BrokenRecordError(Exception):
    """Quoting that makes no sense in the record that starts on `line`; what follows cannot be told apart."""

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)


def _layout(content: bytes, titles: Titles) -> Layout:
    text = content[: 4 * SAMPLE].decode(errors="ignore")[:SAMPLE]  # a character takes at most four bytes
    declared = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)  # a line that Excel understands
    return Layout(declared[1], declared.end()) if declared else Layout(vote(text, titles), 0)


def read_records(content: bytes, known: Sequence[str]) -> tuple[str, Iterator[Row]]:
    """The delimiter of a file in UTF-8, and its records as they stand, the header first.

    Where quoting makes no sense, going on to the next record raises BrokenRecordError.
    """
    layout = _layout(content, literal_titles(known))
    return layout.delimiter, _records(content.decode(), layout)


def records(content: bytes, titles: Titles) -> Iterator[Row]:
    """The records of a file in UTF-8 as they stand, from its first line on; see `read_records`."""
    return _records(content.decode(), _layout(content, titles))


def _records(text: str, layout: Layout) -> Iterator[Row]:
    """All records that are not blank, the header first."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter, strict=True)
    start = 1
    try:
        for fields in reader:
            blank = not fields or not (fields[0].strip() or any(map(str.strip, fields)))
            if not blank and not (start == 1 and layout.declared):
                yield start, fields
            start = reader.line_num + 1
    except csv.Error as error:
        raise BrokenRecordError(_quoting_message(str(error)), start) from None


def _quoting_message(message: str) -> str:
    if "expected after" in message:
        return 'text follows a closing quotation mark; inside a quoted cell, a quotation mark is written twice: ""'
    if "unexpected end" in message or "field limit" in message:
        return "a quotation mark opens a cell here that is never closed"
    return f"cannot be read as CSV ({message})"


def vote(text: str, titles: Titles) -> str:
    """The delimiter under which the header holds most known names, then the one under which rows agree best."""

    def score(delimiter: str) -> tuple[int, float, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        sample: list[list[str]] = []
        try:
            for fields in reader:
                sample += [fields] if any(map(str.strip, fields)) else []
                if len(sample) > SAMPLE_ROWS:
                    break
        except csv.Error:
            pass  # a field too long for this delimiter: judged by the rows before it
        if not sample:
            return 0, 1.0, 0  # blank cells and nothing else
        names = max(sum(titles.find(title) is not None for title in fields) for fields in sample[:SEARCHED])
        alike = sum(len(fields) == len(sample[0]) for fields in sample) / len(sample)
        return names, alike if len(sample[0]) > 1 else 0.0, len(sample[0])

    return max(DELIMITERS, key=score)


def _fits(line: int, fields: list[str], width: int, file: str, findings: Findings) -> bool:
    if len(fields) > width and not any(map(str.strip, fields[width:])):
        return True
    nouns = f"{len(fields)} field{'s' * (len(fields) != 1)}"
    hint = "; put a cell that holds the separator in quotation marks" if len(fields) > width else ""
    findings.fault(file, f"{nouns}, but the header has {width}{hint}", line)
    return False


def _listed(known: Sequence[str]) -> str:
    return ", ".join(name.replace("*", "1") for name in known)

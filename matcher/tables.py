"""Bytes of a CSV file -> columns of text, each record with the line on which it starts in the file.

What Excel and HR systems write is read as it is: UTF-8, UTF-16 or a Cyrillic code page; comma, semicolon or tab;
blank lines, quoted line breaks, columns in any order. What cannot be read is reported with its place.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from charset_normalizer import from_bytes

from matcher.errors import Fault
from matcher.programme import fold

DELIMITERS = (",", ";", "\t")
CODE_PAGES = ("cp1251", "cp866", "koi8_r")
SAMPLE_ROWS = 20

Row = tuple[int, list[str]]
"""A record: the physical line on which it starts, counted from 1, and its fields."""


@dataclass
class Findings:
    """What is wrong (`faults`) or merely odd (`warnings`) in the files read so far."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(self, file: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Note something that makes the cohort unusable."""
        self.faults.append(Fault(file, message, line, column))

    def warn(self, file: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Note something that a programme lead should know but that stops nothing."""
        self.warnings.append(Fault(file, message, line, column))


@dataclass(frozen=True)
class Table:
    """The records of one file as trimmed columns of text, under the names that the caller knows.

    `lines` gives the line on which each record starts. `whole` is False where records had to be left out because
    their fields could not be told apart; what is missing here may then have stood there.
    """

    file: str
    header: tuple[str, ...]
    columns: Mapping[str, list[str]]
    lines: list[int]
    whole: bool = True

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> list[str]:
        """Give the column of this name; blank cells where the file has no such column."""
        return self.columns[name] if name in self.columns else [""] * len(self)

    def require(self, names: Iterable[str], findings: Findings, hint: str = "") -> bool:
        """Whether the file has all these columns; each missing one is a fault."""
        missing = [name for name in names if name not in self.columns]
        spare = [title for title in self.header if title not in self.columns]
        for name in missing:
            found = ", ".join(title for title in self.header if title) or "nothing"
            close = did_you_mean(name, spare, cutoff=0.6)
            findings.fault(self.file, f"no column {name!r} (found: {found}{close}){hint}")
        return not missing


def read_table(data: bytes, file: str, known: Sequence[str], findings: Findings) -> Table | None:
    """Read one CSV file.

    Parameters
    ----------
    data
        The bytes of the file.
    file
        Its name, for messages.
    known
        The columns that may be used; a name that ends with `*` stands for all columns `name<number>`.

    Returns
    -------
    The columns among `known` that the file has; None where it cannot be read at all. Whether that is enough is
    for the caller to say (`Table.require`).
    """
    text = decode(data, file, findings)
    if text is None:
        return None
    records = _records(text, known)
    try:
        header = next(records, None)
        if header is not None:
            return _table(header, records, file, known, findings)
    except BrokenRecordError as error:
        findings.fault(file, str(error), error.line)
        return None
    findings.fault(file, f"is empty; expected a header line with {_listed(known)}")
    return None


def _table(header_row: Row, records: Iterator[Row], file: str, known: Sequence[str], findings: Findings) -> Table:
    """The columns below a header; kept as one list of cells, as millions of small lists would be slow."""
    header, whole = tuple(map(fold, header_row[1])), True
    places = _places(header, header_row[0], known, file, findings)
    width, cells, lines = len(header), list[str](), list[int]()
    for start, fields in records:
        if len(fields) == width or _fits(start, fields, width, file, findings):
            cells += fields[:width]
            lines.append(start)
        else:
            whole = False
    columns = {name: [cell.strip() for cell in cells[i::width]] for name, i in places.items()}
    return Table(file, header, columns, lines, whole)


def did_you_mean(word: str, options: Iterable[str], cutoff: float = 0.7) -> str:
    """`; did you mean 'x'?` for the option nearest to `word`, or nothing."""
    folded = {fold(option): option for option in options if option}
    close = difflib.get_close_matches(fold(word), folded, n=1, cutoff=cutoff)
    return f"; did you mean {folded[close[0]]!r}?" if close else ""


# --- bytes to text ------------------------------------------------------------------------------------------


def decode(data: bytes, file: str, findings: Findings) -> str | None:
    """Text of a file in UTF-8, UTF-16 or a Cyrillic code page (with a warning); None if it is no text."""
    if data.startswith(b"PK\x03\x04"):
        findings.fault(file, "is a workbook or archive, not text; save the sheet as 'CSV UTF-8' under this name")
        return None
    encoding = _unicode_encoding(data)
    try:
        text: str | None = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = _code_page_text(data, encoding, error, file, findings)
    if text is not None and "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        findings.fault(file, "holds a NUL byte; it is damaged or not a text file", line)
        return None
    return text


def _unicode_encoding(data: bytes) -> str:
    """UTF-16 is told by its byte order mark, or by its first character, which in our files is ASCII."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(data) >= 2 and len(data) % 2 == 0 and (data[0] == 0) != (data[1] == 0):
        return "utf-16-le" if data[1] == 0 else "utf-16-be"
    return "utf-8-sig"


def _code_page_text(
    data: bytes, encoding: str, error: UnicodeDecodeError, file: str, findings: Findings
) -> str | None:
    line = data.count(b"\n", 0, error.start) + 1
    readable = data.decode("utf-8", "replace")
    bad = readable.count("\ufffd")
    if encoding != "utf-8-sig":
        findings.fault(file, "looks like UTF-16 but is damaged; save it as 'CSV UTF-8'")
        return None
    if b"\0" in data:
        findings.fault(file, "is not a text file; save it as 'CSV UTF-8'")
        return None
    if sum(char > "\x7f" for char in readable) > 2 * bad:
        findings.fault(file, "is UTF-8 except for a damaged character here; save it again as 'CSV UTF-8'", line)
        return None
    page = _code_page(data)
    findings.warn(file, f"is not UTF-8; read as {page}: check that the names look right", line)
    return data.decode(page, "replace")


def _code_page(data: bytes) -> str:
    """Which Cyrillic code page the lines that are not ASCII are written in; cp1251 where nothing tells."""
    lines = [line for line in data[:1_000_000].splitlines() if not line.isascii()]
    best = from_bytes(b"\n".join(lines[:200]), cp_isolation=list(CODE_PAGES)).best()
    return best.encoding if best is not None and best.encoding in CODE_PAGES else "cp1251"


# --- text to records ----------------------------------------------------------------------------------------


class BrokenRecordError(Exception):
    """Quoting that makes no sense in the record that starts on `line`; what follows cannot be told apart."""

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)


def _records(text: str, known: Sequence[str]) -> Iterator[Row]:
    """All records that are not blank, the header first."""
    declared = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)  # a line that Excel understands
    delimiter = declared[1] if declared else vote(text, known)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for fields in reader:
            blank = not fields or not (fields[0].strip() or any(map(str.strip, fields)))
            if not blank and not (start == 1 and declared):
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


def vote(text: str, known: Sequence[str]) -> str:
    """The delimiter under which the header holds most known names, then the one under which rows agree best."""

    def score(delimiter: str) -> tuple[int, float, int]:
        reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
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
        names = sum(_known_as(fold(title), known) is not None for title in sample[0])
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


# --- the header ---------------------------------------------------------------------------------------------


def _places(
    header: tuple[str, ...], line: int, known: Sequence[str], file: str, findings: Findings
) -> dict[str, int]:
    """Where each known column stands; one that stands twice is a fault, one nearly known a warning."""
    places: dict[str, int] = {}
    for i, title in enumerate(header):
        name = _known_as(title, known)
        if name is None:
            continue
        if name in places:
            findings.fault(file, f"two columns are called {name!r}", line)
        places.setdefault(name, i)
    spare = [name.replace("*", "1") for name in known if name not in places]
    for title in header:
        close = did_you_mean(title, spare, cutoff=0.8) if title and title not in places else ""
        if close and _known_as(title, known) is None:
            findings.warn(file, f"column {title!r} is not read{close}", line)
    return places


def _known_as(title: str, known: Sequence[str]) -> str | None:
    """The known name of a folded column title; numbered columns without leading zeros."""
    if title in known:
        return title
    stem, digits = re.fullmatch(r"(.*?)([0-9]{0,9})", title, re.DOTALL).groups()  # type: ignore[union-attr] # always fits
    return f"{stem}{int(digits)}" if digits and f"{stem}*" in known else None


def _listed(known: Sequence[str]) -> str:
    return ", ".join(name.replace("*", "1") for name in known)

"""Bytes of an Excel workbook -> the cells of its sheets; what cannot be read safely is a fault with its remedy."""

from __future__ import annotations

import codecs
import datetime as dt
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineWorkbook

from matcher.findings import Findings

SUFFIXES = (".xlsx", ".xlsm")
OTHER_SUFFIXES = (".xls", ".xlsb", ".ods")
SAVE = "open it in Excel or LibreOffice and save it as 'Excel workbook (.xlsx)'"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_BYTES = 1 << 30  # of all parts of a workbook, unpacked
DENSE = 100 << 20  # bytes of a part above which it must not have been packed more than PACKED to one
PACKED = 200
DEFLATED = 1032  # how much of itself a byte can become at most
PIECE = 1 << 20
TIME_FORMATS = (*range(18, 23), *range(45, 48))  # those of Excel's own formats that show a time
UNCALCULATED = "#FORMULA!"  # what stands for the value of a formula that no spreadsheet has calculated
MOST_CELLS = 20_000_000  # of a sheet, from A1 to its last row and column in use
LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14  # of any sheet that Excel can hold

SWOLLEN = "unpacks to far more than a table of people holds; copy the cells that matter into a new workbook"

DAMAGES = (
    *(CalamineError, ET.ParseError, zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, OSError, ValueError, LookupError, RuntimeError, OverflowError),
)

PLACE = rb"""[\s"']r\s*=\s*["']\s*"""  # what stands before the place of a row or cell

Cell = object
"""What a cell holds: text, a number, True or False, a date or time, or "" for nothing."""

Corners = tuple[tuple[int, int], tuple[int, int]]
"""First and last row and column of merged cells, counted from 0."""


@dataclass(frozen=True)
class Sheet:
    """All cells of a sheet from A1 on; errors of formulas stand as texts like #N/A."""

    name: str
    rows: list[list[Cell]]
    merged: Sequence[Corners] = ()
    hidden: Collection[int] = ()  # numbers of rows that a filter or the user has hidden


class UnreadableError(Exception):
    """What keeps a workbook or a sheet from being read, and what to do."""


class Workbook:
    """A workbook that could be opened; its sheets are read when asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        with _whole():
            self._archive = _opened(data)
            self._parts, self.hidden = _sheet_parts(self._archive)
            self._time_styles = _time_styles(self._archive)
            self._texts = _text_sizes(self._archive)
            self._workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        self.names = [name for name in self._workbook.sheet_names if name in self._parts]

    def __reduce__(self) -> tuple[type[Workbook], tuple[bytes]]:
        """Travel to another process as bytes, to be opened anew there."""
        return Workbook, (self._data,)

    @property
    def data(self) -> bytes:
        """The file as it is."""
        return self._data

    def sheet(self, name: str) -> Sheet:
        """Read the cells of one sheet; UnreadableError where that is not possible."""
        with _whole():
            content = self._archive.read(self._parts[name])
            _refuse_endless(content)
            _refuse_swollen(content, self._texts)
            sheet = self._workbook.get_sheet_by_name(name)
            rows: list[list[Cell]] = list(sheet.to_python(skip_empty_area=False))  # type: ignore[arg-type]
            merged = tuple(sheet.merged_cell_ranges or ())
            if sum(max(min(last, len(rows)) - first, 0) for (first, _), (last, _) in merged) > MOST_CELLS:
                raise UnreadableError(SWOLLEN)
        for row, column, text in (*_errors(content), *_uncalculated(content)):
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = text
        _restore_midnights(rows, content, self._time_styles)
        return Sheet(name, rows, merged, _hidden(content))


@contextmanager
def _whole() -> Iterator[None]:
    """Turn whatever a damaged file makes of the libraries that read it into one error."""
    try:
        yield
    except DAMAGES as error:
        detail = str(error).strip() or type(error).__name__
        raise UnreadableError(
            f"is damaged ({detail}); open it in Excel, which may repair it, and save it again"
        ) from None


def open_workbook(data: bytes, file: str, findings: Findings) -> Workbook | None:
    """Open a workbook; one that cannot be opened is a fault."""
    try:
        return Workbook(data)
    except UnreadableError as error:
        findings.fault(file, str(error))
        return None


def _opened(data: bytes) -> zipfile.ZipFile:
    """The archive that a workbook is, if it is one that can be read."""
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableError(
                "is protected with a password; in Excel choose File > Info > Protect Workbook > Encrypt with "
                "Password, clear the password and save"
            )
        raise UnreadableError(f"is a workbook of the old kind (.xls); {SAVE}")
    archive = zipfile.ZipFile(io.BytesIO(data))
    infos = archive.infolist()
    names = {info.filename for info in infos}
    if "mimetype" in names:
        raise UnreadableError(f"is an OpenDocument file (.ods); {SAVE}")
    if "xl/workbook.bin" in names:
        raise UnreadableError(f"is a binary workbook (.xlsb); {SAVE}")
    swollen = any(info.file_size > DENSE and info.file_size > PACKED * info.compress_size for info in infos)
    if swollen or sum(info.file_size for info in infos) > MOST_BYTES:
        raise UnreadableError(SWOLLEN)
    for info in infos:
        if info.compress_size > DENSE // DEFLATED:
            _refuse_lying(archive, info)
    return archive


def _refuse_lying(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Read a part piece by piece: one that is larger than it says is damaged, and never held whole."""
    with archive.open(info) as part:
        while part.read(PIECE):
            pass


def _sheet_parts(archive: zipfile.ZipFile) -> tuple[dict[str, str], set[str]]:
    """The part of the archive that holds each sheet, and the sheets that are hidden."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(archive.namelist()):
        raise UnreadableError(f"is an archive, but no Excel workbook; {SAVE}")
    book = _parsed(archive.read("xl/workbook.xml"))
    links = _parsed(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts, hidden = dict[str, str](), set[str]()
    for element in book.iter():
        if element.tag.endswith("}sheet"):
            link = next((value for key, value in element.items() if key.endswith("}id")), None)
            path = posixpath.normpath(posixpath.join("/xl", targets.get(link, ""))).lstrip("/")
            parts[element.get("name", "")] = path
            if element.get("state", "visible") != "visible":
                hidden.add(element.get("name", ""))
    return parts, hidden


def _parsed(content: bytes) -> ET.Element:
    """XML without declarations of its own: those are no part of any workbook, and may grow without end."""
    wide = b"\0" in content[:4] or content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if wide or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        what = "UTF-16" if wide else "DOCTYPE"
        raise UnreadableError(f"holds what no Excel workbook holds ({what}); copy its cells into a new workbook")
    return ET.fromstring(content)  # noqa: S314 - see above


def _time_styles(archive: zipfile.ZipFile) -> set[int]:
    """The styles of cells in which Excel shows a time of day, by their numbers."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = _parsed(archive.read("xl/styles.xml"))
    timed = set(TIME_FORMATS)
    for form in styles.iter():
        if form.tag.endswith("}numFmt"):
            code = re.sub(r'"[^"]*"|\\.|_.|\[[^\]]*\]', "", form.get("formatCode", ""))
            if re.search("[hs]", code, re.IGNORECASE):
                timed.add(int(form.get("numFmtId", "0")))
    cells = next((part for part in styles.iter() if part.tag.endswith("}cellXfs")), ())
    return {place for place, form in enumerate(cells) if int(form.get("numFmtId", "0")) in timed}


def _restore_midnights(rows: list[list[Cell]], content: bytes, styles: set[int]) -> None:
    """Make a date a time again where the cell shows one: only its style tells midnight from a whole day."""
    dates = [(i, j) for i, row in enumerate(rows) for j, cell in enumerate(row) if type(cell) is dt.date]
    if not dates or not styles:
        return
    wanted = "|".join(map(str, sorted(styles))).encode()
    shown = set(re.findall(rb'\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*?\bs="(?:' + wanted + rb')"', content))
    for row, column in dates:
        if f"{column_letters(column)}{row + 1}".encode() in shown:
            day = rows[row][column]
            rows[row][column] = dt.datetime.combine(day, dt.time()) if isinstance(day, dt.date) else day


def _refuse_endless(content: bytes) -> None:
    """A cell far to the right and one far below make an area that no memory holds, however they are written."""
    columns = {
        column_number(name.decode().upper()) for name in set(re.findall(PLACE + rb"([A-Za-z]{1,9})", content))
    }
    last_column = max(columns, default=0) + 1
    most_rows = min(MOST_CELLS // last_column, LAST_ROW)
    digits = len(str(most_rows))
    far = re.finditer(PLACE + rb"[A-Za-z]{0,9}0*([1-9][0-9]{%d,})" % (digits - 1), content)
    last_row = max((int(found[1][:9]) for found in far), default=0)
    if last_row > most_rows or last_column > LAST_COLUMN:
        raise UnreadableError(
            f"has cells in use down to row {last_row} and out to column {column_letters(last_column - 1)}; "
            "delete the rows below the table and the columns to its right, and save"
        )


def _text_sizes(archive: zipfile.ZipFile) -> Sequence[int]:
    """About how many bytes each text has that cells share; all in one where it is not plain which is which."""
    shared = [name for name in archive.namelist() if name.replace("\\", "/").casefold() == "xl/sharedstrings.xml"]
    parts = [archive.read(name) for name in shared]
    if len(parts) > 1 or any(b"<!" in part for part in parts):
        return [sum(map(len, parts))]
    return [len(text) for part in parts for text in re.split(rb"</(?:[^<>\s:]+:)?si\s*>", part)]


def _refuse_swollen(content: bytes, sizes: Sequence[int]) -> None:
    """A long text that very many cells share is small in the file and takes all memory when it is read."""
    longest = max(sizes, default=0)
    count = content.count(b"<v") + content.count(b":v")
    if count * longest <= MOST_BYTES:
        return
    # A value that is a whole number may be the place of a text; one that is no plain text may be any.
    values = re.findall(rb"<(?:[^<>\s:]+:)?v\b[^<>]*>\s*([^<&]*?)\s*</", content)
    places = [int(value) for value in values if re.fullmatch(rb"[0-9]{1,9}", value)]
    known = sum(
        sizes[place] if len(sizes) > 1 else longest for place in places if place < len(sizes) or len(sizes) == 1
    )
    if known + max(count - len(values), 0) * longest > MOST_BYTES:
        raise UnreadableError(SWOLLEN)


def _hidden(content: bytes) -> set[int]:
    """The numbers of the rows that are not shown."""
    rows = re.findall(rb"<(?:\w+:)?row\b([^<>]*\bhidden=\"(?:1|true)\"[^<>]*)>", content)
    places = (re.search(rb"\br=\"(\d{1,7})\"", row) for row in rows)
    return {int(place[1]) for place in places if place}


def _errors(content: bytes) -> list[tuple[int, int, str]]:
    """Row and column, from 0, and text of the cells whose formula failed."""
    if b't="e"' not in content:
        return []
    found = []
    for cell in re.finditer(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', content, re.DOTALL):
        place = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', cell[1])
        value = re.search(rb"<(?:\w+:)?v>([^<]*)<", cell[2])
        if place and value:
            text = value[1].decode("utf-8", "replace")
            found.append((int(place[2]) - 1, column_number(place[1].decode()), text))
    return found


def _uncalculated(content: bytes) -> list[tuple[int, int, str]]:
    """Row and column, from 0, of the cells whose formula has no value: no spreadsheet has written it."""
    found = []
    form = rb"<((?:\w+:)?)c\b([^<>]*)>\s*<\1f\b[^<>]*(?:/>|>[^<]*</\1f>)\s*(?:<\1v\s*/>|<\1v></\1v>)?\s*</\1c>"
    for cell in re.finditer(form, content):
        place = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', cell[2])
        if place and b't="str"' not in cell[2]:
            found.append((int(place[2]) - 1, column_number(place[1].decode()), UNCALCULATED))
    return found


def column_letters(column: int) -> str:
    """What Excel calls a column, counted from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def column_number(letters: str) -> int:
    """The column, counted from 0, that Excel calls so.

    >>> column_number("AB")
    27
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1

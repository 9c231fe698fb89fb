"""Readers of what matcher writes, which share no code with it: each gives what is wrong with a file, in words."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import icalendar

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")  # figures of our own may be below zero
SEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
HTML_TAGS = {
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "frame",
    "applet",
    "audio",
    "video",
    "img",
    "math",
}
LINKS = {"href", "src", "action", "formaction", "xlink:href", "data", "srcset", "poster", "ping", "background"}
ICS_NAMES = {
    *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "UID", "DTSTAMP", "DTSTART"),
    *("DTEND", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE"),
    *("TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "CLASS", "LAST-MODIFIED", "ACTION", "TRIGGER"),
}
OWN_CELLS = re.compile(r"('[^'\[\]/:\\]+'|\w+)!\$?[A-Z]{1,3}\$?[0-9]+(:\$?[A-Z]{1,3}\$?[0-9]+)?|[0-9.]+")
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def terminal(text: str) -> Iterator[str]:
    """What a terminal would do more than show: anything but signs with a shape, and line breaks."""
    odd = sorted({char for char in text if char != "\n" and unicodedata.category(char) in SEEN})
    if odd:
        yield f"the terminal gets {', '.join(map(ascii, odd[:5]))}"
    if "Traceback" in text or "internal error" in text:
        yield "an internal error: " + text.strip().splitlines()[-1][:200]


def flat(text: str) -> str:
    """A text in one line without controls and marks of direction: as much as must be shown of it anywhere."""
    spaced = re.sub(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]", " ", text)
    gone = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xFFFE, 0xFFFF}
    kept = (char for char in spaced if unicodedata.category(char) not in ("Cc", "Cs") and ord(char) not in gone)
    return " ".join("".join(kept).split())


def plain_spaces(text: str) -> str:
    """A text as tables are read, of which docs/formats.md tells, with usual spaces where any is not."""
    return " ".join(text.split()) if set(text) & {"\xa0", "\u2007", "\u202f"} else text


# --- CSV ----------------------------------------------------------------------------------------------------


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table of ours as they stand."""
    (delimiter,) = {sign for sign in ",;\t" if sign in _text(path).split("\n", 1)[0]} or {","}
    rows = list(csv.reader(io.StringIO(_text(path), newline=""), delimiter=delimiter, strict=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def csv_faults(path: Path) -> Iterator[str]:
    """Cells that begin a formula, rows of another width, and bytes that are not as promised."""
    data = path.read_bytes()
    if not data.startswith(b"\xef\xbb\xbf"):
        yield "no byte order mark"
    text = _text(path)
    signs = [sign for sign in ",;\t" if sign in text.split("\n", 1)[0]]
    if len(signs) > 1:
        yield f"several delimiters in the header: {signs}"
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=(signs or [","])[0], strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        yield f"is no CSV: {error}"
        return
    if {len(row) for row in rows} - {len(rows[0])}:
        yield f"rows of several widths: {sorted({len(row) for row in rows})}"
    if not all(re.fullmatch(r"[a-z_0-9]+([. ][a-z_0-9]+)*", title) for title in rows[0]):
        yield f"odd titles: {rows[0]}"
    for row in rows[1:]:
        for cell in row:
            if cell.startswith((*FORMULAS, *WIDE)) and not NUMBER.fullmatch(cell):
                yield f"a cell begins with {cell[:12]!a}"


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8").removeprefix("\ufeff")


def same(cell: str, given: str) -> bool:
    """Whether a cell is the text that was given, with an apostrophe before what begins a formula."""
    return cell == (f"'{given}" if given.lstrip("'").startswith((*FORMULAS, *WIDE)) else given)


MISREAD_IN_XLSX = ("_x005F_x0041_",)
"""XlsxWriter marks `_x005F_` as a text, and not `_x0041_`, which shares a sign with it: Excel shows `_x005FA`."""


# --- workbooks ----------------------------------------------------------------------------------------------


def xlsx_texts(path: Path) -> set[str]:
    """The texts of all cells."""
    found = set[str]()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet") or name == "xl/sharedStrings.xml":
                for element in ET.fromstring(archive.read(name)).iter():  # noqa: S314 - our own file
                    if element.tag.endswith(("}is", "}si")):
                        found.add(
                            _unescaped(
                                "".join(text.text or "" for text in element.iter() if text.tag[-2:] == "}t")
                            )
                        )
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def xlsx_faults(path: Path) -> Iterator[str]:
    """Formulas, links and whatever else a workbook of tables must not hold."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"[A-Za-z0-9_/.\[\]-]+", name) or ".." in name:
                yield f"an odd part: {name!a}"
            data = archive.read(name)
            if not name.endswith((".xml", ".rels", ".vml")):
                yield f"a part that is no XML: {name}"
                continue
            try:
                root = ET.fromstring(data)  # noqa: S314 - our own file
            except ET.ParseError as error:
                yield f"{name} is no XML: {error}"
                continue
            for element in root.iter():
                kind = element.tag.rpartition("}")[2]
                if kind in ("externalReference", "ddeLink", "oleLink", "externalBook"):
                    yield f"{name} holds <{kind}>"
                if kind == "c" and any(part.tag.endswith("}f") for part in element):
                    yield f"{name} holds a formula in {element.get('r')}"
                if kind == "f" and not OWN_CELLS.fullmatch(element.text or ""):
                    yield f"{name} holds an odd reference: {element.text!r}"
                if kind == "hyperlink" and not OWN_CELLS.fullmatch(element.get("location") or ""):
                    yield f"{name} holds a link to {element.get('location')!r}"
                if kind == "Relationship" and element.get("TargetMode") == "External":
                    yield f"{name} leads to {element.get('Target')!r}"


# --- calendars ----------------------------------------------------------------------------------------------


def ics_faults(path: Path) -> Iterator[str]:
    """Lines that are too long or cut a letter, properties that nobody wrote, texts that are not escaped."""
    data = path.read_bytes()
    if not data.endswith(b"\r\n"):
        yield "no line break at the end"
    lines = list[str]()
    for raw in data.removesuffix(b"\r\n").split(b"\r\n"):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            yield "a letter is cut in two"
            return
        if len(raw) > 75:
            yield f"a line of {len(raw)} bytes"
        if any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in text):
            yield f"a line with control characters: {ascii(text)[:80]}"
        if text.startswith(" ") and lines:
            lines[-1] += text[1:]
        else:
            lines.append(text)
    for line in lines:
        name = re.match(r"[A-Z0-9-]*", line)
        if not name or name[0] not in ICS_NAMES:
            yield f"an unknown property: {ascii(line)[:60]}"
        if line.startswith("BEGIN:") and line[6:] not in ("VCALENDAR", "VEVENT", "VALARM"):
            yield f"an unknown component: {ascii(line)[:60]}"
        if line.startswith(("SUMMARY:", "DESCRIPTION:", "LOCATION:", "X-WR-CALNAME:")) and not re.fullmatch(
            r"(?:[^\\;,]|\\[\\;,n])*", line.partition(":")[2]
        ):
            yield f"a text that is not escaped: {ascii(line)[:60]}"
        if line.startswith(("ATTENDEE", "ORGANIZER")) and not re.fullmatch(
            r'[A-Z]+(;[A-Z-]+=("[^"]*"|[^";:,]*))*:mailto:[^\s,;:<>"]+', line
        ):
            yield f"an odd address: {ascii(line)[:80]}"
    try:
        calendar = icalendar.Calendar.from_ical(data)
    except ValueError as error:
        yield f"icalendar cannot read it: {error}"
        return
    events = list(calendar.walk("VEVENT"))
    if len(events) != sum(line == "BEGIN:VEVENT" for line in lines):
        yield "icalendar finds another number of events"
    for event in events:
        if event.errors:
            yield f"icalendar complains: {event.errors}"


def ics_titles(path: Path) -> list[str]:
    """The titles of the events."""
    return [str(part["SUMMARY"]) for part in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")]


# --- pages --------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag in HTML_TAGS or (tag == "meta" and dict(attrs).get("http-equiv", "").lower() == "refresh"):  # type: ignore[union-attr]
            self.found.append(f"an element <{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc":
                self.found.append(f"an attribute {name}={value!r}")
            if name in LINKS and value and not value.startswith("#"):
                self.found.append(f"an address {name}={value!r}")


def html_faults(path: Path) -> Iterator[str]:
    """Elements, attributes and addresses that no page of ours has."""
    text = path.read_text("utf-8")
    page = _Page()
    page.feed(text)
    page.close()
    yield from page.found
    if page.scripts > 2:
        yield f"{page.scripts} scripts"
    if "Content-Security-Policy" not in text.partition("</head>")[0]:
        yield "no policy of what may run"


def html_data(path: Path) -> Any:  # noqa: ANN401 - whatever the page holds
    """What a page holds for its script; None where it has no script."""
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL
    )
    return json.loads(found[1]) if found else None


# --- any file -----------------------------------------------------------------------------------------------


def name_faults(name: str) -> Iterator[str]:
    """A name of a file or folder that some system does not take, or takes for something else."""
    if any(unicodedata.category(char) in SEEN for char in name) or re.search(
        r'[<>:"/\\|?*$`~;&!%\'()\[\]{}#^]', name
    ):
        yield f"a name with odd signs: {name!a}"
    if name != unicodedata.normalize("NFC", name) or name.endswith((" ", ".")) or name.startswith(("-", " ")):
        yield f"a name that does not stay as it is: {name!a}"
    if DEVICES.fullmatch(name) or len(name.encode()) > 255:
        yield f"a name that not every system takes: {name!a}"


def json_faults(path: Path) -> Iterator[str]:
    """A file that is no strict JSON."""
    try:
        json.loads(path.read_bytes().decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        yield f"is no JSON: {error}"


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")


READERS = {
    ".csv": csv_faults,
    ".xlsx": xlsx_faults,
    ".ics": ics_faults,
    ".html": html_faults,
    ".json": json_faults,
}


def file_faults(path: Path) -> Iterator[str]:
    """What is wrong with a file, by its ending."""
    reader = READERS.get(path.suffix)
    if reader is not None:
        yield from reader(path)

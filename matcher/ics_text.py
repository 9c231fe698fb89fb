"""Bytes of an .ics file -> the few lines of its events that decide when somebody is busy.

What meetings are called, who comes and what is noted about them is dropped here, before anything else sees the
file. Of attendees only the answer of the calendar's owner is kept.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from matcher.encoding import unicode_encoding

MOST_EVENTS = 100_000
DEEPEST = 20  # components inside one another
ONSET = {"DTSTART", "RRULE", "RDATE", "EXDATE", "TZOFFSETFROM", "TZOFFSETTO"}
KEPT = {
    "VCALENDAR": {"CALSCALE", "X-WR-TIMEZONE"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": ONSET,
    "DAYLIGHT": ONSET,
    "VEVENT": {
        *("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "UID"),
        *("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "ATTENDEE"),
    },
    "VFREEBUSY": {"FREEBUSY"},
}
INSIDE = {
    "VCALENDAR": "",
    "VTIMEZONE": "VCALENDAR",
    "STANDARD": "VTIMEZONE",
    "DAYLIGHT": "VTIMEZONE",
    "VEVENT": "VCALENDAR",
    "VFREEBUSY": "VCALENDAR",
}
WANTED = {"BEGIN", "END"}.union(*KEPT.values())
HEAD = re.compile(r'((?:[^":]++|"[^"]*")*+):')  # up to the first colon outside of quotation marks
PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)\s*=\s*("[^"]*"|[^";:]*)')


class BrokenFileError(Exception):
    """The file is no calendar, or its lines make no sense together; `line` where that can be said."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.line = line
        super().__init__(message)


class Property(NamedTuple):
    """One content line: `DTSTART`, `;TZID=Europe/Moscow`, `20270111T090000`, and where it begins."""

    name: str
    params: str
    value: str
    line: int

    def parameter(self, name: str) -> str | None:
        """The value of a parameter, without quotation marks."""
        for found, value in PARAMETER.findall(self.params):
            if found.upper() == name:
                return str(value).strip().strip('"')
        return None

    def __str__(self) -> str:
        """Give the line as it stood in the file, unfolded."""
        return f"{self.name}{self.params}:{self.value}"


@dataclass
class Block:
    """A component with the properties that matter; `number` counts the events of the file from 1."""

    name: str
    line: int
    number: int = 0
    properties: list[Property] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    answer: str = ""  # the owner's own answer to an invitation, like DECLINED

    def all(self, name: str) -> list[Property]:
        """The properties of this name."""
        return [own for own in self.properties if own.name == name]

    def value(self, name: str) -> str:
        """The first value of this name in capitals; "" if there is none."""
        return next((own.value.strip().upper() for own in self.properties if own.name == name), "")

    @property
    def uid(self) -> str:
        """What an event shares with the exceptions to its rule; an event without an UID is alone."""
        uids = self.all("UID")
        return uids[0].value.strip() if uids else f"event {self.number}"

    @property
    def recurs(self) -> bool:
        """Whether an event has a rule, more dates than one, or is an exception to a rule."""
        return any(own.name in ("RRULE", "RDATE", "RECURRENCE-ID") for own in self.properties)

    def inner(self, name: str) -> list[Block]:
        """The components of this name in it."""
        return [block for block in self.blocks if block.name == name]


def calendars(data: bytes, email: str) -> list[Block]:
    """The calendars of a file (nearly always one), with the answers of the owner, known by his `email`.

    Raises
    ------
    BrokenFileError
        If it is no calendar, or is cut short.
    """
    found: list[Block] = []
    reader = _Reader(found, email.casefold())
    for line, text in _content_lines(_decoded(data)):
        reader.take(line, text)
    if reader.open:
        name, line = reader.open[-1]
        raise BrokenFileError(f"ends inside a {name} that begins here: the file was cut short", line)
    if not found:
        raise BrokenFileError("is no calendar: it holds no line BEGIN:VCALENDAR")
    return found


def _decoded(data: bytes) -> str:
    """The text; in an old code page names of time zones stay distinct, and the rest of what is kept is ASCII."""
    encoding = unicode_encoding(data)
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1251", "replace")
    if "\0" in text:
        raise BrokenFileError("is no calendar: it is not a text file")
    return text


def _content_lines(text: str) -> Iterator[tuple[int, str]]:
    """Unfolded lines whose property may matter, each with the number of its first line."""
    first, parts = 0, list[str]()
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if line[0] in " \t":
            if parts:
                parts.append(line[1:-1] if line.endswith("\n") else line[1:])
            continue
        if line == "\n":
            continue
        if parts:
            yield first, "".join(parts)
        name = line.partition(":")[0].partition(";")[0].strip().upper()
        first, parts = number, [line.rstrip("\n")] if name in WANTED else []
    if parts:
        yield first, "".join(parts)


class _Reader:
    """Puts lines into blocks; `open` holds the name and line of every component that has begun and not ended."""

    def __init__(self, found: list[Block], email: str) -> None:
        self.open: list[tuple[str, int]] = []
        self._found = found
        self._email = email
        self._blocks: list[Block | None] = []  # beside `open`; None where nothing is kept
        self._events = 0

    def take(self, line: int, text: str) -> None:
        head = HEAD.match(text)
        if head is None:  # no colon, or a quotation mark that is never closed
            name, _, value = text.partition(":")
            name, semicolon, rest = name.partition(";")
            params = semicolon + rest
        else:
            name, semicolon, rest = head[1].partition(";")
            params, value = semicolon + rest, text[head.end() :]
        name = name.strip().upper()
        if name == "BEGIN":
            self._begin(value.strip().upper(), line)
        elif name == "END":
            self._end(value.strip().upper(), line)
        else:
            self._keep(Property(name, params, value, line), readable=head is not None)

    def _begin(self, name: str, line: int) -> None:
        if len(self.open) >= DEEPEST:
            raise BrokenFileError(f"holds components more than {DEEPEST} deep inside one another", line)
        if not self.open and name != "VCALENDAR":
            raise BrokenFileError("is no calendar: it does not start with BEGIN:VCALENDAR", line)
        outer = self._blocks[-1] if self._blocks else None
        block = None
        if (
            name in INSIDE
            and INSIDE[name] == (outer.name if outer else "")
            and (outer is not None or not self.open)
        ):
            block = Block(name, line)
            (outer.blocks if outer else self._found).append(block)
        if name == "VEVENT" and block is not None:
            self._events += 1
            block.number = self._events
            if self._events > MOST_EVENTS:
                raise BrokenFileError(f"holds more than {MOST_EVENTS:,} events; export a shorter time", line)
        self.open.append((name, line))
        self._blocks.append(block)

    def _end(self, name: str, line: int) -> None:
        """End the innermost component, even if the line calls it otherwise: such slips of programs do no harm."""
        if not self.open:
            raise BrokenFileError(f"END:{name[:40]} makes no sense here: nothing has begun", line)
        self.open.pop()
        self._blocks.pop()

    def _keep(self, own: Property, readable: bool) -> None:
        block = self._blocks[-1] if self._blocks else None
        if block is None or own.name not in KEPT[block.name]:
            return
        if own.name != "ATTENDEE":
            block.properties.append(own)
        elif readable and not block.answer and self._is_owner(own):
            block.answer = (own.parameter("PARTSTAT") or "").upper()

    def _is_owner(self, attendee: Property) -> bool:
        """Whether the attendee has the owner's address, as his calendar address or beside it."""
        address = attendee.value.strip().casefold().removeprefix("mailto:")
        return bool(self._email) and self._email in (address, (attendee.parameter("EMAIL") or "").casefold())

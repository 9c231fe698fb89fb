"""iCalendar text (RFC 5545): content lines that are escaped, folded and end with CRLF; objects made of them.

Written here and not by a library, because a large company has hundreds of thousands of events and all of them have
the same few plain properties.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

PRODID = "-//mentoring-matcher//calendars//EN"
LINE_OCTETS = 75  # of a content line, its line break not counted
EMAIL_SIGNS = "@!$'*+-._~=^`{|}"  # what may stand in an address and means nothing else in a URI

# Control characters, and the marks that turn the direction of all text after them, have no place in a calendar.
_DROPPED: dict[int, str] = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)], ""
) | dict.fromkeys([0xFEFF, 0xFFFE, 0xFFFF], "")
_SPACES: dict[int, str] = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"), " ")
_BREAKS: dict[int, str] = dict.fromkeys(map(ord, "\n\v\f\r\x85\u2028\u2029"), "\\n")
_ONE_LINE = _DROPPED | _SPACES
_TEXT = _DROPPED | _SPACES | _BREAKS | {ord(sign): f"\\{sign}" for sign in "\\;,"}
_PARAMETER = _ONE_LINE | {ord('"'): "'"}  # a quoted parameter cannot hold a quotation mark


def text(value: str) -> str:
    r"""A value of type TEXT.

    >>> text("Room 5; ask\r\nAnna")
    'Room 5\\; ask\\nAnna'
    """
    return value.replace("\r\n", "\n").translate(_TEXT)


def one_line(value: str) -> str:
    """A text such as a name without line breaks, doubled spaces and what is never seen."""
    return " ".join(value.translate(_ONE_LINE).split())


def address(email: str) -> str:
    """An e-mail address as a URI, whatever letters it is written in."""
    return f"mailto:{quote(email, safe=EMAIL_SIGNS)}"


def named(name: str) -> str:
    """The parameter with somebody's name."""
    return f'CN="{one_line(name).translate(_PARAMETER)}"'


def instant(minute: int) -> str:
    """A moment, in minutes since 1970-01-01T00:00 UTC.

    >>> instant(29_993_760)
    '20270111T000000Z'
    """
    return stamp(minute * 60)


@lru_cache(maxsize=4096)
def stamp(second: int) -> str:
    """A moment, in seconds since 1970-01-01T00:00 UTC."""
    return dt.datetime.fromtimestamp(second, tz=dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def line(content: str) -> str:
    """A content line: folded so that no part is longer than allowed and no letter is cut in two."""
    if len(content) <= LINE_OCTETS and (content.isascii() or len(content.encode()) <= LINE_OCTETS):
        return f"{content}\r\n"
    data, parts, start, room = content.encode(), list[str](), 0, LINE_OCTETS
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # in the midst of a letter
            end -= 1
        parts.append(data[start:end].decode())
        start, room = end, LINE_OCTETS - 1  # the space at the start of a part counts, too
    return "\r\n ".join(parts) + "\r\n"


def alarm(minutes: int, title: str) -> str:
    """A reminder so many minutes before an event."""
    return (
        f"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT{minutes}M\r\n"
        f"{line(f'DESCRIPTION:{text(title)}')}END:VALARM\r\n"
    )


def calendar(events: Iterable[str], method: str = "", name: str = "") -> str:
    """An iCalendar object; without a method it is no message from anybody to anybody."""
    return "".join([
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\nCALSCALE:GREGORIAN\r\n",
        f"METHOD:{method}\r\n" if method else "",
        line(f"X-WR-CALNAME:{text(one_line(name))}") if name else "",
        *events,
        "END:VCALENDAR\r\n",
    ])  # fmt: skip

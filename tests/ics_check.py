"""A strict reader of iCalendar text, and a calendar program that takes files as RFC 5546 wants.

Written from the RFCs, apart from the code that writes the files: whatever is not as they say fails an assertion.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field

TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "X-WR-CALNAME"}
ONCE = {
    "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION", "LOCATION", "URL",
    "ORGANIZER", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
}  # fmt: skip
NEEDED = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP"}
LINE = re.compile(
    r'(?P<name>[A-Z][A-Z0-9-]*)(?P<parameters>(;[A-Z-]+=("[^"]*"|[^";:,]*))*):(?P<value>.*)', re.DOTALL
)
ESCAPED = re.compile(r"([^\\;,]|\\[\\;,n])*", re.DOTALL)
UTC = re.compile(r"\d{8}T\d{6}Z")


@dataclass
class Component:
    """BEGIN to END: properties as (name, parameters, value), and what lies inside."""

    kind: str
    properties: list[tuple[str, str, str]] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def all(self, name):
        return [value for found, _, value in self.properties if found == name]

    def one(self, name):
        (value,) = self.all(name)
        return value


def content_lines(data):
    """Unfold, checking each physical line."""
    assert data.endswith(b"\r\n")
    lines = []
    for physical in data[:-2].split(b"\r\n"):
        assert len(physical) <= 75
        text = physical.decode("utf-8")  # no letter is cut in two
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]", text), ascii(text)
        if text.startswith(" "):
            lines[-1] += text[1:]
        else:
            assert text
            lines.append(text)
    return lines


def parse(data):
    """The one VCALENDAR of a file."""
    stack = [Component("")]
    for line in content_lines(data):
        match = LINE.fullmatch(line)
        assert match, line
        name, value = match["name"], match["value"]
        if name == "BEGIN":
            stack.append(Component(value))
        elif name == "END":
            done = stack.pop()
            assert done.kind == value
            stack[-1].parts.append(done)
        else:
            if name in TEXTS:
                assert ESCAPED.fullmatch(value), value
            stack[-1].properties.append((name, match["parameters"], value))
    (root,) = stack
    (calendar,) = root.parts
    assert calendar.kind == "VCALENDAR"
    return calendar


def unescaped(text):
    return re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), text)


def moment(text):
    assert UTC.fullmatch(text), text
    return dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)


def checked(data):
    """Check a file against RFC 5545 and the table of its method in RFC 5546; its calendar."""
    calendar = parse(data)
    assert calendar.one("VERSION") == "2.0"
    assert calendar.one("PRODID")
    assert calendar.one("CALSCALE") == "GREGORIAN"
    (method,) = calendar.all("METHOD") or [""]
    assert method in ("", "PUBLISH", "REQUEST", "CANCEL")
    assert all(part.kind == "VEVENT" for part in calendar.parts)
    uids = [event.one("UID") for event in calendar.parts]
    assert len(set(uids)) == len(uids)
    if method in ("REQUEST", "CANCEL"):
        assert len(uids) == 1
    for event in calendar.parts:
        check_event(event, method)
    return calendar


def check_event(event, method):
    counts = Counter(name for name, _, _ in event.properties)
    assert counts.keys() >= NEEDED
    assert all(counts[name] == 1 for name in counts if name in ONCE)
    assert counts.keys() <= ONCE | {"ATTENDEE"}
    assert moment(event.one("DTSTART")) < moment(event.one("DTEND"))
    moment(event.one("DTSTAMP"))
    assert int(event.one("SEQUENCE")) >= 0
    status = event.one("STATUS")
    assert status in ("CONFIRMED", "CANCELLED")
    assert counts["ORGANIZER"] == (1 if method else 0)
    assert bool(counts["ATTENDEE"]) == (method in ("REQUEST", "CANCEL"))
    assert method != "REQUEST" or status == "CONFIRMED"
    assert method != "CANCEL" or status == "CANCELLED"
    for address in [*event.all("ORGANIZER"), *event.all("ATTENDEE")]:
        assert re.fullmatch(r"mailto:[!-~]+@[!-~]+", address), address
    for link in event.all("URL"):
        assert re.fullmatch(r"https?://[!-~]+", link), link
    for alarm in event.parts:
        assert alarm.kind == "VALARM"
        assert status == "CONFIRMED"
        assert (alarm.one("ACTION"), bool(alarm.one("DESCRIPTION"))) == ("DISPLAY", True)
        assert re.fullmatch(r"-PT\d+M", alarm.one("TRIGGER"))


class Client:
    """A calendar: a higher SEQUENCE, then a later DTSTAMP wins (RFC 5546, 2.1.5); a cancelled event is gone."""

    def __init__(self):
        self.known = {}

    def take(self, data):
        for event in checked(data).parts:
            uid = event.one("UID")
            rank = int(event.one("SEQUENCE")), moment(event.one("DTSTAMP"))
            held = self.known.get(uid)
            if held is None or held[0] < rank:
                self.known[uid] = rank, event
            elif held[0] == rank:
                assert held[1].one("DTSTART") == event.one("DTSTART"), "two versions with one SEQUENCE"
                assert held[1].one("STATUS") == event.one("STATUS")

    def meetings(self):
        """When there is something, each (start, end) as often as it is there."""
        return Counter(
            (moment(event.one("DTSTART")), moment(event.one("DTEND")))
            for _, event in self.known.values()
            if event.one("STATUS") == "CONFIRMED"
        )

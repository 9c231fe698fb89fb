"""Lines of iCalendar text: what goes in comes out again, and no other line with it."""

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ics_check import checked, content_lines, parse, unescaped

from matcher import ics_write
from matcher.ics_write import address, calendar, instant, line, named, one_line, text

PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff")
HOSTILE = [
    "Anna\r\nATTENDEE:mailto:eve@evil.example", "O'Neil; DROP, \\table", 'Anna "Anya" Petrova', "a:b;c=d,e^f",
    "\u202egnirotneM\u202c", "\x00\x1b[31m\x7f\x85", "Line\u2028Para\u2029End", "👩‍👩‍👧‍👦" * 40, "Ж" * 300,
    "\\n", "\\", "END:VCALENDAR", " padded ", "\udcff", "\ufeffBOM",
]  # fmt: skip


def event_of(*lines):
    return calendar([
        "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:20270111T090000Z\r\nDTEND:20270111T100000Z\r\n",
        "SEQUENCE:0\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n",
        *lines,
        "END:VEVENT\r\n",
    ]).encode()  # fmt: skip


@pytest.mark.parametrize("size", [73, 74, 75, 76, 148, 149, 150, 151, 225])
@pytest.mark.parametrize("letter", ["a", "Ж", "€", "😀", " "])
def test_lines_are_folded_at_the_limit_and_between_letters(letter, size):
    content = "X:" + letter * size
    data = line(content).encode()
    assert content_lines(data) == [content]
    physical = data.split(b"\r\n")[:-1]
    shortest = 75 - 4 if len(physical) > 1 else 0
    assert all(len(part) > shortest for part in physical[:-1])
    assert (len(physical) == 1) == (len(content.encode()) <= 75)


@given(st.text(PRINTABLE, max_size=200))
def test_texts_come_out_as_they_went_in(value):
    data = event_of(line(f"SUMMARY:{text(value)}"))
    assert unescaped(checked(data).parts[0].one("SUMMARY")) == value
    (event,) = icalendar.Calendar.from_ical(data).events
    assert str(event["SUMMARY"]) == value


@given(st.text(max_size=200))
def test_no_text_makes_another_line(value):
    data = event_of(line(f"SUMMARY:{text(value)}"), line(f"LOCATION:{text(one_line(value))}"))
    names = [name for name, _, _ in checked(data).parts[0].properties]
    assert names[-2:] == ["SUMMARY", "LOCATION"]
    assert len(names) == 9


@given(st.text(max_size=200))
def test_no_name_makes_another_parameter(value):
    data = event_of("SUMMARY:x\r\n", line(f"ORGANIZER;{named(value)};ROLE=CHAIR:mailto:a@b"))
    (found,) = [found for found in parse(data).parts[0].properties if found[0] == "ORGANIZER"]
    assert found[1].startswith(';CN="')
    assert found[1].endswith('";ROLE=CHAIR')
    assert found[1].count('"') == 2
    assert found[2] == "mailto:a@b"


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_hostile_texts_and_names_are_harmless(value):
    data = event_of(
        line(f"SUMMARY:{text(value)}"),
        line(f"ORGANIZER;{named(value)}:mailto:a@b"),
        ics_write.alarm(15, value or "x"),
    )
    parsed = parse(data).parts[0]
    assert [name for name, _, _ in parsed.properties] == [
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "TRANSP", "SUMMARY", "ORGANIZER"
    ]  # fmt: skip
    (event,) = icalendar.Calendar.from_ical(data).events
    assert str(event["ORGANIZER"]) == "mailto:a@b"
    assert event.get("ATTENDEE") is None


def test_line_breaks_of_all_systems_are_line_breaks():
    assert text("a\r\nb\nc\rd\u2028e") == "a\\nb\\nc\\nd\\ne"


def test_marks_that_turn_all_text_are_dropped_and_joiners_kept():
    assert text("\u202eabc\u2066d") == "abcd"
    joined = "👩‍👧 \u200f\u05e9\u05dc\u05d5\u05dd"
    assert text(joined) == joined


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("anna@x.example", "mailto:anna@x.example"),
        ("a.b+c@x.example", "mailto:a.b+c@x.example"),
        ("a?subject=x&b@x.example", "mailto:a%3Fsubject=x%26b@x.example"),
        ("50%@x.example", "mailto:50%25@x.example"),
        ("анна@пример.рф", "mailto:%D0%B0%D0%BD%D0%BD%D0%B0@%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84"),
    ],
)
def test_addresses_are_uris(email, expected):
    assert address(email) == expected


def test_instants_are_utc():
    # 2027-01-11T09:00+03:00
    assert instant(29_994_120) == "20270111T060000Z"


def test_a_calendar_without_events_is_whole():
    assert checked(calendar([], "PUBLISH", "Na;me").encode()).all("X-WR-CALNAME") == ["Na\\;me"]

"""What calendar events say: the templates of `[invitations]` filled in, as iCalendar text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import quote

from matcher import ics_write
from matcher.calendar_record import Event, IdPair
from matcher.ics_write import line, one_line, text
from matcher.model import Cohort
from matcher.programme import Frame, is_email

ATTENDEE = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
# In an overview events neither ring nor block time: most are other people's.
BLOCKING = "TRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n"
FREE = "TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"
URI_SIGNS = "!#$%&'()*+,/:;=?@[]~"


class Words(NamedTuple):
    """What an event says but for its time: lines for everybody, for invited people, and the reminder.

    `content` is a hash of it all: another one means that people must be told.
    """

    title: str
    lines: str
    attendees: str
    alarm: str
    content: str


class EventTexts(NamedTuple):
    """One event as it stands in a person's calendar, in the overview and in an invitation ("" for nobody)."""

    own: str
    overview: str
    invitation: str


def pair_hash(frame: Frame, pair: IdPair, serial: int = 0) -> str:
    """Hexadecimal digits that stand for one event of a pair; nobody can read from them who meets."""
    said = "\0".join([frame.name, frame.start.isoformat(), *pair, str(serial)])
    return hashlib.sha256(said.encode()).hexdigest()


class Wording:
    """The programme's templates, and the people to put into them."""

    def __init__(self, cohort: Cohort) -> None:
        people, said = cohort.employees, cohort.programme.invitations
        self.frame, self.said = cohort.programme.frame, said
        templates = (said.title, said.description, said.location, said.link)
        self._counts = any("{number}" in template or "{of}" in template for template in templates)
        # The sessions of a pair come one after the other, and mostly all say the same.
        self._latest_words = lru_cache(maxsize=1)(self._make_words)
        self._attendee = cache(self._make_attendee)
        self._link = quote(said.link, safe=f"{URI_SIGNS}{{}}")
        self._names = dict(zip(people.ids, map(one_line, people.names), strict=True))
        self._emails = {
            key: email for key, email in zip(people.ids, people.emails, strict=True) if is_email(email)
        }
        name = f";{ics_write.named(said.organiser_name)}" if said.organiser_name else ""
        self._organiser = (
            line(f"ORGANIZER{name}:{ics_write.address(said.organiser_email)}") if said.organiser_email else ""
        )

    def name(self, person: str) -> str:
        """The name of an employee, or the id where there is none."""
        return self._names.get(person) or person

    def email(self, person: str) -> str:
        """The address of an employee; "" where there is none that could be one."""
        return self._emails.get(person, "")

    def words(self, pair: IdPair, number: int, of: int) -> Words:
        """What the event of a session says, the pair's `number`-th of so many."""
        return self._latest_words(pair, number, of) if self._counts else self._latest_words(pair, 0, 0)

    def _make_words(self, pair: IdPair, number: int, of: int) -> Words:
        values: Mapping[str, object] = {
            "mentee": self.name(pair[0]),
            "mentor": self.name(pair[1]),
            "number": number,
            "of": of,
            "programme": self.frame.name,
            "pair": pair_hash(self.frame, pair)[:12],
        }
        said = self.said
        title = one_line(said.title.format_map(values))
        link = self._link.format_map({name: quote(str(value), safe="") for name, value in values.items()})
        description = "\n".join(filter(None, [said.description.format_map(values), link]))
        place = one_line(said.location.format_map(values)) or link
        lines = [line(f"SUMMARY:{text(title)}")]
        lines += [line(f"DESCRIPTION:{text(description)}")] if description else []
        lines += [line(f"LOCATION:{text(place)}")] if place else []
        lines += [line(f"URL:{link}")] if link else []
        alarm = ics_write.alarm(said.reminder_minutes, title) if said.reminder_minutes else ""
        texts = "".join([*lines, self._organiser]), self._attendees(pair), alarm
        content = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
        return Words(title, *texts, content)

    def recipients(self, pair: IdPair) -> list[str]:
        """Addresses to which invitations of this pair go: none where nobody is named who invites."""
        return [email for email in map(self.email, pair) if email] if self._organiser else []

    def _attendees(self, pair: IdPair) -> str:
        return "".join(map(self._attendee, pair)) if self._organiser else ""

    def _make_attendee(self, person: str) -> str:
        email = self.email(person)
        return line(f"{ATTENDEE};{ics_write.named(self.name(person))}:{ics_write.address(email)}") if email else ""

    def texts(self, event: Event, words: Words | None) -> EventTexts:
        """The event as text; without words, which only confirmed ones have, as a cancellation."""
        head = (
            f"BEGIN:VEVENT\r\nUID:{event.uid}\r\nDTSTAMP:{ics_write.stamp(event.changed)}\r\n"
            f"SEQUENCE:{event.sequence}\r\nDTSTART:{ics_write.instant(event.start)}\r\n"
            f"DTEND:{ics_write.instant(event.end)}\r\n"
        )
        if words is None:
            summary = line(f"SUMMARY:{text(f'Cancelled: {event.title}')}")
            head = f"{head}STATUS:CANCELLED\r\n{summary}{self._organiser}"
            gone, attendees = f"{head}{FREE}END:VEVENT\r\n", self._attendees(event.pair)
            return EventTexts(gone, gone, f"{head}{attendees}{FREE}END:VEVENT\r\n" if attendees else "")
        head, tail = f"{head}STATUS:CONFIRMED\r\n{words.lines}", f"{BLOCKING}{words.alarm}END:VEVENT\r\n"
        invitation = f"{head}{words.attendees}{tail}" if words.attendees else ""
        return EventTexts(head + tail, f"{head}{FREE}END:VEVENT\r\n", invitation)

"""Sessions of a run and what was sent before -> the calendar events that people should have now.

An event keeps its UID for life. Whatever changes, its SEQUENCE grows, so that calendars replace what they hold; a
session that is gone is cancelled and never forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from matcher.calendar_record import Event, IdPair
from matcher.event_uids import uid_of
from matcher.invitation_texts import Wording, Words, pair_hash
from matcher.programme import Frame

Change = Literal["new", "changed", "cancelled", "same"]


class Slot(NamedTuple):
    """One session of a pair, in minutes since 1970-01-01T00:00 UTC, half-open; `number` counts them from 1."""

    start: int
    end: int
    number: int


class Present(NamedTuple):
    """When events are told of: `now` in seconds since 1970-01-01T00:00 UTC.

    In a rematch `since` is the instant (in minutes) at which its date begins: nobody hears of sessions before it,
    nor of those that are only counted otherwise.
    """

    now: int
    since: int | None = None

    def is_past(self, start: int) -> bool:
        """Whether what starts then lies before the date of the rematch."""
        return self.since is not None and start < self.since


class Entry(NamedTuple):
    """An event, what has become of it since the last time, and its words, which only a confirmed one has."""

    event: Event
    change: Change
    words: Words | None


def entries(
    sessions: Mapping[IdPair, Sequence[Slot]],
    before: Iterable[Event],
    wording: Wording,
    now: int,
    since: int | None = None,
) -> list[Entry]:
    """The events that stand for these sessions now, and all earlier ones, by time.

    Parameters
    ----------
    sessions
        The sessions of every pair, in order.
    before
        Every event of this programme that was ever sent.
    wording
        Gives the words of a session.
    now
        Seconds since 1970-01-01T00:00 UTC. What is over by then is neither moved nor cancelled.
    since
        The instant at which the date of a rematch begins, in minutes; None where the run is none.
    """
    present = Present(now, since)
    earlier: dict[IdPair, list[Event]] = {}
    for event in sorted(before, key=lambda event: (event.start, event.uid)):
        earlier.setdefault(event.pair, []).append(event)
    found: list[Entry] = []
    for pair in sorted(sessions.keys() | earlier.keys()):
        found += _pair_entries(pair, sessions.get(pair, ()), earlier.get(pair, []), wording, present)
    return sorted(found, key=lambda entry: (entry.event.start, entry.event.pair, entry.event.uid))


def _pair_entries(
    pair: IdPair, slots: Sequence[Slot], earlier: Sequence[Event], wording: Wording, present: Present
) -> Iterator[Entry]:
    matched, now = _matched(slots, earlier, present), present.now
    uids, kept, most = {event.uid for event in earlier}, set[str](), max(len(slots), len(earlier))
    for slot, event in zip(slots, matched, strict=True):
        words = wording.words(pair, slot.number, len(slots))
        if event is None and earlier and present.is_past(slot.start):
            continue  # it has taken place at another time than people were told
        if event is None:
            uid = _new_uid(wording.frame, pair, uids)
            uids.add(uid)
            new = Event(
                uid, *pair, slot.number, slot.start, slot.end, 0, "confirmed", words.title, now, words.content
            )
            yield Entry(new, "new", words)
        else:
            kept.add(event.uid)
            as_told = None if present.since is None else _as_told(event, slot, wording, most)
            yield _updated(event, slot, as_told or words, present)
    for event in earlier:
        if event.uid not in kept:
            yield _without_session(event, present)


def _as_told(event: Event, slot: Slot, wording: Wording, most: int) -> Words | None:
    """The words that people have, where the session is as they know it but for how sessions are counted."""
    if (event.start, event.end) == slot[:2]:
        for of in range(1, most + 1):
            words = wording.words(event.pair, event.number, of)
            if words.content == event.content:
                return words
    return None


def _matched(slots: Sequence[Slot], earlier: Sequence[Event], present: Present) -> list[Event | None]:
    """The earlier event of each session, if any: first those that start at the same time, the others in order."""
    standing_last = sorted(earlier, key=lambda event: event.status != "cancelled")
    at = {event.start: event for event in standing_last}
    found = [at.pop(slot.start, None) for slot in slots]
    taken = {event.uid for event in found if event is not None}
    movable = iter([event for event in earlier if event.uid not in taken and _is_ahead(event, present)])
    return [
        next(movable, None) if event is None and not present.is_past(slot.start) else event
        for slot, event in zip(slots, found, strict=True)
    ]


def _is_ahead(event: Event, present: Present) -> bool:
    return event.status == "confirmed" and event.end * 60 > present.now and not present.is_past(event.start)


def _new_uid(frame: Frame, pair: IdPair, known: set[str]) -> str:
    """The first UID of the pair that is not known yet; from it nobody can read who meets."""
    serial = 1
    while (uid := uid_of(frame, pair_hash(frame, pair, serial))) in known:
        serial += 1
    return uid


def _updated(event: Event, slot: Slot, words: Words, present: Present) -> Entry:
    """The event as it must be now; an event that people have already as it is stays untouched."""
    same = (event.start, event.end, event.content) == (*slot[:2], words.content) or present.is_past(event.start)
    if event.status != "cancelled" and same:
        number = slot.number if present.since is None else event.number
        return Entry(replace(event, number=number, status="confirmed"), "same", words)
    if present.is_past(event.start):
        return Entry(event, "same", None)
    changed = replace(
        event,
        number=slot.number,
        start=slot.start,
        end=slot.end,
        sequence=event.sequence + 1,
        status="confirmed",
        title=words.title,
        changed=max(present.now, event.changed),
        content=words.content,
    )
    return Entry(changed, "changed", words)


def _without_session(event: Event, present: Present) -> Entry:
    """An event for which there is no session any more: cancelled, unless it has taken place."""
    if _is_ahead(event, present):
        changed = max(present.now, event.changed)
        gone = replace(event, sequence=event.sequence + 1, status="cancelled", changed=changed)
        return Entry(gone, "cancelled", None)
    return Entry(event if event.status == "cancelled" else replace(event, status="held"), "same", None)

"""Whom a person meets and when, on both clocks; what else would have been possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from matcher.errors import MatcherError
from matcher.explain_counts import count_sessions
from matcher.explain_facts import Meeting, PersonPair, Slot, SlotAnswer, Who
from matcher.explain_past import Span
from matcher.explain_read import PersonRun, Row
from matcher.explain_slot import Answer, answers
from matcher.input_people import day_of
from matcher.model import Cohort, IntArray, Pair
from matcher.working_hours import hours_texts


class Meetings:
    """The pairs of one person and their sessions, from the rows of a run."""

    def __init__(self, cohort: Cohort, person: int, found: PersonRun) -> None:
        self.cohort, self.person, self.found = cohort, person, found
        self.employee_id = cohort.employees.ids[person]
        self.zone = ZoneInfo(cohort.employees.zones[cohort.employees.zone[person]])
        self.index = {name: number for number, name in enumerate(cohort.employees.ids)}

    def who(self, employee_id: str) -> Who:
        """Somebody as the cohort knows him, else as the run does."""
        person = self.index.get(employee_id)
        name = self._names.get(employee_id, "") if person is None else self.cohort.employees.names[person]
        return Who(employee_id, name)

    @cached_property
    def _names(self) -> dict[str, str]:
        rows, roles = self.found.pairs, ("mentee", "mentor")
        return {row[f"{role}_id"]: row[f"{role}_name"] for row in rows for role in roles}

    @cached_property
    def _own(self) -> list[Row]:
        """The rows of the person's pairs."""
        return [row for row in self.found.pairs if self.employee_id in (row["mentee_id"], row["mentor_id"])]

    def pairs(self) -> tuple[PersonPair, ...]:
        """All pairs of the person, those as a mentee first, each with its sessions."""
        known = [pair for row in self._own if (pair := self._pair(row)) is not None]
        counts = dict(zip(known, count_sessions(self.cohort, known, self._spans), strict=True))
        pairs = []
        for row in self._own:
            as_mentee = row["mentee_id"] == self.employee_id
            sessions, number = self._meetings(row), row.number("sessions")
            if len(sessions) != number:
                message = f"says {number}, sessions.csv holds {len(sessions)}"
                self.found.findings.fault(row.file, message, row.line, "sessions")
            pair = self._pair(row)
            pairs.append(
                PersonPair(
                    role="mentee" if as_mentee else "mentor",
                    other=self.who(row["mentor_id" if as_mentee else "mentee_id"]),
                    rank=row.number_or_none("rank"),
                    locked=row["source"] == "locked",
                    standing=row.get("standing"),
                    sessions=sessions,
                    counts=None if pair is None else counts[pair],
                    start=row.get("start") or "",
                    end=row.get("end") or "",
                    joins=self._moved_by(pair, row.get("start"), self.cohort.employees.first_day),
                    leaves=self._moved_by(pair, row.get("end"), self.cohort.employees.last_day),
                )
            )
        return tuple(sorted(pairs, key=lambda pair: (pair.role, pair.rank or 0, pair.other.employee_id)))

    def _moved_by(self, pair: Pair | None, date: str | None, days: IntArray) -> tuple[Who, ...]:
        """Those of a pair whose own first or last day is this date."""
        day = day_of(date or "")
        staff = self.cohort.employees
        return tuple(self.who(staff.ids[person]) for person in pair or () if days[person] == day)

    def _pair(self, row: Row) -> Pair | None:
        """The two as persons; None if one of them is no employee any more."""
        mentee, mentor = (self.index.get(row[column]) for column in ("mentee_id", "mentor_id"))
        return None if mentee is None or mentor is None else (mentee, mentor)

    @cached_property
    def _spans(self) -> Mapping[Pair, Sequence[Span]]:
        """The sessions of everybody whom the person meets, as far as both are employees."""
        spans: dict[Pair, list[Span]] = {}
        for row in self.found.sessions:
            span = row.moment("start"), row.moment("end")
            if (pair := self._pair(row)) is not None:
                spans.setdefault(pair, []).append(span)
        self.found.check()
        return {pair: sorted(own) for pair, own in spans.items()}

    def _meetings(self, pair: Row) -> tuple[Meeting, ...]:
        meetings = []
        for row in self.found.sessions:
            if all(row[column] == pair[column] for column in ("mentee_id", "mentor_id")):
                start, end = row.moment("start"), row.moment("end")
                if end <= start:
                    self.found.findings.fault(row.file, "the end must come after the start", row.line, "end")
                meetings.append(self._meeting((start, end), row.number("number")))
        return tuple(sorted(meetings, key=lambda meeting: meeting.number))

    def _meeting(self, span: Span, number: int = 0) -> Meeting:
        start, end = span
        programme = self.cohort.programme.zone
        return Meeting(
            number, _iso(start, programme), _iso(end, programme), _iso(start, self.zone), _iso(end, self.zone)
        )

    # --- one instant --------------------------------------------------------------------------------------------

    def slot(self, at: dt.datetime) -> Slot:
        """What stands against a session of each pair at a moment."""
        instant = minute_at(self.cohort, at)
        pairs = sorted(pair for row in self._own if (pair := self._pair(row)) is not None)
        found = answers(self.cohort, self.person, pairs, self._spans, instant)
        told = [self._told(pair, answer) for pair, answer in zip(pairs, found, strict=True)]
        (hours,) = hours_texts(self.cohort, np.array([self.person], dtype=np.int64))
        start = _iso(instant, self.cohort.programme.zone)
        minutes = self.cohort.programme.sessions.minutes[-1]
        return Slot(start, _iso(instant, self.zone), minutes, hours, tuple(told))

    def _told(self, pair: Pair, answer: Answer) -> SlotAnswer:
        spans = self._spans.get(answer.other or pair, ())
        return SlotAnswer(
            other=self._partner(pair),
            role="mentee" if pair[0] == self.person else "mentor",
            obstacle=answer.obstacle,
            sessions=tuple(
                self._meeting(span, 1 + spans.index(span) if span in spans else 0) for span in answer.sessions
            ),
            session_with=None if answer.other is None else self._partner(answer.other),
            instead=answer.instead,
        )

    def _partner(self, pair: Pair) -> Who:
        """The other one of a pair of the person."""
        return self.who(self.cohort.employees.ids[pair[1] if pair[0] == self.person else pair[0]])


def minute_at(cohort: Cohort, at: dt.datetime) -> int:
    """The minute of a moment, read on the programme's clock if it has no offset; the earlier of two.

    Raises
    ------
    MatcherError
        If the programme's clock skips it.
    """
    if at.tzinfo is None:
        local = at.replace(tzinfo=cohort.programme.zone)
        moment = local.astimezone(dt.UTC)
        if moment.astimezone(cohort.programme.zone).replace(tzinfo=None) != at:
            said = at.isoformat(timespec="minutes")
            raise MatcherError(f"--at {said}: the clock of {cohort.programme.zone.key} skips this time")
        at = moment
    return int(at.timestamp() // 60)


def _iso(minute: int, zone: ZoneInfo) -> str:
    return dt.datetime.fromtimestamp(minute * 60, tz=zone).isoformat(timespec="minutes")

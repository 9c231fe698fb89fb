"""A run -> messages.csv: a letter to everybody concerned, ready to be sent.

After a rematch that is who is affected by a change, and nobody else.
Nobody learns from a letter what others have chosen or when they are busy: it names the reader's own choices, those
he works with, and mentors who are free.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from matcher.ics_write import one_line
from matcher.letter_changes import Teller, by_reader
from matcher.letter_facts import Alone, Choice, Facts, PairRow, read_facts
from matcher.letter_template import Template
from matcher.letter_times import date_words, session_words, zone_words
from matcher.letter_words import LANGUAGES, Words
from matcher.model import Cohort, LetterText
from matcher.programme import day_number, is_email
from matcher.rematch_rows import ChangedRow, RematchRows
from matcher.run_files import BOM, csv_lines
from matcher.story import Story

COLUMNS = ("employee_id", "name", "email", "kind", "subject", "text")
OPEN = ("no_common_time", "schedule_conflict", "other_choice_taken")
"""Outcomes of choices of which the mentor might have been somebody's, but for others or for time."""
TIME = ("no_common_time", "schedule_conflict")
APART = "never_together"
"""What letters say instead of `no_common_time` where other hours would not help."""


class Letter(NamedTuple):
    """A row of messages.csv."""

    employee_id: str
    name: str
    email: str
    kind: str
    subject: str
    text: str


def make_messages(story: Story) -> bytes:
    """Everybody's letters, by employee_id and kind.

    Raises
    ------
    InputError
        If cells of the run are not as `matcher solve` writes them.
    """
    letters = sorted(_Desk(story.cohort, read_facts(story.cohort, story.run)).letters())
    columns: list[Sequence[str]] = list(zip(*letters, strict=True)) or [()] * len(COLUMNS)
    table = dict(zip(COLUMNS, columns, strict=True))
    return "".join([BOM, *csv_lines(table, story.cohort.programme.output.delimiter)]).encode()


# --- the letters ----------------------------------------------------------------------------------------------


class _Desk:
    """Writes the letters of one run."""

    def __init__(self, cohort: Cohort, facts: Facts) -> None:
        self._cohort, self._facts, self._people = cohort, facts, cohort.employees
        frame = cohort.programme.frame
        self._begins = day_number(frame.start if facts.rematch is None else facts.rematch.as_of)
        self._words: Words = LANGUAGES[frame.language]
        self._person = {key: person for person, key in enumerate(self._people.ids)}
        own = {kind: _own_text(cohort.letters, kind, frame.language) for kind in self._words.templates}
        self._templates = {
            kind: Template(own[kind].subject or text.subject, own[kind].text or text.text)
            for kind, text in self._words.templates.items()
        }
        self._everywhere = {
            "programme": one_line(frame.name),
            "start": date_words(frame.start, self._words.locale),
            "end": date_words(frame.end, self._words.locale),
            "lead": one_line(cohort.programme.invitations.organiser_name) or self._words.team,
        }

    def letters(self) -> Iterator[Letter]:
        """Give every letter of the run; of a rematch, those that tell of a change."""
        return self._all() if self._facts.rematch is None else self._changes(self._facts.rematch)

    def _all(self) -> Iterator[Letter]:
        facts = self._facts
        for mentee, pairs in facts.as_mentee.items():
            yield self._letter(mentee, "mentee_paired", self._paired(mentee, pairs))
        for mentee, alone in facts.alone.items():
            yield self._letter(mentee, "mentee_unmatched", self._unmatched(mentee, alone))
        for mentor, pairs in facts.as_mentor.items():
            yield self._letter(mentor, "mentor", self._mentor(mentor, pairs))
        wanted = {choice.mentor for own in facts.choices.values() for choice in own if choice.outcome in OPEN}
        for mentor in filter(self._stays, (wanted & self._person.keys()) - facts.as_mentor.keys()):
            yield self._letter(mentor, "mentor_free", {"next": self._words.waits})

    def _changes(self, rematch: RematchRows) -> Iterator[Letter]:
        facts = self._facts
        for (person, role), rows in by_reader(rematch).items():
            if person not in self._person:
                continue
            pairs = (facts.as_mentee if role == "mentee" else facts.as_mentor).get(person, ())
            begun = {(row.mentee, row.mentor) for row in rows if row.change == "new"}
            if role == "mentee" and person in facts.alone:
                yield self._letter(person, "mentee_unmatched", self._lost(person, rows))
            elif len(begun) < len(rows) or any((pair.mentee, pair.mentor) not in begun for pair in pairs):
                yield self._letter(person, f"{role}_changed", self._changed(person, role, rows, rematch.as_of))
            elif role == "mentee":
                yield self._letter(person, "mentee_paired", self._paired(person, pairs))
            else:
                yield self._letter(person, "mentor", self._mentor(person, pairs))

    def _letter(self, person: str, kind: str, values: Mapping[str, str]) -> Letter:
        name = self._name(person)
        said = self._templates[kind].filled({**self._everywhere, **values, "name": name})
        return Letter(person, name, self._email(person), kind, said.subject, said.text)

    # --- to each kind of reader -------------------------------------------------------------------------------

    def _paired(self, mentee: str, pairs: Sequence[PairRow]) -> dict[str, str]:
        words = self._words
        ranked = [words.ranked(pair.rank) if pair.rank else words.arranged for pair in pairs]
        return {
            "mentor": words.joined([self._name(pair.mentor) for pair in pairs]),
            "mentors": "\n".join(self._about(pair.mentor) for pair in pairs),
            "rank": ", ".join(ranked),
            "reason": "\n".join([*map(self._why, pairs), *self._why_not_higher(mentee, pairs)]),
            "next": words.keep,
            **self._sessions(mentee, "mentee"),
        }

    def _why(self, pair: PairRow) -> str:
        words = self._words
        said = words.was_choice
        if pair.locked:
            said = words.was_both if pair.rank else words.was_arranged
        return said.format(mentor=self._name(pair.mentor), choice=words.ranked(pair.rank) if pair.rank else "")

    def _why_not_higher(self, mentee: str, pairs: Sequence[PairRow]) -> list[str]:
        """The choices that the mentee would have liked better, and why each came to nothing."""
        worst = max(pair.rank for pair in pairs)
        missed = [
            choice
            for choice in self._facts.choices.get(mentee, ())
            if choice.rank < worst and choice.outcome not in ("paired", "other_choice_taken")
        ]
        return [self._words.higher, *(self._missed(mentee, choice) for choice in missed)] if missed else []

    def _missed(self, mentee: str, choice: Choice) -> str:
        rules = self._cohort.programme.eligibility
        gap = {"same_function_gap": rules.same_function_gap, "cross_function_gap": rules.cross_function_gap}
        levels = self._words.number(self._words.levels, gap.get(choice.outcome, 0))
        outcome = APART if self._apart(mentee, choice) else choice.outcome
        why = self._words.outcomes[outcome].format(levels=levels)
        return f"- {self._words.ranked(choice.rank)}, {self._name(choice.mentor)}: {why}"

    def _unmatched(self, mentee: str, alone: Alone) -> dict[str, str]:
        words, choices = self._words, self._facts.choices.get(mentee, ())
        listed = [words.one_by_one, *(self._missed(mentee, choice) for choice in choices)]
        reason = [words.reasons[alone.reason], *listed] if choices else [words.empty_list]
        free = "\n".join(f"- {self._about(mentor)}" for mentor in alone.suggestions)
        following = [words.suggested.format(free) if free else words.further]
        if any(choice.outcome in TIME and not self._apart(mentee, choice) for choice in choices):
            following.append(words.hours)
        return {"reason": "\n".join(reason), "next": "\n".join(following)}

    def _mentor(self, mentor: str, pairs: Sequence[PairRow]) -> dict[str, str]:
        words = self._words
        told = [f"{self._about(pair.mentee)}: {words.asked if pair.rank else words.arranged}" for pair in pairs]
        return {
            "mentee": words.joined([self._name(pair.mentee) for pair in pairs]),
            "mentees": "\n".join(told),
            "next": words.keep,
            **self._sessions(mentor, "mentor"),
        }

    # --- of a change ------------------------------------------------------------------------------------------

    def _teller(self, person: str, role: str) -> Teller:
        words = self._words
        return Teller(words.changes, words.locale, role, self._zone(person), self._name, self._about)

    def _changed(self, person: str, role: str, rows: Sequence[ChangedRow], as_of: dt.date) -> dict[str, str]:
        """What changes for somebody who goes on, or who has nobody any more and looks for nobody."""
        words, date = self._words, date_words(as_of, self._words.locale)
        midnight = dt.datetime.combine(as_of, dt.time(), self._cohort.programme.zone)
        sessions = self._sessions(person, role, since=int(midnight.timestamp()) // 60)
        planned = words.changes.plan.format(date=date, count=sessions["count"])
        nothing = words.waits if role == "mentor" and self._stays(person) else ""
        return {
            "date": date,
            "changes": self._teller(person, role).told(rows),
            "plan": planned if sessions["sessions"] else words.changes.no_plan[role],
            "next": words.keep if sessions["sessions"] else nothing,
            **sessions,
        }

    def _lost(self, mentee: str, rows: Sequence[ChangedRow]) -> dict[str, str]:
        """What has ended for somebody who has no mentor now, before what everybody without one is told."""
        values = self._unmatched(mentee, self._facts.alone[mentee])
        zone = self._sessions(mentee, "mentee")["zone"] if any(row.moves for row in rows) else ""
        told = [self._teller(mentee, "mentee").told(rows), zone]
        return {**values, "reason": "\n".join([*filter(None, told), "", values["reason"]])}

    # --- sessions ---------------------------------------------------------------------------------------------

    def _sessions(self, person: str, role: str, since: int = 0) -> dict[str, str]:
        """When the person meets in this role from a minute on; with whom, where that are several."""
        words = self._words
        meetings = [one for one in self._facts.meetings.get((person, role), ()) if one.start >= since]
        several = len({meeting.other for meeting in meetings}) > 1
        zone = self._zone(person)
        lines = [
            f"- {session_words(meeting.start, meeting.end, zone, words.locale)}"
            + (f", {self._name(meeting.other)}" if several else "")
            for meeting in meetings
        ]
        abroad = zone != self._cohort.programme.frame.timezone
        return {
            "count": words.number(words.sessions, len(meetings)),
            "sessions": "\n".join(lines),
            "zone": words.zone.format(zone_words(zone, words.locale)) if abroad else "",
        }

    # --- people -----------------------------------------------------------------------------------------------

    def _stays(self, key: str) -> bool:
        """Whether an employee takes part on the first day that the run decides, or later."""
        return int(self._people.last_day[self._person[key]]) >= self._begins

    def _apart(self, mentee: str, choice: Choice) -> bool:
        """Whether time is too short because one of the two has left when the other takes part."""
        if choice.outcome != "no_common_time" or choice.mentor not in self._person:
            return False
        both = [self._person[mentee], self._person[choice.mentor]]
        first, last = self._people.first_day[both].max(), self._people.last_day[both].min()
        return bool(last < max(int(first), self._begins))

    def _name(self, key: str) -> str:
        person, rematch = self._person.get(key), self._facts.rematch
        former = "" if rematch is None else rematch.names.get(key, "")
        return one_line(former if person is None else self._people.names[person]) or one_line(key)

    def _email(self, key: str) -> str:
        person = self._person.get(key)
        email = "" if person is None else self._people.emails[person]
        return email if is_email(email) else ""

    def _about(self, key: str) -> str:
        """Name, function, level and address of somebody."""
        person, rules = self._person.get(key), self._cohort.programme.eligibility
        if person is None:
            return self._name(key)
        level = self._people.level_text[person]
        level = level if rules.levels else self._words.level.format(level)
        parts = [self._name(key), one_line(self._people.functions[person]), one_line(level), self._email(key)]
        return ", ".join(filter(None, parts))

    def _zone(self, key: str) -> str:
        person = self._person.get(key)
        return (
            self._cohort.programme.frame.timezone
            if person is None
            else self._people.zones[self._people.zone[person]]
        )


def _own_text(letters: Mapping[tuple[str, str], LetterText], kind: str, language: str) -> LetterText:
    """What the lead says himself: in this language, else in every language."""
    for_all = letters.get((kind, ""), LetterText("", ""))
    said = letters.get((kind, language), for_all)
    return LetterText(said.subject or for_all.subject, said.text or for_all.text)

"""What the report says of choices, of mentees without a mentor, of mentors, and of the numbers of sessions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from matcher.code_sentences import LEVEL_RULES, gain_sentence, level_sentence, outcome_sentence, reason_sentence
from matcher.input_people import day_of
from matcher.model import Cohort
from matcher.programme import day_date, day_number
from matcher.remarks import decider, without_hours
from matcher.report_run import Choices, Left, Rows, Wanted
from matcher.report_words import Words


@dataclass(frozen=True)
class Sentences:
    """Tells of a run."""

    words: Words
    cohort: Cohort
    rows: Rows

    def choice(self, choices: Choices, row: int) -> str:
        """What became of a choice, without its standing; "" where the two are a pair."""
        outcome, detail = choices.outcome[row], choices.detail[row]
        if self.words.language == "en" or outcome not in LEVEL_RULES:
            return outcome_sentence(self.words, outcome, without_hours(outcome, detail))
        mentee, mentor = (
            int(self.rows.people.employee[person]) for person in (choices.mentee[row], choices.mentor[row])
        )
        return level_sentence(self.words, self.cohort, outcome, mentee, mentor)

    @staticmethod
    def decider(choices: Choices, row: int) -> str:
        """What decided where best pairings differ in a choice."""
        return decider(choices.detail[row])

    def unmatched(self, left: Left, outcomes: Counter[str]) -> str:
        """Why a mentee has no mentor; `outcomes` are those of his choices."""
        return reason_sentence(self.words, left.reason, left.explanation, left.eligible, outcomes)

    @property
    def looked_for_help(self) -> bool:
        """Whether the run says what would help mentees without a mentor: not where engagements are as needed."""
        return self.cohort.programme.frame.engagement == "whole"

    def gain(self, wanted: Wanted) -> str:
        """What one more place with a mentor would bring."""
        return gain_sentence(
            self.words,
            wanted.gain_mentees,
            wanted.gain_pairs,
            wanted.gain_ranks,
            proven=wanted.proven,
            priority=wanted.gain_priority,
        )

    def engaged(self, start: str, end: str) -> str:
        """From when to when two are a pair; "" where that is the whole programme, or not known."""
        frame, days = self.cohort.programme.frame, (day_of(start), day_of(end))
        if None in days or days == (day_number(frame.start), day_number(frame.end)):
            return ""
        first, last = (self.words.date(day_date(day)) for day in days if day is not None)
        return self.words("number.engaged", first=first, last=last)

    def number(self, held: int, by_dates: int, alone: int, *, crowded: bool, proven: bool) -> str:
        """Why a pair has `held` sessions and not more; "" where nobody knows.

        `by_dates` and `alone` are those of `Room`; `crowded` tells whether one of the two has other sessions.
        """
        words, wanted = self.words, self.cohort.programme.sessions.number
        if by_dates < 0 or self.cohort.programme.frame.engagement == "as-needed":
            return words("number.exact") if by_dates >= held else ""  # not if fewer are wanted by now
        if wanted != "most":
            return words("number.fewest") if wanted == "fewest" else words("number.wanted", n=int(wanted))
        if held >= by_dates:
            days = self.cohort.programme.sessions.min_days_between
            return words("number.dates", sessions=words("sessions", n=held), days=words("days", n=days))
        if alone < 0:
            return ""
        limit = words("number.limit", n=by_dates)
        if held >= alone:
            return f"{words('number.common', n=alone)} {limit}"
        key = "number.others" if crowded and proven else "number.open"
        return f"{words(key, n=alone)} {limit}"

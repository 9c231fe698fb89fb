"""Why choices came out as they did and why mentees have no mentor, in the language of the report.

English sentences are those of the run's tables; in other languages they are made from codes and figures.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from matcher.explain_facts import Change
from matcher.model import Cohort
from matcher.remarks import decider, without_hours, without_remark
from matcher.report_run import Choices, Left, Rows, Wanted
from matcher.report_words import Words

CONTEST = re.compile(
    r" (?:\d+ mentors? ha(?:s|ve)|The \d+ mentors of group \d+ in bottlenecks\.csv have) \d+ places? in all, and "
    r"\d+ other mentees? can go nowhere else\."
)
"""Who else needs the places: the page tells it apart from the reason."""
MORE_TIME = re.compile(r"(\d+) more sessions? of (\d+) minutes")
NO_HOURS = "no common working hours"  # what docs/formats.md promises of the sentence, here in small letters
CHANGES = ("one_more_place", "more_common_time", "exception_to_a_rule", "one_more_choice")


@dataclass(frozen=True)
class Sentences:
    """Tells of a run."""

    words: Words
    cohort: Cohort
    rows: Rows

    # --- choices ------------------------------------------------------------------------------------------------

    def choice(self, choices: Choices, row: int) -> str:
        """What became of a choice, without its standing; "" where the two are a pair."""
        outcome, detail = choices.outcome[row], choices.detail[row]
        if outcome == "paired":
            return ""
        if self.words.language == "en":
            return without_remark(without_hours(outcome, detail))
        if outcome == "no_common_time" and detail.lower().startswith(NO_HOURS):
            return self.words("detail.no_common_hours")
        if outcome in ("same_function_gap", "cross_function_gap"):
            return self._gap(outcome, int(choices.mentee[row]), int(choices.mentor[row]))
        return self.words(f"detail.{outcome}") if self.words.has(f"detail.{outcome}") else ""

    def _gap(self, outcome: str, mentee: int, mentor: int) -> str:
        levels, rules = self.cohort.employees.level, self.cohort.programme.eligibility
        needed = rules.same_function_gap if outcome == "same_function_gap" else rules.cross_function_gap
        said = self.words(f"detail.{outcome}", levels=self.words("levels", n=needed))
        here, there = (int(self.rows.people.employee[person]) for person in (mentee, mentor))
        if here < 0 or there < 0:
            return said
        gap = int(levels[there]) - int(levels[here])
        if gap == 0:
            return f"{said} {self.words('detail.same_level')}"
        key = "detail.higher" if gap > 0 else "detail.lower"
        return f"{said} {self.words(key, levels=self.words('levels', n=abs(gap)))}"

    @staticmethod
    def decider(choices: Choices, row: int) -> str:
        """What decided where best pairings differ in a choice."""
        return decider(choices.detail[row])

    # --- mentees without a mentor -------------------------------------------------------------------------------

    def unmatched(self, left: Left, outcomes: Counter[str]) -> str:
        """Why a mentee has no mentor; `outcomes` are those of his choices."""
        if self.words.language == "en":
            return CONTEST.sub("", left.explanation).replace(" (see choices.csv)", "")
        words = self.words
        if left.reason == "no_eligible_choice":
            causes = [f"{words(f'outcome.{code}')} × {number}" for code, number in outcomes.most_common()]
            if not causes:
                return words("why_not.no_choice")
            return words("why_not.no_eligible_choice", causes="; ".join(causes))
        if left.reason == "no_common_time" and NO_HOURS in left.explanation.partition(":")[0]:
            return f"{self._allowed(left)} {words('why_not.no_common_hours')}"
        key = f"why_not.{left.reason}"
        return f"{self._allowed(left)} {words(key)}".strip() if words.has(key) else ""

    def _allowed(self, left: Left) -> str:
        return "" if left.eligible is None else self.words("why_not.allowed", n=left.eligible)

    def change(self, change: Change) -> tuple[int, str]:
        """The kind of a smallest change as a number, and how much time or which rule it is about."""
        if change.kind not in CHANGES or change.mentor is None:
            return len(CHANGES), change.text if self.words.language == "en" else self.words("change.unknown")
        if change.kind == "exception_to_a_rule":
            key = f"rule.{change.detail}"
            return 2, self.words(key) if self.words.has(key) else self.words("rule.other")
        found = MORE_TIME.fullmatch(change.detail)
        if found:
            return 1, self.words("change.sessions", n=int(found[1]), minutes=int(found[2]))
        return CHANGES.index(change.kind), ""

    # --- mentors ------------------------------------------------------------------------------------------------

    def gain(self, wanted: Wanted) -> str:
        """What one more place with a mentor would bring."""
        words, parts = self.words, list[str]()
        if wanted.gain_mentees:
            parts.append(words("gain.mentees", n=wanted.gain_mentees))
        if wanted.gain_pairs and wanted.gain_pairs != wanted.gain_mentees:
            parts.append(words("gain.pairs", n=wanted.gain_pairs))
        parts += [text for change in wanted.gain_ranks.split() if (text := self._rank_change(change))]
        if not parts:
            return words("gain.nothing")
        said = words.listed(parts)
        return said if wanted.proven else words("gain.at_most", gain=said)

    def _rank_change(self, change: str) -> str:
        rank, colon, number = change.partition(":")
        if not colon:
            return self.words("gain.sum", change=change)
        if not number.lstrip("+-").isdigit():
            return ""
        key = "gain.fewer" if number.startswith("-") else "gain.more"
        return self.words(key, n=int(number.lstrip("+-")), rank=rank)

    # --- sessions -----------------------------------------------------------------------------------------------

    def number(self, held: int, by_dates: int, alone: int, *, crowded: bool, proven: bool) -> str:
        """Why a pair has `held` sessions and not more; "" where nobody knows.

        `by_dates` and `alone` are those of `Room`; `crowded` tells whether one of the two has other sessions.
        """
        words, wanted = self.words, self.cohort.programme.sessions.number
        if by_dates < 0:
            return ""
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

"""Why a mentee has another mentor than in the other run, or none, in the words of a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from matcher.code_sentences import LEVEL_RULES, outcome_sentence, reason_sentence
from matcher.differences import NOT_LISTED, Change, Fate, Side, plain_value
from matcher.run_tables import CHOICES, UNMATCHED
from matcher.wording import Wording

SHOWN = 5  # keys that are named


class Why:
    """Tells why, for one run and the first one that it is compared with."""

    def __init__(
        self, words: Wording, before: Side, now: Side, label: Callable[[str], str] = lambda person: person
    ) -> None:
        self.words, self.before, self.now, self.label = words, before, now, label

    def __call__(self, change: Change) -> str:
        """A sentence or several; blank where there is nothing to say."""
        if change.kind == "rank":
            return self.words("why.rank")
        told = [self._fate("why.former", fate) for fate in change.former]
        told += [self._fate("why.new", fate) for fate in change.new]
        if change.kind == "lost":
            told.append(self._unmatched(self.now, change.mentee))
        if change.keys:
            told.append(self.words("why.set", settings=", ".join(map(self._setting, change.keys[:SHOWN]))))
        return " ".join(filter(None, told))

    def _fate(self, key: str, fate: Fate) -> str:
        return self.words(key, who=self.label(fate.mentor), text=_lower(self._text(fate)))

    def _text(self, fate: Fate) -> str:
        if fate.outcome == NOT_LISTED:
            return self.words("why.not_listed")
        if fate.outcome in LEVEL_RULES and self.words.language != "en":
            return self.words(f"outcome.{fate.outcome}") + "."
        sentence = outcome_sentence(self.words, fate.outcome, fate.detail)
        return sentence or f"{self.words.code('outcome', fate.outcome)}."

    def _unmatched(self, side: Side, mentee: str) -> str:
        """Why he has no mentor there."""
        row = side.unmatched.get(mentee)
        if row is None:
            return ""
        table = side.run.tables[UNMATCHED]
        reason, explanation, eligible = (
            table[column][row].strip() for column in ("reason", "explanation", "eligible_choices")
        )
        allowed = int(eligible) if eligible.isdecimal() else None
        return reason_sentence(self.words, reason, explanation, allowed, self._outcomes(side, mentee))

    def _outcomes(self, side: Side, mentee: str) -> Counter[str]:
        if self.words.language == "en":
            return Counter()  # its sentence stands in the run
        outcome = side.run.tables[CHOICES]["outcome"]
        return Counter(outcome[row].strip() for (who, _mentor), row in side.choices.items() if who == mentee)

    def _setting(self, key: str) -> str:
        return setting_text(self.words, key, self.before.settings, self.now.settings)


def setting_text(words: Wording, key: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """A key with its value in both runs."""
    usual = words("why.usual")
    values = [plain_value(one[key]) if key in one else usual for one in (before, now)]
    return words("why.setting", key=key, before=values[0], now=values[1])


def _lower(text: str) -> str:
    """Without the capital at its beginning, as it stands after a colon."""
    return text[:1].lower() + text[1:]

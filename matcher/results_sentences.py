"""The sentences of the workbook: on choices, mentees without a mentor, and what one more place would bring."""

from __future__ import annotations

from matcher.book import Cell
from matcher.code_sentences import (
    CHANGE_KEYS,
    LEVEL_RULES,
    change_parts,
    contest_sentence,
    gain_sentence,
    level_sentence,
    outcome_sentence,
    reason_sentence,
    standing_sentence,
)
from matcher.explain_facts import Who
from matcher.explain_unmatched import Labels, change_of
from matcher.results_facts import Facts
from matcher.results_words import Words
from matcher.run_tables import BOTTLENECKS, CHOICES, UNMATCHED


def choice_details(facts: Facts, words: Words) -> list[Cell]:
    """A sentence on every choice."""
    mentees, mentors, _ = facts.choices
    codes, details, standing = (facts.run.texts(CHOICES, column) for column in ("outcome", "detail", "standing"))
    told = dict[tuple[str, str, str], str]()
    sentences = list[Cell]()
    for mentee, mentor, *key in zip(mentees, mentors, codes, details, standing, strict=True):
        code, detail, stands = key
        if words.language != "en" and code in LEVEL_RULES:
            sentences.append(_levels(facts, words, code, mentee, mentor))
            continue
        if (code, detail, stands) not in told:
            parts = outcome_sentence(words, code, detail), standing_sentence(words, detail, stands)
            told[code, detail, stands] = " ".join(filter(None, parts))
        sentences.append(told[code, detail, stands])
    return sentences


def _levels(facts: Facts, words: Words, code: str, mentee: str, mentor: str) -> str:
    places = [-1 if place is None else place for place in map(facts.place, (mentee, mentor))]
    return level_sentence(words, facts.cohort, code, *places)


def explanations(facts: Facts, words: Words) -> list[Cell]:
    """Why each mentee without a mentor has none, and who competes for the places."""
    texts = (facts.run.texts(UNMATCHED, column) for column in ("mentee_id", "reason", "explanation"))
    numbers = (facts.numbers(UNMATCHED, column) for column in ("eligible_choices", "competitors", "places"))
    told = list[Cell]()
    for mentee, reason, text, eligible, others, places in zip(*texts, *numbers, strict=True):
        allowed = eligible if isinstance(eligible, int) else None
        parts = [reason_sentence(words, reason, text, allowed, facts.outcomes[mentee])]
        if isinstance(others, int) and isinstance(places, int):
            parts.append(contest_sentence(words, places, others, left=facts.run.places_left))
        told.append(" ".join(parts))
    return told


def changes(facts: Facts, words: Words) -> list[Cell]:
    """The smallest change that would help each mentee without a mentor."""
    labels = Labels(facts.people, lambda name: Who(name, ""))
    return [_change(text, facts, words, labels) for text in facts.run.texts(UNMATCHED, "smallest_change")]


def _change(text: str, facts: Facts, words: Words, labels: Labels) -> str:
    if not text:
        return ""
    change = change_of(text, labels)
    kind, detail = change_parts(words, change)
    who = "" if change.mentor is None else facts.label(change.mentor.employee_id)
    return words(CHANGE_KEYS[kind], who=who, detail=detail)


def gain(facts: Facts, words: Words, mentor: str) -> str:
    """What one more place with a mentor would bring; "" where the run does not tell."""
    row = facts.bottlenecks.get(mentor)
    if row is None:
        return ""
    table = facts.run.tables[BOTTLENECKS]
    mentees, pairs = (_count(table[column][row]) for column in ("gain_mentees", "gain_pairs"))
    ranks = table["gain_ranks"][row].removeprefix("'")
    first = table["gain_priority"][row]
    return gain_sentence(words, mentees, pairs, ranks, proven=table["gain_proven"][row] == "yes", priority=first)


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0

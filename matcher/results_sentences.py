"""Why somebody has no mentor, and why a choice came out as it did, in the language of the workbook.

The CSV files tell it in English; in another language it is made anew from their codes and figures.
"""

from __future__ import annotations

import re

from matcher.book import Cell
from matcher.results_facts import Facts, Number
from matcher.results_words import Words
from matcher.run_tables import BOTTLENECKS, CHOICES, UNMATCHED

LEVEL_RULES = ("same_function_gap", "cross_function_gap")
CONTESTED = ("mentor_full", "schedule_conflict", "other_choice_taken", "paired")
POSSIBLE = (*CONTESTED, "no_common_time")


def choice_details(facts: Facts, words: Words, language: str) -> list[Cell]:
    """A sentence on every choice."""
    if language == "en":
        return list(facts.run.texts(CHOICES, "detail"))
    mentees, mentors, _ = facts.choices
    codes, standing = (facts.run.texts(CHOICES, column) for column in ("outcome", "standing"))
    told = dict[tuple[str, str], str]()
    sentences = list[Cell]()
    for mentee, mentor, code, stands in zip(mentees, mentors, codes, standing, strict=True):
        if code in LEVEL_RULES:
            sentences.append(_levels(facts, words, code, mentee, mentor))
            continue
        if (code, stands) not in told:
            more = words.code("stands", stands) if code in CONTESTED and stands else ""
            told[code, stands] = f"{words.code('detail', code)} {more}".strip()
        sentences.append(told[code, stands])
    return sentences


def _levels(facts: Facts, words: Words, code: str, mentee: str, mentor: str) -> str:
    rules, people = facts.cohort.programme.eligibility, facts.people
    gap = rules.same_function_gap if code == "same_function_gap" else rules.cross_function_gap
    places = facts.place(mentee), facts.place(mentor)
    if places[0] is None or places[1] is None:
        return words.code("outcome", code)
    found = int(people.level[places[1]] - people.level[places[0]])
    return words(f"detail.{code}", gap=gap, found=found)


def explanations(facts: Facts, words: Words, language: str) -> list[Cell]:
    """A sentence on every mentee without a mentor."""
    if language == "en":
        return list(facts.run.texts(UNMATCHED, "explanation"))
    rows = zip(
        *(facts.run.texts(UNMATCHED, column) for column in ("mentee_id", "reason", "contested_mentors")),
        *(facts.numbers(UNMATCHED, column) for column in ("eligible_choices", "competitors", "places")),
        strict=True,
    )
    return [_explanation(facts, words, row) for row in rows]


def _explanation(facts: Facts, words: Words, row: tuple[str, str, str, Number, Number, Number]) -> str:
    mentee, reason, contested, eligible, others, places = row
    choices = words.many(eligible, "choice") if isinstance(eligible, int) else str(eligible or "")
    if words.code("why", reason) == reason:
        return reason
    parts = [words(f"why.{reason}", choices=choices, seed=facts.run.summary.seed)]
    if isinstance(others, int) and isinstance(places, int):
        number = len(contested.split("; ")) if contested else "> 20"
        shown = {"places": words.many(places, "place"), "others": words.many(others, "mentee")}
        parts.append(words("why.contest", mentors=number, **shown))
    against = {code: number for code, number in facts.outcomes[mentee].items() if code not in POSSIBLE}
    if against:
        said = "; ".join(f"{number} x {words.code('outcome', code)}" for code, number in sorted(against.items()))
        parts.append(words("why.set_aside", parts=said))
    return " ".join(parts)


def changes(facts: Facts, words: Words, language: str) -> list[Cell]:
    """The smallest change that would help each mentee without a mentor."""
    texts = facts.run.texts(UNMATCHED, "smallest_change")
    return list(texts) if language == "en" else [_change(text, words) for text in texts]


def _change(text: str, words: Words) -> str:
    kind, colon, rest = text.partition(": ")
    if not colon or words.code("change", kind) == kind:
        return text
    who, comma, last = rest.rpartition(", ")
    if kind == "exception to a rule" and comma:
        rest = f"{who}, {words.code('outcome', last)}"
    elif number := re.fullmatch(r"(\d+) more sessions? of (\d+) minutes", last if comma else ""):
        rest = f"{who}, + {words.many(int(number[1]), 'session')} x {words('minutes', n=number[2])}"
    return words(f"change.{kind}", rest=rest)


def gain(facts: Facts, words: Words, mentor: str) -> str:
    """What one more place with a mentor would bring."""
    row = facts.bottlenecks.get(mentor)
    if row is None:
        return ""
    table = facts.run.tables[BOTTLENECKS]
    mentees, ranks, proven = (table[column][row] for column in ("gain_mentees", "gain_ranks", "gain_proven"))
    parts = []
    if mentees.isdigit() and int(mentees):
        parts.append(words("gain.mentees", n=words.many(int(mentees), "mentee")))
    for change in ranks.removeprefix("'").split():
        rank, colon, number = change.partition(":")
        parts.append(words("gain.rank", rank=rank, change=number) if colon else words("gain.sum", change=rank))
    told = ", ".join(parts)
    return words("gain.most", gain=told) if told and proven != "yes" else told

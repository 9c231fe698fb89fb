"""The figures of the report: at its head, by reason, and beside those of another run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from matcher.report_changes import totals_of
from matcher.report_data import mentors_of
from matcher.report_run import Rows
from matcher.report_words import Words
from matcher.story import Story

REASONS = ("draw", "mentors_full", "schedule_conflict", "no_common_time", "no_eligible_choice")


@dataclass(frozen=True)
class Figure:
    """A headline figure with what it counts and what is to be known beside it."""

    name: str
    value: str
    label: str
    note: str = ""


def headline(words: Words, rows: Rows) -> list[Figure]:
    """The figures at the head of the page."""
    pairs, mentees, sessions = rows.pairs, len(rows.mentees), len(rows.sessions)
    served, first = len(np.unique(pairs.mentee)), len(np.unique(pairs.mentee[pairs.rank == 1]))
    used, able, left = len(np.unique(pairs.mentor)), len(mentors_of(rows)), len(rows.unmatched)
    of_all = words("figure.of", of=mentees, share=words.share(served, mentees)) if mentees else ""
    average = words.number(round(sessions / len(pairs), 1)) if len(pairs) else ""
    told = [
        ("served", served, of_all),
        ("first", first, _share(words, first, mentees)),
        ("unmatched", left, _share(words, left, mentees)),
        ("mentors", used, words("figure.mentors_of", of=able)),
        ("sessions", sessions, words("figure.sessions_each", average=average) if average else ""),
    ]
    return [Figure(name, words.number(value), words(f"figure.{name}"), note) for name, value, note in told]


def _share(words: Words, part: int, mentees: int) -> str:
    return words("figure.share_all", share=words.share(part, mentees)) if mentees else ""


@dataclass(frozen=True)
class Reason:
    """Why so many mentees have no mentor: the code, its name and what it means."""

    code: str
    name: str
    number: int
    meaning: str


def reasons(words: Words, rows: Rows) -> list[Reason]:
    """Each reason that occurs."""
    found = Counter(row.reason for row in rows.unmatched)
    return [
        Reason(code, words(f"reason.{code}"), found[code], words(f"meaning.{code}"))
        for code in REASONS
        if found[code]
    ]


# --- two runs -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A figure of the other run and of this one, and by how much they differ."""

    label: str
    before: str
    now: str
    difference: str


def compared(words: Words, story: Story) -> list[Pair]:
    """Figures side by side; none where there is no other run."""
    if story.earlier is None:
        return []
    then, now = totals_of(story.earlier), totals_of(story.run)
    ranks = sorted(then.ranks.keys() | now.ranks.keys(), key=lambda rank: rank or len(then.ranks) + 100)
    rows = [
        (words("figure.mentees"), then.mentees, now.mentees),
        (words("figure.served"), then.served, now.served),
        (words("figure.unmatched"), then.mentees - then.served, now.mentees - now.served),
        (words("figure.pairs"), then.pairs, now.pairs),
        *((_rank(words, rank), then.ranks.get(rank, 0), now.ranks.get(rank, 0)) for rank in ranks),
        (words("figure.mentors"), then.mentors, now.mentors),
        (words("figure.sessions"), then.sessions, now.sessions),
    ]
    return [
        Pair(label, words.number(old), words.number(new), _signed(words, new - old)) for label, old, new in rows
    ]


def _rank(words: Words, rank: int) -> str:
    return words("compare.rank", rank=rank) if rank else words("compare.no_rank")


def _signed(words: Words, number: int) -> str:
    sign = "+" if number > 0 else "\u2212" if number < 0 else ""
    return f"{sign}{words.number(abs(number))}"

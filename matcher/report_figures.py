"""The figures of the report by reason, and beside those of another run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from matcher.report_changes import totals_of
from matcher.report_run import Rows
from matcher.report_words import Words
from matcher.story import Story

REASONS = ("draw", "mentors_full", "schedule_conflict", "no_common_time", "no_eligible_choice")


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
    return [Pair(label, words.number(old), words.number(new), words.signed(new - old)) for label, old, new in rows]


def _rank(words: Words, rank: int) -> str:
    return words("compare.rank", rank=rank) if rank else words("compare.no_rank")

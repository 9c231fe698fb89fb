"""The figures that matter, as the report and the workbook of results show them at their heads."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.chart_data import mentor_ids, rank_counts
from matcher.run_tables import PAIRS, SESSIONS, RunTables
from matcher.wording import Wording


@dataclass(frozen=True)
class Figure:
    """A headline figure with what it counts and what is to be known beside it."""

    name: str
    number: int
    label: str
    note: str = ""


def headline(words: Wording, run: RunTables) -> list[Figure]:
    """The figures of a run; shares are of all mentees."""
    ranks, pairs, sessions = rank_counts(run), len(run.tables[PAIRS]), len(run.tables[SESSIONS])
    mentees, served, first = ranks.mentees, ranks.mentees - ranks.without, sum(ranks.at[:1])
    used, able = len(set(run.texts(PAIRS, "mentor_id"))), len(mentor_ids(run))
    of_all = words("figure.of", of=mentees, share=words.share(served, mentees)) if mentees else ""
    average = words.number(round(sessions / pairs, 1)) if pairs else ""
    told = [
        ("served", served, of_all),
        ("first", first, _share(words, first, mentees)),
        ("unmatched", ranks.without, _share(words, ranks.without, mentees)),
        ("mentors", used, words("figure.mentors_of", of=able)),
        ("sessions", sessions, words("figure.sessions_each", average=average) if average else ""),
    ]
    return [Figure(name, value, words(f"figure.{name}"), note) for name, value, note in told]


def _share(words: Wording, part: int, mentees: int) -> str:
    return words("figure.share_all", share=words.share(part, mentees)) if mentees else ""

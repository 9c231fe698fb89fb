"""The tables of results.xlsx after a rematch: for whom something changes, and which pairs have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress

from matcher.book import Cell, Column, Sheet, Tone
from matcher.results_facts import Facts
from matcher.results_sheets import coded_column, person_columns, sheet_of
from matcher.results_words import Words
from matcher.run_tables import CHANGES, ENDED

KINDS: Mapping[str, Tone] = {"ended": "poor", "new": "good", "moved": "fair"}
FIGURES = ("sessions_kept", "sessions_moved", "sessions_cancelled", "sessions_new")
ROLES = ("mentee", "mentor")


def rematch_sheets(facts: Facts, words: Words) -> dict[str, Sheet]:
    """The sheets that a run has only if it is a rematch."""
    return (
        {}
        if facts.run.summary.rematch is None
        else {"changes": _changes(facts, words), "ended": _ended(facts, words)}
    )


def _changes(facts: Facts, words: Words) -> Sheet:
    """Every pair for which something changes; those that go on as planned are in changes.csv alone."""
    kinds = facts.run.texts(CHANGES, "change")
    shown = [kind != "kept" for kind in kinds]

    def some(cells: Sequence[Cell]) -> list[Cell]:
        return list(compress(cells, shown))

    columns = [
        *_people(facts, words, CHANGES, shown),
        coded_column(words, "change_kind", "change_kind", compress(kinds, shown), KINDS),
        Column(words("column.explanation"), some(facts.run.texts(CHANGES, "cause")), "long"),
        *(Column(words(f"head.{name}"), some(facts.numbers(CHANGES, name)), "number") for name in FIGURES),
        *_emails(facts, words, CHANGES, shown),
    ]
    return sheet_of(words, "changes", CHANGES, columns, printed=10)


def _ended(facts: Facts, words: Words) -> Sheet:
    """Every pair that has ended in this rematch or one before it."""
    shown = [True] * len(facts.run.tables[ENDED])
    columns = [
        *_people(facts, words, ENDED, shown),
        coded_column(words, "ending", "ending", facts.run.texts(ENDED, "reason"), {}),
        coded_column(words, "ended_by", "answer", facts.run.texts(ENDED, "by"), {}),
        Column(words("head.pair_start"), facts.dates(ENDED, "start"), "date"),
        Column(words("head.pair_end"), facts.dates(ENDED, "end"), "date"),
        Column(words("head.held"), facts.numbers(ENDED, "sessions"), "number"),
        Column(words("head.last_session"), facts.dates(ENDED, "last_session"), "date"),
        Column(words("head.as_of"), facts.dates(ENDED, "as_of"), "date"),
        Column(words("column.rank"), facts.numbers(ENDED, "rank"), "number"),
    ]
    return sheet_of(words, "ended", ENDED, columns)


def _people(facts: Facts, words: Words, file: str, shown: Sequence[bool]) -> list[Column]:
    """Both of each pair, by the names in the file if they have left."""
    columns = list[Column]()
    for role in ROLES:
        ids = list(compress(facts.run.texts(file, f"{role}_id"), shown))
        named = list(compress(facts.run.texts(file, f"{role}_name"), shown))
        name, number = person_columns(facts, words, role, ids)
        cells = [
            then if facts.place(person) is None and then else cell
            for person, then, cell in zip(ids, named, name.cells, strict=True)
        ]
        columns += [Column(name.heading, cells), number]
    return columns


def _emails(facts: Facts, words: Words, file: str, shown: Sequence[bool]) -> list[Column]:
    return [
        Column(
            words(f"head.{role}_email"),
            facts.told(compress(facts.run.texts(file, f"{role}_id"), shown), facts.people.emails),
        )
        for role in ROLES
    ]

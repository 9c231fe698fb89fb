"""preferences.csv, one row per choice or one per mentee -> Choices; every fault with its line."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

import numpy as np

from matcher.columns import Coded, coded, order_of
from matcher.findings import Findings
from matcher.input_people import People, find_people, parsed, report_blanks
from matcher.model import Choices, IntArray
from matcher.tables import Table

LONG_FORM = ("mentee_id", "rank", "mentor_id")
PREFERENCES_KNOWN = (*LONG_FORM, "choice_*")
BOTH_FORMS = (
    "; expected one row per choice (mentee_id, rank, mentor_id) "
    "or one row per mentee (mentee_id, choice_1, choice_2, ...)"
)
WORST_RANK = 99


@dataclass(frozen=True)
class Preferences:
    """The choices, and everybody who has a row (a wide row may hold no choice)."""

    mentees: IntArray
    choices: Choices


@dataclass(frozen=True)
class Listed:
    """One row per choice: the mentee as a person and as text, the rank, the mentor as text, the line."""

    mentee: IntArray
    mentee_id: Coded
    rank: IntArray
    mentor_id: Coded
    line: IntArray


def read_preferences(table: Table, people: People, findings: Findings) -> Preferences | None:
    """Read either form; None where the header has neither."""
    before = len(findings.faults)
    wide = sorted(int(name.removeprefix("choice_")) for name in table.columns if name.startswith("choice_"))
    if wide and "mentor_id" in table.columns:
        findings.fault(table.file, f"has both mentor_id and choice_{wide[0]}{BOTH_FORMS}")
        return None
    if not table.require(("mentee_id",) if wide else LONG_FORM, findings, BOTH_FORMS):
        return None
    names = table["mentee_id"].coded()
    mentees = find_people(table, "mentee_id", names, people, findings)
    listed = (
        _unfold(table, wide, mentees, names, findings) if wide else _long_rows(table, mentees, names, findings)
    )
    mentor = people.find(listed.mentor_id)
    _report_repeats(listed, table, findings)
    if len(findings.faults) > before:
        return None
    _warn_of_misspelt_mentors(listed, np.flatnonzero(mentor < 0), people, table.file, findings)
    order = order_of(listed.mentee, listed.rank, *_by_id(listed.mentor_id, mentor, people))
    choices = Choices(listed.mentee[order], mentor[order], listed.rank[order], listed.mentor_id.ordered(order))
    return Preferences(np.unique(mentees), choices)


def _by_id(names: Coded, persons: IntArray, people: People) -> tuple[IntArray, IntArray]:
    """Two keys that sort by id: the person, or the gap between two persons, and the place among those unknown."""
    if (persons >= 0).all():
        return persons, persons
    unknown = {name: place for place, name in enumerate(sorted(set(names.texts) - people.index.keys()))}
    gaps = names.numbers(bisect.bisect_left(people.ids, name) if name in unknown else 0 for name in names.texts)
    places = names.numbers(unknown.get(name, 0) for name in names.texts)
    return np.where(persons < 0, 2 * gaps, 2 * persons + 1), places


def _rank(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= WORST_RANK:
        found = "is blank; expected" if not text else f"{text!r} is not"
        raise ValueError(f"{found} a whole number from 1 (first choice) to {WORST_RANK}")
    return int(text)


def _long_rows(table: Table, mentees: IntArray, names: Coded, findings: Findings) -> Listed:
    rank = parsed(table, "rank", _rank, findings, default=WORST_RANK)
    mentors = table["mentor_id"].coded()
    report_blanks(table, "mentor_id", mentors, findings)
    return Listed(mentees, names, rank, mentors, table.lines)


def _unfold(table: Table, numbers: list[int], mentees: IntArray, names: Coded, findings: Findings) -> Listed:
    """Wide rows as one row per choice; blank cells leave gaps in the ranks."""
    _report_second_rows(table, names, findings)
    rows, ranks, codes, texts = list[IntArray](), list[IntArray](), list[IntArray](), list[str]()
    for number in numbers:
        if not 1 <= number <= WORST_RANK:
            findings.fault(table.file, f"column choice_{number}: ranks go from 1 to {WORST_RANK}")
        cells = table[f"choice_{number}"].coded()
        rows.append(np.flatnonzero(cells.where(bool)))
        ranks.append(np.full(len(rows[-1]), number, dtype=np.int64))
        codes.append(cells.codes[rows[-1]] + len(texts))
        texts += cells.texts
    row = np.concatenate(rows)
    mentors = coded(np.concatenate(codes), texts)
    return Listed(
        mentees[row], Coded(names.codes[row], names.texts), np.concatenate(ranks), mentors, table.lines[row]
    )


def _report_second_rows(table: Table, names: Coded, findings: Findings) -> None:
    if len(names.texts) == len(names):
        return
    first: dict[str, int] = {}
    for row in range(len(names)):
        name, line = names[row], table.line(row)
        if first.setdefault(name, line) != line and name:
            message = f"{name!r} has a row already {table.at(first[name])}; expected one row per mentee"
            findings.fault(table.file, message, line, "mentee_id")


def _report_repeats(listed: Listed, table: Table, findings: Findings) -> None:
    named = listed.mentee_id.where(bool) & listed.mentor_id.where(bool)
    pair = listed.mentee_id.codes * len(listed.mentor_id.texts) + listed.mentor_id.codes
    order = order_of(pair)
    again = pair[order[1:]][pair[order[1:]] == pair[order[:-1]]]
    lines: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.isin(pair, again) & named).tolist():
        lines.setdefault(int(pair[row]), []).append(row)
    for first, *others in lines.values():
        for row in others:
            what = f"{listed.mentee_id[row]!r} lists {listed.mentor_id[row]!r} twice"
            message = f"{what} (already {table.at(int(listed.line[first]))}); expected each choice once"
            findings.fault(table.file, message, int(listed.line[row]))


def _warn_of_misspelt_mentors(
    listed: Listed, unknown: IntArray, people: People, file: str, findings: Findings
) -> None:
    """An unknown mentor is no fault (people leave), but an id that only looks different is worth a word."""
    for row in unknown.tolist():
        name = listed.mentor_id[row]
        if hint := people.hint(name) if people.whole and name not in people.torn else "":
            findings.warn(file, f"{name!r} is no employee{hint}", int(listed.line[row]), "mentor_id")

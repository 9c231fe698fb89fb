"""preferences.csv, one row per choice or one per mentee -> Choices; every fault with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matcher.input_people import People, find_people, objects, ordered, parsed, places_of
from matcher.model import BoolArray, Choices, IntArray
from matcher.tables import Findings, Table

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


def read_preferences(table: Table, people: People, findings: Findings) -> Preferences | None:
    """Read either form; None where the header has neither."""
    before = len(findings.faults)
    wide = sorted(int(name.removeprefix("choice_")) for name in table.columns if name.startswith("choice_"))
    if wide and "mentor_id" in table.columns:
        findings.fault(table.file, f"has both mentor_id and choice_{wide[0]}{BOTH_FORMS}")
        return None
    if not table.require(("mentee_id",) if wide else LONG_FORM, findings, BOTH_FORMS):
        return None
    mentees = find_people(table, "mentee_id", people, findings)
    listed = _unfold(table, wide, mentees, findings) if wide else _long_rows(table, mentees, findings)
    mentor = people.find(listed["mentor_id"].tolist())
    _report_repeats(listed, table.file, findings)
    if len(findings.faults) > before:
        return None
    _warn_of_misspelt_mentors(listed[mentor < 0], people, table.file, findings)
    columns = [listed[name].to_numpy(dtype=np.int64) for name in ("mentee", "rank")]
    order = np.lexsort((places_of(listed["mentor_id"].tolist()), columns[1], columns[0]))
    choices = Choices(
        mentee=columns[0][order],
        mentor=mentor[order],
        rank=columns[1][order],
        mentor_ids=ordered(listed["mentor_id"].tolist(), order),
    )
    return Preferences(np.unique(mentees), choices)


def _rank(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= WORST_RANK:
        found = "is blank; expected" if not text else f"{text!r} is not"
        raise ValueError(f"{found} a whole number from 1 (first choice) to {WORST_RANK}")
    return int(text)


def _long_rows(table: Table, mentees: IntArray, findings: Findings) -> pd.DataFrame:
    """One row per choice: mentee, rank, mentor_id, line."""
    rank = parsed(table, "rank", _rank, findings, default=WORST_RANK)
    for row in [row for row, name in enumerate(table["mentor_id"]) if not name]:
        findings.fault(table.file, "is blank", table.lines[row], "mentor_id")
    return _listed(mentees, table["mentee_id"], rank, table["mentor_id"], table.lines)


def _unfold(table: Table, numbers: list[int], mentees: IntArray, findings: Findings) -> pd.DataFrame:
    """Wide rows as one row per choice; blank cells leave gaps in the ranks."""
    first: dict[str, int] = {}
    for name, line in zip(table["mentee_id"], table.lines, strict=True):
        if first.setdefault(name, line) != line and name:
            message = f"{name!r} has a row already on line {first[name]}; expected one row per mentee"
            findings.fault(table.file, message, line, "mentee_id")
    parts = []
    for number in numbers:
        if not 1 <= number <= WORST_RANK:
            findings.fault(table.file, f"column choice_{number}: ranks go from 1 to {WORST_RANK}")
        cells = objects(table[f"choice_{number}"])
        rows = np.flatnonzero(cells != "")
        ranks = np.full(len(rows), number, dtype=np.int64)
        ids, lines = objects(table["mentee_id"])[rows], np.array(table.lines, dtype=np.int64)[rows]
        parts.append(_listed(mentees[rows], ids.tolist(), ranks, cells[rows].tolist(), lines.tolist()))
    return pd.concat(parts, ignore_index=True)


def _listed(
    mentees: IntArray, mentee_ids: list[str], ranks: IntArray, mentor_ids: list[str], lines: list[int]
) -> pd.DataFrame:
    texts = {"mentee_id": objects(mentee_ids), "mentor_id": objects(mentor_ids)}
    numbers = {"mentee": mentees, "rank": ranks, "line": np.array(lines, dtype=np.int64)}
    return pd.DataFrame({name: pd.Series(text, dtype=object) for name, text in texts.items()} | numbers)


def _report_repeats(listed: pd.DataFrame, file: str, findings: Findings) -> None:
    pair = ["mentee_id", "mentor_id"]
    named: BoolArray = (listed[pair] != "").all(axis=1).to_numpy(dtype=np.bool_)
    repeats = listed[listed.duplicated(pair, keep=False) & named]
    for (mentee, mentor), rows in repeats.groupby(pair, sort=False):
        first, *others = rows["line"].tolist()
        for line in others:
            message = f"{mentee!r} lists {mentor!r} twice (already on line {first}); expected each choice once"
            findings.fault(file, message, line)


def _warn_of_misspelt_mentors(unknown: pd.DataFrame, people: People, file: str, findings: Findings) -> None:
    """An unknown mentor is no fault (people leave), but an id that only looks different is worth a word."""
    for name, line in zip(unknown["mentor_id"], unknown["line"], strict=True):
        if hint := people.hint(name) if people.whole else "":
            findings.warn(file, f"{name!r} is no employee{hint}", int(line), "mentor_id")

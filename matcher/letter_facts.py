"""What a run says of each person, as far as letters tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, get_args

from matcher.errors import InputError
from matcher.explain_facts import Who
from matcher.explain_unmatched import Labels
from matcher.findings import Findings
from matcher.input_people import parsed
from matcher.model import Cohort, Outcome, Reason
from matcher.rematch_rows import RematchRows, coded, read_rematch
from matcher.run_reading import count_of, minute_of
from matcher.run_tables import CHOICES, PAIRS, SESSIONS, UNMATCHED, RunTables


class Meeting(NamedTuple):
    """A session of a pair, in minutes since 1970-01-01T00:00 UTC, and with whom it is."""

    start: int
    end: int
    other: str


class Choice(NamedTuple):
    """A choice of a mentee, and what became of it."""

    rank: int
    mentor: str
    outcome: str


class PairRow(NamedTuple):
    """A pair; rank 0 is a lock that was no choice."""

    mentee: str
    mentor: str
    rank: int
    locked: bool


class Alone(NamedTuple):
    """Why a mentee has no mentor, and who could be one."""

    reason: str
    suggestions: Sequence[str]


class Facts(NamedTuple):
    """What a run says of each person, by id."""

    as_mentee: Mapping[str, Sequence[PairRow]]
    as_mentor: Mapping[str, Sequence[PairRow]]
    meetings: Mapping[tuple[str, str], Sequence[Meeting]]
    """By who meets and in which role: `mentee` or `mentor`."""
    choices: Mapping[str, Sequence[Choice]]
    alone: Mapping[str, Alone]
    rematch: RematchRows | None = None
    """What has changed, for a rematch."""


def read_facts(cohort: Cohort, run: RunTables) -> Facts:
    """Read the tables of a run.

    Raises
    ------
    InputError
        If a cell is not as `matcher solve` writes it.
    """
    findings = Findings()
    pairs = _pairs(run, findings)
    meetings = _meetings(run, findings)
    choices = _choices(run, findings)
    reasons = coded(run, UNMATCHED, "reason", get_args(Reason), findings)
    if findings.faults:
        raise InputError(findings.faults)
    labels = Labels(cohort.employees, lambda key: Who(key, ""))
    rows = zip(run.texts(UNMATCHED, "mentee_id"), reasons, run.texts(UNMATCHED, "suggestions"), strict=True)
    return Facts(
        as_mentee=_grouped(pairs, "mentee"),
        as_mentor=_grouped(pairs, "mentor"),
        meetings=meetings,
        choices=choices,
        alone={
            mentee: Alone(reason, [who.employee_id for who in labels.people(names)])
            for mentee, reason, names in rows
        },
        rematch=read_rematch(run),
    )


def _pairs(run: RunTables, findings: Findings) -> list[PairRow]:
    rank = parsed(run.tables[PAIRS], "rank", _rank, findings).tolist()
    mentee, mentor, source = (run.texts(PAIRS, name) for name in ("mentee_id", "mentor_id", "source"))
    locked = [said == "locked" for said in source]
    return sorted(map(PairRow, mentee, mentor, rank, locked))


def _rank(text: str) -> int:
    return count_of(text) if text else 0


def _grouped(pairs: Sequence[PairRow], role: str) -> dict[str, list[PairRow]]:
    of = attrgetter(role)
    return {person: list(own) for person, own in groupby(sorted(pairs, key=of), key=of)}


def _meetings(run: RunTables, findings: Findings) -> dict[tuple[str, str], list[Meeting]]:
    table = run.tables[SESSIONS]
    start, end = (parsed(table, column, minute_of, findings).tolist() for column in ("start", "end"))
    mentee, mentor = (run.texts(SESSIONS, column) for column in ("mentee_id", "mentor_id"))
    found: dict[tuple[str, str], list[Meeting]] = {}
    for first, last, one, other in zip(start, end, mentee, mentor, strict=True):
        found.setdefault((one, "mentee"), []).append(Meeting(first, last, other))
        found.setdefault((other, "mentor"), []).append(Meeting(first, last, one))
    return {who: sorted(meetings) for who, meetings in found.items()}


def _choices(run: RunTables, findings: Findings) -> dict[str, list[Choice]]:
    rank = parsed(run.tables[CHOICES], "rank", count_of, findings).tolist()
    outcome = coded(run, CHOICES, "outcome", get_args(Outcome), findings)
    mentee, mentor = (run.texts(CHOICES, column) for column in ("mentee_id", "mentor_id"))
    found: dict[str, list[Choice]] = {}
    for person, choice in zip(mentee, map(Choice, rank, mentor, outcome), strict=True):
        found.setdefault(person, []).append(choice)
    return {person: sorted(own) for person, own in found.items()}

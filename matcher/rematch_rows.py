"""The tables of a rematch, read again from its run: for whom something changes, why, and session by session."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, get_args

from matcher.errors import InputError
from matcher.findings import Findings
from matcher.ics_write import one_line
from matcher.input_people import parsed
from matcher.model import Side
from matcher.rematch_changes import CHANGES as KINDS
from matcher.run_reading import count_of, minute_of
from matcher.run_tables import CHANGES, ENDED, MOVES, RunTables

Span = tuple[int, int]
"""Start and end of a session, in minutes since 1970-01-01T00:00 UTC."""
IdPair = tuple[str, str]
"""The employee_id of a mentee and of a mentor."""
MOVED = ("moved", "cancelled", "new")


class MovedRow(NamedTuple):
    """A session that is otherwise than planned: when it was to be and when it is now, None for not at all."""

    change: str
    before: Span | None
    now: Span | None


class ChangedRow(NamedTuple):
    """What becomes of a pair, its codes and sentence as they stand, and its sessions that are otherwise, by time.

    `by` says for an ended pair who refused or has left, "" where nobody says so; `kept` counts sessions from the
    date on that are held as planned.
    """

    mentee: str
    mentor: str
    change: str
    reason: str
    cause: str
    by: str
    kept: int
    moves: tuple[MovedRow, ...]


@dataclass(frozen=True)
class RematchRows:
    """A rematch: its date, every pair for which something changes, how many there are of each kind, and names."""

    as_of: dt.date
    changed: tuple[ChangedRow, ...]
    counts: Counter[str]
    names: dict[str, str]
    """Names of the people in the tables by id, of those who have left as well; "" for none."""


def read_rematch(run: RunTables) -> RematchRows | None:
    """Read what a rematch has changed; None for a run that is no rematch.

    Raises
    ------
    InputError
        With every cell that is not as `matcher rematch` writes it.
    """
    if run.summary.rematch is None:
        return None
    findings = Findings()
    as_of = run.summary.rematch.as_of
    moves, sides = _moves(run, findings), _sides(run, as_of, findings)
    change = coded(run, CHANGES, "change", KINDS, findings)
    held = parsed(run.tables[CHANGES], "sessions_kept", count_of, findings).tolist()
    columns = [run.texts(CHANGES, name) for name in ("mentee_id", "mentor_id", "reason", "cause")]
    changed = tuple(
        ChangedRow(
            mentee=mentee,
            mentor=mentor,
            change=kind,
            reason=reason,
            cause=one_line(cause),
            by=sides.get((mentee, mentor), "") if kind == "ended" else "",
            kept=kept,
            moves=tuple(moves.get((mentee, mentor), ())),
        )
        for mentee, mentor, reason, cause, kind, kept in zip(*columns, change, held, strict=True)
        if kind != "kept"
    )
    if findings.faults:
        raise InputError(findings.faults)
    return RematchRows(dt.date.fromisoformat(as_of), changed, Counter(change), _names(run))


def _names(run: RunTables) -> dict[str, str]:
    found: dict[str, str] = {}
    for role in ("mentee", "mentor"):
        names = map(one_line, run.texts(CHANGES, f"{role}_name"))
        found |= dict(zip(run.texts(CHANGES, f"{role}_id"), names, strict=True))
    return found


def _sides(run: RunTables, as_of: str, findings: Findings) -> dict[IdPair, str]:
    """Who refused or has left, of the pairs that this rematch has ended."""
    by = coded(run, ENDED, "by", get_args(Side), findings)
    columns = (run.texts(ENDED, name) for name in ("mentee_id", "mentor_id", "as_of"))
    rows = zip(*columns, by, strict=True)
    return {(mentee, mentor): side for mentee, mentor, date, side in rows if date == as_of}


def _moves(run: RunTables, findings: Findings) -> dict[IdPair, list[MovedRow]]:
    table = run.tables[MOVES]
    change = coded(run, MOVES, "change", MOVED, findings)
    times = [
        parsed(table, name, lambda text: minute_of(text) if text else -1, findings).tolist()
        for name in ("before_start", "before_end", "start", "end")
    ]
    ids = (run.texts(MOVES, name) for name in ("mentee_id", "mentor_id"))
    found: dict[IdPair, list[MovedRow]] = {}
    for kind, mentee, mentor, *span in zip(change, *ids, *times, strict=True):
        before, now = _span(*span[:2]), _span(*span[2:])
        found.setdefault((mentee, mentor), []).append(MovedRow(kind, before, now))
    return found


def _span(start: int, end: int) -> Span | None:
    return None if min(start, end) < 0 else (start, end)


def coded(run: RunTables, file: str, column: str, codes: Sequence[str], findings: Findings) -> list[str]:
    """The codes of a column; any other text is a fault, and the first code."""

    def place(text: str) -> int:
        if text not in codes:
            raise ValueError(f"{text!r} is not one of {', '.join(filter(None, codes))}")
        return codes.index(text)

    return [codes[code] for code in parsed(run.tables[file], column, place, findings).tolist()]

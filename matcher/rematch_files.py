"""What a rematch writes beside its solution: what it began with, who is affected, and what has ended."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from matcher.earlier import Repair
from matcher.model import Session, Solution
from matcher.plain_file import read_plain
from matcher.programme import day_date
from matcher.publication import PUBLISHED, latest_publication
from matcher.rematch_changes import ENDINGS, Change, Changes, Ending, Move, Numbered
from matcher.rematch_words import Sentences
from matcher.run_files import BOM, Beside, Cell, csv_lines
from matcher.run_plans import BEFORE, ENDED, ENDED_COLUMNS, HELD, KEPT_FILES, IdPair, frame_of

CHANGES, MOVES = "changes.csv", "moves.csv"
REMATCH_TABLES = (CHANGES, MOVES, ENDED, HELD)
CHANGE_COLUMNS = (
    *("mentee_id", "mentee_name", "mentor_id", "mentor_name", "change", "sessions_kept", "sessions_moved"),
    *("sessions_cancelled", "sessions_new", "reason", "cause"),
)
MOVE_COLUMNS = (
    *("mentee_id", "mentor_id", "change", "before_number", "before_start", "before_end", "number", "start", "end"),
    *("reason", "cause"),
)
HELD_COLUMNS = ("mentee_id", "mentor_id", "number", "start", "end", "minutes")


def make_beside(repair: Repair, solution: Solution, changes: Changes) -> Beside:
    """Make the files that a rematch has beside those of a run, and its part of summary.json."""
    before = {f"{BEFORE}/{file}": repair.plan.files[file] for file in KEPT_FILES if file in repair.plan.files}
    if published := latest_publication(Path(repair.plan.place)):
        before[f"{BEFORE}/{PUBLISHED}"] = read_plain(published)
    tables = _Tables(repair, changes)
    files = {file: tables.content(file) for file in REMATCH_TABLES}
    return Beside({**before, **files}, {"rematch": rematch_summary(repair, solution, changes)})


def rematch_summary(repair: Repair, solution: Solution, changes: Changes) -> dict[str, Any]:
    """What summary.json says of a rematch: its date, what it began with, and how much it changes."""
    frame, plan, kinds = frame_of(repair.cohort.programme), repair.plan, changes.counts()
    reasons = [ending.why.code for ending in changes.endings]
    employed = set(repair.cohort.employees.ids)
    paired = {solved.mentee for solved in solution.pairs}
    lost = {ending.ids[0] for ending in changes.endings} & employed
    ids = repair.cohort.employees.ids
    return {
        "as_of": day_date(repair.as_of).isoformat(),
        "earlier_as_of": None if plan.as_of is None else day_date(plan.as_of).isoformat(),
        "start": day_date(frame.start).isoformat(),
        "end": day_date(frame.end).isoformat(),
        "timezone": frame.zone,
        "before": {
            file: hashlib.sha256(plan.files[file]).hexdigest() for file in KEPT_FILES if file in plan.files
        },
        "agreed": len(repair.earlier.agreed),
        "kept": kinds["kept"] + kinds["moved"],
        "pairs_with_other_sessions": kinds["moved"],
        "ended": {reason: reasons.count(reason) for reason in ENDINGS if reason in reasons},
        "ended_for_others": reasons.count("for_others"),
        "new": kinds["new"],
        "mentees_who_lost_a_mentor": len(lost),
        "mentees_regained": len(lost & {ids[mentee] for mentee in paired}),
        "sessions_held": sum(len(agreed.held) for agreed in repair.earlier.agreed.values()),
        "sessions_kept": sum(change.kept for change in changes.changes),
        "sessions_moved": changes.sessions("moved"),
        "sessions_cancelled": changes.sessions("cancelled"),
        "sessions_cancelled_of_kept": sum(
            change.count("cancelled") for change in changes.changes if change.change == "moved"
        ),
        "sessions_new": changes.sessions("new"),
        "people_affected": len(changes.people() & employed),
    }


class _Tables:
    """The tables of a rematch as bytes."""

    def __init__(self, repair: Repair, changes: Changes) -> None:
        self.repair, self.found = repair, changes
        people = repair.cohort.employees
        self.names = dict(zip(people.ids, people.names, strict=True))
        for ids, planned in repair.plan.pairs.items():
            for person, name in zip(ids, (planned.mentee_name, planned.mentor_name), strict=True):
                self.names.setdefault(person, name)
        self.sentences = Sentences(repair.cohort.programme, self._label)
        self._local = cache(self._moment)  # many sessions start or end at the same time
        listed = zip(
            (people.ids[mentee] for mentee in repair.cohort.choices.mentee.tolist()),
            repair.cohort.choices.mentor_ids,
            strict=True,
        )
        self.ranks = dict(zip(listed, repair.cohort.choices.rank.tolist(), strict=True))

    def content(self, file: str) -> bytes:
        """The bytes of a table."""
        makers: Mapping[str, Callable[[], tuple[Sequence[str], list[Sequence[Cell]]]]] = {
            CHANGES: lambda: (CHANGE_COLUMNS, [self._change(change) for change in self.found.changes]),
            MOVES: lambda: (MOVE_COLUMNS, self._moves()),
            ENDED: lambda: (ENDED_COLUMNS, self._ended()),
            HELD: lambda: (HELD_COLUMNS, self._held()),
        }
        columns, rows = makers[file]()
        cells = zip(*rows, strict=True) if rows else [[] for _ in columns]
        table = dict(zip(columns, map(list, cells), strict=True))
        delimiter = self.repair.cohort.programme.output.delimiter
        return "".join([BOM, *csv_lines(table, delimiter)]).encode()

    def _label(self, person: str) -> str:
        name = self.names.get(person)
        return f"{name} ({person})" if name else person

    def _people(self, ids: IdPair) -> tuple[Cell, ...]:
        return ids[0], self.names.get(ids[0], ""), ids[1], self.names.get(ids[1], "")

    # --- rows ---------------------------------------------------------------------------------------------------

    def _change(self, change: Change) -> Sequence[Cell]:
        reasons = [move.why.code for move in change.moves] if change.change == "moved" else []
        if change.change in ("ended", "new") and change.why is not None:
            reasons = [change.why.code]
        counts = (change.count(kind) for kind in ("moved", "cancelled", "new"))
        told = "; ".join(dict.fromkeys(reasons)), self.sentences.of_change(change)
        return (*self._people(change.ids), change.change, change.kept, *counts, *told)

    def _moves(self) -> list[Sequence[Cell]]:
        """Session by session, in order of time: when it was to be, or is to be where it was not."""
        moves = [move for change in self.found.changes for move in change.moves]
        return [self._move(move) for move in sorted(moves, key=_when)]

    def _move(self, move: Move) -> Sequence[Cell]:
        return (
            *move.ids,
            move.change,
            *self._numbered(move.before),
            *self._numbered(move.now),
            move.why.code,
            self.sentences.of_move(move),
        )

    def _numbered(self, session: Numbered | None) -> tuple[Cell, ...]:
        if session is None:
            return None, None, None
        return session[0], self._local(session[1].start), self._local(session[1].end)

    def _ended(self) -> list[Sequence[Cell]]:
        """The pairs that have ended, those of earlier rematches as they stood there."""
        rows: list[tuple[Cell, ...]] = [*self.repair.plan.ended, *map(self._ending, self.found.endings)]
        return [*sorted(rows, key=lambda row: (row[0], row[2], row[5]))]

    def _ending(self, ending: Ending) -> tuple[Cell, ...]:
        planned = self.repair.plan.pairs[ending.ids]
        days = [self._local(session.start)[:10] for session in ending.held]
        return (
            *(ending.ids[0], planned.mentee_name, ending.ids[1], planned.mentor_name, planned.rank),
            day_date(planned.start).isoformat(),
            "" if ending.last_day is None else day_date(ending.last_day).isoformat(),
            str(len(days)),
            *((days[0], days[-1]) if days else ("", "")),
            *(ending.why.code, ending.by, day_date(self.repair.as_of).isoformat()),
        )

    def _held(self) -> list[Sequence[Cell]]:
        """The sessions held of all pairs that have ended."""
        held: dict[IdPair, list[Session]] = {ids: list(own) for ids, own in self.repair.plan.held.items()}
        for ending in self.found.endings:
            held.setdefault(ending.ids, []).extend(ending.held)
        rows = [
            (session.start, (*ids, number, self._local(session.start), self._local(session.end), session.minutes))
            for ids, sessions in held.items()
            for number, session in enumerate(sorted(sessions), 1)
        ]
        return [row for _, row in sorted(rows, key=lambda found: (found[0], found[1][:2]))]

    def _moment(self, instant: int) -> str:
        moment = dt.datetime.fromtimestamp(instant * 60, tz=self.repair.cohort.programme.zone)
        return moment.isoformat(timespec="minutes")


def _when(move: Move) -> tuple[int, IdPair, int]:
    first = move.before or move.now
    assert first is not None  # noqa: S101 - one of the two is there
    return first[1].start, move.ids, first[0]

"""A whole run folder, read for those who tell of it: its tables, its summary, its certificate."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError, field_validator

from matcher.errors import InputError, MatcherError, reason
from matcher.findings import Findings
from matcher.plain_file import read_plain_text
from matcher.run_files import CERTIFICATE, SUMMARY
from matcher.run_reading import plain_text, run_table
from matcher.tables import Table

PAIRS, SESSIONS, CHOICES, UNMATCHED = "pairs.csv", "sessions.csv", "choices.csv", "unmatched.csv"
BOTTLENECKS, WAITING = "bottlenecks.csv", "waiting.csv"
CHANGES, MOVES, ENDED = "changes.csv", "moves.csv", "ended.csv"
OF_REMATCH = (CHANGES, MOVES, ENDED)
"""Tables of runs with a key `rematch` in summary.json."""
NOT_ALWAYS = (BOTTLENECKS, WAITING)
"""Tables that older runs do not have."""
COLUMNS = {
    PAIRS: ("mentee_id", "mentor_id", "rank", "sessions", "source"),
    SESSIONS: ("mentee_id", "mentor_id", "number", "start", "end"),
    CHOICES: ("mentee_id", "mentor_id", "rank", "outcome", "detail"),
    UNMATCHED: ("mentee_id", "reason", "explanation"),
    BOTTLENECKS: (
        *("mentor_id", "places", "mentees", "wanted", "group", "group_mentors", "group_mentees", "group_places"),
        *("shortage", "gain_mentees", "gain_pairs", "gain_ranks", "gain_proven"),
    ),
    WAITING: ("place", "mentee_id", "priority", "lost"),
    CHANGES: ("mentee_id", "mentor_id", "change", "sessions_kept", "reason"),
    MOVES: ("mentee_id", "mentor_id", "change", "before_start", "before_end", "start", "end"),
    ENDED: ("mentee_id", "mentor_id", "reason", "by", "as_of"),
}  # fmt: skip
MORE = {  # columns that older runs do not have, or that a run can be told of without
    PAIRS: (
        *("mentee_name", "mentor_name", "level_gap", "same_function", "first_session", "last_session"),
        *("start", "end", "standing"),
    ),
    SESSIONS: ("minutes",),
    CHOICES: ("standing",),
    UNMATCHED: (
        *("name", "eligible_choices", "competitors", "places", "smallest_change", "suggestions", "group"),
        "contested_mentors",
    ),
    BOTTLENECKS: ("name", "gain_priority"),
    WAITING: ("name", "reason"),
    CHANGES: (
        *("mentee_name", "mentor_name", "sessions_moved", "sessions_cancelled", "sessions_new"),
        "cause",
    ),
    MOVES: ("before_number", "number", "reason", "cause"),
    ENDED: ("mentee_name", "mentor_name", "rank", "start", "end", "sessions", "first_session", "last_session"),
}  # fmt: skip


GoalName = Literal[
    "kept", "mentees", "pairs", "priority", "moved", "unlisted", "rank", "sessions", "minutes", "preferred",
    "regularity",
]  # fmt: skip


class GoalFigures(BaseModel):
    """A goal of summary.json."""

    name: GoalName
    value: int | list[int]
    bound: int | list[int] | None = None
    status: Literal["optimal", "feasible"]
    kind: str | None = None


class Options(BaseModel):
    """What was set on the command line."""

    set: dict[str, Any] = {}


class RematchFigures(BaseModel):
    """What summary.json says of a rematch, as far as it is told."""

    as_of: str

    @field_validator("as_of")
    @classmethod
    def _date(cls, text: str) -> str:
        dt.date.fromisoformat(text)
        return text


class Summary(BaseModel):
    """What is wanted of summary.json."""

    status: str
    goals: list[GoalFigures]
    counts: dict[str, Any] = {}
    seed: int
    cut_short: bool = False
    inputs: dict[str, str]
    versions: dict[str, str] = {}
    options: Options = Options()
    rematch: RematchFigures | None = None

    def goal(self, name: str) -> GoalFigures | None:
        """The goal of this name, if the run had it."""
        return next((goal for goal in self.goals if goal.name == name), None)


class Certificate(BaseModel):
    """What is wanted of certificate.json."""

    goals: list[str]
    value: list[int]
    bound: list[int]


def beside_going_on(summary: Summary, certificate: Certificate | None) -> bool:
    """Whether the places that a run has too few of are those beside pairs that go on.

    That is so after a rematch that held such pairs like locks; else the certificate weighs going on like a goal.
    """
    return summary.rematch is not None and certificate is not None and "kept" not in certificate.goals


@dataclass(frozen=True)
class RunTables:
    """The tables of a run by file name, as they stand (some only if they are there), and its figures."""

    run: Path
    tables: Mapping[str, Table]
    summary: Summary
    certificate: Certificate | None

    @property
    def places_left(self) -> bool:
        """Whether places that are too few are those `beside_going_on`."""
        return beside_going_on(self.summary, self.certificate)

    def texts(self, file: str, column: str) -> list[str]:
        """The cells of a column without protecting apostrophes; blank where the run has no such column."""
        return list(map(plain_text, self.tables[file][column].texts()))


# --- reading ------------------------------------------------------------------------------------------------


def read_run(run: Path) -> RunTables:
    """Read the files of a run.

    Raises
    ------
    InputError, MatcherError
        If a file is missing or is not as `matcher solve` writes it.
    """
    summary = read_summary(run)
    certificate = _json(run, CERTIFICATE, Certificate) if (run / CERTIFICATE).exists() else None
    findings = Findings()
    files = [file for file in COLUMNS if _has(run, file, summary)]
    tables = {file: _table(run, file, findings) for file in files}
    if findings.faults:
        raise InputError(findings.faults)
    readable = {file: table for file, table in tables.items() if table is not None}
    return RunTables(run, readable, summary, certificate)


def _has(run: Path, file: str, summary: Summary) -> bool:
    """Whether a run has the table, or ought to have it."""
    if file in OF_REMATCH:
        return summary.rematch is not None
    return file not in NOT_ALWAYS or (run / file).exists()


def read_summary(run: Path) -> Summary:
    """Read what summary.json says; MatcherError as in `read_run`."""
    if not run.is_dir():
        raise MatcherError(f"{run}: no such run folder (expected what 'matcher solve' wrote)")
    return _json(run, SUMMARY, Summary)


def _table(run: Path, file: str, findings: Findings) -> Table | None:
    return run_table(run, file, COLUMNS[file], findings, optional=MORE[file], place=str(run / file))


_Model = TypeVar("_Model", bound=BaseModel)


def _json(run: Path, file: str, model: type[_Model]) -> _Model:
    """Read a JSON file; one that is not as it should be is an error that names the key."""
    try:
        text = read_plain_text(run / file)
    except OSError as error:
        raise MatcherError(f"{run / file}: cannot be read ({reason(error)})") from None
    except ValueError:
        raise MatcherError(f"{run / file}: is not text in UTF-8") from None
    try:
        data = json.loads(text)
        return model.model_validate(data, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the whole"
        raise MatcherError(f"{run / file}: {key} is not what 'matcher solve' writes ({first['msg']})") from None
    except (ValueError, RecursionError) as error:
        raise MatcherError(f"{run / file}: is no JSON ({error})") from None

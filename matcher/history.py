"""Runs of earlier quarters -> what they leave: who was left out how often in a row, and who has met whom.

A run keeps what it was told so in history.csv, so that nobody needs the old runs again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.carry_over import with_history
from matcher.errors import Fault, InputError, MatcherError
from matcher.findings import Findings
from matcher.input_people import day_of, parsed
from matcher.model import Cohort, History
from matcher.plain_file import read_plain, read_plain_text
from matcher.programme import day_date, day_number
from matcher.run_files import HISTORY, SUMMARY
from matcher.run_plans import ENDED, HELD, PAIRS, SESSIONS, IdPair, as_of_day, frame_told, summary_of
from matcher.run_reading import count_of, minute_of, run_table
from matcher.run_tables import read_summary
from matcher.tables import Table

UNMATCHED = "unmatched.csv"
READ = {
    PAIRS: ("mentee_id", "mentor_id", "start", "end"),
    SESSIONS: ("mentee_id", "mentor_id", "start"),
    UNMATCHED: ("mentee_id",),
    ENDED: ("mentee_id", "mentor_id"),
    HELD: ("mentee_id", "mentor_id", "start"),
}
"""The tables of a run that are read, with their columns; the last two are of rematches."""
OF_REMATCHES = (ENDED, HELD)
WRITTEN = ("mentee_id", "mentor_id", "last_session", "lost")
SOME = 3  # names that a message gives as examples


@dataclass(frozen=True)
class Quarter:
    """What a run says of its quarter, people by id.

    `start` is the programme's first day and `as_of` the date of the rematch that made it, None for a first run
    (both days since 1970-01-01). `met` gives the minutes at which the sessions of each pair start.
    """

    place: str
    start: int
    as_of: int | None
    paired: frozenset[str]
    unmatched: frozenset[str]
    met: Mapping[IdPair, tuple[int, ...]]
    noted: Mapping[str, Any]

    @property
    def people(self) -> set[str]:
        """Everybody who is named."""
        return {*self.paired, *self.unmatched, *(one for pair in self.met for one in pair)}


@dataclass(frozen=True)
class Carried:
    """A cohort with its history, and what a lead should know of that."""

    cohort: Cohort
    warnings: tuple[Fault, ...]


def read_history(cohort: Cohort, runs: Sequence[Path]) -> Carried:
    """Read the runs of earlier quarters, and put what they leave into the cohort.

    Of several runs of one quarter that of the latest rematch counts. People who are no employees now are left out.

    Raises
    ------
    InputError
        With everything that is wrong in all of the runs: tables that cannot be used, a quarter that does not begin
        before this programme, two runs of one quarter of which neither is the later rematch.
    MatcherError
        If one of them is no run.
    """
    findings = Findings()
    quarters = [quarter for run in runs if (quarter := _read_quarter(cohort, run, findings)) is not None]
    _refuse_late(cohort, quarters, findings)
    latest = _latest(quarters, findings)
    if findings.faults:
        raise InputError(findings.faults)
    _warn_of_strangers(cohort, latest, findings)
    quarters.sort(key=lambda quarter: (quarter.start, quarter.as_of or quarter.start))
    history = History(_lost(cohort, latest), _past(cohort, latest), tuple(quarter.noted for quarter in quarters))
    return Carried(with_history(cohort, history), tuple(findings.warnings))


# --- what follows -------------------------------------------------------------------------------------------


def _lost(cohort: Cohort, quarters: Sequence[Quarter]) -> dict[int, int]:
    """How often in a row each mentee was left out, in the latest quarters in which he took part."""
    lost = {}
    for mentee in cohort.mentees.tolist():
        name, times = cohort.employees.ids[mentee], 0
        for quarter in reversed(quarters):
            if name in quarter.paired:
                break
            times += name in quarter.unmatched
        if times:
            lost[mentee] = times
    return lost


def _past(cohort: Cohort, quarters: Sequence[Quarter]) -> dict[tuple[int, int], int]:
    """The pairs of employees that have met, with the day of their last session before the programme."""
    index = {name: person for person, name in enumerate(cohort.employees.ids)}
    zone, first = cohort.programme.zone, day_number(cohort.programme.frame.start)
    days = dict[int, int]()

    def day(minute: int) -> int:
        if minute not in days:
            days[minute] = day_number(dt.datetime.fromtimestamp(minute * 60, zone).date())
        return days[minute]

    found = dict[tuple[int, int], int]()
    for (mentee, mentor), minutes in ((pair, quarter.met[pair]) for quarter in quarters for pair in quarter.met):
        before = [when for when in map(day, minutes) if when < first]
        if before and mentee in index and mentor in index:
            pair = index[mentee], index[mentor]
            found[pair] = max(found.get(pair, before[0]), *before)
    return {pair: found[pair] for pair in sorted(found)}


def _latest(quarters: Sequence[Quarter], findings: Findings) -> list[Quarter]:
    """Of each quarter the run that counts, the earliest quarter first."""
    latest = dict[int, Quarter]()
    for quarter in quarters:
        other = latest.setdefault(quarter.start, quarter)
        if other is quarter:
            continue
        if quarter.as_of == other.as_of:
            findings.fault(
                quarter.place,
                f"is of the same quarter (from {day_date(quarter.start)}) as {other.place}; "
                "give the run that was in force at its end",
            )
        elif (quarter.as_of or 0) > (other.as_of or 0):
            latest[quarter.start] = quarter
    return [latest[start] for start in sorted(latest)]


def _refuse_late(cohort: Cohort, quarters: Iterable[Quarter], findings: Findings) -> None:
    start = cohort.programme.frame.start
    for quarter in quarters:
        if quarter.start >= day_number(start):
            message = f"begins on {day_date(quarter.start)}, but the programme to be planned on {start}"
            findings.fault(quarter.place, f"{message}; only earlier quarters are its history")


def _warn_of_strangers(cohort: Cohort, quarters: Iterable[Quarter], findings: Findings) -> None:
    known = set(cohort.employees.ids)
    for quarter in quarters:
        gone = sorted(quarter.people - known)
        if gone:
            some = ", ".join(map(repr, gone[:SOME])) + (", ..." if len(gone) > SOME else "")
            who = "person is no employee" if len(gone) == 1 else "people are no employees"
            findings.warn(quarter.place, f"{len(gone)} {who} now ({some}) and left out of the history")


# --- reading a run ------------------------------------------------------------------------------------------


def _read_quarter(cohort: Cohort, run: Path, findings: Findings) -> Quarter | None:
    """What a run says; None where that cannot be used, which is a fault."""
    read_summary(run)  # says what is wrong with it
    before = len(findings.faults)
    files = [file for file in READ if file not in OF_REMATCHES or (run / file).exists()]
    tables = {file: run_table(run, file, READ[file], findings, place=str(run / file)) for file in files}
    if len(findings.faults) > before:
        return None
    read = {file: table for file, table in tables.items() if table is not None}
    as_of, zone = as_of_day(run), cohort.programme.frame.timezone
    frame = frame_told(summary_of(run), _days(read[PAIRS], "start"), _days(read[PAIRS], "end"), zone)
    if frame is None:
        findings.fault(
            str(run), "does not tell on which day its programme begins: neither summary.json nor pairs.csv"
        )
        return None
    start, met = frame.start, _met(read, findings)
    if len(findings.faults) > before:
        return None
    sums = {file: hashlib.sha256(read_plain(run / file)).hexdigest() for file in (*files, SUMMARY)}
    noted = {"name": run.resolve().name, "start": day_date(start).isoformat()}
    if as_of is not None:
        noted["as_of"] = day_date(as_of).isoformat()
    paired = frozenset(read[PAIRS]["mentee_id"].texts())
    unmatched = frozenset(read[UNMATCHED]["mentee_id"].texts()) - paired
    return Quarter(str(run), start, as_of, paired, unmatched, met, {**noted, "files": dict(sorted(sums.items()))})


def _days(table: Table, column: str) -> list[int]:
    """The dates of a column, as far as they are some."""
    return [day for text in table[column].texts() if (day := day_of(text)) is not None]


def _met(tables: Mapping[str, Table], findings: Findings) -> dict[IdPair, tuple[int, ...]]:
    """At which minutes each pair has its sessions."""
    met = dict[IdPair, list[int]]()
    for file in (SESSIONS, HELD):
        if file in tables:
            for pair, minute in _meetings(tables[file], findings):
                met.setdefault(pair, []).append(minute)
    return {pair: tuple(met[pair]) for pair in sorted(met)}


def _meetings(table: Table, findings: Findings) -> Iterator[tuple[IdPair, int]]:
    minutes = parsed(table, "start", minute_of, findings).tolist()
    yield from zip(zip(table["mentee_id"].texts(), table["mentor_id"].texts(), strict=True), minutes, strict=True)


# --- what a run keeps ---------------------------------------------------------------------------------------


def kept_history(cohort: Cohort, run: Path) -> Cohort:
    """The cohort with the history that a run of it was solved with; as it is where there was none.

    It also stays as it is where history.csv is damaged: what is damaged is for the check to report.
    """
    try:
        return with_history(cohort, _kept(cohort, run))
    except (MatcherError, OSError, ValueError, KeyError, TypeError, RecursionError):
        return cohort


def _kept(cohort: Cohort, run: Path) -> History | None:
    summary = json.loads(read_plain_text(run / SUMMARY))
    if "history" not in summary:
        return None
    findings = Findings()
    table = run_table(run, HISTORY, WRITTEN, findings)
    if table is None:
        raise InputError(findings.faults)
    index = {name: person for person, name in enumerate(cohort.employees.ids)}
    lost, past = dict[int, int](), dict[tuple[int, int], int]()
    columns = (table[column].texts() for column in WRITTEN)
    mentees = set(cohort.mentees.tolist())
    for mentee, mentor, last, times in zip(*columns, strict=True):
        pair, day = (index.get(mentee, -1), index.get(mentor, -1)), day_of(last)
        if mentor and day is None:
            raise ValueError(last)
        if day is not None and min(pair) >= 0:  # who has left since is left out
            past[pair] = day
        elif not mentor and pair[0] in mentees:
            lost[pair[0]] = count_of(times)
    runs = summary["history"]["runs"]
    return History(lost, past, tuple(dict(one) for one in runs))

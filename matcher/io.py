"""A cohort folder -> Cohort: reads every file, and reports all faults of all files at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from matcher.cadence import Cadence, make_cadence
from matcher.errors import Fault, InputError
from matcher.findings import Findings, did_you_mean
from matcher.input_holidays import (
    HOLIDAYS,
    HOLIDAYS_KNOWN,
    HOLIDAYS_REQUIRED,
    company_days,
    known_public_days,
)
from matcher.input_letters import LETTERS, LETTERS_KNOWN, LETTERS_REQUIRED, read_letters
from matcher.input_pairs import PAIRS_KNOWN, PAIRS_REQUIRED, Decided, check_locks, read_pairs
from matcher.input_people import (
    EMPLOYEES_KNOWN,
    EMPLOYEES_REQUIRED,
    People,
    read_employees,
    read_people,
)
from matcher.input_preferences import PREFERENCES_KNOWN, Preferences, read_preferences
from matcher.input_programme import FILE as PROGRAMME
from matcher.input_programme import parse_override, read_programme
from matcher.input_times import AVAILABILITY_COLUMNS, BUSY_COLUMNS, read_availability, read_busy
from matcher.model import Availability, Busy, Cohort, Employees, IntArray, LetterText, SpecialDay
from matcher.plans import attainable
from matcher.programme import Programme
from matcher.tables import Table, read_table

__all__ = ["input_hashes", "parse_override", "read_cohort"]

EMPLOYEES, PREFERENCES = "employees.csv", "preferences.csv"
AVAILABILITY, BUSY, PAIRS = "availability.csv", "busy.csv", "pairs.csv"
REQUIRED = {
    PROGRAMME: "the programme's start, end and rules",
    EMPLOYEES: "employee_id, function and level of everybody",
    PREFERENCES: "the mentees' choices: mentee_id, rank, mentor_id",
}
FILES = (*REQUIRED, AVAILABILITY, BUSY, HOLIDAYS, PAIRS, LETTERS)
TABLE_SUFFIXES = (".csv", ".txt", ".tsv", ".toml", ".xls", ".xlsx")
REPEATS_SHOWN = 5

T = TypeVar("T")


@dataclass(frozen=True)
class Parts:
    """What the files gave; None where a file is missing or at fault."""

    programme: Programme | None
    employees: Employees | None
    preferences: Preferences | None
    availability: Availability | None
    busy: Busy | None
    company_days: tuple[SpecialDay, ...]
    decided: Decided | None
    letters: Mapping[tuple[str, str], LetterText]


def read_cohort(folder: str | Path, overrides: Mapping[str, Any] | None = None) -> Cohort:
    """Read and check a cohort folder.

    Parameters
    ----------
    folder
        Holds programme.toml, employees.csv, preferences.csv and perhaps availability.csv, busy.csv, holidays.csv,
        pairs.csv, letters.csv.
    overrides
        Values that replace those of programme.toml, by dotted key: `{"sessions.minutes": 30}`.

    Returns
    -------
    The cohort in canonical order: the order of rows and columns in the files makes no difference.

    Raises
    ------
    InputError
        With every fault of every file.
    """
    findings, overrides = Findings(), dict(overrides or {})
    data = _read_files(Path(folder), findings)
    inputs = _hashes(data)
    parts = _read_parts(data, overrides, findings)
    cohort = _assemble(parts, inputs, overrides, str(folder), findings)
    if cohort is None or findings.faults:
        raise InputError(_collapsed(findings.faults))
    return cohort


def input_hashes(folder: str | Path) -> dict[str, str]:
    """SHA-256 of every input file of a cohort folder that can be read and decides on anything, by name."""
    return _hashes(_read_files(Path(folder), Findings()))


def _hashes(data: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in data.items() if name != LETTERS}


# --- files --------------------------------------------------------------------------------------------------


def _read_files(folder: Path, findings: Findings) -> dict[str, bytes]:
    """Bytes of every file that is there; what is missing or cannot be read is a fault."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "there is no such folder"
        expected = f"expected a folder with {', '.join(REQUIRED)}; 'matcher init' makes an example"
        raise InputError([Fault(str(folder), f"{what}; {expected}")])
    try:
        present = {path.name: path for path in sorted(folder.iterdir())}
    except OSError as error:
        raise InputError([Fault(str(folder), f"cannot be opened ({error.strerror})")]) from None
    data: dict[str, bytes] = {}
    hints = _misspelt(present)
    for name in FILES:
        if name not in present:
            _report_missing(name, hints, findings)
            continue
        try:
            data[name] = present[name].read_bytes()
        except OSError as error:
            what = "is a folder, not a file" if present[name].is_dir() else f"cannot be read ({error.strerror})"
            findings.fault(name, what)
    return data


def _misspelt(present: Mapping[str, Path]) -> dict[str, str]:
    """Files that look as if they were meant: the table's name -> the name found."""
    stems = {Path(name).stem: name for name in FILES if name not in present}
    hints: dict[str, str] = {}
    for name, path in present.items():
        if name in FILES or name.startswith((".", "~")) or path.suffix.casefold() not in TABLE_SUFFIXES:
            continue
        for stem, wanted in stems.items():
            if did_you_mean(path.stem, [stem], cutoff=0.8):
                hints.setdefault(wanted, name)
    return hints


def _report_missing(name: str, hints: Mapping[str, str], findings: Findings) -> None:
    found = hints.get(name)
    if name in REQUIRED:
        hint = f"found {found!r}: was it meant?" if found else "'matcher init' makes an example"
        findings.fault(name, f"is missing (it holds {REQUIRED[name]}); {hint}")
    elif found:
        findings.warn(found, f"is not read; did you mean {name!r}?")


# --- tables -------------------------------------------------------------------------------------------------


def _read_parts(data: dict[str, bytes], overrides: Mapping[str, Any], findings: Findings) -> Parts:
    """Read every file, going on after faults; people are only called unknown where all employees are known."""
    programme = read_programme(data[PROGRAMME], overrides, findings) if PROGRAMME in data else None
    table = _table(data, EMPLOYEES, EMPLOYEES_KNOWN, findings, required=EMPLOYEES_REQUIRED)
    people, employees = People((), whole=False), None
    if table is not None:
        people = read_people(table, findings)
        employees = read_employees(table, people, programme, findings)
    chosen = _table(data, PREFERENCES, PREFERENCES_KNOWN, findings)
    hours = _table(data, AVAILABILITY, AVAILABILITY_COLUMNS, findings, required=AVAILABILITY_COLUMNS)
    appointments = _table(data, BUSY, BUSY_COLUMNS, findings, required=BUSY_COLUMNS)
    special = _table(data, HOLIDAYS, HOLIDAYS_KNOWN, findings, required=HOLIDAYS_REQUIRED)
    pairs = _table(data, PAIRS, PAIRS_KNOWN, findings, required=PAIRS_REQUIRED)
    letters = _table(data, LETTERS, LETTERS_KNOWN, findings, required=LETTERS_REQUIRED)
    return Parts(
        programme,
        employees,
        None if chosen is None else read_preferences(chosen, people, findings),
        None if hours is None else read_availability(hours, people, findings),
        None if appointments is None else read_busy(appointments, people, employees, findings),
        company_days(special, programme, findings),
        None if pairs is None else read_pairs(pairs, people, programme, findings),
        {} if letters is None else read_letters(letters, findings),
    )


def _table(
    data: dict[str, bytes],
    file: str,
    known: tuple[str, ...],
    findings: Findings,
    required: tuple[str, ...] = (),
) -> Table | None:
    # The bytes are let go of here, so that they are not kept for longer than their table.
    table = read_table(data.pop(file), file, known, findings) if file in data else None
    return table if table is not None and table.require(required, findings) else None


def _assemble(
    parts: Parts, inputs: Mapping[str, str], overrides: Mapping[str, Any], folder: str, findings: Findings
) -> Cohort | None:
    """Put the parts together and look for contradictions between them; None if a part is missing."""
    if parts.programme is not None:
        check_cadence(parts.programme, make_cadence(parts.programme), findings)
    if parts.programme is None or parts.employees is None or parts.preferences is None:
        return None
    decided = parts.decided or Decided({}, {})
    check_locks(decided, parts.programme, parts.employees, parts.preferences, findings)
    countries = [parts.employees.countries[place] for place in np.unique(parts.employees.country)]
    public = known_public_days(countries, parts.programme, parts.company_days, findings)
    mentees = _mentees(parts.preferences, decided)
    if not len(mentees):
        findings.warn(PREFERENCES, "names no mentee; there is nobody to pair")
    return Cohort(
        programme=parts.programme,
        employees=parts.employees,
        mentees=mentees,
        choices=parts.preferences.choices,
        availability=parts.availability or Availability(*_no_rows(5)),
        busy=parts.busy or _no_busy(),
        decisions=decided.decisions,
        public_days=public,
        company_days=parts.company_days,
        letters=parts.letters,
        warnings=_collapsed(findings.warnings),
        inputs=inputs,
        overrides=overrides,
        folder=folder,
    )


def _mentees(preferences: Preferences, decided: Decided) -> IntArray:
    locked = np.array([mentee for mentee, _ in decided.lock_lines], dtype=np.int64)
    return np.union1d(preferences.mentees, locked).astype(np.int64)


def _no_rows(columns: int) -> list[IntArray]:
    return [np.zeros(0, dtype=np.int64) for _ in range(columns)]


def _no_busy() -> Busy:
    person, start, end = _no_rows(3)
    flags = np.zeros(0, dtype=np.bool_)
    return Busy(person, start, end, flags, flags)


def _collapsed(faults: list[Fault]) -> tuple[Fault, ...]:
    """The faults, where one that repeats on many lines of a column is told a few times, then counted."""
    lines: dict[tuple[str, str, str | None], list[Fault]] = {}
    for fault in faults:
        lines.setdefault((fault.file, fault.message, fault.column), []).append(fault)
    kept = []
    for (file, message, column), same in lines.items():
        kept += same[:REPEATS_SHOWN]
        if len(same) > REPEATS_SHOWN:
            more = f"{message} (and {len(same) - REPEATS_SHOWN} more lines, up to line {same[-1].line})"
            kept[-1] = Fault(file, more, kept[-1].line, column)
    return tuple(sorted(kept, key=lambda fault: (_file_order(fault.file), fault.line or 0)))


def _file_order(file: str) -> int:
    return FILES.index(file) if file in FILES else -1


# --- contradictions in the programme ------------------------------------------------------------------------


def check_cadence(programme: Programme, cadence: Cadence, findings: Findings) -> None:
    """Report frequency rules that no pair could meet even if both were free every day."""
    rules = programme.sessions
    months = f"max_months_between {rules.max_months_between} ({rules.month_rule})"
    every_day = np.ones((1, programme.days), dtype=bool)
    most = int(attainable(every_day, replace(cadence, minimum=1))[0].nonzero()[0].max(initial=0))
    if most == 0:
        message = (
            f"no schedule from {programme.frame.start} to {programme.frame.end} can keep both "
            f"min_days_between {rules.min_days_between} and {months}; allow shorter distances or longer gaps"
        )
        findings.fault(PROGRAMME, message, column="sessions")
    elif most < rules.minimum:
        message = (
            f"{rules.minimum} sessions do not fit between {programme.frame.start} and {programme.frame.end} "
            f"at least {rules.min_days_between} days apart (at most {most} do)"
        )
        findings.fault(PROGRAMME, message, column="sessions.minimum")

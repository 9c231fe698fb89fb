"""A cohort, folder or workbook -> Cohort: reads every table, and reports all faults of all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from matcher.as_needed import missing_numbers
from matcher.cadence import Cadence, make_cadence
from matcher.cohort_files import PROGRAMME, Given, hashes, open_cohort
from matcher.cohort_tables import CohortTables, programme_settings
from matcher.errors import Fault, InputError
from matcher.findings import Findings
from matcher.input_employees import read_employees, read_people
from matcher.input_holidays import company_days, known_public_days
from matcher.input_letters import read_letters
from matcher.input_pairs import Decided, check_locks, read_pairs
from matcher.input_people import People
from matcher.input_preferences import Preferences, read_preferences
from matcher.input_programme import make_programme, parse_override
from matcher.input_times import read_absences, read_availability, read_busy
from matcher.memory import Memory
from matcher.model import (
    Absences,
    Availability,
    Busy,
    Cohort,
    Employees,
    IntArray,
    LetterText,
    SpecialDay,
    no_absences,
)
from matcher.plans import attainable
from matcher.programme import Programme
from matcher.readings import FORMS
from matcher.tables import Table

__all__ = ["input_hashes", "parse_override", "read_cohort", "read_given"]

REPEATS_SHOWN = 5
MOST_SINGLE = 100_000  # faults that are told one by one


@dataclass(frozen=True)
class Parts:
    """What the files gave; None where a file is missing or at fault."""

    programme: Programme | None
    employees: Employees | None
    preferences: Preferences | None
    availability: Availability | None
    busy: Busy | None
    absences: Absences | None
    company_days: tuple[SpecialDay, ...]
    decided: Decided | None
    letters: Mapping[tuple[str, str], LetterText]


def read_cohort(folder: str | Path, overrides: Mapping[str, Any] | None = None) -> Cohort:
    """Read and check a cohort folder.

    Parameters
    ----------
    folder
        Holds programme.toml, employees.csv, preferences.csv and perhaps availability.csv, busy.csv,
        absences.csv, holidays.csv, pairs.csv, letters.csv; or a workbook with sheets of these names.
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
    findings = Findings()
    return read_given(open_cohort(folder, findings), overrides or {}, findings)


def read_given(
    given: Given, overrides: Mapping[str, Any], findings: Findings, memory: Memory | None = None
) -> Cohort:
    """Read and check the tables of a cohort that was opened, and let go of them.

    `findings` are those of opening it. What is read of tables is kept in `memory`, and found there by the next
    cohort that has the same ones. Otherwise as `read_cohort`.
    """
    parts = _read_parts(given, overrides, findings, memory)
    cohort = _assemble(parts, given, dict(overrides), findings, memory)
    if cohort is None or findings.faults:
        single = _in_order(findings.faults[:MOST_SINGLE], given)
        raise InputError(_collapsed(findings.faults, given), _understood(findings, given), single)
    return cohort


def input_hashes(folder: str | Path) -> dict[str, str]:
    """SHA-256 of every input file of a cohort that can be read, by name."""
    return hashes(folder)


# --- tables -------------------------------------------------------------------------------------------------


def _read_parts(given: Given, overrides: Mapping[str, Any], findings: Findings, memory: Memory | None) -> Parts:
    """Read every table, going on after faults; people are only called unknown where all employees are known."""
    programme, tables = open_tables(given, overrides, findings, memory)
    people, employees = read_everybody(tables, programme, findings)
    zones = None if employees is None else (employees.zones, employees.zone.tobytes())
    preferences = tables.records("preferences", lambda table: read_preferences(table, people, findings), people)
    hours = tables.records("availability", lambda table: read_availability(table, people, findings), people)
    busy = tables.records("busy", lambda table: read_busy(table, people, employees, findings), people, by=zones)
    away = tables.records("absences", lambda table: read_absences(table, people, findings), people)
    special, pairs = tables.table("holidays"), tables.table("pairs", people)
    letters = tables.table("letters")
    tables.warn_of_unused_titles()
    return Parts(
        programme,
        employees,
        preferences,
        hours,
        busy,
        away,
        company_days(special, programme, findings),
        None if pairs is None else read_pairs(pairs, people, programme, findings),
        {} if letters is None else read_letters(letters, findings),
    )


def open_tables(
    given: Given, overrides: Mapping[str, Any], findings: Findings, memory: Memory | None = None
) -> tuple[Programme | None, CohortTables]:
    """The programme, None where it is missing or at fault, and the other tables to be read by its words."""
    missing = PROGRAMME not in given.parts
    settings = programme_settings(given, findings)
    programme = None if missing else make_programme(settings, overrides, findings)
    return programme, CohortTables(given, settings, programme, findings, memory)


def read_everybody(
    tables: CohortTables, programme: Programme | None, findings: Findings
) -> tuple[People, Employees | None]:
    """The employees by name, and their records, None where these are at fault."""
    found = tables.records("employees", lambda table: _named(table, findings))
    if found is None:
        return People((), whole=False), None
    table, people = found
    return people, read_employees(tables.with_people(table, people), people, programme, findings)


def _named(table: Table, findings: Findings) -> tuple[Table, People]:
    """The employees by name; each column is read once, so that how its cells were understood is kept, too."""
    people = read_people(table, findings)
    for name in FORMS["employees"]:
        if name in table.columns and table.columns[name].reader is not None:
            table.columns[name].coded()
    return table, people


def _assemble(
    parts: Parts, given: Given, overrides: Mapping[str, Any], findings: Findings, memory: Memory | None
) -> Cohort | None:
    """Put the parts together and look for contradictions between them; None if a part is missing."""
    if parts.programme is not None:
        check_cadence(parts.programme, make_cadence(parts.programme), given.label(PROGRAMME), findings)
    if parts.programme is None or parts.employees is None or parts.preferences is None:
        return None
    decided = parts.decided or Decided({}, {})
    check_locks(decided, parts.programme, parts.employees, parts.preferences, findings)
    mentees = _mentees(parts.preferences, decided)
    for fault in missing_numbers(parts.programme, parts.employees, mentees):
        findings.fault(given.label(PROGRAMME), fault.message, column=fault.column)
    countries = [parts.employees.countries[place] for place in np.unique(parts.employees.country)]
    public = known_public_days(countries, parts.programme, parts.company_days, findings)
    if not len(mentees):
        findings.warn(given.label("preferences"), "names no mentee; there is nobody to pair")
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
        absences=parts.absences or no_absences(),
        letters=parts.letters,
        warnings=_collapsed(findings.warnings, given),
        understood=_understood(findings, given),
        inputs=given.inputs,
        overrides=overrides,
        folder=str(given.path),
        sources=given.sources,
        memory=memory,
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


def _collapsed(faults: list[Fault], given: Given) -> tuple[Fault, ...]:
    """The faults, where one that repeats on many lines of a column is told a few times, then counted."""
    lines: dict[tuple[str, str, str | None], list[Fault]] = {}
    for fault in faults:
        lines.setdefault((fault.file, fault.message, fault.column), []).append(fault)
    kept = []
    for (file, message, column), same in lines.items():
        kept += same[:REPEATS_SHOWN]
        if len(same) > REPEATS_SHOWN:
            word = given.word(file)
            more = f"{message} (and {len(same) - REPEATS_SHOWN} more {word}s, up to {word} {same[-1].line})"
            kept[-1] = Fault(file, more, kept[-1].line, column)
    return _in_order(kept, given)


def _in_order(faults: list[Fault], given: Given) -> tuple[Fault, ...]:
    """By table and line, each in its sheet and cell."""
    ordered = sorted(faults, key=lambda fault: (given.order(fault.file), fault.line or 0))
    return tuple(map(given.placed, ordered))


def _understood(findings: Findings, given: Given) -> tuple[Fault, ...]:
    """How the tables were understood, table by table."""
    notes = sorted(findings.understood, key=lambda note: given.order(note.file))
    return tuple(map(given.placed, notes))


# --- contradictions in the programme ------------------------------------------------------------------------


def check_cadence(programme: Programme, cadence: Cadence, file: str, findings: Findings) -> None:
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
        findings.fault(file, message, column="sessions")
    elif most < rules.minimum:
        message = (
            f"{rules.minimum} sessions do not fit between {programme.frame.start} and {programme.frame.end} "
            f"at least {rules.min_days_between} days apart (at most {most} do)"
        )
        findings.fault(file, message, column="sessions.minimum")

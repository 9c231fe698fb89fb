"""A cohort, kept as it was given -> the cohort of any case: other keys, other rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matcher.cohort_files import PROGRAMME, Given, open_cohort
from matcher.cohort_tables import programme_settings
from matcher.errors import Fault, InputError, reason
from matcher.findings import Findings
from matcher.input_programme import OVERRIDES, Settings, make_programme
from matcher.io import read_given
from matcher.memory import Memory
from matcher.model import Cohort
from matcher.plain_file import read_plain
from matcher.scenario_cases import BASE, Case
from matcher.scenario_changes import Made, changed_tables, make_changes
from matcher.scenario_file import read_file
from matcher.scenario_filters import Tables
from matcher.scenario_grid import count_cases, expand
from matcher.scenario_keys import Place
from matcher.scenario_names import folded
from matcher.scenario_settings import check_settings
from matcher.scenario_tables import Source
from matcher.scenario_writing import file_of, put_tables, toml_lines

__all__ = ["Base", "Case", "Scenarios", "check_cases", "read_scenarios"]


@dataclass(frozen=True)
class Base:
    """The tables of a cohort as they were given, and the keys set for all cases; other processes can take it.

    What is read for changes of tables is kept, but does not travel.
    """

    given: Given
    findings: Findings
    overrides: Mapping[str, Any]
    _sources: dict[str, Source] = field(default_factory=dict, init=False, repr=False, compare=False)
    _memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)

    @classmethod
    def open(cls, folder: str | Path, overrides: Mapping[str, Any] | None = None) -> Base:
        """Open a cohort without reading its tables; InputError if there is none."""
        findings = Findings()
        return cls(open_cohort(folder, findings), findings, dict(overrides or {}))

    def __reduce__(self) -> tuple[type[Base], tuple[Given, Findings, Mapping[str, Any]]]:
        """Travel without what was read."""
        return Base, (self.given, self.findings, self.overrides)

    def cohort(self, case: Case) -> Cohort:
        """Read the cohort of a case.

        Raises
        ------
        InputError
            With every fault of every table, as the case has it.
        """
        changed = self.changed(case)
        given, overrides = put_tables(self.fresh(), changed), {**self.overrides, **case.settings}
        names = [f"{table}.csv" for table in changed]
        label = given.label(PROGRAMME)
        try:
            cohort = read_given(given, overrides, self._noted(), self._memory)
        except InputError as error:
            faults, single = (
                [_of_settings(_of_tables(one, case, names), case, label) for one in found]
                for found in (error.faults, error.single)
            )
            raise InputError(faults, error.understood, single) from None
        if not changed:
            return cohort
        return replace(cohort, warnings=tuple(_of_tables(one, case, names) for one in cohort.warnings))

    def inputs(self, case: Case) -> dict[str, str]:
        """SHA-256 of every input file that decides on anything, as the summary of a run of the case has them."""
        return put_tables(self.fresh(), self.changed(case)).inputs

    def changed(self, case: Case) -> dict[str, bytes]:
        """The files of the tables that a case changes, by table.

        A workbook of which a table is changed becomes a folder: then these are all of its tables.
        """
        return {} if not case.changes else self._files(self.tables(case), case)

    def files(self, case: Case) -> dict[str, bytes]:
        """The cohort of a case as files of a folder, by name; a workbook that it leaves alone is one file."""
        parts = put_tables(self.fresh(), self.changed(case)).parts.values()
        return {
            part.file: part.content if isinstance(part.content, bytes) else part.content.data for part in parts
        }

    def tables(self, case: Case, file: str | None = None) -> Tables:
        """The tables of a case before its changes are made; `file` is where faults of these are."""
        settings = self.settings()
        programme = make_programme(settings, {**self.overrides, **case.settings}, Findings())
        if programme is None:  # the case sets what no programme takes
            programme = make_programme(settings, self.overrides, Findings())
        assert programme is not None  # noqa: S101 - the settings are good
        words = (programme.columns, programme.input)
        source = self._sources.setdefault(repr(words), Source(self.fresh, settings, programme))
        return Tables(source, programme, file or f"case {case.name!r}", case.seed)

    def effects(self, case: Case) -> list[Made]:
        """Each change of a case, with the number of rows that it is about."""
        return make_changes(self.tables(case), case.changes)

    def _files(self, tables: Tables, case: Case) -> dict[str, bytes]:
        make_changes(tables, case.changes)
        if tables.faults:
            raise InputError(tables.faults)
        rows = changed_tables(tables)
        files = {table: file_of(found) for table, found in rows.items()}
        if files and self.given.workbook is not None:
            for table, part in self.given.parts.items():
                if table not in files and part.sheet is not None:
                    files[table] = self._as_file(table, tables)
        return files

    def _as_file(self, table: str, tables: Tables) -> bytes:
        """A sheet as a file."""
        if table == PROGRAMME:
            return ("\n".join(toml_lines(tables.source.settings.values)) + "\n").encode()
        return tables.source.file(table)

    def settings(self) -> Settings:
        """What the programme says, before a case sets anything; InputError where that is not good."""
        given, findings = self.fresh(), self._noted()
        settings = programme_settings(given, findings)
        if settings is not None:
            make_programme(settings, self.overrides, findings)
        if settings is None or findings.faults:
            raise InputError([given.placed(found) for found in findings.faults])
        return settings

    def fresh(self) -> Given:
        """The tables again: reading lets go of them."""
        given = self.given
        return replace(given, parts=dict(given.parts), labels=dict(given.labels), places={})

    def _noted(self) -> Findings:
        """What was found when the cohort was opened, to be added to."""
        found = self.findings
        return Findings(list(found.faults), list(found.warnings), list(found.understood))


def _of_tables(fault: Fault, case: Case, changed: Collection[str]) -> Fault:
    """A fault of a table that the case has changed, as one of the case."""
    return replace(fault, file=f"{fault.file} as case {case.name!r} has it") if fault.file in changed else fault


def _of_settings(fault: Fault, case: Case, programme: str) -> Fault:
    """A fault of a key that the case sets, or of the section of one, as one of the case."""
    key = (fault.column or "").partition(",")[0]
    if fault.file == OVERRIDES and key in case.settings:
        return replace(fault, file=f"case {case.name!r}")
    sections = {name.partition(".")[0] for name in case.settings}
    if fault.file == programme and key.partition(".")[0] in sections:
        return replace(fault, file=f"{programme} with what case {case.name!r} sets")
    return fault


@dataclass(frozen=True)
class Scenarios:
    """The cases of a file, the cohort as it is first; `file` and `sha256` tell which file it was.

    `warnings` are of what was read otherwise than as it stands.
    """

    cases: tuple[Case, ...]
    file: str
    sha256: str
    warnings: tuple[Fault, ...] = ()

    def named(self, name: str) -> tuple[Case, ...]:
        """The case of this name, or all that its grid and its seeds make of it; capitals make no difference."""
        exact = [case for case in self.cases if folded(case.name) == folded(name)]
        return tuple(exact or [case for case in self.cases if folded(case.origin) == folded(name)])

    def changing(self) -> dict[str, Case]:
        """The first case of each that changes tables, by what the file calls it."""
        return {case.origin: case for case in reversed(self.cases) if case.changes}


def read_scenarios(path: str | Path, base: Base) -> Scenarios:
    """Read a file of scenarios, and check all of it against the cohort.

    Parameters
    ----------
    path
        A file such as scenarios.toml; its form is told in docs/scenarios.md.
    base
        The cohort that the cases change.

    Returns
    -------
    Every case: a grid is one for each combination of its values, a case with draws one for each seed.

    Raises
    ------
    InputError
        With every fault of the file, each with its key, or with those of the cohort.
    """
    path = Path(path)
    settings = base.settings()
    try:
        data = read_plain(path)
    except (OSError, ValueError) as error:
        what = "is a folder, not a file" if path.is_dir() else f"cannot be read ({_reason(error)})"
        raise InputError([Fault(str(path), what)]) from None
    findings = Findings()
    written = read_file(data, path.name, findings)
    _stop_at(findings)
    count_cases(written, Place(findings, path.name))
    _stop_at(findings)
    cases = expand(written)
    check_settings(settings, base.overrides, cases, {case.name: case for case in written})
    scenarios = Scenarios(cases, path.name, hashlib.sha256(data).hexdigest(), tuple(findings.warnings))
    for case in scenarios.changing().values():
        tables = base.tables(case, path.name)  # with the first of its seeds
        make_changes(tables, case.changes)
        findings.faults.extend(tables.faults)
    _stop_at(findings)
    return scenarios


def check_cases(scenarios: Scenarios, base: Base, progress: Callable[[str], None] | None = None) -> None:
    """Read the cohort as it is, and as each case has it that changes tables, by the first of its seeds.

    Raises
    ------
    InputError
        With the faults of the cohort, or with those of all cases.
    """
    base.cohort(Case(BASE))
    faults: list[Fault] = []
    for origin, case in scenarios.changing().items():
        if progress:
            progress(f"reading the cohort of case {origin}")
        try:
            base.cohort(case)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)


def _reason(error: Exception) -> str:
    return reason(error)


def _stop_at(findings: Findings) -> None:
    if findings.faults:
        raise InputError(findings.faults)

"""A cohort, kept as it was given -> the cohort of any case: other keys, other rows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matcher.cohort_files import PROGRAMME, Given, open_cohort
from matcher.cohort_tables import programme_settings
from matcher.errors import Fault, InputError
from matcher.findings import Findings
from matcher.input_programme import OVERRIDES, Settings, make_programme
from matcher.io import read_given
from matcher.model import Cohort
from matcher.scenario_cases import Case
from matcher.scenario_changes import Made, changed_tables, make_changes
from matcher.scenario_file import read_file
from matcher.scenario_filters import Tables
from matcher.scenario_grid import count_cases, expand
from matcher.scenario_keys import Place
from matcher.scenario_settings import check_settings
from matcher.scenario_tables import Source, file_of, put_tables, toml_lines

__all__ = ["Base", "Case", "Scenarios", "read_scenarios"]


@dataclass(frozen=True)
class Base:
    """The tables of a cohort as they were given, and the keys set for all cases; other processes can take it.

    What is read for changes of tables is kept, but does not travel.
    """

    given: Given
    findings: Findings
    overrides: Mapping[str, Any]
    _sources: dict[str, Source] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        try:
            return read_given(given, overrides, self._noted())
        except InputError as error:
            names = [f"{table}.csv" for table in changed]
            raise InputError(
                [_of_case(fault, case, names) for fault in error.faults],
                error.understood,
                [_of_case(fault, case, names) for fault in error.single],
            ) from None

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
        return file_of(tables.rows(table))

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
        return replace(
            given, parts=dict(given.parts), inputs=dict(given.inputs), labels=dict(given.labels), places={}
        )

    def _noted(self) -> Findings:
        """What was found when the cohort was opened, to be added to."""
        found = self.findings
        return Findings(list(found.faults), list(found.warnings), list(found.understood))


def _of_case(fault: Fault, case: Case, changed: Collection[str]) -> Fault:
    """A fault of a table or key that the case has changed, as one of the case."""
    if fault.file in changed:
        return replace(fault, file=f"{fault.file} as case {case.name!r} has it")
    key = (fault.column or "").partition(",")[0]
    return (
        replace(fault, file=f"case {case.name!r}") if fault.file == OVERRIDES and key in case.settings else fault
    )


@dataclass(frozen=True)
class Scenarios:
    """The cases of a file, the cohort as it is first; `file` and `sha256` tell which file it was."""

    cases: tuple[Case, ...]
    file: str
    sha256: str

    def case(self, name: str) -> Case | None:
        """The case of this name, if there is one."""
        return next((case for case in self.cases if case.name == name), None)

    def only(self, case: Case) -> Scenarios:
        """The same file with one case."""
        return replace(self, cases=(case,))


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
        data = path.read_bytes()
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
    for case in {case.origin: case for case in reversed(cases) if case.changes}.values():
        tables = base.tables(case, path.name)  # with the first of its seeds
        make_changes(tables, case.changes)
        findings.faults.extend(tables.faults)
    _stop_at(findings)
    return Scenarios(cases, path.name, hashlib.sha256(data).hexdigest())


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _stop_at(findings: Findings) -> None:
    if findings.faults:
        raise InputError(findings.faults)

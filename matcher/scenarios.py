"""A cohort, kept as it was given -> the cohort of any case: other keys, other rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matcher.cohort_files import Given, open_cohort
from matcher.cohort_tables import programme_settings
from matcher.errors import Fault, InputError
from matcher.findings import Findings
from matcher.input_programme import Settings, make_programme
from matcher.io import read_given
from matcher.model import Cohort
from matcher.scenario_cases import Case
from matcher.scenario_file import read_file
from matcher.scenario_grid import count_cases, expand
from matcher.scenario_keys import Place
from matcher.scenario_settings import check_settings

__all__ = ["Base", "Case", "Scenarios", "read_scenarios"]


@dataclass(frozen=True)
class Base:
    """The tables of a cohort as they were given, and the keys set for all cases; other processes can take it."""

    given: Given
    findings: Findings
    overrides: Mapping[str, Any]

    @classmethod
    def open(cls, folder: str | Path, overrides: Mapping[str, Any] | None = None) -> Base:
        """Open a cohort without reading its tables; InputError if there is none."""
        findings = Findings()
        return cls(open_cohort(folder, findings), findings, dict(overrides or {}))

    def cohort(self, case: Case) -> Cohort:
        """Read the cohort of a case.

        Raises
        ------
        InputError
            With every fault of every table, as the case has it.
        """
        if case.changes:
            raise NotImplementedError
        return read_given(self._fresh(), {**self.overrides, **case.settings}, self._noted())

    def programme(self) -> Settings:
        """What the programme says, before a case sets anything; InputError where that is not good."""
        given, findings = self._fresh(), self._noted()
        settings = programme_settings(given, findings)
        if settings is not None:
            make_programme(settings, self.overrides, findings)
        if settings is None or findings.faults:
            raise InputError([given.placed(found) for found in findings.faults])
        return settings

    def _fresh(self) -> Given:
        """The tables again: reading lets go of them."""
        given = self.given
        return replace(
            given, parts=dict(given.parts), inputs=dict(given.inputs), labels=dict(given.labels), places={}
        )

    def _noted(self) -> Findings:
        """What was found when the cohort was opened, to be added to."""
        found = self.findings
        return Findings(list(found.faults), list(found.warnings), list(found.understood))


@dataclass(frozen=True)
class Scenarios:
    """The cases of a file, the cohort as it is first; `file` and `sha256` tell which file it was."""

    cases: tuple[Case, ...]
    file: str
    sha256: str

    def case(self, name: str) -> Case | None:
        """The case of this name, if there is one."""
        return next((case for case in self.cases if case.name == name), None)


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
    settings = base.programme()
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
    _stop_at(findings)
    return Scenarios(cases, path.name, hashlib.sha256(data).hexdigest())


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _stop_at(findings: Findings) -> None:
    if findings.faults:
        raise InputError(findings.faults)

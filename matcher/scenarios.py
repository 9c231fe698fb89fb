"""A cohort, kept as it was given -> the cohort of any case: other keys, other rows."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matcher.cohort_files import Given, open_cohort
from matcher.cohort_tables import programme_settings
from matcher.errors import Fault, InputError
from matcher.findings import Findings
from matcher.input_programme import make_programme
from matcher.io import read_given
from matcher.model import Cohort
from matcher.programme import Programme


@dataclass(frozen=True)
class Case:
    """What differs from the cohort as it is.

    `name` is unique among the cases of a sweep, also without regard to case, and fit for a folder on every system.
    `settings` are values of programme keys by dotted name, as `--set` gives them.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


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

    def inputs(self, case: Case) -> Mapping[str, str]:  # noqa: ARG002 - tables cannot be changed yet
        """SHA-256 of every input file of a case that decides on anything, as its summary will have them."""
        return self.given.inputs

    def programme(self, case: Case) -> Programme | None:
        """The rules of a case; None where they are at fault."""
        fresh = replace(self.given, parts=dict(self.given.parts), places={})
        found = Findings()
        settings = programme_settings(fresh, found)
        return make_programme(settings, {**self.overrides, **case.settings}, found)

    def cohort(self, case: Case) -> Cohort:
        """Read the cohort of a case.

        Raises
        ------
        InputError
            With every fault of every table, as the case has it.
        """
        given, findings = self.given, self.findings
        fresh = replace(given, parts=dict(given.parts), labels=dict(given.labels), places={})
        noted = Findings(list(findings.faults), list(findings.warnings), list(findings.understood))
        return read_given(fresh, {**self.overrides, **case.settings}, noted)


@dataclass(frozen=True)
class Scenarios:
    """The cases of a file, `base` first."""

    cases: tuple[Case, ...]


def read_scenarios(path: str | Path, base: Base) -> Scenarios:  # noqa: ARG001 - to check keys and tables
    """Read cases from a file: for now keys only, `[case.NAME.set]` and `[grid]`."""
    try:
        content = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise InputError([Fault(str(path), f"cannot be read ({error.strerror})")]) from None
    cases = [Case("base")]
    for name, case in content.get("case", {}).items():
        cases.append(Case(name, _flat(case.get("set", {})), case.get("about", "")))
    grid = _flat(content.get("grid", {}))
    for values in itertools.product(*grid.values()) if grid else ():
        settings = dict(zip(grid, values, strict=True))
        parts = [f"{key.rpartition('.')[2]}={value}" for key, value in settings.items()]
        name = re.sub(r"[^A-Za-z0-9._+=,-]", "_", ",".join(["grid", *parts]))
        cases.append(Case(name, settings))
    return Scenarios(tuple(cases))


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return flat

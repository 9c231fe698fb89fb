"""A cohort, kept as it was given -> the cohort of any case: other keys, other rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matcher.cohort_files import Given, open_cohort
from matcher.findings import Findings
from matcher.io import read_given
from matcher.memory import Memory
from matcher.model import Cohort


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
    _memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[type[Base], tuple[Given, Findings, Mapping[str, Any]]]:
        """Travel without what was read so far: it is read anew in the other process."""
        return Base, (self.given, self.findings, self.overrides)

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
        given, findings = self.given, self.findings
        fresh = replace(given, parts=dict(given.parts), labels=dict(given.labels), places={})
        noted = Findings(list(findings.faults), list(findings.warnings), list(findings.understood))
        return read_given(fresh, {**self.overrides, **case.settings}, noted, self._memory)

"""Keys of the file of scenarios: where each stands, and what it may hold; faults are noted with the whole key."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.findings import Findings, did_you_mean


@dataclass(frozen=True)
class Place:
    """A key of the file; `path` is what messages call it, such as `case.sales.change[1].where.function`."""

    findings: Findings
    file: str
    path: str = ""

    def key(self, name: str) -> Place:
        """A key in the table at this place."""
        word = name if re.fullmatch(r"[\w-]+", name, re.ASCII) else '"' + name.replace('"', '\\"') + '"'
        return Place(self.findings, self.file, f"{self.path}.{word}" if self.path else word)

    def dotted(self, name: str) -> Place:
        """A dotted key of the programme in the table at this place."""
        return Place(self.findings, self.file, f"{self.path}.{name}" if self.path else name)

    def entry(self, number: int) -> Place:
        """An entry of the list at this place; the first is 1."""
        return Place(self.findings, self.file, f"{self.path}[{number}]")

    @property
    def faults(self) -> int:
        """How many there are so far, in the whole file."""
        return len(self.findings.faults)


def fault(at: Place, message: str) -> None:
    """Note what is wrong with a key."""
    at.findings.fault(at.file, message, column=at.path or None)


def shown(value: object) -> str:
    """A value as it stands in the file, near enough to be found there."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if isinstance(value, dt.date | dt.time) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def known_keys(table: Mapping[str, Any], known: Collection[str], at: Place) -> None:
    """Every other key of a table is a fault."""
    for key in table:
        if key not in known:
            close = did_you_mean(key, known, cutoff=0.6) or f"; keys are {', '.join(known)}"
            fault(at.key(key), f"unknown key{close}")


def table_at(value: object, at: Place, example: str) -> dict[str, Any]:
    """The table that a key must hold; empty where it holds something else."""
    if isinstance(value, dict):
        return value
    fault(at, f"must be a table like {example} (got {shown(value)})")
    return {}


def whole_at(value: object, at: Place, least: int) -> int | None:
    """The whole number that a key must hold; None where it holds something else."""
    if type(value) is int and least <= value < 2**63:
        return value
    fault(at, f"must be a whole number of at least {least} (got {shown(value)})")
    return None


def text_at(value: object, at: Place) -> str:
    """The text that a key must hold; empty where it holds something else."""
    if isinstance(value, str):
        return value
    fault(at, f"must be text in quotes (got {shown(value)})")
    return ""


def flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Keys of the programme by their dotted names, whether they are nested or quoted.

    >>> flat({"capacity": {"mentees_per_mentor": 3}, "sessions.minutes": 30})
    {'capacity.mentees_per_mentor': 3, 'sessions.minutes': 30}
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def told_as(value: object) -> str | None:
    """A value as a cell of a table holds it; None for what no cell holds."""
    match value:
        case bool():
            text: str | None = str(value).lower()
        case str():
            text = value.strip()
        case float():
            text = str(int(value)) if value.is_integer() else repr(value)
        case dt.datetime():
            text = value.isoformat(timespec="seconds" if value.second or value.microsecond else "minutes")
        case dt.time():
            text = value.isoformat(timespec="seconds" if value.second else "minutes")
        case dt.date():
            text = value.isoformat()
        case _:
            text = str(value) if isinstance(value, int) else None
    return text

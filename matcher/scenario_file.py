"""The file of scenarios -> its cases as they are written, each with its grid; every fault of it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matcher.findings import Findings, did_you_mean
from matcher.input_programme import KEYS as PROGRAMME_KEYS
from matcher.input_programme import is_title_key, parse_toml
from matcher.scenario_cases import BASE, Change
from matcher.scenario_entries import read_changes
from matcher.scenario_keys import Place, fault, flat, known_keys, shown, table_at, text_at, whole_at
from matcher.scenario_names import folded, name_trouble, written

TOP_KEYS = ("case", "grid", "sample")
CASE_KEYS = ("about", "set", "change", "seeds", "grid", "sample")
GRID = "grid"
EXAMPLE = "[case.three] with set.capacity.mentees_per_mentor = 3"
HINT = (
    f"a case looks like: {EXAMPLE}; names with other letters than a to z, or with spaces, stand in quotation marks"
)


@dataclass(frozen=True)
class Sample:
    """How many of all combinations of a grid are taken, drawn by a seed."""

    number: int
    seed: int


@dataclass(frozen=True)
class Written:
    """A case as the file has it, before its grid and its seeds make many of it.

    `settings` and `grid` are by dotted key, `places` where each of these keys stands. `seeds` is None where the
    case has none.
    """

    name: str
    place: Place
    about: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    sample: Sample | None = None
    seeds: Sequence[int] | None = None
    places: Mapping[str, Place] = field(default_factory=dict)


def read_file(data: bytes, file: str, findings: Findings) -> list[Written]:
    """Read what the file says, case by case in its order; what is wrong is noted with its key."""
    values = parse_toml(data, file, HINT, findings)
    if values is None:
        return []
    top = Place(findings, file)
    known_keys(values, TOP_KEYS, top)
    cases = []
    if "case" in values:
        at = top.key("case")
        for name, case in table_at(values["case"], at, EXAMPLE).items():
            cases.append(_case(name, table_at(case, at.key(name), "{ set = ... }"), at.key(name)))
    if GRID in values:
        cases.append(_case(GRID, {key: values[key] for key in (GRID, "sample") if key in values}, top))
    elif "sample" in values:
        fault(top.key("sample"), "there is no grid beside it to take a sample of")
    if not cases and not findings.faults:
        fault(top, f"has no case; expected {EXAMPLE}, or [grid]")
    _report_names(cases)
    return cases


def _report_names(cases: Sequence[Written]) -> None:
    """Names must be fit for folders, and differ also without regard to case."""
    seen: dict[str, str] = {}
    for case in cases:
        name = folded(case.name)
        if trouble := name_trouble(case.name):
            fault(case.place, f"the name {case.name!r} {trouble}")
        elif name == BASE:
            fault(case.place, "'base' is the cohort as it is, and always the first case; choose another name")
        elif name in seen:
            fault(case.place, f"{case.name!r} and {seen[name]!r} would have one folder; choose another name")
        seen.setdefault(name, case.name)


def _case(name: str, case: Mapping[str, Any], at: Place) -> Written:
    before = at.faults
    known_keys(case, CASE_KEYS, at)
    places: dict[str, Place] = {}
    settings = _settings(case["set"], at.key("set"), places) if "set" in case else {}
    grid = _grid(case[GRID], at.key(GRID), places) if GRID in case else {}
    seeds = _seeds(case["seeds"], at.key("seeds")) if "seeds" in case else None
    changes = read_changes(case["change"], at.key("change")) if "change" in case else ()
    sample = _sample(case["sample"], at.key("sample")) if "sample" in case else None
    if "sample" in case and GRID not in case:
        fault(at.key("sample"), "there is no grid beside it to take a sample of")
    drawn = [change for change in changes if change.draw is not None]
    if drawn and "seeds" not in case:
        fault(at, 'draws, but has no seeds to draw by; expected seeds = "1..50", or a list like [1, 2, 3]')
    elif "seeds" in case and not drawn and at.faults == before:
        fault(at.key("seeds"), "nothing is drawn by them: no change has a draw")
    about = text_at(case["about"], at.key("about")) if "about" in case else ""
    return Written(name, at, about, settings, changes, grid, sample, seeds, places)


def _settings(value: object, at: Place, places: dict[str, Place]) -> dict[str, Any]:
    """Values of programme keys; unknown keys are faults."""
    table = table_at(value, at, "{ capacity.mentees_per_mentor = 3 }")
    found = flat(table)
    if len(found) < _leaves(table):
        fault(at, "gives a key twice, once in a table and once as a dotted key")
    for key in found:
        places[key] = at.dotted(key)
        if key not in PROGRAMME_KEYS and not is_title_key(key):
            fault(at.dotted(key), f"there is no such key of the programme{_near(key)}")
    if isinstance(value, dict) and not found:
        fault(at, "is empty; expected keys of the programme like capacity.mentees_per_mentor = 3")
    return {key: setting for key, setting in found.items() if key in PROGRAMME_KEYS or is_title_key(key)}


def _leaves(table: Mapping[str, Any]) -> int:
    return sum(_leaves(value) if isinstance(value, dict) else 1 for value in table.values())


def _near(key: str) -> str:
    homes = [known for known in PROGRAMME_KEYS if known.rpartition(".")[2] == key.rpartition(".")[2]]
    return f"; did you mean {homes[0]!r}?" if homes else did_you_mean(key, PROGRAMME_KEYS)


def _grid(value: object, at: Place, places: dict[str, Place]) -> dict[str, Sequence[Any]]:
    """The values of each key; every combination is a case."""
    found: dict[str, Sequence[Any]] = {}
    for key, values in _settings(value, at, places).items():
        if not isinstance(values, list) or not values:
            fault(at.dotted(key), f"must be a list of values, one for each case (got {shown(values)})")
        elif len(set(map(written, values))) < len(values):
            fault(at.dotted(key), f"holds a value twice: {shown(values)}")
        else:
            found[key] = values
    return found


def _sample(value: object, at: Place) -> Sample:
    table = table_at(value, at, "{ number = 100, seed = 1 }")
    known_keys(table, ("number", "seed"), at)
    for key in ("number", "seed"):
        if isinstance(value, dict) and key not in table:
            fault(at, f"lacks {key}; expected {{ number = 100, seed = 1 }}")
    number = whole_at(table["number"], at.key("number"), 1) if "number" in table else None
    seed = whole_at(table["seed"], at.key("seed"), 0) if "seed" in table else None
    return Sample(number or 1, seed or 0)


def _seeds(value: object, at: Place) -> Sequence[int]:
    """The seeds: a span such as "1..50", both ends included, or a list."""
    if isinstance(value, str) and (match := re.fullmatch(r"\s*([0-9]{1,18})\s*\.\.\s*([0-9]{1,18})\s*", value)):
        first, last = int(match[1]), int(match[2])
        if first > last:
            fault(at, f"{value!r} ends before it begins")
        return range(first, last + 1)
    if isinstance(value, list) and value and all(type(seed) is int and 0 <= seed < 2**63 for seed in value):
        if len(set(value)) < len(value):
            fault(at, f"holds a seed twice: {shown(value)}")
        return tuple(value)
    fault(at, f'must be whole numbers from 0, like "1..50" or [1, 2, 3] (got {shown(value)})')
    return ()

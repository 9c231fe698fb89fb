"""The keys that cases set -> whether the programme takes them, before anything is solved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matcher.errors import Fault
from matcher.findings import Findings
from matcher.input_programme import OVERRIDES, Settings, make_programme
from matcher.scenario_cases import Case
from matcher.scenario_file import Written
from matcher.scenario_keys import Place, fault


def check_settings(
    settings: Settings, overrides: Mapping[str, Any], cases: Iterable[Case], written: Mapping[str, Written]
) -> None:
    """Make the programme of every case; what it refuses is a fault of the key in the file of scenarios.

    `settings` and `overrides` are those of the cohort, which are good. Sections do not depend on each other, so
    each is made once for the values that a case gives its keys.
    """
    made: set[tuple[str, str, str]] = set()
    told: set[tuple[str, str]] = set()
    for case in cases:
        for section, values in _sections(case.settings).items():
            token = (case.origin, section, repr(values))
            if token in made:
                continue
            made.add(token)
            findings = Findings()
            make_programme(settings, {**overrides, **values}, findings)
            for found in findings.faults:
                place = _place(found, values, written[case.origin])
                if (place.path, found.message) not in told:
                    told.add((place.path, found.message))
                    fault(place, found.message)


def _sections(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key, value in settings.items():
        found.setdefault(key.partition(".")[0], {})[key] = value
    return found


def _place(found: Fault, values: Mapping[str, Any], case: Written) -> Place:
    """The key that is at fault, or the first one of its section that the case sets."""
    key, comma, entry = (found.column or "").partition(",")
    named = found.file == OVERRIDES and key in values
    place = case.places.get(key if named else next(iter(values)), case.place)
    return Place(place.findings, place.file, f"{place.path}{comma}{entry}") if named else place

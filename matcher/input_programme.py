"""programme.toml and `--set key=value` -> Programme, with every fault in plain words."""

from __future__ import annotations

import copy
import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from matcher.encoding import decode
from matcher.errors import Fault, InputError
from matcher.findings import Findings, did_you_mean
from matcher.holiday_days import country_code
from matcher.programme import Day, Programme

FILE = "programme.toml"
OVERRIDES = "--set"

SECTIONS: dict[str, type[BaseModel]] = {
    info.alias or name: info.annotation
    for name, info in Programme.model_fields.items()
    if isinstance(info.annotation, type)
}
KEYS = tuple(f"{section}.{key}" for section, model in SECTIONS.items() for key in model.model_fields)

EXPECTED = {"programme": "first and last day", "kind": "off, worked or short"}  # of keys that are missing
MUST_BE = {
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "date_type": "must be a date like 2027-01-11",
    "tuple_type": 'must be a list like ["mon", "tue"]',
    "model_type": "must be a section of keys, not a single value",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
}


def parse_override(text: str) -> tuple[str, Any]:
    """Split `key=value`; the value is TOML where it is valid TOML, else the bare text.

    >>> parse_override("sessions.minutes=[45, 30]")
    ('sessions.minutes', [45, 30])
    >>> parse_override("calendar.working_hours=10:00-16:00")
    ('calendar.working_hours', '10:00-16:00')

    Raises
    ------
    InputError
        Where there is no `=` or nothing before it.
    """
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not key:
        raise InputError([Fault(OVERRIDES, f"must be key=value, like sessions.minutes=30 (got {text!r})")])
    try:
        parsed = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return key, value
    return key, parsed["value"] if len(parsed) == 1 else value


def read_programme(data: bytes, overrides: Mapping[str, Any], findings: Findings) -> Programme | None:
    """Read programme.toml and put `overrides` (dotted keys) on top; None if anything in it is wrong."""
    settings = _parse(data, findings)
    known = _known_overrides(overrides, findings)
    if settings is None:
        return None
    settings = _merged(settings, known)
    try:
        programme = Programme.model_validate(settings)
    except ValidationError as error:
        for details in error.errors():
            _report(details, known, findings)
        return None
    whole = _with_countries(programme, known, findings)
    return whole if len(known) == len(overrides) else None


def _parse(data: bytes, findings: Findings) -> dict[str, Any] | None:
    text = decode(data, FILE, findings)
    if text is None:
        return None
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        message, line = str(error), None
        if place := re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", message, re.DOTALL):
            message, line = place[1], int(place[2])
        findings.fault(FILE, f'is not valid TOML: {message} (keys look like: name = "Mentoring")', line)
        return None


def _known_overrides(overrides: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    for key in overrides:
        if key not in KEYS:
            findings.fault(OVERRIDES, f"unknown key {key!r}{_suggest_key(key)}")
    return {key: value for key, value in overrides.items() if key in KEYS}


def _merged(settings: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    settings = copy.deepcopy(settings)
    for dotted, value in overrides.items():
        section, key = dotted.split(".")
        table = settings.setdefault(section, {})
        if isinstance(table, dict):  # otherwise the section itself is at fault and will be reported
            table[key] = value
    return settings


def _with_countries(programme: Programme, overrides: Mapping[str, Any], findings: Findings) -> Programme | None:
    """The programme with each country in its one spelling; None if there is no such country."""
    calendar, before = programme.calendar, len(findings.faults)

    def code(text: str, key: str, entry: str = "") -> str:
        try:
            return country_code(text)
        except ValueError as error:
            findings.fault(OVERRIDES if key in overrides else FILE, str(error), column=f"{key}{entry}")
            return ""

    days = tuple(
        day.model_copy(update={"country": code(day.country, "calendar.days", _entry(place, "country"))})
        for place, day in enumerate(calendar.days)
    )
    update = {"country": code(calendar.country, "calendar.country"), "days": days}
    if len(findings.faults) > before:
        return None
    return programme.model_copy(update={"calendar": calendar.model_copy(update=update)})


def _entry(place: int, key: str = "") -> str:
    """How messages name an entry of a list of tables, and a key in it."""
    return f", entry {place + 1}" + (f", {key}" if key else "")


def _report(details: ErrorDetails, overrides: Mapping[str, Any], findings: Findings) -> None:
    """Say in plain words what pydantic found."""
    place = [str(part) for part in details["loc"]]
    column = ".".join(place[:2])
    file = OVERRIDES if column in overrides else FILE
    if len(place) > 2 and place[2].isdigit():
        column += _entry(int(place[2]), ".".join(place[3:]))
    if details["type"] == "extra_forbidden":
        what = "section" if len(place) == 1 and isinstance(details["input"], dict) else "key"
        close = did_you_mean(place[-1], Day.model_fields) if len(place) > 2 else _suggest_key(column)
        findings.fault(file, f"unknown {what}{close}", column=column)
    elif details["type"] == "missing":
        expected = EXPECTED.get(place[-1], "a date like 2027-01-11")
        findings.fault(file, f"is missing (expected {expected})", column=column)
    else:
        findings.fault(file, _message(details), column=column)


def _message(details: ErrorDetails) -> str:
    if details["type"] == "value_error":
        return details["msg"].removeprefix("Value error, ")
    context = details.get("ctx", {})
    default = details["msg"].replace("Input should be", "must be")
    must_be = MUST_BE.get(details["type"], default).format(**context)
    close = ""
    if details["type"] == "literal_error":
        close = did_you_mean(str(details["input"]), re.findall(r"'([^']*)'", str(context["expected"])))
    return f"{must_be} (got {_shown(details['input'])}{close})"


def _shown(value: object) -> str:
    """The value as it stands in the file, near enough to be found there."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, dt.date | dt.time) else repr(value)


def _suggest_key(key: str) -> str:
    """The key or section that was probably meant: right name in the wrong section, or nearly the right name."""
    *_, leaf = key.split(".")
    homes = [known for known in KEYS if known.split(".")[1] == leaf]
    if homes:
        return f"; did you mean {homes[0]!r}?"
    return did_you_mean(key, KEYS if "." in key else SECTIONS)

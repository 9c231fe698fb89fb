"""programme.toml and `--set key=value` -> Programme, with every fault in plain words."""

from __future__ import annotations

import copy
import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from matcher.encoding import decode
from matcher.errors import Fault, InputError
from matcher.findings import Findings, did_you_mean, hints_for_few
from matcher.holiday_days import country_code
from matcher.programme import ColumnTitles, Day, Programme

FILE = "programme.toml"
OVERRIDES = "--set"

SECTIONS: dict[str, type[BaseModel]] = {
    info.alias or name: info.annotation
    for name, info in Programme.model_fields.items()
    if isinstance(info.annotation, type)
}
FIELDS = {
    f"{section}.{key}": info for section, model in SECTIONS.items() for key, info in model.model_fields.items()
}
KEYS = tuple(FIELDS)

DEEPEST = 20  # tables and lists within each other
MOST_DOTS, LONG_LINE = 200, 10_000  # in a line; characters of one
TEXTS = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|#.*""")
MOST_BITS = 1024  # of a whole number
DIGITS = "holds a whole number of hundreds of digits; the largest that means anything has 19"
NESTED = "holds too many tables or brackets within each other; expected sections of keys"

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
    r"""Split `key=value`; the value is TOML where it is valid TOML, else the bare text.

    >>> parse_override("sessions.minutes=[45, 30]")
    ('sessions.minutes', [45, 30])
    >>> parse_override("calendar.working_hours=10:00-16:00")
    ('calendar.working_hours', '10:00-16:00')
    >>> parse_override(r"output.delimiter=\t") == ("output.delimiter", chr(9))
    True

    Raises
    ------
    InputError
        Where there is no `=` or nothing before it.
    """
    key, equals, said = text.partition("=")
    key, value = key.strip(), said.strip()
    if not equals or not key:
        raise InputError([Fault(OVERRIDES, f"must be key=value, like sessions.minutes=30 (got {text!r})")])
    if value == r"\t" or (not value and "\t" in said):  # a delimiter, as shells give it
        return key, "\t"
    try:
        parsed = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        return key, value
    return key, parsed["value"] if len(parsed) == 1 and not _is_endless(parsed) else value


@dataclass(frozen=True)
class Settings:
    """What a programme's file or sheet says, by section and key, before anything is judged.

    `file` is what messages call it; `lines` are the rows of a sheet in which the keys stand.
    """

    values: dict[str, Any]
    file: str = FILE
    lines: Mapping[str, int] = field(default_factory=dict)

    def titles(self) -> dict[str, tuple[str, ...]]:
        """What `[columns]` calls the columns, as far as that can be read."""
        try:
            return TypeAdapter(ColumnTitles).validate_python(self.values.get("columns", {}))
        except ValidationError:
            return {}


def read_settings(data: bytes, file: str, findings: Findings) -> Settings | None:
    """Read programme.toml as it stands; None where it is not valid TOML."""
    values = parse_toml(data, file, 'keys look like: name = "Mentoring"', findings)
    return None if values is None else Settings(values, file)


def read_programme(data: bytes, overrides: Mapping[str, Any], findings: Findings) -> Programme | None:
    """Read programme.toml and put `overrides` (dotted keys) on top; None if anything in it is wrong."""
    return make_programme(read_settings(data, FILE, findings), overrides, findings)


def make_programme(
    settings: Settings | None, overrides: Mapping[str, Any], findings: Findings
) -> Programme | None:
    """Judge the settings with `overrides` (dotted keys) on top; None if anything is wrong."""
    known = _known_overrides(overrides, findings)
    if settings is None:
        return None
    try:
        programme = Programme.model_validate(_merged(settings.values, known))
    except ValidationError as error:
        for place, details in enumerate(error.errors()):
            with hints_for_few(place):
                _report(details, settings, known, findings)
        return None
    whole = _with_countries(programme, settings, known, findings)
    return whole if len(known) == len(overrides) else None


def parse_toml(data: bytes, file: str, hint: str, findings: Findings) -> dict[str, Any] | None:
    """The values of a TOML file; None where it is none, and `hint` says what it looks like."""
    text = decode(data, file, findings)
    if text is None:
        return None
    try:
        # Each part of a dotted key is noted with all parts before it: a key of thousands takes all memory.
        dotted = any(line.count(".") > MOST_DOTS and _dots(line) > MOST_DOTS for line in text.splitlines())
        values = {} if dotted else tomllib.loads(text.removeprefix("\ufeff"))
        if not dotted and _is_flat(values):
            if not _is_endless(values):
                return values
            raise ValueError(DIGITS)  # noqa: TRY301 - as for one of so many decimal digits
        findings.fault(file, NESTED)
    except RecursionError:
        findings.fault(file, NESTED)
    except tomllib.TOMLDecodeError as error:
        message, line = str(error), None
        if place := re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", message, re.DOTALL):
            message, line = place[1], int(place[2])
        findings.fault(file, f"is not valid TOML: {message} ({hint})", line)
    except ValueError:
        findings.fault(file, DIGITS)
    return None


def _dots(line: str) -> int:
    """The dots of a line, in one of usual length those outside of texts and comments."""
    return (TEXTS.sub("", line) if len(line) <= LONG_LINE else line).count(".")


def _is_endless(value: object) -> bool:
    """Whether there is a whole number in it that is too long to be written in words."""
    if isinstance(value, dict | list):
        return any(map(_is_endless, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and value.bit_length() > MOST_BITS


def _is_flat(values: dict[str, Any]) -> bool:
    """Whether tables and lists lie within each other no deeper than anything in our files does."""
    level: list[object] = [values]
    for _ in range(DEEPEST):
        inner = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [value for values in inner for value in values]
        if not level:
            return True
    return False


def _known_overrides(overrides: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    for key in overrides:
        if key not in KEYS and not is_title_key(key):
            findings.fault(OVERRIDES, f"unknown key {key!r}{_suggest_key(key)}")
    return {key: value for key, value in overrides.items() if key in KEYS or is_title_key(key)}


def is_title_key(key: str) -> bool:
    """Whether a dotted key gives a column another name."""
    return key.startswith("columns.") and key.count(".") == 1


def _merged(settings: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    settings = copy.deepcopy(settings)
    for dotted, value in overrides.items():
        section, key = dotted.split(".")
        table = settings.setdefault(section, {})
        if isinstance(table, dict):  # otherwise the section itself is at fault and will be reported
            table[key] = value
    return settings


def _with_countries(
    programme: Programme, settings: Settings, overrides: Mapping[str, Any], findings: Findings
) -> Programme | None:
    """The programme with each country in its one spelling; None if there is no such country."""
    calendar, before = programme.calendar, len(findings.faults)

    def code(text: str, key: str, entry: str = "") -> str:
        try:
            return country_code(text)
        except ValueError as error:
            _fault(Key(key, f"{key}{entry}"), str(error), settings, overrides, findings)
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


@dataclass(frozen=True)
class Key:
    """A dotted key that is at fault; `column` is what messages call it, the entry of a list with it."""

    name: str
    column: str


def _fault(key: Key, message: str, settings: Settings, overrides: Mapping[str, Any], findings: Findings) -> None:
    """A fault of a key, wherever its value comes from."""
    if key.name in overrides:
        findings.fault(OVERRIDES, message, column=key.column)
    else:
        findings.fault(settings.file, message, settings.lines.get(key.name), key.column)


def _report(details: ErrorDetails, settings: Settings, overrides: Mapping[str, Any], findings: Findings) -> None:
    """Say in plain words what pydantic found."""
    place = [str(part) for part in details["loc"]]
    key = column = ".".join(place[:2])
    if len(place) > 2 and place[2].isdigit():
        column += _entry(int(place[2]), ".".join(place[3:]))
    if details["type"] == "extra_forbidden":
        what = "section" if len(place) == 1 and isinstance(details["input"], dict) else "key"
        close = did_you_mean(place[-1], Day.model_fields) if len(place) > 2 else _suggest_key(column)
        message = f"unknown {what}{close}"
    elif details["type"] == "missing":
        expected = EXPECTED.get(place[-1], "a date like 2027-01-11")
        message = f"is missing (expected {expected})"
    else:
        message = _message(details)
    _fault(Key(key, column), message, settings, overrides, findings)


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
    if key in SECTIONS:
        inside = next((one for one in KEYS if one.startswith(f"{key}.")), f"{key}.name")
        return f": it is a section; expected a key of it, like {inside!r}"
    *_, leaf = key.split(".")
    homes = [known for known in KEYS if known.split(".")[1] == leaf]
    if homes:
        return f"; did you mean {homes[0]!r}?"
    return did_you_mean(key, KEYS if "." in key else SECTIONS)

"""A sheet of keys and values -> the settings that programme.toml would hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from matcher.cells import cell_text, date_text, day_reading, no_value
from matcher.findings import Findings
from matcher.synonyms import plain
from matcher.words import TRUTHS, weekday
from matcher.workbook import Cell, Sheet

KEY_TITLES = ("key", "setting", "parameter", "ключ", "параметр", "настройка")
VALUE_TITLES = ("value", "значение")
LISTS_OF_TABLES = ("calendar.days",)
DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";"}


@dataclass(frozen=True)
class SheetSettings:
    """Settings by section and key; row of each dotted key and position of its value."""

    values: dict[str, Any]
    rows: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)


def value_places(sheet: Sheet) -> dict[str, int]:
    """Where the value of each key stands, by dotted key."""
    _, key_place, value_place = _columns(sheet.rows)
    keys = (cell_text(row[key_place]).casefold() for row in sheet.rows if key_place < len(row))
    return {key: value_place for key in keys if key}


def read_sheet_settings(
    sheet: Sheet, fields: Mapping[str, FieldInfo], file: str, findings: Findings
) -> SheetSettings | None:
    """Read the sheet; `fields` are the keys that there are. None where a key cannot be one."""
    before = len(findings.faults)
    first, key_place, value_place = _columns(sheet.rows)
    settings, rows = dict[str, Any](), dict[str, int]()
    for number, row in enumerate(sheet.rows[first:], start=first + 1):
        cells = [*row, *[""] * (max(key_place, value_place) + 1 - len(row))]
        key, value = cell_text(cells[key_place]).casefold(), cells[value_place]
        if not key:
            _report_keyless(value, number, file, findings)
        elif key in rows:
            findings.fault(file, f"{key!r} stands already in row {rows[key]}", number)
        elif key in LISTS_OF_TABLES:
            findings.fault(file, f"{key} cannot be set here; give single dates in a sheet holidays", number)
        elif key.count(".") != 1 or not all(key.split(".")):
            findings.fault(file, f"{key!r} is no key like sessions.minutes", number)
        else:
            rows[key] = number
            section, name = key.split(".")
            if message := no_value(cell_text(value)):
                findings.fault(file, message, number, key)
            elif cell_text(value):
                settings.setdefault(section, {})[name] = read = _value(value, key, fields.get(key))
                _note_date(cell_text(value), read, (number, key), file, findings)
    places = dict.fromkeys(rows, value_place)
    return SheetSettings(settings, rows, places) if len(findings.faults) == before else None


def _columns(rows: list[list[Cell]]) -> tuple[int, int, int]:
    """The first row behind the titles, and where keys and values stand; A and B without titles."""
    for number, row in enumerate(rows):
        titles = [plain(cell_text(value)) for value in row]
        keys = [place for place, title in enumerate(titles) if title in KEY_TITLES]
        values = [place for place, title in enumerate(titles) if title in VALUE_TITLES]
        if keys and values:
            return number + 1, keys[0], values[0]
    return 0, 0, 1


def _report_keyless(value: Cell, row: int, file: str, findings: Findings) -> None:
    if text := cell_text(value):
        findings.fault(file, f"{text!r} has no key beside it; expected one like sessions.minutes", row)


def _note_date(text: str, read: object, at: tuple[int, str], file: str, findings: Findings) -> None:
    """Tell how a date was understood that is not written as one."""
    reading = day_reading(text)
    if read == reading.text and reading.form:
        findings.note(file, reading.form.replace("{}", text), *at)


# --- values -------------------------------------------------------------------------------------------------


def _value(value: Cell, key: str, info: FieldInfo | None) -> Any:  # noqa: ANN401 - what TOML would give: any of its types
    """The value of a cell as TOML would have it for this key."""
    kinds = _kinds(None if info is None else info.annotation)
    if tuple in kinds or key.startswith("columns."):
        return [_item(part, kinds) for part in _parts(value)]
    return _item(value, kinds)


def _parts(value: Cell) -> list[Cell]:
    if not isinstance(value, str):
        return [value]
    return [part.strip() for part in re.split(r"[,;\n]", value) if part.strip()]


def _item(value: Cell, kinds: set[Any]) -> Any:  # noqa: ANN401 - see _value
    text = cell_text(value)
    if bool in kinds:
        return TRUTHS.get(plain(text), text)
    if dt.date in kinds:
        return date_text(text)
    if int in kinds and re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if "," in kinds:  # a delimiter
        return value if isinstance(value, str) and len(value) == 1 else DELIMITERS.get(text.casefold(), text)
    return weekday(text) or text.casefold() if "mon" in kinds else text


def _kinds(annotation: Any) -> set[Any]:  # noqa: ANN401 - annotations have no common type
    """Every type and literal that an annotation is made of."""
    found = {annotation, get_origin(annotation)}
    for part in get_args(annotation):
        found |= _kinds(part) if part is not ... and not isinstance(part, str | int) else {part}
    return found

"""What may be typed into the cells of the template: drop-downs, limits, colours for ids that cannot be right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from matcher.book import TONES, Book
from matcher.model import PairStatus
from matcher.programme import WEEKDAYS

LAST = 20_000  # row, counted from 0, down to which cells have their drop-down
IDS = ("employee_id", "mentee_id", "mentor_id", "manager_id")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
FIRST_DATE, LAST_DATE = dt.date(1980, 1, 1), dt.date(2100, 12, 31)
MOST = 10**15 - 1  # Excel has no more digits
WARNED = {"error_type": "warning"}  # whoever knows better may go on
A_DATE: dict[str, Any] = {"validate": "date", "criteria": ">", "value": FIRST_DATE, **WARNED,
                          "error_message": "A date like 2027-03-05."}  # fmt: skip


def offer(sheet: Worksheet, row: int, key: str, info: FieldInfo) -> None:
    """A drop-down or limits for the value of a key, as the programme itself has them."""
    union = get_origin(info.annotation) in (Union, UnionType)
    kinds = get_args(info.annotation) if union else (info.annotation,)
    words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind) if word]
    limits = {name: getattr(part, name) for part in info.metadata for name in ("ge", "le") if hasattr(part, name)}
    rule: dict[str, Any] | None = None
    if key == "output.delimiter":
        rule = {"validate": "list", "source": list(DELIMITERS.values())}
    elif words:
        # A whole number may stand there as well.
        rule = {"validate": "list", "source": sorted(words), "show_error": int not in kinds}
    elif bool in kinds:
        rule = {"validate": "list", "source": ["yes", "no"]}
    elif info.annotation is int:
        most = min(limits.get("le", MOST), MOST)
        rule = {"validate": "integer", "criteria": "between", "minimum": limits.get("ge", 0), "maximum": most,
                "error_message": f"A whole number from {limits.get('ge', 0)} to {most}."}  # fmt: skip
    elif dt.date in kinds or key in ("programme.start", "programme.end"):
        rule = {"validate": "date", "criteria": "between", "minimum": FIRST_DATE,
                "maximum": LAST_DATE, "error_message": "A date from 1980 to 2100."}  # fmt: skip
    if rule:
        sheet.data_validation(row, 1, row, 1, {"error_title": "Not possible here", **rule})


def guard(sheet: Worksheet, place: int, name: str, column: str, book: Book) -> None:
    """The drop-down or limits of a column, and colours for ids that cannot be right."""
    rule = _rule(name, column)
    if rule:
        sheet.data_validation(1, place, LAST, place, {"error_title": "Please look again", **rule})
    letters, ground = TONES["fair"]
    orange = book.form(font_color=letters, bg_color=ground)
    if name == "employees" and column == "employee_id":
        sheet.conditional_format(1, place, LAST, place, {"type": "duplicate", "format": orange})
    elif column in IDS:
        here = xl_rowcol_to_cell(1, place, col_abs=True)
        unknown = f'=IF({here}="",FALSE,ISNA(MATCH({here},employee_ids,0)))'
        sheet.conditional_format(1, place, LAST, place, {"type": "formula", "criteria": unknown, "format": orange})


def _rule(name: str, column: str) -> dict[str, Any] | None:
    """What may be typed into a column; None where anything may."""
    if name == "employees" and column == "employee_id":
        return None
    if column in IDS:
        return {"validate": "list", "source": "=employee_ids", **WARNED,
                "error_message": "Nobody in the sheet employees has this id."}  # fmt: skip
    rules: Mapping[str, dict[str, Any]] = {
        "level": {"validate": "list", "source": "=levels", **WARNED,
                  "error_message": "The sheet programme names no such level (eligibility.levels)."},
        "function": {"validate": "list", "source": "=functions", "show_error": False},
        "timezone": {"validate": "list", "source": "=timezones", "show_error": False},
        "max_mentees": {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 1000,
                        "error_message": "A whole number, 0 for somebody who does not mentor, or nothing."},
        "rank": {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": 99,
                 "error_message": "A whole number from 1, the first choice, to 99."},
        "day": {"validate": "list", "source": list(WEEKDAYS), "show_error": False,
                "input_title": "A day of the week", "input_message": "mon to sun, or a date like 2027-02-06"},
        "status": {"validate": "list", "source": list(get_args(PairStatus)),
                   "error_message": "locked, forbidden, refused, declined, accepted or past."},
        "by": {"validate": "list", "source": ["mentee", "mentor", "both"],
               "error_message": "mentee, mentor, both, or nothing."},
        "since": {"validate": "date", "criteria": ">", "value": FIRST_DATE, **WARNED,
                  "error_message": "A date like 2027-02-10."},
        "kind": {"validate": "list", "source": ["off", "worked", "short"],
                 "error_message": "off, worked or short."},
        "sessions_wanted": {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 731,
                            "error_message": "A whole number, or nothing."},
        "first_day": A_DATE,
        "last_day": A_DATE,
        "date": {"validate": "date", "criteria": ">", "value": FIRST_DATE, **WARNED,
                 "error_message": "A date like 2027-03-05."},
        "last_session": {"validate": "date", "criteria": ">", "value": FIRST_DATE, **WARNED,
                         "error_message": "A date like 2027-01-08."},
    }  # fmt: skip
    if column in ("start", "end"):
        return A_DATE if name == "absences" else _times(name)
    return rules.get(column)


def _times(name: str) -> dict[str, Any]:
    if name == "busy":
        said = "A date, or a date and a time like 2027-02-03 10:00"
        return {"validate": "any", "input_title": "When", "input_message": said}
    return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1, "error_type": "warning",
            "error_message": "A time like 09:00."}  # fmt: skip

"""Numbers, dates and times as Excel has them -> the one form in which each is read."""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

from matcher.workbook import UNCALCULATED

MOST_EXACT = 10**15  # whole numbers below are exact in a workbook; of longer ones Excel keeps 15 digits


def cell_text(value: object) -> str:
    """Text of a cell of a workbook, as a CSV file would hold it: dates and times in ISO 8601, 7 for 7.0.

    >>> cell_text(7.0), cell_text(dt.datetime(2027, 1, 11, 9, 0)), cell_text(dt.timedelta(days=1))
    ('7', '2027-01-11T09:00', '24:00')
    """
    if type(value) is str:
        return value.strip()
    text_of = TEXTS.get(type(value), str)
    return text_of(value).strip()


def _number(value: float) -> str:
    whole = math.isfinite(value) and value == int(value) and abs(value) < MOST_EXACT
    if whole:
        return str(int(value))
    return f"{value:.14E}" if math.isfinite(value) and abs(value) >= MOST_EXACT else repr(value)


@functools.lru_cache(maxsize=1 << 16)  # busy times begin and end at few moments
def _moment(value: dt.datetime) -> str:
    value = _to_second(value)
    return f"{value.date().isoformat()}T{_clock(value.hour * 3600 + value.minute * 60 + value.second)}"


def _time(value: dt.time) -> str:
    return _clock(value.hour * 3600 + value.minute * 60 + value.second + round(value.microsecond / 1_000_000))


def _to_second(moment: dt.datetime) -> dt.datetime:
    """The nearest second: a workbook holds fractions of days, which are never exact."""
    if not moment.microsecond:
        return moment
    return (moment + dt.timedelta(microseconds=500_000)).replace(microsecond=0)


def _clock(seconds: int) -> str:
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


TEXTS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: str(value).upper(),
    float: _number,
    dt.datetime: _moment,
    dt.date: dt.date.isoformat,
    dt.time: _time,
    dt.timedelta: lambda value: _clock(round(value.total_seconds())),
}


ERRORS = re.compile(r"#(?:[^\W\d_]+(?:/[0-9])?[!?]|N/A|Н/Д|NV)", re.IGNORECASE)  # in any language of Excel
NARROW = re.compile(r"##+")


def no_value(text: str) -> str:
    """What a spreadsheet shows in place of a value, and what to do; empty for a text that may be one."""
    if text == UNCALCULATED:
        return (
            "holds a formula that was never calculated; open the workbook in Excel and save it, or type the value"
        )
    if ERRORS.fullmatch(text):
        return f"{text} is the error of a formula; correct the formula or type the value"
    if NARROW.fullmatch(text):
        return f"{text} stands for a value that did not fit; make the column wider in Excel and save again"
    return ""


# --- readings: the text as the readers want it, and how it was understood ------------------------------------

MONTHS = (
    ("jan", "янв"), ("feb", "фев"), ("mar", "мар"), ("apr", "апр"), ("may", "мая", "май"), ("jun", "июн"),
    ("jul", "июл"), ("aug", "авг"), ("sep", "сен"), ("oct", "окт"), ("nov", "ноя"), ("dec", "дек"),
)  # fmt: skip
YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", re.ASCII)
DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})\.?(?:\s?г\.?)?", re.ASCII)
SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})", re.ASCII)
NAMED = re.compile(r"(\d{1,2})[-. ]{1,2}([^\W\d_]{3,10})\.?[-. ,]{1,2}(\d{4}|\d{2})(?:\s?г\.?)?")
CLOCK = re.compile(
    r"(\d{1,2})(?:[:.](\d{2})(?:[:.](\d{2})(?:[.,]0+)?)?)?\s?([ap])?\.?(m)?\.?", re.ASCII | re.IGNORECASE
)
FEWEST = 3  # dates of a kind that are more than chance
SERIALS = (20_000, 80_000)  # days as Excel counts them, from 1954 to 2119
EXCEL_EPOCH = dt.date(1899, 12, 30)


class Reading(NamedTuple):
    """A text as it is read, and how that is told, with {} for the text; "" where it is read as it stands."""

    text: str
    form: str = ""


Order = Literal["day first", "month first", ""]
"""Which of two numbers before a year is the day; "" where nothing tells."""


def whole_text(text: str) -> Reading:
    """A whole number of which a spreadsheet has made 1.0 or 1,0; 1,000 may be a thousand."""
    if match := re.fullmatch(r"([+-]?[0-9]{1,9})[.,](?!000$)0*", text):
        return Reading(match[1], "numbers such as {} read as whole numbers")
    return Reading(text)


def slash_order(texts: Iterable[str]) -> Order:
    """What dates such as 1/11/2027 tell together: where a number is above 12, it is the day."""
    parts = [match.groups() for text in texts if (match := SLASHED.match(text))]
    day_first = any(int(first) > 12 for first, _, _ in parts)
    month_first = any(int(second) > 12 for _, second, _ in parts)
    if day_first == month_first:
        return ""
    return "day first" if day_first else "month first"


def half_converted(texts: Sequence[str]) -> bool:
    """Whether only those dates stayed texts that a spreadsheet with another order of day and month cannot take."""
    slashed = [match.groups() for text in texts if (match := SLASHED.match(text))]
    days = [int(text[8:10]) for text in texts if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)]
    return (
        min(len(slashed), len(days)) >= FEWEST
        and max(days) <= 12
        and all(int(first) > 12 or int(second) > 12 for first, second, _ in slashed)
    )


def refuse_slashed(text: str) -> None:
    """Raise ValueError for a date such as 1/11/2027: readers see it only where nothing tells which is the day."""
    if SLASHED.match(text):
        raise ValueError(
            "which number is the day cannot be told from these dates; write them like 2027-01-11, or set "
            "input.slash_dates to 'day first' or 'month first'"
        )


def is_slashed(text: str) -> bool:
    """Whether a text begins with a date of which the order of day and month is not plain."""
    return SLASHED.match(text) is not None


def date_reading(text: str, order: Order = "") -> Reading:
    """A date as Excel shows it, in ISO 8601; anything else as it stands."""
    if len(text) == len("2027-01-11") and text[4:5] == text[7:8] == "-":
        return Reading(text)
    for form, pattern, numbers in (
        ("year-month-day", YEAR_FIRST, lambda a, b, c: (a, b, c)),
        ("day.month.year", DOTTED, lambda a, b, c: (c, b, a)),
        ("day month year", NAMED, lambda a, b, c: (c, _month(b), a)),
    ):
        if match := pattern.fullmatch(text):
            return _dated(text, numbers(*match.groups()), form)
    if (match := SLASHED.fullmatch(text)) and order:
        first, second, year = match.groups()
        if order == "day first":
            return _dated(text, (year, second, first), "day/month/year")
        return _dated(text, (year, first, second), "month/day/year")
    if re.fullmatch(r"[0-9]{5}", text) and SERIALS[0] <= int(text) <= SERIALS[1]:
        day = EXCEL_EPOCH + dt.timedelta(days=int(text))
        return Reading(day.isoformat(), "numbers such as {}, which Excel keeps for days, read as dates")
    return Reading(text)


def _dated(text: str, parts: tuple[str, str | int, str], form: str) -> Reading:
    year, month, day = (int(part) for part in parts)
    try:
        date = dt.date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return Reading(text)
    return Reading(date.isoformat(), f"dates such as {{}} read as {form}")


def _month(name: str) -> int:
    return next((place for place, starts in enumerate(MONTHS, 1) if name.casefold().startswith(starts)), 0)


def day_reading(text: str, order: Order = "") -> Reading:
    """A date, also where midnight stands behind it."""
    date, _, clock = text.replace("T", " ").partition(" ")
    if clock and clock_reading(clock.strip()).text in ("00:00", "0:00", "00:00:00"):
        return Reading(date_reading(date, order).text, "dates such as {} read without their time of midnight")
    return date_reading(text, order)


def clock_reading(text: str) -> Reading:
    """A time of day as HH:MM; anything else as it stands."""
    if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}(:00)?|0\.[0-5][0-9]", text):
        return Reading(text)  # 0.25 is six o'clock to Excel, and a quarter past midnight to others
    if re.fullmatch(r"0[.,][0-9]+", text):
        part = _clock(round(float(text.replace(",", ".")) * 24 * 60) * 60)
        return Reading(part, "parts of a day such as {} read as hours and minutes")
    if match := CLOCK.fullmatch(text):
        hour, minute, second, half, meridiem = match.groups()
        if half and not meridiem:
            return Reading(text)
        clock = _clock_of(int(hour), int(minute or 0), int(second or 0), half)
        return Reading(text) if clock is None else Reading(clock, "times such as {} read as hours and minutes")
    if match := re.fullmatch(r"1900-01-01(?:T([0-9]{2}:[0-9]{2}))?", text):
        return Reading("24:00") if match[1] in (None, "00:00") else Reading(text)
    return Reading(text)


def _clock_of(hour: int, minute: int, second: int, half: str | None) -> str | None:
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + 12 * (half.casefold() == "p")
    if minute > 59 or second > 59 or hour > 24:
        return None
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")


def moment_reading(text: str, order: Order = "") -> Reading:
    """A date, or a date and a time, in ISO 8601; anything else as it stands."""
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|$)", text):
        return Reading(text)
    date = date_reading(text, order)
    if date.form:
        return date
    for cut in re.finditer(r"[T ,]\s*", text):
        date = date_reading(text[: cut.start()].rstrip(","), order)
        clock = clock_reading(text[cut.end() :].strip())
        good = re.fullmatch(r"(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?", clock.text)
        if good and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.text):
            kind = date.form.partition(" read as ")[2] or "year-month-day"
            return Reading(f"{date.text}T{clock.text:0>5}", f"times such as {{}} read as {kind} and time of day")
    return Reading(text)


def date_text(text: str) -> str:
    """A date in ISO 8601 where day and month are plain; anything else as it stands."""
    return day_reading(text).text

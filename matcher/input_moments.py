"""Dates and times of busy.csv -> moments; the usual form of all rows at once, every other text once.

A moment is twice the microseconds since 1970, plus 1 where the text gives an offset (then they are UTC).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

import numpy as np

from matcher.cells import refuse_slashed
from matcher.columns import Block, Column, Words
from matcher.findings import Findings
from matcher.input_people import day_of, parse_each
from matcher.model import BoolArray, IntArray
from matcher.tables import Table

MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII | re.IGNORECASE,
)
YEARS = (1900, 2200)
MICROSECONDS = 60 * 1_000_000  # a minute of them
A_DAY = 24 * 60 * MICROSECONDS
MIDNIGHT = "2000-01-01T00:00"  # to which the rest of another text is put

MONTHS = np.arange(f"{YEARS[0]}-01", f"{YEARS[1]}-02", dtype="datetime64[M]")
FIRST_DAYS = MONTHS.astype("datetime64[D]").astype(np.int64)
MONTH_DAYS = np.diff(FIRST_DAYS)


def read_moments(table: Table, column: str, parse: Callable[[str], int], findings: Findings) -> IntArray:
    """Moment of each row; what `parse` does not take is a fault, and 0.

    It must read times of the form `2000-01-01T00:00` as everybody does: these are not given to it.
    """
    cells = table[column]
    parts = [_wall_minutes(block, cells.place) for block in cells.blocks]
    moments, plain = (np.concatenate(part) for part in zip(*parts, strict=True))
    moments *= 2 * MICROSECONDS
    _add_rests(moments, plain, cells, parse)
    others = np.flatnonzero(~plain)
    coded = cells.part(others).coded()
    values, messages = parse_each(coded.texts, parse)
    moments[others] = coded.numbers(values)
    for row in np.flatnonzero(np.isin(coded.codes, list(messages))).tolist() if messages else []:
        findings.fault(table.file, messages[int(coded.codes[row])], table.line(others[row]), column)
    return moments


def _add_rests(moments: IntArray, plain: BoolArray, cells: Column, parse: Callable[[str], int]) -> None:
    """Add what follows the minutes, like `:30+03:00`; where that cannot be read, the text is not plain."""
    longer = np.flatnonzero(plain & (cells.sizes() > len(MIDNIGHT)))
    coded = cells.part(longer, skip=len(MIDNIGHT)).coded()
    midnight = parse(MIDNIGHT)
    values, messages = parse_each(coded.texts, lambda rest: parse(MIDNIGHT + rest) - midnight)
    moments[longer] += coded.numbers(values)
    plain[longer[np.isin(coded.codes, list(messages))]] = False


# --- the usual form, by numpy -------------------------------------------------------------------------------


def _wall_minutes(block: Block, place: int) -> tuple[IntArray, BoolArray]:
    """Minutes since 1970 of the cells that begin with a date and a time, and which these are."""
    starts, sizes = block.starts[:, place], block.sizes(place)
    minutes, plain = _minutes(block.words_at(starts), block.words_at(starts + 8))
    following = block.words_at(starts + 16) & 0xFF
    begun = (sizes > len(MIDNIGHT)) & (following > ord(" ")) & (following < 127)  # a space may be at the end
    return minutes, plain & (begun | (sizes == len(MIDNIGHT)))


def _minutes(date: Words, clock: Words) -> tuple[IntArray, BoolArray]:
    """Minutes of texts like `2027-01-11T09:30`, given as two words; and which texts are such."""
    blank = (clock >> 16 & 0xFF == ord(" ")).astype(np.uint64)
    clock ^= blank * ((ord(" ") ^ ord("T")) << 16)
    date_pairs, plain = _digit_pairs(date, b"0000-00-")
    clock_pairs, plain_clock = _digit_pairs(clock, b"00T00:00")
    century, year, month = (date_pairs >> shift & 0xFF for shift in (0, 16, 40))
    day, hour, minute = ((clock_pairs >> shift & 0xFF).view(np.int64) for shift in (0, 24, 48))
    count = ((century * 100 + year) * 12 + month - (12 * YEARS[0] + 1)).view(np.int64)
    known = np.minimum(np.maximum(count, 0), len(MONTH_DAYS) - 1)
    plain &= plain_clock & (known == count) & (month >= 1) & (month <= 12)
    plain &= (day >= 1) & (day <= MONTH_DAYS[known]) & (hour < 24) & (minute < 60)
    return (FIRST_DAYS[known] + day - 1) * (24 * 60) + hour * 60 + minute, plain


def _digit_pairs(words: Words, form: bytes) -> tuple[Words, BoolArray]:
    """In each byte the number that its digit and the next one make; and which words are of the form.

    A `0` in the form stands for any digit. All eight bytes of a word are worked on at once.
    """
    digits = words ^ int.from_bytes(form, "little")  # 0 to 9 for digits, 0 for the rest of the form
    most = bytes(0x7F - 9 if byte == ord("0") else 0x7F for byte in form)
    high = (digits | (digits + int.from_bytes(most, "little"))) & int.from_bytes(b"\x80" * 8, "little")
    return digits * 10 + (digits >> 8), high == 0


# --- any text -----------------------------------------------------------------------------------------------


def first_moment(text: str) -> int:
    """Moment at which a busy time begins."""
    return _parse_moment(text, last=False)


def last_moment(text: str) -> int:
    """Moment at which a busy time is over."""
    return _parse_moment(text, last=True)


def _parse_moment(text: str, *, last: bool) -> int:
    """Moment of one text; ValueError says what it is instead.

    A date alone means the whole day: its midnight, or the next one where `last`.
    """
    match = MOMENT.fullmatch(text)
    if match is None:
        refuse_slashed(text)
        found = "is blank; expected" if not text else f"{text!r} is not"
        raise ValueError(f"{found} a date or time like 2027-01-11, 2027-01-11T09:00 or 2027-01-11T09:00+03:00")
    date, hour, minute, second, fraction, offset = match.groups()
    midnight = _midnight(date)
    if hour is None:
        return 2 * (midnight + (A_DAY if last else 0))
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second or 0)
    clock = seconds * 1_000_000 + int((fraction or "").ljust(6, "0")[:6])
    if minute > "59" or (second or "") > "59" or clock > A_DAY:
        raise ValueError(f"{text!r}: there is no such time")
    return 2 * (midnight + clock - _ahead(offset)) + (offset is not None)


@functools.lru_cache(maxsize=4096)  # busy times fall on few dates
def _midnight(date: str) -> int:
    day = day_of(date)
    if day is None:
        raise ValueError(f"{date!r}: there is no such date")
    if not YEARS[0] <= int(date[:4]) < YEARS[1]:
        raise ValueError(f"{date!r} is not between {YEARS[0]} and {YEARS[1]}")
    return day * A_DAY


@functools.lru_cache(maxsize=4096)
def _ahead(offset: str | None) -> int:
    """Microseconds by which a clock with this offset is ahead of UTC."""
    if offset is None or offset in "Zz":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f"{offset!r} is no offset from UTC like +03:00")
    return (hours * 60 + minutes) * MICROSECONDS * (-1 if offset[0] == "-" else 1)

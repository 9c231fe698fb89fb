"""Columns -> rows of CSV as bytes, many at once.

A text is a numpy byte string: its end is padded with zero bytes, which no text of ours holds and which are taken
out when the rows are put together. So a row costs no Python object.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.generate_times import DAY, HOUR
from matcher.model import IntArray
from matcher.programme import WEEKDAYS

Texts = np.ndarray[Any, np.dtype[np.bytes_]]
ID_DIGITS = 7


def rows(*columns: Texts) -> bytes:
    """Rows of CSV: the columns of equal length side by side."""
    widths = [column.dtype.itemsize for column in columns]
    page = np.empty((len(columns[0]), sum(widths) + len(widths)), dtype=np.uint8)
    at = 0
    for column, width in zip(columns, widths, strict=True):
        page[:, at : at + width] = _bytes(column)
        page[:, at + width] = ord(",")
        at += width + 1
    page[:, -1] = ord("\n")
    return page.tobytes().translate(None, b"\0")


def texts(strings: Iterable[str]) -> Texts:
    """The strings in UTF-8."""
    return np.array([string.encode() for string in strings])


def joined(front: Texts, back: Texts) -> Texts:
    """Each front with its back; the padding between them goes when the row is put together."""
    width = front.dtype.itemsize + back.dtype.itemsize
    page = np.concatenate([_bytes(front), _bytes(back)], axis=1)
    return page.view(f"S{width}").ravel()


def _bytes(column: Texts) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(column).view(np.uint8).reshape(len(column), column.dtype.itemsize)


def ids(numbers: IntArray, letter: str = "E") -> Texts:
    """Ids of equal length: a letter and the number, counted from 1."""
    page = np.empty((len(numbers), ID_DIGITS + 1), dtype=np.uint8)
    page[:, 0] = ord(letter)
    rest = numbers + 1
    for place in range(ID_DIGITS, 0, -1):
        page[:, place] = rest % 10 + ord("0")
        rest = rest // 10
    return page.view(f"S{ID_DIGITS + 1}").ravel()


def moments(start: dt.date, days: int) -> Texts:
    """Texts of all moments (see generate_times) of so many days."""
    clocks = ["", *(f"T{clock}" for clock in _clocks(DAY))]
    return texts(date + clock for date in _dates(start, days) for clock in clocks)


def days(start: dt.date, count: int) -> Texts:
    """Texts of so many days; the last seven are the weekdays, so that day -7 is Monday."""
    return texts([*_dates(start, count), *WEEKDAYS])


def clocks() -> Texts:
    """Texts of the quarters of an hour up to the end of the day; the last, clock -1, is blank."""
    return texts([*_clocks(DAY + 1), ""])


def _dates(start: dt.date, days: int) -> list[str]:
    return [str(start + dt.timedelta(days=day)) for day in range(days)]


def _clocks(count: int) -> list[str]:
    return [f"{quarter // HOUR:02}:{quarter % HOUR * 60 // HOUR:02}" for quarter in range(count)]

"""Bytes of a well-formed CSV file -> blocks of cells, found by numpy.

A file with the same number of cells in every record, and with quotation marks only where CSV wants them, needs no
look at each character in turn. Every other file gives None: the csv module reads it, and says what is wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from matcher.columns import SPARE, Block, Offsets
from matcher.model import IntArray

BLOCK = 1 << 20  # bytes that are looked at together: few enough to stay in the processor's cache
NEWLINE, RETURN, QUOTE = b'\n\r"'

Bytes = npt.NDArray[np.uint8]
Cells = npt.NDArray[np.int32]
"""Shape (2 or 3, records, width): where each cell starts, where it ends, how many quotation marks it holds."""


class NotPlainError(Exception):
    """The file is for the csv module."""


def split(content: bytes, delimiter: str, begin: int = 0) -> list[Block] | None:
    """Find the cells.

    Parameters
    ----------
    content
        A file in UTF-8 without byte order mark and NUL.
    delimiter
        What stands between cells: one ASCII character.
    begin
        Where the first record begins: at 0, or behind a line that is none.

    Returns
    -------
    All records that are not blank, the header first; None where the file is not plain.
    """
    try:
        return list(_blocks(content, ord(delimiter), begin))
    except NotPlainError:
        return None


def _blocks(content: bytes, delimiter: int, base: int) -> Iterator[Block]:
    line, width = content.count(b"\n", 0, base) + 1, 0
    while base < len(content):
        size = BLOCK
        if last := len(content) - base < BLOCK + SPARE:  # made to end like all others
            content, base = content[base:] + b"\n" + bytes(SPARE), 0
            size = len(content) - SPARE
        data = np.frombuffer(content, dtype=np.uint8, count=size, offset=base)
        ends, closing, quotes = _ends(data, delimiter)
        data = data[: int(ends[-1]) + 1]
        if last and len(data) < size:
            raise NotPlainError  # the last record does not end
        cells = _records(data, ends, closing, quotes, width)
        lines, count = _lines(data, cells[0, :, 0])
        cells, escaped = _unquoted(data, cells)
        rows, width = _written(data, cells), cells.shape[2]
        yield Block(content, base, cells[0][rows], cells[1][rows], lines[rows] + line, escaped)
        line, base = line + count, base + len(data)
        if last:
            return


def _ends(data: Bytes, delimiter: int) -> tuple[Offsets, IntArray, Offsets | None]:
    """Where cells end, up to the last end of a record; which of them end one; how many quotation marks each holds.

    The last is None where there are none.
    """
    newline, quotes = data == NEWLINE, data == QUOTE
    marks, before = (data == delimiter) | newline, None
    if not quotes.any():
        ends = np.flatnonzero(marks).astype(np.int32)
    else:  # a mark behind an odd number of quotation marks stands inside a cell
        ends = np.flatnonzero(marks | quotes).astype(np.int32)
        count = np.cumsum(quotes[ends], dtype=np.int32)
        outside = ~quotes[ends] & (count % 2 == 0)
        ends, before = ends[outside], count[outside]
    closing = np.flatnonzero(newline[ends])
    if not len(closing):
        raise NotPlainError  # one endless record
    ends = ends[: closing[-1] + 1]
    return ends, closing, None if before is None else np.diff(before[: len(ends)], prepend=0)


def _records(data: Bytes, ends: Offsets, closing: IntArray, quotes: Offsets | None, width: int) -> Cells:
    """Cells by record, without empty lines and the carriage return of a line's end."""
    cells = np.empty((2 if quotes is None else 3, len(ends)), dtype=np.int32)
    cells[0, 0], cells[0, 1:], cells[1] = 0, ends[:-1] + 1, ends
    if quotes is not None:
        cells[2] = quotes
    _take_returns(data, cells, closing)
    widths = np.diff(closing, prepend=-1)
    width = width or int(widths.max())
    if (widths != width).any():
        empty = (widths == 1) & (cells[0, closing] == cells[1, closing])
        if (widths[~empty] != width).any():
            raise NotPlainError
        cells = np.delete(cells, closing[empty], axis=1)
    if (cells[1] - cells[0]).max(initial=0) > csv.field_size_limit():
        raise NotPlainError  # perhaps too long for the csv module
    return cells.reshape(len(cells), -1, width)


def _take_returns(data: Bytes, cells: Cells, closing: IntArray) -> None:
    """Take the carriage return off the ends of lines."""
    returns = np.flatnonzero(data == RETURN)
    if not len(returns):
        return
    if (data[returns + 1] != NEWLINE).any():
        raise NotPlainError  # a lone one ends a line, too
    last = cells[1, closing]
    cells[1, closing] -= (last > cells[0, closing]) & (data[last - 1] == RETURN)


def _lines(data: Bytes, starts: Offsets) -> tuple[IntArray, int]:
    """Lines, counted from 0, on which the records start; and how many lines there are."""
    newline = data == NEWLINE
    count = int(np.count_nonzero(newline))
    lines = np.arange(count) if count == len(starts) else np.searchsorted(np.flatnonzero(newline), starts)
    return lines, count


def _unquoted(data: Bytes, cells: Cells) -> tuple[Cells, bool]:
    """Take quotation marks off the cells that stand within two; whether any in them stands doubled, for one."""
    if len(cells) == 2:
        return cells, False
    starts, ends, quotes = cells
    quoted = (quotes >= 2) & (data[starts] == QUOTE) & (data[ends - 1] == QUOTE)
    if (quoted != (quotes > 0)).any():
        raise NotPlainError  # a quotation mark amid a cell
    bare = np.stack([starts + quoted, ends - quoted])
    if (quotes == 2 * quoted).all():
        return bare, False
    rest = data == QUOTE
    rest[starts[quoted]] = rest[ends[quoted] - 1] = False
    inner = np.flatnonzero(rest)
    if len(inner) % 2 or (inner[::2] + 1 != inner[1::2]).any():
        raise NotPlainError  # text behind a closing quotation mark
    return bare, True


def _written(data: Bytes, cells: Cells) -> IntArray | slice:
    """Records in which something is written."""
    written = np.zeros(cells.shape[1], dtype=np.bool_)
    for starts, ends in zip(cells[0].T, cells[1].T, strict=True):
        written |= (data[starts] > ord(" ")) & (data[starts] < 127) & (starts < ends)
        if written.all():
            return slice(None)
    for row in np.flatnonzero(~written).tolist():  # none of its cells begins with an ASCII character but a space
        spans = cells[:2, row].T.tolist()
        written[row] = any(data[start:end].tobytes().decode().strip() for start, end in spans)
    return np.flatnonzero(written)

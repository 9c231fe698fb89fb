"""Cells of a table as spans of bytes: read as text, or as codes of the distinct texts without an object each.

Busy times come in millions, of which few texts differ: each distinct one is decoded once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matcher.model import BoolArray, IntArray

Offsets = npt.NDArray[np.signedinteger]
Words = npt.NDArray[np.uint64]

SPARE = 24  # bytes that follow the last cell of a block, so that some words can be read from any cell
MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)  # the first bytes of a word
LONGEST = 256  # bytes of a cell that are compared word by word
FEW_ROWS = 20_000  # fewer are sorted sooner than pandas is imported


@dataclass(frozen=True)
class Block:
    """Records of one file: cell (row, column) is `data[starts[row, column]:ends[row, column]]`, in UTF-8.

    `data` are the bytes of `content` from `base` on, `SPARE` of them behind the last cell. `lines` gives the line
    on which each record starts. Where `escaped`, a quotation mark in a cell stands twice.
    """

    content: bytes
    base: int
    starts: Offsets
    ends: Offsets
    lines: IntArray
    escaped: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.starts.shape[1])

    def texts(self, column: int, rows: Sequence[int] | IntArray | slice) -> list[str]:
        """Cells of some rows of one column, trimmed."""
        starts, ends = (
            (offsets[rows, column] + np.int64(self.base)).tolist() for offsets in (self.starts, self.ends)
        )
        texts = [self.content[start:end].decode().strip() for start, end in zip(starts, ends, strict=True)]
        return [text.replace('""', '"') for text in texts] if self.escaped else texts

    def record(self, row: int) -> list[str]:
        """All cells of one record, trimmed."""
        return [self.texts(column, [row])[0] for column in range(self.width)]

    def sizes(self, column: int) -> Offsets:
        """How many bytes each cell of a column has."""
        return self.ends[:, column] - self.starts[:, column]

    def words(self, column: int, place: int) -> Words:
        """The eight bytes from `8 * place` on of each cell that reaches so far, zeros behind its end."""
        starts, sizes = self.starts[:, column], self.sizes(column)
        if place:
            rows = np.flatnonzero(sizes > 8 * place)
            starts, sizes = starts[rows] + 8 * place, sizes[rows] - 8 * place
        return self.words_at(starts) & MASKS[np.minimum(sizes, 8)]

    def words_at(self, offsets: Offsets) -> Words:
        """The eight bytes from each of these offsets on, whatever they belong to."""
        # A word may be read from any byte on: the words of this view overlap.
        count = len(self.content) - self.base - 7
        words = np.ndarray(count, dtype="<u8", buffer=self.content, offset=self.base, strides=(1,))
        found: Words = words[offsets]
        return found

    def kept(self, rows: IntArray | slice) -> Block:
        """Only these records."""
        return replace(self, starts=self.starts[rows], ends=self.ends[rows], lines=self.lines[rows])


def packed(cells: Sequence[str], lines: Sequence[int], width: int) -> Block:
    """Lay records given as one list of cells, `width` to each, out as a block."""
    raw = [cell.encode() for cell in cells]
    ends = np.cumsum([0, *map(len, raw)])
    shape = (len(lines), width)
    starts, ends = ends[:-1].reshape(shape), ends[1:].reshape(shape)
    return Block(b"".join([*raw, bytes(SPARE)]), 0, starts, ends, np.array(lines, dtype=np.int64))


@dataclass(frozen=True)
class Coded:
    """A column as the place of each row's text among the distinct ones."""

    codes: IntArray
    texts: list[str]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return self.texts[int(self.codes[row])]

    def numbers(self, values: Iterable[int]) -> IntArray:
        """Number of each row, given one for each distinct text."""
        return np.fromiter(values, dtype=np.int64, count=len(self.texts))[self.codes]

    def where(self, test: Callable[[str], bool]) -> BoolArray:
        """Whether each row's text passes a test."""
        return np.fromiter(map(test, self.texts), dtype=np.bool_, count=len(self.texts))[self.codes]

    def ordered(self, order: IntArray) -> tuple[str, ...]:
        """Texts of the rows in another order."""
        return tuple(map(self.texts.__getitem__, self.codes[order].tolist()))


def coded(codes: IntArray, texts: list[str]) -> Coded:
    """Join codes of texts that are the same."""
    places = dict.fromkeys(texts)
    if len(places) == len(texts):
        return Coded(codes, texts)
    number = {text: place for place, text in enumerate(places)}
    return Coded(np.array([number[text] for text in texts], dtype=np.int64)[codes], list(places))


class Column:
    """One column of a file, in trimmed texts, or in what a reader makes of them."""

    def __init__(
        self, blocks: Sequence[Block], place: int, reader: Callable[[Coded], Coded] | None = None
    ) -> None:
        self.blocks = blocks
        self.place = place
        self.reader = reader
        self.firsts = np.cumsum([0, *map(len, blocks)])  # the first row of each block, and the number of all

    def __len__(self) -> int:
        return int(self.firsts[-1])

    def read_by(self, reader: Callable[[Coded], Coded]) -> Column:
        """The same cells as `reader` puts them, which sees each distinct text once."""
        return Column(self.blocks, self.place, reader)

    def __getitem__(self, row: int) -> str:
        """Give the text of a row as it stands in the file."""
        block = int(np.searchsorted(self.firsts, row, side="right")) - 1
        return self.blocks[block].texts(self.place, [row - int(self.firsts[block])])[0]

    def sizes(self) -> Offsets:
        """How many bytes each cell has."""
        return np.concatenate([block.sizes(self.place) for block in self.blocks])

    def part(self, rows: IntArray, skip: int = 0) -> Column:
        """Some rows, ascending, without the first `skip` bytes of each cell."""
        cuts = np.searchsorted(rows, self.firsts)
        blocks = []
        for block, first, begin, end in zip(self.blocks, self.firsts[:-1], cuts[:-1], cuts[1:], strict=True):
            inside = block.kept(rows[begin:end] - first)
            blocks.append(replace(inside, starts=inside.starts + skip))
        return Column(blocks, self.place, None if skip else self.reader)

    def texts(self) -> list[str]:
        """Text of every row: for columns in which nearly all differ."""
        if self.reader is not None:
            read = self.coded()
            return [read.texts[code] for code in read.codes.tolist()]
        return self._raw_texts()

    def _raw_texts(self) -> list[str]:
        return list(itertools.chain.from_iterable(block.texts(self.place, slice(None)) for block in self.blocks))

    def coded(self) -> Coded:
        """Code of every row: for columns in which texts repeat."""
        raw = self._raw()
        return raw if self.reader is None else self.reader(raw)

    def _raw(self) -> Coded:
        sizes = self.sizes()
        if sizes.max(initial=0) > LONGEST:
            return coded(np.arange(len(self)), self._raw_texts())
        codes = self._codes(sizes)
        examples = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
        examples[codes] = np.arange(len(codes))  # some row of each text
        order = np.argsort(examples)
        cuts = np.searchsorted(examples[order], self.firsts)
        texts = np.empty(len(order), dtype=object)
        for block, first, last, row in zip(self.blocks, cuts[:-1], cuts[1:], self.firsts[:-1], strict=True):
            texts[order[first:last]] = block.texts(self.place, examples[order[first:last]] - row)
        return coded(codes, texts.tolist())

    def _codes(self, sizes: Offsets) -> IntArray:
        """Codes of the untrimmed cells: by their first eight bytes, then those that go on by the next eight ..."""
        codes = factorized(self._words(0))
        for word in range(1, -(-int(sizes.max(initial=0)) // 8)):
            rows = np.flatnonzero(sizes > 8 * word)
            further = factorized(self._words(word))
            pairs = codes[rows] * (further.max() + 1) + further
            codes[rows] = codes.max() + 1 + factorized(pairs)
            codes = dense(codes)
        return codes

    def _words(self, word: int) -> Words:
        return np.concatenate([block.words(self.place, word) for block in self.blocks])


def blank_column(rows: int) -> Column:
    """A column of blank cells."""
    offsets = np.zeros((rows, 1), dtype=np.int64)
    return Column([Block(bytes(SPARE), 0, offsets, offsets, offsets[:, 0])], 0)


def dense(values: IntArray) -> IntArray:
    """Codes 0, 1, ... of distinct values that are small, in their order."""
    used = np.zeros(int(values.max()) + 1, dtype=np.bool_)
    used[values] = True
    return (np.cumsum(used) - 1)[values]


def factorized(values: IntArray | Words) -> IntArray:
    """Codes 0, 1, ... of the distinct values."""
    if len(values) < FEW_ROWS:
        return np.unique(values, return_inverse=True)[1]
    if values.max() < len(values):
        return dense(values.astype(np.int64))
    import pandas as pd  # noqa: PLC0415 - its hash table is worth the import for many rows only

    return pd.factorize(values)[0].astype(np.int64, copy=False)


def sorted_rows(*keys: IntArray) -> tuple[IntArray, ...]:
    """Sort rows by their first key, then the second ...; all columns in the new order."""
    if not len(keys[0]):
        return keys
    lows = [int(key.min()) for key in keys]
    bits = [(int(key.max()) - low).bit_length() for key, low in zip(keys, lows, strict=True)]
    if sum(bits) > 63:
        order = np.lexsort(keys[::-1])
        return tuple(key[order] for key in keys)
    # One number holds a whole row: sorting numbers is far quicker than sorting row numbers by several keys.
    rows = np.zeros(len(keys[0]), dtype=np.int64)
    for key, low, size in zip(keys, lows, bits, strict=True):
        rows <<= size
        rows |= key - low
    rows.sort()
    columns = []
    for low, size in zip(reversed(lows), reversed(bits), strict=True):
        columns.append((rows & ((1 << size) - 1)) + low)
        rows >>= size
    return tuple(reversed(columns))


def order_of(*keys: IntArray) -> IntArray:
    """Row numbers in order of the first key, then the second ...; what is equal keeps its order."""
    return sorted_rows(*keys, np.arange(len(keys[0])))[-1]

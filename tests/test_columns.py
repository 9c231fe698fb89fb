"""Cells as codes and as texts, few or many, and rows sorted by several keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import columns
from matcher.columns import Column, blank_column, factorized, order_of, packed, sorted_rows

TEXTS = st.text(st.sampled_from("ab Яё\u00a0"), max_size=20)


def column(parts):
    """A column whose blocks hold these cells."""
    return Column([packed(part, range(len(part)), 1) for part in parts], 0)


@given(st.lists(st.lists(TEXTS, max_size=6), min_size=1, max_size=4), st.sampled_from([4, 256]))
def test_codes_and_texts_tell_the_same(parts, longest):
    expected = [text.strip() for part in parts for text in part]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "LONGEST", longest)
        coded = column(parts).coded()
    assert list(coded) == column(parts).texts() == expected
    assert len(set(coded.texts)) == len(coded.texts) == len(set(expected))
    assert [column(parts)[row] for row in range(len(expected))] == expected


def test_words_are_compared_to_their_end():
    texts = ["a" * size + tail for size in range(20) for tail in ("", "b", "c", "bc")]
    assert list(column([texts, texts[::-1]]).coded()) == texts + texts[::-1]


def test_a_part_of_a_column():
    cells = column([["ab1", "ab2"], [], ["ab3", "ab2"]])
    assert cells.part(np.array([1, 3]), skip=2).texts() == ["2", "2"]
    assert list(cells.part(np.array([0, 2, 3])).coded()) == ["ab1", "ab3", "ab2"]
    assert list(cells.part(np.zeros(0, dtype=np.int64)).coded()) == []


def test_a_blank_column():
    assert blank_column(3).texts() == list(blank_column(3).coded()) == ["", "", ""]
    assert list(blank_column(0).coded()) == []


@pytest.mark.parametrize("few", [1, 1000])
@pytest.mark.parametrize(
    "values", [[5], [3, 1, 3, 2], [0, 0, 1], [2**63, 1, 2**63, 2**64 - 1], [*range(100), 7, 7]]
)
def test_few_and_many_values_are_told_apart_alike(few, values, monkeypatch):
    monkeypatch.setattr(columns, "FEW_ROWS", few)
    codes = factorized(np.array(values, dtype=np.uint64)).tolist()
    assert len(set(codes)) == len(set(values)) == len(set(zip(codes, values, strict=True)))
    assert set(codes) == set(range(len(set(values))))


KEY = st.sampled_from([0, 1, 2, -5, 2**40, -(2**40)])


@given(st.lists(st.tuples(KEY, st.integers(0, 3), KEY), max_size=20))
def test_rows_are_sorted_by_all_their_keys(rows):
    keys = [np.array([row[i] for row in rows], dtype=np.int64) for i in range(3)]
    assert list(zip(*(key.tolist() for key in sorted_rows(*keys)), strict=True)) == sorted(rows)
    order = order_of(keys[1], keys[0]).tolist()
    assert order == sorted(range(len(rows)), key=lambda row: (rows[row][1], rows[row][0]))

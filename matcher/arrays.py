"""What numpy lacks: numbers in runs."""

from __future__ import annotations

import numpy as np

from matcher.model import IntArray


def ranges(first: IntArray, many: IntArray) -> IntArray:
    """The numbers first[i], first[i] + 1, ... (`many[i]` of them), one i after the other."""
    before = np.cumsum(many) - many
    return np.asarray(np.arange(many.sum()) + np.repeat(first - before, many))

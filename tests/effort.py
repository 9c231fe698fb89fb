"""How many cohorts are drawn: a part of them in everyday runs, every one with MATCHER_DRAWS=all."""

import os

ALL = os.environ.get("MATCHER_DRAWS") == "all"


def few_or_all(few: int, every: int) -> int:
    """How many draws: the first `few` of `every`, or all of them."""
    return every if ALL else few

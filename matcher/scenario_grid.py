"""Cases as they are written -> every case that is run: each combination of a grid, each seed."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from matcher.scenario_cases import BASE, Case
from matcher.scenario_file import Sample, Written
from matcher.scenario_keys import Place, fault
from matcher.scenario_names import combined_name, short_keys, told_apart

MOST_CASES = 100_000
FEW = 1 << 17  # combinations that are all looked at for a sample


def count_cases(written: Sequence[Written], top: Place) -> int:
    """How many cases there are with the base; more than can be run are a fault."""
    numbers = [_combinations(case) * (1 if case.seeds is None else len(case.seeds)) for case in written]
    total = 1 + sum(numbers)
    if total > MOST_CASES:
        largest = written[numbers.index(max(numbers))].name
        message = f"{total:,} cases are more than the {MOST_CASES:,} that can be run; {largest!r} alone makes"
        fault(top, f"{message} {max(numbers):,} (a sample takes some of a grid's combinations)")
    return total


def _combinations(case: Written) -> int:
    total = math.prod(map(len, case.grid.values()))
    return total if case.sample is None else min(total, case.sample.number)


def expand(written: Sequence[Written]) -> tuple[Case, ...]:
    """All cases: the base, then each in its order with the combinations of its grid and its seeds."""
    cases, named = list[Case](), list[tuple[str, object]]()
    for case in written:
        shorts = short_keys(list(case.grid))
        for values in combinations(case.grid, case.sample):
            for seed in [None] if case.seeds is None else case.seeds:
                name = combined_name(case.name, values, shorts, seed)
                settings = {**case.settings, **values}
                varied = tuple(case.grid)
                cases.append(Case(name, settings, case.about, case.changes, seed, case.name, varied))
                named.append((name, [values, seed]))
    names = told_apart(named, [BASE])
    renamed = (replace(case, name=name) for name, case in zip(names, cases, strict=True))
    return (Case(BASE, about="The cohort as it is", origin=BASE), *renamed)


def combinations(grid: Mapping[str, Sequence[Any]], sample: Sample | None) -> Iterator[dict[str, Any]]:
    """Every combination, the last key running fastest; of a sample those drawn, in the same order."""
    sizes = [len(values) for values in grid.values()]
    total = math.prod(sizes)
    chosen = range(total) if sample is None or sample.number >= total else drawn(total, sample)
    for number in chosen:
        yield dict(zip(grid, _values(number, list(grid.values())), strict=True))


def _values(number: int, columns: Sequence[Sequence[Any]]) -> list[Any]:
    """The values of one combination, by its number."""
    found = []
    for values in reversed(columns):
        number, place = divmod(number, len(values))
        found.append(values[place])
    return found[::-1]


def drawn(total: int, sample: Sample) -> list[int]:
    """Numbers below `total`, ascending; a larger sample of the same seed holds all of a smaller one.

    >>> drawn(6, Sample(2, 1)), drawn(6, Sample(3, 1))
    ([4, 5], [2, 4, 5])
    """
    if total <= FEW:
        order = sorted(range(total), key=lambda number: _digest(sample.seed, number))
        return sorted(order[: sample.number])
    found: dict[int, None] = {}
    for attempt in itertools.count():
        found.setdefault(int.from_bytes(_digest(sample.seed, attempt)) % total)
        if len(found) == sample.number:
            return sorted(found)
    raise AssertionError  # pragma: no cover - the count never ends


def _digest(seed: int, number: int) -> bytes:
    return hashlib.sha256(f"{seed}:{number}".encode()).digest()

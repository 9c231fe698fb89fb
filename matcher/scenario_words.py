"""What the cases of a file change, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matcher.console import counted
from matcher.scenario_cases import BASE, Case, Change, Condition
from matcher.scenario_changes import Made
from matcher.scenario_filters import UNITS
from matcher.scenario_writing import toml_value
from matcher.scenarios import Base, Scenarios

TESTS = {"is": "is", "not": "is not", "at_least": "is at least", "at_most": "is at most", "like": "is like"}


def effects(scenarios: Scenarios, base: Base) -> dict[str, list[Made]]:
    """The changes of each case as it is written, with the rows that they change, drawn by its first seed."""
    return {origin: base.effects(case) for origin, case in scenarios.changing().items()}


def listing(scenarios: Scenarios, made: Mapping[str, Sequence[Made]], *, all_of_it: bool) -> list[str]:
    """Every case as it is written, with what it changes; or every case that is run."""
    origins: dict[str, list[Case]] = {}
    for case in scenarios.cases:
        origins.setdefault(case.origin, []).append(case)
    lines = []
    for origin, cases in origins.items():
        about = f": {cases[0].about}" if cases[0].about else ""
        number = f" ({counted(len(cases), 'case')})" if cases[0].name != origin else ""
        lines.append(f"{origin}{number}{about}")
        lines += [f"  {line}" for line in _written(cases, made.get(origin, ()))]
        if all_of_it and number:
            lines += [f"    {case.name}" for case in cases]
    return lines


def _written(cases: Sequence[Case], made: Sequence[Made]) -> Iterator[str]:
    first = cases[0]
    yield from (f"{key} = {toml_value(value)}" for key, value in first.settings.items() if key not in first.varied)
    yield from map(change_words, made)
    for key in first.varied:
        values = list(dict.fromkeys(toml_value(case.settings[key]) for case in cases))
        some = [*values[:3], "...", values[-1]] if len(values) > 8 else values
        yield f"{key} = {' or '.join(some)}".replace(" or ... or ", " ... ")
    if first.seed is not None:
        seeds = list(dict.fromkeys(case.seed for case in cases))
        yield f"drawn with {counted(len(seeds), 'seed')}: {_seeds(seeds)}"


def _seeds(seeds: Sequence[int | None]) -> str:
    texts = [str(seed) for seed in seeds]
    return ", ".join(texts) if len(texts) < 6 else f"{', '.join(texts[:3])} ... {texts[-1]}"


def change_words(made: Made) -> str:
    """A change in words, with the number of rows that it is about."""
    change = made.change
    rows = counted(made.rows, "row")
    if change.add:
        named = [", ".join(text for _, text in cells) for cells in change.add[:3]]
        more = " ..." if len(change.add) > 3 else ""
        return f"{change.table}: add {rows} ({'; '.join(named)}{more})"
    cells = ", ".join(f"{column} = {text!r}" for column, text in change.set)
    what = f"remove {rows}" if change.remove else f"set {cells} in {rows}"
    return f"{change.table}: {what}{_which(change)}"


def _which(change: Change) -> str:
    """Which rows a change is about."""
    where = f" where {' and '.join(map(_condition, change.where))}" if change.where else ""
    top = f", the {change.top.number} with most {change.top.by}" if change.top else ""
    draw = ""
    if change.draw is not None:
        share, of = change.draw.share, change.draw.of or UNITS.get(change.table, "row")
        draw = f", {f'{float(100 * share):g}% of' if share is not None else change.draw.number} {of} drawn"
    return where + top + draw


def _condition(condition: Condition) -> str:
    if condition.test == "blank":
        return f"{condition.column} is {'' if condition.values[0] else 'not '}blank"
    values = [str(value) for value in condition.values]
    shown = " or ".join(values[:5]) + (f" or {len(values) - 5} more" if len(values) > 5 else "")
    return f"{condition.column} {TESTS[condition.test]} {shown}"


def case_data(case: Case, made: Sequence[Made]) -> dict[str, Any]:
    """A case for `--json`."""
    return {
        "name": case.name,
        "about": case.about,
        "case": case.origin,
        "set": {key: plain(value) for key, value in case.settings.items()},
        "seed": case.seed,
        "changes": [
            {"table": one.change.table, "what": change_words(one)} for one in (made if case.name != BASE else ())
        ],
    }


def plain(value: object) -> object:
    """A value for JSON: dates and times as texts."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value

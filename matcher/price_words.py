"""Prices in words and figures: a few lines for people, data for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matcher.classes import class_name, make_classes
from matcher.console import counted
from matcher.goals import rank_parts
from matcher.model import Cohort, Price

SHOWN = 5
RULES = {
    "eligibility.same_function_gap": "level gap within a function",
    "eligibility.cross_function_gap": "level gap between functions",
    "eligibility.line_manager_may_mentor": "line managers may mentor",
    "eligibility.past_pairs_may_repeat": "past pairs may repeat",
    "capacity.mentees_per_mentor": "mentees per mentor",
    "sessions.min_days_between": "days between sessions",
    "sessions.month_rule": "month rule",
    "sessions.minimum": "sessions a pair has at least",
    "sessions.minutes": "minutes of a session",
    "sessions.max_per_day": "sessions a day",
    "sessions.max_per_week": "sessions a week",
    "sessions.pause_minutes": "minutes of pause",
    "calendar.working_hours": "working hours",
    "calendar.lunch": "lunch",
}
NO_LIMIT = ("sessions.max_per_day", "sessions.max_per_week")


def price_lines(cohort: Cohort, prices: Sequence[Price]) -> list[str]:
    """Name what costs the most, the dearest first."""
    dear = [price for price in prices if _cost(cohort, price) > _cost(cohort, None)]
    if not dear:
        return ["No rule and no decision costs anything when it alone is relaxed (prices.csv has them all)."] * (
            len(prices) > 0
        )
    dear.sort(key=lambda price: _cost(cohort, price), reverse=True)
    lines = ["What costs the most (prices.csv has every rule and decision, each relaxed alone):"]
    return [*lines, *(f"  {_name(cohort, price)}: {_changes(cohort, price)}" for price in dear[:SHOWN])]


def _cost(cohort: Cohort, price: Price | None) -> tuple[int, ...]:
    """How much better the answer would be, goal by goal; of None nothing at all."""
    kind, number, classes = cohort.programme.goals.rank, cohort.programme.sessions.number, make_classes(cohort)
    keys = classes.keys if classes else ()
    if price is None or price.mentees is None or price.pairs is None:
        return (0, 0, *[0] * len(keys), *rank_parts(kind, {}), 0)
    sign = {"most": 1, "fewest": -1}.get(str(number), 0)
    by_class = dict(part.split(":") for part in (price.priority or "").split())
    first = [int(by_class.get(class_name(key), 0)) for key in keys]
    ranks = rank_parts(kind, _ranks(price.ranks))
    return (price.mentees, price.pairs, *first, *ranks, sign * (price.sessions or 0))


def _ranks(change: str | int | None) -> dict[int, int]:
    """Pairs more or fewer at each rank; for min-cost the change of the sum, at rank 1."""
    if isinstance(change, int):
        return {1: change}
    parts = (part.split(":") for part in (change or "").split())
    return {int(rank): int(number) for rank, number in parts}


def _name(cohort: Cohort, price: Price) -> str:
    if price.pair is not None:
        mentee, mentor = map(cohort.employees.label, price.pair)
        return (
            f"{mentee} {price.now} with {mentor}"
            if price.now == "locked"
            else f"{mentee} and {mentor} {price.now}"
        )
    return f"{RULES[price.what]} {_value(price.what, price.now)} -> {_value(price.what, price.relaxed)}"


def _value(key: str, text: str) -> str:
    if key in NO_LIMIT and text == "0":
        return "no limit"
    return {"true": "yes", "false": "no", "": "none"}.get(text, text)


def _changes(cohort: Cohort, price: Price) -> str:
    """What would change, the goals that matter most first."""
    parts = [_more(price.pairs, "pair")] if price.pairs else []
    if price.mentees and cohort.programme.capacity.mentors_per_mentee > 1:
        parts.insert(0, f"{_more(price.mentees, 'mentee')} with a mentor")
    if price.priority:
        parts.append(f"by priority/losses {price.priority}")
    if price.ranks and isinstance(price.ranks, int):
        parts.append(f"sum of ranks {price.ranks:+d}")
    elif price.ranks:
        parts.append(f"ranks {price.ranks}")
    if price.sessions:
        parts.append(_more(price.sessions, "session"))
    return ", ".join(parts)


def _more(change: int | None, noun: str) -> str:
    number = change or 0
    return counted(abs(number), f"{'more' if number > 0 else 'fewer'} {noun}")


def price_data(cohort: Cohort, prices: Sequence[Price]) -> list[dict[str, Any]]:
    """Give the rows of prices.csv for a program, people by id; null where there is no figure."""
    ids = cohort.employees.ids
    return [
        {
            "what": price.what,
            "mentee_id": None if price.pair is None else ids[price.pair[0]],
            "mentor_id": None if price.pair is None else ids[price.pair[1]],
            "now": price.now,
            "relaxed": price.relaxed,
            "mentees": price.mentees,
            "pairs": price.pairs,
            **({"priority": price.priority} if make_classes(cohort) else {}),
            "ranks": price.ranks,
            "sessions": price.sessions,
            "status": price.status,
        }
        for price in prices
    ]

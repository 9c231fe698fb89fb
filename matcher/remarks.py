"""The sentences of choices.csv taken apart, and what those on places say after a rematch."""

from __future__ import annotations

import re

REMARK = re.compile(
    r" (?:Every best pairing has this pair|No best pairing has this pair"
    r"|(?:Other p|P)airings with(?:out)? it (?:are|can be) [^.]*)\.$"
)
"""The sentence on the standing with which `detail` ends."""

LEFT = "beside pairs that go on or are locked"
"""Which places are meant where a rematch has too few: those taken by such pairs nobody competes for."""


def decider(detail: str) -> str:
    """What decided between pairings equally good in mentees, pairs and ranks: `draw`, `sessions` or ""."""
    said = REMARK.search(detail)
    found = [word for word in ("draw", "sessions") if said and f"{word} decided" in said[0]]
    return found[0] if found else ""


def without_remark(detail: str) -> str:
    """The reason alone."""
    return REMARK.sub("", detail)


def without_hours(outcome: str, detail: str) -> str:
    """The sentence on a choice, without the working hours that it may tell of the two."""
    if outcome == "no_common_time" and ": " in detail:
        return detail.partition(": ")[0].rstrip(".") + "."
    return detail


def places_left(places: int) -> str:
    """How many places a rematch has to give.

    >>> places_left(0)
    'no place beside pairs that go on or are locked'
    """
    number = "no place" if not places else "1 place" if places == 1 else f"{places} places"
    return f"{number} {LEFT}"

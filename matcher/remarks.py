"""The sentences of choices.csv taken apart: the reason, what is said of the standing, what decided."""

from __future__ import annotations

import re

REMARK = re.compile(
    r" (?:Every best pairing has this pair|No best pairing has this pair"
    r"|(?:Other p|P)airings with(?:out)? it (?:are|can be) [^.]*)\.$"
)
"""The sentence on the standing with which `detail` ends."""


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

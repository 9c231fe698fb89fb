"""What two people have said of their pair, row by row of pairs.csv, and which of it counts."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matcher.model import Decision, Pair, PairStatus, Side

STRICTEST_FIRST: tuple[PairStatus, ...] = ("forbidden", "refused", "declined", "locked", "accepted", "past")
REFUSALS = ("refused", "declined")
MOST_TORN = 1000  # contradictions between rows of the same days that are told
SIDES: tuple[Side, ...] = ("", "mentee", "mentor", "both")


@dataclass(frozen=True)
class PairRow:
    """One row of pairs.csv between two employees; dates are days since 1970-01-01."""

    line: int
    status: PairStatus
    last_session: int | None = None
    since: int | None = None
    by: Side = ""


class Contradiction(NamedTuple):
    """A yes and a no of which nobody can tell which is the later word."""

    yes: PairRow
    no: PairRow


def counting(said: Sequence[PairRow]) -> tuple[list[PairRow], list[Contradiction]]:
    """The rows that count, and contradictions between them.

    People change their minds: where one has both accepted and refused, the row with the later `since` counts. A
    yes of one and a no of the other is no contradiction: the no counts.

    >>> yes, no = PairRow(2, "accepted", since=5, by="mentee"), PairRow(3, "declined", since=9)
    >>> [row.line for row in counting([yes, no])[0]]
    [3]
    """
    overruled, torn = set[int](), list[Contradiction]()
    all_no = _alike(row for row in said if row.status in REFUSALS)
    all_yes = _alike(row for row in said if row.status == "accepted") if all_no else {}
    for ((yes_since, yes_by), yes), ((no_since, no_by), no) in itertools.product(all_yes.items(), all_no.items()):
        if not _may_be_one(yes_by, no_by):
            continue
        if yes_since is None or no_since is None or yes_since == no_since:
            torn += itertools.islice(itertools.starmap(Contradiction, itertools.product(yes, no)), MOST_TORN)
        else:
            overruled.update(row.line for row in (yes if yes_since < no_since else no))
    torn.sort(key=lambda pair: (pair.yes.line, pair.no.line))
    return [row for row in said if row.line not in overruled], torn


def _alike(rows: Iterable[PairRow]) -> dict[tuple[int | None, Side], list[PairRow]]:
    """The rows by the day and the person they are of."""
    found: dict[tuple[int | None, Side], list[PairRow]] = {}
    for row in rows:
        found.setdefault((row.since, row.by), []).append(row)
    return found


def _may_be_one(one: Side, other: Side) -> bool:
    """Whether two rows can be of the same person."""
    return one == other or not {"", "both"}.isdisjoint((one, other))


def joined(said: Sequence[PairRow]) -> Decision:
    """All rows of a pair together, of which at least one counts."""
    counts = counting(said)[0]
    statuses = {row.status for row in counts}
    refusals = [row for row in counts if row.status in REFUSALS]
    answers = refusals or [row for row in counts if row.status == "accepted"]
    since = [row.since for row in answers if row.since is not None]
    return Decision(
        min(statuses, key=STRICTEST_FIRST.index),
        past="past" in statuses,
        last_session=max((row.last_session for row in said if row.last_session is not None), default=None),
        refused="refused" in statuses,
        declined="declined" in statuses,
        accepted="accepted" in statuses,
        since=(min if refusals else max)(since, default=None),
        by=_together({row.by for row in answers}),
    )


def _together(sides: Collection[Side]) -> Side:
    """Who has said so in all."""
    if "both" in sides or {"mentee", "mentor"} <= set(sides):
        return "both"
    return max(sides, default="")  # "" comes before all words


def answer_of(decision: Decision) -> tuple[str, Side]:
    """The answer to a pair that holds, `refused`, `declined`, `accepted` or "", and whose it is."""
    for word in ("refused", "declined", "accepted"):
        if getattr(decision, word):
            return word, decision.by
    return "", ""


def accepted_pairs(decisions: Mapping[Pair, Decision]) -> set[Pair]:
    """The pairs that have been accepted, and that nobody has turned down."""
    return {pair for pair, decision in decisions.items() if answer_of(decision)[0] == "accepted"}


def answered(decisions: Mapping[Pair, Decision]) -> dict[str, int]:
    """How many pairs have accepted, declined and refused; empty where nobody has accepted or declined."""
    counts = Counter(answer_of(decision)[0] for decision in decisions.values())
    told = counts["accepted"] or counts["declined"]
    return {word: counts[word] for word in ("accepted", "declined", "refused")} if told else {}

"""The columns `standing`: whether a pair is in every best pairing, in some or in none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.check_candidates import Candidates
from matcher.check_files import Table
from matcher.check_outcomes import Outcomes
from matcher.check_pairs import FoundPair
from matcher.model import Pair

WORDS = ("every", "some", "none", "")


class Standing:
    """What the standing of each pair may be; `rests` counts what only schedules can make true.

    Parameters
    ----------
    candidates
        The possible candidates.
    by_places
        Their standing as far as places go; None if that is not known.
    pairs
        The pairs of the run.
    may_lack
        Whether any standing may be unknown: a limit ended the search, or engagements last as long as needed.
    """

    def __init__(
        self,
        candidates: Candidates,
        by_places: Sequence[str] | None,
        pairs: Mapping[Pair, FoundPair],
        *,
        may_lack: bool,
    ) -> None:
        self._candidates, self._by_places, self._pairs = candidates, by_places, pairs
        self._may_lack = may_lack
        self.rests = 0

    def fault(self, pair: Pair, stated: str) -> str:
        """What is wrong with the standing stated for a pair; empty if nothing is."""
        if stated not in WORDS:
            return f"'{stated}' must be every, some or none"
        place = self._candidates.place.get(pair)
        if place is None:
            if pair in self._pairs or stated == "none":
                return ""
            return f"'{stated}' must be none: rules or calendars keep the two apart"
        if self._candidates.locked[place]:
            return "" if stated == "every" else f"'{stated}' must be every: the pair is locked"
        return self._fault_of_possible(pair, stated, self._by_places[place] if self._by_places else "some")

    def _fault_of_possible(self, pair: Pair, stated: str, known: str) -> str:
        if known != "some":
            if stated == known or (not stated and self._may_lack):
                return ""
            return f"'{stated}' must be {known}, as the prices in certificate.json show"
        if stated == "none" and pair in self._pairs:
            return "'none', but the two are paired here"
        if stated == "every" and pair not in self._pairs:
            return "'every', but the two are not paired here"
        self.rests += stated in ("every", "none") or self._by_places is None
        return ""


def check_standing(
    choices: Table, lines: Mapping[int, int], pairs: Table, outcomes: Outcomes, standing: Standing
) -> None:
    """Check the standing in choices.csv, whose choices stand on these lines, and in pairs.csv."""
    cells = {line: cell for line, (cell, _) in choices.cells("standing", "mentee_id")}
    told: dict[Pair, str] = {}
    for at, line in lines.items():
        pair = outcomes.roster.choices[at].pair
        told[pair] = cells[line]
        fault = standing.fault(pair, cells[line])
        if fault:
            choices.fault(fault, line, "standing")
    person = outcomes.roster.person
    for line, (mentee, mentor, stated) in pairs.cells("mentee_id", "mentor_id", "standing"):
        pair = person.get(mentee, -1), person.get(mentor, -1)
        fault = standing.fault(pair, stated) if pair not in told else ""
        if told.get(pair, stated) != stated:
            fault = f"'{stated}' must be '{told[pair]}', as in choices.csv"
        if fault and min(pair) >= 0:
            pairs.fault(fault, line, "standing")

"""What follows when a lock or a prohibition of pairs.csv is taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.model import Cohort, Decision, Pair
from matcher.rules import first_broken


def without_decision(cohort: Cohort, pair: Pair) -> Cohort:
    """The cohort without the rows of pairs.csv that lock or forbid a pair.

    Who is a mentee by the lock alone is none any more.
    """
    decision = cohort.decisions[pair]
    relaxed = replace(cohort, decisions={**cohort.decisions, pair: _without_status(decision)})
    still = {*cohort.choices.mentee.tolist(), *(mentee for mentee, _ in relaxed.locks)}
    if decision.status == "locked" and pair[0] not in still:
        relaxed = replace(relaxed, mentees=cohort.mentees[cohort.mentees != pair[0]])
    return relaxed


def _without_status(decision: Decision) -> Decision:
    """What the other rows say of the pair; the date of the two's last session stays."""
    return replace(decision, status="refused" if decision.refused else "past" if decision.past else None)


def idle_prohibitions(cohort: Cohort) -> frozenset[Pair]:
    """Pairs whose prohibition changes nothing: nobody asks for them, or another rule is against them as well.

    Without it exactly the same pairs could be made, so the answer would be the same to the last session.
    """
    banned = [pair for pair, decision in cohort.decisions.items() if decision.status == "forbidden"]
    if not banned:
        return frozenset()
    left = {pair: _without_status(cohort.decisions[pair]) for pair in banned}
    freed = replace(cohort, decisions={**cohort.decisions, **left})
    mentee, mentor = np.array(banned, dtype=np.int64).T
    listed = set(zip(cohort.choices.mentee.tolist(), cohort.choices.mentor.tolist(), strict=True))
    broken = first_broken(freed, mentee, mentor).tolist()
    return frozenset(pair for pair, code in zip(banned, broken, strict=True) if code or pair not in listed)

"""What follows when a lock or a prohibition of pairs.csv is taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.model import Cohort, Decision, Pair, PairStatus
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
    said: tuple[tuple[bool, PairStatus], ...] = (
        (decision.refused, "refused"),
        (decision.declined, "declined"),
        (decision.accepted, "accepted"),
        (decision.past, "past"),
    )
    return replace(decision, status=next((status for holds, status in said if holds), None))


def freed_choices(cohort: Cohort) -> dict[Pair, int]:
    """Forbidden pairs that no rule is against but their prohibition, and that somebody asks for, with their ranks.

    Any other prohibition changes nothing: without it exactly the same pairs could be made, and the answer would be
    the same to the last session.
    """
    banned = {pair for pair, decision in cohort.decisions.items() if decision.status == "forbidden"}
    choices = cohort.choices
    listed = zip(choices.mentee.tolist(), choices.mentor.tolist(), choices.rank.tolist(), strict=True)
    ranks = {(mentee, mentor): rank for mentee, mentor, rank in listed if (mentee, mentor) in banned}
    if not ranks:
        return {}
    left = {pair: _without_status(cohort.decisions[pair]) for pair in ranks}
    freed = replace(cohort, decisions={**cohort.decisions, **left})
    mentee, mentor = np.array(list(ranks), dtype=np.int64).T
    broken = first_broken(freed, mentee, mentor).tolist()
    return {pair: rank for (pair, rank), code in zip(ranks.items(), broken, strict=True) if not code}

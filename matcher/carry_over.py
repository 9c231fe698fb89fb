"""What earlier quarters leave, put into a cohort."""

from __future__ import annotations

from dataclasses import replace

from matcher.model import Cohort, Decision, History, Pair


def with_history(cohort: Cohort, history: History | None) -> Cohort:
    """The cohort with the losses and the past pairs of earlier quarters; they count like rows `past` of pairs.csv.

    Of two dates of a pair the later counts, and of two decisions the stricter, which `past` never is.
    """
    if history is None:
        return cohort
    known = dict(cohort.decisions)
    for pair, last in history.past.items():
        known[pair] = _joined(known.get(pair), last)
    decisions: dict[Pair, Decision] = {pair: known[pair] for pair in sorted(known)}
    return replace(cohort, decisions=decisions, history=history)


def _joined(said: Decision | None, last: int) -> Decision:
    if said is None:
        return Decision("past", past=True, last_session=last)
    later = last if said.last_session is None else max(said.last_session, last)
    return replace(said, status=said.status or "past", past=True, last_session=later)

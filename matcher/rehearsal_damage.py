"""What of a plan still stands after a draw, before anything is repaired: by the code of the independent check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matcher.check_past import Past, Planned
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable
from matcher.earlier import Repair
from matcher.model import Agreed, Cohort, Pair, Session


@dataclass(frozen=True)
class Damage:
    """What a draw does to the pairs that went on before it.

    `fallen` are the planned sessions of each pair that no longer stand, of a refused pair all that were to come.
    `surviving` pairs need no repair: nobody refused them, and with the sessions that still stand, the fallen ones
    left out, they keep all rules on dates.
    """

    fallen: dict[Pair, tuple[Session, ...]]
    surviving: frozenset[Pair]


def find_damage(repair: Repair, hurt: Cohort) -> Damage:
    """Look at each pair of `repair`, which is from before the draw; `hurt` is the cohort after it."""
    roster, agreed = Roster(hurt), repair.earlier.agreed
    timetable = Timetable(roster, agreed, (), _past(repair, roster))
    over = {pair for pair in agreed if roster.status(pair) in ("refused", "declined", "forbidden")}
    stands = _standing(timetable, agreed)
    fallen, surviving = dict[Pair, tuple[Session, ...]](), set[Pair]()
    for pair, one in agreed.items():
        left = () if pair in over else stands[pair]
        fallen[pair] = tuple(session for session in one.planned if session not in set(left))
        if pair not in over and _keeps_dates(timetable, pair, one, left):
            surviving.add(pair)
    return Damage(fallen, frozenset(surviving))


def _past(repair: Repair, roster: Roster) -> Past:
    past = Past(repair.as_of, repair.midnight, {})
    ids = roster.ids
    for pair, one in repair.earlier.agreed.items():
        slots = [(session.start, session.end) for session in (*one.held, *one.planned)]
        named = ids[pair[0]], ids[pair[1]]
        past.pairs[named] = past.agreed[pair] = Planned(("", ""), "", one.start, past.midnight, slots)
    return past


def _standing(timetable: Timetable, agreed: Mapping[Pair, Agreed]) -> dict[Pair, tuple[Session, ...]]:
    """The planned sessions of each pair at which both are free."""
    rows = [(pair, session) for pair, one in agreed.items() for session in one.planned]
    found: dict[Pair, list[Session]] = {pair: [] for pair in agreed}
    starts = np.array([session.start for _, session in rows], dtype=np.int64)
    ends = np.array([session.end for _, session in rows], dtype=np.int64)
    free = np.ones(len(rows), dtype=np.bool_)
    for side in (0, 1):
        people = np.array([pair[side] for pair, _ in rows], dtype=np.int64)
        free &= timetable.free.covers(people, starts, ends)
    for (pair, session), stands in zip(rows, free.tolist(), strict=True):
        if stands:
            found[pair].append(session)
    return {pair: tuple(sessions) for pair, sessions in found.items()}


def _keeps_dates(timetable: Timetable, pair: Pair, agreed: Agreed, left: tuple[Session, ...]) -> bool:
    """Whether what a pair has held and what is left of its plan keep minimum, distances and months."""
    dates, rules = timetable.dates, timetable.roster.programme.sessions
    rhythm = timetable.rhythm(pair)
    coming = [dates.day_of(session.start) for session in left]
    held = [dates.day_of(session.start) for session in agreed.held]
    if len(held) + len(coming) < max(1, rules.minimum):
        return False
    last, wanted = held[-1] if held else -1, rhythm.engagement.wanted
    chain = [last, *coming, dates.days]
    if wanted:  # the engagement begins and ends with a session, and there must be so many
        if len(held) + len(coming) != wanted or (not held and coming[0] > rhythm.latest_first):
            return False
        chain = [*held[-1:], *coming]
    if any(following > rhythm.latest_after(day) for day, following in pairwise(chain)):
        return False
    inside = all(rhythm.begins <= day <= rhythm.ends for day in coming)
    apart = all(day - before >= rules.min_days_between for before, day in pairwise([*held[-1:], *coming]))
    return inside and apart

"""What may happen to a plan: refusals, absences and cancelled sessions, drawn by hash, put into the cohort."""

from __future__ import annotations

import datetime as dt
import hashlib
import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from matcher.earlier import Repair
from matcher.model import Absences, Busy, Cohort, Decision, Pair, Session, Side
from matcher.programme import day_date, day_number
from matcher.run_plans import IdPair, Plan
from matcher.scenario_cases import Case, Cells, Change, Condition

WEEKS = 4
"""The longest absence that is drawn; the shortest is one week."""
LOTS = 2**64
SIDES: tuple[Side, Side] = ("mentee", "mentor")
Unit = tuple[str, ...]
"""What has a lot of its own: the ids of a pair, of a person, or of a pair with the start of a session."""


@dataclass(frozen=True)
class Share:
    """How many of something: a number, or each with this chance."""

    number: int | None = None
    chance: Fraction = Fraction(0)

    @classmethod
    def parse(cls, text: str) -> Share:
        """Read `5%` or a whole number; ValueError for anything else.

        >>> Share.parse("2.5%"), Share.parse("3")
        (Share(number=None, chance=Fraction(1, 40)), Share(number=3, chance=Fraction(0, 1)))
        """
        plain = text.strip()
        if plain.isascii() and plain.isdigit() and len(plain) < 10:
            return cls(number=int(plain))
        digits = plain.removesuffix("%").rstrip()
        if plain.endswith("%") and digits.isascii() and digits.replace(".", "", 1).isdigit() and len(digits) < 10:
            chance = Fraction(digits) / 100
            if chance <= 1:
                return cls(chance=chance)
        raise ValueError(f"{text!r} is neither a share from 0% to 100% nor a whole number")

    def __str__(self) -> str:
        """Give it as it is typed."""
        return f"{float(self.chance * 100):g}%" if self.number is None else str(self.number)


@dataclass(frozen=True)
class Wish:
    """What is to be drawn.

    `refusals` are of the pairs that go on, `absences` of the people in them, `cancellations` of their sessions
    from the date on. `as_of` is that date, None if each draw draws its own.
    """

    refusals: Share = Share(chance=Fraction(1, 20))
    absences: Share = Share(chance=Fraction(1, 20))
    cancellations: Share = Share(chance=Fraction(1, 20))
    seed: int = 0
    as_of: dt.date | None = None


class Refusal(NamedTuple):
    """A pair that ends, and on whose side."""

    pair: Pair
    by: Side


class Absence(NamedTuple):
    """A person who is away: the first and the last day, in days since 1970-01-01."""

    person: int
    start: int
    end: int


class Cancellation(NamedTuple):
    """A session of a pair at whose time one of the two, `person`, is busy."""

    pair: Pair
    session: Session
    person: int


@dataclass(frozen=True)
class Drawn:
    """Everything that one draw lets happen on its date, sorted."""

    number: int
    as_of: dt.date
    refusals: tuple[Refusal, ...]
    absences: tuple[Absence, ...]
    cancellations: tuple[Cancellation, ...]


# --- drawing ------------------------------------------------------------------------------------------------


def lot(seed: int, number: int, kind: str, unit: Iterable[str] = ()) -> int:
    """The number of somebody or something in a draw, below 2**64, from nothing but its own name.

    >>> lot(0, 1, "absence", ["E003"]) == lot(0, 1, "absence", ["E003"]) != lot(0, 2, "absence", ["E003"])
    True
    """
    text = "\0".join((str(seed), str(number), kind, *unit))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def date_of(cohort: Cohort, plan: Plan, wish: Wish, number: int) -> dt.date:
    """The date of a draw: any day of the programme, but none before the plan's own rematch."""
    if wish.as_of is not None:
        return wish.as_of
    frame = cohort.programme.frame
    first, last = day_number(frame.start), day_number(frame.end)
    first = min(last, first if plan.as_of is None else max(first, plan.as_of))
    return day_date(first + lot(wish.seed, number, "date") % (last - first + 1))


def draw(repair: Repair, wish: Wish, number: int) -> Drawn:
    """Draw what happens to the pairs that may go on at the date of `repair`.

    Who is drawn for a share depends on the seed, the draw and his own id alone, and whoever is drawn for a smaller
    one is drawn for a larger one, too.
    """
    ids, agreed = repair.cohort.employees.ids, repair.earlier.agreed

    def lots(kind: str, units: Iterable[Unit]) -> Mapping[Unit, int]:
        return {unit: lot(wish.seed, number, kind, unit) for unit in units}

    def other(kind: str, unit: Unit) -> int:
        return lot(wish.seed, number, kind, unit)

    pairs = {(ids[mentee], ids[mentor]): (mentee, mentor) for mentee, mentor in agreed}
    people: dict[Unit, int] = {
        (ids[person],): person for person in sorted({person for pair in agreed for person in pair})
    }
    sessions: dict[Unit, tuple[Pair, Session]] = {
        (*named, str(session.start)): (pair, session)
        for named, pair in pairs.items()
        for session in agreed[pair].planned
    }
    refusals = (
        Refusal(pairs[unit[0], unit[1]], SIDES[other("refused by", unit) % 2])
        for unit in _first(lots("refusal", pairs), wish.refusals)
    )
    absences = (
        Absence(people[unit], repair.as_of, repair.as_of + 7 * (1 + other("weeks", unit) % WEEKS) - 1)
        for unit in _first(lots("absence", people), wish.absences)
    )
    cancellations = (
        Cancellation(pair, session, pair[other("cancelled by", unit) % 2])
        for unit in _first(lots("cancellation", sessions), wish.cancellations)
        for pair, session in [sessions[unit]]
    )
    day = day_date(repair.as_of)
    return Drawn(number, day, tuple(sorted(refusals)), tuple(sorted(absences)), tuple(sorted(cancellations)))


def _first(lots: Mapping[Unit, int], share: Share) -> Sequence[Unit]:
    if share.number is not None:
        return heapq.nsmallest(share.number, lots, key=lambda unit: (lots[unit], unit))
    return [unit for unit, own in lots.items() if own < share.chance * LOTS]


# --- into the cohort ----------------------------------------------------------------------------------------


def with_damage(cohort: Cohort, drawn: Drawn, lifted: Collection[Pair] = ()) -> Cohort:
    """The cohort as its files would be after what was drawn; the locks of pairs in `lifted` are taken back."""
    decisions = {pair: one for pair, one in cohort.decisions.items() if pair not in lifted}
    day = day_number(drawn.as_of)
    for pair, by in drawn.refusals:
        old = decisions.get(pair) or Decision(None)
        decisions[pair] = replace(old, status="refused", refused=True, accepted=False, since=day, by=by)
    return replace(
        cohort,
        decisions={pair: decisions[pair] for pair in sorted(decisions)},
        absences=_more_absences(cohort.absences, drawn.absences),
        busy=_more_busy(cohort.busy, drawn.cancellations),
    )


def _more_absences(known: Absences, drawn: Sequence[Absence]) -> Absences:
    if not drawn:
        return known
    new = np.array(drawn, dtype=np.int64).T
    columns = [np.append(*both) for both in zip((known.person, known.start, known.end), new, strict=True)]
    order = np.lexsort(columns[::-1])
    return Absences(*(column[order] for column in columns))


def _more_busy(known: Busy, drawn: Sequence[Cancellation]) -> Busy:
    if not drawn:
        return known
    rows = [(one.person, one.session.start, one.session.end) for one in drawn]
    new = np.array(rows, dtype=np.int64).T
    columns = [np.append(*both) for both in zip((known.person, known.start, known.end), new, strict=True)]
    utc = np.ones(len(rows), dtype=np.bool_)
    order = np.lexsort(columns[::-1])
    person, start, end = (column[order] for column in columns)
    return Busy(person, start, end, *(np.append(old, utc)[order] for old in (known.start_utc, known.end_utc)))


def case_of(cohort: Cohort, drawn: Drawn, lifted: Collection[Pair] = ()) -> Case:
    """The same as changes of the cohort's tables."""
    ids = cohort.employees.ids

    def names(pair: Pair) -> IdPair:
        return ids[pair[0]], ids[pair[1]]

    decided = {one.pair for one in drawn.refusals if _is_answered(cohort.decisions.get(one.pair))} | set(lifted)
    removed = [_without(*names(pair)) for pair in sorted(decided)]
    since = drawn.as_of.isoformat()
    added: dict[str, list[Cells]] = {
        "pairs": [_row(names(pair), since, by) for pair, by in drawn.refusals],
        "absences": [
            (
                *(("employee_id", ids[one.person]), ("start", day_date(one.start).isoformat())),
                ("end", day_date(one.end).isoformat()),
            )
            for one in drawn.absences
        ],
        "busy": [
            (
                *(("employee_id", ids[one.person]), ("start", _instant(one.session.start))),
                ("end", _instant(one.session.end)),
            )
            for one in drawn.cancellations
        ],
    }
    new = [Change(table, add=tuple(rows)) for table, rows in added.items() if rows]
    return Case(f"draw-{drawn.number}", changes=(*removed, *new))


def _is_answered(decision: Decision | None) -> bool:
    """Whether rows of pairs.csv would contradict a refusal."""
    return decision is not None and (decision.status == "locked" or decision.accepted)


def _without(mentee: str, mentor: str) -> Change:
    where = Condition("mentee_id", "is", (mentee,)), Condition("mentor_id", "is", (mentor,))
    return Change("pairs", where=where, remove=True)


def _row(names: IdPair, since: str, by: str) -> Cells:
    mentee, mentor = names
    return (
        *(("mentee_id", mentee), ("mentor_id", mentor)),
        *(("status", "refused"), ("since", since), ("by", by)),
    )


def _instant(minutes: int) -> str:
    return dt.datetime.fromtimestamp(minutes * 60, dt.UTC).isoformat(timespec="minutes")

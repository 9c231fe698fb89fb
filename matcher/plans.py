"""The best schedules of one pair alone, for many pairs at once: a bound on what it reaches beside others.

Most pairs of a cohort do reach it beside their other sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.cadence import Cadence
from matcher.engagements import Whose
from matcher.kinds import Kinds
from matcher.limits import NO_LIMITS, Limits
from matcher.model import BoolArray, Cohort, IntArray, Session
from matcher.programme import Programme
from matcher.slots import Slots, WordArray
from matcher.sweeps import (
    FARTHEST,
    NEVER,
    Open,
    Scores,
    Weights,
    backward,
    backward_exactly,
    best_score,
    earliest,
    make_open,
    onward,
    onward_exactly,
)
from matcher.times import Times


@dataclass(frozen=True)
class Aim:
    """How many sessions of a pair the programme wants: `most`, `fewest`, a number, or `exact`: no others count."""

    number: str | int

    def cost(self, sessions: int) -> int:
        """What the goal `sessions` counts for one pair, smaller is better; -sessions where most are wanted."""
        if self.number == "most":
            return -sessions
        if self.number == "exact":
            return 0
        return sessions if self.number == "fewest" else abs(sessions - int(self.number))

    def costs(self, sessions: IntArray) -> IntArray:
        """The same for many pairs."""
        known = np.array([self.cost(k) for k in range(int(sessions.max(initial=0)) + 1)], dtype=np.int64)
        return known[sessions]


def make_aim(programme: Programme) -> Aim:
    """Read the aim off the programme."""
    if programme.frame.engagement == "as-needed":
        return Aim("exact")
    return Aim(programme.sessions.number)


@dataclass(frozen=True)
class Prices:
    """Goals `sessions`, `minutes` and `preferred` as one number to be kept small.

    It is the cost in sessions times `unit`, less what they are worth. `unit` is more than all sessions of the
    cohort could be worth together, so that nothing outweighs a session; 1 where all are worth the same. In a
    rematch each session that stays as `planned` takes off more than all else of the cohort could come to; else 0.
    """

    aim: Aim
    kinds: Kinds
    unit: int
    planned: int = 0
    widest: int = 0  # what two schedules of a pair can differ in besides planned sessions, at most

    def of(self, sessions: Sequence[Session]) -> int:
        """Price of one pair's sessions."""
        price = self.aim.cost(len(sessions)) * self.unit - self.kinds.of(sessions)
        return price - self.planned * sum([session[3] for session in sessions]) if self.planned else price

    def parts(self, price: int) -> tuple[int, int]:
        """A price, or a difference of prices, as the number of planned sessions lost and all the rest."""
        if not self.planned:
            return 0, price
        moved = (price + self.planned // 2) // self.planned
        return moved, price - moved * self.planned


def make_prices(cohort: Cohort, kinds: Kinds, cadence: Cadence) -> Prices:
    """Prices for any solution of a cohort."""
    pairs, aim = len(cohort.mentees) * cohort.programme.capacity.mentors_per_mentee, make_aim(cohort.programme)
    unit = 1 + pairs * cadence.most * kinds.plain[0].worth
    if not kinds.planned:
        return Prices(aim, kinds, unit)
    widest = (2 * cadence.most + 1 + (int(aim.number) if isinstance(aim.number, int) else 0)) * unit
    return Prices(aim, kinds, unit, planned=4 * (1 + pairs * widest), widest=widest)


# --- how many sessions ------------------------------------------------------------------------------------------


def attainable(open_days: BoolArray, cadence: Cadence) -> BoolArray:
    """How many sessions each pair can have alone.

    Parameters
    ----------
    open_days
        Days on which the pair can meet, shape (pairs, days).

    Returns
    -------
    Shape (pairs, most + 1): entry [p, k] tells whether pair p has a valid schedule of exactly k sessions.
    Below the programme's minimum it is False.
    """
    pairs, days = open_days.shape
    day = np.arange(days)
    first = np.minimum(day + cadence.min_between, days)
    stop = np.maximum(cadence.latest_next + 1, first)
    result = np.zeros((pairs, cadence.most + 1), dtype=bool)
    ending = open_days & cadence.may_end
    for count in range(1, cadence.most + 1):
        if count >= cadence.minimum and (not cadence.exactly or count == cadence.exactly):
            result[:, count] = ending[:, : cadence.first_latest + 1].any(axis=1)
        before = np.zeros((pairs, days + 1), dtype=np.int32)
        np.cumsum(ending, axis=1, out=before[:, 1:])
        ending = open_days & (before[:, stop] > before[:, first])
    return result


def best_counts(counts: BoolArray, aim: Aim, before: Sequence[int] = ()) -> list[tuple[int, ...]]:
    """The attainable numbers of sessions of least cost, for each pair; () where no schedule exists.

    `before` tells how many more sessions each pair has had already, where any has.
    """
    known: dict[tuple[bytes, int], tuple[int, ...]] = {}
    result = []
    for row, had in zip(counts, before or [0] * len(counts), strict=True):
        key = row.tobytes(), had
        if key not in known:
            possible = np.nonzero(row)[0].tolist()
            least = min((aim.cost(k + had) for k in possible), default=0)
            known[key] = tuple(k for k in possible if aim.cost(k + had) == least)
        result.append(known[key])
    return result


def attainable_by(open_days: BoolArray, course: IntArray, cadences: Sequence[Cadence]) -> BoolArray:
    """What `attainable` says of pairs whose dates keep different rules: pair p those of `cadences[course[p]]`."""
    result = np.zeros((len(open_days), cadences[0].most + 1), dtype=bool)
    for kind in np.unique(course).tolist():
        result[course == kind] = attainable(open_days[course == kind], cadences[kind])
    return result


# --- what a pair reaches alone ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Best:
    """The best schedule of each pair alone: number of sessions, what they are worth, number of regular ones.

    `sessions` is 0 where no schedule is valid; `worth` and `regular` are 0 where they were not asked for or do
    not matter. `slots` has a row per pair, -1 behind the last session, or no column where no plan was asked for;
    `kind` tells of each of these sessions its place in `Kinds.all`.
    """

    sessions: IntArray
    worth: IntArray
    regular: IntArray
    slots: IntArray
    kind: IntArray
    planned: IntArray | None = None

    def put(self, rows: IntArray, part: Best) -> None:
        """Enter what some of the pairs have."""
        for mine, theirs in zip(self.columns, part.columns, strict=True):
            mine[rows] = theirs

    @property
    def columns(self) -> tuple[IntArray, ...]:
        """All that is known, one entry a pair."""
        planned = () if self.planned is None else (self.planned,)
        return (self.sessions, self.worth, self.regular, self.slots, self.kind, *planned)


@dataclass(frozen=True)
class Rules:
    """What all pairs have in common: the slots, the kinds of sessions, dates, aim, what people's sessions ask.

    `cadence` are the rules on dates of an engagement for the whole programme; `others` those of all others. A
    pair's *course* is its place among them, 0 for the former.
    """

    slots: Slots
    kinds: Kinds
    cadence: Cadence
    aim: Aim
    limits: Limits = NO_LIMITS
    others: tuple[Cadence, ...] = ()

    def of_course(self, course: int) -> Rules:
        """The rules of pairs with one course."""
        return replace(self, cadence=self.others[course - 1], others=()) if course else replace(self, others=())

    @staticmethod
    def at(times: Times, aim: Aim) -> Rules:
        """The rules for the candidates of some times."""
        return Rules(times.slots, times.kinds, times.cadences[0], aim, times.limits, times.cadences[1:])

    @property
    def cadences(self) -> tuple[Cadence, ...]:
        """The rules on dates, by course."""
        return (self.cadence, *self.others)

    def weights(self, *, sessions: bool, regular: bool) -> Weights:
        """Weights for sessions, for what they are worth where they differ in it, and for regular sessions."""
        return Weights.make(self.cadence, self.kinds, sessions=sessions, regular=regular)

    def open(self, bits: Sequence[WordArray]) -> Open:
        """Where some pairs can meet, as far as it can matter."""
        return make_open(bits, self.kinds.worths, self.kinds.were_planned if self.kinds.planned else None)


def best_alone(
    bits: Sequence[WordArray],
    rules: Rules,
    whose: Whose | None = None,
    *,
    regular: bool = False,
    plan: bool = False,
) -> Best:
    """What each pair reaches alone: by one sweep where most sessions are wanted, else number by number.

    Parameters
    ----------
    bits
        Slots at which each pair can start, as `Times.open` gives them.
    whose
        What the pairs differ in; None if in nothing but `bits`.
    regular
        Whether goal `regularity` is to be looked at.
    plan
        Whether the slots are wanted, too: the earliest of the best, `regular` sessions included.
    """
    if whose is None or whose.alike:
        return _best_alone(bits, rules, np.zeros(0, dtype=np.int64), regular=regular, plan=plan)
    pairs = len(whose.course)
    nothing, slots = np.zeros((5, pairs), dtype=np.int64), np.full((pairs, rules.cadence.most * plan), -1)
    best = Best(nothing[0], nothing[1], nothing[2], slots, 0 * slots, nothing[3])
    for course in np.unique(whose.course).tolist():
        rows = np.nonzero(whose.course == course)[0]
        some, mine = [part[:, :, rows] for part in bits], rules.of_course(course)
        part = _best_alone(some, mine, whose.before[rows], regular=regular, plan=plan)
        best.put(rows, replace(part, planned=nothing[4, : len(rows)]) if part.planned is None else part)
    return best


def _best_alone(bits: Sequence[WordArray], rules: Rules, before: IntArray, *, regular: bool, plan: bool) -> Best:
    where = rules.open(bits)
    if rules.aim.number == "most":
        best = _most(where, rules, regular=regular or plan, plan=plan)
    else:
        best = _by_number(where, rules, before, regular=regular or plan, plan=plan)
    sure = np.maximum(best.slots, 0) // max(rules.slots.columns, 1)
    kind = where.kind[sure, np.arange(len(best.slots))[:, None]]
    return replace(best, kind=np.where(best.slots >= 0, kind, 0))


def _most(where: Open, rules: Rules, *, regular: bool, plan: bool) -> Best:
    weights = rules.weights(sessions=True, regular=regular)
    scores = onward(where, weights, rules.slots, rules.cadence)
    top = np.maximum(best_score(scores, rules.cadence), 0)
    sessions, worth, alike = weights.split(top)
    enough = sessions >= rules.cadence.minimum
    chosen = np.full((len(sessions), 0), -1, dtype=np.int64)
    if plan:
        layers = [scores] * rules.cadence.most
        chosen = earliest(layers, where, weights, rules.slots, rules.cadence)
        chosen[~enough] = -1
    planned = weights.planned_in(top) * enough
    return Best(sessions * enough, worth * enough, alike * enough, chosen, chosen, planned)


def _by_number(where: Open, rules: Rules, before: IntArray, *, regular: bool, plan: bool) -> Best:
    pairs = where.kind.shape[1]
    sessions, score = np.zeros(pairs, dtype=np.int64), np.full(pairs, NEVER)
    chosen = np.full((pairs, rules.cadence.most if plan else 0), -1, dtype=np.int64)
    best = np.zeros(pairs, dtype=np.int64)
    weights = rules.weights(sessions=False, regular=regular)
    outweighed = weights.planned // (2 * rules.cadence.most + FARTHEST)
    for count, rows in _wanted(where, rules, before).items():
        some = where.some(rows)
        layers = onward_exactly(some, weights, rules.slots, rules.cadence, count)
        reached = best_score(layers[-1], rules.cadence)
        top = reached
        if weights.planned:  # numbers of sessions are of no account where more of those planned can stay
            had = before[rows] if len(before) else 0 * rows
            cost = np.array([rules.aim.cost(count + n) for n in had.tolist()], dtype=np.int64)
            top = np.where(reached > NEVER, reached - cost * outweighed, NEVER)
        better = top >= score[rows]  # counts rise: of equals the one with more sessions
        better &= reached > NEVER
        sessions[rows[better]], score[rows[better]], best[rows[better]] = count, top[better], reached[better]
        if plan:
            found = earliest(layers, some, weights, rules.slots, rules.cadence)
            chosen[rows[better]] = found[better]
    _, worth, alike = weights.split(best)
    return Best(sessions, worth, alike, chosen, chosen, weights.planned_in(best))


def _wanted(where: Open, rules: Rules, before: IntArray) -> dict[int, IntArray]:
    """For each number of sessions, rising, the pairs of whose attainable numbers none costs less.

    All attainable numbers where it matters that sessions stay as planned.
    """
    can = attainable(where.kind.T >= 0, rules.cadence)
    if rules.kinds.planned:
        return {count: rows for count in range(can.shape[1]) if len(rows := np.nonzero(can[:, count])[0])}
    wanted = best_counts(can, rules.aim, before.tolist())
    numbers = sorted({count for counts in wanted for count in counts})
    return {
        count: np.array([row for row, counts in enumerate(wanted) if count in counts], dtype=np.int64)
        for count in numbers
    }


def most_regular(bits: Sequence[WordArray], rules: Rules, whose: Whose | None = None) -> IntArray:
    """The most regular sessions that each pair can have, whatever their number and kind."""
    if whose is None or whose.alike:
        return _most_regular(bits, rules)
    found = np.full(len(whose.course), NEVER)
    for course in np.unique(whose.course).tolist():
        rows = np.nonzero(whose.course == course)[0]
        found[rows] = _most_regular([part[:, :, rows] for part in bits], rules.of_course(course))
    return found


def _most_regular(bits: Sequence[WordArray], rules: Rules) -> IntArray:
    weights = Weights(0, 0, 1)
    where = make_open(
        bits[-1:], rules.kinds.worths[-1:]
    )  # wherever a session can start, so can one of the last kind
    scores = onward(where, weights, rules.slots, rules.cadence)
    return best_score(scores, rules.cadence)


def useful(
    bits: Sequence[WordArray], rules: Rules, whose: Whose | None = None, *, regular: bool, slack: int
) -> tuple[WordArray, ...]:
    """Of the open slots those in a schedule that scores at most `slack` less than the pair's best, by kind.

    Scores are those of `Rules.weights`; where not most sessions are wanted, only schedules of the best numbers of
    sessions count.
    """
    if whose is None or whose.alike:
        return _useful(bits, rules, np.zeros(0, dtype=np.int64), regular=regular, slack=slack)
    kept = tuple(np.zeros_like(some) for some in bits)
    for course in np.unique(whose.course).tolist():
        rows = np.nonzero(whose.course == course)[0]
        some, before = [part[:, :, rows] for part in bits], whose.before[rows]
        found = _useful(some, rules.of_course(course), before, regular=regular, slack=slack)
        for all_, part in zip(kept, found, strict=True):
            all_[:, :, rows] = part
    return kept


def _useful(
    bits: Sequence[WordArray], rules: Rules, before: IntArray, *, regular: bool, slack: int
) -> tuple[WordArray, ...]:
    where = rules.open(bits)
    kept = tuple(np.zeros_like(some) for some in bits)
    if rules.aim.number == "most":
        weights = rules.weights(sessions=True, regular=regular)
        on = onward(where, weights, rules.slots, rules.cadence)
        back = backward(where, weights, rules.slots, rules.cadence)
        least = best_score(on, rules.cadence) - slack
        _keep(kept, bits, rules, weights=weights, where=where, through=[(on, back)], least=least)
        return kept
    weights = rules.weights(sessions=False, regular=regular)
    for count, rows in _wanted(where, rules, before).items():
        some = where.some(rows)
        on_layers = onward_exactly(some, weights, rules.slots, rules.cadence, count)
        back_layers = backward_exactly(some, weights, rules.slots, rules.cadence, count)
        both = list(zip(reversed(on_layers), back_layers, strict=True))
        mine = tuple(np.zeros_like(all_[:, :, rows]) for all_ in bits)
        least = best_score(on_layers[-1], rules.cadence) - slack
        _keep(
            mine,
            [all_[:, :, rows] for all_ in bits],
            rules,
            weights=weights,
            where=some,
            through=both,
            least=least,
        )
        for all_, part in zip(kept, mine, strict=True):
            all_[:, :, rows] |= part
    return kept


def _keep(
    kept: Sequence[WordArray],
    bits: Sequence[WordArray],
    rules: Rules,
    *,
    weights: Weights,
    where: Open,
    through: Sequence[tuple[Scores, Scores]],
    least: IntArray,
) -> None:
    """Enter the slots `through` which (what follows, what comes before) a schedule scores `least` or more."""
    gain = where.gain(weights)
    for on, back in through:
        possible = (on.base > NEVER) & (back.base > NEVER)
        for keep, mine, kind in zip(kept, bits, rules.kinds.all, strict=True):
            this = kind.worth * weights.worth + weights.session + kind.planned * weights.planned
            short = least - (on.base + back.base + this - 2 * gain)
            either, both = on.more | back.more, on.more & back.more
            enough = np.where(short <= 0, mine, np.uint64(0))
            enough |= np.where(short == 1, mine & either, np.uint64(0))
            enough |= np.where(short == 2, mine & both, np.uint64(0))
            np.bitwise_or(keep, np.where(possible, enough, np.uint64(0)), out=keep)

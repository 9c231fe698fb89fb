"""The best schedules of one pair alone, for many pairs at once: a bound on what it reaches beside others.

Most pairs of a cohort do reach it beside their other sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.cadence import Cadence
from matcher.kinds import Kinds
from matcher.limits import NO_LIMITS, Limits
from matcher.model import BoolArray, Cohort, IntArray, Session
from matcher.programme import Programme
from matcher.sweeps import (
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
from matcher.times import Slots, WordArray


@dataclass(frozen=True)
class Aim:
    """How many sessions of a pair the programme wants: `most`, `fewest` or a number."""

    number: str | int

    def cost(self, sessions: int) -> int:
        """What the goal `sessions` counts for one pair, smaller is better; -sessions where most are wanted."""
        if self.number == "most":
            return -sessions
        return sessions if self.number == "fewest" else abs(sessions - int(self.number))


def make_aim(programme: Programme) -> Aim:
    """Read the aim off the programme."""
    return Aim(programme.sessions.number)


@dataclass(frozen=True)
class Prices:
    """Goals `sessions`, `minutes` and `preferred` as one number to be kept small.

    It is the cost in sessions times `unit`, less what they are worth. `unit` is more than all sessions of the
    cohort could be worth together, so that nothing outweighs a session; 1 where all are worth the same.
    """

    aim: Aim
    kinds: Kinds
    unit: int

    def of(self, sessions: Sequence[Session]) -> int:
        """Price of one pair's sessions."""
        return self.aim.cost(len(sessions)) * self.unit - self.kinds.of(sessions)


def make_prices(cohort: Cohort, kinds: Kinds, cadence: Cadence) -> Prices:
    """Prices for any solution of a cohort."""
    pairs = len(cohort.mentees) * cohort.programme.capacity.mentors_per_mentee
    return Prices(make_aim(cohort.programme), kinds, 1 + pairs * cadence.most * kinds.all[0].worth)


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
        if count >= cadence.minimum:
            result[:, count] = ending[:, : cadence.first_latest + 1].any(axis=1)
        before = np.zeros((pairs, days + 1), dtype=np.int32)
        np.cumsum(ending, axis=1, out=before[:, 1:])
        ending = open_days & (before[:, stop] > before[:, first])
    return result


def best_counts(counts: BoolArray, aim: Aim) -> list[tuple[int, ...]]:
    """The attainable numbers of sessions of least cost, for each pair; () where no schedule exists."""
    cost = np.array([aim.cost(k) for k in range(counts.shape[1])], dtype=np.int64)
    known: dict[bytes, tuple[int, ...]] = {}
    result = []
    for row in counts:
        key = row.tobytes()
        if key not in known:
            possible = np.nonzero(row)[0]
            least = cost[possible].min() if len(possible) else 0
            known[key] = tuple(int(k) for k in possible if cost[k] == least)
        result.append(known[key])
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


@dataclass(frozen=True)
class Rules:
    """What all pairs have in common: the slots, the kinds of sessions, dates, aim, what people's sessions ask."""

    slots: Slots
    kinds: Kinds
    cadence: Cadence
    aim: Aim
    limits: Limits = NO_LIMITS

    def weights(self, *, sessions: bool, regular: bool) -> Weights:
        """Weights for sessions, for what they are worth where they differ in it, and for regular sessions."""
        return Weights.make(self.cadence, self.kinds, sessions=sessions, regular=regular)

    def open(self, bits: Sequence[WordArray]) -> Open:
        """Where some pairs can meet, as far as it can matter."""
        return make_open(bits, self.kinds.worths)


def best_alone(bits: Sequence[WordArray], rules: Rules, *, regular: bool = False, plan: bool = False) -> Best:
    """What each pair reaches alone: by one sweep where most sessions are wanted, else number by number.

    Parameters
    ----------
    bits
        Slots at which each pair can start, as `Times.open` gives them.
    regular
        Whether goal `regularity` is to be looked at.
    plan
        Whether the slots are wanted, too: the earliest of the best, `regular` sessions included.
    """
    where = rules.open(bits)
    by = _most if rules.aim.number == "most" else _by_number
    best = by(where, rules, regular=regular or plan, plan=plan)
    sure = np.maximum(best.slots, 0) // max(rules.slots.columns, 1)
    kind = where.kind[sure, np.arange(len(best.slots))[:, None]]
    return replace(best, kind=np.where(best.slots >= 0, kind, 0))


def _most(where: Open, rules: Rules, *, regular: bool, plan: bool) -> Best:
    weights = rules.weights(sessions=True, regular=regular)
    scores = onward(where, weights, rules.slots, rules.cadence)
    sessions, worth, alike = weights.split(np.maximum(best_score(scores, rules.cadence), 0))
    enough = sessions >= rules.cadence.minimum
    chosen = np.full((len(sessions), 0), -1, dtype=np.int64)
    if plan:
        layers = [scores] * rules.cadence.most
        chosen = earliest(layers, where, weights, rules.slots, rules.cadence)
        chosen[~enough] = -1
    return Best(sessions * enough, worth * enough, alike * enough, chosen, chosen)


def _by_number(where: Open, rules: Rules, *, regular: bool, plan: bool) -> Best:
    pairs = where.kind.shape[1]
    sessions, score = np.zeros(pairs, dtype=np.int64), np.full(pairs, NEVER)
    chosen = np.full((pairs, rules.cadence.most if plan else 0), -1, dtype=np.int64)
    weights = rules.weights(sessions=False, regular=regular)
    for count, rows in _wanted(where, rules).items():
        some = where.some(rows)
        layers = onward_exactly(some, weights, rules.slots, rules.cadence, count)
        top = best_score(layers[-1], rules.cadence)
        better = top >= score[rows]  # counts rise: of equals the one with more sessions
        sessions[rows[better]], score[rows[better]] = count, top[better]
        if plan:
            found = earliest(layers, some, weights, rules.slots, rules.cadence)
            chosen[rows[better]] = found[better]
    _, worth, alike = weights.split(np.maximum(score, 0))
    return Best(sessions, worth, alike, chosen, chosen)


def _wanted(where: Open, rules: Rules) -> dict[int, IntArray]:
    """For each number of sessions, rising, the pairs of whose attainable numbers none costs less."""
    wanted = best_counts(attainable(where.kind.T >= 0, rules.cadence), rules.aim)
    numbers = sorted({count for counts in wanted for count in counts})
    return {
        count: np.array([row for row, counts in enumerate(wanted) if count in counts], dtype=np.int64)
        for count in numbers
    }


def most_regular(bits: Sequence[WordArray], rules: Rules) -> IntArray:
    """The most regular sessions that each pair can have, whatever their number and kind."""
    weights = Weights(0, 0, 1)
    where = make_open(
        bits[-1:], rules.kinds.worths[-1:]
    )  # wherever a session can start, so can one of the last kind
    scores = onward(where, weights, rules.slots, rules.cadence)
    return best_score(scores, rules.cadence)


def useful(bits: Sequence[WordArray], rules: Rules, *, regular: bool, slack: int) -> tuple[WordArray, ...]:
    """Of the open slots those in a schedule that scores at most `slack` less than the pair's best, by kind.

    Scores are those of `Rules.weights`; where not most sessions are wanted, only schedules of the best numbers of
    sessions count.
    """
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
    for count, rows in _wanted(where, rules).items():
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
    for on, back in through:
        possible = (on.base > NEVER) & (back.base > NEVER)
        for keep, mine, kind in zip(kept, bits, rules.kinds.all, strict=True):
            short = least - (
                on.base + back.base - weights.session + (kind.worth - 2 * where.worth) * weights.worth
            )
            either, both = on.more | back.more, on.more & back.more
            enough = np.where(short <= 0, mine, np.uint64(0))
            enough |= np.where(short == 1, mine & either, np.uint64(0))
            enough |= np.where(short == 2, mine & both, np.uint64(0))
            np.bitwise_or(keep, np.where(possible, enough, np.uint64(0)), out=keep)

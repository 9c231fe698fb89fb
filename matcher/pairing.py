"""CP-SAT: who is paired with whom. Every rule on pairs is one function; goals are levels, solved in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from matcher.classes import Classes
from matcher.cpsat import Clock, run
from matcher.cuts import Cut
from matcher.flow import Face, Level
from matcher.model import BoolArray, Cohort, IntArray
from matcher.plans import Prices
from matcher.rules import Candidates
from matcher.waves import Waves, moments


@dataclass(frozen=True)
class Pairing:
    """The best pairing for a list of levels: chosen candidates, ascending, and the loss allotted to each of them.

    `values[i]` is level i's value; `bounds[i]` is a proven bound on it given that the levels before it are at
    theirs. `proven` tells whether every value equals its bound.
    """

    chosen: tuple[int, ...]
    losses: Mapping[int, int]
    values: tuple[int, ...]
    bounds: tuple[int | None, ...]
    proven: bool

    def decisions(self) -> dict[str, Any]:
        """What is decided, without the values."""
        return {"chosen": self.chosen, "losses": self.losses}

    def of(self, index: IntArray) -> Pairing:
        """The same with every candidate by its number in `index`."""
        losses = {int(index[pair]): loss for pair, loss in self.losses.items()}
        return replace(self, chosen=tuple(index[list(self.chosen)].tolist()), losses=losses)


class PairingModel:
    """The model: `chosen` decides every candidate pair that can be scheduled alone."""

    def __init__(
        self,
        cohort: Cohort,
        pairs: Candidates,
        possible: Sequence[int],
        cuts: Sequence[Cut],
        face: Face | None = None,
        *,
        prices: Prices | None = None,
        waves: Waves | None = None,
    ) -> None:
        """`prices` split losses in a rematch; without them no session was planned before."""
        self.cohort, self.pairs, self.cuts, self.face, self.waves = cohort, pairs, cuts, face, waves
        self.prices = prices if prices is not None and prices.planned else None
        self.model = cp_model.CpModel()
        self.chosen = {pair: self.model.new_bool_var("") for pair in possible}
        self.losses: dict[int, cp_model.IntVar] = {}
        self.moves: dict[int, cp_model.IntVar] = {}
        self.served: dict[int, cp_model.IntVar] = {}
        self.of_mentee: dict[int, list[int]] = defaultdict(list)
        self.of_mentor: dict[int, list[int]] = defaultdict(list)
        for pair in possible:
            self.of_mentee[int(pairs.mentee[pair])].append(pair)
            self.of_mentor[int(pairs.mentor[pair])].append(pair)

    def literals(self, pairs: Sequence[int]) -> list[cp_model.IntVar]:
        """The decisions on these candidates."""
        return [self.chosen[pair] for pair in pairs]

    def value(self, level: Level) -> cp_model.LinearExpr:
        """A level's value as an expression."""
        named = [pair for pair in self.chosen if level.weights[pair]]
        value = cp_model.LinearExpr.weighted_sum(self.literals(named), level.weights[named].tolist())
        if level.mentees:
            counts = level.counts(np.fromiter(self.served, dtype=np.int64)).tolist()
            value = value + cp_model.LinearExpr.weighted_sum(list(self.served.values()), counts)
        if level.losses:
            value = value - cp_model.LinearExpr.sum(list(self.losses.values()))
        if level.moves:
            value = value - cp_model.LinearExpr.sum(list(self.moves.values()))
        return value


def add_mentor_capacity(model: PairingModel) -> None:
    """At most `capacity` mentees per mentor at the same time."""
    for mentor, pairs in model.of_mentor.items():
        capacity = int(model.cohort.employees.capacity[mentor])
        if len(pairs) > capacity:
            model.model.add(cp_model.LinearExpr.sum(model.literals(pairs)) <= capacity)


def add_mentors_per_mentee(model: PairingModel) -> None:
    """At most `mentors_per_mentee` mentors per mentee; one or more makes him served."""
    limit = model.cohort.programme.capacity.mentors_per_mentee
    for mentee, pairs in model.of_mentee.items():
        literals = model.literals(pairs)
        if len(pairs) > limit:
            model.model.add(cp_model.LinearExpr.sum(literals) <= limit)
        served = model.model.new_bool_var("")
        model.model.add_bool_or([*literals, served.negated()])
        model.served[mentee] = served


def add_locks(model: PairingModel) -> None:
    """What the programme lead has locked is chosen."""
    for pair, literal in model.chosen.items():
        if model.pairs.locked[pair]:
            model.model.add(literal == 1)


def add_no_mutual_pairs(model: PairingModel) -> None:
    """Two people never mentor each other."""
    place = {(int(model.pairs.mentee[pair]), int(model.pairs.mentor[pair])): pair for pair in model.chosen}
    for (mentee, mentor), pair in place.items():
        if mentee < mentor and (mentor, mentee) in place:
            model.model.add_at_most_one([model.chosen[pair], model.chosen[place[mentor, mentee]]])


def add_cuts(model: PairingModel) -> None:
    """What scheduling has shown: pairs that cannot all be, and pairs that cost more together than alone."""
    if model.prices is not None:
        _add_parted_cuts(model, model.prices)
        return
    most = sum(cut.loss or 0 for cut in model.cuts)
    for cut in model.cuts:
        literals = model.literals(cut.pairs)
        if cut.loss is None:
            model.model.add_bool_or([literal.negated() for literal in literals])
            continue
        for pair in cut.pairs:
            if pair not in model.losses:
                model.losses[pair] = model.model.new_int_var(0, most, "")
                model.model.add(model.losses[pair] == 0).only_enforce_if(model.chosen[pair].negated())
        lost = cp_model.LinearExpr.sum([model.losses[pair] for pair in cut.pairs])
        left_out = cut.number - cp_model.LinearExpr.sum(literals)
        model.model.add(lost + cut.loss * left_out >= cut.loss)


def _add_parted_cuts(model: PairingModel, prices: Prices) -> None:
    """The same in a rematch: what a pair costs more is sessions moved first, then the rest, which may be a gain.

    Of two losses the one that moves more sessions is the greater, whatever the rest. So of a conflict's pairs more
    sessions must move together than its loss says, or as many, and then they lose the rest.
    """
    parts = [(cut, *prices.parts(cut.loss)) for cut in model.cuts if cut.loss is not None]
    most = sum(moves for _, moves, _ in parts)
    largest = max((len(cut.pairs) for cut, _, _ in parts), default=0)
    wide = max((abs(rest) for _, _, rest in parts), default=0) + (largest + 1) * prices.widest
    for cut in model.cuts:
        if cut.loss is None:
            model.model.add_bool_or([literal.negated() for literal in model.literals(cut.pairs)])
    for cut, moves, rest in parts:
        for pair in cut.pairs:
            if pair not in model.losses:
                chosen = model.chosen[pair]
                moved = model.moves[pair] = model.model.new_int_var(0, most + 1, "")
                lost = model.losses[pair] = model.model.new_int_var(-prices.widest, wide, "")
                model.model.add(lost + prices.widest * moved >= 0)
                for variable in (moved, lost):
                    model.model.add(variable == 0).only_enforce_if(chosen.negated())
        left_out = cut.number - cp_model.LinearExpr.sum(model.literals(cut.pairs))
        more, wider = model.model.new_bool_var(""), rest + len(cut.pairs) * prices.widest
        moved_in_all = cp_model.LinearExpr.sum([model.moves[pair] for pair in cut.pairs])
        lost_in_all = cp_model.LinearExpr.sum([model.losses[pair] for pair in cut.pairs])
        model.model.add(moved_in_all + (moves + 1) * left_out >= moves + more)
        model.model.add(lost_in_all + max(wider, 0) * (left_out + more) >= rest)


def add_face(model: PairingModel) -> None:
    """Stay among the pairings that a flow found best: every level at its bound, no cut at any cost."""
    if model.face is None:
        return
    for pair, literal in model.chosen.items():
        if not model.face.open[pair]:
            model.model.add(literal == int(model.face.chosen[pair]))
    for numbers, of_person in ((model.face.mentors_of, model.of_mentee), (model.face.mentees_of, model.of_mentor)):
        for person, pairs in of_person.items():
            least, most = numbers[person].tolist()
            if model.face.open[pairs].any():
                model.model.add_linear_constraint(cp_model.LinearExpr.sum(model.literals(pairs)), least, most)
    for loss in model.losses.values() if model.face.lossless else ():
        model.model.add(loss == 0)
    for moved in model.moves.values() if model.face.lossless or model.face.still else ():
        model.model.add(moved == 0)


def add_waves(model: PairingModel) -> None:
    """Where engagements last as long as needed, at any moment a mentor has places for one span of each mentee."""
    if model.waves is None:
        return
    for mentor, pairs in model.of_mentor.items():
        places = int(model.waves.places[mentor])
        if len(pairs) > places:
            index = np.array(pairs, dtype=np.int64)
            spans = model.waves.spans.of(index)
            literals = [model.model.new_bool_var("") for _ in range(len(spans.start))]
            for place, pair in enumerate(pairs):
                mine = literals[spans.first[place] : spans.first[place + 1]]
                if mine:
                    model.model.add_exactly_one([*mine, model.chosen[pair].negated()])
            for together in moments(spans.start, spans.end):
                if len(together) > places:
                    model.model.add(
                        cp_model.LinearExpr.sum([literals[one] for one in together.tolist()]) <= places
                    )


RULES = (
    add_mentor_capacity,
    add_mentors_per_mentee,
    add_locks,
    add_no_mutual_pairs,
    add_cuts,
    add_waves,
    add_face,
)


def best_pairing(
    model: PairingModel, levels: Sequence[Level], known: Sequence[int], hint: Pairing | None, clock: Clock
) -> Pairing | None:
    """Make each level as large as can be while those before it are held.

    Parameters
    ----------
    known
        Bounds of the first levels that are proven already: values reached under fewer cuts.
    hint
        An earlier pairing to start from.

    Returns
    -------
    The best pairing, which may be unproven at the limit; None if there is none or the limit came before any.
    """
    for add_rule in RULES:
        add_rule(model)
    best = _holding(model, levels, known, hint, clock)
    values: list[int] = list(known) if best else []
    for level, value in zip(levels, values, strict=False):
        model.model.add(model.value(level) == value)
    bounds: list[int | None] = [*values]
    for level in levels[len(values) :]:
        as_known = values == list(known[: len(values)]) and len(values) < len(known)
        limit = known[len(values)] if as_known else None
        found = _improve(model, model.value(level), limit, best or hint, clock)
        if found is None:
            return best and Pairing(best.chosen, best.losses, tuple(values), (*bounds, limit), proven=False)
        best, value, bound = found
        values.append(value)
        bounds.append(bound)
        if value != bound:
            return Pairing(best.chosen, best.losses, tuple(values), tuple(bounds), proven=False)
        model.model.add(model.value(level) == value)
    return best and Pairing(best.chosen, best.losses, tuple(values), tuple(bounds), proven=True)


def cover(model: PairingModel, first: Pairing, clock: Clock, *, most: int) -> list[Pairing] | None:
    """Best pairings that stand for all: each for those that leave out the same candidates of its avoided cuts.

    And bear the same losses: a pairing with fewer of them is as good with less of what places alone give it.

    Parameters
    ----------
    model
        As `best_pairing` has left it: every level is held at its value.
    first
        Its answer.

    Returns
    -------
    Pairings such that every best pairing leaves out all that `left_out` says of one of them and bears the losses
    that it bears; None if there are more than `most` or the clock ran out.
    """
    model.model.clear_objective()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
    found = [first]
    while other := _otherwise(model, found[-1]):
        if len(found) == most:
            return None
        model.model.add_bool_or(other)
        solver, status = run(model.model, clock)
        if status == cp_model.INFEASIBLE:
            break
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        found.append(replace(first, **_read(model, solver).decisions()))
    return found


def _otherwise(model: PairingModel, pairing: Pairing) -> list[cp_model.LiteralT]:
    """What a best pairing for which this one does not stand has: something left out here, or a loss less."""
    chosen = set(pairing.chosen)
    borne = {
        pair
        for cut in model.cuts
        if cut.loss is not None and cut.held_by(chosen)
        for pair in cut.within(chosen).pairs
    }
    fewer = [literal.negated() for literal in model.literals(sorted(borne))]
    return [*model.literals(left_out(model.cuts, pairing)), *fewer]


def left_out(cuts: Sequence[Cut], pairing: Pairing) -> list[int]:
    """Of every cut that a pairing avoids as many candidates that are not chosen as it takes to avoid it."""
    chosen = set(pairing.chosen)
    avoided = (cut for cut in cuts if not cut.held_by(chosen))
    return sorted(
        {pair for cut in avoided for pair in sorted(set(cut.pairs) - chosen)[: len(cut.pairs) - cut.number + 1]}
    )


def _holding(
    model: PairingModel, levels: Sequence[Level], known: Sequence[int], hint: Pairing | None, clock: Clock
) -> Pairing | None:
    """A pairing that reaches every known value in spite of the new cuts; None if there is none."""
    if levels and not known:
        return None
    trial = model.model.clone()
    for level, value in zip(levels, known, strict=False):
        trial.add(model.value(level) == value)
    _hint(trial, model, hint)
    solver, status = run(trial, clock)
    return _read(model, solver) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def _improve(
    model: PairingModel, expression: cp_model.LinearExpr, bound: int | None, hint: Pairing | None, clock: Clock
) -> tuple[Pairing, int, int] | None:
    """The best pairing for one level, with value and bound; None if there is none or the clock ran out."""
    if bound is not None:
        model.model.add(expression <= bound)
    model.model.maximize(expression)
    _hint(model.model, model, hint)
    solver, status = run(model.model, clock)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    value = round(solver.objective_value)
    proven = status == cp_model.OPTIMAL
    return _read(model, solver), value, value if proven else round(solver.best_objective_bound)


def _hint(target: cp_model.CpModel, model: PairingModel, hint: Pairing | None) -> None:
    target.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
    if hint is None:
        return
    chosen = set(hint.chosen)
    for pair, literal in model.chosen.items():
        target.add_hint(literal, pair in chosen)
    for mentee, literal in model.served.items():
        target.add_hint(literal, not chosen.isdisjoint(model.of_mentee[mentee]))
    for pair, variable in model.losses.items():
        loss = hint.losses.get(pair, 0)
        moved, rest = (0, loss) if model.prices is None else model.prices.parts(loss)
        target.add_hint(variable, rest)
        if pair in model.moves:
            target.add_hint(model.moves[pair], moved)


def _read(model: PairingModel, solver: cp_model.CpSolver) -> Pairing:
    chosen = tuple(sorted(pair for pair, literal in model.chosen.items() if solver.boolean_value(literal)))
    losses = {pair: solver.value(loss) for pair, loss in model.losses.items() if pair in set(chosen)}
    if model.prices is not None:
        losses = {
            pair: loss + model.prices.planned * solver.value(model.moves[pair]) for pair, loss in losses.items()
        }
    return Pairing(chosen, losses, (), (), proven=False)


# --- the goals as levels ----------------------------------------------------------------------------------------


def mentees_level(candidates: int) -> Level:
    """Goal 1: most mentees with a mentor."""
    return Level("mentees", np.zeros(candidates, dtype=np.int64), mentees=True)


def pairs_level(candidates: int) -> Level:
    """Goal 2: most pairs."""
    return Level("pairs", np.ones(candidates, dtype=np.int64))


def kept_level(agreed: BoolArray) -> Level:
    """Goal `kept` of a rematch: most pairs that go on."""
    return Level("kept", agreed.astype(np.int64))


def moved_level(moved: IntArray) -> Level:
    """Goal `moved` of a rematch: fewest sessions moved, as far as pairs alone (`moved`) and the cuts tell."""
    return Level("moved", -moved, moves=True)


def unlisted_level(rank: IntArray) -> Level:
    """Goal `unlisted` of a rematch: fewest pairs without a rank."""
    return Level("unlisted", -(rank == 0).astype(np.int64))


def priority_levels(classes: Classes | None, mentee: IntArray, limit: int) -> list[Level]:
    """Goal `priority`, class by class: most mentees of each with a mentor; `mentee` is that of each candidate.

    Where a mentee has one mentor at most (the `limit`) his pair tells that he is served.
    """
    nothing = np.zeros(len(mentee), dtype=np.int64)
    # The last class follows from the others, since the number of mentees is held.
    own = [classes.of(place) for place in range(len(classes.keys) - 1)] if classes else []
    if limit == 1:
        return [Level("priority", among[mentee].astype(np.int64)) for among in own]
    return [Level("priority", nothing, mentees=True, among=among) for among in own]


def rank_levels(kind: str, rank: IntArray) -> list[Level]:
    """Goal 3, part by part: best ranks in the sense of `generous`, `greedy` or `min-cost`."""
    if kind == "min-cost":
        return [Level("rank", -rank)]
    # The last part follows from the others, since the number of pairs is held.
    return [
        Level("rank", np.where(rank == r, 1 if kind == "greedy" else -1, 0)) for r in rank_order(kind, rank)[:-1]
    ]


def rank_order(kind: str, rank: IntArray) -> list[int]:
    """The ranks that occur, in the order in which `generous` or `greedy` looks at them."""
    return sorted(set(rank[rank > 0].tolist()), reverse=kind == "generous")


def price_level(price: IntArray) -> Level:
    """Goals 4 and 5: least price of the sessions, as far as pairs alone and the cuts tell."""
    return Level("sessions", -price, losses=True)


def regularity_level(regular: IntArray, ever: IntArray, cuts: Sequence[Cut]) -> Level:
    """Goal 6: most regular sessions, as far as pairs alone tell: an upper bound."""
    bound = regular.copy()
    for cut in cuts:
        if cut.loss is not None:  # these may have other numbers of sessions than alone
            bound[list(cut.pairs)] = ever[list(cut.pairs)]
    return Level("regularity", bound)


def draw_levels(pairs: Candidates, wanted: Sequence[int], turn: IntArray, limit: int) -> list[Level]:
    """Goal 7: mentees in the order of the draw, each getting the best that is left of the `wanted` candidates.

    A mentee prefers more mentors to fewer, then the better rank, then the mentor first in the draw. Several
    mentees share a level, by weights that no sum of smaller ones outweighs, as long as the numbers stay small.
    """
    of_mentee: dict[int, list[int]] = defaultdict(list)
    for pair in wanted:
        if not pairs.locked[pair]:
            of_mentee[int(pairs.mentee[pair])].append(pair)
    levels: list[Level] = []
    room = 0
    for mentee in sorted(of_mentee, key=lambda person: turn[person]):
        wishes = sorted(of_mentee[mentee], key=lambda p: (pairs.rank[p], turn[pairs.mentor[p]]))
        for worth in _worths(wishes, limit):
            span = 1 + sum(sorted(worth.values())[-limit:])
            if room < span:
                levels.append(Level("draw", np.zeros(len(pairs), dtype=np.int64)))
                room = _ROOM
            room //= span
            levels[-1].weights[list(worth)] += np.array(list(worth.values()), dtype=np.int64) * room
    return levels


_ROOM = 2**45  # sums of this size are exact in CP-SAT's own bounds, which are floats
_BITS = 40


def _worths(wishes: Sequence[int], limit: int) -> list[dict[int, int]]:
    """Worth of a mentee's wishes (best first), step by step: more of them beat fewer, then better ones win."""
    if limit == 1 or len(wishes) == 1:
        return [{pair: len(wishes) - place for place, pair in enumerate(wishes)}]
    steps = [dict.fromkeys(wishes, 1)]
    for first in range(0, len(wishes), _BITS):
        part = wishes[first : first + _BITS]
        steps.append({pair: 2 ** (len(part) - 1 - place) for place, pair in enumerate(part)})
    return steps

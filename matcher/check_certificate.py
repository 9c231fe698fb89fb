"""certificate.json: whether it proves that no pairing is better than its bound, by adding up alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from matcher.check_candidates import Candidates, Scale, Vector
from matcher.check_classes import Classes
from matcher.check_conflicts import Conflicts, Verdict
from matcher.check_files import Table
from matcher.check_pairs import FoundPair
from matcher.check_proof import Certificate, Conflict, Reader
from matcher.check_relaxation import Relaxation
from matcher.check_timetable import Timetable
from matcher.check_waves import places_in_all

WORK = 1 << 28  # numbers that are looked at, all leaves together; what takes more is not followed


@dataclass(frozen=True)
class Verified:
    """What a certificate proves of a run.

    `goals` are those about pairs alone that are proven to be the best possible, each beside the ones before it.
    `exact` are the prices, where the proof is no more than prices and the run reaches its bound: then they tell of
    every pairing whether it is as good.
    """

    goals: tuple[str, ...] = ()
    exact: Relaxation | None = None

    @property
    def complete(self) -> bool:
        """Whether all of them are proven."""
        return "rank" in self.goals


class Case:
    """The run that a certificate speaks of: candidates, pairs and times."""

    def __init__(self, timetable: Timetable, candidates: Candidates, pairs: Sequence[FoundPair]) -> None:
        self.timetable, self.candidates = timetable, candidates
        self.roster = roster = timetable.roster
        classes = Classes(roster.cohort)
        self.scale = Scale(roster.programme.goals.rank, candidates.rank.tolist(), classes)
        self.value = self.scale.value([found.pair for found in pairs], [found.rank or 0 for found in pairs])
        self.relaxation = Relaxation(
            candidates,
            self.scale.worth(candidates.rank),
            places_in_all(roster.cohort, candidates.mentee, candidates.mentor, timetable.past),
            roster.programme.capacity.mentors_per_mentee,
            self.scale.served,
        )


def without_moved(found: Mapping[str, Any]) -> dict[str, Any]:
    """The certificate of a rematch without its figures on planned sessions that move.

    They are the same for every pairing: pairs that go on are fixed, and a new one moves none that places tell of.
    """
    goals = found.get("goals")
    if not isinstance(goals, list) or "moved" not in goals:
        return dict(found)
    at, size = goals.index("moved"), len(goals)

    def shorter(one: object) -> object:
        if isinstance(one, list) and len(one) == size and all(type(number) is int for number in one):
            return [*one[:at], *one[at + 1 :]]
        return one

    def places(one: object) -> object:
        return {key: shorter(price) for key, price in one.items()} if isinstance(one, dict) else one

    def proof(one: object) -> object:
        if not isinstance(one, dict):
            return one
        kept = {key: part for key, part in one.items() if key not in ("places", "cases")}
        kept |= {"places": places(one["places"])} if "places" in one else {}
        cases = one.get("cases")
        return kept | ({"cases": list(map(proof, cases))} if isinstance(cases, list) else {})

    return {
        **found,
        "goals": [*goals[:at], *goals[at + 1 :]],
        **{key: shorter(found.get(key)) for key in ("value", "bound")},
        "places": places(found.get("places")),
        "proof": proof(found.get("proof")),
    }


def check_certificate(
    table: Table, found: Mapping[str, Any], case: Case, summary: Mapping[str, Any] | None
) -> Verified:
    """Check certificate.json; what it proves, nothing if it is wrong anywhere."""
    before = len(table.violations)
    certificate = Reader(table, case.roster, case.candidates, case.scale).read(found)
    if certificate is None:
        return Verified()
    verdicts = _verdicts(table, certificate.conflicts, case.timetable)
    plain = len(certificate.leaves) == 1 and not certificate.leaves[0].rests_on
    prices = certificate.prices
    case.relaxation.set_prices({**prices, **certificate.leaves[0].prices} if plain else prices)
    bounds = _bounds(table, certificate, case.relaxation, verdicts)
    if bounds is None:
        return Verified()
    proven, shown = bounds
    if certificate.value != case.value:
        stated = list(certificate.value or ())
        table.fault(f"{stated} must be {list(case.value)}, as pairs.csv has it", column="value")
    if certificate.bound != proven:
        stated = list(certificate.bound or ())
        table.fault(f"{stated} must be {list(proven)}: the proof gives that and nothing better", column="bound")
    if case.value > proven:
        table.fault(f"the run is worth {list(case.value)}, more than the bound {list(proven)}", column="bound")
    _check_summary(table, case, proven, summary or {})
    if len(table.violations) > before:
        return Verified()
    return Verified(_goals(case, shown), case.relaxation if plain and case.value == proven else None)


def _goals(case: Case, bound: Vector) -> tuple[str, ...]:
    """The goals that the run reaches the bound in, up to the first that it does not."""
    reached = len(list(takewhile(lambda both: both[0] == both[1], zip(case.value, bound, strict=True))))
    if reached == len(bound):
        return case.scale.goals
    return case.scale.goals[:-1] if reached >= case.scale.first_rank else case.scale.goals[: min(reached, 2)]


def _verdicts(table: Table, conflicts: Iterable[Conflict], timetable: Timetable) -> list[Verdict]:
    """What is true of each conflict; one that is false is a violation."""
    judge, verdicts = Conflicts(timetable), list[Verdict]()
    for number, conflict in enumerate(conflicts):
        names = "; ".join(timetable.roster.labels(pair) for pair in conflict.pairs)
        if conflict.reason == "two_directions":
            first = conflict.pairs[0]
            true = conflict.pairs[1:] == ((first[1], first[0]),)
            verdict: Verdict = "true" if true else "false"
            message = f"{names}: these are not two people in both directions"
        else:
            verdict = judge.no_schedule(conflict.pairs)
            message = f"{names}: all of these can be scheduled together"
        if verdict == "false":
            table.fault(message, column=f"conflicts, {number}")
        verdicts.append(verdict)
    return verdicts


def _bounds(
    table: Table, certificate: Certificate, relaxation: Relaxation, verdicts: Sequence[Verdict]
) -> tuple[Vector, Vector] | None:
    """The bound that the proof gives, and the one that it gives without conflicts that could not be shown.

    Where a conflict is not shown, what was excluded before it still is, and the prices hold.
    """
    proven, shown = list[Vector](), list[Vector]()
    plain: set[frozenset[int]] = set()
    work = 0
    for leaf in certificate.leaves:
        bound, looked_at = relaxation.bound_with(leaf.prices, leaf.without)
        proven.append(bound)
        work += looked_at * len(bound)
        without = next((before for number, before in leaf.rests_on if verdicts[number] != "true"), None)
        if without is None:
            shown.append(bound)
        elif without not in plain:
            plain.add(without)
            bound, looked_at = relaxation.bound_with({}, without)
            shown.append(bound)
            work += looked_at * len(bound)
        if work > WORK:
            return None
    if not proven:
        table.fault("leaves no case: then there is no pairing at all, but this run", column="proof")
        return None
    return max(proven), max(shown)


def _check_summary(table: Table, case: Case, bound: Vector, summary: Mapping[str, Any]) -> None:
    """Nothing that summary.json calls optimal may be better than the bound."""
    stated = _stated(case.scale, summary)
    if stated > bound[: len(stated)]:
        table.fault(
            f"goals that summary.json calls optimal have bounds {list(stated)}, but nothing is better than "
            f"{list(bound[: len(stated)])}",
            column="bound",
        )


def _stated(scale: Scale, summary: Mapping[str, Any]) -> Vector:
    """The bounds in summary.json of the goals called optimal, up to the first that is not or cannot be read."""
    stated = list[int]()
    found = summary.get("goals")
    goals = {goal["name"]: goal for goal in found if _is_optimal(goal)} if isinstance(found, list) else {}
    for name in scale.goals:
        bound = goals.get(name, {}).get("bound")
        if name == "priority":
            if not (isinstance(bound, list) and len(bound) == len(scale.classes) and _are_counts(bound)):
                break
            stated += bound[:-1]
        elif name == "rank" and scale.kind != "min-cost":
            if isinstance(bound, list) and len(bound) <= 99 and _are_counts(bound):
                profile = [0, *bound, *[0] * 99]
                sign = 1 if scale.kind == "greedy" else -1
                stated += [sign * profile[rank] for rank in scale.ranks]
        elif type(bound) is int:
            stated.append(-bound if name == "rank" else bound)
        else:
            break
    return tuple(stated)


def _are_counts(found: Sequence[object]) -> bool:
    return all(type(count) is int for count in found)


def _is_optimal(goal: object) -> bool:
    return isinstance(goal, dict) and goal.get("status") == "optimal" and isinstance(goal.get("name"), str)

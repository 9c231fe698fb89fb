"""certificate.json as it is written: its parts, each checked for its form alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.check_candidates import Candidates, Scale, Vector, is_positive_vector
from matcher.check_files import Table
from matcher.check_rules import Roster
from matcher.model import Pair

KEYS = ("kind", "goals", "value", "bound", "conflicts", "places", "proof")
REASONS = ("two_directions", "no_schedule")
LARGEST = 1 << 40  # of the numbers in the file
DEEPEST = 200  # cases within cases
LEAVES = 10_000


@dataclass(frozen=True)
class Conflict:
    """Pairs of which at least one is missing in every pairing, and why; pairs are places among the candidates."""

    pairs: tuple[Pair, ...]
    places: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class Leaf:
    """An end of the proof: prices that differ from the general ones, and the pairs excluded on the way.

    `rests_on` are the conflicts on the way with what was excluded before them, from the top.
    """

    prices: Mapping[int, Vector]
    without: frozenset[int]
    rests_on: tuple[tuple[int, frozenset[int]], ...]


@dataclass(frozen=True)
class Certificate:
    """What certificate.json says, people as persons."""

    value: Vector | None
    bound: Vector | None
    conflicts: Sequence[Conflict]
    prices: Mapping[int, Vector]
    leaves: Sequence[Leaf]


class Reader:
    """Reads a certificate for the candidates of one cohort; what is not as it must be becomes a violation."""

    def __init__(self, table: Table, roster: Roster, candidates: Candidates, scale: Scale) -> None:
        self._table, self._roster, self._candidates, self._scale = table, roster, candidates, scale
        self._mentors = set(candidates.mentor.tolist())
        self._conflicts: list[Conflict] = []

    def read(self, found: Mapping[str, Any]) -> Certificate | None:
        """The certificate; None if its form is such that it proves nothing."""
        before = len(self._table.violations)
        if not self._has_keys(found, "", KEYS):
            return None
        self._expect("kind", found["kind"], self._scale.kind)
        self._expect("goals", found["goals"], self._scale.names)
        value, bound = (self._vector(found[key], key) for key in ("value", "bound"))
        self._read_conflicts(found["conflicts"])
        prices = self._prices(found["places"], "places")
        leaves = self._leaves(found["proof"]) if len(self._table.violations) == before else []
        if len(self._table.violations) > before:
            return None
        return Certificate(value, bound, self._conflicts, prices, leaves)

    def _fault(self, where: str, message: str) -> None:
        self._table.fault(message, column=where or None)

    def _has_keys(self, found: Mapping[str, Any], where: str, keys: Sequence[str]) -> bool:
        unknown, missing = sorted(found.keys() - set(keys)), [key for key in keys if key not in found]
        for key in unknown:
            self._fault(where, f"{_short(key)} is no key of this file")
        for key in missing:
            self._fault(where, f"{key!r} is missing")
        return not (unknown or missing)

    def _expect(self, where: str, found: object, expected: object) -> None:
        if found != expected or type(found) is not type(expected):
            self._fault(where, f"{_short(found)} must be {expected!r}")

    def _vector(self, found: object, where: str) -> Vector | None:
        """Whole numbers, one for each goal."""
        if (
            isinstance(found, list)
            and len(found) == len(self._scale)
            and all(type(number) is int and abs(number) <= LARGEST for number in found)
        ):
            return tuple(found)
        self._fault(
            where, f"{_short(found)} must be {len(self._scale)} whole numbers up to {LARGEST}, one for each goal"
        )
        return None

    def _prices(self, found: object, where: str) -> dict[int, Vector]:
        if not isinstance(found, dict):
            self._fault(where, f"{_short(found)} must be an object: mentors and what a place is worth")
            return {}
        prices = {}
        for employee_id, numbers in found.items():
            mentor, here = self._roster.person.get(employee_id), f"{where}, {_short(employee_id)}"
            price = self._vector(numbers, here)
            if mentor not in self._mentors:
                self._fault(here, "is no mentor of a possible pair")
            elif price is not None and not is_positive_vector(price) and any(price):
                self._fault(here, f"a place may not be worth less than nothing: {list(price)}")
            elif mentor is not None and price is not None:
                prices[mentor] = price
        return prices

    # --- conflicts --------------------------------------------------------------------------------------------

    def _read_conflicts(self, found: object) -> None:
        if not isinstance(found, list):
            self._fault("conflicts", f"{_short(found)} must be a list")
            return
        for number, entry in enumerate(found):
            where = f"conflicts, {number}"
            if not isinstance(entry, dict):
                self._fault(where, f"{_short(entry)} must be an object")
            elif self._has_keys(entry, where, ("pairs", "reason")):
                self._read_conflict(entry, where)

    def _read_conflict(self, entry: Mapping[str, Any], where: str) -> None:
        if entry["reason"] not in REASONS:
            self._fault(where, f"reason {_short(entry['reason'])} must be {' or '.join(REASONS)}")
            return
        found = entry["pairs"] if isinstance(entry["pairs"], list) else []
        pairs = [self._pair(pair) for pair in found]
        known = [pair for pair in pairs if pair is not None]
        if not known or len(known) < len(pairs):
            self._fault(where, "must name possible pairs, each as [mentee_id, mentor_id]")
        elif len(set(known)) < len(known):
            self._fault(where, "names a pair twice")
        else:
            places = tuple(self._candidates.place[pair] for pair in known)
            self._conflicts.append(Conflict(tuple(known), places, entry["reason"]))

    def _pair(self, found: object) -> Pair | None:
        """The pair of two ids, if it is a possible one."""
        if not (isinstance(found, list) and len(found) == 2 and all(isinstance(one, str) for one in found)):
            return None
        pair = self._roster.person.get(found[0], -1), self._roster.person.get(found[1], -1)
        return pair if pair in self._candidates.place else None

    # --- the proof --------------------------------------------------------------------------------------------

    def _leaves(self, proof: object) -> list[Leaf]:
        """Every end of the proof."""
        leaves: list[Leaf] = []
        empty = Leaf({}, frozenset(), ())
        waiting: list[tuple[object, Leaf, str]] = [(proof, empty, "proof")]
        while waiting:
            found, above, where = waiting.pop()
            if len(leaves) + len(waiting) >= LEAVES or len(above.rests_on) > DEEPEST:
                self._fault("proof", f"has more than {LEAVES} cases, or more than {DEEPEST} within each other")
                return []
            if not isinstance(found, dict):
                self._fault(where, f"{_short(found)} must be an object")
            elif "conflict" in found:
                waiting += self._cases(found, above, where)
            elif found.keys() <= {"places"}:
                prices = self._prices(found.get("places", {}), f"{where}, places")
                leaves.append(Leaf(prices, above.without, above.rests_on))
            else:
                self._fault(where, f"has unknown keys: {', '.join(map(_short, sorted(found)))}")
        return leaves

    def _cases(self, node: Mapping[str, Any], above: Leaf, where: str) -> list[tuple[object, Leaf, str]]:
        """The proofs for pairings without one pair of a conflict each."""
        number, cases = node["conflict"], node.get("cases")
        if not self._has_keys(node, where, ("conflict", "cases")):
            return []
        if type(number) is not int or not 0 <= number < len(self._conflicts):
            self._fault(where, f"there is no conflict {_short(number)}")
            return []
        conflict = self._conflicts[number]
        if not isinstance(cases, list) or len(cases) != len(conflict.pairs):
            self._fault(where, f"conflict {number} has {len(conflict.pairs)} pairs and needs a case for each")
            return []
        rests_on = (*above.rests_on, (number, above.without))
        found: list[tuple[object, Leaf, str]] = []
        for at, (case, place) in enumerate(zip(cases, conflict.places, strict=True)):
            here = f"{where}, {at}" if len(rests_on) <= 5 else where
            if case is not None:
                found.append((case, Leaf({}, above.without | {place}, rests_on), here))
            elif not self._candidates.locked[place]:
                names = self._roster.labels(conflict.pairs[at])
                self._fault(here, f"the case without {names} is missing, and they are not locked")
        return found


def _short(found: object) -> str:
    """A value of the file in a few letters; only what is plain is written out."""
    if isinstance(found, (list, dict)):
        plain = isinstance(found, list) and len(found) <= 20 and all(type(one) in (int, str) for one in found)
        if not plain:
            return "a list" if isinstance(found, list) else "an object"
    if type(found) is int and abs(found) > LARGEST:
        return "a very large number"
    text = repr(found)
    return text if len(text) <= 80 else f"{text[:80]}..."

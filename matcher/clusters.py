"""Which choices hang together with a schedule conflict: what CP-SAT has to settle once places alone do not.

Open candidates that share people, directly or through others, are a part. Between parts nothing is left to
decide, so that each can be settled alone, unless a conflict joins them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.cuts import Cut
from matcher.flow import Face
from matcher.graphs import components
from matcher.model import BoolArray, IntArray
from matcher.rules import Candidates


@dataclass(frozen=True)
class Cluster:
    """Candidates to be settled together, ascending, and the conflicts among them.

    `open` are to be decided; `pairs` are these and the candidates that are chosen in any case and share a
    person or a conflict with them.
    """

    pairs: tuple[int, ...]
    open: tuple[int, ...]
    cuts: tuple[Cut, ...]


class Clusters:
    """The parts of a face that conflicts touch; grows with them."""

    def __init__(self, pairs: Candidates, face: Face | None, chosen: BoolArray, possible: Sequence[int]) -> None:
        """Nothing is touched yet. Without a face every `possible` candidate is open.

        `part` numbers the parts: for each candidate that of its part, -1 where it is not open.
        """
        self._pairs = pairs
        self._open = np.zeros(len(pairs), dtype=bool)
        self._open[np.asarray(possible, dtype=np.int64)] = True
        if face is not None:
            self._open &= face.open
        self._may_be = self._open | chosen
        self._face = face
        self.part = _parts(pairs, self._open)
        self._by_part = np.argsort(self.part, kind="stable")
        fixed = np.nonzero(chosen & ~self._open)[0]
        self._fixed_by_mentee = fixed
        self._fixed_by_mentor = fixed[np.argsort(pairs.mentor[fixed], kind="stable")]
        self._cuts: dict[Cut, None] = {}
        self.unavoidable: Cut | None = None

    def add(self, cuts: Iterable[Cut]) -> bool:
        """Take in conflicts that all hold candidates chosen by the pairing at hand; False if none is new."""
        before = len(self._cuts)
        self._cuts.update(dict.fromkeys(cut.among(self._may_be) for cut in cuts))
        return len(self._cuts) > before

    def all(self) -> tuple[Cluster, ...] | None:
        """The clusters as the conflicts make them; None if one of these is `unavoidable`."""
        joined: dict[int, int] = {}

        def find(key: int) -> int:
            while joined.setdefault(key, key) != key:
                key = joined[key]
            return key

        for cut in self._cuts:
            keys = [self._key(pair) for pair in cut.pairs]
            if max(keys) < 0 and (cut.loss is None or (self._face is not None and self._face.forbids(cut))):
                self.unavoidable = cut
                return None
            for key in keys[1:]:
                joined[find(key)] = find(keys[0])
        groups: dict[int, tuple[set[int], list[Cut]]] = {}
        for cut in self._cuts:
            members, cuts = groups.setdefault(find(self._key(cut.pairs[0])), (set(), []))
            members.update(self._key(pair) for pair in cut.pairs)
            cuts.append(cut)
        return tuple(self._cluster(keys, cuts) for keys, cuts in groups.values())

    def _key(self, pair: int) -> int:
        """The part of an open candidate; a negative number of its own for another."""
        return int(self.part[pair]) if self._open[pair] else -1 - pair

    def _cluster(self, keys: set[int], cuts: Sequence[Cut]) -> Cluster:
        parts = np.array(sorted(key for key in keys if key >= 0), dtype=np.int64)
        mine = _with(self._by_part, self.part, parts)
        mentees, mentors = np.unique(self._pairs.mentee[mine]), np.unique(self._pairs.mentor[mine])
        fixed = (
            _with(self._fixed_by_mentee, self._pairs.mentee, mentees),
            _with(self._fixed_by_mentor, self._pairs.mentor, mentors),
            np.array([pair for cut in cuts for pair in cut.pairs], dtype=np.int64),
        )
        every = np.unique(np.concatenate((mine, *fixed)))
        return Cluster(tuple(every.tolist()), tuple(np.sort(mine).tolist()), tuple(cuts))


def _parts(pairs: Candidates, is_open: BoolArray) -> IntArray:
    """A number for each open candidate, equal within a part; -1 for the others."""
    index = np.nonzero(is_open)[0]
    mentees, mentee = np.unique(pairs.mentee[index], return_inverse=True)
    mentors, mentor = np.unique(pairs.mentor[index], return_inverse=True)
    part = np.full(len(pairs), -1, dtype=np.int64)
    part[index] = components(len(mentees) + len(mentors), mentee, len(mentees) + mentor)[mentee]
    return part


def _with(ordered: IntArray, column: IntArray, wanted: IntArray) -> IntArray:
    """Of candidates ordered by a column those in which it holds a wanted value."""
    values = column[ordered]
    first, stop = np.searchsorted(values, wanted), np.searchsorted(values, wanted, side="right")
    return np.concatenate(
        [ordered[a:b] for a, b in zip(first.tolist(), stop.tolist(), strict=True)] or [ordered[:0]]
    )


def violated(cuts: Iterable[Cut], chosen: BoolArray, losses: Mapping[int, int]) -> list[Cut]:
    """The cuts that a pairing does not keep."""
    broken = []
    for cut in cuts:
        if _holds(chosen, cut):
            lost = sum(losses.get(pair, 0) for pair in cut.pairs)
            if cut.loss is None or lost < cut.loss:
                broken.append(cut)
    return broken


def _holds(chosen: BoolArray, cut: Cut) -> bool:
    if cut.some:
        return int(np.count_nonzero(chosen[list(cut.pairs)])) >= cut.some
    return all(chosen[pair] for pair in cut.pairs)


def mutual_pairs(pairs: Candidates, possible: Sequence[int]) -> tuple[Cut, ...]:
    """Two people never mentor each other: both directions, where both are possible, as a conflict."""
    index = np.asarray(possible, dtype=np.int64)
    size = int(max(pairs.mentee.max(initial=0), pairs.mentor.max(initial=0))) + 1
    there, back = (
        pairs.mentee[index] * size + pairs.mentor[index],
        pairs.mentor[index] * size + pairs.mentee[index],
    )
    both = np.nonzero(np.isin(there, back) & (pairs.mentee[index] < pairs.mentor[index]))[0]
    place = dict(zip(there.tolist(), index.tolist(), strict=True)) if len(both) else {}
    return tuple(Cut(tuple(sorted((int(index[p]), place[int(back[p])]))), None) for p in both)

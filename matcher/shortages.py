"""Where mentors' places are too few whatever is decided: mentees who can only go to mentors whom too many want.

This is the over-demanded part of the Dulmage-Mendelsohn decomposition of mentees against places: whom the mentees
that a largest pairing leaves out can reach, from mentee to mentor along candidates and from mentor to mentee along
that pairing. It is the same for every largest pairing, and it shows why none can be larger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow

from matcher.graphs import components
from matcher.model import BoolArray, Cohort, IntArray
from matcher.rules import Candidates


@dataclass(frozen=True)
class Shortage:
    """Mentors whose places are too few for the mentees who can only go there.

    `mentors` and `mentees` are persons, ascending: the mentees have no lock and at least one possible candidate,
    all of them with these mentors. `places` are those of the mentors beside their locks.
    """

    mentors: IntArray
    mentees: IntArray
    places: int

    @property
    def missing(self) -> int:
        """How many of the mentees stay without a mentor at least; 1 or more."""
        return len(self.mentees) - self.places


@dataclass(frozen=True)
class _Wishes:
    """The possible candidates of mentees without a lock, sorted by mentee, as a graph.

    `mentees` and `mentors` are persons, ascending; `mentee` and `mentor` index them, one entry a candidate. `room`
    holds the mentors' places beside locks.
    """

    mentees: IntArray
    mentors: IntArray
    mentee: IntArray
    mentor: IntArray
    room: IntArray


def shortages(cohort: Cohort, pairs: Candidates, possible: BoolArray) -> tuple[Shortage, ...]:
    """Where places beside locks are too few for the possible candidates, calendars between pairs aside.

    Returns
    -------
    Groups that share no mentor and no mentee: by missing places, largest first, then by the smallest mentor. Empty
    where every mentee with a possible candidate can have a mentor as far as places go. All of the missing places
    together are the mentees whom a pairing as large as places allow leaves out.
    """
    wishes = _wishes(cohort, pairs, possible)
    return _groups(wishes, _largest_pairing(wishes))


def _wishes(cohort: Cohort, pairs: Candidates, possible: BoolArray) -> _Wishes:
    asked = possible & ~np.isin(pairs.mentee, pairs.mentee[pairs.locked])
    mentees, mentee = np.unique(pairs.mentee[asked], return_inverse=True)
    mentors, mentor = np.unique(pairs.mentor[asked], return_inverse=True)
    taken = np.bincount(pairs.mentor[pairs.locked], minlength=len(cohort.employees))
    return _Wishes(mentees, mentors, mentee, mentor, (cohort.employees.capacity - taken)[mentors])


def _largest_pairing(wishes: _Wishes) -> BoolArray:
    """The candidates of a pairing that serves as many mentees as places allow."""
    mentees, mentors = len(wishes.mentees), len(wishes.mentors)
    source, sink = mentees + mentors, mentees + mentors + 1
    solver = max_flow.SimpleMaxFlow()
    numbers = solver.add_arcs_with_capacity(
        np.concatenate((np.full(mentees, source), wishes.mentee, mentees + np.arange(mentors))),
        np.concatenate((np.arange(mentees), mentees + wishes.mentor, np.full(mentors, sink))),
        np.concatenate((np.ones(mentees + len(wishes.mentee), dtype=np.int64), wishes.room)),
    )
    status = solver.solve(source, sink)
    if status != solver.OPTIMAL:
        raise AssertionError(f"no flow at all is a flow, yet the solver says {status}: a bug")
    return np.asarray(solver.flows(numbers)[mentees : mentees + len(wishes.mentee)] > 0)


def _groups(wishes: _Wishes, chosen: BoolArray) -> tuple[Shortage, ...]:
    mentees = _concerned(wishes, chosen)
    inside = mentees[wishes.mentee]  # a mentor is concerned where one of them asks for him
    size = len(wishes.mentees)
    part = components(size + len(wishes.mentors), wishes.mentee[inside], size + wishes.mentor[inside])
    concerned, asked = np.flatnonzero(mentees), np.unique(wishes.mentor[inside])
    groups = [
        Shortage(wishes.mentors[there], wishes.mentees[who], int(wishes.room[there].sum()))
        for who, there in zip(_split(concerned, part[concerned]), _split(asked, part[size + asked]), strict=True)
    ]
    return tuple(sorted(groups, key=lambda group: (-group.missing, group.mentors[0])))


def _split(members: IntArray, part: IntArray) -> list[IntArray]:
    """The members of each part, ascending; the parts by number."""
    if not len(members):
        return []
    order = np.argsort(part, kind="stable")
    return np.split(members[order], np.flatnonzero(np.diff(part[order])) + 1)


def _concerned(wishes: _Wishes, chosen: BoolArray) -> BoolArray:
    """The mentees whom those left out could push out: left out themselves, or paired with a mentor they reach."""
    first = np.searchsorted(wishes.mentee, np.arange(len(wishes.mentees) + 1))
    paired = np.flatnonzero(chosen)
    paired = paired[np.argsort(wishes.mentor[paired], kind="stable")]
    first_paired = np.searchsorted(wishes.mentor[paired], np.arange(len(wishes.mentors) + 1))
    reached, seen = np.ones(len(wishes.mentees), dtype=bool), np.zeros(len(wishes.mentors), dtype=bool)
    reached[wishes.mentee[paired]] = False
    new = np.flatnonzero(reached)
    while len(new):
        mentors = wishes.mentor[_rows(first, new)]
        mentors = np.unique(mentors[~seen[mentors]])
        seen[mentors] = True
        new = wishes.mentee[paired[_rows(first_paired, mentors)]]  # each has one pair, so none comes twice
        reached[new] = True
    return reached


def _rows(first: IntArray, nodes: IntArray) -> IntArray:
    """The rows of these nodes one after the other; those of node i are `first[i]` up to `first[i + 1]`."""
    counts = first[nodes + 1] - first[nodes]
    ends = np.cumsum(counts)
    shift = np.repeat(first[nodes] - (ends - counts), counts)
    return np.asarray(np.arange(len(shift)) + shift)

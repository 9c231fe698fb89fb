"""Which pairs the programme's rules allow, and which rule stands in the way of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.engagements import engaged_days, held_days
from matcher.model import BoolArray, Cohort, IntArray
from matcher.programme import day_number


@dataclass(frozen=True)
class Candidates:
    """Pairs that no rule forbids, sorted by mentee and mentor; only these can ever be paired.

    `rank` is 0 for what was no choice. `earliest` is the first day index on which the pair may meet. `agreed` are
    pairs of an earlier plan that may go on.
    """

    mentee: IntArray
    mentor: IntArray
    rank: IntArray
    locked: BoolArray
    earliest: IntArray
    agreed: BoolArray

    def __len__(self) -> int:
        return len(self.mentee)

    @property
    def unlisted(self) -> BoolArray:
        """Which of them are of an earlier plan and no choice any more."""
        unlisted: BoolArray = self.agreed & (self.rank == 0)
        return unlisted

    def subset(self, keep: BoolArray | IntArray) -> Candidates:
        """The candidates that `keep` selects."""
        return Candidates(
            *(self.mentee[keep], self.mentor[keep], self.rank[keep], self.locked[keep]),
            *(self.earliest[keep], self.agreed[keep]),
        )


def judge(cohort: Cohort) -> tuple[Candidates, list[str]]:
    """Apply every rule but the calendars to every listed choice.

    Returns
    -------
    The candidates (eligible choices and locks), and for each listed choice "" where it is a candidate, else the
    outcome code of the first rule that sets it aside. A wish never beats a rule; a lock waives listing, level
    gaps and line manager.
    """
    choices = cohort.choices
    verdict = np.full(len(choices), "unknown_mentor", dtype="<U20")
    known = np.nonzero(choices.mentor >= 0)[0]
    verdict[known] = first_broken(cohort, choices.mentee[known], choices.mentor[known])
    return _candidates(cohort, verdict == ""), verdict.tolist()


def first_broken(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> npt.NDArray[np.str_]:
    """The outcome code of the first rule that sets each of these pairs aside; "" where none does."""
    verdict = np.full(len(mentee), "", dtype="<U20")
    locked = _decided(cohort, mentee, mentor, {"locked"})
    for code, breaks in _RULES:
        broken = breaks(cohort, mentee, mentor)
        if code in WAIVED_BY_LOCK:
            broken &= ~locked
        verdict[broken & (verdict == "")] = code
    return verdict


def _candidates(cohort: Cohort, eligible: BoolArray) -> Candidates:
    choices, people = cohort.choices, len(cohort.employees)
    keys = choices.mentee[eligible] * people + choices.mentor[eligible]
    locks = np.array([mentee * people + mentor for mentee, mentor in cohort.locks], dtype=np.int64)
    unlisted = np.setdiff1d(np.concatenate((locks, _agreed(cohort))), keys)
    rank = np.concatenate((choices.rank[eligible], np.zeros(len(unlisted), dtype=np.int64)))
    keys = np.concatenate((keys, unlisted))
    order = np.argsort(keys)
    keys, rank = keys[order], rank[order]
    mentee, mentor = divmod(keys, people)
    return as_candidates(cohort, mentee, mentor, rank, locked=np.isin(keys, locks))


def _agreed(cohort: Cohort) -> IntArray:
    """Keys of the pairs of an earlier plan that no rule ends, whether the mentees still list them or not."""
    pairs = () if cohort.earlier is None else tuple(cohort.earlier.agreed)
    mentee, mentor = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    stand = first_broken(cohort, mentee, mentor) == ""
    return np.asarray((mentee * len(cohort.employees) + mentor)[stand])


def as_candidates(
    cohort: Cohort,
    mentee: IntArray,
    mentor: IntArray,
    rank: IntArray | None = None,
    *,
    locked: BoolArray | None = None,
) -> Candidates:
    """Pairs as candidates, in their order, whatever the rules say of them."""
    agreed = np.isin(mentee * len(cohort.employees) + mentor, _agreed(cohort))
    nothing = np.zeros(len(mentee), dtype=np.int64)
    return Candidates(
        mentee,
        mentor,
        nothing if rank is None else rank,
        nothing > 0 if locked is None else locked,
        earliest_days(cohort, mentee, mentor),
        agreed,
    )


def earliest_days(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> IntArray:
    """First day index on which each of these pairs may meet: engaged, and far enough from its last session."""
    people, start = len(cohort.employees), day_number(cohort.programme.frame.start)
    last = {
        one * people + other: decision.last_session - start
        for (one, other), decision in cohort.decisions.items()
        if decision.last_session is not None
    }
    earliest, _ = engaged_days(cohort, mentee, mentor)
    if cohort.earlier is not None:
        agreed = {pair: one.held for pair, one in cohort.earlier.agreed.items()}
        known = {
            pair: own for pair, own in cohort.earlier.held.items() if min(pair) >= 0
        }  # both are still employees
        held = {pair: sessions[-1] for pair, sessions in {**agreed, **known}.items() if sessions}
        days = held_days(cohort, list(held.values()))
        last |= {one * people + other: day for (one, other), day in zip(held, days, strict=True)}
        earliest = np.maximum(earliest, cohort.earlier.as_of - start)
    keys = mentee * people + mentor
    for place in np.nonzero(np.isin(keys, np.array(list(last), dtype=np.int64)))[0].tolist():
        day = last[int(keys[place])] + cohort.programme.sessions.min_days_between
        earliest[place] = max(int(earliest[place]), day)
    return earliest


# --- one function per rule: does each of these pairs break it? ------------------------------------------------


def _decided(
    cohort: Cohort, mentee: IntArray, mentor: IntArray, statuses: set[str], *, past: bool = False
) -> BoolArray:
    """Which pairs have one of these statuses, and with `past` also a row that calls them past."""
    people, decided = len(cohort.employees), cohort.decisions.items()
    found = (pair for pair, decision in decided if decision.status in statuses and decision.past >= past)
    keys = [a * people + b for a, b in found]
    return np.isin(mentee * people + mentor, np.array(keys, dtype=np.int64))


def breaks_self(_cohort: Cohort, mentee: IntArray, mentor: IntArray) -> BoolArray:
    """Nobody mentors himself."""
    return np.asarray(mentee == mentor)


def breaks_forbidden(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> BoolArray:
    """The programme lead has ruled the pair out."""
    return _decided(cohort, mentee, mentor, {"forbidden"})


def breaks_refused(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> BoolArray:
    """One of the two has refused to go on, or declined from the start."""
    return _decided(cohort, mentee, mentor, {"refused", "declined"})


def breaks_past(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> BoolArray:
    """The two were a pair before, where the programme wants new pairs (unless locked)."""
    if cohort.programme.eligibility.past_pairs_may_repeat:
        return np.zeros(len(mentee), dtype=bool)
    again = _decided(cohort, mentee, mentor, {"accepted"}, past=True)  # who accepts a pair waives no rule
    return _decided(cohort, mentee, mentor, {"past"}) | again


def breaks_reverse_pair(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> BoolArray:
    """The mentor is locked as this mentee's mentee: two people never mentor each other."""
    return _decided(cohort, mentor, mentee, {"locked"})


def breaks_does_not_mentor(cohort: Cohort, _mentee: IntArray, mentor: IntArray) -> BoolArray:
    """The mentor takes no mentees."""
    return np.asarray(cohort.employees.capacity[mentor] == 0)


def breaks_line_manager(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> BoolArray:
    """The mentor is the mentee's line manager, where the programme rules that out."""
    if cohort.programme.eligibility.line_manager_may_mentor:
        return np.zeros(len(mentee), dtype=bool)
    return np.asarray(cohort.employees.manager[mentee] == mentor)


def breaks_same_function_gap(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> BoolArray:
    """A mentor from the mentee's own function stands at least `same_function_gap` levels higher."""
    people = cohort.employees
    short = level_gap(cohort, mentee, mentor) < cohort.programme.eligibility.same_function_gap
    return np.asarray((people.function[mentee] == people.function[mentor]) & short)


def breaks_cross_function_gap(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> BoolArray:
    """A mentor from another function stands at least `cross_function_gap` levels higher."""
    people = cohort.employees
    short = level_gap(cohort, mentee, mentor) < cohort.programme.eligibility.cross_function_gap
    return np.asarray((people.function[mentee] != people.function[mentor]) & short)


def level_gap(cohort: Cohort, mentee: IntArray, mentor: IntArray) -> IntArray:
    """How many levels the mentor stands above the mentee; negative where he stands below."""
    return cohort.employees.level[mentor] - cohort.employees.level[mentee]


_RULES = (  # in the order in which an outcome names the first that applies
    ("self", breaks_self),
    ("forbidden", breaks_forbidden),
    ("refused", breaks_refused),
    ("past", breaks_past),
    ("reverse_pair", breaks_reverse_pair),
    ("does_not_mentor", breaks_does_not_mentor),
    ("line_manager", breaks_line_manager),
    ("same_function_gap", breaks_same_function_gap),
    ("cross_function_gap", breaks_cross_function_gap),
)
WAIVED_BY_LOCK = {"past", "line_manager", "same_function_gap", "cross_function_gap"}

"""What would give a mentee a mentor while every pair and every session stays as it is.

One more place, more time in common, an exception to a rule, or a mentor whom he has not listed yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.cadence import Cadence
from matcher.cuts import Plan
from matcher.model import BoolArray, Cohort, IntArray
from matcher.planner import Planner
from matcher.plans import Rules, attainable_by
from matcher.rules import WAIVED_BY_LOCK, Candidates, as_candidates, first_broken
from matcher.scheduling import schedule_group
from matcher.times import meeting_times
from matcher.trials import Trials
from matcher.ways import Change

NAMED = 3
"""So many mentors at most are suggested."""

TRIED = 64
"""So many mentors at most are tried for each mentee."""

WAVES = (4, 12, TRIED)
"""How many of a mentee's nearest mentors have been tried after each wave."""

NEVER = 10**6  # more sessions than any pair has


@dataclass(frozen=True)
class Advice:
    """What would help a mentee: the `smallest` change in words ("" for none), mentors (persons) to be listed."""

    smallest: str
    suggestions: tuple[int, ...]


class Advisor:
    """Tries changes beside the plan of a run, each for itself."""

    def __init__(
        self, cohort: Cohort, planner: Planner, pairs: Candidates, plan: Plan, outcomes: Sequence[str]
    ) -> None:
        """`outcomes` holds the code of every listed choice."""
        self._cohort, self._planner, self._pairs, self._plan = cohort, planner, pairs, plan
        self._outcomes = np.array(outcomes, dtype="<U20")
        made = np.array(sorted(plan), dtype=np.int64)
        self._mentee, self._mentor = pairs.mentee[made], pairs.mentor[made]
        self.load = np.bincount(self._mentor, minlength=len(cohort.employees)).astype(np.int64)
        self._room = cohort.employees.capacity > self.load
        self._above: dict[tuple[int, int], list[int]] = {}

    def advise(self, mentees: Sequence[int]) -> dict[int, Advice]:
        """Find out what would help each of some mentees, who have no mentor."""
        suggestions = self.suggestions(mentees)
        changes = self._changes(mentees)
        found = {}
        for mentee in mentees:
            named = suggestions[mentee]
            one_more = f"one more choice: {self._label(named[0])}" if named else ""
            found[mentee] = Advice(changes.get(mentee) or one_more, named)
        return found

    def _label(self, person: int) -> str:
        return self._cohort.employees.label(person)

    # --- his own choices ----------------------------------------------------------------------------------------

    def _changes(self, mentees: Sequence[int]) -> dict[int, str]:
        """The smallest change about one of his choices, for each mentee who has any."""
        choices = self._cohort.choices
        mine = np.isin(choices.mentee, mentees)
        room = self._room[choices.mentor]
        full = np.nonzero(mine & (self._outcomes == "mentor_full") & ~room)[0]
        short = np.nonzero(mine & np.isin(self._outcomes, ("schedule_conflict", "no_common_time")) & room)[0]
        barred = np.nonzero(mine & np.isin(self._outcomes, sorted(WAIVED_BY_LOCK)) & room & ~self._reversed())[0]
        found: dict[int, str] = {}
        for choice, said in (*self._places(full), *self._more_time(short), *self._exceptions(barred)):
            found.setdefault(int(choices.mentee[choice]), said)
        return found

    def _reversed(self) -> BoolArray:
        """Which choices are of a mentor who is the mentee's own mentee."""
        choices, people = self._cohort.choices, len(self._cohort.employees)
        back = np.where(choices.mentor < 0, -1, choices.mentor * people + choices.mentee)
        return np.isin(back, self._mentee * people + self._mentor)

    def _places(self, choices: IntArray) -> Iterator[tuple[int, str]]:
        """Choices for which one more place would do."""
        beside = _Beside(self._planner, self._plan)
        for choice, fits in zip(choices.tolist(), beside.fit(self._candidates(choices)), strict=True):
            if fits:
                yield choice, f"one more place: {self._label(self._cohort.choices.mentor[choice])}"

    def _more_time(self, choices: IntArray) -> Iterator[tuple[int, str]]:
        """Choices that lack nothing but time, those that lack it for the fewest sessions first."""
        beside, minutes = _Beside(self._planner, self._plan), min(self._cohort.programme.sessions.minutes)
        candidates = self._candidates(choices)
        lacking = beside.lacking(candidates)
        fits = beside.fit(candidates)
        for number, choice, fit in sorted(zip(lacking, choices.tolist(), fits, strict=True)):
            if number < NEVER and not fit:
                sessions = "1 more session" if number == 1 else f"{number} more sessions"
                name = self._label(self._cohort.choices.mentor[choice])
                yield choice, f"more common time: {name}, {sessions} of {minutes} minutes"

    def _exceptions(self, choices: IntArray) -> Iterator[tuple[int, str]]:
        """Choices for which an exception to a rule would do."""
        mentee, mentor = self._cohort.choices.mentee[choices], self._cohort.choices.mentor[choices]
        for choice, fits in zip(choices.tolist(), self._fit(mentee, mentor), strict=True):
            if fits:
                name = self._label(self._cohort.choices.mentor[choice])
                yield choice, f"exception to a rule: {name}, {self._outcomes[choice]}"

    def _candidates(self, choices: IntArray) -> IntArray:
        """The candidates that some choices are, which rules allow."""
        people = len(self._cohort.employees)
        keys = self._pairs.mentee * people + self._pairs.mentor
        wanted = self._cohort.choices.mentee[choices] * people + self._cohort.choices.mentor[choices]
        return np.searchsorted(keys, wanted)

    # --- other mentors ------------------------------------------------------------------------------------------

    def suggestions(self, mentees: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Mentors whom each mentee has not listed, with a place and time for him: nearest first."""
        near = self._nearest(mentees)
        found: dict[int, list[int]] = {mentee: [] for mentee in mentees}
        tried = 0
        for most in WAVES:
            asked = [(m, mentor) for m in mentees if len(found[m]) < NAMED for mentor in near[m][tried:most]]
            mentee, mentor = np.array(asked, dtype=np.int64).reshape(-1, 2).T
            for (who, other), fits in zip(asked, self._fit(mentee, mentor), strict=True):
                if fits:
                    found[who].append(other)
            tried = most
        return {mentee: tuple(mentors[:NAMED]) for mentee, mentors in found.items()}

    @cached_property
    def _by_level(self) -> dict[int, IntArray]:
        """Mentors with a place left by level, fewest mentees first."""
        free = np.nonzero(self._room)[0]
        free = free[np.argsort(self.load[free], kind="stable")]
        level = self._cohort.employees.level[free]
        return {int(one): free[level == one] for one in np.unique(level)}

    def _nearest(self, mentees: Sequence[int]) -> dict[int, list[int]]:
        """The first mentors to be tried for each mentee: smallest level gap, then fewest mentees, then id."""
        decided = Counter(person for pair in self._cohort.decisions for person in pair)
        listed = {mentee: self._listed(mentee) for mentee in mentees}
        # No other rule can be against a mentor who stands high enough: himself, his manager, what is decided.
        barred = max((len(own) + decided[mentee] for mentee, own in listed.items()), default=0)
        most = TRIED + barred + len(("himself", "his manager"))
        high = [(mentee, mentor) for mentee in mentees for mentor in self._high_enough(mentee, most)]
        mentee, mentor = np.array(high, dtype=np.int64).reshape(-1, 2).T
        near: dict[int, list[int]] = {mentee: [] for mentee in mentees}
        for (who, other), code in zip(high, first_broken(self._cohort, mentee, mentor).tolist(), strict=True):
            if not code and other not in listed[who]:
                near[who].append(other)
        return {who: mentors[:TRIED] for who, mentors in near.items()}

    def _high_enough(self, mentee: int, most: int) -> list[int]:
        """The first mentors with a place left who stand high enough for a mentee, in order."""
        people, rules = self._cohort.employees, self._cohort.programme.eligibility
        key = int(people.function[mentee]), int(people.level[mentee])
        if key not in self._above:
            found: list[int] = []
            for level in sorted(self._by_level):
                mentors, gap = self._by_level[level], level - key[1]
                same = people.function[mentors] == key[0]
                high = np.where(same, gap >= rules.same_function_gap, gap >= rules.cross_function_gap)
                found += mentors[high].tolist()
                if len(found) >= most:
                    break
            self._above[key] = found[:most]
        return self._above[key]

    def _listed(self, mentee: int) -> set[int]:
        """Whom a mentee has listed, and his own mentees."""
        choices = self._cohort.choices
        first, stop = np.searchsorted(choices.mentee, [mentee, mentee + 1])
        return {*choices.mentor[first:stop].tolist(), *self._mentee[self._mentor == mentee].tolist()}

    def _fit(self, mentee: IntArray, mentor: IntArray) -> list[bool]:
        """Whether each of these pairs, which need be no candidates, has a schedule beside the plan."""
        if not len(mentee):
            return []
        people = np.unique(np.concatenate((mentee, mentor)))
        made = np.array(sorted(self._plan), dtype=np.int64)
        kept = made[np.isin(self._mentee, people) | np.isin(self._mentor, people)]
        who = np.concatenate((self._pairs.mentee[kept], mentee))
        whom = np.concatenate((self._pairs.mentor[kept], mentor))
        pairs = as_candidates(self._cohort, who, whom)
        times, old = meeting_times(self._cohort, pairs), self._planner
        rules = Rules.at(times, old.rules.aim)
        planner = Planner(times, rules, old.prices, np.arange(len(who)), old.clock)
        plan = {place: self._plan[pair] for place, pair in enumerate(kept.tolist())}
        return _Beside(planner, plan).fit(np.arange(len(kept), len(who)))


class _Beside:
    """Tries one more pair beside a plan, for many pairs at once."""

    def __init__(self, planner: Planner, plan: Plan) -> None:
        self._planner, self._trials = planner, Trials(planner.turns, plan)

    def fit(self, pairs: IntArray) -> list[bool]:
        """Whether each pair has a schedule beside all sessions as they are."""
        changes = _changes(pairs)
        found = [plan is not None for plan in self._trials.sessions(changes)]
        in_doubt = [place for place, fits in enumerate(found) if not fits]
        days = self._trials.open_days([changes[place] for place in in_doubt])
        course = self._planner.times.course[pairs[in_doubt]]
        by_days = attainable_by(days, course, self._planner.rules.cadences).any(axis=1)
        for place in np.array(in_doubt, dtype=np.int64)[by_days].tolist():
            found[place] = self._exactly(changes[place])
        return found

    def _exactly(self, change: Change) -> bool:
        """The same by CP-SAT: days alone do not tell where sessions run past midnight or weeks have a limit."""
        task = self._planner.task(change.added, self._trials.beside(change))
        return schedule_group(task, self._planner.clock).sessions is not None

    def lacking(self, pairs: IntArray) -> list[int]:
        """For how many sessions at least each pair lacks common time, 1 or more; `NEVER` if dates allow none."""
        days = self._trials.open_days(_changes(pairs))
        times = self._trials.turns.times
        earliest, carried = times.earliest[pairs], self._planner.times.carried
        held = np.full(len(pairs), -1) if carried is None else carried.held_on[pairs]
        course, number = self._planner.times.course[pairs], np.full(len(pairs), NEVER, dtype=np.int64)
        for kind in np.unique(course).tolist():
            mine, cadence = course == kind, self._planner.rules.cadences[kind]
            number[mine] = fewest_missing(days[mine], earliest[mine], cadence, held[mine])
        lacking: list[int] = np.maximum(number, 1).tolist()
        return lacking


def _changes(pairs: Iterable[int]) -> list[Change]:
    return [Change((int(pair),), ()) for pair in pairs]


def fewest_missing(
    open_days: BoolArray, earliest: IntArray, cadence: Cadence, held: IntArray | None = None
) -> IntArray:
    """How many sessions of each pair lie on days that are not open, at least; `NEVER` where no dates are allowed.

    Parameters
    ----------
    open_days
        Days on which the pairs can meet, shape (pairs, days).
    earliest
        First day on which each pair may meet at all.
    held
        The day of the last session that each has held, with which its dates begin; -1 where it has held none.
    """
    pairs, days = open_days.shape
    cost = np.where(np.arange(days) < earliest[:, None], NEVER, ~open_days)
    if held is not None:
        cost = np.where(np.arange(days) == held[:, None], 0, cost)
    last = np.where(np.arange(days) <= cadence.first_latest, cost, NEVER)
    best = np.full(pairs, NEVER, dtype=np.int64)
    for count in range(1, cadence.most + 1):
        if count >= cadence.minimum:
            best = np.minimum(best, np.where(cadence.may_end, last, NEVER).min(axis=1, initial=NEVER))
        onward = np.full((pairs, days), NEVER, dtype=np.int64)
        for day in range(days):
            before = cadence.before(day)
            if len(before):
                onward[:, day] = last[:, before].min(axis=1) + cost[:, day]
        last = np.minimum(onward, NEVER)
    return best


def advise(
    cohort: Cohort,
    planner: Planner,
    pairs: Candidates,
    plan: Plan,
    *,
    outcomes: Sequence[str],
    mentees: Sequence[int],
) -> Mapping[int, Advice]:
    """What would help each of some mentees without a mentor; `outcomes` are the codes of all choices."""
    return Advisor(cohort, planner, pairs, plan, outcomes).advise(mentees)

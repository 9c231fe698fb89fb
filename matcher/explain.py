"""Why a choice came out as it did, and why a mentee has no mentor: codes and plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import numpy as np

from matcher.model import BoolArray, Cohort, Explained, IntArray, Outcome
from matcher.rules import Candidates, level_gap
from matcher.working_hours import hours_texts, no_common_hours

CODES: tuple[str, ...] = get_args(Outcome)
PLACE = {code: place for place, code in enumerate(CODES)} | {"": -1}
NO_COMMON_HOURS = "no_common_hours"  # not an outcome, but told apart in the sentences on `no_common_time`
_BEFORE_REVERSE = ("self", "unknown_mentor", "forbidden", "refused", "past")  # they apply first


@dataclass(frozen=True)
class Facts:
    """What is known once a cohort is solved.

    `verdicts` holds for every listed choice the rule that sets it aside, or "" for one of the `pairs` that the
    rules allow. Of these, `chosen` were paired and `possible` could be scheduled alone. `drawn` are the mentees
    whom only the draw left without a mentor, all of them where `drawn_known`. `proven` tells whether goals 1 to 5
    are.
    """

    cohort: Cohort
    verdicts: Sequence[str]
    pairs: Candidates
    chosen: BoolArray
    possible: BoolArray
    drawn: Collection[int]
    drawn_known: bool
    proven: bool

    @cached_property
    def apart(self) -> Candidates:
        """The pairs that could not be scheduled because the two never work at the same time."""
        impossible = self.pairs.subset(~self.possible)
        return impossible.subset(no_common_hours(self.cohort, impossible))

    @cached_property
    def hours(self) -> Hours:
        """The usual hours of the people of `apart`."""
        people = np.unique(np.concatenate((self.apart.mentee, self.apart.mentor)))
        texts, codes = np.unique(hours_texts(self.cohort, people), return_inverse=True)
        return Hours(people, texts.tolist(), codes)


@dataclass(frozen=True)
class Hours:
    """Usual hours in words: of `people[i]` they are `texts[code[i]]`."""

    people: IntArray
    texts: list[str]
    code: IntArray

    def figure(self, mentee: IntArray, mentor: IntArray) -> IntArray:
        """A number for the hours of the two."""
        codes = [self.code[np.searchsorted(self.people, who)] for who in (mentee, mentor)]
        return np.asarray(codes[0] * len(self.texts) + codes[1])

    def of_two(self, figure: int) -> str:
        """What hours a number stands for."""
        mentee, mentor = divmod(figure, len(self.texts))
        return f"the mentee works {self.texts[mentee]}, the mentor {self.texts[mentor]}"


# --- choices ------------------------------------------------------------------------------------------------


def explain_choices(facts: Facts) -> tuple[Explained, ...]:
    """Outcome of every listed choice: the first that applies, in the contract's order.

    Choices with the same code and sentence share one object.
    """
    codes = _codes(facts)
    explained = np.empty(len(codes), dtype=object)
    for place in np.unique(codes):
        code, alike = CODES[place], np.nonzero(codes == place)[0]
        figures, which = np.unique(_figures(facts, code, alike), return_inverse=True)
        said = [Explained(code, _detail(facts, code, figure)) for figure in figures.tolist()]
        explained[alike] = np.array(said, dtype=object)[which]
    return tuple(explained.tolist())


def _codes(facts: Facts) -> IntArray:
    """Outcomes as places in `CODES`."""
    cohort, choices, pairs = facts.cohort, facts.cohort.choices, facts.pairs
    mentee, mentor = choices.mentee, choices.mentor
    chosen, possible = pairs.subset(facts.chosen), pairs.subset(facts.possible)
    load = np.bincount(chosen.mentor, minlength=len(cohort.employees))
    contested = np.select(
        [
            ~_among(possible, mentee, mentor, cohort),
            _served_as_well(chosen, cohort),
            load[mentor] >= cohort.employees.capacity[mentor],
        ],
        [PLACE["no_common_time"], PLACE["other_choice_taken"], PLACE["mentor_full"]],
        PLACE["schedule_conflict"],
    )
    verdict = np.array([PLACE[verdict] for verdict in facts.verdicts], dtype=np.int64)
    codes = np.where(verdict == PLACE[""], contested, verdict)
    settled_before = np.isin(verdict, [PLACE[code] for code in _BEFORE_REVERSE])
    codes[_among(chosen, mentor, mentee, cohort) & ~settled_before] = PLACE["reverse_pair"]
    codes[_among(chosen, mentee, mentor, cohort)] = PLACE["paired"]
    return codes


def _among(pairs: Candidates, mentee: IntArray, mentor: IntArray, cohort: Cohort) -> BoolArray:
    """Which of these mentees and mentors are one of the pairs; an unknown mentor (-1) never is."""
    width = len(cohort.employees) + 1  # one more than there are, so that -1 meets nobody
    wanted, last = mentee * width + mentor, width * width
    known = np.append(pairs.mentee * width + pairs.mentor, last)  # ascending, as candidates are
    return np.asarray(known[np.searchsorted(known, wanted)] == wanted)


def _served_as_well(chosen: Candidates, cohort: Cohort) -> BoolArray:
    """Which choices are of a mentee who has all the mentors he may have, each locked or at least as good."""
    people, limit = len(cohort.employees), cohort.programme.capacity.mentors_per_mentee
    worst = np.zeros(people, dtype=np.int64)
    np.maximum.at(worst, chosen.mentee, np.where(chosen.locked, 0, chosen.rank))  # a lock is never given up
    full = np.bincount(chosen.mentee, minlength=people) >= limit
    return full[cohort.choices.mentee] & (worst[cohort.choices.mentee] <= cohort.choices.rank)


def _figures(facts: Facts, code: str, places: IntArray) -> IntArray:
    """The figure that the sentence on each of these choices names, 0 where it names none."""
    mentee, mentor = facts.cohort.choices.mentee[places], facts.cohort.choices.mentor[places]
    if code in ("same_function_gap", "cross_function_gap"):
        return level_gap(facts.cohort, mentee, mentor)
    if code == "mentor_full":
        return facts.cohort.employees.capacity[mentor]
    if code == "no_common_time":
        figures = np.full(len(places), -1)
        apart = _among(facts.apart, mentee, mentor, facts.cohort)
        figures[apart] = facts.hours.figure(mentee[apart], mentor[apart])
        return figures
    return np.zeros(len(places), dtype=np.int64)


def _detail(facts: Facts, code: str, figure: int) -> str:
    rules = facts.cohort.programme.eligibility
    if code in ("same_function_gap", "cross_function_gap"):
        same = code == "same_function_gap"
        needed = rules.same_function_gap if same else rules.cross_function_gap
        where = "the mentee's own function" if same else "another function"
        stands = _higher(figure)
        return f"A mentor from {where} stands at least {_levels(needed)} higher; this one stands {stands}."
    if code == "mentor_full":
        went = "The one place" if figure == 1 else f"All {figure} places"
        return f"{went} with this mentor went to others."
    if code == "schedule_conflict":
        return _schedule_conflict(facts)
    if code == "no_common_time" and figure >= 0:
        return f"No common working hours long enough for a session: {facts.hours.of_two(figure)}."
    return _DETAILS[code]


_DETAILS = {
    "paired": "Paired.",
    "self": "Nobody mentors himself.",
    "unknown_mentor": "Nobody with this id is in employees.csv.",
    "forbidden": "The programme lead has ruled this pair out (pairs.csv).",
    "refused": "One of the two has refused to go on (pairs.csv).",
    "past": "The two have been a pair before, and this programme wants new pairs.",
    "reverse_pair": "The mentor is this person's own mentee; two people never mentor each other.",
    "does_not_mentor": "This colleague takes no mentees.",
    "line_manager": "This is the mentee's line manager, who may not mentor in this programme.",
    "no_common_time": "No common free time for a schedule that keeps the programme's rules.",
    "other_choice_taken": "The mentee was paired with a choice that ranks at least as high, or is locked.",
}


def _schedule_conflict(facts: Facts) -> str:
    if not facts.proven:
        return "The mentor has a place left; the search ended before it was settled whether a schedule exists."
    rules = facts.cohort.programme.sessions
    limits = [
        f"{most} a {period}" for most, period in ((rules.max_per_day, "day"), (rules.max_per_week, "week")) if most
    ]
    within = f", of which nobody has more than {' and '.join(limits)}" if limits else ""
    return f"The mentor has a place left, but no time for it beside the sessions of the pairs made{within}."


def _levels(number: int) -> str:
    return "1 level" if number == 1 else f"{number} levels"


def _higher(gap: int) -> str:
    if gap == 0:
        return "on the same level"
    return f"{_levels(gap)} higher" if gap > 0 else f"{_levels(-gap)} lower"


# --- mentees without a mentor -------------------------------------------------------------------------------


def explain_unmatched(facts: Facts, outcomes: Sequence[Explained]) -> dict[int, Explained]:
    """Reason and sentence for every mentee without a mentor, by person."""
    mentees = np.setdiff1d(facts.cohort.mentees, facts.pairs.mentee[facts.chosen])
    codes: dict[int, list[str]] = {mentee: [] for mentee in mentees.tolist()}
    listed = facts.cohort.choices.mentee
    places = np.nonzero(np.isin(listed, mentees))[0]
    apart = _among(facts.apart, listed[places], facts.cohort.choices.mentor[places], facts.cohort)
    for mentee, place, hours in zip(listed[places].tolist(), places.tolist(), apart.tolist(), strict=True):
        code = outcomes[place].code
        codes[mentee].append(NO_COMMON_HOURS if hours and code == "no_common_time" else code)
    return {mentee: _unmatched(facts, mentee, Counter(own)) for mentee, own in codes.items()}


_CONTESTED = ("mentor_full", "schedule_conflict")


def _unmatched(facts: Facts, mentee: int, counts: Counter[str]) -> Explained:
    open_choices = sum(counts[code] for code in _CONTESTED)
    hours = counts[NO_COMMON_HOURS]
    apart = counts["no_common_time"] + hours
    against = counts.total() - open_choices - apart
    if not open_choices and not apart:
        return Explained("no_eligible_choice", _no_eligible(counts))
    tail = f" {_choices(against)} broke a rule (see choices.csv)." if against else ""
    if not open_choices and hours == apart:
        return Explained(
            "no_common_time",
            f"{_allowed(apart)}, but there are no common working hours with any: other hours on either side, or "
            f"other choices, are needed.{tail}",
        )
    if hours:
        tail = f" {_choices(hours)} had no common working hours.{tail}"
    if not open_choices:
        return Explained(
            "no_common_time",
            f"{_allowed(apart)}, but none shares enough free time for a schedule: more free hours "
            f"on either side, or other choices, would help.{tail}",
        )
    tail = (f" {_choices(apart - hours)} had no common free time." if apart > hours else "") + tail
    if mentee in facts.drawn:
        return Explained(
            "draw",
            f"{_allowed(open_choices)}, and an equally good pairing would include this mentee: "
            f"the draw decided (seed {facts.cohort.programme.goals.seed}).{tail}",
        )
    if not counts["schedule_conflict"]:
        sure = "in every pairing as good as this one " if facts.drawn_known else ""
        return Explained(
            "mentors_full",
            f"{_allowed(open_choices)}, but {sure}their places go to others: one more place "
            f"with one of them, or further choices, would help.{tail}",
        )
    return Explained(
        "schedule_conflict",
        f"{_allowed(open_choices)}; where a place is left, no schedule fits beside the mentor's other "
        f"sessions: more free hours of that mentor or mentee would help.{tail}",
    )


def _choices(number: int) -> str:
    return "1 choice" if number == 1 else f"{number} choices"


def _allowed(number: int) -> str:
    return f"{_choices(number)} would be allowed"


_SHORT = {
    "self": "naming oneself",
    "unknown_mentor": "not an employee",
    "forbidden": "ruled out by the programme lead",
    "refused": "refused",
    "past": "a pair before",
    "reverse_pair": "own mentee",
    "does_not_mentor": "takes no mentees",
    "line_manager": "line manager",
    "same_function_gap": "own function, not enough levels higher",
    "cross_function_gap": "other function, not higher",
}


def _no_eligible(counts: Counter[str]) -> str:
    if not counts:
        return "No mentor was chosen: at least one choice is needed."
    causes = "; ".join(f"{number} x {_SHORT[code]}" for code, number in counts.most_common())
    return f"A rule stands against every choice ({causes}): other choices are needed."

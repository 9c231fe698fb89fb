"""The rules about who may be paired with whom, once more, choice by choice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import starmap
from typing import NamedTuple

from matcher.check_files import safe_text
from matcher.model import Cohort, Pair
from matcher.programme import day_number

REFUSALS = {
    "self": "nobody mentors himself",
    "unknown_mentor": "the mentor is no employee",
    "forbidden": "pairs.csv forbids this pair",
    "refused": "one of the two has refused to go on or declined",
    "past": "they were a pair before, and past pairs may not repeat",
    "reverse_pair": "two people never mentor each other",
    "does_not_mentor": "the mentor takes no mentees (max_mentees is 0)",
    "line_manager": "the mentor is the mentee's line manager",
    "same_function_gap": "a mentor from the same function must stand higher",
    "cross_function_gap": "a mentor from another function must stand higher",
}
"""Every outcome code by which a rule sets a choice aside, and what it means."""


class Choice(NamedTuple):
    """One listed choice: persons (-1 for a mentor who is no employee), rank, and the mentor's id as listed."""

    mentee: int
    mentor: int
    rank: int
    mentor_id: str

    @property
    def pair(self) -> Pair:
        """The mentee and the mentor."""
        return self.mentee, self.mentor


class Roster:
    """The people, their choices and what the rules say about them."""

    def __init__(self, cohort: Cohort) -> None:
        people, choices = cohort.employees, cohort.choices
        self.cohort, self.programme, self.ids = cohort, cohort.programme, people.ids
        self.person = {employee_id: person for person, employee_id in enumerate(people.ids)}
        self.level: list[int] = people.level.tolist()
        self.function: list[int] = people.function.tolist()
        self.manager: list[int] = people.manager.tolist()
        self.capacity: list[int] = people.capacity.tolist()
        self.mentees: list[int] = cohort.mentees.tolist()
        columns = (choices.mentee.tolist(), choices.mentor.tolist(), choices.rank.tolist(), choices.mentor_ids)
        self.choices = list(starmap(Choice, zip(*columns, strict=True)))
        self._status = {pair: decision.status or "" for pair, decision in cohort.decisions.items()}
        # The choices of a person: from here to where the next person's begin.
        self._first: list[int] = choices.mentee.searchsorted(range(len(people) + 1)).tolist()

    def label(self, person: int) -> str:
        """How messages name a person."""
        return self.cohort.employees.label(person)

    def labels(self, pair: Pair) -> str:
        """How messages name the two of a pair."""
        return f"{self.label(pair[0])} and {self.label(pair[1])}"

    def name(self, person: int) -> str:
        """A person's name as a cell of the run's tables."""
        return safe_text(self.cohort.employees.names[person])

    def choices_of(self, person: int) -> range:
        """Indices of a person's choices, by rank; empty for who lists nobody."""
        return range(self._first[person], self._first[person + 1])

    def rank(self, pair: Pair) -> int | None:
        """The rank at which the mentee lists the mentor; None if he does not."""
        listed = (self.choices[at] for at in self.choices_of(pair[0]))
        return next((choice.rank for choice in listed if choice.mentor == pair[1]), None)

    def is_locked(self, pair: Pair) -> bool:
        """Whether the programme lead has fixed this pair."""
        return self.status(pair) == "locked"

    def level_gap(self, pair: Pair) -> int:
        """How many levels the mentor stands above the mentee."""
        return self.level[pair[1]] - self.level[pair[0]]

    def same_function(self, pair: Pair) -> bool:
        """Whether both work in one function."""
        return self.function[pair[0]] == self.function[pair[1]]

    def earliest(self, pair: Pair) -> int:
        """The first day index (0 = the programme's first) that keeps the distance to the pair's last session."""
        decision = self.cohort.decisions.get(pair)
        if decision is None or decision.last_session is None:
            return 0
        start = day_number(self.programme.frame.start)
        return max(0, decision.last_session + self.programme.sessions.min_days_between - start)

    def refusal(self, pair: Pair) -> str:
        """Code of the first rule that keeps this pair apart whatever else is decided; empty if none does.

        Only a lock in the other direction counts as the reverse pair here. A lock of the pair itself waives
        levels and line manager; it also overrules `past`, as the stricter of two rows for one pair.
        """
        waived = WAIVED_BY_LOCK if self.is_locked(pair) else ()
        for code, breaks in RULES:
            if breaks(self, pair) and code not in waived:
                return code
        return ""

    def status(self, pair: Pair) -> str:
        """What pairs.csv of the cohort says about the pair; empty if nothing."""
        return self._status.get(pair, "")

    def were_a_pair(self, pair: Pair) -> bool:
        """Whether pairs.csv calls the two a past pair and no lock overrules it; that they accept does not."""
        decision = self.cohort.decisions.get(pair)
        return decision is not None and (
            decision.status == "past" or (decision.status == "accepted" and decision.past)
        )


# --- one function per rule: does the pair break it? -----------------------------------------------------------


def _unknown_mentor(_roster: Roster, pair: Pair) -> bool:
    return pair[1] < 0


def _self(_roster: Roster, pair: Pair) -> bool:
    return pair[0] == pair[1]


def _forbidden(roster: Roster, pair: Pair) -> bool:
    return roster.status(pair) == "forbidden"


def _refused(roster: Roster, pair: Pair) -> bool:
    return roster.status(pair) in ("refused", "declined")


def _past(roster: Roster, pair: Pair) -> bool:
    return roster.were_a_pair(pair) and not roster.programme.eligibility.past_pairs_may_repeat


def _reverse_pair(roster: Roster, pair: Pair) -> bool:
    return roster.is_locked((pair[1], pair[0]))


def _does_not_mentor(roster: Roster, pair: Pair) -> bool:
    return roster.capacity[pair[1]] == 0


def _line_manager(roster: Roster, pair: Pair) -> bool:
    return roster.manager[pair[0]] == pair[1] and not roster.programme.eligibility.line_manager_may_mentor


def _same_function_gap(roster: Roster, pair: Pair) -> bool:
    needed = roster.programme.eligibility.same_function_gap
    return roster.same_function(pair) and roster.level_gap(pair) < needed


def _cross_function_gap(roster: Roster, pair: Pair) -> bool:
    needed = roster.programme.eligibility.cross_function_gap
    return not roster.same_function(pair) and roster.level_gap(pair) < needed


RULES: tuple[tuple[str, Callable[[Roster, Pair], bool]], ...] = (
    ("unknown_mentor", _unknown_mentor),  # ahead of `self`: both never apply, and the others need two persons
    ("self", _self),
    ("forbidden", _forbidden),
    ("refused", _refused),
    ("past", _past),
    ("reverse_pair", _reverse_pair),
    ("does_not_mentor", _does_not_mentor),
    ("line_manager", _line_manager),
    ("same_function_gap", _same_function_gap),
    ("cross_function_gap", _cross_function_gap),
)
WAIVED_BY_LOCK = ("line_manager", "same_function_gap", "cross_function_gap")

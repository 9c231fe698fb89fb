"""Why a choice came out as it did, and why a mentee has no mentor: codes and plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from matcher.model import Cohort, Explained, Pair


@dataclass(frozen=True)
class Facts:
    """What is known once a cohort is solved.

    `verdicts` holds for every listed choice the rule that sets it aside, or "". `chosen` are the pairs (mentee,
    mentor) with their ranks, None for a lock that was no choice; `possible` those that could be scheduled alone.
    `drawn` are the mentees whom only the draw left without a mentor, all of them where `drawn_known`. `proven`
    tells whether goals 1 to 5 are.
    """

    cohort: Cohort
    verdicts: Sequence[str]
    chosen: Mapping[Pair, int | None]
    possible: Collection[Pair]
    drawn: Collection[int]
    drawn_known: bool
    proven: bool


def explain_choices(facts: Facts) -> tuple[Explained, ...]:
    """Outcome of every listed choice: the first that applies, in the contract's order."""
    choices, locks = facts.cohort.choices, set(facts.cohort.locks)
    load = Counter(mentor for _, mentor in facts.chosen)
    held: dict[int, list[int]] = {}  # ranks of a mentee's mentors; a lock is never given up, so it ranks first
    for (mentee, mentor), rank in facts.chosen.items():
        held.setdefault(mentee, []).append(0 if (mentee, mentor) in locks else rank or 0)
    explained = []
    for place, verdict in enumerate(facts.verdicts):
        pair = int(choices.mentee[place]), int(choices.mentor[place])
        code = verdict
        if pair in facts.chosen:
            code = "paired"
        elif pair[::-1] in facts.chosen and verdict not in _BEFORE_REVERSE:
            code = "reverse_pair"
        elif not verdict:
            code = _contested(facts, pair, int(choices.rank[place]), held.get(pair[0], []), load[pair[1]])
        explained.append(Explained(code, _detail(facts, code, pair)))
    return tuple(explained)


_BEFORE_REVERSE = ("self", "unknown_mentor", "forbidden", "refused", "past")  # they apply first


def _contested(facts: Facts, pair: Pair, rank: int, held: Sequence[int], load: int) -> str:
    """Outcome of a choice that no rule sets aside and that was not paired."""
    if pair not in facts.possible:
        return "no_common_time"
    full = len(held) >= facts.cohort.programme.capacity.mentors_per_mentee
    if full and max(held) <= rank:
        return "other_choice_taken"
    return "mentor_full" if load >= facts.cohort.employees.capacity[pair[1]] else "schedule_conflict"


def _detail(facts: Facts, code: str, pair: Pair) -> str:
    mentee, mentor = pair
    people, rules = facts.cohort.employees, facts.cohort.programme.eligibility
    if code in ("same_function_gap", "cross_function_gap"):
        gap = int(people.level[mentor] - people.level[mentee])
        same = code == "same_function_gap"
        needed = rules.same_function_gap if same else rules.cross_function_gap
        where = "the mentee's own function" if same else "another function"
        return f"A mentor from {where} stands at least {_levels(needed)} higher; this one stands {_higher(gap)}."
    if code == "mentor_full":
        places = int(people.capacity[mentor])
        return f"{'The one place' if places == 1 else f'All {places} places'} with this mentor went to others."
    if code == "schedule_conflict" and not facts.proven:
        return "The mentor has a place left; the search ended before it was settled whether a schedule exists."
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
    "no_common_time": "The two have too little time in common for a schedule that keeps the programme's rules.",
    "other_choice_taken": "The mentee was paired with a choice that ranks at least as high, or is locked.",
    "schedule_conflict": "The mentor has a place left, but no time for it beside the sessions of the pairs made.",
}


def _levels(number: int) -> str:
    return "1 level" if number == 1 else f"{number} levels"


def _higher(gap: int) -> str:
    if gap == 0:
        return "on the same level"
    return f"{_levels(gap)} higher" if gap > 0 else f"{_levels(-gap)} lower"


def explain_unmatched(facts: Facts, outcomes: Sequence[Explained]) -> dict[int, Explained]:
    """Reason and sentence for every mentee without a mentor, by person."""
    paired = {mentee for mentee, _ in facts.chosen}
    codes: dict[int, Counter[str]] = {int(mentee): Counter() for mentee in facts.cohort.mentees}
    for mentee, outcome in zip(facts.cohort.choices.mentee.tolist(), outcomes, strict=True):
        codes[mentee][outcome.code] += 1
    return {mentee: _unmatched(facts, mentee, counts) for mentee, counts in codes.items() if mentee not in paired}


_CONTESTED = ("mentor_full", "schedule_conflict")


def _unmatched(facts: Facts, mentee: int, counts: Counter[str]) -> Explained:
    open_choices = sum(counts[code] for code in _CONTESTED)
    apart = counts["no_common_time"]
    against = counts.total() - open_choices - apart
    if not open_choices and not apart:
        return Explained("no_eligible_choice", _no_eligible(counts))
    tail = f" {_choices(against)} broke a rule (see choices.csv)." if against else ""
    if not open_choices:
        return Explained(
            "no_common_time",
            f"{_allowed(apart)}, but none shares enough free time for a schedule: more free hours "
            f"on either side, or other choices, would help.{tail}",
        )
    tail = (f" {_choices(apart)} had no common time." if apart else "") + tail
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

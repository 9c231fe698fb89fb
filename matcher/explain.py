"""Why a choice came out as it did, and why a mentee has no mentor: codes and plain sentences."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import numpy as np

from matcher.advice import Advice
from matcher.classes import Classes, make_classes
from matcher.contests import Contest
from matcher.engagements import engaged_days
from matcher.model import BoolArray, Cohort, Explained, Group, IntArray, Outcome, Side, Unmatched
from matcher.remarks import places_left
from matcher.rules import Candidates, level_gap
from matcher.standing import Standing
from matcher.working_hours import hours_texts, no_common_hours

CODES: tuple[str, ...] = get_args(Outcome)
PLACE = {code: place for place, code in enumerate(CODES)} | {"": -1}
NO_COMMON_HOURS = "no_common_hours"  # not an outcome, but told apart in the sentences on `no_common_time`
NEVER_TOGETHER = "never_together"  # the same: when one of the two joins, the other has left
_BEFORE_REVERSE = ("self", "unknown_mentor", "forbidden", "refused", "past")  # they apply first


@dataclass(frozen=True)
class Facts:
    """What is known once a cohort is solved.

    `verdicts` holds for every listed choice the rule that sets it aside, or "" for one of the `pairs` that the
    rules allow. Of these, `chosen` were paired and `possible` could be scheduled alone. `drawn` are the mentees
    whom only the draw left without a mentor, all of them where `drawn_known`. `proven` tells whether goals 1 to 5
    are. `standing` is that of the pairs, `groups` are the mentors who are too few for those who can only go there.
    """

    cohort: Cohort
    verdicts: Sequence[str]
    pairs: Candidates
    chosen: BoolArray
    possible: BoolArray
    drawn: Collection[int]
    drawn_known: bool
    proven: bool
    standing: Standing
    groups: Sequence[Group]

    @cached_property
    def said(self) -> IntArray:
        """What the sentence on each of the pairs says about its standing, as a place in `_STANDINGS`."""
        standing = self.standing
        both = standing.found & standing.missing
        known = [both & standing.tied, both & standing.later, both, standing.doubt, standing.found]
        return np.select(known, [DRAWN, LATER, SOME, UNKNOWN, EVERY], NONE)

    @cached_property
    def going_on_left_out(self) -> bool:
        """Whether a rematch held all pairs that could go on like locks: then places are those beside them."""
        weighed = self.pairs.agreed & self.possible & ~self.pairs.locked
        return self.cohort.earlier is not None and not weighed.any()

    @cached_property
    def classes(self) -> Classes | None:
        """Whose place goes before whose."""
        return make_classes(self.cohort)

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
    codes, said = _codes(facts), _said(facts)
    explained = np.empty(len(codes), dtype=object)
    for place in np.unique(codes):
        code, alike = CODES[place], np.nonzero(codes == place)[0]
        standing = said[alike] if code in _STANDS else np.full(len(alike), UNKNOWN)
        figures = _figures(facts, code, alike)
        keys, which = np.unique(np.stack((figures, standing)), axis=1, return_inverse=True)
        texts = [Explained(code, _text(facts, code, figure, stands)) for figure, stands in keys.T.tolist()]
        explained[alike] = np.array(texts, dtype=object)[which]
    return tuple(explained.tolist())


def standings(facts: Facts) -> tuple[str, ...]:
    """Whether each listed choice is in `every`, in `some` or in `none` of the best pairings; "" if not known."""
    words = np.array(["", "every", "none", "some", "some", "some"])
    return tuple(words[_said(facts)].tolist())


EVERY, NONE, SOME, LATER, DRAWN, UNKNOWN = 1, 2, 3, 4, 5, 0
_STANDS = ("paired", "other_choice_taken", "mentor_full", "schedule_conflict")


def _said(facts: Facts) -> IntArray:
    """What is said about each listed choice's standing, as `Facts.said`; none of what could never be is made."""
    choices, people = facts.cohort.choices, len(facts.cohort.employees) + 1
    keys = facts.pairs.mentee * people + facts.pairs.mentor
    place = np.searchsorted(keys, choices.mentee * people + choices.mentor)
    possible = facts.pairs.subset(facts.possible)
    there = _among(possible, choices.mentee, choices.mentor, facts.cohort)
    said = np.full(len(choices), NONE)
    said[there] = facts.said[place[there]]
    return said


def _text(facts: Facts, code: str, figure: int, stands: int) -> str:
    """The sentence on an outcome, and where it matters what is said about the standing."""
    seed = facts.cohort.programme.goals.seed
    drawn = f"the draw decided (seed {seed})."
    if code == "paired":
        more = {
            EVERY: " Every best pairing has this pair.",
            SOME: " Other pairings without it are as good in mentees, pairs and ranks.",
            LATER: " Pairings without it can be as good in mentees, pairs and ranks: sessions decided.",
            DRAWN: f" Pairings without it can be just as good: {drawn}",
        }
    else:
        more = {
            NONE: " No best pairing has this pair.",
            SOME: " Other pairings with it are as good in mentees, pairs and ranks.",
            LATER: " Pairings with it can be as good in mentees, pairs and ranks: sessions decided.",
            DRAWN: f" Pairings with it can be just as good: {drawn}",
        }
    return _detail(facts, code, figure) + more.get(stands, "")


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
    worst, stands = np.zeros(people, dtype=np.int64), chosen.locked | chosen.agreed  # is never given up
    np.maximum.at(worst, chosen.mentee, np.where(stands, 0, chosen.rank))
    full = np.bincount(chosen.mentee, minlength=people) >= limit
    return full[cohort.choices.mentee] & (worst[cohort.choices.mentee] <= cohort.choices.rank)


def _figures(facts: Facts, code: str, places: IntArray) -> IntArray:
    """The figure that the sentence on each of these choices names, 0 where it names none."""
    mentee, mentor = facts.cohort.choices.mentee[places], facts.cohort.choices.mentor[places]
    if code in ("same_function_gap", "cross_function_gap"):
        return level_gap(facts.cohort, mentee, mentor)
    if code == "mentor_full":
        return facts.cohort.employees.capacity[mentor]
    if code == "refused":
        decisions = facts.cohort.decisions
        said = (decisions[pair] for pair in zip(mentee.tolist(), mentor.tolist(), strict=True))
        sides = len(get_args(Side))
        variants = [sides * (one.status == "declined") + get_args(Side).index(one.by) for one in said]
        return np.array(variants, dtype=np.int64)
    if code == "no_common_time":
        figures = _engaged_figures(facts, mentee, mentor)
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
        in_turn = ", who follow each other" if facts.cohort.programme.frame.engagement == "as-needed" else ""
        return f"{went} with this mentor went to others{in_turn}."
    if code == "schedule_conflict":
        return _schedule_conflict(facts)
    if code == "refused":
        return _REFUSALS[figure]
    if code == "no_common_time":
        return _no_common_time(facts, figure)
    return _DETAILS[code]


_DETAILS = {
    "paired": "Paired.",
    "self": "Nobody mentors himself.",
    "unknown_mentor": "Nobody with this id is in employees.csv.",
    "forbidden": "The programme lead has ruled this pair out (pairs.csv).",
    "past": "The two have been a pair before, and this programme wants new pairs.",
    "reverse_pair": "The mentor is this person's own mentee; two people never mentor each other.",
    "does_not_mentor": "This colleague takes no mentees.",
    "line_manager": "This is the mentee's line manager, who may not mentor in this programme.",
    "other_choice_taken": "The mentee was paired with a choice that ranks at least as high, or is locked.",
}


_REFUSALS = tuple(
    f"{who} {have} {said} (pairs.csv)."
    for said in ("refused to go on", "declined this pair")
    for who, have in (("One of the two", "has"), ("The mentee", "has"), ("The mentor", "has"), ("Both", "have"))
)


WHOLE, NEVER = -1, -2  # figures of pairs engaged for the whole programme, and never; all others are below


def _engaged_figures(facts: Facts, mentee: IntArray, mentor: IntArray) -> IntArray:
    """When the two of each pair take part together, as a negative number."""
    first, last = engaged_days(facts.cohort, mentee, mentor)
    days = facts.cohort.programme.days
    part = NEVER - 1 - (first * days + last)
    return np.select([last < first, (first == 0) & (last == days - 1)], [NEVER, WHOLE], part)


def _no_common_time(facts: Facts, figure: int) -> str:
    """What the two lack: hours, days in the programme, or free time."""
    if figure >= 0:
        return f"No common working hours long enough for a session: {facts.hours.of_two(figure)}."
    if figure == NEVER:
        return "The two never take part at the same time: before one of them joins, the other has left."
    free = "No common free time for a schedule that keeps the programme's rules"
    if figure == WHOLE:
        return f"{free}."
    days = divmod(NEVER - 1 - figure, facts.cohort.programme.days)
    first, last = (facts.cohort.programme.frame.start + dt.timedelta(days=day) for day in days)
    return f"{free} from {first} to {last}, when both take part."


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


def explain_unmatched(
    facts: Facts, outcomes: Sequence[Explained], contests: Mapping[int, Contest], advice: Mapping[int, Advice]
) -> dict[int, Unmatched]:
    """Why each mentee (person) without a mentor has none, and what would help."""
    mentees = np.setdiff1d(facts.cohort.mentees, facts.pairs.mentee[facts.chosen])
    codes: dict[int, list[str]] = {mentee: [] for mentee in mentees.tolist()}
    listed = facts.cohort.choices.mentee
    places = np.nonzero(np.isin(listed, mentees))[0]
    apart = _among(facts.apart, listed[places], facts.cohort.choices.mentor[places], facts.cohort)
    first, last = engaged_days(facts.cohort, listed[places], facts.cohort.choices.mentor[places])
    kinds = np.select([apart, last < first], [NO_COMMON_HOURS, NEVER_TOGETHER], "no_common_time")
    for mentee, place, kind in zip(listed[places].tolist(), places.tolist(), kinds.tolist(), strict=True):
        code = outcomes[place].code
        codes[mentee].append(kind if code == "no_common_time" else code)
    return {
        mentee: _whole(facts, mentee, Counter(own), contests.get(mentee), advice[mentee])
        for mentee, own in codes.items()
    }


def _whole(facts: Facts, mentee: int, counts: Counter[str], contest: Contest | None, advice: Advice) -> Unmatched:
    why = _unmatched(facts, mentee, counts, contest)
    return Unmatched(
        why.code,
        why.sentence,
        eligible_choices=sum(number for code, number in counts.items() if code not in _SHORT),
        competitors=contest.competitors if contest else None,
        places=contest.places if contest else None,
        smallest_change=advice.smallest,
        suggestions=advice.suggestions,
        group=contest.group if contest else None,
        contested=contest.mentors if contest else (),
    )


_CONTESTED = ("mentor_full", "schedule_conflict")


def _unmatched(facts: Facts, mentee: int, counts: Counter[str], contest: Contest | None) -> Explained:
    open_choices = sum(counts[code] for code in _CONTESTED)
    hours, never = counts[NO_COMMON_HOURS], counts[NEVER_TOGETHER]
    apart = counts["no_common_time"] + hours + never
    against = counts.total() - open_choices - apart
    if not open_choices and not apart:
        return Explained("no_eligible_choice", _no_eligible(counts))
    tail = f" {_choices(against)} broke a rule (see choices.csv)." if against else ""
    if not open_choices and apart in (hours, never):
        lacks = (
            "there are no common working hours with any: other hours on either side"
            if hours
            else "none of them takes part at the same time as this mentee: other first and last days"
        )
        sentence = f"{_allowed(apart)}, but {lacks}, or other choices, are needed.{tail}"
        return Explained("no_common_time", sentence)
    if never:
        tail = f" {_choices(never)} never take{'s' * (never == 1)} part at the same time.{tail}"
    if hours:
        tail = f" {_choices(hours)} had no common working hours.{tail}"
    if not open_choices:
        return Explained(
            "no_common_time",
            f"{_allowed(apart)}, but none shares enough free time for a schedule: more free hours "
            f"on either side, or other choices, would help.{tail}",
        )
    busy = apart - hours - never
    tail = (f" {_choices(busy)} had no common free time." if busy else "") + tail
    tail = _ahead(facts, mentee) + tail
    if mentee in facts.drawn:
        return Explained(
            "draw",
            f"{_allowed(open_choices)}, and an equally good pairing would include this mentee: "
            f"the draw decided (seed {facts.cohort.programme.goals.seed}).{_contest(facts, contest)}{tail}",
        )
    if not counts["schedule_conflict"]:
        sure = "in every pairing as good as this one " if facts.drawn_known else ""
        return Explained(
            "mentors_full",
            f"{_allowed(open_choices)}, but {sure}their places go to others: one more place "
            f"with one of them, or further choices, would help.{_contest(facts, contest)}{tail}",
        )
    return Explained(
        "schedule_conflict",
        f"{_allowed(open_choices)}; where a place is left, no schedule fits beside the mentor's other "
        f"sessions: more free hours of that mentor or mentee would help.{tail}",
    )


def _contest(facts: Facts, contest: Contest | None) -> str:
    """Who else needs the places, where there are too few for all who can only go there."""
    if contest is None:
        return ""
    places = "1 place in all" if contest.places == 1 else f"{contest.places} places in all"
    places = places_left(contest.places) if facts.going_on_left_out else places
    others = "1 other mentee" if contest.competitors == 1 else f"{contest.competitors} other mentees"
    others = f", and {others} can go nowhere else" if contest.competitors or not facts.going_on_left_out else ""
    if contest.mentors:
        mentors = "1 mentor has" if len(contest.mentors) == 1 else f"{len(contest.mentors)} mentors have"
        return f" {mentors} {places}{others}."
    mentors = f"The {facts.groups[contest.group].mentors} mentors of group {contest.group + 1} in bottlenecks.csv"
    return f" {mentors} have {places}{others}."


def _ahead(facts: Facts, mentee: int) -> str:
    """How many of those who have the mentors asked for go first, by priority or by what they lost before."""
    if facts.classes is None:
        return ""
    mine = facts.possible & (facts.pairs.mentee == mentee)
    theirs = facts.chosen & np.isin(facts.pairs.mentor, facts.pairs.mentor[mine])
    own = facts.classes.of_person
    ahead = len(set(facts.pairs.mentee[theirs & (own[facts.pairs.mentee] < own[mentee])].tolist()))
    if not ahead:
        return ""
    go = "goes" if ahead == 1 else "go"
    return f" {ahead} of the mentees who have these mentors {go} first: by priority, or after being left out."


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

"""What the answers of tiny cohorts say, worked out by hand: one case for each sentence of their specification.

A case names the cells that it is about. Cells of unmatched.csv stand under the mentee, cells of bottlenecks.csv
under the mentor, standings under `mentee mentor`. Where the draw decides who of several equals goes without a
mentor, the cells stand under `*`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from cohorts import Spec, build, only

from matcher.model import Cohort

Cells = dict[str, dict[str, str]]

EARLY = ("2027-03-01", "09:00", "09:45")
LATE = ("2027-03-01", "10:00", "10:45")
NEXT = ("2027-03-02", "09:00", "09:45")
WEEK = {"start": dt.date(2027, 3, 1), "end": dt.date(2027, 3, 5)}
QUARTER = {"start": dt.date(2027, 3, 1), "end": dt.date(2027, 5, 31)}
NO_GAPS = {"cross_function_gap": 0, "same_function_gap": 0}


@dataclass(frozen=True)
class Case:
    """A cohort and what is said of it."""

    cohort: Cohort
    choices: dict[str, str] = field(default_factory=dict)
    pairs: dict[str, str] = field(default_factory=dict)
    unmatched: Cells = field(default_factory=dict)
    bottlenecks: Cells = field(default_factory=dict)


def company(
    people: str,
    choices: str | tuple[Any, ...],
    *free: tuple[str, ...],
    pairs: tuple[Any, ...] = (),
    names: dict[str, str] | None = None,
    **sections: dict[str, Any],
) -> Cohort:
    """People of one week who have nothing but time, unless `free` has rows of availability.csv.

    `people` and `choices` are separated by commas; of people "a F 1 2 boss" the last are places and manager.
    """
    columns = ("employee_id", "function", "level", "max_mentees", "manager_id")
    rows = [dict(zip(columns, person.split(), strict=False)) for person in people.split(",")]
    listed = tuple(choice.strip() for choice in choices.split(",")) if isinstance(choices, str) else choices
    programme = {"programme": WEEK, **sections}
    programme["sessions"] = {"month_rule": "none"} | sections.get("sessions", {})
    cohort = build(Spec(tuple(rows), listed, tuple(free), pairs=pairs, programme=programme))
    called = tuple((names or {}).get(name, "") for name in cohort.employees.ids)
    return replace(cohort, employees=replace(cohort.employees, names=called))


def locks(*pairs: str) -> tuple[tuple[str, ...], ...]:
    return tuple((*pair.split(), "locked") for pair in pairs)


def change(text: str, **cells: str) -> Cells:
    """The smallest change for mentee u, and other cells of his."""
    return {"u": {"smallest_change": text, **cells}}


# --- standing -------------------------------------------------------------------------------------------------

STANDING = {
    "who alone wants a place has it in every best pairing": Case(
        company("a F 1, m G 2", "a m"), {"a m": "every"}, {"a m": "every"}
    ),
    "two equals at one place: each has it in some": Case(
        company("a F 1, b F 1, m G 2 1", "a m, b m"), {"a m": "some", "b m": "some"}
    ),
    "a worse rank at one place: in none": Case(
        company("a F 1, b F 1, m G 2 1", (("a", 1, "m"), ("b", 2, "m"))), {"a m": "every", "b m": "none"}
    ),
    "mentees come before ranks": Case(
        company("a F 1, b F 1, m G 2 1, n G 2 1", "a m, a n, b m"),
        {"a m": "none", "a n": "every", "b m": "every"},
        {"a n": "every", "b m": "every"},
    ),
    "ranks fewest at the worst": Case(
        company(
            "a F 1, b F 1, m G 2 1, n G 2 1",
            (("a", 1, "m"), ("a", 2, "n"), ("b", 2, "m"), ("b", 3, "n")),
            goals={"rank": "generous"},
        ),
        {"a m": "none", "a n": "every", "b m": "every", "b n": "none"},
    ),
    "ranks most at the best": Case(
        company(
            "a F 1, b F 1, m G 2 1, n G 2 1",
            (("a", 1, "m"), ("a", 2, "n"), ("b", 2, "m"), ("b", 3, "n")),
            goals={"rank": "greedy"},
        ),
        {"a m": "every", "a n": "none", "b m": "none", "b n": "every"},
    ),
    "ranks least in sum": Case(
        company(
            "a F 1, b F 1, m G 2 1, n G 2 1",
            (("a", 1, "m"), ("a", 2, "n"), ("b", 2, "m"), ("b", 3, "n")),
            goals={"rank": "min-cost"},
        ),
        dict.fromkeys(("a m", "a n", "b m", "b n"), "some"),
    ),
    "set aside by a rule or without common time: none": Case(
        company("a F 1, m G 2, n G 1, o G 2", "a m, a n, a o, a a, a gone", *only("o", EARLY), *only("a", LATE)),
        {"a m": "every", "a n": "none", "a o": "none", "a a": "none", "a gone": "none"},
    ),
    "a lock is in every pairing, and one that was no choice too": Case(
        company("a F 1, b F 1, m G 2 1, n G 2 1", "a m, b m, b n", pairs=locks("b m", "a n")),
        {"a m": "none", "b m": "every", "b n": "none"},
        {"a n": "every", "b m": "every"},
    ),
    "places for both but one hour: each in some": Case(
        company("a F 1, b F 1, m G 2 2", "a m, b m", *only("m", EARLY)), {"a m": "some", "b m": "some"}
    ),
    "two hours for two: each in every": Case(
        company("a F 1, b F 1, m G 2 2", "a m, b m", *only("m", EARLY, LATE)), {"a m": "every", "b m": "every"}
    ),
    "the other's hour is taken by a lock: a tie by places, none by schedules": Case(
        company(
            "a F 1, c F 1, k G 2, m H 3 1", "a m, k m", *only("k", EARLY), *only("m", EARLY), pairs=locks("c k")
        ),
        {"a m": "every", "k m": "none"},
        {"a m": "every", "c k": "every"},
    ),
    "an hour decides against the better rank": Case(
        company(
            "a F 1, b F 1, m G 2 2, n G 2",
            "a m, a n, b m",
            *only("m", EARLY),
            *only("b", EARLY),
        ),
        {"a m": "none", "a n": "every", "b m": "every"},
    ),
    "of two people who want each other either may be the mentor": Case(
        company("a F 1, b G 1", "a b, b a", eligibility=NO_GAPS), {"a b": "some", "b a": "some"}
    ),
    "the direction that a lock leaves": Case(
        company("a F 1, b G 1", "a b, b a", eligibility=NO_GAPS, pairs=locks("b a")),
        {"a b": "none", "b a": "every"},
    ),
    "two mentors each": Case(
        company("a F 1, b F 1, m G 2 1, n G 2 2", "a m, a n, b m, b n", capacity={"mentors_per_mentee": 2}),
        {"a m": "some", "b m": "some", "a n": "every", "b n": "every"},
    ),
    "the session rules count: two sessions need two days": Case(
        company(
            "a F 1, b F 1, m G 2 2",
            "a m, b m",
            *only("m", EARLY, NEXT),
            *only("a", EARLY, NEXT),
            *only("b", EARLY),
            sessions={"minimum": 2, "min_days_between": 1},
        ),
        {"a m": "every", "b m": "none"},
    ),
    "one session a day counts": Case(
        company("a F 1, b F 1, m G 2 2", "a m, b m", *only("m", EARLY, LATE), sessions={"max_per_day": 1}),
        {"a m": "some", "b m": "some"},
    ),
}

# --- unmatched: kept out by places ----------------------------------------------------------------------------

PLACES = {
    "one place for two": Case(
        company("a F 1, b F 1, m G 2 1", "a m, b m"),
        unmatched={"*": {"competitors": "1", "places": "1", "group": "1", "contested_mentors": "m"}},
    ),
    "who has another way out is no competitor": Case(
        company(
            "a F 1, b F 1, u F 1, m G 2 1, n G 2 1", (("a", 1, "m"), ("b", 1, "m"), ("b", 1, "n"), ("u", 2, "m"))
        ),
        unmatched={"u": {"competitors": "1", "places": "1", "group": "1", "contested_mentors": "m"}},
    ),
    "others crowd in from a mentor whom he did not list": Case(
        company(
            "b F 1, u F 1, c F 1, m G 2 1, n G 2 1", (("u", 2, "m"), ("b", 1, "m"), ("b", 1, "n"), ("c", 1, "n"))
        ),
        unmatched={"u": {"competitors": "2", "places": "2", "group": "1", "contested_mentors": "m; n"}},
    ),
    "the few mentors that show it, not the whole group": Case(
        company(
            "b F 1, c F 1, d F 1, u F 1, m G 2 1, n G 2 1",
            (("b", 1, "m"), ("u", 2, "m"), ("c", 2, "m"), ("c", 2, "n"), ("d", 1, "n")),
        ),
        unmatched={
            "u": {"competitors": "1", "places": "1", "group": "1", "contested_mentors": "m"},
            "c": {"competitors": "3", "places": "2", "group": "1", "contested_mentors": "m; n"},
        },
        bottlenecks={
            mentor: {
                "group": "1",
                "group_mentors": "2",
                "group_mentees": "4",
                "group_places": "2",
                "shortage": "2",
            }
            for mentor in "mn"
        },
    ),
    "locks take places, and who is locked does not compete": Case(
        company("a F 1, b F 1, u F 1, m G 2 2", (("a", 1, "m"), ("u", 2, "m"), ("b", 1, "m")), pairs=locks("b m")),
        unmatched={"u": {"competitors": "1", "places": "1", "group": "1", "contested_mentors": "m"}},
        bottlenecks={
            "m": {"wanted": "3", "places": "2", "mentees": "2", "group_mentees": "2", "group_places": "1"}
        },
    ),
    "locks take all places": Case(
        company("b F 1, u F 1, m G 2 1", "u m", pairs=locks("b m")),
        unmatched={"u": {"competitors": "0", "places": "0", "group": "1", "contested_mentors": "m"}},
        bottlenecks={"m": {"group_mentees": "1", "group_places": "0", "shortage": "1", "wanted": "2"}},
    ),
    "who is locked elsewhere does not compete though he might have two mentors": Case(
        company(
            "a F 1, b F 1, u F 1, m G 2 1, n G 2 1",
            (("a", 1, "m"), ("b", 1, "m"), ("u", 2, "m")),
            pairs=locks("b n"),
            capacity={"mentors_per_mentee": 2},
        ),
        unmatched={"u": {"competitors": "1", "places": "1", "group": "1", "contested_mentors": "m"}},
    ),
    "hours keep him out, places would not: blank": Case(
        company("a F 1, u F 1, m G 2 2", (("a", 1, "m"), ("u", 2, "m")), *only("m", EARLY)),
        unmatched={"u": {"competitors": "", "places": "", "group": "", "contested_mentors": ""}},
        bottlenecks={
            "m": dict.fromkeys(("group", "group_mentors", "group_mentees", "group_places", "shortage"), "")
        },
    ),
    "choices without common time do not count": Case(
        company("a F 1, u F 1, m G 2 1, n G 2", (("a", 1, "m"), ("u", 2, "m"), ("u", 1, "n")), *only("n")),
        unmatched={"u": {"competitors": "1", "places": "1", "eligible_choices": "2", "contested_mentors": "m"}},
    ),
    "without any possible candidate nothing is said": Case(
        company("u F 1, m G 1, n G 2", "u m, u n, u u, u gone", *only("n")),
        unmatched={"u": {"competitors": "", "places": "", "group": "", "eligible_choices": "1"}},
    ),
    "two bottlenecks, the larger shortage first": Case(
        company(
            "a F 1, b F 1, c F 1, d F 1, e F 1, x F 1, m G 2 1, n G 2 1, o G 2 1",
            "a m, b m, c n, d n, e n, x o",
            names={"n": "Nora"},
        ),
        bottlenecks={
            "n": {"group": "1", "group_mentors": "1", "group_mentees": "3", "group_places": "1", "shortage": "2"}
            | {"name": "Nora", "places": "1", "mentees": "1", "wanted": "3"},
            "m": {"group": "2", "group_mentors": "1", "group_mentees": "2", "group_places": "1", "shortage": "1"},
            "o": {"group": "", "group_mentors": "", "group_mentees": "", "group_places": "", "shortage": ""}
            | {"name": "", "places": "1", "mentees": "1", "wanted": "1"},
        },
    ),
    "two bottlenecks alike, the smaller id first": Case(
        company("a F 1, b F 1, c F 1, d F 1, m G 2 1, n G 2 1", "a n, b n, c m, d m"),
        bottlenecks={"m": {"group": "1", "shortage": "1"}, "n": {"group": "2", "shortage": "1"}},
    ),
    "who may also go elsewhere does not join two bottlenecks": Case(
        company(
            "a F 1, b F 1, c F 1, d F 1, e F 1, m G 2 1, n G 2 1, o G 2 1",
            "a m, b m, c n, d n, e m, e n, e o",
        ),
        bottlenecks={
            "m": {"group": "1", "group_mentors": "1", "group_mentees": "2", "wanted": "3"},
            "n": {"group": "2", "group_mentors": "1", "group_mentees": "2", "wanted": "3"},
            "o": {"group": "", "wanted": "1", "mentees": "1"},
        },
    ),
    "who wants both joins two bottlenecks": Case(
        company("a F 1, b F 1, c F 1, d F 1, e F 1, m G 2 1, n G 2 1", "a m, b m, c n, d n, e m, e n"),
        bottlenecks={
            mentor: {
                "group": "1",
                "group_mentors": "2",
                "group_mentees": "5",
                "group_places": "2",
                "shortage": "3",
            }
            for mentor in "mn"
        },
    ),
}

# --- unmatched: what would change it --------------------------------------------------------------------------

CHANGES = {
    "one more place, with the name": Case(
        company("b F 1, u F 1, m G 2 1", "u m", pairs=locks("b m"), names={"m": "Anna Berg"}),
        unmatched=change("one more place: Anna Berg (m)", eligible_choices="1", suggestions=""),
    ),
    "one more place: the better rank, of equals the smaller id": Case(
        company(
            "b F 1, c F 1, d F 1, u F 1, m G 2 1, n G 2 1, o G 2 1",
            (("u", 2, "m"), ("u", 1, "o"), ("u", 1, "n")),
            pairs=locks("b m", "c n", "d o"),
        ),
        unmatched=change("one more place: n"),
    ),
    "a place more is less than common time": Case(
        company(
            "b F 1, c F 1, u F 1, m G 2 1, n G 2 2",
            "u n, u m",
            *only("n", EARLY),
            pairs=locks("b m", "c n"),
        ),
        unmatched=change("one more place: m"),
    ),
    "a place more is no help without time": Case(
        company("b F 1, u F 1, m G 2 1", "u m", *only("m", EARLY), pairs=locks("b m")), unmatched=change("")
    ),
    "common time beside the mentor's sessions": Case(
        company("b F 1, u F 1, m G 2 2", "u m", *only("m", EARLY), pairs=locks("b m"), names={"m": "Anna Berg"}),
        unmatched=change("more common time: Anna Berg (m), 1 more session of 45 minutes", eligible_choices="1"),
    ),
    "common time beside the mentee's sessions as a mentor": Case(
        company(
            "c F 1, u G 2, m H 3 2",
            "u m",
            *only("u", EARLY),
            *only("c", EARLY),
            *only("m", EARLY),
            pairs=locks("c u"),
        ),
        unmatched=change("more common time: m, 1 more session of 45 minutes"),
    ),
    "a place more, though the mentee has sessions as a mentor": Case(
        company("b F 1, c F 1, u G 2, m H 3 1", "u m", *only("u", EARLY, LATE), pairs=locks("c u", "b m")),
        unmatched=change("one more place: m"),
    ),
    "no common time at all": Case(
        company("u F 1, m G 2", "u m", *only("u", EARLY), *only("m", LATE)),
        unmatched=change("more common time: m, 1 more session of 45 minutes", eligible_choices="1"),
    ),
    "the shortest allowed length": Case(
        company("u F 1, m G 2", "u m", *only("m"), sessions={"minutes": [45, 30]}),
        unmatched=change("more common time: m, 1 more session of 30 minutes"),
    ),
    "two sessions of which one fits": Case(
        company("u F 1, m G 2", "u m", *only("m", EARLY), sessions={"minimum": 2, "min_days_between": 1}),
        unmatched=change("more common time: m, 1 more session of 45 minutes"),
    ),
    "two sessions of which none fits": Case(
        company("u F 1, m G 2", "u m", *only("m"), sessions={"minimum": 2, "min_days_between": 4}),
        unmatched=change("more common time: m, 2 more sessions of 45 minutes"),
    ),
    "hours too near each other: only one of them serves": Case(
        company("u F 1, m G 2", "u m", *only("m", EARLY, NEXT), sessions={"minimum": 2, "min_days_between": 2}),
        unmatched=change("more common time: m, 1 more session of 45 minutes"),
    ),
    "fewest sessions before rank": Case(
        company(
            "u F 1, m G 2, n G 2",
            "u m, u n",
            *only("m"),
            *only("n", EARLY),
            sessions={"minimum": 2, "min_days_between": 1},
        ),
        unmatched=change("more common time: n, 1 more session of 45 minutes"),
    ),
    "as few sessions: the better rank, then the smaller id": Case(
        company(
            "u F 1, m G 2, n G 2, o G 2",
            (("u", 2, "m"), ("u", 1, "o"), ("u", 1, "n")),
            *(row for name in "mno" for row in only(name)),
        ),
        unmatched=change("more common time: n, 1 more session of 45 minutes"),
    ),
    "dates that no schedule can have are no way out": Case(
        company(
            "u F 1, m G 2 2, n G 3",
            "u m",
            pairs=(("u", "m", "past", "2027-02-26"),),
            sessions={"min_days_between": 14},
        ),
        unmatched=change("one more choice: n"),
    ),
    "months without an hour": Case(
        company(
            "u F 1, m G 2",
            "u m",
            *only("m", ("2027-04-12", "09:00", "09:45")),
            programme=QUARTER,
            sessions={"month_rule": "calendar"},
        ),
        unmatched=change("more common time: m, 2 more sessions of 45 minutes"),
    ),
    "a month from one to the next: 1 March, 1 April, 1 May, 31 May": Case(
        company(
            "u F 1, m G 2",
            "u m",
            *only("m", ("2027-04-01", "09:00", "09:45")),
            programme=QUARTER,
            sessions={"month_rule": "rolling"},
        ),
        unmatched=change("more common time: m, 1 more session of 45 minutes"),
    ),
    "a month from one to the next: 31 March, 30 April, and one in May": Case(
        company(
            "u F 1, m G 2",
            "u m",
            *only("m", ("2027-03-31", "09:00", "09:45")),
            programme=QUARTER,
            sessions={"month_rule": "rolling"},
        ),
        unmatched=change("more common time: m, 2 more sessions of 45 minutes"),
    ),
    "a month from one to the next: 20 March and two more": Case(
        company(
            "u F 1, m G 2",
            "u m",
            *only("m", ("2027-03-20", "09:00", "09:45")),
            programme={**QUARTER, "end": dt.date(2027, 6, 30)},
            sessions={"month_rule": "rolling"},
        ),
        unmatched=change("more common time: m, 3 more sessions of 45 minutes"),
    ),
    "the only day is full, so the session lies beside its limit": Case(
        company(
            "b F 1, u F 1, m G 2 2",
            "u m",
            programme={"start": dt.date(2027, 3, 1), "end": dt.date(2027, 3, 1)},
            pairs=locks("b m"),
            sessions={"max_per_day": 1},
        ),
        unmatched=change("more common time: m, 1 more session of 45 minutes"),
    ),
    "the week is full after one of two sessions": Case(
        company(
            "u F 1, m G 2",
            "u m",
            *only("m", EARLY, NEXT),
            sessions={"max_per_week": 1, "minimum": 2, "min_days_between": 1},
        ),
        unmatched=change("more common time: m, 1 more session of 45 minutes"),
    ),
    "a pause cuts the common time": Case(
        company(
            "b F 1, u F 1, m G 2 2",
            "u m",
            *only("m", ("2027-03-01", "09:00", "10:30")),
            pairs=locks("b m"),
            sessions={"pause_minutes": 5, "grid_minutes": 5},
        ),
        unmatched=change("more common time: m, 1 more session of 45 minutes"),
    ),
    "an exception: levels, own function": Case(
        company("u F 1, m F 2", "u m"),
        unmatched=change("exception to a rule: m, same_function_gap", eligible_choices="0"),
    ),
    "an exception: levels, another function": Case(
        company("u F 1, m G 1", "u m", names={"m": "Anna Berg"}),
        unmatched=change("exception to a rule: Anna Berg (m), cross_function_gap"),
    ),
    "an exception: line manager": Case(
        company("u F 1 2 m, m G 2", "u m", eligibility={"line_manager_may_mentor": False}),
        unmatched=change("exception to a rule: m, line_manager"),
    ),
    "an exception: a pair before": Case(
        company("u F 1, m G 2", "u m", eligibility={"past_pairs_may_repeat": False}, pairs=(("u", "m", "past"),)),
        unmatched=change("exception to a rule: m, past"),
    ),
    "no exception: what a lock does not waive": Case(
        company(
            "u F 1, m G 2, n G 2, o G 2 0",
            "u m, u n, u o, u u, u gone",
            pairs=(("u", "m", "forbidden"), ("u", "n", "refused")),
        ),
        unmatched=change("", eligible_choices="0", suggestions=""),
    ),
    "no exception: the mentor is full": Case(
        company("b F 1, u F 1, m G 1 1", "u m", pairs=locks("b m")), unmatched=change("")
    ),
    "no exception: a pair before whose mentor mentors nobody": Case(
        company(
            "u F 1, m G 2 0", "u m", eligibility={"past_pairs_may_repeat": False}, pairs=(("u", "m", "past"),)
        ),
        unmatched=change(""),
    ),
    "no exception: a pair before that is this mentee's own": Case(
        company(
            "b F 1, u G 1",
            "u b",
            eligibility={"past_pairs_may_repeat": False, **NO_GAPS},
            pairs=(("u", "b", "past"), ("b", "u", "locked")),
        ),
        unmatched=change("", eligible_choices="0"),
    ),
    "no exception: no time": Case(company("u F 1, m G 1", "u m", *only("m")), unmatched=change("")),
    "common time is less than an exception": Case(
        company("u F 1, m G 1, n G 2", "u m, u n", *only("n")),
        unmatched=change("more common time: n, 1 more session of 45 minutes", eligible_choices="1"),
    ),
    "an exception is less than one more choice": Case(
        company("u F 1, m G 1, n G 2", "u m"),
        unmatched=change("exception to a rule: m, cross_function_gap", suggestions="n"),
    ),
    "one more choice": Case(
        company("u F 1, m G 1 0, n G 2", "u m", names={"n": "Nora"}),
        unmatched=change("one more choice: Nora (n)", suggestions="Nora (n)"),
    ),
    "one more choice beside places": Case(
        company("b F 1, u F 1, m G 2 1, n G 2", "u m", pairs=locks("b m")),
        unmatched=change("one more place: m", suggestions="n"),
    ),
    "suggestions: levels, then mentees, then ids, at most three": Case(
        company(
            "b F 1, u F 1, x G 1 0, l G 4, m G 3, n G 3, o G 2, p G 2",
            "u x",
            pairs=locks("b o"),
            names={"m": "Mia", "o": "Oskar"},
        ),
        unmatched=change("one more choice: p", suggestions="p; Oskar (o); Mia (m)"),
    ),
    "suggestions: nobody whom a rule forbids, who is full or has no time": Case(
        company(
            "b F 1, u F 1 2 r, x G 1 0, l F 2, m G 1, n G 2 1, o G 2, p G 2, q G 2, r G 2, s G 2 0, t G 5",
            "u x",
            *only("o"),
            eligibility={"line_manager_may_mentor": False, "past_pairs_may_repeat": False},
            pairs=(*locks("b n"), ("u", "p", "refused"), ("u", "q", "past")),
        ),
        unmatched=change("one more choice: t", suggestions="t"),
    ),
    "suggestions: not one's own mentee": Case(
        company("b G 1, u F 1, x G 1 0", "b u, u x", eligibility=NO_GAPS),
        unmatched=change("", suggestions=""),
    ),
}

# --- what one more place would bring --------------------------------------------------------------------------

ONE_MORE = {
    "one more mentee": Case(
        company("a F 1, b F 1, m G 2 1", "a m, b m"),
        bottlenecks={"m": {"gain_mentees": "1", "gain_pairs": "1", "gain_ranks": "1:+1", "gain_proven": "yes"}},
    ),
    "better ranks": Case(
        company("a F 1, b F 1, m G 2 1, n G 2 1", (("a", 1, "m"), ("b", 1, "m"), ("b", 3, "n"))),
        bottlenecks={
            "m": {"gain_mentees": "0", "gain_pairs": "0", "gain_ranks": "1:+1 3:-1"},
            "n": {"gain_mentees": "0", "gain_pairs": "0", "gain_ranks": ""},
        },
    ),
    "better ranks in sum": Case(
        company(
            "a F 1, b F 1, m G 2 1, n G 2 1",
            (("a", 1, "m"), ("b", 1, "m"), ("b", 3, "n")),
            goals={"rank": "min-cost"},
        ),
        bottlenecks={"m": {"gain_mentees": "0", "gain_pairs": "0", "gain_ranks": "-2"}},
    ),
    "one more mentee at a rank, in sum": Case(
        company("a F 1, b F 1, m G 2 1", (("a", 3, "m"), ("b", 3, "m")), goals={"rank": "min-cost"}),
        bottlenecks={"m": {"gain_mentees": "1", "gain_pairs": "1", "gain_ranks": "3"}},
    ),
    "one more mentee and others at better ranks": Case(
        company("a F 1, b F 1, m G 2 1, n G 2 1", "a m, a n, b m, b n"),
        bottlenecks={"m": {"gain_mentees": "0", "gain_pairs": "0", "gain_ranks": "1:+1 2:-1"}},
    ),
    "a place that hours do not allow": Case(
        company("a F 1, b F 1, m G 2 1", "a m, b m", *only("m", EARLY)),
        bottlenecks={"m": {"gain_mentees": "0", "gain_pairs": "0", "gain_ranks": "", "gain_proven": "yes"}},
    ),
    "a second mentor": Case(
        company("a F 1, b F 1, m G 2 1, n G 2", "a n, b n, a m, b m", capacity={"mentors_per_mentee": 2}),
        bottlenecks={"m": {"gain_mentees": "0", "gain_pairs": "1", "gain_ranks": "2:+1"}},
    ),
    "a place for somebody behind a lock": Case(
        company("a F 1, b F 1, m G 2 1", "a m", pairs=locks("b m")),
        bottlenecks={"m": {"gain_mentees": "1", "gain_ranks": "1:+1", "wanted": "2", "mentees": "1"}},
    ),
    "a mentor whom nobody can have stands in no row": Case(
        company("a F 1, m G 2, n G 1, o G 2", "a m, a n, a o", *only("o")),
        bottlenecks={"m": {"gain_mentees": "0", "wanted": "1"}},
    ),
}

CASES = {**STANDING, **PLACES, **CHANGES, **ONE_MORE}

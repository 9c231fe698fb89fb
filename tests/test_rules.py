"""Each eligibility rule alone, the order in which outcomes name them, and what a lock waives."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build
from draws import random_cohort

from matcher import rules
from matcher.model import Agreed, Earlier, Session
from matcher.programme import day_number
from matcher.rules import as_candidates, judge, level_gap

ORDER = (  # as the contract lists them
    *("self", "forbidden", "refused", "past", "reverse_pair", "does_not_mentor"),
    *("line_manager", "same_function_gap", "cross_function_gap"),
)


def cohort_of(employees, choices=(), pairs=(), eligibility=None, **sections):
    frame = {"start": "2027-01-11", "end": "2027-04-09"}
    programme = {"programme": frame, "eligibility": eligibility or {}, **sections}
    return build(Spec(employees=employees, choices=choices, pairs=pairs, programme=programme))


def person(name, function, level, **more):
    return {"employee_id": name, "function": function, "level": level, **more}


def outcomes(cohort):
    """The verdict on each listed choice, by mentee and mentor as listed."""
    _, verdicts = judge(cohort)
    mentees = [cohort.employees.ids[mentee] for mentee in cohort.choices.mentee]
    return {
        (mentee, mentor): verdict
        for mentee, mentor, verdict in zip(mentees, cohort.choices.mentor_ids, verdicts, strict=True)
    }


def candidates(cohort):
    """The candidates as `(mentee, mentor, rank, locked, earliest)`."""
    found, _ = judge(cohort)
    ids = cohort.employees.ids
    columns = (found.rank, found.locked, found.earliest)
    return [
        (ids[mentee], ids[mentor], *values)
        for mentee, mentor, *values in zip(
            found.mentee, found.mentor, *(column.tolist() for column in columns), strict=True
        )
    ]


# --- each rule alone ----------------------------------------------------------------------------------------

NEW_PAIRS = {"past_pairs_may_repeat": False}
NO_BOSS = {"line_manager_may_mentor": False}
TWO = ("a F 1", "m F 3")
CASES = {  # the rule: cohorts whose pair (a, m) breaks it, cohorts whose pair keeps it
    "self": ((), ({"employees": TWO},)),
    "forbidden": (
        ({"employees": TWO, "pairs": (("a", "m", "forbidden"),)},),
        (
            {"employees": TWO, "pairs": (("m", "a", "forbidden"),)},
            {"employees": TWO, "pairs": (("a", "m", "refused"),)},
            {"employees": TWO},
        ),
    ),
    "refused": (
        ({"employees": TWO, "pairs": (("a", "m", "refused"),)},),
        (
            {"employees": TWO, "pairs": (("m", "a", "refused"),)},
            {"employees": TWO, "pairs": (("a", "m", "past"),)},
        ),
    ),
    "past": (
        ({"employees": TWO, "pairs": (("a", "m", "past"),), "eligibility": NEW_PAIRS},),
        (
            {"employees": TWO, "pairs": (("a", "m", "past"),)},  # may repeat
            {"employees": TWO, "pairs": (("m", "a", "past"),), "eligibility": NEW_PAIRS},
            {"employees": TWO, "eligibility": NEW_PAIRS},
        ),
    ),
    "reverse_pair": (
        ({"employees": TWO, "pairs": (("m", "a", "locked"),)},),
        (
            {"employees": TWO, "pairs": (("a", "m", "locked"),)},
            {"employees": TWO, "pairs": (("m", "a", "past"),)},
        ),
    ),
    "does_not_mentor": (
        ({"employees": ("a F 1", "m F 3 0")},),
        ({"employees": ("a F 1 0", "m F 3 1")}, {"employees": TWO}),
    ),
    "line_manager": (
        ({"employees": (person("a", "F", 1, manager_id="m"), "m F 3"), "eligibility": NO_BOSS},),
        (
            {"employees": (person("a", "F", 1, manager_id="m"), "m F 3")},  # he may
            {"employees": ("a F 1", person("m", "F", 3, manager_id="a")), "eligibility": NO_BOSS},
            {"employees": (person("a", "F", 1, manager_id="x"), "m F 3", "x F 5"), "eligibility": NO_BOSS},
        ),
    ),
    "same_function_gap": (
        (
            {"employees": ("a F 1", "m F 2")},
            {"employees": ("a F 1", "m f 2")},
            {"employees": ("a F 2", "m F 1")},
            {"employees": ("a F 1", "m F 3"), "eligibility": {"same_function_gap": 3}},
            {"employees": ("a F 1", "m F 9"), "eligibility": {"level_order": "descending"}},
        ),
        (
            {"employees": TWO},
            {"employees": ("a F 1", "m G 2")},
            {"employees": ("a F 1", "m F 2"), "eligibility": {"same_function_gap": 1}},
            {"employees": ("a F 1", "m F 1"), "eligibility": {"same_function_gap": 0}},
            {"employees": ("a F 9", "m F 7"), "eligibility": {"level_order": "descending"}},
            {"employees": ("a F low", "m F top"), "eligibility": {"levels": ["low", "mid", "top"]}},
        ),
    ),
    "cross_function_gap": (
        (
            {"employees": ("a F 2", "m G 2")},
            {"employees": ("a F 2", "m G 1")},
            {"employees": ("a F 1", "m G 2"), "eligibility": {"cross_function_gap": 2}},
            {"employees": ("a F mid", "m G low"), "eligibility": {"levels": ["low", "mid", "top"]}},
        ),
        (
            {"employees": ("a F 1", "m G 2")},
            {"employees": ("a F 1", "m F 2")},
            {"employees": ("a F 2", "m G 2"), "eligibility": {"cross_function_gap": 0}},
            {"employees": ("a F 2", "m G 1"), "eligibility": {"level_order": "descending"}},
        ),
    ),
}


def breaks(code, spec, mentee="a", mentor="m"):
    """What the rule function itself says of one pair."""
    cohort = cohort_of(**spec)
    pair = (np.array([cohort.employees.ids.index(name)]) for name in (mentee, mentor))
    return getattr(rules, f"breaks_{code}")(cohort, *pair).tolist()


@pytest.mark.parametrize(
    ("code", "spec"), [(code, spec) for code, (broken, _) in CASES.items() for spec in broken]
)
def test_a_pair_that_breaks_the_rule(code, spec):
    assert breaks(code, spec) == [True]
    cohort = cohort_of(**spec, choices=("a m",))
    assert outcomes(cohort)["a", "m"] == code
    assert ("a", "m") not in [found[:2] for found in candidates(cohort)]


@pytest.mark.parametrize(("code", "spec"), [(code, spec) for code, (_, kept) in CASES.items() for spec in kept])
def test_a_pair_that_keeps_the_rule(code, spec):
    assert breaks(code, spec) == [False]
    assert outcomes(cohort_of(**spec, choices=("a m",)))["a", "m"] != code


def test_nobody_mentors_himself():
    assert breaks("self", {"employees": TWO}, "a", "a") == [True]
    rules_off = {"same_function_gap": 0, "cross_function_gap": 0}
    cohort = cohort_of(TWO, ("a a", "a m"), eligibility=rules_off)
    assert outcomes(cohort) == {("a", "a"): "self", ("a", "m"): ""}
    assert candidates(cohort) == [("a", "m", 2, False, 0)]


def test_a_mentor_who_is_no_employee():
    cohort = cohort_of(TWO, ("a gone", "a m", "a ghost"))
    assert outcomes(cohort) == {("a", "gone"): "unknown_mentor", ("a", "m"): "", ("a", "ghost"): "unknown_mentor"}
    assert candidates(cohort) == [("a", "m", 2, False, 0)]


def test_an_unknown_mentor_does_not_shift_the_verdicts_or_locks_of_others():
    employees = ("a F 1", "b F 1", "m F 2", "n F 3 0")
    cohort = cohort_of(employees, ("a gone", "a m", "b ghost", "b m", "b n"), (("b", "m", "locked"),))
    assert outcomes(cohort) == {
        ("a", "gone"): "unknown_mentor",
        ("a", "m"): "same_function_gap",
        ("b", "ghost"): "unknown_mentor",
        ("b", "m"): "",
        ("b", "n"): "does_not_mentor",
    }


def test_levels_above_and_below():
    cohort = cohort_of(("a F 1", "m F 4"))
    assert level_gap(cohort, np.array([0, 1, 0]), np.array([1, 0, 0])).tolist() == [3, -3, 0]


# --- which rule is named --------------------------------------------------------------------------------------

EVERYTHING = {**NEW_PAIRS, **NO_BOSS}
GAPS = {"same_function_gap", "cross_function_gap"}


def test_the_rules_stand_in_the_order_of_the_contract():
    assert tuple(code for code, _ in rules._RULES) == ORDER
    assert all(breaks_rule.__name__ == f"breaks_{code}" for code, breaks_rule in rules._RULES)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(("forbidden", later) for later in ORDER[4:]),
        *(("refused", later) for later in ORDER[4:]),
        *(("past", later) for later in ORDER[4:]),
        *(("reverse_pair", later) for later in ORDER[5:]),
        *(("does_not_mentor", later) for later in ORDER[6:]),
        *(("line_manager", later) for later in ORDER[7:]),
    ],
)
def test_of_two_broken_rules_the_earlier_is_named(first, second):
    assert outcomes(breaking({first, second}))["a", "m"] == first


@pytest.mark.parametrize("code", ORDER[1:])
def test_the_cases_of_two_rules_break_no_third(code):
    assert outcomes(breaking({code}))["a", "m"] == code


def breaking(codes, *, locked=False):
    """A cohort whose choice (a, m) breaks these rules and no others, and may be locked all the same."""
    function = "G" if "cross_function_gap" in codes else "F"
    level = 1 if codes & GAPS else 3
    manager = {"manager_id": "m"} if "line_manager" in codes else {}
    mentor = person("m", function, level, **({"max_mentees": 0} if "does_not_mentor" in codes else {}))
    pairs = [("a", "m", code) for code in sorted(codes & {"forbidden", "refused", "past"})]
    pairs += [("m", "a", "locked")] if "reverse_pair" in codes else []
    pairs += [("a", "m", "locked")] if locked else []
    return cohort_of((person("a", "F", 1, **manager), mentor), ("a m",), tuple(pairs), EVERYTHING)


def test_the_strictest_row_of_a_pair_counts():
    rows = (("a", "m", "past"), ("a", "m", "refused"), ("a", "m", "forbidden"))
    for upto, code in zip((1, 2, 3), ("past", "refused", "forbidden"), strict=True):
        assert outcomes(cohort_of(TWO, ("a m",), rows[:upto], NEW_PAIRS))["a", "m"] == code


# --- locks --------------------------------------------------------------------------------------------------

LOCK = (("a", "m", "locked"),)


@pytest.mark.parametrize("code", ["past", "line_manager", "same_function_gap", "cross_function_gap"])
def test_a_lock_waives_gaps_line_manager_and_past(code):
    assert candidates(breaking({code})) == []
    cohort = breaking({code}, locked=True)
    assert candidates(cohort) == [("a", "m", 1, True, 0)]
    assert outcomes(cohort) == {("a", "m"): ""}


@pytest.mark.parametrize("code", ["forbidden", "refused", "reverse_pair", "does_not_mentor"])
def test_a_lock_waives_nothing_else(code):
    assert outcomes(breaking({code}, locked=True)) == {("a", "m"): code}
    cohort = cohort_of(TWO, ("a a",), (("a", "a", "locked"),))
    assert outcomes(cohort) == {("a", "a"): "self"}


def test_a_lock_needs_no_choice():
    cohort = cohort_of(("a F 1", "m F 1"), (), LOCK)
    assert candidates(cohort) == [("a", "m", 0, True, 0)]
    assert outcomes(cohort) == {}


def test_a_lock_helps_its_own_pair_only():
    employees = ("a F 1", "b F 1", "m F 2", "n F 2")
    cohort = cohort_of(employees, ("a m", "a n", "b m"), LOCK)
    assert outcomes(cohort) == {
        ("a", "m"): "",
        ("a", "n"): "same_function_gap",
        ("b", "m"): "same_function_gap",
    }
    assert candidates(cohort) == [("a", "m", 1, True, 0)]


# --- candidates ---------------------------------------------------------------------------------------------


def test_candidates_are_sorted_by_mentee_and_mentor_and_keep_their_ranks():
    employees = ("a F 1", "b F 1", "l F 3", "m F 3", "n F 3")
    cohort = cohort_of(
        employees, (("b", 1, "m"), ("b", 1, "l"), ("a", 7, "l"), ("a", 2, "n")), (("b", "n", "locked"),)
    )
    assert candidates(cohort) == [
        ("a", "l", 7, False, 0),
        ("a", "n", 2, False, 0),
        ("b", "l", 1, False, 0),
        ("b", "m", 1, False, 0),
        ("b", "n", 0, True, 0),
    ]
    found, _ = judge(cohort)
    assert found.subset(found.locked).mentor.tolist() == [4]
    assert found.subset(np.array([3, 0])).rank.tolist() == [1, 7]
    assert len(found.subset(np.zeros(5, dtype=bool))) == 0


@pytest.mark.parametrize(
    ("last", "between", "earliest"),
    [
        ("", 14, 0),
        ("2027-01-10", 14, 13),  # the day before the start
        ("2026-12-29", 14, 1),
        ("2026-12-28", 14, 0),  # exactly on the first day
        ("2026-01-01", 14, 0),
        ("2027-01-10", 1, 0),
        ("2027-01-01", 30, 20),
    ],
)
@pytest.mark.parametrize("status", ["past", "locked"])
def test_the_first_session_keeps_its_distance_to_the_one_before(last, between, earliest, status):
    cohort = cohort_of(TWO, ("a m",), (("a", "m", status, last),), sessions={"min_days_between": between})
    assert [found[-1] for found in candidates(cohort)] == [earliest]


def test_the_latest_of_several_last_sessions_counts_and_only_for_its_own_pair():
    pairs = (("a", "m", "past", "2026-12-31"), ("a", "m", "past", "2027-01-05"), ("a", "n", "past"))
    cohort = cohort_of(("a F 1", "b F 1", "m F 3", "n F 3"), ("a m", "a n", "b m"), pairs)
    assert [(*found[:2], found[-1]) for found in candidates(cohort)] == [
        ("a", "m", 8),
        ("a", "n", 0),
        ("b", "m", 0),
    ]


def test_a_pair_keeps_its_distance_to_its_last_session_in_an_earlier_plan_or_before_it():
    """The first of the employees counts as well, and what was held with somebody who has left does not."""
    people = ("a F 1", "b F 1", "c F 1", "d F 1", "m F 3 4")
    pairs = (("b", "m", "past", "2027-01-05"),)
    cohort = cohort_of(people, ("a m", "b m", "c m", "d m"), pairs, capacity={"mentees_per_mentor": 4})
    start = day_number(cohort.programme.frame.start)

    def on(*days):
        return tuple(Session((start + day) * 1440 + 540, 45) for day in days)

    agreed = {(2, 4): Agreed(start, on(1, 16), ())}
    held = {(0, 4): on(0, 5), (1, -1): on(19), (3, 4): ()}
    found, _ = judge(replace(cohort, earlier=Earlier(start + 2, agreed, held)))
    assert found.earliest.tolist() == [19, 8, 30, 2]  # d may meet from the date of the repair on


def test_a_pair_of_an_earlier_plan_goes_on_unlisted_unless_a_rule_ends_it():
    cohort = cohort_of(("a F 1", "b F 1", "k F 2", "m F 3"), ("b m",))
    start = day_number(cohort.programme.frame.start)
    agreed = {(0, 2): Agreed(start, (), ()), (0, 3): Agreed(start, (), ()), (1, 3): Agreed(start, (), ())}
    found, verdicts = judge(replace(cohort, earlier=Earlier(start, agreed, {})))
    assert verdicts == [""]
    assert list(zip(found.mentee.tolist(), found.mentor.tolist(), found.rank.tolist(), strict=True)) == [
        (0, 3, 0),  # a and k are one level apart
        (1, 3, 1),
    ]
    assert found.agreed.tolist() == [True, True]
    assert found.locked.tolist() == [False, False]


def test_pairs_that_nobody_asked_for_have_no_rank_and_no_lock():
    cohort = cohort_of(("a F 1", "m F 3", "n F 3"), ("a m",), (("a", "n", "locked"),))
    found = as_candidates(cohort, np.array([0, 0]), np.array([1, 2]))
    assert found.rank.tolist() == [0, 0]
    assert found.rank.dtype == np.int64
    assert found.locked.tolist() == [False, False]
    assert found.agreed.tolist() == [False, False]


def test_a_cohort_without_choices():
    found, verdicts = judge(cohort_of(TWO))
    assert (len(found), verdicts) == (0, [])


# --- at random ----------------------------------------------------------------------------------------------


def test_candidates_are_the_eligible_pairs_of_brute_force_and_no_others():
    """What is not eligible must have no place in any model, so that no weight can ever choose it."""
    tally = Counter()
    for seed in range(200):
        cohort = random_cohort(seed)
        found, verdicts = judge(cohort)
        pairs = list(zip(found.mentee.tolist(), found.mentor.tolist(), strict=True))
        assert all(a < b for a, b in pairwise(pairs)), seed
        options = brute_force.eligible(cohort)
        assert dict(zip(pairs, zip(found.rank.tolist(), found.locked.tolist(), strict=True), strict=True)) == {
            pair: (option.rank or 0, option.locked) for pair, option in options.items()
        }, seed
        listed = zip(cohort.choices.mentee.tolist(), cohort.choices.mentor.tolist(), verdicts, strict=True)
        assert all(((mentee, mentor) in options) == (verdict == "") for mentee, mentor, verdict in listed), seed
        tally.update(verdicts)
    missing = {code for code in ("", "unknown_mentor", *ORDER) if not tally[code]}
    assert missing == set(), tally


@pytest.mark.parametrize(
    ("statuses", "may_repeat", "verdict"),
    [
        (("declined",), True, "refused"),
        (("refused",), True, "refused"),
        (("accepted",), False, ""),
        (("accepted", "past"), False, "past"),
        (("accepted", "past"), True, ""),
        (("past",), False, "past"),
        (("past", "locked"), False, ""),
        (("past", "declined"), False, "refused"),
    ],
)
def test_what_pairs_csv_says_of_a_pair_decides(statuses, may_repeat, verdict):
    """Whoever declines has refused; who accepts a pair again does not make it a new one, a lock does."""
    cohort = cohort_of(
        (person("a", "F", 1), person("b", "F", 1), person("m", "F", 4)),
        ("a m", "b m"),
        tuple(("a", "m", status) for status in statuses),
        {"past_pairs_may_repeat": may_repeat},
    )
    assert outcomes(cohort) == {("a", "m"): verdict, ("b", "m"): ""}

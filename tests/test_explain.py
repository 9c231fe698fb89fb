"""Every outcome and every reason, each with the smallest cohort that has it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from cohorts import Spec, build, only

from matcher.advice import Advice
from matcher.explain import Facts, explain_choices, explain_unmatched
from matcher.model import Outcome, Reason
from matcher.rules import judge
from matcher.solver import solve
from matcher.standing import Standing

FRAME = {"start": dt.date(2027, 3, 1), "end": dt.date(2027, 3, 5)}
ONE_HOUR = ("2027-03-01", "09:00", "10:00")
TUESDAY = ("2027-03-02", "09:00", "10:00")
NEVER_OF_M = tuple((f"2027-03-{day:02}", "", "") for day in range(1, 8))  # on leave for the whole week
NEVER = tuple(("m", *row) for row in NEVER_OF_M)
LEVEL = {"eligibility": {"cross_function_gap": 0, "same_function_gap": 0}}


def case(people, choices, *free, pairs=(), **sections):
    """A cohort of one week; `people` and `choices` are separated by commas."""
    programme = {"programme": FRAME, "sessions": {"month_rule": "none"}, **sections}
    people, choices = (tuple(part.strip() for part in text.split(",") if part) for text in (people, choices))
    return build(Spec(people, choices, tuple(free), pairs=pairs, programme=programme))


def outcomes(cohort):
    """Outcome of every choice, as `mentee mentor`."""
    ids, choices = cohort.employees.ids, cohort.choices
    listed = [f"{ids[m]} {mentor}" for m, mentor in zip(choices.mentee, choices.mentor_ids, strict=True)]
    return dict(zip(listed, solve(cohort).outcomes, strict=True))


def unmatched(cohort):
    return {cohort.employees.ids[mentee]: explained for mentee, explained in solve(cohort).unmatched.items()}


OUTCOMES = {
    "paired": (case("a F 1, m G 2", "a m"), "a m", "Paired"),
    "self": (case("a F 1", "a a"), "a a", "himself"),
    "unknown_mentor": (case("a F 1", "a gone"), "a gone", "employees.csv"),
    "forbidden": (case("a F 1, m G 2", "a m", pairs=(("a", "m", "forbidden"),)), "a m", "ruled this pair out"),
    "refused": (case("a F 1, m G 2", "a m", pairs=(("a", "m", "refused"),)), "a m", "refused to go on"),
    "past": (
        case("a F 1, m G 2", "a m", pairs=(("a", "m", "past"),), eligibility={"past_pairs_may_repeat": False}),
        "a m",
        "a pair before",
    ),
    "reverse_pair": (
        case("a F 1, b G 2", "a b, b a", pairs=(("b", "a", "locked"),)),
        "a b",
        "this person's own mentee",
    ),
    "does_not_mentor": (case("a F 1, m G 2 0", "a m"), "a m", "takes no mentees"),
    "line_manager": (
        build(
            Spec(
                ({"employee_id": "a", "function": "F", "level": 1, "manager_id": "m"}, "m G 2"),
                ("a m",),
                programme={"programme": FRAME, "eligibility": {"line_manager_may_mentor": False}},
            )
        ),
        "a m",
        "line manager",
    ),
    "same_function_gap": (
        case("a F 1, m F 2", "a m"),
        "a m",
        "own function stands at least 2 levels higher; this one stands 1 level higher.",
    ),
    "cross_function_gap": (
        case("a F 1, m G 1", "a m"),
        "a m",
        "another function stands at least 1 level higher; this one stands on the same level.",
    ),
    "no_common_time": (case("a F 1, m G 2", "a m", *NEVER), "a m", "No common free time for a schedule"),
    "other_choice_taken": (case("a F 1, m G 2, n G 2", "a m, a n"), "a n", "ranks at least as high"),
    "mentor_full": (case("a F 1, m G 2 1, b F 1", "a m", pairs=(("b", "m", "locked"),)), "a m", "went to others"),
    "schedule_conflict": (
        case("a F 1, m G 2, b F 1", "a m", *only("m", ONE_HOUR), pairs=(("b", "m", "locked"),)),
        "a m",
        "no time for it",
    ),
}


@pytest.mark.parametrize("code", get_args(Outcome))
def test_every_outcome(code):
    cohort, choice, words = OUTCOMES[code]
    explained = outcomes(cohort)[choice]
    assert explained.code == code
    assert words in explained.sentence


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ("a F 3, m F 1", "at least 2 levels higher; this one stands 2 levels lower."),
        ("a F 2, m G 1", "at least 1 level higher; this one stands 1 level lower."),
        ("a F 1, m F 1", "at least 2 levels higher; this one stands on the same level."),
    ],
)
def test_level_gaps_in_words(people, words):
    assert words in outcomes(case(people, "a m"))["a m"].sentence


# --- the first that applies ------------------------------------------------------------------------------


def test_the_reverse_of_a_chosen_pair_on_one_level():
    """Both want each other and may: one way is taken, the other is lost to it."""
    found = {
        choice: explained.code for choice, explained in outcomes(case("a F 1, b G 1", "a b, b a", **LEVEL)).items()
    }
    assert sorted(found.values()) == ["paired", "reverse_pair"]


def test_the_reverse_of_a_chosen_pair_comes_before_level_gaps():
    """What b lists breaks the level rule, too; but that a is his mentee applies first."""
    found = outcomes(case("a F 1, b G 2", "a b, b a"))
    assert found["a b"].code == "paired"
    assert found["b a"].code == "reverse_pair"


@pytest.mark.parametrize("status", ["forbidden", "refused", "past"])
def test_what_the_lead_said_comes_before_the_reverse_pair(status):
    cohort = case(
        "a F 1, b G 2", "a b, b a", pairs=(("b", "a", status),), eligibility={"past_pairs_may_repeat": False}
    )
    found = outcomes(cohort)
    assert found["a b"].code == "paired"
    assert found["b a"].code == status


def test_a_better_choice_comes_before_a_full_mentor():
    """Mentor n is full as well, but a has his first choice."""
    found = outcomes(case("a F 1, b F 1, m G 2, n G 2 1", "a m, a n", pairs=(("b", "n", "locked"),)))
    assert found["a n"].code == "other_choice_taken"


def test_a_worse_choice_taken_does_not_explain_the_loss_of_a_better_one():
    found = outcomes(case("a F 1, b F 1, m G 2 1, n G 2", "a m, a n", pairs=(("b", "m", "locked"),)))
    assert found["a m"].code == "mentor_full"
    assert found["a n"].code == "paired"


def test_an_equal_choice_taken_explains():
    programme = {"programme": FRAME, "sessions": {"month_rule": "none"}}
    spec = Spec(("a F 1", "m G 2", "n G 2"), (("a", 1, "m"), ("a", 1, "n")), programme=programme)
    found = outcomes(build(spec))
    assert sorted(explained.code for explained in found.values()) == ["other_choice_taken", "paired"]


def test_a_lock_explains_the_loss_of_a_first_choice():
    found = outcomes(case("a F 1, m G 2, n G 2", "a m, a n", pairs=(("a", "n", "locked"),)))
    assert found["a m"].code == "other_choice_taken"
    assert found["a n"].code == "paired"


def test_one_of_two_mentors_explains_nothing():
    """With a place left for a second mentor, a lost m because m is full, and has n all the same."""
    found = outcomes(
        case(
            "a F 1, b F 1, m G 2 1, n G 2",
            "a n, a m",
            pairs=(("b", "m", "locked"),),
            capacity={"mentors_per_mentee": 2},
        )
    )
    assert found["a n"].code == "paired"
    assert found["a m"].code == "mentor_full"


def test_two_mentors_explain_the_loss_of_a_third():
    cohort = case("a F 1, m G 2, n G 2, o G 2", "a m, a n, a o", capacity={"mentors_per_mentee": 2})
    assert [explained.code for explained in outcomes(cohort).values()] == [
        "paired",
        "paired",
        "other_choice_taken",
    ]


def test_an_unknown_mentor_is_never_taken_for_the_last_employee():
    """Mentee b lists nobody's id, next to the pair of a with the last person."""
    found = outcomes(case("a F 1, b F 1, z G 2", "a z, b gone"))
    assert found["a z"].code == "paired"
    assert found["b gone"].code == "unknown_mentor"


def test_choices_alike_share_one_word():
    """A company has a million of them."""
    gaps = outcomes(case("a F 1, b F 1, m F 2, n F 1", "a m, b m, a n"))
    assert gaps["a m"] is gaps["b m"]
    assert gaps["a m"].sentence != gaps["a n"].sentence


# --- mentees without a mentor ------------------------------------------------------------------------------


REASONS = {
    "no_eligible_choice": (case("a F 1, m G 1", "a m"), "a", "other choices are needed"),
    "no_common_time": (
        case("a F 1, m G 2", "a m", *NEVER),
        "a",
        "more free hours on either side, or other choices, would help",
    ),
    "mentors_full": (
        case("a F 1, m G 2 1, b F 1", "a m", pairs=(("b", "m", "locked"),)),
        "a",
        "in every pairing as good as this one their places go to others: one more place",
    ),
    "schedule_conflict": (
        case("a F 1, m G 2, b F 1", "a m", *only("m", ONE_HOUR), pairs=(("b", "m", "locked"),)),
        "a",
        "more free hours of that mentor or mentee would help",
    ),
    "draw": (case("a F 1, b F 1, m G 2 1", "a m, b m", goals={"seed": 7}), None, "the draw decided (seed 7)"),
}


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason(reason):
    cohort, mentee, words = REASONS[reason]
    found = unmatched(cohort)
    assert len(found) == 1
    assert mentee is None or list(found) == [mentee]
    (explained,) = found.values()
    assert explained.code == reason
    assert words in explained.sentence
    assert explained.sentence.endswith(".")


def test_causes_are_counted():
    """Three choices against two rules, the more frequent first."""
    cohort = case("a F 1, m F 2, n F 2, o G 2 0", "a o, a m, a n")
    assert unmatched(cohort)["a"].sentence == (
        "A rule stands against every choice (2 x own function, not enough levels higher; 1 x takes no mentees): "
        "other choices are needed."
    )


@pytest.mark.parametrize("reason", ["no_common_time", "mentors_full", "schedule_conflict"])
def test_choices_that_broke_a_rule_are_told_beside_the_reason(reason):
    cohort, _, _ = REASONS[reason]
    assert "broke a rule" not in unmatched(cohort)["a"].sentence
    people = cohort.employees
    itself = replace(
        cohort,
        choices=replace(
            cohort.choices,
            mentee=np.append(cohort.choices.mentee, 0),
            mentor=np.append(cohort.choices.mentor, 0),
            rank=np.append(cohort.choices.rank, 2),
            mentor_ids=(*cohort.choices.mentor_ids, people.ids[0]),
        ),
    )
    explained = unmatched(itself)["a"]
    assert explained.code == reason
    assert explained.sentence.startswith("1 choice would be allowed")
    assert explained.sentence.endswith("1 choice broke a rule (see choices.csv).")


def test_choices_without_common_time_are_told_beside_a_full_mentor():
    free = (*only("a", ONE_HOUR), *only("n", TUESDAY), *only("o", TUESDAY), ("p", "2027-03-01", "", ""))
    cohort = case(
        "a F 1, b F 1, m G 2 1, n G 2, o G 2, p G 2", "a m, a n, a o, a p", *free, pairs=(("b", "m", "locked"),)
    )
    explained = unmatched(cohort)["a"]
    assert explained.code == "mentors_full"
    assert explained.sentence.endswith("1 choice had no common free time. 2 choices had no common working hours.")


# --- no common working hours ----------------------------------------------------------------------------------


def working(zone, *rows, busy=(), **sections):
    """What is said of `a`, who works nine to six in Moscow, and her one choice `m`, who lives in this zone."""
    people = ("a F 1", {"employee_id": "m", "function": "G", "level": 2, "timezone": zone})
    programme = {
        "programme": FRAME | {"timezone": "Europe/Moscow"},
        "sessions": {"month_rule": "none"},
        **sections,
    }
    rows, busy = (tuple(("m", *row) for row in table) for table in (rows, busy))
    cohort = build(Spec(people, ("a m",), rows, busy, programme=programme))
    return outcomes(cohort)["a m"], unmatched(cohort).get("a")


SHIFTS = (
    ("mon", "18:00", "20:00"),
    ("tue", "18:00", "20:00"),
    ("thu", "05:00", "06:00"),
    ("thu", "07:00", "08:00"),
)
MOSCOW = "mon-fri 09:00-18:00 (Europe/Moscow)"


@pytest.mark.parametrize(
    ("zone", "rows", "hours"),
    [
        ("America/Los_Angeles", (), "mon-fri 09:00-18:00 (America/Los_Angeles)"),  # from eight in Moscow's evening
        ("Asia/Kamchatka", (), "mon-fri 09:00-18:00 (Asia/Kamchatka)"),  # nine hours ahead: they touch
        ("Europe/Moscow", (("sat", "10:00", "14:00"),), "sat 10:00-14:00 (Europe/Moscow)"),
        ("Europe/Moscow", SHIFTS, "mon-tue 18:00-20:00, thu 05:00-06:00 and 07:00-08:00 (Europe/Moscow)"),
        ("Europe/Moscow", (("mon", "17:16", "20:00"),), "mon 17:16-20:00 (Europe/Moscow)"),  # 44 minutes
        ("Europe/Moscow", (("mon", "17:05", "17:59"),), "mon 17:05-17:59 (Europe/Moscow)"),  # 45 not on the grid
        ("Europe/Moscow", (("mon", "", ""),), "never (Europe/Moscow)"),
        ("Europe/Moscow", (("mon", "", ""), ("2027-03-06", "09:00", "18:00")), "on single dates (Europe/Moscow)"),
        (
            "Europe/Moscow",
            (("mon", "18:00", "19:00"), ("2027-03-06", "09:00", "18:00")),
            "mon 18:00-19:00 and other hours on some dates (Europe/Moscow)",
        ),
    ],
)
def test_people_who_never_work_at_the_same_time(zone, rows, hours):
    choice, mentee = working(zone, *rows)
    assert choice.code == mentee.code == "no_common_time"
    assert choice.sentence == (
        f"No common working hours long enough for a session: the mentee works {MOSCOW}, the mentor {hours}."
    )
    assert mentee.sentence == (
        "1 choice would be allowed, but there are no common working hours with any: "
        "other hours on either side, or other choices, are needed."
    )


@pytest.mark.parametrize(
    ("zone", "rows", "busy", "sections"),
    [
        ("Europe/Moscow", (), (("2027-03-01", "2027-03-05"),), {}),
        ("Europe/Moscow", NEVER_OF_M, (), {}),
        ("Europe/Moscow", (("mon", "17:15", "20:00"),), (("2027-03-01T17:20", "2027-03-01T17:30"),), {}),
        ("Asia/Kamchatka", (("mon", "17:15", "18:45"),), (("2027-03-01", "2027-03-01"),), {}),
        ("Asia/Vladivostok", (), (("2027-03-01", "2027-03-05"),), {}),  # two hours, and then busy
        (
            "Europe/Moscow",
            (),
            (),
            {"calendar": {"days": [{"date": f"2027-03-0{day}", "kind": "off"} for day in range(1, 6)]}},
        ),
        (
            "Europe/Moscow",
            (("mon", "", ""), ("2027-03-03", "09:00", "18:00")),
            (("2027-03-03", "2027-03-03"),),
            {},
        ),
    ],
)
def test_people_whose_hours_meet_but_who_are_never_free_together(zone, rows, busy, sections):
    choice, mentee = working(zone, *rows, busy=busy, **sections)
    assert choice.code == mentee.code == "no_common_time"
    assert choice.sentence == "No common free time for a schedule that keeps the programme's rules."
    assert "none shares enough free time" in mentee.sentence
    assert "working hours" not in mentee.sentence


def test_some_choices_without_common_hours_and_some_without_common_time():
    rows = (*NEVER, *(("n", day, "18:00", "20:00") for day in ("mon", "tue")))
    explained = unmatched(case("a F 1, m G 2, n G 2, o F 1", "a m, a n, a o", *rows))["a"]
    assert explained.code == "no_common_time"
    assert explained.sentence.startswith(
        "2 choices would be allowed, but none shares enough free time for a schedule"
    )
    assert explained.sentence.endswith(
        " 1 choice had no common working hours. 1 choice broke a rule (see choices.csv)."
    )


def test_a_conflict_outweighs_full_mentors():
    """One choice is full, the other has a place but no hour left."""
    pairs = (("b", "m", "locked"), ("c", "n", "locked"))
    cohort = case("a F 1, b F 1, c F 1, m G 2 1, n G 2", "a m, a n", *only("n", ONE_HOUR), pairs=pairs)
    explained = unmatched(cohort)["a"]
    assert explained.code == "schedule_conflict"
    assert explained.sentence.startswith("2 choices would be allowed")


def test_everybody_with_a_mentor_needs_no_reason():
    assert unmatched(OUTCOMES["paired"][0]) == {}


# --- what is not proven is not claimed -----------------------------------------------------------------------


def facts(cohort, chosen=(), **known):
    """Facts of a cohort whose allowed pairs could all be scheduled; those at the places `chosen` were paired."""
    pairs, verdicts = judge(cohort)
    paired, possible = np.isin(np.arange(len(pairs)), chosen), np.ones(len(pairs), dtype=bool)
    nothing = np.zeros(len(pairs), dtype=bool)
    base = Facts(
        cohort, verdicts, pairs, paired, possible, drawn=(), drawn_known=False, proven=False,
        standing=Standing(nothing, nothing, ~nothing, nothing, nothing), groups=(),
    )  # fmt: skip
    return replace(base, **known)


def test_an_unproven_conflict():
    """Mentor m has a place and nobody knows whether there was time."""
    cohort = case("a F 1, m G 2", "a m")
    (outcome,) = explain_choices(facts(cohort))
    assert outcome.code == "schedule_conflict"
    assert "before it was settled" in outcome.sentence
    (proven,) = explain_choices(facts(cohort, proven=True))
    assert proven.code == "schedule_conflict"
    assert "before" not in proven.sentence


def test_without_proof_nobody_is_told_of_every_pairing():
    cohort = case("a F 1, b F 1, m G 2 1", "a m, b m")
    for known in (True, False):
        told = facts(cohort, chosen=[1], drawn_known=known)
        explained = explain_unmatched(told, explain_choices(told), {}, {0: Advice("", ())})[0]
        assert explained.code == "mentors_full"
        assert ("in every pairing as good as this one" in explained.sentence) == known


def test_a_mentee_without_any_choice():
    cohort = case("a F 1, b F 1, m G 2", "b m")
    cohort = replace(cohort, mentees=np.array([0, 1]))
    assert unmatched(cohort)["a"].sentence == "No mentor was chosen: at least one choice is needed."

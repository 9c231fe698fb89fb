"""Outcomes, standings and suggestions, row by row."""

import dataclasses
from types import SimpleNamespace

import pytest
from check_tables import (
    FIRST,
    PAIR,
    at,
    claims,
    hours,
    iso,
    outcomes_of,
    paired,
    past_at,
    repair_of,
    table_of,
)
from cohorts import Spec, build, only
from test_check_bounds import FRAME

from matcher.check_diary import Diary
from matcher.check_outcomes import Outcomes, check_choices, check_unmatched, possible_reasons
from matcher.check_rules import Roster
from matcher.check_standing import Standing
from matcher.check_suggestions import Colleagues, Names, People
from matcher.check_timetable import Timetable

# --- outcomes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "goes_on"),
    [
        ({}, True),
        ({"employees": ("m F 5", "a F 1", "n F 5 0")}, False),  # n takes no mentees any more
        ({"pairs": (("a", "n", "forbidden"),)}, False),
        ({"availability": only("n", ("2027-01-11", "09:00", "10:00"))}, False),
        ({"choices": ("a m", "a n")}, False),  # it is listed, and stands among the choices
    ],
)
def test_a_pair_that_is_not_listed_any_more_may_go_on_where_rules_and_calendars_let_it(changes, goes_on):
    spec = {"employees": ("m F 5", "a F 1", "n F 5"), "choices": ("a m",), **changes}
    cohort = build(Spec(**spec, programme={"programme": FRAME, "sessions": {"minimum": 2}}))
    past = past_at(10, a_n=[at(20), at(40)])
    past.agreed[0, 2] = past.pairs["a", "n"]
    timetable = Timetable(Roster(cohort), [(0, 2)], (), past)
    assert Outcomes(timetable, {}, Diary(())).unlisted() == [(0, 2)] * goes_on
    assert outcomes_of(cohort).unlisted() == []


@pytest.mark.parametrize(
    ("rank", "locked", "goes_on", "code"),
    [
        (3, False, False, "schedule_conflict"),  # the choice would be better
        (2, False, False, "other_choice_taken"),
        (3, True, False, "other_choice_taken"),
        (3, False, True, "other_choice_taken"),
        (None, False, False, "other_choice_taken"),  # what is not listed has no rank that could be worse
    ],
)
def test_a_choice_is_lost_to_a_pair_that_is_no_worse(rank, locked, goes_on, code):
    people = ("m F 5", "n F 5", "a F 1")
    choices = (("a", 2, "m"), *([("a", rank, "n")] if rank else []))
    roster = Roster(build(Spec(employees=people, choices=choices, programme={"programme": FRAME})))
    found = paired(roster, "a", "n", at(10), locked=locked)
    past = past_at(5, a_n=[at(10)]) if goes_on else None
    if past:
        past.agreed[0, 2] = past.pairs["a", "n"]
    timetable = Timetable(roster, [found.pair], (), past)
    outcomes = Outcomes(timetable, {found.pair: found}, Diary([found]))
    assert outcomes.codes[0] == code
    improved = "the pair could take the place of the mentee's pair at rank 3: a schedule exists beside all other"
    assert outcomes.improves(roster.choices[0]).startswith(improved) == (code == "schedule_conflict")


def test_what_a_choice_is_lost_to_is_told_by_the_first_thing_that_is_full():
    people = ("m F 5 1", "n F 5 1", "a F 1", "b F 1")
    cohort = build(Spec(employees=people, choices=("a m", "b m", "b n"), programme={"programme": FRAME}))
    assert outcomes_of(cohort).codes == ["schedule_conflict"] * 3
    assert outcomes_of(cohort, ("a", "m", [at(20)])).codes == ["paired", "mentor_full", "schedule_conflict"]
    both = outcomes_of(cohort, ("a", "m", [at(20)]), ("b", "n", [at(21)]))
    assert both.codes == ["paired", "mentor_full", "paired"]
    first = outcomes_of(cohort, ("b", "m", [at(20)]))
    assert first.codes == ["mentor_full", "paired", "other_choice_taken"]
    assert [first.is_possible(choice) for choice in range(3)] == [True] * 3


def test_a_choice_with_places_left_could_be_added_where_a_schedule_exists():
    cohort = hours((20, "09:00", "09:45"))
    outcomes = outcomes_of(cohort)
    said = "the pair could be added: a schedule exists beside all other sessions"
    assert outcomes.improves(outcomes.roster.choices[0]) == said
    people = (*PAIR, "b F 1")
    busy = build(
        Spec(
            employees=people,
            choices=("a m", "b m"),
            availability=only("m", ("2027-01-31", "09:00", "09:45")),
            programme={"programme": FRAME, "sessions": {"month_rule": "none"}},
        )
    )
    taken = outcomes_of(busy, ("b", "m", [at(20)]))
    assert taken.improves(taken.roster.choices[0]) == ""


@pytest.mark.parametrize(
    ("codes", "reasons"),
    [
        ((), ("no_eligible_choice",)),
        (("past", "self", "reverse_pair"), ("no_eligible_choice",)),
        (("past", "no_common_time"), ("no_common_time",)),
        (("no_common_time", "mentor_full"), ("mentors_full", "draw")),
        (("mentor_full", "schedule_conflict", "no_common_time"), ("schedule_conflict", "draw")),
    ],
)
def test_a_mentee_has_no_mentor_for_a_reason_that_follows_from_the_choices(codes, reasons):
    assert possible_reasons(codes) == reasons


# --- choices and who has no mentor ----------------------------------------------------------------------------


LISTS = Spec(
    employees=("a F 1", "b F 1", "m F 5 1", "n F 5"),
    choices=("a m", "a n", "b m", "b '=x", "b =x"),
    programme={"programme": FRAME},
)

TRUE = (
    ("a", "m", "1", "paired", "so"),
    ("a", "n", "2", "other_choice_taken", "so"),
    ("b", "m", "1", "mentor_full", "so"),
    ("b", "''=x", "2", "unknown_mentor", "so"),
    ("b", "'=x", "3", "unknown_mentor", "so"),
)

ONE_PAIR = (("a", "m", [at(20)]),)


def choices_of(*rows, proven=True, pairs=ONE_PAIR, spec=LISTS):
    table = table_of("choices.csv", ("mentee_id", "mentor_id", "rank", "outcome", "detail"), *rows)
    lines = check_choices(table, outcomes_of(build(spec), *pairs), proven=proven)
    return lines, list(map(str, table.violations))


def test_every_choice_has_its_row():
    assert choices_of(*TRUE) == ({0: 2, 1: 3, 2: 4, 3: 5, 4: 6}, [])
    order = "the rows must be sorted by mentee_id, rank, mentor_id: this one belongs further up"
    assert choices_of(TRUE[1], TRUE[0], *TRUE[2:])[1] == [f"choices.csv, line 3: {order}"]
    assert choices_of(*TRUE[:2], *TRUE[3:])[1] == ["choices.csv: the choice of m by b is missing"]
    twice = choices_of(*TRUE, TRUE[4])[1]
    assert twice == ["choices.csv, line 7, mentor_id: the choice already stands on line 6"]
    strange = "no such choice is listed in preferences.csv"
    for who in ("a", "z"):
        found = choices_of(*TRUE, (who, "z", "1", "paired", "so"))[1]
        assert found == [f"choices.csv, line 7, mentor_id: {strange}"]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (2, "2", "rank: '2' must be 1, as listed"),
        (3, "draw", "outcome: 'draw' must be mentor_full"),
        (4, " ", "detail: the detail is empty"),
    ],
)
def test_every_cell_of_a_choice_follows(column, cell, said):
    row = [*TRUE[2]]
    row[column] = cell
    assert choices_of(*TRUE[:2], tuple(row), *TRUE[3:])[1] == [f"choices.csv, line 4, {said}"]


def test_a_choice_that_could_be_added_is_told_where_pairs_are_proven():
    rows = (*TRUE[:2], ("b", "m", "1", "schedule_conflict", "so"))
    roomy = dataclasses.replace(
        LISTS, employees=("a F 1", "b F 1", "m F 5 2", "n F 5"), choices=("a m", "a n", "b m")
    )
    said = (
        "the pair could be added: a schedule exists beside all other sessions, so pairs or ranks are not optimal"
    )
    assert choices_of(*rows, spec=roomy)[1] == [f"choices.csv, line 4, outcome: {said}"]
    assert choices_of(*rows, spec=roomy, proven=False)[1] == []
    missing = ["choices.csv: the choice of m by b is missing", f"choices.csv: {said}"]
    assert choices_of(*rows[:2], spec=roomy)[1] == missing


def unmatched_of(*rows, spec=LISTS, pairs=ONE_PAIR):
    table = table_of("unmatched.csv", ("mentee_id", "name", "reason", "explanation"), *rows)
    outcomes = outcomes_of(build(spec), *pairs)
    check_unmatched(table, outcomes, [tuple(map(outcomes.roster.person.get, pair[:2])) for pair in pairs])
    return list(map(str, table.violations))


def test_every_mentee_without_a_mentor_has_a_row():
    row = ("b", "", "mentors_full", "so")
    assert unmatched_of(row) == unmatched_of(("b", "", "draw", "so")) == []
    assert unmatched_of() == ["unmatched.csv: b has no mentor, but no row here"]
    assert unmatched_of(row, row) == ["unmatched.csv, line 3, mentee_id: the mentee already stands on line 2"]
    for who in ("c", "m"):
        found = unmatched_of(row, (who, "", "draw", "so"))
        assert found == [f"unmatched.csv, line 3, mentee_id: '{who}' is no mentee without a mentor"]
    assert unmatched_of(("a", "", "draw", "so"), row) == [
        "unmatched.csv, line 2, mentee_id: 'a' is no mentee without a mentor"
    ]
    both = (("a", "", "draw", "so"), ("b", "", "draw", "so"))
    order = "the rows must be sorted by mentee_id: this one belongs further up"
    assert unmatched_of(*both, pairs=()) == []
    assert unmatched_of(*both, ("z", "", "draw", "so"), pairs=()) == [
        "unmatched.csv, line 4, mentee_id: 'z' is no mentee without a mentor"
    ]
    assert unmatched_of(*both[::-1], pairs=()) == [f"unmatched.csv, line 3: {order}"]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (1, "Bo", "name: 'Bo' must be an empty cell"),
        (2, "no_common_time", "reason: 'no_common_time' must be mentors_full or draw"),
        (3, " ", "explanation: the explanation is empty"),
        (3, "There are No Common Working Hours.", "explanation: the sentence may not speak of 'no common working"),
    ],
)
def test_every_cell_of_a_mentee_without_a_mentor_follows(column, cell, said):
    row = ["b", "", "draw", "so"]
    row[column] = cell
    (fault,) = unmatched_of(tuple(row))
    assert fault.startswith(f"unmatched.csv, line 2, {said}")


def test_hours_that_never_meet_are_told():
    free = (*only("a", (iso(21), "09:00", "10:00")), *only("m", (iso(21), "10:00", "11:00")))
    spec = Spec(employees=("a F 1", "m F 5"), choices=("a m",), availability=free, programme={"programme": FRAME})
    said = "they have no common working hours"
    row = ("a", "m", "1", "no_common_time")
    assert choices_of((*row, said), spec=spec, pairs=())[1] == []
    must = "the sentence must speak of 'no common working hours'"
    assert choices_of((*row, "so"), spec=spec, pairs=())[1] == [f"choices.csv, line 2, detail: {must}"]
    reason = ("a", "", "no_common_time")
    assert unmatched_of((*reason, said), spec=spec, pairs=()) == []
    assert unmatched_of((*reason, "so"), spec=spec, pairs=()) == [f"unmatched.csv, line 2, explanation: {must}"]


@pytest.mark.parametrize(("hours_liked", "told"), [("10:00-12:00", 0), ("10:00-13:44", 0), ("10:00-13:45", 1)])
def test_preferred_hours_are_those_of_both_clocks(hours_liked, told):
    """In Moscow it is three hours later: from 10:00 UTC on both like it, until their own 13:45 there."""
    people = ("a F 1", {"employee_id": "m", "function": "F", "level": "5", "timezone": "Europe/Moscow"})
    rules = {"month_rule": "none", "number": 1}
    spec = Spec(
        employees=people,
        choices=("a m",),
        programme={"programme": FRAME, "sessions": rules, "calendar": {"preferred_hours": hours_liked}},
    )
    assert len(claims(build(spec), ("a", "m", [at(21, "14:00")]))) == told


def test_a_decision_that_forbids_says_nothing_of_who_ended_a_pair():
    past = past_at(20, a_m=[at(5), at(30)])
    repair = repair_of(past, pairs=(("a", "m", "forbidden"),))
    pair = repair.pair_of(("a", "m"))
    decisions = repair.roster.cohort.decisions
    decisions[pair] = dataclasses.replace(decisions[pair], by="mentor", since=FIRST + 9)
    (row,) = repair.ended()
    assert (row[6], row[10], row[11]) == (iso(19), "forbidden", "")
    assert repair.figures()["ended"] == {"forbidden": 1}


# --- standing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "stated", "said"),
    [
        ("out", "every", "'every' must be none: rules or calendars keep the two apart"),
        ("out", "none", ""),
        ("out", "", "'' must be none: rules or calendars keep the two apart"),
        ("broken", "every", ""),  # that the pair of the run breaks a rule has been said
        ("broken", "never", "'never' must be every, some or none"),
        ("locked", "every", ""),
        ("locked", "some", "'some' must be every: the pair is locked"),
        ("locked", "", "'' must be every: the pair is locked"),
    ],
)
def test_the_standing_of_a_pair_that_is_not_free(pair, stated, said):
    place = {"out": (0, 1), "broken": (0, 2), "locked": (0, 3)}[pair]
    candidates = SimpleNamespace(place={(0, 3): 0}, locked=[True])
    for by_places in (None, ["some"]):
        standing = Standing(candidates, by_places, {(0, 2): None, (0, 3): None}, may_lack=True)
        assert standing.fault(place, stated) == said
        assert standing.rests == 0


@pytest.mark.parametrize(
    ("known", "stated", "here", "said", "rests"),
    [
        ("every", "every", True, "", 0),
        ("every", "", True, "'' must be every, as the prices in certificate.json show", 0),
        ("every or unknown", "", True, "", 0),
        ("none or unknown", "some", False, "'some' must be none, as the prices in certificate.json show", 0),
        ("some", "some", True, "", 0),
        ("some", "every", True, "", 1),
        ("some", "none", False, "", 1),
        ("some", "none", True, "'none', but the two are paired here", 0),
        ("some", "every", False, "'every', but the two are not paired here", 0),
        ("some", "", False, "", 0),
        (None, "some", False, "", 1),
        (None, "", False, "", 1),
    ],
)
def test_the_standing_of_a_pair_follows_from_prices_or_rests_on_schedules(known, stated, here, said, rests):
    word, *unknown = (known or "").split(" or ")
    candidates, pairs = SimpleNamespace(place={(0, 1): 0}, locked=[False]), {(0, 1): None} if here else {}
    standing = Standing(candidates, [word] if word else None, pairs, may_lack=bool(unknown))
    assert (standing.fault((0, 1), stated), standing.rests) == (said, rests)


# --- suggestions ----------------------------------------------------------------------------------------------


def colleagues(*pairs, **changes):
    people = ("a F 1", "b F 2", "i F 3 2", "j F 3 2", "k F 4 1", "l F 5 9", "m G 2 1")
    rules = {"programme": FRAME, "capacity": {"mentees_per_mentor": 9}}
    spec = {"employees": people, "choices": ("a l",), "programme": rules}
    roster = Roster(build(Spec(**spec | changes)))
    return roster, Colleagues(roster, [tuple(roster.person[who] for who in pair.split()) for pair in pairs])


def names(roster, people):
    return "".join(roster.ids[person] for person in people)


def test_colleagues_are_suggested_by_gap_then_load_then_id():
    roster, found = colleagues()
    a, b = (roster.person[who] for who in "ab")
    assert names(roster, found.first(a)) == "mijk"  # l is listed
    assert names(roster, found.first(b)) == "kl"  # of those in the same function who stand two levels higher
    roster, found = colleagues("b i", "m k")
    assert names(roster, found.first(a)) == "mji"  # k is full
    order = [found.order(a, roster.person[who]) for who in "ikm"]
    assert order == [(2, 1, roster.person["i"]), (3, 1, roster.person["k"]), (1, 0, roster.person["m"])]


@pytest.mark.parametrize(
    ("changes", "pairs", "may"),
    [
        ({}, (), True),
        ({}, ("b k",), False),  # full
        ({"choices": ("a k",)}, (), False),
        ({"choices": ("a l",), "pairs": (("a", "k", "refused"),)}, (), False),
        ({}, ("k a",), False),  # the other way round
        ({}, ("k b",), True),
    ],
)
def test_whom_a_mentee_may_be_told_of(changes, pairs, may):
    roster, found = colleagues(*pairs, **changes)
    assert found.may(roster.person["a"], roster.person["k"]) is may


def test_eight_colleagues_are_tried():
    people = ("a F 1", *(f"x{number:02} F 3" for number in range(12)))
    roster, found = colleagues(employees=people, choices=("a x00",))
    assert [roster.ids[one] for one in found.first(0)] == [f"x{number:02}" for number in range(1, 9)]


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("", []),
        ("Ann (a)", [0]),
        ("=Bob (b)", [1]),
        ("'=Bob (b)", [1]),
        ("'=Bob (b); Ann (a)", [1, 0]),
        ("Ann (a); '=Bob (b)", None),
        ("''=Quo (q)", [4]),
        ("'Ann (a)", None),
        ("Cy; Jr. (c); Ann (a)", [2, 0]),
        ("Ann (a); Cy; Jr. (c); Dee (d)", [0, 2, 3]),
        ("Ann (a); Cy; Jr. (c); Dee (d); Ann (a)", None),  # three at most
        ("Ann (a);Dee (d)", None),
        ("Ann (a); ", None),
        ("Ann", None),
        ("=Dee (d)", None),
        ("'X=1 (x)", None),
        ("X=1 (x)", [5]),
    ],
)
def test_people_are_read_by_name_and_id(cell, people):
    labels = ["Ann (a)", "=Bob (b)", "Cy; Jr. (c)", "Dee (d)", "'=Quo (q)", "X=1 (x)"]
    roster = SimpleNamespace(ids="abcdqx", label=labels.__getitem__)
    assert Names(roster).read(cell) == people


def test_those_without_a_mentor_may_be_told_of_others():
    people = ("a F 1", "b F 1", "c F 1", "m F 5 1", "n F 5", "o F 5", "p F 5 0")
    spec = Spec(employees=people, choices=("a m", "b n"), programme={"programme": FRAME})
    roster = Roster(build(spec))
    pair = roster.person["a"], roster.person["m"]
    unmatched = table_of("unmatched.csv", ("mentee_id", "suggestions"), ("b", "c; p"), ("b", "nobody"))
    found = People(roster, [pair], unmatched)
    assert names(roster, sorted(found.unmatched)) == "b"
    assert names(roster, sorted(found.named)) == "cop"  # o could be named, c and p are
    assert names(roster, sorted(People(roster, [], unmatched).unmatched)) == "ab"

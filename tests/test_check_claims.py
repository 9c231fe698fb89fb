"""What a run claims to be the best: where one comparison decides."""

import pytest
from check_tables import (
    PAIR,
    PROVEN,
    QUARTER,
    at,
    claims,
    hours,
    iso,
    on_days,
    outcomes_of,
    paired,
    past_at,
    table_of,
)
from cohorts import Spec, build, only
from test_check_bounds import FRAME

from matcher.check_claims import proven_goals
from matcher.check_classes import Classes
from matcher.check_diary import Diary
from matcher.check_prices import check_prices, columns
from matcher.check_rules import Roster

# --- claims ---------------------------------------------------------------------------------------------------


def test_a_goal_is_proven_where_it_is_called_optimal():
    goals = [{"name": "pairs", "status": "optimal"}, {"name": "rank", "status": "feasible"}, "mentees"]
    assert proven_goals({"goals": goals}) == {"pairs"}
    assert proven_goals({"goals": {"name": "pairs", "status": "optimal"}}) == proven_goals({}) == set()


def test_pairs_that_are_new_in_a_rematch_hold_as_many_sessions_as_they_can():
    cohort = hours((20, "09:00", "09:45"), (30, "09:00", "09:45"))
    plan = ("a", "m", [at(20)])
    (fault,) = claims(cohort, plan)
    assert fault == "called optimal, but a and m could hold 2 sessions instead of 1 with all others as they are"
    past = past_at(10)
    assert claims(cohort, plan, past=past) == [fault]
    past.agreed[1, 0] = past.agreed[0, 1] = past_at(10, a_m=[at(20)]).pairs["a", "m"]
    assert claims(cohort, plan, past=past) == []  # more sessions of a pair that goes on might move those planned


def test_nothing_better_is_claimed_where_rules_leave_no_dates_at_all():
    cohort = hours((20, "09:00", "09:45"), sessions={"minimum": 8, "min_days_between": 14})
    assert claims(cohort, ("a", "m", [at(20)])) == []


@pytest.mark.parametrize("missing", ["mentees", "pairs", "rank", "sessions"])
def test_nothing_is_claimed_where_a_goal_before_is_not_proven(missing):
    cohort = hours((20, "09:00", "09:45"), (30, "09:00", "09:45"))
    assert len(claims(cohort, ("a", "m", [at(20)]), proven=PROVEN - {"minutes", "preferred"})) == 1
    assert claims(cohort, ("a", "m", [at(20)]), proven=PROVEN - {missing}) == []


@pytest.mark.parametrize(
    ("number", "held", "better"),
    [("most", 2, 3), ("most", 3, None), ("fewest", 2, 1), ("fewest", 1, None), (2, 1, 2), (2, 3, 2), (2, 2, None)],
)
def test_a_better_number_of_sessions_is_named(number, held, better):
    cohort = hours(*((day, "09:00", "09:45") for day in (20, 30, 40)), sessions={"number": number})
    found = claims(cohort, ("a", "m", [at(day) for day in (20, 30, 40)[:held]]))
    assert [fault.partition(" could hold ")[2].split()[0] for fault in found] == [str(better)] * bool(better)


@pytest.mark.parametrize(
    ("end", "other", "longer"),
    [
        ("10:00", None, True),
        ("09:59", None, False),  # their hours end before the longer session
        ("11:00", "10:00", True),  # its end is the start of the next one
        ("11:00", "09:59", False),
    ],
)
def test_a_session_that_could_be_longer_is_named(end, other, longer):
    cohort = hours((20, "09:00", end), sessions={"minutes": [60, 45], "grid_minutes": 1, "max_per_day": 0})
    slots = [at(20), *([at(20, other)] if other else [])]
    found = [fault for fault in claims(cohort, ("a", "m", slots)) if "longer" in fault and "line 21 " in fault]
    assert found == ["called optimal, but the session on line 21 of sessions.csv could be longer"] * longer
    assert not any("longer" in one for one in claims(cohort, ("a", "m", slots), proven=PROVEN - {"minutes"}))


@pytest.mark.parametrize(("before", "after", "longer"), [(10, 10, True), (9, 10, False), (10, 9, False)])
def test_a_longer_session_leaves_the_pause(before, after, longer):
    people = ("m F 5", "a F 1", "b F 1")
    rules = {"minutes": [60, 45], "grid_minutes": 1, "pause_minutes": 10, "month_rule": "none"}
    cohort = build(
        Spec(employees=people, choices=("a m", "b m"), programme={"programme": FRAME, "sessions": rules})
    )
    start, _ = at(21)
    others = [(start - before - 60, start - before), (start + 60 + after, start + 120 + after)]
    found = claims(cohort, ("a", "m", [(start, start + 45)]), ("b", "m", others))
    assert any("line 21 " in fault for fault in found) == longer


WAVES = {"programme": {"engagement": "as-needed"}, "sessions": {"number": 3, "min_days_between": 1}}


@pytest.mark.parametrize(
    ("clocks", "whole", "waves"),
    [
        (("09:00", "10:00", "10:00"), [21], [21]),
        (("10:00", "10:00", "09:00"), [23], []),  # the engagement would end later
        (("10:00", "09:00", "10:00"), [22], [22]),
        (("11:00", "10:00", "10:00"), [21], []),  # it would begin earlier
        (("10:00", "10:00", "11:00"), [23], [23]),
        (("10:00", "10:00", "10:00"), [], []),
    ],
)
def test_a_session_that_could_be_in_preferred_hours_is_named(clocks, whole, waves):
    """They like 10:00 to 10:45; where engagements last as long as needed, theirs may not grow for it."""
    windows = [(day, "09:00", "11:45") for day in (21, 22, 23)]
    plan = ("a", "m", [at(day, clock) for day, clock in zip((21, 22, 23), clocks, strict=True)])
    liked = {"preferred_hours": "10:00-10:45"}
    for lines, sections in ((whole, {}), (waves, WAVES)):
        cohort = hours(*windows, calendar=liked, **sections)
        expected = [
            f"called optimal, but the session on line {line} of sessions.csv could be in the preferred hours "
            "of both on its date"
            for line in lines
        ]
        assert claims(cohort, plan) == expected
        assert claims(cohort, plan, proven=PROVEN - {"minutes"}) == expected  # all are of one length
        assert claims(cohort, plan, proven=PROVEN - {"preferred"}) == []
    assert (
        claims(cohort, (*plan[:2], plan[2][:2]), proven=PROVEN - {"preferred"}) == []
    )  # nothing but the number wanted is allowed


def test_preferred_hours_come_after_the_lengths_where_there_are_several():
    cohort = hours(
        (21, "09:00", "11:45"), calendar={"preferred_hours": "10:00-10:45"}, sessions={"minutes": [45, 30]}
    )
    assert len(claims(cohort, ("a", "m", [at(21)]))) == 1
    assert claims(cohort, ("a", "m", [at(21)]), proven=PROVEN - {"minutes"}) == []
    near = hours((21, "09:00", "11:00"), calendar={"preferred_hours": "10:00-10:45"})
    assert len(claims(near, ("a", "m", [at(21, "09:30")]))) == 1  # its own time is no obstacle
    late = hours((21, "14:00", "14:45"), calendar={"preferred_hours": "10:00-10:45"})
    assert claims(late, ("a", "m", [at(21, "14:00")])) == []
    (fault,) = claims(cohort, ("a", "m", []))  # without sessions there is nothing to move
    assert "could hold 1 sessions instead of 0" in fault


@pytest.mark.parametrize(("other", "free"), [("10:55", True), ("10:54", False), ("09:05", True), ("09:06", False)])
def test_a_move_into_preferred_hours_leaves_the_pause(other, free):
    rules = {"pause_minutes": 10, "grid_minutes": 1, "month_rule": "none"}
    spec = Spec(
        employees=("m F 5", "a F 1", "b F 1"),
        choices=("a m", "b m"),
        programme={
            "programme": FRAME,
            "sessions": rules,
            "calendar": {"preferred_hours": "10:00-10:45", "working_hours": "09:00-18:00", "lunch": ""},
        },
    )
    found = claims(build(spec), ("a", "m", [at(21, "14:00")]), ("b", "m", [at(21, other)]))
    assert any("line 21 " in fault for fault in found) == free


# --- claims about one of the two ------------------------------------------------------------------------------


@pytest.mark.parametrize(("whose", "until", "told"), [("a", "10:59", 0), ("m", "10:59", 0), ("a", "11:00", 1)])
def test_a_move_into_preferred_hours_needs_both_for_the_whole_session(whose, until, told):
    """The session of an hour could begin at 10:00; one of the two is free for the shortest length alone."""
    windows = {who: [(iso(21), "10:00", "11:00"), (iso(21), "14:00", "15:00")] for who in "am"}
    windows[whose][0] = (iso(21), "10:00", until)
    spec = Spec(
        employees=PAIR,
        choices=("a m",),
        availability=tuple(row for who in "am" for row in only(who, *windows[who])),
        programme={
            "programme": FRAME,
            "sessions": {"month_rule": "none", "minutes": [60, 45]},
            "calendar": {"preferred_hours": "10:00-11:00"},
        },
    )
    found = claims(build(spec), ("a", "m", [at(21, "14:00", 60)]))
    assert len([fault for fault in found if "preferred" in fault]) == told


@pytest.mark.parametrize(("whose", "until", "told"), [("a", "09:59", 0), ("m", "09:59", 0), ("a", "10:00", 1)])
def test_a_longer_session_needs_both(whose, until, told):
    windows = {who: [(iso(21), "09:00", until if who == whose else "10:00")] for who in "am"}
    rules = {"month_rule": "none", "minutes": [60, 45]}
    availability = tuple(row for who in "am" for row in only(who, *windows[who]))
    spec = Spec(
        employees=PAIR,
        choices=("a m",),
        availability=availability,
        programme={"programme": FRAME, "sessions": rules},
    )
    assert len(claims(build(spec), ("a", "m", [at(21)]))) == told


@pytest.mark.parametrize(("most", "missing"), [(0, 1), (1, None), (7, 1)])
def test_where_weeks_have_limits_nobody_tells_how_many_sessions_are_missing(most, missing):
    timetable = on_days((20, "09:00", "09:45"), sessions={"max_per_week": most, "minimum": 2})
    assert timetable.least_missing((0, 1), Diary(())) == missing


def test_prices_go_on_after_a_row_that_is_none():
    roster = Roster(build(QUARTER))
    names = columns(Classes())
    rows = (("sessions.number", "", *[""] * 7), ("eligibility.same_function_gap", "", "3", "1", "0", "0", "", "0"))
    table = table_of("prices.csv", names, *((*row, *["optimal"] * (9 - len(row))) for row in rows))
    check_prices(table, roster, [], proven=True)
    assert [violation.line for violation in table.violations] == [2, 3, 3]


@pytest.mark.parametrize(
    ("level", "code", "apart"), [(5, "no_common_time", True), (1, "same_function_gap", False)]
)
def test_hours_are_the_reason_only_where_no_rule_is(level, code, apart):
    free = (*only("a", (iso(21), "09:00", "10:00")), *only("m", (iso(21), "10:00", "11:00")))
    spec = Spec(
        employees=("a F 1", f"m F {level}"), choices=("a m",), availability=free, programme={"programme": FRAME}
    )
    outcomes = outcomes_of(build(spec))
    assert (outcomes.codes, outcomes.hours_apart(0), outcomes.is_possible(0)) == ([code], apart, False)


def test_a_pair_of_the_run_that_breaks_a_rule_was_not_possible():
    people = ("a F 1", "m F 1", "n F 5")
    outcomes = outcomes_of(
        build(Spec(employees=people, choices=("a m", "a n"), programme={"programme": FRAME})),
        *(("a", mentor, [at(day)]) for mentor, day in (("m", 21), ("n", 22))),
    )
    assert outcomes.codes == ["paired"] * 2
    assert [outcomes.is_possible(choice) for choice in range(2)] == [False, True]


def test_of_pairs_that_are_no_choice_only_a_lock_has_no_rank():
    people = ("a F 1", "b F 1", "m F 5", "n F 5")
    pairs = (("a", "n", "forbidden"), ("b", "m", "locked"))
    roster = Roster(build(Spec(employees=people, choices=("a m",), pairs=pairs, programme={"programme": FRAME})))
    found = [paired(roster, "b", "m", at(21), locked=True)]
    names = columns(Classes())
    figures = ("0", "0", "", "0", "optimal"), ("-1", "-1", "", "-1", "optimal")

    def faults(first, second):
        rows = (("forbidden", "a with n", "forbidden", "", *first), ("locked", "b with m", "locked", "", *second))
        table = table_of("prices.csv", names, *rows)
        check_prices(table, roster, found, proven=True)
        return [(one.line, one.column) for one in table.violations if "in their order" not in one.message]

    assert faults(*figures) == []
    assert faults(("1", "1", "", "1", "optimal"), figures[1]) == [(2, "ranks")]
    assert faults(figures[0], ("0", "0", "", "0", "optimal")) == [(3, "ranks")]


def test_a_pair_of_the_run_without_common_time_was_not_possible():
    free = (*only("a", (iso(21), "09:00", "10:00")), *only("m", (iso(21), "10:00", "11:00")))
    spec = Spec(employees=PAIR, choices=("a m",), availability=free, programme={"programme": FRAME})
    outcomes = outcomes_of(build(spec), ("a", "m", [at(21)]))
    assert (outcomes.codes, outcomes.is_possible(0)) == (["paired"], False)


def test_a_choice_that_is_lost_to_the_reverse_pair_was_possible():
    rules = {"programme": FRAME, "eligibility": {"same_function_gap": 0}}
    cohort = build(Spec(employees=("a F 1", "m F 1"), choices=("a m", "m a"), programme=rules))
    outcomes = outcomes_of(cohort, ("m", "a", [at(21)]))
    assert outcomes.codes == ["reverse_pair", "paired"]
    assert [outcomes.is_possible(choice) for choice in range(2)] == [True, True]


@pytest.mark.parametrize("status", ["forbidden", "refused", "past"])
def test_what_pairs_say_comes_before_the_reverse_pair(status):
    rules = {"programme": FRAME, "eligibility": {"same_function_gap": 0, "past_pairs_may_repeat": False}}
    pairs = (("a", "m", status),)
    cohort = build(Spec(employees=("a F 1", "m F 1"), choices=("a m", "m a"), pairs=pairs, programme=rules))
    assert outcomes_of(cohort, ("m", "a", [at(21)])).codes == [status, "paired"]


@pytest.mark.parametrize("places", [0, 1])
def test_the_reverse_pair_comes_before_places_and_levels(places):
    people = (f"m F 1 {places}", "a F 5")
    cohort = build(Spec(employees=people, choices=("a m", "m a"), programme={"programme": FRAME}))
    assert outcomes_of(cohort, ("m", "a", [at(21)])).codes == ["reverse_pair", "paired"]

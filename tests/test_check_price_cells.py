"""Prices of rules, cell by cell."""

import pytest
from check_tables import at, paired, table_of
from cohorts import Spec, build
from test_check_bounds import FRAME

from matcher.check_classes import Classes
from matcher.check_prices import _rules, check_prices, columns
from matcher.check_rules import Roster
from matcher.programme import Programme


def priced(*, proven=True, goals=None, number="most", classes=True, what="eligibility.same_function_gap", **cells):
    """The faults of prices.csv with one row; a and c are paired with m, at ranks 1 and 2, with three sessions."""
    people = [{"employee_id": who, "function": "F", "level": "1", "priority": "0"} for who in "abc"]
    people[2]["priority"] = str(2 * classes)
    rules = {"programme": FRAME, "goals": goals or {}, "sessions": {"number": number}}
    spec = Spec(
        employees=(*people, "m F 5"),
        choices=("a m", "b m", ("c", 2, "m")),
        pairs=(("c", "m", "locked"),) if what == "locked" else (),
        programme=rules,
    )
    roster = Roster(build(spec))
    names = columns(Classes(roster.cohort))
    row = {"what": what, "now": "2", "relaxed": "1", "mentees": "0", "pairs": "0", "sessions": "0"}
    row |= {"status": "optimal"} | cells
    table = table_of("prices.csv", names, tuple(row.get(name, "") for name in names))
    pairs = [paired(roster, who, "m", *slots) for who, slots in (("a", [at(1), at(20)]), ("c", [at(2)]))]
    check_prices(table, roster, pairs, proven=proven)
    return list(map(str, table.violations))


NOTHING = {"mentees": "", "pairs": "", "sessions": ""}

WORSE = "prices.csv, line 2, mentees: the answer is worse than the run's although less is asked of it"


@pytest.mark.parametrize("status", ["no_solution", "impossible"])
@pytest.mark.parametrize("column", ["mentees", "pairs", "priority", "ranks", "sessions"])
def test_where_there_is_no_answer_nothing_changes(status, column):
    assert priced(status=status, **NOTHING) == []
    said = f"prices.csv, line 2, {column}: '0' must be an empty cell: the status is {status}"
    assert priced(status=status, **NOTHING | {column: "0"}) == [said]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({}, None),
        ({"mentees": "1", "pairs": "1", "priority": "0/0:+1", "ranks": "1:+1"}, None),
        ({"mentees": "1", "pairs": "1", "priority": "2/0:+1", "ranks": "1:+1"}, None),
        ({"priority": "2/0:+1 0/0:-1"}, None),
        ({"priority": "0/0:-1 2/0:+1"}, "priority: '0/0:-1 2/0:+1' is no change of classes"),
        ({"priority": "1/0:+1 0/0:-1"}, "priority: '1/0:+1 0/0:-1' is no change of classes"),
        ({"priority": "2/0:1 0/0:-1"}, "priority: '2/0:1 0/0:-1' is no change of classes"),
        ({"priority": "2/0:+1 2/0:-1"}, "priority: '2/0:+1 2/0:-1' is no change of classes"),
        ({"priority": "2/0:+1"}, "priority: '2/0:+1' are not 0 more mentees"),
        ({"priority": "2/0:-1 0/0:+1"}, WORSE),  # the first class loses one
        ({"priority": "2/0:-1 0/0:+1", "status": "feasible"}, None),
        ({"mentees": "1", "pairs": "1", "priority": "2/0:-1 0/0:+2", "ranks": "1:+1"}, None),
        ({"mentees": "-1", "priority": "0/0:-1"}, WORSE),
        ({"pairs": "-1", "ranks": "1:-1"}, WORSE),
        ({"ranks": "1:-1 2:+1"}, WORSE),
        ({"ranks": "1:+1 2:-1"}, None),
        ({"mentees": "2", "priority": "0/0:+2"}, "mentees: 2 cannot be: the run has 2"),
        ({"mentees": "-2", "priority": "0/0:-2"}, WORSE),
        ({"sessions": "-3"}, WORSE),
        ({"sessions": "-4"}, "sessions: -4 cannot be: the run has 3"),
    ],
)
def test_what_a_rule_costs_adds_up(cells, said):
    found = priced(**cells)
    if said is None:
        assert found == []
    else:
        assert found[0].endswith(said)
        assert len([fault for fault in found if fault != WORSE]) == (said != WORSE)
    if said is WORSE:
        assert priced(proven=False, **cells) == []


@pytest.mark.parametrize("column", ["mentees", "pairs", "priority", "ranks", "sessions"])
def test_a_change_that_cannot_be_read_is_told_alone(column):
    (fault,) = priced(**{column: "x"})
    assert fault.startswith(f"prices.csv, line 2, {column}: 'x' is no ")
    (fault,) = priced(**{column: "x", "status": "feasible"})
    (first, second) = priced(**{column: "x", "status": "maybe"})
    assert (first, second) == (
        "prices.csv, line 2, status: 'maybe' must be one of optimal, feasible, no_solution, impossible",
        fault,
    )


def test_costs_that_stay_are_no_gain():
    assert priced(goals={"rank": "min-cost"}, sessions="-1") == [WORSE]
    assert priced(goals={"rank": "min-cost"}, sessions="1") == []


def test_who_is_no_mentee_without_a_lock_is_missing_in_his_class_alone():
    lock = {"what": "locked", "subject": "c with m", "now": "locked", "relaxed": "", "priority": "2/0:-1"}
    found = priced(**lock, pairs="-1", ranks="2:-1")
    assert [fault for fault in found if "in their order" not in fault] == []


def test_without_a_lock_the_run_may_be_worse_and_one_pair_has_no_rank():
    lock = {"what": "locked", "subject": "c with m", "now": "locked", "relaxed": ""}
    text = priced(classes=False, **lock)
    assert any("must be all rules in their order" in fault for fault in text)
    worse = {"mentees": "-1", "pairs": "-1", "ranks": "2:-1", "sessions": "-1"}
    found = priced(classes=False, **lock | worse)
    assert [fault for fault in found if "in their order" not in fault] == []
    found = priced(classes=False, **lock | worse | {"ranks": ""})
    assert [fault for fault in found if "in their order" not in fault] == [
        "prices.csv, line 2, ranks: '' are not -1 more pairs with a rank"
    ]


@pytest.mark.parametrize(("number", "worse"), [("most", ["-1"]), ("fewest", ["1"]), (2, [])])
def test_more_sessions_are_better_or_worse_as_the_programme_wants(number, worse):
    assert [change for change in ("1", "0", "-1") if priced(number=number, sessions=change)] == worse


@pytest.mark.parametrize(
    ("kind", "ranks", "said"),
    [
        ("greedy", "1:-1 2:+1", WORSE),
        ("greedy", "1:+1 2:-1", None),
        ("generous", "1:-1 2:+1", WORSE),
        ("generous", "1:+1 2:-1", None),
        ("min-cost", "", None),
        ("min-cost", "-1", None),
        ("min-cost", "1", WORSE),
        ("min-cost", "0", "ranks: '0' is no change of ranks"),
        ("min-cost", "1:+1 2:-1", "ranks: '1:+1 2:-1' is no change of ranks"),
        ("generous", "-1", "ranks: '-1' is no change of ranks"),
        ("generous", "1:+1  2:-1", "ranks: '1:+1  2:-1' is no change of ranks"),
        ("generous", "1:-2 2:+2", "ranks: '1:-2 2:+2' is no change of ranks"),  # one pair has that rank
        ("generous", "1:+1 3:-1", "ranks: '1:+1 3:-1' is no change of ranks"),
        ("generous", "2:-1", "ranks: '2:-1' are not 0 more pairs with a rank"),
    ],
)
def test_changes_of_ranks_are_weighed_as_the_programme_weighs_them(kind, ranks, said):
    found = priced(goals={"rank": kind}, ranks=ranks)
    assert len(found) == (said is not None)
    assert all(fault.endswith(said) for fault in found)


@pytest.mark.parametrize(
    ("hours", "relaxed"),
    [
        ("09:00-22:59", ["09:00-23:59"]),
        ("09:00-23:00", ["09:00-24:00"]),
        ("09:00-23:59", ["09:00-24:00"]),
        ("09:00-24:00", []),
        ("14:00-18:00, 09:00-13:00", ["09:00-13:00, 14:00-19:00"]),
    ],
)
def test_the_working_day_ends_an_hour_later_up_to_midnight(hours, relaxed):
    programme = Programme.model_validate({"programme": FRAME, "calendar": {"working_hours": hours}})
    found = [then for key, _, then in _rules(programme) if key == "calendar.working_hours"]
    assert found == relaxed


@pytest.mark.parametrize(("most", "relaxed"), [(1, "2"), (999, "1000"), (1000, None)])
def test_there_is_a_price_of_one_more_mentee_up_to_a_thousand(most, relaxed):
    programme = Programme.model_validate({"programme": FRAME, "capacity": {"mentees_per_mentor": most}})
    found = {key: (now, then) for key, now, then in _rules(programme)}
    assert found.get("capacity.mentees_per_mentor") == (relaxed and (str(most), relaxed))

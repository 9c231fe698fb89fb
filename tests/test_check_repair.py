"""What a rematch says of each pair and each session: reasons, moves, endings, figures."""

import dataclasses

import pytest
from check_tables import (
    FIRST,
    QUARTER,
    at,
    iso,
    past_at,
    repair_of,
    staff,
    table_of,
    told,
)
from cohorts import only
from test_check_bounds import FRAME, compared

from matcher.check_past import ENDED
from matcher.check_repair import CHANGES, HELD, MOVES, _check_moves, check_repair


def test_what_has_ended_stands_by_ids_then_by_its_first_day():
    past = past_at(20)
    rows = [
        ("b", "", "m", "", "1", "2027-01-13", "2027-01-14", "0", "", "", "refused", "mentee", "2027-01-15"),
        ("a", "Ann", "m", "", "1", "2027-01-20", "", "0", "", "", "refused", "mentee", "2027-01-15"),
        ("a", "Bea", "m", "", "1", "2027-01-12", "2027-01-18", "1", "", "", "refused", "mentee", "2027-01-15"),
        ("a", "Zoe", "=l", "", "1", "2027-01-25", "", "0", "", "", "refused", "mentee", "2027-01-15"),
    ]
    past.ended = list(rows)
    found = repair_of(past).ended()
    assert [(row[0], row[2], row[5]) for row in found] == [
        ("a", "'=l", "2027-01-25"),
        ("a", "m", "2027-01-12"),
        ("a", "m", "2027-01-20"),
        ("b", "m", "2027-01-13"),
    ]
    assert found[1:] == [rows[2], rows[1], rows[0]]


@pytest.mark.parametrize(
    ("changes", "reason", "by", "end"),
    [
        ({}, "schedule", "", 19),
        ({"pairs": (("a", "m", "refused"),)}, "refused", "", 19),
        ({"last": {"a": 12}}, "left", "mentee", 12),
        ({"last": {"m": 19}}, "left", "mentor", 19),
        ({"last": {"m": 20}}, "schedule", "", 19),
        ({"last": {"a": 12, "m": 11}}, "left", "both", 11),
        ({"last": {"a": 12, "m": 20}}, "left", "mentee", 12),
        ({"gone": "a"}, "left", "mentee", 19),
        ({"gone": "am"}, "left", "both", 19),
        ({"gone": "a", "last": {"m": 11}}, "left", "both", 11),
        ({"last": {"m": -1}}, "left", "mentor", None),
    ],
)
def test_an_ended_pair_is_on_record_with_its_end(changes, reason, by, end):
    past = past_at(20, a_m=[at(5), at(12), at(30)])
    people = [
        dict(zip(("employee_id", "function", "level"), one.split()[:3], strict=True)) for one in QUARTER.employees
    ]
    for who, day in changes.pop("last", {}).items() if "last" in changes else ():
        next(row for row in people if row["employee_id"] == who)["last_day"] = iso(day)
    gone = changes.pop("gone", "") if "gone" in changes else ""
    choices = tuple(choice for choice in QUARTER.choices if not set(gone) & set(choice.split()))
    kept = tuple(row for row in people if row["employee_id"] not in gone)
    pairs = tuple(row[:3] for row in changes.get("pairs", ()))
    (row,) = repair_of(past, employees=kept, choices=choices, pairs=pairs).ended()
    last = "" if end is None else iso(end)
    held = ("2", iso(5), iso(12))
    assert row == ("a", "", "m", "", "1", iso(0), last, *held, reason, by, iso(20))


@pytest.mark.parametrize("status", ["refused", "declined"])
def test_who_ended_it_and_when_is_as_decided(status):
    def ended(**said):
        past = past_at(20, a_m=[at(5), at(30)])
        repair = repair_of(past, pairs=(("a", "m", status),))
        pair = repair.pair_of(("a", "m"))
        decisions = repair.roster.cohort.decisions
        decisions[pair] = dataclasses.replace(decisions[pair], **said)
        (row,) = repair.ended()
        assert repair.figures()["ended"] == {status: 1}
        return row[6], row[11]

    assert ended() == (iso(19), "")
    assert ended(by="mentor", since=FIRST + 9) == (iso(9), "mentor")
    assert ended(by="mentee", since=FIRST + 25) == (iso(19), "mentee")
    assert ended(since=FIRST) == (iso(0), "")
    assert ended(since=FIRST - 1) == ("", "")


@pytest.mark.parametrize(
    ("pairs", "changes", "reason"),
    [
        ((), {}, "schedule"),
        ((), {"choices": ("b n",)}, "schedule"),  # nobody lists him any more
        ((), {"availability": only("m", (iso(5), "09:00", "10:00"))}, "rule"),  # they have no common time
        ((), {"employees": ("a F 1", "b F 1", "c F 1", "m F 2 1", "n F 5 2")}, "rule"),
        ((), {"choices": ("b n",), "employees": ("a F 1", "b F 1", "c F 1", "m F 2 1", "n F 5 2")}, "rule"),
        ((("c", "m", [at(30)]),), {}, "schedule"),  # a new pair gives way to those that go on
        ((("c", "m", [at(30)], "locked"),), {}, "lock"),
        ((("a", "n", [at(30)], "locked"),), {}, "lock"),
        ((("b", "m", [at(30)]),), {"agreed": "b_m"}, "capacity"),
        ((("a", "n", [at(30)]),), {"agreed": "a_n"}, "capacity"),
        ((("c", "m", [at(30)]),), {"end_pairs": "for-more-mentees"}, "for_others"),
        ((("a", "n", [at(30)]),), {"end_pairs": "for-more-mentees"}, "for_others"),
        ((("b", "n", [at(30)]),), {"end_pairs": "for-more-mentees"}, "schedule"),
        ((("c", "m", [at(30)], "locked"),), {"end_pairs": "for-more-mentees"}, "lock"),
        ((("m", "n", [at(30)], "locked"),), {}, "schedule"),  # whom he is mentored by takes none of his places
        ((("b", "a", [at(30)], "locked"),), {}, "schedule"),
    ],
)
def test_why_a_pair_of_the_plan_does_not_go_on(pairs, changes, reason):
    past = past_at(20, a_m=[at(5), at(30)], **{ids: [at(30)] for ids in changes.get("agreed", "").split()})
    rules = {"programme": FRAME, "rematch": {"end_pairs": changes.get("end_pairs", "forced")}}
    spec = {name: changes[name] for name in ("availability", "choices", "employees") if name in changes}
    repair = repair_of(past, *pairs, programme=rules, **spec)
    assert repair.over == {("a", "m"): reason}
    assert (repair.figures()["ended"], repair.figures()["ended_for_others"]) == (
        {reason: 1},
        reason == "for_others",
    )


@pytest.mark.parametrize(
    ("own", "other", "reason"),
    [
        ([at(5), at(30)], [at(6), at(40)], "capacity"),
        ([at(30), at(40)], [at(6), at(40)], "schedule"),  # one that has not begun may have its turn later
        ([at(5), at(30)], [at(30), at(40)], "schedule"),
        ([at(5), at(9)], [at(6), at(40)], "schedule"),  # it has all its sessions
        ([at(5), at(30)], [at(6), at(20, "00:00")], "capacity"),
        ([at(5), at(30)], [at(6), at(19)], "schedule"),  # the other is over
    ],
)
def test_where_engagements_last_as_long_as_needed_those_who_have_begun_are_in_the_way(own, other, reason):
    past = past_at(20, a_m=own, b_m=other)
    rules = {"programme": {**FRAME, "engagement": "as-needed"}, "sessions": {"number": 2, "min_days_between": 1}}
    repair = repair_of(past, ("b", "m", other), programme=rules, choices=("a m", "b m"))
    assert repair.over == {("a", "m"): reason}


def test_a_mentee_has_as_many_mentors_as_he_may_whenever_they_meet():
    past = past_at(20, a_m=[at(30), at(40)], a_n=[at(50), at(60)])
    rules = {"programme": {**FRAME, "engagement": "as-needed"}, "sessions": {"number": 2, "min_days_between": 1}}
    repair = repair_of(past, ("a", "n", [at(50), at(60)]), programme=rules, choices=("a m", "a n"))
    assert repair.over == {("a", "m"): "capacity"}


def test_how_many_sessions_a_mentee_wants_tells_whether_he_has_had_all():
    past = past_at(20, a_m=[at(5), at(9), at(30)], b_m=[at(6), at(40)])
    people = ({"employee_id": "a", "function": "F", "level": "1", "sessions_wanted": "3"}, "b F 1", "m F 5 1")
    rules = {"programme": {**FRAME, "engagement": "as-needed"}, "sessions": {"number": 2, "min_days_between": 1}}
    repair = repair_of(
        past, ("b", "m", [at(6), at(40)]), programme=rules, choices=("a m", "b m"), employees=people
    )
    assert repair.over == {("a", "m"): "capacity"}


def going_on(planned, now, *others, **changes):
    past = past_at(20, a_m=planned)
    repair = repair_of(past, ("a", "m", now), *others, **changes)
    return repair.fates["a", "m"]


def changed(fate):
    """Each session that is otherwise: its number and day before and now, and why."""
    return [
        (
            *(None if one is None else (one[0], one[1][0] // 1440 - FIRST) for one in (move.before, move.now)),
            move.reason,
        )
        for move in fate.moves
    ]


def test_sessions_that_start_as_planned_stay_and_the_others_are_matched_in_order():
    plan = [at(5), at(30), at(45), at(60)]
    fate = going_on(plan, plan)
    assert (fate.change, fate.kept, fate.moves, fate.reason) == ("kept", 3, (), "")
    fate = going_on(plan, [at(5), at(31), at(45), at(61)])
    assert (fate.change, fate.kept, fate.reason) == ("moved", 1, "rules")
    assert changed(fate) == [((2, 30), (2, 31), "rules"), ((4, 60), (4, 61), "rules")]
    fate = going_on(plan, [at(5), at(30), at(60)])
    assert (fate.change, fate.kept) == ("moved", 2)
    assert changed(fate) == [((3, 45), None, "rules")]
    fate = going_on(plan, [at(5), at(30), at(38), at(45), at(60)])
    assert (fate.kept, changed(fate)) == (3, [(None, (3, 38), "added")])
    assert fate.reason == "added"
    fate = going_on(plan, [at(5), at(45), at(60), at(75)])
    assert (fate.kept, changed(fate)) == (2, [((2, 30), (4, 75), "rules")])
    fate = going_on(plan, [at(5), at(30), at(45, minutes=60), at(60)])
    assert (fate.kept, changed(fate)) == (2, [((3, 45), (3, 45), "rules")])  # it is longer
    mixed = going_on(plan, [at(5), at(60), at(45), at(30)])
    assert (mixed.change, mixed.kept, mixed.moves) == ("kept", 3, ())  # rows may stand in another order
    assert going_on([at(5), at(20, "00:00")], [at(5), at(20, "00:00")]).change == "kept"
    fate = going_on(plan, [at(5)])
    assert (fate.change, fate.kept, [move.change for move in fate.moves]) == ("moved", 0, ["cancelled"] * 3)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "rules"),
        ({"busy": (("a", "2027-02-10T09:44", "2027-02-10T10:00"),)}, "not_free"),
        ({"busy": (("m", "2027-02-10T08:00", "2027-02-10T09:01"),)}, "not_free"),
        ({"busy": (("a", "2027-02-10T09:45", "2027-02-10T10:00"),)}, "rules"),
        ({"last": {"m": 29}}, "not_free"),
        ({"last": {"m": 30}}, "rules"),
        ({"first": {"a": 31}}, "not_free"),
        ({"first": {"a": 30}}, "rules"),
        ({"other": ("c", "m", at(30, "09:54"))}, "made_room"),
        ({"other": ("c", "m", at(30, "09:55"))}, "rules"),  # a pause after it
        ({"other": ("c", "m", at(30, "08:06"))}, "made_room"),
        ({"other": ("c", "m", at(30, "08:05"))}, "rules"),
        ({"other": ("c", "n", at(30, "09:00"))}, "rules"),
    ],
)
def test_what_stands_in_the_way_of_a_session_as_planned(changes, reason):
    others = [(who, whom, [slot]) for who, whom, slot in [changes[name] for name in changes if name == "other"]]
    rules = {"programme": FRAME, "sessions": {"pause_minutes": 10 if others else 0, "grid_minutes": 1}}
    spec = {"busy": changes.get("busy", ()), "employees": staff(changes.get("first"), changes.get("last"))}
    fate = going_on([at(30), at(60)], [at(31), at(60)], *others, **spec, programme=rules)
    assert changed(fate) == [((1, 30), (1, 31), reason)]


def test_a_session_that_ends_at_midnight_is_on_the_date_before():
    rows = [(who, iso(day), "22:00", "24:00") for who in "am" for day in (30, 31)]
    planned, now = [at(30, "23:15"), at(60)], [at(30, "22:00"), at(60)]
    for last, reason in ((30, "rules"), (29, "not_free")):
        fate = going_on(planned, now, availability=tuple(rows), employees=staff(last={"m": last}))
        assert fate.moves[0].reason == reason


RULES = {"month_rule": "both", "min_days_between": 14, "grid_minutes": 15}


def could_stay(planned, now, *, moved=0, sessions=None, frame=None, **changes):
    """Whether a planned session that is otherwise could stay, with the others as they are now."""
    rules = {"programme": FRAME | (frame or {}), "sessions": RULES | (sessions or {})}
    past = past_at(20, a_m=planned)
    repair = repair_of(past, ("a", "m", now), programme=rules, **changes)
    return repair.could_stay(repair.fates["a", "m"].moves[moved])


@pytest.mark.parametrize(
    ("planned", "now", "stays"),
    [
        ([30, 58, 86], [31, 58, 86], True),
        ([30, 58, 86], [31, 44, 72], True),  # two weeks before the next one
        ([30, 58, 86], [31, 43, 71], False),
        ([30, 58, 74], [31, 44, 72], True),
        ([30, 58, 86], [30, 57, 71], False),
        ([19, 33, 60, 80], [19, 34, 60, 80], True),
        ([19, 32, 60, 80], [19, 33, 60, 80], False),  # within two weeks of the one that was held
        ([19, 49, 70], [19, 47, 70], False),  # a month and a day after that
        ([19, 48, 70], [19, 47, 70], True),
        ([20, 48, 70], [21, 48, 70], True),
        ([31, 58, 86], [30, 58, 86], True),  # the first is due within a month of the first day
        ([51, 58, 86], [30, 58, 86], False),
        ([30, 58, 76], [30, 58, 77], True),
        ([30, 50], [30, 60], False),  # then March would be without a session
    ],
)
def test_a_session_could_stay_where_dates_allow_it(planned, now, stays):
    assert could_stay(list(map(at, planned)), list(map(at, now))) is stays


@pytest.mark.parametrize(
    ("slot", "changes", "stays"),
    [
        (at(30), {}, True),
        (at(30, "09:15"), {}, True),
        (at(30, "09:10"), {}, False),  # off the grid
        (at(30, minutes=30), {}, False),
        (at(30, minutes=30), {"sessions": {"minutes": [45, 30]}}, True),
        (at(30), {"pairs": (("a", "m", "past", "2027-01-27"),)}, True),  # 14 days before
        (at(30), {"pairs": (("a", "m", "past", "2027-01-28"),)}, False),
    ],
)
def test_a_session_could_stay_where_rules_allow_its_time(slot, changes, stays):
    assert could_stay([slot, at(58), at(86)], [at(31), at(58), at(86)], **changes) is stays


def test_the_last_session_could_stay_until_the_last_day():
    for last, stays in ((77, True), (76, False)):
        people = staff(last={"m": last})
        assert could_stay([at(30), at(58), at(77)], [at(30), at(58), at(72)], moved=0, employees=people) is stays


@pytest.mark.parametrize(
    ("planned", "now", "stays"),
    [
        ([19, 40, 60], [19, 41, 60], True),
        ([19, 40, 60], [19, 40, 59], False),  # his place is free earlier now
        ([19, 40, 60], [19, 40, 61], True),
        ([30, 45, 60], [31, 45, 60], False),  # it would begin earlier
        ([30, 45, 60], [29, 45, 60], True),
        ([19, 40, 60], [19, 41, 60, 75], False),  # one more than there are to be
        ([19, 33, 47], [19, 34, 47], True),  # nothing is due after the last
        ([45, 60, 75], [44, 60, 75], True),  # nor before the first
        ([19, 49, 63], [19, 48, 63], False),
        ([30, 45, 80], [30, 46, 75], False),  # the last would be more than a month after it
        ([30, 65, 80], [30, 58, 80], False),  # more than a month after the first
        ([0, 32, 60], [0, 30, 60], False),
        ([0, 31, 59], [0, 30, 59], True),
    ],
)
def test_a_session_could_stay_where_an_engagement_gets_no_longer(planned, now, stays):
    rules = {"number": 3}
    slots = list(map(at, planned)), list(map(at, now))
    assert could_stay(*slots, sessions=rules, frame={"engagement": "as-needed"}) is stays


@pytest.mark.parametrize(
    ("planned", "now", "stays"),
    [
        ("09:15", "09:00", True),
        ("09:00", "09:15", False),  # it would begin a quarter of an hour earlier
        ("09:45", "10:00", False),
    ],
)
def test_an_engagement_may_not_begin_minutes_earlier(planned, now, stays):
    slots = [at(30, planned), at(45), at(60)], [at(30, now), at(45), at(60)]
    assert could_stay(*slots, sessions={"number": 3}, frame={"engagement": "as-needed"}) is stays
    slots = [at(19), at(45), at(60, now)], [at(19), at(45), at(60, planned)]
    assert could_stay(*slots, sessions={"number": 3}, frame={"engagement": "as-needed"}) is stays


@pytest.mark.parametrize(
    ("planned", "now"),
    [
        ([at(30), at(45), at(60)], [at(30, minutes=60), at(45), at(60)]),  # it begins as it did
        ([at(30), at(45), at(60)], [at(30), at(45), at(60, "08:45", 60)]),  # it ends as it did
    ],
)
def test_an_engagement_may_begin_and_end_as_it_does_now(planned, now):
    rules = {"number": 3, "minutes": [60, 45]}
    assert could_stay(planned, now, sessions=rules, frame={"engagement": "as-needed"})


@pytest.mark.parametrize(("first", "stays"), [(30, True), (31, False)])
def test_a_session_could_stay_from_the_first_day_of_who_is_still_to_join(first, stays):
    past = past_at(20, a_m=[at(30), at(58), at(86)])
    past.pairs["a", "m"].start = FIRST + 30
    rules = {"programme": FRAME, "sessions": RULES}
    repair = repair_of(
        past, ("a", "m", [at(31), at(58), at(86)]), programme=rules, employees=staff(first={"a": first})
    )
    assert repair.could_stay(repair.fates["a", "m"].moves[0]) is stays


def test_a_session_that_is_new_was_never_planned():
    past = past_at(20, a_m=[at(30)])
    repair = repair_of(past, ("a", "m", [at(30), at(58)]))
    assert repair.date_of(at(30, "23:30")) == iso(30)
    (move,) = repair.fates["a", "m"].moves
    assert (move.change, repair.could_stay(move)) == ("new", False)


@pytest.mark.parametrize(
    ("now", "rules", "said"),
    [
        ([31, 58, 86], {}, ["called optimal, but a and m could meet as planned on 2027-02-10"]),
        ([30, 58, 86], {}, []),
        ([31, 58, 86], {"max_per_day": 1}, []),
        ([31, 58, 86], {"max_per_week": 2}, []),
        ([31, 58, 86], {"minutes": 30}, []),
    ],
)
def test_where_the_fewest_moves_are_proven_none_could_stay_out(now, rules, said):
    past = past_at(20, a_m=[at(30), at(58), at(86)], c_n=[at(60)])
    programme = {"programme": FRAME, "sessions": RULES | rules}
    repair = repair_of(past, ("a", "m", list(map(at, now))), ("b", "n", [at(32)]), programme=programme)
    table = table_of("summary.json", ())
    _check_moves(table, repair)
    assert told(table) == said
    assert {violation.column for violation in table.violations} <= {"goals, moved"}


def a_repair():
    """a goes on with m with one session moved, b with n as planned, c and n end, c gets m; x has left."""
    past = past_at(20, a_m=[at(5), at(30), at(58)], b_n=[at(6), at(44)], c_n=[at(7), at(31)], x_n=[at(8), at(32)])
    past.pairs["x", "n"].names = ("=Xen", "Nora")
    past.held["c", "m"] = [at(3), at(2)]
    return repair_of(
        past, ("a", "m", [at(5), at(33), at(58)]), ("b", "n", [at(6), at(44)]), ("c", "m", [at(34), at(62)])
    )


def write_tables(folder, repair):
    """Write the four tables of a rematch as they must be, and say what summary.json must say."""
    tables = {"changes": (CHANGES, repair.changes()), "moves": (MOVES, repair.moves())}
    tables |= {"ended": (ENDED, repair.ended()), "held": (HELD, repair.held())}
    for name, (titles, rows) in tables.items():
        lines = "".join(",".join(row) + "\n" for row in (titles, *rows))
        (folder / f"{name}.csv").write_text(lines, "utf-8-sig")
    repair.past.said = repair.figures()


def test_of_three_rows_of_one_key_each_must_be_there():
    row, other = ("a", "m", "ended"), ("b", "m", "new")
    assert compared([row] * 3, [row] * 3) == []
    assert compared([row] * 2, [row] * 3) == ["a row is missing: a, m"]
    assert compared([row] * 2, [row]) == ["the row stands already on line 2"]
    assert compared([row, (*other[:2], "kept")], [row, other]) == ["'kept' must be 'new'"]
    assert compared([row] * 4, [row] * 3) == ["the row stands already on line 2"]
    assert (
        compared([row, other, row, row], [row] * 3 + [other])[0]
        == "the rows stand in another order than they should"
    )


def test_the_tables_of_a_rematch_are_as_they_must_be(tmp_path):
    repair, violations = a_repair(), []
    write_tables(tmp_path, repair)
    check_repair(tmp_path, repair, violations, proven=False)
    assert violations == []
    repair.past.said = repair.figures() | {"new": 2}
    check_repair(tmp_path, repair, violations, proven=False)
    assert list(map(str, violations)) == ["summary.json, rematch, new: 2 must be 1"]


def test_rows_that_are_missing_are_named_by_what_tells_them_apart(tmp_path):
    repair, violations = a_repair(), []
    write_tables(tmp_path, repair)
    for name in ("changes", "moves", "ended", "held"):
        path = tmp_path / f"{name}.csv"
        path.write_text("".join(path.read_text("utf-8-sig").splitlines(keepends=True)[:-1]), "utf-8-sig")
    check_repair(tmp_path, repair, violations, proven=True)
    assert list(map(str, violations)) == [
        "changes.csv: a row is missing: x, n",
        f"moves.csv: a row is missing: c, m, new, {iso(62)}T09:00+00:00",
        f"ended.csv: a row is missing: x, n, {iso(0)}",
        f"held.csv: a row is missing: x, n, {iso(8)}T09:00+00:00",
        "summary.json, goals, moved: called optimal, but a and m could meet as planned on 2027-02-10",
    ]
    path = tmp_path / "moves.csv"
    path.write_text("".join(path.read_text("utf-8-sig").splitlines(keepends=True)[:1]), "utf-8-sig")
    violations.clear()
    check_repair(tmp_path, repair, violations, proven=False)
    first = f"{iso(30)}T09:00+00:00, {iso(33)}T09:00+00:00"
    assert f"moves.csv: a row is missing: a, m, moved, {first}" in list(map(str, violations))


def test_a_pair_that_may_not_go_on_is_over_though_the_run_has_it():
    past = past_at(20, a_m=[at(5), at(30)])
    repair = repair_of(past, ("a", "m", [at(5), at(30)]), pairs=(("a", "m", "refused"),))
    assert repair.over == {("a", "m"): "refused"}


def test_a_lock_is_named_where_it_takes_one_of_several_places():
    past = past_at(20, a_n=[at(5), at(30)], b_n=[at(30)])
    repair = repair_of(past, ("b", "n", [at(30)]), ("c", "n", [at(40)], "locked"))
    assert repair.over == {("a", "n"): "lock"}


def test_the_end_of_a_pair_has_nothing_to_do_with_others():
    past = past_at(20, x_m=[at(5), at(30)])
    (row,) = repair_of(past, employees=staff(last={"n": 3, "a": 4})).ended()
    assert (row[0], row[6], row[10], row[11]) == ("x", iso(19), "left", "mentee")


def test_moves_stand_by_the_time_at_which_they_start():
    past = past_at(20, a_m=[at(30, minutes=60), at(60)], b_n=[at(30), at(31)], c_n=[at(29, minutes=60)])
    found = [(row[0], row[3], row[4][:10]) for row in repair_of(past).moves()]
    assert found == [
        ("c", "1", iso(29)),
        ("a", "1", iso(30)),  # of those that start together the ids tell, not the ends
        ("b", "1", iso(30)),
        ("b", "2", iso(31)),
        ("a", "2", iso(60)),
    ]


def test_a_session_that_something_stands_against_is_not_said_to_stay():
    past = past_at(20, a_m=[at(30), at(58), at(86)])
    busy = (("a", "2027-02-10T09:00", "2027-02-10T10:00"),)
    rules = {"programme": FRAME, "sessions": RULES}
    repair = repair_of(past, ("a", "m", [at(31), at(58), at(86)]), busy=busy, programme=rules)
    table = table_of("summary.json", ())
    _check_moves(table, repair)
    assert told(table) == []


def test_a_repair_is_told_row_by_row():
    repair = a_repair()

    def when(*days):
        return tuple(f"{iso(day)}T{clock}+00:00" for day in days for clock in ("09:00", "09:45"))

    assert repair.changes() == [
        ("a", "", "m", "", "moved", "1", "1", "0", "0", "rules", "cause"),
        ("b", "", "n", "", "kept", "1", "0", "0", "0", "", ""),
        ("c", "", "m", "", "new", "0", "0", "0", "2", "lost_mentor", "cause"),
        ("c", "", "n", "", "ended", "0", "0", "1", "0", "schedule", "cause"),
        ("x", "'=Xen", "n", "", "ended", "0", "0", "1", "0", "left", "cause"),
    ]
    assert repair.moves() == [
        ("a", "m", "moved", "2", *when(30), "2", *when(33), "rules", "cause"),
        ("c", "n", "cancelled", "2", *when(31), "", "", "", "pair_ended", "cause"),
        ("x", "n", "cancelled", "2", *when(32), "", "", "", "pair_ended", "cause"),
        ("c", "m", "new", "", "", "", "1", *when(34), "new_pair", "cause"),
        ("c", "m", "new", "", "", "", "2", *when(62), "new_pair", "cause"),
    ]
    assert repair.held() == [
        ("c", "m", "1", *when(2), "45"),
        ("c", "m", "2", *when(3), "45"),
        ("c", "n", "1", *when(7), "45"),
        ("x", "n", "1", *when(8), "45"),
    ]
    assert [(*row[:4], *row[7:11]) for row in repair.ended()] == [
        ("c", "", "n", "", "1", iso(7), iso(7), "schedule"),
        ("x", "'=Xen", "n", "Nora", "1", iso(8), iso(8), "left"),
    ]
    assert repair.figures() == {
        "start": FRAME["start"],
        "end": FRAME["end"],
        "timezone": "UTC",
        "agreed": 3,
        "kept": 2,
        "pairs_with_other_sessions": 1,
        "ended": {"left": 1, "schedule": 1},
        "ended_for_others": 0,
        "new": 1,
        "mentees_who_lost_a_mentor": 1,
        "mentees_regained": 1,
        "sessions_held": 3,
        "sessions_kept": 2,
        "sessions_moved": 1,
        "sessions_cancelled": 2,
        "sessions_cancelled_of_kept": 0,
        "sessions_new": 2,
        "people_affected": 4,
    }
    assert list(repair.figures()["ended"]) == ["left", "schedule"]


def test_who_is_new_had_lost_somebody_or_got_a_free_place_or_had_waited():
    past = past_at(20, a_m=[at(30)])
    repair = repair_of(
        past, ("a", "n", [at(31)]), ("c", "m", [at(32)]), ("b", "n", [at(33)]), choices=("a n", "c m", "b n")
    )
    assert {ids: fate.reason for ids, fate in repair.fates.items() if fate.change == "new"} == {
        ("a", "n"): "lost_mentor",
        ("b", "n"): "waited",
        ("c", "m"): "place_free",
    }


def test_sessions_of_a_kept_pair_that_fall_away_are_counted_apart():
    past = past_at(20, a_m=[at(30), at(58), at(86)], b_n=[at(40)])
    figures = repair_of(past, ("a", "m", [at(58)])).figures()
    names = ("sessions_cancelled", "sessions_cancelled_of_kept", "sessions_moved", "sessions_kept", "sessions_new")
    assert [figures[name] for name in names] == [3, 2, 0, 1, 0]

"""Bounds of the check on which no run that the engine writes ever stands, one by one."""

import csv
import datetime as dt
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from cohorts import Spec, build, only
from rematch_cases import first_run, rematch

from matcher.check import check_run
from matcher.check_bottlenecks import Gains
from matcher.check_candidates import Scale, is_positive, is_positive_vector
from matcher.check_certificate import _stated
from matcher.check_claims import _within
from matcher.check_classes import Classes
from matcher.check_dates import Dates
from matcher.check_diary import Diary, check_diary
from matcher.check_files import Row, Table
from matcher.check_hours import UsualHours
from matcher.check_pairs import FoundPair, Meeting, _check_rules
from matcher.check_past import Past, Planned, _rows
from matcher.check_prices import _Figures
from matcher.check_prospects import Prospects, State
from matcher.check_queue import _check_rows, check_waiting
from matcher.check_repair import _compare
from matcher.check_rhythm import Engagement, Engagements, Rhythm
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable
from matcher.check_waves import check_places, places_in_all
from matcher.model import History

FRAME = {"start": "2027-01-11", "end": "2027-04-09", "timezone": "UTC"}


def meeting(pair, start, *, held=False, line=2):
    return Meeting(line, pair, 1, start, start + 45, start // 1440, held=held)


# --- values ---------------------------------------------------------------------------------------------------


def test_nothing_is_not_more_than_nothing():
    vectors = np.array([[0, 0, 1, -1], [0, 2, -5, 9]])
    assert is_positive(vectors).tolist() == [False, True, True, False]
    assert [is_positive_vector(tuple(column)) for column in vectors.T.tolist()] == [False, True, True, False]


@pytest.mark.parametrize(
    ("cell", "changes"),
    [
        ("", {}),
        ("1:+1 2:-1", {1: 1, 2: -1}),
        ("2:-1 1:+1", None),  # ranks go from the best
        ("1:+1 1:+1", None),
        ("1:+1 4:-1", None),  # nobody has that rank
        ("1:+1  2:-1", None),
        ("1:1", None),
    ],
)
def test_changes_of_ranks_are_read_as_they_must_be_written(cell, changes):
    assert Gains(Scale("generous", [1, 2, 3]), [1, 2, 3], None)._changes(cell) == changes


@pytest.mark.parametrize("kind", ["generous", "greedy"])
def test_changes_of_all_ranks_count_in_prices(kind):
    parts = _Figures._parts(SimpleNamespace(_kind=kind), {1: 3, 99: 2})
    assert len(parts) == 99
    assert (parts[0], parts[-1]) == ((3, 2) if kind == "greedy" else (-2, -3))


def classes():
    people = tuple(
        {"employee_id": name, "function": "F", "level": "1", "priority": str(place)}
        for place, name in enumerate("ab")
    )
    return Classes(
        build(Spec(employees=(*people, "m F 5"), choices=("a m", "b m"), programme={"programme": FRAME}))
    )


def test_bounds_that_cannot_be_read_end_what_is_stated():
    scale = Scale("generous", [1, 2], classes())
    assert scale.goals == ("mentees", "pairs", "priority", "rank")

    def goals(priority, rank=(1, 1)):
        bounds = {"mentees": 2, "pairs": 2, "priority": priority, "rank": list(rank)}
        return {"goals": [{"name": name, "status": "optimal", "bound": bound} for name, bound in bounds.items()]}

    assert _stated(scale, goals([1, 1])) == (2, 2, 1, -1)
    assert _stated(scale, goals([1, 1], (0, 2))) == (2, 2, 1, -2)
    for odd in (7, None, "11", {"0": 1, "1": 1}, [1], [1, 1, 1], [1, "1"], [1, True]):
        assert _stated(scale, goals(odd)) == (2, 2)
    assert _stated(scale, goals([1, 1], [1] * 100)) == (2, 2, 1)
    for name in (["mentees"], {}, None, 3):
        assert _stated(scale, {"goals": [{"name": name, "status": "optimal", "bound": 2}]}) == ()
    assert _stated(scale, {"goals": None}) == ()


# --- what had happened ----------------------------------------------------------------------------------------


def test_sessions_held_with_who_has_left_are_nobody_elses():
    past = Past(20, 20 * 1440, {})
    past.pairs["a", "gone"] = Planned(
        ("A", "Gone"), "1", 11, past.midnight, [(1440, 1485), (30 * 1440, 30 * 1440 + 45)]
    )
    past.why["a", "gone"] = "left"
    past.held["fled", "m"] = [(2880, 2925)]
    assert sorted(past.over((), {"first": 0, "a": 1, "m": 2})) == [
        ((-1, 2), (2880, 2925)),
        ((1, -1), (1440, 1485)),
    ]


def test_sessions_held_count_for_everybody_who_is_still_there():
    held = [meeting((0, -1), 600, held=True), meeting((-1, 1), 1600, held=True)]
    assert Diary((), held).of == {0: held[:1], 1: held[1:]}


def test_what_was_held_at_once_is_as_it_is():
    cohort = build(
        Spec(employees=("m F 5", "a F 1", "b F 1"), choices=("a m", "b m"), programme={"programme": FRAME})
    )
    roster, dates = Roster(cohort), Dates(cohort.programme)
    start = dates.midnights[3] + 600

    def faults(*held):
        violations = []
        over = [
            meeting((person, 0), start + 15 * person, held=one) for person, one in zip((1, 2), held, strict=True)
        ]
        check_diary(Table("sessions.csv", violations, {"start": 0}), Diary((), over), roster, dates)
        return [violation.message for violation in violations]

    assert faults(True, True) == []
    assert len(faults(True, False)) == 1  # what is planned must make room
    assert len(faults(False, False)) == 1


@pytest.mark.parametrize(
    ("line", "minutes", "told"),
    [
        (5, 15, "a is still in the session of line 5"),
        (0, 15, "a is still in a session held in a pair that is over"),
        (0, 50, "a has no pause of 10 minutes after a session held in a pair that is over"),
    ],
)
def test_what_is_in_the_way_is_named_by_its_line_if_it_has_one(line, minutes, told):
    rules = {"programme": FRAME, "sessions": {"pause_minutes": 10}}
    cohort = build(Spec(employees=("m F 5", "a F 1", "b F 1"), choices=("a m", "b m"), programme=rules))
    roster, dates, violations = Roster(cohort), Dates(cohort.programme), []
    start = dates.midnights[3] + 600
    before, after = meeting((1, 0), start, held=True, line=line), meeting((2, 0), start + minutes)
    check_diary(Table("sessions.csv", violations, {"start": 0}), Diary((), [before, after]), roster, dates)
    assert [violation.message for violation in violations] == [told]


@pytest.mark.parametrize("data", [b"mentee_id\n\xff\n", b"\xff\xfea"])
def test_a_table_of_the_past_that_is_no_text(data):
    violations = []
    assert _rows(data, ("mentee_id",), Table("before/pairs.csv", violations)).records == []
    assert "is not UTF-8" in violations[0].message


PLAIN = ("mentee_id", "mentor_id", "change")


def compared(rows, expected, columns=PLAIN):
    violations = []
    table = Table("changes.csv", violations, {name: at for at, name in enumerate(columns)})
    table.lines, table.records = list(range(2, 2 + len(rows))), [(*row, "") for row in rows]
    _compare(table, columns, expected, (0, 1))
    return [violation.message for violation in violations]


def test_rows_of_one_key_stand_as_often_as_they_must():
    one, other, next_one = ("a", "m", "ended"), ("a", "m", "new"), ("b", "m", "kept")
    assert compared([one, other, next_one], [one, other, next_one]) == []
    assert compared([one, next_one], [one, other, next_one]) == ["a row is missing: a, m"]
    assert compared([one, other, one, next_one], [one, other, next_one]) == ["the row stands already on line 2"]
    assert compared([one, ("x", "m", "new")], [one]) == ["the row does not follow from the other files"]
    assert compared([next_one, one], [one, next_one]) == ["the rows stand in another order than they should"]
    assert compared([other, one], [one, other]) == ["'new' must be 'ended'", "'ended' must be 'new'"]


@pytest.mark.parametrize(
    ("said", "wanted", "message"),
    [("", "", None), ("why", "cause", None), ("", "cause", "must not be empty"), ("why", "", "must be empty")],
)
def test_a_cause_stands_where_there_is_one(said, wanted, message):
    columns = ("mentee_id", "mentor_id", "cause")
    found = compared([("a", "m", said)], [("a", "m", wanted)], columns)
    assert found == ([] if message is None else [message])


def test_a_pair_that_ends_for_others_is_called_so(tmp_path):
    rules = {"programme": FRAME, "rematch": {"end_pairs": "for-more-mentees"}}
    spec = Spec(employees=("m F 5 1", "n F 5", "a F 1", "b F 1"), choices=("a m", "a n"), programme=rules)
    first_run(spec, tmp_path)
    step = rematch(replace(spec, choices=("a m", "a n", "b m")), dt.date(2027, 2, 8), tmp_path, 1)
    (ended,) = csv.DictReader((step.run / "ended.csv").read_text("utf-8-sig").splitlines())
    assert (ended["mentee_id"], ended["mentor_id"], ended["reason"]) == ("a", "m", "for_others")
    assert check_run(step.repair.cohort, step.run) == []


def test_a_plan_that_does_not_say_when_pairs_begin_has_begun_with_the_programme(tmp_path):
    spec = Spec(employees=("m F 5", "a F 1"), choices=("a m",), programme={"programme": FRAME})
    first_run(spec, tmp_path)
    path = tmp_path / "run0/pairs.csv"
    columns, *rows = csv.reader(path.read_text("utf-8-sig").splitlines())
    kept = [place for place, name in enumerate(columns) if name != "start"]
    lines = [",".join(row[place] for place in kept) for row in (columns, *rows)]
    path.write_text("\n".join((*lines, "")), "utf-8-sig")
    step = rematch(spec, dt.date(2027, 2, 8), tmp_path, 1)  # which checks what it writes
    (change,) = csv.DictReader((step.run / "changes.csv").read_text("utf-8-sig").splitlines())
    assert change["change"] == "kept"
    (pair,) = csv.DictReader((step.run / "pairs.csv").read_text("utf-8-sig").splitlines())
    assert pair["start"] == FRAME["start"]


# --- days -----------------------------------------------------------------------------------------------------


def test_a_first_session_is_due_by_the_first_month_not_by_the_one_after_it():
    frame = {"start": "2027-02-01", "end": "2027-04-30", "timezone": "UTC"}
    cohort = build(
        Spec(
            employees=("a F 1",),
            programme={"programme": frame, "sessions": {"month_rule": "calendar", "minimum": 1}},
        )
    )
    dates = Dates(cohort.programme)
    rhythm = Rhythm(dates, Engagement(0, dates.days - 1, 0))
    days = [10, 25, 28, 40, 70]  # day 27 is the last of the first month
    assert Prospects(rhythm, days, 0).first() == State(1, 0, 1)
    assert Prospects(rhythm, days[2:], 0).first() is None


def test_an_absence_lasts_to_the_last_day():
    spec = Spec(
        employees=("m F 5", "a F 1"),
        choices=("a m",),
        absences=(("m", "2027-04-08", "2027-04-30"), ("a", "2027-01-01", "2027-01-11")),
        programme={"programme": FRAME, "sessions": {"absences": "pause"}},
    )
    cohort = build(spec)
    dates = Dates(cohort.programme)
    away = Engagements(cohort, dates).of((0, 1)).absent
    assert [day for day in range(dates.days + 5) if away >> day & 1] == [0, dates.days - 2, dates.days - 1]


def test_what_was_held_counts_for_the_fewest():
    rules = {"programme": FRAME, "sessions": {"month_rule": "none", "minimum": 4}}
    dates = Dates(build(Spec(employees=("a F 1",), programme=rules)).programme)
    days = sum(1 << day for day in (20, 40, 60))
    # Two have been held, on day 5 the last of them: two more are needed, three are possible.
    assert list(Rhythm(dates, Engagement(0, dates.days - 1, held=5, before=1)).numbers(days, 0)) == [4, 5]
    assert list(Rhythm(dates, Engagement(0, dates.days - 1)).numbers(days, 0)) == []


def test_hours_of_one_date_do_not_tell_whether_two_ever_work_together():
    cohort = build(
        Spec(
            employees=("m F 5", "a F 1", "b F 1"),
            choices=("a m", "b m"),
            availability=(
                ("a", "2027-01-11", "", ""),
                ("a", "2027-01-12", "", ""),
                *only("b", ("mon", "20:00", "21:00")),
            ),
            programme={"programme": {**FRAME, "end": "2027-01-12"}, "sessions": {"month_rule": "none"}},
        )
    )
    timetable = Timetable(Roster(cohort), ())
    hours = UsualHours(cohort, timetable.dates, timetable.free.working)
    assert not timetable.ever_together((0, 2))  # a and m
    assert hours.meet((0, 2))
    assert not hours.meet((1, 2))


@pytest.mark.parametrize(
    ("engagement", "first", "later", "inside"),
    [("whole", True, True, True), ("as-needed", False, False, True)],
)
def test_ends_of_a_short_engagement_move_inwards_only(engagement, first, later, inside):
    programme = SimpleNamespace(frame=SimpleNamespace(engagement=engagement))
    timetable = SimpleNamespace(roster=SimpleNamespace(programme=programme))
    one, two, three = (meeting((1, 0), start) for start in (100, 2000, 4000))
    assert _within(timetable, (one, three), one, 90) is first
    assert _within(timetable, (one, three), three, 4010) is later
    assert _within(timetable, (one, three), two, 1000) is inside
    assert _within(timetable, (one, three), one, 110)
    assert _within(timetable, (one, three), one, 100)
    assert _within(timetable, (one, three), three, 3990)
    assert _within(timetable, (one, three), three, 4000)


# --- rules ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("employees", "message"),
    [
        (("m F 2", "a F 1"), "same_function_gap: .*[(]level_gap is 1[)]"),
        (("m G 1", "a F 1"), "cross_function_gap: .*[(]level_gap is 0[)]"),
        (("m F 5 0", "a F 1"), "does_not_mentor: (?!.*level_gap).*"),
    ],
)
def test_levels_are_told_where_they_are_the_reason(employees, message):
    roster = Roster(build(Spec(employees=employees, choices=("a m",), programme={"programme": FRAME})))
    violations = []
    table = Table("pairs.csv", violations, {"mentor_id": 0})
    found = FoundPair((0, 1), Row(2, ("m", ""), {"mentor_id": 0}), 1, locked=False)
    _check_rules(table, found, roster, {(0, 1): found}, listed=True)
    (violation,) = violations
    assert re.fullmatch(message, violation.message)


# --- waves ----------------------------------------------------------------------------------------------------


def in_waves(**more):
    rules = {"programme": {**FRAME, "engagement": "as-needed"}, "sessions": {"number": 3, "min_days_between": 14}}
    people = ("a F 1", "b F 1", "c F 1", "d F 1", "m F 5 1", "n F 5 1")
    return build(Spec(employees=people, choices=("a m", "b m", "c m", "d m"), programme=rules | more))


def test_who_has_begun_is_told_of_the_next_session():
    roster, violations = Roster(in_waves()), []
    midnight = 10 * 1440
    past = SimpleNamespace(midnight=midnight)

    def pair(mentee, *days):
        meetings = [meeting((mentee, 4), day * 1440 + 600, held=day < 10, line=100 * mentee + day) for day in days]
        return FoundPair((mentee, 4), Row(2, ("",), {}), 1, locked=False, meetings=meetings)

    def lines(*pairs):
        violations.clear()
        check_places(Table("sessions.csv", violations, {"start": 0}), roster, pairs, past)
        return [violation.line for violation in violations]

    assert lines(pair(0, 1, 20), pair(1, 3, 8), pair(2, 20, 40)) == [220]  # 20 is the day of both
    assert lines(pair(0, 1, 20), pair(1, 3, 8), pair(2, 21, 40)) == []  # who is over takes no place
    assert lines(pair(0, 1, 20), pair(1, 3, 30)) == [20, 130]
    assert lines(pair(0, 1, 12), pair(1, 13, 30), pair(2, 31, 50), pair(3, 25, 29)) == [325]


def test_places_change_hands_as_often_as_dates_admit():
    """Three sessions two weeks apart take 28 days: 88 days hold three engagements in a row, 38 days one."""
    cohort = in_waves()
    mentee, mentor = np.array([0, 1, 2, 3, 2, 3]), np.array([4, 4, 4, 4, 5, 5])
    assert places_in_all(cohort, mentee, mentor).tolist() == [0, 0, 0, 0, 3, 2]
    held = {(0, 4): [0, 0, 0], (1, 4): [0], (2, 5): [0, 0], (3, 5): [0, 0, 0]}
    start = dt.date(2027, 1, 11).toordinal() - dt.date(1970, 1, 1).toordinal()
    past = SimpleNamespace(as_of=start + 50, held_by=lambda pair: held.get(pair, []))
    # With m one is over, one has begun and one may follow; with n one is over and one has begun.
    assert places_in_all(cohort, mentee, mentor, past).tolist() == [0, 0, 0, 0, 3, 2]
    early = SimpleNamespace(as_of=start + 50, held_by=lambda pair: held.get(pair, []) if pair[1] == 5 else [])
    assert places_in_all(cohort, mentee, mentor, early).tolist() == [0, 0, 0, 0, 1, 2]


# --- who waits ------------------------------------------------------------------------------------------------


def test_earlier_pairs_stand_in_order():
    two = Spec(
        employees=("m F 5", "n F 5", "a F 1"),
        choices=("a m",),
        pairs=(("a", "m", "past", "2026-12-01"), ("a", "n", "past", "2026-12-02")),
        programme={"programme": FRAME},
    )
    cohort = build(two)
    columns = ("mentee_id", "mentor_id", "lost", "last_session")
    rows = [("a", "m", "", "2026-12-01", ""), ("a", "n", "", "2026-12-02", "")]
    day = dt.date(2026, 12, 1).toordinal() - dt.date(1970, 1, 1).toordinal()
    history = History({}, {(0, 1): day, (0, 2): day + 1}, ())

    def faults(rows):
        violations = []
        table = Table("history.csv", violations, {name: at for at, name in enumerate(columns)})
        table.lines, table.records = [2, 3], rows
        _check_rows(table, Roster(cohort), history)
        return [violation.message for violation in violations]

    assert faults(rows) == []
    (fault,) = faults(rows[::-1])
    assert "must be sorted by ids" in fault


def test_a_stranger_does_not_wait():
    cohort = build(Spec(employees=("m F 5", "a F 1"), choices=("a m",), programme={"programme": FRAME}))
    violations = []
    columns = ("mentee_id", "reason")
    unmatched = Table("unmatched.csv", violations, {name: at for at, name in enumerate(columns)})
    unmatched.lines, unmatched.records = [2], [("x", "draw", "")]
    names = ("mentee_id",)
    table = Table("waiting.csv", violations, {name: at for at, name in enumerate(names)})
    table.lines, table.records = [2], [("x", "")]
    check_waiting(table, Roster(cohort), unmatched, 0)
    assert "'x' is no mentee of unmatched.csv" in violations[0].message

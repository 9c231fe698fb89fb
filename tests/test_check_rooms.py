"""Timetables, places in turn and the room of a pair beside others."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from check_tables import FIRST, PAIR, at, on_days, paired, past_at, staff, table_of
from cohorts import Spec, build
from test_check_bounds import FRAME, in_waves

from matcher.check_diary import Diary
from matcher.check_files import (
    Row,
)
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_rhythm import Engagement
from matcher.check_rules import Roster
from matcher.check_standing import Standing, check_standing
from matcher.check_timetable import Timetable
from matcher.check_waves import check_places, places_in_all

# --- timetables -----------------------------------------------------------------------------------------------


def timetable_of(past, *, pair="a_m", engagement="whole", agreed=True, **changes):
    rules = {"programme": {**FRAME, "engagement": engagement}, "sessions": {"number": 2}}
    spec = {"employees": ("m F 5", "a F 1"), "choices": ("a m",), "programme": rules, **changes}
    if agreed:
        past.agreed[0, 1] = past.pairs[tuple(pair.split("_"))]
    return Timetable(Roster(build(Spec(**spec))), [(0, 1)], (), past)


def test_an_engagement_that_goes_on_counts_from_the_last_session_held():
    last = 88
    past = past_at(40, a_m=[at(5), at(20), at(60)])
    assert timetable_of(past).engagement((0, 1)) == Engagement(0, last, held=20, before=1)
    assert timetable_of(past_at(40, a_m=[at(60)])).engagement((0, 1)) == Engagement(0, last)
    assert timetable_of(past_at(40, a_m=[at(60)]), agreed=False).engagement((0, 1)) == Engagement(40, last)
    late = past_at(40, a_m=[at(5), at(20)])
    late.pairs["a", "m"].start = FIRST + 41
    assert timetable_of(late).engagement((0, 1)) == Engagement(40, last)  # it is to begin after the date
    late.pairs["a", "m"].start = FIRST + 40
    assert timetable_of(late).engagement((0, 1)) == Engagement(40, last, held=20, before=1)


def test_an_engagement_as_long_as_needed_begins_no_later_than_its_first_session():
    def engagement(start, *days):
        past = past_at(40, a_m=[at(day) for day in days])
        past.pairs["a", "m"].start = FIRST + start
        return timetable_of(past, engagement="as-needed").engagement((0, 1))

    assert engagement(10, 5, 20, 60) == Engagement(5, 88, held=20, before=1, wanted=2)
    assert engagement(3, 5, 20) == Engagement(3, 88, held=20, before=1, wanted=2)
    assert engagement(5, 5, 20, 30, 39) == Engagement(5, 88, held=39, before=3, wanted=4)  # more than wanted
    assert engagement(41, 5, 20) == Engagement(5, 88, held=20, before=1, wanted=2)
    assert engagement(41, 50) == Engagement(40, 88, wanted=2)


def test_who_has_met_meets_again_after_the_distance():
    past = past_at(40, a_m=[at(5), at(38), at(60)], b_m=[at(39)])
    assert timetable_of(past).earliest((0, 1)) == 38 + 14
    over = past_at(40, a_m=[at(5), at(38), at(60)])
    over.why["a", "m"] = "refused"
    assert timetable_of(over, agreed=False).earliest((0, 1)) == 38 + 14
    assert timetable_of(over, agreed=False).earliest((1, 0)) == 40  # they have met in the other direction alone
    before = past_at(40, a_m=[at(60)])
    before.held["a", "m"] = [at(30)]
    assert timetable_of(before).earliest((0, 1)) == 30 + 14
    before.held["a", "m"] = [at(20)]
    assert timetable_of(before).earliest((0, 1)) == 40
    gone = past_at(40, a_m=[at(30)], a_x=[at(39)])
    gone.why["a", "x"] = "left"
    assert timetable_of(gone).earliest((0, 1)) == 30 + 14
    assert timetable_of(None, agreed=False).earliest((0, 1)) == 0
    met = {"pairs": (("a", "m", "past", "2027-01-09"),)}
    assert timetable_of(None, agreed=False, **met).earliest((0, 1)) == 12
    assert timetable_of(past_at(3), agreed=False, **met).earliest((0, 1)) == 12
    assert timetable_of(past_at(13), agreed=False, **met).earliest((0, 1)) == 13


# --- waves ----------------------------------------------------------------------------------------------------


def test_places_are_taken_from_the_first_session_to_the_end_of_the_last():
    roster = Roster(in_waves())

    def faults(*pairs, past=None):
        table = table_of("sessions.csv", ("start",))
        found = [paired(roster, who, "m", *slots, line=line) for line, (who, slots) in enumerate(pairs, 2)]
        check_places(table, roster, found, past)
        return [(violation.line, violation.message) for violation in table.violations]

    one = ("a", [at(5), at(20, "09:00")])
    assert faults(one, ("b", [at(20, "09:45"), at(40)])) == []  # it begins as the other ends
    assert faults(one, ("c", [])) == []
    said = "m has 2 mentees at this moment, at most 1 allowed at the same time"
    assert faults(one, ("b", [at(20, "09:44"), at(40)])) == [(31, said)]
    assert faults(one, ("b", [at(5), at(40)])) == [(21, said), (31, said)]
    day = past_at(20)
    assert faults(one, ("b", [at(4), at(20, "09:44")]), past=day) == [(22, said), (32, said)]
    assert faults(one, ("b", [at(4), at(19, "23:59")]), past=day) == []  # it is over
    assert faults(one, ("b", [at(4), at(20, "00:00"), at(21)]), past=day) == [(22, said), (32, said)]


def test_places_are_counted_by_whole_engagements_elsewhere():
    cohort = build(
        Spec(employees=("a F 1", "b F 1", "m F 5 1"), choices=("a m", "b m"), programme={"programme": FRAME})
    )
    roster, table = Roster(cohort), table_of("sessions.csv", ("start",))
    check_places(table, roster, [paired(roster, who, "m", at(5), at(40)) for who in "ab"], None)
    assert table.violations == []
    assert places_in_all(cohort, np.array([0, 1]), np.array([2, 2])).tolist() == cohort.employees.capacity.tolist()


@pytest.mark.parametrize(
    ("number", "apart", "places"),
    [
        (3, 44, 1),  # 88 days from the first to the last
        (2, 44, 2),
        (2, 29, 3),
        (2, 30, 2),
        (2, 88, 1),
        (2, 89, 0),
        (1, 89, 4),  # with one session there is no limit but the number of his candidates
    ],
)
def test_dates_alone_tell_how_often_a_place_changes_hands(number, apart, places):
    cohort = in_waves(sessions={"number": number, "min_days_between": apart})
    everybody, mentor = np.arange(4), np.full(4, 4)
    assert places_in_all(cohort, everybody, mentor).tolist() == [0, 0, 0, 0, places, 0]


@pytest.mark.parametrize(
    ("latest", "apart", "as_of", "places"),
    [
        (14, 14, None, 2),  # by day 14 the second has begun
        (13, 14, None, 1),
        (3, 1, None, 4),
        (2, 1, None, 3),
        (3, 1, 2, 2),
        (3, 1, 3, 1),
        (3, 1, 9, 1),  # who is late stands in the way of nobody: a bound, no more
    ],
)
def test_the_last_of_a_row_begins_by_the_latest_start(latest, apart, as_of, places):
    frame = {**FRAME, "engagement": "as-needed", "latest_start": latest}
    cohort = in_waves(programme=frame, sessions={"number": 2, "min_days_between": apart})
    past = None if as_of is None else past_at(as_of)
    assert places_in_all(cohort, np.arange(4), np.full(4, 4), past).tolist()[4] == places


@pytest.mark.parametrize(
    ("first", "last", "as_of", "places"),
    [
        (0, 88, None, 3),
        (0, 28, None, 1),
        (0, 27, None, 0),
        (60, 88, None, 1),
        (61, 88, None, 0),
        (0, 59, 30, 1),
        (0, 20, 30, 0),  # whoever has left takes nobody on
        (40, 88, 30, 1),
    ],
)
def test_a_mentor_takes_part_from_a_first_to_a_last_day(first, last, as_of, places):
    cohort = in_waves()
    people = cohort.employees
    first_day, last_day = people.first_day.copy(), people.last_day.copy()
    first_day[4], last_day[4] = FIRST + first, FIRST + last
    cohort = dataclasses.replace(
        cohort, employees=dataclasses.replace(people, first_day=first_day, last_day=last_day)
    )
    past = None if as_of is None else past_at(as_of)
    assert places_in_all(cohort, np.arange(4), np.full(4, 4), past).tolist() == [0, 0, 0, 0, places, 0]


def test_who_wants_the_fewest_sessions_tells_how_often_places_change_hands():
    cohort = in_waves()
    wanted = cohort.employees.sessions_wanted.copy()
    wanted[:2] = 4, 2
    cohort = dataclasses.replace(cohort, employees=dataclasses.replace(cohort.employees, sessions_wanted=wanted))
    everybody, mentor = np.arange(4), np.full(4, 4)
    assert places_in_all(cohort, everybody, mentor)[4] == 4  # 88 days hold six engagements of two weeks
    assert places_in_all(cohort, everybody[[0, 2, 3]], mentor[:3])[4] == 3
    assert places_in_all(cohort, everybody[:1], mentor[:1])[4] == 1  # four sessions take 42 days
    assert places_in_all(cohort, everybody[[0, 0, 0]], mentor[:3])[4] == 2


# --- room beside others ---------------------------------------------------------------------------------------


def beside(timetable, *spans, pair=(0, 1)):
    """A diary in which the mentor of `pair` has sessions with somebody else in these spans."""
    found = FoundPair((2, pair[1]), Row(2, ("",), {}), 1, locked=False)
    found.meetings = [Meeting(2, found.pair, 1, *span, timetable.dates.day_of(span[0])) for span in spans]
    return Diary([found])


def test_both_can_start_where_both_are_free_in_their_engagement():
    days = [(day, "09:00", "10:00") for day in (0, 5, 88)]
    start, _ = at(5)
    assert on_days(*days).starts_together((0, 1)) == {day: [at(day)[0], at(day)[0] + 15] for day in (0, 5, 88)}
    people = staff(first={"a": 5}, last={"m": 87})
    kept = [row for row in people if row["employee_id"] in "am"]
    timetable = on_days(*days, people=(*kept, "x F 1"))
    assert timetable.starts_together((0, 1)) == {5: [start, start + 15]}


def test_numbers_beside_others_need_days_with_room():
    timetable = on_days(*((day, "09:00", "09:45") for day in (20, 30, 40)))
    assert list(timetable.numbers_beside((0, 1), Diary(()), None)) == [1, 2, 3]
    assert list(timetable.numbers_beside((0, 1), beside(timetable, at(30)), None)) == [1, 2]
    assert list(timetable.numbers_beside((0, 1), beside(timetable, at(30)), (2, 1))) == [1, 2, 3]
    assert timetable.fits_beside((0, 1), beside(timetable, at(30))) is True
    assert timetable.least_missing((0, 1), beside(timetable, at(30))) == 0
    full = beside(timetable, at(20), at(30), at(40))
    assert timetable.fits_beside((0, 1), full) is False
    assert timetable.least_missing((0, 1), full) == 1


@pytest.mark.parametrize(
    ("until", "since", "pause", "apart", "fits"),
    [
        ("23:45", "00:00", 15, 1, True),
        ("23:45", "00:00", 16, 1, None),
        ("24:00", "00:15", 15, 1, True),
        ("24:00", "00:15", 16, 1, None),
        ("24:00", "00:45", 60, 1, None),
        ("24:00", "00:00", 0, 1, None),  # from 23:15 a session would last into the next date
        ("24:00", "00:00", 60, 2, True),  # two dates apart nothing touches
    ],
)
def test_dates_do_not_tell_where_a_session_could_run_into_the_next_date(until, since, pause, apart, fits):
    rules = {"minutes": 60, "pause_minutes": pause, "grid_minutes": 15, "minimum": 2, "min_days_between": apart}
    windows = (20, "22:00", until), (20 + apart, since, "02:00")
    timetable = on_days(*windows, sessions=rules)
    assert timetable.fits_beside((0, 1), Diary(())) is fits
    assert timetable.least_missing((0, 1), Diary(())) == (0 if fits else None)
    assert list(timetable.numbers_beside((0, 1), Diary(()), None)) == ([2] if fits else [])
    few = on_days(*windows, sessions=rules | {"minimum": 3})
    assert few.fits_beside((0, 1), Diary(())) is False  # whatever touches, a date is missing


def test_two_dates_are_enough_to_touch():
    rules = {"minutes": 60, "minimum": 2}
    windows = (0, "22:00", "24:00"), (1, "00:00", "02:00")
    timetable = on_days(*windows, sessions=rules, end="2027-01-12")
    assert timetable.fits_beside((0, 1), Diary(())) is None


@pytest.mark.parametrize(("saturday", "fits"), [(75, None), (61, True)])
def test_a_session_of_nearly_a_day_could_run_through_the_short_one(saturday, fits):
    """Clocks go forward on 28 March: from the end of the 27th on, 1400 minutes reach into the 29th."""
    windows = [(day, "00:00", "24:00") for day in range(saturday, saturday + 4)]
    rules = {"minutes": 1400, "min_days_between": 2}
    timetable = on_days(*windows, sessions=rules, timezone="Europe/London")
    assert timetable.fits_beside((0, 1), Diary(())) is fits


def test_what_a_pair_has_held_fills_its_week():
    """Of three days in a week one has been held; with two sessions a week at most one more may follow in it."""
    days = [(day, "09:00", "09:45") for day in (21, 23, 25)]

    def numbers(most, *held):
        past = past_at(22 if len(held) < 2 else 24, a_m=[at(day) for day in held])
        past.agreed[0, 1] = past.pairs["a", "m"]
        timetable = on_days(*days, sessions={"max_per_week": most}, past=past)
        return list(timetable.numbers_beside((0, 1), Diary(()), None))

    assert numbers(0, 21) == [1, 2, 3]
    assert numbers(2, 21) == [1, 2]
    assert numbers(3, 21) == [1, 2, 3]
    assert numbers(2, 21, 23) == [2]
    assert numbers(3, 21, 23) == [2, 3]


def test_in_a_rematch_days_count_from_its_date():
    days = [(day, "09:00", "09:45") for day in (19, 20, 30)]
    timetable = on_days(*days, past=past_at(20))
    assert list(timetable.starts_together((0, 1))) == [20, 30]
    assert list(timetable.numbers_beside((0, 1), Diary(()), None)) == [1, 2]
    assert timetable.ever_together((0, 1))
    assert not on_days(*days[:1], past=past_at(20)).ever_together((0, 1))
    assert on_days(*days[:1]).ever_together((0, 1))


def test_places_of_those_who_have_begun_are_theirs_alone():
    """Of m's candidates some have all their sessions and take no place any more, others have begun."""
    cohort, everybody, mentor = in_waves(), np.arange(4), np.full(4, 4)

    def places(*held):
        past = SimpleNamespace(as_of=FIRST + 80, held_by=lambda pair: [0] * held[pair[0]])
        return places_in_all(cohort, everybody, mentor, past)[4]

    assert places(3, 4, 1, 2) == 3
    assert places(3, 1, 1, 2) == 2
    assert places(1, 1, 1, 2) == 1
    assert places(3, 3, 3, 3) == 4
    assert places(3, 3, 1, 0) == 3  # for who has not begun there is no time left
    assert places(1, 2, 1, 0) == 1
    assert places_in_all(cohort, everybody, mentor).dtype.kind == "i"


def test_one_day_holds_no_engagement_of_two_sessions():
    cohort = in_waves(sessions={"number": 2, "min_days_between": 1})
    for left, places in ((0, 0), (1, 1), (2, 2)):
        assert places_in_all(cohort, np.arange(4), np.full(4, 4), past_at(88 - left))[4] == places


def test_every_standing_that_rests_on_schedules_is_counted():
    candidates = SimpleNamespace(place={(0, 1): 0, (0, 2): 1, (0, 3): 2}, locked=[False] * 3)
    standing = Standing(candidates, ["some"] * 3, {(0, 1): None}, may_lack=False)
    faults = [standing.fault((0, mentor), word) for mentor, word in ((1, "every"), (2, "none"), (3, "some"))]
    assert (faults, standing.rests) == (["", "", ""], 2)


@pytest.mark.parametrize(
    ("ids", "stated", "said"),
    [
        ("a m", "some", None),
        ("a m", "every", "'every' must be 'some', as in choices.csv"),
        ("b m", "some", "'some' must be every: the pair is locked"),  # a lock that is no choice
        ("b m", "every", None),
        ("x m", "some", None),  # strangers have been told
        ("a x", "some", None),
        ("x m", "never", None),
        ("b n", "some", "'some' must be none: rules or calendars keep the two apart"),
    ],
)
def test_both_files_say_the_same_of_a_standing(ids, stated, said):
    people = ("a F 1", "b F 1", "m F 5", "n F 5")
    spec = Spec(employees=people, choices=("a m",), pairs=(("b", "m", "locked"),), programme={"programme": FRAME})
    roster = Roster(build(spec))
    a, b, m = (roster.person[who] for who in "abm")
    candidates = SimpleNamespace(place={(a, m): 0, (b, m): 1}, locked=[False, True])
    standing = Standing(candidates, ["some"] * 2, {(a, m): None, (b, m): None}, may_lack=False)
    choices = table_of("choices.csv", ("mentee_id", "standing"), ("a", "some"))
    pairs = table_of("pairs.csv", ("mentee_id", "mentor_id", "standing"), (*ids.split(), stated))
    check_standing(choices, {0: 2}, pairs, SimpleNamespace(roster=roster), standing)
    assert choices.violations == []
    assert [(one.line, one.column, one.message) for one in pairs.violations] == [(2, "standing", said)] * bool(
        said
    )


def test_a_standing_in_choices_is_told_on_its_line():
    roster = Roster(build(Spec(employees=PAIR, choices=("a m",), programme={"programme": FRAME})))
    standing = Standing(SimpleNamespace(place={}, locked=[]), None, {}, may_lack=False)
    choices = table_of("choices.csv", ("mentee_id", "standing"), ("z", ""), ("a", "some"))
    pairs = table_of("pairs.csv", ("mentee_id", "mentor_id", "standing"))
    check_standing(choices, {0: 3}, pairs, SimpleNamespace(roster=roster), standing)
    assert [(one.line, one.column) for one in choices.violations] == [(3, "standing")]

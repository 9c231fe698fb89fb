"""Sessions of a run to the minute and to the day."""

from types import SimpleNamespace

import pytest
from check_tables import minute, stamp
from cohorts import Spec, build

from matcher import check_sessions
from matcher.check_dates import Dates
from matcher.check_files import Row, Table
from matcher.check_pairs import FoundPair
from matcher.check_past import Past, Planned
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable
from matcher.programme import WEEKDAYS

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}


def test_sessions_held_by_pairs_that_are_over_stand_on_no_line():
    spec = Spec(employees=("a F 1", "x F 3"), choices=("a x",), programme={"programme": WEEK})
    cohort = build(spec)
    dates, roster = Dates(cohort.programme), Roster(cohort)
    past = Past(dates.first + 3, dates.midnights[3], {})
    start = dates.midnights[2] + 600
    past.pairs["a", "x"] = Planned(("a", "x"), "1", dates.first, past.midnight, [(start, start + 45)])
    timetable = SimpleNamespace(past=past, dates=dates, roster=roster)
    (held,) = check_sessions._over(timetable, {})
    assert (held.line, held.pair, held.number, held.start, held.end, held.day, held.held) == (
        *(0, (0, 1), None, start, start + 45, 2),
        True,
    )
    assert check_sessions._over(timetable, {(0, 1): None}) == []  # the pair goes on
    assert check_sessions._over(SimpleNamespace(past=None, dates=dates, roster=roster), {}) == []


MONTH = {
    "start": "2027-03-01",
    "end": "2027-03-31",
    "timezone": "Europe/Berlin",
}  # one hour ahead of UTC until the 28th

SIX_DAYS = {"working_hours": "00:00-24:00", "working_days": ["mon", "tue", "wed", "thu", "fri", "sun"]}

AT_NINE = ("09:00", "09:45")


def session(pair, number, date, clocks=AT_NINE, *, minutes=45):
    return (*pair.split(), str(number), *(stamp(date, clock) for clock in clocks), str(minutes))


def before(roster, dates, among, *, as_of, held=None, begun=1):
    """What a rematch began with: `held` gives the days on which pairs have met, also such as are over."""
    past = Past(dates.first + as_of - 1, dates.midnights[as_of - 1], {})
    for names, days in (held or {}).items():
        ids = tuple(names.split())
        slots = [(minute(day), minute(day) + 45) for day in days]
        past.pairs[ids] = Planned(ids, "1", dates.first + begun - 1, past.midnight, slots)
        pair = tuple(roster.person[one] for one in ids)
        if pair in among:
            past.agreed[pair] = past.pairs[ids]
    return past


def sessions_of(rows, *, among=((0, 3), (1, 4)), rules=None, frame=None, calendar=None, rematch=None, **tables):
    """What is wrong with sessions of a and x, b and y, or others; `rematch` are options of `before`."""
    cohort = build(
        Spec(
            employees=tables.pop("employees", ("a F 1", "b F 1", "c F 1", "x F 3", "y F 3")),
            choices=("a x", "b y"),
            **tables,
            programme={
                "programme": MONTH | (frame or {}),
                "calendar": calendar or SIX_DAYS,
                "sessions": {"month_rule": "none", "min_days_between": 7, "number": "fewest", **(rules or {})},
            },
        )
    )
    roster, dates = Roster(cohort), Dates(cohort.programme)
    pairs = {pair: FoundPair(pair, Row(2, ("",), {}), 1, locked=False) for pair in among}
    past = before(roster, dates, among, **rematch) if rematch else None
    violations = []
    table = Table("sessions.csv", violations, {name: at for at, name in enumerate(check_sessions.COLUMNS)})
    table.records = [(*row, "") for row in rows]
    table.lines = list(range(2, 2 + len(rows)))
    check_sessions.check_sessions(table, Timetable(roster, pairs, past=past), pairs)
    return [
        str(violation).removeprefix("sessions.csv, ").removeprefix("sessions.csv: ") for violation in violations
    ]


def test_what_has_been_held_is_there_and_nothing_else_lies_before_the_date():
    held = {"a x": [1, 8], "b y": [2]}
    rows = [session("a x", 1, 1), session("b y", 1, 2), session("a x", 2, 8), session("a x", 3, 15)]
    assert sessions_of(rows, rematch={"as_of": 10, "held": held}) == []
    midnight = session("b y", 2, 10, ("00:00", "00:45"))
    assert sessions_of([*rows[:3], midnight, rows[3]], rematch={"as_of": 10, "held": held}) == []
    soon = session("b y", 2, 9)
    assert sessions_of([*rows[:3], soon, rows[3]], rematch={"as_of": 9, "held": held}) == []
    assert sessions_of([*rows[:3], soon, rows[3]], rematch={"as_of": 10, "held": held}) == [
        "line 5, start: lies before 2027-03-10, the date of the rematch, and was not held",
        "line 5, start: too soon after the pair's last session held: 2027-03-10 at the earliest",
    ]
    assert sessions_of([rows[0], rows[3]], rematch={"as_of": 10, "held": held}) == [
        "the session that a and x have held at 2027-03-08T09:00:00+01:00 is missing",
        "the session that b and y have held at 2027-03-02T09:00:00+01:00 is missing",
        "line 3, number: 3 must be 2: numbers run in order of time",
        "b and y hold 0 sessions, at least 1 required",
    ]


def test_faults_are_told_line_by_line_after_those_without_a_line():
    rows = [session("a x", 1, 13), session("b y", 1, 16, minutes=44)]
    assert sessions_of(rows, rematch={"as_of": 10, "held": {"b y": [2]}}) == [
        "the session that b and y have held at 2027-03-02T09:00:00+01:00 is missing",
        "line 2, start: a is not free from start to end (working hours, availability and busy time)",
        "line 2, start: x is not free from start to end (working hours, availability and busy time)",
        "line 3, minutes: '44' is not a length of sessions (sessions.minutes: 45)",
        "line 3, minutes: 45 minutes lie between start and end",
    ]


B = session("b y", 1, 1, ("00:00", "00:45"))  # from the first minute of the programme

NOT_FREE = "is not free from start to end (working hours, availability and busy time)"

ZONE = "must be written in the programme's time zone"

OUTSIDE = "is outside the programme (2027-03-01 to 2027-03-31)"


def of_a(*rows, **more):
    """What is wrong with sessions of a and x, beside one of b and y that is right."""
    return sessions_of([B, *rows], **more)


@pytest.mark.parametrize(
    ("start", "end", "faults"),
    [
        (stamp(31, "09:00", "+02:00"), stamp(31, "09:45", "+02:00"), []),
        (stamp(31, "23:15", "+02:00"), "2027-04-01T00:00:00+02:00", []),
        (stamp(31, "23:20", "+02:00"), "2027-04-01T00:05:00+02:00", [f"end: 2027-04-01T00:05:00+02:00 {OUTSIDE}"]),
        (
            "2027-04-01T00:00:00+02:00",
            "2027-04-01T00:45:00+02:00",
            [
                f"{side}: 2027-04-01T00:{minute}:00+02:00 {OUTSIDE}"
                for side, minute in (("start", "00"), ("end", 45))
            ],
        ),
        ("2027-02-28T23:45:00+01:00", stamp(1, "00:30"), [f"start: 2027-02-28T23:45:00+01:00 {OUTSIDE}"]),
        ("2027-02-28T23:00:00+01:00", stamp(1, "00:00"), [f"start: 2027-02-28T23:00:00+01:00 {OUTSIDE}"]),
        ("soon", stamp(1, "09:45"), ["start: 'soon' is not a time with offset, like 2027-01-11T09:00:00+00:00"]),
        (
            stamp(1, "09:00", ""),
            stamp(1, "09:45", ""),
            [
                f"start: '{stamp(1, '09:00', '')}' is not a time with offset, like 2027-01-11T09:00:00+00:00",
                f"end: '{stamp(1, '09:45', '')}' is not a time with offset, like 2027-01-11T09:00:00+00:00",
            ],
        ),
        (
            "2027-03-01T09:00:01+01:00",
            stamp(1, "09:45"),
            ["start: 2027-03-01T09:00:01+01:00 is not a whole minute"],
        ),
        (
            stamp(1, "08:00", "+00:00"),
            stamp(1, "09:45"),
            [f"start: {stamp(1, '08:00', '+00:00')} {ZONE}: {stamp(1, '09:00')}"],
        ),
        (
            stamp(1, "09:00"),
            stamp(1, "10:45", "+02:00"),
            [f"end: {stamp(1, '10:45', '+02:00')} {ZONE}: {stamp(1, '09:45')}"],
        ),
        (stamp(1, "09:05"), stamp(1, "09:50"), []),
        (stamp(1, "09:06"), stamp(1, "09:51"), ["start: sessions start at midnight plus a multiple of 5 minutes"]),
        (stamp(1, "09:00"), stamp(1, "09:44"), ["minutes: 44 minutes lie between start and end"]),
        (
            stamp(1, "09:45"),
            stamp(1, "09:00"),
            ["minutes: -45 minutes lie between start and end", "end: the end must come after the start"],
        ),
        (
            stamp(1, "09:00"),
            stamp(1, "09:00"),
            ["minutes: 0 minutes lie between start and end", "end: the end must come after the start"],
        ),
        (stamp(6, "09:00"), stamp(6, "09:45"), [f"start: {who} {NOT_FREE}" for who in "ax"]),
    ],
)
def test_the_times_of_a_session(start, end, faults):
    found = of_a(("a", "x", "1", start, end, "45"), rules={"grid_minutes": 5})
    assert [fault for fault in found if "a and x hold 0" not in fault] == [f"line 3, {fault}" for fault in faults]


def test_a_session_that_cannot_be_read_is_none():
    for row in (
        ("a", "x", "1", "soon", stamp(1, "09:45"), "45"),
        ("a", "x", "1", stamp(1, "09:00"), "soon", "45"),
    ):
        assert "a and x hold 0 sessions, at least 1 required" in of_a(row)
    assert "a and x hold 0 sessions, at least 1 required" in of_a(session("a x", 1, 1, ("09:00", "09:00")))
    assert not any("hold 0" in fault for fault in of_a(session("a x", 1, 1, ("09:00", "09:01"))))


def test_rows_out_of_order_and_sessions_out_of_number():
    first, second, third = (session("a x", number, 7 * number) for number in (1, 2, 3))
    assert of_a(first, second, third) == []
    (fault,) = of_a(second, first, third)
    assert "must be sorted by start, mentee_id" in fault
    assert of_a(first, session("a x", 3, 14), session("a x", 3, 21)) == [
        "line 4, number: 3 must be 2: numbers run in order of time"
    ]
    assert of_a(session("a x", 0, 7)) == ["line 3, number: 0 must be 1: numbers run in order of time"]
    assert of_a(session("a x", "one", 7)) == ["line 3, number: 'one' is not a whole number"]
    long, short = session("a x", 2, 7), session("a x", 1, 7, ("09:00", "09:30"), minutes=30)
    assert not any("numbers run" in fault for fault in of_a(long, short, rules={"minutes": [45, 30]}))


def test_sessions_that_start_together_stand_by_mentee_and_mentor():
    both = [session("a x", 1, 1), session("a y", 1, 1), session("b y", 1, 1)]
    among = ((0, 3), (0, 4), (1, 4))
    assert not any("sorted" in fault for fault in sessions_of(both, among=among))
    for order in ((1, 0, 2), (0, 2, 1), (2, 0, 1)):
        found = sessions_of([both[place] for place in order], among=among)
        assert sum("must be sorted by start, mentee_id" in fault for fault in found) == 1


def test_whose_a_session_is():
    assert of_a(session("a x", 1, 7), session("a y", 1, 14)) == [
        "line 4, mentor_id: these two are no pair in pairs.csv"
    ]
    assert of_a(session("a x", 1, 7), session("? x", 1, 14)) == [
        "line 4, mentee_id: '?' is no employee_id of the cohort"
    ]
    crossed = of_a(session("a x", 1, 7), session("a ?", 1, 15, ("09:00", "09:44")))
    assert crossed == [
        "line 4, mentor_id: '?' is no employee_id of the cohort",
        "line 4, minutes: 44 minutes lie between start and end",
    ]


def test_lengths_and_starts_of_what_was_held_are_as_they_are():
    """They may have been agreed under other rules; what comes is under these."""
    held, coming = session("a x", 1, 1), session("a x", 2, 15)
    rules = {"minutes": [60], "grid_minutes": 7}
    known = {"a x": [1]}
    length = "minutes: '45' is not a length of sessions (sessions.minutes: 60)"
    grid = "start: sessions start at midnight plus a multiple of 7 minutes"
    found = sessions_of([held, coming], rematch={"as_of": 10, "held": known}, rules=rules, among=((0, 3),))
    assert found == [f"line 3, {length}", f"line 3, {grid}"]
    found = sessions_of([held, coming], rules=rules, among=((0, 3),))
    assert found == [f"line {line}, {fault}" for line in (2, 3) for fault in (length, grid)]


@pytest.mark.parametrize(
    ("busy", "pause", "told"),
    [
        (("09:45", "10:00"), 0, None),
        (("09:45", "10:00"), 10, "has no pause of 10 minutes beside busy time"),
        (("09:55", "10:00"), 10, None),
        (("09:44", "10:00"), 10, NOT_FREE),
    ],
)
def test_who_is_busy_beside_a_session(busy, pause, told):
    rules = {"pause_minutes": pause}
    for who in "ax":
        times = ((who, *(f"2027-03-08T{clock}" for clock in busy)),)
        found = of_a(session("a x", 1, 8), rules=rules, busy=times)
        assert found == ([f"line 3, start: {who} {told}"] if told else [])


def test_who_would_mentor_himself_is_told_once():
    found = sessions_of([session("c c", 1, 6)], among=((2, 2),))
    assert found == [f"line 2, start: c {NOT_FREE}"]


def test_sessions_need_their_distance():
    for days, faults in ((7, []), (6, ["only 6 days after the session on 2027-03-07, at least 7 required"])):
        found = of_a(session("a x", 1, 7), session("a x", 2, 7 + days, ("10:00", "10:45")))
        assert [fault for fault in found if "not free" not in fault] == [f"line 4, start: {one}" for one in faults]
    near = [session("a x", 1, 1), session("a x", 2, 5), session("a x", 3, 11)]
    assert sessions_of(near, rematch={"as_of": 6, "held": {"a x": [1, 5]}}, among=((0, 3),)) == [
        "line 4, start: too soon after the pair's last session held: 2027-03-12 at the earliest",
        "line 4, start: only 6 days after the session on 2027-03-05, at least 7 required",
    ]


EVERY_DAY = SIX_DAYS | {"working_days": list(WEEKDAYS)}

LACKING = "a and x hold no session for more than max_months_between (1):"

LONG = {"end": "2027-05-31"}  # a day of April is 31 above its number, one of May 61


def of_one(*days, **more):
    """What is wrong with sessions of a and x at nine on these days."""
    rows = [session("a x", number, day) for number, day in enumerate(days, start=1)]
    return sessions_of(rows, among=((0, 3),), **more)


def test_pairs_hold_as_many_sessions_as_they_must():
    assert of_one(2, 9, rules={"minimum": 2}) == []
    assert of_one(2, rules={"minimum": 2}) == ["a and x hold 1 sessions, at least 2 required"]
    assert of_one() == ["a and x hold 0 sessions, at least 1 required"]


@pytest.mark.parametrize(
    ("days", "faults"),
    [
        ((10, 41, 71), []),
        ((32, 62), []),  # the first of April is one month after the beginning
        ((33, 63), ["line 2, start: {} from 2027-03-01 to 2027-04-02"]),
        ((31, 61, 70), []),
        ((31, 62), ["line 3, start: {} from 2027-03-31 to 2027-05-01"]),
        ((29, 60), ["line 3, start: {} from 2027-04-29 to 2027-05-31"]),
        (
            (36, 78),
            [
                "line 2, start: {} from 2027-03-01 to 2027-04-05",
                "line 3, start: {} from 2027-04-05 to 2027-05-17",
            ],
        ),
    ],
)
def test_no_month_without_a_session_from_date_to_date(days, faults):
    found = of_one(*days, frame=LONG, rules={"month_rule": "rolling"}, calendar=EVERY_DAY)
    assert found == [fault.format(LACKING) for fault in faults]


@pytest.mark.parametrize(
    ("days", "most", "faults"),
    [
        ((10, 40, 70), 1, []),
        ((10, 70), 1, ["line 3, start: a and x hold no session in April 2027"]),
        ((40, 70), 1, ["line 2, start: a and x hold no session in March 2027"]),
        ((10, 40), 1, ["line 3, start: a and x hold no session in May 2027"]),
        ((10, 70), 2, []),
        ((70,), 2, ["line 2, start: a and x hold no session in March 2027 to April 2027"]),
        ((10,), 2, ["line 2, start: a and x hold no session in April 2027 to May 2027"]),
    ],
)
def test_no_calendar_month_without_a_session(days, most, faults):
    rules = {"month_rule": "calendar", "max_months_between": most}
    assert of_one(*days, frame=LONG, rules=rules, calendar=EVERY_DAY) == faults


def test_days_away_are_not_counted_and_that_is_told():
    rules = {"month_rule": "rolling", "absences": "pause"}
    more = {"frame": LONG, "rules": rules, "calendar": EVERY_DAY, "absences": (("x", "2027-04-05", "2027-04-06"),)}
    assert of_one(10, 43, 73, **more) == []
    assert of_one(10, 44, 74, **more) == [
        f"line 3, start: {LACKING} from 2027-03-10 to 2027-04-13, absences not counted"
    ]


def test_months_before_the_last_session_held_are_as_they_are():
    rules = {"month_rule": "both"}
    more = {"frame": LONG, "rules": rules, "rematch": {"as_of": 65, "held": {"a x": [2, 61]}}}
    assert of_one(2, 61, 89, **more) == []
    assert of_one(2, 61, **more) == [
        f"line 3, start: {LACKING} from 2027-04-30 to 2027-05-31",
        "line 3, start: a and x hold no session in May 2027",
    ]
    assert of_one(2, 61, 67, **more) == [
        "line 4, start: too soon after the pair's last session held: 2027-05-07 at the earliest",
        "line 4, start: only 6 days after the session on 2027-04-30, at least 7 required",
    ]


def test_sessions_lie_within_the_engagement():
    people = (
        {"employee_id": "a", "function": "F", "level": "1", "first_day": "2027-03-08", "last_day": "2027-03-26"},
        *("b F 1", "c F 1"),
        {"employee_id": "x", "function": "F", "level": "3", "last_day": "2027-03-19"},
        "y F 3",
    )
    outside = "start: outside the engagement of a and x (2027-03-08 to 2027-03-19)"
    assert of_one(8, 19, employees=people) == []
    assert of_one(7, 21, employees=people) == [f"line {line}, {outside}" for line in (2, 3)]
    held = {"as_of": 9, "held": {"a x": [7]}}
    assert of_one(7, 14, rematch=held, employees=people) == []
    assert of_one(7, 14, rematch=held | {"begun": 8}, employees=people) == []


def test_the_last_session_before_the_programme_counts():
    met = (("a", "x", "past", "2027-02-25"),)
    assert of_one(4, pairs=met) == []
    assert of_one(3, 10, pairs=met) == [
        "line 2, start: too soon after the pair's last session before the programme: 2027-03-04 at the earliest"
    ]


def test_engagements_as_long_as_needed():
    frame, rules = {"engagement": "as-needed", "latest_start": 14}, {"number": 2}
    more = {"frame": LONG | frame, "rules": rules | {"month_rule": "rolling"}}
    late = "begins after 2027-03-15 (programme.latest_start)"
    assert of_one(15, 45, **more) == []
    assert of_one(15, **more) == ["a and x hold 1 sessions, exactly 2 wanted"]
    assert of_one(15, 22, 29, **more) == ["a and x hold 3 sessions, exactly 2 wanted"]
    assert of_one(16, 45, **more) == [f"line 2, start: {late}"]
    assert of_one(15, 47, **more) == [f"line 3, start: {LACKING} from 2027-03-15 to 2027-04-16"]
    assert of_one(15, 47, **more, rematch={"as_of": 40, "held": {"a x": [15]}}) == [
        f"line 3, start: {LACKING} from 2027-03-15 to 2027-04-16"
    ]
    assert of_one(16, 45, **more, rematch={"as_of": 40, "held": {"a x": [16]}}) == []
    assert of_one(8, 10, 38, **more, rematch={"as_of": 35, "held": {"a x": [8, 10]}}) == [
        "a and x hold 3 sessions, exactly 2 wanted"
    ]


def test_an_engagement_as_long_as_needed_begins_when_it_likes():
    frame, rules = {"engagement": "as-needed"}, {"number": 2, "month_rule": "both"}
    assert of_one(71, 78, frame=LONG | frame, rules=rules) == []


def test_what_pairs_that_are_over_have_held_counts_for_limits():
    rules = {"max_per_week": 1}
    for date, faults in ((8, ["line 2, start: {}"]), (5, [])):
        found = of_one(10, rules=rules, rematch={"as_of": 9, "held": {"b x": [date]}})
        told = "x has 2 sessions from Monday 2027-03-08 to Sunday 2027-03-14 up to here, at most 1 allowed"
        assert found == [fault.format(f"{told} (max_per_week)") for fault in faults]


def test_places_are_free_again_once_an_engagement_ends():
    frame, rules = {"engagement": "as-needed"}, {"number": 2}
    people = ("a F 1", "b F 1", "c F 1", "x F 3 1", "y F 3")
    for days, faults in (
        ((2, 9, 15, 22), []),
        ((2, 15, 9, 22), ["line 3, start: x has 2 mentees at this moment"]),
    ):
        rows = [
            session(pair, number, day)
            for day, pair, number in sorted(zip(days, ("a x", "a x", "b x", "b x"), (1, 2, 1, 2), strict=True))
        ]
        found = sessions_of(rows, among=((0, 3), (1, 3)), frame=frame, rules=rules, employees=people)
        assert [
            fault.partition(",")[0] + "," + fault.partition(",")[2].partition(",")[0] for fault in found
        ] == faults

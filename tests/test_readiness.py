"""What `matcher check` tells: calendars that look odd, whom places are too few for, what keeps it from solving."""

import datetime as dt
from dataclasses import replace

import pytest
from cohorts import Spec, build
from draws import random_spec

from matcher.errors import Fault, InputError
from matcher.readiness import assess
from matcher.readiness_report import readiness_data, readiness_lines, ready_line
from matcher.solver import solve

START = dt.date(2027, 3, 1)
FRAME = {"start": START, "end": dt.date(2027, 5, 9)}  # ten weeks, fifty working days


def day(number):
    """Dates of the programme, the first is 0."""
    return str(START + dt.timedelta(days=number))


def busy(person, *numbers):
    """Busy for the whole of these days."""
    return tuple((person, day(number), day(number)) for number in numbers)


def case(busy=(), availability=(), **sections):
    """Three mentees who list one mentor each, a mentor nobody may have, and somebody whom nobody lists."""
    people = ("a F 1", "b F 1", "c F 1", "m G 2", "n G 2", "o G 2", "p F 1", "q G 3")
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}, **sections}
    choices = ("a m", "b n", "c o", "c p")
    return build(Spec(people, choices, tuple(availability), tuple(busy), programme=settings))


def named(cohort, field):
    return " ".join(cohort.employees.ids[person] for person in getattr(assess(cohort), field))


MEETINGS = tuple((f"{day(number)}T09:00", f"{day(number)}T09:30") for number in range(0, 70, 7))


def meetings(*people, weeks=10):
    return tuple((person, *span) for person in people for span in MEETINGS[:weeks])


# --- no free time, and full -----------------------------------------------------------------------------------


def test_nobody_is_named_without_reason():
    cohort = case()
    for field in ("without_free_time", "full_calendars", "empty_calendars", "without_common_hours"):
        assert named(cohort, field) == ""


def test_people_without_any_free_time():
    never = (("m", "mon", "", ""), ("p", "mon", "", ""), ("q", "mon", "", ""))
    cohort = case(busy("a", *range(70)), never)
    assert named(cohort, "without_free_time") == "a m", "p and q are in no choice that the rules allow"
    assert named(cohort, "without_common_time") == "a"
    assert named(cohort, "without_common_hours") == "a"
    assert named(cohort, "full_calendars") == ""


def test_too_short_to_meet_is_no_free_time():
    windows = [("m", "mon", "09:00", "09:44"), ("n", "mon", "09:00", "09:45")]
    assert named(case((), windows), "without_free_time") == "m"
    assert named(case((), windows, sessions={"minutes": [60, 44]}), "without_free_time") == ""


@pytest.mark.parametrize(("free_days", "full"), [(4, "n"), (5, ""), (50, "")])
def test_a_calendar_that_looks_full(free_days, full):
    """A session fits on fewer than one in ten of fifty working days."""
    working = [number for number in range(70) if number % 7 < 5]
    cohort = case(busy("n", *working[free_days:]))
    assert named(cohort, "full_calendars") == full


def test_part_time_is_not_full():
    assert named(case((), [("n", "wed", "09:00", "10:00")]), "full_calendars") == ""


def test_without_common_hours_needs_all_choices():
    evenings = [("m", "mon", "18:00", "20:00")]
    assert named(case((), evenings), "without_common_hours") == "a"
    assert named(case((), [*evenings, ("m", day(0), "09:00", "10:00")]), "without_common_hours") == ""
    cohort = case(busy("m", *range(70)))
    assert named(cohort, "without_common_time") == "a"
    assert named(cohort, "without_common_hours") == ""


# --- empty ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "empty"),
    [
        ((), ""),
        (meetings("a", "b", "m"), "c n o"),  # half of the six have one a week
        (meetings("a", "b"), ""),
        (meetings("a", "b", "m", weeks=9), ""),
        (meetings("a", "b", "c", "m", "n"), "o"),
        (meetings("a", "b", "c", "m", "n") + busy("o", 3), ""),
        (meetings("a", "b", "c", "m", "n") + busy("o", -30, 90), "o"),  # busy before and after
        (meetings("a", "b", "c", "m", "n") + busy("o", 69), ""),
    ],
)
def test_a_calendar_that_looks_empty(rows, empty):
    assert named(case(rows), "empty_calendars") == empty


# --- in words -------------------------------------------------------------------------------------------------


def test_people_are_named_in_words_and_by_id():
    cohort = case(meetings("a", "b", "c", "n", "o"), [("m", "mon", "", "")])
    figures = assess(cohort)
    text = "\n".join(readiness_lines(cohort, figures))
    assert "1 person has no free time for any session, whoever it is with:\n  m" in text
    assert "1 person has a calendar that looks empty (never busy, unlike others):\n  m" in text
    assert "1 mentee has no working hours in common with any choice (they are among those):\n  a" in text
    data = readiness_data(cohort, figures)
    fields = (
        "without_free_time",
        "empty_calendars",
        "full_calendars",
        "without_common_hours",
        "without_common_time",
    )
    assert [data[field] for field in fields] == [["m"], ["m"], [], ["a"], ["a"]]


def test_long_lists_are_cut_and_counted():
    people = (*(f"a{number:02} F 1" for number in range(30)), "m G 2")
    choices = tuple(f"a{number:02} m" for number in range(30))
    rows = (("m", "mon", "18:00", "20:00"),)
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}}
    cohort = build(Spec(people, choices, rows, programme=settings))
    lines = readiness_lines(cohort, assess(cohort))
    at = lines.index("Warning: 30 mentees have no working hours in common with any choice (they are among those):")
    assert lines[at + 20 : at + 22] == ["  a19", "  ... and 10 more (--verbose lists all)"]


def test_a_cohort_without_choices():
    cohort = build(Spec(("a F 1", "m F 1"), ("a m",), programme={"programme": FRAME}))
    assert assess(cohort).without_free_time == assess(cohort).empty_calendars == ()


# --- how many can have a mentor at most -----------------------------------------------------------------------


def crowd(**sections):
    """Five want m, who takes two; one of them n as well; f lists himself, g somebody who is never free."""
    people = (*(f"{name} F 1" for name in "abcdefg"), "m G 3", "n H 3", "o G 3", "p F 4", "q G 2")
    choices = ("a m", "b m", "c m", "d m", "e n", "e m", "f f", "g o")
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}, **sections}
    return build(Spec(people, choices, (("o", "mon", "", ""),), programme=settings))


def test_how_many_can_have_a_mentor_at_most():
    cohort = crowd()
    figures = assess(cohort)
    assert (figures.mentees, figures.at_most, figures.too_few_places) == (7, 3, 2)
    assert (len(figures.without_eligible_choice), len(figures.without_common_time)) == (1, 1)
    assert ready_line(cohort, figures) == (
        "ready: at most 3 of 7 mentees can have a mentor, 7 of 8 choices eligible, 24 places with 12 mentors; "
        "read the warnings"
    )


def test_nothing_to_warn_of():
    people = ("a F 1", "b F 1", "m G 2", "n G 2")
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}, "calendar": {"country": "RU"}}
    cohort = build(Spec(people, ("a m", "b m", "b n"), (), meetings("a", "b", "m", "n"), programme=settings))
    figures = assess(cohort)
    assert not figures.has_warnings
    assert ready_line(cohort, figures) == (
        "ready: at most 2 of 2 mentees can have a mentor, 3 of 3 choices eligible, 8 places with 4 mentors"
    )
    assert not [line for line in readiness_lines(cohort, figures) if "Warning" in line or "bottleneck" in line]
    warned = replace(cohort, warnings=(Fault("busy.csv", "is odd", 7),))
    assert ready_line(warned, assess(warned)).endswith("with 4 mentors; read the warnings")


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_solution_serves_more_mentees(first):
    """Against the solver: the bound holds, and it is met where schedules do not clash."""
    met = short = 0
    for seed in range(first, first + 20):
        cohort = build(random_spec(seed))
        figures = assess(cohort)
        try:
            solution = solve(cohort, time_limit=60)
        except InputError:
            assert figures.blockers
            continue
        served = len({pair.mentee for pair in solution.pairs})
        assert served <= figures.at_most <= figures.mentees
        without = len(figures.without_eligible_choice) + len(figures.without_common_time) + figures.too_few_places
        assert figures.at_most == figures.mentees - without
        assert bool(figures.blockers) == (figures.at_most == 0)
        met += served == figures.at_most
        short += bool(figures.shortages)
    assert met >= 10
    assert short >= 3


# --- not ready ------------------------------------------------------------------------------------------------


def locked(*pairs, choices=("a m",), availability=(), **sections):
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}, **sections}
    people = ("a F 1", "b F 1", "m G 2", "n G 3")
    rows = tuple((*pair.split(), "locked") for pair in pairs)
    return build(Spec(people, choices, tuple(availability), pairs=rows, programme=settings))


NO_TIME = "preferences.csv: nobody could be paired: no eligible choice has enough time in common for a schedule"
NO_ROOM = (
    "programme.toml: no pair can ever keep sessions.minimum, sessions.min_days_between and the month rule "
    "between 2027-03-01 and 2027-05-09, however free the two are"
)
HOUR = ("n", day(0), "09:00", "09:45")  # one session of one pair


@pytest.mark.parametrize(
    ("cohort", "said"),
    [
        (locked(choices=()), "preferences.csv: names no mentee; there is nobody to pair"),
        (
            locked(choices=("a a", "a b", "b x")),
            "preferences.csv: nobody could be paired: rules set aside all choices",
        ),
        (
            locked(availability=[("m", "mon", "", "")]),
            NO_TIME,
        ),
        (
            locked(sessions={"month_rule": "none", "minimum": 6}),
            NO_ROOM,
        ),
        (
            locked("b n", availability=[("n", "mon", "", "")]),
            "pairs.csv: the locked pair b with n: the two have too little time in common for a schedule",
        ),
        (
            locked("a n", "b n", availability=[("n", "mon", "", ""), HOUR]),
            "pairs.csv: the locked pairs a with n; b with n cannot all be scheduled together",
        ),
    ],
)
def test_what_makes_a_cohort_not_ready(cohort, said):
    figures = assess(cohort)
    assert [f"{fault.file}: {fault}" for fault in figures.blockers] == [said]
    assert not figures.ready
    assert ready_line(cohort, figures) == f"not ready: 1 fault in {said.partition(':')[0]}"
    data = readiness_data(cohort, figures)
    assert (data["ready"], [fault["message"] for fault in data["faults"]]) == (False, [said.partition(": ")[2]])


def test_locks_that_can_be_kept_are_ready():
    assert assess(locked("a n", "b n", choices=())).blockers == ()
    assert assess(locked("a n", choices=())).at_most == 1
    assert assess(locked("a n", choices=("a m", "b a"))).ready, "the lock alone is somebody to pair"


# --- settings that look odd -----------------------------------------------------------------------------------


def odd(people=("a F 1", "b F 1", "m G 2"), days=(), **sections):
    """The settings that are told, without that of holidays unless `days` is None."""
    settings = {"programme": FRAME, "calendar": {"country": "RU"}, "sessions": {"month_rule": "none"}, **sections}
    figures = assess(build(Spec(people, ("a m", "b m"), holidays=days, programme=settings)))
    return [str(fault) for fault in figures.odd_settings]


@pytest.mark.parametrize(
    ("preferred", "told"),
    [
        ("10:00-12:00", ""),
        ("08:00-09:45", ""),  # a session fits from nine
        ("08:00-09:44", "08:00 and 09:44"),
        ("18:00-20:00", "18:00 and 20:00"),
        ("10:00-12:00, 19:00-20:00", "19:00 and 20:00"),
        ("12:30-13:45", ""),
        ("12:30-13:44", "12:30 and 13:44"),  # lunch until one
    ],
)
def test_preferred_hours_outside_working_hours(preferred, told):
    calendar = {"country": "RU", "preferred_hours": preferred, "lunch": "12:00-13:00"}
    found = odd(calendar=calendar)
    assert len(found) == bool(told)
    assert all(f"calendar.preferred_hours: no session of 45 minutes between {told} is" in text for text in found)


def test_the_shortest_session_decides_what_fits():
    calendar = {"country": "RU", "preferred_hours": "08:00-09:44"}
    assert odd(calendar=calendar, sessions={"month_rule": "none", "minutes": [60, 44]}) == []
    assert len(odd(calendar=calendar, sessions={"month_rule": "none", "minutes": [60, 45]})) == 1


@pytest.mark.parametrize(
    ("hours", "lunch", "told"),
    [
        ("09:00-09:45", "", []),
        ("09:00-09:44", "", ["09:00-09:44 has no room for a session of 45 minutes"]),
        (
            "12:00-13:30",
            "12:30-13:00",
            ["12:00-13:30 less calendar.lunch (12:30-13:00) has no room for a session of 45 minutes"],
        ),
        ("12:00-13:45", "12:30-13:00", []),
    ],
)
def test_working_hours_without_room_for_a_session(hours, lunch, told):
    found = odd(calendar={"country": "RU", "working_hours": hours, "lunch": lunch})
    assert found == [f"calendar.working_hours: {text}" for text in told]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (5, []),
        (6, ["a pair is to have 6, but can have 5 at most"]),
        (2, []),
        (1, ["a pair is to have 1, but can have 2 at least"]),
    ],
)
def test_a_number_of_sessions_out_of_reach(number, told):
    found = odd(sessions={"number": number, "minimum": 2, "month_rule": "none"})
    assert found == [f"sessions.number: {text}" for text in told]


def test_public_holidays_that_nobody_knows():
    calendar = {"calendar": {}}
    message = "calendar.country: is empty for {}: their sessions may fall on public holidays"
    cohort = replace(crowd(), warnings=(Fault("busy.csv", "is odd", 7),))
    told = [fault["file"] for fault in readiness_data(cohort, assess(cohort))["warnings"]]
    assert told == ["busy.csv", "programme.toml"]
    assert odd(**calendar) == [message.format("everybody")]
    people = ({"employee_id": "a", "function": "F", "level": "1", "country": "RU"}, "b F 1", "m G 2", "z G 2")
    assert odd(people, **calendar) == [message.format("2 of the 3 people in eligible choices")]
    assert odd(days=(("", "2027-03-08", "off"),), **calendar) == []
    assert odd(days=(("", "2027-03-08", "short", "15:00"),), **calendar) == [message.format("everybody")]
    assert odd(days=(("RU", "2027-03-08", "off"),), **calendar) == [message.format("everybody")]


# --- supply and demand ----------------------------------------------------------------------------------------


SUPPLY = ("function", "level", "mentees", "asking", "first_choices", "mentors", "places", "wanted_places")


def test_supply_and_demand_by_function_and_level():
    cohort = crowd()
    assert [tuple(getattr(row, name) for name in SUPPLY) for row in assess(cohort).supply] == [
        ("G", "3", 0, 6, 5, 2, 4, 4),  # m and o; e likes n better
        ("F", "1", 7, 0, 0, 7, 14, 0),
        ("F", "4", 0, 0, 0, 1, 2, 0),
        ("G", "2", 0, 0, 0, 1, 2, 0),
        ("H", "3", 0, 1, 1, 1, 2, 2),
    ]
    data = readiness_data(cohort, assess(cohort))["supply"]
    assert data[0] == dict(zip(SUPPLY, ("G", "3", 0, 6, 5, 2, 4, 4), strict=True))


def test_first_choices_are_the_best_that_the_rules_allow():
    """a's first is himself; b ranks two alike; c's lock is no choice of his."""
    choices = (("a", 1, "a"), ("a", 2, "m"), ("a", 3, "n"), ("b", 4, "m"), ("b", 4, "n"), ("c", 1, "n"))
    people = ("a F 1", "b F 1", "c F 1", "m G 3 1", "n H 3 1")
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}}
    cohort = build(Spec(people, choices, pairs=(("c", "m", "locked"),), programme=settings))
    figures = assess(cohort)
    told = [(cohort.employees.ids[one.mentor], *one[1:]) for one in figures.crowded]
    assert told == [("m", 3, 1, 2), ("n", 3, 1, 2)]
    rows = {row.function: (row.asking, row.first_choices, row.wanted_places) for row in figures.supply}
    assert (rows["G"], rows["H"]) == ((2, 2, 1), (3, 2, 1))


def test_the_worst_of_forty_functions_are_shown():
    people = tuple(f"a{n:02} F 1" for n in range(40)) + tuple(f"m{n:02} G{n:02} 3" for n in range(40))
    choices = tuple(f"a{n:02} m{n:02}" for n in range(40)) + tuple(f"a{n:02} m07" for n in range(30) if n != 7)
    cohort = build(Spec(people, choices, programme={"programme": FRAME, "sessions": {"month_rule": "none"}}))
    figures = assess(cohort)
    lines = readiness_lines(cohort, figures)
    at = lines.index("Supply and demand by the mentors' function and level, where most is missing first:")
    assert lines[at + 3].split() == ["G07", "3", "30", "1", "2", "0"]
    assert lines[at + 13] == "  ... and 30 more (--verbose lists all)"
    assert sum(line.split()[0].startswith("G") for line in readiness_lines(cohort, figures, all_of_it=True)) == 40
    assert len(readiness_data(cohort, figures)["supply"]) == 41


# --- bottlenecks in words -------------------------------------------------------------------------------------


def words(cohort, **options):
    return " ".join(" ".join(readiness_lines(cohort, assess(cohort), **options)).split())


def test_bottlenecks_of_one_place_of_none_and_of_many():
    limit = {"capacity": {"mentees_per_mentor": 1}}
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}, **limit}
    people = tuple(f"a{n:02} F 1 0" for n in range(30)) + tuple(f"m{n} G 3" for n in range(6))
    ask = [(0, 22), (22, 24), (24, 26), (26, 28), (28, 30)]
    choices = tuple(f"a{n:02} m{place}" for place, (low, high) in enumerate(ask) for n in range(low, high))
    cohort = build(Spec(people, choices, pairs=(("a29", "m4", "locked"),), programme=settings))
    text = words(cohort)
    assert "Largest bottleneck: m0 has 1 free place, 22 mentees can only go there: at least 21 of them" in text
    assert (
        "Next bottleneck: m1 has 1 free place, 2 mentees can only go there (a22, a23): at least 1 of them stays"
        in text
    )
    assert "2 more bottlenecks, because of which 2 mentees stay without a mentor (--verbose lists all)." in text
    text = words(cohort, all_of_it=True)
    assert "m4 has no free place, a28 can only go there and stays without a mentor." in text
    assert "more bottleneck" not in text
    assert "a20, a21)" in text
    data = readiness_data(cohort, assess(cohort))["bottlenecks"]
    assert data[1] == {"mentors": ["m1"], "mentees": ["a22", "a23"], "places": 1, "missing": 1}
    assert len(data) == 5


def test_the_most_wanted_mentors_of_a_bottleneck_come_first():
    people = (*(f"a{n:02} F 1 0" for n in range(20)), *(f"m{n} G 3 1" for n in range(8)))
    choices = [f"a{n:02} m{n % 8}" for n in range(20)]
    choices += [f"a{n:02} m5" for n in range(20) if n % 8 != 5] + [f"a{n:02} m2" for n in range(9) if n % 8 != 2]
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}}
    cohort = build(Spec(people, tuple(choices), programme=settings))
    assert "8 mentors (m5, m2, m0, m1, m3 and 3 more) have 8 free places" in words(cohort)
    assert "8 mentors (m5, m2, m0, m1, m3, m4, m6, m7) have" in words(cohort, all_of_it=True)


def test_everything_of_a_small_cohort_in_words():
    cohort = crowd()
    assert "\n".join(readiness_lines(cohort, assess(cohort))) == GOLDEN


GOLDEN = """\
  employees                          12
  mentees                             7
  pairs they may have                 7
  places with all mentors            24
  places with mentors chosen          6
  choices listed                      8
  choices eligible                    7
  ... with enough common time         6
  set aside: self                     1
Supply and demand by the mentors' function and level, where most is missing first:
                                               mentees asking mentors' places
  function                     level              any   first    asked unasked
  G                            3                    6       5        4       0
  H                            3                    1       1        2       0
Most wanted mentors (more want them than they take):
  m: wanted by 5, first choice of 4, takes 2
Warning: whatever is decided, at least 4 mentees stay without a mentor:
  no choice that the rules allow              1
  too little time in common                   1
  too few places where they ask               2
Largest bottleneck: m has 2 free places, 4 mentees can only go there (a, b, c,
  d): at least 2 of them stay without a mentor.
What helps: more places with these mentors, or more choices of these mentees (4
  places are with mentors high enough whom nobody asks for).
Warning: 1 mentee has no eligible choice:
  f
Warning: 1 mentee has too little time in common with any choice:
  g
Warning: 1 mentee has no working hours in common with any choice (they are among those):
  g
Warning: 1 person has no free time for any session, whoever it is with:
  o
Warning: busy.csv: no busy times are known on the programme's dates: everybody
  counts as free in all working hours
Warning: programme.toml: calendar.country: is empty for everybody: their sessions may fall on public holidays"""


@pytest.mark.parametrize(
    ("extra", "places"),
    [
        ((), 0),
        (("x F 2",), 0),  # the mentees' own function: two levels are needed
        (("x F 3",), 2),
        (("x G 1",), 0),
        (("x G 2",), 2),
        (("x H 2 1", "y H 9 0"), 1),
    ],
)
def test_places_with_mentors_high_enough_whom_nobody_asks_for(extra, places):
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}}
    people = ("a F 1", "b F 1", "c F 1", "d G 5", "m G 2", *extra)
    cohort = build(Spec(people, ("a m", "b m", "c m"), programme=settings))
    figures = assess(cohort)
    assert figures.unasked_places == places + 2, "d's places"
    assert readiness_data(cohort, figures)["unasked_places"] == places + 2


def test_nobody_lacks_a_place_so_none_is_offered():
    assert assess(case()).unasked_places == 0


def test_nobody_has_busy_times():
    assert "busy.csv: no busy times are known" in words(case())
    assert "busy.csv: no busy times are known" not in words(case(busy("a", 3)))
    assert "busy.csv: no busy times are known" in words(case(busy("q", 3))), "q is in nobody's choices"

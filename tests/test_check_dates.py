"""The dates of a programme in the check: its grid, its months, and the numbers of sessions, by brute force."""

import calendar
import datetime as dt
from collections import Counter
from itertools import combinations, pairwise

import pytest
from check_cases import date, instant
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.check_dates import Dates, months_later, whole_months
from matcher.check_rhythm import Engagement, Rhythm
from matcher.programme import Programme

SPRING, AUTUMN = "2027-03-28", "2027-10-31"  # London: 01:00 to 02:00 is skipped, is repeated

# --- the grid -------------------------------------------------------------------------------------------------


def dates_of(start, end, timezone="UTC", **sessions):
    frame = {"start": start, "end": end, "timezone": timezone}
    return Dates(Programme.model_validate({"programme": frame, "sessions": sessions}))


def whole(dates):
    """The rules on dates for a pair that takes part from the first day to the last."""
    return Rhythm(dates, Engagement(0, dates.days - 1))


@pytest.mark.parametrize(
    ("day", "zone", "start", "on_grid"),
    [
        ("2027-03-01", "Europe/London", "2027-03-01T00:40+00:00", True),
        ("2027-03-01", "Europe/London", "2027-03-01T01:00+00:00", False),
        ("2027-03-01", "Asia/Kolkata", "2027-03-01T00:40+05:30", True),
        ("2027-03-01", "Asia/Kolkata", "2027-03-01T00:40+00:00", False),
        (SPRING, "Europe/London", "2027-03-28T03:00+01:00", True),  # 120 minutes after midnight
        (SPRING, "Europe/London", "2027-03-28T02:00+01:00", False),  # 60 minutes after midnight
        (AUTUMN, "Europe/London", "2027-10-31T01:00+00:00", True),  # 120 minutes after midnight
        ("2017-10-15", "America/Sao_Paulo", "2017-10-15T01:00-02:00", True),  # midnight was skipped
        ("2017-10-15", "America/Sao_Paulo", "2017-10-15T01:40-02:00", True),
        ("2017-10-15", "America/Sao_Paulo", "2017-10-15T02:00-02:00", False),
    ],
)
def test_a_grid_of_forty_minutes_begins_anew_at_every_midnight(day, zone, start, on_grid):
    dates = dates_of(day, day, zone, grid_minutes=40)
    assert dates.on_grid(instant(start)[0]) == on_grid


def test_a_date_has_as_many_minutes_as_its_clock_gives_it():
    dates = dates_of("2027-03-27", "2027-03-29", "Europe/London")
    assert [b - a for a, b in pairwise(dates.midnights)] == [1440, 1380, 1440]
    assert [dates.day_of(dates.midnights[1] + minutes) for minutes in (-1, 0, 1379, 1380)] == [0, 1, 1, 2]


# --- months ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-01-31", 2, "2027-03-31"),
        ("2027-02-28", 1, "2027-03-28"),
        ("2027-12-15", 1, "2028-01-15"),
        ("2027-11-30", 15, "2029-02-28"),
        ("2027-12-31", 12, "2028-12-31"),
    ],
)
def test_months_later(day, months, later):
    assert months_later(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2027-01-01", "2027-01-31", [1]),
        ("2027-01-02", "2027-02-27", []),
        ("2027-01-02", "2027-02-28", [2]),
        ("2027-01-31", "2027-04-01", [2, 3]),
        ("2026-12-01", "2027-01-31", [12, 1]),
    ],
)
def test_whole_months(start, end, months):
    found = list(whole_months(dt.date.fromisoformat(start), dt.date.fromisoformat(end)))
    assert [first.month for first, _ in found] == months
    assert all(first.day == 1 and (last + dt.timedelta(days=1)).day == 1 for first, last in found)


# --- numbers of sessions against every set of dates -----------------------------------------------------------


def keeps_the_rules(chosen, start, end, rules, away=frozenset()):
    """The rules on dates as the contract words them, within an engagement, with the dates on which one is away."""
    if any(not start <= day <= end for day in chosen):
        return False
    if any((later - day).days < rules["min_days_between"] for day, later in pairwise(chosen)):
        return False
    months = rules["max_months_between"]
    if rules["month_rule"] in ("rolling", "both"):
        for day, later in pairwise((start, *chosen, end)):
            passed = sum(day + dt.timedelta(days=n) not in away for n in range(1, (later - day).days + 1))
            if passed > (months_later(day, months) - day).days:
                return False
    if rules["month_rule"] in ("calendar", "both"):
        names = dict.fromkeys((start + dt.timedelta(days=n)).replace(day=1) for n in range((end - start).days + 1))
        absent = {day.replace(day=1) for day in away if start <= day <= end}
        count = [name for name in names if name >= start and month_end(name) <= end and name not in absent]
        for at in range(len(count) - months + 1):
            if not any(count[at] <= day <= month_end(count[at + months - 1]) for day in chosen):
                return False
    return True


def month_end(first):
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_possible_numbers_of_sessions(data):
    start = dt.date(2027, 1, 1) + dt.timedelta(days=data.draw(st.sampled_from([0, 1, 14, 30])))
    ends = [dt.date(2027, 2, 28), dt.date(2027, 3, 30), dt.date(2027, 3, 31), dt.date(2027, 5, 31)]
    end = data.draw(st.sampled_from(ends))
    rules = {
        "min_days_between": data.draw(st.sampled_from([1, 10, 14, 28])),
        "max_months_between": data.draw(st.sampled_from([1, 2])),
        "month_rule": data.draw(st.sampled_from(["both", "rolling", "calendar", "none"])),
        "minimum": data.draw(st.integers(1, 3)),
    }
    length = (end - start).days + 1
    edges = [day for day in (0, 27, 30, length - 29, length - 1) if day < length]
    likely = st.one_of(st.integers(0, length - 1), st.sampled_from(edges))
    open_days = data.draw(st.sets(likely, min_size=2, max_size=8))
    earliest = data.draw(st.sampled_from([0, 0, 5, length]))
    usable = [start + dt.timedelta(days=day) for day in sorted(open_days) if day >= earliest]
    expected = [
        number
        for number in range(rules["minimum"], len(usable) + 1)
        if any(keeps_the_rules(chosen, start, end, rules) for chosen in combinations(usable, number))
    ]
    dates = dates_of(start, end, **rules)
    assert list(whole(dates).numbers(sum(1 << day for day in open_days), earliest)) == expected


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_possible_numbers_within_an_engagement_with_absences(data):
    """The dates of somebody who joins late, leaves early, and is away in between."""
    start = dt.date(2027, 1, data.draw(st.sampled_from([1, 15, 31])))
    dates = dates_of(
        start,
        start + dt.timedelta(days=data.draw(st.sampled_from([27, 58, 89, 119]))),
        min_days_between=data.draw(st.sampled_from([1, 10, 14])),
        max_months_between=data.draw(st.sampled_from([1, 2])),
        month_rule=data.draw(st.sampled_from(["both", "rolling", "calendar", "none"])),
        minimum=data.draw(st.integers(1, 2)),
    )
    days = st.integers(0, dates.days - 1)
    first, last = data.draw(days), data.draw(days)
    absent = 0
    for _ in range(data.draw(st.integers(0, 2))):
        begin = data.draw(days)
        absent |= ((1 << data.draw(st.sampled_from([1, 3, 14, 40]))) - 1) << begin
    absent &= sum(1 << day for day in range(first, last + 1))
    open_days = data.draw(st.sets(days, min_size=2, max_size=9))
    away = {dates.date(day) for day in range(dates.days) if absent >> day & 1}
    rules = dict(dates.programme.sessions)
    expected = [
        number
        for number in range(rules["minimum"], len(open_days) + 1)
        if any(
            keeps_the_rules(list(map(dates.date, chosen)), dates.date(first), dates.date(last), rules, away)
            for chosen in combinations(sorted(open_days), number)
        )
    ]
    rhythm = Rhythm(dates, Engagement(first, last, absent))
    bits = sum(1 << day for day in open_days)
    assert list(rhythm.numbers(bits, 0)) == expected
    assert (rhythm.least_missing(bits, 0) == 0) == bool(expected)
    for _ in range(25):  # until days are looked up eight at a time
        found = list(rhythm.numbers(bits, 0))
    assert found == expected


@pytest.mark.parametrize(
    ("first", "enough"),
    [
        ("2027-03-02", True),  # 1 March is a month after 1 February, and all days from then on rest
        ("2027-03-03", False),
        ("2027-02-27", True),
    ],
)
def test_absences_at_the_end_rest_to_the_last_day(first, enough):
    dates = dates_of("2027-02-01", "2027-03-31", month_rule="rolling")
    absent = sum(1 << day for day in range(date(first) - dates.first, dates.days))
    rhythm = Rhythm(dates, Engagement(0, dates.days - 1, absent))
    assert any(rhythm.numbers(1, 0)) == enough
    assert (rhythm.rolling_limit(0) >= dates.days) == enough
    assert rhythm.rolling_limit(-1) == (58 if enough else 28)


@pytest.mark.parametrize("days", [1, 7, 8, 9, 15, 16, 17, 64, 65])
def test_every_day_of_a_programme_counts(days):
    """Days are looked up eight at a time: also the last ones, where no eight are left."""
    dates = dates_of(
        "2027-01-01", dt.date(2026, 12, 31) + dt.timedelta(days), min_days_between=1, month_rule="none"
    )
    assert list(whole(dates).numbers(dates.all_days, 0)) == list(range(1, days + 1))
    assert list(whole(dates).numbers(1 << (days - 1), 0)) == [1]
    assert list(whole(dates).numbers(1 | 1 << (days - 1), 0)) == ([1, 2] if days > 1 else [1])
    assert list(whole(dates).numbers(dates.all_days, days - 1)) == [1]
    assert list(whole(dates).numbers(dates.all_days, days)) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**59 - 1), st.integers(0, 2**59 - 1), st.integers(0, 60), st.sampled_from([1, 10, 14]))
def test_more_open_days_never_make_a_number_impossible(some, more, earliest, apart):
    dates = dates_of("2027-02-01", "2027-03-31", min_days_between=apart)
    few = set(whole(dates).numbers(some, earliest))
    assert (
        few
        <= set(whole(dates).numbers(some | more, earliest))
        <= set(whole(dates).numbers(dates.all_days, earliest))
    )


@pytest.mark.parametrize(
    ("rule", "last", "enough"),
    [
        ("rolling", "2027-02-28", True),  # one month after 28 February is 28 March, the end
        ("rolling", "2027-02-27", False),
        ("calendar", "2027-02-01", True),  # March is not wholly inside
        ("none", "2027-02-01", True),
    ],
)
def test_the_last_session_may_be_a_month_before_the_end(rule, last, enough):
    dates = dates_of("2027-02-01", "2027-03-28", month_rule=rule)
    assert any(whole(dates).numbers(1 << (date(last) - dates.first), 0)) == enough


def test_a_whole_last_month_needs_a_session():
    """March ends with the programme: it is a whole month, though a session on its last day would be in time."""
    dates = dates_of("2027-02-01", "2027-03-31", month_rule="calendar")
    february, march = 1 << 0, 1 << 58
    assert list(whole(dates).numbers(february, 0)) == []
    assert list(whole(dates).numbers(february | march, 0)) == [2]


# --- weeks ----------------------------------------------------------------------------------------------------


def test_weeks_are_from_monday_to_sunday():
    """From Wednesday 6 to Tuesday 19 January 2027: the first and the last week are not whole."""
    dates = dates_of("2027-01-06", "2027-01-19")
    assert [dates.monday(day) for day in range(14)] == [-2] * 5 + [5] * 7 + [12] * 2
    assert [dates.week(day) for day in (-2, 0, 4, 5, 11, 12, 13)] == [
        *[0b11111] * 3, *[0b1111111 << 5] * 2, *[0b11 << 12] * 2,
    ]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_possible_numbers_of_sessions_where_weeks_have_limits(data):
    """Against every set of dates; the room of each week is what others leave of a limit."""
    start = dt.date(2027, 1, 4) + dt.timedelta(days=data.draw(st.integers(0, 6)))
    length = data.draw(st.integers(1, 22))
    rules = {
        "min_days_between": data.draw(st.integers(1, 7)),
        "month_rule": data.draw(st.sampled_from(["none", "rolling"])),
        "minimum": data.draw(st.integers(1, 3)),
    }
    dates = dates_of(start, start + dt.timedelta(days=length - 1), **rules)
    open_days = data.draw(st.sets(st.integers(0, length - 1), max_size=11))
    room = {dates.monday(day): data.draw(st.integers(0, 3)) for day in range(0, length, 1)}
    usable = sorted(day for day in open_days if room[dates.monday(day)])
    expected = [
        number
        for number in range(rules["minimum"], len(usable) + 1)
        if any(
            all(later - day >= rules["min_days_between"] for day, later in pairwise(chosen))
            and all(count <= room[monday] for monday, count in Counter(map(dates.monday, chosen)).items())
            for chosen in combinations(usable, number)
        )
    ]
    weeks = [
        sum(1 << day for day in range(length) if room[dates.monday(day)] > own + 1)
        for own in range(-(-7 // rules["min_days_between"]) - 1)
    ]
    assert list(whole(dates).numbers(sum(1 << day for day in usable), 0, weeks or ())) == expected

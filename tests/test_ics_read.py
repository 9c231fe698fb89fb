"""Calendar files -> busy time: what Outlook, Google and others write, and what is none of it."""

import codecs
import datetime as dt
import itertools
import time
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ics_cases import calendar, event, faults, read, reading, times

from benchmarks.exports import OUTLOOK_ZONE
from matcher.ics_read import joined, read_calendar

NINE = ["DTSTART:20270112T090000Z", "DTEND:20270112T100000Z"]
NINE_TO_TEN = ["01-12 09:00 - 01-12 10:00"]
ME = "ATTENDEE;CN=Ann;PARTSTAT={}:mailto:ann@corp.example"


# --- what counts as busy --------------------------------------------------------------------------------------

BUSY, FREE = NINE_TO_TEN, []


@pytest.mark.parametrize(
    ("lines", "with_tentative", "without_tentative", "skipped"),
    [
        ([], BUSY, BUSY, None),
        (["STATUS:CONFIRMED", "TRANSP:OPAQUE"], BUSY, BUSY, None),
        (["STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"], FREE, FREE, "cancelled"),
        (["TRANSP:TRANSPARENT"], FREE, FREE, "free"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:FREE", "TRANSP:OPAQUE"], FREE, FREE, "free"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", "TRANSP:OPAQUE"], FREE, FREE, "elsewhere"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:OOF", "TRANSP:TRANSPARENT"], BUSY, BUSY, None),
        (["X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "TRANSP:TRANSPARENT"], BUSY, BUSY, None),
        (["X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"], BUSY, FREE, "tentative"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "TRANSP:TRANSPARENT"], BUSY, FREE, "tentative"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:SOMETHING-NEW", "TRANSP:TRANSPARENT"], FREE, FREE, "free"),
        (["STATUS:TENTATIVE"], BUSY, FREE, "tentative"),
        (["STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"], BUSY, BUSY, None),
        (["STATUS:TENTATIVE", "TRANSP:TRANSPARENT"], FREE, FREE, "free"),
        ([ME.format("DECLINED")], FREE, FREE, "declined"),
        ([ME.format("DECLINED"), "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"], FREE, FREE, "declined"),
        ([ME.format("TENTATIVE")], BUSY, FREE, "tentative"),
        ([ME.format("NEEDS-ACTION")], BUSY, BUSY, None),
        ([ME.format("ACCEPTED")], BUSY, BUSY, None),
        (["ATTENDEE;PARTSTAT=DECLINED:mailto:bob@corp.example"], BUSY, BUSY, None),
        (["ATTENDEE;PARTSTAT=declined:MAILTO:Ann@Corp.Example"], FREE, FREE, "declined"),
        (["ATTENDEE;EMAIL=ann@corp.example;PARTSTAT=DECLINED:urn:uuid:1"], FREE, FREE, "declined"),
        (['ATTENDEE;CN="a:b;PARTSTAT=DECLINED":mailto:ann@corp.example'], BUSY, BUSY, None),
        (['ATTENDEE;CN="never closed;PARTSTAT=DECLINED:mailto:ann@corp.example'], BUSY, BUSY, None),
        (["ORGANIZER;PARTSTAT=DECLINED:mailto:ann@corp.example"], BUSY, BUSY, None),
        (["status:cancelled"], FREE, FREE, "cancelled"),
    ],
)
def test_who_is_busy(lines, with_tentative, without_tentative, skipped):
    for tentative_busy, expected in ((True, with_tentative), (False, without_tentative)):
        busy = read([*NINE, *lines], tentative_busy=tentative_busy)
        assert times(busy) == expected
        counts = {"events": 1, "occurrences": 1}
        assert busy.counts == (counts if expected else {**counts, skipped: 1})


def test_without_an_address_nobody_has_declined():
    assert times(read([*NINE, "ATTENDEE;PARTSTAT=DECLINED:"], email="")) == BUSY


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20270112T090000Z"], []),
        (["DTSTART:20270112T090000Z", "DURATION:PT0S"], []),
        (["DTSTART:20270112T090000Z", "STATUS:TENTATIVE"], []),
        (["DTSTART:20270112T100000Z", "DTEND:20270112T090000Z"], NINE_TO_TEN),
        (["DTSTART;TZID=America/New_York:20270314T023000", "DTEND;TZID=America/New_York:20270314T030000"],
         ["03-14 07:00 - 03-14 07:30"]),
        (["DTSTART:20270112T090000Z", "DURATION:PT45M"], ["01-12 09:00 - 01-12 09:45"]),
        (["DTSTART:20270112T090000Z", "DURATION:P1DT1H"], ["01-12 09:00 - 01-13 10:00"]),
        (["DTSTART:20270112T090030Z", "DTEND:20270112T094501Z"], ["01-12 09:00 - 01-12 09:46"]),
        (["DTSTART;VALUE=DATE:20270112"], ["01-12 to 01-12"]),
        (["DTSTART;VALUE=DATE:20270112", "DTEND;VALUE=DATE:20270114"], ["01-12 to 01-13"]),
        (["DTSTART;VALUE=DATE:20270112", "DTEND;VALUE=DATE:20270112"], ["01-12 to 01-12"]),
        (["DTSTART;VALUE=DATE:20270112", "DURATION:P3D"], ["01-12 to 01-14"]),
        (["DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20270112"], ["01-11 to 01-11"]),
        (["DTSTART;VALUE=DATE:20270409", "DTEND;VALUE=DATE:20270420"], ["04-09 to 04-09"]),
        (["DTSTART:20270110T200000Z", "DTEND:20270111T060000Z"], ["01-10 21:00 - 01-11 06:00"]),
        (["DTSTART:20270409T200000Z", "DTEND:20270411T060000Z"], ["04-09 20:00 - 04-09 21:00"]),
        (["DTSTART:20270101T200000Z", "DTEND:20271231T060000Z"], ["01-10 21:00 - 04-09 21:00"]),
        (["DTSTART:20270110T200000Z", "DTEND:20270110T210000Z"], []),
        (["DTSTART:20270409T210000Z", "DTEND:20270409T220000Z"], []),
        (["DTSTART;TZID=Asia/Vladivostok:20270112T090000", "DTEND:20270112T000000Z"],
         ["01-11 23:00 - 01-12 00:00"]),
        (["DTSTART;TZID=Europe/Paris:20270112T090000", "DTEND;TZID=Asia/Dubai:20270112T190000"],
         ["01-12 08:00 - 01-12 15:00"]),
    ],
)  # fmt: skip
def test_when_an_event_is(lines, expected):
    assert times(read(lines)) == expected


def test_whole_days_are_the_owners():
    """The programme's last day in Moscow begins on the day before in Pittsburgh, whose dates are what counts."""
    lines = ["DTSTART;VALUE=DATE:20270101", "DTEND;VALUE=DATE:20270501"]
    assert times(read(lines, zone="America/New_York")) == ["01-10 to 04-09"]
    assert times(read(lines, zone="Asia/Vladivostok")) == ["01-11 to 04-10"]


def test_overlapping_and_touching_events_are_joined():
    lines = [
        *event("DTSTART:20270112T090000Z", "DTEND:20270112T100000Z", uid="1"),
        *event("DTSTART:20270112T093000Z", "DTEND:20270112T094500Z", uid="2"),
        *event("DTSTART:20270112T100000Z", "DTEND:20270112T103000Z", uid="3"),
        *event("DTSTART:20270112T103100Z", "DTEND:20270112T110000Z", uid="4"),
    ]
    assert times(read(calendar(*lines))) == ["01-12 09:00 - 01-12 10:30", "01-12 10:31 - 01-12 11:00"]


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([], []),
        ([(1, 3), (3, 5)], [(1, 5)]),
        ([(4, 6), (1, 5)], [(1, 6)]),
        ([(1, 9), (3, 5)], [(1, 9)]),
        ([(1, 3), (1, 3)], [(1, 3)]),
        ([(1, 3), (4, 5)], [(1, 3), (4, 5)]),
    ],
)
def test_joined(stretches, expected):
    assert joined(stretches) == expected


# --- time zones -----------------------------------------------------------------------------------------------


def test_times_without_a_zone_are_the_owners_and_counted():
    lines = ["DTSTART:20270112T090000", "DTEND:20270112T100000"]
    assert times(read(lines)) == ["01-12 06:00 - 01-12 07:00"]
    assert times(read(lines, zone="America/New_York")) == ["01-12 14:00 - 01-12 15:00"]
    assert read(lines).counts == {"events": 1, "occurrences": 1, "floating": 1}


def test_times_without_a_zone_where_clocks_change():
    """Pittsburgh: on 14 March 2027 clocks go from 2 to 3; a meeting that recurs keeps its hour."""
    lines = ["DTSTART:20270313T090000", "DTEND:20270313T100000", "RRULE:FREQ=DAILY;COUNT=2"]
    assert times(read(lines, zone="America/New_York")) == [
        "03-13 14:00 - 03-13 15:00",
        "03-14 13:00 - 03-14 14:00",
    ]


def test_an_hour_that_comes_twice_is_busy_both_times():
    """Paris, 31 October 2027: the clock shows half past two twice."""
    start = int(dt.datetime(2027, 10, 30, tzinfo=dt.UTC).timestamp() // 60)
    how = reading(zone="Europe/Paris").__class__("Europe/Paris", "", start, start + 3 * 1440)
    data = calendar(*event("DTSTART:20271031T023000", "DTEND:20271031T024500"))
    assert times(read_calendar(data, "a.ics", how)) == ["10-31 00:30 - 10-31 01:45"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART;TZID=Europe/Paris:20270326T200000", "DURATION:PT64H"], ["03-26 19:00 - 03-29 11:00"]),
        (["DTSTART;TZID=Europe/Paris:20270328T010000", "DURATION:PT2H30M30S"], ["03-28 00:00 - 03-28 02:31"]),
        (["DTSTART;TZID=Europe/Paris:20270328T023000", "DURATION:PT1H"], ["03-28 01:30 - 03-28 02:30"]),
        (["DTSTART;TZID=Europe/Paris:20270327T220000", "DURATION:P1D"], ["03-27 21:00 - 03-28 20:00"]),
        (["DTSTART;TZID=Europe/Paris:20270322T220000", "DURATION:P1W"], ["03-22 21:00 - 03-29 20:00"]),
        (["DTSTART;TZID=Europe/Paris:20270327T220000", "DURATION:P1DT0H"], ["03-27 21:00 - 03-28 20:00"]),
        (["DTSTART;TZID=Europe/Paris:20270327T220000", "DURATION:PT24H"], ["03-27 21:00 - 03-28 21:00"]),
        (["DTSTART;TZID=Europe/Paris:20270327T010000", "DURATION:P1DT2H"], ["03-27 00:00 - 03-28 02:00"]),
        (["DTSTART;TZID=Europe/Paris:20270327T120000", "DURATION:P1DT2H"], ["03-27 11:00 - 03-28 12:00"]),
        (["DTSTART;TZID=Europe/Paris:20271030T230000", "DURATION:PT4H"], ["10-30 21:00 - 10-31 01:00"]),
        (["DTSTART;TZID=Europe/Paris:20271031T023000", "DURATION:PT1H"], ["10-31 00:30 - 10-31 01:30"]),
        (["DTSTART;TZID=Europe/Paris:20271030T020000", "DURATION:P1DT3H"], ["10-30 00:00 - 10-31 03:00"]),
        (["DTSTART;TZID=Europe/Paris:20271030T230000", "DTEND;TZID=Europe/Paris:20271031T030000"],
         ["10-30 21:00 - 10-31 02:00"]),
        (["DTSTART;TZID=Europe/Paris:20270328T010000", "DTEND;TZID=Europe/Paris:20270328T040000"],
         ["03-28 00:00 - 03-28 02:00"]),
        (["DTSTART:20270328T010000", "DURATION:PT3H"], ["03-28 00:00 - 03-28 03:00"]),
        (["DTSTART:20270328T010000Z", "DURATION:P1DT3H"], ["03-28 01:00 - 03-29 04:00"]),
        (["DTSTART;VALUE=DATE:20270328", "DURATION:PT6H"], ["03-27 23:00 - 03-28 05:00"]),
        (["DTSTART;VALUE=DATE:20270327", "DURATION:PT48H"], ["03-27 to 03-28"]),
        (["DTSTART;TZID=Europe/Paris:20270328T040000", "DURATION:-PT3H"], ["03-28 00:00 - 03-28 02:00"]),
        (["DTSTART;TZID=Europe/Paris:20270327T220000", "DURATION:PT8H", "RRULE:FREQ=DAILY;COUNT=2"],
         ["03-27 21:00 - 03-28 05:00", "03-28 20:00 - 03-29 04:00"]),
        (["DTSTART;TZID=Europe/Paris:20271030T220000", "DURATION:PT8H", "RRULE:FREQ=DAILY;COUNT=2"],
         ["10-30 20:00 - 10-31 04:00", "10-31 21:00 - 11-01 05:00"]),
        (["DTSTART;TZID=Europe/Paris:20270328T000000", "DURATION:PT3H",
          "RDATE;VALUE=PERIOD;TZID=Europe/Paris:20270328T010000/20270328T040000"], ["03-27 23:00 - 03-28 02:00"]),
    ],
)  # fmt: skip
def test_days_last_on_the_clock_and_hours_pass(lines, expected):
    """Paris: clocks go from 2 to 3 on 28 March 2027, and from 3 to 2 on 31 October."""
    start = int(dt.datetime(2027, 1, 1, tzinfo=dt.UTC).timestamp() // 60)
    how = reading().__class__("Europe/Paris", "", start, start + 365 * 1440)
    assert times(read_calendar(calendar(*event(*lines)), "a.ics", how)) == expected


def test_meetings_of_a_rule_and_exceptions_to_it_last_by_their_own_durations():
    rule = event("DTSTART;TZID=Europe/Paris:20270327T010000", "DURATION:PT3H", "RRULE:FREQ=DAILY;COUNT=3")
    longer = event(
        "RECURRENCE-ID;TZID=Europe/Paris:20270328T010000",
        "DTSTART;TZID=Europe/Paris:20270328T010000",
        "DURATION:PT5H",
    )
    ending = event(
        "RECURRENCE-ID;TZID=Europe/Paris:20270328T010000",
        "DTSTART;TZID=Europe/Paris:20270328T010000",
        "DTEND;TZID=Europe/Paris:20270328T040000",
    )
    before, after = "03-27 00:00 - 03-27 03:00", "03-28 23:00 - 03-29 02:00"
    assert times(read(calendar(*rule))) == [before, "03-28 00:00 - 03-28 03:00", after]
    assert times(read(calendar(*rule, *longer))) == [before, "03-28 00:00 - 03-28 05:00", after]
    assert times(read(calendar(*rule, *ending))) == [before, "03-28 00:00 - 03-28 02:00", after]


def test_hours_pass_in_the_zone_of_the_calendar_and_in_zones_of_the_file():
    floating = event("DTSTART:20270328T010000", "DURATION:PT3H")
    assert times(read(calendar("X-WR-TIMEZONE:Europe/Paris", *floating))) == ["03-28 00:00 - 03-28 03:00"]
    own = event("DTSTART;TZID=Mine:20270328T010000", "DURATION:PT3H")
    zone = OUTLOOK_ZONE.format("Mine").split("\n")
    assert times(read(calendar(*zone, *own))) == ["03-28 00:00 - 03-28 03:00"]


def test_the_zone_of_the_calendar_is_that_of_times_without_one():
    lines = event("DTSTART:20270112T090000", "DTEND:20270112T100000")
    busy = read(calendar("X-WR-TIMEZONE:Asia/Tokyo", *lines))
    assert times(busy) == ["01-12 00:00 - 01-12 01:00"]
    assert "floating" not in busy.counts


@pytest.mark.parametrize("name", ["Customized Time Zone", '"(UTC+01:00) Amsterdam, Berlin"', '"Berlin: my own"'])
@pytest.mark.parametrize("late", [False, True])
def test_a_zone_that_the_file_defines(name, late):
    """Over the change of 28 March 2027, wherever in the file the zone is defined."""
    zone = OUTLOOK_ZONE.format(name.strip('"')).split("\n")
    lines = event(f"DTSTART;TZID={name}:20270327T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")
    data = calendar(*lines, *zone) if late else calendar(*zone, *lines)
    assert times(read(data)) == ["03-27 08:00 - 03-27 09:00", "03-28 07:00 - 03-28 08:00"]


def test_a_comma_in_the_name_of_a_zone_may_be_escaped():
    zone = OUTLOOK_ZONE.format(r"(UTC+01:00) Amsterdam\, Berlin").split("\n")
    lines = event('DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin":20270112T090000', "DURATION:PT1H")
    assert times(read(calendar(*zone, *lines))) == ["01-12 08:00 - 01-12 09:00"]


def test_a_rule_of_some_years_only_keeps_its_first_year():
    """Summer time every seventh year from 2020 on, so in 2027."""
    winter, summer = OUTLOOK_ZONE.format("Mine").split("BEGIN:DAYLIGHT")
    summer = summer.replace("1601", "2020").replace("FREQ=YEARLY", "FREQ=YEARLY;INTERVAL=7")
    zone = f"{winter}BEGIN:DAYLIGHT{summer}".split("\n")
    lines = event("DTSTART;TZID=Mine:20270401T090000", "DURATION:PT1H")
    assert times(read(calendar(*zone, *lines))) == ["04-01 07:00 - 04-01 08:00"]


def test_a_zone_is_known_in_the_file_that_defines_it_only():
    zone = OUTLOOK_ZONE.format("Mine").split("\n")
    lines = event("DTSTART;TZID=Mine:20270112T090000", "DURATION:PT1H")
    assert times(read(calendar(*zone, *lines))) == ["01-12 08:00 - 01-12 09:00"]
    assert "'Mine' is not known" in faults(read(calendar(*lines)))[0]


def test_the_zone_of_a_file_wins_over_what_windows_calls_by_its_name():
    zone = OUTLOOK_ZONE.format("Russian Standard Time").split("\n")
    lines = event("DTSTART;TZID=Russian Standard Time:20270112T090000", "DURATION:PT1H")
    assert times(read(calendar(*zone, *lines))) == ["01-12 08:00 - 01-12 09:00"]
    assert times(read(calendar(*lines))) == ["01-12 06:00 - 01-12 07:00"]


def test_names_of_summer_and_winter_time_do_not_matter():
    """x-wr-timezone takes a zone whose name is UTC, or that has none, for what it is not."""
    for name in ("UTC", "CET", None):
        zone = OUTLOOK_ZONE.format("Mine")
        zone = zone if name is None else zone.replace("TZOFFSETTO", f"TZNAME:{name}\nTZOFFSETTO")
        lines = event("DTSTART;TZID=Mine:20270112T090000", "DURATION:PT1H")
        data = calendar("X-WR-TIMEZONE:Asia/Tokyo", *zone.split("\n"), *lines)
        assert times(read(data)) == ["01-12 08:00 - 01-12 09:00"]


@pytest.mark.parametrize(
    "name",
    [
        *("Customized Time Zone", "(UTC+03:00) Moscow, St. Petersburg", "Moscow", "europe/moscow", "America"),
        *("../../etc/passwd", "/etc/localtime", "localtime", "x" * 5000, "GMT+3", "Москва", "\\"),
    ],
)
def test_unknown_zones_are_refused(name):
    lines = ["DTSTART;TZID=Europe/Paris:20270112T090000", f"DTEND;TZID={name}:20270112T100000"]
    (fault,) = faults(read(lines))
    assert fault.startswith("line 8, DTEND: event 1: the time zone '")
    assert fault.endswith("is not known, and the file does not define it")
    assert len(fault) < 200


@pytest.mark.parametrize("name", ["RDATE", "EXDATE", "RECURRENCE-ID"])
def test_unknown_zones_of_other_times_are_refused(name):
    lines = [*NINE, "RRULE:FREQ=DAILY;COUNT=3", f"{name};TZID=Nowhere:20270113T090000"]
    assert f"{name}: event 1: the time zone 'Nowhere' is not known" in faults(read(lines))[0]


@pytest.mark.parametrize(
    "definition",
    [
        "BEGIN:VTIMEZONE\nTZID:Mine\nEND:VTIMEZONE",
        OUTLOOK_ZONE.format("Mine").replace("TZOFFSETTO:+0100", "TZOFFSETTO:+9900"),
        OUTLOOK_ZONE.format("Mine").replace("FREQ=YEARLY", "FREQ=NEVER"),
        OUTLOOK_ZONE.format("Mine").replace("TZOFFSETFROM", "X-OFFSET"),
    ],
)
def test_a_zone_that_is_defined_badly_is_unknown(definition):
    lines = event("DTSTART;TZID=Mine:20270112T090000")
    assert "'Mine' is not known" in faults(read(calendar(*definition.split("\n"), *lines)))[0]
    assert times(read(calendar(*definition.split("\n"), *event(*NINE)))) == BUSY


def test_unknown_zone_of_the_calendar_is_refused():
    assert (
        "X-WR-TIMEZONE: the time zone 'Nowhere'"
        in faults(read(calendar("X-WR-TIMEZONE:Nowhere", *event(*NINE))))[0]
    )


def test_events_outside_the_programme_are_not_judged():
    old = event("DTSTART;TZID=Nowhere:20200112T090000", "RRULE:FREQ=DAILY;UNTIL=20200301", uid="2")
    busy = read(calendar(*old, *event(*NINE)))
    assert times(busy) == BUSY
    assert busy.counts == {"events": 2, "occurrences": 1, "outside": 1}


def test_every_unknown_zone_is_told_at_once():
    lines = [line for n in range(9) for line in event(f"DTSTART;TZID=Nowhere{n}:20270112T090000", uid=str(n))]
    found = faults(read(calendar(*lines)))
    assert [f"event {n + 1}" in fault for n, fault in enumerate(found[:5])] == [True] * 5
    assert found[5] == "... and 4 more"


# --- recurring events -----------------------------------------------------------------------------------------

DAILY = ["DTSTART;TZID=Europe/Moscow:20270112T120000", "DTEND;TZID=Europe/Moscow:20270112T130000"]


def override(day, *lines, uid="1@example"):
    return event(f"RECURRENCE-ID;TZID=Europe/Moscow:202701{day}T120000", *lines, uid=uid)


def moved(day, hour):
    return [f"DTSTART:202701{day}T{hour}0000Z", f"DTEND:202701{day}T{hour}3000Z"]


@pytest.mark.parametrize(
    ("rule", "others", "expected"),
    [
        (["RRULE:FREQ=DAILY;COUNT=2"], [], ["01-12 09:00 - 01-12 10:00", "01-13 09:00 - 01-13 10:00"]),
        (["RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Moscow:20270113T120000"], [],
         ["01-12 09:00 - 01-12 10:00", "01-14 09:00 - 01-14 10:00"]),
        (["RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20270113T090000Z,20270114T090000Z"], [], NINE_TO_TEN),
        (["RRULE:FREQ=DAILY;COUNT=2", "EXDATE;VALUE=DATE:20270113"], [], NINE_TO_TEN),
        (["RDATE;TZID=Europe/Moscow:20270114T150000"], [],
         ["01-12 09:00 - 01-12 10:00", "01-14 12:00 - 01-14 13:00"]),
        (["RDATE;VALUE=PERIOD:20270114T120000Z/PT15M,20270115T120000Z/20270115T123000Z"], [],
         ["01-12 09:00 - 01-12 10:00", "01-14 12:00 - 01-14 12:15", "01-15 12:00 - 01-15 12:30"]),
        (["RRULE:FREQ=DAILY;COUNT=2"], override("13", *moved("13", "15")),
         ["01-12 09:00 - 01-12 10:00", "01-13 15:00 - 01-13 15:30"]),
        (["RRULE:FREQ=DAILY;COUNT=2"], override("13", *moved("13", "15"), "STATUS:CANCELLED"), NINE_TO_TEN),
        (["RRULE:FREQ=DAILY;COUNT=2"], override("13", *moved("13", "15"), "TRANSP:TRANSPARENT"), NINE_TO_TEN),
        (["RRULE:FREQ=DAILY;COUNT=2", "STATUS:CANCELLED"], override("13", *moved("13", "15")),
         ["01-13 15:00 - 01-13 15:30"]),
        (["RRULE:FREQ=DAILY;COUNT=4"],
         event("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Moscow:20270114T120000",
               "DTSTART:20270114T110000Z", "DTEND:20270114T113000Z"),
         ["01-12 09:00 - 01-12 10:00", "01-13 09:00 - 01-13 10:00",
          "01-14 11:00 - 01-14 11:30", "01-15 11:00 - 01-15 11:30"]),
    ],
)  # fmt: skip
def test_rules_and_exceptions(rule, others, expected):
    for lines in ([*event(*DAILY, *rule), *others], [*others, *event(*DAILY, *rule)]):
        assert times(read(calendar(*lines))) == expected


def test_a_meeting_moved_into_the_programme_counts():
    """The rule ended long ago; one meeting of it was put off until the programme."""
    rule = event("DTSTART:20200106T090000Z", "DTEND:20200106T100000Z", "RRULE:FREQ=WEEKLY;UNTIL=20200301T000000Z")
    put_off = event("RECURRENCE-ID:20200113T090000Z", *NINE)
    assert times(read(calendar(*rule, *put_off))) == BUSY


def test_a_meeting_put_off_until_after_the_programme_is_gone():
    """The older version, in the programme, does not come back because the newer one is outside."""
    older, newer = event(*NINE, "SEQUENCE:0"), event("DTSTART:20270812T090000Z", "DURATION:PT1H", "SEQUENCE:1")
    busy = read(calendar(*older, *newer))
    assert times(busy) == []
    assert busy.counts == {"events": 2, "outside": 2}


def test_an_old_event_with_a_date_in_the_programme_counts():
    assert times(read(["DTSTART:20200106T090000Z", "DTEND:20200106T100000Z", "RDATE:20270112T090000Z"])) == BUSY


def test_a_meeting_without_its_rule_counts():
    assert times(read(calendar(*event("RECURRENCE-ID:20270113T090000Z", *NINE)))) == BUSY


def test_the_latest_version_of_an_event_counts():
    first = event("DTSTART:20270112T150000Z", "DTEND:20270112T160000Z", "SEQUENCE:0")
    second = event(*NINE, "SEQUENCE:3")
    assert times(read(calendar(*first, *second))) == BUSY
    assert times(read(calendar(*second, *first))) == BUSY
    assert times(read(calendar(*event(*NINE, "SEQUENCE:many")))) == BUSY


def test_events_without_uid_are_events_of_their_own():
    lines = [
        "BEGIN:VEVENT",
        *NINE,
        "END:VEVENT",
        "BEGIN:VEVENT",
        "DTSTART:20270113T090000Z",
        "DURATION:PT1H",
        "END:VEVENT",
    ]
    assert len(times(read(calendar(*lines)))) == 2


def test_a_year_of_stand_ups_before_the_programme_is_counted_right():
    busy = read(["DTSTART;TZID=Europe/Moscow:20150101T100000", "DURATION:PT15M", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE"])
    assert busy.counts == {"events": 1, "occurrences": 26, "recurrences": 26}
    assert times(busy)[0] == "01-11 07:00 - 01-11 07:15"
    assert times(busy)[-1] == "04-07 07:00 - 04-07 07:15"


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIRST_WALL = dt.datetime(2026, 10, 1)
IN_THE_GAP = dt.datetime(2027, 3, 13, 2, 30)
ZONES = ("Europe/Moscow", "Europe/Brussels", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")


@st.composite
def rules(draw):
    """A start that its rule fits, minutes, the rule for both sides, and which of the first dates are left out."""
    start = FIRST_WALL + dt.timedelta(days=draw(st.integers(0, 170)), minutes=15 * draw(st.integers(0, 95)))
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    text, keys = [f"FREQ={frequency}"], {"freq": getattr(rrule, frequency)}
    if draw(st.booleans()):
        keys["interval"] = draw(st.integers(1, 4))
        text.append(f"INTERVAL={keys['interval']}")
    if frequency in ("DAILY", "WEEKLY") and draw(st.booleans()):
        days = sorted({start.weekday(), *draw(st.lists(st.integers(0, 6), max_size=3))})
        keys["byweekday"] = days
        text.append(f"BYDAY={','.join(WEEKDAYS[day] for day in days)}")
    elif frequency == "MONTHLY" and draw(st.booleans()):
        place = (start.day - 1) // 7 + 1
        keys["byweekday"] = getattr(rrule, WEEKDAYS[start.weekday()])(place)
        text.append(f"BYDAY={place}{WEEKDAYS[start.weekday()]}")
    elif frequency == "MONTHLY":
        days = sorted({start.day, *draw(st.lists(st.integers(1, 31), max_size=2))})
        keys["bymonthday"] = days
        text.append(f"BYMONTHDAY={','.join(map(str, days))}")
    if draw(st.booleans()):
        keys["count"] = draw(st.integers(1, 60))
        text.append(f"COUNT={keys['count']}")
    left_out = draw(st.sets(st.integers(0, 20), max_size=4))
    return start, draw(st.sampled_from([15, 60, 600, 2000])), ";".join(text), keys, left_out


@settings(max_examples=150, deadline=None)
@given(rules(), st.sampled_from(ZONES), st.none() | st.integers(0, 200))
@example((IN_THE_GAP, 60, "FREQ=DAILY", {"freq": rrule.DAILY}, set()), "America/New_York", None)
def test_random_rules_are_those_of_dateutil(drawn, zone, until):
    start, minutes, text, keys, left_out = drawn
    own = ZoneInfo(zone)
    dates = list(itertools.takewhile(lambda day: day.year < 2028, rrule.rrule(dtstart=start, **keys)))
    lines = [f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", f"DURATION:PT{minutes}M"]
    if until is not None and "count" not in keys:
        last = dt.datetime(2026, 12, 1, tzinfo=dt.UTC) + dt.timedelta(days=until)
        dates = [day for day in dates if day.replace(tzinfo=own) <= last]
        text += f";UNTIL={last:%Y%m%dT%H%M%SZ}"
        if not dates:
            return  # it would end before it begins, which no program writes
    lines.append(f"RRULE:{text}")
    out = [dates[place] for place in left_out if place < len(dates)]
    if out:
        lines.append(f"EXDATE;TZID={zone}:{','.join(f'{day:%Y%m%dT%H%M%S}' for day in out)}")
    how = reading()
    expected = set()
    for day in set(dates) - set(out):
        first = int(day.replace(tzinfo=own).timestamp() // 60)
        last = first + minutes  # they pass, whatever the clock shows meanwhile
        expected.update(range(max(first, how.start), min(last, how.end)))
    busy = read(lines)
    assert not busy.faults
    assert {minute for first, last in busy.minutes for minute in range(first, last)} == expected


# --- free and busy times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("FREEBUSY:20270112T090000Z/20270112T100000Z", BUSY),
        ("FREEBUSY;FBTYPE=BUSY:20270112T090000Z/PT1H", BUSY),
        ("FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270112T090000Z/P0DT1H", BUSY),
        ("FREEBUSY;FBTYPE=X-MEETING:20270112T090000Z/PT1H", BUSY),
        ("FREEBUSY;FBTYPE=FREE:20270112T090000Z/PT1H", FREE),
        ("FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270112T090000Z/PT1H", BUSY),
        ("FREEBUSY:20270112T090000Z/PT1H,20270113T090000Z/PT30M", [*BUSY, "01-13 09:00 - 01-13 09:30"]),
        ("FREEBUSY:20270112T120000/PT1H", BUSY),
        ("FREEBUSY:20270112T090000Z/+PT1H", BUSY),
        ("FREEBUSY:20270112T100000Z/20270112T090000Z", BUSY),
        ("FREEBUSY;TZID=Asia/Tokyo:20270112T180000/20270112T190000", BUSY),
        ("FREEBUSY:20260112T090000Z/20260112T100000Z", FREE),
    ],
)
def test_free_and_busy_times(line, expected):
    data = calendar("BEGIN:VFREEBUSY", "DTSTART:20270101T000000Z", "DTEND:20270201T000000Z", line, "END:VFREEBUSY")
    assert times(read(data)) == expected


def test_tentative_free_and_busy_times_follow_the_switch():
    data = calendar("BEGIN:VFREEBUSY", "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270112T090000Z/PT1H", "END:VFREEBUSY")
    busy = read(data, tentative_busy=False)
    assert times(busy) == FREE
    assert busy.counts == {"periods": 1, "occurrences": 1, "tentative": 1}


@pytest.mark.parametrize(
    "period",
    [
        *("20270112T090000Z", "20270112T090000Z/", "20270112T090000Z/P", "20270112T090000Z/20270112T100000"),
        *("19970101/19970102", "20271312T090000Z/PT1H", "20270112T090000Z/P999999999999D"),
    ],
)
def test_periods_that_are_none(period):
    data = calendar("BEGIN:VFREEBUSY", f"FREEBUSY:{period}", "END:VFREEBUSY")
    assert faults(read(data)) == [
        f"line 5, FREEBUSY: {period!r} is no period like 20270111T090000Z/20270111T100000Z"
    ]


def test_free_and_busy_times_in_an_unknown_zone():
    data = calendar("BEGIN:VFREEBUSY", "FREEBUSY;TZID=Nowhere:20270112T180000/PT1H", "END:VFREEBUSY")
    assert "FREEBUSY: the time zone 'Nowhere' is not known" in faults(read(data))[0]


# --- whole files ----------------------------------------------------------------------------------------------

OUTLOOK = r"""BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:PUBLISH
X-CALSTART:20270101T000000Z
X-WR-RELCALID:{0000002E-7F5D}
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
CLASS:PRIVATE
DESCRIPTION:Secret plans\nDTSTART:20270120T090000Z
 DTSTART:20270121T090000Z
DTEND;TZID="W. Europe Standard Time":20270326T100000
DTSTART;TZID="W. Europe Standard Time":20270326T090000
RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=FR
EXDATE;TZID="W. Europe Standard Time":20270402T090000
SUMMARY;LANGUAGE=de:Secret: budget
TRANSP:OPAQUE
UID:040000008200E00074C5B7101A82E008
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-ALT-DESC;FMTTYPE=text/html:<html>BEGIN:VEVENT</html>
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
DESCRIPTION:Secret
DTSTART:20270122T090000Z
DURATION:PT9H
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTEND;VALUE=DATE:20270220
DTSTART;VALUE=DATE:20270215
SUMMARY:Secret leave
TRANSP:TRANSPARENT
UID:2
X-MICROSOFT-CDO-BUSYSTATUS:OOF
END:VEVENT
BEGIN:VEVENT
DTEND;TZID="W. Europe Standard Time":20270305T180000
DTSTART;TZID="W. Europe Standard Time":20270305T080000
SUMMARY:Home office
TRANSP:OPAQUE
UID:3
X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE
END:VEVENT
BEGIN:VEVENT
DTEND;TZID="W. Europe Standard Time":20270308T180000
DTSTART;TZID="W. Europe Standard Time":20270308T080000
SUMMARY:Canceled: Secret
TRANSP:TRANSPARENT
UID:4
STATUS:CANCELLED
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""

GOOGLE = r"""BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:ann@corp.example
X-WR-TIMEZONE:Europe/Moscow
BEGIN:VTIMEZONE
TZID:Europe/Moscow
X-LIC-LOCATION:Europe/Moscow
BEGIN:STANDARD
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
TZNAME:MSK
DTSTART:19700101T000000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Europe/Moscow:20270118T100000
DTEND;TZID=Europe/Moscow:20270118T103000
RRULE:FREQ=WEEKLY;UNTIL=20270201T205959Z;BYDAY=MO
DTSTAMP:20270101T000000Z
ORGANIZER;CN=boss@corp.example:mailto:boss@corp.example
UID:abc_R20270118T070000@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=ann@corp.
 example;X-NUM-GUESTS=0:mailto:ann@corp.example
SUMMARY:Secret stand-up
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Europe/Moscow:20270125T150000
DTEND;TZID=Europe/Moscow:20270125T153000
UID:abc_R20270118T070000@google.com
RECURRENCE-ID;TZID=Europe/Moscow:20270125T100000
SUMMARY:Secret stand-up
END:VEVENT
BEGIN:VEVENT
DTSTART:20270210T070000Z
DTEND:20270210T080000Z
UID:declined@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=ann@co
 rp.example;X-NUM-GUESTS=0:mailto:ann@corp.example
ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;CN=bob:mailto:bob@corp.example
STATUS:CONFIRMED
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270308
DTEND;VALUE=DATE:20270309
UID:birthday@google.com
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270315
DTEND;VALUE=DATE:20270317
UID:leave@google.com
TRANSP:OPAQUE
END:VEVENT
BEGIN:VTODO
DTSTART:20270111T000000Z
DUE:20270409T000000Z
END:VTODO
END:VCALENDAR
"""


def crlf(text):
    return text.replace("\n", "\r\n").encode()


def test_an_export_of_outlook():
    busy = read(crlf(OUTLOOK))
    assert times(busy) == [
        "03-26 08:00 - 03-26 09:00",
        "04-09 07:00 - 04-09 08:00",
        "02-15 to 02-19",
    ]
    assert busy.counts == {"events": 4, "occurrences": 5, "recurrences": 2, "elsewhere": 1, "cancelled": 1}


def test_an_export_of_google():
    busy = read(crlf(GOOGLE))
    assert times(busy) == [
        "01-18 07:00 - 01-18 07:30",
        "01-25 12:00 - 01-25 12:30",
        "02-01 07:00 - 02-01 07:30",
        "03-15 to 03-16",
    ]
    assert busy.counts == {"events": 5, "occurrences": 6, "recurrences": 3, "declined": 1, "free": 1}


@pytest.mark.parametrize("export", [OUTLOOK, GOOGLE])
def test_nothing_private_is_kept(export):
    for data in (crlf(export), crlf(export.replace("TZID=", "TZID=No/"))):
        told = repr(read(data))
        assert not any(word in told for word in ("Secret", "secret", "boss", "bob", "ann@", "Home", "google.com"))


@pytest.mark.parametrize(
    "variant",
    [
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b"\r\n", b"\r"),
        lambda data: data.replace(b"\r\n", b"\r\n\r\n"),
        lambda data: codecs.BOM_UTF8 + data,
        lambda data: data.decode().encode("utf-16"),
        lambda data: data.decode().encode("utf-16-le"),
        lambda data: data.decode().encode("utf-16-be"),
        lambda data: data.replace(b"SUMMARY:", "SUMMARY:Привет ".encode()),
        lambda data: data.replace(b"SUMMARY:", "SUMMARY:Привет ".encode("cp1251")),
        lambda data: data.replace(b"SUMMARY:", b"SUMMARY:\xff\xfe"),
        lambda data: data.replace(
            b"DTEND;TZID=Europe/Moscow:202701", b"DTEND;TZID=Eur\r\n ope/Moscow:2027\r\n\t01"
        ),
        lambda data: data.replace(b"BEGIN:V", b"begin:v").replace(b"DTSTART", b"dtstart"),
        lambda data: data + data.replace(b"UID:", b"UID:again-"),
        lambda data: b"\r\n\r\n" + data,
        lambda data: data.rstrip(),
        lambda data: data.replace(b"END:VTODO", b"END:VTOOD"),
    ],
)
def test_the_same_calendar_written_otherwise(variant):
    assert times(read(variant(crlf(GOOGLE)))) == times(read(crlf(GOOGLE)))


def test_an_old_code_page_keeps_names_of_zones_apart():
    zones = [
        OUTLOOK_ZONE.format("Минск").replace("0200", "0900").replace("0100", "0800"),
        OUTLOOK_ZONE.format("Псков"),
    ]
    lines = event("DTSTART;TZID=Псков:20270112T090000", "DURATION:PT1H")
    data = calendar(*"\n".join(zones).split("\n"), *lines).decode()
    assert times(read(data.encode("cp1251"))) == times(read(data.encode())) == ["01-12 08:00 - 01-12 09:00"]


# --- files that are at fault ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no calendar: it holds no line BEGIN:VCALENDAR"),
        (b"<html>Please sign in</html>", "is no calendar: it holds no line BEGIN:VCALENDAR"),
        (b"PK\x03\x04\0\0", "is no calendar: it is not a text file"),
        (bytes(range(256)) * 99, "is no calendar: it is not a text file"),
        (b"BEGIN:VEVENT\nEND:VEVENT", "line 1: is no calendar: it does not start with BEGIN:VCALENDAR"),
        (b"END:VCALENDAR", "line 1: END:VCALENDAR makes no sense here: nothing has begun"),
        (calendar(*event(*NINE))[:-20], "line 1: ends inside a VCALENDAR that begins here: the file was cut"),
        (calendar(*event(*NINE))[:-40], "line 4: ends inside a VEVENT that begins here: the file was cut short"),
        (b"BEGIN:VCALENDAR\n" * 99, "line 21: holds components more than 20 deep inside one another"),
        (calendar("CALSCALE:CHINESE", *event(*NINE)), "line 4, CALSCALE: only dates of the GREGORIAN calendar"),
        (calendar(*event("DTSTART:tomorrow")), "line 7, DTSTART: event 1: 'tomorrow' cannot be read"),
        (calendar(*event(*NINE, "RRULE:FREQ=NEVER")), "line 9, RRULE: event 1: 'FREQ=NEVER' cannot be read"),
        (calendar(*event(*NINE, "DTEND:x")), "line 8, DTEND: event 1: a line DTEND cannot be read"),
        (calendar(*event(*NINE, 'EXDATE;TZID="":x')), "line 9, EXDATE: event 1: 'x' cannot be read"),
        (calendar(*event(*NINE, 'EXDATE;X=a"b:20270112')), "line 4: event 1: a line cannot be read"),
        (calendar(*event(*NINE), *event(*NINE, *NINE, uid="2")), "line 10: event 2: its times or its rule make"),
        (calendar(*event(*NINE, "RRULE:FREQ=DAILY;COUNT=" + "9" * 5000)), "line 9, RRULE: event 1: 'FREQ=DAILY;"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file(data, message):
    assert faults(read(data))[0].startswith(message)


def test_an_event_without_a_start_is_nothing():
    busy = read(calendar(*event("SUMMARY:x"), *event(*NINE, uid="2")))
    assert times(busy) == BUSY
    assert busy.counts == {"events": 2, "occurrences": 1, "undated": 1}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY"], "repeats endlessly"),
        (["DTSTART:20000101T000000Z", "RRULE:FREQ=MINUTELY;INTERVAL=2"], "repeats endlessly"),
        (["DTSTART:20270101T000000Z", "RRULE:FREQ=DAILY;INTERVAL=0"], "repeats at an interval of 0"),
        (["DTSTART:19700101T000000Z", f"RRULE:FREQ=SECONDLY;INTERVAL={'1' * 9000}"], "cannot be read"),
        (
            ["DTSTART:20270111T000000Z", "DURATION:PT1M", "RRULE:FREQ=MINUTELY;COUNT=1000000"],
            "more than 20,000 times",
        ),
    ],
)
def test_rules_without_end(lines, message):
    begin = time.process_time()
    (fault,) = faults(read(lines))
    assert message in fault
    assert time.process_time() - begin < 10


def test_a_short_rule_by_the_second_is_no_matter():
    lines = ["DTSTART:20270112T090000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY;COUNT=90"]
    assert times(read(lines)) == ["01-12 09:00 - 01-12 09:02"]


def test_too_many_events(monkeypatch):
    monkeypatch.setattr("matcher.ics_text.MOST_EVENTS", 2)
    assert times(read(calendar(*event(*NINE), *event(*NINE))))
    assert "more than 2 events" in faults(read(calendar(*event(*NINE), *event(*NINE), *event(*NINE))))[0]


@given(st.binary(max_size=300) | st.text(alphabet='BEGIN:VCALDRTSUX;="\r\n \t0127', max_size=300).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_no_bytes_are_a_traceback(data):
    for content in (data, calendar(*event(*NINE)).replace(b"DTEND", data), calendar(data.decode("latin-1"))):
        busy = read_calendar(content, "a.ics", reading())
        assert busy.faults or all(start < end for start, end in busy.minutes)

"""The calendar of public holidays: codes of countries, facts, and years that are not certain."""

import datetime as dt

import numpy as np
import pytest
from cohorts import Spec, build
from hypothesis import given
from hypothesis import strategies as st

from matcher.calendars import free_time
from matcher.holiday_days import country_code, has_own_days, public_days
from matcher.programme import MINUTES_A_DAY, day_date, day_number


def date(text):
    return day_number(dt.date.fromisoformat(text))


def year_of(code, year):
    return public_days(code, date(f"{year}-01-01"), date(f"{year}-12-31"))


def dates_of(code, year, kind):
    return [str(day_date(day.date)) for day in year_of(code, year).days if day.kind == kind]


# --- codes of countries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "own"),
    [
        ("RU", "RU", True),
        ("ru", "RU", True),
        ("RUS", "RU", True),
        ("UK", "GB", True),
        (" us - pa ", "US-PA", True),
        ("US-Pennsylvania", "US-PA", True),
        ("gb-scotland", "GB-SCT", True),
        ("be-vlg", "BE-VLG", False),  # no part of Belgium by its ISO code is known
        ("BE-flemish", "BE-Flemish", True),
        ("RU-LIP", "RU-LIP", False),
        ("", "", True),
        ("  ", "", True),
    ],
)
def test_a_country_has_one_spelling(text, code, own):
    assert country_code(text) == code
    assert country_code(code) == code
    assert has_own_days(code) == own


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Russia", "'Russia' is not an ISO code of a country like 'RU', .*; did you mean 'RU'"),
        ("Germny", "did you mean 'DE'"),
        ("XX", "'XX' is not an ISO code of a country"),
        ("JAN", "is not an ISO code"),
        ("-", "is not an ISO code"),
        ("-PA", "is not an ISO code"),
        ("Россия", "is not an ISO code"),
        ("US-ZZ", r"'US-ZZ' is no part of US whose holidays are known \(known: AK, AL, .* and 49 more\)"),
        ("US-Pensylvania", "did you mean 'Pennsylvania'"),
        ("GB-SCO", r"known: ENG, NIR, SCT, WLS\); did you mean 'SCT'"),
        ("RU-", "'RU-' is no part of RU"),
        ("BE-Wallonia", "known: Flemish, French, German"),
        ("RU-LIPETSK", "is no part of RU"),
    ],
)
def test_what_is_no_country_is_told(text, message):
    with pytest.raises(ValueError, match=message):
        country_code(text)


@given(st.text(max_size=12))
def test_no_text_breaks_the_codes(text):
    try:
        code = country_code(text)
    except ValueError as error:
        code, said = "", str(error)
        named = repr(text) in said
    else:
        named = True
    assert named
    assert country_code(code) == code


# --- facts ----------------------------------------------------------------------------------------------------

# Working days of a five-day week, month by month: the official production calendars of Russia.
RUSSIA = {
    2024: (17, 20, 20, 21, 20, 19, 23, 22, 21, 23, 21, 21),
    2025: (17, 20, 21, 22, 18, 19, 23, 21, 22, 23, 19, 22),
    2026: (15, 19, 21, 22, 19, 21, 23, 21, 22, 22, 20, 22),
}


def working_days(country, year, **calendar):
    """Dates on which somebody in Moscow's zone has any free time in a year."""
    settings = {
        "programme": {"start": f"{year}-01-01", "end": f"{year}-12-31", "timezone": "Europe/Moscow"},
        "calendar": {"country": country, **calendar},
    }
    start, _ = free_time(build(Spec(("a F 1",), programme=settings)), np.array([0])).row(0)
    return [day_date(minute) for minute in sorted(set(((start + 180) // MINUTES_A_DAY).tolist()))]


@pytest.mark.parametrize(("year", "total"), [(2024, 248), (2025, 247), (2026, 247)])
def test_working_days_of_russia_are_those_of_the_official_calendar(year, total):
    days = working_days("RU", year)
    assert len(days) == total == sum(RUSSIA[year])
    assert tuple(sum(day.month == month for day in days) for month in range(1, 13)) == RUSSIA[year]


def test_moved_days_of_russia():
    assert dates_of("RU", 2024, "worked") == ["2024-04-27", "2024-11-02", "2024-12-28"]
    assert dates_of("RU", 2025, "worked") == ["2025-11-01"]
    assert dates_of("RU", 2026, "worked") == []
    assert {"2024-04-29", "2024-04-30", "2024-05-10", "2024-12-30"} < set(dates_of("RU", 2024, "off"))
    days = set(working_days("RU", 2024))
    assert dt.date(2024, 4, 27) in days
    assert dt.date(2024, 4, 29) not in days


def test_moved_days_of_other_countries():
    """China works on Sunday 4 January 2026 for the bridge of the new year, and Hungary on Saturday 10 January."""
    assert "2026-01-04" in dates_of("CN", 2026, "worked")
    assert "2026-01-10" in dates_of("HU", 2026, "worked")
    assert "2026-01-02" in dates_of("HU", 2026, "off")


def test_observed_days_and_parts_of_a_country():
    assert "2027-07-05" in dates_of("US", 2027, "off"), "4 July is a Sunday"
    assert "2027-12-31" in dates_of("US", 2027, "off"), "for the Saturday of the next year"
    assert "2027-11-26" not in dates_of("US", 2027, "off")
    assert "2027-11-26" in dates_of("US-PA", 2027, "off"), "the day after Thanksgiving"
    assert dates_of("BE-VLG", 2027, "off") == dates_of("BE", 2027, "off")
    assert {"2027-07-21", "2027-11-11"} < set(dates_of("BE", 2027, "off"))


def test_days_around_a_turn_of_the_year_belong_to_both_years():
    found = public_days("RU", date("2024-12-27"), date("2025-01-09")).days
    off = {str(day_date(day.date)) for day in found if day.kind == "off"}
    assert off == {"2024-12-30", "2024-12-31", *(f"2025-01-0{day}" for day in range(1, 9))}
    assert [str(day_date(day.date)) for day in found if day.kind == "worked"] == ["2024-12-28"]
    assert all(day.country == "RU" for day in found)


# --- years that are not certain -------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_russian_years_with_a_decree_are_certain(year):
    assert year_of("RU", year).doubts == {}


@pytest.mark.parametrize("year", [2040, 2041])
@pytest.mark.parametrize("country", ["RU", "CN", "HU", "AR", "TH"])
def test_years_without_a_decree_are_not(country, year):
    """Argentina and Thailand decree days off every year and move none."""
    assert "is known up to 20" in year_of(country, year).doubts[year]


@pytest.mark.parametrize("country", ["DE-BY", "GB", "US-PA", "BE", "FR", "PL"])
def test_countries_without_yearly_decrees_are_certain_for_long(country):
    assert year_of(country, 2040).doubts == {}


def test_dates_that_depend_on_the_moon_are_named():
    doubts = year_of("AE", 2030).doubts
    assert "estimates, as they depend on the moon: 2030-" in doubts[2030]
    january = public_days("KZ", date("2030-01-01"), date("2030-01-31"))
    assert "moon" not in january.doubts[2030], "only dates of the programme matter"


def test_doubts_do_not_depend_on_the_language_of_the_machine(monkeypatch):
    from matcher import holiday_days

    found = {}
    for language in ("en_US", "ar", "C"):
        monkeypatch.setenv("LANGUAGE", language)
        holiday_days._entity.cache_clear()
        found[language] = year_of("AE", 2030)
    assert found["en_US"] == found["ar"] == found["C"]
    holiday_days._entity.cache_clear()


def test_years_that_the_library_does_not_cover():
    late = public_days("CZ", date("2150-01-01"), date("2150-12-31"))
    assert late.doubts == {2150: "none are known in this year"}
    assert late.days == ()

"""Time zones by their IANA and Windows names, in the programme and of people."""

import zoneinfo

import pytest
from cohort_folder import DEFAULT, EMPLOYEES, faults_of, write_folder

from matcher.io import read_cohort
from matcher.programme import iana_zone
from matcher.windows_zones import WINDOWS_ZONES


def test_every_windows_name_stands_for_a_zone_of_the_database():
    assert len(WINDOWS_ZONES) > 130
    assert set(WINDOWS_ZONES.values()) <= zoneinfo.available_timezones()
    assert len({name.casefold() for name in WINDOWS_ZONES}) == len(WINDOWS_ZONES)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("Russian Standard Time", "Europe/Moscow"),
        ("russian  standard time ", "Europe/Moscow"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Romance Standard Time", "Europe/Paris"),
        ("Eastern Standard Time", "America/New_York"),
        ("Russia Time Zone 11", "Asia/Kamchatka"),
        ("UTC", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("Moscow", None),
        ("(UTC+03:00) Moscow, St. Petersburg", None),
        ("Customized Time Zone", None),
        ("", None),
        ("../Europe/Moscow", None),
    ],
)
def test_names_of_zones(name, zone):
    assert iana_zone(name) == zone


def test_windows_names_in_both_files(tmp_path):
    toml = DEFAULT["programme.toml"].replace("Europe/Moscow", "Ekaterinburg Standard Time")
    employees = EMPLOYEES.replace("Europe/Paris", "Romance Standard Time").replace(
        "b,Bob,Law,1,n,,", "b,Bob,Law,1,n,Europe/Paris,"
    )
    cohort = read_cohort(write_folder(tmp_path, programme__toml=toml, employees__csv=employees))
    people = cohort.employees
    assert cohort.programme.frame.timezone == "Asia/Yekaterinburg"
    assert people.zones == ("Asia/Yekaterinburg", "Europe/Paris"), "two names of one zone are one"
    assert [people.zones[zone] for zone in people.zone] == [
        "Europe/Paris",
        "Europe/Paris",
        "Asia/Yekaterinburg",
        "Asia/Yekaterinburg",
    ]


def test_a_zone_that_nobody_knows_is_a_fault(tmp_path):
    toml = DEFAULT["programme.toml"].replace("Europe/Moscow", "Moscow Standard Time")
    employees = EMPLOYEES.replace("Europe/Paris", "Russian Standart Time")
    programme, person = faults_of(tmp_path, programme__toml=toml, employees__csv=employees)
    assert programme.startswith(
        "programme.toml: programme.timezone: must be an IANA time zone like 'Europe/Moscow'"
    )
    assert programme.endswith("(got 'Moscow Standard Time')")
    assert person.startswith("employees.csv: line 3, timezone: 'Russian Standart Time' is not a time zone like")
    assert person.endswith("; did you mean 'Russian Standard Time'?")

"""holidays.csv, `calendar.days` and countries as files have them: records, faults and warnings."""

import datetime as dt
import hashlib

import pytest
from cohort_folder import DEFAULT, faults_of, warnings_of, write_folder

from matcher.io import read_cohort
from matcher.model import SpecialDay
from matcher.programme import day_date, day_number


def date(text):
    return day_number(dt.date.fromisoformat(text))


# --- files ----------------------------------------------------------------------------------------------------

NOVEMBER = '[programme]\nstart = 2025-10-27\nend = 2026-01-18\ntimezone = "Europe/Moscow"\n'
BERLIN = (
    "employee_id,name,function,level,country\nm,Mia,Sales,3,\na,Ann,sales,1,de-be\nn,,Law,2,BE-VLG\nb,Bob,Law,1,\n"
)


NO_CODE = "is not an ISO code of a country like 'RU', or of a part of one like 'US-PA'"
IN_RU = "holidays.csv: line 2, kind: 2027-02-01 in RU is"


def rows_of(cohort):
    return {(day.country, str(day_date(day.date)), day.kind, day.end) for day in cohort.company_days}


def test_countries_of_the_programme_and_of_people(tmp_path):
    toml = NOVEMBER + '[calendar]\ncountry = "rus"\n'
    cohort = read_cohort(write_folder(tmp_path, programme__toml=toml, employees__csv=BERLIN))
    people = cohort.employees
    assert people.countries == ("BE-VLG", "DE-BE", "RU")
    by_id = {name: people.countries[country] for name, country in zip(people.ids, people.country, strict=True)}
    assert by_id == {"a": "DE-BE", "b": "RU", "m": "RU", "n": "BE-VLG"}
    assert cohort.programme.calendar.country == "RU"
    assert SpecialDay("RU", date("2025-11-01"), "worked") in cohort.public_days
    assert SpecialDay("BE-VLG", date("2025-11-11"), "off") in cohort.public_days
    assert SpecialDay("DE-BE", date("2025-12-26"), "off") in cohort.public_days
    assert not any(day.country == "BE" for day in cohort.public_days)


def test_without_countries_nothing_is_special(tmp_path):
    cohort = read_cohort(write_folder(tmp_path))
    assert cohort.employees.countries == ("",)
    assert cohort.employees.country.tolist() == [0, 0, 0, 0]
    assert cohort.public_days == cohort.company_days == ()


def test_own_days_of_the_company_in_both_files(tmp_path):
    table = "kind;date;end;country\noff;2025-12-31;;\nShort;2025-12-30;15:00;ru\nworked;2025-11-04;12:00;RU-LIP\n"
    entry = '[[calendar.days]]\ncountry = "Rus"\ndate = 2025-12-29\nkind = "short"\nend = "16:00"\n'
    same = '[[calendar.days]]\ndate = 2025-12-31\nkind = "off"\n'
    folder = write_folder(tmp_path, programme__toml=NOVEMBER + entry + same, holidays__csv=table)
    cohort = read_cohort(folder)
    assert rows_of(cohort) == {
        ("", "2025-12-31", "off", 1440),
        ("RU", "2025-12-29", "short", 960),
        ("RU", "2025-12-30", "short", 900),
        ("RU-LIP", "2025-11-04", "worked", 720),
    }
    assert cohort.inputs["holidays.csv"] == hashlib.sha256(table.encode()).hexdigest()


def test_days_may_be_set_for_one_run(tmp_path):
    from matcher.io import parse_override

    key, value = parse_override('calendar.days=[{date = 2027-01-15, kind = "off"}]')
    cohort = read_cohort(write_folder(tmp_path), {key: value})
    assert rows_of(cohort) == {("", "2027-01-15", "off", 1440)}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("country,date\nRU,2027-02-01\n", "holidays.csv: no column 'kind' (found: country, date)"),
        ("date,kind\n2027-02-01,off\n", "holidays.csv: no column 'country' (found: date, kind)"),
        ("", "holidays.csv: is empty; expected a header line with country, date, kind, end"),
        (
            "country,date,kind\nRussia,2027-02-01,off\n",
            f"holidays.csv: line 2, country: 'Russia' {NO_CODE}; did you mean 'RU'?",
        ),
        (
            "country,date,kind\n,01.13.2027,off\n",
            "holidays.csv: line 2, date: '01.13.2027' is not a date like 2027-01-11",
        ),
        ("country,date,kind\n,,off\n", "holidays.csv: line 2, date: is blank; expected a date like 2027-01-11"),
        (
            "country,date,kind\n,1927-02-01,off\n",
            "holidays.csv: line 2, date: 1927-02-01 is not between 1970 and 2200",
        ),
        (
            "country,date,kind\n,2027-02-01,shrt\n",
            "holidays.csv: line 2, kind: 'shrt' is not one of off, worked, short; did you mean 'short'?",
        ),
        (
            "country,date,kind\n,2027-02-01,\n",
            "holidays.csv: line 2, kind: is blank; expected one of off, worked, short",
        ),
        (
            "country,date,kind\n,2027-02-01,short\n",
            "holidays.csv: line 2, end: a short day needs an end like 15:00",
        ),
        (
            "country,date,kind,end\n,2027-02-01,short,3 Uhr\n",
            "holidays.csv: line 2, end: '3 Uhr' is not a time like 15:00",
        ),
        (
            "country,date,kind,end\n,2027-02-01,short,00:00\n",
            "holidays.csv: line 2, end: '00:00' is not a time like 15:00",
        ),
        (
            "country,date,kind,end\n,2027-02-01,off,15:00\n",
            "holidays.csv: line 2, end: a day off has no end (got '15:00'); leave it blank, or say short",
        ),
        (
            "country,date,kind,end\nru,2027-02-01,off,\nRU,2027-02-01,worked,\n",
            "holidays.csv: line 3, kind: 2027-02-01 in RU is 'worked' here, but 'off' on line 2",
        ),
        (
            "country,date,kind,end\n,2027-02-01,worked,\n,2027-02-01,short,16:00\n",
            "holidays.csv: line 3, kind: 2027-02-01 is 'short' until 16:00 here, but 'worked' on line 2",
        ),
    ],
)
def test_faults_of_holidays(tmp_path, text, fault):
    assert faults_of(tmp_path, holidays__csv=text) == [fault]


def test_all_faults_of_holidays_at_once(tmp_path):
    rows = ["XX,x,x,x", ",2027-02-01,short,", ",2027-02-02,off,", ",2027-02-02,off,", ",2027-02-02,worked,"]
    text = "\n".join(["country,date,kind,end", *rows])
    assert [fault.split(": ")[1] for fault in faults_of(tmp_path, holidays__csv=text)] == [
        "line 2, country",
        "line 2, date",
        "line 2, kind",
        "line 3, end",
        "line 6, kind",
    ]


@pytest.mark.parametrize(
    ("days", "table", "fault"),
    [
        (
            '{date = 2027-02-01, kind = "off"}',
            ",2027-02-01,worked,",
            "holidays.csv: line 2, kind: 2027-02-01 is 'worked' here, but 'off' in programme.toml (calendar.days)",
        ),
        (
            '{country = "rus", date = 2027-02-01, kind = "short", end = "15:00"}',
            "RU,2027-02-01,short,16:00",
            f"{IN_RU} 'short' until 16:00 here, but 'short' until 15:00 in programme.toml (calendar.days)",
        ),
        (
            '{date = 2027-02-01, kind = "off"}, {date = 2027-02-01, kind = "worked"}',
            "",
            "programme.toml: calendar.days: 2027-02-01 is 'worked' in one entry and 'off' in another",
        ),
        (
            '{date = 2027-02-01, kind = "short"}',
            "",
            "programme.toml: calendar.days, entry 1: a short day needs an end like 15:00",
        ),
        (
            '{date = 2027-02-02, kind = "off"}, {date = 2027-02-01, kind = "holiday"}',
            "",
            "programme.toml: calendar.days, entry 2, kind: must be 'off', 'worked' or 'short' (got 'holiday')",
        ),
        (
            '{kind = "off"}',
            "",
            "programme.toml: calendar.days, entry 1, date: is missing (expected a date like 2027-01-11)",
        ),
        (
            "{date = 2027-02-01}",
            "",
            "programme.toml: calendar.days, entry 1, kind: is missing (expected off, worked or short)",
        ),
        (
            '{date = 2027-02-01, kind = "off", contry = "RU"}',
            "",
            "programme.toml: calendar.days, entry 1, contry: unknown key; did you mean 'country'?",
        ),
        (
            '{date = 2027-02-01, kind = "off", country = "Belgum"}',
            "",
            f"programme.toml: calendar.days, entry 1, country: 'Belgum' {NO_CODE}; did you mean 'BE'?",
        ),
    ],
)
def test_faults_of_days_in_the_programme(tmp_path, days, table, fault):
    toml = f"{DEFAULT['programme.toml']}[calendar]\ndays = [{days}]\n"
    holidays = f"country,date,kind,end\n{table}\n" if table else None
    assert faults_of(tmp_path, programme__toml=toml, holidays__csv=holidays) == [fault]


def test_an_unknown_country_is_a_fault_where_it_stands(tmp_path):
    toml = DEFAULT["programme.toml"] + '[calendar]\ncountry = "Moscow"\n'
    assert faults_of(tmp_path, programme__toml=toml) == [f"programme.toml: calendar.country: 'Moscow' {NO_CODE}"]
    assert faults_of(tmp_path, overrides={"calendar.country": "Moscow"}) == [
        f"--set: calendar.country: 'Moscow' {NO_CODE}"
    ]
    employees = BERLIN.replace("de-be", "XX").replace("BE-VLG", "US-ZZ")
    found = faults_of(tmp_path, employees__csv=employees)
    assert [fault.split(" is ")[0] for fault in found] == [
        "employees.csv: line 3, country: 'XX'",
        "employees.csv: line 4, country: 'US-ZZ'",
    ]


# --- warnings -------------------------------------------------------------------------------------------------

FAR = '[programme]\nstart = 2040-12-01\nend = 2041-02-28\n[calendar]\ncountry = "RU"\n'
DECREE = "are not certain: what is decreed year by year, such as moved working days, is known up to"


def test_uncertain_years_are_warned_of_once_each(tmp_path):
    found = warnings_of(tmp_path, programme__toml=FAR)
    assert len(found) == 2
    for year, text in zip((2040, 2041), found, strict=True):
        assert text.startswith(f"programme.toml: public holidays of RU in {year} {DECREE} 20")
        assert text.endswith("; correct them in holidays.csv if need be")


@pytest.mark.parametrize(
    ("rows", "years"),
    [
        ("RU,2040-12-07,worked,\n", {2041}),
        ("RU,2041-01-11,off,\n", {2040}),
        ("RU,2041-01-11,short,12:00\n", {2040, 2041}),  # a short day says nothing of decrees
        (",2041-01-11,off,\n", {2040, 2041}),  # neither does a day of everybody
        ("RU,2040-12-07,worked,\nRU,2041-01-11,off,\n", set()),
    ],
)
def test_a_year_that_the_company_has_looked_at_is_not_warned_of(tmp_path, rows, years):
    found = warnings_of(tmp_path, programme__toml=FAR, holidays__csv="country,date,kind,end\n" + rows)
    assert {year for year in (2040, 2041) if any(f"in {year} are not certain" in text for text in found)} == years
    assert len(found) == len(years)


def test_a_part_of_a_country_without_known_days_is_warned_of(tmp_path):
    toml = NOVEMBER + '[calendar]\ncountry = "BE-VLG"\n'
    (warning,) = warnings_of(tmp_path, programme__toml=toml)
    assert warning.startswith(
        "programme.toml: no public holidays of BE-VLG itself are known, so those of BE count; "
    )
    own = "country,date,kind\nBE-VLG,2026-07-11,off\n"
    assert warnings_of(tmp_path, programme__toml=toml, holidays__csv=own) == []


def test_a_country_of_the_programme_in_which_nobody_is_needs_no_warning(tmp_path):
    everybody_in_paris = BERLIN.replace("de-be", "FR").replace("BE-VLG", "FR").replace(",3,\n", ",3,FR\n")
    assert (
        warnings_of(tmp_path, programme__toml=FAR, employees__csv=everybody_in_paris.replace("1,\n", "1,FR\n"))
        == []
    )


def test_days_of_countries_in_which_nobody_works_are_warned_of(tmp_path):
    rows = "country,date,kind\nRU,2027-02-01,off\nBE,2027-02-01,off\nBE-WAL,2027-02-02,off\n,2027-02-03,off\n"
    employees = BERLIN.replace("de-be", "BE-VLG")
    found = warnings_of(tmp_path, employees__csv=employees, holidays__csv=rows)
    said = "holidays.csv: 2 special days of countries in which nobody works: BE-WAL, RU (countries are named by"
    assert [text[: len(said)] for text in found[1:]] == [said]


@pytest.mark.parametrize("name", ["holiday.csv", "holidays.xlsx", "holidys.csv"])
def test_a_misspelt_file_is_pointed_out(tmp_path, name):
    (tmp_path / name).write_text("country,date,kind\n")
    assert warnings_of(tmp_path) == [f"{name}: is not read; did you mean 'holidays.csv'?"]

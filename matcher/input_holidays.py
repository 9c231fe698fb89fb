"""holidays.csv and `calendar.days` -> the company's own days; with them, the public ones of every country used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import get_args

from matcher.cells import refuse_slashed
from matcher.findings import Findings, did_you_mean
from matcher.holiday_days import PublicDays, country_code, has_own_days, public_days
from matcher.input_moments import YEARS
from matcher.input_people import day_of, parsed
from matcher.input_programme import FILE as PROGRAMME
from matcher.model import SpecialDay
from matcher.programme import EPOCH, DayKind, Programme, closing_time, day_date, day_number, fold
from matcher.tables import Table

HOLIDAYS_REQUIRED = ("country", "date", "kind")
HOLIDAYS_KNOWN = (*HOLIDAYS_REQUIRED, "end")
KINDS: tuple[DayKind, ...] = get_args(DayKind)
HOLIDAYS = "holidays.csv"
ABROAD = 2  # days by which the local dates of a programme may lie outside its own


def read_holidays(table: Table, findings: Findings) -> dict[tuple[str, int], tuple[SpecialDay, int]]:
    """Each special day with its line, by country and date; two that contradict each other are a fault."""
    before = len(findings.faults)
    codes: list[str] = []

    def place(text: str) -> int:
        codes.append(country_code(text))
        return len(codes) - 1

    country = parsed(table, "country", place, findings)
    date = parsed(table, "date", _date, findings)
    kind = parsed(table, "kind", _kind, findings)
    bad = {fault.line for fault in findings.faults[before:]}
    days: dict[tuple[str, int], tuple[SpecialDay, int]] = {}
    for row, (line, end) in enumerate(zip(table.lines.tolist(), table["end"].texts(), strict=True)):
        if line in bad:
            continue
        try:
            closes = closing_time(KINDS[kind[row]], end)
        except ValueError as error:
            findings.fault(table.file, str(error), line, "end")
            continue
        day = SpecialDay(codes[country[row]], int(date[row]), KINDS[kind[row]], closes)
        known, first = days.setdefault((day.country, day.date), (day, line))
        if known != day:
            findings.fault(table.file, f"{_told(day)} here, but {_said(known)} {table.at(first)}", line, "kind")
    return days


def company_days(table: Table | None, programme: Programme | None, findings: Findings) -> tuple[SpecialDay, ...]:
    """What the company says of single dates, in holidays.csv and in programme.toml."""
    listed = {} if table is None else read_holidays(table, findings)
    days = {key: day for key, (day, _) in listed.items()}
    settings = () if programme is None else programme.calendar.days
    for entry in settings:
        day = SpecialDay(entry.country, day_number(entry.date), entry.kind, entry.closes)
        key = day.country, day.date
        if days.setdefault(key, day) == day:
            continue
        if key in listed:
            what = f"{_told(days[key])} here, but {_said(day)} in {PROGRAMME} (calendar.days)"
            findings.fault(table.file if table else PROGRAMME, what, listed[key][1], "kind")
        else:
            what = f"{_told(day)} in one entry and {_said(days[key])} in another"
            findings.fault(PROGRAMME, what, column="calendar.days")
    return tuple(sorted(days.values()))


def _told(day: SpecialDay) -> str:
    where = f" in {day.country}" if day.country else ""
    return f"{day_date(day.date)}{where} is {_said(day)}"


def _said(day: SpecialDay) -> str:
    clock = f" until {day.end // 60:02}:{day.end % 60:02}" if day.end < 24 * 60 else ""
    return f"{day.kind!r}{clock}"


def _date(text: str) -> int:
    day = day_of(text)
    if day is None:
        refuse_slashed(text)
        found = f"{text!r} is not" if text else "is blank; expected"
        raise ValueError(f"{found} a date like 2027-01-11")
    if not 0 <= day < day_number(dt.date(YEARS[1], 1, 1)):
        raise ValueError(f"{text} is not between {EPOCH.year} and {YEARS[1]}")
    return day


def _kind(text: str) -> int:
    folded = fold(text)
    if folded in KINDS:
        return KINDS.index(folded)
    found = f"{text!r} is not" if text else "is blank; expected"
    raise ValueError(f"{found} one of {', '.join(KINDS)}{did_you_mean(text, KINDS)}")


# --- what the state says ----------------------------------------------------------------------------------------


def known_public_days(
    countries: Sequence[str], programme: Programme, company: Sequence[SpecialDay], findings: Findings
) -> tuple[SpecialDay, ...]:
    """Public holidays and moved working days of these countries on the programme's dates.

    Warns of what is not known for sure, once for a country and year.
    """
    first = day_number(programme.frame.start) - ABROAD
    last = day_number(programme.frame.end) + ABROAD
    found: list[SpecialDay] = []
    for code in filter(None, countries):
        public = public_days(code, first, last)
        found += public.days
        _warn_of_doubts(code, public, programme, company, findings)
    _warn_of_others(countries, company, findings)
    return tuple(sorted(found))


def _warn_of_doubts(
    code: str, public: PublicDays, programme: Programme, company: Sequence[SpecialDay], findings: Findings
) -> None:
    """Warn of a year, unless days off or worked of that country and year are entered: then somebody has looked."""
    whole = code.partition("-")[0]
    entered = {day_date(day.date).year for day in company if day.country in (code, whole) and day.kind != "short"}
    for year in range(programme.frame.start.year, programme.frame.end.year + 1):
        if year in public.doubts and year not in entered:
            message = f"public holidays of {code} in {year} are not certain: {public.doubts[year]}"
            findings.warn(PROGRAMME, f"{message}; correct them in holidays.csv if need be")
    if not has_own_days(code) and not any(day.country == code for day in company):
        message = f"no public holidays of {code} itself are known, so those of {whole} count"
        findings.warn(PROGRAMME, f"{message}; if it has any, enter them in holidays.csv")


def _warn_of_others(countries: Sequence[str], company: Sequence[SpecialDay], findings: Findings) -> None:
    """Warn of special days of countries in which nobody is."""
    covered = {"", *countries, *(code.partition("-")[0] for code in countries)}
    others = sorted({day.country for day in company} - covered)
    if others:
        rows = sum(day.country in others for day in company)
        message = f"{rows} special day{'s' * (rows != 1)} of countries in which nobody works: {', '.join(others)}"
        hint = "countries are named by calendar.country in programme.toml and by country in employees.csv"
        findings.warn(HOLIDAYS, f"{message} ({hint})")

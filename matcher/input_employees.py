"""employees.csv -> Employees; every fault with its line, and a word about what only looks the same."""

from __future__ import annotations

import functools
import re
import zoneinfo
from collections.abc import Callable

import numpy as np

from matcher.cells import refuse_slashed
from matcher.columns import Coded
from matcher.findings import Findings, did_you_mean
from matcher.holiday_days import country_code
from matcher.input_people import (
    DATE,
    People,
    day_of,
    parsed,
    places_of,
    report_blanks,
    whole_number,
)
from matcher.lookalikes import skeleton, skeletons, small_skeleton, told_apart
from matcher.model import ALWAYS, Employees, IntArray
from matcher.programme import NO_PLACES, Programme, fold, iana_zone
from matcher.tables import Table
from matcher.windows_zones import WINDOWS_ZONES

EMPLOYEES_REQUIRED = ("employee_id", "function", "level")
EMPLOYEES_KNOWN = (
    *(*EMPLOYEES_REQUIRED, "name", "email", "manager_id", "timezone", "country", "max_mentees"),
    *("first_day", "last_day", "priority", "sessions_wanted"),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last are full width
BETWEEN_IDS = "; "  # where a cell of a run lists several people


def read_people(table: Table, findings: Findings) -> People:
    """Collect the ids; blank, repeated and dangerous ones are faults, near-twins a warning."""
    names, lines = table["employee_id"].texts(), table.lines.tolist()
    seen = dict(zip(names, lines, strict=True))
    odd = not {name[:1] for name in names}.isdisjoint(("", "'", *FORMULA_STARTS)) or BETWEEN_IDS in "\n".join(seen)
    if len(seen) < len(names) or odd:
        seen = _report_ids(names, lines, table, findings)
    _warn_of_twins(seen, table, findings)
    _warn_of_dates(seen, table, findings)
    if table.whole and not names:
        findings.fault(table.file, "holds no employees")
    return People(tuple(sorted(seen)), whole=table.whole, listed=names, table=table)


def _report_ids(names: list[str], lines: list[int], table: Table, findings: Findings) -> dict[str, int]:
    """The ids with the line on which each stands first."""
    file, seen = table.file, dict[str, int]()
    for name, line in zip(names, lines, strict=True):
        if not name:
            findings.fault(file, "is blank", line, "employee_id")
        elif name in seen:
            findings.fault(file, f"{name!r} stands already {table.at(seen[name])}", line, "employee_id")
        else:
            seen[name] = line
            if name.lstrip("'").startswith(FORMULA_STARTS):
                start = name[: len(name) - len(name.lstrip("'")) + 1]
                message = f"{name!r} starts with {start!r}, which spreadsheets take for a formula"
                findings.fault(file, message, line, "employee_id")
            if BETWEEN_IDS in name:
                message = f"{name!r} holds '{BETWEEN_IDS}', which stands between ids where several are listed"
                findings.fault(file, message, line, "employee_id")
    return seen


def _warn_of_twins(seen: dict[str, int], table: Table, findings: Findings) -> None:
    """Two ids that look the same, by their capitals or by their small letters."""
    names = list(seen)
    firsts = _firsts_alike(names, skeletons(names))
    if not all(map(str.isascii, names)):
        firsts = _firsts_alike(names, list(map(small_skeleton, names))) | firsts
    for name in sorted(firsts, key=seen.__getitem__):
        first = firsts[name]
        apart = told_apart(name, first)
        but = f" but for {apart}" if apart else ""
        message = f"{name!r} looks like {first!r} {table.at(seen[first])}{but}; they count as two people"
        findings.warn(table.file, message, seen[name], "employee_id")


def _firsts_alike(names: list[str], looks: list[str]) -> dict[str, str]:
    """The first name that looks like it, for each that is not the first."""
    if len(set(looks)) == len(looks):
        return {}
    firsts = dict[str, str]()
    alike = {name: firsts.setdefault(look, name) for look, name in zip(looks, names, strict=True)}
    return {name: first for name, first in alike.items() if first != name}


def _warn_of_dates(seen: dict[str, int], table: Table, findings: Findings) -> None:
    """An id such as 1-11 becomes a date when it is typed into a spreadsheet."""
    dates = list(filter(DATE.fullmatch, seen))
    if dates:
        hint = f"format the column as text and enter it again (ids that are dates: {len(dates)})"
        message = f"{dates[0]!r} is a date; if Excel has made it of an id such as 1-11, {hint}"
        findings.warn(table.file, message, seen[dates[0]], "employee_id")


def read_employees(
    table: Table, people: People, programme: Programme | None, findings: Findings
) -> Employees | None:
    """Make the records; None where a value is bad.

    Without a programme only what does not depend on it is judged.
    """
    before = len(findings.faults)
    functions = table["function"].coded()
    report_blanks(table, "function", functions, findings)
    _warn_of_alike_functions(functions, table, findings)
    zone, zones = _named(table, "timezone", _zone, findings)
    country, countries = _named(table, "country", country_code, findings)
    manager = _managers(table, people, findings)
    if programme is None:
        return None
    level = parsed(table, "level", _level_parser(programme), findings)
    capacity = _capacities(table, programme, findings)
    first_day, last_day = _days(table, findings)
    priority, wanted = _counts(table, "priority", findings), _counts(table, "sessions_wanted", findings)
    if len(findings.faults) > before or not people.whole or len(people.ids) < len(table):
        return None
    zone, all_zones = _filled(zone, zones, programme.frame.timezone)
    country, all_countries = _filled(country, countries, programme.calendar.country)
    order = np.argsort(np.fromiter(map(people.index.__getitem__, people.listed), dtype=np.int64), kind="stable")
    return Employees(
        ids=people.ids,
        names=ordered(table["name"].texts(), order),
        emails=ordered(table["email"].texts(), order),
        functions=functions.ordered(order),
        function=functions.numbers(places_of([fold(text) for text in functions.texts]))[order],
        level=level[order],
        level_text=table["level"].coded().ordered(order),
        manager=manager[order],
        zone=zone[order],
        zones=all_zones,
        country=country[order],
        countries=all_countries,
        capacity=capacity[order],
        first_day=first_day[order],
        last_day=last_day[order],
        priority=priority[order],
        sessions_wanted=wanted[order],
    )


def _warn_of_alike_functions(functions: Coded, table: Table, findings: Findings) -> None:
    """Two spellings of one function would let people mentor who stand only one level above."""
    seen: dict[str, str] = {}
    for text, code in sorted(zip(functions.texts, range(len(functions.texts)), strict=True)):
        first = seen.setdefault(skeleton(text), text)
        if fold(first) != fold(text):
            line = table.line(int(np.argmax(functions.codes == code)))
            message = f"{text!r} looks like {first!r}; they count as two functions"
            findings.warn(table.file, message, line, "function")


def ordered(texts: list[str], order: IntArray) -> tuple[str, ...]:
    """The texts in another order, given as row numbers."""
    return tuple(map(texts.__getitem__, order.tolist()))


def _named(
    table: Table, column: str, name_of: Callable[[str], str], findings: Findings
) -> tuple[IntArray, list[str]]:
    """Each row's place in a list of names; -1 of a blank cell. `name_of` gives the one name of each text."""
    names: list[str] = []

    def place(text: str) -> int:
        name = name_of(text)
        if name and name not in names:
            names.append(name)
        return names.index(name) if name else -1

    return parsed(table, column, place, findings, default=-1), names


def _filled(places: IntArray, names: list[str], blank: str) -> tuple[IntArray, tuple[str, ...]]:
    """The places in the sorted names, `blank` among them, which stands for -1."""
    found = sorted({*names, blank})
    moved = np.array([found.index(name) for name in (*names, blank)], dtype=np.int64)
    return moved[places], tuple(found)


def _zone(text: str) -> str:
    """IANA name of the zone; "" (the programme's) for a blank cell."""
    if not text:
        return ""
    zone = iana_zone(text)
    if zone is None:
        close = did_you_mean(text, _zone_names())
        example = "is not a time zone like 'Europe/Moscow' (IANA) or 'Russian Standard Time' (Windows)"
        raise ValueError(f"{text!r} {example}{close}")
    return zone


@functools.cache
def _zone_names() -> tuple[str, ...]:
    """All names of zones, for which the files of the database are read."""
    return tuple(sorted({*zoneinfo.available_timezones(), *WINDOWS_ZONES}.difference(NO_PLACES)))


def _managers(table: Table, people: People, findings: Findings) -> IntArray:
    names = table["manager_id"].coded()
    managers = people.find(names)
    for row in np.flatnonzero(managers < 0).tolist():
        if names[row] and people.whole and names[row] not in people.torn:
            message = f"{names[row]!r} is no employee; taken as no manager{people.hint(names[row])}"
            findings.warn(table.file, message, table.line(row), "manager_id")
    return managers


def _level_parser(programme: Programme) -> Callable[[str], int]:
    """How a level is read: as a name in `eligibility.levels`, or as a number; larger is more senior."""
    names = programme.eligibility.levels
    places = {fold(name): place for place, name in enumerate(names)}
    sign = -1 if programme.eligibility.level_order == "descending" else 1

    def named(text: str) -> int:
        if fold(text) in places:
            return places[fold(text)]
        what = f"{text!r} is none of eligibility.levels ({', '.join(names)}{did_you_mean(text, names)})"
        raise ValueError(what if text else "is blank")

    def numbered(text: str) -> int:
        try:
            return sign * whole_number(text)
        except ValueError as error:
            hint = " (levels are numbers unless eligibility.levels names them)" if text else ""
            raise ValueError(f"{error}{hint}") from None

    return named if names else numbered


def _date(text: str) -> int:
    """Number of a date; ValueError where it is none."""
    day = day_of(text)
    if day is None:
        refuse_slashed(text)
        raise ValueError(f"{text!r} is not a date like 2027-01-11")
    return day


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError(f"{text!r} is not a whole number from 0 (blank = 0)")
    return int(text)


def _days(table: Table, findings: Findings) -> tuple[IntArray, IntArray]:
    """First and last day of each; one after which nothing is left is a fault."""
    first = parsed(table, "first_day", lambda text: _date(text) if text else -ALWAYS, findings, default=-ALWAYS)
    last = parsed(table, "last_day", lambda text: _date(text) if text else ALWAYS, findings, default=ALWAYS)
    for row in np.flatnonzero(last < first).tolist():
        message = f"{table['last_day'][row]} is before first_day {table['first_day'][row]}"
        findings.fault(table.file, message, table.line(row), "last_day")
    return first, last


def _counts(table: Table, column: str, findings: Findings) -> IntArray:
    return parsed(table, column, lambda text: _count(text) if text else 0, findings)


def _capacities(table: Table, programme: Programme, findings: Findings) -> IntArray:
    most = programme.capacity.mentees_per_mentor

    def capacity(text: str) -> int:
        if text and not re.fullmatch(r"[0-9]{1,9}", text):
            raise ValueError(f"{text!r} is not a whole number from 0 (0 = does not mentor, blank = {most})")
        return int(text) if text else most

    wanted = parsed(table, "max_mentees", capacity, findings, default=most)
    for row in np.flatnonzero(wanted > most).tolist():
        message = f"{wanted[row]} is above the programme's {most} (capacity.mentees_per_mentor); {most} counts"
        findings.warn(table.file, message, table.line(row), "max_mentees")
    return np.minimum(wanted, most)

"""Small cohorts for the tests: from literals, as files, and drawn at random.

A `Spec` holds what the files of a cohort folder hold, as short Python literals. `build` makes the `Cohort` of it
without any file, `write` the folder, `shuffled` the same folder with its rows in another order, `random_spec`
draws one in which people compete for places and for hours.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import brute_force
import holidays
import numpy as np

from matcher.model import ALWAYS, Absences, Availability, Busy, Choices, Cohort, Decision, Employees, SpecialDay
from matcher.programme import WEEKDAYS, Programme, day_date, day_number, fold, parse_clock

STRICTEST = ("forbidden", "refused", "declined", "locked", "accepted", "past")


@dataclass(frozen=True)
class Spec:
    """What the files of one cohort say; only `employees` and `choices` are usual.

    An employee is `"id function level"` or a dict of the columns of employees.csv; a choice is `"mentee mentor"`
    (ranked in the order given) or `(mentee, rank, mentor)`; the rows of the other tables are tuples of text.
    """

    employees: tuple = ()
    choices: tuple = ()
    availability: tuple = ()
    busy: tuple = ()
    pairs: tuple = ()
    programme: dict = field(default_factory=dict)
    holidays: tuple = ()
    absences: tuple = ()

    def tables(self) -> dict[str, list[list[str]]]:
        """Give the rows of every file, header first; a table without rows is left out."""
        people = [person_row(employee) for employee in self.employees]
        columns = ["employee_id", "function", "level", "manager_id", "timezone", "country", "max_mentees"]
        columns += [
            name
            for name in ("first_day", "last_day", "priority", "sessions_wanted")
            if any(row.get(name) for row in people)
        ]
        return {
            "employees.csv": [columns, *([row.get(name, "") for name in columns] for row in people)],
            "preferences.csv": [["mentee_id", "rank", "mentor_id"], *map(list, choice_rows(self.choices))],
            "availability.csv": [["employee_id", "day", "start", "end"], *map(list, self.availability)],
            "busy.csv": [["employee_id", "start", "end"], *map(list, self.busy)],
            "absences.csv": [["employee_id", "start", "end"], *map(list, self.absences)],
            "pairs.csv": [["mentee_id", "mentor_id", "status", "last_session"], *map(pair_row, self.pairs)],
            "holidays.csv": [["country", "date", "kind", "end"], *([*row, ""][:4] for row in self.holidays)],
        }


def person_row(employee: str | dict) -> dict[str, str]:
    if isinstance(employee, dict):
        return {name: str(value) for name, value in employee.items()}
    return dict(zip(("employee_id", "function", "level", "max_mentees"), employee.split(), strict=False))


def choice_rows(choices: tuple) -> list[tuple[str, str, str]]:
    rows, listed = [], Counter()
    for choice in choices:
        if isinstance(choice, str):
            mentee, mentor = choice.split()
            listed[mentee] += 1
            rows.append((mentee, str(listed[mentee]), mentor))
        else:
            mentee, rank, mentor = choice
            rows.append((mentee, str(rank), mentor))
    return rows


def pair_row(pair: tuple) -> list[str]:
    return [*pair, ""][:4]


def only(person: str, *windows: tuple[str, str, str]) -> tuple:
    """Rows of availability.csv for somebody who is free in these windows `(date, start, end)` and no others."""
    never = tuple((person, day, "", "") for day in WEEKDAYS)
    return never + tuple((person, *window) for window in windows)


# --- records ------------------------------------------------------------------------------------------------


def build(spec: Spec) -> Cohort:
    """Make the cohort that reading the spec's files would give, apart from warnings and hashes."""
    programme = Programme.model_validate(spec.programme)
    employees = build_employees(spec, programme)
    index = {name: person for person, name in enumerate(employees.ids)}
    choices = build_choices(spec, index)
    decisions = build_decisions(spec, index)
    locked = [mentee for (mentee, _), decision in decisions.items() if decision.status == "locked"]
    mentees = np.array(sorted({*choices.mentee.tolist(), *locked}), dtype=np.int64)
    return Cohort(
        programme,
        employees,
        mentees,
        choices,
        build_availability(spec, index),
        build_busy(spec, index),
        decisions,
        public_days=build_public(programme, employees.countries),
        company_days=build_company(spec, programme),
        absences=build_absences(spec, index),
    )


def build_employees(spec: Spec, programme: Programme) -> Employees:
    rows = sorted((person_row(employee) for employee in spec.employees), key=lambda row: row["employee_id"])
    ids = tuple(row["employee_id"] for row in rows)
    folded = sorted({fold(row["function"]) for row in rows})
    zones = tuple(sorted({programme.frame.timezone, *(row["timezone"] for row in rows if row.get("timezone"))}))
    usual = programme.calendar.country
    countries = tuple(sorted({usual, *(row["country"] for row in rows if row.get("country"))}))
    levels = [fold(name) for name in programme.eligibility.levels]
    sign = 1 if programme.eligibility.level_order == "ascending" else -1
    most = programme.capacity.mentees_per_mentor
    return Employees(
        ids=ids,
        names=("",) * len(ids),
        emails=("",) * len(ids),
        functions=tuple(row["function"].strip() for row in rows),
        function=column(folded.index(fold(row["function"])) for row in rows),
        level=column(levels.index(fold(row["level"])) if levels else sign * int(row["level"]) for row in rows),
        level_text=tuple(row["level"] for row in rows),
        manager=column(ids.index(row["manager_id"]) if row.get("manager_id") else -1 for row in rows),
        zone=column(zones.index(row.get("timezone") or programme.frame.timezone) for row in rows),
        zones=zones,
        country=column(countries.index(row.get("country") or usual) for row in rows),
        countries=countries,
        capacity=column(min(most, int(row.get("max_mentees") or most)) for row in rows),
        first_day=column(date_number(row.get("first_day")) or -ALWAYS for row in rows),
        last_day=column(date_number(row.get("last_day")) or ALWAYS for row in rows),
        priority=column(int(row.get("priority") or 0) for row in rows),
        sessions_wanted=column(int(row.get("sessions_wanted") or 0) for row in rows),
    )


def date_number(text):
    return day_number(dt.date.fromisoformat(text)) if text else 0


def build_choices(spec: Spec, index: dict[str, int]) -> Choices:
    rows = sorted((index[mentee], int(rank), mentor) for mentee, rank, mentor in choice_rows(spec.choices))
    return Choices(
        mentee=column(mentee for mentee, _, _ in rows),
        mentor=column(index.get(mentor, -1) for _, _, mentor in rows),
        rank=column(rank for _, rank, _ in rows),
        mentor_ids=tuple(mentor for _, _, mentor in rows),
    )


def build_decisions(spec: Spec, index: dict[str, int]) -> dict[tuple[int, int], Decision]:
    rows: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for mentee, mentor, status, last in map(pair_row, spec.pairs):
        if mentee in index and mentor in index:
            rows.setdefault((index[mentee], index[mentor]), []).append((status, last))
    decisions = {}
    for pair, said in sorted(rows.items()):
        statuses = [status for status, _ in said]
        dates = [day_number(dt.date.fromisoformat(last)) for _, last in said if last]
        decisions[pair] = Decision(
            min(statuses, key=STRICTEST.index),
            last_session=max(dates, default=None),
            **{word: word in statuses for word in ("past", "refused", "declined", "accepted")},
        )
    return decisions


def build_availability(spec: Spec, index: dict[str, int]) -> Availability:
    rows = []
    for person, day, start, end in spec.availability:
        weekday = WEEKDAYS.index(day) if day in WEEKDAYS else -1
        date = -1 if weekday >= 0 else day_number(dt.date.fromisoformat(day))
        rows.append((index[person], weekday, date, parse_clock(start) or 0, parse_clock(end) or 0))
    columns = list(zip(*sorted(rows), strict=True)) or [()] * 5
    return Availability(*map(column, columns))


def build_busy(spec: Spec, index: dict[str, int]) -> Busy:
    rows = []
    for person, first, last in spec.busy:
        start, start_utc = busy_end(first, later=False)
        end, end_utc = busy_end(last, later=True)
        rows.append((index[person], start, end, start_utc, end_utc))
    columns = list(zip(*sorted(rows), strict=True)) or [()] * 5
    flags = [np.array(flag, dtype=np.bool_) for flag in columns[3:]]
    return Busy(*map(column, columns[:3]), *flags)


def build_absences(spec: Spec, index: dict[str, int]) -> Absences:
    rows = sorted({(index[person], date_number(start), date_number(end)) for person, start, end in spec.absences})
    return Absences(*map(column, list(zip(*rows, strict=True)) or [()] * 3))


def build_public(programme: Programme, countries: tuple[str, ...]) -> tuple[SpecialDay, ...]:
    """Public holidays as the package gives them, near the programme's dates; countries in their one spelling."""
    days = []
    for code in filter(None, countries):
        country, _, part = code.partition("-")
        known = holidays.country_holidays(
            country, subdiv=part if part in getattr(holidays, country).subdivisions else None
        )
        for number in range(day_number(programme.frame.start) - 2, day_number(programme.frame.end) + 3):
            date = day_date(number)
            if date in known:
                days.append(SpecialDay(code, number, "off"))
            elif known.is_weekend(date) and known.is_working_day(date):
                days.append(SpecialDay(code, number, "worked"))
    return tuple(sorted(days))


def build_company(spec: Spec, programme: Programme) -> tuple[SpecialDay, ...]:
    """The rows of holidays.csv and the entries of `calendar.days`."""
    rows = [(*row, "")[:4] for row in spec.holidays]
    rows += [(day.country, str(day.date), day.kind, day.end) for day in programme.calendar.days]
    return tuple(
        sorted(
            {
                SpecialDay(country, day_number(dt.date.fromisoformat(date)), kind, parse_clock(end) or 24 * 60)
                for country, date, kind, end in rows
            }
        )
    )


def busy_end(text: str, *, later: bool) -> tuple[int, bool]:
    """Read one end of a busy time: minutes since 1970 and whether they are UTC; seconds are rounded outwards."""
    moment = dt.datetime.fromisoformat(text)
    if len(text) == len("2027-01-11") and later:
        moment += dt.timedelta(days=1)
    seconds = moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp()
    return (math.ceil if later else math.floor)(seconds / 60), moment.tzinfo is not None


def column(values: object) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)


# --- files --------------------------------------------------------------------------------------------------


def write(spec: Spec, folder: Path) -> Path:
    """Write the spec as a cohort folder and give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in spec.tables().items():
        if len(rows) > 1 or name in ("employees.csv", "preferences.csv"):
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows)
    blocks = []
    for section, keys in spec.programme.items():
        lines = [f"{key} = {toml_value(value)}" for key, value in keys.items()]
        blocks.append("\n".join([f"[{section}]", *lines]))
    (folder / "programme.toml").write_text("\n".join(blocks) + "\n", encoding="utf-8")
    return folder


def toml_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def shuffled(spec: Spec, seed: int) -> Spec:
    """The same cohort with the rows of every table in another order; ranks are written out."""
    rng = random.Random(seed)
    rows = {"choices": choice_rows(spec.choices), "employees": list(spec.employees)}
    rows |= {name: list(getattr(spec, name)) for name in ("availability", "busy", "absences", "pairs", "holidays")}
    for table in rows.values():
        rng.shuffle(table)
    return replace(spec, **{name: tuple(table) for name, table in rows.items()})


# --- what was drawn -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """What makes a drawn cohort hard: more wishes than places, or pairs that clash only through their hours."""

    contention: bool
    conflict: bool
    locks_fail: bool


def describe(cohort: Cohort, result: brute_force.Best | None, ways: brute_force.Ways | None = None) -> Drawn:
    """Compare the joint optimum with the one that ignores who is in two sessions at once."""
    ways = brute_force.schedulable(cohort) if ways is None else ways
    wanted = Counter(mentor for _, mentor in ways)
    contention = any(count > cohort.employees.capacity[mentor] for mentor, count in wanted.items())
    alone = brute_force.best(cohort, ways, alone=True)
    if alone is None or result is None:
        return Drawn(contention, alone is not result, locks_fail=result is None)
    goals = ("mentees", "pairs", "rank", "sessions")
    conflict = any(alone.values[goal] != result.values[goal] for goal in goals)
    return Drawn(contention, conflict, locks_fail=False)

"""Figures of employees that a case may go by: how many want them, how many they want, how busy they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from matcher.calendars import programme_bounds, zone_segments
from matcher.columns import Coded, coded
from matcher.findings import Findings
from matcher.input_employees import EMPLOYEES_KNOWN, read_employees, read_people
from matcher.input_times import BUSY_COLUMNS, read_busy
from matcher.model import IntArray
from matcher.programme import Programme
from matcher.scenario_rows import Rows
from matcher.scenario_writing import file_of
from matcher.tables import read_table

Give = Callable[[str], Rows]
"""Gives a table as it is now."""


def _listed(rows: Give, column: str) -> Coded:
    """How often each employee stands in a column of the choices."""
    choices, ids = rows("preferences"), rows("employees").column("employee_id")
    names, listed = choices.column(column), choices.column("mentor_id").where(bool)
    count = Counter[int](names.codes[listed].tolist())
    number = {text: count[code] for code, text in enumerate(names.texts)}
    return coded(ids.codes, [str(number.get(text, 0)) for text in ids.texts])


def _wanted(rows: Give, _programme: Programme) -> Coded:
    return _listed(rows, "mentor_id")


def _chooses(rows: Give, _programme: Programme) -> Coded:
    return _listed(rows, "mentee_id")


def _busy_hours(rows: Give, programme: Programme) -> Coded:
    """Hours of the programme in which each is busy; what overlaps counts once."""
    minutes = _busy_minutes(rows, programme)
    ids = rows("employees").column("employee_id")
    hours = (minutes.get(text, 0) / 60 for text in ids.texts)
    return coded(ids.codes, [str(int(one)) if one == int(one) else repr(one) for one in hours])


def _busy_minutes(rows: Give, programme: Programme) -> dict[str, int]:
    findings = Findings()
    employees = read_table(file_of(rows("employees")), "employees.csv", EMPLOYEES_KNOWN, findings)
    busy = read_table(file_of(rows("busy")), "busy.csv", BUSY_COLUMNS, findings)
    if employees is None or busy is None:
        return {}
    people = read_people(employees, findings)
    records = read_employees(employees, people, programme, findings)
    if records is None:
        return {}
    times = read_busy(busy, people, records, findings)
    start, end, zones = times.start.copy(), times.end.copy(), records.zone[times.person]
    for zone in np.unique(zones):
        segments = zone_segments(records.zones[zone], programme.frame.start, programme.frame.end)
        local = (zones == zone) & ~times.start_utc
        start[local] = segments.to_instant(start[local], later=False)
        local = (zones == zone) & ~times.end_utc
        end[local] = segments.to_instant(end[local], later=True)
    spent = _covered(times.person, *(np.clip(moment, *programme_bounds(programme)) for moment in (start, end)))
    return {people.ids[person]: minutes for person, minutes in spent.items()}


def _covered(person: IntArray, start: IntArray, end: IntArray) -> dict[int, int]:
    """Minutes that the stretches of each person cover."""
    order = np.lexsort((start, person))
    covered: dict[int, int] = {}
    last, reach = -1, 0
    for who, begin, finish in zip(person[order].tolist(), start[order].tolist(), end[order].tolist(), strict=True):
        if who != last:
            last, reach = who, begin
        covered[who] = covered.get(who, 0) + max(0, finish - max(begin, reach))
        reach = max(reach, finish)
    return covered


FIGURES: Mapping[str, Callable[[Give, Programme], Coded]] = {
    "wanted": _wanted,
    "chooses": _chooses,
    "busy_hours": _busy_hours,
}

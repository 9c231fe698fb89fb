"""Tables of a run by hand, for tests of the check: rows, pairs, sessions and what had happened."""

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

from check_cases import date
from cohorts import Spec, build, only
from test_check_bounds import FRAME

from matcher.check_claims import check_claims
from matcher.check_diary import Diary
from matcher.check_files import (
    Row,
    Table,
)
from matcher.check_outcomes import Outcomes
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_past import Past, Planned, _rows, why_over
from matcher.check_repair import Repair
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable

FIRST = date(FRAME["start"])


def table_of(file, columns, *rows):
    """A table with these rows as a file would give it, and the list of what is found wrong in it."""
    table = Table(file, [], {name: at for at, name in enumerate(columns)})
    table.lines, table.records = list(range(2, 2 + len(rows))), [(*row, "") for row in rows]
    return table


def told(table):
    return [violation.message for violation in table.violations]


def paired(roster, mentee, mentor, *meetings, locked=False, line=2):
    pair = roster.person[mentee], roster.person[mentor]
    found = FoundPair(pair, Row(line, ("",), {}), roster.rank(pair), locked=locked)
    found.meetings.extend(
        Meeting(10 * line + number, pair, number, *slot, slot[0] // 1440 - FIRST)
        for number, slot in enumerate(meetings, 1)
    )
    return found


def at(day, clock="09:00", minutes=45):
    """Start and end of a session on a day of the programme, whose clock is UTC."""
    start = (FIRST + day) * 1440 + int(clock[:2]) * 60 + int(clock[3:])
    return start, start + minutes


def past_at(day, **slots):
    """A plan that is repaired on a day: `a_m=[...]` are the sessions of a with m; all pairs began on day 0."""
    past = Past(FIRST + day, (FIRST + day) * 1440, {})
    for ids, planned in slots.items():
        past.pairs[tuple(ids.split("_"))] = Planned(("", ""), "1", FIRST, past.midnight, sorted(planned))
    return past


PROVEN = {"mentees", "pairs", "rank", "sessions", "minutes", "preferred"}

GOALS = {"could hold": "sessions", "could be longer": "minutes", "could be in the preferred": "preferred"}

PAIR = ("m F 5", "a F 1")


def claims(cohort, *pairs, proven=PROVEN, past=None):
    """What is said of goals that are called optimal; pairs are (mentee, mentor, sessions)."""
    roster = Roster(cohort)
    found = [paired(roster, *ids, *slots, line=line) for line, (*ids, slots) in enumerate(pairs, 2)]
    timetable = Timetable(roster, [one.pair for one in found], (), past)
    table = table_of("summary.json", ())
    check_claims(table, proven, timetable, found, Diary(found))
    for violation in table.violations:
        goal = next(goal for word, goal in GOALS.items() if word in violation.message)
        assert (violation.line, violation.column) == (None, f"goals, {goal}")
    return told(table)


def hours(*windows, **sections):
    """Both are free in these windows (day, start, end) alone."""
    rows = [((dt.date(2027, 1, 11) + dt.timedelta(days=day)).isoformat(), *ends) for day, *ends in windows]
    rules = {"month_rule": "none", "min_days_between": 1} | sections.pop("sessions", {})
    frame = {**FRAME, **sections.pop("programme", {})}
    return build(
        Spec(
            employees=PAIR,
            choices=("a m",),
            availability=tuple(row for who in "am" for row in only(who, *rows)),
            programme={"programme": frame, "sessions": rules, **sections},
        )
    )


def outcomes_of(cohort, *pairs, past=None):
    roster = Roster(cohort)
    found = {one.pair: one for one in (paired(roster, *ids, *slots) for *ids, slots in pairs)}
    timetable = Timetable(roster, found, (), past)
    return Outcomes(timetable, found, Diary(found.values()))


def read(text, *columns):
    table = table_of("before/pairs.csv", ())
    return _rows(text.encode(), columns, table), told(table)


QUEUE = Spec(
    employees=(
        "m F 5",
        "n F 5",
        *(
            {"employee_id": who, "function": "F", "level": "1", "priority": str(2 * (who == "c"))}
            for who in "abcd"
        ),
    ),
    choices=("a m", "b m", "c m", "d m"),
    programme={"programme": FRAME},
)

QUARTER = Spec(
    employees=("a F 1", "b F 1", "c F 1", "m F 5 1", "n F 5 2"),
    choices=("a m", "b n", "c m", "c n"),
    programme={"programme": FRAME},
)


def iso(day):
    return (dt.date.fromisoformat(FRAME["start"]) + dt.timedelta(days=day)).isoformat()


def staff(first=None, last=None):
    """The people of the quarter with first and last days."""
    rows = [
        dict(zip(("employee_id", "function", "level"), one.split(), strict=False)) for one in QUARTER.employees
    ]
    for name, days in (("first_day", first), ("last_day", last)):
        for row in rows:
            row[name] = iso(days[row["employee_id"]]) if days and row["employee_id"] in days else ""
    return tuple(rows)


def repair_of(past, *pairs, **changes):
    """What the tables of a rematch must say; pairs are (mentee, mentor, sessions)."""
    roster = Roster(build(dataclasses.replace(QUARTER, **changes)))
    for ids, planned in past.pairs.items():
        why = why_over(roster, ids, past.as_of)
        if why:
            past.why[ids] = why
        else:
            past.agreed[tuple(roster.person[one] for one in ids)] = planned
    found = [
        paired(roster, who, whom, *slots, locked=bool(locked), line=line)
        for line, (who, whom, slots, *locked) in enumerate(pairs, 2)
    ]
    for one in found:
        for slot in one.meetings:
            slot.held = slot.start < past.midnight
    timetable = Timetable(roster, [*(one.pair for one in found), *past.agreed], (), past)
    by_pair = {one.pair: one for one in found}
    return Repair(past, Outcomes(timetable, by_pair, Diary(found)), timetable, by_pair)


def on_days(*windows, sessions=None, past=None, people=("a F 1", "m F 5", "x F 1"), **frame):
    rows = [(iso(day), *ends) for day, *ends in windows]
    rules = {"month_rule": "none", "min_days_between": 1} | (sessions or {})
    cohort = build(
        Spec(
            employees=people,
            choices=("a m",),
            availability=tuple(row for who in "am" for row in only(who, *rows)),
            programme={"programme": {**FRAME, **frame}, "sessions": rules},
        )
    )
    return Timetable(Roster(cohort), [(2, 1)], (), past)


# --- moments of March in Berlin ---------------------------------------------------------------------------------

BERLIN = ZoneInfo("Europe/Berlin")


def stamp(date, clock, offset=None):
    """A time on a date of March, or later where the date is above 31."""
    moment = dt.datetime.fromisoformat(f"2027-03-01T{clock}:00") + dt.timedelta(days=date - 1)
    return moment.replace(tzinfo=BERLIN).isoformat() if offset is None else moment.isoformat() + offset


def minute(date, clock="09:00"):
    return int(dt.datetime.fromisoformat(stamp(date, clock)).timestamp()) // 60

"""A small cohort with e-mail addresses, and runs of it with any sessions, for the tests of calendars."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter

from matcher.io import read_cohort

ORGANISER = '[invitations]\norganiser_name = "HR"\norganiser_email = "hr@x.example"\n'
PROGRAMME = '[programme]\nname = "Spring"\nstart = 2027-01-11\nend = 2027-04-09\ntimezone = "Europe/Moscow"\n'
EMPLOYEES = """employee_id,name,email,function,level
m,Mia,mia@x.example,Sales,5
n,Nora,nora@x.example,Law,5
a,Ann,ann@x.example,Sales,1
b,Bob,,Law,1
"""
PREFERENCES = "mentee_id,rank,mentor_id\na,1,m\nb,1,m\nb,2,n\n"
EARLY = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)


def write_cohort(folder, programme=PROGRAMME + ORGANISER, employees=EMPLOYEES, preferences=PREFERENCES):
    folder.mkdir(exist_ok=True)
    (folder / "programme.toml").write_text(programme, "utf-8")
    (folder / "employees.csv").write_text(employees, "utf-8")
    (folder / "preferences.csv").write_text(preferences, "utf-8")
    return read_cohort(folder)


def at(day, clock="09:00", minutes=45):
    """A session on a day of the year 2027 counted from 11 January, at an hour of Moscow."""
    moscow = dt.timezone(dt.timedelta(hours=3))
    start = dt.datetime.combine(
        dt.date(2027, 1, 11) + dt.timedelta(days=day), dt.time.fromisoformat(clock), moscow
    )
    return start, start + dt.timedelta(minutes=minutes)


def write_run(folder, cohort, sessions):
    """Write of a run what calendars need; `sessions` gives the times of each (mentee, mentor)."""
    folder.mkdir(exist_ok=True)
    summary = dict.fromkeys(("status", "goals", "counts", "seed", "versions"), None) | {
        "inputs": dict(cohort.inputs)
    }
    (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    pairs = [(*pair, len(times)) for pair, times in sorted(sessions.items())]
    rows = [
        (*pair, number, start.isoformat(timespec="minutes"), end.isoformat(timespec="minutes"))
        for pair, times in sessions.items()
        for number, (start, end) in enumerate(sorted(times), 1)
    ]
    write_table(folder / "pairs.csv", ("mentee_id", "mentor_id", "sessions"), pairs)
    write_table(folder / "sessions.csv", ("mentee_id", "mentor_id", "number", "start", "end"), sorted(rows))
    return folder


def write_table(path, header, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    path.write_text(text.getvalue(), "utf-8-sig")


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def meetings_of(person, sessions):
    """When somebody meets, as a client tells it."""
    return Counter(
        (start.astimezone(dt.UTC), end.astimezone(dt.UTC))
        for pair, times in sessions.items()
        if person in pair
        for start, end in times
    )


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


SESSIONS = {("a", "m"): [at(0), at(14)], ("b", "n"): [at(0), at(21, "17:15", 30)]}

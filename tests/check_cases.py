"""A small company as records and a valid run for it as text, both written by hand.

March 2027 in London, whose clocks go forward on Sunday the 28th. Nina works in New York, whose clocks go
forward on the 14th: her nine o'clock is 14:00 in London, from the 14th 13:00, from the 28th 14:00 again. Anna is
paired with Max, Cy with Nina, Dora is locked to Nina, Ben finds Max taken.
"""

import copy
import datetime as dt

import numpy as np

from matcher.model import ALWAYS, Absences, Availability, Busy, Choices, Cohort, Decision, Employees
from matcher.programme import Programme, day_number, fold

PEOPLE = {
    "a": {"name": "Anna", "function": "Ops", "level": 1},
    "b": {"name": "Ben", "function": "Ops", "level": 1},
    "c": {"name": "Cy", "function": "Sales", "level": 1},
    "d": {"name": "Dora", "function": "Sales", "level": 2},
    "m": {"name": "=Max", "function": "Ops", "level": 3, "capacity": 1},
    "n": {"name": "Nina", "function": "Sales", "level": 3, "zone": "America/New_York"},
    "z": {"name": "", "function": "IT", "level": 5, "capacity": 0},
}
CHOICES = (
    ("a", 1, "m"),
    ("a", 2, "n"),
    ("a", 3, "-x"),
    ("b", 1, "m"),
    ("b", 2, "z"),
    ("c", 1, "d"),
    ("c", 2, "n"),
    ("d", 1, "d"),
)
LOCK = {("d", "n"): Decision("locked")}
FRAME = {"start": "2027-03-01", "end": "2027-03-31", "timezone": "Europe/London"}

RUN = {
    "pairs.csv": """\
mentee_id,mentee_name,mentor_id,mentor_name,rank,level_gap,same_function,sessions,first_session,last_session,source,start,end
a,Anna,m,'=Max,1,2,yes,3,2027-03-01,2027-03-29,chosen,2027-03-01,2027-03-31
c,Cy,n,Nina,2,2,yes,3,2027-03-02,2027-03-30,chosen,2027-03-01,2027-03-31
d,Dora,n,Nina,,1,yes,3,2027-03-03,2027-03-31,locked,2027-03-01,2027-03-31
""",
    "sessions.csv": """\
mentee_id,mentor_id,number,start,end,minutes
a,m,1,2027-03-01T09:00:00+00:00,2027-03-01T09:45:00+00:00,45
c,n,1,2027-03-02T14:00:00+00:00,2027-03-02T14:45:00+00:00,45
d,n,1,2027-03-03T14:00:00+00:00,2027-03-03T14:45:00+00:00,45
a,m,2,2027-03-15T09:00:00+00:00,2027-03-15T09:45:00+00:00,45
c,n,2,2027-03-16T14:00:00+00:00,2027-03-16T14:45:00+00:00,45
d,n,2,2027-03-17T14:00:00+00:00,2027-03-17T14:45:00+00:00,45
a,m,3,2027-03-29T09:00:00+01:00,2027-03-29T09:45:00+01:00,45
c,n,3,2027-03-30T14:00:00+01:00,2027-03-30T14:45:00+01:00,45
d,n,3,2027-03-31T14:00:00+01:00,2027-03-31T14:45:00+01:00,45
""",
    "choices.csv": """\
mentee_id,mentor_id,rank,outcome,detail
a,m,1,paired,They are paired.
a,n,2,other_choice_taken,Anna has her first choice.
a,'-x,3,unknown_mentor,Nobody has this id.
b,m,1,mentor_full,Max has a mentee.
b,z,2,does_not_mentor,z takes no mentees.
c,d,1,same_function_gap,Dora stands one level higher.
c,n,2,paired,They are paired.
d,d,1,self,Dora cannot mentor herself.
""",
    "unmatched.csv": """\
mentee_id,name,reason,explanation
b,Ben,mentors_full,Raise the capacity of Max.
""",
}
# What issue by issue came to stand behind the columns of RUN, row by row, and further files.
MORE = {
    "pairs.csv": ("standing", "some", "some", "every"),
    "choices.csv": ("standing", "some", "some", "none", "some", "none", "none", "some", "none"),
    "unmatched.csv": (
        "eligible_choices,competitors,places,smallest_change,suggestions,group,contested_mentors",
        "1,2,2,one more place: =Max (m),Dora (d),1,m; n",
    ),
}
BOTTLENECKS = """\
mentor_id,name,places,mentees,wanted,group,group_mentors,group_mentees,group_places,shortage,gain_mentees,gain_pairs,gain_ranks,gain_proven
m,'=Max,1,1,2,1,2,3,2,1,1,1,1:+1,yes
n,Nina,2,2,3,1,2,3,2,1,1,1,2:+1,yes
"""
CERTIFICATE = {
    "kind": "generous",
    "goals": ["mentees", "pairs", "rank 2"],
    "value": [3, 3, -1],
    "bound": [3, 3, -1],
    "conflicts": [],
    "places": {"m": [1, 1, 0], "n": [1, 1, -1]},
    "proof": {},
}
WHOLE = {
    file: "\n".join(map(",".join, zip(text.splitlines(), MORE[file], strict=True))) + "\n"
    if file in MORE
    else text
    for file, text in RUN.items()
} | {"bottlenecks.csv": BOTTLENECKS}
SUMMARY = {
    "status": "optimal",
    "goals": [
        {"name": "mentees", "value": 3, "bound": 3, "status": "optimal"},
        {"name": "pairs", "value": 3, "bound": 3, "status": "optimal"},
        {"name": "rank", "kind": "generous", "value": [1, 1], "bound": [1, 1], "status": "optimal"},
        {"name": "sessions", "value": 9, "bound": 9, "status": "optimal"},
        {"name": "regularity", "value": 6, "bound": 6, "status": "optimal"},
    ],
    "counts": {
        "employees": 7,
        "mentees": 4,
        "mentees_paired": 3,
        "mentees_unmatched": 1,
        "pairs": 3,
        "sessions": 9,
        "rank_profile": [1, 1],
        "unmatched": {"mentors_full": 1, "draw": 0},
    },
    "seed": 0,
    "inputs": {"employees.csv": "00ff"},
}
TIMINGS = {"pairing": 0.25, "total": 1}


def make_cohort(
    *,
    people=None,
    choices=CHOICES,
    decisions=LOCK,
    availability=(),
    busy=(),
    absences=(),
    public=(),
    company=(),
    **sections,
):
    """The company with changes: `people` updates single employees, `sections` the tables of programme.toml."""
    staff = copy.deepcopy(PEOPLE)
    for employee_id, changes in (people or {}).items():
        staff.setdefault(employee_id, {"name": employee_id, "function": "Ops", "level": 1}).update(changes)
    sections["programme"] = FRAME | sections.pop("frame", {})
    programme = Programme.model_validate(sections)
    ids = sorted(staff)
    person = {employee_id: at for at, employee_id in enumerate(ids)}
    return Cohort(
        programme=programme,
        employees=make_employees(ids, staff, person, programme),
        mentees=np.array(
            sorted(
                {person[c[0]] for c in choices}
                | {person[mentee] for (mentee, _), decision in decisions.items() if decision.status == "locked"}
            ),
            dtype=int,
        ),
        choices=make_choices(choices, person),
        availability=make_availability(availability, person),
        busy=make_busy(busy, person),
        decisions={(person[a], person[b]): decision for (a, b), decision in sorted(decisions.items())},
        inputs={"employees.csv": "00ff"},
        public_days=tuple(sorted(public)),
        company_days=tuple(sorted(company)),
        absences=make_absences(absences, person),
    )


def make_employees(ids, staff, person, programme):
    rows = [staff[employee_id] for employee_id in ids]
    functions = sorted({fold(row["function"]) for row in rows})
    zones = tuple(sorted({row.get("zone", "Europe/London") for row in rows}))
    countries = tuple(sorted({row.get("country", "") for row in rows}))
    most = programme.capacity.mentees_per_mentor
    return Employees(
        ids=tuple(ids),
        names=tuple(row["name"] for row in rows),
        emails=("",) * len(ids),
        functions=tuple(row["function"] for row in rows),
        function=np.array([functions.index(fold(row["function"])) for row in rows]),
        level=np.array([row["level"] for row in rows]),
        level_text=tuple(str(row["level"]) for row in rows),
        manager=np.array([person.get(row.get("manager"), -1) for row in rows]),
        zone=np.array([zones.index(row.get("zone", "Europe/London")) for row in rows]),
        zones=zones,
        country=np.array([countries.index(row.get("country", "")) for row in rows]),
        countries=countries,
        capacity=np.array([min(row.get("capacity", most), most) for row in rows]),
        first_day=np.array([row.get("first_day", -ALWAYS) for row in rows]),
        last_day=np.array([row.get("last_day", ALWAYS) for row in rows]),
        priority=np.array([row.get("priority", 0) for row in rows]),
        sessions_wanted=np.array([row.get("sessions_wanted", 0) for row in rows]),
    )


def make_choices(choices, person):
    rows = sorted((person[mentee], rank, mentor) for mentee, rank, mentor in choices)
    return Choices(
        mentee=np.array([row[0] for row in rows], dtype=int),
        mentor=np.array([person.get(row[2], -1) for row in rows], dtype=int),
        rank=np.array([row[1] for row in rows], dtype=int),
        mentor_ids=tuple(row[2] for row in rows),
    )


def make_availability(rows, person):
    """Rows are (id, weekday number or ISO date, start, end) with clock times; "" and "" mean not at all."""
    return Availability(
        person=np.array([person[row[0]] for row in rows], dtype=int),
        weekday=np.array([row[1] if isinstance(row[1], int) else -1 for row in rows], dtype=int),
        date=np.array([-1 if isinstance(row[1], int) else date(row[1]) for row in rows], dtype=int),
        start=np.array([clock(row[2]) for row in rows], dtype=int),
        end=np.array([clock(row[3]) for row in rows], dtype=int),
    )


def make_busy(rows, person):
    """Rows are (id, start, end) in ISO 8601, local unless they end in an offset."""
    ordered = sorted((person[row[0]], *instant(row[1]), *instant(row[2])) for row in rows)
    return Busy(
        person=np.array([row[0] for row in ordered], dtype=int),
        start=np.array([row[1] for row in ordered], dtype=int),
        end=np.array([row[3] for row in ordered], dtype=int),
        start_utc=np.array([row[2] for row in ordered], dtype=bool),
        end_utc=np.array([row[4] for row in ordered], dtype=bool),
    )


def make_absences(rows, person):
    """Rows are (id, first date, last date)."""
    ordered = sorted((person[row[0]], date(row[1]), date(row[2])) for row in rows)
    return Absences(*(np.array([row[at] for row in ordered], dtype=int) for at in range(3)))


def date(text):
    return day_number(dt.date.fromisoformat(text))


def clock(text):
    return int(text[:2]) * 60 + int(text[3:]) if text else 0


def instant(text):
    """Minutes since the epoch, and whether they are UTC."""
    stamp = dt.datetime.fromisoformat(text)
    utc = stamp.tzinfo is not None
    return int(stamp.replace(tzinfo=stamp.tzinfo or dt.UTC).timestamp()) // 60, utc

"""Cohorts that have tables in common are read as they would be alone."""

import dataclasses
import datetime as dt
import pickle
import random
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from cohort_folder import write_folder

from matcher import calendars
from matcher.calendars import free_time
from matcher.cohort_files import open_cohort
from matcher.errors import InputError
from matcher.findings import Findings
from matcher.io import read_cohort, read_given
from matcher.memory import Memory
from matcher.model import Availability, SpecialDay
from matcher.scenarios import Base, Case
from matcher.template_book import make_template

DAYS = {"input.slash_dates": "day first"}
CASES = [
    DAYS,
    {**DAYS, "capacity.mentees_per_mentor": 1},
    {**DAYS, "programme.timezone": "Asia/Tokyo"},  # where 09:00 in UTC is 18:00: a busy time without length
    {"input.slash_dates": "month first"},
    {**DAYS, "columns.rank": "place"},  # a title that no table has
    {**DAYS, "columns.rank": "place"},
    {**DAYS, "columns.email": "contact"},
    {**DAYS, "columns.email": "contact"},
    DAYS,
]


@pytest.fixture
def folder(tmp_path):
    """A cohort with something to tell of nearly every table."""
    return write_folder(
        tmp_path,
        employees__csv="employee_id,name,function,level,timezone,contact\nE1,Ann,Sales,1,,a@x.org\n"
        "E2,Bob,IT,4,Asia/Omsk,b@x.org\nE3,Cem,IT,5,,\nE4,Cem,Sales,1,,\n",
        preferences__csv="mentee_id,rank,mentor_id\nE1,1,Bob\nE1,2,E3\nE4,1,E2\nE4,2,nobody\n",
        availability__csv="employee_id,day,start,end\nE2,mon,10:00,12:00\nE2,tue,10:00,16:00\nE9,mon,10:00,12:00\n",
        busy__csv="employee_id,start,end\nE1,2027-01-12T09:00Z,2027-01-12T18:00\nE3,02/03/2027,02/04/2027\n"
        "E8,2027-02-01,2027-02-03\n",
        pairs__csv="mentee_id,mentor_id,status\nE4,E2,past\n",
    )


def told(cohort):
    """All that a cohort holds, arrays as lists."""

    def plain(value):
        if isinstance(value, np.ndarray):
            return value.tolist()
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = [field.name for field in dataclasses.fields(value) if field.compare]
            return {name: plain(getattr(value, name)) for name in fields}
        return value

    return plain(cohort)


@pytest.mark.parametrize("order", [1, -1])
def test_each_case_is_read_as_it_would_be_alone(folder, order):
    base = Base.open(folder)
    warned = set()
    for settings in CASES[::order]:
        alone, among = read_cohort(folder, settings), base.cohort(Case("one", settings))
        assert told(among) == told(alone)
        assert among.warnings
        warned.add(among.warnings)
    assert len(warned) > 1  # a title that no table has is only told of where it is given


def test_what_is_told_of_a_table_is_told_of_each_case(folder):
    people = (folder / "employees.csv").read_text("utf-8").replace("Sales,1,", "Sales,1.0,", 1)
    (folder / "employees.csv").write_text(people, "utf-8")
    base = Base.open(folder)
    first, again = base.cohort(Case("a", DAYS)), base.cohort(Case("b", {**DAYS, "sessions.minutes": 30}))
    assert [str(note) for note in first.understood] == [str(note) for note in again.understood] != []
    assert {"employees.csv", "busy.csv"} <= {note.file for note in again.understood}
    assert {fault.file for fault in again.warnings} >= {"availability.csv", "busy.csv"}
    assert again.busy is first.busy
    assert again.choices is first.choices
    assert again.programme.sessions.minutes == (30,)


def test_a_fault_of_a_table_is_one_of_every_case(folder):
    (folder / "preferences.csv").write_text("mentee_id,rank,mentor_id\nE1,first,E2\nE4,1,Cem\n")
    base = Base.open(folder)
    faults = []
    for _ in range(2):
        with pytest.raises(InputError) as error:
            base.cohort(Case("one", DAYS))
        faults.append([str(fault) for fault in error.value.faults])
    assert faults[0] == faults[1]
    assert len(faults[0]) == 2


def test_tables_are_read_anew_beside_other_employees(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for path in folder.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    (other / "employees.csv").write_bytes((folder / "employees.csv").read_bytes() + b"E0,Dan,IT,3,,\n")
    memory = Memory()
    for folder_read in (folder, other):
        findings = Findings()
        cohort = read_given(open_cohort(folder_read, findings), DAYS, findings, memory)
        assert told(cohort) == told(read_cohort(folder_read, DAYS))


def test_a_base_travels_without_what_it_has_read(folder):
    base = Base.open(folder)
    size = len(pickle.dumps(base))
    cohort = base.cohort(Case("one", DAYS))
    assert len(pickle.dumps(base)) == size
    assert told(pickle.loads(pickle.dumps(base)).cohort(Case("one", DAYS))) == told(cohort)


def test_a_cohort_travels_without_what_others_share(folder):
    cohort = Base.open(folder).cohort(Case("one", DAYS))
    there = pickle.loads(pickle.dumps(cohort))
    assert told(there) == told(cohort)
    assert free_time(there, np.arange(4)).start.tolist() == free_time(cohort, np.arange(4)).start.tolist()
    assert len(pickle.dumps(cohort)) < 2 * len(pickle.dumps(dataclasses.replace(cohort, memory=None)))


def test_threads_may_share_a_memory():
    memory = Memory(most=3)

    def work(seed):
        rng = random.Random(seed)
        for _ in range(20_000):
            key = rng.randrange(6)
            assert memory.get(key) in (None, -key)
            memory.keep(key, -key)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(work, range(4))) == [None] * 4
    finally:
        sys.setswitchinterval(interval)
    assert sum(memory.get(key) is not None for key in range(1, 6)) + (memory.get(0) is not None) == 3


def test_a_workbook_travels(tmp_path):
    (tmp_path / "spring.xlsx").write_bytes(make_template("spring.xlsx"))
    base = Base.open(tmp_path / "spring.xlsx")
    there = pickle.loads(pickle.dumps(base)).cohort(Case("one"))
    assert told(there) == told(read_cohort(tmp_path / "spring.xlsx"))
    assert len(there.mentees) > 10


# --- free time ----------------------------------------------------------------------------------------------

CALENDARS = [
    {},
    {"capacity.mentees_per_mentor": 1, "eligibility.same_function_gap": 0},
    {"calendar.working_hours": "08:00-12:00"},
    {"calendar.country": "RU"},
    {"calendar.lunch": "12:00-13:00"},
    {"sessions.pause_minutes": 15},
    {"programme.timezone": "Asia/Tokyo"},
    {"programme.end": dt.date(2027, 3, 31)},
    {"calendar.days": [{"date": dt.date(2027, 2, 4), "kind": "off"}]},
    {},
]


def test_free_time_is_that_of_a_cohort_alone(folder):
    base, seen = Base.open(folder), set()
    for settings in (*CALENDARS, *CALENDARS):
        cohort = base.cohort(Case("one", {**DAYS, **settings}))
        for people in ([0, 1], [1, 2, 3], [2], []):
            some = np.array(people, dtype=np.int64)
            among, alone = free_time(cohort, some), free_time(dataclasses.replace(cohort, memory=None), some)
            assert told(among) == told(alone)
        everybody = free_time(cohort, np.arange(4))
        seen.add((everybody.start.tobytes(), everybody.end.tobytes()))
    assert len(seen) == len(CALENDARS) - 2


def test_free_time_is_worked_out_once(folder, monkeypatch):
    base, worked_out = Base.open(folder), []
    whole = calendars._free_time
    monkeypatch.setattr(calendars, "_free_time", lambda *given: worked_out.append(1) or whole(*given))
    for settings in CALENDARS[:2] * 3:
        free_time(base.cohort(Case("one", {**DAYS, **settings})), np.array([0, 1]))
    assert len(worked_out) == 1


def changed(cohort):
    """The cohort with other tables than its own, one after the other."""
    days = tuple(SpecialDay("", day, "off") for day in range(20830, 20850))
    people, choices, busy = cohort.employees, cohort.choices, cohort.busy
    yield {"public_days": tuple(day._replace(country=country) for country in people.countries for day in days)}
    yield {"company_days": days}
    yield {"employees": dataclasses.replace(people, zone=people.zone[::-1].copy())}
    yield {"employees": dataclasses.replace(people, zones=tuple("Asia/Tokyo" for _ in people.zones))}
    yield {"busy": dataclasses.replace(busy, start=busy.start - 600)}
    yield {"availability": Availability(*([np.zeros(0, dtype=np.int64)] * 5))}
    yield {"availability": dataclasses.replace(cohort.availability, start=cohort.availability.start - 60)}
    yield {"choices": dataclasses.replace(choices, mentor=np.where(choices.mentor == 2, -1, choices.mentor))}


def test_free_time_follows_from_all_tables(folder):
    cohort = Base.open(folder).cohort(Case("one", DAYS))
    everybody, seen = np.arange(4), set()
    for change in ({}, *changed(cohort), {}):
        other = dataclasses.replace(cohort, **change)
        for people in (everybody, np.array([0, 1, 3])):
            alone = free_time(dataclasses.replace(other, memory=None), people)
            assert told(free_time(other, people)) == told(alone), change.keys()
        seen.add((alone.start.tobytes(), alone.end.tobytes()))
    assert len(seen) > 5

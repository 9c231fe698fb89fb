"""Cohorts that have tables in common are read as they would be alone."""

import dataclasses
import pickle

import numpy as np
import pytest
from cohort_folder import write_folder

from matcher.errors import InputError
from matcher.io import read_cohort
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
        "E2,Bob,IT,4,Europe/Moscow,b@x.org\nE3,Cem,IT,5,,\nE4,Cem,Sales,1,,\n",
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
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
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
    base = Base.open(folder)
    first, again = base.cohort(Case("a", DAYS)), base.cohort(Case("b", {**DAYS, "sessions.minutes": 30}))
    assert [str(note) for note in first.understood] == [str(note) for note in again.understood] != []
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
    one, two = Base.open(folder), Base.open(other)
    two._memory.update({} if one.cohort(Case("one", DAYS)) is None else one._memory)
    assert told(two.cohort(Case("one", DAYS))) == told(read_cohort(other, DAYS))


def test_a_base_travels_without_what_it_has_read(folder):
    base = Base.open(folder)
    size = len(pickle.dumps(base))
    cohort = base.cohort(Case("one", DAYS))
    assert len(pickle.dumps(base)) == size
    assert told(pickle.loads(pickle.dumps(base)).cohort(Case("one", DAYS))) == told(cohort)


def test_a_workbook_travels(tmp_path):
    (tmp_path / "spring.xlsx").write_bytes(make_template("spring.xlsx"))
    base = Base.open(tmp_path / "spring.xlsx")
    there = pickle.loads(pickle.dumps(base)).cohort(Case("one"))
    assert told(there) == told(read_cohort(tmp_path / "spring.xlsx"))
    assert len(there.mentees) > 10

"""Moments read by numpy are those that are read one by one."""

import csv
import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import input_moments
from matcher.findings import Findings
from matcher.input_moments import first_moment, last_moment, read_moments
from matcher.tables import read_table

DATES = (
    *(
        "2027-01-11",
        "2028-02-29",
        "2027-02-29",
        "1900-01-01",
        "1899-12-31",
        "2199-12-31",
        "2200-01-01",
        "2027-00-10",
    ),
    *(
        "2027-13-10",
        "2027-04-31",
        "2027-01-00",
        "2027-01-32",
        "1900-02-29",
        "2000-02-29",
        "2027/01/11",
        "20270-1-11",
    ),
    *("-027-01-11", "9999-99-99", "2027-1-011"),
)
CLOCKS = (
    "",
    "T00:00",
    "T23:59",
    "T24:00",
    "T24:01",
    "T25:00",
    "T09:60",
    " 09:30",
    "t09:30",
    "T9:30",
    "T09.30",
    "_09:30",
)
RESTS = (
    *(
        "",
        ":00",
        ":59",
        ":60",
        ":30.5",
        ":30,123456",
        "Z",
        " Z",
        "  Z",
        "z",
        "+03:00",
        "-0530",
        "+03",
        "+24:00",
        ":",
    ),
    *(":15 +03:00", "+", "x", "0", " ", "\u00a0", "\u00a0Z", "é", '"', " x"),
)


def one_by_one(texts, parse):
    """Moment or message of each text."""
    results = []
    for text in texts:
        try:
            results.append(parse(text))
        except ValueError as error:
            results.append(str(error))
    return results


def together(texts, parse):
    """The same, read as a column of a file."""
    text = io.StringIO()
    csv.writer(text).writerows([("employee_id", "start"), *(("E1", cell) for cell in texts)])
    findings = Findings()
    table = read_table(text.getvalue().encode(), "busy.csv", ("employee_id", "start"), findings)
    assert not findings.faults
    results = read_moments(table, "start", parse, findings).tolist()
    for fault in findings.faults:
        assert results[fault.line - 2] == 0
        assert fault.column == "start"
        results[fault.line - 2] = fault.message
    return results


@pytest.mark.parametrize("parse", [first_moment, last_moment])
def test_every_form_is_read_as_it_is_alone(parse):
    texts = ["".join(parts) for parts in itertools.product(DATES, CLOCKS, RESTS)]
    expected = one_by_one([text.strip() for text in texts], parse)
    assert together(texts, parse) == expected
    assert len({type(result) for result in expected}) == 2  # moments and messages occur


@given(st.lists(st.datetimes().map(lambda moment: moment.isoformat()[:16]), min_size=1, max_size=20))
def test_usual_times_are_read_as_they_are_alone(texts):
    assert together(texts, first_moment) == one_by_one(texts, first_moment)


def test_usual_times_are_not_read_one_by_one():
    read = []

    def parse(text):
        read.append(text)
        return first_moment(text)

    texts = [
        f"2027-01-{day:02}T{hour:02}:{minute:02}"
        for day in range(1, 32)
        for hour in range(24)
        for minute in (0, 7)
    ]
    together([*texts, texts[0] + ":00", texts[1] + ":00"], parse)
    assert set(read) == {input_moments.MIDNIGHT, input_moments.MIDNIGHT + ":00"}

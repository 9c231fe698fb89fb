"""Numbers, dates and times as Excel has them, each in its one form, and what is left as it stands."""

import datetime as dt

import pytest

from matcher.cells import (
    cell_text,
    clock_reading,
    day_reading,
    moment_reading,
    slash_order,
    whole_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a\u00a0", "a"),
        (7.0, "7"),
        (-7.0, "-7"),
        (7.5, "7.5"),
        (1e300, "1.00000000000000E+300"),
        (1234567890123456.0, "1.23456789012346E+15"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (True, "TRUE"),
        (dt.date(2027, 1, 11), "2027-01-11"),
        (dt.datetime(2027, 1, 11, 9), "2027-01-11T09:00"),
        (dt.datetime(2027, 1, 11, 9, 0, 30), "2027-01-11T09:00:30"),
        (dt.datetime(2027, 1, 11, 8, 59, 59, 999_900), "2027-01-11T09:00"),
        (dt.time(9, 5), "09:05"),
        (dt.time(9, 59, 59, 999_999), "10:00"),
        (dt.timedelta(days=1), "24:00"),
        (dt.timedelta(hours=7, minutes=30), "07:30"),
        (None, "None"),
    ],
)
def test_cells_of_a_workbook_become_text(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(("text", "whole"), [("1.0", "1"), ("12,00", "12"), ("-3.", "-3"), ("+4,0", "+4")])
def test_whole_numbers(text, whole):
    assert whole_text(text).text == whole
    assert whole_text(text).form


@pytest.mark.parametrize("text", ["1", "1.5", "1,05", "", "x", "1.0.0", "1 000", "1,000", "1.000"])
def test_other_numbers_are_left_alone(text):
    assert whole_text(text) == (text, "")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("11.01.2027", "2027-01-11"),
        ("1.2.27", "2027-02-01"),
        ("11. 1. 2027", "2027-01-11"),
        ("11.01.2027 г.", "2027-01-11"),
        ("2027/1/11", "2027-01-11"),
        ("2027.01.11", "2027-01-11"),
        ("11-Jan-27", "2027-01-11"),
        ("11 January 2027", "2027-01-11"),
        ("11 янв. 2027", "2027-01-11"),
        ("11 мая 2027 г.", "2027-05-11"),
        ("46033", "2026-01-11"),
        ("11.01.2027 0:00", "2027-01-11"),
        ("2027-01-11T00:00", "2027-01-11"),
        ("2027-01-11 00:00:00", "2027-01-11"),
    ],
)
def test_dates(text, date):
    found = day_reading(text)
    assert found.text == date
    assert found.form


@pytest.mark.parametrize(
    "text",
    ["2027-01-11", "11.13.2027", "31.02.2027", "1/11/2027", "11.01.2027 9:00", "", "soon", "11 foo 2027", "12345"],
)
def test_other_texts_are_no_dates(text):
    assert day_reading(text) == (text, "")


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["1/11/2027", "13/1/2027"], "day first"),
        (["1/11/2027", "1/13/2027 9:00"], "month first"),
        (["1/11/2027", "12/12/2027"], ""),
        (["13/1/2027", "1/13/2027"], ""),
        (["13.1.2027", "1/2/2027"], ""),
        ([], ""),
    ],
)
def test_slash_dates_are_decided_together(texts, order):
    assert slash_order(texts) == order


def test_slash_dates_by_their_order():
    assert day_reading("1/11/2027", "day first").text == "2027-11-01"
    assert day_reading("1/11/2027", "month first").text == "2027-01-11"
    assert day_reading("1-11-2027", "month first").text == "2027-01-11"
    assert day_reading("13/11/2027", "month first") == ("13/11/2027", "")
    assert moment_reading("1/11/2027 1:30 PM", "month first").text == "2027-01-11T13:30"


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9.00", "09:00"),
        ("9", "09:00"),
        ("9:00 AM", "09:00"),
        ("12:00 am", "00:00"),
        ("12:30 p.m.", "12:30"),
        ("6PM", "18:00"),
        ("18.30.00", "18:30"),
        ("0.375", "09:00"),
        ("0.75", "18:00"),
        ("0,25", "06:00"),
        ("0,5", "12:00"),
        ("24", "24:00"),
    ],
)
def test_times_of_day(text, clock):
    assert clock_reading(text).text == clock
    assert clock_reading(text).form


@pytest.mark.parametrize(
    "text", ["09:00", "9:00", "24:00", "", "9:60", "25", "13 PM", "0 AM", "9h", "9:0", "a", "0.25"]
)
def test_other_texts_are_no_times(text):
    assert clock_reading(text) == (text, "")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("11.01.2027 9:00", "2027-01-11T09:00"),
        ("11.01.2027, 09:00:30", "2027-01-11T09:00:30"),
        ("2027-01-11 9:00", "2027-01-11T09:00"),
        ("11 Jan 2027 9:00 PM", "2027-01-11T21:00"),
        ("11.01.2027", "2027-01-11"),
        ("11.01.2027 0:00", "2027-01-11T00:00"),
    ],
)
def test_moments(text, moment):
    assert moment_reading(text).text == moment
    assert moment_reading(text).form


@pytest.mark.parametrize(
    "text", ["2027-01-11", "2027-01-11T09:00+03:00", "", "9:00", "11.01.2027 25:00", "x 9:00"]
)
def test_other_texts_are_no_moments(text):
    assert moment_reading(text) == (text, "")

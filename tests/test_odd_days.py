"""What `matcher check` says of first and last days and absences that leave somebody without a pair."""

import pytest
from cohorts import Spec, build

from matcher.readiness import assess

QUARTER = {"start": "2027-01-11", "end": "2027-04-09"}


def said(*people, away=(), **sessions):
    """The warnings of a cohort of one mentee, a, and one mentor, m, with the columns of these people added."""
    rows = {name: {"employee_id": name, "function": "F", "level": level} for name, level in (("a", 1), ("m", 3))}
    for name, columns in people:
        rows.setdefault(name, {}).update(columns)
    spec = Spec(
        tuple(rows.values()), ("a m",), absences=away, programme={"programme": QUARTER, "sessions": sessions}
    )
    figures = assess(build(spec))
    assert figures.has_warnings
    return [
        f"{fault.file}, {fault}"
        for fault in figures.odd_settings
        if fault.file in ("employees.csv", "absences.csv")
    ]


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"last_day": "2027-01-10"}, "no day of the programme (2027-01-11 to 2027-04-09) lies between"),
        ({"first_day": "2027-04-10"}, "no day of the programme"),
        ({"first_day": "2015-04-10"}, None),
        ({"last_day": "2027-01-11"}, None),
        ({"first_day": "2027-04-09"}, None),
        ({"first_day": "2099-01-01"}, "no day of"),
        ({"last_day": "2001-01-01"}, "no day of"),
    ],
)
def test_who_takes_no_part(days, message):
    found = said(("m", days))
    assert [text.endswith("first_day and last_day of m: nobody is paired with them") for text in found] == [
        True
    ] * bool(message)
    assert message is None or message in found[0]


@pytest.mark.parametrize(("last", "short"), [("2027-02-07", True), ("2027-02-08", False)])
def test_who_takes_part_for_too_short_a_time(last, short):
    found = said(("a", {"last_day": last}), minimum=3)
    wanted = "between first_day and last_day of a there is no room for 3 sessions 14 days apart"
    assert any(wanted in text for text in found) == short


@pytest.mark.parametrize(
    ("mode", "start", "end", "gone"),
    [
        ("re-pair", "2027-02-01", "2027-02-26", False),
        ("re-pair", "2027-02-01", "2027-02-28", True),  # a whole month without a session
        ("re-pair", "2027-01-20", "2027-02-20", True),  # more than a month from the 19th to the 21st
        ("re-pair", "2027-01-20", "2027-02-18", False),
        ("pause", "2027-01-20", "2027-03-20", False),
        ("pause", "2027-01-11", "2027-04-09", True),
    ],
)
def test_who_is_away_for_too_long(mode, start, end, gone):
    found = said(away=(("m", start, end),), absences=mode)
    assert any("beside the absences of m no pair" in text for text in found) == gone
    assert any("'pause' would let" in text for text in found) == (gone and mode == "re-pair")


def test_absences_of_another_year():
    assert said(away=(("m", "2026-02-01", "2026-02-20"), ("a", "2028-02-01", "2028-02-20"))) == [
        "absences.csv, start: no absence lies in the programme (2027-01-11 to 2027-04-09); is it the right year?"
    ]
    assert said(away=(("m", "2026-02-01", "2026-02-20"), ("a", "2027-04-09", "2028-02-20"))) == []


def test_people_of_no_pair_are_not_told():
    assert said(("z", {"employee_id": "z", "function": "F", "level": "2", "last_day": "2001-01-01"})) == []

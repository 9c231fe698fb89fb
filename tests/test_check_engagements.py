"""The check of pairs that begin late or end early, and of people who are away: each broken rule is named."""

import pytest
from check_cases import date, make_cohort
from test_check import found, write

from matcher.check_dates import Dates
from matcher.check_rhythm import Engagement, Engagements
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable


def among(folder, *edits, **cohort):
    """What is wrong in the files of pairs and sessions."""
    violations = found(make_cohort(**cohort), write(folder, *edits))
    return [text for text in violations if text.startswith(("pairs.csv", "sessions.csv"))]


def joins(person, day):
    return {"people": {person: {"first_day": date(day)}}}


def leaves(person, day):
    return {"people": {person: {"last_day": date(day)}}}


NOT_FREE = "is not free from start to end (working hours, availability and busy time)"
FIRST = "a,m,1,2027-03-01T09:00:00+00:00,2027-03-01T09:45:00+00:00,45\n"
START = "3,2027-03-01,2027-03-29,chosen,2027-03-01,"


# --- first and last day -------------------------------------------------------------------------------------


def test_days_about_which_nothing_is_to_say(tmp_path):
    everywhere = {"first_day": date("2027-03-01"), "last_day": date("2027-03-31")}
    assert among(tmp_path, people={"a": everywhere, "m": {"first_day": date("2015-05-01")}}) == []


@pytest.mark.parametrize("who", ["a", "m"])
def test_start_is_that_of_who_joins_last(tmp_path, who):
    text = "pairs.csv, line 2, start: '2027-03-01' must be '2027-03-02'"
    early = (
        "sessions.csv, line 2, start: outside the engagement of Anna (a) and =Max (m) (2027-03-02 to 2027-03-31)"
    )
    assert among(tmp_path, **joins(who, "2027-03-02")) == [text, early]


@pytest.mark.parametrize("who", ["a", "m"])
def test_end_is_that_of_who_leaves_first(tmp_path, who):
    assert among(tmp_path, **leaves(who, "2027-03-29")) == [
        "pairs.csv, line 2, end: '2027-03-31' must be '2027-03-29'"
    ]
    assert among(tmp_path, **leaves(who, "2027-03-28")) == [
        "pairs.csv, line 2, end: '2027-03-31' must be '2027-03-28'",
        "sessions.csv, line 8, start: outside the engagement of Anna (a) and =Max (m) (2027-03-01 to 2027-03-28)",
    ]


def test_a_pair_that_begins_late_is_clean(tmp_path):
    """The first session is on the 15th: within a month of the pair's start, and the rest is as it was."""
    edits = (
        ("pairs.csv", START, "2,2027-03-15,2027-03-29,chosen,2027-03-02,"),
        ("sessions.csv", FIRST, ""),
        ("sessions.csv", "a,m,2,", "a,m,1,"),
        ("sessions.csv", "a,m,3,", "a,m,2,"),
    )
    assert among(tmp_path, *edits, **joins("a", "2027-03-02")) == []


def test_who_takes_no_part_has_no_pair(tmp_path):
    violations = among(tmp_path, **leaves("a", "2027-02-20"))
    assert violations[0] == "pairs.csv, line 2, end: '2027-03-31' must be '2027-02-20'"
    outside = "outside the engagement of Anna (a) and =Max (m) (2027-03-01 to 2027-02-20)"
    assert sum(outside in text for text in violations) == 3


# --- absences -----------------------------------------------------------------------------------------------


def test_sessions_on_days_of_absence_are_not_free(tmp_path):
    violations = among(tmp_path, absences=[("m", "2027-02-20", "2027-03-01"), ("a", "2027-03-15", "2027-03-20")])
    assert violations == [
        f"sessions.csv, line 2, start: =Max (m) {NOT_FREE}",
        f"sessions.csv, line 5, start: Anna (a) {NOT_FREE}",
    ]


@pytest.mark.parametrize(("mode", "late"), [("pause", False), ("re-pair", True)])
def test_days_away_do_not_count_where_pairs_pause(tmp_path, mode, late):
    """From 29 March to 3 May are 35 days, 4 more than to 29 April."""
    sessions = {"absences": mode, "month_rule": "rolling"}
    frame = {"start": "2027-03-01", "end": "2027-05-03"}
    for away, still in (("2027-04-13", late), ("2027-04-03", late), ("2027-04-02", True)):
        violations = among(tmp_path, frame=frame, sessions=sessions, absences=[("a", "2027-03-31", away)])
        wanted = [text for text in violations if "Anna" in text and "hold no session" in text]
        assert bool(wanted) == still, (mode, away)
        assert all(text.endswith("to 2027-05-03, absences not counted") for text in wanted) == (mode == "pause")


def test_a_month_with_an_absence_does_not_count(tmp_path):
    frame = {"frame": {"start": "2027-02-01", "end": "2027-03-31"}}
    for absences, mode, missing in (
        ([], "pause", True),
        ([("a", "2027-02-10", "2027-02-10")], "pause", False),
        ([("m", "2027-01-10", "2027-02-01")], "pause", False),
        ([("m", "2027-01-10", "2027-01-31")], "pause", True),
        ([("n", "2027-02-10", "2027-02-10")], "pause", True),
        ([("a", "2027-02-10", "2027-02-10")], "re-pair", True),
    ):
        sessions = {"month_rule": "calendar", "absences": mode}
        violations = among(tmp_path, absences=absences, sessions=sessions, **frame)
        assert any("Anna" in text and "no session in February" in text for text in violations) == missing, absences


# --- engagements --------------------------------------------------------------------------------------------


def test_the_engagement_of_two_people():
    cohort = make_cohort(
        people={"a": {"first_day": date("2027-03-05")}, "m": {"last_day": date("2027-03-20")}},
        absences=[
            ("a", "2027-02-20", "2027-03-06"),
            ("m", "2027-03-06", "2027-03-07"),
            ("m", "2027-03-20", "2027-04-20"),
        ],
    )
    engagements = Engagements(cohort, Dates(cohort.programme))
    person = cohort.employees.ids.index
    assert engagements.of((person("a"), person("m"))) == Engagement(4, 19, 0b111 << 4 | 1 << 19)
    assert engagements.of((person("c"), person("n"))) == Engagement(0, 30)


def test_all_who_take_part_throughout_share_one_rhythm():
    timetable = Timetable(Roster(make_cohort()), [])
    assert timetable.rhythm((0, 4)) is timetable.rhythm((1, 5))

"""The folder calendars of a run: its files, their names, the record, and what goes wrong."""

import csv
import datetime as dt
import json
import re
import shutil

import icalendar
import pytest
from calendar_runs import (
    EARLY,
    EMPLOYEES,
    ORGANISER,
    PROGRAMME,
    SESSIONS,
    at,
    contents,
    meetings_of,
    table,
    write_cohort,
    write_run,
    write_table,
)  # fmt: skip
from hypothesis import given, settings
from hypothesis import strategies as st
from ics_check import checked, moment, unescaped
from tables_in import write_workbook

from matcher.calendar_files import export
from matcher.calendar_run import misfit
from matcher.errors import InputError, MatcherError
from matcher.io import read_cohort


@pytest.fixture
def cohort(tmp_path):
    return write_cohort(tmp_path / "cohort")


@pytest.fixture
def run(tmp_path, cohort):
    return write_run(tmp_path / "run", cohort, SESSIONS)


def events_in(data):
    return checked(data).parts


# --- what is written ------------------------------------------------------------------------------------------


def test_a_person_has_all_his_sessions_in_one_file(cohort, run):
    exported = export(cohort, run, now=EARLY)
    assert (exported.people, exported.sessions, exported.invitations) == (4, 4, 4)
    files = {row["employee_id"]: row for row in table(run / "calendars" / "people.csv")}
    assert sorted(files) == ["a", "b", "m", "n"]
    assert files["b"] == {
        "employee_id": "b", "name": "Bob", "email": "", "file": "people/b.ics", "sessions": "2",
        "changed": "2026-12-01T12:00:00Z",
    }  # fmt: skip
    calendar = checked((run / "calendars" / "people" / "b.ics").read_bytes())
    assert calendar.one("METHOD") == "PUBLISH"
    assert calendar.one("X-WR-CALNAME") == "Spring"
    first = calendar.parts[0]
    assert first.one("DTSTART") == "20270111T060000Z"
    assert first.one("DTEND") == "20270111T064500Z"
    assert first.one("DTSTAMP") == "20261201T120000Z"
    assert first.one("SUMMARY") == "Mentoring: Bob and Nora"
    assert first.one("DESCRIPTION") == "Spring"
    assert first.one("TRANSP") == "OPAQUE"
    assert first.one("X-MICROSOFT-CDO-BUSYSTATUS") == "BUSY"
    assert [alarm.one("TRIGGER") for alarm in first.parts] == ["-PT15M"]
    assert ("ORGANIZER", ';CN="HR"', "mailto:hr@x.example") in first.properties


def test_every_file_parses_to_the_same_sessions(cohort, run):
    export(cohort, run, now=EARLY)
    for row in table(run / "calendars" / "people.csv"):
        parsed = icalendar.Calendar.from_ical((run / "calendars" / row["file"]).read_bytes())
        found = {(event.start, event.end) for event in parsed.events}
        assert found == set(meetings_of(row["employee_id"], SESSIONS))
    parsed = icalendar.Calendar.from_ical((run / "calendars" / "programme.ics").read_bytes())
    assert len(parsed.events) == 4


def test_the_overview_neither_rings_nor_blocks(cohort, run):
    export(cohort, run, now=EARLY)
    for event in events_in((run / "calendars" / "programme.ics").read_bytes()):
        assert event.parts == []
        assert event.one("TRANSP") == "TRANSPARENT"


def test_an_invitation_goes_to_the_two_of_the_pair_alone(cohort, run):
    export(cohort, run, now=EARLY)
    rows = table(run / "calendars" / "index.csv")
    for row in rows:
        data = (run / "calendars" / row["invitation"]).read_bytes()
        (event,) = events_in(data)
        assert checked(data).one("METHOD") == "REQUEST"
        expected = {"a": ["mailto:ann@x.example", "mailto:mia@x.example"], "b": ["mailto:nora@x.example"]}
        assert event.all("ATTENDEE") == expected[row["mentee_id"]]
        assert row["recipients"] == "; ".join(expected[row["mentee_id"]]).replace("mailto:", "")
    for path in (run / "calendars").rglob("*.ics"):
        if "invitations" not in path.parts:
            assert b"ann@" not in path.read_bytes()


def test_the_record_lists_every_event(cohort, run):
    export(cohort, run, now=EARLY)
    rows = table(run / "calendars" / "index.csv")
    assert [(row["mentee_id"], row["mentor_id"], row["number"], row["start"], row["end"]) for row in rows] == [
        ("a", "m", "1", "2027-01-11T09:00+03:00", "2027-01-11T09:45+03:00"),
        ("b", "n", "1", "2027-01-11T09:00+03:00", "2027-01-11T09:45+03:00"),
        ("a", "m", "2", "2027-01-25T09:00+03:00", "2027-01-25T09:45+03:00"),
        ("b", "n", "2", "2027-02-01T17:15+03:00", "2027-02-01T17:45+03:00"),
    ]
    assert {(row["sequence"], row["status"]) for row in rows} == {("0", "confirmed")}
    assert all(re.fullmatch(r"[0-9a-f]{32}@matcher", row["uid"]) for row in rows)


def test_a_cancellation_goes_to_both_and_stays_in_their_calendars(cohort, run):
    export(cohort, run, now=EARLY)
    write_run(run, cohort, {("a", "m"): SESSIONS["a", "m"]})
    exported = export(cohort, run, now=EARLY)
    assert (exported.changes["cancelled"], exported.changes["same"]) == (2, 2)
    rows = [row for row in table(run / "calendars" / "index.csv") if row["status"] == "cancelled"]
    assert len(rows) == 2
    for row in rows:
        calendar = checked((run / "calendars" / row["invitation"]).read_bytes())
        (event,) = calendar.parts
        assert calendar.one("METHOD") == "CANCEL"
        assert event.all("ATTENDEE") == ["mailto:nora@x.example"]
        assert event.one("SUMMARY") == "Cancelled: Mentoring: Bob and Nora"
        assert event.one("SEQUENCE") == "1"
    theirs = events_in((run / "calendars" / "people" / "n.ics").read_bytes())
    assert [event.one("STATUS") for event in theirs] == ["CANCELLED"] * 2
    assert {event.one("TRANSP") for event in theirs} == {"TRANSPARENT"}


def test_what_took_place_is_in_the_record_alone(cohort, run):
    export(cohort, run, now=EARLY)
    write_run(run, cohort, {("a", "m"): SESSIONS["a", "m"]})
    exported = export(cohort, run, now=at(1)[0])
    assert (exported.changes["cancelled"], exported.changes["same"]) == (1, 3)
    rows = [row for row in table(run / "calendars" / "index.csv") if row["mentee_id"] == "b"]
    assert [(row["status"], bool(row["invitation"])) for row in rows] == [("held", False), ("cancelled", True)]
    theirs = events_in((run / "calendars" / "people" / "b.ics").read_bytes())
    assert [event.one("UID") for event in theirs] == [rows[1]["uid"]]
    assert len(events_in((run / "calendars" / "programme.ics").read_bytes())) == 3


def test_nothing_changes_where_nothing_changed(cohort, run):
    export(cohort, run, now=EARLY)
    before = contents(run / "calendars")
    export(cohort, run, now=EARLY + dt.timedelta(days=1))
    assert contents(run / "calendars") == before


def test_without_an_organiser_nobody_is_invited(tmp_path):
    cohort = write_cohort(tmp_path / "cohort", PROGRAMME)
    run = write_run(tmp_path / "run", cohort, SESSIONS)
    exported = export(cohort, run, now=EARLY)
    assert (exported.organiser, exported.invitations) == (False, 0)
    assert list((run / "calendars" / "invitations").iterdir()) == []
    calendar = checked((run / "calendars" / "people" / "a.ics").read_bytes())
    assert calendar.all("METHOD") == []
    assert {(row["invitation"], row["recipients"]) for row in table(run / "calendars" / "index.csv")} == {("", "")}


def test_addresses_that_are_none_are_counted_and_not_used(tmp_path):
    employees = EMPLOYEES.replace("ann@x.example", "see intranet").replace("nora@", "nora;eve@")
    cohort = write_cohort(tmp_path / "cohort", employees=employees)
    run = write_run(tmp_path / "run", cohort, SESSIONS)
    exported = export(cohort, run, now=EARLY)
    assert (exported.without_email, exported.invitations) == (3, 2)


def test_templates(tmp_path):
    texts = """title = "{mentee} + {mentor}, {number}/{of}"
description = "{programme}\\nSecond line"
location = "Room {number}; east"
link = "https://meet.example/{pair}?who={mentee}"
reminder_minutes = 0
"""
    employees = EMPLOYEES.replace("Ann,", "Ann & Bo/é,")
    cohort = write_cohort(tmp_path / "cohort", PROGRAMME + ORGANISER + texts, employees)
    export(cohort, write_run(tmp_path / "run", cohort, SESSIONS), now=EARLY)
    _, second = events_in((tmp_path / "run" / "calendars" / "people" / "a.ics").read_bytes())
    link = second.one("URL")
    assert re.fullmatch(r"https://meet\.example/[0-9a-f]{12}\?who=Ann%20%26%20Bo%2F%C3%A9", link)
    assert second.one("SUMMARY") == "Ann & Bo/é + Mia\\, 2/2"
    assert unescaped(second.one("DESCRIPTION")) == f"Spring\nSecond line\n{link}"
    assert unescaped(second.one("LOCATION")) == "Room 2; east"
    assert second.parts == []
    other, _ = events_in((tmp_path / "run" / "calendars" / "people" / "b.ics").read_bytes())
    assert other.one("URL").split("?")[0] != link.split("?")[0]


def test_a_link_is_the_place_where_there_is_no_other(tmp_path):
    cohort = write_cohort(tmp_path / "cohort", PROGRAMME + '[invitations]\nlink = "https://meet.example/{pair}"\n')
    export(cohort, write_run(tmp_path / "run", cohort, SESSIONS), now=EARLY)
    first, *_ = events_in((tmp_path / "run" / "calendars" / "people" / "a.ics").read_bytes())
    assert first.one("LOCATION") == first.one("URL")


NAMES = st.text(max_size=60) | st.sampled_from(["x" * 300, '"; :,\\', "\u202eevil", "END:VEVENT", "{mentor}"])


@settings(max_examples=30, deadline=None)
@given(name=NAMES, email=st.sampled_from(["o'neil+x@x.example", "a@b@c", "x y@z", "<a@b>", "анна@пример.рф", ""]))
def test_hostile_names_are_harmless(tmp_path_factory, name, email):
    folder = tmp_path_factory.mktemp("hostile")
    cohort = write_cohort(folder / "cohort")
    people = cohort.employees
    names = (name, *people.names[1:])
    emails = (email, *people.emails[1:])
    object.__setattr__(people, "names", names)
    object.__setattr__(people, "emails", emails)
    run = write_run(folder / "run", cohort, SESSIONS)
    export(cohort, run, now=EARLY)
    for path in (run / "calendars").rglob("*.ics"):
        events = events_in(path.read_bytes())
        (method,) = checked(path.read_bytes()).all("METHOD")
        assert all(len(event.all("ATTENDEE")) <= 2 for event in events)
        assert len(icalendar.Calendar.from_ical(path.read_bytes()).events) == len(events)
        assert method in ("PUBLISH", "REQUEST")
    starts = [event.one("DTSTART") for event in events_in((run / "calendars" / "people" / "a.ics").read_bytes())]
    assert {moment(start) for start in starts} == {start for start, _ in meetings_of("a", SESSIONS)}
    assert export(cohort, run, now=EARLY + dt.timedelta(1)).changes["same"] == 4  # the record can be read again
    shutil.rmtree(folder)


# --- reruns in other folders, and what is refused -------------------------------------------------------------


def test_another_run_goes_on_where_the_one_before_ended(tmp_path, cohort, run):
    export(cohort, run, now=EARLY)
    moved = write_run(tmp_path / "moved", cohort, SESSIONS | {("a", "m"): [at(0), at(15)]})
    exported = export(cohort, moved, before=run, now=EARLY + dt.timedelta(hours=1))
    assert {change: count for change, count in exported.changes.items() if count} == {"same": 3, "changed": 1}
    again = export(cohort, moved, before=run, now=EARLY + dt.timedelta(hours=2))
    assert again.changes["same"] == 4
    uids = [sorted(row["uid"] for row in table(folder / "calendars" / "index.csv")) for folder in (run, moved)]
    assert uids[0] == uids[1]


def test_a_run_written_without_the_one_before_can_still_be_joined_to_it(tmp_path, cohort, run):
    export(cohort, run, now=EARLY)
    write_run(run, cohort, {("a", "m"): [at(1), at(14)]})
    export(cohort, run, now=EARLY)  # sequence 1 for the moved one, two cancelled
    other = write_run(tmp_path / "other", cohort, SESSIONS)
    export(cohort, other, now=EARLY)
    exported = export(cohort, other, before=run, now=EARLY + dt.timedelta(hours=1))
    assert (exported.changes["changed"], exported.changes["new"], exported.changes["same"]) == (3, 0, 1)
    assert sorted(row["sequence"] for row in table(other / "calendars" / "index.csv")) == ["0", "2", "2", "2"]


def test_a_run_before_without_calendars_is_refused(tmp_path, cohort, run):
    other = write_run(tmp_path / "other", cohort, SESSIONS)
    with pytest.raises(MatcherError, match=r"other: holds no calendars/index\.csv"):
        export(cohort, run, before=other)
    assert not (run / "calendars").exists()


def test_calendars_of_another_programme_are_refused(tmp_path, cohort, run):
    earlier = PROGRAMME.replace("2027-01-11", "2026-09-01").replace("2027-04-09", "2026-12-18")
    autumn = write_cohort(tmp_path / "autumn", earlier + ORGANISER)
    old = write_run(tmp_path / "old", autumn, {("a", "m"): [at(-60)]})
    export(autumn, old, now=EARLY - dt.timedelta(days=90))
    with pytest.raises(
        MatcherError, match=r"old: its calendars are of another programme \(they end by 2026-11-12"
    ):
        export(cohort, run, before=old)
    shutil.copytree(old / "calendars", run / "calendars")
    with pytest.raises(MatcherError, match=r"delete .*run.calendars to begin anew"):
        export(cohort, run)


def test_a_run_of_another_cohort_is_refused(tmp_path, run):
    other = write_cohort(
        tmp_path / "other", PROGRAMME, EMPLOYEES + "c,Cy,,Law,1\n", "mentee_id,rank,mentor_id\nc,1,m\n"
    )
    with pytest.raises(MatcherError, match=r"was not solved from .*other"):
        export(other, run)
    assert not (run / "calendars").exists()


def workbook(path, mentors=("m", "n"), start="2027-01-11", end="2027-04-09", **sheets):
    """The cohort of these tests as a workbook; `mentors` are those whom a and b choose."""
    keys = [["key", "value"], ["programme.start", start], ["programme.end", end]]
    choices = [[mentee, 1, mentor] for mentee, mentor in zip("ab", mentors, strict=True)]
    people = [line.split(",") for line in EMPLOYEES.replace("n,Nora", "x,Xenia,,Law,5\nn,Nora").splitlines()]
    tables = {
        "programme": [*keys, ["programme.timezone", "Europe/Moscow"]],
        "employees": people,
        "preferences": [["mentee_id", "rank", "mentor_id"], *choices],
    }
    return read_cohort(write_workbook(path, tables | sheets))


def told_programme(run, **days):
    """Let summary.json of the run tell the programme's days, as every run of today does."""
    summary = json.loads((run / "summary.json").read_text("utf-8")) | {"timezone": "Europe/Moscow"}
    (run / "summary.json").write_text(json.dumps(summary | {"programme": days}), "utf-8")


def test_a_changed_workbook_is_told_like_a_changed_file(tmp_path):
    run = write_run(tmp_path / "run", workbook(tmp_path / "spring.xlsx"), SESSIONS)
    told_programme(run, start="2027-01-11", end="2027-04-09")
    letters = [["kind", "subject", "text"], ["mentor", "Hello", "Dear {name}"]]
    answers = [["mentee_id", "mentor_id", "status"], ["a", "m", "refused"]]
    for changed in (
        workbook(tmp_path / "spring.xlsx", letters=letters),
        workbook(tmp_path / "spring.xlsx", ("x", "x"), pairs=answers),
        workbook(tmp_path / "spring.xlsx", end="2027-04-30"),
    ):
        (warning,) = export(changed, run, now=EARLY).warnings
        assert "another version of spring.xlsx;" in warning.message


def test_a_workbook_under_another_name_is_the_same(tmp_path):
    run = write_run(tmp_path / "run", workbook(tmp_path / "spring.xlsx"), SESSIONS)
    (tmp_path / "spring.xlsx").rename(tmp_path / "Renamed.XLSX")
    assert export(read_cohort(tmp_path / "Renamed.XLSX"), run, now=EARLY).warnings == ()


def test_a_run_of_another_workbook_is_refused(tmp_path):
    run = write_run(tmp_path / "run", workbook(tmp_path / "spring.xlsx"), SESSIONS)
    told_programme(run, start="2027-01-11", end="2027-04-09")
    with pytest.raises(MatcherError, match=r"other\.xlsx: no pair of the run is among its choices or pairs"):
        export(workbook(tmp_path / "other.xlsx", ("x", "x")), run)
    with pytest.raises(MatcherError, match=r"from 2027-01-11 to 2027-04-09 .*, the workbook's is from 2027-04-10"):
        export(workbook(tmp_path / "summer.xlsx", start="2027-04-10", end="2027-07-09"), run)
    assert not (run / "calendars").exists()


def test_changed_files_of_the_cohort_are_told(tmp_path, run):
    (tmp_path / "cohort" / "employees.csv").write_text(EMPLOYEES.replace("Bob,", "Rob,rob@x.example"), "utf-8")
    exported = export(read_cohort(tmp_path / "cohort"), run, now=EARLY)
    (warning,) = exported.warnings
    assert (warning.file, warning.column) == ("summary.json", "inputs")
    assert "another version of employees.csv;" in warning.message
    assert exported.without_email == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("sessions.csv", "a,m,1,", "z,m,1,", "sessions.csv: 2 faults\n  line 2, mentee_id: 'z' is no employee"),
        ("sessions.csv", "T09:00+03:00,", ",", "line 2, start: '2027-01-11' is no time with an offset like"),
        ("sessions.csv", "2027-01-11T09:45", "2027-01-11T08:45", "line 2, end: the end must come after the start"),
        ("sessions.csv", "2027-01-11T09:00", "2027-01-10T09:00", "start: the session lies outside the programme"),
        ("sessions.csv", "a,m,1,", "a,m,one,", "line 2, number: 'one' is not a whole number"),
        ("sessions.csv", "mentor_id", "mentor", "no column 'mentor_id'"),
        ("pairs.csv", "a,m,2", "a,m,3", "line 2, sessions: says 3 of a and m, sessions.csv holds 2"),
        ("pairs.csv", "b,n,2\n", "", "sessions.csv: b and n are no pair of pairs.csv"),
        ("sessions.csv", "a,m,2,2027-01-25", "a,m,2,2027-01-11", "the session stands twice"),
    ],
)  # fmt: skip
def test_a_run_that_was_spoilt_is_refused(cohort, run, file, old, new, message):  # noqa: PLR0917 - a table's row
    text = (run / file).read_text("utf-8-sig")
    assert old in text
    (run / file).write_text(text.replace(old, new, 1), "utf-8-sig")
    with pytest.raises(InputError) as caught:
        export(cohort, run)
    assert message in str(caught.value) or any(message in f"{f.file}: {f}" for f in caught.value.faults)
    assert not (run / "calendars").exists()


def test_missing_tables_are_told_together(cohort, run):
    (run / "pairs.csv").unlink()
    (run / "sessions.csv").unlink()
    with pytest.raises(InputError, match=r"sessions\.csv: cannot be read.*\n.*pairs\.csv: cannot be read"):
        export(cohort, run)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("uid", "me@here", "line 2, uid: 'me@here' is no UID of matcher"),
        ("sequence", "-1", "line 2, sequence: '-1' is not a whole number from 0"),
        ("status", "sent", "line 2, status: 'sent' must be one of confirmed, cancelled, held"),
        ("start", "11.01.2027 9:00", "line 2, start: '11.01.2027 9:00' is no time with an offset like"),
        ("changed", "2026-12-01", "line 2, changed: '2026-12-01' is no time"),
        ("mentee_id", "", "line 2: mentee_id and mentor_id must not be blank"),
        ("end", "2027-01-11T08:00+03:00", "line 2, end: the end must come after the start"),
    ],
)
def test_a_record_that_was_spoilt_is_refused(cohort, run, column, value, message):
    export(cohort, run, now=EARLY)
    path = run / "calendars" / "index.csv"
    rows = table(path)
    rows[0][column] = value
    write_table(path, list(rows[0]), [row.values() for row in rows])
    before = contents(run)
    with pytest.raises(InputError, match=re.escape(f"calendars/index.csv: 1 fault\n  {message}")):
        export(cohort, run)
    assert contents(run) == before
    assert message in misfit(run)


def test_a_row_twice_is_refused(cohort, run):
    export(cohort, run, now=EARLY)
    path = run / "calendars" / "index.csv"
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), "utf-8-sig")
    with pytest.raises(InputError, match=r"line 6, uid: .* stands twice"):
        export(cohort, run)


def test_a_record_saved_by_a_spreadsheet_program_is_read(cohort, run):
    export(cohort, run, now=EARLY)
    path = run / "calendars" / "index.csv"
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    with path.open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert export(cohort, run, now=EARLY + dt.timedelta(days=1)).changes["same"] == 4


def test_titles_that_look_like_formulas_come_back_as_they_were(tmp_path):
    cohort = write_cohort(tmp_path / "cohort", PROGRAMME + '[invitations]\ntitle = "=1+1"\n')
    run = write_run(tmp_path / "run", cohort, SESSIONS)
    export(cohort, run, now=EARLY)
    assert {row["title"] for row in table(run / "calendars" / "index.csv")} == {"'=1+1"}
    write_run(run, cohort, {})
    export(cohort, run, now=EARLY)
    events = events_in((run / "calendars" / "people" / "a.ics").read_bytes())
    assert {event.one("SUMMARY") for event in events} == {"Cancelled: =1+1"}


def test_a_person_who_has_left_still_has_the_cancellations(tmp_path, cohort, run):
    export(cohort, run, now=EARLY)
    employees = EMPLOYEES.replace("n,Nora,nora@x.example,Law,5\n", "")
    smaller = write_cohort(
        tmp_path / "cohort", employees=employees, preferences="mentee_id,rank,mentor_id\na,1,m\n"
    )
    later = write_run(tmp_path / "later", smaller, {("a", "m"): SESSIONS["a", "m"]})
    export(smaller, later, before=run, now=EARLY)
    assert [event.one("STATUS") for event in events_in((later / "calendars/people/n.ics").read_bytes())] == [
        "CANCELLED"
    ] * 2
    # Bob has no address and Nora is gone: nobody is left to send a cancellation to.
    assert {row["invitation"] for row in table(later / "calendars" / "index.csv") if row["mentee_id"] == "b"} == {
        ""
    }


# --- does it fit the sessions? --------------------------------------------------------------------------------


def test_fit(cohort, run):
    assert misfit(run) == ""
    export(cohort, run, now=EARLY)
    assert misfit(run) == ""
    write_run(run, cohort, {("a", "m"): [at(0), at(15)]})
    assert "of the sessions 1 are not in it, of its events 3 are no sessions any more" in misfit(run)
    export(cohort, run, now=EARLY)
    assert misfit(run) == ""


def test_a_folder_without_a_record_does_not_fit(cohort, run):
    (run / "calendars").mkdir()
    assert "calendars/index.csv cannot be read" in misfit(run)
    assert export(cohort, run, now=EARLY).changes["new"] == 4
    assert json.loads((run / "summary.json").read_text("utf-8"))["inputs"] == dict(cohort.inputs)

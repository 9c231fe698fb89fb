"""Reruns: which event stands for which session, and that calendars end up with the sessions of the latest run."""

import datetime as dt
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from calendar_runs import EARLY, at, meetings_of, table, write_cohort, write_run
from hypothesis import given, settings
from hypothesis import strategies as st
from ics_check import Client

from matcher.calendar_files import export
from matcher.invitation_texts import Wording, pair_hash
from matcher.invitations import Slot, entries

PEOPLE = ("a", "b", "m", "n")
PAIRS = (("a", "m"), ("b", "m"), ("b", "n"), ("a", "n"))
DAY = 24 * 60
T0 = 29_994_120  # 2027-01-11T06:00Z, in minutes
NOW = int(EARLY.timestamp())


@pytest.fixture(scope="module")
def wording(tmp_path_factory):
    return Wording(write_cohort(tmp_path_factory.mktemp("wording") / "cohort"))


def slots(*days):
    return [Slot(T0 + day * DAY, T0 + day * DAY + 45, number) for number, day in enumerate(days, 1)]


def rerun(wording, before, *days, pair=("a", "m"), now=NOW):
    """The entries after another run in which the pair meets on these days."""
    return entries({pair: slots(*days)} if days else {}, before, wording, now)


def events(found):
    return [entry.event for entry in found]


def told(found):
    """Day, sequence, status and change of each event."""
    return [((e.start - T0) // DAY, e.sequence, e.status, change) for e, change, _ in found]


def test_the_first_time_all_is_new(wording):
    found = rerun(wording, [], 0, 14)
    assert told(found) == [(0, 0, "confirmed", "new"), (14, 0, "confirmed", "new")]
    assert len({event.uid for event in events(found)}) == 2


def test_uids_do_not_depend_on_the_rest_of_the_run(wording):
    alone = events(rerun(wording, [], 0, 14))
    both = entries({("a", "m"): slots(0, 14), ("b", "n"): slots(0)}, [], wording, NOW)
    assert {event.uid for event in alone} < {entry.event.uid for entry in both}


def test_uids_hold_no_ids():
    frame = type("Frame", (), {"name": "Spring", "start": dt.date(2027, 1, 11)})
    codes = {pair_hash(frame, pair, serial) for pair in PAIRS for serial in range(3)}
    assert len(codes) == 12
    assert all(len(code) == 64 and set(code) <= set("0123456789abcdef") for code in codes)


def test_programmes_that_begin_together_have_events_of_their_own(tmp_path):
    programme = '[programme]\nname = "{}"\nstart = 2027-01-11\nend = 2027-04-09\n'
    uids = [
        events(rerun(Wording(write_cohort(tmp_path / name, programme.format(name))), [], 0))[0].uid
        for name in ("one", "two")
    ]
    assert uids[0] != uids[1]


def test_the_same_again_stays_as_it_was(wording):
    first = rerun(wording, [], 0, 14)
    again = rerun(wording, events(first), 0, 14, now=NOW + 1000)
    assert events(again) == events(first)
    assert {entry.change for entry in again} == {"same"}


def test_a_moved_session_keeps_its_uid(wording):
    first = events(rerun(wording, [], 0, 14, 28))
    found = rerun(wording, first, 0, 15, 28, now=NOW + 60)
    assert told(found) == [
        (0, 0, "confirmed", "same"),
        (15, 1, "confirmed", "changed"),
        (28, 0, "confirmed", "same"),
    ]
    assert [event.uid for event in events(found)] == [event.uid for event in first]
    assert [event.changed - NOW for event in events(found)] == [0, 60, 0]


def test_an_event_of_another_length_has_changed(wording):
    first = events(rerun(wording, [], 0))
    shorter = {("a", "m"): [Slot(T0, T0 + 30, 1)]}
    assert told(entries(shorter, first, wording, NOW)) == [(0, 1, "confirmed", "changed")]


def test_equal_starts_go_together_before_the_rest_goes_in_order(wording):
    first = events(rerun(wording, [], 0, 14, 28))
    found = rerun(wording, first, 14, 30, now=NOW + 60)
    # 14 stays; 30 takes the first event that is left, the third is cancelled
    assert told(found) == [
        (14, 0, "confirmed", "same"), (28, 1, "cancelled", "cancelled"), (30, 1, "confirmed", "changed")
    ]  # fmt: skip
    assert events(found)[2].uid == first[0].uid


def test_what_is_gone_is_cancelled_once(wording):
    first = events(rerun(wording, [], 0, 14))
    gone = rerun(wording, first, now=NOW + 60)
    assert told(gone) == [(0, 1, "cancelled", "cancelled"), (14, 1, "cancelled", "cancelled")]
    assert all(entry.words is None for entry in gone)
    later = rerun(wording, events(gone), now=NOW + 120)
    assert events(later) == events(gone)
    assert {entry.change for entry in later} == {"same"}


def test_a_cancelled_session_that_comes_back_is_revived(wording):
    first = events(rerun(wording, [], 0))
    gone = events(rerun(wording, first))
    (entry,) = rerun(wording, gone, 0)
    assert entry.event.uid == first[0].uid
    assert (entry.event.sequence, entry.event.status) == (2, "confirmed")


def test_a_cancelled_event_is_not_used_for_another_time(wording):
    gone = events(rerun(wording, events(rerun(wording, [], 0))))
    assert told(rerun(wording, gone, 1)) == [(0, 1, "cancelled", "same"), (1, 0, "confirmed", "new")]


def test_a_standing_event_goes_before_a_cancelled_one_at_the_same_time(wording):
    (gone,) = events(rerun(wording, events(rerun(wording, [], 0))))
    (standing,) = events(rerun(wording, [gone], 1))[1:]
    twins = [replace(gone, start=standing.start, end=standing.end), standing]
    for before in (twins, twins[::-1]):
        found = rerun(wording, before, 1)
        assert {entry.event.uid: entry.event.status for entry in found} == {
            gone.uid: "cancelled", standing.uid: "confirmed"
        }  # fmt: skip
        assert {entry.change for entry in found} == {"same"}


def test_other_words_are_a_change(tmp_path):
    programme = '[programme]\nstart = 2027-01-11\nend = 2027-04-09\n[invitations]\ntitle = "{}"\n'
    one, two = (Wording(write_cohort(tmp_path / name, programme.format(name))) for name in ("one", "two"))
    first = events(rerun(one, [], 0))
    assert told(rerun(two, first, 0)) == [(0, 1, "confirmed", "changed")]
    assert events(rerun(two, first, 0))[0].title == "two"


def test_numbers_matter_only_where_they_are_told(tmp_path, wording):
    programme = '[programme]\nstart = 2027-01-11\nend = 2027-04-09\n[invitations]\ntitle = "{number} of {of}"\n'
    telling = Wording(write_cohort(tmp_path / "cohort", programme))
    for words, change in ((wording, "same"), (telling, "changed")):
        first = events(rerun(words, [], 0, 14))
        found = rerun(words, first, 0, 14, 28)
        assert [entry.change for entry in found] == [change, change, "new"]


def test_what_is_over_is_neither_moved_nor_cancelled(wording):
    first = events(rerun(wording, [], 0, 14))
    after_first = (T0 + DAY) * 60
    found = rerun(wording, first, 20, 34, now=after_first)
    assert told(found) == [
        (0, 0, "held", "same"), (20, 1, "confirmed", "changed"), (34, 0, "confirmed", "new")
    ]  # fmt: skip
    assert events(found)[1].uid == first[1].uid
    again = rerun(wording, events(found), 0, 20, 34, now=after_first)
    assert told(again) == [
        (0, 0, "confirmed", "same"), (20, 1, "confirmed", "same"), (34, 0, "confirmed", "same")
    ]  # fmt: skip


def test_a_clock_that_was_set_back_does_not_set_stamps_back(wording):
    first = events(rerun(wording, [], 0, now=NOW))
    found = rerun(wording, first, 1, now=NOW - 5000)
    assert [event.changed for event in events(found)] == [NOW]


# --- sequences of reruns, through the files ----------------------------------------------------------------

TIMES = st.lists(st.integers(0, 40), max_size=4, unique=True).map(lambda days: [at(day) for day in sorted(days)])
RUNS = st.lists(st.dictionaries(st.sampled_from(PAIRS), TIMES.filter(bool), max_size=4), min_size=1, max_size=5)


def of_person(run, person):
    return [row["file"] for row in table(run / "calendars" / "people.csv") if row["employee_id"] == person]


@settings(max_examples=40, deadline=None)
@given(RUNS, st.booleans())
def test_whatever_the_reruns_calendars_hold_exactly_the_latest_sessions(runs, in_one_folder):
    """People who take every file in turn, and people who take only what changed, end up with the same meetings."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cohort = write_cohort(folder / "cohort")
        everything = {person: Client() for person in PEOPLE}
        invited = Client()
        before = None
        for step, sessions in enumerate(runs):
            run = write_run(folder / ("run" if in_one_folder else f"run{step}"), cohort, sessions)
            now = EARLY + dt.timedelta(hours=step)
            export(cohort, run, before=before, now=now)
            before = None if in_one_folder else run
            for person, client in everything.items():
                for file in of_person(run, person):
                    client.take((run / "calendars" / file).read_bytes())
                assert client.meetings() == meetings_of(person, sessions)
            rows = table(run / "calendars" / "index.csv")
            stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
            for row in rows:
                if row["changed"] == stamp and row["invitation"]:
                    invited.take((run / "calendars" / row["invitation"]).read_bytes())
            everybody = Counter(
                (s.astimezone(dt.UTC), e.astimezone(dt.UTC)) for t in sessions.values() for s, e in t
            )
            assert invited.meetings() == everybody
            overview = Client()
            overview.take((run / "calendars" / "programme.ics").read_bytes())
            assert overview.meetings() == everybody


@settings(max_examples=25, deadline=None)
@given(RUNS, st.lists(st.integers(0, 15), min_size=5, max_size=5))
def test_what_took_place_stays_in_the_calendars(runs, weeks):
    """With time going on between the runs: the latest sessions, and what was over when it left the plan."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cohort = write_cohort(folder / "cohort")
        client, days = Client(), 0
        for sessions, step in zip(runs, weeks, strict=False):
            days += step
            now = at(days, "12:00")[0]
            run = write_run(folder / "run", cohort, sessions)
            export(cohort, run, now=now)
            for file in of_person(run, "m"):
                client.take((run / "calendars" / file).read_bytes())
            planned = meetings_of("m", sessions)
            assert client.meetings() >= planned
            assert all(end <= now for _, end in (client.meetings() - planned))

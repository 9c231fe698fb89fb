"""Single sentences of the page about one person: why so few sessions, why not then, what a place would bring."""

from types import SimpleNamespace

import pytest

from matcher.explain_counts import Counts
from matcher.explain_facts import Meeting, SlotAnswer, Who
from matcher.explain_slot import OBSTACLES
from matcher.programme import Programme
from matcher.tell_sessions import number_text
from matcher.tell_slot import slot_section
from matcher.tell_words import clocks_text, gain_text, listed, meeting_text, sentence

AS_OF = "2027-02-15"
FRAME = {"start": "2027-01-11", "end": "2027-04-09", "timezone": "Europe/Moscow"}
MOVED = (
    "That session could be held at this time instead, beside all others. The programme looks for as many sessions "
    "as possible in all, then for the same weekday and time as the session before."
)


def page(proof="solver", slot=None, **sections):
    programme = Programme.model_validate({"programme": FRAME, **sections})
    goals = [SimpleNamespace(name="sessions", proof=proof)]
    employee = SimpleNamespace(short="Anna", timezone="Europe/Moscow")
    return SimpleNamespace(
        programme=programme, proof=SimpleNamespace(goals=goals), employee=employee, slot=slot, as_of=AS_OF
    )


def said(*counts, number="most", proof="solver", crowded=True, late=False):
    found = Counts(*counts, crowded=crowded, late=late)
    pair = SimpleNamespace(sessions=range(found.held), counts=found, other=Who("m", "Max"))
    return number_text(page(proof, sessions={"number": number}), pair)


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((7, 7, 7, 7), "7 sessions, the most that 14 days between sessions allow in this programme."),
        ((4, 6, 4, 4), "4 sessions: the two share enough free time for 4; the dates alone would allow 6."),
        ((3, 4, 4, 3), "3 sessions: alone they could have 4, but other sessions of the two take the rest."),
        (
            (3, 6, 4, 3),
            (
                "3 sessions: alone they could have 4, but other sessions of the two take the rest; the dates "
                "alone would allow 6."
            ),
        ),
        ((1, 2, 2, 1), "1 session: alone they could have 2, but other sessions of the two take the rest."),
        (
            (3, 7, 2, 2),
            "3 sessions: as the calendars are now, only 2 would fit ('matcher verify' tells more).",
        ),
        (
            (3, 7, None, None),
            "3 sessions: as the calendars are now, only 0 would fit ('matcher verify' tells more).",
        ),
    ],
)
def test_why_not_more_sessions(counts, text):
    assert said(*counts) == text


def test_more_would_fit_where_the_search_ended_or_the_calendars_changed():
    text = "3 sessions: alone they could have 5, and 4 would fit beside all other sessions; {}."
    assert said(3, 5, 5, 4, proof="open") == text.format("the search ended before that was settled")
    assert said(3, 5, 5, 4) == text.format("the calendars have changed since")
    assert said(3, 5, 5, 3, crowded=False) == "3 sessions: alone they could have 5 as the calendars are now."


def test_a_session_before_the_programme_counts():
    assert said(6, 6, 6, 6, late=True) == (
        "6 sessions, the most that 14 days between sessions allow in this programme, counted from the last one "
        "before it."
    )


@pytest.mark.parametrize(
    ("counts", "number", "text"),
    [
        ((3, 3, 3, 3), "fewest", "3 sessions: this programme wants as few as its rules allow."),
        (
            (4, 3, 4, 4),
            "fewest",
            (
                "4 sessions: this programme wants as few as its rules allow, and the common free time of the two "
                "allows no fewer."
            ),
        ),
        ((5, 5, 5, 5), 5, "5 sessions, the number that this programme wants for each pair."),
        (
            (7, 7, 7, 7),
            9,
            "7 sessions: this programme wants 9 for each pair, and the rules on dates allow nothing nearer.",
        ),
        (
            (4, 5, 5, 4),
            5,
            (
                "4 sessions: this programme wants 5 for each pair; alone they could have 5, but other sessions of "
                "the two are in the way."
            ),
        ),
    ],
)
def test_why_another_number_than_wanted(counts, number, text):
    assert said(*counts, number=number) == text


@pytest.mark.parametrize("crowded", [False, True])
def test_no_number_is_none(crowded):
    text = (
        "3 sessions: this programme wants 9 for each pair; as the calendars are now, no schedule would be "
        "possible ('matcher verify' tells more)."
    )
    assert said(3, 7, None, None, number=9, crowded=crowded) == text


def test_numbers_of_somebody_who_has_left():
    pair = SimpleNamespace(sessions=range(2), counts=None, other=Who("m", ""))
    assert number_text(page(), pair) == (
        "2 sessions: m is not in employees.csv any more, so nobody can say what would be possible."
    )


# --- one instant --------------------------------------------------------------------------------------------

MEETING = Meeting(
    2,
    "2027-02-03T10:00+03:00",
    "2027-02-03T10:45+03:00",
    "2027-02-03T10:00+03:00",
    "2027-02-03T10:45+03:00",
)


def slot_text(obstacle, instead="", meetings=(MEETING,), **sections):
    answer = SlotAnswer(Who("m", "Max"), "mentee", obstacle, meetings, Who("x", "Xenia"), instead)
    iso = "2027-02-05T10:00+03:00"
    slot = SimpleNamespace(start=iso, local_start=iso, minutes=45, hours="mon-fri 09:00-18:00", answers=(answer,))
    section = slot_section(page(slot=slot, **sections))
    assert section.heading == "A session on Fri 5 Feb 2027, 10:00 (Europe/Moscow)"
    (item,) = section.items
    return item.text.removeprefix("With Max (m): ")


@pytest.mark.parametrize(
    ("obstacle", "text"),
    [
        ("this_session", "this is session 2 (Wed 3 Feb 2027, 10:00 to 10:45) of the two."),
        ("outside_programme", "outside the programme (Mon 11 Jan 2027 to Fri 9 Apr 2027)."),
        ("off_grid", "sessions start every 15 minutes from midnight, not in between."),
        ("day_off", "a day off for Anna, who usually works mon-fri 09:00-18:00."),
        ("outside_hours", "outside the working hours of Anna, who usually works mon-fri 09:00-18:00."),
        ("busy", "Anna is busy then."),
        ("no_common_time", "no common time then."),
        (
            "last_session_before",
            "too near to the last session before the programme (two sessions are at least 14 days apart).",
        ),
        (
            "too_near",
            "too near to session 2 (Wed 3 Feb 2027, 10:00 to 10:45): two sessions are at least 14 days apart.",
        ),
        (
            "near_held",
            (
                "too near to session 2 (Wed 3 Feb 2027, 10:00 to 10:45), held before Mon 15 Feb 2027: two "
                "sessions are at least 14 days apart."
            ),
        ),
        ("before_rematch", "before Mon 15 Feb 2027, from which on this run has planned anew."),
        ("own_session", "Anna has a session with Xenia (x) then (Wed 3 Feb 2027, 10:00 to 10:45)."),
        ("own_limit", "Anna already has as many sessions as anybody may (1 a day and 2 a week)."),
        ("month_rule", "the sessions of the two would then lie too far apart (at least one in 1 month)."),
    ],
)
def test_what_is_in_the_way(obstacle, text):
    assert slot_text(obstacle, sessions={"max_per_day": 1, "max_per_week": 2}) == text


def test_every_obstacle_has_words():
    assert all(slot_text(obstacle).endswith(".") for obstacle in OBSTACLES)


@pytest.mark.parametrize(
    ("instead", "text"),
    [
        ("possible", MOVED),
        ("no_common_time", "To move that session here is not possible either: no common time then."),
        ("own_session", "To move that session here is not possible either: Anna has another session then."),
    ],
)
def test_whether_the_session_could_be_moved(instead, text):
    assert slot_text("too_near", instead).endswith(f"14 days apart. {text}")


def test_how_the_programme_chooses():
    sections = {"sessions": {"number": "fewest"}, "calendar": {"preferred_hours": "10:00-12:00"}}
    assert slot_text("possible", **sections) == (
        "possible beside all other sessions. The programme looks for as few sessions as the rules allow, then for "
        "sessions in the preferred hours (10:00-12:00), then for the same weekday and time as the session before."
    )
    assert "The programme looks for 3 sessions for each pair, then" in slot_text(
        "possible", sessions={"number": 3}
    )


def test_a_pause_may_be_what_is_busy():
    assert slot_text("busy", sessions={"pause_minutes": 10}) == (
        "Anna is busy then, or within 10 minutes before or after."
    )


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gain", "text"),
    [
        ((0, 0, ""), ""),
        ((1, 1, ""), "1 more mentee with a mentor"),
        ((2, 3, "1:+1"), "2 more mentees with a mentor, 3 more pairs and 1 more pair at rank 1"),
        ((0, 0, "1:+2 3:-1"), "2 more pairs at rank 1 and 1 fewer pair at rank 3"),
        ((0, 0, "-2"), "a sum of ranks that changes by -2"),
    ],
)
def test_what_a_place_brings(gain, text):
    assert gain_text(*gain) == text


def test_a_session_on_another_day_of_the_programme():
    late = Meeting(
        1, "2027-02-03T23:00+03:00", "2027-02-03T23:45+03:00", "2027-02-04T01:00+05:00", "2027-02-04T01:45+05:00"
    )
    assert meeting_text(late) == "Thu 4 Feb 2027, 01:00 to 01:45 [Wed 3 Feb 2027, 23:00]"


def test_clocks():
    assert clocks_text("Anna", "UTC", "UTC") == "Times are on the clock of UTC."


def test_lists_and_sentences():
    assert [listed(list("abc")[:size]) for size in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert [sentence(text) for text in ("", " a b", "A.", "why?")] == ["", "A b.", "A.", "Why?"]

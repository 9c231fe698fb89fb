"""Why there is no session of a pair at one instant, or that there could be one."""

from __future__ import annotations

import datetime as dt

from matcher.console import counted
from matcher.explain_facts import Meeting, Page, Slot, SlotAnswer
from matcher.tell_words import Item, Section, date_text, listed, meeting_text, moment_text


def slot_section(page: Page) -> Section | None:
    """What stands against a session at the instant that was asked about, for each pair."""
    slot = page.slot
    if slot is None:
        return None
    zone = page.programme.frame.timezone
    heading = f"A session on {moment_text(slot.start)} ({zone})"
    if not slot.answers:
        nobody = f"{page.employee.short} is in no pair of this run, so there is no session to hold."
        return Section(heading, (Item(nobody),))
    here = "" if slot.local_start == slot.start else moment_text(slot.local_start)
    own = f"On the clock of {page.employee.short} that is {here} ({page.employee.timezone})."
    items = [Item(own)] if here else []
    items += [Item(f"With {answer.other.label}: {_text(page, slot, answer)}", "-") for answer in slot.answers]
    return Section(heading, tuple(items))


def _text(page: Page, slot: Slot, answer: SlotAnswer) -> str:
    text = f"{_obstacle(page, slot, answer.obstacle, answer)}."
    if answer.obstacle == "too_near" and answer.instead:
        return f"{text} {_instead(page, slot, answer)}"
    return text


def _instead(page: Page, slot: Slot, answer: SlotAnswer) -> str:
    """Whether the one session that is too near could be moved here."""
    if answer.instead == "possible":
        beside = f"beside all others{_in_turn(page)}"
        return f"That session could be held at this time instead, {beside}. {_choosing(page)}"
    busy = f"{page.employee.short} has another session then"
    why = busy if answer.instead == "own_session" else _obstacle(page, slot, answer.instead, answer)
    return f"To move that session here is not possible either: {why}."


def _obstacle(page: Page, slot: Slot, code: str, answer: SlotAnswer) -> str:
    """The obstacle in words; of the other one nothing is told but that there is no common time."""
    name, rules, frame = page.employee.short, page.programme.sessions, page.programme.frame
    numbered = listed([_numbered(own) for own in answer.sessions])
    session = meeting_text(answer.sessions[0]) if answer.sessions else ""
    other = "" if answer.session_with is None else answer.session_with.label
    limits = [(rules.max_per_day, "a day"), (rules.max_per_week, "a week")]
    most = " and ".join(f"{number} {period}" for number, period in limits if number)
    minutes = counted(rules.pause_minutes, "minute")
    pause = f", or within {minutes} before or after" if rules.pause_minutes else ""
    rematch = date_text(dt.date.fromisoformat(page.as_of)) if page.as_of else ""
    months = counted(rules.max_months_between, "month")
    return {
        "this_session": f"this is {numbered} of the two",
        "outside_programme": f"outside the programme ({date_text(frame.start)} to {date_text(frame.end)})",
        "before_rematch": f"before {rematch}, from which on this run has planned anew",
        "outside_engagement": "outside the days on which the two work together",
        "off_grid": f"sessions start every {counted(rules.grid_minutes, 'minute')} from midnight, not in between",
        "day_off": f"a day off for {name}, who usually works {slot.hours}",
        "outside_hours": f"outside the working hours of {name}, who usually works {slot.hours}",
        "busy": f"{name} is busy then{pause}",
        "no_common_time": "no common time then",
        "near_held": f"too near to {numbered}, held before {rematch}: {_apart(page)}",
        "last_session_before": f"too near to the last session before the programme ({_apart(page)})",
        "too_near": f"too near to {numbered}: {_apart(page)}",
        "own_session": f"{name} has a session with {other} then ({session})",
        "own_limit": f"{name} already has as many sessions as anybody may ({most})",
        "number": "the two have as many sessions as the mentee is to have",
        "month_rule": f"the sessions of the two would then lie too far apart (at least one in {months})",
        "possible": f"possible beside all other sessions{_in_turn(page)}. {_choosing(page).rstrip('.')}",
    }[code]


def _numbered(session: Meeting) -> str:
    """A session with its number; one of a pair that has ended since has none."""
    name = f"session {session.number}" if session.number else "a session"
    return f"{name} ({meeting_text(session)})"


def _apart(page: Page) -> str:
    return f"two sessions are at least {counted(page.programme.sessions.min_days_between, 'day')} apart"


def _in_turn(page: Page) -> str:
    """What was not looked at where a mentor's mentees follow each other."""
    if page.programme.frame.engagement == "whole":
        return ""
    return ", as far as dates and free time go; whether the mentor has a place left by then was not looked at"


def _choosing(page: Page) -> str:
    """How the programme chooses among the times that are possible."""
    number, preferred = page.programme.sessions.number, page.programme.calendar.preferred_hours
    first = {"most": "as many sessions as possible in all", "fewest": "as few sessions as the rules allow"}
    wishes = [first.get(str(number), f"{number} sessions for each pair")]
    if page.programme.frame.engagement == "as-needed":
        wishes = ["as many sessions as each mentee is to have"]
    wishes += [f"sessions in the preferred hours ({preferred})"] if preferred else []
    wishes += ["the same weekday and time as the session before"]
    return f"The programme looks for {', then for '.join(wishes)}."

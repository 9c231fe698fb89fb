"""The keys of comfort for cohorts drawn at random: pauses, most sessions a day and week, lunch, preferred hours.

They are drawn apart from the rest of a cohort, and laid where they touch or cut the hours that are open. If these
are few, they are made longer first, so that people may have several sessions a day: else most keys would change
nothing.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterator
from dataclasses import replace

from cohorts import Spec

from matcher.programme import MINUTES_A_DAY, WEEKDAYS, Window, parse_clock, parse_windows

FEW, MANY = 80, 400  # schedules of a pair that brute force has to try, roughly
KEYS = ("pause", "max_per_day", "max_per_week", "lunch", "preferred")


def with_comfort(spec: Spec, seed: int) -> Spec:
    """The same people and wishes with at least one of the keys, and with rows that make it matter."""
    rng = random.Random(f"comfort of {seed}")
    need = shortest(spec.programme["sessions"])
    spec = with_room(rng, spec, need)
    sessions, calendar = dict(spec.programme["sessions"]), dict(spec.programme.get("calendar", {}))
    availability, busy = spec.availability, spec.busy
    hour = rng.choice(open_hours(spec))
    for key in draw_keys(rng):
        if key == "pause":
            sessions["pause_minutes"] = rng.choice((0, 5, 5, 15, 15, 30))
            busy += tuple(draw_busy_nearby(rng, availability, sessions["pause_minutes"]))
        elif key == "lunch":
            calendar["lunch"] = draw_lunch(rng, hour, need)
            availability = tuple(draw_weekly(rng, availability, spec.programme["programme"]))
        elif key == "preferred":
            calendar["preferred_hours"] = draw_preferred(rng, hour, need)
        elif key == "max_per_day":
            sessions[key] = rng.choice((1, 1, 1, 1, 2))
        else:  # one a week would leave a limit for days nothing to say
            sessions[key] = 2 if "max_per_day" in sessions else rng.choice((1, 1, 1, 2))
    programme = {**spec.programme, "sessions": sessions} | ({"calendar": calendar} if calendar else {})
    return replace(spec, availability=availability, busy=busy, programme=programme)


def with_room(rng: random.Random, spec: Spec, need: int) -> Spec:
    """Longer hours and shorter distances where there is little to try, longer distances where there is much."""
    longer = lengthened(spec, rng.choice((need, need, 2 * need)) + rng.choice((0, 0, 5, 15)))
    if variety(longer) <= FEW and rng.random() < 0.9:
        spec = longer
    apart = spec.programme["sessions"]["min_days_between"]
    if variety(spec) <= FEW and rng.random() < 0.5:
        apart = rng.choice((1, 2, 3))
    elif variety(spec) > MANY:
        apart = max(apart, 7)
    sessions = {**spec.programme["sessions"], "min_days_between": apart}
    return replace(spec, programme={**spec.programme, "sessions": sessions})


def draw_keys(rng: random.Random) -> list[str]:
    return [key for key in KEYS if rng.random() < 0.4] or [rng.choice(KEYS)]


# --- hours ----------------------------------------------------------------------------------------------------


def shortest(sessions: dict) -> int:
    return min(sessions["minutes"]) if isinstance(sessions["minutes"], list) else sessions["minutes"]


def open_hours(spec: Spec) -> list[Window]:
    """The stretches of the local day in which people are free, as often as they are."""
    hours = [(minute(start), minute(end)) for _, _, start, end in spec.availability if start]
    usual = spec.programme.get("calendar", {}).get("working_hours")
    return hours + list(parse_windows(usual) if usual else ()) or [(10 * 60, 11 * 60)]


def variety(spec: Spec) -> float:
    """How many schedules a pair may have if it can meet in all hours that are open, roughly."""
    sessions, calendar = spec.programme["sessions"], spec.programme.get("calendar")
    if calendar:
        return 0 if spec.programme["programme"]["start"] == spec.programme["programme"]["end"] else math.inf
    lengths = len(sessions["minutes"]) if isinstance(sessions["minutes"], list) else 1
    spare: dict[str, int] = {}
    for _, day, start, end in spec.availability:
        if start:
            spare[day] = max(spare.get(day, 0), minute(end) - minute(start) - shortest(sessions))
    return math.prod(2 + room // sessions.get("grid_minutes", 15) * lengths for room in spare.values())


def lengthened(spec: Spec, minutes: int) -> Spec:
    """The cohort with so much more time at the end of everybody's hours."""
    rows = tuple((*row[:3], later(row[3], minutes)) if row[3] else row for row in spec.availability)
    usual = spec.programme.get("calendar", {})
    if usual:
        start, end = usual["working_hours"].split("-")
        usual = {"calendar": {**usual, "working_hours": f"{start}-{later(end, minutes)}"}}
    return replace(spec, availability=rows, programme={**spec.programme, **usual})


def later(clock: str, minutes: int) -> str:
    return shown(min(minute(clock) + minutes, MINUTES_A_DAY))


def draw_lunch(rng: random.Random, hour: Window, need: int) -> str:
    """A window that cuts or touches an hour at its begin or end, or lies between two sessions in it."""
    start, end = hour
    cut = rng.choice((0, 5, 15, 20))
    between = start + need - rng.choice((0, 0, 5))
    return windows(
        rng.choice(((start - 40, start + cut), (end - cut, end + 40), (between, between + max(cut, 5))))
    )


def draw_preferred(rng: random.Random, hour: Window, need: int) -> str:
    """A window that holds a part of an hour, often just one session of it, now and then past midnight."""
    start, end = hour
    cut = rng.choice((5, 15, 30))
    window = rng.choice(((start + cut, end), (start, end - cut), (start, start + need), (end - need, end)))
    night = [(0, rng.choice((15, 30, 60)))] if end == MINUTES_A_DAY else []
    return windows(window if window[0] < window[1] else hour, *night)


def windows(*hours: Window) -> str:
    """Windows as programme.toml writes them, cut off at both midnights."""
    inside = [(max(start, 0), min(end, MINUTES_A_DAY)) for start, end in hours]
    return ", ".join(f"{shown(start)}-{shown(end)}" for start, end in inside if start < end)


def minute(clock: str) -> int:
    return parse_clock(clock) or 0


def shown(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


# --- rows -----------------------------------------------------------------------------------------------------


def draw_weekly(rng: random.Random, rows: tuple, frame: dict) -> Iterator[tuple]:
    """Rows of availability.csv with most hours of dates put down as hours of weekdays, from which lunch is taken.

    People are free as before: the other dates of such a weekday are closed, unless they have rows of their own.
    """
    first, last = (dt.date.fromisoformat(str(frame[end])) for end in ("start", "end"))
    dates = [str(first + dt.timedelta(days=day)) for day in range(-1, (last - first).days + 2)]
    for person in dict.fromkeys(row[0] for row in rows):
        mine = [row for row in rows if row[0] == person]
        weekly = {weekday(row[1]): row[1] for row in mine if row[1] not in WEEKDAYS} if rng.random() < 0.8 else {}
        for _, day, *hours in mine:
            if day not in weekly:
                yield person, weekday(day) if day in weekly.values() else day, *hours
        own = {row[1] for row in mine}
        yield from ((person, date, "", "") for date in dates if weekday(date) in weekly and date not in own)


def draw_busy_nearby(rng: random.Random, rows: tuple, pause: int) -> Iterator[tuple]:
    """Rows of busy.csv just as far from some of the open hours as a pause is long, or a little nearer."""
    for person, day, start, end in rows:
        if start and rng.random() < 0.1:
            near, long = pause - rng.choice((0, 1, 5, 15)), dt.timedelta(minutes=45)
            midnight = dt.datetime.fromisoformat(day)
            before = midnight + dt.timedelta(minutes=minute(start) - near)
            after = midnight + dt.timedelta(minutes=minute(end) + near)
            taken = rng.choice(((before - long, before), (after, after + long)))
            yield person, *(f"{moment:%Y-%m-%dT%H:%M}" for moment in taken)


def weekday(day: str) -> str:
    return day if day in WEEKDAYS else WEEKDAYS[dt.date.fromisoformat(day).weekday()]

"""Cohorts drawn at random, so small that brute force can solve them, in which people compete.

A few dates are open, each with a few hours that most people share; everybody is free in some of them. So mentors
are wanted by more mentees than they may take, and pairs that could meet alone cannot all meet beside each other.

A third of them has some of the keys of comfort as well (see comfort.py).
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from zoneinfo import ZoneInfo

import brute_force
from cohorts import Spec, build
from comfort import shortest, with_comfort
from conflicts import contested_spec

from matcher.model import Cohort
from matcher.programme import WEEKDAYS

ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
CLOCK_CHANGE = dt.date(2027, 3, 28)  # London, 01:00 to 02:00 are skipped
CLOCK_BACK = dt.date(2027, 10, 31)  # London, 01:00 to 02:00 are repeated


def random_cohort(seed: int) -> Cohort:
    """The cohort of `random_spec`."""
    return build(random_spec(seed))


def random_spec(seed: int, scene: str = "") -> Spec:
    """The cohort of `plain_spec`, every third time with some of the keys of comfort."""
    spec = plain_spec(seed, scene)
    return with_comfort(spec, seed) if random.Random(f"{seed} in comfort").random() < 1 / 3 else spec


def comfort_spec(seed: int) -> Spec:
    """A cohort with some of the keys of comfort; most are of the kinds in which hours are scarce."""
    kind = random.Random(f"{seed} of comfort").choice(("contested", "contested", "contested", "tight", ""))
    if kind != "contested":
        return with_comfort(plain_spec(seed, kind), seed)
    spec = contested_spec(seed)  # with one mentor each, or brute force would have too many pairs to try
    capacity = {**spec.programme["capacity"], "mentors_per_mentee": 1}
    return with_comfort(replace(spec, programme={**spec.programme, "capacity": capacity}), seed)


def plain_spec(seed: int, scene: str = "") -> Spec:
    """Draw one small cohort without the keys of comfort; the same seed always gives the same.

    The scene is drawn as well unless given: `usual`; `tight`, where several share two sessions' time with one
    mentor; `chain`, where the month rules bind to the day; `night`, where the clock changes.
    """
    rng = random.Random(seed)
    scene = scene or rng.choices(("usual", "tight", "chain", "night"), (40, 30, 20, 10))[0]
    people, mentees, mentors = draw_people(rng, scene)
    start, end, dates, sessions = draw_time(rng, scene)
    programme = draw_programme(rng, scene, start, end, sessions)
    pool = draw_pool(rng, scene, dates, sessions)
    choices = draw_choices(rng, mentees, mentors, two=programme["capacity"]["mentors_per_mentee"] > 1)
    availability: list[tuple] = []
    busy: list[tuple] = []
    for person in people:
        if "calendar" in programme and rng.random() < 0.6:
            continue  # keeps the programme's working hours
        rows, taken = draw_hours(rng, scene, person, pool, programme)
        availability += rows
        busy += taken
    mentoring = [person["employee_id"] for person in people if person["max_mentees"] != 0]
    pairs = draw_pairs(rng, choices, mentees, mentoring, start)
    return Spec(
        employees=tuple(people),
        choices=tuple(choices),
        availability=tuple(availability),
        busy=tuple(busy),
        pairs=tuple(pairs),
        programme=programme,
    )


# --- people and wishes --------------------------------------------------------------------------------------


def draw_people(rng: random.Random, scene: str) -> tuple[list[dict], list[str], list[str]]:
    """Draw employees, and the ids of those who seek a mentor and of those who are sought; some are both."""
    abroad = rng.random() < 0.15
    tight = scene in ("tight", "chain")
    juniors = [f"a{n}" for n in range(rng.randint(3, 4) if tight else rng.randint(2, 5))]
    middle = [f"k{n}" for n in range(rng.choice((0, 0, 1, 2, 2)))]
    seniors = [f"m{n}" for n in range(rng.randint(1, 2 if tight else 3))]
    people = []
    for name in [*juniors, *middle, *seniors]:
        level = {"a": rng.randint(1, 2), "k": 3 if rng.random() < 0.8 else 2, "m": rng.randint(3, 5)}[name[0]]
        capacity = rng.choice(("", "", "", "", 1, 1, 2, 2, 3, 0)) if name[0] != "a" else ""
        person = {"employee_id": name, "function": rng.choice("FFGH"), "level": level, "max_mentees": capacity}
        if abroad and rng.random() < 0.5:
            person["timezone"] = rng.choice(ZONES)
        if seniors and name[0] == "a" and rng.random() < 0.3:
            person["manager_id"] = rng.choice(seniors)
        people.append(person)
    rng.shuffle(people)
    return people, [*juniors, *middle], [*middle, *seniors]


def draw_choices(rng: random.Random, mentees: list[str], mentors: list[str], *, two: bool) -> list[tuple]:
    """Draw ranked lists with ties and gaps; the first mentors are wanted most."""
    choices = []
    for mentee in mentees:
        peers = [name for name in mentors if name[0] == "k"] * 2 if mentee[0] == "k" else []
        popular = mentors + mentors[-1:] * 2 + peers
        listed = dict.fromkeys(rng.choice(popular) for _ in range(rng.randint(1, 3 if two else 4)))
        rank = 0
        for mentor in listed:
            rank += rng.choice((0, 1, 1, 1, 2)) if rank else rng.choice((1, 1, 1, 2))
            if mentor != mentee or rng.random() < 0.1:
                choices.append((mentee, rank, mentor))
        if rng.random() < 0.05:
            choices.append((mentee, rank + 1, "gone"))
    if not choices:
        choices.append((mentees[0], 1, mentors[-1]))
    return choices


def draw_pairs(
    rng: random.Random, choices: list[tuple], mentees: list[str], mentors: list[str], start: dt.date
) -> list[tuple]:
    """Draw what is already decided: at most one lock, now and then other rows."""
    pairs: dict[tuple[str, str], tuple] = {}
    listed = [(mentee, mentor) for mentee, _, mentor in choices if mentor not in ("gone", mentee)]
    for pair in listed:
        if rng.random() < 0.12:
            status = rng.choice(("forbidden", "refused", "past", "past", "past"))
            last = start - dt.timedelta(days=rng.randint(1, 30)) if status == "past" and rng.random() < 0.8 else ""
            pairs[pair] = (*pair, status, str(last))
    if rng.random() < 0.2 and mentors:
        free = [(a, m) for a in mentees for m in mentors if a != m and (a, m) not in pairs]
        wished = [pair for pair in free if pair in listed and rng.random() < 0.7]
        if free:
            mentee, mentor = rng.choice(wished or free)
            last = start - dt.timedelta(days=rng.randint(1, 20)) if rng.random() < 0.3 else ""
            pairs[mentee, mentor] = (mentee, mentor, "locked", str(last))
    return list(pairs.values())


# --- rules and hours ----------------------------------------------------------------------------------------

Hour = tuple[dt.datetime, dt.datetime]  # a stretch of shared time, on the programme's clock


def draw_time(rng: random.Random, scene: str) -> tuple[dt.date, dt.date, list[dt.date], dict]:
    """Draw first and last day, the dates that are open, and `[sessions]`."""
    days = {"usual": rng.choice((1, 1, 10, 20, 30, 45, 60, 85)), "night": rng.choice((1, 3, 10))}
    length = days.get(scene, rng.choice((10, 30, 45)))
    sessions = draw_sessions(rng, scene, length)
    if scene == "chain":
        return (*draw_chain(rng, sessions["max_months_between"]), sessions)
    start = draw_start(rng)
    if scene == "night":
        change = rng.choice((CLOCK_CHANGE, CLOCK_BACK))
        start = change - dt.timedelta(days=rng.randint(0, length - 1))
        other = start + dt.timedelta(days=rng.randint(0, length - 1))
        dates = sorted({change, other})
    else:
        dates = draw_dates(rng, start, length, spread=sessions["month_rule"] != "none" and length > 20)
    return start, start + dt.timedelta(days=length - 1), dates, sessions


def draw_sessions(rng: random.Random, scene: str, days: int) -> dict:
    readings = ("both", "rolling", "calendar") + (("rolling",) if scene == "chain" else ("none", "none"))
    return {
        "minutes": rng.choice((45, 45, 30, [45, 30], [60, 45])),
        "min_days_between": rng.choice((1, 7, 14, 14)) if days < 60 else rng.choice((10, 14)),
        "max_months_between": rng.choice((1, 1, 2)),
        "month_rule": rng.choice(readings),
        "minimum": rng.choice((1, 1, 1, 2)) if days > 14 and scene != "chain" else 1,
        "number": rng.choice(("most", "most", "fewest", 1, 2, 3)),
        "grid_minutes": rng.choice((15, 15, 30, 10, 25)),
    }


def draw_chain(rng: random.Random, months: int) -> tuple[dt.date, dt.date, list[dt.date]]:
    """Draw dates that lie a month (or two) apart to the day, or one day less or more, up to the end."""
    start = date = draw_start(rng)
    dates = set()
    for _ in range(rng.randint(1, 2) if months == 1 else 1):
        date = near(rng, brute_force.months_later(date, months))
        dates |= {date, near(rng, date)}
    return start, near(rng, brute_force.months_later(date, months)), sorted(dates)


def near(rng: random.Random, date: dt.date) -> dt.date:
    return date + dt.timedelta(days=rng.choice((-1, -1, 0, 0, 0, 0, 1)))


def draw_start(rng: random.Random) -> dt.date:
    """Any day of a year, month ends more often, for the months that have no such day."""
    if rng.random() < 0.5:
        ends = ("2027-01-31", "2027-01-29", "2028-01-30", "2027-02-01", "2027-03-31", "2027-10-31", "2027-12-30")
        return dt.date.fromisoformat(rng.choice(ends))
    return dt.date(2027, 1, 4) + dt.timedelta(days=rng.randint(0, 300))


def draw_dates(rng: random.Random, start: dt.date, days: int, *, spread: bool) -> list[dt.date]:
    """Draw up to six open dates, spread so that the month rules can often, but not always, be kept."""
    if not spread:
        offsets = set(rng.sample(range(days), min(days, rng.randint(1, 4))))
    elif rng.random() < 0.5:  # every other week, for regular sessions
        offsets = set(range(rng.randint(0, min(13, days - 1)), days, 14))
    else:
        count = days // 15 + 1
        offsets = {min(days - 1, int(days / count * (n + rng.uniform(0.3, 0.7)))) for n in range(count)}
    return [start + dt.timedelta(days=day) for day in sorted(offsets)]


def draw_programme(rng: random.Random, scene: str, start: dt.date, end: dt.date, sessions: dict) -> dict:
    close = scene in ("tight", "chain")
    zones = ("Europe/London",) if scene == "night" else ("UTC", "UTC", "Europe/Moscow", "Asia/Kolkata")
    programme = {
        "programme": {"name": "drawn", "start": start, "end": end, "timezone": rng.choice(zones)},
        "eligibility": {
            "same_function_gap": rng.choice((0, 0, 1, 1) if close else (0, 0, 1, 2)),
            "cross_function_gap": rng.choice((0, 0, 1)),
            "line_manager_may_mentor": rng.random() < 0.7,
            "past_pairs_may_repeat": rng.random() < 0.7,
        },
        "capacity": {
            "mentees_per_mentor": rng.choice((2, 3, 3)) if close else rng.choice((1, 2, 2, 2)),
            "mentors_per_mentee": rng.choice((1, 1, 2)),
        },
        "sessions": sessions,
        "goals": {"rank": rng.choice(("generous", "greedy", "min-cost")), "seed": rng.randint(0, 9)},
    }
    days = (end - start).days + 1
    if scene == "usual" and (days == 1 or (days == 10 and sessions["min_days_between"] >= 7)):
        last = 10 * 60 + shortest(sessions) + rng.choice((0, 20))
        hours = f"10:00-{last // 60:02}:{last % 60:02}"
        programme["calendar"] = {"working_days": list(WEEKDAYS[: rng.choice((5, 7))]), "working_hours": hours}
    return programme


def draw_pool(rng: random.Random, scene: str, dates: list[dt.date], sessions: dict) -> list[Hour]:
    """Draw the open hours: exact ends, spare minutes, starts beside the grid, two sessions in a row."""
    need = shortest(sessions)
    few = len(dates) <= 3
    clock = rng.choice((10 * 60, 10 * 60, 10 * 60 + 5, 23 * 60 + 15 - need // 2))
    pool = []
    for date in dates:
        starts = [clock]
        length = need + rng.choice((0, 0, 5, 15, 30, need) if few else (0, 0, 5, 15))
        if scene in ("tight", "chain") and few:
            length = 2 * need + rng.choice((0, 0, 5, 15))
        elif scene == "night" and date in (CLOCK_CHANGE, CLOCK_BACK):
            starts, length = [rng.choice((0, 30, 45, 60, 90))], length + rng.choice((0, 60))
        elif few and clock < 1200:
            starts = rng.sample((clock, clock + 90, clock + 180), rng.randint(1, 2))
        midnight = dt.datetime.combine(date, dt.time())
        ends = [(first, first + length) for first in starts]
        pool += [(midnight + dt.timedelta(minutes=a), midnight + dt.timedelta(minutes=b)) for a, b in ends]
    return pool


def draw_hours(
    rng: random.Random, scene: str, person: dict, pool: list[Hour], programme: dict
) -> tuple[list[tuple], list[tuple]]:
    """Rows of availability.csv and busy.csv of one person who is free in most of the open hours."""
    name, step = person["employee_id"], programme["sessions"]["grid_minutes"]
    zone = ZoneInfo(programme["programme"]["timezone"])
    local = ZoneInfo(person.get("timezone", zone.key))
    close = scene in ("tight", "chain")
    keen = rng.choice((0.9, 1.0, 1.0)) if close else rng.choice((0.6, 0.85, 1.0, 1.0))
    rows: list[tuple] = [(name, day, "", "") for day in WEEKDAYS[: rng.choice((7, 7, 1))]]
    busy: list[tuple] = []
    for start, end in pool:
        if rng.random() >= keen:
            continue
        trim = [dt.timedelta(minutes=rng.choice((0, 0, step)) if close else 0) for _ in range(2)]
        hour = (start + trim[0], end - trim[1])
        there = [moment.replace(tzinfo=zone).astimezone(local).replace(tzinfo=None) for moment in hour]
        rows += [(name, *window) for window in split_at_midnight(*there)]
        if rng.random() < (0.4 if scene == "night" else 0.1):
            busy.append(draw_busy(rng, name, there, local))
    return rows, busy


def split_at_midnight(start: dt.datetime, end: dt.datetime) -> list[tuple[str, str, str]]:
    """Windows `(date, start, end)` of one stretch of local time."""
    if start >= end:  # it lies in an hour that the clock skips or repeats
        return []
    if start.date() == end.date():
        return [(str(start.date()), f"{start:%H:%M}", f"{end:%H:%M}")]
    first = (str(start.date()), f"{start:%H:%M}", "24:00")
    return [first, (str(end.date()), "00:00", f"{end:%H:%M}")] if f"{end:%H:%M}" > "00:00" else [first]


def draw_busy(rng: random.Random, person: str, hour: list[dt.datetime], local: ZoneInfo) -> tuple:
    """A row of busy.csv that touches, cuts or covers an hour: local, with offset, or whole days."""
    start, end = hour
    kind = rng.randint(0, 3)
    if kind == 0:
        return person, str(start.date()), str(start.date())
    if kind == 1:
        return person, f"{start - dt.timedelta(hours=2):%Y-%m-%dT%H:%M}", f"{start:%Y-%m-%dT%H:%M}"
    cut = start + dt.timedelta(minutes=rng.choice((5, 15, 20)))
    if kind == 2:
        return person, f"{cut:%Y-%m-%dT%H:%M}", f"{end + dt.timedelta(hours=1):%Y-%m-%dT%H:%M}"
    first, last = (moment.replace(tzinfo=local).astimezone(dt.UTC) for moment in (start, cut))
    return person, f"{first:%Y-%m-%dT%H:%M:%SZ}", f"{last:%Y-%m-%dT%H:%M:%SZ}"

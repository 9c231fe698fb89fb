"""Small cohorts in which people join late, leave early and are away, drawn so that it matters to the day."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from cohorts import Spec
from draws import plain_spec

KEYS = ("first_day", "last_day")


def engaged_spec(seed: int) -> Spec:
    """Draw a cohort like those of `plain_spec`, with first and last days, absences and what becomes of these."""
    rng = random.Random(f"{seed} of engagements")
    spec = plain_spec(seed, rng.choice(("chain", "chain", "chain", "usual", "tight")))
    spec, stretched = stretch(rng, spec) if rng.random() < 0.6 else (spec, ())
    start, end = (spec.programme["programme"][key] for key in ("start", "end"))
    dates = open_dates(spec, start, end)
    people = tuple(with_days(rng, person, dates) for person in spec.employees)
    absences = [*stretched] + [
        (person["employee_id"], *map(str, away(rng, dates, start, end)))
        for person in people
        for _ in range(rng.choice((0, 0, 0, 1, 2) if stretched else (0, 0, 1, 1, 2)))
    ]
    sessions = {**spec.programme["sessions"], "absences": rng.choice(("pause", "pause", "re-pair"))}
    if sessions["month_rule"] == "none":
        sessions["month_rule"] = rng.choice(("both", "rolling", "calendar"))
    programme = {**spec.programme, "sessions": sessions}
    return replace(spec, employees=people, absences=tuple(absences), programme=programme)


def stretch(rng: random.Random, spec: Spec) -> tuple[Spec, tuple]:
    """Put some days between two open dates, on which a few people are away: perhaps one day more, or less."""
    frame = spec.programme["programme"]
    dates = open_dates(spec, frame["start"], frame["end"])
    cut, days = rng.choice(dates), rng.choice((1, 3, 20, 35))

    def later(text: str) -> str:
        if text[:2] != "20" or dt.date.fromisoformat(text[:10]) <= cut:
            return text
        return str(dt.date.fromisoformat(text[:10]) + dt.timedelta(days)) + text[10:]

    end = frame["end"] + dt.timedelta(days)
    spec = replace(
        spec,
        availability=tuple((who, later(day), *rest) for who, day, *rest in spec.availability),
        busy=tuple((who, *map(later, ends)) for who, *ends in spec.busy),
        programme={**spec.programme, "programme": {**frame, "end": end}},
    )
    first = cut + dt.timedelta(days=1)
    last = cut + dt.timedelta(days=days + rng.choice((-1, 0, 0, 0, 0, 1)))
    ids = [person["employee_id"] for person in spec.employees]
    mentors = [name for name in ids if name[0] == "m"]
    many = rng.choice((mentors, ids, mentors[:1])) or ids
    return spec, tuple((name, str(first), str(last)) for name in many if first <= last)


def open_dates(spec: Spec, start: dt.date, end: dt.date) -> list[dt.date]:
    """The dates on which somebody is free, and the first and the last."""
    named = {dt.date.fromisoformat(row[1]) for row in spec.availability if row[1][:2] == "20" and row[2]}
    return sorted({start, end, *(date for date in named if start <= date <= end)})


def with_days(rng: random.Random, person: dict, dates: list[dt.date]) -> dict:
    """Let a person join or leave about one of the dates, now and then."""
    days = {
        key: str(rng.choice(part) + dt.timedelta(days=rng.choice((-1, 0, 0, 1))))
        for key, part in (("first_day", dates[:-1] or dates), ("last_day", dates[1:] or dates))
        if rng.random() < 0.2
    }
    if len(days) == 2 and days["last_day"] < days["first_day"]:
        del days["last_day"]
    return {**person, **days}


def away(rng: random.Random, dates: list[dt.date], start: dt.date, end: dt.date) -> tuple[dt.date, dt.date]:
    """An absence between two open dates, or over one of them; also before the start or beyond the end."""
    low = rng.choice([start - dt.timedelta(days=3), *dates])
    high = next((date for date in dates if date > low), end + dt.timedelta(days=4))
    first = low + dt.timedelta(days=rng.choice((0, 1, 1, 1)))
    room = max((high - first).days - 1, 0)
    return first, first + dt.timedelta(days=rng.choice((0, min(1, room), min(3, room), room, room, room + 1)))


def without(spec: Spec, what: str) -> Spec:
    """The cohort without one of the things that `engaged_spec` adds."""
    if what == "absences":
        return replace(spec, absences=())
    if what == "pause":
        sessions = {**spec.programme["sessions"], "absences": "re-pair"}
        return replace(spec, programme={**spec.programme, "sessions": sessions})
    people = tuple({key: text for key, text in person.items() if key != what} for person in spec.employees)
    return replace(spec, employees=people)

"""Cohorts for the tests of answers: so small that all best pairings can be listed, and full of what is explained.

Each scene makes something happen often: `places` more wishes than places; `corners` the same in two corners of the
company; `hours` a handful of starts in the whole programme and mentors who share them; `clash` rivals for a place
of whom some have no hour left for it; `roles` mentors who are mentees and pairs that could go either way; `rules`
choices that a rule sets aside and mentors whom nobody lists; `months` sessions that are missing in certain months;
`limits` people who may have one session a day or a week; `others` what is drawn for other tests.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from cohorts import Spec, build, only
from conflicts import contested_spec, limited_spec
from draws import comfort_spec, random_spec

from matcher.model import Cohort

T = TypeVar("T")
Window = tuple[str, str, str]  # date, start, end

SCENES = ("places", "corners", "hours", "clash", "roles", "rules", "months", "limits", "others")
START = dt.date(2027, 3, 1)
LENGTH = {"months": 75}  # days; 19 in the other scenes
CLOCKS = {  # the hours of one date
    "places": (("09:00", "11:15"),),
    "hours": (("09:00", "09:45"), ("09:00", "09:50"), ("09:30", "10:30"), ("10:00", "10:45"), ("09:15", "10:15")),
    "corners": (("09:00", "11:15"),),
    "clash": (("09:00", "09:45"), ("09:00", "10:30")),
    "roles": (("09:00", "09:45"), ("09:00", "10:30"), ("09:00", "10:30"), ("09:30", "11:00")),
    "rules": (("09:00", "09:45"), ("09:00", "10:30"), ("09:00", "11:15")),
    "months": (("09:00", "09:45"), ("09:00", "09:45"), ("09:00", "10:30")),
    "limits": (("09:00", "10:30"), ("09:00", "11:15")),
}
MENTORS = {"places": (2, 3, 3, 4), "corners": (2, 3, 4), "rules": (2, 3, 3)}
DATES = {
    "places": (0, 2),
    "corners": (0,),
    "clash": (0, 1),
    "hours": (0, 2, 7, 14),
    "roles": (0, 2, 7, 14),
    "rules": (0, 7, 14),
    "limits": (0, 1, 7, 14),
}
OTHERS = (contested_spec, limited_spec, comfort_spec, random_spec)


def named(spec: Spec) -> Cohort:
    """The cohort of a spec, in which some have names and some do not."""
    cohort = build(spec)
    names = tuple(f"Person {name.upper()}" if name[-1] in "024" else "" for name in cohort.employees.ids)
    return replace(cohort, employees=replace(cohort.employees, names=names))


def seeded_spec(scene: str, seed: int) -> Spec:
    """Draw one cohort of a scene; the same seed always gives the same."""
    return draw_spec(Dice(random.Random(f"{scene} {seed}")), scene)


class Dice:
    """Draws from a source of random numbers, in words."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def one(self, items: Sequence[T]) -> T:
        return items[self.rng.randint(0, len(items) - 1)]

    def likely(self, percent: int) -> bool:
        """True in so many of a hundred cases; False is the simpler case."""
        return self.rng.randint(0, 99) >= 100 - percent

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """So many different ones, in any order; or all, where there are fewer."""
        found: list[T] = []
        rest = list(items)
        while rest and len(found) < count:
            found.append(rest.pop(self.rng.randint(0, len(rest) - 1)))
        return found


def draw_spec(dice: Dice, scene: str) -> Spec:
    """Draw one cohort of a scene."""
    if scene == "others":
        return dice.one(OTHERS)(dice.one(range(10_000)))
    two = dice.likely({"hours": 20, "limits": 20, "corners": 0, "clash": 10}.get(scene, 30))
    count = {"corners": (5, 6, 7), "clash": (2, 3, 4)}.get(scene, (3, 4, 4) if two else (3, 4, 5))
    juniors = [f"a{n}" for n in range(dice.one(count))]
    middle = [f"k{n}" for n in range(dice.one({"roles": (1, 2, 2), "clash": (1, 2)}.get(scene, (0, 0, 1))))]
    mentors = [f"m{n}" for n in range(dice.one(MENTORS.get(scene, (1, 2, 2, 3))))]
    spare = [f"s{n}" for n in range(dice.one((0, 1, 2, 4) if scene == "rules" else (0, 1)))]
    everybody = [*juniors, *middle, *mentors, *spare]
    choices = draw_choices(dice, scene, juniors, middle, mentors, two=two)
    pairs = draw_pairs(dice, scene, choices, mentors, [*juniors, *middle])
    people = draw_people(dice, scene, everybody, mentors)
    for _, mentor, status, _ in pairs:
        for person in people:  # a lock with a mentor without places would be an error in the files
            if (status, person["employee_id"], person["max_mentees"]) == ("locked", mentor, "0"):
                person["max_mentees"] = "1"
    return Spec(
        employees=tuple(people),
        choices=tuple(choices),
        availability=draw_hours(dice, scene, everybody),
        pairs=pairs,
        programme=draw_programme(dice, scene, two=two),
    )


def draw_people(dice: Dice, scene: str, everybody: list[str], mentors: list[str]) -> list[dict[str, str]]:
    """Juniors of level 1, middle managers of level 2, mentors of level 3 or 4, mostly of another function."""
    people = []
    for name in everybody:
        strict = scene == "rules"
        function = {"a": "F", "k": "G", "m": "H", "s": "H"}[name[0]]
        level = {"a": 1, "k": 2, "m": dice.one((3, 3, 3, 4)), "s": dice.one((2, 3, 3, 4))}[name[0]]
        if strict and name[0] in "ms" and dice.likely(30):
            function, level = "F", dice.one((2, 2, 3))
        places = "" if name[0] == "a" else dice.one(("1", "1", "2", "2", "3"))
        if scene in ("corners", "clash") and name[0] == "m":
            places = dice.one(("1", "1", "1", "2"))
        if name[0] == "s" or (strict and name[0] == "m"):
            places = dice.one(("1", "2", "2", "0"))
        manager = dice.one(mentors) if name[0] == "a" and dice.likely(40 if strict else 10) else ""
        row = {"employee_id": name, "function": function, "level": str(level)}
        people.append(row | {"max_mentees": places, "manager_id": manager})
    return people


def draw_choices(
    dice: Dice, scene: str, juniors: list[str], middle: list[str], mentors: list[str], *, two: bool
) -> list[tuple[str, int, str]]:
    """Ranked lists with ties and gaps; in two corners of the company, people list their own mentors only."""
    ranks = dice.one(((1,), (1, 1, 2), (1, 2, 3), (1, 2, 4)) if scene != "clash" else ((1,), (1,), (1, 1, 2)))
    apart = len(mentors) > 1 and dice.likely({"corners": 90, "hours": 40}.get(scene, 0))
    choices = []
    for at, mentee in enumerate([*juniors, *middle]):
        sought = [name for name in mentors + middle if name != mentee]
        if apart:
            sought = mentors[at % 2 :: 2] if dice.likely(90) else mentors
        if scene == "roles" and mentee[0] == "k":
            sought = [name for name in middle if name != mentee] * 2 + sought
        listed = dict.fromkeys(dice.some(sought, dice.one((1, 1, 2, 3) if not two else (1, 2, 3))))
        choices += [(mentee, dice.one(ranks), mentor) for mentor in listed]
        if scene == "rules" and dice.likely(15):
            choices.append((mentee, 5, dice.one(("gone", mentee, juniors[0]))))
    return list({(mentee, mentor): (mentee, rank, mentor) for mentee, rank, mentor in choices}.values())


def draw_pairs(
    dice: Dice, scene: str, choices: list[tuple[str, int, str]], mentors: list[str], mentees: list[str]
) -> tuple[tuple[str, ...], ...]:
    """What is decided: now and then a lock, and where rules are the matter much else."""
    pairs: dict[tuple[str, str], tuple[str, ...]] = {}
    for mentee, _, mentor in choices:
        if mentor not in ("gone", mentee) and dice.likely(30 if scene == "rules" else 5):
            status = dice.one(("past", "past", "past", "refused", "forbidden"))
            last = dice.one(("", "2027-02-20")) if status == "past" else ""
            pairs[mentee, mentor] = (mentee, mentor, status, last)
    listed = [(mentee, mentor) for mentee, _, mentor in choices if mentor in mentors]
    unlisted = [(mentee, mentor) for mentee in mentees for mentor in mentors if (mentee, mentor) not in listed]
    if scene == "clash" and dice.likely(80):
        pairs["a0", "k0"] = ("a0", "k0", "locked", "")
    elif dice.likely(30) and listed:
        lock = dice.one(unlisted if unlisted and dice.likely(40) else listed)
        pairs[lock] = (*lock, "locked", dice.one(("", "", "2027-02-22")))
    return tuple(pairs.values())


def draw_hours(dice: Dice, scene: str, people: list[str]) -> tuple[tuple[str, ...], ...]:
    """A few dates with an hour each that most people share."""
    if scene == "months":
        offsets = sorted(
            {dice.one((3, 10, 17)), dice.one((24, 30, 33)), dice.one((45, 52)), dice.one((61, 66, 73))}
        )
    else:
        offsets = sorted(dice.some(DATES[scene], dice.one((1, 2, 3) if scene != "limits" else (2, 3))))
    pool: list[Window] = [(str(START + dt.timedelta(days=day)), *dice.one(CLOCKS[scene])) for day in offsets]
    percent = {"places": 95, "corners": 97, "months": 75, "hours": 85, "roles": 85}.get(scene, 90)
    return tuple(row for name in people for row in only(name, *(hour for hour in pool if dice.likely(percent))))


def draw_programme(dice: Dice, scene: str, *, two: bool) -> dict[str, dict[str, object]]:
    strict = scene == "rules"
    sessions: dict[str, object] = {
        "minutes": dice.one((45, 45, 30, [45, 30])) if scene not in ("places", "corners", "months") else 45,
        "min_days_between": dice.one((14, 7, 1)),
        "month_rule": "none",
        "number": dice.one(("most", "most", "most", "fewest", 2)),
        "grid_minutes": 15 if scene == "hours" else 45,
    }
    if scene == "months":
        sessions["month_rule"] = dice.one(("both", "rolling", "calendar", "none"))
        sessions["minimum"] = dice.one((1, 2, 2, 3))
        sessions["max_months_between"] = dice.one((1, 1, 2))
    elif scene == "hours":
        sessions["minimum"] = dice.one((1, 1, 1, 2))
    elif scene == "limits":
        sessions[dice.one(("max_per_day", "max_per_week", "max_per_week"))] = 1
        sessions["minimum"] = dice.one((1, 1, 2))
        sessions["pause_minutes"] = dice.one((0, 0, 15))
    end = START + dt.timedelta(days=LENGTH.get(scene, 19) - 1)
    return {
        "programme": {"start": str(START), "end": str(end)},
        "eligibility": {
            "cross_function_gap": 0 if scene == "roles" else dice.one((0, 1, 1)),
            "same_function_gap": 2 if strict else 0 if scene == "roles" else dice.one((1, 2)),
            "line_manager_may_mentor": not (strict and dice.likely(60)),
            "past_pairs_may_repeat": not (strict and dice.likely(60)),
        },
        "capacity": {"mentees_per_mentor": 3, "mentors_per_mentee": 1 + two},
        "sessions": sessions,
        "goals": {"rank": dice.one(("generous", "greedy", "min-cost")), "seed": dice.one(range(100))},
    }

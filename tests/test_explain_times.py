"""How many sessions a pair could have, and what stands against one instant: beside brute force."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import replace
from functools import cache

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build, only
from draws import comfort_spec, random_spec

from matcher.cadence import make_cadence
from matcher.errors import InputError
from matcher.explain_counts import count_sessions
from matcher.explain_slot import OBSTACLES, answers
from matcher.model import Session
from matcher.plans import attainable, best_counts, make_aim
from matcher.programme import day_number
from matcher.solver import solve

SEEDS = range(60)
OWN = ("day_off", "outside_hours", "busy")


@cache
def drawn(seed):
    """A cohort, its pairs with their sessions as a run has them, and who could meet when."""
    cohort = build(comfort_spec(seed) if seed % 2 else random_spec(seed))
    rng = random.Random(seed)
    number = rng.choice(("most", "most", "fewest", 2))
    sessions = cohort.programme.sessions.model_copy(update={"number": number})
    cohort = replace(cohort, programme=cohort.programme.model_copy(update={"sessions": sessions}))
    try:
        plan = {(pair.mentee, pair.mentor): pair.sessions for pair in solve(cohort, workers=1).pairs}
    except InputError:  # locks that cannot be met
        plan = {}
    people = {person for pair in plan for person in pair}
    dates = brute_force.grid(cohort)
    own = {person: brute_force.possible_sessions(cohort, person, dates) for person in people}
    return cohort, plan, own


def spans(plan):
    return {pair: [(one.start, one.end) for one in sessions] for pair, sessions in plan.items()}


def others(plan, pair, person):
    return [one for theirs, own in plan.items() if theirs != pair and person in theirs for one in own]


def fits(cohort, plan, pair, schedule):
    """Whether a schedule of a pair can stand beside the sessions of the other pairs."""
    for person in pair:
        theirs = others(plan, pair, person)
        if brute_force.too_many(cohort, [*theirs, *schedule]):
            return False
        if any(brute_force.too_close(cohort, one, other) for one in schedule for other in theirs):
            return False
    return not brute_force.crowded(cohort, schedule)


def best(cohort, numbers):
    return min(sorted(set(numbers), reverse=True), key=make_aim(cohort.programme).cost, default=None)


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_are_those_of_brute_force(seed, tally):
    cohort, plan, own = drawn(seed)
    for pair, counts in zip(plan, count_sessions(cohort, list(plan), spans(plan)), strict=True):
        slots = brute_force.common_sessions(cohort, pair, own)
        schedules = list(brute_force.schedules(cohort, pair, slots))
        alone = {len(one) for one in schedules if fits(cohort, {}, pair, one)}
        beside = {len(one) for one in schedules if fits(cohort, plan, pair, one)}
        assert counts.held == len(plan[pair])
        assert counts.by_common_time == best(cohort, alone)
        assert counts.beside_others == best(cohort, beside)
        assert counts.crowded == any(others(plan, pair, person) for person in pair)
        tally["counts beside"] += counts.beside_others != counts.by_common_time


@pytest.mark.parametrize("seed", SEEDS)
def test_the_dates_alone_allow_what_the_engine_says(seed):
    cohort, plan, _ = drawn(seed)
    if cohort.programme.sessions.max_per_week:
        return
    cadence = make_cadence(cohort.programme)
    for pair, counts in zip(plan, count_sessions(cohort, list(plan), spans(plan)), strict=True):
        days = np.ones((1, cadence.days), dtype=bool)
        decision = cohort.decisions.get(pair)
        if decision is not None and decision.last_session is not None:
            first = brute_force.programme_days(cohort)[0]
            days[0, : max(0, decision.last_session + cadence.min_between - first)] = False
        (numbers,) = best_counts(attainable(days, cadence), make_aim(cohort.programme))
        assert counts.by_dates == max(numbers)
        assert counts.late == (not days.all())


def instants(cohort, plan, pair, own, rng):
    """Some moments: at which the two are free, near their sessions, on and off the grid, out of the programme."""
    starts = list(itertools.chain.from_iterable(brute_force.grid(cohort)))
    near = [one.start + step for one in plan[pair] for step in (0, 1, -15, 15, 1440, -1440)]
    free = sorted({one.start for one in own[pair[0]] & own[pair[1]]})
    wanted = ((near, 6), (free, 20), (starts, 4), ([starts[0] - 1440, starts[-1] + 1440], 2))
    return dict.fromkeys(start for some, most in wanted for start in rng.sample(some, min(most, len(some))))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_instant_is_possible_where_brute_force_says_so(seed, tally):
    cohort, plan, own = drawn(seed)
    grid = set(itertools.chain.from_iterable(brute_force.grid(cohort)))
    shortest = cohort.programme.sessions.minutes[-1]
    for pair, person in ((two, one) for two in plan for one in two):
        other = next(one for one in pair if one != person)
        for instant in instants(cohort, plan, pair, own, random.Random(seed)):
            (answer,) = answers(cohort, person, [pair], spans(plan), instant)
            session, obstacle = Session(instant, shortest), answer.obstacle
            taken = plan[pair]
            assert (obstacle == "this_session") == any(one.start <= instant < one.end for one in taken)
            if obstacle == "this_session":
                continue
            tally[obstacle] += 1
            assert (obstacle in ("outside_programme", "off_grid")) == (instant not in grid)
            if instant in grid:
                assert (obstacle in OWN) == (session not in own[person])
                assert obstacle != "no_common_time" or session in own[person]
                assert session in own[other] or obstacle in (*OWN, "no_common_time")
            could = {person: {session} & own[person] for person in pair}
            slots = brute_force.common_sessions(cohort, pair, could)
            assert (obstacle == "possible") == valid(cohort, plan, pair, [*taken, *slots], bool(slots))
            if answer.instead:
                tally[f"instead {answer.instead}"] += 1
                kept = [one for one in taken if (one.start, one.end) not in answer.sessions]
                assert len(kept) == len(taken) - 1
                assert (answer.instead == "possible") == valid(cohort, plan, pair, [*kept, session], bool(slots))


def valid(cohort, plan, pair, schedule, could):
    """Whether a pair could hold exactly these sessions beside those of all others."""
    wanted = tuple(sorted(schedule))
    possible = could and wanted in brute_force.schedules(cohort, pair, list(wanted))
    return possible and fits(cohort, plan, pair, wanted)


# --- each obstacle once -------------------------------------------------------------------------------------

EVERY_DAY = {"working_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "working_hours": "09:00-12:00"}
FRAME = {"start": "2027-01-11", "end": "2027-02-10", "timezone": "UTC"}
SPEC = Spec(
    employees=("a S 1", "b S 1", "m S 3"),
    choices=("a m", "b m"),
    availability=(("a", "2027-01-13", "", ""), ("a", "2027-01-14", "10:00", "11:00")),
    busy=(("a", "2027-01-15T09:00", "2027-01-15T10:00"), ("m", "2027-01-16T09:00", "2027-01-16T10:00")),
    programme={"programme": FRAME, "calendar": EVERY_DAY},
)
DAY, HOUR = 1440, 60
FIRST = day_number(dt.date(2027, 1, 11)) * DAY
HELD = {(0, 2): [FIRST + 20 * DAY + 9 * HOUR], (1, 2): [FIRST + 2 * DAY + 9 * HOUR, FIRST + 18 * DAY + 9 * HOUR]}


def obstacle(person, pair, day, hour, *, spec=SPEC, minute=0):
    sessions = {two: [(start, start + 45) for start in starts] for two, starts in HELD.items()}
    instant = FIRST + day * DAY + round(hour * HOUR) + minute
    (answer,) = answers(build(spec), person, [pair], sessions, instant)
    return answer


@pytest.mark.parametrize(
    ("person", "day", "hour", "expected"),
    [
        (0, -1, 9, "outside_programme"),
        (0, 31, 9, "outside_programme"),
        (0, 30, 11.25, "too_near"),
        (0, 4, 9.5, "busy"),
        (0, 4, 10, "possible"),
        (0, 2, 9, "day_off"),
        (0, 3, 9, "outside_hours"),
        (0, 3, 10.5, "outside_hours"),
        (0, 3, 10.25, "possible"),
        (0, 5, 9.5, "no_common_time"),
        (2, 5, 9.5, "busy"),
        (2, 2, 10, "no_common_time"),
        (2, 4, 9.5, "no_common_time"),
        (0, 20, 9.5, "this_session"),
        (0, 20, 9.75, "too_near"),
        (0, 4, 11.25, "possible"),
        (0, 4, 11.5, "outside_hours"),
        (0, 7, 9, "too_near"),
        (0, 6, 9, "possible"),
    ],
)
def test_what_is_in_the_way_of_the_two(person, day, hour, expected):
    assert obstacle(person, (0, 2), day, hour).obstacle == expected


def test_off_the_grid():
    assert obstacle(0, (0, 2), 4, 10, minute=1).obstacle == "off_grid"


def test_the_session_that_could_be_moved():
    answer = obstacle(0, (0, 2), 18, 9.75)
    assert (answer.obstacle, answer.instead) == ("too_near", "possible")
    assert answer.sessions == ((HELD[0, 2][0], HELD[0, 2][0] + 45),)
    assert obstacle(2, (0, 2), 18, 9).instead == "own_session"
    assert obstacle(0, (0, 2), 18, 9).instead == "no_common_time"


def test_of_two_that_are_too_near_both_are_named():
    answer = obstacle(1, (1, 2), 10, 9)
    assert (answer.obstacle, answer.instead) == ("too_near", "")
    assert [start for start, _ in answer.sessions] == HELD[1, 2]


def test_a_session_with_somebody_else():
    answer = obstacle(2, (0, 2), 2, 9, spec=replace(SPEC, availability=()))
    assert (answer.obstacle, answer.other) == ("own_session", (1, 2))
    assert answer.sessions == ((HELD[1, 2][0], HELD[1, 2][0] + 45),)
    assert obstacle(0, (0, 2), 2, 9, spec=replace(SPEC, availability=())).obstacle == "no_common_time"


@pytest.mark.parametrize(("key", "day"), [("max_per_day", 2), ("max_per_week", 4)])
def test_as_many_sessions_as_anybody_may_have(key, day):
    spec = replace(SPEC, availability=(), programme={**SPEC.programme, "sessions": {key: 1}})
    assert obstacle(2, (0, 2), day, 11, spec=spec).obstacle == "own_limit"
    assert obstacle(0, (0, 2), day, 11, spec=spec).obstacle == "no_common_time"


def test_a_pause_counts():
    spec = replace(SPEC, programme={**SPEC.programme, "sessions": {"pause_minutes": 10}})
    assert obstacle(0, (0, 2), 4, 10, spec=spec).obstacle == "busy"
    assert obstacle(0, (0, 2), 4, 10.25, spec=spec).obstacle == "possible"


@pytest.mark.parametrize(("last", "expected"), [("2027-01-04", "last_session_before"), ("2027-01-03", "possible")])
def test_the_last_session_before_the_programme(last, expected):
    spec = replace(SPEC, pairs=(("a", "m", "past", last),))
    assert obstacle(0, (0, 2), 6, 9, spec=spec).obstacle == expected


def test_every_obstacle_is_documented():
    assert list(OBSTACLES) == documented()


def documented():
    import re
    from pathlib import Path

    text = (Path(__file__).parent.parent / "docs" / "formats.md").read_text("utf-8")
    table = text.split("| obstacle | meaning |")[1].split("\n\n")[0].rstrip("\n")
    return [code for row in table.split("\n")[2:] for code in re.findall(r"`(\w+)`", row.split("|")[1])]


def test_a_person_alone_with_windows_is_counted_by_them():
    spec = Spec(
        employees=("a S 1", "m S 3"),
        choices=("a m",),
        availability=only("a", ("2027-01-11", "09:00", "10:00"), ("2027-02-08", "09:00", "10:00")),
        programme={"programme": FRAME, "calendar": EVERY_DAY},
    )
    (counts,) = count_sessions(build(spec), [(0, 1)], {(0, 1): [(FIRST, FIRST + 45)]})
    assert (counts.held, counts.by_dates, counts.by_common_time, counts.crowded) == (1, 3, 2, False)

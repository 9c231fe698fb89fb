"""What once went wrong between pairing and schedule, each told by its effect."""

import datetime as dt
from collections import Counter

import numpy as np
from cohorts import Spec, build, only
from draws import random_cohort

from matcher import plans
from matcher.cadence import make_cadence
from matcher.plans import best_schedules, make_aim
from matcher.rules import judge
from matcher.solver import solve
from matcher.times import meeting_times


def contest(names, seed):
    """Two people want the last place of z; somewhere else a schedule conflict costs a session."""
    first, second = names
    march = [f"2027-03-{day:02}" for day in range(32)]
    hours = {
        first: (
            *((march[1], "09:00", "09:45"), (march[8], "09:00", "09:45")),
            *((march[9], "10:00", "10:45"), (march[2], "11:00", "11:45")),
        ),
        second: ((march[3], "09:00", "09:45"), (march[10], "09:00", "09:45")),
        "m": ((march[1], "09:00", "11:00"), (march[8], "09:00", "09:45")),
        "n": ((march[1], "09:00", "10:00"),),
    }
    return Spec(
        (f"{first} F 1", f"{second} F 1", "w F 1", "z G 3 2", "a F 1", "b F 1", "m G 3 2", "n G 3 1"),
        ((first, 1, "z"), (second, 1, "z"), ("w", 1, "z"), ("a", 1, "m"), ("b", 1, "m"), ("b", 1, "n")),
        availability=tuple(row for person, windows in hours.items() for row in only(person, *windows)),
        pairs=(("w", "z", "locked"),),
        programme={
            "programme": {"start": dt.date(2027, 3, 1), "end": dt.date(2027, 3, 12)},
            "sessions": {"month_rule": "none", "min_days_between": 7},
            "goals": {"seed": seed},
        },
    )


def test_the_draw_decides_beside_schedule_conflicts_and_not_the_order_of_names():
    for names in (("p", "q"), ("q", "p")):
        lost = Counter()
        for seed in range(16):
            cohort = build(contest(names, seed))
            solution = solve(cohort)
            (loser,) = solution.unmatched
            assert solution.unmatched[loser].code == "draw"
            lost[cohort.employees.ids[loser]] += 1
        assert min(lost["p"], lost["q"]) > 0


def test_a_cohort_of_locks_only_needs_no_flow():
    assert solve(random_cohort(52679)).status == "optimal"


def test_one_sweep_and_number_by_number_agree(monkeypatch):
    swept = 0
    for seed in range(300, 380):
        cohort = random_cohort(seed)
        if cohort.programme.sessions.number != "most":
            continue
        pairs, _ = judge(cohort)
        times = meeting_times(cohort, pairs)
        minutes = times.open_minutes(np.arange(len(pairs)))
        rules = times.slots, make_cadence(cohort.programme), make_aim(cohort.programme)
        once = best_schedules(minutes, *rules, plan=True)
        with monkeypatch.context() as patch:
            patch.setattr(plans, "count_sessions", lambda *_: None)
            again = best_schedules(minutes, *rules, plan=True)
        assert [part.tolist() for part in once[:2]] == [part.tolist() for part in again[:2]]
        assert once[2] == again[2]
        swept += len(minutes)
    assert swept > 100

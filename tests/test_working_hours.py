"""Do people ever work at the same time: the solver's answer, the check's own, and a look at every minute."""

import datetime as dt
import random

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build
from test_calendars import CHANGES, date, random_window

from matcher.check_dates import Dates
from matcher.check_free import FreeTime
from matcher.check_hours import UsualHours
from matcher.programme import WEEKDAYS
from matcher.rules import Candidates
from matcher.working_hours import no_common_hours

ZONES = ("Europe/London", "Asia/Kamchatka", "America/Los_Angeles", "Pacific/Kiritimati")
PAIRS = [(a, b) for a in range(4) for b in range(4) if a != b]


def random_cohort(seed):
    """Four people in a programme of three days around a change of clocks, with hours that often never meet."""
    rng = random.Random(seed)
    zone, text = rng.choice([change for change in CHANGES if change[1] > "2027"])
    start = date(text) - dt.timedelta(days=1)
    rows, busy = [], []
    for name in "abcd":
        days = [*WEEKDAYS, *(str(start + dt.timedelta(days=day)) for day in range(-1, 4))]
        rows += [(name, rng.choice(days), *random_window(rng)) for _ in range(rng.choice((0, 0, 1, 3)))]
        if rng.random() < 0.5:
            busy.append((name, str(start), str(start + dt.timedelta(days=2))))
    people = [
        {"employee_id": name, "function": "F", "level": 1, "timezone": rng.choice((zone, *ZONES))}
        for name in "abcd"
    ]
    settings = {
        "programme": {"start": start, "end": start + dt.timedelta(days=2), "timezone": zone},
        "calendar": {"working_days": ["mon", "fri", "sat", "sun"]},
        "sessions": {"minutes": rng.choice((45, [120, 30], 200)), "grid_minutes": rng.choice((15, 7, 60))},
    }
    special = [("", str(start + dt.timedelta(days=rng.randint(0, 2))), "off")]
    return build(Spec(tuple(people), (), tuple(rows), tuple(busy), (), settings, tuple(special)))


class Hours(brute_force.Calendar):
    """When somebody works, whatever keeps him from it."""

    def __init__(self, cohort, person):
        super().__init__(cohort, person)
        self.busy, self.public, self.company = [], {}, {}
        self.dates = {day: rows for day, rows in self.dates.items() if any(start < end for start, end in rows)}


def ever_together(cohort, first, second):
    """Whether some start on the grid leaves both enough minutes of work, asked minute by minute."""
    length = cohort.programme.sessions.minutes[-1]
    calendars = [Hours(cohort, person) for person in (first, second)]
    after_last = brute_force.programme_days(cohort)[1] + 1
    over = brute_force.earliest(cohort.programme.frame.timezone, after_last * 24 * 60)
    return any(
        start + length <= over and all(calendar.free(start, length) for calendar in calendars)
        for day in brute_force.grid(cohort)
        for start in day
    )


@pytest.mark.parametrize("block", range(5))
def test_both_answers_are_what_a_walk_from_minute_to_minute_finds(block):
    for seed in range(4 * block, 4 * block + 4):
        cohort = random_cohort(seed)
        columns = np.array(PAIRS).T
        none = np.zeros(len(PAIRS), dtype=np.int64)
        candidates = Candidates(columns[0], columns[1], none + 1, none.astype(bool), none + 99, none.astype(bool))
        dates = Dates(cohort.programme)
        usual = UsualHours(cohort, dates, FreeTime(cohort, dates, range(4)).working)
        expected = [ever_together(cohort, *pair) for pair in PAIRS]
        assert (~no_common_hours(cohort, candidates)).tolist() == expected, seed
        assert [usual.meet(pair) for pair in PAIRS] == expected, seed


def test_what_the_random_cohorts_hold():
    met = [ever_together(random_cohort(seed), *pair) for seed in range(6) for pair in PAIRS[:3]]
    assert 3 < sum(met) < len(met) - 3


def test_no_pairs_at_all():
    none = np.zeros(0, dtype=np.int64)
    assert (
        no_common_hours(
            random_cohort(0), Candidates(none, none, none, none.astype(bool), none, none.astype(bool))
        ).tolist()
        == []
    )

"""Standings, bottlenecks and what would help, as written, against the oracle that lists all best pairings.

ANSWERS_EXAMPLES=1000 draws so many cohorts of each scene instead of a few, other ones each time.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from answer_cases import CASES
from answer_cohorts import SCENES, Dice, draw_spec, named, seeded_spec
from answer_features import features
from best_pairings import GROUP_CELLS, Standing, Truth, read_plan, read_table
from cohorts import Spec
from effort import few_or_all
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.runs import write_run
from matcher.solver import solve

MANY = int(os.environ.get("ANSWERS_EXAMPLES", "0"))
FEW = few_or_all(40, 60)  # cohorts of each scene
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
DRAWS = settings(
    max_examples=MANY or FEW, derandomize=not MANY, database=None, deadline=None, suppress_health_check=SLOW
)

GAIN_CELLS = ("gain_mentees", "gain_pairs", "gain_ranks", "gain_proven")
COLUMNS = {
    "choices.csv": ["mentee_id", "mentor_id", "rank", "outcome", "detail", "standing"],
    "unmatched.csv": [
        "mentee_id", "name", "reason", "explanation", "eligible_choices", "competitors", "places",
        "smallest_change", "suggestions", "group", "contested_mentors",
    ],
    "bottlenecks.csv": ["mentor_id", "name", "places", "mentees", "wanted", *GROUP_CELLS, *GAIN_CELLS],
}  # fmt: skip


class Run:
    """The tables of a run as they were written, and the oracle beside them."""

    def __init__(self, cohort, truth=None):
        self.cohort, self.truth = cohort, truth or Truth(cohort)
        solution = solve(cohort)
        assert solution.status == "optimal"
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            write_run(cohort, solution, run)
            self.plan = read_plan(cohort, run)
            tables = ("pairs.csv", "choices.csv", "unmatched.csv", "bottlenecks.csv")
            self.tables = {name: read_table(run / name) for name in tables if (run / name).exists()}
        self.standing = Standing(self.truth, self.plan)
        self.person = {name: person for person, name in enumerate(cohort.employees.ids)}


# --- as written, and as it must be ----------------------------------------------------------------------------


def assert_choices(run):
    """Each listed choice has the standing that all best pairings give it."""
    written = {(row["mentee_id"], row["mentor_id"]): row["standing"] for row in run.tables["choices.csv"]}
    assert written == run.truth.standing_of_choices()


def assert_pairs(run):
    """Each pair is in every best pairing or in some, a lock in every one."""
    for row in run.tables["pairs.csv"]:
        pair = run.person[row["mentee_id"]], run.person[row["mentor_id"]]
        assert row["standing"] == run.truth.best.standing(pair) != "none", pair
        assert row["source"] == "chosen" or row["standing"] == "every", pair


def assert_unmatched(run):
    """What keeps each mentee out and what would help, as it stands."""
    rows = {run.person[row["mentee_id"]]: row for row in run.tables["unmatched.csv"]}
    assert list(rows) == run.standing.unmatched()
    for mentee, row in rows.items():
        truth = run.standing.row_of(mentee, stated(run, row))
        assert {name: row[name] for name in truth} == truth, row["mentee_id"]


def assert_contested(run):
    """The mentors named as contested are as few as can show it, with as few places as such a set can have."""
    for row in run.tables["unmatched.csv"]:
        if row["competitors"]:
            size = len(stated(run, row)), int(row["places"])
            assert size == run.truth.contest.smallest(run.person[row["mentee_id"]]), row["mentee_id"]


def assert_bottlenecks(run):
    """All rows in order, with the groups and what a place more would bring."""
    assert run.tables["bottlenecks.csv"] == run.standing.bottlenecks()


def assert_true(run):
    assert_choices(run)
    assert_pairs(run)
    assert_unmatched(run)
    assert_contested(run)
    assert_bottlenecks(run)


def stated(run, row):
    """The mentors that unmatched.csv names as contested."""
    return [run.person[name] for name in row["contested_mentors"].split("; ") if name]


# --- drawn ----------------------------------------------------------------------------------------------------

OFTEN = {  # in so many of a hundred cohorts at least: else the tests would prove little
    "places": {
        "kept out by places": 10, "not paired: some": 15, "ties in rank": 30, "two mentors": 10,
        "a place more: pairs": 4, "a place more: ranks alone": 4,
    },
    "corners": {
        "two bottlenecks": 15, "a bottleneck of two mentors": 15, "contested: fewer mentors than the group": 6,
        "change: one more place": 40, "a place more: mentees": 40,
    },
    "hours": {
        "schedules lower goals 1 to 3": 15, "at most 4 starts": 30, "change: more common time": 20,
        "paired: some": 15, "without a mentor, not by places": 10,
    },
    "clash": {
        "another standing at the same values": 2, "locks": 40, "a lock that was no choice": 15,
        "without a mentor, but with sessions as one": 20, "by places some, in truth none": 5,
    },
    "roles": {"mentee and mentor": 50, "either direction": 15, "several suggestions": 15},
    "rules": {
        "change: exception to a rule": 15, "change: one more choice": 20, "several suggestions": 20,
    },
    "months": {"change: more common time, several sessions": 20, "by places every, in truth some": 4},
    "limits": {"limits per day or week": 80, "by places every, in truth some": 4, "not paired: some": 20},
    "others": {"schedules lower goals 1 to 3": 10, "another standing at the same values": 2},
}  # fmt: skip


@st.composite
def specs(draw, scene) -> Spec:
    return draw_spec(Dice(draw(st.randoms(use_true_random=False))), scene)


@pytest.mark.parametrize("scene", SCENES)
def test_drawn_cohorts_are_answered_as_all_best_pairings_say(scene):
    seen = Counter()

    @DRAWS
    @given(specs(scene))
    def compare(spec):
        cohort = named(spec)
        truth = Truth(cohort)
        seen["drawn"] += 1
        if truth.best is None:
            with pytest.raises(InputError, match="lock"):
                solve(cohort)
            return
        run = Run(cohort, truth)
        seen.update(features(truth, run.standing))
        assert_true(run)

    compare()
    shares = {word: round(100 * seen[word] / seen["drawn"]) for word in OFTEN[scene]}
    assert not {word: share for word, share in shares.items() if share < OFTEN[scene][word]}


def test_all_ranks_and_values_are_drawn():
    """Over all scenes together, with what each draws first."""
    seen = Counter()
    for scene, seed in itertools.product(SCENES, range(20)):
        truth = Truth(named(seeded_spec(scene, seed)))
        if truth.best is not None:
            seen.update(f"{truth.kind} {standing}" for standing in set(truth.standing_of_choices().values()))
    kinds = itertools.product(("generous", "greedy", "min-cost"), ("every", "some", "none"))
    assert all(seen[" ".join(kind)] >= 9 for kind in kinds), seen


@cache
def tiny(name):
    """The run of a case, and the oracle beside it: several tests look at it, none changes it."""
    return Run(CASES[name].cohort)


# --- by hand --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_tiny_cohorts_are_answered_as_worked_out_by_hand(name):
    case = CASES[name]
    run = tiny(name)
    for file, told in (("choices.csv", case.choices), ("pairs.csv", case.pairs)):
        words = {f"{row['mentee_id']} {row['mentor_id']}": row["standing"] for row in run.tables[file]}
        assert words.items() >= told.items()
    unmatched = {row["mentee_id"]: row for row in run.tables["unmatched.csv"]}
    for mentee, cells in case.unmatched.items():
        for name_of in unmatched if mentee == "*" else [mentee]:
            assert unmatched[name_of].items() >= cells.items()
    mentors = {row["mentor_id"]: row for row in run.tables["bottlenecks.csv"]}
    for mentor, cells in case.bottlenecks.items():
        assert mentors[mentor].items() >= cells.items()


@pytest.mark.parametrize("name", CASES)
def test_tiny_cohorts_are_answered_as_all_best_pairings_say(name):
    assert_true(tiny(name))


@pytest.mark.parametrize("file", COLUMNS)
def test_columns_stand_in_their_order(file):
    run = tiny("one place for two")
    assert list(run.tables[file][0]) == COLUMNS[file]


def test_pairs_have_one_column_more_after_the_end():
    run = tiny("one place for two")
    assert list(run.tables["pairs.csv"][0])[-2:] == ["end", "standing"]


def test_rows_of_bottlenecks_stand_by_group():
    run = tiny("two bottlenecks, the larger shortage first")
    assert [row["mentor_id"] for row in run.tables["bottlenecks.csv"]] == ["n", "m", "o"]


def test_a_mentor_without_possible_candidates_has_no_row():
    run = tiny("a mentor whom nobody can have stands in no row")
    assert [row["mentor_id"] for row in run.tables["bottlenecks.csv"]] == ["m"]

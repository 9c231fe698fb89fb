"""The fast engine against brute force, the reference model and network flows."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import replace

import brute_force
import pytest
from cohorts import Spec, build, describe, only, shuffled, write
from draws import random_spec
from effort import few_or_all
from ortools.graph.python import max_flow, min_cost_flow

from matcher.check import check_run
from matcher.errors import InputError
from matcher.io import read_cohort
from matcher.reference import solve_reference
from matcher.runs import write_run
from matcher.solver import solve

CHUNK, CHUNKS = 10, few_or_all(30, 40)
DRAWN = CHUNK * CHUNKS


# --- small cohorts: every goal, drawn at random ---------------------------------------------------------------


@pytest.mark.parametrize("first", range(0, DRAWN, CHUNK))
def test_drawn_cohorts_are_solved_to_the_optimum(first, tally):
    for seed in range(first, first + CHUNK):
        cohort = build(random_spec(seed))
        ways = brute_force.schedulable(cohort)
        truth = brute_force.best(cohort, ways)
        drawn = describe(cohort, truth, ways)
        tally.update(drawn=1, contention=drawn.contention, conflict=drawn.conflict, locks_fail=drawn.locks_fail)
        if truth is None:
            with pytest.raises(InputError, match="lock"):
                solve(cohort)
            continue
        solution = solve(cohort)
        assert_reaches(solution, truth.values, f"seed {seed}")
        assert_keeps_rules(cohort, ways, solution)
        if seed % 3 == 0:
            assert solve_reference(cohort).values == truth.values, f"seed {seed}"


def assert_reaches(solution, truth, where):
    """The goals of a solution are proven and are the true ones; regularity may leave its bound open."""
    values = {goal.name: goal.value for goal in solution.goals}
    assert solution.status == "optimal", where
    assert list(values) == list(truth), where
    *before, regularity = solution.goals
    assert {goal.name: goal.value for goal in before} == {goal.name: truth[goal.name] for goal in before}, where
    assert all(goal.status == "optimal" and goal.bound == goal.value for goal in before), where
    assert regularity.value <= truth["regularity"] <= regularity.bound, where
    assert (regularity.status == "optimal") == (regularity.value == regularity.bound), where


def assert_keeps_rules(cohort, ways, solution):
    """Every pair has one of the schedules that brute force allows it, and nobody has too many or too close."""
    plan = {(pair.mentee, pair.mentor): pair.sessions for pair in solution.pairs}
    for pair, sessions in plan.items():
        assert sessions in [schedule for _, schedule in ways[pair]]
    for one, other in itertools.combinations(plan, 2):
        if set(one) & set(other):
            both = itertools.product(plan[one], plan[other])
            assert not any(brute_force.too_close(cohort, a, b) for a, b in both)
    for person in {person for pair in plan for person in pair}:
        assert not brute_force.too_many(cohort, brute_force.sessions_of(person, plan))
    assert not any(brute_force.crowded(cohort, sessions) for sessions in plan.values())
    assert tuple(plan) in set(brute_force.pairings(cohort, list(ways)))
    keys = [brute_force.key(cohort, sessions) for sessions in plan.values()]
    total = tuple(map(sum, zip(*keys, strict=True))) if keys else brute_force.NOTHING
    values, _ = brute_force.report(cohort, brute_force.eligible(cohort), total, plan)
    assert {goal.name: goal.value for goal in solution.goals} == values


def test_drawn_cohorts_compete(tally):
    """A generator whose cohorts rarely compete would let wrong signs and missing rules survive."""
    if tally["drawn"] < DRAWN:
        pytest.skip("only a part of the cohorts was drawn")
    assert tally["contention"] >= 0.35 * tally["drawn"]
    assert tally["conflict"] >= 0.2 * tally["drawn"]


@pytest.mark.parametrize("seed", range(5000, 5040))
def test_files_solved_and_written_pass_the_check(seed, tmp_path):
    spec = random_spec(seed)
    try:
        cohort = read_cohort(write(spec, tmp_path / "cohort"))
    except InputError:
        # What no calendar at all could meet is refused on reading; then there is nothing to pair anyway.
        truth = brute_force.best(build(spec))
        assert truth is None or truth.values["mentees"] == 0
        return
    found = answer(cohort)
    assert found == answer(build(spec))
    if not isinstance(found, str):
        write_run(cohort, found, tmp_path / "run")
        assert check_run(cohort, tmp_path / "run") == []


@pytest.mark.parametrize(("day", "paired"), [("2027-04-14", 2), ("2027-04-15", 2), ("2027-04-16", 1)])
def test_two_share_a_mentor_to_the_last_day_of_the_month_rule(day, paired):
    """Both meet on 15 March; 15 April has room for one, and another day serves only within a month."""
    windows = (("2027-03-15", "09:00", "10:30"), ("2027-04-15", "09:00", "09:45"), (day, "10:00", "10:45"))
    spec = Spec(
        ("a F 1", "b F 1", "m G 3"),
        ("a m", "b m"),
        tuple(itertools.chain.from_iterable(only(person, *windows) for person in "abm")),
        programme={
            "programme": {"start": dt.date(2027, 3, 1), "end": dt.date(2027, 4, 30)},
            "sessions": {"month_rule": "rolling"},
        },
    )
    cohort = build(spec)
    truth = brute_force.best(cohort).values
    assert truth["mentees"] == paired
    assert_reaches(solve(cohort), truth, day)


# --- the draw, the order of rows, the number of workers -------------------------------------------------------


@pytest.mark.parametrize("seed", range(6000, 6008))
def test_order_of_rows_and_workers_make_no_difference(seed, tmp_path):
    spec = random_spec(seed)
    first = answer(build(spec))
    for workers in (2, 4):
        cohort = read_cohort(write(shuffled(spec, workers), tmp_path / str(workers)))
        assert answer(cohort, workers) == first


def answer(cohort, workers=1):
    try:
        solution = solve(cohort, workers=workers)
    except InputError as error:
        return str(error)
    return replace(solution, seconds={})


def test_what_is_tied_is_drawn_by_the_seed():
    """Two equals want one place: each gets it under some seeds."""
    winners = set()
    for seed in range(12):
        spec = Spec(("a F 1", "b F 1", "m G 3 1"), ("a m", "b m"), programme=free_fortnight(seed=seed))
        winners.add(solve(build(spec)).pairs[0].mentee)
    assert winners == {0, 1}


# --- larger cohorts: network flows -----------------------------------------------------------------------------


def free_fortnight(**goals):
    """Everybody works all day and a pair meets once, so that calendars bind nobody."""
    start = dt.date(2027, 3, 1)
    return {
        "programme": {"start": start, "end": start + dt.timedelta(days=11)},
        "sessions": {"month_rule": "none"},
        "capacity": {"mentees_per_mentor": 3},
        "goals": goals,
    }


def draw_company(seed, kind):
    """Draw 100 to 300 mentees who want the same few mentors most."""
    rng = random.Random(seed)
    mentees = [f"a{n:03}" for n in range(rng.randint(100, 300))]
    mentors = [f"m{n:03}" for n in range(len(mentees) * 2 // 5)]
    people = [f"{name} {rng.choice('FGH')} {rng.randint(1, 3)}" for name in mentees]
    people += [f"{name} {rng.choice('FGH')} {rng.randint(3, 6)} {rng.randint(1, 3)}" for name in mentors]
    choices = []
    for mentee in mentees:
        listed = dict.fromkeys(mentors[int(len(mentors) * rng.random() ** 2)] for _ in range(5))
        choices += [(mentee, rank + rng.randint(0, 1), mentor) for rank, mentor in enumerate(listed, start=1)]
    return Spec(tuple(people), tuple(choices), programme=free_fortnight(rank=kind))


@pytest.mark.parametrize(("seed", "kind"), [(1, "min-cost"), (2, "greedy"), (3, "generous"), (4, "min-cost")])
def test_large_cohorts_without_calendars_are_network_flows(seed, kind):
    cohort = build(draw_company(seed, kind))
    options = brute_force.eligible(cohort)
    worst = max(option.rank for option in options.values())
    base = len(cohort.mentees) + 1
    price = {
        "min-cost": lambda rank: rank,
        "generous": lambda rank: base ** (rank - 1),
        "greedy": lambda rank: -(base ** (worst - rank)),
    }[kind]
    ranks = cheapest_ranks(cohort, options, price)
    values = {goal.name: goal.value for goal in solve(cohort).goals}
    assert values["mentees"] == values["pairs"] == values["sessions"] == len(ranks) == most_pairs(cohort, options)
    profile = tuple(ranks.count(rank) for rank in range(1, max(ranks) + 1))
    assert values["rank"] == (sum(ranks) if kind == "min-cost" else profile)
    assert len(ranks) < len(cohort.mentees)  # or nobody would compete


def arcs(cohort, options):
    """Arcs of the flow: source to mentee, mentee to mentor, mentor to sink, with capacity and rank."""
    people = len(cohort.employees)
    source, sink = 2 * people, 2 * people + 1
    for mentee in sorted({mentee for mentee, _ in options}):
        yield source, mentee, 1, None
    for (mentee, mentor), option in options.items():
        yield mentee, people + mentor, 1, option.rank
    for mentor in sorted({mentor for _, mentor in options}):
        yield people + mentor, sink, int(cohort.employees.capacity[mentor]), None


def most_pairs(cohort, options):
    flow = max_flow.SimpleMaxFlow()
    for tail, head, capacity, _ in arcs(cohort, options):
        flow.add_arc_with_capacity(tail, head, capacity)
    assert flow.solve(2 * len(cohort.employees), 2 * len(cohort.employees) + 1) == flow.OPTIMAL
    return flow.optimal_flow()


def cheapest_ranks(cohort, options, price):
    """The ranks of a cheapest maximum flow."""
    flow = min_cost_flow.SimpleMinCostFlow()
    ranked = {}
    for tail, head, capacity, rank in arcs(cohort, options):
        arc = flow.add_arc_with_capacity_and_unit_cost(tail, head, capacity, 0 if rank is None else price(rank))
        if rank is not None:
            ranked[arc] = rank
    flow.set_node_supply(2 * len(cohort.employees), len(cohort.mentees))
    flow.set_node_supply(2 * len(cohort.employees) + 1, -len(cohort.mentees))
    assert flow.solve_max_flow_with_min_cost() == flow.OPTIMAL
    return [rank for arc, rank in ranked.items() if flow.flow(arc)]

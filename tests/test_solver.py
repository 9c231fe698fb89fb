"""The whole search: locks that cannot be met, limits and interrupts, the draw, and what the answer says."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
import time
from dataclasses import replace

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build, only
from conflicts import contested_cohort
from draws import random_cohort
from effort import few_or_all
from ortools.sat.python import cp_model

from matcher import cpsat
from matcher.cpsat import Clock
from matcher.errors import InputError, LimitError, StoppedError
from matcher.lots import draw_order
from matcher.runs import write_run
from matcher.solver import solve

WEEK = {
    "programme": {"start": dt.date(2027, 3, 1), "end": dt.date(2027, 3, 5)},
    "sessions": {"month_rule": "none"},
}
ONE_HOUR = ("2027-03-01", "09:00", "10:00")


def week(**goals):
    return {**WEEK, "goals": goals}


def named(cohort, **names):
    """The cohort with names for some ids."""
    people = cohort.employees
    return replace(cohort, employees=replace(people, names=tuple(names.get(name, "") for name in people.ids)))


def values(solution):
    return {goal.name: goal.value for goal in solution.goals}


# --- locks that cannot be met ----------------------------------------------------------------------------


def test_a_lock_that_cannot_be_met_alone():
    """Ann is free on Monday, Max on Tuesday; the other lock is not to blame."""
    cohort = build(
        Spec(
            ("a F 1", "b F 1", "m G 3"),
            (),
            (*only("a", ONE_HOUR), *only("m", ("2027-03-02", "09:00", "10:00"))),
            pairs=(("a", "m", "locked"), ("b", "m", "locked")),
            programme=WEEK,
        )
    )
    with pytest.raises(InputError) as caught:
        solve(named(cohort, a="Ann", m="Max"))
    (fault,) = caught.value.faults
    assert fault.file == "pairs.csv"
    assert "Ann (a) with Max (m)" in fault.message
    assert "too little time in common" in fault.message


def test_all_locks_that_fail_alone_are_named():
    locks = (("a", "m", "locked"), ("b", "m", "locked"), ("c", "m", "locked"))
    free = (*only("a", ONE_HOUR), *only("b", ONE_HOUR), *only("m", ("2027-03-02", "09:00", "10:00")))
    people = ("a F 1", "b F 1", "c F 1", "m G 3 3")
    programme = {**WEEK, "capacity": {"mentees_per_mentor": 3}}
    with pytest.raises(InputError) as caught:
        solve(build(Spec(people, (), free, pairs=locks, programme=programme)))
    assert [fault.message.split(":")[0] for fault in caught.value.faults] == [
        "the locked pair a with m",
        "the locked pair b with m",
    ]


def test_locks_that_cannot_be_met_together():
    """Max has one hour for Ann and Ben; Cid's lock, in another hour, is not to blame."""
    cohort = build(
        Spec(
            ("a F 1", "b F 1", "c F 1", "m G 3", "n G 3"),
            (),
            only("m", ONE_HOUR),
            pairs=(("a", "m", "locked"), ("b", "m", "locked"), ("c", "n", "locked")),
            programme=WEEK,
        )
    )
    with pytest.raises(InputError) as caught:
        solve(named(cohort, a="Ann", b="Ben", m="Max"))
    (fault,) = caught.value.faults
    assert "Ann (a) with Max (m)" in fault.message
    assert "Ben (b) with Max (m)" in fault.message
    assert "together" in fault.message
    assert "with n" not in fault.message


def test_locks_that_cost_sessions_stand():
    """Two hours in all for two pairs that could have two each: both meet, once."""
    cohort = build(
        Spec(
            ("a F 1", "b F 1", "m G 3"),
            (),
            only("m", ("2027-03-01", "09:00", "10:00"), ("2027-03-03", "09:00", "10:00")),
            pairs=(("a", "m", "locked"), ("b", "m", "locked")),
            programme={**WEEK, "sessions": {"month_rule": "none", "min_days_between": 2}},
        )
    )
    solution = solve(cohort)
    assert solution.status == "optimal"
    assert values(solution)["sessions"] == 2
    assert [(pair.locked, pair.rank) for pair in solution.pairs] == [(True, None), (True, None)]


# --- limits and interrupts ---------------------------------------------------------------------------------


def rivals(count=2):
    """Mentees of one mentor who has time for one."""
    mentees = [f"a{n}" for n in range(count)]
    people = (*(f"{name} F 1" for name in mentees), "m G 3", "n G 3")
    choices = tuple(f"{name} {mentor}" for name in mentees for mentor in "mn")
    return build(Spec(people, choices, (*only("m", ONE_HOUR), *only("n", ONE_HOUR)), programme=WEEK))


def test_no_time_at_all_still_fills_the_places():
    solution = solve(rivals(3), time_limit=0)
    assert solution.status == "feasible"
    assert solution.cut_short
    assert not solution.interrupted
    assert len(solution.pairs) == 2
    assert_honest(rivals(3), solution, solve(rivals(3)))


def test_no_time_at_all_still_pairs_nobody_both_ways():
    """Either may mentor the other."""
    programme = {**WEEK, "eligibility": {"cross_function_gap": 0}}
    cohort = build(Spec(("a F 1", "b G 1"), ("a b", "b a"), programme=programme))
    assert len(solve(cohort, time_limit=0).pairs) == 1


def test_a_limit_before_any_pair():
    """Nobody has time in common, and there is none to say so."""
    cohort = build(Spec(("a F 1", "m G 3"), ("a m",), only("m"), programme=WEEK))
    with pytest.raises(LimitError, match="raise --time-limit") as caught:
        solve(cohort, time_limit=0)
    assert caught.value.exit_code == 3
    assert solve(cohort).status == "optimal"


def test_an_interrupt_before_any_pair():
    cohort = build(Spec(("a F 1", "m G 3"), ("a m",), only("m"), programme=WEEK))
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError, match="nothing was written") as caught:
        solve(cohort, stop=stop)
    assert caught.value.exit_code == 130


def test_a_limit_before_the_locks_are_scheduled(monkeypatch):
    """In turn, whoever comes first takes the hour that the other needs; CP-SAT would see to it, in time."""
    early, late = ("09:00", "09:45"), ("10:00", "10:45")
    first, second = "2027-03-01", "2027-03-08"
    free = (
        *only("a", (first, *early), (first, *late), (second, *early)),
        *only("b", (first, *early), (second, *early), (second, *late)),
    )
    programme = {
        "programme": {"start": first, "end": second},
        "sessions": {"month_rule": "none", "min_days_between": 7, "minimum": 2},
    }
    locks = (("a", "m", "locked"), ("b", "m", "locked"))
    for seed in range(4):
        spec = Spec(
            ("a F 1", "b F 1", "m G 3"), (), free, pairs=locks, programme={**programme, "goals": {"seed": seed}}
        )
        cohort = build(spec)
        assert len(solve(cohort).pairs) == 2
        with monkeypatch.context() as patch:
            patch.setattr("matcher.scheduling.run", lambda *_a, **_k: (cp_model.CpSolver(), cp_model.UNKNOWN))
            with pytest.raises(LimitError, match="before the locked pairs were scheduled"):
                solve(cohort, time_limit=0)


def worth(goal, value, cohort):
    """A goal's value as a number or tuple of which the larger is better."""
    if goal.name == "rank" and goal.kind == "min-cost":
        return -value
    if goal.name == "rank":
        profile = (*value, *(0,) * (99 - len(value)))
        return profile if goal.kind == "greedy" else tuple(-count for count in reversed(profile))
    down = goal.name == "sessions" and cohort.programme.sessions.number != "most"
    return -value if down else value


def assert_honest(cohort, solution, full):
    """No bound is beaten by what a full solve reaches, and what is called optimal is."""
    proven = True
    for goal, best in zip(solution.goals, full.goals, strict=True):
        assert goal.bound is None or proven or goal.name == "pairs"
        if goal.bound is not None:
            assert worth(goal, goal.bound, cohort) >= worth(goal, best.value, cohort), (goal, best)
            assert worth(goal, goal.bound, cohort) >= worth(goal, goal.value, cohort), goal
        assert (goal.status == "optimal") == (proven and goal.value == goal.bound)
        if proven:
            assert worth(goal, goal.value, cohort) <= worth(goal, best.value, cohort) or goal.name == "regularity"
        proven = proven and goal.status == "optimal"
    assert (solution.status == "optimal") == all(g.status == "optimal" for g in solution.goals[:-1])


def contested(count):
    """Cohorts in which hours decide, by seed."""
    return ((seed, contested_cohort(seed)) for seed in range(count))


def interrupted_at(cohort, line):
    """What `solve` gives when it is stopped as it tells its line number `line`; and how many it told."""
    stop, told = threading.Event(), []

    def progress(text):
        told.append(text)
        if len(told) > line:
            stop.set()

    try:
        return solve(cohort, stop=stop, progress=progress), len(told)
    except StoppedError:
        return None, len(told)


def test_stopped_at_any_moment(tmp_path):
    """Whatever was told last, the answer is valid, says that it was stopped, and its bounds hold."""
    feasible = 0
    for seed, cohort in [*((seed, random_cohort(seed)) for seed in range(8000, 8006)), *contested(7)]:
        full = solved(cohort)
        if full is None:
            continue
        for line in range(100):
            solution, told = interrupted_at(cohort, line)
            if told <= line:
                assert not solution.interrupted
                assert replace(solution, seconds={}) == full
                break
            if solution is not None:
                assert solution.interrupted
                assert solution.cut_short
                assert_honest(cohort, solution, full)
                if solution.status == "feasible":
                    write_run(cohort, solution, tmp_path / f"{seed}-{line}")  # which checks it
                    feasible += 1
    assert feasible >= 20


def nothing(_model):
    """CP-SAT has no time to find anything."""
    return cp_model.CpSolver(), cp_model.UNKNOWN


def anything(model):
    """CP-SAT has the time to find something, good or bad."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.cp_model_presolve = False
    solver.parameters.stop_after_first_solution = True
    model.clear_hints()
    return solver, solver.solve(model)


@pytest.mark.parametrize("late", [nothing, anything])
def test_out_of_time_inside_any_pairing(monkeypatch, late):
    """CP-SAT answers a few times and then hardly any more, while schedules are still made."""
    feasible = 0
    for _, cohort in contested(10):
        full = solved(cohort)
        for calls in range(3 if full else 0):
            left = itertools.count(calls, -1)

            def answer(model, clock, left=left):
                if next(left) > 0:
                    return cpsat.run(model, clock)
                solver, status = late(model)
                if status in (cp_model.UNKNOWN, cp_model.FEASIBLE):  # as `cpsat.run` does
                    clock.struck.set()
                return solver, status

            with monkeypatch.context() as patch:
                patch.setattr("matcher.pairing.run", answer)
                try:
                    solution = solve(cohort)
                except LimitError:
                    continue
            assert_honest(cohort, solution, full)
            feasible += solution.status == "feasible"
    assert feasible >= 3


def solved(cohort, **options):
    """The full solution without its clock times; None where the locks cannot be met."""
    try:
        return replace(solve(cohort, **options), seconds={})
    except InputError:
        return None


def test_stopped_before_it_began():
    cohort, stop = rivals(3), threading.Event()
    stop.set()
    solution = solve(cohort, stop=stop)
    assert solution.interrupted
    assert solution.status == "feasible"
    assert_honest(cohort, solution, solve(cohort))


def pigeons(count=13):
    """A model that CP-SAT takes long to refute: one more pigeon than holes, told apart by random sums."""
    model = cp_model.CpModel()
    rng = np.random.default_rng(1)
    literals = [model.new_bool_var("") for _ in range(70)]
    for _ in range(count):
        weights = rng.integers(10**5, 10**7, len(literals)).tolist()
        model.add(cp_model.LinearExpr.weighted_sum(literals, weights) == sum(weights) // 2 + 1)
    return model


def test_run_heeds_a_request_to_stop():
    stop = threading.Event()
    begin = time.monotonic()
    threading.Timer(0.2, stop.set).start()
    _, status = cpsat.run(pigeons(), Clock(stop=stop))
    assert status == cp_model.UNKNOWN
    assert 0.1 < time.monotonic() - begin < 5


def test_run_heeds_the_deadline():
    begin = time.monotonic()
    _, status = cpsat.run(pigeons(), Clock(begin + 0.2))
    assert status == cp_model.UNKNOWN
    assert time.monotonic() - begin < 5


def test_run_heeds_the_effort_the_same_way_every_time():
    """Deterministic work ends the search, not the clock."""
    done = []
    for _ in range(2):
        solver, status = cpsat.run(pigeons(), Clock(), effort=0.05)
        assert status == cp_model.UNKNOWN
        done.append((solver.num_branches, solver.num_conflicts))
    assert done[0] == done[1]


def test_the_clock():
    stop = threading.Event()
    clock = Clock(time.monotonic() + 60, stop)
    assert 59 < clock.left() <= 60
    assert not clock.over
    stop.set()
    assert clock.left() == 0
    assert clock.over
    assert Clock(time.monotonic() - 1).over
    assert not Clock().over


# --- the draw ------------------------------------------------------------------------------------------------


def test_the_seed_changes_nothing_but_ties():
    """Other seeds give other pairs in some cohorts, but the same goals in all."""
    changed = 0
    for seed in range(8100, 8130):
        cohort = random_cohort(seed)
        found = [solved(cohort, seed=draw) for draw in (0, 1, 2)]
        if found[0] is None:
            continue
        assert [solution.seed for solution in found] == [0, 1, 2]
        goals = [values(solution) for solution in found]
        for reached in goals:
            del reached["regularity"]
        assert goals[0] == goals[1] == goals[2]
        changed += len({tuple((p.mentee, p.mentor) for p in solution.pairs) for solution in found}) > 1
    assert changed >= 3


def test_the_seed_of_the_programme_is_the_default():
    cohort = rivals(4)
    for seed in range(4):
        goals = cohort.programme.goals.model_copy(update={"seed": seed})
        other = replace(cohort, programme=cohort.programme.model_copy(update={"goals": goals}))
        assert solved(other) == solved(cohort, seed=seed)


def test_nobody_loses_every_quarter():
    """Two equals want one place: with the same seed, each gets it in some quarter."""
    winners = []
    for quarter in range(12):
        start = dt.date(2027, 1, 4) + dt.timedelta(weeks=13 * quarter)
        programme = {**WEEK, "programme": {"start": start, "end": start + dt.timedelta(days=4)}}
        spec = Spec(("a F 1", "b F 1", "m G 3 1"), ("a m", "b m"), programme=programme)
        winners.append(solve(build(spec)).pairs[0].mentee)
    assert 2 <= sum(winners) <= 10


def test_others_do_not_change_who_comes_first():
    """The draw orders two people the same way whoever else is in the company."""
    names = [f"p{n}" for n in range(30)]
    spec = Spec(tuple(f"{name} F 1" for name in names), programme=WEEK)
    whole = draw_order(build(spec))
    half = draw_order(build(replace(spec, employees=spec.employees[::2])))
    ids = sorted(names)
    kept = [place for place, name in enumerate(ids) if name in names[::2]]
    assert np.argsort(whole[kept]).tolist() == np.argsort(half).tolist()
    assert sorted(whole.tolist()) == list(range(30))
    assert whole.tolist() != list(range(30))


def equally_good(cohort):
    """All pairings that are best in goals 1 to 6, by brute force."""
    options, ways = brute_force.eligible(cohort), brute_force.schedulable(cohort)
    scheduler = brute_force.Scheduler(cohort, ways, alone=False)
    reached = {}
    for pairing in brute_force.pairings(cohort, list(ways)):
        found = scheduler.best(pairing)
        if found is not None:
            ranks = [rank for pair in pairing if (rank := options[pair].rank) is not None]
            mentees = len({mentee for mentee, _ in pairing})
            rank = brute_force.rank_key(cohort.programme.goals.rank, ranks)
            reached[pairing] = (mentees, len(pairing), rank, found[0])
    top = max(reached.values())
    return [pairing for pairing, value in reached.items() if value == top]


@pytest.mark.parametrize("first", range(8200, 8260, 20))
def test_the_draw_is_blamed_exactly_where_it_decided(first):
    """`draw` where an equally good pairing serves the mentee, else another reason.

    Where regularity is not proven, pairings are compared by its bound, which brute force cannot tell.
    """
    codes = []
    for seed in range(first, first + 20):
        cohort = random_cohort(seed)
        solution = solved(cohort)
        contested = ("draw", "mentors_full", "schedule_conflict")
        lost = {m: e.code for m, e in solution.unmatched.items() if e.code in contested} if solution else {}
        if not lost or solution.goals[-1].status != "optimal":
            continue
        best = equally_good(cohort)
        assert tuple((pair.mentee, pair.mentor) for pair in solution.pairs) in best
        for mentee, code in lost.items():
            could = any(mentee == other for pairing in best for other, _ in pairing)
            assert (code == "draw") == could, f"seed {seed}"
            codes.append(code)
    assert codes.count("draw") >= 2
    assert codes.count("mentors_full") >= 2
    assert codes.count("schedule_conflict") >= 1


def test_all_who_lost_by_the_draw_are_told_so():
    """Four equals want one place; there is no pairing that serves more than one of the losers."""
    people = ("a F 1", "b F 1", "c F 1", "d F 1", "m G 3 1")
    solution = solve(build(Spec(people, ("a m", "b m", "c m", "d m"), programme=WEEK)))
    assert [explained.code for explained in solution.unmatched.values()] == ["draw"] * 3


# --- what the answer says ----------------------------------------------------------------------------------


def test_counts_of_the_search():
    """Three wishes of which one has no common time; one clash in one hour."""
    free = (*only("m", ONE_HOUR), *only("n", ("2027-03-02", "09:00", "10:00")), *only("a", ONE_HOUR))
    cohort = build(Spec(("a F 1", "b F 1", "m G 3", "n G 3"), ("a m", "a n", "b m"), free, programme=WEEK))
    solution = solve(cohort)
    assert list(solution.counts) == [
        *("candidate_pairs", "schedulable_pairs", "groups", "largest_group", "rounds", "cuts", "branches"),
        *("clusters", "largest_cluster", "groups_solved", "cpsat_solves"),
    ]
    assert (solution.counts["groups"], solution.counts["largest_group"]) == (1, 1)
    assert solution.counts["branches"] == 2
    assert solution.counts["clusters"] == solution.counts["largest_cluster"] == 0
    assert solution.counts["cpsat_solves"] >= 1
    assert solution.counts["candidate_pairs"] == 3
    assert solution.counts["schedulable_pairs"] == 2
    assert solution.counts["cuts"] == 1
    assert solution.counts["rounds"] >= 2
    assert solution.counts["groups_solved"] >= 1
    assert set(solution.seconds) == {"screening", "pairing", "regularity", "explaining"}
    assert not solution.cut_short
    assert not solution.interrupted


def test_progress_is_told_in_lines():
    lines = []
    solve(rivals(), progress=lines.append)
    assert len(lines) >= 4
    assert all(isinstance(line, str) and line and "\n" not in line for line in lines)


def test_nobody_to_pair():
    solution = solve(build(Spec(("a F 1",), ("a gone",), programme=WEEK)))
    assert solution.status == "optimal"
    assert solution.pairs == ()
    assert values(solution) == {"mentees": 0, "pairs": 0, "rank": (), "sessions": 0, "regularity": 0}
    assert all(goal.bound == goal.value for goal in solution.goals)
    assert [explained.code for explained in solution.unmatched.values()] == ["no_eligible_choice"]


@pytest.mark.parametrize("seed", range(6))
def test_a_mentee_keeps_his_only_mentor_though_others_may_have_two(seed):
    """As many pairs could be made with a left out; whoever comes first in the draw, three are served."""
    people = ("a F 1", "b F 1", "c F 1", *(f"{name} G 3 1" for name in "mnop"))
    choices = tuple((mentee, 1, mentor) for mentee, mentor in ("am", "an", "bm", "bo", "cn", "cp"))
    programme = {**WEEK, "capacity": {"mentors_per_mentee": 2}, "goals": {"seed": seed}}
    solution = solve(build(Spec(people, choices, programme=programme)))
    assert solution.status == "optimal"
    assert values(solution)["mentees"] == 3
    assert values(solution)["pairs"] == 4


# --- without explanations -------------------------------------------------------------------------------


def outline(solution):
    """The pairs with their numbers of sessions."""
    return [(pair.mentee, pair.mentor, pair.rank, pair.locked, len(pair.sessions)) for pair in solution.pairs]


@pytest.mark.parametrize("number", ["most", "fewest", 2])
def test_figures_are_the_same_without_explanations(number):
    """The same goals up to `preferred`, the same pairs; words and proofs are left out."""
    compared = 0
    usual, hard = (30, 12) if number == "most" else (few_or_all(14, 30), few_or_all(8, 12))
    for cohort in (*(random_cohort(8100 + seed) for seed in range(usual)), *map(contested_cohort, range(hard))):
        sessions = cohort.programme.sessions.model_copy(update={"number": number})
        wanted = replace(cohort, programme=cohort.programme.model_copy(update={"sessions": sessions}))
        full = solved(wanted)
        if full is None:
            continue
        bare = solve(wanted, explain=False)
        assert bare.status == full.status == "optimal"
        assert bare.goals[:-1] == full.goals[:-1]
        assert outline(bare) == outline(full)
        left_out = (bare.outcomes, bare.unmatched, bare.bottlenecks, bare.certificate, bare.standing)
        assert not any(left_out)
        compared += 1
    assert compared >= (usual + hard) // 2

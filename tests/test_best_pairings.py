"""The oracle of answers itself: against cases worked out by hand, and its short cuts against plain enumeration."""

from __future__ import annotations

import itertools
from collections import Counter
from functools import cache

import brute_force
import pytest
from answer_cases import CASES, company
from answer_cohorts import SCENES, named, seeded_spec
from best_pairings import MonthRule, Standing, Truth, read_plan, read_table
from cohorts import only

from matcher.programme import day_date
from matcher.runs import write_run
from matcher.solver import solve

DRAWN = range(900_000, 900_008)  # of each scene


def solved(cohort):
    """What the oracle says beside the answer of the engine."""
    return beside_the_answer(Truth(cohort))


def beside_the_answer(truth):
    plan = {(pair.mentee, pair.mentor): pair.sessions for pair in solve(truth.cohort).pairs}
    return Standing(truth, plan)


@cache
def truths(scene):
    """Seeds with the oracle of each, which no test changes."""
    drawn = [(seed, Truth(named(seeded_spec(scene, seed)))) for seed in DRAWN]
    return [(seed, truth) for seed, truth in drawn if truth.best is not None]


@cache
def standings(scene):
    """The oracle beside the answer of the engine, by seed."""
    return [(seed, beside_the_answer(truth)) for seed, truth in truths(scene)]


# --- by hand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_the_oracle_says_what_was_worked_out_by_hand(name):
    case = CASES[name]
    standing = solved(case.cohort)
    truth, people = standing.truth, case.cohort.employees
    listed = truth.standing_of_choices()
    assert {
        f"{mentee} {mentor}": word for (mentee, mentor), word in listed.items()
    }.items() >= case.choices.items()
    words = {" ".join(people.ids[p] for p in pair): truth.best.standing(pair) for pair in standing.plan}
    assert words.items() >= case.pairs.items()
    for mentee, cells in case.unmatched.items():
        who = standing.unmatched() if mentee == "*" else [people.ids.index(mentee)]
        named_mentors = [people.ids.index(name) for name in cells.get("contested_mentors", "").split("; ") if name]
        for person in who:
            assert person in standing.unmatched()
            assert standing.row_of(person, named_mentors).items() >= cells.items()
    rows = {row["mentor_id"]: row for row in standing.bottlenecks()}
    for mentor, cells in case.bottlenecks.items():
        assert rows[mentor].items() >= cells.items()


def test_rows_of_bottlenecks_stand_by_group():
    case = CASES["two bottlenecks, the larger shortage first"]
    assert [row["mentor_id"] for row in solved(case.cohort).bottlenecks()] == ["n", "m", "o"]


def test_a_mentor_without_possible_candidates_has_no_row():
    case = CASES["a mentor whom nobody can have stands in no row"]
    assert [row["mentor_id"] for row in solved(case.cohort).bottlenecks()] == ["m"]


def test_what_does_not_show_that_somebody_is_kept_out():
    """The others alone must fill every place, and all the mentee's mentors must be among those named."""
    contest = Truth(company("a F 1, b F 1, u F 1, m G 2 1, n G 2 2", "a m, b m, u m, u n")).contest
    a, m, n, u = 0, 2, 3, 4
    assert contest.shown_by(u, [m]) is None  # n is another way out
    assert contest.shown_by(u, [m, n]) is None  # which nobody takes
    assert contest.shown_by(a, [m]) == (1, 1)
    assert contest.shown_by(a, [m, n]) is None  # n has places left
    assert contest.smallest(a) == (1, 1)
    assert contest.smallest(u) is None


# --- by enumeration -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scene", SCENES)
def test_best_values_are_those_of_brute_force(scene):
    """And a pairing counts as scheduled exactly if brute force has a schedule for it."""
    tried = 0
    for seed, truth in truths(scene):
        ways = brute_force.schedulable(truth.cohort)
        if sum(map(len, ways.values())) > 200:
            continue  # the best schedules take minutes to find
        tried += 1
        values = brute_force.best(truth.cohort, ways).values
        assert truth.best.goals[:2] == (values["mentees"], values["pairs"]), seed
        profile = truth.best.profile
        if truth.kind == "min-cost":
            assert values["rank"] == sum(rank * count for rank, count in profile.items()), seed
        else:
            assert values["rank"] == tuple(profile[rank] for rank in range(1, max(profile, default=0) + 1)), seed
        scheduler = brute_force.Scheduler(truth.cohort, ways, alone=False)
        every = list(brute_force.pairings(truth.cohort, truth.possible))
        for pairing in every[:: len(every) // 50 + 1]:
            assert truth.timetable.holds(pairing) == (scheduler.best(pairing) is not None), (seed, pairing)
    assert tried >= 3


@pytest.mark.parametrize("scene", SCENES)
def test_places_on_alternating_paths_are_those_that_one_more_mentee_does_not_fill(scene):
    for seed, truth in truths(scene):
        contest = truth.contest
        mentees, mentors = contest.reached()
        assert {mentee for mentee in contest.wishes if contest.kept_out(mentee)} == mentees, seed
        assert {mentor for group in contest.groups for mentor in group.mentors} == mentors, seed
        assert {mentee for group in contest.groups for mentee in group.mentees} == mentees, seed
        assert all(group.shortage >= 1 for group in contest.groups), seed
        short = sum(group.shortage for group in contest.groups)
        assert short == len(contest.wishes) - len(contest.matching(contest.wishes)), seed
        for mentee in contest.wishes:
            assert (contest.smallest(mentee) is not None) == (mentee in mentees), seed


@pytest.mark.parametrize("scene", SCENES)
def test_a_largest_matching_is_the_largest(scene):
    for seed, truth in truths(scene):
        contest = truth.contest
        menus = [[None, *sorted(wishes)] for wishes in contest.wishes.values()]
        sizes = [
            sum(mentor is not None for mentor in chosen)
            for chosen in itertools.product(*menus)
            if all(count <= contest.places[m] for m, count in Counter(chosen).items() if m is not None)
        ]
        assert len(contest.matching(contest.wishes)) == max(sizes), seed


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene not in ("places", "corners")])
def test_sessions_outside_are_none_exactly_if_there_is_a_schedule(scene):
    found = Counter()
    for _, standing in standings(scene):
        for pair in further_pairs(standing):
            least = standing.outside(pair)
            assert (least == 0) == any(every_schedule(standing, pair)), pair
            found[least == 0] += 1
    assert found[True] >= 5
    assert found[False] >= 5


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene in ("hours", "roles", "rules", "limits")])
def test_sessions_outside_are_the_fewest_of_all_sets_of_dates(scene):
    found = Counter()
    for seed, standing in standings(scene):
        if standing.cohort.programme.sessions.min_days_between < 7:
            continue  # half a million sets of dates each
        for pair in further_pairs(standing):
            least = min((missing(standing, pair, days) for days in date_sets(standing.cohort, pair)), default=None)
            assert standing.outside(pair) == least, (seed, pair)
            found[least] += 1
    assert found[0] >= 5
    assert found[1] >= 3


@pytest.mark.parametrize("rule", ["rolling", "calendar", "both", "none"])
@pytest.mark.parametrize("months", [1, 2])
def test_the_month_rule_from_date_to_date(rule, months):
    """From 20 January to 3 April: 31 January to 28 February, and two or three whole months."""
    frame = {"start": "2027-01-20", "end": "2027-04-03"}
    limits = {"month_rule": rule, "max_months_between": months}
    cohort = company("a F 1, m G 2", "a m", programme=frame, sessions=limits)
    by_step, (first, last) = MonthRule(cohort), brute_force.programme_days(cohort)
    some = range(first, last + 1, 5)
    kept = Counter()
    for days in itertools.chain.from_iterable(itertools.combinations(some, size) for size in range(1, 5)):
        chain = zip((None, *days), days, strict=False)
        steps = all(by_step.may_follow(day, later) for day, later in chain) and by_step.may_end(days[-1])
        assert steps == brute_force.keeps_month_rule(cohort, [day_date(day) for day in days]), days
        kept[steps] += 1
    assert kept[True] >= 10
    assert rule == "none" or kept[False] >= 5


def further_pairs(standing):
    """Pairs that a run does not have, of mentees without a mentor first."""
    people = range(len(standing.cohort.employees))
    pairs = itertools.product([*standing.unmatched(), *standing.cohort.mentees.tolist()[:1]], people)
    return [pair for pair in pairs if pair[0] != pair[1] and pair not in standing.plan]


def every_schedule(standing, pair):
    """Schedules of a further pair that leave all sessions of a run where they are."""
    cohort, plan = standing.cohort, standing.plan
    slots = brute_force.common_sessions(cohort, pair, standing.truth.own)
    for schedule in brute_force.schedules(cohort, pair, slots):
        beside = [brute_force.sessions_of(person, plan) for person in pair]
        others = set(itertools.chain.from_iterable(beside))
        clear = not any(brute_force.too_close(cohort, a, b) for a in schedule for b in others)
        more = {**plan, pair: schedule}
        many = (brute_force.too_many(cohort, brute_force.sessions_of(person, more)) for person in pair)
        if clear and not brute_force.crowded(cohort, schedule) and not any(many):
            yield schedule


def date_sets(cohort, pair):
    """All sets of dates that keep the rules of one pair."""
    rules, (first, last) = cohort.programme.sessions, brute_force.programme_days(cohort)
    decision = cohort.decisions.get(pair)
    before = decision.last_session if decision else None
    dates = [day for day in range(first, last + 1) if before is None or day - before >= rules.min_days_between]
    most = (last - first) // rules.min_days_between + 1
    for size in range(rules.minimum, most + 1):
        for days in itertools.combinations(dates, size):
            apart = all(later - day >= rules.min_days_between for day, later in itertools.pairwise(days))
            if apart and brute_force.keeps_month_rule(cohort, [day_date(day) for day in days]):
                yield days


def missing(standing, pair, days):
    """On how many of these dates a session of a further pair has to lie outside the time of both."""
    cohort = standing.cohort
    by_day = {day: [] for day in days}
    for slot in brute_force.common_sessions(cohort, pair, standing.truth.own):
        if (day := standing.day(slot.start)) in by_day:
            by_day[day].append(slot)
    most = 0
    for chosen in itertools.product(*([None, *slots] for slots in by_day.values())):
        inside = [slot for slot in chosen if slot is not None]
        if len(inside) > most and may_be_added(standing, pair, inside):
            most = len(inside)
    return len(days) - most


def may_be_added(standing, pair, sessions):
    """Whether these sessions of a further pair keep the rules about all sessions of a person."""
    if brute_force.crowded(standing.cohort, sessions):
        return False
    for person in pair:
        others = standing.sessions.get(person, [])
        if brute_force.too_many(standing.cohort, [*others, *sessions]):
            return False
        if any(brute_force.too_close(standing.cohort, a, b) for a in sessions for b in others):
            return False
    return True


def test_a_late_session_and_an_early_one_on_the_next_day():
    """23:30 to 00:15 and midnight: with a second session in the morning both days serve, else only one."""
    night = (("2027-03-01", "23:30", "24:00"), ("2027-03-02", "00:00", "00:45"))
    sessions = {"minimum": 2, "min_days_between": 1}
    close = company("u F 1, m G 2", "u m", *only("m", *night), *only("u", *night), sessions=sessions)
    assert solved(close).outside((1, 0)) == 1
    morning = (*night, ("2027-03-02", "09:00", "09:45"))
    apart = company("u F 1, m G 2", "u m", *only("m", *morning), *only("u", *morning), sessions=sessions)
    assert Standing(Truth(apart), {}).outside((1, 0)) == 0


def test_a_run_is_read_as_it_was_written(tmp_path):
    cohort = CASES["two hours for two: each in every"].cohort
    solution = solve(cohort)
    write_run(cohort, solution, tmp_path / "run")
    assert read_plan(cohort, tmp_path / "run") == {(p.mentee, p.mentor): p.sessions for p in solution.pairs}
    assert [row["outcome"] for row in read_table(tmp_path / "run" / "choices.csv")] == ["paired", "paired"]

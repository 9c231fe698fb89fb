"""What rules and decisions cost: every figure against brute force on the cohort in which one thing is relaxed.

PRICES_EXAMPLES=50 draws so many cohorts of each scene instead of a few.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections import Counter
from dataclasses import replace

import brute_force
import pytest
from answer_cohorts import SCENES, seeded_spec
from best_pairings import ranks_text
from cohorts import Spec, build, choice_rows, only, person_row, write
from effort import few_or_all

from matcher import prices as module
from matcher.errors import InputError, LimitError, MatcherError, StoppedError
from matcher.io import parse_override, read_cohort
from matcher.model import Decision
from matcher.price_decisions import freed_choices, without_decision
from matcher.price_proofs import never_best, never_free
from matcher.price_rules import Step, steps
from matcher.prices import find_prices, questions
from matcher.programme import Programme, day_number
from matcher.solver import solve

SEEDS = range(int(os.environ.get("PRICES_EXAMPLES", few_or_all(4, 6))))
FRAME = {"start": dt.date(2027, 3, 1), "end": dt.date(2027, 3, 19)}
HOUR = ("2027-03-01", "09:00", "10:00")
SPLIT = "09:00-12:00, 14:00-17:00"


def read(spec, folder):
    return read_cohort(write(spec, folder / "cohort"))


def priced(cohort, solution=None, **options):
    """Every price by what it is and, for decisions, the pair's ids."""
    found = find_prices(cohort, solution or solve(cohort), **options)
    ids = cohort.employees.ids
    return {(price.what, *(ids[person] for person in price.pair or ())): price for price in found}


def figures(price):
    return price.mentees, price.pairs, price.ranks, price.sessions


# --- which rules, from what to what -------------------------------------------------------------------------


def rows(**sections):
    """Key, value and relaxed value of each rule of a programme, the usual ones left out."""
    programme = Programme.model_validate({"programme": FRAME, **sections})
    usual = set(steps(Programme.model_validate({"programme": FRAME})))
    return [tuple(step) for step in steps(programme) if step not in usual]


def test_the_usual_rules_in_their_order():
    assert [tuple(step) for step in steps(Programme.model_validate({"programme": FRAME}))] == [
        ("eligibility.same_function_gap", "2", "1"),
        ("eligibility.cross_function_gap", "1", "0"),
        ("capacity.mentees_per_mentor", "2", "3"),
        ("sessions.min_days_between", "14", "7"),
        ("sessions.month_rule", "both", "none"),
        ("sessions.minutes", "45", "30"),
        ("calendar.working_hours", "09:00-18:00", "09:00-19:00"),
    ]


@pytest.mark.parametrize(
    ("section", "key", "value", "expected"),
    [
        ("eligibility", "same_function_gap", 0, None),
        ("eligibility", "cross_function_gap", 0, None),
        ("eligibility", "line_manager_may_mentor", False, ("false", "true")),
        ("eligibility", "past_pairs_may_repeat", False, ("false", "true")),
        ("capacity", "mentees_per_mentor", 1000, None),
        ("sessions", "min_days_between", 7, ("7", "3")),
        ("sessions", "min_days_between", 2, ("2", "1")),
        ("sessions", "min_days_between", 1, None),
        ("sessions", "month_rule", "rolling", ("rolling", "none")),
        ("sessions", "month_rule", "none", None),
        ("sessions", "minimum", 3, ("3", "2")),
        ("sessions", "minutes", 20, ("20", "15")),
        ("sessions", "minutes", 31, ("31", "16")),
        ("sessions", "minutes", 15, None),
        ("sessions", "minutes", 10, None),
        ("sessions", "minutes", [30, 60], ("[60, 30]", "[60, 15]")),
        ("sessions", "minutes", [60, 15], None),
        ("sessions", "max_per_day", 2, ("2", "0")),
        ("sessions", "max_per_week", 1, ("1", "0")),
        ("sessions", "pause_minutes", 5, ("5", "0")),
        ("calendar", "working_hours", "14:00-17:00,9:00-12:00", (SPLIT, "09:00-12:00, 14:00-18:00")),
        ("calendar", "working_hours", "09:00-23:30", ("09:00-23:30", "09:00-24:00")),
        ("calendar", "working_hours", "09:00-24:00", None),
        ("calendar", "lunch", "12:00-13:00", ("12:00-13:00", "")),
    ],
)  # fmt: skip
def test_each_rule_is_relaxed_by_one_step(section, key, value, expected):
    programme = Programme.model_validate({"programme": FRAME, section: {key: value}})
    found = {step.key: step[1:] for step in steps(programme)}
    assert found.get(f"{section}.{key}") == expected


def test_values_are_what_set_takes():
    """Both values of every rule, typed after `--set key=`, give the programme as it is and the relaxed one."""
    settings = {
        "eligibility": {"line_manager_may_mentor": False, "past_pairs_may_repeat": False},
        "sessions": {"minutes": [60, 45], "minimum": 2, "max_per_day": 1, "max_per_week": 2, "pause_minutes": 5},
        "calendar": {"working_hours": "09:00-12:00, 13:00-18:00", "lunch": "11:00-11:30"},
    }
    programme = Programme.model_validate({"programme": FRAME, **settings})
    found = steps(programme)
    assert len(found) == 14
    for step in found:
        for text, same in ((step.now, True), (step.relaxed, False)):
            key, value = parse_override(f"{step.key}={text}")
            section, name = key.split(".")
            changed = {**settings, section: {**settings.get(section, {}), name: value}}
            assert (Programme.model_validate({"programme": FRAME, **changed}) == programme) == same, step


# --- against brute force ------------------------------------------------------------------------------------


def relaxed_spec(spec, what, text):
    section, name = what.split(".")
    _, value = parse_override(f"{what}={text}")
    changed = {**spec.programme, section: {**spec.programme.get(section, {}), name: value}}
    return build(replace(spec, programme=changed))


def undecided(spec, pair, what):
    """The cohort that the files would give without rows of one status about a pair; the last session stays."""
    rest = tuple(row for row in spec.pairs if (*row[:2], row[2]) != (*pair, what))
    cohort = build(replace(spec, pairs=rest))
    index = {name: person for person, name in enumerate(cohort.employees.ids)}
    dates = [row[3] for row in spec.pairs if row[:2] == pair and row[3:] and row[3]]
    if dates:
        key = tuple(index[name] for name in pair)
        last = max(day_number(dt.date.fromisoformat(date)) for date in dates)
        decision = replace(cohort.decisions.get(key, Decision(None)), last_session=last)
        cohort = replace(cohort, decisions={**cohort.decisions, key: decision})
    return cohort


def truth(cohort):
    """Mentees, pairs, ranks and sessions of the optimum; None if the locks cannot be met."""
    best = brute_force.best(cohort)
    if best is None:
        return None
    options = brute_force.eligible(cohort)
    ranks = Counter(options[pair].rank for pair in best.pairs if options[pair].rank is not None)
    return len({pair[0] for pair in best.pairs}), len(best.pairs), ranks, sum(map(len, best.pairs.values()))


def drawn_spec(scene, seed):
    """A cohort of a scene, in which one choice more may be forbidden, and rules are stricter."""
    spec = seeded_spec(scene, seed)
    decided = {tuple(row[:2]) for row in spec.pairs}
    people = {person_row(employee)["employee_id"] for employee in spec.employees}
    listed = [(mentee, mentor) for mentee, _, mentor in choice_rows(spec.choices)]
    free = [pair for pair in listed if pair not in decided and pair[1] in people and pair[0] != pair[1]]
    if seed % 2 == 0 and free:
        spec = replace(spec, pairs=(*spec.pairs, (*free[seed % len(free)], "forbidden", "")))
    stricter = STRICTER[seed % len(STRICTER)]
    sections = {**spec.programme, **stricter}
    programme = {name: {**spec.programme.get(name, {}), **stricter.get(name, {})} for name in sections}
    return replace(spec, programme=programme)


STRICTER = (
    {},
    {"capacity": {"mentees_per_mentor": 1}},
    {"sessions": {"minimum": 2}},
    {"eligibility": {"cross_function_gap": 3}},
    {"sessions": {"pause_minutes": 30, "max_per_day": 1}},
    {"calendar": {"working_hours": "10:00-11:00", "lunch": "09:15-09:45"}},
)
SEEN = Counter()


@pytest.mark.parametrize("scene", SCENES)
def test_prices_are_those_of_brute_force(scene, tmp_path):
    """Mentees, pairs, ranks; and sessions where their number is what goal 4 tells."""
    for seed in SEEDS:
        spec = drawn_spec(scene, seed)
        cohort = read(spec, tmp_path / f"{seed}")
        before = truth(cohort)
        if before is None:
            continue
        kind, counted = cohort.programme.goals.rank, isinstance(cohort.programme.sessions.number, str)
        found = priced(cohort)
        assert len(found) == len(questions(cohort))
        for (what, *pair), price in found.items():
            changed = undecided(spec, tuple(pair), what) if pair else relaxed_spec(spec, what, price.relaxed)
            after = truth(changed)
            expected = (
                after[0] - before[0],
                after[1] - before[1],
                ranks_text(kind, before[2], after[2]),
                after[3] - before[3] if counted else price.sessions,
            )
            assert (price.mentees, price.pairs, str(price.ranks), price.sessions) == expected, (seed, what, pair)
            assert price.status == "optimal"
            SEEN["drawn"] += 1
            SEEN[what] += any(expected)
            SEEN["mentees"] += expected[0] != 0
            SEEN["ranks alone"] += not expected[0] and not expected[1] and bool(expected[2])
            SEEN["sessions alone"] += not any(expected[:3]) and expected[3] != 0


def test_what_was_drawn_costs_something():
    """Else the test above would prove little."""
    if SEEN["drawn"] < 200:
        pytest.skip("only with all scenes before")
    keys = {
        "locked", "forbidden", "eligibility.cross_function_gap", "capacity.mentees_per_mentor", "sessions.minimum",
        "sessions.min_days_between", "mentees", "ranks alone", "sessions alone",
    }  # fmt: skip
    assert not [key for key in sorted(keys) if SEEN[key] < 2], SEEN


# --- by hand ------------------------------------------------------------------------------------------------


def small(choices, pairs=(), employees=("a F 1", "b F 1", "m G 3 1", "n G 3 1"), **sections):
    """People who have one hour, a session long enough for one pair."""
    hours = tuple(row for employee in employees for row in only(employee.split()[0], HOUR))
    frame = {key: str(day) for key, day in FRAME.items()}
    programme = {"programme": frame, "sessions": {"month_rule": "none"}, **sections}
    return Spec(employees, choices, hours, pairs=pairs, programme=programme)


def test_a_lock_that_was_no_choice_cannot_be_made_without_it(tmp_path):
    """And a mentee by his lock alone is none any more."""
    cohort = read(small(("b m",), (("a", "n", "locked"),)), tmp_path)
    assert figures(priced(cohort)["locked", "a", "n"]) == (-1, -1, "", -1)


def test_a_lock_on_another_mentees_only_place(tmp_path):
    """Ann is locked to Max, whom Bob wants as well; she could have had Nina at the same rank."""
    choices = (("a", 1, "m"), ("a", 1, "n"), ("b", 1, "m"))
    cohort = read(small(choices, (("a", "m", "locked"),)), tmp_path)
    assert figures(priced(cohort)["locked", "a", "m"]) == (1, 1, "1:+1", 1)


def test_a_prohibition_of_a_first_choice(tmp_path):
    choices = (("a", 1, "m"), ("a", 2, "n"))
    cohort = read(small(choices, (("a", "m", "forbidden"),)), tmp_path)
    assert figures(priced(cohort)["forbidden", "a", "m"]) == (0, 0, "1:+1 2:-1", 0)


def test_the_sum_of_ranks_is_a_number(tmp_path):
    choices = (("a", 1, "m"), ("a", 4, "n"))
    spec = small(choices, (("a", "m", "forbidden"),), goals={"rank": "min-cost"})
    assert figures(priced(read(spec, tmp_path))["forbidden", "a", "m"]) == (0, 0, -3, 0)


@pytest.mark.parametrize("status", ["refused", "past"])
def test_what_other_rows_say_counts_again(tmp_path, status):
    """A pair that is forbidden and refused, or past where past pairs may not repeat, stays apart."""
    pairs = (("a", "m", "forbidden"), ("a", "m", status))
    spec = small(("a m",), pairs, eligibility={"past_pairs_may_repeat": False})
    assert figures(priced(read(spec, tmp_path))["forbidden", "a", "m"]) == (0, 0, "", 0)


def test_the_last_session_stays(tmp_path):
    """The two met four days before their only hour: without the lock they still cannot meet then."""
    pairs = (("a", "m", "forbidden", "2027-02-25"), ("b", "n", "locked", "2027-01-25"))
    spec = small(("a m", "b n"), pairs)
    found = priced(read(spec, tmp_path))
    assert figures(found["forbidden", "a", "m"]) == (0, 0, "", 0)
    assert figures(found["locked", "b", "n"]) == (0, 0, "", 0)


def test_nothing_is_solved_for_what_changes_nothing(tmp_path, monkeypatch):
    """Ann never asked for Max, and Bob's manager may not mentor him: to forbid it costs nothing."""
    employees = ("a F 1", "b F 1", "m F 2 1", "n G 3 1")
    cohort = read(small(("a n", "b m"), (("a", "m", "forbidden"), ("b", "m", "forbidden")), employees), tmp_path)
    solution = solve(cohort)
    monkeypatch.setattr(module, "steps", lambda _programme: ())
    monkeypatch.setattr(module, "solve", None)
    assert [figures(price) for price in find_prices(cohort, solution)] == [(0, 0, "", 0)] * 2


@pytest.mark.parametrize("scene", SCENES)
def test_what_is_not_solved_costs_nothing(scene):
    """Each choice is forbidden alone; where a proof says that this changes nothing, it does not."""
    for seed in SEEDS:
        spec = seeded_spec(scene, seed)
        decided = {tuple(row[:2]) for row in spec.pairs}
        for mentee, _, mentor in choice_rows(spec.choices):
            if (mentee, mentor) in decided:
                continue
            cohort = build(replace(spec, pairs=(*spec.pairs, (mentee, mentor, "forbidden", ""))))
            asked = freed_choices(cohort)
            for name, shown in proofs(cohort, asked).items():
                CLAIMS[name] += len(shown)
                CLAIMS[f"not {name}"] += len(asked) - len(shown)
                for pair in shown:
                    assert truth(without_decision(cohort, pair)) == truth(cohort), (seed, mentee, mentor, name)


@pytest.mark.parametrize(("seed", "mentee", "mentor"), [(4, "a2", "k1"), (256, "k1", "m0"), (464, "k0", "m0")])
def test_a_pair_the_other_way_round_counts_in_a_proof(seed, mentee, mentor):
    """Who is somebody's mentee here could be his mentor in another pairing: bounds must not leave that out."""
    spec = seeded_spec("roles", seed)
    cohort = build(replace(spec, pairs=(*spec.pairs, (mentee, mentor, "forbidden", ""))))
    solution = solve(cohort)
    assert "reverse_pair" in {outcome.code for outcome in solution.outcomes}
    pair = cohort.employees.ids.index(mentee), cohort.employees.ids.index(mentor)
    assert truth(without_decision(cohort, pair)) != truth(cohort)
    assert pair in freed_choices(cohort)
    assert pair not in never_best(cohort, solution, freed_choices(cohort))


def proofs(cohort, asked):
    try:
        solution = solve(cohort)
    except InputError:
        return {}
    proven = never_best(cohort, solution, asked)
    if solution.certificate["conflicts"]:
        CLAIMS["split"] += len(proven)
    return {"never best": proven, "never free": never_free(cohort, asked)}


def test_every_case_of_a_proof_has_to_show_it():
    """Ann's pair would be one more. A case that leaves out both others has room for it below what the run has."""
    employees = tuple(f"{name} F 1" for name in "abc") + tuple(f"{name} G 3 1" for name in "mno")
    cohort = build(small(("a m", "b n", "c o"), (("a", "m", "forbidden"),), employees))
    solution, pair = solve(cohort), (0, 3)
    assert freed_choices(cohort) == {pair: 1}
    assert never_best(cohort, solution, {pair: 1}) == frozenset()
    conflicts = [{"pairs": [["b", "n"], ["c", "o"]]}, {"pairs": [["c", "o"]]}, {"pairs": [["b", "n"]]}]
    without_b, without_c = {"conflict": 2, "cases": [{}]}, {"conflict": 1, "cases": [{}]}
    for proof, shown in (
        ({"conflict": 2, "cases": [without_c]}, {pair}),
        ({"conflict": 0, "cases": [without_c, {}]}, set()),
        ({"conflict": 0, "cases": [{}, without_b]}, set()),
    ):
        split = {**solution.certificate, "places": {}, "conflicts": conflicts, "proof": proof}
        assert never_best(cohort, replace(solution, certificate=split), {pair: 1}) == shown


def test_some_prohibitions_need_not_be_solved():
    """Else the test above would prove little."""
    if sum(CLAIMS.values()) < 100:
        pytest.skip("only with all scenes before")
    wanted = {"never best": 10, "not never best": 10, "never free": 10, "not never free": 10, "split": 2}
    assert not [name for name, least in wanted.items() if CLAIMS[name] < least], CLAIMS


CLAIMS = Counter()


def test_rows_stand_by_mentee_and_mentor(tmp_path):
    pairs = (("b", "n", "forbidden"), ("a", "n", "locked"), ("a", "m", "forbidden"), ("b", "m", "refused"))
    cohort = read(small(("a m", "b n"), pairs), tmp_path)
    assert [question.told(cohort) for question in questions(cohort)][-3:] == [
        "forbidden a with m",
        "locked a with n",
        "forbidden b with n",
    ]


# --- how it runs --------------------------------------------------------------------------------------------


@pytest.fixture
def rivals(tmp_path):
    return read(small(("a m", "b m"), (("a", "n", "forbidden"),)), tmp_path)


def test_workers_change_nothing(tmp_path):
    for scene in ("clash", "limits"):
        cohort = read(seeded_spec(scene, 3), tmp_path / scene)
        solution = solve(cohort)
        assert find_prices(cohort, solution) == find_prices(cohort, solution, workers=3)


def test_progress_names_each(rivals):
    told = []
    find_prices(rivals, solve(rivals), progress=told.append)
    count = len(questions(rivals))
    assert told[0] == f"price 1 of {count}: eligibility.same_function_gap"
    assert told[-1] == f"price {count} of {count}: forbidden a with n"
    assert len(told) == count


@pytest.mark.parametrize("raises", [True, False])
def test_stopped_it_gives_what_it_has(rivals, monkeypatch, raises):
    """Whether the solver in progress has an answer or none: it is not the optimum."""
    stop, solution = threading.Event(), solve(rivals)
    full, calls = find_prices(rivals, solution), []

    def slow(cohort, **options):
        calls.append(cohort)
        if len(calls) == 3:
            stop.set()
            if raises:
                raise StoppedError("stopped")
        return solve(cohort, **options)

    monkeypatch.setattr(module, "solve", slow)
    assert find_prices(rivals, solution, stop=stop) == full[:2]
    assert find_prices(rivals, solution, stop=stop) == ()


@pytest.mark.parametrize(
    ("error", "status"), [(LimitError("too early"), "no_solution"), (InputError([]), "impossible")]
)
def test_without_an_answer_the_rest_goes_on(rivals, monkeypatch, error, status):
    solution, calls = solve(rivals), []
    full = find_prices(rivals, solution)

    def fail(cohort, **options):
        calls.append(cohort)
        if len(calls) == 2:
            raise error
        return solve(cohort, **options)

    monkeypatch.setattr(module, "solve", fail)
    found = find_prices(rivals, solution)
    assert figures(found[1]) == (None,) * 4
    assert found[1].status == status
    assert (found[:1], found[2:]) == (full[:1], full[2:])


def test_a_setting_that_cannot_be_read_is_impossible(rivals, monkeypatch):
    solution = solve(rivals)
    monkeypatch.setattr(module, "steps", lambda _: [Step("sessions.minimum", "1", "9")])
    assert find_prices(rivals, solution)[0].status == "impossible"


def test_changed_files_are_refused(tmp_path):
    cohort = read(small(("a m", "b m")), tmp_path)
    solution = solve(cohort)
    with (tmp_path / "cohort" / "preferences.csv").open("a") as file:
        file.write("b,2,n\n")
    with pytest.raises(MatcherError, match="its files have changed since they were read"):
        find_prices(cohort, solution)


def test_what_is_read_with_set_is_relaxed_on_top(tmp_path):
    """A run with keys set keeps them in every price: in one hour nobody has sessions of 75 minutes."""
    spec = small(("a m", "b m"))
    cohort = read_cohort(write(spec, tmp_path / "cohort"), {"sessions.minutes": 75, "goals.seed": 7})
    solution = replace(solve(read_cohort(tmp_path / "cohort")), pairs=())  # so that the run need not have pairs
    found = priced(cohort, solution)
    assert (found["sessions.minutes",].now, found["sessions.minutes",].relaxed) == ("75", "60")
    assert figures(found["sessions.minutes",]) == (1, 1, "1:+1", 1)
    assert figures(found["capacity.mentees_per_mentor",]) == (0, 0, "", 0)

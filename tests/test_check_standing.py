"""The standing of pairs: by places against all best pairings, and what a run may say beyond that."""

import itertools
import random

import brute_force
import certificates
import pytest
from cohorts import Spec, build
from conflicts import contested_cohort

from matcher.check_components import strong_components
from matcher.check_exchange import standing_by_places
from matcher.check_files import Table
from matcher.check_standing import Standing, check_standing

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}


def roomy_cohort(seed):
    """Only places are short: everybody has all week; some mentees may have two mentors, some pairs are locked."""
    chance = random.Random(seed)
    mentees, mentors = "abcde"[: chance.randint(2, 5)], "wxyz"[: chance.randint(2, 4)]
    choices = []
    for mentee in mentees:
        listed = chance.sample(mentors, chance.randint(1, min(3, len(mentors))))
        choices += [(mentee, chance.choice((1, 1, 2, 3)), mentor) for mentor in listed]
    capacity = {mentor: chance.choice((1, 1, 2)) for mentor in mentors}
    locks = {chance.choice(choices)[::2]} if chance.random() < 0.4 else set()
    if chance.random() < 0.3:
        locks |= {(mentees[0], mentors[0])}
    most = chance.choice((1, 1, 2))
    if len(locks) == 2 and (most == 1 or min(capacity.values()) == 1):
        locks = set()
    return build(
        Spec(
            employees=(*(f"{m} F 1" for m in mentees), *(f"{m} F 3 {capacity[m]}" for m in mentors)),
            choices=tuple(choices),
            pairs=tuple((*lock, "locked") for lock in sorted(locks)),
            programme={
                "programme": WEEK,
                "capacity": {"mentors_per_mentee": most},
                "sessions": {"month_rule": "none", "minutes": 15},
                "calendar": {"working_hours": "09:00-18:00"},
                "goals": {"rank": chance.choice(("generous", "greedy", "min-cost"))},
            },
        )
    )


def all_best(cohort, places):
    """Every pairing by places that is as good as the best."""
    kind, listed = cohort.programme.goals.rank, list(places.ranks.values())
    ranked = {}
    for pairing in brute_force.pairings(cohort, list(places.ranks)):
        total = certificates.plus(
            places.zero, *(certificates.worth(kind, listed, places.ranks[pair]) for pair in pairing)
        )
        value = (len({mentee for mentee, _ in pairing}), *total[1:])
        ranked.setdefault(value, []).append(set(pairing))
    return ranked[max(ranked)], max(ranked)


@pytest.mark.parametrize("seed", range(150))
def test_standing_by_places_is_that_of_all_best_pairings(seed):
    cohort = roomy_cohort(seed)
    options = brute_force.eligible(cohort)
    places = certificates.Places(cohort, {pair: option.rank or 0 for pair, option in options.items()})
    best, value = all_best(cohort, places)
    assert value == places.value()
    found = certificates.hold(cohort, dict.fromkeys(places.pairing(), ()))
    relaxation, candidates = found.case.relaxation, found.case.candidates
    assert set(candidates.place) == set(options)
    expected = [
        ("none", "some", "every")[any(pair in one for one in best) + all(pair in one for one in best)]
        for pair in candidates.place
    ]
    relaxation.set_prices(places.prices())
    assert relaxation.bound() == value
    for pairing in (set(places.pairing()), *best[:5]):
        most = cohort.programme.capacity.mentors_per_mentee
        assert standing_by_places(candidates, relaxation, pairing, most) == expected


def test_two_of_three_mentors_who_are_all_the_same():
    cohort = build(
        Spec(
            employees=("a F 1", "x F 3", "y F 3", "z F 3"),
            choices=(("a", 1, "x"), ("a", 1, "y"), ("a", 1, "z")),
            programme={
                "programme": WEEK,
                "capacity": {"mentors_per_mentee": 2},
                "sessions": {"month_rule": "none"},
            },
        )
    )
    found = certificates.hold(cohort, {(0, 1): (), (0, 2): ()})
    assert standing_by_places(found.case.candidates, found.case.relaxation, found.pairs, 2) == ["some"] * 3


def test_a_pair_that_is_no_candidate_leaves_nothing_to_say():
    cohort = build(
        Spec(
            employees=("a F 1", "b F 1", "x F 3", "y F 3"),
            choices=("a x", "a y"),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
        )
    )
    found = certificates.hold(cohort, {(0, 2): ()})
    candidates, relaxation = found.case.candidates, found.case.relaxation
    assert standing_by_places(candidates, relaxation, {(0, 2)}, 1) is not None
    assert standing_by_places(candidates, relaxation, {(0, 2), (1, 3)}, 1) is None
    assert standing_by_places(candidates, relaxation, {(1, 3)}, 1) is None


def test_the_draw_holds_every_kind():
    seen, kinds = set(), set()
    for seed in range(150):
        cohort = roomy_cohort(seed)
        options = brute_force.eligible(cohort)
        places = certificates.Places(cohort, {pair: option.rank or 0 for pair, option in options.items()})
        best, _ = all_best(cohort, places)
        seen |= {any(p in b for b in best) + all(p in b for b in best) for p in options}
        kinds.add((cohort.programme.goals.rank, cohort.programme.capacity.mentors_per_mentee, bool(cohort.locks)))
    assert seen == {0, 1, 2}
    assert len(kinds) == 12


def test_pairs_that_keep_no_places_are_for_others_to_report():
    cohort = roomy_cohort(0)
    options = brute_force.eligible(cohort)
    found = certificates.hold(cohort, {})
    candidates, relaxation = found.case.candidates, found.case.relaxation
    assert standing_by_places(candidates, relaxation, set(options), 1) is None
    assert standing_by_places(candidates, relaxation, {(0, 0)}, 1) is None


@pytest.mark.parametrize("seed", range(40))
def test_components_are_mutually_reachable(seed):
    chance = random.Random(seed)
    count = chance.randint(1, 9)
    arcs = [[chance.randrange(count) for _ in range(chance.randint(0, 2))] for _ in range(count)]
    reach = [{node} for node in range(count)]
    for _ in range(count):
        for node, others in enumerate(arcs):
            for other in others:
                reach[node] |= reach[other]
    component = strong_components(arcs)
    for one, other in itertools.product(range(count), repeat=2):
        assert (component[one] == component[other]) == (one in reach[other] and other in reach[one])


def test_a_long_chain_does_not_end_the_stack():
    assert len(set(strong_components([[n + 1] for n in range(50_000)] + [[0]]))) == 1


# --- the columns ----------------------------------------------------------------------------------------------


def columns(cohort, choice_cells, pair_cells, known="places", *, cut_short=False):
    """Check two columns given as {'mentee mentor': standing}; what is wrong, and what rests on the solver."""
    options = brute_force.eligible(cohort)
    places = certificates.Places(cohort, {pair: option.rank or 0 for pair, option in options.items()})
    found = certificates.hold(cohort, dict.fromkeys(places.pairing(), ()))
    case = found.case
    case.relaxation.set_prices(places.prices())
    by_places = known and standing_by_places(case.candidates, case.relaxation, found.pairs, 1)
    standing = Standing(case.candidates, by_places, found.pairs, may_lack=cut_short)
    violations = []
    tables = []
    for file, cells in (("choices.csv", choice_cells), ("pairs.csv", pair_cells)):
        table = Table(file, violations, {"mentee_id": 0, "mentor_id": 1, "standing": 2})
        table.records = [(*pair.split(), cell, "") for pair, cell in cells.items()]
        table.lines = list(range(2, 2 + len(cells)))
        tables.append(table)
    lines = dict(zip(range(len(found.outcomes.roster.choices)), tables[0].lines, strict=True))
    check_standing(tables[0], lines, tables[1], found.outcomes, standing)
    return [str(violation) for violation in violations], standing.rests


def small(**changes):
    """Anna and Bob want Xenia, who has one place, equally; Cy has Yves to himself; Dan lists somebody too low."""
    return build(
        Spec(
            employees=("a F 1", "b F 1", "c F 1", "d F 1", "e F 2", "x F 3 1", "y F 3 1"),
            choices=(("a", 1, "x"), ("b", 1, "x"), ("c", 1, "y"), ("d", 1, "e")),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
            **changes,
        )
    )


TRUE = {"a x": "some", "b x": "some", "c y": "every", "d e": "none"}
PAIRED = {"a x": "some", "c y": "every"}


def paired():
    options = brute_force.eligible(small())
    places = certificates.Places(small(), {pair: option.rank or 0 for pair, option in options.items()})
    ids = small().employees.ids
    return {f"{ids[a]} {ids[b]}" for a, b in places.pairing()}


def test_the_true_columns():
    assert paired() == {"a x", "c y"}
    assert columns(small(), TRUE, PAIRED) == ([], 0)


@pytest.mark.parametrize(
    ("choices", "pairs", "message"),
    [
        ({"c y": "some"}, {"c y": "some"}, "choices.csv, line 4, standing: 'some' must be every, as the prices"),
        ({"c y": ""}, {"c y": ""}, "choices.csv, line 4, standing: '' must be every, as the prices"),
        ({"d e": "some"}, {}, "choices.csv, line 5, standing: 'some' must be none: rules or calendars"),
        ({"d e": ""}, {}, "choices.csv, line 5, standing: '' must be none: rules or calendars"),
        ({"a x": "none"}, {"a x": "none"}, "choices.csv, line 2, standing: 'none', but the two are paired"),
        ({"b x": "every"}, {}, "choices.csv, line 3, standing: 'every', but the two are not paired"),
        ({"b x": "maybe"}, {}, "choices.csv, line 3, standing: 'maybe' must be every, some or none"),
        ({}, {"a x": "every"}, "pairs.csv, line 2, standing: 'every' must be 'some', as in choices.csv"),
        ({}, {"a x": ""}, "pairs.csv, line 2, standing: '' must be 'some', as in choices.csv"),
    ],
)
def test_flipped_standings_are_named(choices, pairs, message):
    violations, _ = columns(small(), TRUE | choices, PAIRED | pairs)
    assert len(violations) == 1
    assert message in violations[0]


def test_what_only_schedules_can_make_true_is_counted():
    assert columns(small(), TRUE | {"b x": "none"}, PAIRED) == ([], 1)
    assert columns(small(), TRUE | {"a x": "every", "b x": "none"}, PAIRED | {"a x": "every"}) == ([], 2)


def test_a_search_that_was_cut_short_may_know_nothing():
    blank = dict.fromkeys(TRUE, "") | {"d e": "none"}
    assert columns(small(), blank, dict.fromkeys(PAIRED, ""), cut_short=True)[0] == []
    assert len(columns(small(), blank, dict.fromkeys(PAIRED, ""))[0]) == 1


def test_without_prices_only_what_contradicts_itself_is_named():
    assert columns(small(), TRUE | {"c y": "some"}, PAIRED | {"c y": "some"}, None) == ([], 3)
    assert len(columns(small(), TRUE | {"b x": "every"}, PAIRED, None)[0]) == 1


def test_a_lock_is_in_every_pairing():
    cohort = small(pairs=(("a", "x", "locked"), ("d", "e", "locked")))
    locked = {"a x": "every", "b x": "none", "c y": "every", "d e": "every"}
    paired_too = {"a x": "every", "c y": "every", "d e": "every"}
    assert columns(cohort, locked, paired_too) == ([], 0)
    violations, _ = columns(cohort, locked | {"a x": ""}, paired_too | {"a x": ""})
    assert violations == ["choices.csv, line 2, standing: '' must be every: the pair is locked"]


@pytest.mark.parametrize("seed", range(15))
def test_best_pairings_with_schedules_are_among_those_by_places(seed):
    cohort = contested_cohort(seed)
    prover = certificates.Prover(cohort)
    if prover.best is None or prover.root.value() != prover.value():
        return
    found = certificates.hold(cohort, prover.best.pairs)
    found.case.relaxation.set_prices(prover.root.prices())
    most = cohort.programme.capacity.mentors_per_mentee
    standing = standing_by_places(found.case.candidates, found.case.relaxation, found.pairs, most)
    assert all((word != "none") for pair, word in zip(prover.ranks, standing, strict=True) if pair in found.pairs)

"""The certificate: every true one is accepted, and nothing that is changed in one goes unseen."""

import copy
import json
from functools import cache

import certificates
import numpy as np
import pytest
from cohorts import Spec, build, only
from conflicts import contested_cohort, limited_spec

from matcher import check_certificate as check_certificate_module
from matcher.check_candidates import Candidates, Scale, is_positive
from matcher.check_certificate import check_certificate
from matcher.check_exchange import standing_by_places
from matcher.check_files import Table, read_object
from matcher.check_relaxation import Relaxation

GOALS = ("mentees", "pairs", "rank")
DAY = ("2027-03-01", "09:00", "09:45")
OTHER_DAY = ("2027-03-02", "09:00", "09:45")
FRAME = {"start": "2027-03-01", "end": "2027-03-05"}
SESSIONS = {"month_rule": "none", "min_days_between": 7}


@cache
def proven(seed, draw=contested_cohort):
    """A cohort, its certificate and the run that it speaks of; None where the locks cannot be met."""
    cohort = draw(seed)
    prover = certificates.Prover(cohort)
    if prover.best is None:
        return None
    return cohort, prover.certificate(), certificates.hold(cohort, prover.best.pairs)


def limited(seed):
    return build(limited_spec(seed))


def verdict(found, certificate, summary=None):
    violations = []
    verified = check_certificate(Table("certificate.json", violations), certificate, found.case, summary)
    return verified, [str(violation) for violation in violations]


@pytest.mark.parametrize("draw", [contested_cohort, limited])
@pytest.mark.parametrize("seed", range(20))
def test_every_true_certificate_is_accepted(seed, draw):
    drawn = proven(seed, draw)
    if drawn is None:
        return
    cohort, certificate, found = drawn
    verified, violations = verdict(found, certificate)
    assert violations == []
    assert (verified.exact is not None) == (not certificate["conflicts"])
    if not cohort.programme.sessions.max_per_week:
        assert verified.goals == GOALS
        assert verified.complete


def test_the_draw_of_cohorts_holds_conflicts_and_prices():
    drawn = [proven(seed)[1] for seed in range(20) if proven(seed)]
    assert sum(bool(certificate["conflicts"]) for certificate in drawn) >= 3
    assert sum(bool(certificate["places"]) for certificate in drawn) >= 5
    assert {certificate["kind"] for certificate in drawn} == {"generous", "greedy", "min-cost"}


@pytest.mark.parametrize("seed", range(12))
def test_no_number_of_a_true_certificate_can_be_lowered_or_raised(seed):
    drawn = proven(seed)
    if drawn is None:
        return
    _, certificate, found = drawn
    for key in ("value", "bound"):
        for part in range(len(certificate[key])):
            for step in (-1, 1):
                forged = copy.deepcopy(certificate)
                forged[key][part] += step
                assert verdict(found, forged)[1], (key, part, step)


@pytest.mark.parametrize("seed", range(12))
def test_a_changed_price_changes_the_bound_or_proves_the_same(seed):
    """Whatever the prices: the bound that is accepted is never below what the run is worth."""
    drawn = proven(seed)
    if drawn is None:
        return
    _, certificate, found = drawn
    for mentor, price in certificate["places"].items():
        for part in range(len(price)):
            forged = copy.deepcopy(certificate)
            forged["places"][mentor][part] += 1
            found.case.relaxation.set_prices(
                {found.cohort.employees.ids.index(m): tuple(p) for m, p in forged["places"].items()}
            )
            assert found.case.relaxation.bound() >= found.case.value
            if not certificate["conflicts"]:
                accepted = not verdict(found, forged)[1]
                assert accepted == (list(found.case.relaxation.bound()) == certificate["bound"])


# --- a company in which one hour is wanted twice --------------------------------------------------------------


def clash(*, lock=(), days_of_x=(DAY,), choices=None, **sections):
    """Anna and Bob list Xenia, who has two places and one hour; Bob also lists Yves, at rank 2."""
    return build(
        Spec(
            employees=("a F 1", "b F 1", "c F 1", "x F 3 2", "y F 3 1", "z F 3 0"),
            choices=choices or (("a", 1, "x"), ("b", 1, "x"), ("b", 2, "y"), ("c", 1, "z")),
            availability=(
                *(row for person in "abcy" for row in only(person, DAY, OTHER_DAY)),
                *only("x", *days_of_x),
            ),
            pairs=tuple((*pair, "locked") for pair in lock),
            programme={"programme": FRAME, "sessions": SESSIONS, **sections},
        )
    )


def clashing(**changes):
    cohort = clash(**changes)
    prover = certificates.Prover(cohort)
    return prover.certificate(), certificates.hold(cohort, prover.best.pairs)


def test_the_clash_is_proven_by_two_cases():
    certificate, found = clashing()
    assert certificate["conflicts"] == [{"pairs": [["a", "x"], ["b", "x"]], "reason": "no_schedule"}]
    assert certificate["value"] == certificate["bound"] == [2, 2, -1]
    assert verdict(found, certificate) == (verdict(found, certificate)[0], [])
    assert verdict(found, certificate)[0].goals == GOALS


def test_the_case_of_a_locked_pair_is_null():
    certificate, found = clashing(lock=[("a", "x")])
    assert certificate["proof"]["cases"][0] is None
    assert verdict(found, certificate)[1] == []


def test_a_case_of_a_lock_may_be_proven_all_the_same():
    certificate, found = clashing(lock=[("a", "x")])
    certificate["proof"]["cases"][0] = {}
    assert verdict(found, certificate)[1] == []


def forge(*path, value=None, drop=False):
    def change(certificate):
        place = certificate
        for step in path[:-1]:
            place = place[step]
        if drop:
            del place[path[-1]]
        else:
            place[path[-1]] = value

    return change


INVENTED = {"pairs": [["a", "x"], ["b", "y"]], "reason": "no_schedule"}
FORGERIES = [
    (forge("kind", value="greedy"), "kind: 'greedy' must be 'generous'"),
    (forge("kind", value=None), "kind: None must be 'generous'"),
    (forge("goals", 2, value="rank 1"), "goals: ['mentees', 'pairs', 'rank 1'] must be"),
    (forge("goals", value={}), "goals: an object must be"),
    (forge("value", 0, value=3), "value: [3, 2, -1] must be [2, 2, -1]"),
    (forge("value", 0, value=True), "value: a list must be 3 whole numbers"),
    (forge("value", value=[2, 2]), "value: [2, 2] must be 3 whole numbers"),
    (forge("value", value="2"), "value: '2' must be 3 whole numbers"),
    (forge("bound", 2, value=-2), "bound: [2, 2, -2] must be [2, 2, -1]: the proof gives that"),
    (forge("bound", 2, value=0), "bound: [2, 2, 0] must be [2, 2, -1]: the proof gives that"),
    (forge("bound", 0, value=2.0), "bound: a list must be 3 whole numbers"),
    (forge("bound", 0, value=1 << 41), "bound: [2199023255552, 2, -1] must be 3 whole numbers"),
    (forge("bound", drop=True), "certificate.json: 'bound' is missing"),
    (forge("more", value=1), "certificate.json: 'more' is no key of this file"),
    (forge("places", value={"x": [1, 0, 0]}), "bound: [2, 2, -1] must be"),
    (forge("places", value={"x": [0, -1, 0]}), "places, 'x': a place may not be worth less than nothing"),
    (forge("places", value={"x": [0, 0, -1]}), "places, 'x': a place may not be worth less than nothing"),
    (forge("places", value={"x": [0, 0]}), "places, 'x': [0, 0] must be 3 whole numbers"),
    (forge("places", value={"x": None}), "places, 'x': None must be 3 whole numbers"),
    (forge("places", value={"q": [0, 0, 0]}), "places, 'q': is no mentor of a possible pair"),
    (forge("places", value={"z": [0, 0, 1]}), "places, 'z': is no mentor of a possible pair"),
    (forge("places", value={"a": [0, 0, 1]}), "places, 'a': is no mentor of a possible pair"),
    (forge("places", value=[]), "places: [] must be an object"),
    (forge("proof", "cases", 0, drop=True), "proof: conflict 0 has 2 pairs and needs a case for each"),
    (forge("proof", "cases", value={}), "proof: conflict 0 has 2 pairs and needs a case for each"),
    (forge("proof", "cases", 0, value=None), "proof, 0: the case without a and x is missing, and they are not"),
    (forge("proof", "cases", 1, value=7), "proof, 1: 7 must be an object"),
    (forge("proof", "cases", 1, value={"place": {}}), "proof, 1: has unknown keys: 'place'"),
    (forge("proof", "cases", 1, value={"places": {"x": [0, -1, 0]}}), "proof, 1, places, 'x': a place may not"),
    (forge("proof", "cases", 1, value={"places": {"x": [0, 0, 5]}}), "bound: [2, 2, -1] must be [2, 2, 4]"),
    (forge("proof", value={}), "bound: [2, 2, -1] must be [2, 2, 0]"),
    (forge("proof", value=None), "proof: None must be an object"),
    (forge("proof", "conflict", value=1), "proof: there is no conflict 1"),
    (forge("proof", "conflict", value=-1), "proof: there is no conflict -1"),
    (forge("proof", "conflict", value=False), "proof: there is no conflict False"),
    (forge("proof", "places", value={}), "proof: 'places' is no key of this file"),
    (forge("conflicts", value=None), "conflicts: None must be a list"),
    (forge("conflicts", 0, value=[]), "conflicts, 0: [] must be an object"),
    (forge("conflicts", 0, "reason", value="told"), "conflicts, 0: reason 'told' must be two_directions or"),
    (forge("conflicts", 0, "reason", value="two_directions"), "conflicts, 0: a and x; b and x: these are not two"),
    (forge("conflicts", 0, "pairs", value=[]), "conflicts, 0: must name possible pairs"),
    (forge("conflicts", 0, "pairs", 0, value=["q", "x"]), "conflicts, 0: must name possible pairs"),
    (forge("conflicts", 0, "pairs", 0, value=["c", "z"]), "conflicts, 0: must name possible pairs"),
    (forge("conflicts", 0, "pairs", 0, value=["a"]), "conflicts, 0: must name possible pairs"),
    (forge("conflicts", 0, "pairs", 0, value=[["a"], "x"]), "conflicts, 0: must name possible pairs"),
    (forge("conflicts", 0, "pairs", 0, value=["b", "x"]), "conflicts, 0: names a pair twice"),
    (forge("conflicts", 0, value=INVENTED), "conflicts, 0: a and x; b and y: all of these can be scheduled"),
    (forge("conflicts", 0, "pairs", value=[["a", "x"]]), "proof: conflict 0 has 1 pairs and needs a case"),
    (forge("conflicts", 0, "page", value=3), "conflicts, 0: 'page' is no key of this file"),
]


@pytest.mark.parametrize(("change", "message"), FORGERIES, ids=range(len(FORGERIES)))
def test_forgeries_are_named(change, message):
    certificate, found = clashing()
    change(certificate)
    verified, violations = verdict(found, certificate)
    assert any(message in violation for violation in violations), violations
    assert verified.goals == ()


def test_a_conflict_that_is_not_used_must_be_true_as_well():
    certificate, found = clashing()
    certificate["conflicts"].append(INVENTED)
    assert "can be scheduled together" in "".join(verdict(found, certificate)[1])


def test_a_conflict_of_pairs_that_have_two_days_is_false():
    certificate, _ = clashing()
    cohort = clash(days_of_x=(DAY, OTHER_DAY))
    found = certificates.hold(cohort, certificates.Prover(cohort).best.pairs)
    assert "can be scheduled together" in "".join(verdict(found, certificate)[1])


def test_a_certificate_of_another_cohort_proves_nothing():
    """A candidate that the solver does not know of raises the bound."""
    certificate, _ = clashing(choices=(("a", 1, "x"), ("b", 1, "x")))
    choices = (("a", 1, "x"), ("b", 1, "x"), ("c", 1, "y"))
    cohort = clash(choices=choices)
    found = certificates.hold(cohort, {})
    violations = "".join(verdict(found, certificate)[1])
    assert "must be [2, 2]" in violations


def test_two_directions():
    cohort = build(
        Spec(
            employees=("a F 1", "b F 1"),
            choices=("a b", "b a"),
            programme={
                "programme": FRAME,
                "sessions": SESSIONS,
                "eligibility": {"same_function_gap": 0},
            },
            availability=(*only("a", DAY), *only("b", DAY)),
        )
    )
    prover = certificates.Prover(cohort)
    certificate = prover.certificate()
    assert certificate["conflicts"] == [{"pairs": [["a", "b"], ["b", "a"]], "reason": "two_directions"}]
    found = certificates.hold(cohort, prover.best.pairs)
    verified, violations = verdict(found, certificate)
    assert (verified.goals, violations) == (GOALS, [])


def test_a_limit_for_weeks_leaves_a_conflict_to_the_solver():
    """Two mentees, one mentor with a session a week: mentees and pairs are certified only as far as places go."""
    cohort = clash(days_of_x=(DAY, OTHER_DAY), sessions=SESSIONS | {"max_per_week": 1})
    prover = certificates.Prover(cohort)
    found = certificates.hold(cohort, prover.best.pairs)
    certificate = prover.certificate()
    verified, violations = verdict(found, certificate)
    assert violations == []
    assert certificate["value"] == certificate["bound"] == [2, 2, -1]
    assert verified.goals == ("mentees", "pairs")
    assert not verified.complete


def test_a_bound_that_is_not_reached_certifies_the_goals_before_it():
    certificate, found = clashing()
    certificate["places"], certificate["proof"], certificate["bound"] = {}, {}, [2, 2, 0]
    verified, violations = verdict(found, certificate)
    assert (verified.goals, violations, verified.exact) == (("mentees", "pairs"), [], None)


def test_prices_of_the_only_case_count_like_the_general_ones():
    certificate, found = clashing(days_of_x=(DAY, OTHER_DAY), choices=(("a", 1, "y"), ("b", 1, "y")))
    assert certificate["value"] == [1, 1]
    assert verdict(found, certificate)[0].exact is not None
    certificate["proof"] = {"places": certificate["places"]}
    certificate["places"] = {"y": [5, 5]}
    verified, violations = verdict(found, certificate)
    assert (verified.goals, violations) == (GOALS, [])
    assert verified.exact.prices.T.tolist() == [[1, 1]]


def test_nobody_wants_anybody():
    cohort = build(Spec(employees=("a F 1", "b F 1"), choices=("a b",), programme={"programme": FRAME}))
    found = certificates.hold(cohort, {})
    certificate = {"kind": "generous", "goals": ["mentees", "pairs"], "value": [0, 0], "bound": [0, 0]}
    certificate |= {"conflicts": [], "places": {}, "proof": {}}
    verified, violations = verdict(found, certificate)
    assert (verified.goals, violations) == (GOALS, [])
    assert standing_by_places(found.case.candidates, verified.exact, {}, 1) == []


def test_a_proof_that_takes_too_much_is_not_followed(monkeypatch):
    certificate, found = clashing()
    monkeypatch.setattr(check_certificate_module, "WORK", 1)
    verified, violations = verdict(found, certificate)
    assert (verified.goals, violations) == ((), [])


# --- the summary ----------------------------------------------------------------------------------------------


def summary(mentees=2, pairs=2, rank=(1, 1), status="optimal"):
    values = {"mentees": mentees, "pairs": pairs, "rank": list(rank)}
    return {"goals": [{"name": name, "bound": bound, "status": status} for name, bound in values.items()]}


def test_a_summary_that_agrees():
    certificate, found = clashing()
    assert verdict(found, certificate, summary())[1] == []
    assert verdict(found, certificate, summary(3, status="feasible"))[1] == []


@pytest.mark.parametrize("stated", [summary(3), summary(2, 3), summary(rank=(2,))])
def test_a_summary_that_calls_more_optimal_than_there_is(stated):
    certificate, found = clashing()
    (violation,) = verdict(found, certificate, stated)[1]
    assert "goals that summary.json calls optimal have bounds" in violation


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"goals": 3},
        {"goals": [3]},
        {"goals": [{"status": "optimal", "name": []}]},
        summary(None),
        summary("2"),
    ],
)
def test_a_damaged_summary_is_for_others_to_report(damaged):
    certificate, found = clashing()
    assert verdict(found, certificate, damaged)[1] == []


# --- hostile files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [150, 400, 10_000])
def test_a_deep_proof_never_raises(tmp_path, depth):
    certificate, found = clashing()
    certificate["conflicts"] = [{"pairs": [["a", "x"]], "reason": "no_schedule"}]
    for proof in (certificates.nested({}, depth), certificates.nested(None, depth)):
        certificate["proof"] = proof
        assert verdict(found, certificate)[1]
    text = '{"proof": ' + '{"conflict": 0, "cases": [' * depth + "{}" + "]}" * depth + "}"
    (tmp_path / "certificate.json").write_text(text)
    violations = []
    read_object(tmp_path, "certificate.json", violations)
    assert violations or depth < 10_000


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"a": NaN}', '{"a": ' + "9" * 5000 + "}", "[" * 99_999])
def test_json_that_means_nothing_certain(tmp_path, text):
    (tmp_path / "certificate.json").write_text(text)
    violations = []
    assert read_object(tmp_path, "certificate.json", violations) is None
    assert "is not JSON" in str(violations[0])


def test_a_wide_proof_ends():
    certificate, found = clashing()
    certificate["proof"] = {"conflict": 0, "cases": [{"conflict": 0, "cases": [{}, {}]} for _ in range(2)]}
    for _ in range(14):
        certificate["proof"] = {"conflict": 0, "cases": [certificate["proof"]] * 2}
    assert "has more than 10000 cases" in "".join(verdict(found, certificate)[1])


@pytest.mark.parametrize("value", [None, True, 1.5, -1, "x", [], {}, [None], [10**30], {"a": []}, [[]], [{}]])
def test_any_value_anywhere_never_raises(value):
    certificate, found = clashing()
    text = json.dumps(certificate)
    for key in certificate:
        assert verdict(found, {**json.loads(text), key: value}) is not None
    for path in (("conflicts", 0), ("conflicts", 0, "pairs"), ("conflicts", 0, "pairs", 0), ("proof", "cases")):
        forged = json.loads(text)
        forge(*path, value=value)(forged)
        assert verdict(found, forged)[1]


# --- the relaxation in bulk -----------------------------------------------------------------------------------


def random_candidates(chance, mentees, mentors, each):
    pairs = sorted({(i, mentees + int(j)) for i in range(mentees) for j in chance.integers(0, mentors, each)})
    columns = np.array(pairs).T
    rank, locked = chance.integers(1, 6, len(pairs)), np.zeros(len(pairs), dtype=bool)
    return Candidates(columns[0], columns[1], rank, locked)


def plain_bound(candidates, worth, capacity, most, prices, without):  # noqa: PLR0917
    """The bound as the formats describe it, mentee by mentee."""
    zero = (0,) * len(worth)
    total = zero
    for mentor, price in prices.items():
        total = certificates.plus(total, *[price] * int(capacity[mentor])) if capacity[mentor] else total
    for mentee in sorted(set(candidates.mentee.tolist())):
        own = [at for at in range(len(candidates)) if candidates.mentee[at] == mentee and at not in without]
        gain = {
            at: certificates.plus(
                tuple(worth[:, at].tolist()),
                certificates.minus(prices.get(int(candidates.mentor[at]), zero)),
            )
            for at in own
        }
        best = None
        for bits in range(1 << len(own)):
            some = [at for place, at in enumerate(own) if bits >> place & 1]
            if {at for at in own if candidates.locked[at]} <= set(some) and len(some) <= most:
                got = certificates.plus(zero, *(gain[at] for at in some), ((1 if some else 0), *zero[1:]))
                best = got if best is None or got > best else best
        total = certificates.plus(total, best)
    return total


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("kind", ["generous", "greedy", "min-cost"])
def test_the_bound_is_the_one_that_the_formats_describe(seed, kind):
    chance = np.random.default_rng(seed)
    most = 1 + seed % 3
    candidates = random_candidates(chance, 5, 4, 4)
    for mentee in range(seed % 4):
        candidates.locked[np.flatnonzero(candidates.mentee == mentee)[: 1 + seed % most]] = True
    scale = Scale(kind, candidates.rank.tolist())
    capacity = chance.integers(1, 3, 9)
    worth = scale.worth(candidates.rank)
    relaxation = Relaxation(candidates, worth, capacity, most)

    def draw_prices():
        drawn = chance.integers(-1, 2, (len(scale), 9))
        drawn[0] = chance.integers(0, 2, 9)
        good = is_positive(drawn)
        return {m: tuple(drawn[:, m].tolist()) for m in set(candidates.mentor.tolist()) if good[m]}

    top = draw_prices()
    relaxation.set_prices(top)
    assert relaxation.bound() == plain_bound(candidates, worth, capacity, most, top, set())
    for _ in range(4):
        own = draw_prices()
        free = np.flatnonzero(~candidates.locked)
        without = set(chance.choice(free, min(2, len(free)), replace=False).tolist())
        expected = plain_bound(candidates, worth, capacity, most, top | own, without)
        assert relaxation.bound_with(own, without)[0] == expected


def test_numbers_beyond_32_bits_add_up_exactly():
    candidates = random_candidates(np.random.default_rng(0), 50, 20, 4)
    scale = Scale("generous", candidates.rank.tolist())
    capacity = np.full(70, 1000)
    relaxation = Relaxation(candidates, scale.worth(candidates.rank), capacity, 1)
    prices = {mentor: (1 << 40,) * len(scale) for mentor in set(candidates.mentor.tolist())}
    relaxation.set_prices(prices)
    assert relaxation.bound() == (1000 * len(prices) << 40,) * len(scale)


def test_a_case_looks_only_at_what_differs():
    """Of 15,000 mentees with five choices each."""
    candidates = random_candidates(np.random.default_rng(1), 15_000, 5_000, 5)
    scale = Scale("generous", [*candidates.rank.tolist(), *range(1, 10)])
    relaxation = Relaxation(candidates, scale.worth(candidates.rank), np.full(20_000, 2), 1)
    for case in range(50):
        assert 0 < relaxation.bound_with({}, {case, case + 1})[1] <= 10

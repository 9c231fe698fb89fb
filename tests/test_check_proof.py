"""Pairings by places, certificates and publications: what is read as what."""

import hashlib
import json
import os

import certificates
import pytest
from cohorts import Spec, build

from matcher import check_proof
from matcher.check_exchange import standing_by_places
from matcher.check_files import Table
from matcher.check_proof import Reader
from matcher.check_publication import check_publication

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}


# --- the pairing by places ------------------------------------------------------------------------------------


def standing(choices, pairs, *, mentors=("x F 3 1", "y F 3 1", "z F 3 2"), most=1, locks=(), prices=None):
    """The standing of every candidate at prices {mentor: price}; None if the pairs are no pairing."""
    cohort = build(
        Spec(
            employees=("a F 1", "b F 1", "c F 1", *mentors),
            choices=choices,
            pairs=tuple((*lock.split(), "locked") for lock in locks),
            programme={
                "programme": WEEK,
                "capacity": {"mentors_per_mentee": most},
                "sessions": {"month_rule": "none"},
            },
        )
    )
    ids = cohort.employees.ids
    case = certificates.hold(cohort, {}).case
    case.relaxation.set_prices({ids.index(mentor): price for mentor, price in (prices or {}).items()})
    pairs = {tuple(map(ids.index, pair.split())) for pair in pairs}
    found = standing_by_places(case.candidates, case.relaxation, pairs, most)
    if found is None:
        return None
    names = (" ".join(ids[person] for person in pair) for pair in case.candidates.place)
    return dict(zip(names, found, strict=True))


EQUAL = (("a", 1, "x"), ("a", 1, "y"), ("b", 1, "x"), ("b", 1, "z"), ("c", 1, "z"))


def test_pairs_beyond_places_are_no_pairing():
    assert standing(EQUAL, ["a x", "b z", "c z"]) is not None
    assert standing(EQUAL, ["a x", "b x"]) is None  # one place
    assert standing(EQUAL, ["a x", "a y"]) is None  # one mentor
    assert standing(EQUAL, ["a x", "a y"], most=2) is not None
    assert standing(EQUAL, ["a x", "b z"], locks=["a y"]) is None  # the lock is missing
    assert standing(EQUAL, ["a y", "b z"], locks=["a y"]) is not None


def test_who_could_as_well_be_left_out_takes_no_second_mentor():
    """At these prices nobody gains anything, but nobody is there to take a place that is left."""
    choices = (("a", 1, "x"), ("a", 1, "y"), ("b", 1, "y"))
    found = standing(choices, ["a x", "b y"], prices={"x": (1, 1), "y": (1, 1)})
    assert found == {"a x": "every", "a y": "none", "b y": "every"}
    rival = (*choices, ("c", 1, "y"))
    found = standing(rival, ["a x", "b y"], prices={"x": (1, 1), "y": (1, 1)})
    assert found == {"a x": "every", "a y": "none", "b y": "some", "c y": "some"}


@pytest.mark.parametrize("locks", [(), ("a w",), ("b z",), ("a w", "b z")])
def test_who_has_as_many_mentors_as_he_may_takes_no_further_one(locks):
    """a and b have two each; a would also take y, whom b could as well do without."""
    choices = (("a", 1, "w"), ("a", 1, "x"), ("a", 1, "y"), ("b", 1, "y"), ("b", 1, "z"))
    pairs = ["a w", "a x", "b y", "b z"]
    mentors = tuple(f"{mentor} F 3 1" for mentor in "wxyz")
    found = standing(choices, pairs, most=2, mentors=mentors, locks=locks, prices=dict.fromkeys("wxyz", (0, 1)))
    assert found == dict.fromkeys(pairs, "every") | {"a y": "none"}


def test_who_has_a_lock_chooses_among_the_others():
    choices = (("a", 1, "x"), ("a", 1, "y"), ("a", 1, "z"))
    found = standing(choices, ["a x", "a y"], most=2, locks=["a x"])
    assert found == {"a x": "every", "a y": "some", "a z": "some"}
    found = standing(choices, ["a x", "a y", "a z"], most=3, locks=["a x"])
    assert found == {"a x": "every", "a y": "every", "a z": "every"}
    found = standing(choices, ["a x", "a y"], most=2, locks=["a x", "a y"])
    assert found == {"a x": "every", "a y": "every", "a z": "none"}


def test_the_last_mentor_of_several_is_the_one_that_may_change():
    choices = (("a", 1, "x"), ("a", 2, "y"), ("a", 2, "z"))
    found = standing(choices, ["a x", "a y"], most=2)
    assert found == {"a x": "every", "a y": "some", "a z": "some"}
    mentors = tuple(f"{mentor} F 3 1" for mentor in "vwxyz")
    choices = (("a", 1, "v"), ("a", 2, "w"), ("a", 3, "x"), ("a", 3, "y"), ("a", 4, "z"))
    found = standing(choices, ["a v", "a w", "a x"], most=3, mentors=mentors)
    assert found == {"a v": "every", "a w": "every", "a x": "some", "a y": "some", "a z": "none"}
    found = standing(choices, ["a v", "a w", "a x"], most=3, mentors=mentors, locks=["a v"])
    assert found == {"a v": "every", "a w": "every", "a x": "some", "a y": "some", "a z": "none"}


def test_a_mentor_who_costs_all_that_he_brings_does_not_change_the_choice_among_others():
    choices = (("a", 1, "x"), ("a", 1, "y"), ("a", 1, "z"), ("b", 1, "x"))
    found = standing(choices, ["a y", "b x"], prices={"x": (1, 1)})
    assert found == {"a x": "none", "a y": "some", "a z": "some", "b x": "every"}


def test_pairs_of_a_cohort_in_which_nobody_can_be_paired_are_no_pairing():
    assert standing((), ["a x"]) is None
    assert standing((), []) == {}


# --- certificates ---------------------------------------------------------------------------------------------


def reader():
    cohort = build(
        Spec(
            employees=("a F 1", "b F 1", "x F 3 2"),
            choices=("a x", "b x"),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
        )
    )
    case, violations = certificates.hold(cohort, {}).case, []
    return Reader(Table("certificate.json", violations), case.roster, case.candidates, case.scale), violations


def faults(**changes):
    """What is wrong with a certificate that is right but for these changes."""
    read, violations = reader()
    right = {"kind": "generous", "goals": ["mentees", "pairs"], "value": [2, 2], "bound": [2, 2]}
    right |= {"conflicts": [{"pairs": [["a", "x"]], "reason": "no_schedule"}], "places": {}, "proof": {}}
    assert (read.read(right | changes) is None) == bool(violations)
    return [str(violation) for violation in violations]


def test_a_certificate_may_be_right():
    assert faults() == []


@pytest.mark.parametrize("depth", range(9))
def test_five_cases_within_each_other_are_told_apart(depth):
    (fault,) = faults(proof=certificates.nested(7, depth))
    where = ", ".join(["proof", *["0"] * min(depth, 5)])
    assert fault == f"certificate.json, {where}: 7 must be an object"


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([1] * 20, str([1] * 20)),
        ([1] * 21, "a list"),
        (["mentees", 3], "['mentees', 3]"),
        ([[]], "a list"),
        ([None], "a list"),
        ([True], "a list"),
        ({}, "an object"),
        (["x" * 76], str(["x" * 76])),
        (["x" * 77], "['" + "x" * 77 + "'..."),
        (1 << 40, str(1 << 40)),
        (-(1 << 40), str(-(1 << 40))),
        ((1 << 40) + 1, "a very large number"),
        (-(1 << 40) - 1, "a very large number"),
    ],
)
def test_values_are_told_in_a_few_letters(found, told):
    (fault,) = faults(goals=found)
    assert fault == f"certificate.json, goals: {told} must be ['mentees', 'pairs']"


LESS = "a place may not be worth less than nothing"


def binary(leaves):
    """A proof with so many ends, by halves."""
    if leaves == 1:
        return {}
    return {"conflict": 0, "cases": [binary(leaves // 2), binary(leaves - leaves // 2)]}


BOTH = [{"pairs": [["a", "x"], ["b", "x"]], "reason": "no_schedule"}]

TOO_MANY = "certificate.json, proof: has more than {} cases, or more than 200 within each other"


def test_cases_are_followed_to_a_depth_of_two_hundred():
    assert faults(proof=certificates.nested({}, 200)) == []
    assert faults(proof=certificates.nested({}, 201)) == [TOO_MANY.format(10_000)]


def test_ten_thousand_ends_are_followed(monkeypatch):
    assert faults(conflicts=BOTH, proof=binary(10_000)) == []
    assert faults(conflicts=BOTH, proof=binary(10_001)) == [TOO_MANY.format(10_000)]
    monkeypatch.setattr(check_proof, "LEAVES", 3)
    for first in (0, 1):
        cases = [{}, binary(2)] if first else [binary(2), {}]
        assert faults(conflicts=BOTH, proof={"conflict": 0, "cases": cases}) == []
        cases[first] = binary(3)
        assert faults(conflicts=BOTH, proof={"conflict": 0, "cases": cases}) == [TOO_MANY.format(3)]


def test_the_largest_numbers_of_a_certificate():
    most, words = 1 << 40, "whole numbers up to 1099511627776, one for each goal"
    assert faults(value=[most, -most], bound=[0, 0]) == []
    for vector in ([0, most + 1], [-most - 1, 0]):
        assert faults(value=vector) == [f"certificate.json, value: {vector} must be 2 {words}"]
    assert faults(bound=[0, 0, 0]) == [f"certificate.json, bound: [0, 0, 0] must be 2 {words}"]
    assert faults(bound=[0]) == [f"certificate.json, bound: [0] must be 2 {words}"]
    assert faults(bound=(0, 0)) == [f"certificate.json, bound: (0, 0) must be 2 {words}"]


def test_what_a_certificate_is_read_as():
    read, violations = reader()
    found = read.read(
        {
            "kind": "generous",
            "goals": ["mentees", "pairs"],
            "value": [2, 2],
            "bound": [3, 2],
            "conflicts": BOTH,
            "places": {"x": [0, 1]},
            "proof": {"conflict": 0, "cases": [{"places": {"x": [1, 0]}}, {"conflict": 0, "cases": [{}, {}]}]},
        }
    )
    assert violations == []
    assert (found.value, found.bound, found.prices) == ((2, 2), (3, 2), {2: (0, 1)})
    assert [(one.pairs, one.places, one.reason) for one in found.conflicts] == [
        (((0, 2), (1, 2)), (0, 1), "no_schedule")
    ]
    top = (0, frozenset())
    below = (top, (0, frozenset({1})))
    ends = {(leaf.without, tuple(leaf.prices.items()), leaf.rests_on) for leaf in found.leaves}
    assert ends == {
        (frozenset({0}), ((2, (1, 0)),), (top,)),
        (frozenset({0, 1}), (), below),
        (frozenset({1}), (), below),
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"more": 1, "also": 2}, ["'also' is no key of this file", "'more' is no key of this file"]),
        ({"more": 1, "kind": "greedy"}, ["'more' is no key of this file"]),
        ({"kind": "greedy"}, ["kind: 'greedy' must be 'generous'"]),
        ({"places": None}, ["places: None must be an object: mentors and what a place is worth"]),
        (
            {"places": {"q": [0], "a": [0, 0], "x": [0, -1]}},
            [
                "places, 'q': [0] must be 2 whole numbers up to 1099511627776, one for each goal",
                "places, 'q': is no mentor of a possible pair",
                "places, 'a': is no mentor of a possible pair",
                "places, 'x': a place may not be worth less than nothing: [0, -1]",
            ],
        ),
        ({"places": {"x": [0, 0]}}, []),
        ({"places": {"x": [1, -1]}}, []),
        ({"conflicts": {}}, ["conflicts: an object must be a list"]),
        ({"conflicts": ["a x", BOTH[0]]}, ["conflicts, 0: 'a x' must be an object"]),
        (
            {"conflicts": [BOTH[0], {"pairs": [["a", "x"]], "why": 1}]},
            ["conflicts, 1: 'why' is no key of this file", "conflicts, 1: 'reason' is missing"],
        ),
        (
            {"conflicts": [{"pairs": [], "reason": ["no_schedule"]}]},
            ["conflicts, 0: reason ['no_schedule'] must be two_directions or no_schedule"],
        ),
        (
            {"conflicts": [{"pairs": {"a": "x"}, "reason": "no_schedule"}]},
            ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
        ),
        (
            {"conflicts": [{"pairs": [["a", "x"], ["a", "x", "x"]], "reason": "no_schedule"}]},
            ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
        ),
        (
            {"conflicts": [{"pairs": [["a", "x"], "ax"], "reason": "no_schedule"}]},
            ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
        ),
        *(
            (
                {"conflicts": [{"pairs": [pair], "reason": "no_schedule"}]},
                ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
            )
            for pair in (["a", 2], ["a", ["x"]], [["a"], "x"], [{}, []], {"a": 1, "x": 2}, None)
        ),
        (
            {"conflicts": [{"pairs": [["?", "x"]], "reason": "no_schedule"}]},
            ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
        ),
        (
            {"conflicts": [{"pairs": [["a", "x"], ["b", "x"], ["a", "x"]], "reason": "no_schedule"}]},
            ["conflicts, 0: names a pair twice"],
        ),
        ({"proof": {"places": {}, "page": 1, "all": 2}}, ["proof: has unknown keys: 'all', 'page', 'places'"]),
        ({"proof": {"places": {"x": [0, -1]}}}, [f"proof, places, 'x': {LESS}: [0, -1]"]),
        ({"proof": {"conflict": 0}}, ["proof: 'cases' is missing"]),
        ({"proof": {"conflict": "0", "cases": []}}, ["proof: there is no conflict '0'"]),
        ({"proof": {"conflict": 1, "cases": [{}]}}, ["proof: there is no conflict 1"]),
        ({"proof": {"conflict": 0, "cases": {}}}, ["proof: conflict 0 has 1 pairs and needs a case for each"]),
        (
            {"proof": {"conflict": 0, "cases": [{}, {}]}},
            ["proof: conflict 0 has 1 pairs and needs a case for each"],
        ),
        (
            {"proof": {"conflict": 0, "cases": [None]}},
            ["proof, 0: the case without a and x is missing, and they are not locked"],
        ),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told_where_it_is(changes, message):
    said = [
        fault.removeprefix("certificate.json, ").removeprefix("certificate.json: ") for fault in faults(**changes)
    ]
    assert said == message


def test_a_stranger_is_in_no_conflict():
    """Nor does he stand for the first of all employees."""
    cohort = build(Spec(employees=("A F 3", "a F 1"), choices=("a A",), programme={"programme": WEEK}))
    case = certificates.hold(cohort, {}).case
    for pair, expected in ((["a", "A"], 0), (["a", "?"], 1), (["?", "A"], 1)):
        violations = []
        read = Reader(Table("certificate.json", violations), case.roster, case.candidates, case.scale)
        conflicts = [{"pairs": [pair], "reason": "no_schedule"}]
        right = {"kind": "generous", "goals": ["mentees", "pairs"], "value": [1, 1], "bound": [1, 1]}
        read.read({**right, "places": {}, "proof": {}, "conflicts": conflicts})
        assert len(violations) == expected


def test_what_is_missing_is_told_and_nothing_else_is_read():
    read, violations = reader()
    assert read.read({"kind": 7, "goals": None, "bound": [], "places": {}, "proof": {}}) is None
    assert [str(violation) for violation in violations] == [
        "certificate.json: 'value' is missing",
        "certificate.json: 'conflicts' is missing",
    ]
    assert [violation.column for violation in violations] == [None, None]


# --- publications ---------------------------------------------------------------------------------------------


RIGHT = {"number": 1, "on": "2027-01-11"}

SUM = hashlib.sha256(b"as it was").hexdigest()

ON = "published.json, on: {} must be a date like 2027-01-11"

NUMBER = "published.json, number: {} must be a whole number from 1"


def published(run, needed=(), **content):
    run.mkdir(parents=True, exist_ok=True)
    (run / "published.json").write_text(json.dumps({**RIGHT, "files": {}} | content))
    violations = []
    check_publication(run, needed, violations)
    return [str(violation) for violation in violations]


@pytest.mark.parametrize(
    "name", ["", "/etc/hostname", "../secret", "more/../../secret", "more\\pairs.csv", "..\\secret", "pairs\0.csv"]
)
def test_names_outside_the_run_are_not_looked_at(tmp_path, name):
    (tmp_path / "secret").write_text("no")
    (tmp_path / "run/more").mkdir(parents=True)
    (tmp_path / "run/more\\pairs.csv").write_text("no")
    for sum_of in ("0" * 64, "what"):
        (fault,) = published(tmp_path / "run", files={name: sum_of})
        assert fault == f"published.json, files: {name!r} is no file of the run"


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ({}, []),
        ({"number": 2}, []),
        ({"number": 0}, [NUMBER.format("0")]),
        ({"number": -1}, [NUMBER.format("-1")]),
        ({"number": True}, [NUMBER.format("True")]),
        ({"number": 1.0}, [NUMBER.format("1.0")]),
        ({"number": None}, [NUMBER.format("None")]),
        ({"number": "1"}, [NUMBER.format("'1'")]),
        ({"on": "soon"}, [ON.format("'soon'")]),
        ({"on": 20270111}, [ON.format("20270111")]),
        ({"on": None, "number": []}, [ON.format("None"), NUMBER.format("[]")]),
        ({"files": []}, ["published.json, files: must be an object of SHA-256 by file"]),
    ],
)
def test_the_parts_of_a_publication(tmp_path, content, faults):
    assert published(tmp_path, **content) == faults


@pytest.mark.parametrize(
    "said", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", None, 7, ["0" * 64]]
)
def test_what_is_no_sum_of_a_published_file(tmp_path, said):
    (tmp_path / "pairs.csv").write_bytes(b"as it was")
    faults = published(tmp_path, files={"pairs.csv": said})
    assert faults == [f"published.json, files: {said!r} of pairs.csv must be a SHA-256"]


@pytest.mark.parametrize(("on", "when"), [("2027-01-11", " on 2027-01-11"), ("soon", "")])
def test_files_that_are_not_as_they_were_published(tmp_path, on, when):
    (tmp_path / "run/calendars").mkdir(parents=True)
    for name in ("pairs.csv", "calendars/a.ics", "choices.csv", "published.csv"):
        (tmp_path / "run" / name).write_bytes(b"as it was")
    os.mkfifo(tmp_path / "run/pipe.csv")
    files = dict.fromkeys(("pairs.csv", "calendars/a.ics", "sessions.csv", "calendars", "pipe.csv"), SUM)
    (tmp_path / "run/pairs.csv").write_bytes(b"as it is")
    needed = ("published.json", "pairs.csv", "choices.csv", "unmatched.csv", "calendars", "published.csv")
    faults = [fault for fault in published(tmp_path / "run", needed, files=files, on=on) if ", on: " not in fault]
    assert faults == [
        f"published.json, files: {said}{when}"
        for said in (
            "pairs.csv was changed since it was published",
            "sessions.csv is missing, which was published",
            "calendars is missing, which was published",
            "pipe.csv is missing, which was published",
            "choices.csv was not there when the run was published",
            "published.csv was not there when the run was published",
        )
    ]


def test_a_run_without_a_publication_is_not_asked_for_one(tmp_path):
    violations = []
    check_publication(tmp_path, ("pairs.csv",), violations)
    assert violations == []
    (tmp_path / "published.json").write_text("[]")
    check_publication(tmp_path, ("pairs.csv",), violations)
    assert [str(violation) for violation in violations] == ["published.json: must hold one JSON object"]

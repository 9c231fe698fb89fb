"""Bottlenecks: groups against their definition, every column against forgeries."""

import itertools
import random

import certificates
import pytest
from cohorts import Spec, build

from matcher.check_bottlenecks import COLUMNS, Gains, check_bottlenecks
from matcher.check_changes import check_contest
from matcher.check_demand import Demand
from matcher.check_files import Table

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}


def crowded_cohort(seed):
    """Mentees want few mentors; everybody has all week."""
    chance = random.Random(seed)
    mentees, mentors = "abcdefghijk"[: chance.randint(3, 10)], "uvwxyz"[: chance.randint(2, 6)]
    choices = [
        (m, 1, n) for m in mentees for n in chance.sample(mentors, min(chance.choice((1, 1, 2)), len(mentors)))
    ]
    lock = chance.choice(choices)[::2]
    return build(
        Spec(
            employees=(*(f"{m} F 1" for m in mentees), *(f"{n} F 3 {chance.choice((1, 1, 2))}" for n in mentors)),
            choices=tuple(choices),
            pairs=((*lock, "locked"),) if chance.random() < 0.4 else (),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
        )
    )


def demand_of(cohort, pairs=()):
    found = certificates.hold(cohort, dict.fromkeys(pairs, ()))
    return Demand(found.outcomes.roster, found.case.candidates, found.pairs), found


def most_served(wishes, places, skip=None):
    """How many can be served, by trying everybody in turn with all moves."""
    holders = {mentor: [] for mentor in places}

    def add(mentee, tried):
        for mentor in wishes[mentee]:
            if mentor in tried:
                continue
            tried.add(mentor)
            if len(holders[mentor]) < places[mentor]:
                holders[mentor].append(mentee)
                return True
            for other in list(holders[mentor]):
                if add(other, tried):
                    holders[mentor].remove(other)
                    holders[mentor].append(mentee)
                    return True
        return False

    return sum(add(mentee, set()) for mentee in wishes if mentee != skip)


@pytest.mark.parametrize("seed", range(80))
def test_groups_are_the_mentors_of_those_who_can_be_left_out(seed):
    cohort = crowded_cohort(seed)
    demand, _ = demand_of(cohort)
    most = most_served(demand.wishes, demand.places)
    left_out = [m for m in demand.wishes if most_served(demand.wishes, demand.places, skip=m) == most]
    short = {mentor for mentee in left_out for mentor in demand.wishes[mentee]}
    assert set(demand.group_of) == short
    for group in demand.groups:
        inside = [m for m, wishes in demand.wishes.items() if group.mentors.issuperset(wishes)]
        assert (group.mentees, group.places) == (len(inside), sum(demand.places[m] for m in group.mentors))
        assert group.shortage >= 1
        for one, other in itertools.combinations(inside, 2):
            if set(demand.wishes[one]) & set(demand.wishes[other]):
                assert demand.group_of[demand.wishes[one][0]] == demand.group_of[demand.wishes[other][0]]
    keys = [(-group.shortage, min(group.mentors)) for group in demand.groups]
    assert keys == sorted(keys)
    assert [group.number for group in demand.groups] == list(range(1, len(keys) + 1))
    # A group cannot be split: whoever is in it is joined to the others by somebody who wants two of its mentors.
    for group in demand.groups:
        reached, before = {min(group.mentors)}, set()
        while reached != before:
            before = set(reached)
            for wishes in demand.wishes.values():
                if reached & set(wishes) and group.mentors.issuperset(wishes):
                    reached |= set(wishes)
        assert reached == group.mentors


@pytest.mark.parametrize("seed", range(80))
def test_the_groups_do_not_depend_on_the_run(seed):
    cohort = crowded_cohort(seed)
    chance = random.Random(seed)
    first, found = demand_of(cohort)
    pairs = [pair for pair in found.case.candidates.place if chance.random() < 0.5]
    again, _ = demand_of(cohort, pairs)
    assert again.groups == first.groups


@pytest.mark.parametrize("seed", range(40))
def test_whether_others_fill_the_places(seed):
    demand, _ = demand_of(crowded_cohort(seed))
    for group in demand.groups:
        for mentee in demand.inside(group.mentors):
            others = {m: demand.wishes[m] for m in demand.inside(group.mentors) if m != mentee}
            assert demand.others_fill(group.mentors, mentee)
            assert most_served(others, demand.places) == group.places
        for size in (1, 2):
            for mentors in map(frozenset, itertools.combinations(sorted(group.mentors), size)):
                for mentee in demand.inside(mentors):
                    others = {m: demand.wishes[m] for m in demand.inside(mentors) if m != mentee}
                    full = most_served(others, demand.places) == sum(demand.places[m] for m in mentors)
                    assert demand.others_fill(mentors, mentee) == full


# --- the file -------------------------------------------------------------------------------------------------


def short():
    """Three want Xenia or Yves with a place each; Cy would take Zoe as well, and Dan has Zoe alone."""
    cohort = build(
        Spec(
            employees=(*(f"{m} F 1" for m in "abcd"), "x F 3 1", "y F 3 1", "z F 3 2", "q F 3 1"),
            choices=tuple((pair[0], 1, pair[2]) for pair in ("a x", "b x", "b y", "c y", "d z", "d q")),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
        )
    )
    ids = cohort.employees.ids
    pairs = [tuple(ids.index(person) for person in pair.split()) for pair in ("a x", "b y", "d z")]
    return cohort, pairs


ROWS = {
    "x": "1,1,2,1,2,3,2,1,1,1,1:+1,yes",
    "y": "1,1,2,1,2,3,2,1,1,1,1:+1,yes",
    "q": "1,0,1,,,,,,0,0,,yes",
    "z": "2,1,1,,,,,,0,0,,yes",
}


def check_rows(rows, *, exact=True):
    cohort, pairs = short()
    demand, found = demand_of(cohort, pairs)
    case = found.case
    places = certificates.Places(
        cohort, {pair: int(case.candidates.rank[at]) for pair, at in case.candidates.place.items()}
    )
    case.relaxation.set_prices(places.prices())
    assert case.relaxation.bound() == case.value
    gains = Gains(case.scale, case.candidates.rank.tolist(), case.relaxation if exact else None)
    violations = []
    table = Table("bottlenecks.csv", violations, {column: place for place, column in enumerate(COLUMNS)})
    table.records = [(mentor, "", *cells.split(","), "") for mentor, cells in rows]
    table.lines = list(range(2, 2 + len(rows)))
    check_bottlenecks(table, found.outcomes.roster, demand, pairs, gains)
    return [str(violation) for violation in violations]


def test_the_true_file():
    assert check_rows(list(ROWS.items())) == []


@pytest.mark.parametrize(
    ("mentor", "old", "new", "message"),
    [
        ("x", "1,1,2,1", "2,1,2,1", "line 2, places: '2' must be '1'"),
        ("x", "1,1,2,1", "1,2,2,1", "line 2, mentees: '2' must be '1'"),
        ("x", "1,1,2,1", "1,1,3,1", "line 2, wanted: '3' must be '2'"),
        ("x", "1,1,2,1", "1,1,2,2", "line 2, group: '2' must be '1'"),
        ("x", "2,3,2,1,1,1", "3,3,2,1,1,1", "line 2, group_mentors: '3' must be '2'"),
        ("x", "2,3,2,1,1,1", "2,4,2,1,1,1", "line 2, group_mentees: '4' must be '3'"),
        ("x", "2,3,2,1,1,1", "2,3,3,1,1,1", "line 2, group_places: '3' must be '2'"),
        ("x", "2,3,2,1,1,1", "2,3,2,2,1,1", "line 2, shortage: '2' must be '1'"),
        ("x", "1,1,1:+1", "2,2,1:+2", "line 2, gain_mentees: '2': one place serves one mentee more at most"),
        ("x", "1,1,1:+1", "-1,-1,1:-1", "line 2, gain_mentees: [-1, -1] is worse than no more place"),
        ("x", "1,1,1:+1", "1,1,", "line 2, gain_ranks: '' are not 1 more pairs"),
        ("x", "1,1,1:+1", "1,1,1:1", "line 2, gain_ranks: '1:1' is no change of ranks"),
        ("x", "1,1,1:+1", "1,1,2:+1", "line 2, gain_ranks: '2:+1' is no change of ranks"),
        ("x", "1,1,1:+1", "1,1,1:+1 1:+1", "line 2, gain_ranks: '1:+1 1:+1' is no change of ranks"),
        ("x", "1,1,1:+1", "1,x,1:+1", "line 2, gain_pairs: 'x' is no whole number"),
        ("x", "yes", "no", "line 2, gain_proven: 'no' must be yes or 'at most'"),
        ("z", "0,0,,", "1,1,1:+1,", "line 5, gain_mentees: [1, 1] is more than a place is worth"),
        ("z", "1,,,,,,", "1,1,2,3,2,1,", "line 5, group: '1' must be an empty cell"),
        ("q", "1,0,1", "0,0,1", "line 4, places: '0' must be '1'"),
    ],
)
def test_a_broken_cell_is_named(mentor, old, new, message):
    rows = ROWS | {mentor: ROWS[mentor].replace(old, new, 1)}
    violations = check_rows(list(rows.items()))
    assert any(message in violation for violation in violations), violations


def test_gains_without_prices_are_only_looked_at_for_sense():
    rows = ROWS | {"z": "2,1,1,,,,,,1,1,1:+1,at most"}
    assert check_rows(list(rows.items()), exact=False) == []


def test_rows_missing_twice_unknown_and_out_of_order():
    rows = list(ROWS.items())
    assert "q is wanted by a mentee, but has no row" in "".join(check_rows(rows[:2] + rows[3:]))
    assert "already stands on line 2" in "".join(check_rows([*rows, rows[0]]))
    assert "'a' is no mentor of a possible pair" in "".join(check_rows([*rows, ("a", rows[0][1])]))
    assert "must be sorted by group, mentor_id" in "".join(check_rows([rows[1], rows[0], *rows[2:]]))
    assert "must be sorted by group, mentor_id" in "".join(check_rows([rows[2], *rows[:2], rows[3]]))


# --- who competes ---------------------------------------------------------------------------------------------


def contest(competitors="2", places="2", group="1", contested="x; y", mentee="c"):
    cohort, pairs = short()
    demand, found = demand_of(cohort, pairs)
    violations = []
    names = ("mentee_id", "competitors", "places", "group", "contested_mentors")
    table = Table("unmatched.csv", violations, {name: place for place, name in enumerate(names)})
    table.records, table.lines = [(mentee, competitors, places, group, contested, "")], [2]
    (row,) = table.rows()
    check_contest(table, row, cohort.employees.ids.index(mentee), demand, found.outcomes.roster)
    return [str(violation) for violation in violations]


def test_the_true_contest():
    assert contest() == []
    assert contest("", "", "", "", mentee="d") == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"competitors": "3"}, "competitors: '3' must be '2'"),
        ({"places": "1"}, "places: '1' must be '2'"),
        ({"group": "2"}, "group: '2' must be '1'"),
        ({"contested": "y"}, "contested_mentors: 'y': other mentees with no mentors but these leave a place"),
        ({"contested": "x"}, "contested_mentors: 'x': a mentor of a possible pair of his is missing"),
        ({"contested": ""}, "contested_mentors: '': a mentor of a possible pair of his is missing"),
        ({"contested": "y; x"}, "contested_mentors: 'y; x': must be up to 20 ids, sorted"),
        ({"contested": "x; x; y"}, "must be up to 20 ids, sorted"),
        ({"contested": "x; y; z"}, "only mentors of his group can be among these"),
        ({"contested": "x; y; ?"}, "only mentors of his group can be among these"),
        ({"mentee": "d"}, "competitors: '2', but places alone do not keep him out"),
        ({"competitors": "", "places": "", "group": "", "contested": ""}, "group: an empty cell must be '1'"),
    ],
)
def test_a_false_contest_is_named(changes, message):
    violations = contest(**changes)
    assert any(message in violation for violation in violations), violations

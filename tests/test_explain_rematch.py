"""The page about one person after a rematch: what is held counts as held, and the rest from the date on."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace

import pytest
from draws import random_spec
from rematch_cases import draw_date, first_run, happens, rematch_or_keep
from rematch_story import AS_OF, FILES, plan, run, write

from matcher.check_dates import Dates
from matcher.earlier import with_earlier
from matcher.errors import InputError
from matcher.explain_counts import count_sessions
from matcher.explain_slot import answers
from matcher.io import read_cohort
from matcher.model import Earlier
from matcher.plans import make_aim


@pytest.fixture(scope="module", params=["most", "9", "fewest"])
def repaired(request, tmp_path_factory):
    """A plan and its rematch in the middle, though nothing has changed."""
    folder = tmp_path_factory.mktemp("repaired")
    cohort = plan(folder)
    number = ("--set", f"sessions.number={request.param}")
    first, new = folder / "first", folder / "new"
    run("solve", cohort, "-o", first, "--overwrite", "--no-report", "--workers", 1, *number)
    run("rematch", cohort, first, "--as-of", AS_OF, "-o", new, "--no-report", "--workers", 1)
    return cohort, new


def words(*arguments):
    return " ".join(run(*arguments).stdout.split())


def told(repaired, person, *options):
    return json.loads(run("explain", *repaired, person, "--json", *options).stdout)


@pytest.mark.parametrize("person", ["a", "b", "m", "n"])
def test_an_unchanged_plan_could_be_as_it_is(repaired, person):
    page = told(repaired, person)
    assert page["as_of"] == AS_OF
    for pair in page["pairs"]:
        counts, starts = pair["counts"], [one["start"] for one in pair["sessions"]]
        numbers = [counts[name] for name in ("held", "by_dates", "by_common_time", "beside_others")]
        assert numbers == [len(starts)] * 4
        assert counts["already"] == sum(start < AS_OF for start in starts) > 0
        (said,) = [part["sentences"] for part in page["page"] if part["heading"].startswith("Sessions with")]
        assert "would" not in said[0]
        assert re.match(
            rf"Of these, {counts['already']} (was|were) held before Mon 15 Feb 2027 and stays?; ", said[1]
        )


def test_a_session_held_is_what_is_too_near(repaired):
    (pair,) = told(repaired, "a")["pairs"]
    last = max(one["start"] for one in pair["sessions"] if one["start"] < AS_OF)
    (answer,) = told(repaired, "a", "--at", "2027-02-16T10:00")["slot"]["answers"]
    assert last[:10] > "2027-02-02"
    assert (answer["obstacle"], answer["instead"]) == ("near_held", "")
    assert [one["start"] for one in answer["sessions"]] == [last]


def test_what_lies_before_the_rematch_is_over(repaired):
    (answer,) = told(repaired, "a", "--at", "2027-01-19T10:00")["slot"]["answers"]
    assert answer["obstacle"] == "before_rematch"
    page = words("explain", *repaired, "a", "--at", "2027-01-19T10:00")
    assert "before Mon 15 Feb 2027, from which on this run has planned anew." in page


def test_a_pair_that_has_held_none_is_counted_from_the_date(tmp_path):
    cohort = write(tmp_path / "cohort", busy__csv=f"employee_id,start,end\na,2027-01-11T00:00,{AS_OF}T00:00\n")
    with_month = FILES["programme.toml"] + "[sessions]\nmax_months_between = 2\n"
    (cohort / "programme.toml").write_text(with_month, "utf-8")
    first, new = tmp_path / "first", tmp_path / "new"
    run("solve", cohort, "-o", first, "--no-report", "--workers", 1)
    run("rematch", cohort, first, "--as-of", AS_OF, "-o", new, "--no-report", "--workers", 1)
    said = "None of these was held before Mon 15 Feb 2027; what is possible is counted from that day on."
    assert said in words("explain", cohort, new, "a")


def test_a_session_of_a_pair_that_had_ended_is_named_without_a_number(repaired):
    cohort = with_earlier(read_cohort(repaired[0]), repaired[1])
    ((pair, agreed), *_) = cohort.earlier.agreed.items()
    anew = Earlier(cohort.earlier.as_of, {}, {pair: agreed.held})
    start = Dates(cohort.programme).midnights[anew.as_of - Dates(cohort.programme).first + 1] + 10 * 60
    (answer,) = answers(replace(cohort, earlier=anew), pair[0], [pair], {pair: ()}, start)
    assert answer.obstacle == "near_held"
    assert [begin for begin, _ in answer.sessions] == [agreed.held[-1].start]


@pytest.mark.parametrize("seed", range(0, 48, 3))
def test_no_page_speaks_against_the_plan_that_it_explains(seed, tmp_path, tally):
    rng = random.Random(f"rematch {seed}")
    spec = random_spec(seed)
    try:
        cohort, first = first_run(spec, tmp_path)
    except InputError:
        return
    as_of = draw_date(rng, cohort, first)
    _, step = rematch_or_keep(happens(rng, spec, cohort, first), spec, as_of, tmp_path, 1)
    cohort, cost = step.repair.cohort, make_aim(step.repair.cohort.programme).cost
    spans = {
        (pair.mentee, pair.mentor): [(one.start, one.end) for one in pair.sessions] for pair in step.solution.pairs
    }
    for pair, counts in zip(spans, count_sessions(cohort, list(spans), spans), strict=True):
        assert counts.held == len(spans[pair])
        numbers = (counts.by_dates, counts.by_common_time, counts.beside_others, counts.held)
        assert [cost(number) for number in numbers] == sorted(cost(number) for number in numbers)
        tally["held before"] += counts.already > 0


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (3, "3 sessions, as many as the mentee is to have; then the engagement is over."),
        (1, "2 sessions, more than the mentee is to have by now; then the engagement is over."),
    ],
)
def test_what_was_held_beyond_the_number_wanted_is_told(tmp_path, wanted, said):
    def programme(number):
        rules = f'engagement = "as-needed"\n[sessions]\nnumber = {number}\n[capacity]'
        return FILES["programme.toml"].replace("[capacity]", rules)

    cohort = write(tmp_path / "cohort", programme__toml=programme(3))
    run("solve", cohort, "-o", tmp_path / "first", "--no-report", "--workers", 1)
    write(cohort, programme__toml=programme(wanted))
    new = tmp_path / "new"
    run("rematch", cohort, tmp_path / "first", "--as-of", "2027-01-26", "-o", new, "--no-report", "--workers", 1)
    (pair,) = told((cohort, new), "a")["pairs"]
    assert pair["counts"]["already"] == 2
    assert said in words("explain", cohort, new, "a")

"""The figures of the charts: those of the tables, counted once more in another way."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from cohorts import Spec
from explain_runs import rows_of
from stories import make_story, put

from matcher.chart_data import (
    REASONS,
    Loads,
    ShortGroup,
    function_flows,
    group_counts,
    load_counts,
    rank_counts,
    reason_counts,
    session_times,
)
from matcher.cli import cli
from matcher.errors import MatcherError
from matcher.io import read_cohort
from matcher.run_tables import PAIRS, SESSIONS, read_run
from matcher.story import Story

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
QUARTER = {"programme": {"start": "2027-01-13", "end": "2027-02-02", "timezone": "Europe/Moscow"}}
PEOPLE = ("a Sales 1", "b Sales 1", "c Law 1", "m Sales 5", "n Law 5", "o Law 5 1", "p Law 5 0")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The run of the sample and its tables as a spreadsheet program would read them."""
    run = tmp_path_factory.mktemp("charts") / "run"
    result = CliRunner().invoke(cli, ["solve", str(SAMPLE), "-o", str(run), "--no-report"])
    assert result.exit_code == 0, result.output
    tables = {path.name: rows_of(path) for path in run.glob("*.csv")}
    return Story(read_cohort(SAMPLE), read_run(run)), tables


def test_ranks_of_the_sample(sample):
    story, tables = sample
    counted = rank_counts(story.run)
    ranks = Counter(row["rank"] for row in tables["pairs.csv"])
    assert counted.off_list == ranks.pop("")
    assert counted.at == tuple(ranks[str(rank)] for rank in range(1, 1 + max(map(int, ranks))))
    assert counted.without == len(tables["unmatched.csv"])
    assert counted.mentees == len(story.cohort.mentees)
    assert not counted.several


def test_reasons_of_the_sample(sample):
    story, tables = sample
    expected = Counter(row["reason"] for row in tables["unmatched.csv"])
    assert reason_counts(story.run) == {reason: expected[reason] for reason in REASONS}


def test_loads_of_the_sample(sample):
    story, tables = sample
    taken = Counter(row["mentor_id"] for row in tables["pairs.csv"])
    against = {"self", "unknown_mentor", "forbidden", "refused", "past", "does_not_mentor", "line_manager"}
    against |= {"same_function_gap", "cross_function_gap"}
    mentors = taken.keys() | {row["mentor_id"] for row in tables["choices.csv"] if row["outcome"] not in against}
    places = dict(zip(story.cohort.employees.ids, story.cohort.employees.capacity.tolist(), strict=True))
    full = Counter(taken[mentor] for mentor in mentors if taken[mentor] == places[mentor])
    left = Counter(taken[mentor] for mentor in mentors if taken[mentor] < places[mentor])
    sizes = range(max(taken.values()) + 1)
    assert load_counts(story) == Loads(
        tuple(full[size] for size in sizes),
        tuple(left[size] for size in sizes),
        sum(places[mentor] for mentor in mentors),
        len(tables["pairs.csv"]),
    )


def test_flows_of_the_sample(sample):
    story, tables = sample
    function = dict(zip(story.cohort.employees.ids, story.cohort.employees.functions, strict=True))
    expected = Counter((function[row["mentee_id"]], function[row["mentor_id"]]) for row in tables["pairs.csv"])
    flows = function_flows(story)
    columns = zip(flows.mentee, flows.mentor, flows.pairs, strict=True)
    assert {(flows.names[a], flows.names[b]): pairs for a, b, pairs in columns} == expected
    own = sum(pairs for (a, b), pairs in expected.items() if a == b)
    assert own == sum(row["same_function"] == "yes" for row in tables["pairs.csv"])


def test_times_of_the_sample(sample):
    story, tables = sample
    starts = [dt.datetime.fromisoformat(row["start"]) for row in tables["sessions.csv"]]
    times = session_times(story)
    days = Counter(start.date() for start in starts)
    assert times.days == tuple(days[times.first + dt.timedelta(place)] for place in range(len(times.days)))
    assert (times.first, len(times.days)) == (dt.date(2027, 1, 11), 89)
    hours = Counter((start.weekday(), start.hour) for start in starts)
    assert times.hours == tuple(tuple(hours[day, hour] for hour in range(24)) for day in range(7))


def test_groups_of_the_sample(sample):
    story, tables = sample
    rows = {row["group"]: row for row in tables["bottlenecks.csv"] if row["group"]}
    keys = ("group", "group_mentors", "group_mentees", "group_places", "shortage")
    assert set(group_counts(story.run)) == {ShortGroup(*(int(row[key]) for key in keys)) for row in rows.values()}


# --- what the sample does not have --------------------------------------------------------------------------


def test_a_mentee_with_several_mentors_counts_once(tmp_path):
    story = make_story(tmp_path, Spec(PEOPLE, programme=QUARTER), pairs=["a m 2", "a n 3", "b m", "b n 3", "c o"])
    counted = rank_counts(story.run)
    assert (counted.at, counted.off_list, counted.without) == ((0, 1, 1), 1, 0)
    assert counted.several


def test_mentors_are_those_with_a_pair_or_an_allowed_choice(tmp_path):
    choices = [
        "a m paired",
        "b n mentor_full",
        "c o schedule_conflict",
        "a p does_not_mentor",
        "a zz unknown_mentor",
    ]
    story = make_story(tmp_path, Spec(PEOPLE, programme=QUARTER), pairs=["a m 1", "c o 1"], choices=choices)
    assert load_counts(story) == Loads(full=(0, 1), left=(1, 1), places=5, taken=2)


def test_people_who_have_left_have_no_function(tmp_path):
    story = make_story(tmp_path, Spec(PEOPLE, programme=QUARTER), pairs=["a m 1", "gone m 1", "c gone2"])
    flows = function_flows(story)
    columns = zip(flows.mentee, flows.mentor, flows.pairs, strict=True)
    named = {(flows.names[a], flows.names[b]): pairs for a, b, pairs in columns}
    assert named == {("Sales", "Sales"): 1, ("", "Sales"): 1, ("Law", ""): 1}
    assert load_counts(story).taken == 2


def test_a_function_is_called_as_most_people_have_it(tmp_path):
    people = ("a SALES 1", "b Sales 1", "c Sales 2", "m LAW 5", "n Law 5")
    flows = function_flows(make_story(tmp_path, Spec(people, programme=QUARTER), pairs=["a m 1", "b n 1"]))
    assert flows.names == ("LAW", "Sales", "")
    assert flows.pairs == (2,)


def test_nothing_at_all(tmp_path):
    story = make_story(tmp_path, Spec(PEOPLE, programme=QUARTER))
    empty = [rank_counts(story.run), load_counts(story), function_flows(story), session_times(story)]
    assert not any(map(bool, [*empty, group_counts(story.run)]))
    assert len(session_times(story).days) == 21


def test_sessions_count_on_the_clock_of_the_programme(tmp_path):
    story = make_story(tmp_path, Spec(PEOPLE, programme=QUARTER))
    head = ("mentee_id", "mentor_id", "start")
    rows = [("a", "m", "2027-01-13T22:30+00:00"), ("a", "m", "2027-01-14T01:30+03:00")]  # the same moment
    put(tmp_path, SESSIONS, [head, *rows])
    times = session_times(Story(story.cohort, read_run(tmp_path)))
    assert times.days[:3] == (0, 2, 0)
    assert times.hours[3][1] == 2


def test_sessions_outside_the_programme_are_not_lost(tmp_path):
    sessions = [("a", "m", "2027-01-10T09:00"), ("a", "m", "2027-02-05T09:00")]
    times = session_times(make_story(tmp_path, Spec(PEOPLE, programme=QUARTER), sessions=sessions))
    assert (times.first, len(times.days), times.sessions) == (dt.date(2027, 1, 10), 27, 2)


def test_groups_come_with_the_most_missing_first(tmp_path):
    groups = [("", "", "", "", ""), (1, 2, 5, 4, 1), (2, 1, 5, 2, 3), (1, 2, 5, 4, 1), (3, 1, 2, 1, 1)]
    story = make_story(tmp_path, Spec(PEOPLE, programme=QUARTER), groups=groups)
    assert [group.number for group in group_counts(story.run)] == [2, 1, 3]


@pytest.mark.parametrize(
    ("file", "rows", "count", "message"),
    [
        (
            PAIRS,
            [("mentee_id", "mentor_id", "rank"), ("a", "m", "1.5")],
            rank_counts,
            r"pairs\.csv: column rank: '1\.5'",
        ),
        (
            SESSIONS,
            [("mentee_id", "mentor_id", "start"), ("a", "m", "13.01.2027 9:00")],
            session_times,
            r"sessions\.csv: column start: '13\.01\.2027 9:00' is no time",
        ),
    ],
)
def test_a_cell_that_cannot_be_read_is_told(tmp_path, file, rows, count, message):
    story = make_story(tmp_path, Spec(PEOPLE, programme=QUARTER))
    put(tmp_path, file, rows)
    again = Story(story.cohort, read_run(tmp_path))
    with pytest.raises(MatcherError, match=message):
        count(again if count is session_times else again.run)

"""From quarter to quarter: what earlier runs leave, what a run keeps of it, and that nobody loses on and on."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import random
import shutil
from collections import Counter
from dataclasses import replace

import brute_force
import pytest
from cohorts import Spec, write
from explain_runs import rows_of, write_rows

from matcher.carry_over import with_history
from matcher.check import check_run
from matcher.classes import class_key
from matcher.errors import InputError, MatcherError
from matcher.history import kept_history, read_history
from matcher.io import read_cohort
from matcher.model import Decision, History
from matcher.programme import day_number
from matcher.runs import write_run
from matcher.solver import solve

STARTS = [dt.date(2026, 1, 5) + dt.timedelta(days=91 * quarter) for quarter in range(8)]


def spec_of(quarter, mentees="abc", wishes=None, places=1, **more):
    """A quarter in which all mentees want m, who takes few of them."""
    start = STARTS[quarter]
    frame = {"start": str(start), "end": str(start + dt.timedelta(days=18))}
    people = [f"{name} F 1" for name in mentees] + [f"m F 4 {places}"]
    return Spec(
        tuple(people),
        tuple(wishes or [f"{name} m" for name in mentees]),
        programme={"programme": frame, "sessions": {"month_rule": "none", "min_days_between": 14}},
        **more,
    )


def solved(folder, spec, runs=()):
    """Solve a quarter with the runs before it; the cohort and its run."""
    cohort = read_cohort(write(spec, folder / "cohort"))
    if runs:
        cohort = read_history(cohort, runs).cohort
    write_run(cohort, solve(cohort), folder / "run")
    return cohort, folder / "run"


@pytest.fixture
def quarters(tmp_path):
    """Three quarters, each with those before it, as cohorts and runs."""
    made = []
    for quarter in range(3):
        made.append(solved(tmp_path / str(quarter), spec_of(quarter), [run for _, run in made]))
    return made


def winners(run):
    return [row["mentee_id"] for row in rows_of(run / "pairs.csv")]


def ids(cohort, persons):
    return {cohort.employees.ids[person]: told for person, told in persons.items()}


# --- what follows -------------------------------------------------------------------------------------------


def test_everybody_wins_once_before_anybody_wins_twice(quarters):
    assert sorted(itertools.chain(*(winners(run) for _, run in quarters))) == ["a", "b", "c"]
    first, second = (winners(run)[0] for _, run in quarters[:2])
    cohort, run = quarters[2]
    third = winners(run)[0]
    assert ids(cohort, cohort.history.lost) == {third: 2, first: 1}
    assert [goal.name for goal in solve(cohort).goals][2] == "priority"
    assert [(row["mentee_id"], row["lost"]) for row in rows_of(run / "waiting.csv")] == [
        (first, "1"),
        (second, "0"),
    ]


def test_sessions_of_a_quarter_that_overlaps_count_only_before_the_start(tmp_path):
    """A quarter may still run when the next begins: what is planned after that is not the last session before."""
    spec = spec_of(0, mentees="a")
    late = {
        **spec.programme,
        "programme": {"start": str(STARTS[0]), "end": str(STARTS[1] + dt.timedelta(days=30))},
    }
    _, run = solved(tmp_path / "0", replace(spec, programme=late))
    dates = sorted(row["start"][:10] for row in rows_of(run / "sessions.csv"))
    before = [date for date in dates if date < str(STARTS[1])]
    assert 1 < len(before) < len(dates)
    cohort = read_history(read_cohort(write(spec_of(1, mentees="a"), tmp_path / "1")), [run]).cohort
    (said,) = cohort.decisions.values()
    assert said.last_session == day_number(dt.date.fromisoformat(before[-1]))


def test_past_pairs_follow_with_their_last_session(quarters, tmp_path):
    cohort, run = quarters[1]
    (past,) = [pair for pair, said in cohort.decisions.items() if said.past]
    (first,) = rows_of(quarters[0][1] / "pairs.csv")
    assert [cohort.employees.ids[person] for person in past] == [first["mentee_id"], "m"]
    assert cohort.decisions[past].last_session == day_number(dt.date.fromisoformat(first["last_session"]))
    spec = spec_of(1)
    spec.programme["eligibility"] = {"past_pairs_may_repeat": False}
    cohort, run = solved(tmp_path / "new", spec, [quarters[0][1]])
    outcomes = {row["mentee_id"]: row["outcome"] for row in rows_of(run / "choices.csv")}
    assert outcomes[first["mentee_id"]] == "past"


def test_a_past_pair_counts_beside_what_pairs_csv_says():
    cohort = read_cohort_of_decisions()
    history = History({}, {(0, 3): 100, (1, 3): 300, (2, 3): 100}, ())
    after = with_history(cohort, history).decisions
    assert after[0, 3] == Decision("refused", past=True, last_session=200, refused=True)
    assert after[1, 3] == Decision("locked", past=True, last_session=300)
    assert after[2, 3] == Decision("past", past=True, last_session=100)
    assert list(after) == sorted(after)
    assert with_history(cohort, None) is cohort


def read_cohort_of_decisions():
    from dataclasses import replace

    from cohorts import build

    said = {
        (0, 3): Decision("refused", last_session=200, refused=True),
        (1, 3): Decision("locked", last_session=200),
    }
    return replace(build(spec_of(0)), decisions=said)


def test_only_the_latest_quarters_in_which_somebody_took_part_count(tmp_path):
    """c loses, stays away, and comes back: he lost once in a row; a won in between."""
    runs = []
    for quarter, mentees in enumerate(("abc", "ab", "ab")):
        runs.append(solved(tmp_path / str(quarter), spec_of(quarter, mentees), runs)[1])
    won = Counter(itertools.chain(*map(winners, runs)))
    cohort = read_history(read_cohort(write(spec_of(3), tmp_path / "3")), runs).cohort
    lost = ids(cohort, cohort.history.lost)
    if "c" not in won:
        assert lost["c"] == 1
    for name in "ab":
        last = [name in winners(run) for run in reversed(runs)]
        assert lost.get(name, 0) == (last.index(True) if True in last else 3)


def test_of_rematches_of_a_quarter_the_latest_counts(quarters, tmp_path):
    first, other = quarters[0][1], tmp_path / "rematch"
    shutil.copytree(first, other)
    told = json.loads((other / "summary.json").read_text("utf-8"))
    (other / "summary.json").write_text(json.dumps(told | {"rematch": {"as_of": "2026-01-12"}}), "utf-8")
    pairs, waiting = rows_of(other / "pairs.csv"), rows_of(other / "unmatched.csv")
    new, old = waiting[0]["mentee_id"], pairs[0]["mentee_id"]
    write_rows(other / "pairs.csv", list(pairs[0]), [{**pairs[0], "mentee_id": new}])
    write_rows(other / "unmatched.csv", list(waiting[0]), [{**waiting[0], "mentee_id": old}, *waiting[1:]])
    ended = {"mentee_id": old, "mentor_id": "m"}
    write_rows(other / "ended.csv", list(ended), [ended])
    sessions = rows_of(other / "sessions.csv")
    write_rows(other / "held.csv", list(sessions[0]), sessions[:1])
    write_rows(other / "sessions.csv", list(sessions[0]), [{**row, "mentee_id": new} for row in sessions[1:]])
    cohort = read_cohort(write(spec_of(1), tmp_path / "next"))
    for runs in ([first, other], [other, first]):
        history = read_history(cohort, runs).cohort.history
        assert ids(cohort, history.lost) == {old: 1, waiting[1]["mentee_id"]: 1}
        assert {cohort.employees.ids[mentee] for mentee, _ in history.past} == {old, new}
        assert [one.get("as_of") for one in history.runs] == [None, "2026-01-12"]


def test_people_who_have_left_are_left_out_and_counted(quarters, tmp_path):
    cohort = read_cohort(write(spec_of(1, "xy"), tmp_path / "others"))
    carried = read_history(cohort, [quarters[0][1]])
    assert carried.cohort.history.lost == carried.cohort.history.past == {}
    (warning,) = carried.warnings
    assert "3 people are no employees now ('a', 'b', 'c')" in warning.message


# --- what is refused ----------------------------------------------------------------------------------------


def test_a_quarter_that_is_not_earlier(quarters):
    with pytest.raises(InputError, match="begins on 2026-04-06, but the programme to be planned on 2026-04-06"):
        read_history(quarters[1][0], [quarters[0][1], quarters[1][1], quarters[2][1]])


def test_two_runs_of_one_quarter(quarters, tmp_path):
    shutil.copytree(quarters[0][1], tmp_path / "copy")
    with pytest.raises(InputError, match="is of the same quarter"):
        read_history(quarters[1][0], [quarters[0][1], tmp_path / "copy"])


def test_what_is_no_run(quarters, tmp_path):
    with pytest.raises(MatcherError, match="no such run folder"):
        read_history(quarters[1][0], [tmp_path / "nothing"])
    with pytest.raises(MatcherError, match=r"summary\.json: cannot be read"):
        read_history(quarters[1][0], [tmp_path / "0" / "cohort"])


def test_a_run_that_was_changed(quarters):
    run = quarters[0][1]
    rows = rows_of(run / "sessions.csv")
    write_rows(run / "sessions.csv", list(rows[0]), [{**rows[0], "start": "soon"}])
    with pytest.raises(InputError, match="'soon' is no time with an offset"):
        read_history(quarters[1][0], [run])
    (run / "unmatched.csv").unlink()
    with pytest.raises(InputError, match="cannot be read"):
        read_history(quarters[1][0], [run])


def test_a_run_of_an_older_version_tells_its_first_day_by_its_pairs(quarters):
    run = quarters[0][1]
    told = json.loads((run / "summary.json").read_text("utf-8"))
    del told["programme"]
    (run / "summary.json").write_text(json.dumps(told), "utf-8")
    assert read_history(quarters[1][0], [run]).cohort.history.runs[0]["start"] == str(STARTS[0])
    rows = rows_of(run / "pairs.csv")
    write_rows(run / "pairs.csv", list(rows[0]), [])
    with pytest.raises(InputError, match="does not tell on which day its programme begins"):
        read_history(quarters[1][0], [run])


# --- what a run keeps ---------------------------------------------------------------------------------------


def test_a_run_needs_no_earlier_one_to_be_checked(quarters, tmp_path):
    cohort, run = quarters[2]
    for _, earlier in quarters[:2]:
        shutil.rmtree(earlier)
    again = kept_history(read_cohort(tmp_path / "2" / "cohort"), run)
    assert again.history == cohort.history
    assert again.decisions == cohort.decisions
    assert check_run(again, run) == []


def test_a_run_without_history_needs_none(quarters, tmp_path):
    cohort = read_cohort(tmp_path / "0" / "cohort")
    assert kept_history(cohort, quarters[0][1]) is cohort
    assert kept_history(cohort, tmp_path / "nowhere") is cohort


def violations(tmp_path, run):
    cohort = kept_history(read_cohort(tmp_path / "2" / "cohort"), run)
    return [str(violation) for violation in check_run(cohort, run)]


def edited(run, change, *, signed=True):
    """Change the rows of history.csv, and perhaps the sum of it, too."""
    rows = rows_of(run / "history.csv")
    write_rows(run / "history.csv", list(rows[0]), change(rows))
    if signed:
        told = json.loads((run / "summary.json").read_text("utf-8"))
        told["history"]["sha256"] = hashlib.sha256((run / "history.csv").read_bytes()).hexdigest()
        (run / "summary.json").write_text(json.dumps(told), "utf-8")


def of_losses(rows):
    return [row for row in rows if not row["mentor_id"]]


def with_all(column, value, rows):
    """Write a value into a column wherever anything stands there."""
    return [{**row, column: row[column] and value} for row in rows]


CHANGES = {
    "somebody lost more often": (
        lambda rows: [{**row, "lost": row["lost"] and str(int(row["lost"]) + 3)} for row in rows], True, "goals"
    ),
    "a row is gone": (lambda rows: [row for row in rows if row not in of_losses(rows)[:1]], False, "SHA-256"),
    "a row is gone, and the goals with it": (
        lambda rows: [row for row in rows if row not in of_losses(rows)], True, "goals"
    ),
    "somebody unknown": (lambda rows: [{**rows[0], "mentee_id": "ghost"}, *rows[1:]], True, "history.csv"),
    "no date": (lambda rows: with_all("last_session", "soon", rows), True, "history"),
    "a date to come": (lambda rows: with_all("last_session", "2026-12-01", rows), True, "history.csv"),
    "another order": (lambda rows: rows[::-1], True, "sorted by ids"),
    "never": (lambda rows: with_all("lost", "0", rows), True, "how many times in a row"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_in_history_is_found(quarters, tmp_path, name):
    change, signed, said = CHANGES[name]
    run = quarters[2][1]
    assert violations(tmp_path, run) == []
    edited(run, change, signed=signed)
    assert any(said in violation for violation in violations(tmp_path, run))


def test_a_history_that_is_missing_is_found(quarters, tmp_path):
    run = quarters[2][1]
    (run / "history.csv").unlink()
    assert any("history.csv" in violation for violation in violations(tmp_path, run))
    told = json.loads((run / "summary.json").read_text("utf-8"))
    del told["history"]
    (run / "summary.json").write_text(json.dumps(told), "utf-8")
    assert any("goals" in violation for violation in violations(tmp_path, run))


WAITING = {
    "another order": lambda rows: [{**row, "place": str(n)} for n, row in enumerate(rows[::-1], start=1)],
    "a row less": lambda rows: rows[1:],
    "a row twice": lambda rows: [*rows, rows[-1]],
    "another place": lambda rows: [{**rows[0], "place": "7"}, *rows[1:]],
    "another priority": lambda rows: [{**rows[0], "priority": "7"}, *rows[1:]],
    "fewer losses": lambda rows: [{**rows[0], "lost": "0"}, *rows[1:]],
    "another reason": lambda rows: [{**rows[0], "reason": "no_common_time"}, *rows[1:]],
    "somebody with a mentor": lambda rows: [{**rows[0], "mentee_id": "m"}, *rows[1:]],
}


@pytest.mark.parametrize("name", WAITING)
def test_a_waiting_list_that_was_changed_is_found(quarters, tmp_path, name):
    run = quarters[2][1]
    rows = rows_of(run / "waiting.csv")
    write_rows(run / "waiting.csv", list(rows[0]), WAITING[name](rows))
    assert any(violation.startswith("waiting.csv") for violation in violations(tmp_path, run))


def test_an_older_run_has_no_waiting_list(quarters, tmp_path):
    (quarters[2][1] / "waiting.csv").unlink()
    assert violations(tmp_path, quarters[2][1]) == []


# --- six quarters -------------------------------------------------------------------------------------------


def company(seed, quarter):
    """A quarter of a small company: the same people, other wishes and hours each time; some have a priority."""
    draw, people = random.Random(f"{seed}/{quarter}"), random.Random(seed)
    mentees, mentors = "abcdefg"[: people.randint(5, 7)], "mn"
    staff = [
        {"employee_id": name, "function": "F", "level": 1, "priority": people.choice((0, 0, 0, 1))}
        for name in mentees
    ] + [
        {"employee_id": name, "function": "F", "level": 4, "max_mentees": people.randint(1, 2)} for name in mentors
    ]
    taking = [name for name in mentees if draw.random() < 0.85]
    wishes = [f"{name} {mentor}" for name in taking for mentor in draw.sample(mentors, draw.randint(1, 2))]
    start = STARTS[quarter]
    frame = {"start": str(start), "end": str(start + dt.timedelta(days=4))}
    hours = {"working_hours": draw.choice(("09:00-09:45", "09:00-10:30"))}  # one session at a time, or two
    day = draw.choice(("mon", "tue"))
    return Spec(
        tuple(staff),
        tuple(wishes),
        programme={
            "programme": frame,
            "calendar": {**hours, "working_days": [day]},
            "sessions": {"month_rule": "none", "min_days_between": 7, "grid_minutes": 45},
        },
    )


@pytest.mark.parametrize("seed", range(4))
def test_nobody_loses_again_while_a_winner_wins_again_unless_it_cannot_be_otherwise(seed, tmp_path):
    """Against brute force: over all pairings with schedules that serve as many, the classes are served best."""
    runs = []
    for quarter in range(6):
        cohort, run = solved(tmp_path / str(quarter), company(seed, quarter), runs)
        runs.append(run)
        assert check_run(kept_history(read_cohort(tmp_path / str(quarter) / "cohort"), run), run) == []
        paired = {cohort.employees.ids.index(name) for name in winners(run)}
        assert_fair(cohort, paired)
        expected = {name: streak(runs[:-1], name) for name in cohort.employees.ids}
        told = ids(cohort, cohort.history.lost) if cohort.history else {}
        assert told == {
            name: times
            for name, times in expected.items()
            if times and cohort.employees.ids.index(name) in cohort.mentees
        }


def streak(runs, name):
    """How often in a row somebody was left out, read off the tables once more."""
    times = 0
    for run in reversed(runs):
        if name in winners(run):
            return times
        times += name in [row["mentee_id"] for row in rows_of(run / "unmatched.csv")]
    return times


def assert_fair(cohort, paired):
    """Nobody could have been served in the place of one who goes after him: no pairing at all shows how."""
    ways = brute_force.schedulable(cohort)
    scheduler = brute_force.Scheduler(cohort, ways, alone=False)
    possible = {
        frozenset(mentee for mentee, _ in pairing): scheduler
        for pairing in brute_force.pairings(cohort, list(ways))
        if len({mentee for mentee, _ in pairing}) >= len(paired) and scheduler.best(pairing) is not None
    }
    assert max(map(len, possible)) == len(paired)
    key = {mentee: class_key(cohort, mentee) for mentee in cohort.mentees.tolist()}
    for left, after in itertools.product(set(key) - paired, paired):
        if key[left] > key[after]:
            assert frozenset({left, *paired} - {after}) not in possible


# --- the command --------------------------------------------------------------------------------------------


def test_the_command_from_quarter_to_quarter(quarters, tmp_path):
    from click.testing import CliRunner

    from matcher.cli import cli

    cohort, run = write(spec_of(3), tmp_path / "next"), tmp_path / "run"
    history = [word for _, earlier in quarters for word in ("--history", str(earlier))]
    call = CliRunner().invoke
    done = call(cli, ["solve", str(cohort), "-o", str(run), "--prices", *history], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert (
        "History: of 3 mentees 2 had no mentor last time (1 of them more than once in a row); 3 pairs"
        in done.output
    )
    for _, earlier in quarters:
        shutil.rmtree(earlier)
    verified = call(cli, ["verify", str(cohort), str(run)], catch_exceptions=False)
    assert "certified: mentees, pairs, priorities and ranks" in verified.output
    assert call(cli, ["rerun", str(cohort), str(run)], catch_exceptions=False).exit_code == 0
    waits = rows_of(run / "waiting.csv")[0]["mentee_id"]
    told = call(cli, ["explain", str(cohort), str(run), waits], catch_exceptions=False).output
    assert (
        f"{waits} is number 1 of 2 on the waiting list (waiting.csv): priority 0, left out last time"
        in " ".join(told.split())
    )
    assert f"matcher rerun {cohort} {run}" in " ".join(told.split()) or "the draw" in told
    for language in ("en", "ru"):
        assert call(cli, ["report", str(cohort), str(run), "--language", language]).exit_code == 0
    again = call(cli, ["solve", str(cohort), "-o", str(tmp_path / "x"), "--history", str(run), "--no-report"])
    assert again.exit_code == 1
    assert "only earlier quarters are its history" in again.output


def test_who_has_left_since_is_no_longer_told_of(quarters, tmp_path):
    """A rematch reads the cohort as it is now: what the run was told of others still counts."""
    cohort, run = quarters[2]
    past, lost = cohort.history.past, ids(cohort, cohort.history.lost)
    (gone,) = [name for name, times in lost.items() if times == 2]
    left = "".join(name for name in "abc" if name != gone)
    now = kept_history(read_cohort(write(spec_of(2, left), tmp_path / "now")), run)
    assert ids(now, now.history.lost) == {name: times for name, times in lost.items() if name != gone}
    assert len(now.history.past) == len([pair for pair in past if cohort.employees.ids[pair[0]] != gone])


def test_a_run_with_a_history_can_be_published(quarters, tmp_path):
    from click.testing import CliRunner

    from matcher.cli import cli

    command = ["publish", str(tmp_path / "2" / "cohort"), str(quarters[2][1]), "--on", "2026-06-30"]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output

"""Repairs of a plan: the command and its files, their check, calendars, and the optimum against enumeration."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import shutil
from dataclasses import replace as replace_in

import brute_rematch
import icalendar
import pytest
from cohorts import Spec, build, only
from draws import random_spec
from rematch_cases import draw_date, first_run, happens, rematch, rematch_or_keep
from rematch_story import AS_OF, FILES, change, late, plan, run, table, write

from matcher.check import check_run
from matcher.earlier import begin_repair, with_earlier
from matcher.errors import InputError
from matcher.invitation_texts import Wording
from matcher.invitations import Slot, entries
from matcher.io import read_cohort
from matcher.model import Earlier, Session
from matcher.programme import day_number
from matcher.rematch_changes import matched
from matcher.rematch_told import rematch_line
from matcher.rematch_words import ENGLISH, RUSSIAN
from matcher.solver import solve

# --- the optimum ----------------------------------------------------------------------------------------------


LOCKS_FAIL = {0, 21, 22}  # and so there is nothing to repair


@pytest.mark.parametrize("seed", [*sorted(set(range(24)) - LOCKS_FAIL), 128, 211])
def test_drawn_plans_are_repaired_as_enumeration_says(seed, tmp_path):
    rng = random.Random(f"rematch {seed}")
    spec = random_spec(seed)
    cohort, first = first_run(spec, tmp_path)
    as_of = draw_date(rng, cohort, first)
    step = rematch(happens(rng, spec, cohort, first), as_of, tmp_path, 1)
    truth = brute_rematch.best(step.repair.cohort).values
    *before, regularity = step.solution.goals
    assert [*(goal.name for goal in before), "regularity"] == list(truth)
    assert {goal.name: goal.value for goal in before} == {goal.name: truth[goal.name] for goal in before}
    assert all(goal.status == "optimal" for goal in before)
    assert regularity.value <= truth["regularity"] <= regularity.bound
    for pair, agreed in step.repair.earlier.agreed.items():
        solved = [one for one in step.solution.pairs if (one.mentee, one.mentor) == pair]
        assert all(one.sessions[: len(agreed.held)] == agreed.held for one in solved)


def test_sessions_held_with_somebody_who_has_left_say_nothing_of_other_pairs():
    """He is person -1; b with nobody must not be taken for a with the last of the employees."""
    hours = ("2027-03-10", "09:00", "10:00")
    spec = Spec(
        employees=("a F 1", "b F 1", "m G 3"),
        choices=("a m",),
        availability=tuple(row for name in "abm" for row in only(name, hours)),
        programme={"programme": {"start": "2027-03-01", "end": "2027-03-12"}, "sessions": {"month_rule": "none"}},
    )
    cohort, as_of = build(spec), day_number(dt.date(2027, 3, 8))
    held = {(1, -1): (Session(as_of * 1440 - 2280, 45),)}
    found = solve(replace_in(cohort, earlier=Earlier(as_of, {}, held)))
    assert [(pair.mentee, pair.mentor) for pair in found.pairs] == [(0, 2)]


@pytest.mark.parametrize("end_pairs", ["forced", "for-more-mentees"])
def test_a_place_more_may_let_a_pair_go_on_at_a_worse_rank(end_pairs, tmp_path):
    """With two places again m would keep both; then a would be with his second choice."""
    hours = [(day, "09:00", "11:00") for day in ("2027-03-02", "2027-03-10")]
    frame = {"start": "2027-03-01", "end": "2027-03-12"}
    people = ("a F 1", "b F 1", "m G 3 2", "n G 3 0")
    spec = Spec(
        people,
        (("a", 1, "n"), ("a", 2, "m"), ("b", 1, "m")),
        tuple(row for name in "abmn" for row in only(name, *hours)),
        programme={"programme": frame, "sessions": {"month_rule": "none"}, "rematch": {"end_pairs": end_pairs}},
    )
    first_run(spec, tmp_path)
    now = replace_in(spec, employees=(*people[:2], "m G 3 1", "n G 3 1"))
    step = rematch(now, dt.date(2027, 3, 5), tmp_path, 1)
    gains = {row["mentor_id"]: row["gain_ranks"] for row in table(step.run / "bottlenecks.csv")}
    assert gains["m"] == "1:-1 2:+1"


@pytest.mark.parametrize("days", [1, 7])
def test_a_week_filled_by_a_pair_that_has_ended_is_a_schedule_conflict(days, tmp_path):
    """However often a pair alone could meet in a week: alone it could meet."""
    frame = {"start": "2027-03-01", "end": "2027-03-05"}
    rules = {"month_rule": "none", "max_per_week": 1, "min_days_between": days}
    spec = Spec(
        ("a F 1", "b F 1", "m G 3 1"),
        (("a", 1, "m"), ("b", 2, "m")),
        tuple(
            row
            for name in "abm"
            for row in only(name, ("2027-03-02", "09:00", "10:00"), ("2027-03-04", "09:00", "10:00"))
        ),
        busy=(("a", "2027-03-04", "2027-03-04"),),
        programme={"programme": frame, "sessions": rules},
    )
    first_run(spec, tmp_path)
    step = rematch(replace_in(spec, pairs=(("a", "m", "refused"),)), dt.date(2027, 3, 3), tmp_path, 1)
    outcomes = {row["mentee_id"]: row["outcome"] for row in table(step.run / "choices.csv")}
    assert outcomes == {"a": "refused", "b": "schedule_conflict"}


@pytest.mark.parametrize("days", [1, 7])
def test_what_a_pair_that_could_end_has_held_counts_in_a_week(days, tmp_path):
    """b could have m on 4 March only, in the week in which m has met a: so a had better stay with m."""
    frame = {"start": "2027-03-01", "end": "2027-03-12"}
    rules = {"month_rule": "none", "max_per_week": 1, "min_days_between": days}
    open_days = {"a": ("02", "09"), "b": ("04",), "m": ("02", "04"), "n": ("09",)}
    people = ("a F 1", "b F 1", "m G 3 1", "n G 3 0")
    spec = Spec(
        people,
        (("a", 1, "m"), ("a", 2, "n"), ("b", 1, "m")),
        tuple(
            row
            for name, own in open_days.items()
            for row in only(name, *((f"2027-03-{day}", "09:00", "10:00") for day in own))
        ),
        pairs=(("a", "m", "locked"),),
        programme={"programme": frame, "sessions": rules, "rematch": {"end_pairs": "for-more-mentees"}},
    )
    first_run(spec, tmp_path)
    now = replace_in(spec, pairs=(), employees=(*people[:3], "n G 3 1"))
    step = rematch(now, dt.date(2027, 3, 3), tmp_path, 1)
    assert [goal.value for goal in step.solution.goals[:2]] == [1, 1]


def test_ten_rematches_in_a_row_stay_clean(tmp_path):
    rng, spec = random.Random(5), random_spec(29)
    cohort, solution = first_run(spec, tmp_path)
    day = cohort.programme.frame.start
    done = 0
    for number in range(1, 11):
        day = min(day + dt.timedelta(days=rng.randint(1, 5)), cohort.programme.frame.end)
        spec, step = rematch_or_keep(happens(rng, spec, cohort, solution), spec, day, tmp_path, number)
        cohort, solution = step.repair.cohort, step.solution
        again = read_cohort(tmp_path / f"cohort{number}")
        assert check_run(with_earlier(again, step.run), step.run) == []
        done += 1
    assert done == 10


# --- the command ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The folder of a cohort, its first run with calendars, and the repaired one."""
    folder = tmp_path_factory.mktemp("story")
    cohort = plan(folder)
    run("calendars", cohort, folder / "first")
    change(cohort, folder)
    result = run("rematch", cohort, folder / "first", "--as-of", AS_OF, "-o", folder / "second", "--no-report")
    (folder / "told.txt").write_text(result.output, "utf-8")
    return folder


def test_the_story_is_told_in_one_line(story):
    told = (story / "told.txt").read_text("utf-8")
    assert (
        f"optimal as of {AS_OF}: 1 pair goes on, 1 ended (1 refused), 1 new; 1 session moved; "
        "5 people hear of it; 2 of 3 mentees paired; written to"
    ) in told
    assert "1 of 2, 1 with other sessions than planned" in told
    assert "of 1 mentee who lost a mentor, 0 have one again" in told


@pytest.mark.parametrize(("cancelled", "told"), [(0, ""), (1, " and 1 cancelled in pairs that go on")])
def test_what_is_cancelled_is_not_called_moved(cancelled, told):
    frame = {"programme": {"start": "2027-03-01", "end": "2027-03-12"}}
    cohort = build(Spec(employees=("a F 1", "m F 3"), choices=("a m",), programme=frame))
    said = {"as_of": AS_OF, "kept": 1, "ended": {}, "new": 0, "sessions_moved": 2, "people_affected": 2}
    said["sessions_cancelled_of_kept"] = cancelled
    assert f"; 2 sessions moved{told}; 2 people hear of it; " in rematch_line(cohort, solve(cohort), said)


def test_changes_say_who_and_why(story):
    rows = {(row["mentee_id"], row["mentor_id"]): row for row in table(story / "second" / "changes.csv")}
    assert {pair: (row["change"], row["reason"]) for pair, row in rows.items()} == {
        ("a", "m"): ("ended", "refused"),
        ("b", "n"): ("moved", "not_free"),
        ("c", "m"): ("new", "place_free"),
    }
    assert rows["a", "m"]["mentee_name"] == "'=Ann"
    assert rows["a", "m"]["cause"] == "Mia (m) has refused to go on (since 2027-02-10)."
    assert rows["c", "m"]["cause"] == "A place is free after the end of the pair with =Ann (a)."
    assert "not free at that time any more: Bob (b)" in rows["b", "n"]["cause"]


def test_what_has_ended_stays_on_record(story):
    (row,) = table(story / "second" / "ended.csv")
    held = table(story / "second" / "held.csv")
    first = [one for one in table(story / "first" / "sessions.csv") if one["mentee_id"] == "a" and not late(one)]
    assert held == first
    assert (row["start"], row["end"], row["sessions"]) == ("2027-01-11", "2027-02-10", str(len(first)))
    assert (row["reason"], row["by"], row["as_of"]) == ("refused", "mentor", AS_OF)


def test_sessions_held_are_those_of_the_plan(story):
    then, now = (
        [row for row in table(story / name / "sessions.csv") if not late(row)] for name in ("first", "second")
    )
    assert now == [row for row in then if row["mentee_id"] == "b"]
    new = [row for row in table(story / "second" / "sessions.csv") if row["mentee_id"] == "c"]
    assert [row["number"] for row in new] == [str(number) for number in range(1, len(new) + 1)]
    (pair,) = [row for row in table(story / "second" / "pairs.csv") if row["mentee_id"] == "c"]
    assert pair["start"] == AS_OF


def test_what_it_began_with_is_kept_byte_for_byte(story):
    for name in ("pairs.csv", "sessions.csv"):
        before = (story / "second" / "before" / name).read_bytes()
        assert before == (story / "first" / name).read_bytes()


def test_other_commands_know_a_rematch(story):
    cohort, second = story / "cohort", story / "second"
    assert "verified" in run("verify", cohort, second).output
    assert "byte for byte" in run("rerun", cohort, second).output
    assert "Cy" in run("explain", cohort, second, "c").output
    moved = second.rename(story / "elsewhere")  # RUN is not needed
    shutil.move(story / "first", story / "gone")
    assert "verified" in run("verify", cohort, moved).output
    shutil.move(story / "gone", story / "first")
    moved.rename(second)


def test_a_report_is_written_and_speaks_of_the_goals(story, tmp_path):
    second = shutil.copytree(story / "second", tmp_path / "second")
    run("report", story / "cohort", second)
    assert "Most pairs that go on" in (second / "report.html").read_text("utf-8")
    run("report", story / "cohort", second, "--language", "ru")
    assert "Как можно больше пар продолжают встречи" in (second / "report.html").read_text("utf-8")


def test_a_rematch_of_a_rematch_keeps_what_ended_before(story, tmp_path):
    cohort = shutil.copytree(story / "cohort", tmp_path / "cohort")
    answers = (cohort / "pairs.csv").read_text("utf-8") + "b,n,declined,,mentee\n"
    write(cohort, pairs__csv=answers, busy__csv=(cohort / "busy.csv").read_text("utf-8"))
    third = tmp_path / "third"
    run("rematch", cohort, story / "second", "--as-of", "2027-03-01", "-o", third, "--no-report", "--no-calendars")
    rows = table(third / "ended.csv")
    assert [(row["mentee_id"], row["reason"], row["as_of"]) for row in rows] == [
        ("a", "refused", AS_OF),
        ("b", "declined", "2027-03-01"),
    ]
    summary = json.loads((third / "summary.json").read_text("utf-8"))
    assert summary["rematch"]["earlier_as_of"] == AS_OF
    assert set(summary["rematch"]["before"]) == {"pairs.csv", "sessions.csv", "ended.csv", "held.csv"}
    assert "verified" in run("verify", cohort, third).output
    early = run("rematch", cohort, third, "--as-of", "2027-02-20", "-o", tmp_path / "x", code=1)
    assert "2027-02-20 lies before 2027-03-01, the date of the rematch in" in early.output


def test_before_the_start_nothing_is_held_and_a_pair_may_never_have_begun(tmp_path):
    cohort = plan(tmp_path)
    write(cohort, pairs__csv="mentee_id,mentor_id,status\na,m,declined\n")
    run("rematch", cohort, tmp_path / "first", "--as-of", "2026-12-01", "-o", tmp_path / "second", "--no-report")
    (row,) = table(tmp_path / "second" / "ended.csv")
    assert (row["start"], row["end"], row["sessions"], row["first_session"]) == ("2027-01-11", "", "0", "")
    assert table(tmp_path / "second" / "held.csv") == []
    assert "verified" in run("verify", cohort, tmp_path / "second").output


def test_who_has_left_is_named_as_the_plan_named_him(tmp_path):
    cohort = plan(tmp_path)
    staff = (cohort / "employees.csv").read_text("utf-8").replace("b,Bob,b@x.example,Ops,1\n", "")
    wishes = (cohort / "preferences.csv").read_text("utf-8").replace("b,1,n\n", "")
    write(cohort, employees__csv=staff, preferences__csv=wishes)
    run("rematch", cohort, tmp_path / "first", "--as-of", AS_OF, "-o", tmp_path / "second", "--no-report")
    (row,) = table(tmp_path / "second" / "ended.csv")
    assert (row["mentee_id"], row["mentee_name"], row["reason"], row["by"]) == ("b", "Bob", "left", "mentee")
    rows = {row["mentee_id"]: row for row in table(tmp_path / "second" / "changes.csv")}
    assert rows["b"]["cause"] == "No longer in the programme: Bob (b)."
    assert (rows["c"]["change"], rows["c"]["mentor_id"]) == ("new", "n")


def test_a_session_that_was_corrected_by_hand_counts_as_it_stands(tmp_path):
    cohort = plan(tmp_path)
    sessions = tmp_path / "first" / "sessions.csv"
    first = next(row for row in table(sessions) if row["mentee_id"] == "a")
    text = sessions.read_text("utf-8")
    changed = (
        first["start"].replace(first["start"][11:16], "20:07"),
        first["end"].replace(first["end"][11:16], "20:30"),
    )
    text = text.replace(f"{first['start']},{first['end']},45", f"{changed[0]},{changed[1]},23", 1)
    sessions.write_text(text, "utf-8")
    run("rematch", cohort, tmp_path / "first", "--as-of", AS_OF, "-o", tmp_path / "second", "--no-report")
    assert changed in [(row["start"], row["end"]) for row in table(tmp_path / "second" / "sessions.csv")]
    assert "verified" in run("verify", cohort, tmp_path / "second").output


def test_a_plan_that_a_spreadsheet_has_saved_with_spaces_is_repaired_like_any_other(tmp_path):
    cohort = plan(tmp_path)
    sessions = tmp_path / "first" / "sessions.csv"
    sessions.write_text("\n" + sessions.read_text("utf-8-sig").replace(",", ", "), "utf-8")
    run("rematch", cohort, tmp_path / "first", "--as-of", AS_OF, "-o", tmp_path / "second", "--no-report")
    assert "verified" in run("verify", cohort, tmp_path / "second").output


# --- calendars ------------------------------------------------------------------------------------------------


def test_people_hear_of_what_changes_and_of_nothing_else(story):
    then = {row["uid"]: row for row in table(story / "first" / "calendars" / "index.csv")}
    now = {row["uid"]: row for row in table(story / "second" / "calendars" / "index.csv")}
    assert then.keys() <= now.keys()
    changed = {uid for uid in then if now[uid]["sequence"] != then[uid]["sequence"]}
    assert all(now[uid]["changed"] == then[uid]["changed"] for uid in then.keys() - changed)
    said = {(now[uid]["mentee_id"], now[uid]["status"], now[uid]["sequence"]) for uid in changed}
    assert said == {("a", "cancelled", "1"), ("b", "confirmed", "1")}
    moves = table(story / "second" / "moves.csv")
    gone = [(row["mentee_id"], row["before_start"]) for row in moves if row["before_start"]]
    assert sorted((then[uid]["mentee_id"], then[uid]["start"]) for uid in changed) == sorted(gone)
    fresh = [(row["mentee_id"], row["start"]) for uid, row in now.items() if uid not in then]
    assert sorted(fresh) == sorted((row["mentee_id"], row["start"]) for row in moves if row["change"] == "new")
    held = [row for uid, row in now.items() if uid in then and not late(row)]
    assert {(row["mentee_id"], row["status"]) for row in held} == {("a", "held"), ("b", "confirmed")}


def test_a_moved_session_keeps_its_entry(story):
    (file,) = (
        row["file"] for row in table(story / "second" / "calendars" / "people.csv") if row["employee_id"] == "b"
    )
    calendar = icalendar.Calendar.from_ical((story / "second" / "calendars" / file).read_bytes())
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    (move,) = [row for row in table(story / "second" / "moves.csv") if row["change"] == "moved"]
    then = {
        row["start"]: row["uid"]
        for row in table(story / "first" / "calendars" / "index.csv")
        if row["mentee_id"] == "b"
    }
    event = events[then[move["before_start"]]]
    assert int(event["SEQUENCE"]) == 1
    assert event["DTSTART"].dt == dt.datetime.fromisoformat(move["start"])
    assert sum(int(event["SEQUENCE"]) for event in events.values()) == 1


# --- the check ------------------------------------------------------------------------------------------------


def replace(name, old, new):
    """Change a text in a file of the run, once."""

    def change(folder):
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")

    return change


def drop(name, start):
    """Take a row out of a table."""

    def change(folder):
        lines = (folder / name).read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(start)]
        assert len(kept) < len(lines)
        (folder / name).write_text("".join(kept), "utf-8")

    return change


def figure(key, value):
    """Change a figure of the rematch in summary.json."""

    def change(folder):
        summary = json.loads((folder / "summary.json").read_text("utf-8"))
        (summary if key == "rematch" else summary["rematch"])[key] = value
        (folder / "summary.json").write_text(json.dumps(summary), "utf-8")

    return change


BROKEN = {
    "a session held is gone": (drop("sessions.csv", "b,n,1,"), "have held at"),
    "a session held has moved": (
        replace(
            "sessions.csv",
            "b,n,1,2027-01-11T09:00+03:00,2027-01-11T09:45",
            "b,n,1,2027-01-11T10:00+03:00,2027-01-11T10:45",
        ),
        "the date of the rematch, and was not held",
    ),
    "the date is another": (figure("as_of", "2027-03-20"), "must be"),
    "the date is none": (figure("as_of", "soon"), "date of the rematch"),
    "a rematch before it is made up": (figure("earlier_as_of", "2027-02-01"), "the date of the rematch before"),
    "the rematch is forgotten": (figure("rematch", None), "says nothing of a rematch"),
    "a file of the plan was changed": (replace("before/pairs.csv", "Bob", "Rob"), "SHA-256"),
    "a file of the plan is gone": (lambda folder: (folder / "before" / "sessions.csv").unlink(), "is missing"),
    "a refused pair is back": (
        replace("pairs.csv", "c,Cy,m,Mia,2", "a,'=Ann,m,Mia,1"),
        "refused to go on",
    ),
    "a new pair begins too early": (
        replace("pairs.csv", "2027-02-15,2027-04-09", "2027-01-11,2027-04-09"),
        "must be '2027-02-15'",
    ),
    "a change is not told": (drop("changes.csv", "c,"), "a row is missing"),
    "a change is told otherwise": (replace("changes.csv", ",moved,", ",kept,"), "must be 'moved'"),
    "a cause is missing": (
        replace("changes.csv", "Mia (m) has refused to go on (since 2027-02-10).", ""),
        "must not be empty",
    ),
    "a move is not told": (drop("moves.csv", "b,n,moved"), "a row is missing"),
    "a reason is wrong": (replace("moves.csv", "not_free", "made_room"), "must be 'not_free'"),
    "an ending is not told": (drop("ended.csv", "a,"), "a row is missing"),
    "an ending has another reason": (replace("ended.csv", "refused,mentor", "left,mentor"), "must be 'refused'"),
    "an ending is dated otherwise": (replace("ended.csv", "2027-02-10", "2027-02-14"), "must be '2027-02-10'"),
    "what was held of it is gone": (drop("held.csv", "a,m,1,"), "a row is missing"),
    "a table is gone": (lambda folder: (folder / "moves.csv").unlink(), "is missing"),
    "fewer are told": (figure("people_affected", 0), "must be 5"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found(story, tmp_path, name):
    break_it, message = BROKEN[name]
    folder = shutil.copytree(story / "second", tmp_path / "broken")
    break_it(folder)
    cohort = with_earlier(read_cohort(story / "cohort"), story / "second")
    found = list(map(str, check_run(cohort, folder)))
    assert any(message in violation for violation in found), found


def goal(name, value):
    """Give a goal another value, and call it proven."""

    def change(folder):
        summary = json.loads((folder / "summary.json").read_text("utf-8"))
        for one in summary["goals"]:
            if one["name"] == name:
                one |= {"value": value, "bound": value}
        (folder / "summary.json").write_text(json.dumps(summary), "utf-8")

    return change


def test_a_session_that_could_stay_as_planned_is_found(story, tmp_path):
    folder = shutil.copytree(story / "second", tmp_path / "broken")
    rows = [row for row in table(folder / "sessions.csv") if row["mentee_id"] == "b" and late(row)]
    planned = [(row["start"], row["end"]) for row in table(folder / "before" / "sessions.csv")]
    stays = next(row for row in rows if (row["start"], row["end"]) in planned)
    then = [dt.datetime.fromisoformat(stays[key]) for key in ("start", "end")]
    other = [(moment + dt.timedelta(hours=3)).isoformat(timespec="minutes") for moment in then]
    replace("sessions.csv", f"{stays['start']},{stays['end']}", ",".join(other))(folder)
    found = list(map(str, check_run(read_cohort(story / "cohort"), folder)))
    told = f"Bob (b) and Nora (n) could meet as planned on {stays['start'][:10]}"
    assert any(told in violation for violation in found), found


@pytest.mark.parametrize(("name", "value"), [("kept", 2), ("moved", 0), ("mentees", 3)])
def test_a_goal_of_another_value_is_found(story, tmp_path, name, value):
    folder = shutil.copytree(story / "second", tmp_path / "broken")
    goal(name, value)(folder)
    found = list(map(str, check_run(read_cohort(story / "cohort"), folder)))
    assert any(f"goals, {name}: value {value}" in violation for violation in found), found


# --- what is given --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("sessions.csv", "a,m,2,", "a,n,2,", "a and n are no pair of pairs.csv"),
        (
            "sessions.csv",
            "2027-01-11T09:00+03:00",
            "11.01.27",
            "line 2, start: '11.01.27' is no time with an offset",
        ),
        (
            "sessions.csv",
            "2027-01-11T09:00+03:00",
            "2026-01-11T09:00+03:00",
            "the session lies outside the programme",
        ),
        ("pairs.csv", "2027-01-11,2027-04-09", "soon,2027-04-09", "'soon' is no date like 2027-01-11"),
        ("pairs.csv", "b,Bob", "a,Bob", "b and n are no pair of pairs.csv"),
        ("pairs.csv", "mentor_id", "who", "no column 'mentor_id'"),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused_with_its_place(story, tmp_path, name, old, new, message):  # noqa: PLR0917
    first = shutil.copytree(story / "first", tmp_path / "first")
    replace(name, old, new)(first)
    with pytest.raises(InputError) as caught:
        begin_repair(read_cohort(story / "cohort"), first, dt.date.fromisoformat(AS_OF))
    assert all(fault.file.startswith(str(first)) for fault in caught.value.faults)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("start", "2027-01-11", "2027-01-18"),
        ("end", "2027-04-09", "2027-04-16"),
        ("end", "2027-04-09", "2027-04-02"),
        ("timezone", "Europe/Moscow", "Europe/Berlin"),
    ],
)
def test_another_programme_is_refused(story, tmp_path, key, old, new):
    cohort = shutil.copytree(story / "cohort", tmp_path / "cohort")
    replace("programme.toml", old, new)(cohort)
    for name in ("first", "second"):
        told = run("rematch", cohort, story / name, "--as-of", "2027-03-01", "-o", tmp_path / "x", code=1).output
        assert f"{key}" in ("start", "end", "timezone")
        assert "a rematch keeps both" in told or "outside the programme" in told


def test_dates_and_folders_that_make_no_sense_are_refused(story, tmp_path):
    cohort, first = story / "cohort", story / "first"
    late_date = run("rematch", cohort, first, "--as-of", "2027-05-01", "-o", tmp_path / "x", code=1)
    assert "2027-05-01 lies after the programme, which ends on 2027-04-09" in late_date.output
    run("rematch", cohort, first, "--as-of", "soon", "-o", tmp_path / "x", code=2)
    same = run("rematch", cohort, first, "--as-of", AS_OF, "-o", first, "--overwrite", code=2)
    assert "must be two folders side by side" in same.output
    run("rematch", cohort, tmp_path / "none", "--as-of", AS_OF, "-o", tmp_path / "x", code=1)
    assert not (tmp_path / "x").exists()


def test_keys_of_the_run_count_again(tmp_path):
    cohort = plan(tmp_path)
    run("solve", cohort, "-o", tmp_path / "other", "--no-report", "--set", "sessions.minutes=30")
    told = run(
        *(
            "rematch",
            cohort,
            tmp_path / "other",
            "--as-of",
            AS_OF,
            "-o",
            tmp_path / "second",
            "--no-report",
            "--json",
        )
    )
    data = json.loads(told.stdout)
    assert data["rematch"]["kept"] == 2
    assert data["rematch"]["people_affected"] == 0
    assert {row["minutes"] for row in table(tmp_path / "second" / "sessions.csv")} == {"30"}


def test_both_languages_tell_the_same():
    assert ENGLISH.keys() == RUSSIAN.keys()


def test_sentences_come_in_the_language_of_the_programme(story, tmp_path):
    told = run(
        *("rematch", story / "cohort", story / "first", "--as-of", AS_OF, "-o", tmp_path / "ru", "--no-report"),
        *("--set", "programme.language=ru", "--no-calendars"),
    )
    assert "written to" in told.output
    rows = {row["mentee_id"]: row for row in table(tmp_path / "ru" / "changes.csv")}
    assert rows["a"]["cause"] == "Отказ продолжать: Mia (m) (с 2027-02-10)."


# --- the parts ------------------------------------------------------------------------------------------------


def test_the_past_holds_what_was_agreed_and_what_is_over(story):
    cohort = read_cohort(story / "cohort")
    earlier = begin_repair(cohort, story / "first", dt.date.fromisoformat(AS_OF)).earlier
    person = {one: place for place, one in enumerate(cohort.employees.ids)}
    assert set(earlier.agreed) == {(person["b"], person["n"])}
    (over,) = earlier.held.items()
    rows = [row for row in table(story / "first" / "sessions.csv") if row["mentee_id"] == "a" and not late(row)]
    assert over[0] == (person["a"], person["m"])
    assert [dt.datetime.fromtimestamp(session.start * 60, dt.UTC) for session in over[1]] == [
        dt.datetime.fromisoformat(row["start"]) for row in rows
    ]
    agreed = earlier.agreed[person["b"], person["n"]]
    planned = [row for row in table(story / "first" / "sessions.csv") if row["mentee_id"] == "b"]
    assert (len(agreed.held), len(agreed.planned)) == (sum(not late(r) for r in planned), sum(map(late, planned)))


def test_sessions_that_start_as_planned_are_the_same_ones():
    planned = [Session(day, 45) for day in (10, 20, 30, 40)]
    assert matched(planned, [Session(day, 45) for day in (20, 30, 40)]) == {1: 0, 2: 1, 3: 2}
    assert matched(planned, [Session(day, 45) for day in (12, 20, 33, 40, 50)]) == {1: 1, 3: 3, 0: 0, 2: 2}
    assert matched([], planned) == {}


def test_nobody_hears_of_sessions_that_are_only_counted_otherwise(story):
    cohort, pair = read_cohort(story / "cohort"), ("b", "n")
    wording = Wording(cohort)  # says "3 of 7"
    slots = [Slot(at, at + 45, number) for number, at in enumerate((10_000, 30_000, 50_000, 70_000), 1)]
    sent = [entry.event for entry in entries({pair: slots}, [], wording, 1000)]
    fewer = [Slot(*slot[:2], number) for number, slot in enumerate((slots[0], slots[2], slots[3]), 1)]
    again = entries({pair: fewer}, sent, wording, 2000, since=20_000)
    assert [entry.change for entry in again] == ["same", "cancelled", "same", "same"]
    assert [entry.event.title for entry in again] == [event.title for event in sent]
    assert [entry.change for entry in entries({pair: fewer}, sent, wording, 2000)] != ["same"] * 4
    third = entries({pair: fewer[:2]}, [entry.event for entry in again], wording, 3000, since=20_000)
    assert [entry.change for entry in third] == ["same", "same", "same", "cancelled"]


def test_a_place_may_bring_that_one_more_pair_goes_on(tmp_path):
    """It costs a better rank then, which is no worse than no place more."""
    people = (
        "employee_id,name,email,function,level,max_mentees\na,,,Ops,1,\nb,,,Ops,1,\nm,,,Ops,4,{}\nn,,,Ops,4,1\n"
    )
    lists = "mentee_id,rank,mentor_id\na,3,m\nb,1,m\n"
    programme = '[programme]\nname = "S"\nstart = 2027-01-11\nend = 2027-02-20\n'
    programme += '[rematch]\nend_pairs = "for-more-mentees"\n'
    files = {"programme__toml": programme, "preferences__csv": lists}
    cohort = write(tmp_path / "cohort", **files, employees__csv=people.format(2))
    run("solve", cohort, "-o", tmp_path / "first", "--no-report")
    files["preferences__csv"] += "a,1,n\n"
    write(cohort, **files, employees__csv=people.format(1))
    run("rematch", cohort, tmp_path / "first", "--as-of", "2027-01-18", "-o", tmp_path / "new", "--no-report")
    gains = {row["mentor_id"]: row["gain_ranks"] for row in table(tmp_path / "new" / "bottlenecks.csv")}
    assert gains["m"] == "1:-1 3:+1"
    run("verify", cohort, tmp_path / "new")


@pytest.mark.parametrize("name", ["ended.csv", "held.csv"])
def test_a_rematch_without_what_it_ended_is_refused(story, tmp_path, name):
    """Sessions held by pairs that are over would be forgotten, and the record of why they are."""
    second = shutil.copytree(story / "second", tmp_path / "second")
    (second / name).unlink()
    told = run("rematch", story / "cohort", second, "--as-of", "2027-03-01", "-o", tmp_path / "x", code=1)
    assert f"{name}: cannot be read" in told.output


def test_the_date_of_the_rematch_before_stays_on_record(story, tmp_path):
    run(
        "rematch", story / "cohort", story / "second", "--as-of", "2027-03-01", "-o", tmp_path / "x", "--no-report"
    )
    run("verify", story / "cohort", tmp_path / "x")
    for wrong in (None, "2027-03-02"):
        figure("earlier_as_of", wrong)(tmp_path / "x")
        told = run("verify", story / "cohort", tmp_path / "x", code=4).output
        assert "rematch, earlier_as_of" in told


def test_a_run_of_strangers_is_told(story, tmp_path):
    people = "employee_id,name,email,function,level\nx,,,Ops,1\ny,,,Ops,4\n"
    other = write(tmp_path / "cohort", employees__csv=people, preferences__csv="mentee_id,rank,mentor_id\nx,1,y\n")
    told = run("rematch", other, story / "first", "--as-of", AS_OF, "-o", tmp_path / "x", "--no-report").output
    assert "nobody in these pairs is an employee now; is it a run of another cohort?" in told


def test_who_has_a_mentor_and_gets_a_second_is_not_said_to_have_had_none(tmp_path):
    two = "[capacity]\nmentors_per_mentee = 2\n[invitations]\n"
    programme = FILES["programme.toml"].replace("[capacity]\nmentees_per_mentor = 1\n[invitations]\n", two)
    files = {"programme__toml": programme, "preferences__csv": "mentee_id,rank,mentor_id\na,1,m\n"}
    cohort = write(tmp_path / "cohort", **files)
    run("solve", cohort, "-o", tmp_path / "first", "--no-report")
    write(cohort, **files | {"preferences__csv": files["preferences__csv"] + "a,2,n\n"})
    run("rematch", cohort, tmp_path / "first", "--as-of", AS_OF, "-o", tmp_path / "new", "--no-report")
    new = next(row for row in table(tmp_path / "new" / "changes.csv") if row["change"] == "new")
    assert (new["reason"], new["cause"]) == ("waited", "Still needed a mentor.")


@pytest.mark.parametrize(
    ("file", "spoil", "message"),
    [
        ("calendars/index.csv", lambda data: data[: len(data) // 2], "index.csv"),
        (
            "pairs.csv",
            lambda data: data.decode("utf-8-sig").replace("Ann", "Анна").encode("cp1251"),
            "is not in UTF-8",
        ),
        ("sessions.csv", lambda data: data.decode("utf-8-sig").encode("utf-16-le"), "is not in UTF-8"),
        (
            "sessions.csv",
            lambda data: re.sub(rb"(,1,20..-..-..T[^,]*,)20..", rb"\g<1>2030", data, count=1),
            "a day",
        ),
    ],
)
def test_a_run_that_is_damaged_is_refused_before_anything_is_written(story, tmp_path, file, spoil, message):
    shutil.copytree(story / "first", tmp_path / "first")
    path = tmp_path / "first" / file
    path.write_bytes(spoil(path.read_bytes()))
    said = run("rematch", story / "cohort", tmp_path / "first", "--as-of", AS_OF, "-o", tmp_path / "x", code=1)
    assert message in said.output
    assert not (tmp_path / "x").exists()

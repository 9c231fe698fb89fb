"""Bounds on which drawn cases hardly ever stand, found by planting faults (`python -m soak mutants`)."""

import csv
import datetime as dt
import errno
import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from calendar_runs import EARLY, at
from calendar_runs import write_cohort as write_calendar_cohort
from calendar_runs import write_run as write_calendar_run
from cohorts import Spec, build
from conflicts import contested_spec
from rematch_cases import first_run, rematch

from matcher import answers, calendars, compare_files, ics_expand, ics_text, pairing, proof, runs, times
from matcher.cadence import make_cadence, usual_number
from matcher.calendar_files import export
from matcher.calendar_run import misfit, read_sessions
from matcher.certificate import make_certificate
from matcher.check import _has_moved, check_plan, check_run, examine_run
from matcher.check_certificate import without_moved
from matcher.check_rules import Roster
from matcher.check_suggestions import Names
from matcher.compare_files import prepare_folder
from matcher.cpsat import Clock
from matcher.earlier import begin_repair
from matcher.engagements import Whose, engagements
from matcher.errors import InputError, MatcherError
from matcher.pairing import _worths
from matcher.proof import Ask, Node, Optimum, UndecidedError
from matcher.relaxation import Relaxation
from matcher.rematch_changes import find_changes
from matcher.rematch_files import make_beside
from matcher.result_folders import ResultKind, prepare_results
from matcher.rules import as_candidates
from matcher.run_tables import read_summary
from matcher.runs import TargetError, prepare_target, write_run
from matcher.solver import Search, solve

FRAME = {"start": "2027-01-11", "end": "2027-04-09", "timezone": "UTC"}
CROWD = Spec(
    employees=("m HR 5", "n HR 5", "o HR 4", "a HR 1", "b HR 2", "c HR 2", "d HR 1"),
    choices=("a m", "a n", "b m", "b o", "c m", "d n", "d m"),
    busy=(
        ("m", "2027-01-11T09:00", "2027-01-22T17:00"),
        ("n", "2027-02-01T09:00", "2027-02-12T12:00"),
        ("a", "2027-03-01T09:00", "2027-03-12T17:00"),
    ),
    availability=(("o", "mon", "07:00", "08:30"), ("b", "mon", "07:00", "09:00")),
    programme={"programme": FRAME},
)


# --- cadences and engagements ---------------------------------------------------------------------------------


@pytest.mark.parametrize("engagement", ["whole", "as-needed"])
@pytest.mark.parametrize("rule", ["rolling", "calendar", "both"])
def test_an_engagement_of_one_day_has_that_day_for_its_first_session(engagement, rule):
    keys = {"programme": {**FRAME, "engagement": engagement}, "sessions": {"month_rule": rule, "number": 1}}
    programme = build(Spec(employees=("a HR 1",), programme=keys)).programme
    assert make_cadence(programme, 5, 5).first_latest == 5
    assert make_cadence(programme, 6, 5).first_latest == -1


def test_a_pair_that_met_on_the_first_day_has_begun():
    cohort = build(Spec(employees=("m HR 5", "a HR 1"), choices=("a m",), programme={"programme": FRAME}))
    pair = np.array([1]), np.array([0])
    begun = engagements(cohort, *pair, held=np.array([0]), before=np.array([0]))
    assert begun.cadences[begun.course[0]].first_latest == 0  # the session held is the first
    new = engagements(cohort, *pair, held=np.array([-1]), before=np.array([0]))
    assert new.course.tolist() == [0]
    assert new.cadences[0].first_latest > 0
    assert Whose(new.course, np.array([0])).alike
    assert not Whose(new.course, np.array([1])).alike  # one that has held more has fewer to come
    assert not Whose(begun.course, np.array([0])).alike
    assert not Whose(np.array([0, 0]), np.array([0, 1])).alike
    assert not Whose(np.array([0, 1]), np.array([0, 0])).alike


def test_a_pair_of_whom_one_leaves_a_day_early_is_not_engaged_for_the_whole():
    leaver = {"employee_id": "a", "function": "HR", "level": "1", "last_day": "2027-04-08"}
    cohort = build(Spec(employees=("m HR 5", leaver), choices=("a m",), programme={"programme": FRAME}))
    found = engagements(cohort, np.array([1]), np.array([0]), held=np.array([-1]), before=np.array([0]))
    days = cohort.programme.days
    assert found.last.tolist() == [days - 2]
    assert found.cadences[found.course[0]].first_latest < days - 1


def test_candidates_given_by_hand_are_not_locked():
    cohort = build(CROWD)
    assert not as_candidates(cohort, np.array([3, 4]), np.array([0, 0])).locked.any()


def test_of_two_wishes_the_best_counts_more_than_all_that_follow():
    steps = _worths([7, 3, 5, 9], 2)
    assert steps == [dict.fromkeys((7, 3, 5, 9), 1), {7: 8, 3: 4, 5: 2, 9: 1}]
    assert _worths([7, 3, 5, 9], 1) == [{7: 4, 3: 3, 5: 2, 9: 1}]


def test_very_many_wishes_are_weighed_in_parts(monkeypatch):
    monkeypatch.setattr(pairing, "_BITS", 2)
    assert _worths([7, 3, 5], 2) == [dict.fromkeys((7, 3, 5), 1), {7: 2, 3: 1}, {5: 1}]


def test_one_more_place_is_asked_about_in_the_network_and_in_the_cohort():
    search = Search(build(CROWD), Clock(), 1, lambda _line: None)
    search.run()
    problem = search.joint.problem
    levels = tuple(problem.levels[: problem.price])
    arcs = Relaxation(problem, {}).flow.arcs
    ask = Ask(problem.cohort, problem.pairs, problem.possible, levels, arcs)
    mentor = int(arcs.mentors[1])
    more = ask.with_place(mentor)
    one = np.arange(len(arcs.mentors)) == 1
    people = np.arange(len(problem.cohort.employees)) == mentor
    assert (more.arcs.capacity[arcs.places] - arcs.capacity[arcs.places]).tolist() == one.tolist()
    before, now = problem.cohort.employees.capacity, more.cohort.employees.capacity
    assert (now - before).tolist() == people.tolist()
    for part in (arcs.choices, arcs.spare, arcs.unserved):
        assert (more.arcs.capacity[part] == arcs.capacity[part]).all()


@pytest.mark.parametrize(
    ("leaves", "certain"),
    [([(2, 9)], True), ([(2, 9), (1, 0)], True), ([(2, 9), (2, 10)], False), ([(3, 0), (1, 0)], False)],
)
def test_a_proof_is_complete_where_no_leaf_could_have_more(leaves, certain):
    proof = SimpleNamespace(leaves=lambda: [SimpleNamespace(values=values) for values in leaves])
    assert Optimum(None, {}, (2, 9), None, proof).certain is certain


def test_the_root_of_a_proof_is_whole():
    leaf = Node(frozenset(), np.zeros(2, dtype=np.int64), (1,))
    split = replace(leaf, conflict=SimpleNamespace(pairs=(0,)), cases=(leaf,))
    root = Optimum(None, {}, (1,), None, split).root
    assert (root.conflict, root.cases, root.values) == (None, (), (1,))


# --- people in parts ------------------------------------------------------------------------------------------


def test_people_are_handled_in_parts_as_at_once(monkeypatch):
    cohort = build(CROWD)
    at_once, blocks = solve(cohort), times.blocks
    monkeypatch.setattr(calendars, "_BLOCK", 1)
    monkeypatch.setattr(times, "blocks", lambda indices, _most=None: blocks(indices, 1))
    in_parts = solve(cohort)
    assert in_parts.pairs == at_once.pairs
    assert any(pair.sessions[0].start % 1440 < 9 * 60 for pair in at_once.pairs)  # early hours of one part alone


def starts(solution):
    return {(pair.mentee, pair.mentor): [one.start for one in pair.sessions] for pair in solution.pairs}


def test_plans_of_many_starts_a_day_are_kept_as_they_are(tmp_path):
    """Every five minutes of a day are more starts than a word has bits; the last of them are in use."""
    days = ("mon", "tue", "wed", "thu", "fri")
    late = [(who, day, "15:00", "17:00") for who in "ac" for day in days]
    spec = replace(
        CROWD,
        availability=tuple(late),
        programme={"programme": FRAME, "sessions": {"grid_minutes": 5}},
    )
    cohort = build(spec)
    first = solve(cohort)
    write_run(cohort, first, tmp_path / "run")
    assert any(session.start % 1440 >= 15 * 60 for pair in first.pairs for session in pair.sessions)
    repair = begin_repair(cohort, tmp_path / "run", dt.date(2027, 2, 8))
    again = solve(repair.cohort)
    assert starts(again) == starts(first)
    (moved,) = (goal for goal in again.goals if goal.name == "moved")
    assert (moved.value, moved.bound, moved.status) == (0, 0, "optimal")


def test_a_planned_session_whose_hour_is_nobodys_any_more_moves(tmp_path):
    hours = tuple((who, day, "09:00", "10:00") for who in "am" for day in ("mon", "tue", "wed", "thu", "fri"))
    spec = Spec(
        employees=("m HR 5", "a HR 1"), choices=("a m",), availability=hours, programme={"programme": FRAME}
    )
    cohort = build(spec)
    first = solve(cohort)
    write_run(cohort, first, tmp_path / "run")
    lost = first.pairs[0].sessions[3]
    begin = dt.datetime.fromtimestamp(lost.start * 60, dt.UTC).replace(tzinfo=None)
    busy = tuple(
        (who, begin.isoformat(timespec="minutes"), (begin + dt.timedelta(hours=8)).isoformat(timespec="minutes"))
        for who in "am"
    )
    now = build(replace(spec, busy=busy))
    again = solve(begin_repair(now, tmp_path / "run", dt.date(2027, 1, 25)).cohort)
    (moved,) = (goal for goal in again.goals if goal.name == "moved")
    assert (moved.value, moved.bound, moved.status) == (1, 1, "optimal")
    assert lost.start not in starts(again)[first.pairs[0].mentee, first.pairs[0].mentor]


# --- calendars ------------------------------------------------------------------------------------------------


def test_where_every_event_can_be_expanded_alone_the_first_is_named():
    lines = ["DTSTART:20270112T090000Z", "DTEND:20270112T100000Z"]
    text = "\r\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:x", *lines, "END:VEVENT", "END:VCALENDAR", ""))
    (calendar,) = ics_text.calendars(text.encode(), "")
    (event,) = calendar.inner("VEVENT")
    first, last = at(0)[0], at(9)[0]
    (trouble,) = ics_expand._culprits([event], "", first, last, ValueError("of both"))
    assert trouble.event is event
    assert "this or a later event cannot be read (ValueError: of both)" in trouble.message
    (nameless,) = ics_expand._culprits([event], "", first, last, ValueError())
    assert nameless.message.endswith("(ValueError)")


def test_every_group_of_events_that_cannot_be_expanded_is_named(monkeypatch):
    monkeypatch.setattr(ics_expand, "MOST_OCCURRENCES", 3)
    rule = "RRULE:FREQ=HOURLY"
    text = "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            *("BEGIN:VEVENT", "UID:x", "DTSTART:20270112T090000Z", "DURATION:PT1S", rule, "END:VEVENT"),
            *("BEGIN:VEVENT", "UID:y", "DTSTART:20270113T090000Z", "DURATION:PT1S", rule, "END:VEVENT"),
            *("BEGIN:VEVENT", "UID:z", "DTSTART:20270113T090000Z", "DURATION:PT1S", "END:VEVENT"),
            *("END:VCALENDAR", ""),
        )
    )
    (calendar,) = ics_text.calendars(text.encode(), "")
    events = calendar.inner("VEVENT")
    troubles = ics_expand._culprits(events, "", at(0)[0], at(9)[0], ValueError())
    assert [trouble.event.uid for trouble in troubles] == ["x", "y"]


def test_a_session_may_begin_with_the_programme_and_end_with_it(tmp_path):
    cohort = write_calendar_cohort(tmp_path / "cohort")
    inside = [at(0, "00:00"), at(88, "23:15")]
    run = write_calendar_run(tmp_path / "run", cohort, {("a", "m"): inside})
    assert [slot.number for slot in read_sessions(cohort, run)["a", "m"]] == [1, 2]
    for outside in (at(-1, "23:59"), at(88, "23:16")):
        write_calendar_run(run, cohort, {("a", "m"): [*inside, outside]})
        with pytest.raises(InputError, match="lies outside the programme"):
            read_sessions(cohort, run)


def test_calendars_of_a_rematch_fit_by_what_is_still_to_come(tmp_path):
    cohort = write_calendar_cohort(tmp_path / "cohort")
    run = write_calendar_run(tmp_path / "run", cohort, {("a", "m"): [at(0), at(15), at(30)]})
    export(cohort, run, now=EARLY)
    summary = json.loads((run / "summary.json").read_text("utf-8"))
    write_calendar_run(
        run, cohort, {("a", "m"): [at(1), at(15), at(30)]}
    )  # the first took place a day later than sent
    assert "of the sessions 1 are not in it, of its events 1 are no sessions any more" in misfit(run)
    summary["rematch"] = {"as_of": "2027-01-26", "timezone": "Europe/Moscow"}  # the day of the second
    (run / "summary.json").write_text(json.dumps(summary), "utf-8")
    assert misfit(run) == ""
    write_calendar_run(run, cohort, {("a", "m"): [at(1), at(15, "10:00"), at(30)]})
    (run / "summary.json").write_text(json.dumps(summary), "utf-8")
    assert "of the sessions 1 are not in it, of its events 1 are no sessions any more" in misfit(run)
    summary["rematch"]["timezone"] = "Mars/Olympus"  # of nobody's making: then all sessions count
    (run / "summary.json").write_text(json.dumps(summary), "utf-8")
    assert "of the sessions 2 are not in it, of its events 2 are" in misfit(run)


# --- runs -----------------------------------------------------------------------------------------------------


def test_a_goal_that_there_is_not_is_a_fault_of_the_summary(tmp_path):
    cohort = build(CROWD)
    write_run(cohort, solve(cohort), tmp_path / "run")
    path = tmp_path / "run/summary.json"
    assert read_summary(tmp_path / "run").goals[0].name == "mentees"
    said = json.loads(path.read_text("utf-8"))
    said["goals"][1]["name"] = "2027-02-30"
    path.write_text(json.dumps(said), "utf-8")
    with pytest.raises(MatcherError, match=r"goals\.1\.name is not what 'matcher solve' writes"):
        read_summary(tmp_path / "run")


def prepare_rehearsal(folder):
    return prepare_results(
        folder, ResultKind("an earlier test", ("data.json",), "data.json", ("a",)), overwrite=True
    )


@pytest.mark.parametrize(
    ("prepare", "file"),
    [
        (lambda folder: prepare_target(folder, overwrite=True), "summary.json"),
        (prepare_rehearsal, "data.json"),
        (lambda folder: prepare_folder(folder, overwrite=True), "figures.csv"),
    ],
)
def test_a_disk_that_does_not_answer_is_not_taken_for_a_folder_of_others(prepare, file, tmp_path, monkeypatch):
    (tmp_path / file).write_text("{}")
    with pytest.raises(TargetError, match="never replaced"):
        prepare(tmp_path)

    def dead(_path):
        raise OSError(errno.EIO, "Input/output error")

    for module in (runs, compare_files):
        for name in ("read_plain", "read_plain_text"):
            monkeypatch.setattr(module, name, dead, raising=False)
    with pytest.raises(TargetError, match=r"cannot be used .*the disk does not answer"):
        prepare(tmp_path)


# --- figures that mean nothing elsewhere ----------------------------------------------------------------------


@pytest.mark.parametrize(("number", "usual"), [("most", 0), ("fewest", 0), (3, 3)])
def test_only_a_number_says_how_many_sessions_are_usual(number, usual):
    keys = {"programme": FRAME, "sessions": {"number": number}}
    assert usual_number(build(Spec(employees=("a HR 1",), programme=keys)).programme) == usual


def test_events_may_take_place_just_as_often_as_is_allowed(monkeypatch):
    monkeypatch.setattr(ics_expand, "MOST_OCCURRENCES", 3)
    for number in (3, 4):
        rule = f"RRULE:FREQ=DAILY;COUNT={number}"
        event = ("BEGIN:VEVENT", "UID:x", "DTSTART:20270112T090000Z", "DURATION:PT1H", rule, "END:VEVENT")
        text = "\r\n".join(("BEGIN:VCALENDAR", *event, "END:VCALENDAR", ""))
        (calendar,) = ics_text.calendars(text.encode(), "")
        events = calendar.inner("VEVENT")
        found = ics_expand._occurrences(ics_expand._parsed(events, ""), events, at(0)[0], at(30)[0])
        if number == 3:
            assert len(list(found)) == 3
        else:
            with pytest.raises(ics_expand.ExpansionError):
                list(found)


def test_a_proof_that_cannot_go_on_asks_about_no_further_part(monkeypatch):
    """The first part is undecided: what stands beside it is left as it is."""
    asked = []

    def conflict_of(flow):
        asked.append(int(flow[0]))
        if len(asked) > 1:
            raise UndecidedError
        return SimpleNamespace(pairs=(0, 1), moves=False)

    ask = SimpleNamespace(chosen=lambda flow: flow)
    root = Node(frozenset(), np.zeros(1, dtype=np.int64), (9,))
    parts = {pair: Node(frozenset({pair}), np.array([pair + 1]), (8,)) for pair in (0, 1)}
    monkeypatch.setattr(proof, "without", lambda _ask, _node, pair: parts[pair])
    split = proof.prove(ask, root, (5,), SimpleNamespace(of=conflict_of), most=50)
    assert asked == [0, 1]
    assert split.cases == (parts[0], parts[1])


# --- the check of a plan alone ----------------------------------------------------------------------------------


def test_a_plan_alone_is_checked_as_a_run_is(tmp_path):
    spec = Spec(employees=("m HR 5", "a HR 1", "b HR 1"), choices=("a m",), programme={"programme": FRAME})
    cohort = build(spec)
    write_run(cohort, solve(cohort), tmp_path / "run")
    assert check_plan(cohort, tmp_path / "run") == []
    unlisted = build(replace(spec, choices=("b m",)))
    assert any("the mentee did not list this mentor" in str(one) for one in check_plan(unlisted, tmp_path / "run"))
    repair = begin_repair(unlisted, tmp_path / "run", dt.date(2027, 2, 8))
    write_run(
        repair.cohort,
        solution := solve(repair.cohort),
        tmp_path / "next",
        beside=make_beside(repair, solution, find_changes(repair, solution)),
    )
    assert check_plan(unlisted, tmp_path / "next") == []  # a pair that goes on need not be listed any more
    assert examine_run(unlisted, tmp_path / "next").complete  # what goes on is as good as locked, and certified
    shutil.rmtree(tmp_path / "next/before")
    assert {one.source for one in check_run(unlisted, tmp_path / "next")} == {
        "before/pairs.csv",
        "before/sessions.csv",
        "summary.json",
    }  # and nothing is said of what follows from it
    assert examine_run(unlisted, tmp_path / "next").resting == 0


def test_a_plan_alone_says_how_many_sessions_it_has(tmp_path):
    spec = Spec(employees=("m HR 5", "a HR 1"), choices=("a m",), programme={"programme": FRAME})
    cohort, run = build(spec), tmp_path / "run"
    write_run(cohort, solve(cohort), run)
    columns, row, _ = (run / "pairs.csv").read_text("utf-8-sig").split("\n")
    cells = dict(zip(columns.split(","), row.split(","), strict=True))
    cells["sessions"] = str(int(cells["sessions"]) + 1)
    (run / "pairs.csv").write_text("\n".join((columns, ",".join(cells.values()), "")), "utf-8-sig")
    (violation,) = check_plan(cohort, run)
    assert violation.column == "sessions"


@pytest.mark.parametrize(
    ("goals", "moved"),
    [
        ([{"name": "moved", "value": 0}], False),
        ([{"name": "moved", "value": 1}], True),
        ([{"name": "sessions", "value": 1}], False),
        ([{"name": "sessions", "value": 7}, {"name": "moved", "value": 2}], True),
        ([3, None, {"name": "moved", "value": 2}], True),
        ({"name": "moved", "value": 2}, False),
        (None, False),
    ],
)
def test_whether_planned_sessions_have_moved_is_read_from_the_goals(goals, moved):
    assert _has_moved({"goals": goals}) is moved


def test_a_certificate_of_a_rematch_is_read_without_what_moved():
    case = {"places": {"m": [1, 2, 3], "n": [1, 2], "o": [1, "2", 3], "p": 7}, "bound": [4, 5, 6]}
    found = {
        "goals": ["kept", "moved", "rank"],
        "value": [4, 5, 6],
        "bound": [7, 8, 9],
        "places": {"m": [1, 2, 3]},
        "proof": {"conflict": 0, "places": {"m": [3, 2, 1]}, "cases": [case, None, 3, {"cases": "odd"}]},
        "version": 1,
    }
    shorter = {"places": {"m": [1, 3], "n": [1, 2], "o": [1, "2", 3], "p": 7}, "bound": [4, 5, 6]}
    assert without_moved(found) == {
        "goals": ["kept", "rank"],
        "value": [4, 6],
        "bound": [7, 9],
        "places": {"m": [1, 3]},
        "proof": {"conflict": 0, "places": {"m": [3, 1]}, "cases": [shorter, None, 3, {}]},
        "version": 1,
    }
    odd = {"goals": ["moved"], "value": None, "bound": "x", "places": 3, "proof": None}
    assert without_moved(odd) == {**odd, "goals": []}
    for plain in (
        {"goals": ["kept", "rank"], "bound": [4, 5]},
        {"goals": "kept, moved", "bound": [4, 5, 6]},
        {"goals": None},
    ):
        assert without_moved(plain) == plain


def test_only_a_search_that_was_cut_short_may_leave_standings_open(tmp_path):
    spec = Spec(employees=("m HR 5", "a HR 1"), choices=("a m",), programme={"programme": FRAME})
    cohort, run = build(spec), tmp_path / "run"
    write_run(cohort, solve(cohort), run)
    for file in ("pairs.csv", "choices.csv"):
        text = (run / file).read_text("utf-8-sig")
        assert text.count("every") == 1
        (run / file).write_text(text.replace("every", ""), "utf-8-sig")
    summary = json.loads((run / "summary.json").read_text("utf-8"))
    for cut_short, faults in ((True, 0), (False, 1), ("yes", 1)):
        (run / "summary.json").write_text(json.dumps({**summary, "cut_short": cut_short}), "utf-8")
        found = [one for one in check_run(cohort, run) if one.column == "standing"]
        assert len(found) == faults, (cut_short, found)


@pytest.mark.parametrize("seed", [4, 9, 40])
def test_each_part_of_a_certificate_is_given_by_what_differs_from_the_first(seed, monkeypatch):
    told = []
    monkeypatch.setattr(answers, "make_certificate", lambda *given: told.append(given) or make_certificate(*given))
    written = solve(build(contested_spec(seed))).certificate
    ((optimum, parts),) = told
    cohort, mentors = optimum.ask.cohort, optimum.ask.arcs.mentors.tolist()
    wanted = [
        {cohort.employees.ids[mentor]: row for mentor, row in zip(mentors, part.amount.tolist(), strict=True)}
        for part in parts
    ]
    assert wanted[0] != wanted[-1]
    assert all(map(any, written["places"].values()))  # who is not named has a place that is worth nothing

    def leaves(proof):
        if "cases" in proof:
            for case in (one for one in proof["cases"] if one is not None):
                yield from leaves(case)
        else:
            own = proof.get("places", {})
            assert all(written["places"].get(mentor) != row for mentor, row in own.items())
            yield {**written["places"], **own}

    nothing = dict.fromkeys(wanted[0], [0] * len(written["goals"]))
    assert [nothing | leaf for leaf in leaves(written["proof"])] == wanted


def test_where_mentees_have_priorities_a_run_is_complete_with_them_certified(tmp_path):
    people = [
        {"employee_id": name, "function": "HR", "level": "1", "priority": str(place)}
        for place, name in enumerate("ab")
    ]
    cohort = build(Spec(employees=(*people, "m HR 5 1"), choices=("a m", "b m"), programme={"programme": FRAME}))
    write_run(cohort, solve(cohort), tmp_path / "run")
    examined = examine_run(cohort, tmp_path / "run")
    assert examined.certified == examined.pairing == ("mentees", "pairs", "priority", "rank")


@pytest.mark.parametrize(("start", "end", "bounds"), [("11-02", "11-30", (0, 29)), ("10-01", "11-01", (-32, 0))])
def test_a_day_with_two_midnights_begins_at_the_first(start, end, bounds):
    """In Havana, 2 November 2025 showed the hour after midnight twice; before, clocks were 4 hours behind UTC."""
    frame = {"start": f"2025-{start}", "end": f"2025-{end}", "timezone": "America/Havana"}
    programme = build(Spec(employees=("a HR 1",), programme={"programme": frame})).programme
    first = dt.datetime(2025, 11, 2, 4, tzinfo=dt.UTC)
    hours = (0, 1) if bounds[0] == 0 else (0, 0)  # at the end of November clocks were 5 hours behind
    wanted = [first + dt.timedelta(days=day, hours=hour) for day, hour in zip(bounds, hours, strict=True)]
    assert calendars.programme_bounds(programme) == tuple(int(one.timestamp()) // 60 for one in wanted)


def test_neighbours_have_the_same_free_time_among_themselves():
    cohort = build(CROWD)
    free = calendars.free_time(cohort, np.arange(5))
    part = free.part(np.array([2, 3]))
    for place, row in enumerate((2, 3)):
        for mine, same in zip(part.row(place), free.row(row), strict=True):
            assert mine.tolist() == same.tolist()
            assert len(mine) > 0


def test_what_takes_no_time_needs_no_pause():
    """In Berlin the hour after two is skipped on 28 March 2027: what is busy in it takes no time."""
    spec = Spec(
        employees=("a HR 1",),
        availability=(("a", "sun", "00:00", "23:00"),),
        busy=(("a", "2027-03-28T02:15", "2027-03-28T02:45"), ("a", "2027-03-28T10:00", "2027-03-28T11:00")),
        programme={
            "programme": {"start": "2027-03-28", "end": "2027-03-28", "timezone": "Europe/Berlin"},
            "sessions": {"pause_minutes": 10},
        },
    )
    free = calendars.free_time(build(spec), np.array([0]))
    midnight = int(dt.datetime(2027, 3, 27, 23, tzinfo=dt.UTC).timestamp()) // 60
    assert (free.start - midnight).tolist() == [0, 10 * 60 + 10]  # one hour is missing: 11:10 by the clock
    assert (free.end - midnight).tolist() == [9 * 60 - 10, 22 * 60]


def test_free_time_is_the_same_in_parts(monkeypatch):
    cohort, people = build(CROWD), np.array([0, 2, 3, 4, 6])
    whole = calendars.free_time(cohort, people)
    monkeypatch.setattr(calendars, "_BLOCK", 2)
    parts = calendars.free_time(cohort, people)
    for one, other in ((whole.offsets, parts.offsets), (whole.start, parts.start), (whole.end, parts.end)):
        assert one.tolist() == other.tolist()


def test_free_time_from_an_instant_on_is_what_lies_after_it():
    cohort = build(CROWD)
    whole = calendars.free_time(cohort, np.arange(7))
    since = int(dt.datetime(2027, 1, 20, 11, 30, tzinfo=dt.UTC).timestamp()) // 60
    some = calendars.free_time(cohort, np.arange(7), since)
    for person in range(7):
        start, end = whole.row(person)
        late = end > since
        assert some.row(person)[0].tolist() == np.maximum(start[late], since).tolist()
        assert some.row(person)[1].tolist() == end[late].tolist()
    assert (whole.start < since).any()


def test_a_run_tells_how_many_standings_only_the_solver_knows(tmp_path):
    cohort = build(contested_spec(1))
    solution = solve(cohort)
    write_run(cohort, solution, tmp_path / "run")
    assert examine_run(cohort, tmp_path / "run").resting == 3
    lone = build(Spec(employees=("m HR 5", "a HR 1"), choices=("a m",), programme={"programme": FRAME}))
    write_run(lone, solve(lone), tmp_path / "lone")
    assert examine_run(lone, tmp_path / "lone").resting == 0


def spoiled(run, file, **cells):
    """Change some cells of the last row of a table."""
    with (run / file).open(encoding="utf-8-sig", newline="") as before:
        rows = list(csv.DictReader(before))
    rows[-1] |= cells
    with (run / file).open("w", encoding="utf-8-sig", newline="") as now:
        writer = csv.DictWriter(now, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("frame", "file", "cells"),
    [
        ({}, "waiting.csv", {"place": "7"}),
        ({}, "unmatched.csv", {"eligible_choices": "5"}),
        ({"engagement": "as-needed"}, "unmatched.csv", {"suggestions": "one more place: m"}),
        ({"engagement": "as-needed"}, "unmatched.csv", {"eligible_choices": "5"}),
    ],
)
def test_what_is_said_of_those_who_wait_is_checked(frame, file, cells, tmp_path):
    rules = {"programme": FRAME | frame, "sessions": {"number": 7 if frame else "most"}}
    cohort = build(Spec(employees=("m HR 5 1", "a HR 1", "b HR 1"), choices=("a m", "b m"), programme=rules))
    run = tmp_path / "run"
    write_run(cohort, solve(cohort), run)
    assert check_run(cohort, run) == []
    spoiled(run, file, **cells)
    assert {(one.source, one.column) for one in check_run(cohort, run)} == {(file, next(iter(cells)))}


# --- what a right run was refused for ---------------------------------------------------------------------------


@pytest.mark.parametrize("end_pairs", ["forced", "for-more-mentees"])
def test_a_pair_may_end_whose_mentor_nobody_lists_any_more(end_pairs, tmp_path):
    """Who occurs in no choice and in no pair now has free time of his own all the same."""
    rules = {"programme": FRAME, "rematch": {"end_pairs": end_pairs}}
    spec = Spec(employees=("a F 1", "m F 5", "n F 5"), choices=("a n",), programme=rules)
    first_run(spec, tmp_path)
    away = replace(
        spec,
        choices=("a m",),
        absences=(("n", "2027-02-08", "2027-04-09"),),
        programme=rules | {"sessions": {"absences": "re-pair"}},
    )
    step = rematch(away, dt.date(2027, 2, 8), tmp_path, 1)  # which checks what it writes
    assert [(pair.mentee, pair.mentor) for pair in step.solution.pairs] == [(0, 1)]


@pytest.mark.parametrize("parts", [1, 9, 10, 25])
def test_a_name_of_many_parts_is_read_among_those_that_are_suggested(parts, tmp_path):
    name = "; ".join(f"x{number}" for number in range(parts))
    people = ("a F 1", "m F 1", "n F 5", "o F 5")
    cohort = build(Spec(employees=people, choices=("a m",), programme={"programme": FRAME}))
    cohort = replace(cohort, employees=replace(cohort.employees, names=("Ann", "Mia", name, "O; x0")))
    write_run(cohort, solve(cohort), tmp_path / "run")  # which checks what it writes
    (row,) = csv.DictReader((tmp_path / "run/unmatched.csv").read_text("utf-8-sig").splitlines())
    assert name in row["suggestions"]
    assert Names(Roster(cohort)).read(f"{name} (n); O; x0 (o)") == [2, 3]
    assert Names(Roster(cohort)).read("; ".join(["x0"] * 30_000)) is None


def test_an_exception_for_a_pair_of_before_is_suggested():
    keys = {"programme": FRAME, "eligibility": {"past_pairs_may_repeat": False}}
    spec = Spec(employees=("m HR 5", "a HR 1"), choices=("a m",), pairs=(("a", "m", "past"),), programme=keys)
    (waiting,) = solve(build(spec)).unmatched.values()
    assert "exception to a rule: m, past" in str(waiting)


def test_only_the_solver_says_that_no_pairing_has_what_is_given_and_not_the_clock(monkeypatch):
    monkeypatch.setattr(proof, "best_pairing", lambda *_: None)
    monkeypatch.setattr(proof, "PairingModel", lambda *_, **__: None)
    pairs = as_candidates(build(CROWD), np.array([3, 4]), np.array([0, 0]))
    ask = SimpleNamespace(possible=np.arange(2), pairs=pairs, given=frozenset({1}), cohort=None, levels=())
    clock = Clock()
    conflicts = SimpleNamespace(all=(), planner=SimpleNamespace(prices=None, clock=clock))
    assert proof._by_cpsat(ask, frozenset(), (1,), conflicts, np.zeros(2, dtype=bool)) is None
    clock.struck.set()
    with pytest.raises(UndecidedError):
        proof._by_cpsat(ask, frozenset(), (1,), conflicts, np.zeros(2, dtype=bool))

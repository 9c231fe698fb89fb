"""The benchmarks measure what they say: peers reach the optimum, worse answers are marked, figures are right."""

import importlib.util
import itertools
import pickle
import random
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from cohort_folder import write_folder

from benchmarks import cohorts, goals, measure, parts, report, results
from benchmarks.__main__ import main
from benchmarks.compare import merit, slope, verdict, worst
from benchmarks.measure import Entry, Run, interleave, run
from benchmarks.ours import profile, settle_all, settle_pairing
from benchmarks.parts import Case, Contestant, Plan, Setting
from benchmarks.peers import pairing, tables, textbook
from benchmarks.peers.calendars import Calendars
from benchmarks.words import PARTS as WORDS
from matcher.calendars import can_start, free_time, make_grid, programme_bounds
from matcher.io import read_cohort
from matcher.reference import solve_reference
from matcher.rules import judge

MONTH = '[programme]\nstart = 2027-03-01\nend = 2027-03-28\ntimezone = "Europe/Moscow"\n'
PEOPLE = """employee_id,function,level,timezone,max_mentees
a,Law,1,,
b,Law,1,Asia/Yekaterinburg,
c,Sales,1,,
x,Sales,3,,1
y,Sales,2,,
z,Law,4,,0
"""
WISHES = "mentee_id,rank,mentor_id\na,1,x\na,2,y\nb,1,x\nc,1,y\nc,2,z\n"  # c's are against the rules
HOURS = "employee_id,day,start,end\n"
OPTIMAL = [name for name, (_, status) in pairing.SOLVERS.items() if status == "optimal"]
NEEDS = {name: needs for peers in parts.PEERS.values() for name, needs in peers.items()}
GOOD = {"status": "optimal", "mentees": 3, "pairs": 3, "rank": [2, 1], "sessions": 9}


def need(name):
    for package in NEEDS[name]:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}")


def solved_by(name, wishes):
    """What a solver chooses, in a process of its own: HiGHS does not load beside the HiGHS inside OR-Tools."""
    need(name)
    code = (
        "import pickle, sys; from benchmarks.peers.pairing import SOLVERS\n"
        f"solve = SOLVERS[{name!r}][0]()\n"
        "pickle.dump([solve(wishes) for wishes in pickle.load(sys.stdin.buffer)], sys.stdout.buffer)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(wishes), capture_output=True, check=True, cwd=measure.ROOT
    )
    return pickle.loads(done.stdout)


def small_folder(folder, **changes):
    return write_folder(
        folder, programme__toml=MONTH, employees__csv=PEOPLE, **{"preferences__csv": WISHES} | changes
    )


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company") / "cohort"
    cohorts.make(Plan(40, busy=30), folder)
    return folder


def draw_wishes(seed):
    draw = random.Random(seed)
    mentees, mentors = draw.randint(2, 5), draw.randint(2, 4)
    rows = [
        (mentee, mentor, draw.randint(1, 4))
        for mentee in range(mentees)
        for mentor in draw.sample(range(mentors), draw.randint(1, min(3, mentors)))
    ]
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    places = np.array([draw.choice((1, 1, 2)) for _ in range(mentors)], dtype=np.int64)
    return tables.Wishes(*columns, places, 1, list(map(str, range(mentees))), list(map(str, range(mentors))))


def best_merit(wishes, kind):
    """The optimum by trying every set of wishes."""
    best = ()
    for bits in itertools.product((False, True), repeat=len(wishes)):
        chosen = np.array(bits)
        mentors, mentees = np.bincount(wishes.mentee[chosen]), np.bincount(wishes.mentor[chosen])
        if mentors.max(initial=0) <= 1 and (mentees <= wishes.places[: len(mentees)]).all():
            best = max(best, merit(tables.pairing_answer(wishes, chosen, ""), kind, 3))
    return best


def one(name, answer=None, seconds=1.0, **changes):
    return Entry(name, [seconds], [seconds], [100.0], [], [answer] if answer else [], **changes)


def quiet(_line):
    """Tell nobody."""


# --- the peers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMAL)
def test_a_peer_reaches_the_optimum(name):
    kind = "generous" if name == "highs-in-order" else "min-cost"
    draws = [draw_wishes(seed) for seed in range(12)]
    for seed, (wishes, chosen) in enumerate(zip(draws, solved_by(name, draws), strict=True)):
        answer = tables.pairing_answer(wishes, chosen, "optimal")
        assert merit(answer, kind, 3) == best_merit(wishes, kind), seed


def test_the_draws_compete_for_places():
    lost = sum(
        best_merit(draw_wishes(seed), "min-cost")[0] < len(draw_wishes(seed).mentee_ids) for seed in range(12)
    )
    assert 2 <= lost <= 10


@pytest.mark.parametrize(("name", "ranks"), [("ortools-flow", [1, 1]), ("matching", [1])])
def test_a_peer_runs_as_a_process(name, ranks, tmp_path):
    """What is stable may leave somebody out whom the most pairs would serve, and says so."""
    need(name)
    told = parts.module("peers.pairing", name, small_folder(tmp_path), limit=60).told
    assert told["answer"] == {
        "status": pairing.SOLVERS[name][1],
        "mentees": len(ranks),
        "pairs": len(ranks),
        "rank": ranks,
    }
    assert told["seconds"] > 0


def test_a_peer_that_takes_too_much_is_found_out():
    wishes = draw_wishes(0)
    with pytest.raises(AssertionError, match="breaks the limits"):
        tables.pairing_answer(wishes, np.ones(len(wishes), dtype=bool), "optimal")


def test_peers_screen_the_choices_as_matcher_does(company):
    wishes, _ = tables.read_wishes(company, tables.read_programme(company))
    cohort = read_cohort(company)
    candidates, _ = judge(cohort)
    ids = cohort.employees.ids
    ours = {
        (ids[a], ids[b], rank)
        for a, b, rank in zip(candidates.mentee, candidates.mentor, candidates.rank, strict=True)
    }
    theirs = zip(wishes.mentee, wishes.mentor, wishes.rank, strict=True)
    assert {(wishes.mentee_ids[a], wishes.mentor_ids[b], rank) for a, b, rank in theirs} == ours
    assert len(ours) < len(cohort.choices)


@pytest.mark.parametrize(
    ("rules", "low", "high"),
    [('levels = ["Junior", "Senior"]', "junior ", "Senior"), ('level_order = "descending"', "3", "2")],
)
def test_peers_know_named_levels_and_their_order(rules, low, high, tmp_path):
    people = f"employee_id,function,level\na,Law,{low}\nx,Sales,{high}\n"
    folder = write_folder(
        tmp_path,
        programme__toml=f"{MONTH}[eligibility]\n{rules}\n",
        employees__csv=people,
        preferences__csv="mentee_id,rank,mentor_id\na,1,x\nx,1,a\n",
    )
    wishes, _ = tables.read_wishes(folder, tables.read_programme(folder))
    assert (wishes.mentee_ids, wishes.mentor_ids) == (["a"], ["x"])


def test_peers_refuse_rules_that_they_do_not_have(tmp_path):
    folder = small_folder(tmp_path, pairs__csv="mentee_id,mentor_id,status\na,x,locked\n")
    with pytest.raises(ValueError, match="standard rules only"):
        tables.read_programme(folder)


def test_peers_find_the_same_free_time(company):
    settings = tables.read_programme(company)
    wishes, people = tables.read_wishes(company, settings)
    theirs = Calendars(company, settings, people)
    cohort = read_cohort(company)
    persons = np.array([cohort.employees.ids.index(name) for name in sorted(wishes.mentor_ids)])
    grid, first = make_grid(cohort.programme), programme_bounds(cohort.programme)[0]
    ours = can_start(free_time(cohort, persons), grid, 45)
    for name, starts in zip(sorted(wishes.mentor_ids), ours, strict=True):
        assert theirs.common_starts(name, name) == (grid.start[starts] - first).tolist(), name


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"availability__csv": HOURS + "x,mon,09:00,10:00\na,mon,09:00,10:00\nb,tue,09:00,18:00\n"},
        {"availability__csv": HOURS + "y,tue,09:00,09:45\nc,tue,09:00,09:45\na,tue,09:00,09:45\n"},
        {"busy__csv": "employee_id,start,end\nx,2027-03-02,2027-03-20\ny,2027-03-01T09:00,2027-03-26T17:00\n"},
    ],
    ids=["free", "no common time", "one hour for two", "busy"],
)
def test_the_textbook_reaches_the_optimum(changes, tmp_path):
    wishes = WISHES + "b,2,y\n"
    people = PEOPLE.replace("c,Sales", "c,Law")  # so that y may be c's mentor
    folder = small_folder(tmp_path, preferences__csv=wishes, **changes)
    (folder / "employees.csv").write_text(people)
    best = solve_reference(read_cohort(folder), regularity=False).values
    answer = textbook.solve(folder, 60)["answer"]
    assert answer["status"] == "optimal"
    assert (answer["mentees"], answer["pairs"]) == (best["mentees"], best["pairs"])
    assert (tuple(answer["rank"]), answer["sessions"]) == (best["rank"], best["sessions"])


def test_the_textbook_stops_where_its_weights_overflow(tmp_path):
    long = "mentee_id,rank,mentor_id\n" + "".join(f"{who},{rank},x\n" for who in "ab" for rank in range(1, 50))
    with pytest.raises(OverflowError, match="64 bits"):
        textbook.solve(small_folder(tmp_path, preferences__csv=long), 60)


# --- ours ---------------------------------------------------------------------------------------------------


def test_our_pairing_in_memory_is_as_good_as_the_flow(company):
    cohort = read_cohort(company, {"goals.rank": "min-cost"})
    pairs, _ = judge(cohort)
    chosen = settle_pairing(cohort, pairs)
    wishes, _ = tables.read_wishes(company, tables.read_programme(company))
    flow = tables.pairing_answer(wishes, pairing.ortools_flow()(wishes), "optimal")
    ours = {"mentees": len(chosen), "pairs": len(chosen), "rank": profile(pairs.rank[chosen])}
    assert merit(ours, "min-cost", 3) == merit(flow, "min-cost", 3)


def test_our_solution_in_memory_is_that_of_the_command(tmp_path):
    (tmp_path / "cohort").mkdir()
    folder = small_folder(tmp_path / "cohort")
    told = parts.solve_command(folder, 60).told["answer"]
    assert settle_all(read_cohort(folder)).items() <= told.items()
    assert told["proven"] == ["mentees", "pairs", "rank", "sessions", "regularity"]


# --- measuring ----------------------------------------------------------------------------------------------


def python(code, limit=60):
    return run([sys.executable, "-c", code], limit)


def test_a_run_is_measured():
    # In a process of its own, because a child is never measured below the size of the process that starts it.
    code = (
        "import sys, time; from benchmarks.measure import run\n"
        "small, large = (run([sys.executable, '-c', f'import time; b = b\"x\" * {n}; time.sleep(0.2)'], 60) "
        "for n in (1, 2 * 10**8))\n"
        "print(small.memory < 100, 200 < large.memory < 300, 0.2 < small.seconds < 20, small.cpu < small.seconds)"
    )
    assert python(code).said.split() == ["True"] * 4


def test_a_run_that_takes_too_long_is_stopped():
    found = python("import time; time.sleep(60)", limit=0.5)
    assert found.fault == "not done in 0.5 s"
    assert found.seconds < 30


def test_a_run_that_fails_says_why():
    assert python("raise SystemExit('no such thing')").fault == "no such thing"
    assert python("raise SystemExit(3)").fault == "ended with code 3"


def test_contestants_take_turns_and_failures_end():
    seen = []

    def start(name, result):
        return lambda: seen.append(name) or result

    slow = Run(measure.VERY_LONG + 1, 1, 1)
    entries = interleave(
        {"ours": start("ours", Run(1, 1, 1, '{"seconds": 0.5, "answer": {}}')),
         "lame": start("lame", Run(1, 1, 1, "", "broken")),
         "slow": start("slow", slow)},
        3, quiet,
    )  # fmt: skip
    assert seen == ["ours", "lame", "slow", "ours", "ours"]
    assert [len(entry.seconds) for entry in entries] == [3, 0, 1]
    assert entries[0].inner == [0.5] * 3
    assert entries[1].fault == "broken"


def test_a_contestant_without_his_package_is_named():
    setting = Setting(cohorts=None, tell=quiet)
    fails = Contestant("peer", lambda: pytest.fail("must not run"), needs=("no_such_package",))
    case = parts.compete(setting, "case", [fails], 1)
    assert case.entries[0].missing == ["no_such_package"]
    assert "not installed: no_such_package" in report.part_table([case])


# --- cohorts ------------------------------------------------------------------------------------------------


def make_shape(folder, shape):
    size = cohorts.make(Plan(300, busy=5, shape=shape), folder)
    return size, tables.read_table(folder / "preferences.csv")


@pytest.mark.parametrize("shape", ["", "contested", "chains", "little-time", "long-lists", "two-mentors"])
def test_a_shape_is_a_cohort_with_as_many_choices(shape, tmp_path):
    size, wishes = make_shape(tmp_path / "cohort", shape)
    cohort = read_cohort(tmp_path / "cohort")
    assert (size["mentees"], size["choices"]) == (len(cohort.mentees), len(cohort.choices))
    assert len(wishes) == pytest.approx(1500, rel=0.05)
    assert not cohort.decisions
    assert cohort.programme.capacity.mentors_per_mentee == (2 if shape == "two-mentors" else 1)


def test_everyone_wants_the_same_mentors(tmp_path):
    _, wishes = make_shape(tmp_path / "cohort", "contested")
    assert wishes["mentor_id"].nunique() == 50


def test_mentees_are_mentors_in_chains(tmp_path):
    _, wishes = make_shape(tmp_path / "cohort", "chains")
    assert wishes["mentor_id"].isin(wishes["mentee_id"]).mean() > 0.8
    assert len(judge(read_cohort(tmp_path / "cohort"))[0]) == len(wishes)


def test_long_lists_have_ties(tmp_path):
    _, wishes = make_shape(tmp_path / "cohort", "long-lists")
    assert wishes.groupby("mentee_id").size().max() == 20
    assert wishes.groupby(["mentee_id", "rank"]).size().max() == 4


def test_a_cohort_is_made_once(tmp_path):
    plan = Plan(20, busy=0)
    folder, size = cohorts.ensure(plan, tmp_path)
    made = (folder / "employees.csv").stat().st_mtime_ns
    assert cohorts.ensure(plan, tmp_path) == (folder, size)
    assert (folder / "employees.csv").stat().st_mtime_ns == made
    assert size["employees"] == 67


# --- comparing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("generous", {}, "same"),
        ("generous", {"mentees": 2, "pairs": 2, "rank": [2]}, "worse"),
        ("generous", {"rank": [1, 2]}, "worse"),
        ("generous", {"rank": [3]}, "better"),
        ("generous", {"sessions": 8}, "worse"),
        ("generous", {"status": "feasible"}, "unproven"),
        ("greedy", {"rank": [2, 0, 1]}, "worse"),
        ("min-cost", {"rank": [1, 2]}, "worse"),
    ],
)
def test_an_answer_that_is_worse_is_marked(kind, changes, expected):
    theirs = one("peer", GOOD | changes)
    assert verdict(theirs, one("matcher", GOOD), kind) == expected


def test_min_cost_looks_at_the_sum_alone():
    ours, theirs = GOOD | {"rank": [1, 1, 1]}, GOOD | {"rank": [0, 3]}
    assert verdict(one("peer", theirs), one("matcher", ours), "min-cost") == "same"
    assert verdict(one("peer", theirs), one("matcher", ours), "greedy") == "worse"


def test_the_worst_of_several_answers_counts():
    entry = one("peer", GOOD)
    entry.answers.append(GOOD | {"rank": [1, 2]})
    assert worst(entry, "generous")["rank"] == [1, 2]
    assert worst(one("peer"), "generous") is None


def test_the_slope_is_the_exponent():
    sizes = [1_500, 5_000, 150_000]
    assert slope(sizes, [size**1.2 for size in sizes]) == pytest.approx(1.2)


def textbook_case(answer):
    return Case(
        "60 mentees",
        [
            one("matcher", GOOD, 1.0),
            Entry("matcher in memory", [1.0], [1.0], [100.0], [0.1], [GOOD]),
            Entry("textbook", [90.0], [90.0], [100.0], [60.0], [answer]),
        ],
        size={"employees": 200, "mentees": 60, "choices": 300},
    )


@pytest.mark.parametrize(
    ("answer", "ours", "before", "met"),
    [
        (GOOD, GOOD, "", True),
        (GOOD | {"rank": [1, 2]}, GOOD, "", False),
        (GOOD | {"status": "feasible"}, GOOD, "more than ", True),
        (GOOD, GOOD | {"status": "feasible"}, "", False),
    ],
)
def test_a_goal_is_met_beside_equal_answers_only(answer, ours, before, met):
    """Who has the same answer without its proof would have taken longer still."""
    case = textbook_case(answer)
    case.entries[0].answers[0] = ours
    whole, alone = goals.textbook([case])
    assert (whole.met, alone.met) == (met, met)
    assert whole.reached.startswith(f"{before}90")
    assert alone.reached.startswith(f"{before}600")


def test_a_table_marks_what_is_worse_and_keeps_its_time_out():
    shown = report.part_table([textbook_case(GOOD | {"rank": [1, 2]})]).splitlines()[-1]
    assert "worse: times not comparable" in shown
    assert shown.rstrip(" |").endswith("comparable**")
    same = report.part_table([textbook_case(GOOD)]).splitlines()[-1]
    assert same.endswith("| same | 90 |")


@pytest.mark.parametrize(("seconds", "met"), [(9.0, True), (11.0, False)])
def test_the_floor_is_a_goal(seconds, met):
    answer = GOOD | {"bound": 9, "proven": ["mentees", "pairs", "rank", "sessions"]}
    relaxed = GOOD | {"rank": [3], "status": "relaxed"}
    size = {"employees": 50_000, "mentees": 15_000, "choices": 75_000}
    case = Case("all", [one("matcher", answer, seconds), one("floor", relaxed, 1.0)], size=size)
    took, proof = goals.floor([case])
    assert took.met is met
    assert proof.met is True
    case.entries[0].answers[0] = answer | {"bound": 10, "proven": ["mentees", "pairs", "rank"]}
    assert list(goals.floor([case]))[1].met is False


def test_scale_shapes_and_startup_are_goals():
    def sized(mentees, seconds, name="matcher"):
        size = {"employees": 10, "mentees": mentees, "choices": 10}
        return Case(name, [one("matcher", GOOD, seconds), one("import", None, 1.0)], size=size)

    steep = [sized(size, size**1.3) for size in parts.SCALE]
    assert [check.met for check in goals.scale(steep)] == [False, True]
    assert not list(goals.scale(steep[:2]))
    assert [check.met for check in goals.shapes([sized(1, 1.0), sized(1, 4.0), sized(1, 6.0)])] == [True, False]
    assert [check.met for check in goals.startup([sized(1, 1.9), sized(1, 2.1)])] == [True, False]


# --- results and the page -----------------------------------------------------------------------------------


def test_results_come_back_as_they_were(tmp_path):
    case = textbook_case(GOOD)
    results.save("textbook", [case], tmp_path)
    found = results.load(tmp_path)["textbook"]
    assert found.cases == [case]
    assert found.machine["cores"] >= 1
    assert found.versions.keys() >= {"python", "matcher", "ortools"}


def test_the_page_shows_goals_and_tables(tmp_path):
    results.save("textbook", [textbook_case(GOOD)], tmp_path)
    page, plot = tmp_path / "page.md", tmp_path / "plot.svg"
    report.write(results.load(tmp_path), page, plot)
    text = page.read_text("utf-8")
    assert "| textbook / matcher, 60 mentees with calendars, whole process | at least 30 | 90 | yes |" in text
    assert "## The textbook model" in text
    assert "performance.svg" not in text
    assert not plot.exists()


def test_the_plot_is_drawn_alike_every_time(tmp_path):
    pytest.importorskip("matplotlib")
    size = {"employees": 5_000, "mentees": 1_500, "choices": 7_500}
    results.save("scale", [Case("1,500 mentees", [one("matcher", GOOD)], size=size)], tmp_path)
    drawn = []
    for name in ("one.svg", "two.svg"):
        report.write(results.load(tmp_path), tmp_path / "page.md", tmp_path / name)
        drawn.append((tmp_path / name).read_bytes())
    assert drawn[0] == drawn[1]
    assert b"<svg" in drawn[0]
    assert "(performance.svg)" in (tmp_path / "page.md").read_text("utf-8")


def test_the_page_is_that_of_the_results():
    assert report.PAGE.read_text("utf-8") == report.page(results.load(results.FOLDER), plot=report.PLOT.exists())


def test_no_result_names_a_place_of_the_machine():
    for path in results.FOLDER.glob("*.json"):
        text = path.read_text("utf-8")
        assert '"/' not in text, path.name
        assert "://" not in text, path.name


def test_every_part_has_its_words_and_its_goals():
    kept = set(parts.PARTS) | {"textbook-largest", "scale-largest"}
    assert set(WORDS) == kept
    assert set(goals.CHECKS) == kept - {"pairing-peers"}


# --- the command --------------------------------------------------------------------------------------------


def test_help_lists_the_parts():
    shown = CliRunner().invoke(main, ["--help"]).output
    assert all(f"  {part}" in shown for part in parts.PARTS)


def test_a_part_runs_from_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "KINDS", ("min-cost",))
    done = CliRunner().invoke(
        main, ["flow", "--mentees", "20", "--repeats", "1", "--results", str(tmp_path / "results")]
    )
    assert done.exit_code == 0, done.output
    assert "| min-cost (20 mentees, 67 employees," in done.stdout
    assert "matcher / one min-cost flow, 20 mentees without calendars, min-cost" in done.stdout
    (case,) = results.load(tmp_path / "results")["flow"].cases
    assert [verdict(entry, case.entries[0], "min-cost") for entry in case.entries] == ["same", "same"]


def test_importing_calendars_is_measured(tmp_path):
    needs = ("icalendar", "recurring_ical_events")
    if not all(map(importlib.util.find_spec, needs)):
        pytest.skip("needs the libraries for calendars")
    done = CliRunner().invoke(
        main, ["calendars", "--mentees", "10", "--repeats", "1", "--results", str(tmp_path / "results")]
    )
    assert done.exit_code == 0, done.output
    (case,) = results.load(tmp_path / "results")["calendars"].cases
    assert [entry.fault for entry in case.entries] == [""] * 4
    assert case.size == {"events": 1200}
    assert "| importing / parsing and expanding alone, 10 calendars, one worker | at most 2 |" in done.stdout


def test_importing_calendars_has_two_goals():
    seconds = {"matcher": 60.0, "matcher again": 1.0, "matcher, 2 workers": 40.0, "libraries": 50.0}
    case = Case("1,000 calendars", [one(name, None, took) for name, took in seconds.items()])
    assert [check.met for check in goals.calendars([case])] == [True, True]
    slow = Case("1,000 calendars", [one(name, None, took + 41) for name, took in seconds.items()])
    assert [check.met for check in goals.calendars([slow])] == [True, False]


def test_largest_is_for_two_parts_only():
    done = CliRunner().invoke(main, ["flow", "--largest"])
    assert done.exit_code == 2
    assert "--largest goes with textbook or scale only" in done.output


def test_the_size_doubles_until_nobody_proves_in_time(monkeypatch, tmp_path):
    def case(_setting, plan, contestants, repeats):
        limit = {"matcher": 60, "textbook": 15}
        entries = [
            one(who.name, GOOD if plan.mentees <= limit[who.name] else GOOD | {"status": "feasible"})
            for who in contestants(tmp_path)
        ]
        return Case(f"{plan.mentees}", entries, size={"mentees": plan.mentees, "repeats": repeats})

    monkeypatch.setattr(parts, "cohort_case", case)
    cases = parts.textbook(Setting(tmp_path, quiet, largest=True))
    assert [[entry.name for entry in found.entries] for found in cases] == [
        ["matcher", "textbook"], ["matcher", "textbook"], ["matcher"], ["matcher"]
    ]  # fmt: skip
    assert [check.reached for check in goals.textbook(cases)] == ["60 mentees", "15 mentees"]

"""matcher rehearse: what is drawn, what of a plan survives, what a repair mends, and how it is told."""

import csv
import io
import json
import threading
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import brute_rematch
import pytest
from click.testing import CliRunner
from cohorts import Spec, shuffled, write
from draws import random_spec
from rematch_cases import first_run, rematch
from wave_draws import wave_spec

from matcher import rehearsal, rehearse
from matcher.check import check_run
from matcher.cli import cli
from matcher.earlier import begin_repair, repair_at
from matcher.errors import InputError, StoppedError
from matcher.io import read_cohort
from matcher.model import Cohort
from matcher.rehearsal import FIGURES, Ground, Played, play, run_draw
from matcher.rehearsal_call import changed_files
from matcher.rehearsal_damage import find_damage
from matcher.rehearsal_draw import Share, Wish, date_of, draw, with_damage
from matcher.rehearsal_files import WEAK_COLUMNS, people_rows, spread, weak_rows, write_rehearsal
from matcher.rematch_changes import find_changes
from matcher.rematch_files import make_beside
from matcher.run_plans import read_plan
from matcher.runs import CheckFailedError, write_run
from matcher.solver import solve

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
HALF = Share(chance=Fraction(1, 2))
NONE = Share(number=0)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample and a run of it."""
    run = tmp_path_factory.mktemp("rehearse") / "run"
    cohort = read_cohort(SAMPLE)
    write_run(cohort, solve(cohort), run)
    return cohort, run


def matcher(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def named(cohort, drawn):
    """Whom and what a draw hits, by ids."""
    ids = cohort.employees.ids
    return (
        {(ids[a], ids[b], by) for (a, b), by in drawn.refusals},
        {(ids[one.person], one.end - one.start) for one in drawn.absences},
        {(ids[one.pair[0]], ids[one.pair[1]], one.session.start, ids[one.person]) for one in drawn.cancellations},
    )


# --- what is drawn --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "five", "-1", "101%", "5 %%", "%", "1e3%", "٣", "0.5", "1" * 12])
def test_what_is_no_share(text):
    with pytest.raises(ValueError, match="neither a share"):
        Share.parse(text)


@pytest.mark.parametrize("text", ["0%", "5%", "2.5%", "100%", "0", "7"])
def test_a_share_is_written_as_it_was_typed(text):
    assert str(Share.parse(text)) == text


def both_draws(sample, few, many, number):
    cohort, run = sample
    plan = read_plan(cohort, run)
    small, large = (Wish(*[Share.parse(share)] * 3, seed=5) for share in (few, many))
    date = date_of(cohort, plan, small, number)
    assert date == date_of(cohort, plan, large, number)
    before = repair_at(cohort, plan, date)
    return named(cohort, draw(before, small, number)), named(cohort, draw(before, large, number))


@pytest.mark.parametrize(("few", "many"), [("5%", "10%"), ("3", "9"), ("0%", "1%"), ("40%", "100%")])
@pytest.mark.parametrize("number", [1, 2, 17])
def test_a_larger_draw_holds_the_smaller_one(sample, few, many, number):
    for small, large in zip(*both_draws(sample, few, many, number), strict=True):
        assert small <= large


def test_all_and_none_can_be_drawn(sample):
    none, everything = both_draws(sample, "0%", "100%", 1)
    assert none == (set(), set(), set())
    cohort, run = sample
    pairs = read_plan(cohort, run).pairs
    assert {row[:2] for row in everything[0]} == set(pairs)
    assert {row[0] for row in everything[1]} == {person for pair in pairs for person in pair}


def test_what_is_drawn_depends_on_nobody_else(sample):
    cohort, run = sample
    before, wish = begin_repair(cohort, run, cohort.programme.frame.start), Wish(HALF, HALF, HALF)
    half = {pair: one for place, (pair, one) in enumerate(before.earlier.agreed.items()) if place % 2}
    fewer = replace(before, cohort=replace(before.cohort, earlier=replace(before.earlier, agreed=half)))
    people = {person for pair in half for person in pair}
    whole, part = draw(before, wish, 3), draw(fewer, wish, 3)
    assert part.refusals == tuple(one for one in whole.refusals if one.pair in half)
    assert part.absences == tuple(one for one in whole.absences if one.person in people)
    assert part.cancellations == tuple(one for one in whole.cancellations if one.pair in half)


def test_draws_differ_and_spread(sample):
    cohort, run = sample
    plan = read_plan(cohort, run)
    days, weeks, sides, sizes = set(), Counter(), Counter(), []
    for number in range(1, 60):
        date = date_of(cohort, plan, Wish(), number)
        assert cohort.programme.frame.start <= date <= cohort.programme.frame.end
        days.add(date)
        drawn = draw(repair_at(cohort, plan, cohort.programme.frame.start), Wish(HALF, HALF, NONE), number)
        weeks.update((one.end - one.start + 1) for one in drawn.absences)
        sides.update(one.by for one in drawn.refusals)
        sizes.append(len(drawn.refusals))
    assert len(days) > 30
    assert set(weeks) == {7, 14, 21, 28}
    assert max(weeks.values()) < 1.2 * min(weeks.values())
    assert set(sides) == {"mentee", "mentor"}
    assert 24 < sum(sizes) / len(sizes) < 30  # of 54 pairs
    assert draw(repair_at(cohort, plan, date), Wish(seed=1), 1) != draw(repair_at(cohort, plan, date), Wish(), 1)


# --- against brute force --------------------------------------------------------------------------------------


def drawn_plan(seed, scene, folder):
    """A small drawn cohort with its run; None where its locks fail or nobody is paired."""
    spec = wave_spec(seed) if scene == "waves" else random_spec(seed, scene)
    try:
        cohort, solution = first_run(spec, folder)
    except InputError:
        return None
    return (cohort, folder / "run0") if solution.pairs else None


def survivors(played: Played):
    """The pairs whose standing sessions are one of all the schedules that brute force finds, and what stands."""
    ways = brute_rematch.ways(played.after.cohort)
    cohort, agreed = played.after.cohort, played.before.earlier.agreed
    dates = brute_rematch.brute_force.grid(cohort)
    found, standing = set(), {}
    for pair, one in agreed.items():
        if cohort.decisions.get(pair) and cohort.decisions[pair].bars:
            standing[pair] = ()
            continue
        free = [set(brute_rematch.brute_force.possible_sessions(cohort, person, dates)) for person in pair]
        times = [{session[:2] for session in own} for own in free]
        standing[pair] = tuple(session for session in one.planned if all(session[:2] in own for own in times))
        left = {session[:2] for session in standing[pair]}
        if any({session[:2] for session in way.new} == left for way in ways.get(pair, ())):
            found.add(pair)
    return found, standing


CASES = (
    *((300, 1), (301, 1), (303, 4), (305, 2), (306, 2), (307, 4), (310, 3), (313, 3), (314, 2), (315, 2)),
    *((319, 2), (326, 3), (334, 1), (336, 1), (339, 1), (339, 4), (344, 4), (347, 4), (355, 2), (361, 2)),
)
"""Cohorts and draws: some in which pairs are mended, or mentees get another mentor."""
CHAINS = ((500, 1), (518, 2), (518, 4), (519, 3), (531, 2))
"""Some in which the month rule is what a pair breaks."""
WAVES = ((105, 3), (121, 1), (126, 1), (132, 3), (136, 1), (153, 1))
"""Some whose engagements last as long as needed."""


def test_figures_are_those_of_brute_force(tmp_path):
    """Damage and repair of drawn cohorts, counted once more from the records."""
    seen = Counter()
    scenes = {"": CASES, "chain": CHAINS, "waves": WAVES}
    for seed, number, scene in ((*case, scene) for scene, cases in scenes.items() for case in cases):
        made = drawn_plan(seed, scene, tmp_path / f"{seed} {number}")
        if made is None:
            continue
        cohort, run = made
        ground = Ground(cohort, read_plan(cohort, run), Wish(Share.parse("25%"), Share.parse("25%"), HALF, seed))
        played = play(ground, number)
        outcome = run_draw(ground, number)
        figures = outcome.figures
        assert tuple(figures) == FIGURES
        alive, standing = survivors(played)
        agreed, now = played.before.earlier.agreed, {(one.mentee, one.mentor) for one in played.solution.pairs}
        assert played.damage.surviving == alive, seed
        assert figures["pairs_survive"] == len(alive)
        assert figures["sessions_survive"] == sum(map(len, standing.values()))
        assert figures["sessions"] == sum(len(one.planned) for one in agreed.values())
        best = brute_rematch.best(played.after.cohort)
        kept = agreed.keys() & now
        assert figures["pairs_kept"] == len(kept) == best.values["kept"]
        assert figures["mentees_paired"] == best.values["mentees"]
        assert figures["pairs_lost"] == len(agreed) - len(kept)
        assert figures["unforced_ends"] == 0
        assert figures["pairs_mended"] == len(kept - alive)
        assert figures["pairs_new"] == len(now - agreed.keys())
        lost = {mentee for mentee, _ in agreed.keys() - now}
        assert figures["mentees_lost_mentor"] == len(lost)
        assert figures["mentees_without"] == len(lost - {mentee for mentee, _ in now})
        assert figures["mentees_regained"] == len(lost & {mentee for mentee, _ in now})
        sessions = {(one.mentee, one.mentor): {s[:2] for s in one.sessions} for one in played.solution.pairs}
        as_planned = sum(s[:2] in sessions[pair] for pair in kept for s in agreed[pair].planned)
        assert figures["sessions_kept"] == as_planned
        moved_or_lost = figures["sessions_moved"] + figures["sessions_lost"]
        assert figures["sessions_kept"] + moved_or_lost == figures["sessions"]
        seen.update(
            drawn=1,
            mended=len(kept - alive),
            refused=len(played.drawn.refusals),
            broken=len(agreed) - len(alive),
            alive=len(alive),
            regained=figures["mentees_regained"],
        )
    assert seen["drawn"] > 20
    assert min(seen.values()) > 0, seen


def test_a_session_held_counts_for_its_week_although_the_pair_ends(tmp_path):
    cohort, _ = first_run(random_spec(369), tmp_path)
    assert cohort.programme.sessions.max_per_week == 1
    wish = Wish(Share.parse("25%"), Share.parse("25%"), HALF, 369)
    played = play(Ground(cohort, read_plan(cohort, tmp_path / "run0"), wish), 3)
    assert played.after.earlier.agreed  # it has met in the week of the rematch, and cannot go on
    truth = brute_rematch.best(played.after.cohort)
    assert truth.values["kept"] == 0
    for explain in (True, False):
        values = {goal.name: goal.value for goal in solve(played.after.cohort, explain=explain).goals}
        assert {name: values[name] for name in truth.values} == truth.values


def test_nothing_drawn_changes_nothing(sample):
    cohort, run = sample
    outcome = rehearse(cohort, run, draws=1, refusals=0, absences=0, cancellations=0).outcomes[0]
    figures = outcome.figures
    assert figures["pairs_survive"] == figures["pairs_kept"] == figures["pairs"] == 54
    assert figures["sessions_survive"] == figures["sessions_kept"] == figures["sessions"]
    for name in (
        "pairs_hit",
        "pairs_lost",
        "sessions_moved",
        "sessions_lost",
        "pairs_mended",
        "mentees_lost_mentor",
    ):
        assert figures[name] == 0
    assert not any(fate.hit or fate.broken or fate.lost for fate in outcome.fates)


# --- the same whatever the way --------------------------------------------------------------------------------


def test_bytes_do_not_depend_on_workers(sample, tmp_path):
    for workers in (1, 2):
        matcher(
            *(
                "rehearse",
                SAMPLE,
                sample[1],
                "--draws",
                5,
                "--workers",
                workers,
                "-o",
                tmp_path / str(workers),
                "-q",
            )
        )
    files = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert files == ["people.csv", "rehearsal.csv", "rehearsal.json", "weak.csv"]
    for name in files:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_a_single_draw_is_its_row_and_its_cohort_gives_that_rematch(sample, tmp_path):
    cohort, run = sample
    whole = rehearse(cohort, run, draws=4, refusals="10%", absences="10%")
    shares = ("--refusals", "10%", "--absences", "10%")
    matcher("rehearse", SAMPLE, run, "--draw", 3, *shares, "-o", tmp_path / "one", "-q")
    row = rows_of(tmp_path / "one" / "rehearsal.csv")
    assert row == [{name: str(value) for name, value in whole.outcomes[2].figures.items()}]
    hurt = read_cohort(tmp_path / "one" / "cohort")
    repair = begin_repair(hurt, run, date_of(cohort, whole.plan, whole.wish, 3))
    solution = solve(repair.cohort)
    changes = find_changes(repair, solution)
    beside = make_beside(repair, solution, changes)
    write_run(repair.cohort, solution, tmp_path / "repaired", beside=beside)  # checks all of it
    assert check_run(repair.cohort, tmp_path / "repaired") == []
    said, figures = beside.summary["rematch"], whole.outcomes[2].figures
    assert said["kept"] == figures["pairs_kept"]
    assert said["ended"] == {"refused": figures["refusals"]}
    assert said["mentees_regained"] == figures["mentees_regained"]
    assert said["sessions_moved"] == figures["sessions_moved"]
    assert said["sessions_cancelled"] == figures["sessions_lost"]
    assert said["people_affected"] == figures["people_affected"]


def tables_alike(one: Cohort, two: Cohort) -> bool:
    columns = ("person", "start", "end")
    alike = all((getattr(one.absences, name) == getattr(two.absences, name)).all() for name in columns)
    busy = all((getattr(one.busy, name) == getattr(two.busy, name)).all() for name in (*columns, "start_utc"))
    return alike and busy


def test_files_of_a_draw_say_what_was_drawn(sample, tmp_path):
    cohort, run = sample
    found = rehearse(cohort, run, draws=[2], refusals="50%", absences="50%", cancellations=40)
    for name, content in changed_files(found, SAMPLE).items():
        (tmp_path / name).write_bytes(content)
    read = read_cohort(tmp_path)
    plan, wish = found.plan, found.wish
    drawn = draw(repair_at(cohort, plan, date_of(cohort, plan, wish, 2)), wish, 2)
    hurt = with_damage(cohort, drawn)
    assert len(drawn.cancellations) == 40
    assert read.decisions == hurt.decisions
    assert tables_alike(read, hurt)


def test_rows_in_another_order_change_nothing(tmp_path):
    spec = replace(random_spec(306), pairs=())
    first_run(spec, tmp_path)
    other = read_cohort(write(shuffled(spec, 1), tmp_path / "other"))
    shares = {"refusals": "40%", "absences": "40%", "cancellations": "40%"}
    found = [
        rehearse(cohort, tmp_path / "run0", draws=6, **shares).outcomes
        for cohort in (read_cohort(tmp_path / "cohort0"), other)
    ]
    assert found[0] == found[1]
    assert any(one.figures["pairs_lost"] for one in found[0])


# --- locks, stale plans, absences -----------------------------------------------------------------------------

DAY = {"start": "2027-01-11", "end": "2027-01-15", "timezone": "UTC"}
TIGHT = Spec(
    employees=("a Sales 1", "b Sales 1", "m Sales 4", "n Sales 4"),
    choices=("a m", "b n"),
    availability=(
        *((person, "2027-01-12", "10:00", "10:45") for person in ("a", "m")),
        *((person, day, "", "") for person in ("a", "m") for day in ("mon", "tue", "wed", "thu", "fri")),
    ),
    pairs=(("a", "m", "locked"),),
    programme={"programme": DAY, "sessions": {"month_rule": "none"}},
)


def test_a_lock_that_a_draw_leaves_no_schedule_is_taken_back(tmp_path):
    cohort, _ = first_run(TIGHT, tmp_path)
    found = rehearse(
        cohort, tmp_path / "run0", draws=[1], refusals=0, absences=0, cancellations="100%", as_of=None
    )
    frame = cohort.programme.frame
    found = rehearse(
        cohort, tmp_path / "run0", draws=[1], refusals=0, absences=0, cancellations="100%", as_of=frame.start
    )
    figures = found.outcomes[0].figures
    assert found.outcomes[0].lifted == (("a", "m"),)
    assert (figures["locks_lifted"], figures["pairs_lost"], figures["pairs_mended"]) == (1, 1, 1)
    for name, content in changed_files(found, tmp_path / "cohort0").items():
        (tmp_path / name).write_bytes(content)
    assert read_cohort(tmp_path).locks == ()


def test_a_plan_that_does_not_hold_any_more_is_told(tmp_path):
    first_run(replace(TIGHT, pairs=()), tmp_path)
    later = replace(TIGHT, pairs=(), busy=(("a", "2027-01-12", "2027-01-12"),))
    cohort = read_cohort(write(later, tmp_path / "later"))
    none = {"refusals": 0, "absences": 0, "cancellations": 0}
    found = rehearse(cohort, tmp_path / "run0", draws=1, as_of=cohort.programme.frame.start, **none)
    assert "pairs that need a repair: 1, sessions that fall out: 1" in str(found.warnings[0])
    assert found.outcomes[0].figures["pairs_survive"] == 1


def test_whose_absence_costs_a_pair_is_named(tmp_path):
    """All days of the programme are gone whenever somebody is away for a week."""
    cohort, _ = first_run(replace(TIGHT, pairs=()), tmp_path)
    found = rehearse(
        cohort,
        tmp_path / "run0",
        draws=30,
        refusals=0,
        absences=1,
        cancellations=0,
        as_of=cohort.programme.frame.start,
    )
    rows = {row[0]: row for row in people_rows(found)}
    assert set(rows) == {"a", "b", "m", "n"}
    assert sum(row[2] for row in rows.values()) == 30
    for row in rows.values():
        assert row[2] == row[3] == row[4] == row[5]  # a week at least: each absence ends the pair
    lost, draws = WEAK_COLUMNS.index("lost"), WEAK_COLUMNS.index("draws")
    weak = {row[0]: row for row in weak_rows(found)}
    assert weak["a"][lost] == rows["a"][2] + rows["m"][2]
    assert weak["a"][draws] == 30
    assert [row[lost] for row in weak_rows(found)] == sorted((row[lost] for row in weak.values()), reverse=True)


# --- told -----------------------------------------------------------------------------------------------------


def test_spread_names_the_worst(sample):
    cohort, run = sample
    found = rehearse(cohort, run, draws=3, refusals="30%")
    lost = [one.figures["pairs_lost"] for one in found.outcomes]
    one = spread(found.outcomes, lambda figures: figures["pairs_lost"], less=False)
    assert (one.mean, one.tail, one.worst) == (Fraction(sum(lost), 3), max(lost), max(lost))
    assert one.draw == lost.index(max(lost)) + 1
    fewest = spread(found.outcomes, lambda figures: figures["pairs_kept"], less=True)
    assert fewest.worst == 54 - max(lost)
    many = [replace(found.outcomes[0], number=n, figures={"x": n}) for n in range(1, 101)]
    assert spread(many, lambda figures: figures["x"], less=False)[1:] == (96, 100, 100)
    assert spread(many, lambda figures: figures["x"], less=True)[1:] == (5, 1, 1)


def test_the_terminal_and_json(sample, tmp_path):
    run = sample[1]
    told = matcher("rehearse", SAMPLE, run, "--draws", 2, "--workers", 1, "-o", tmp_path / "out")
    assert told.stdout.count("\n") == 1
    assert told.stdout.startswith("2 draws: of 54 pairs ")
    assert "0 unforced ends; all proven; written to" in told.stdout
    assert "people who hear of it" in told.stderr
    again = matcher("rehearse", SAMPLE, run, "--draws", 2, "--workers", 1, "--json", "-q")
    data = json.loads(again.stdout)
    assert data["folder"] is None
    kept = json.loads((tmp_path / "out" / "rehearsal.json").read_text("utf-8"))
    assert {**data, "folder": 0} == {**kept, "folder": 0}
    assert data["figures"]["pairs"]["mean"] == 54


def test_hostile_names_are_harmless(tmp_path):
    names = {"a": "=cmd|calc", "m": "<script>\x1b[31m", "b": "@sum(1)", "n": '+1,"2"'}
    people = [{"employee_id": who, "function": "S", "level": "1" if who < "c" else "4"} for who in names]
    spec = replace(TIGHT, employees=tuple(people), pairs=())
    first_run(spec, tmp_path)
    lines = (tmp_path / "cohort0" / "employees.csv").read_text("utf-8").splitlines()
    quoted = ['"' + name.replace('"', '""') + '"' for name in names.values()]
    rows = [f"{lines[0]},name", *(f"{line},{name}" for line, name in zip(lines[1:], quoted, strict=True))]
    (tmp_path / "cohort0" / "employees.csv").write_text("\n".join(rows) + "\n", "utf-8")
    cohort = read_cohort(tmp_path / "cohort0")
    write_run(cohort, solve(cohort), tmp_path / "run0", overwrite=True)
    shares = ("--refusals", "50%", "--absences", "50%", "--as-of", "2027-01-11")
    arguments = ("rehearse", tmp_path / "cohort0", tmp_path / "run0", *shares, "--draws", 6, "--workers", 1)
    told = matcher(*arguments, "-o", tmp_path / "out")
    assert "\x1b" not in told.output
    cells = {cell for row in rows_of(tmp_path / "out" / "weak.csv") for cell in row.values()}
    assert {"'=cmd|calc", "'@sum(1)", '\'+1,"2"'} <= cells
    assert "<script>\x1b[31m" in {row["name"] for row in rows_of(tmp_path / "out" / "people.csv")}


# --- what can go wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--refusals", "lots"), 2, "'lots' is neither a share from 0% to 100% nor a whole number"),
        (("--draws", "0"), 2, "0 is not in the range"),
        (("--as-of", "2028-01-01"), 1, "lies after the programme"),
        (("-o", "RUN/inside"), 2, "must not lie one inside the other"),
        (("-o", "FOREIGN"), 1, "it is never replaced, choose another folder"),
        (("-o", "FILE"), 1, "is a file; expected a new folder or an earlier rehearsal"),
    ],
)
def test_what_cannot_be_rehearsed(sample, tmp_path, arguments, code, said):
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    places = {"RUN/inside": sample[1] / "inside", "FOREIGN": tmp_path / "foreign", "FILE": tmp_path / "file"}
    result = matcher("rehearse", SAMPLE, sample[1], *(places.get(one, one) for one in arguments), code=code)
    assert said in " ".join(result.output.split())
    assert [path.name for path in (tmp_path / "foreign").iterdir()] == ["notes.txt"]


def test_a_run_that_is_none_or_empty(tmp_path):
    assert "no such run" in matcher("rehearse", SAMPLE, tmp_path / "none", code=1).output
    spec = replace(TIGHT, pairs=(("a", "m", "forbidden"), ("b", "n", "forbidden")))
    first_run(spec, tmp_path)
    result = matcher("rehearse", tmp_path / "cohort0", tmp_path / "run0", code=1)
    assert "has no pairs, so there is nothing to rehearse" in result.output


def test_an_earlier_rehearsal_is_replaced_only_when_asked(sample, tmp_path):
    cohort, run = sample
    found = rehearse(cohort, run, draws=[1])
    write_rehearsal(found, tmp_path / "out")
    arguments = ("rehearse", SAMPLE, run, "--draw", 2, "-o", tmp_path / "out", "-q")
    assert "give --overwrite to replace that" in matcher(*arguments, code=1).output
    assert rows_of(tmp_path / "out" / "rehearsal.csv")[0]["draw"] == "1"
    matcher(*arguments, "--overwrite")
    assert rows_of(tmp_path / "out" / "rehearsal.csv")[0]["draw"] == "2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_what_is_done_at_an_interrupt_is_told(sample):
    cohort, run = sample
    stop = threading.Event()
    found = rehearse(
        cohort, run, draws=50, stop=stop, progress=lambda line: stop.set() if "2 of" in line else None
    )
    assert found.interrupted
    assert [one.number for one in found.outcomes] == [1, 2]
    ground = Ground(cohort, found.plan, found.wish)
    with pytest.raises(StoppedError):
        run_draw(ground, 1, stop)


def test_a_broken_repair_is_never_counted(sample, monkeypatch):
    cohort, run = sample

    def broken(*arguments, **options):
        solution = solve(*arguments, **options)
        first = solution.pairs[0]
        sessions = tuple(one._replace(start=one.start + 1) for one in first.sessions)
        return replace(solution, pairs=(replace(first, sessions=sessions), *solution.pairs[1:]))

    monkeypatch.setattr(rehearsal, "solve", broken)
    found = rehearse(cohort, run, draws=[4])
    assert found.outcomes == ()
    assert [(one.number, one.code) for one in found.failed] == [(4, CheckFailedError.exit_code)]
    assert found.failed[0].message.startswith("our own answer failed the independent check")
    told = matcher("rehearse", SAMPLE, run, "--draws", 1, "--workers", 1, code=5)
    assert "0 of 1 draw" in told.stdout
    assert "Error: draw 1: our own answer failed" in told.stderr


def test_a_limit_before_any_answer_leaves_the_repair_blank(sample, tmp_path, monkeypatch):
    from matcher.errors import LimitError

    def late(*_arguments, **_options):
        raise LimitError("the time limit came")

    monkeypatch.setattr(rehearsal, "solve", late)
    cohort, run = sample
    found = rehearse(cohort, run, draws=2)
    assert {one.figures["status"] for one in found.outcomes} == {"no_solution"}
    write_rehearsal(found, tmp_path / "out")
    row = rows_of(tmp_path / "out" / "rehearsal.csv")[0]
    assert row["pairs_survive"].isdigit()
    assert row["pairs_kept"] == ""
    told = matcher("rehearse", SAMPLE, run, "--draws", 1, "--workers", 1)
    assert "no plan was repaired" in told.stdout


def test_a_repaired_plan_is_rehearsed_from_its_own_date_on(tmp_path):
    spec = replace(random_spec(306), pairs=())
    cohort, _ = first_run(spec, tmp_path)
    frame = cohort.programme.frame
    middle = frame.start + (frame.end - frame.start) / 2
    rematch(spec, middle, tmp_path, 1)
    found = rehearse(cohort, tmp_path / "run1", draws=8)
    assert found.warnings == ()
    assert {one.figures["status"] for one in found.outcomes} == {"optimal"}
    days = {one.figures["as_of"] for one in found.outcomes}
    assert min(days) >= middle.isoformat()
    assert len(days) > 1 or middle == frame.end


def test_what_to_type_next_repeats_what_was_set(sample, tmp_path):
    told = matcher(
        *("rehearse", SAMPLE, sample[1], "--draw", 4, "--seed", 3, "--refusals", 9, "--workers", 1),
        *("--set", "rematch.end_pairs=for-more-mentees", "-o", tmp_path / "one"),
    )
    assert "--set rematch.end_pairs=for-more-mentees -o" in told.stderr.splitlines()[-1]
    told = matcher(
        *("rehearse", SAMPLE, sample[1], "--draws", 2, "--seed", 3, "--refusals", 9, "--workers", 1),
        *("--set", "rematch.end_pairs=for-more-mentees"),
    )
    last = told.stderr.splitlines()[-1]
    assert "--refusals 9 --seed 3 --set rematch.end_pairs=for-more-mentees -o rehearsal-draw-" in last


def test_damage_needs_a_draw(sample):
    cohort, run = sample
    repair = begin_repair(cohort, run, cohort.programme.frame.start)
    damage = find_damage(repair, cohort)
    assert damage.surviving == set(repair.earlier.agreed)
    assert not any(damage.fallen.values())

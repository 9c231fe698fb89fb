"""Synthetic companies: the same bytes for the same numbers, ready to read, and like a company in what matters."""

import csv
import datetime as dt
import hashlib
import json
import re
from collections import Counter

import numpy as np
import pytest
from click.testing import CliRunner

from matcher import generate_files, generate_times
from matcher.check import check_run
from matcher.cli import cli
from matcher.errors import MatcherError
from matcher.generate import Counts, SizeError, generate
from matcher.generate_people import FUNCTION_NAMES, FUNCTIONS, LEVELS, MOST_REPORTS, TOP, ZONE_NAMES
from matcher.generate_times import QUARTER, Span, busy_blocks
from matcher.io import read_cohort
from matcher.rules import judge
from matcher.runs import write_run
from matcher.solver import solve

DIGEST = "aa41adf3ebbcc8efa862e8798ca60286b8da41b8c81ea71a7a5e2bfc5a0be025"
FILES = ["availability.csv", "busy.csv", "employees.csv", "pairs.csv", "preferences.csv", "programme.toml"]


def table(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Folder of a company with 600 mentees."""
    folder = tmp_path_factory.mktemp("company") / "cohort"
    generate(folder, employees=2000, mentees=600)
    return folder


@pytest.fixture(scope="module")
def cohort(company):
    return read_cohort(company)


# --- the same numbers, the same bytes -----------------------------------------------------------------------


def test_the_same_numbers_give_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        generate(tmp_path / name, employees=90, mentees=30, busy=20, seed=5)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_the_bytes_are_those_of_every_machine(tmp_path):
    generate(tmp_path / "made", employees=90, mentees=30, busy=20, seed=5)
    found = contents(tmp_path / "made")
    assert list(found) == FILES
    digest = hashlib.sha256(b"".join(found.values())).hexdigest()
    assert digest == DIGEST, "another company for the same numbers: if that is meant, say so under Changed"


def test_seeds_differ(tmp_path):
    for seed in (0, 1):
        generate(tmp_path / str(seed), employees=90, mentees=30, busy=20, seed=seed)
    first, second = contents(tmp_path / "0"), contents(tmp_path / "1")
    assert all(first[name] != second[name] for name in FILES if name != "pairs.csv")


def test_an_option_leaves_the_other_tables_alone(tmp_path):
    for busy in (0, 30):
        generate(tmp_path / str(busy), employees=90, mentees=30, busy=busy)
    none, some = contents(tmp_path / "0"), contents(tmp_path / "30")
    assert {name for name in FILES if none[name] != some[name]} == {"busy.csv"}


def test_the_size_of_blocks_in_writing_does_not_show(tmp_path, monkeypatch):
    generate(tmp_path / "whole", employees=200, mentees=60, busy=0)
    monkeypatch.setattr(generate_files, "BLOCK", 7)
    generate(tmp_path / "pieces", employees=200, mentees=60, busy=0)
    assert contents(tmp_path / "whole") == contents(tmp_path / "pieces")


def test_people_in_several_blocks_get_their_share_of_meetings(monkeypatch):
    monkeypatch.setattr(generate_times, "ROWS", 1000)
    people, span = np.arange(100, 400), Span(days=QUARTER, weekday=0)
    blocks = list(busy_blocks(people, 50, span, np.random.default_rng(1)))
    assert len(blocks) > 10
    person = np.concatenate([block.person for block in blocks])
    assert np.array_equal(np.unique(person), people)
    assert np.all(np.diff(person) >= 0)


# --- ready to use -------------------------------------------------------------------------------------------


def test_it_reads_without_a_warning(company, cohort):
    assert sorted(path.name for path in company.iterdir()) == FILES
    assert cohort.warnings == ()
    assert (len(cohort.employees), len(cohort.mentees), len(cohort.choices)) == (2000, 600, 3000)
    assert cohort.programme.frame.start == dt.date(2027, 1, 11)
    assert cohort.programme.frame.end == dt.date(2027, 4, 9)


def test_a_company_is_solved_and_verified(tmp_path):
    generate(tmp_path / "cohort", employees=200, mentees=60, busy=20, seed=4)
    cohort = read_cohort(tmp_path / "cohort")
    solution = solve(cohort, time_limit=300)
    assert solution.status == "optimal"
    assert 0.75 * 60 <= len(solution.pairs) < 60
    write_run(cohort, solution, tmp_path / "run")
    assert check_run(cohort, tmp_path / "run") == []


@pytest.mark.parametrize(
    ("employees", "mentees", "choices"),
    [(1, 0, 0), (2, 1, 1), (3, 1, 2), (5, 2, 8), (20, 0, 0), (20, 10, 50), (30, 15, 75)],
)
def test_small_companies(tmp_path, employees, mentees, choices):
    counts = generate(tmp_path / "made", employees=employees, mentees=mentees)
    cohort = read_cohort(tmp_path / "made")
    assert counts == Counts(employees, mentees, len(cohort.choices), len(cohort.busy))
    assert (len(cohort.employees), len(cohort.mentees)) == (employees, mentees)
    assert len(cohort.choices) == choices
    assert len(cohort.warnings) == (mentees == 0)  # preferences.csv names no mentee


def test_two_years_from_a_sunday(tmp_path):
    start, end = dt.date(2026, 1, 4), dt.date(2028, 1, 5)
    generate(tmp_path / "made", employees=60, mentees=20, busy=30, start=start, end=end)
    cohort = read_cohort(tmp_path / "made")
    assert cohort.programme.days == 732
    starts = [dt.date.fromisoformat(row["start"][:10]) for row in table(tmp_path / "made", "busy.csv")]
    assert start <= min(starts) < dt.date(2026, 2, 1)
    assert dt.date(2027, 12, 1) < max(starts) <= end


def test_a_weekend_has_no_meetings(tmp_path):
    saturday = dt.date(2027, 1, 16)
    generate(
        tmp_path / "made", employees=60, mentees=20, busy=1000, start=saturday, end=saturday + dt.timedelta(days=1)
    )
    assert all(row["start"][11:] in ("", "07:00") for row in table(tmp_path / "made", "busy.csv"))


# --- like a company -----------------------------------------------------------------------------------------


def test_functions_have_their_shares(cohort):
    functions = Counter(cohort.employees.functions)
    assert set(functions) == set(FUNCTION_NAMES)
    for name, share in FUNCTIONS.items():
        assert functions[name] == pytest.approx(20 * share, abs=1)


def test_levels_are_a_pyramid(cohort):
    counts = np.bincount(cohort.employees.level, minlength=TOP + 1)[1:]
    assert np.all(np.diff(counts) < 0)
    assert counts[-1] == 1
    assert counts[0] == pytest.approx(2000 * LEVELS[0] / 1000, abs=len(FUNCTIONS))


@pytest.mark.parametrize("employees", [2, 12, 40, 300, 30_000])
def test_managers_stand_above_and_lead_a_few(tmp_path, employees):
    generate(tmp_path / "made", employees=employees, mentees=0)
    people = read_cohort(tmp_path / "made").employees
    led = np.flatnonzero(people.manager >= 0)
    manager = people.manager[led]
    assert len(led) == employees - 1
    # Above by level, so that there is no circle.
    assert np.all(people.level[manager] > people.level[led])
    below_top = people.level[manager] < TOP
    assert np.all((people.function[manager] == people.function[led])[below_top])
    reports = np.bincount(manager)
    assert reports[people.level[: len(reports)] < TOP].max(initial=0) <= MOST_REPORTS + 1
    assert reports.max() <= 2 * len(FUNCTIONS)


def test_people_work_in_several_zones(cohort):
    people = cohort.employees
    assert set(people.zones) == set(ZONE_NAMES)
    own = people.zones.index(cohort.programme.frame.timezone)
    assert 0.5 < np.mean(people.zone == own) < 0.8
    led = people.manager >= 0
    assert np.mean((people.zone == people.zone[people.manager])[led]) > 0.7


def test_some_take_one_mentee_or_none(cohort):
    counts = np.bincount(cohort.employees.capacity)
    assert len(counts) == 3
    assert all(counts[:2] > 10)
    assert counts[2] > 0.8 * counts.sum()


def test_mentees_are_junior_and_their_mentors_senior(cohort):
    level, choices = cohort.employees.level, cohort.choices
    assert np.mean(level[cohort.mentees] <= 3) > 0.8
    known = choices.mentor >= 0
    assert np.mean(level[choices.mentor[known]] > level[choices.mentee[known]]) > 0.93
    assert 0.02 < np.mean(np.isin(cohort.mentees, choices.mentor)) < 0.5  # chains


def test_names_and_addresses(company):
    people = table(company, "employees.csv")
    assert len({row["name"] for row in people}) > 1000
    assert len({row["email"] for row in people}) == 2000
    assert all(row["email"].endswith("@company.example") and row["name"].count(" ") == 1 for row in people)
    assert any(not row["name"].isascii() for row in people)


# --- choices ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choices", [1, 5, 20])
def test_everybody_lists_so_many_different_mentors(tmp_path, choices):
    generate(tmp_path / "made", employees=400, mentees=120, choices=choices, busy=0)
    listed = read_cohort(tmp_path / "made").choices
    assert np.all(np.unique(listed.mentee, return_counts=True)[1] == choices)
    assert len({(int(a), b) for a, b in zip(listed.mentee, listed.mentor_ids, strict=True)}) == len(listed)
    assert set(listed.rank.tolist()) == set(range(1, choices + 1))


def test_some_ranks_are_tied(cohort):
    last = cohort.choices.rank[4::5]
    assert set(last.tolist()) == {4, 5}
    assert 0.01 < np.mean(last == 4) < 0.08


def test_some_mentors_are_wanted_by_many(cohort):
    wanted = np.sort(np.bincount(cohort.choices.mentor[cohort.choices.mentor >= 0]))[::-1]
    wanted = wanted[wanted > 0]
    assert wanted[: len(wanted) // 10].sum() > 0.32 * wanted.sum()
    assert wanted[0] > 20


def test_a_few_choices_are_against_the_rules(cohort):
    _, codes = judge(cohort)
    found = Counter(codes)
    assert {"same_function_gap", "cross_function_gap", "does_not_mentor", "unknown_mentor", "self"} <= set(found)
    assert {"forbidden", "refused"} & set(found)
    assert 0.85 < found[""] / len(codes) < 0.97


def test_mentors_have_places_for_most_mentees(cohort):
    mentors = np.unique(cohort.choices.mentor[cohort.choices.mentor >= 0])
    assert 0.85 * 600 < cohort.employees.capacity[mentors].sum() < 1.3 * 600


def test_decided_pairs_are_choices(company):
    decided = table(company, "pairs.csv")
    listed = {(row["mentee_id"], row["mentor_id"]) for row in table(company, "preferences.csv")}
    assert {(row["mentee_id"], row["mentor_id"]) for row in decided} < listed
    assert {row["status"] for row in decided} == {"past", "forbidden", "refused"}
    for row in decided:
        assert (row["last_session"] != "") == (row["status"] == "past")
        assert row["last_session"] < "2027-01-11"


# --- times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("busy", "start", "end"), [(100, "2027-01-11", "2027-04-09"), (10, "2026-09-03", "2027-06-30")]
)
def test_meetings_are_so_many_on_the_average(tmp_path, busy, start, end):
    start, end = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    counts = generate(tmp_path / "made", employees=2000, mentees=600, busy=busy, start=start, end=end)
    cohort = read_cohort(tmp_path / "made")
    people = np.union1d(cohort.mentees, cohort.choices.mentor[cohort.choices.mentor >= 0])
    assert counts.busy == len(cohort.busy)
    assert np.isin(cohort.busy.person, people).all()
    meetings = np.sum(cohort.busy.end - cohort.busy.start <= 2 * 60)
    quarters = cohort.programme.days / QUARTER
    assert meetings / len(people) / quarters == pytest.approx(busy, rel=0.05)


def test_everybody_in_a_choice_and_nobody_else_has_a_calendar(cohort):
    people = np.union1d(cohort.mentees, cohort.choices.mentor[cohort.choices.mentor >= 0])
    assert np.array_equal(np.unique(cohort.busy.person), people)
    assert set(cohort.availability.person.tolist()) < set(people.tolist())


def test_meetings_lie_in_working_hours_and_come_back_every_week(company):
    rows = [
        row for row in table(company, "busy.csv") if row["start"][:10] == row["end"][:10] and "T" in row["start"]
    ]
    meetings = [row for row in rows if row["start"][11:] != "07:00"]  # journeys start then
    assert all("09:00" <= row["start"][11:] < row["end"][11:] <= "18:00" for row in meetings)
    starts = [dt.datetime.fromisoformat(row["start"]) for row in meetings]
    assert all(start.weekday() < 5 and start.minute % 15 == 0 for start in starts)
    series = Counter(
        (row["employee_id"], start.weekday(), row["start"][11:], row["end"][11:])
        for row, start in zip(meetings, starts, strict=True)
    )
    assert 0.6 < sum(count for count in series.values() if count >= 6) / len(meetings) < 0.9


def test_absences(company, cohort):
    rows = table(company, "busy.csv")
    leaves = [row for row in rows if "T" not in row["start"]]
    assert 0.2 < len({row["employee_id"] for row in leaves}) / len(set(cohort.busy.person.tolist())) < 0.35
    lengths = {
        (dt.date.fromisoformat(row["end"]) - dt.date.fromisoformat(row["start"])).days + 1 for row in leaves
    }
    assert min(lengths) >= 1
    assert {3, 7, 14} < lengths
    assert max(lengths) > 30
    assert all(row["end"] <= "2027-04-09" for row in leaves)


def test_working_weeks_and_single_days(cohort):
    hours = cohort.availability
    assert {0, 1, 2, 3, 4} <= set(hours.weekday.tolist())
    dated = hours.date >= 0
    assert np.any(dated & (hours.end == 0))
    assert np.any(dated & (hours.end > 0))
    days = Counter(hours.person[~dated].tolist())
    assert set(days.values()) == {1, 3, 4, 5}


# --- the folder ---------------------------------------------------------------------------------------------


def test_it_never_overwrites(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me", "utf-8")
    (tmp_path / "file").write_text("keep me", "utf-8")
    for name in ("mine", "file"):
        with pytest.raises(MatcherError, match="must be a new or an empty folder; nothing was written"):
            generate(tmp_path / name, employees=10, mentees=2)
    assert contents(tmp_path / "mine") == {"notes.txt": b"keep me"}
    assert (tmp_path / "file").read_text("utf-8") == "keep me"


def test_an_empty_folder_and_missing_parents_will_do(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "a" / "b"):
        generate(folder, employees=10, mentees=2)
        assert list(contents(folder)) == FILES


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
@pytest.mark.parametrize("existed", [True, False])
def test_nothing_is_left_of_half_a_company(tmp_path, monkeypatch, error, existed):
    def fail(*_arguments):
        raise error

    if existed:
        (tmp_path / "made").mkdir()
    monkeypatch.setattr(generate_files, "write_busy", fail)
    with pytest.raises((KeyboardInterrupt, MatcherError, MemoryError)) as caught:
        generate(tmp_path / "made", employees=10, mentees=2)
    if isinstance(error, OSError):
        assert (
            "made: cannot be written (No space left on device: the disk is full; make room, then start again)"
            in str(caught.value)
        )
    assert (tmp_path / "made").exists() == existed
    assert not existed or not contents(tmp_path / "made")


def test_a_move_that_fails_is_taken_back(tmp_path, monkeypatch):
    from pathlib import Path

    rename, moved = Path.rename, []

    def fail_at_the_end(path, target):
        moved.append(path.name)
        if path.name == "programme.toml":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    (tmp_path / "made").mkdir()
    monkeypatch.setattr(Path, "rename", fail_at_the_end)
    with pytest.raises(MatcherError, match="Input/output error"):
        generate(tmp_path / "made", employees=10, mentees=2)
    assert moved == FILES  # without the last one, programme.toml, nobody takes the folder for a cohort
    assert contents(tmp_path / "made") == {}


# --- bad numbers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"employees": 0}, r"employees must be from 1 to 9999999 \(got 0\)"),
        ({"employees": 10_000_000}, r"employees must be from 1 to 9999999 \(got 10000000\)"),
        ({"mentees": 51}, r"mentees must be from 0 to 50 \(got 51\); more than half of the employees would leave"),
        ({"mentees": -1}, r"mentees must be from 0 to 50 \(got -1\)"),
        ({"choices": 0}, r"choices must be from 1 to 99 \(got 0\)"),
        ({"choices": 100}, r"choices must be from 1 to 99 \(got 100\)"),
        ({"busy": -1}, r"busy must be from 0 to 10000 \(got -1\)"),
        ({"seed": -1}, r"seed must be from 0 to \d+ \(got -1\)"),
        ({"end": dt.date(2027, 1, 1)}, "end 2027-01-01 must not be before start 2027-01-11"),
        ({"end": dt.date(2030, 1, 1)}, "a programme lasts at most two years"),
    ],
)
def test_numbers_that_do_not_fit(tmp_path, numbers, message):
    with pytest.raises(SizeError, match=message):
        generate(tmp_path / "made", **({"employees": 100, "mentees": 30} | numbers))
    assert not (tmp_path / "made").exists()


# --- the command --------------------------------------------------------------------------------------------


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, ["generate", *map(str, arguments)], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


def test_the_command_says_what_it_made(tmp_path):
    folder = tmp_path / "made"
    options = ("--employees", 50, "--mentees", 10, "--choices", 3, "--busy", 0, "--seed", 7)
    result = run(folder, *options, "--start", "2027-02-01", "--end", "2027-02-28")
    busy = len(table(folder, "busy.csv"))
    assert result.stdout == f"created: 50 employees, 10 mentees, 30 choices, {busy} busy times in {folder}\n"
    assert f"matcher check {folder}" in result.stderr
    programme = read_cohort(folder).programme
    assert (str(programme.frame.start), str(programme.frame.end)) == ("2027-02-01", "2027-02-28")
    assert programme.goals.seed == 7


def test_the_command_as_json_and_quiet(tmp_path):
    result = run(tmp_path / "made", "--employees", 50, "--mentees", 10, "--json", "--quiet")
    counts = {"employees": 50, "mentees": 10, "choices": 50, "busy": len(table(tmp_path / "made", "busy.csv"))}
    assert json.loads(result.stdout) == {"folder": str(tmp_path / "made")} | counts
    assert result.stderr == ""


def test_the_command_tells_its_steps(tmp_path):
    result = run(tmp_path / "made", "--employees", 50, "--mentees", 10, "--verbose")
    assert re.search(
        r"s  inventing 50 people\n.*s  10 mentees list mentors\n.*s  \d+ busy times written\n", result.stderr
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--employees", 10, "--mentees", 6), 2, "Error: mentees must be from 0 to 5 (got 6)"),
        (("--employees", 10), 2, "Missing option '--mentees'"),
        (("--employees", 10, "--mentees", 2, "--start", "soon"), 2, "'soon' does not match the format"),
        (("--employees", 10, "--mentees", 2, "--end", "2026-01-01"), 2, "end 2026-01-01 must not be before start"),
    ],
)
def test_the_command_refuses(tmp_path, arguments, code, message):
    assert message in run(tmp_path / "made", *arguments, code=code).stderr
    assert not (tmp_path / "made").exists()


def test_the_command_never_overwrites(tmp_path):
    (tmp_path / "notes.txt").write_text("keep me", "utf-8")
    result = run(tmp_path, "--employees", 10, "--mentees", 2, code=1)
    assert "must be a new or an empty folder" in result.stderr

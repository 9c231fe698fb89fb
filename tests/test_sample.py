"""The sample cohort: made by its script, complete, and showing what a programme lead will meet."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from matcher.model import Reason
from matcher.sample_data import sample_files

DATA = Path(__file__).resolve().parent.parent / "data"
SAMPLE = DATA / "nlmk-sample"
WOMEN_END, MEN_END = ("va", "na", "aia"), ("ov", "ev", "in", "yn", "ii", "oi")
EITHER_END = ("ko", "uk")


def table(name):
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def employees():
    return {row["employee_id"]: row for row in table("employees.csv")}


@pytest.fixture(scope="module")
def cohort():
    from matcher import read_cohort

    return read_cohort(SAMPLE)


@pytest.fixture(scope="module")
def solution(cohort):
    from matcher import solve

    return solve(cohort, time_limit=300)


def test_the_script_makes_the_committed_files(tmp_path):
    subprocess.run([sys.executable, DATA / "make_sample.py", tmp_path], check=True, capture_output=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SAMPLE.iterdir()}


def test_the_package_finds_all_files():
    files = sample_files()
    assert list(files) == sorted(path.name for path in SAMPLE.iterdir())
    assert all(files[name] == (SAMPLE / name).read_bytes() for name in files)


def test_people_are_told_apart(employees):
    assert 200 <= len(employees) <= 300
    for column in ("name", "email"):
        assert len({row[column] for row in employees.values()}) == len(employees)
    assert all(row["email"].isascii() and row["email"].endswith(".example") for row in employees.values())


def test_surnames_agree_with_first_names(employees):
    for row in employees.values():
        first, surname = row["email"].partition("@")[0].split(".")
        is_woman = first.endswith("a") != (first in ("nikita", "liubov"))
        assert surname.endswith(EITHER_END + (WOMEN_END if is_woman else MEN_END)), row["name"]


def test_names_come_in_both_alphabets_and_people_in_two_zones(employees):
    latin = sum(row["name"].isascii() for row in employees.values())
    assert 0.2 < latin / len(employees) < 0.5
    zones = Counter(row["timezone"] for row in employees.values())
    assert set(zones) == {"Europe/Moscow", "Asia/Yekaterinburg"}
    assert min(zones.values()) > 30


def test_managers_are_one_level_above(cohort):
    people = cohort.employees
    tops = [person for person in range(len(people)) if people.manager[person] < 0]
    assert [people.level_text[person] for person in tops] == ["President"]
    others = [person for person in range(len(people)) if person not in tops]
    assert all(people.level[people.manager[person]] == people.level[person] + 1 for person in others)


def test_lists_have_ties_and_gaps(employees):
    ranks = {}
    for row in table("preferences.csv"):
        assert row["mentee_id"] in employees
        ranks.setdefault(row["mentee_id"], []).append(int(row["rank"]))
    assert 55 <= len(ranks) <= 65
    assert Counter(map(len, ranks.values())).most_common(1)[0][0] in (4, 5)
    assert sum(len(set(listed)) < len(listed) for listed in ranks.values()) >= 2
    assert sum(max(listed) > len(set(listed)) for listed in ranks.values()) >= 2


def test_busy_times_come_in_all_three_forms():
    starts = [row["start"] for row in table("busy.csv")]
    assert all(sum(len(start) == length for start in starts) > 20 for length in (10, 16, 25))


def test_the_only_warning_is_the_waived_rule(cohort):
    assert [(warning.file, "E075" in warning.message) for warning in cohort.warnings] == [("pairs.csv", True)]


def test_choices_against_the_rules(cohort):
    from matcher.rules import judge

    _, codes = judge(cohort)
    expected = {"same_function_gap", "does_not_mentor", "unknown_mentor", "refused", "forbidden"}
    assert set(codes) - {""} == expected


@pytest.mark.parametrize(
    ("mentee", "reason"),
    [
        ("E021", "no_eligible_choice"),
        ("E017", "no_common_time"),
        ("E022", "schedule_conflict"),
        ("E037", "mentors_full"),
    ],
)
def test_reasons_told_in_the_readme(cohort, solution, mentee, reason):
    told = (DATA / "README.md").read_text(encoding="utf-8")
    assert mentee in told
    assert solution.unmatched[cohort.employees.ids.index(mentee)].code == reason


def test_the_popular_mentors_are_full_and_some_of_their_mentees_stay_alone(cohort, solution):
    stars = {cohort.employees.ids.index(star) for star in ("E007", "E025", "E089", "E187", "E238")}
    taken = Counter(pair.mentor for pair in solution.pairs if pair.mentor in stars)
    assert {star: int(cohort.employees.capacity[star]) for star in stars} == dict(taken)
    assert len(solution.unmatched) == 7


def test_lock_and_past_pair(cohort, solution):
    pairs = {tuple(cohort.employees.ids[person] for person in (p.mentee, p.mentor)): p for p in solution.pairs}
    assert pairs["E075", "E047"].locked
    assert pairs["E075", "E047"].rank is None
    assert ("E014", "E008") not in pairs
    assert ("E039", "E020") not in pairs


def test_every_reason_occurs(solution):
    assert {told.code for told in solution.unmatched.values()} == set(get_args(Reason))


def test_the_sample_is_solved_to_the_end(solution):
    assert solution.status == "optimal"

"""A short part of the attack on input, and faults planted in matcher that it must notice."""

import dataclasses

import pytest
from click.testing import CliRunner

from matcher import (
    check,
    cli_cohort,
    cohort_files,
    headers,
    input_employees,
    input_preferences,
    input_times,
    io,
    readiness,
)
from matcher.check import Examined
from matcher.cli import cli
from matcher.model import Choices
from soak import inputs_bases as bases
from soak.inputs import Tally, attack, kept_case, save, shrink, specs
from soak.inputs_bases import Odd
from soak.inputs_books import book_of
from soak.inputs_cases import KINDS, Bases, Case, make_case, put
from soak.inputs_checks import Asker, snapshot
from soak.inputs_large import Large, Measured, cases, troubles
from soak.inputs_naive import naive_reading
from soak.inputs_worker import Worker

CASES = 150
QUICK = [kind for kind, _ in KINDS if kind != "calendars"]  # which starts processes of its own


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("soak")
    made, runs = Bases(), {}
    for name in ("full", "few"):
        put(dict(made.cohorts[name]), folder / name)
        words = ["solve", str(folder / name), "-o", str(folder / "runs" / name), "--no-report", "--workers", "1"]
        assert CliRunner().invoke(cli, words).exit_code == 0
        runs[name] = {path.name: path.read_bytes() for path in (folder / "runs" / name).iterdir()}
    return Asker(folder / "case", Bases(made.cohorts, runs))


def case_of(files, kind="folder", command="check", base="few"):
    return Case("1", kind, base, (), files, command)


def few(**changes):
    """The smallest base with some files changed, `busy__csv` and the like."""
    files = bases.cohorts()["few"] | {
        name.replace("__", "."): data.encode() if isinstance(data, str) and not isinstance(data, Odd) else data
        for name, data in changes.items()
    }
    return {name: data for name, data in files.items() if data is not None}


def told(asker, case):
    return {name for name, _ in asker.ask(case).wrong}


def test_nothing_breaks_and_nothing_wrong_is_accepted(asker):
    tally, number = Tally(), 0
    while tally.cases < CASES:
        case = make_case(str(7_000_000 + number), asker.made)
        number += 1
        if case.kind in QUICK:
            tally.add(case, asker.ask(case))
    assert not tally.wrong
    assert set(tally.kinds) == set(QUICK)
    assert tally.accepted > CASES / 8
    assert tally.solved
    assert len(tally.messages) > CASES / 4


# --- the attack itself -----------------------------------------------------------------------------------------


def test_a_case_repeats_from_its_numbers(asker):
    for number in range(40):
        spec = f"{number}+{number + 1000}"
        assert make_case(spec, asker.made) == make_case(spec, asker.made)
    assert len({str(make_case(str(number), asker.made).files) for number in range(40)}) > 35


def test_a_kept_case_is_the_same_again(tmp_path):
    files = few(busy__csv=Odd("pipe"), absences__csv=Odd("loop"))
    case = case_of(files)
    assert kept_case(save(case, "told", "a name", tmp_path)) == case


def test_cases_go_on_from_those_that_brought_something_new():
    fruitful = ["17"]
    further = [spec for spec in specs(200, 3, fruitful) if spec.startswith("17+")]
    assert 30 < len(further) < 90


def test_the_bases_are_in_order(asker):
    for name, files in asker.made.cohorts.items():
        for form in (files, book_of(files)):
            outcome = asker.ask(Case("1", "folder", name, (), dict(form)))
            assert outcome.accepted, name
            assert not outcome.wrong


# --- planted faults --------------------------------------------------------------------------------------------


def test_a_choice_that_stands_twice_must_not_pass(asker, monkeypatch):
    case = case_of(few(preferences__csv="mentee_id,rank,mentor_id\nE01,1,E06\nE01,2,E06\n"))
    assert not told(asker, case)
    monkeypatch.setattr(input_preferences, "_report_repeats", lambda *_: None)
    assert "wrong acceptance" in told(asker, case)


def test_an_id_that_stands_twice_must_not_pass(asker, monkeypatch):
    text = bases.FULL["employees.csv"] + "E10,Zoe,z@corp.example,HR,1,E05,,,,,,\n"
    case = case_of(few(employees__csv=text))
    assert not told(asker, case)
    monkeypatch.setattr(
        input_employees, "_report_ids", lambda names, lines, *_: dict(zip(names, lines, strict=True))
    )
    assert told(asker, case)


def test_ids_that_only_look_alike_must_be_told(asker, monkeypatch):
    text = bases.FULL["employees.csv"] + "E1\u200b0,Zoe,z@corp.example,HR,1,E05,,,,,,\n"
    case = case_of(few(employees__csv=text))
    assert not told(asker, case)
    monkeypatch.setattr(input_employees, "_warn_of_twins", lambda *_: None)
    assert "wrong reading" in told(asker, case)


def test_a_rank_that_is_read_wrongly_is_seen(asker, monkeypatch):
    case = case_of(few())
    assert not told(asker, case)
    before = input_preferences._rank
    monkeypatch.setattr(input_preferences, "_rank", lambda text: before(text) + 1)
    assert "wrong reading" in told(asker, case)


def test_an_hour_that_is_read_wrongly_is_seen(asker, monkeypatch):
    case = case_of(few(availability__csv="employee_id,day,start,end\nE05,mon,09:00,12:00\n"))
    assert not told(asker, case)
    monkeypatch.setattr(input_times, "_clock", lambda text: 60 * int(text[:2]) + 1 if text else -1)
    assert "wrong reading" in told(asker, case)


def test_rows_above_a_header_must_not_vanish_in_silence(asker, monkeypatch):
    """The order of rows may make no difference: here one of them is lost."""
    case = Case("1", "same", "few", (), few())
    assert not told(asker, case)
    monkeypatch.setattr(headers, "ENOUGH", 1)
    read = io.read_preferences

    def lossy(table, people, findings):
        found = read(table, people, findings)
        cut = Choices(*(getattr(found.choices, part.name)[1:] for part in dataclasses.fields(found.choices)))
        return dataclasses.replace(found, choices=cut) if "plain" not in str(table.file) else found

    monkeypatch.setattr(io, "read_preferences", lossy)
    assert "wrong reading" in told(asker, case)


def test_a_bug_is_no_answer(asker, monkeypatch):
    case = case_of(few())
    monkeypatch.setattr(readiness, "assess", lambda _: {}["no"])
    assert "internal error" in told(asker, case)


def test_a_file_that_is_left_behind_is_seen(asker, monkeypatch):
    case = case_of(few(employees__csv="nothing\n"))
    assert not told(asker, case)
    before = cohort_files._read

    def littering(given, path, findings):
        (path.parent / ".left").write_text("x")
        return before(given, path, findings)

    monkeypatch.setattr(cohort_files, "_read", littering)
    assert "input changed" in told(asker, case)


def test_a_wrong_exit_code_is_seen(asker, monkeypatch):
    case = case_of(few(employees__csv="nothing\n"))
    monkeypatch.setattr(cli_cohort, "BAD_INPUT", 0)
    assert "exit code" in told(asker, case)


def test_a_run_that_was_changed_must_not_be_verified(asker, monkeypatch):
    files = dict(asker.made.runs["few"])
    files["pairs.csv"] = files["pairs.csv"].replace(b",chosen,", b",locked,", 1)
    case = case_of(files, "run", "verify")
    assert not told(asker, case)
    monkeypatch.setattr(check, "examine_run", lambda *_: Examined((), (), ("mentees", "rank")))
    assert "wrong verdict" in told(asker, case)


# --- whoever watches from outside ------------------------------------------------------------------------------


@pytest.mark.parametrize(("end", "name"), [("hang", "hang"), ("die", "death")])
def test_a_process_that_hangs_or_dies_is_seen_and_replaced(asker, tmp_path, end, name):
    worker = Worker(tmp_path / "case", asker.made)
    try:
        if end == "die":
            worker._process.kill()
            assert [found for found, _ in worker.ask(case_of(few())).wrong] == [name]
        else:
            assert [found for found, _ in worker.ask(case_of(few()), seconds=0.01).wrong] == [name]
        assert worker.ask(case_of(few())).accepted
    finally:
        worker.close()


class Pretended:
    """A worker for which all cases with this text in a file are bad."""

    def __init__(self, made, text):
        self.made, self.text = made, text

    def ask(self, case):
        from soak.inputs_checks import Outcome

        outcome = Outcome(case.spec, kinds={case.spec})
        if any(isinstance(data, bytes) and self.text in data for data in case.files.values()):
            outcome.blame("odd", "it is there")
        return outcome


def test_what_fails_is_made_smaller(asker):
    worker = Pretended(asker.made, b"E07,Grit")
    case = next(case for case, _ in attack(50, 1, worker, Tally()) if case.kind == "folder" and len(case.done) > 1)
    smaller = shrink(case, "odd", worker)
    assert smaller.done == ()
    assert smaller.files["employees.csv"].count(b"\n") <= 2


def test_large_inputs_are_judged():
    case, fine = Large("x", lambda _: None, 1, 3), Measured(1, 1.0, 1, 100, 3, "Error: x")
    assert not list(troubles(case, fine))
    for change in ({"code": 0}, {"code": -9}, {"letters": 10**6}, {"faults": 2}, {"said": "internal error"}):
        assert list(troubles(case, dataclasses.replace(fine, **change))), change
    assert len({case.name for case in cases()}) == len(cases())


def test_the_naive_reading_knows_what_it_cannot_read(tmp_path, asker):
    put(few(busy__csv="\x00"), tmp_path / "x")
    naive = naive_reading(tmp_path / "x", asker.known_keys)
    assert naive.unsure == {"busy"}
    assert not naive.plain
    assert len(asker.known_keys) > 40


def test_a_snapshot_sees_pipes_and_links_without_following_them(tmp_path):
    put({"a": Odd("pipe"), "b": Odd("endless"), "c": Odd("loop"), "d": b"x", "e": Odd("folder")}, tmp_path / "x")
    assert {name for name, _ in snapshot(tmp_path)} == {"x", *(f"x/{name}" for name in "abcde")}

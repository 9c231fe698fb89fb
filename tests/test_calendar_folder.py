"""Names of the files in calendars/, and that the folder is written whole or not at all."""

import datetime as dt
import io
import re
import sys
from pathlib import Path

import pytest
from calendar_runs import EARLY, EMPLOYEES, SESSIONS, at, contents, table, write_cohort, write_run
from hypothesis import given
from hypothesis import strategies as st
from ics_check import checked

from matcher import calendar_files, runs
from matcher.calendar_files import export
from matcher.calendar_names import file_stems, stem_part
from matcher.errors import MatcherError
from matcher.runs import TargetError, prepare_target


@pytest.fixture
def cohort(tmp_path):
    return write_cohort(tmp_path / "cohort")


@pytest.fixture
def run(tmp_path, cohort):
    return write_run(tmp_path / "run", cohort, SESSIONS)


# --- names of files -------------------------------------------------------------------------------------------


@given(st.sets(st.text(min_size=1, max_size=80) | st.sampled_from(["CON", "nul", "Com1", "..", ".", "a/b", "a."])))
def test_names_of_files_are_safe_and_differ_everywhere(ids):
    stems = file_stems(ids)
    assert stems.keys() == ids
    assert len({stem.casefold() for stem in stems.values()}) == len(ids)
    for stem in stems.values():
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_@+.-]*", stem)
        assert len(stem) <= 60
        assert not stem.endswith(".")
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", stem)


@pytest.mark.parametrize("key", ["E0007", "anna.petrova@x.example", "a-b_c", "7"])
def test_plain_ids_are_names_of_files_as_they_are(key):
    assert file_stems([key, "other"])[key] == key


@pytest.mark.parametrize(
    ("key", "start"),
    [
        ("../../etc/passwd", "etc-passwd-"), ("CON", "CON-"), ("nul.txt", "nul-txt-"), ("a.", "a-"),
        (".hidden", "hidden-"),
        ("x" * 300, "x" * 40 + "-"), ("Анна", "person-"), ("-rf", "rf-"), ("a b", "a-b-"), ("a\\b:c", "a-b-c-"),
        ("\x00", "person-"), ("e7-0123456789abcdef", "e7-0123456789abcdef-"),
    ],
)  # fmt: skip
def test_other_ids_are_told_apart_by_a_hash(key, start):
    stem = file_stems([key])[key]
    assert stem.startswith(start)
    assert re.fullmatch(r"[0-9a-f]{16}", stem.removeprefix(start))


def test_ids_that_differ_by_case_are_told_apart():
    stems = file_stems(["e7", "E7", "E8"])
    assert stems["E8"] == "E8"
    assert stems["e7"].casefold() != stems["E7"].casefold()


def test_a_part_of_a_name_has_plain_letters_only():
    assert stem_part("../Ann é") == "Ann"
    assert stem_part("Анна") == ""


@pytest.mark.parametrize("key", ["../../evil", "CON", "a/b", "x" * 300, "Анна 👩‍👧", "a."])
def test_hostile_ids_stay_in_the_folder(tmp_path, key):
    employees = EMPLOYEES.replace("\na,", f"\n{key},")
    cohort = write_cohort(
        tmp_path / "cohort", employees=employees, preferences=f"mentee_id,rank,mentor_id\n{key},1,m\n"
    )
    run = write_run(tmp_path / "run", cohort, {(key, "m"): [at(0)]})
    export(cohort, run, now=EARLY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cohort", "run"]
    files = {row["employee_id"]: row["file"] for row in table(run / "calendars" / "people.csv")}
    assert set(files) == {key, "m"}
    assert len(checked((run / "calendars" / files[key]).read_bytes()).parts) == 1
    assert len(list((run / "calendars" / "invitations").iterdir())) == 1


# --- whole or not at all ------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_calendars_as_they_were(cohort, run, monkeypatch):
    export(cohort, run, now=EARLY)
    before = contents(run)

    def fail(*_args, **_more):
        raise OSError(28, "No space left on device")

    write_run(run, cohort, {})
    monkeypatch.setattr(calendar_files, "_write_table", fail)
    with pytest.raises(
        TargetError, match=r"calendars: cannot be written \(No space left on device: the disk is full"
    ):
        export(cohort, run, now=EARLY)
    after = contents(run)
    assert {name: after[name] for name in after if "calendars" in name} == {
        name: before[name] for name in before if "calendars" in name
    }


def test_a_file_of_which_the_disk_takes_a_part_only_is_written_on(tmp_path, monkeypatch):
    class Slow(io.FileIO):
        def write(self, data):
            return super().write(bytes(data)[:1000])

    monkeypatch.setattr(calendar_files, "open", lambda path, mode, **_: Slow(path, mode), raising=False)
    calendar_files._write_text(tmp_path / "a.ics", "x" * 2500)
    assert (tmp_path / "a.ics").read_text("utf-8") == "x" * 2500


def test_a_run_that_is_replaced_while_its_calendars_are_written(cohort, run, monkeypatch):
    write = calendar_files._write_table

    def replaced(path, lines):
        runs.shutil.rmtree(path.parent)
        write(path, lines)

    monkeypatch.setattr(calendar_files, "_write_table", replaced)
    with pytest.raises(TargetError, match="another command has replaced or removed it in the meantime"):
        export(cohort, run, now=EARLY)


def test_files_of_others_are_not_thrown_away(cohort, run):
    export(cohort, run, now=EARLY)
    (run / "calendars" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(TargetError, match=r"also holds 'notes\.txt', which is not matcher's"):
        export(cohort, run)


@pytest.mark.parametrize("kind", ["file", "link", "dangling link"])
def test_what_is_no_folder_is_left_alone(tmp_path, cohort, run, kind):
    place, elsewhere = run / "calendars", tmp_path / "elsewhere"
    if kind == "file":
        place.write_text("mine", "utf-8")
    else:
        elsewhere.mkdir() if kind == "link" else None
        place.symlink_to(elsewhere)
    with pytest.raises(TargetError, match="calendars: is a file or a link"):
        export(cohort, run)
    assert place.is_symlink() or place.read_text("utf-8") == "mine"


def test_what_is_no_run_is_refused(tmp_path, cohort):
    with pytest.raises(MatcherError, match="is no run"):
        export(cohort, tmp_path / "cohort")


class KilledError(BaseException):
    """Stands for a process that ends at once."""


def kill_at_rename(monkeypatch, number):
    """Let the process end at the so-manieth renaming, without any tidying up."""
    count, rename = 0, Path.rename

    def counting(self, target):
        nonlocal count
        count += 1
        if count >= number:
            raise KilledError
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", counting)
    monkeypatch.setattr(runs.shutil, "rmtree", lambda *_args, **_more: None)


ONE_STEP = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere two steps may be needed")
LAST = {1: 2, 2: 5}  # renamings: one or four of the run, and one of its calendars


@pytest.mark.parametrize(("steps", "number"), [pytest.param(1, 1, marks=ONE_STEP), (2, 1), (2, 2), (2, 3), (2, 4)])
def test_a_process_killed_while_it_swaps_calendars_loses_nothing(cohort, run, monkeypatch, steps, number):
    export(cohort, run, now=EARLY)
    before = contents(run / "calendars")
    with monkeypatch.context() as patch:
        if steps == 2:
            patch.setattr(runs, "exchange", lambda *_: False)
        kill_at_rename(patch, number)
        with pytest.raises(KilledError):
            export(cohort, run, now=EARLY)
    assert export(cohort, run, now=EARLY + dt.timedelta(days=1)).changes["same"] == 4
    assert contents(run / "calendars") == before
    assert sorted(path.name for path in run.iterdir()) == [
        "calendars",
        "pairs.csv",
        "sessions.csv",
        "summary.json",
    ]


@pytest.mark.parametrize(
    "killed",
    [
        *(pytest.param((1, number), marks=ONE_STEP) for number in (1, 2, 3)),
        *((2, number) for number in range(1, 7)),
    ],
)
def test_a_run_that_is_replaced_hands_its_calendars_on(tmp_path, cohort, run, monkeypatch, killed):
    """Wherever the process is killed between the renamings, the record is found again."""
    steps, number = killed
    export(cohort, run, now=EARLY)
    before = contents(run / "calendars")
    staged = write_run(tmp_path / ".run.matcher-new-1", cohort, {})
    with monkeypatch.context() as patch:
        if steps == 2:
            patch.setattr(runs, "exchange", lambda *_: False)
        kill_at_rename(patch, number)
        try:
            runs.put_in_place(staged, run)
        except KilledError:
            assert number <= LAST[steps]
        else:
            assert number > LAST[steps]
    assert steps == 2 or run.is_dir(), "at every moment one of the two is there"
    prepare_target(run, overwrite=True)
    assert contents(run / "calendars") == before
    assert sorted(path.name for path in tmp_path.iterdir() if ".matcher-old" in path.name) == []


def test_a_run_that_was_set_aside_is_put_back_first(tmp_path, cohort, run):
    export(cohort, run, now=EARLY)
    run.rename(tmp_path / ".run.matcher-old-12345678")
    assert export(cohort, run, now=EARLY).changes["same"] == 4


def test_calendars_set_aside_when_a_run_is_replaced_are_handed_on(tmp_path, cohort, run):
    """Two misfortunes at once: killed while calendars were swapped, then solved anew."""
    export(cohort, run, now=EARLY)
    before = contents(run / "calendars")
    (run / "calendars").rename(run / ".calendars.matcher-old-12345678")
    (run / ".calendars.matcher-new-12345678").mkdir()
    assert prepare_target(run, overwrite=True) == run
    runs.put_in_place(write_run(tmp_path / "new", cohort, {}), run)
    assert contents(run / "calendars") == before

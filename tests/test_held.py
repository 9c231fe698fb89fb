"""Folders of a running command are left alone, those of one that is gone are removed, and two never mix."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from matcher import held, runs
from matcher.errors import MatcherError, lacks_memory, reason
from matcher.new_folder import UNFINISHED, filled
from matcher.one_file import replace_file
from matcher.report_files import put_files
from matcher.runs import TargetError, prepare_target, put_in_place, restore, staging

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of folders as Unix has them")


def folder(path, text="x"):
    path.mkdir()
    (path / "file").write_text(text)
    return path


def names(path):
    return sorted(one.name for one in path.iterdir())


def killed(code, *arguments):
    """Run code in a process of its own that ends without any tidying up."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import os, sys\nfrom pathlib import Path\n{code}\nos._exit(0)",
            *map(str, arguments),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


# --- what others write just now -----------------------------------------------------------------------------


def test_what_another_command_is_writing_is_left_alone(tmp_path):
    with staging(tmp_path / "run") as first, staging(tmp_path / "run") as second:
        assert first.is_dir()
        assert second.is_dir()
    assert names(tmp_path) == []


def test_what_a_killed_command_left_is_removed(tmp_path):
    code = "from matcher.runs import staging\nkept = staging(Path(sys.argv[1]))\nkept.__enter__()"
    killed(code, tmp_path / "run")
    assert len(names(tmp_path)) == 1
    with staging(tmp_path / "run"):
        assert len(names(tmp_path)) == 1
    assert names(tmp_path) == []


def test_what_came_in_the_meantime_is_replaced_only_when_asked(tmp_path):
    target = tmp_path / "run"
    with staging(target) as staged:
        (staged / "file").write_text("mine")
        folder(target, "theirs")
        with pytest.raises(TargetError, match="another command has written there in the meantime"):
            put_in_place(staged, target, replace=False)
    assert (target / "file").read_text() == "theirs"
    with staging(target) as staged:
        (staged / "file").write_text("mine")
        put_in_place(staged, target)
    assert (target / "file").read_text() == "mine"
    assert names(tmp_path) == ["run"]


def test_an_exchange_on_its_way_is_not_taken_for_a_killed_one(tmp_path):
    """Between the last renaming and the exchange the new run has the name of an old one."""
    target = folder(tmp_path / "run", "old")
    with held.held(lambda: tmp_path / ".run.matcher-old-12345678") as staged:
        restore(target)
        assert staged.is_dir()
    folder(tmp_path / ".run.matcher-old-12345678", "left")
    restore(target)
    assert names(tmp_path) == ["run"]
    assert (target / "file").read_text() == "old"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
def test_two_folders_change_places_in_one_step(tmp_path):
    one, other = folder(tmp_path / "one", "1"), folder(tmp_path / "other", "2")
    assert held.exchange(one, other)
    assert (one / "file").read_text() + (other / "file").read_text() == "21"
    assert not held.exchange(one, tmp_path / "nowhere")


def test_without_locks_all_is_as_for_a_single_user(tmp_path, monkeypatch):
    monkeypatch.setattr(held, "fcntl", None)
    folder(tmp_path / ".run.matcher-new-12345678")
    with staging(tmp_path / "run") as staged:
        (staged / "file").write_text("new")
        put_in_place(staged, tmp_path / "run")
    assert names(tmp_path) == ["run"]
    assert prepare_target(tmp_path / "other")


def test_a_lock_that_the_disk_does_not_know_is_done_without(tmp_path, monkeypatch):
    def unknown(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(held.fcntl, "flock", unknown)
    folder(tmp_path / ".run.matcher-new-12345678")
    left = folder(tmp_path / f"matcher-{'0' * 32}")
    with staging(tmp_path / "run") as staged, held.temporary(tmp_path) as scratch:
        put_in_place(staged, tmp_path / "run")
        assert scratch.is_dir()
    assert names(tmp_path) == [left.name, "run"], "nobody can know whose temporary files these are"


def test_a_folder_that_is_taken_for_abandoned_before_it_is_held_is_made_again(tmp_path, monkeypatch):
    opened, made = held._opened, []

    def removed_at_first(path):
        made.append(path)
        if len(made) == 1:
            path.rmdir()
        return opened(path)

    monkeypatch.setattr(held, "_opened", removed_at_first)
    with held.held(lambda: tmp_path / str(len(made))) as path:
        assert path.is_dir()
    assert len(made) == 2


# --- temporary files ----------------------------------------------------------------------------------------


def test_temporary_files_go_with_the_block_and_those_of_the_killed_with_the_next(tmp_path):
    killed("from matcher.held import Temporary\nkept = Temporary(sys.argv[1])", tmp_path)
    (left,) = names(tmp_path)
    folder(tmp_path / "matcher-mine")
    with held.temporary(tmp_path) as first, held.temporary(tmp_path) as second:
        assert left not in names(tmp_path)
        assert first.is_dir()
        assert second.is_dir()
        assert second.parent.stat().st_mode & 0o777 == 0o700
    assert names(tmp_path) == ["matcher-mine"]


def test_a_workbook_leaves_no_temporary_files(tmp_path, monkeypatch):
    from matcher.book import Book

    monkeypatch.setattr(held.tempfile, "tempdir", str(tmp_path))
    book = Book("Title")
    book.sheet("One").write_string(0, 0, "text")
    assert len(names(tmp_path)) == 1
    assert book.content().startswith(b"PK")
    assert names(tmp_path) == []


def test_a_full_disk_is_told_as_such_by_a_workbook(monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    from matcher.book import Book

    book = Book("Title")
    monkeypatch.setattr(book.workbook, "_store_workbook", fail)
    with pytest.raises(OSError, match="No space left"):
        book.content()


# --- files --------------------------------------------------------------------------------------------------


def test_what_was_left_beside_a_file_is_removed(tmp_path):
    for name in (".a.csv.matcher-new-12345678", ".b.csv.matcher-new-12345678", ".a.csv.matcher-new-mine"):
        (tmp_path / name).write_text("x")
    replace_file(tmp_path / "a.csv", b"new")
    assert names(tmp_path) == [".a.csv.matcher-new-mine", ".b.csv.matcher-new-12345678", "a.csv"]


def test_what_was_left_of_reports_is_put_back_or_removed(tmp_path):
    (tmp_path / "b").write_text("b")
    for name in (".a.matcher-1.old", ".b.matcher-1.old", ".a.matcher-2", ".c.matcher-1"):
        (tmp_path / name).write_text("left")
    put_files({"b": b"new"}, tmp_path)
    assert names(tmp_path) == [".a.matcher-1.old", ".a.matcher-2", ".c.matcher-1", "b"]

    class Full(dict):
        def items(self):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        put_files(Full({"a": b"new"}), tmp_path)
    assert (tmp_path / "a").read_text() == "left", "what had been set aside is back"


# --- a folder of new files ----------------------------------------------------------------------------------


def fill(path, fail=None):
    with filled(path) as staged:
        for name in ("a.csv", "programme.toml"):
            (staged / name).write_text(name)
        if fail:
            raise fail


def test_a_new_folder_is_there_whole_or_not_at_all(tmp_path):
    with pytest.raises(MatcherError, match="No space left on device: the disk is full"):
        fill(tmp_path / "deep" / "new", OSError(28, "No space left on device"))
    assert names(tmp_path / "deep") == []
    fill(tmp_path / "deep" / "new")
    assert names(tmp_path / "deep" / "new") == ["a.csv", "programme.toml"]
    assert names(tmp_path / "deep") == ["new"]


def test_what_a_killed_command_left_in_a_folder_is_replaced(tmp_path):
    (tmp_path / UNFINISHED).mkdir()
    (tmp_path / "a.csv").write_text("a.csv")  # had been moved already
    fill(tmp_path)
    assert names(tmp_path) == ["a.csv", "programme.toml"]


def test_files_of_others_beside_what_was_left_are_kept(tmp_path):
    (tmp_path / UNFINISHED).mkdir()
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(MatcherError, match="must be a new or an empty folder; nothing was written"):
        fill(tmp_path)
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert "programme.toml" not in names(tmp_path)


def test_a_folder_that_another_command_is_filling_is_refused(tmp_path):
    with filled(tmp_path), pytest.raises(MatcherError, match="must be a new or an empty folder"):
        fill(tmp_path)


# --- what was written and cannot be read --------------------------------------------------------------------


def test_a_file_that_cannot_be_read_again_is_no_wrong_answer():
    from matcher.check_files import Violation

    unread = Violation("pairs.csv", "cannot be read: Input/output error")
    with pytest.raises(OSError, match=r"cannot be read again: pairs\.csv: cannot be read: Input/output error"):
        runs.refuse_violations([Violation("sessions.csv", "has no rows"), unread])
    with pytest.raises(runs.CheckFailedError):
        runs.refuse_violations([Violation("sessions.csv", "has no rows")])
    runs.refuse_violations([])


@pytest.mark.parametrize(
    ("error", "lacks"),
    [
        (MemoryError(), True),
        (RuntimeError("can't start new thread"), True),
        (ImportError("libx.so: failed to map segment from shared object"), True),
        (ImportError("libx.so: Cannot allocate memory"), True),
        (RuntimeError("another"), False),
        (ImportError("No module named 'x'"), False),
    ],
)
def test_a_lack_of_memory_is_told_as_such(error, lacks):
    assert lacks_memory(error) == lacks


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.ENOMEM])
def test_an_error_of_the_system_says_what_to_do(code):
    assert reason(OSError(code, os.strerror(code))).startswith(f"{os.strerror(code)}: ")
    assert reason(ValueError("plain")) == "plain"

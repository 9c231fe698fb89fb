"""What is no ordinary file is refused at once, wherever a file is read: nothing waits or fills the memory."""

import multiprocessing
import os
import shutil
import sys

import pytest
from click.testing import CliRunner
from cohort_folder import write_folder

from matcher.cli import cli
from matcher.plain_file import MOST_BYTES, read_plain, read_plain_text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices have no names there")


def odd(path, kind):
    """Put something that is no ordinary file at a path."""
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(MOST_BYTES + 1)  # takes no room on the disk
    else:
        path.symlink_to({"loop": path.name, "device": "/dev/zero", "nowhere": "gone"}[kind])


KINDS = ("pipe", "folder", "huge", "loop", "device", "nowhere")


def ended(arguments):
    """Exit code and error of a command in a process that is ended when it hangs."""
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()

    def run():
        result = CliRunner().invoke(cli, arguments)
        answers.put((result.exit_code, result.stderr))

    process = context.Process(target=run)
    process.start()
    process.join(30)
    hangs = process.is_alive()
    process.kill()
    assert not hangs, f"{arguments} hangs"
    return answers.get()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_an_error_with_a_reason(tmp_path, kind):
    odd(tmp_path / "x", kind)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - its parts are looked at below
        read_plain(tmp_path / "x")
    assert caught.value.strerror
    assert caught.value.filename == str(tmp_path / "x")


def test_a_plain_file_is_read_as_it_is(tmp_path):
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfa\r\n\x00b")
    (tmp_path / "link").symlink_to("x")
    assert read_plain(tmp_path / "link") == b"\xef\xbb\xbfa\r\n\x00b"
    assert read_plain_text(tmp_path / "x") == "a\r\n\x00b"


@pytest.mark.parametrize("file", ["programme.toml", "employees.csv", "busy.csv"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_cohort_with_such_a_file_is_refused_by_its_name(tmp_path, file, kind):
    write_folder(tmp_path, busy__csv="employee_id,start,end\n")
    odd(tmp_path / file, kind)
    code, said = ended(["check", str(tmp_path), "--quiet"])
    assert code == 1
    assert f"{file}: " in said
    assert "internal error" not in said


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("solved")
    (folder / "cohort").mkdir()
    write_folder(folder / "cohort")
    words = ["solve", str(folder / "cohort"), "-o", str(folder / "run"), "--no-report", "--workers", "1"]
    assert CliRunner().invoke(cli, words).exit_code == 0
    return folder


@pytest.mark.parametrize(
    "file", ["summary.json", "pairs.csv", "certificate.json", "history.csv", "published.json"]
)
@pytest.mark.parametrize("words", [["verify"], ["explain"], ["calendars"], ["publish"]])
def test_a_run_with_a_pipe_in_it_is_told(tmp_path, solved, file, words):
    shutil.copytree(solved, tmp_path, dirs_exist_ok=True)
    run = tmp_path / "run"
    odd(run / file, "pipe")
    code, said = ended([*words, str(tmp_path / "cohort"), str(run), *(["a"] if words == ["explain"] else [])])
    assert code in (0, 1, 4), said
    assert code or file in ("history.csv", "certificate.json", "published.json")
    assert "internal error" not in said

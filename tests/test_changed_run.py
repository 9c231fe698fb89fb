"""Runs that somebody has changed by hand: told with file and line, never a bug of ours."""

from click.testing import CliRunner
from cohort_folder import write_folder

from matcher.cli import cli


def run(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_a_stranger_who_waits_is_told(tmp_path):
    file, column = "waiting.csv", "mentee_id"
    (tmp_path / "cohort").mkdir()
    write_folder(tmp_path / "cohort", pairs__csv="mentee_id,mentor_id,status\na,m,refused\na,n,forbidden\n")
    path = tmp_path / "run"
    assert run("solve", tmp_path / "cohort", "-o", path, "--no-report", "--workers", "1").exit_code == 0
    text = (path / file).read_text("utf-8")
    head, row, *rest = text.split("\n")
    cells = row.split(",")
    cells[head.lstrip("\ufeff").split(",").index(column)] = "stranger"
    (path / file).write_text("\n".join([head, ",".join(cells), *rest]), "utf-8")
    told = run("report", tmp_path / "cohort", path)
    assert told.exit_code == 1
    assert f"line 2, {column}: 'stranger' is in no other table of the run" in told.stderr

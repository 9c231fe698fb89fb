"""The sample in every dress that Excel and HR systems give it: the same cohort, and byte for byte the same run."""

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from tables_in import (
    NAMES,
    SAMPLE,
    TABLES,
    csv_bytes,
    dotted,
    in_russian,
    sample_rows,
    sample_sheets,
    slashed,
    write_workbook,
)

from matcher import read_cohort, solve, write_run

DIALECTS = {
    "comma UTF-8": {},
    "semicolon cp1251, dotted dates, decimal commas": {"delimiter": ";", "encoding": "cp1251", "change": dotted},
    "tab UTF-16 with BOM": {"delimiter": "\t", "encoding": "utf-16", "change": dotted},
    "sep= line, slash dates, a.m. and p.m.": {
        "delimiter": ";",
        "encoding": "utf-8-sig",
        "sep": True,
        "change": slashed,
    },
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The sample as it is: its cohort, and the two files of its run that matter most."""
    cohort = read_cohort(SAMPLE)
    return cohort, run_of(cohort, tmp_path_factory.mktemp("expected") / "run")


def run_of(cohort, folder):
    write_run(cohort, solve(cohort, workers=1), folder)
    return {name: (folder / name).read_bytes() for name in ("pairs.csv", "sessions.csv")}


def assert_same(path, expected, tmp_path):
    cohort, run = expected
    found = read_cohort(path)
    for part in ("employees", "choices", "availability", "busy"):
        for name, value in vars(getattr(cohort, part)).items():
            assert np.array_equal(getattr(getattr(found, part), name), value), (part, name)
    assert found.mentees.tolist() == cohort.mentees.tolist()
    assert found.decisions == cohort.decisions
    slashes = found.programme.model_copy(update={"input": cohort.programme.input})
    assert slashes == cohort.programme
    assert run_of(replace(found, programme=cohort.programme), tmp_path / "run") == run
    return found


def write_csv(folder, *, russian=False, delimiter=",", encoding="utf-8", sep=False, change=str):
    folder.mkdir()
    shutil.copy(SAMPLE / "programme.toml", folder)
    if change is slashed:  # pairs.csv holds one date, which does not tell by itself
        text = (folder / "programme.toml").read_text("utf-8")
        text = text.replace('slash_dates = ""', 'slash_dates = "month first"')
        (folder / "programme.toml").write_text(text, "utf-8")
    for table in TABLES:
        rows = in_russian(table, sample_rows(table)) if russian else sample_rows(table)
        name = f"{NAMES[table] if russian else table}.csv"
        (folder / name).write_bytes(csv_bytes(rows, delimiter, encoding, sep=sep, change=change))
    return folder


@pytest.mark.parametrize("russian", [False, True], ids=["as it is", "Russian titles"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_csv_in_every_dialect(tmp_path, expected, dialect, russian):
    folder = write_csv(tmp_path / "cohort", russian=russian, **DIALECTS[dialect])
    assert_same(folder, expected, tmp_path)


@pytest.mark.parametrize("russian", [False, True], ids=["as it is", "Russian titles"])
def test_a_workbook(tmp_path, expected, russian):
    path = write_workbook(tmp_path / "spring.xlsx", sample_sheets(russian=russian))
    found = assert_same(path, expected, tmp_path)
    assert list(found.inputs) == ["spring.xlsx"]
    assert bool(found.understood) == russian
    assert all(warning.file == "spring.xlsx" and warning.sheet for warning in found.warnings)


def test_a_workbook_below_headings_and_alone_in_a_folder(tmp_path, expected):
    (tmp_path / "cohort").mkdir()
    titles = [["Отчёт из кадровой системы"], [], ["на 1 января 2027 года"]]
    write_workbook(tmp_path / "cohort" / "spring.xlsx", sample_sheets(russian=True), titles=titles)
    (tmp_path / "cohort" / "~$spring.xlsx").write_bytes(b"a lock of Excel's")
    assert_same(tmp_path / "cohort", expected, tmp_path)


def test_a_workbook_with_the_programme_beside_it(tmp_path, expected):
    (tmp_path / "cohort").mkdir()
    sheets = {name: rows for name, rows in sample_sheets().items() if name != "programme"}
    write_workbook(tmp_path / "cohort" / "people.xlsx", sheets)
    shutil.copy(SAMPLE / "programme.toml", tmp_path / "cohort")
    found = assert_same(tmp_path / "cohort", expected, tmp_path)
    assert sorted(found.inputs) == ["people.xlsx", "programme.toml"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("russian", [False, True], ids=["as it is", "Russian titles"])
def test_a_workbook_saved_by_libreoffice(tmp_path, expected, russian):
    path = write_workbook(tmp_path / "spring.xlsx", sample_sheets(russian=russian))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", tmp_path / "saved", path], check=True, capture_output=True, timeout=120)
    saved = tmp_path / "saved" / "spring.xlsx"
    assert saved.read_bytes() != path.read_bytes()
    assert_same(saved, expected, tmp_path)

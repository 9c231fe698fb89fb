"""`--errors` writes the faults of a real cohort into a copy of its tables, which can be corrected and checked."""

import doctest
import zipfile

import pytest
from click.testing import CliRunner
from cohort_folder import write_folder
from tables_in import write_workbook
from workbooks import parts, sheet_names, values

from matcher import errors_report
from matcher.cli import cli
from matcher.io import read_cohort
from matcher.sample_data import sample_files, sample_folder
from matcher.template_book import make_template

EMPLOYEES = "employee_id,name,function,level\nm,Mia,Sales,3\na,Ann,Sales,boss\na,Bob,Law,1\n"


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def faulty(tmp_path):
    folder = tmp_path / "cohort"
    folder.mkdir()
    programme = "[programme]\nstart = 2027-01-11\nend = 2027-04-09\n[goals]\nrank = 'gready'\n"
    return write_folder(folder, employees__csv=EMPLOYEES, programme__toml=programme)


@pytest.mark.parametrize("command", ["check", "solve"])
def test_marks_the_faults_of_a_folder(faulty, tmp_path, command):
    target = tmp_path / "errors.xlsx"
    output = ["-o", tmp_path / "run"] if command == "solve" else []
    done = run(command, faulty, *output, "--errors", target)
    assert done.exit_code == 1
    assert "errors.xlsx" in done.output
    content = target.read_bytes()
    assert set(sheet_names(content)) >= {"errors", "employees", "preferences", "programme.toml"}
    rows = {(row[1], row[2]) for row in values(content, "errors")[3:]}
    assert ("programme.toml", "A5") in rows
    faults = {fault.line for fault in read_faults(faulty) if fault.file == "employees.csv"}
    assert {f"A{line}" for line in faults} <= {cell for sheet, cell in rows if sheet == "employees"} | {"A3", "D3"}


def read_faults(folder):
    from matcher.errors import InputError

    with pytest.raises(InputError) as caught:
        read_cohort(folder)
    return caught.value.faults


def test_marks_the_faults_of_a_workbook_in_their_cells(tmp_path):
    spring, target = tmp_path / "spring.xlsx", tmp_path / "errors.xlsx"
    spring.write_bytes(broken_template())
    done = run("check", spring, "--errors", target)
    assert done.exit_code == 1
    content = target.read_bytes()
    listed = values(content, "errors")[3:]
    assert ["fault", "employees", "E3", 3.0, "level", "Chief"] in [row[:6] for row in listed]
    again = run("check", target, "--errors", tmp_path / "more.xlsx")
    assert "Chief" in again.output  # the copy is a cohort like the workbook it was made of
    assert again.exit_code == 1


def broken_template():
    """The workbook of init with one level that there is not."""
    import io
    import zipfile

    found, broken = parts(make_template("spring.xlsx")), io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        for name, text in found.items():
            fixed = text
            if name.startswith("xl/worksheets/sheet3"):
                fixed = text.replace("<t>Director</t>", "<t>Chief</t>", 2).replace(
                    "<t>Chief</t>", "<t>Director</t>", 1
                )
            archive.writestr(name, fixed)
    return broken.getvalue()


def test_a_sheet_with_a_name_that_excel_does_not_allow_is_marked_too(tmp_path):
    path, target = tmp_path / "spring.xlsx", tmp_path / "errors.xlsx"
    write_workbook(path, {"employees": [["employee_id", "function", "level"], ["a", "Law", "x"]]})
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'"employees"', b'"[employees]/\'"')
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    result = CliRunner().invoke(cli, ["check", str(path), "--errors", str(target)])
    assert result.exit_code == 1
    assert sheet_names(target.read_bytes()) == ["errors", "employees"]


def test_the_workbook_of_init_gives_the_same_answer_as_the_folder(tmp_path):
    spring, runs = tmp_path / "spring.xlsx", (tmp_path / "a", tmp_path / "b")
    spring.write_bytes(make_template("spring.xlsx"))
    for cohort, target in zip((spring, sample_folder()), runs, strict=True):
        assert run("solve", cohort, "-o", target, "--no-report").exit_code == 0
    for file in ("pairs.csv", "sessions.csv", "unmatched.csv", "choices.csv"):
        assert (runs[0] / file).read_bytes() == (runs[1] / file).read_bytes()


def test_a_ready_cohort_with_warnings_has_them_marked(tmp_path):
    folder = tmp_path / "sample"
    folder.mkdir()
    for name, content in sample_files().items():
        (folder / name).write_bytes(content)
    done = run("check", folder, "--errors", tmp_path / "errors.xlsx")
    assert done.exit_code == 0
    content = (tmp_path / "errors.xlsx").read_bytes()
    assert values(content, "errors")[0][0] == "Nothing is wrong, 1 warning."
    assert values(content, "errors")[3][:3] == ["warning", "pairs", "A4"]


def test_a_fault_that_repeats_is_marked_everywhere(tmp_path):
    rows = "".join(f"e{number},Law,\n" for number in range(20))
    folder = tmp_path / "cohort"
    folder.mkdir()
    write_folder(folder, employees__csv=f"employee_id,function,level\n{rows}m,Law,3\na,Law,1\nb,Law,1\nn,Law,2\n")
    assert "15 more" in run("check", folder, "--errors", tmp_path / "errors.xlsx").output
    marked = [row[2] for row in values((tmp_path / "errors.xlsx").read_bytes(), "errors")[3:]]
    assert marked == [f"C{row}" for row in range(2, 22)]


def test_what_was_understood_stands_at_the_end(tmp_path):
    folder = tmp_path / "cohort"
    folder.mkdir()
    write_folder(folder, preferences__csv="Таб. №,Приоритет,Наставник\na,1,m\nb,1,m\n")
    assert run("check", folder, "--errors", tmp_path / "errors.xlsx").exit_code == 0
    rows = values((tmp_path / "errors.xlsx").read_bytes(), "errors")[3:]
    assert rows[-1][0] == "read as"


def test_refuses_before_any_work(faulty, tmp_path):
    target = tmp_path / "errors.xlsx"
    target.write_text("mine")
    done = run("check", faulty, "--errors", target)
    assert done.exit_code == 1
    assert "is there already" in done.output
    assert "level" not in done.output
    assert target.read_text() == "mine"
    assert "must not lie in the cohort" in run("check", faulty, "--errors", faulty / "errors.xlsx").output


def test_a_cohort_that_is_not_there_is_told_in_the_list(tmp_path):
    done = run("check", tmp_path / "nothing", "--errors", tmp_path / "errors.xlsx")
    assert done.exit_code == 1
    assert "there is no such" in str(values((tmp_path / "errors.xlsx").read_bytes(), "errors")[3])


def test_example_in_the_docstring_holds():
    assert doctest.testmod(errors_report).failed == 0

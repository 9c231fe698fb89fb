"""`matcher publish`: a run becomes the record, whole or not at all, and stays what it was."""

import csv
import datetime as dt
import hashlib
import io
import json
import shutil
from dataclasses import replace

import pytest
from calendar_runs import EARLY, EMPLOYEES, ORGANISER, PROGRAMME, table, write_cohort
from click.testing import CliRunner

from matcher import publish as publishing
from matcher import report_files
from matcher.check import examine_run
from matcher.cli import cli
from matcher.errors import InputError, MatcherError
from matcher.io import read_cohort
from matcher.model import Earlier
from matcher.programme import day_number
from matcher.publication import is_published, read_publication
from matcher.publish import NotPublishedError, publish
from matcher.publish_words import next_date
from matcher.runs import TargetError, prepare_target, write_run
from matcher.solver import solve

ON = dt.date(2026, 12, 18)
HOSTILE = ("=HYPERLINK(0)", "<script>x</script>", "Mia \x1b[31m", '"Nora", x')
ANSWERS = ("mentee_id", "mentor_id", "status", "last_session", "since", "by", "mentee_name", "mentor_name")


def matcher(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("solved")
    cohort = write_cohort(folder / "cohort")
    write_run(cohort, solve(cohort), folder / "run")
    return folder


@pytest.fixture
def folder(solved, tmp_path):
    shutil.copytree(solved, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def cohort(folder):
    return read_cohort(folder / "cohort")


@pytest.fixture
def run(folder):
    return folder / "run"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewrite(path, old, new):
    text = path.read_bytes()
    assert old in text
    path.write_bytes(text.replace(old, new))


# --- what is written ----------------------------------------------------------------------------------------


def test_publishing_notes_every_file_and_makes_calendars(folder, cohort, run):
    before = contents(run)
    done = publish(cohort, run, on=ON, now=EARLY)
    after = contents(run)
    assert {name: after[name] for name in before} == before
    assert {name for name in after.keys() - before.keys() if "/" not in name} == {"published.json", "answers.csv"}
    assert {name.partition("/")[0] for name in after if "/" in name} == {"calendars"}
    data = json.loads(after["published.json"])
    assert data["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in before.items()}
    assert (data["number"], data["on"], data["as_of"]) == (1, "2026-12-18", None)
    frame = {"name": "Spring", "start": "2027-01-11", "end": "2027-04-09", "timezone": "Europe/Moscow"}
    assert data["programme"] == frame
    assert data["versions"] == json.loads(before["summary.json"])["versions"]
    assert done.exported.changes == {"new": len(table(run / "sessions.csv"))}
    assert (done.pairs, done.asked, done.proven) == (2, 2, True)
    assert is_published(run)
    assert read_publication(run) == done.publication
    assert examine_run(cohort, run).violations == []
    assert folder / "run" == run  # nothing else beside it
    assert sorted(path.name for path in folder.iterdir()) == ["cohort", "run"]


def test_the_form_goes_into_pairs_csv_as_it_is(folder, cohort, run):
    publish(cohort, run, on=ON, now=EARLY)
    rows = list(csv.DictReader(io.StringIO((run / "answers.csv").read_text("utf-8-sig"))))
    assert [tuple(row) for row in rows] == [ANSWERS] * 2
    assert [(row["mentee_id"], row["mentor_name"], row["status"]) for row in rows] == [
        (row["mentee_id"], row["mentor_name"], "") for row in table(run / "pairs.csv")
    ]
    rewrite(run / "answers.csv", b",,,,,Ann", b",Declined,,2026-12-20,mentor,Ann")
    lines = (run / "answers.csv").read_text("utf-8-sig").splitlines(keepends=True)
    (folder / "cohort" / "pairs.csv").write_text("".join(lines[:2]), "utf-8")
    decisions = read_cohort(folder / "cohort").decisions
    (decision,) = decisions.values()
    assert (decision.status, decision.by) == ("declined", "mentor")


@pytest.mark.parametrize(("by", "asked"), [("", 1), ("both", 1), ("mentee", 2)])
def test_who_has_accepted_is_not_asked_again(tmp_path, by, asked):
    (tmp_path / "cohort").mkdir()
    (tmp_path / "cohort" / "pairs.csv").write_text(f"mentee_id,mentor_id,status,by\na,m,accepted,{by}\n", "utf-8")
    cohort = write_cohort(tmp_path / "cohort")
    write_run(cohort, solve(cohort), tmp_path / "run")
    assert publish(cohort, tmp_path / "run", on=ON, now=EARLY).asked == asked
    assert len(table(tmp_path / "run" / "answers.csv")) == asked


def test_accepted_pairs_that_are_not_made_are_told(tmp_path):
    (tmp_path / "cohort").mkdir()
    rows = "a,m,accepted\na,n,accepted\nb,n,refused\n"
    (tmp_path / "cohort" / "pairs.csv").write_text(f"mentee_id,mentor_id,status\n{rows}", "utf-8")
    write_cohort(tmp_path / "cohort")
    solved = matcher("solve", tmp_path / "cohort", "-o", tmp_path / "run", "--no-report").stderr
    assert "  Accepted before         1 of 2 pairs kept\n" in solved
    said = matcher("publish", tmp_path / "cohort", tmp_path / "run").stderr
    assert "Warning: 1 pair that has accepted is not in this run; 'matcher rematch' keeps what is agreed." in said


def test_hostile_names_run_nowhere(tmp_path):
    people = list(csv.DictReader(io.StringIO(EMPLOYEES)))
    text = io.StringIO()
    writer = csv.DictWriter(text, people[0])
    writer.writeheader()
    writer.writerows({**row, "name": name} for row, name in zip(people, HOSTILE, strict=True))
    cohort = write_cohort(tmp_path / "cohort", PROGRAMME.replace("Spring", "=Spring\\u001b[31m") + ORGANISER,
                          text.getvalue())  # fmt: skip
    write_run(cohort, solve(cohort), tmp_path / "run")
    said = matcher("publish", tmp_path / "cohort", tmp_path / "run", "--on", ON)
    assert "\x1b" not in said.output
    rows = list(csv.reader(io.StringIO((tmp_path / "run" / "answers.csv").read_text("utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    names = {name for row in rows[1:] for name in row[-2:]}
    assert names <= {f"'{HOSTILE[0]}", *HOSTILE}
    assert read_publication(tmp_path / "run").programme.name == "=Spring\x1b[31m"
    assert matcher("verify", tmp_path / "cohort", tmp_path / "run").stdout.startswith("verified: ")


# --- again, and not ------------------------------------------------------------------------------------------


def test_publishing_again_changes_nothing(folder, cohort, run):
    publish(cohort, run, on=ON, now=EARLY)
    rewrite(run / "answers.csv", b",,,,,Ann", b",accepted,,,,Ann")
    was = contents(run)
    (folder / "cohort" / "pairs.csv").write_text("mentee_id,mentor_id,status\na,m,accepted\n", "utf-8")
    done = publish(read_cohort(folder / "cohort"), run, on=dt.date(2027, 1, 1))  # also with answers in the cohort
    assert done.exported is None
    assert done.publication.on == ON
    assert contents(run) == was
    said = matcher("publish", folder / "cohort", run, "--set", "invitations.title=Tea")
    assert said.stdout == f"published already: {run} (publication 1 of 2 pairs, on {ON}); nothing was changed\n"
    assert contents(run) == was


def test_a_cohort_that_has_changed_is_not_published(folder, run):
    (folder / "cohort" / "preferences.csv").write_text("mentee_id,rank,mentor_id\na,1,m\n", "utf-8")
    (folder / "cohort" / "pairs.csv").write_text("mentee_id,mentor_id,status\nb,m,past\n", "utf-8")
    was = contents(run)
    said = matcher("publish", folder / "cohort", run, code=1).stderr
    assert "is not as it was when the run was solved (differing: pairs.csv, preferences.csv)" in said
    assert contents(run) == was


def test_a_run_that_breaks_a_rule_is_not_published(folder, run):
    rows = (run / "sessions.csv").read_bytes().splitlines(keepends=True)
    (run / "sessions.csv").write_bytes(b"".join(rows[:-1]))
    was = contents(run)
    said = matcher("publish", folder / "cohort", run, "--json", code=4)
    data = json.loads(said.stdout)
    assert data["published"] is False
    assert data["violations"]
    assert "sessions" in said.stderr
    assert contents(run) == was


def test_what_is_no_run_is_not_published(folder, cohort):
    with pytest.raises(MatcherError, match="is no run"):
        publish(cohort, folder / "cohort", on=ON)


def test_who_publishes_second_leaves_the_first_alone(monkeypatch, cohort, run):
    def publish_first(*arguments, **options):
        monkeypatch.undo()
        publish(cohort, run, on=ON, now=EARLY)
        return publishing.export(*arguments, **options)

    monkeypatch.setattr(publishing, "export", publish_first)
    with pytest.raises(MatcherError, match="another command has published it in the meantime"):
        publish(cohort, run, on=ON, now=EARLY)
    assert read_publication(run).number == 1


@pytest.mark.parametrize("broken", ["calendars", "answers.csv", "published.json"])
def test_a_failure_leaves_a_draft(monkeypatch, cohort, run, broken):
    """Whatever cannot be written, the run is not published, and can be once there is room."""
    was = contents(run)

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    if broken == "calendars":
        monkeypatch.setattr("matcher.calendar_files.put_in_place", full)
    else:
        real = report_files.Path.replace

        def replace(path, target):
            if target.name == broken:
                full()
            return real(path, target)

        monkeypatch.setattr(report_files.Path, "replace", replace)
    with pytest.raises(TargetError, match="No space left"):
        publish(cohort, run, on=ON, now=EARLY)
    assert {name: content for name, content in contents(run).items() if not name.startswith("calendars/")} == was
    assert not is_published(run)
    monkeypatch.undo()
    done = publish(cohort, run, on=ON, now=EARLY)
    assert done.asked == 2
    assert examine_run(cohort, run).violations == []


def test_the_record_comes_last(monkeypatch, cohort, run):
    """Whoever is killed on the way finds a draft."""
    made = []
    monkeypatch.setattr(publishing, "put_files", lambda files, _folder: made.extend(files))
    publish(cohort, run, on=ON, now=EARLY)
    assert made == ["answers.csv", "published.json"]
    assert (run / "calendars" / "index.csv").is_file()


def test_answers_that_are_there_stay(cohort, run):
    publish(cohort, run, on=ON, now=EARLY)
    rewrite(run / "answers.csv", b",,,,,Ann", b",accepted,,,,Ann")
    was = (run / "answers.csv").read_bytes()
    (run / "published.json").unlink()
    done = publish(cohort, run, on=ON, now=EARLY)
    assert done.asked is None
    assert done.exported.changes == {"same": len(table(run / "sessions.csv"))}
    assert (run / "answers.csv").read_bytes() == was


# --- the record stays what it was ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("timings.json", "timings.json was changed since it was published on 2026-12-18"),
        ("choices.csv", "choices.csv was changed since it was published on 2026-12-18"),
    ],
)
def test_a_changed_file_is_found(folder, cohort, run, file, said):
    publish(cohort, run, on=ON, now=EARLY)
    text = (run / file).read_text("utf-8")
    (run / file).write_text(text.replace("Every best pairing", "Each best pairing").replace("}", " \n}"), "utf-8")
    assert [str(one) for one in examine_run(cohort, run).violations] == [f"published.json, files: {said}"]
    for command in ("verify", "publish"):
        told = matcher(command, folder / "cohort", run, code=4)
        assert said in told.stderr


def test_a_file_that_is_gone_or_new_is_found(cohort, run):
    publish(cohort, run, on=ON, now=EARLY)
    (run / "bottlenecks.csv").rename(run / "prices.csv")
    found = {str(one) for one in examine_run(cohort, run).violations}
    assert "published.json, files: bottlenecks.csv is missing, which was published on 2026-12-18" in found
    assert "published.json, files: prices.csv was not there when the run was published on 2026-12-18" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"on": "2026-12-18"', '"on": "soon"', "on: 'soon' must be a date like 2027-01-11"),
        ('"number": 1', '"number": 0', "number: 0 must be a whole number from 1"),
        ('"files": {', '"files": [], "x": {', "files: must be an object of SHA-256 by file"),
        ('"pairs.csv": "', '"pairs.csv": "0', "of pairs.csv must be a SHA-256"),
        ('"pairs.csv": ', '"../cohort/pairs.csv": ', "'../cohort/pairs.csv' is no file of the run"),
        ('"pairs.csv": ', '"/etc/passwd": ', "'/etc/passwd' is no file of the run"),
        ("{\n", "", "is not JSON"),
    ],
)
def test_a_spoilt_record_is_found(folder, cohort, run, old, new, said):  # noqa: PLR0917 - a table's row
    publish(cohort, run, on=ON, now=EARLY)
    text = (run / "published.json").read_text("utf-8")
    assert old in text
    (run / "published.json").write_text(text.replace(old, new, 1), "utf-8")
    assert any(said in str(one) for one in examine_run(cohort, run).violations)
    for command in ("verify", "publish"):
        assert matcher(command, folder / "cohort", run, code=4).stderr


def test_a_record_without_a_key_is_an_error(run):
    (run / "published.json").write_text('{"number": 1}', "utf-8")
    with pytest.raises(MatcherError, match="on is not what 'matcher publish' writes"):
        read_publication(run)


def test_verify_says_that_a_run_is_published(folder, cohort, run):
    publish(cohort, run, on=ON, now=EARLY)
    said = matcher("verify", folder / "cohort", run)
    assert said.stdout.endswith("; published on 2026-12-18, and unchanged since\n")
    data = json.loads(matcher("verify", folder / "cohort", run, "--json").stdout)
    assert data["published"] == {"number": 1, "on": "2026-12-18"}


@pytest.mark.parametrize("overwrite", [(), ("--overwrite",)])
def test_a_published_run_is_never_replaced(folder, cohort, run, overwrite):
    publish(cohort, run, on=ON, now=EARLY)
    was = contents(run)
    said = matcher("solve", folder / "cohort", "-o", run, *overwrite, code=1).stderr
    assert "holds a published run, which is never replaced" in said
    assert contents(run) == was
    (run / "published.json").unlink()
    with pytest.raises(TargetError, match=r"holds answers\.csv, which may have been filled in"):
        prepare_target(run, overwrite=True)
    (run / "answers.csv").unlink()
    prepare_target(run, overwrite=True)


def test_reports_and_calendars_of_a_published_run_may_be_made_again(folder, cohort, run):
    publish(cohort, run, on=ON, now=EARLY)
    matcher("report", folder / "cohort", run, "--language", "ru")
    matcher("calendars", folder / "cohort", run, "--set", "invitations.title=Tea")
    assert matcher("verify", folder / "cohort", run).stdout.startswith("verified: ")


def test_a_run_solved_with_keys_is_published_with_them(folder, run):
    other = folder / "other"
    cohort = read_cohort(folder / "cohort", {"sessions.minutes": [30]})
    write_run(cohort, solve(cohort), other)
    matcher("publish", folder / "cohort", other, "--on", ON, "--set", "invitations.title=Tea")
    assert {row["title"] for row in table(other / "calendars" / "index.csv")} == {"Tea"}
    assert matcher("verify", folder / "cohort", other).stdout.startswith("verified: ")
    assert run.is_dir()


def test_other_keys_cannot_be_set(folder, run):
    said = matcher("publish", folder / "cohort", run, "--set", "sessions.minutes=30", code=2).stderr
    assert "only keys of [invitations] can be set here" in said


# --- one after the other ------------------------------------------------------------------------------------


def test_the_next_publication_counts_on_and_updates_calendars(folder, cohort, run):
    publish(cohort, run, on=ON, now=EARLY)
    (folder / "cohort" / "pairs.csv").write_text("mentee_id,mentor_id,status\na,m,declined\n", "utf-8")
    again, other = read_cohort(folder / "cohort"), folder / "other"
    write_run(again, solve(again), other)
    done = publish(again, other, on=dt.date(2026, 12, 22), before=run, now=EARLY + dt.timedelta(days=4))
    assert done.publication.number == 2
    assert done.exported.changes["cancelled"] == sum(
        row["mentee_id"] == "a" for row in table(run / "sessions.csv")
    )


def test_a_rematch_is_numbered_after_what_it_keeps(monkeypatch, cohort, run):
    """A rematch keeps the published.json of the run that it repairs in `before`, and its date in the summary."""
    monkeypatch.setattr(publishing, "RUN_FILES", publishing.RUN_FILES | {"before"})
    first = publishing._publication(cohort, run, ON, None)
    (run / "before").mkdir()
    (run / "before" / "published.json").write_text(first.text(), "utf-8")
    summary = json.loads((run / "summary.json").read_text("utf-8"))
    (run / "summary.json").write_text(json.dumps({**summary, "rematch": {"as_of": "2027-02-08"}}), "utf-8")
    second = publishing._publication(cohort, run, ON, None)
    assert (second.number, second.as_of) == (2, dt.date(2027, 2, 8))
    assert second.files.keys() - first.files.keys() == {"before/published.json"}
    (run / "published.json").write_text(second.text(), "utf-8")
    assert publish(cohort, run, on=ON).publication == second
    (run / "before" / "published.json").write_text("{}", "utf-8")
    with pytest.raises(NotPublishedError, match=r"before/published\.json was changed since"):
        publish(cohort, run, on=ON)


def test_a_published_run_is_repaired_and_published_again(folder, cohort, run):
    publish(cohort, run, on=ON, now=EARLY)
    (folder / "cohort" / "pairs.csv").write_text(
        "mentee_id,mentor_id,status\nb,m,declined\na,m,accepted\n", "utf-8"
    )
    two, three = folder / "two", folder / "three"
    said = matcher("rematch", folder / "cohort", run, "--as-of", "2026-12-22", "-o", two, "--no-report").stderr
    assert said.endswith(f"Next, when people may know:\n  matcher publish {folder / 'cohort'} {two}\n")
    assert (two / "before" / "published.json").read_bytes() == (run / "published.json").read_bytes()
    matcher("rerun", folder / "cohort", two)
    # A rematch of a draft goes on from the last publication, too.
    matcher("rematch", folder / "cohort", two, "--as-of", "2027-02-10", "-o", three, "--no-report")
    for new, as_of in ((two, "2027-01-11"), (three, "2027-02-10")):
        matcher("publish", folder / "cohort", new, "--on", "2027-02-10")
        data = json.loads((new / "published.json").read_text("utf-8"))
        assert (data["number"], data["as_of"]) == (2, as_of)
        assert {"before/pairs.csv", "before/published.json", "changes.csv", "ended.csv"} <= data["files"].keys()
        assert matcher("verify", folder / "cohort", new).stdout.startswith("verified: ")
    assert [row["mentee_id"] for row in table(two / "answers.csv")] == ["b"]
    said = matcher("rematch", folder / "cohort", run, "--as-of", ON, "-o", two, "--overwrite", code=1).stderr
    assert "holds a published run, which is never replaced" in said


def test_a_draft_as_history_is_told(folder, run):
    text = PROGRAMME.replace("2027-01-11", "2027-04-12").replace("2027-04-09", "2027-07-09")
    write_cohort(folder / "next", text)
    solve_next = ("solve", folder / "next", "--history", run, "--no-report", "-o")
    warning = f"Warning: {run} is a draft, as nobody has published it: was it the plan in force?"
    assert warning in matcher(*solve_next, folder / "one").stderr
    matcher("publish", folder / "cohort", run, "--on", ON)
    assert "is a draft" not in matcher(*solve_next, folder / "two").stderr


def test_the_result_tells_what_to_do_next(folder, run):
    said = matcher("publish", folder / "cohort", run, "--on", ON)
    sessions = len(table(run / "sessions.csv"))
    assert said.stdout == (
        f"published: {run} (publication 1 of 2 pairs, on {ON}); calendars of {sessions} sessions for 3 people\n"
    )
    assert f"2 pairs have still to answer: note in {run / 'answers.csv'} who accepts or declines," in said.stderr
    assert f"matcher rematch {folder / 'cohort'} {run} --as-of 2027-01-11 -o {run}-2" in said.stderr
    data = json.loads(matcher("publish", folder / "cohort", run, "--json").stdout)
    assert (data["published"], data["again"], data["answers"]) == (True, True, str(run / "answers.csv"))


def test_a_run_that_is_not_proven_is_published_with_a_warning(monkeypatch, folder, run):
    real = publishing.read_summary
    monkeypatch.setattr(
        publishing, "read_summary", lambda path: real(path).model_copy(update={"status": "feasible"})
    )
    assert "it is not proven that there is no better answer" in matcher("publish", folder / "cohort", run).stderr


def test_pairs_that_cannot_be_read_are_told(run):
    (run / "pairs.csv").write_bytes(b"\xef\xbb\xbfmentee_id\na\n")
    with pytest.raises(InputError, match="no column 'mentor_id'"):
        publishing._pairs(run)


def test_what_to_type_next_is_never_before_the_date_of_the_repair(tmp_path):
    """A repair that is published earlier than it begins cannot be repaired from before it."""
    cohort = write_cohort(tmp_path / "cohort")
    start, end = cohort.programme.frame.start, cohort.programme.frame.end
    assert next_date(cohort, start - dt.timedelta(days=9)) == start
    assert next_date(cohort, end + dt.timedelta(days=9)) == end
    repaired = replace(cohort, earlier=Earlier(day_number(start) + 30, {}))
    assert next_date(repaired, start + dt.timedelta(days=9)) == start + dt.timedelta(days=30)
    assert next_date(repaired, start + dt.timedelta(days=31)) == start + dt.timedelta(days=31)

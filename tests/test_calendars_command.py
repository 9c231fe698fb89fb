"""`matcher calendars` as it is typed, and the keys of [invitations]."""

import json
import shutil
from pathlib import Path

import pytest
from calendar_runs import ORGANISER, PROGRAMME, table, write_cohort
from click.testing import CliRunner
from ics_check import checked

from matcher.cli import cli
from matcher.errors import InputError
from matcher.io import read_cohort
from matcher.programme import Invitations, is_email

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"


def matcher(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("solved")
    write_cohort(folder / "cohort")
    matcher("solve", folder / "cohort", "-o", folder / "run")
    return folder


@pytest.fixture
def folder(solved, tmp_path):
    shutil.copytree(solved, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_from_run_to_calendars_and_back_again(folder):
    cohort, run = folder / "cohort", folder / "run"
    first = matcher("calendars", cohort, run)
    sessions = len(table(run / "sessions.csv"))
    assert first.stdout == (
        f"written: calendars of {sessions} sessions ({sessions} new) for 3 people to {run / 'calendars'}\n"
    )
    assert "1 person has no usable e-mail address" in first.stderr
    assert matcher("verify", cohort, run).stderr == ""
    # Bob drops out: all his sessions are cancelled, Ann's stay.
    (cohort / "pairs.csv").write_text("mentee_id,mentor_id,status\nb,m,refused\nb,n,refused\n", "utf-8")
    again = matcher("solve", cohort, "-o", run, "--overwrite")
    assert f"to update them:\n  matcher calendars {cohort} {run}" in again.stderr
    verified = matcher("verify", cohort, run, "--json")
    (warning,) = json.loads(verified.stdout)["warnings"]
    assert "calendars/ does not fit sessions.csv" in warning
    assert f"Warning: {warning}" in verified.stderr
    data = json.loads(matcher("calendars", cohort, run, "--json").stdout)
    left = len(table(run / "sessions.csv"))
    assert data["events"]["cancelled"] == sessions - left > 0
    assert data["events"]["same"] + data["events"]["changed"] + data["events"]["new"] == left == data["sessions"]
    assert "warnings" not in json.loads(matcher("verify", cohort, run, "--json").stdout)
    rows = table(run / "calendars" / "index.csv")
    for row in rows:
        wanted = {"confirmed": "REQUEST", "cancelled": "CANCEL"}[row["status"]]
        assert checked((run / "calendars" / row["invitation"]).read_bytes()).one("METHOD") == wanted


def test_without_calendars_nothing_is_said_of_their_being_sent(folder):
    result = matcher("solve", folder / "cohort", "-o", folder / "run", "--overwrite")
    assert "as they were sent" not in result.output
    assert "Next, when people may know:" in result.stderr
    assert matcher("verify", folder / "cohort", folder / "run").stderr == ""


def test_texts_can_be_set_for_once(folder):
    matcher("calendars", folder / "cohort", folder / "run", "--set", "invitations.title=Chat {number}")
    titles = {row["title"] for row in table(folder / "run" / "calendars" / "index.csv")}
    assert titles >= {"Chat 1", "Chat 2"}


def test_texts_set_when_the_run_was_solved_count(folder):
    other = folder / "other"
    matcher("solve", folder / "cohort", "-o", other, "--set", "invitations.title=Tea")
    matcher("calendars", folder / "cohort", other)
    assert {row["title"] for row in table(other / "calendars" / "index.csv")} == {"Tea"}


def test_other_keys_cannot_be_set(folder):
    result = matcher("calendars", folder / "cohort", folder / "run", "--set", "sessions.minutes=30", code=2)
    assert "sessions.minutes: only keys of [invitations] can be set here" in result.stderr


def test_without_an_organiser_it_is_said(folder):
    result = matcher(
        "calendars", folder / "cohort", folder / "run",
        "--set", 'invitations.organiser_email=""', "--set", 'invitations.organiser_name=""',
    )  # fmt: skip
    assert "No invitations were written: invitations.organiser_email in programme.toml is empty." in result.stderr


@pytest.mark.parametrize("place", ["cohort", "nowhere"])
def test_what_is_no_run_is_an_error(folder, place):
    result = matcher("calendars", folder / "cohort", folder / place, code=1)
    assert "is no run (expected what 'matcher solve' wrote)" in result.stderr


def test_a_damaged_record_stops_nothing_but_calendars(folder):
    cohort, run = folder / "cohort", folder / "run"
    matcher("calendars", cohort, run)
    (run / "calendars" / "index.csv").write_bytes(b"\x00\xff")
    assert "calendars/index.csv" in matcher("calendars", cohort, run, code=1).stderr
    assert "so nobody knows what was sent" in matcher("verify", cohort, run).stderr


def test_the_sample_has_an_organiser():
    assert read_cohort(SAMPLE).programme.invitations.organiser_email == "mentoring@steel.example"


# --- [invitations] ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('title = "{who}"', "invitations.title: unknown placeholder {who}; known are {mentee}, {mentor},"),
        ('title = "{mentee.name}"', "unknown placeholder {mentee.name}"),
        ('title = "{mentee!r}"', "unknown placeholder {mentee!r}"),
        ('title = "{number:>99999999}"', "unknown placeholder {number:>99999999}"),
        ('title = "{0}"', "unknown placeholder {0}"),
        ('title = "{}"', "unknown placeholder {}"),
        ('description = "{mentee"', "invitations.description: a brace opens or closes no placeholder like"),
        ('location = "}"', "invitations.location: a brace opens or closes no placeholder"),
        ('title = " "', "invitations.title: must not be blank"),
        ("title = 5", "invitations.title: must be text in quotes (got 5)"),
        ('link = "meet.example/x"', "invitations.link: must be a web address like 'https://meet.example/{pair}'"),
        ('link = "javascript:alert(1)"', "invitations.link: must be a web address"),
        ('link = "https://a b"', "invitations.link: must be a web address"),
        ('organiser_email = "HR <hr@x.example>"', "invitations.organiser_email: must be an e-mail address like"),
        ('organiser_email = "hr@x.example\\r\\nX:1"', "organiser_email: must be an e-mail address like"),
        ('organiser_name = "HR"', "invitations: organiser_name needs organiser_email beside it"),
        ("reminder_minutes = -1", "invitations.reminder_minutes: must be at least 0 (got -1)"),
        ('sender = "x"', "invitations.sender: unknown key"),
        ('organizer_email = "x"', "unknown key; did you mean 'invitations.organiser_email'?"),
    ],
)  # fmt: skip
def test_faults_of_invitations(tmp_path, line, message):
    with pytest.raises(InputError) as caught:
        write_cohort(tmp_path / "cohort", f"{PROGRAMME}[invitations]\n{line}\n")
    (fault,) = caught.value.faults
    assert fault.file == "programme.toml"
    assert message in str(fault)


def test_doubled_braces_are_braces():
    assert Invitations(title="{{x}} {mentee}").title == "{{x}} {mentee}"


@pytest.mark.parametrize("link", ["https://meet.example/{pair}?a=b#c", "http://x", "https://пример.рф/путь"])
def test_links(link):
    assert Invitations(link=link).link == link


@pytest.mark.parametrize("email", ["a@b", "o'neil+x@x.example", "анна@пример.рф"])
def test_addresses(email):
    assert is_email(email)


@pytest.mark.parametrize("email", ["", "a", "a@", "@b", "a@b@c", "a b@c", "a@b;c@d", "A <a@b>", "a@b\n", '"a"@b'])
def test_no_addresses(email):
    assert not is_email(email)


def test_the_organiser_is_no_secret_of_the_cohort(tmp_path):
    from matcher.bugs import write_report
    from matcher.errors import OwnAnswerError
    from matcher.model import Solution

    cohort = write_cohort(tmp_path / "cohort", PROGRAMME + ORGANISER)
    nothing = Solution(status="optimal", goals=(), pairs=(), outcomes=(), unmatched={}, seed=0)
    write_report(OwnAnswerError("x"), cohort, nothing, tmp_path)
    assert "hr@x.example" not in (tmp_path / "matcher-bug-report.json").read_text("utf-8")

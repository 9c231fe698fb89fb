"""Hostile texts and bombs are harmless (a short part of `python -m soak content`), and the readers notice harm."""

import json
import os
import zipfile

import pytest
from click.testing import CliRunner

from soak import content
from soak import content_readers as readers
from soak.bombs import BOMBS
from soak.content import main, run_case
from soak.content_bombs import Blast, blast
from soak.content_cohort import hostile, takes_cell, takes_id
from soak.content_pages import PATH, chromium, page_faults
from soak.payloads import KINDS, PAYLOADS

pytestmark = pytest.mark.xdist_group("browser")


def test_the_table_of_texts_is_as_large_and_varied_as_it_says():
    assert len({payload.text for payload in PAYLOADS}) == len(PAYLOADS) >= 300
    assert all(payload.why and payload.text for payload in PAYLOADS)
    assert min(map(len, KINDS.values())) >= 14


def test_every_text_comes_to_every_place():
    texts = {payload.text for payload in PAYLOADS if takes_cell(payload.text)}
    cases = [hostile(seed) for seed in range(len(PAYLOADS))]
    assert {case.programme for case in cases} == {case.organiser for case in cases} == texts
    assert {case.about for case in cases} == {case.query for case in cases} == texts
    people = [person for case in cases for person in case.people]
    assert {person.name for person in people} == texts
    assert {person.function for person in people} >= {text for text in texts if text.strip()}
    assert {person.key.strip() for person in people} == {text.strip() for text in texts if takes_id(text)}


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


def test_a_case_is_harmless(tmp_path, monkeypatch, browser):
    monkeypatch.chdir(tmp_path)
    case = run_case(0, tmp_path / "cases", browser)
    assert case.found == []
    assert case.commands > 20
    assert case.files > 60
    assert case.pages > 3 or PATH is None


@pytest.mark.parametrize("seed", [4, 7])
def test_other_cases_are_harmless(tmp_path, seed):
    assert run_case(seed, tmp_path / "cases", whole=False).found == []


QUICK = (
    "json: deep in summary.json, verify",
    "toml: a long dotted key",
    "toml: digits",
    "xlsx: a cell at the end, in apostrophes",
    "xlsx: a shared text, in a namespace",
    "ics: each second",
)


@pytest.mark.parametrize("name", QUICK)
def test_a_bomb_ends_with_a_word(name):
    (bomb,) = (bomb for bomb in BOMBS if bomb.name == name)
    found = blast(bomb)
    assert found.wrong == ()
    assert found.code in bomb.codes


def test_bombs_have_names_of_their_own():
    assert len({bomb.name for bomb in BOMBS}) == len(BOMBS) > 150


def test_the_command_tells_what_it_found(monkeypatch):
    told = CliRunner().invoke(main, ["--bomb", "ics: a zone outside"], catch_exceptions=False)
    assert (told.exit_code, "bombs                    1" in told.stdout) == (0, True), told.stdout
    harm = Blast("a bomb", -6, 1.0, 1.0, ("ends with -6",), "")
    monkeypatch.setattr(content, "blasts", lambda word, told: told(harm._replace(name=word)))
    told = CliRunner().invoke(main, ["--bomb", "x"], catch_exceptions=False)
    assert told.exit_code == 1
    assert "1 x  seed 0, 'x': ends with -6" in told.stdout


# --- what the readers notice ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1", "+1 x", "-a", "@x", "\tx", "\uff1dx"])
def test_a_formula_in_a_table_is_noticed(tmp_path, cell):
    path = tmp_path / "pairs.csv"
    path.write_text(f'name,n\n"{cell}",-5\n', "utf-8-sig")
    assert [what for what in readers.csv_faults(path) if "begins with" in what]
    path.write_text(f'name,n\n"\'{cell}",-5\n', "utf-8-sig")
    assert not list(readers.csv_faults(path))


@pytest.mark.parametrize("text", ["\x1b[31m", "a\rb", "\x9b", "\u202e", "\u200b", "\u2028", "\x07"])
def test_an_escape_on_the_terminal_is_noticed(text):
    assert list(readers.terminal(f"good {text}\n"))
    assert not list(readers.terminal("good é 中 \U0001f600\n"))


@pytest.mark.parametrize(
    "line",
    [
        "ATTACH:x",
        "SUMMARY:a,b",
        "SUMMARY:a;b",
        "SUMMARY:" + "x" * 70,
        "ATTENDEE;CN=a:b:mailto:x@y.example",
        "SUMMARY:a\x9bb",
        "BEGIN:VJOURNAL",
    ],
)
def test_a_property_that_nobody_wrote_is_noticed(tmp_path, line):
    event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:20270101T000000Z\r\n{}END:VEVENT\r\n"
    whole = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}END:VCALENDAR\r\n"
    path = tmp_path / "a.ics"
    path.write_bytes(whole.format(f"{line}\r\n").encode())
    assert list(readers.ics_faults(path))
    path.write_bytes(whole.format("SUMMARY:a\\, b\r\n").encode())
    assert not list(readers.ics_faults(path))


@pytest.mark.parametrize(
    "part",
    [
        '<sheetData><row><c r="A1"><f>1+1</f></c></row></sheetData>',
        '<hyperlinks><hyperlink ref="A1" location="[x]y!A1"/></hyperlinks>',
        '<Relationship Target="http://evil.invalid" TargetMode="External"/>',
    ],
)
def test_a_formula_or_link_in_a_workbook_is_noticed(tmp_path, part):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet xmlns='x'>{part}</worksheet>")
    assert list(readers.xlsx_faults(tmp_path / "a.xlsx"))


@pytest.mark.parametrize(
    "name", ["CON", "a.", "a ", "-x", "nul.ics", "a:b", "a\x1bb", "e\u0301", "~x", "\u202ex", "$x"]
)
def test_a_name_of_a_file_that_is_none_everywhere_is_noticed(name):
    assert list(readers.name_faults(name))
    assert not list(readers.name_faults("E1-0a.ics"))


@pytest.mark.skipif(PATH is None, reason="no Chromium is installed")
@pytest.mark.parametrize(
    ("body", "noticed"),
    [
        ("<img src=x onerror=window.ran=1>", "img"),
        ("<script>window.ran=1</script>", "a script ran"),
        ("<p onclick='window.ran=1'>x</p>", "onclick"),
        ("<a href='javascript:1'>x</a>", "javascript:1"),
        ("<script>alert(1)</script>", "a dialog"),
        ("<p>Ann</p>", "nowhere says"),
    ],
)
def test_harm_on_a_page_is_noticed(tmp_path, browser, body, noticed):
    path = tmp_path / "page.html"
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    path.write_text(f"<!DOCTYPE html><head>{policy}</head><body>{body}</body>", "utf-8")
    found = list(page_faults(browser, path, {"a": "Anna"}))
    assert [what for what in found if noticed in what], found


def test_what_is_no_json_is_noticed(tmp_path):
    path = tmp_path / "a.json"
    for text in ("NaN", "[" * 100_000, '{"a": 1', "\ufeff{}"):
        path.write_text(text, "utf-8")
        assert list(readers.json_faults(path))
    path.write_text(json.dumps({"a": os.sep}), "utf-8")
    assert not list(readers.json_faults(path))

"""docs/messages.md explains every message that the source can give, and no other."""

import re
from pathlib import Path

import pytest
from message_templates import HOLE, PACKAGE, Template, templates

PAGE = Path(__file__).resolve().parent.parent / "docs" / "messages.md"
TOLD_OTHERWISE = {  # what no user is ever told, or only within another message
    "the process must be started with pipes",
    "the processes were ended",
    "no stretches of time",
    "no count",
    f"{HOLE} is not a whole number",
    f"{HOLE} series: at most {HOLE} can be told apart",
}


def entries():
    """Every message of the page, with what it means and what to do."""
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert all(len(row) == 3 for row in rows)
    return rows


def told():
    """Every template of the source: of violations that a check finds, the page on verify tells."""
    modules = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("check"))
    found = [template for module in modules for template in templates(module)]
    return [template for template in found if template.text not in TOLD_OTHERWISE]


TEMPLATES = told()
MESSAGES = [message for message, _, _ in entries()]


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_every_message_has_its_entry(template):
    assert any(map(template.matches, MESSAGES)), f"docs/messages.md has no entry for {template}"


@pytest.mark.parametrize("message", MESSAGES)
def test_every_entry_is_a_message(message):
    assert any(template.matches(message) for template in TEMPLATES), f"no code says {message!r}"


def test_every_entry_says_what_it_means_and_what_to_do():
    assert len(entries()) > 150
    assert len(set(MESSAGES)) == len(MESSAGES)
    for _, meaning, remedy in entries():
        assert len(meaning) > 6
        assert len(remedy) > 6 or remedy == "-"


def test_rows_of_the_page_are_well_formed():
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(lines) == len(entries())


@pytest.mark.parametrize(
    ("template", "message", "same"),
    [
        ("is blank", "is blank", True),
        ("is blank", "is blank here", False),
        (f"{HOLE} is no employee{HOLE}", "'E1' is no employee; did you mean 'e1'?", True),
        (f"{HOLE} is no employee", "'E1' is an employee", False),
        (f"line {HOLE}: a (b)", "line\n2: a (b)", True),
        (f"line {HOLE}: a (b)", "line 2: a b", False),
    ],
)
def test_a_message_fits_its_template(template, message, same):
    assert Template("x", 1, template).matches(message) == same


def test_the_source_is_followed_through_names_and_helpers(tmp_path, monkeypatch):
    source = """
LIMIT = "is too long"


def read(findings, word, line):
    if not word:
        findings.fault("f", "is empty", line)
    elif len(word) > 9:
        findings.warn("f", LIMIT)
    else:
        message = f"{word!r} is odd" if line else "is odd " + "here"
        findings.fault("f", message)
    if said := _wrong(word):
        findings.fault("f", said)


def _wrong(word):
    if word:
        raise ValueError(f"{word} is {word}")
    return "" if word else f"has no {word}"
"""
    (tmp_path / "source.py").write_text(source, "utf-8")
    monkeypatch.setattr("message_templates.PACKAGE", tmp_path)
    assert {template.text for template in templates("source")} == {
        "is empty", "is too long", f"{HOLE} is odd", "is odd here", f"has no {HOLE}"
    }  # fmt: skip

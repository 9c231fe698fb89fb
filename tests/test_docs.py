"""What the documentation promises: links, keys and defaults, columns, codes, and a user's first lines."""

import csv
import datetime as dt
import re
import shutil
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from matcher.model import Outcome, Reason
from matcher.programme import Programme

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(page for pattern in ("*.md", "docs/*.md", "data/*.md", "tests/*.md") for page in ROOT.glob(pattern))
README = (ROOT / "README.md").read_text(encoding="utf-8")
FORMATS = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
FRAME = {"start": dt.date(2027, 1, 11), "end": dt.date(2027, 4, 9)}


def programme_defaults():
    """Every key of programme.toml with its default; None for the two that are needed."""
    programme = Programme.model_validate({"programme": FRAME})
    defaults = {}
    for name, field in Programme.model_fields.items():
        section = getattr(programme, name)
        for key, value in section:
            needed = type(section).model_fields[key].is_required()
            defaults[f"{field.alias or name}.{key}"] = None if needed else value
    return defaults


def documented_defaults():
    rows = re.findall(r"^\| `(\w+\.\w+)` \| (needed|`.*?`) \|", FORMATS, re.MULTILINE)
    return {key: None if text == "needed" else tomllib.loads(f"x = {text[1:-1]}")["x"] for key, text in rows}


def section(heading):
    """Text of formats.md from one heading to the next."""
    return re.split(r"^#+ ", FORMATS.split(f"\n### {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def coded(heading, column):
    """Codes in backticks in the first column of the table under `heading` that starts with `column`."""
    table = section(heading).split(f"| {column} | ")[1].split("\n\n")[0]
    return [code for row in table.split("\n")[2:] for code in re.findall(r"`(\w+)`", row.split("|")[1])]


@pytest.fixture(scope="module")
def readme_run(tmp_path_factory):
    """The run that the README's Python lines write."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "data" / "nlmk-sample", folder / "data" / "nlmk-sample")
    (snippet,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(compile(snippet, "README.md", "exec"), {})
    return folder / "runs" / "demo"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.name} links to {target}"


def anchors(page):
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_key_is_documented():
    assert list(documented_defaults()) == list(programme_defaults())


@pytest.mark.parametrize(("key", "default"), programme_defaults().items())
def test_documented_defaults_are_those_of_the_model(key, default):
    name, _, entry = key.partition(".")
    documented = documented_defaults()[key]
    if default is None:
        assert documented is None
        return
    settings = {"programme": dict(FRAME)}
    settings.setdefault(name, {})[entry] = documented
    changed = Programme.model_validate(settings)
    assert dict(getattr(changed, "frame" if name == "programme" else name))[entry] == default


def test_the_sample_programme_shows_every_key():
    text = (ROOT / "data" / "nlmk-sample" / "programme.toml").read_text(encoding="utf-8")
    shown = []
    for line in text.splitlines():
        if header := re.match(r"\[(\w+)\]", line):
            name = header[1]
        elif key := re.match(r"(?:# )?(\w+) = ", line):
            shown.append(f"{name}.{key[1]}")
    assert shown == list(programme_defaults())


@pytest.mark.parametrize("name", ["pairs.csv", "sessions.csv", "unmatched.csv", "choices.csv"])
def test_columns_of_a_run_are_documented(readme_run, name):
    with (readme_run / name).open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    heading = "pairs.csv of a run" if name == "pairs.csv" else name
    assert coded(heading, "column") == header


@pytest.mark.parametrize("name", ["employees.csv", "preferences.csv", "availability.csv", "busy.csv", "pairs.csv"])
def test_columns_of_the_sample_are_documented(name):
    with (ROOT / "data" / "nlmk-sample" / name).open(encoding="utf-8-sig", newline="") as file:
        header = set(next(csv.reader(file)))
    assert header - {"site"} <= set(coded(name, "column"))
    told = (ROOT / "data" / "README.md").read_text(encoding="utf-8").split(f"**{name}**")[1].split("**")[0]
    assert header <= set(re.findall(r"`(\w+)`", told))


def test_columns_of_prices_are_documented():
    from matcher.check_prices import COLUMNS, PRIORITY

    assert [column for column in coded("prices.csv", "column") if column != PRIORITY] == list(COLUMNS)


def test_the_texts_of_letters_are_documented():
    from matcher.letter_words import LANGUAGES

    block = r"^`(\w+)` in (\w+):\n\n```text\n(.*?)\n```$"
    found = re.findall(block, section_to("messages.csv", "calendars/"), re.MULTILINE | re.DOTALL)
    names = {"en": "English", "ru": "Russian"}
    assert {(kind, language): text for kind, language, text in found} == {
        (kind, names[language]): f"{text.subject}\n\n{text.text}"
        for language, words in LANGUAGES.items()
        for kind, text in words.templates.items()
    }


def section_to(heading, following):
    return FORMATS.split(f"\n### {heading}\n")[1].split(f"\n### {following}\n")[0]


def test_what_letters_know_is_documented():
    from matcher.input_letters import KINDS, LETTERS_KNOWN, PLACEHOLDERS
    from matcher.letters import COLUMNS

    assert tuple(coded("messages.csv", "column")) == COLUMNS
    assert tuple(coded("letters.csv", "column")) == LETTERS_KNOWN
    assert tuple(coded("letters.csv", "kind")) == KINDS
    table = section("letters.csv").split("| placeholder |")[1].split("\n\n")[0]
    told = {kind: set() for kind in KINDS}
    for row in table.split("\n")[2:]:
        names, kinds = row.split("|")[1:3]
        for kind in KINDS if kinds.strip() == "all" else re.findall(r"`(\w+)`", kinds):
            told[kind] |= set(re.findall(r"`\{(\w+)\}`", names))
    assert told == {kind: set(names) for kind, names in PLACEHOLDERS.items()}


def test_codes_are_documented():
    assert tuple(coded("choices.csv", "outcome")) == get_args(Outcome)
    assert tuple(coded("unmatched.csv", "reason")) == get_args(Reason)


def test_the_summary_is_documented(readme_run):
    import json

    summary = json.loads((readme_run / "summary.json").read_text(encoding="utf-8"))
    assert set(coded("summary.json", "key")) == set(summary)


def test_the_readme_names_commands_that_exist():
    from matcher.cli import cli

    for command in re.findall(r"matcher (\w+) (?:DIR|COHORT|spring|data)", README):
        assert command in cli.commands
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile


def test_every_library_is_explained():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*settings["dependencies"], *settings["optional-dependencies"]["dev"]]
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for library in named:
        assert re.match(r"[\w-]+", library)[0] in explained

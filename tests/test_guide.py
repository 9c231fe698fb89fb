"""docs/guide.md: what it tells to type does what it shows, and its pictures are there."""

import re
import shlex
import zipfile
from html import escape
from pathlib import Path

import click
from click.testing import CliRunner

from matcher.cli import cli

DOCS = Path(__file__).resolve().parent.parent / "docs"
GUIDE = (DOCS / "guide.md").read_text(encoding="utf-8")
MOST_BYTES = 150_000  # of a picture
OPTIONS = {
    name: {text for option in command.params for text in option.opts} for name, command in cli.commands.items()
}


def steps():
    """Cells to change, and commands to type with the lines that they show, in the order of the page."""
    for cells, block in re.findall(r"(?:<!-- put: (.*?) -->\n)?```console\n(.*?)```", GUIDE, re.DOTALL):
        if cells:
            sheet, *words = cells.split()
            yield sheet, dict(zip(words[::2], words[1::2], strict=True))
        for command, shown in re.findall(r"^\$ matcher (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            yield shlex.split(command), shown.splitlines()


def put(path, sheet, cells):
    """Write texts into cells of a workbook, and leave everything else as it is."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    names = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"].decode())
    part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
    text = parts[part].decode()
    for place, value in cells.items():
        row, cell = re.sub(r"\D", "", place), f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        text, found = re.subn(rf'<c r="{place}"[^>]*?(?:/>|>.*?</c>)', cell, text)
        if not found and f'<row r="{row}"' in text:
            text = re.sub(rf'(<row r="{row}"[^>]*?)/>', r"\1></row>", text)
            text = re.sub(rf'(<row r="{row}"[^>]*>.*?)(</row>)', rf"\g<1>{cell}\2", text, flags=re.DOTALL)
        elif not found:
            text = text.replace("</sheetData>", f'<row r="{row}">{cell}</row></sheetData>')
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, text.encode() if name == part else content)


def test_every_command_does_what_the_guide_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    typed = 0
    for what, shown in steps():
        if isinstance(shown, dict):
            put(tmp_path / "spring.xlsx", what, shown)
            continue
        result = CliRunner().invoke(cli, what, prog_name="matcher")
        said = [*result.stdout.splitlines(), *result.stderr.splitlines()]
        assert result.exit_code == (1 if "not ready" in "".join(shown) else 0), result.output
        missing = [line for line in shown if line and line not in said]
        assert not missing, result.output
        typed += 1
    assert typed >= 10


def test_the_guide_names_commands_and_options_that_exist():
    for words in (what for what, shown in steps() if isinstance(shown, list)):
        assert words[0] in cli.commands
        assert {word for word in words if word.startswith("-")} <= OPTIONS[words[0]]
    assert isinstance(cli, click.Group)


def test_pictures_are_there_and_small():
    script = (DOCS / "make_screenshots.py").read_text(encoding="utf-8")
    pictures = re.findall(r"\]\(screenshots/([\w-]+)\.png\)", GUIDE)
    assert set(pictures) == {path.stem for path in (DOCS / "screenshots").iterdir()}
    for name in pictures:
        assert f'"{name}": ' in script
        assert (DOCS / "screenshots" / f"{name}.png").stat().st_size < MOST_BYTES

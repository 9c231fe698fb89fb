"""Workbooks read back: the values of their sheets, and the XML that readers of values do not show."""

import io
import re
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree as ET

import pytest
from python_calamine import CalamineWorkbook

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "+1-1",
    "-2+3",
    "@SUM(A1)",
    "<r><t>&bad</r>",
    "ועידת \u202eabc",
    "n" * 300,
    "Zoë 👩🏽\u200d💻 \"quoted\" 'and' more",
    "two\nlines",
    "tab\tand \x1b[31m escape \x07",
    "_x0041_ stays",
    "http://evil.example/",
    "007",
    "{braces} & co",
    "no letter \uffff",
)


def values(content, name=None):
    """The cells of a sheet (the first if it has no name) as lists of values, one a row."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_name(name or book.sheet_names[0]).to_python(skip_empty_area=False)


def sheet_names(content):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names


def records(content, name):
    """The rows below the header as dictionaries."""
    header, *rows = values(content, name)
    return [dict(zip(header, row, strict=True)) for row in rows]


def parts(content):
    """Every part of the archive as text; each must be well-formed XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, text in found.items():
        if name.endswith((".xml", ".rels", ".vml")):
            ET.fromstring(text.encode())
    return found


def sheet_xml(content, name):
    """The XML of the sheet of this name."""
    found = parts(content)
    number = re.findall(r'<sheet name="([^"]*)"', found["xl/workbook.xml"]).index(name) + 1
    return found[f"xl/worksheets/sheet{number}.xml"]


def converted(content, folder, kind="csv"):
    """What LibreOffice makes of a workbook; skips where there is none."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed, so nothing else opens the workbook here")
    path = folder / "book.xlsx"
    path.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    made = folder / f"book.{kind.partition(':')[0]}"
    assert made.exists(), done.stderr
    return made.read_bytes()

"""docs/library.md: its examples give what it shows, and it names everything that is public."""

import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import matcher

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "library.md").read_text("utf-8")
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def test_the_examples_give_what_the_page_shows(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data" / "nlmk-sample", tmp_path / "data" / "nlmk-sample")
    monkeypatch.chdir(tmp_path)
    examples = doctest.DocTestParser().get_doctest(PAGE, {}, "library.md", "docs/library.md", 0)
    said = []
    failed, tried = doctest.DocTestRunner(optionflags=OPTIONS).run(examples, out=said.append)
    assert tried > 30
    assert not failed, "".join(said)


def test_every_example_is_run(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (script,) = (block for block in blocks if not block.startswith(">>> "))
    assert all(block.endswith("\n\n") for block in blocks if block != script)  # else ``` were an expected line
    shutil.copytree(ROOT / "data" / "nlmk-sample", tmp_path / "data" / "nlmk-sample")
    (tmp_path / "script.py").write_text(script, "utf-8")
    command = [sys.executable, "script.py"]
    said = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=120)
    assert said.stdout == "[50, 54, 58]\n"


@pytest.mark.parametrize("name", matcher.__all__)
def test_every_public_name_is_told(name):
    assert re.search(rf"^\| .*`{name}`.* \| .+ \|$", PAGE, re.MULTILINE)
    if name != "__version__":
        assert getattr(matcher, name).__doc__

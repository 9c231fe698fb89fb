"""docs/library.md: its examples give what it shows, and it names everything that is public."""

import doctest
import pickle
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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


def test_what_travels_between_processes_arrives():
    base = matcher.Base.open(ROOT / "data" / "nlmk-sample")
    cohort = base.cohort(matcher.Case("base"))
    solution = matcher.solve(cohort)
    assert pickle.loads(pickle.dumps(solution)) == solution
    assert pickle.loads(pickle.dumps(matcher.Case("x", {"goals.seed": 1}))) == matcher.Case("x", {"goals.seed": 1})
    travelled = pickle.loads(pickle.dumps(base)).cohort(matcher.Case("base"))
    for there in (travelled, pickle.loads(pickle.dumps(cohort))):
        again = matcher.solve(there)
        assert again.pairs == solution.pairs
        tables = matcher.frames(there, again)
        assert all(frame.equals(tables[name]) for name, frame in matcher.frames(cohort, solution).items())


def test_threads_do_not_disturb_each_other():
    base = matcher.Base.open(ROOT / "data" / "nlmk-sample")
    cases = [matcher.Case(str(places), {"capacity.mentees_per_mentor": places}) for places in (1, 2, 3)]

    def pairs_of(case):
        return matcher.solve(base.cohort(case), explain=False).pairs

    alone = list(map(pairs_of, cases))
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(pairs_of, cases * 2)) == alone * 2

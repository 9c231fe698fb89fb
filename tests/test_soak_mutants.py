"""Faults planted in a small module that small tests look at: which of them are noticed is known by hand."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from soak.mutant_operators import mutants_of, planted
from soak.mutants import ROOT, Tally, attacked, explained, table

RULE = '''"""A rule, its bound, and a wait."""

LEAST = 2


def far(level, other):
    """Say whether the levels are far enough apart."""
    return level - other >= LEAST


def waited(until):
    now = 0
    while now < until:
        now += 1
    return now


def never():
    return 1
'''
TESTS = """
from toy.rule import far, waited


def test_far():
    assert far(5, 1)
    assert not far(2, 1)


def test_waited(tmp_path):
    assert tmp_path.is_dir()  # a test with a folder of its own judges as well
    assert waited(3) == 3
"""
KNOWN = {
    ("LEAST = 2", "2 -> 3"): "survived",  # 4 is far and 1 is not, by either bound
    ("LEAST = 2", "2 -> 1"): "killed",
    ("return level - other >= LEAST", "return level - other >= LEAST -> return None"): "killed",
    (
        "return level - other >= LEAST",
        "level - other >= LEAST: >= -> >",
    ): "survived",  # no test stands on the bound
    ("return level - other >= LEAST", "level - other >= LEAST: >= -> <"): "killed",
    ("return level - other >= LEAST", "level - other: - -> +"): "killed",
    ("now = 0", "0 -> 1"): "survived",
    ("now = 0", "0 -> -1"): "survived",
    ("while now < until:", "now < until: < -> <="): "killed",
    ("while now < until:", "now < until: < -> >="): "killed",
    ("now += 1", "now += 1: += -> -="): "timeout",
    ("now += 1", "now += 1: += -> ="): "timeout",
    ("now += 1", "now += 1: deleted"): "timeout",
    ("now += 1", "1 -> 2"): "killed",
    ("now += 1", "1 -> 0"): "timeout",
    ("return now", "return now -> return None"): "killed",
    ("return 1", "return 1 -> return None"): "unreached",
    ("return 1", "1 -> 2"): "unreached",
    ("return 1", "1 -> 0"): "unreached",
}
DEF = """def f(a: int={}) -> 'text':
    \"\"\"Say.\"\"\"
    return {}"""
ATTACK = """
import json, sys
from pathlib import Path
from soak.mutant_operators import mutants_of
from soak.mutants import Attack
root = Path(sys.argv[1])
attack = Attack(root, ("toy/rule.py",), (root / "tests/test_rule.py",), root / "kept", grace=0.4)
every = mutants_of("toy/rule.py", (root / "toy/rule.py").read_text())
print(json.dumps([(one.text, one.what, outcome.what, outcome.by) for one, outcome in attack.run(every)]))
"""


def test_what_weak_tests_notice_is_what_they_can_notice(tmp_path):
    for name, text in (("toy/__init__.py", ""), ("toy/rule.py", RULE), ("tests/test_rule.py", TESTS)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    ran = subprocess.run(
        [sys.executable, "-c", ATTACK, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert {(text, what): outcome for text, what, outcome, _ in told} == KNOWN
    by = {(text, what): by for text, what, _, by in told}
    assert by["now += 1", "1 -> 2"].endswith("test_rule.py::test_waited")
    assert (tmp_path / "toy/rule.py").read_text() == RULE


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("a < b", {"a <= b", "a >= b", "pass"}),
        ("a and b and c", {"a or b or c", "b and c", "a and c", "a and b", "pass"}),
        ("f(x, key=1)", {"pass", "f(x)", "f(x, key=2)", "f(x, key=0)"}),
        ("zip(x, y, strict=True)", {"pass"}),
        ("x = y[1:]", {"x = y[2:]", "x = y[0:]", "x = y[:]"}),
        ("x = [a for a in b if a]", {"x = [a for a in b]"}),
        ("x = a if b else c", {"x = a if not b else c"}),
        ("x = not a", {"x = a"}),
        ("x = max(a, b)", {"x = min(a, b)"}),
        ("x = a + 'text'", {"x = a + 'XXtextXX'"}),
        ("x = [f'{a} days', 'a sentence', '', 'word']", {"x = [f'{a} days', 'a sentence', '', 'XXwordXX']"}),
        ("x: int = True", {"x: int = False"}),
        ("x[a] = b", {"pass"}),
        ("for a in b:\n    continue", {"for a in b:\n    break", "for a in b:\n    pass"}),
        (
            "def f(a: int = 1) -> 'text':\n    '''Say.'''\n    return a",
            {DEF.format(2, "a"), DEF.format(0, "a"), DEF.format(1, None)},
        ),
        ("import os\n__all__ = ['f']", set()),
    ],
)
def test_each_operator_makes_its_changes(source, changes):
    found = {ast.unparse(planted(source, mutant)) for mutant in mutants_of("m.py", source)}
    assert found == changes


def test_every_fault_of_the_package_differs_from_it_and_compiles():
    source = (ROOT / "matcher/rules.py").read_text(encoding="utf-8")
    every = mutants_of("matcher/rules.py", source)
    whole = compile(source, "rules.py", "exec")
    assert len(every) > 100
    assert len({mutant.lasting(ROOT) for mutant in every}) == len(every)
    for mutant in every[::10]:
        assert compile(planted(source, mutant), "rules.py", "exec") != whole


def test_what_is_explained_is_there_and_says_why():
    every = {}
    for one in explained():
        assert len(one.reason) > 15, one
        if one.module == "*":
            continue
        assert one.module in attacked()
        if one.module not in every:
            every[one.module] = mutants_of(one.module, (ROOT / one.module).read_text(encoding="utf-8"))
        for what in one.what:
            alone = type(one)(one.module, one.text, (what,), one.reason)
            assert any(alone.holds(mutant) for mutant in every[one.module]), (one.module, one.text, what)


def test_explained_faults_count_neither_way():
    tally = Tally()
    for what in ("killed", "killed", "timeout", "explained", "survived", "unreached"):
        tally.add(what)
    assert tally.noticed() == pytest.approx(3 / 5)
    assert [line.split()[-1] for line in table({"matcher/rules.py": tally})] == ["noticed", "60.0%", "60.0%"]
    assert Path(attacked()[0]).name == "rules.py"

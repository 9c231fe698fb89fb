"""The messages that the source can give, as templates: what stands in it literally, and holes for the rest."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "matcher"
SPEAKERS = {"fault": 1, "warn": 1, "_fault": 1, "Fault": 1, "Trouble": 1, "_report_crowd": 2, "Failed": 1}
"""Calls that note a message, and which argument it is."""
ERRORS = {
    *(
        "MatcherError",
        "TargetError",
        "LostError",
        "LimitError",
        "StoppedError",
        "OwnAnswerError",
        "BadParameter",
        "UsageError",
    ),
    *("ValueError", "BrokenRecordError", "BrokenFileError", "UnreadableError"),
}
HOLE = "\0"
WITHIN = {"Trouble": (f"event {HOLE}: ", ""), "_report_crowd": (f"{HOLE} ", f" ({HOLE})")}
"""What stands before and behind a message when it is told."""
MADE = {"no_value", "_damage"}
"""Functions that make messages for others to note."""
FEWEST_LETTERS = 3  # of a template; those of fewer only pass on what others say
DEEPEST = 5

Said = dict[str, list[ast.expr]]
"""Expressions that a name may stand for."""


@dataclass(frozen=True)
class Template:
    """A message: its pieces with holes between, and where it stands."""

    module: str
    line: int
    text: str

    def matches(self, message: str) -> bool:
        """Whether the message is this one with its holes filled."""
        pieces = (" ".join(f"|{piece}|".split())[1:-1] for piece in self.text.split(HOLE))
        return re.fullmatch(".*".join(map(re.escape, pieces)), " ".join(message.split())) is not None

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.text.replace(HOLE, '...')}"


def templates(module: str) -> list[Template]:
    """Every message of a module."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    source = _Source(tree)
    found: dict[str, Template] = {}
    for scope in source.functions.values():
        for node, expression in _spoken(scope):
            before, behind = WITHIN.get(_name(node.func), ("", ""))
            for text in source.texts(expression, source.reaching(scope, node), DEEPEST):
                said = re.sub(f"{HOLE}+", HOLE, before + text + behind)
                if _letters(text) >= FEWEST_LETTERS:
                    found.setdefault(said, Template(module, node.lineno, said))
    for name in MADE & source.functions.keys():
        for text in source.returned(source.functions[name], DEEPEST):
            if _letters(text) >= FEWEST_LETTERS:
                found.setdefault(text, Template(module, source.functions[name].lineno, text))
    return list(found.values())


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _spoken(scope: ast.AST) -> list[tuple[ast.Call, ast.expr]]:
    """Calls that say something, and the expression of what."""
    found = []
    for node in ast.walk(scope):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        place = 0 if name in ERRORS else SPEAKERS.get(name)
        if place is not None and len(node.args) > place:
            found.append((node, node.args[place]))
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


class _Source:
    """What a module says in its expressions, followed through names and its own functions."""

    def __init__(self, tree: ast.Module) -> None:
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        self._constants = _assignments([node for node in tree.body if isinstance(node, ast.Assign)])

    def reaching(self, scope: ast.AST, place: ast.AST) -> Said:
        """What each name may stand for at a place in a function: as was said last before it."""
        said = dict(self._constants)
        block = scope.body if isinstance(scope, ast.FunctionDef) else []
        while block:
            before = list(itertools.takewhile(lambda node: not _holds(node, place), block))
            here = block[len(before)] if len(before) < len(block) else None
            said |= _assignments(before)
            blocks = []
            if here is not None:
                said |= _assignments([node for node in ast.walk(here) if isinstance(node, ast.NamedExpr)])
                said |= _assignments([here]) if not _blocks(here) else {}
                blocks = [inner for inner in _blocks(here) if any(_holds(node, place) for node in inner)]
            block = blocks[0] if blocks else []
        return said

    def texts(self, expression: ast.expr, said: Said, depth: int) -> list[str]:  # noqa: PLR0911 - one form each
        """What an expression can say; a hole for what is not literal."""
        match expression:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.IfExp(body=body, orelse=orelse):
                return self.texts(body, said, depth) + self.texts(orelse, said, depth)
            case ast.JoinedStr(values=parts):
                return self._joined(parts, said, depth)
            case ast.FormattedValue(value=ast.Name() as name):
                return self.texts(name, said, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [a + b for a in self.texts(left, said, depth) for b in self.texts(right, said, depth)]
            case ast.Name(id=name) if depth and name in said:
                return [text for value in said[name] for text in self.texts(value, said, depth - 1)]
            case ast.Call(func=called) if depth and _name(called) in self.functions:
                return self.returned(self.functions[_name(called)], depth)
        return [HOLE]

    def returned(self, function: ast.FunctionDef, depth: int) -> list[str]:
        """What a function of the module may return."""
        found = []
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                found += self.texts(node.value, self.reaching(function, node), depth - 1)
        return found

    def _joined(self, parts: list[ast.expr], said: Said, depth: int) -> list[str]:
        """The text with holes; where it says too little by itself, with what its names stand for."""
        plain = "".join(part.value if isinstance(part, ast.Constant) else HOLE for part in parts)
        if _letters(plain) >= FEWEST_LETTERS:
            return [plain]
        return list(map("".join, itertools.product(*(self.texts(part, said, depth) for part in parts))))


def _holds(node: ast.AST, place: ast.AST) -> bool:
    return any(inner is place for inner in ast.walk(node))


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """The statements within a statement, branch by branch."""
    handlers = [handler.body for handler in getattr(node, "handlers", [])]
    return [block for name in ("body", "orelse", "finalbody") if (block := getattr(node, name, []))] + handlers


def _assignments(nodes: Iterable[ast.AST]) -> Said:
    """Every expression that a name is given in these statements."""
    said: Said = {}
    for node in itertools.chain.from_iterable(map(ast.walk, nodes)):
        if not isinstance(node, ast.Assign | ast.NamedExpr | ast.AnnAssign) or node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                said.setdefault(target.id, []).append(node.value)
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for name, value in zip(target.elts, node.value.elts, strict=False):
                    if isinstance(name, ast.Name):
                        said.setdefault(name.id, []).append(value)
    return said

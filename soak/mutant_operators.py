"""The faults that are planted: each replaces one node of a module's syntax tree by a slightly different one."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

Step = tuple[str, int | None]
"""From a node to its child: the field, and the place in it where it is a list."""

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
SIGNS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
NAMED = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "minimum": "maximum",
    "maximum": "minimum",
    "argmin": "argmax",
    "argmax": "argmin",
    "union": "intersection",
    "intersection": "union",
    "startswith": "endswith",
    "endswith": "startswith",
    "bisect_left": "bisect_right",
    "bisect_right": "bisect_left",
    "lower": "upper",
    "logical_and": "logical_or",
    "logical_or": "logical_and",
}
"""Functions and methods that are taken for one another."""
HEADERS = ("body", "orelse", "handlers", "finalbody", "cases")
"""Fields of a compound statement that hold other statements."""
UNTOUCHED = ("annotation", "returns", "decorator_list", "type_comment", "type_params")
"""Fields that no behaviour depends on, and decorators."""


@dataclass(frozen=True)
class Mutant:
    """One fault in one module.

    `line` is where it stands, `text` that line as it reads, and `lines` what the statement around it spans,
    without the statements in that one. `what` says how the code changes. `function` is the qualified name of the
    outermost function around it, with `function_line` where its code begins; "" and 0 outside of functions, where
    a fault acts when the module is imported.
    """

    module: str
    line: int
    lines: tuple[int, int]
    text: str
    what: str
    function: str
    function_line: int
    path: tuple[Step, ...]
    variant: int

    def key(self) -> str:
        """A name that lasts as long as the code around it stays."""
        return f"{self.module}:{self.function}:{self.text}:{self.what}:{self.variant}:{len(self.path)}"

    def lasting(self, root: Path) -> str:
        """Name the fault in the module as it is now: another content gives another name."""
        content = hashlib.sha256((root / self.module).read_bytes()).hexdigest()
        return f"{content[:16]}-{self.draw(0)[:16]}"

    def draw(self, seed: int) -> str:
        """Place in a seeded draw: the first so many of these are a sample, and a larger sample holds a smaller."""
        return hashlib.sha256(f"{seed}:{self.key()}:{self.path}".encode()).hexdigest()


def mutants_of(module: str, source: str) -> list[Mutant]:
    """List every fault that the operators can plant in a module, in the order of the lines."""
    tree = ast.parse(source)
    texts = source.splitlines()
    found = []
    for node, path, place in _places(tree, (), _Place(0, (0, 0), ("", 0), inside=False)):
        line = max(place.line, getattr(node, "lineno", place.line))
        for variant, (what, _) in enumerate(variants(node)):
            text = texts[line - 1].strip()
            if isinstance(node, ast.Constant) and place.around is not None:
                what = f"{what} in {_short(place.around)}"  # noqa: PLW2901
            found.append(Mutant(module, line, place.lines, text, what, *place.function, path, variant))
    return sorted(found, key=lambda mutant: (mutant.line, str(mutant.path), mutant.variant))


def planted(source: str, mutant: Mutant) -> ast.Module:
    """Give the module's tree with the fault in it; lines are where they were."""
    tree = ast.parse(source)
    *way, (field, at) = mutant.path
    node: ast.AST = tree
    for step, index in way:
        child = getattr(node, step)
        node = child if index is None else child[index]
    held = getattr(node, field)
    old = held if at is None else held[at]
    _, new = list(variants(old))[mutant.variant]
    new = ast.copy_location(new, old)
    if at is None:
        setattr(node, field, new)
    else:
        held[at] = new
    return ast.fix_missing_locations(tree)


@dataclass(frozen=True)
class _Place:
    line: int
    lines: tuple[int, int]
    function: tuple[str, int]
    inside: bool
    scope: str = ""
    around: ast.AST | None = None


def _places(
    node: ast.AST, path: tuple[Step, ...], place: _Place
) -> Iterator[tuple[ast.AST, tuple[Step, ...], _Place]]:
    """Every node that may be replaced, with the way to it and where it stands."""
    if isinstance(node, ast.stmt):
        if _says_nothing(node):
            return
        place = replace(place, line=node.lineno, lines=_own_lines(node), around=None)
    if path:
        yield node, path, place
    for field, value in ast.iter_fields(node):
        if field in UNTOUCHED or (isinstance(node, ast.Constant | ast.FormattedValue) and field != "value"):
            continue
        below = _below(node, field, place)
        if isinstance(node, ast.expr | ast.keyword) and not isinstance(node, ast.UnaryOp):
            below = replace(below, around=node)
        for at, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if (
                isinstance(child, ast.AST)
                and not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant))
                and not _is_docstring(node, field, at, child)
                and not _guards(node, child)
            ):
                yield from _places(child, (*path, (field, at)), below)


def _below(node: ast.AST, field: str, place: _Place) -> _Place:
    """Where what stands in a field of a node stands: a function's body is inside of it, its defaults are not."""
    if field != "body" or place.inside:
        return place
    if isinstance(node, ast.ClassDef):
        return replace(place, scope=f"{place.scope}{node.name}.")
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return replace(place, function=(f"{place.scope}{node.name}", first), inside=True)
    return place


def _own_lines(node: ast.stmt) -> tuple[int, int]:
    """First and last line of a statement, without the statements in it."""
    inner = [child for field in HEADERS for child in getattr(node, field, ()) or ()]
    last = node.end_lineno or node.lineno
    below = [child.lineno for child in inner if hasattr(child, "lineno")]
    return (node.lineno, max(node.lineno, min(below) - 1) if below else last)


def _says_nothing(node: ast.stmt) -> bool:
    """Statements that no test can tell apart from their faults: imports, names to export, checks of types."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _is_docstring(node: ast.AST, field: str, at: int | None, child: ast.AST) -> bool:
    holds = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    first = holds and field == "body" and at == 0
    return first and isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)


def variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What a node may be replaced by, each with a few words that say how."""
    for kind, make in _MAKERS:
        if isinstance(node, kind):
            yield from make(node)


def _compared(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    for at, sign in enumerate(node.ops):
        for other in COMPARED[type(sign)]:
            new = copy.deepcopy(node)
            new.ops[at] = other()
            yield f"{_short(node)}: {SIGNS[type(sign)]} -> {SIGNS[other]}", new


def _counted(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    if _is_text(node.left) or _is_text(node.right) or type(node.op) not in COUNTED:
        return
    other = COUNTED[type(node.op)]
    new = ast.BinOp(copy.deepcopy(node.left), other(), copy.deepcopy(node.right))
    yield f"{_short(node)}: {SIGNS[type(node.op)]} -> {SIGNS[other]}", new


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _counted_up(node: ast.AugAssign) -> Iterator[tuple[str, ast.AST]]:
    if type(node.op) in COUNTED:
        other = COUNTED[type(node.op)]
        new = copy.deepcopy(node)
        new.op = other()
        yield f"{_short(node)}: {SIGNS[type(node.op)]}= -> {SIGNS[other]}=", new
    yield f"{_short(node)}: {SIGNS.get(type(node.op), '?')}= -> =", ast.Assign([node.target], node.value)
    yield f"{_short(node)}: deleted", ast.Pass()


def _joined(node: ast.BoolOp) -> Iterator[tuple[str, ast.AST]]:
    new = copy.deepcopy(node)
    was, now, new.op = ("and", "or", ast.Or()) if isinstance(node.op, ast.And) else ("or", "and", ast.And())
    yield f"{_short(node)}: {was} -> {now}", new
    for at, operand in enumerate(node.values):
        rest = [one for place, one in enumerate(node.values) if place != at]
        kept = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield f"{_short(node)}: without {_short(operand)}", copy.deepcopy(kept)


def _constant(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    """Numbers and words; sentences are compared with docs/messages.md as they stand in the source."""
    value = node.value
    if isinstance(value, bool):
        yield f"{value} -> {not value}", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield f"{value} -> {value + 1}", ast.Constant(value + 1)
        yield f"{value} -> {value - 1}", ast.Constant(value - 1)
    elif isinstance(value, str) and value and " " not in value:
        yield f"{_short(node)} -> another text", ast.Constant(f"XX{value}XX")
    elif isinstance(value, bytes):
        yield f"{_short(node)} -> other bytes", ast.Constant(b"XX" + value)


def _unary(node: ast.UnaryOp) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node.operand, ast.Constant):
        yield f"{_short(node)} -> {_short(node.operand)}", copy.deepcopy(node.operand)


def _returned(node: ast.Return) -> Iterator[tuple[str, ast.AST]]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield f"{_short(node)} -> return None", ast.Return(ast.Constant(None))


def _stated(node: ast.Expr) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.value, ast.Yield | ast.YieldFrom):
        yield (
            f"{_short(node)}: yields nothing",
            ast.Expr(
                ast.YieldFrom(ast.Tuple([], ast.Load()))  # the function is a generator still
            ),
        )
    else:
        yield f"{_short(node)}: deleted", ast.Pass()


def _stored(node: ast.Assign) -> Iterator[tuple[str, ast.AST]]:
    if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        yield f"{_short(node)}: deleted", ast.Pass()


def _raised(node: ast.Raise) -> Iterator[tuple[str, ast.AST]]:
    yield f"{_short(node)}: deleted", ast.Pass()


def _left(node: ast.Break) -> Iterator[tuple[str, ast.AST]]:  # noqa: ARG001 - every break is like another
    yield "break -> continue", ast.Continue()


def _skipped(node: ast.Continue) -> Iterator[tuple[str, ast.AST]]:  # noqa: ARG001
    yield "continue -> break", ast.Break()
    yield "continue: deleted", ast.Pass()


def _asked(node: ast.If | ast.While | ast.IfExp) -> Iterator[tuple[str, ast.AST]]:
    """Ask the contrary, where no other operator does."""
    if not isinstance(node.test, ast.Compare | ast.UnaryOp | ast.Constant):
        new = copy.deepcopy(node)
        new.test = ast.UnaryOp(ast.Not(), new.test)
        yield f"if {_short(node.test)} -> if not", new


def _filtered(node: ast.comprehension) -> Iterator[tuple[str, ast.AST]]:
    for at, test in enumerate(node.ifs):
        new = copy.deepcopy(node)
        del new.ifs[at]
        yield f"for ... if {_short(test)}: without", new


def _called(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    for at, keyword in enumerate(node.keywords):
        if keyword.arg is not None and not _guards(node, keyword):
            new = copy.deepcopy(node)
            del new.keywords[at]
            yield f"{_short(node.func)}(): without {keyword.arg}={_short(keyword.value)}", new
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in NAMED:
        new = copy.deepcopy(node)
        if isinstance(new.func, ast.Attribute):
            new.func.attr = NAMED[name]
        elif isinstance(new.func, ast.Name):
            new.func.id = NAMED[name]
        yield f"{_short(node)}: {name} -> {NAMED[name]}", new


def _guards(node: ast.AST, child: ast.AST) -> bool:
    """Whether this is a keyword that only makes sure of what is so anyway: `zip(..., strict=True)`."""
    if not (isinstance(node, ast.Call) and isinstance(child, ast.keyword) and child.arg == "strict"):
        return False
    return isinstance(node.func, ast.Name) and node.func.id == "zip"


def _sliced(node: ast.Slice) -> Iterator[tuple[str, ast.AST]]:
    for bound in ("lower", "upper", "step"):
        if getattr(node, bound) is not None:
            new = copy.deepcopy(node)
            setattr(new, bound, None)
            yield f"[{_short(node)}]: without its {bound}", new


_MAKERS: tuple[tuple[Any, Callable[[Any], Iterator[tuple[str, ast.AST]]]], ...] = (
    (ast.Compare, _compared),
    (ast.BinOp, _counted),
    (ast.AugAssign, _counted_up),
    (ast.BoolOp, _joined),
    (ast.Constant, _constant),
    (ast.UnaryOp, _unary),
    (ast.Return, _returned),
    (ast.Expr, _stated),
    (ast.Assign, _stored),
    (ast.Raise, _raised),
    (ast.Break, _left),
    (ast.Continue, _skipped),
    ((ast.If, ast.While, ast.IfExp), _asked),
    (ast.comprehension, _filtered),
    (ast.Call, _called),
    (ast.Slice, _sliced),
)


def _short(node: ast.AST) -> str:
    """A node as it reads, on one line, cut where it is long."""
    return _unparsed(node)


@cache
def _unparsed(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:40]}...{text[-17:]}"

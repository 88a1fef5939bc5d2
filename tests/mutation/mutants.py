"""One slip at a time in a module's syntax tree: what a tired hand does to a condition.

A flipped or loosened comparison, a dropped part of a condition, an ``and`` for an ``or``, a lost
``not``, the first day for the last, a true for a false.
"""

from __future__ import annotations

import ast
import copy
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_SWAPPED = {"first": "last", "last": "first", "min": "max", "max": "min", "all": "any"} | {
    "any": "all",
    "provider": "recipient",
    "recipient": "provider",
}


class Mutant(NamedTuple):
    """A module with one slip: where, what, and its whole text."""

    line: int
    slip: str
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, one slip each; what only types need is left alone."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    spared = {id(part) for node in nodes if _for_types_only(node) for part in ast.walk(node)}
    for number, node in enumerate(nodes):
        if id(node) in spared:
            continue
        for slip, change in _slips(node):
            other = copy.deepcopy(tree)
            twin = next(each for n, each in enumerate(ast.walk(other)) if n == number)
            change(twin)
            yield Mutant(getattr(node, "lineno", 0), slip, ast.unparse(other))


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _slips(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in _COMPARISONS[type(operator)]:
                name = f"{type(operator).__name__} to {other.__name__}"
                yield name, partial(_set_operator, place=place, operator=other())
    elif isinstance(node, ast.BoolOp):
        yield "and for or", _other_word
        for place in range(len(node.values)):
            yield f"part {place + 1} dropped", partial(_drop, place=place)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not lost", _lose_not
    elif isinstance(node, (ast.Attribute, ast.Name)):
        key = "attr" if isinstance(node, ast.Attribute) else "id"
        if getattr(node, key) in _SWAPPED and isinstance(node.ctx, ast.Load):
            other_name = _SWAPPED[getattr(node, key)]
            yield (
                f"{getattr(node, key)} for {other_name}",
                partial(_set, key=key, value=other_name),
            )
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "true for false", partial(_set, key="value", value=not node.value)


def _set(twin: ast.AST, key: str, value: object) -> None:
    setattr(twin, key, value)


def _lose_not(twin: ast.AST) -> None:
    """Make ``not x`` the truth of x, which is ``not not x``."""
    twin.operand = ast.UnaryOp(ast.Not(), twin.operand)  # type: ignore[attr-defined]


def _set_operator(twin: ast.AST, place: int, operator: ast.cmpop) -> None:
    twin.ops[place] = operator  # type: ignore[attr-defined]


def _other_word(twin: ast.AST) -> None:
    twin.op = ast.Or() if isinstance(twin.op, ast.And) else ast.And()  # type: ignore[attr-defined]


def _drop(twin: ast.AST, place: int) -> None:
    del twin.values[place]  # type: ignore[attr-defined]

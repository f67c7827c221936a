"""Sums that a graph writes out, such as `seconds * fps + 1`."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

MAX_LENGTH = 500
MAX_NODES = 100
_MAX_RESULT = 10.0**18

_BINARY: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "abs": abs, "ceil": math.ceil, "float": float, "floor": math.floor, "int": int, "max": max, "min": min,
    "round": round,
}  # fmt: skip


def evaluated(expression: str, names: Mapping[str, float]) -> float | None:
    """What an expression of numbers, names, `+ - * / // %` and rounding comes to; None where it is anything else.

    >>> evaluated("a * b + 1", {"a": 5, "b": 16}), evaluated("open('x')", {}), evaluated("1 / 0", {})
    (81, None, None)
    """
    if len(expression) > MAX_LENGTH:
        return None
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
            return None
        result = _value(tree.body, names)
    except (SyntaxError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError):
        return None
    return result if math.isfinite(result) and abs(result) < _MAX_RESULT else None


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and abs(value) < _MAX_RESULT:
            return value
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.BinOp(op=sign, left=left, right=right) if type(sign) in _BINARY:
            result = _BINARY[type(sign)](_value(left, names), _value(right, names))
            if abs(result) >= _MAX_RESULT:
                raise ValueError("a number too large to be meant")
            return result
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(arg, names) for arg in args))
    raise ValueError("no arithmetic")

"""Small steps in Python: a statement taken away, a constant, a comparison, an await, an argument, an except."""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from mutants.step import Step

FLIPS: dict[type, tuple[type, ...]] = {
    **{ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt)},
    **{ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,)},
    **{ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.And: (ast.Or,), ast.Or: (ast.And,)},
    **{ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.FloorDiv,), ast.Div: (ast.Mult,)},
    **{ast.FloorDiv: (ast.Mult,), ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,)},
}
SIGNS = {
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is"},
    **{ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or", ast.Add: "+"},
    **{ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"},
}
TWINS = {"min": "max", "max": "min", "all": "any", "any": "all", "ceil": "floor", "floor": "ceil"}
SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Raise, ast.Continue, ast.Break, ast.Assert, ast.Delete)
TOLD = ("log", "logger", "logging", "print", "warnings")  # whose words nobody judges


class _Header(ast.AST):
    """A with statement up to its colon."""

    def __init__(self, node: ast.With | ast.AsyncWith) -> None:
        last = node.items[-1].context_expr
        self.lineno, self.col_offset = node.lineno, node.col_offset
        self.end_lineno, self.end_col_offset = last.end_lineno, last.end_col_offset


Rule = Callable[[Any], Iterator[tuple[ast.AST, str, str]]]  # what is replaced, by what, and the words for it


def steps(source: str) -> Iterator[Step]:
    """Yield all small steps in a text that is Python."""
    tree = ast.parse(source)
    begins = _begins(source)
    unread = {id(part) for node in ast.walk(tree) for part in _unread(node)}
    for node in ast.walk(tree):
        for kind, rule in RULES:
            if isinstance(node, kind) and id(node) not in unread:
                for old, new, change in rule(node):
                    start, end = begins(old.lineno, old.col_offset), begins(old.end_lineno, old.end_col_offset)
                    yield Step(start, end, new, change)


def meaning(text: str) -> Hashable:
    """Return what a text is compiled to, without places; None where it is not Python."""
    try:
        return _meaning(compile(text, "", "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return None


def _meaning(code: types.CodeType) -> Hashable:
    constants = tuple(_meaning(c) if isinstance(c, types.CodeType) else repr(c) for c in code.co_consts)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_argcount)
    return (code.co_name, code.co_code, code.co_exceptiontable, code.co_flags, constants, names)


def _begins(source: str) -> Callable[[Any, Any], int]:
    """Return a function from a line and a column, which ast counts in bytes, to a place in the text."""
    lines = source.splitlines(keepends=True)
    sums = [0]
    for line in lines:
        sums.append(sums[-1] + len(line))
    return lambda line, column: sums[line - 1] + len(lines[line - 1].encode()[:column].decode())


def _unread(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what nobody runs or judges: docstrings, annotations, parts of f-strings, words of errors and of logs."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield from (node, node.value)
    if isinstance(node, ast.JoinedStr):  # Python 3.11 does not know where their parts are
        yield from (part for part in ast.walk(node) if part is not node)
    for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
        yield from ast.walk(annotation) if annotation else ()
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _name(node.func) in TOLD):
        yield from (part for part in ast.walk(node) if isinstance(part, ast.Constant) and type(part.value) is str)


def _name(node: ast.expr) -> str:
    """Return the first name of a dotted one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _other(node: ast.AST, change: Callable[[Any], object]) -> str:
    """Write an expression after a change of a copy of it."""
    twin = copy.deepcopy(node)
    change(twin)
    return f"({ast.unparse(twin)})"


def _statement(node: ast.stmt) -> Iterator[tuple[ast.AST, str, str]]:
    yield node, "pass", "statement away"
    match node:
        case ast.Return(value=ast.expr()):
            yield node, "return None", "None returned"
        case ast.Break():
            yield node, "continue", "break becomes continue"
        case ast.Continue():
            yield node, "break", "continue becomes break"
        case ast.AugAssign():
            for flip in FLIPS.get(type(node.op), ()):
                new = f"{ast.unparse(node.target)} {SIGNS[flip]}= {ast.unparse(node.value)}"
                yield node, new, f"{SIGNS[type(node.op)]}= becomes {SIGNS[flip]}="


def _constant(node: ast.Constant) -> Iterator[tuple[ast.AST, str, str]]:
    value, others = node.value, list[Any]()
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, *([value - 1] if value else [])]
    elif isinstance(value, float):
        others = [2 * value, 0.0]
    elif isinstance(value, str):
        others = [f"{value}x"]
    yield from ((node, repr(other), f"{value!r} becomes {other!r}") for other in others)


def _comparison(node: ast.Compare) -> Iterator[tuple[ast.AST, str, str]]:
    for place, sign in enumerate(node.ops):
        for flip in FLIPS.get(type(sign), ()):
            new = _other(node, lambda twin, place=place, flip=flip: twin.ops.__setitem__(place, flip()))
            yield node, new, f"{SIGNS[type(sign)]} becomes {SIGNS[flip]}"


def _operation(node: ast.BinOp | ast.BoolOp) -> Iterator[tuple[ast.AST, str, str]]:
    for flip in FLIPS.get(type(node.op), ()):
        new = _other(node, lambda twin, flip=flip: setattr(twin, "op", flip()))
        yield node, new, f"{SIGNS[type(node.op)]} becomes {SIGNS[flip]}"
    for place, value in enumerate(node.values if isinstance(node, ast.BoolOp) else ()):
        yield node, _other(node, lambda twin, place=place: twin.values.pop(place)), f"{ast.unparse(value)} away"


def _call(node: ast.Call) -> Iterator[tuple[ast.AST, str, str]]:
    for place, keyword in enumerate(node.keywords):
        if keyword.arg:
            yield node, _other(node, lambda twin, place=place: twin.keywords.pop(place)), f"argument {keyword.arg} away"
    if len(node.args) > 1 and not any(isinstance(one, ast.Starred) for one in node.args):
        yield node, _other(node, lambda twin: twin.args.pop()), "last argument away"
        yield node, _other(node, lambda twin: twin.args.insert(0, twin.args.pop(1))), "two arguments swapped"
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in TWINS:
        field = "id" if isinstance(node.func, ast.Name) else "attr"
        yield node, _other(node, lambda twin: setattr(twin.func, field, TWINS[name])), f"{name} becomes {TWINS[name]}"


def _condition(node: Any) -> Iterator[tuple[ast.AST, str, str]]:
    is_filter = isinstance(node, ast.comprehension)
    for test in node.ifs if is_filter else [node.test]:
        if is_filter:
            yield test, "True", "condition away"
        if not isinstance(test, ast.Compare | ast.Constant) and not _is_not(test):
            yield test, f"({ast.unparse(ast.UnaryOp(ast.Not(), test))})", "condition turned round"


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _without_not(node: ast.UnaryOp) -> Iterator[tuple[ast.AST, str, str]]:
    if _is_not(node):
        yield node, f"({ast.unparse(node.operand)})", "not away"


def _awaited(node: ast.Await) -> Iterator[tuple[ast.AST, str, str]]:
    yield node, f"({ast.unparse(node.value)})", "await away"


def _handler(node: ast.ExceptHandler) -> Iterator[tuple[ast.AST, str, str]]:
    if node.type:
        yield node.type, "()", f"except {ast.unparse(node.type)} catches nothing"
        yield node.type, "Exception", f"except {ast.unparse(node.type)} catches all"


def _entries(node: ast.Dict) -> Iterator[tuple[ast.AST, str, str]]:
    for place, key in enumerate(node.keys):
        what = ast.unparse(key) if key else f"**{ast.unparse(node.values[place])}"
        yield (
            node,
            _other(node, lambda twin, place=place: (twin.keys.pop(place), twin.values.pop(place))),
            f"{what} away",
        )


def _within(node: ast.With | ast.AsyncWith) -> Iterator[tuple[ast.AST, str, str]]:
    """Enter nothing, where the block does not use what is entered."""
    if len(node.items) == 1 and not node.items[0].optional_vars:
        yield _Header(node), "if True", "with away"


def _decorated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[ast.AST, str, str]]:
    for decorator in node.decorator_list:
        yield decorator, "(lambda function: function)", f"@{ast.unparse(decorator)} away"


RULES: tuple[tuple[Any, Rule], ...] = (
    (SIMPLE, _statement),
    (ast.Expr, _statement),
    (ast.Constant, _constant),
    (ast.Compare, _comparison),
    ((ast.BinOp, ast.BoolOp), _operation),
    (ast.Call, _call),
    ((ast.If, ast.IfExp, ast.While, ast.comprehension), _condition),
    (ast.UnaryOp, _without_not),
    (ast.Await, _awaited),
    (ast.ExceptHandler, _handler),
    (ast.Dict, _entries),
    ((ast.With, ast.AsyncWith), _within),
    ((ast.FunctionDef, ast.AsyncFunctionDef), _decorated),
)

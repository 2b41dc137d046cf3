"""What a file of Python code says, apart from comments, layout and docstrings."""

import ast
import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields of a statement that contain statements, or parts with statements."""

_Statement = ast.stmt | ast.excepthandler | ast.match_case


class Import(NamedTuple):
    """One imported name: of a module, which is relative if its level is above 0, or a whole module without a name."""

    level: int
    module: str
    name: str = ""


class SourceCode(NamedTuple):
    """The digest of a file's code, and all that it imports, also in functions, but not under `TYPE_CHECKING`."""

    digest: str
    imports: tuple[Import, ...]


def parse(content: bytes) -> SourceCode:
    """Parse a file of Python code."""
    parts: list[str] = []
    with _no_collection():
        tree = ast.parse(content)
        _write(tree, parts.append)
        return SourceCode(hashlib.sha256("\0".join(parts).encode()).hexdigest(), tuple(_imports(tree.body)))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the garbage collector. A syntax tree has no cycles, and its many nodes would start it again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _write(node: ast.AST, write: Callable[[str], None]) -> None:
    """Write what a node consists of, like `ast.dump`, but without docstrings and faster."""
    write(type(node).__name__)
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            _write(value, write)
        elif isinstance(value, list):
            write("[")
            for item in value:
                if not isinstance(item, ast.AST):
                    write(repr(item))
                elif not _is_docstring(item):
                    _write(item, write)
            write("]")
        else:
            write(repr(value))


def _is_docstring(node: ast.AST) -> bool:
    """Whether it is a string on its own, which has no effect: also that of an attribute."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _imports(statements: Sequence[_Statement]) -> Iterator[Import]:
    for statement in statements:
        match statement:
            case ast.Import():
                yield from (Import(0, alias.name) for alias in statement.names)
            case ast.ImportFrom():
                yield from (Import(statement.level, statement.module or "", alias.name) for alias in statement.names)
            case ast.If() if "TYPE_CHECKING" in ast.unparse(statement.test):
                yield from _imports(statement.orelse)
            case _:
                for block in _BLOCKS:
                    yield from _imports(getattr(statement, block, ()))

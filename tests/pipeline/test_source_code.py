"""What counts in a file of code, and what it imports."""

import ast

import pytest

from vaeflow.pipeline.source_code import Import, parse

CODE = '''
"""A module."""
from typing import TYPE_CHECKING
import numpy.linalg, json as j
from . import near
from ..above import one, two
if TYPE_CHECKING:
    import only_for_types
else:
    import otherwise

SIZE = 3
"""An attribute."""


class A:
    def f(self, x=1):
        """A method."""
        try:
            import tried
        except ImportError:
            from elsewhere import caught
        finally:
            import at_the_end
        match x:
            case 1:
                import matched
        for _ in range(x):
            with open(x) as y:
                import deep
        return [lambda: "text", 1, 1.0, b"1", None]
'''


def code(text):
    return parse(text.encode())


def test_every_import_statement_is_found_but_for_those_of_types():
    given = {alias.name for node in ast.walk(ast.parse(CODE)) if hasattr(node, "module") for alias in node.names}
    found = code(CODE).imports
    assert {each.name for each in found if each.name} == given
    assert {each.module for each in found if not each.name} == {
        "numpy.linalg", "json", "otherwise", "tried", "at_the_end", "matched", "deep"
    }  # fmt: skip
    assert {Import(1, "", "near"), Import(2, "above", "one"), Import(2, "above", "two")} < set(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A module", "Another"),
        ("An attribute", "It"),
        ("SIZE = 3", "SIZE  =  (\n    3  # of what\n)"),
        ("\n\n\n", "\n"),
    ],
)
def test_docstrings_comments_and_layout_do_not_count(old, new):
    assert code(CODE.replace(old, new)).digest == code(CODE).digest


CHANGES = {
    "1, 1.0": "1, 1",
    'b"1"': '"1"',
    '"text"': '"texts"',
    "x=1": "y=1",
    "except ImportError": "except E",
    "SIZE = 3\n": "",
}


@pytest.mark.parametrize(("old", "new"), CHANGES.items())
def test_everything_else_counts(old, new):
    assert code(CODE.replace(old, new)).digest != code(CODE).digest

"""Read the text of a recipe: a small, bounded part of YAML, of which every value is plain data.

Scalars follow the core schema of YAML 1.2: null, true, false, numbers, and everything else is text. A date is text, and
so is a number too long to mean anything; the field that gets it then refuses it by name.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import yaml

from vaeflow.models.errors import InputError
from vaeflow.pipeline.values import shortened

LONGEST_TEXT = 2**18
"""Maximum number of characters; the packaged recipes have fewer than 2,000."""
MOST_VALUES = 10_000
"""Maximum number of values, where the value of an alias counts at each use."""
DEEPEST = 20
"""Maximum number of lists and sections around a value."""

_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
TAG = "tag:yaml.org,2002:"
MERGE = TAG + "merge"
_BASES = {"0x": 16, "0o": 8}


class _Scalar(NamedTuple):
    """A kind of scalar: how it is written, with which characters it starts, and how it is read."""

    pattern: re.Pattern[str]
    first: str
    read: Callable[[str], Any]


SCALARS: Mapping[str, _Scalar] = {
    TAG + "null": _Scalar(re.compile(r"~|null|Null|NULL|"), "~nN", lambda text: None),
    TAG + "bool": _Scalar(re.compile(r"true|True|TRUE|false|False|FALSE"), "tTfF", lambda text: text.lower() == "true"),
    TAG + "int": _Scalar(
        re.compile(r"[-+]?\d{1,64}|0o[0-7]{1,64}|0x[\da-fA-F]{1,64}", re.ASCII),
        "-+0123456789",
        lambda text: int(text, _BASES.get(text[:2], 10)),
    ),
    TAG + "float": _Scalar(
        re.compile(
            r"[-+]?(\.\d{1,64}|\d{1,64}(\.\d{0,64})?)([eE][-+]?\d{1,64})?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
            re.ASCII,
        ),
        "-+0123456789.",
        lambda text: float(re.sub(r"\.(?=[inIN])", "", text)),
    ),
}


def parse(text: str, name: str) -> Any:
    """The content of a recipe as plain data. Raises `InputError`, with `name` and the line, if it is not a recipe."""
    if len(text) > LONGEST_TEXT:
        raise InputError(f"{name}: expected at most {LONGEST_TEXT} characters, got more.")
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return None
        _measure(root, {})
        return _plain(root)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{name}{line}: {shortened(_problem(error), 200)}.") from None
    except yaml.YAMLError as error:
        raise InputError(f"{name}: invalid YAML: {shortened(str(error).splitlines()[0], 200)}.") from None
    except (ValueError, OverflowError):  # PyYAML converts escapes such as "\UFFFFFFFF" without checking them
        line = f", line {loader.line + 1}" if loader else ""
        raise InputError(f"{name}{line}: an escape or a directive that YAML does not have.") from None


def check_text(value: Any, where: str = "") -> None:
    """Check that all text in plain data can be written as UTF-8 and shown.

    Raises `InputError`, with the dotted path, if it contains lone surrogates or control characters other than white
    space.
    """
    match value:
        case dict():
            for key, inner in value.items():
                check_text(key, where)
                check_text(inner, f"{where}.{key}".lstrip("."))
        case list():
            for index, inner in enumerate(value):
                check_text(inner, f"{where}.{index}")
        case str() if broken := _NO_TEXT.search(value):
            found = f"U+{ord(broken[0]):04X} in '{shortened(value)}'"
            raise InputError(f"{where or 'recipe'}: expected text without control characters, got {found}.")


_ADVICE = {
    "mapping values are not allowed here": "; text that contains ': ' needs quotes",
    "'\\t'": "; indent with spaces, not with tabs",
    "'<stream end>'": "; a bracket or a quote is not closed",
}
"""What to do about problems of YAML, by a part of their text."""


class _Loader(yaml.SafeLoader):
    """Composes nodes with the scalars above, and stops at the first node that is too deep or one too many."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012, the attribute is PyYAML's

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = self.nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.depth += 1
        self.nodes += 1
        if self.depth > DEEPEST or self.nodes > MOST_VALUES:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise _error(event, _TOO_DEEP if self.depth > DEEPEST else _TOO_MANY)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def fetch_flow_collection_start(self, token_class: type[yaml.Token]) -> None:
        if self.flow_level >= DEEPEST:  # at once, as the time to read brackets grows with the square of their number
            raise yaml.MarkedYAMLError(problem=_TOO_DEEP, problem_mark=self.get_mark())
        super().fetch_flow_collection_start(token_class)


for _tag, _scalar in SCALARS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_scalar.pattern.pattern})$", re.ASCII), [*_scalar.first, ""])
_Loader.add_implicit_resolver(MERGE, re.compile(r"<<$"), ["<"])

_TOO_DEEP = f"expected at most {DEEPEST} lists and sections inside each other, got more"
_TOO_MANY = f"expected at most {MOST_VALUES} values, got more"


class _Extent(NamedTuple):
    """Number of values in a node, itself included, and of the levels below it, with all aliases resolved."""

    values: int
    levels: int


def _measure(node: yaml.Node, known: dict[int, _Extent | None]) -> _Extent:
    """Check the size that a node has with its aliases resolved, without resolving them."""
    if id(node) in known:
        extent = known[id(node)]
        if extent is None:
            raise _error(node, "an alias inside the value that it stands for")
        return extent
    known[id(node)] = None
    inner = [_measure(child, known) for child in _children(node)]
    extent = _Extent(1 + sum(part.values for part in inner), 1 + max((part.levels for part in inner), default=0))
    if extent.levels > DEEPEST or extent.values > MOST_VALUES:
        raise _error(node, _TOO_DEEP if extent.levels > DEEPEST else _TOO_MANY)
    known[id(node)] = extent
    return extent


def _children(node: yaml.Node) -> list[yaml.Node]:
    match node:
        case yaml.SequenceNode():
            return list(node.value)
        case yaml.MappingNode():
            return [part for pair in node.value for part in pair]
        case _:
            return []


def _plain(node: yaml.Node) -> Any:
    match node:
        case yaml.MappingNode(tag=tag) if tag == TAG + "map":
            return _mapping(node)
        case yaml.SequenceNode(tag=tag) if tag == TAG + "seq":
            return [_plain(item) for item in node.value]
        case yaml.ScalarNode():
            return _read_scalar(node)
        case _:
            raise _error(node, _unknown_tag(node))


def _read_scalar(node: yaml.ScalarNode) -> Any:
    if node.tag in (TAG + "str", MERGE):
        return node.value
    if node.tag not in SCALARS:
        raise _error(node, _unknown_tag(node))
    if not SCALARS[node.tag].pattern.fullmatch(node.value):
        raise _error(node, f"expected !!{node.tag.removeprefix(TAG)}, got '{shortened(node.value)}'")
    return SCALARS[node.tag].read(node.value)


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    merged: dict[str, Any] | None = None
    own: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _error(key, "expected the name of a field before ':', got a list or a section")
        if key.value in own or (key.tag == MERGE and merged is not None):
            raise _error(key, f"'{shortened(key.value)}' is given twice")
        if key.tag == MERGE:
            merged = _merged(value)
        else:
            own[key.value] = _plain(value)
    return {**(merged or {}), **own}


def _merged(node: yaml.Node) -> dict[str, Any]:
    """The fields that `<<` takes from a section, or from several, of which the first that has a field counts."""
    merged: dict[str, Any] = {}
    for section in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        if not isinstance(section, yaml.MappingNode):
            raise _error(section, "expected a section, or a list of sections, after '<<:'")
        merged = {**_mapping(section), **merged}
    return merged


def _unknown_tag(node: yaml.Node) -> str:
    return f"'{shortened(node.tag.replace(TAG, '!!'))}' is not a type of value that a recipe has"


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = str(error.problem)
    if problem.startswith("but "):  # the sentence begins in its context
        problem = f"{error.context} {problem}"
    return problem + next((advice for text, advice in _ADVICE.items() if text in problem), "")


def _error(where: Any, problem: str) -> yaml.MarkedYAMLError:
    """An error at a node or an event of PyYAML."""
    return yaml.MarkedYAMLError(problem=problem, problem_mark=where.start_mark)

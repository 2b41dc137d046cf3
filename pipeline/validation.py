"""Convert pydantic's errors to messages with the dotted names that a recipe uses."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from vaeflow.pipeline.sections import fields_at
from vaeflow.pipeline.suggestions import Path, suggestion
from vaeflow.pipeline.values import shortened, shown

MOST_PROBLEMS = 10
LONGEST_SENTENCE = 500
_PHRASES = {
    "Input should be ": "",
    "a valid tuple": "a list",
    "greater than or equal to": "at least",
    "less than or equal to": "at most",
    "a valid dictionary": "a section with fields",
    "a valid integer, unable to parse string as an integer": "a valid integer",
    "a valid number, unable to parse string as a number": "a valid number",
    "Unable to parse input string as an integer, exceeded maximum size": "a number of fewer digits",
    "Input is not a valid path for <class 'pathlib.Path'>": "a path",
    "String should have": "text with",
    "Tuple should have": "a list with",
    "List should have": "a list with",
    " after validation": "",
    "Keys should be strings": "a section whose fields have names",
}


def problems(error: ValidationError, model: type[BaseModel], settings: Mapping[str, Any]) -> list[str]:
    """One line for each invalid field: its dotted name, what was expected and what was given.

    If there are many, the last line says how many more.
    """
    expected: dict[Path, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        expected.setdefault(_path(details, settings), []).append(details)
    expected = {path: group for path, group in expected.items() if not _is_other_branch(path, group, expected)}
    lines = [
        ": ".join(filter(None, [".".join(path), _sentence(path, group, model, settings)]))
        for path, group in list(expected.items())[:MOST_PROBLEMS]
    ]
    more = len(expected) - len(lines)
    return [*lines, f"{more} more fields are invalid."] if more else lines


def _is_other_branch(path: Path, group: Sequence[ErrorDetails], expected: Collection[Path]) -> bool:
    """Whether only the type of a value is wrong, for a branch of a union that is not meant: another goes into it."""
    only_type = all(details["type"].endswith("_type") for details in group)
    return only_type and any(other[: len(path)] == path for other in expected if len(other) > len(path))


def _path(details: ErrorDetails, settings: Any) -> Path:
    """The path as the user wrote it, without the branches of a union that pydantic tried.

    In a section that does not exist, it leads to the only field that is given there.
    """
    parts: list[str] = []
    here = settings
    for item in details["loc"]:
        if _holds(here, item):
            here = here[item]
        elif details["type"] != "missing" or item != details["loc"][-1]:
            continue
        parts.append(shortened(str(item)))
    if details["type"] in ("union_tag_invalid", "union_tag_not_found"):
        parts.append(details["ctx"]["discriminator"].strip("'"))
    while details["type"] == "extra_forbidden" and isinstance(here, Mapping) and len(here) == 1:
        ((field, here),) = here.items()
        parts.append(shortened(str(field)))
    return tuple(parts)


def _holds(settings: Any, item: int | str) -> bool:
    if isinstance(settings, list):
        return isinstance(item, int) and item < len(settings)
    return isinstance(settings, Mapping) and item in settings


def _sentence(path: Path, group: list[ErrorDetails], model: type[BaseModel], settings: Mapping[str, Any]) -> str:
    first = group[0]
    match first["type"]:
        case "extra_forbidden":
            known = fields_at(model, first["loc"][:-1])
            return f"no such field.{suggestion(path, known, model, settings) or _listing(known)}"
        case "missing" | "union_tag_not_found":
            return "is missing."
        case "union_tag_invalid":
            tags = first["ctx"]["expected_tags"].replace(", ", " or ")
            return f"should be {tags}, got '{shortened(first['ctx']['tag'])}'."
        case "model_type" | "model_attributes_type":
            return f"should be a section with fields, got {shown(first['input'])}."
        case "value_error":
            return shortened(str(first["ctx"]["error"]), LONGEST_SENTENCE)
    wishes = dict.fromkeys(map(_wish, group))
    return f"should be {', or '.join(wishes)}; got {shown(first['input'])}."


def _wish(details: ErrorDetails) -> str:
    wish = details["msg"]
    for theirs, ours in _PHRASES.items():
        wish = wish.replace(theirs, ours)
    return shortened(wish, LONGEST_SENTENCE)


def _listing(known: list[str]) -> str:
    return f" Known: {', '.join(known)}." if known else ""

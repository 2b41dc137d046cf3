"""Convert pydantic's errors to messages with the dotted names that a recipe uses."""

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from vaeflow.pipeline.names import did_you_mean

Location = Sequence[int | str]


def problems(error: ValidationError, model: type[BaseModel], settings: Mapping[str, Any]) -> list[str]:
    """One line for each invalid field: its dotted name, what was expected and what was given."""
    expected: dict[str, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        expected.setdefault(_dotted(details, settings), []).append(details)
    return [
        f"{name}: {_sentence(group, model)}" if name else _sentence(group, model) for name, group in expected.items()
    ]


def _dotted(details: ErrorDetails, settings: Any) -> str:
    """The path as the user wrote it, without the branches of a union that pydantic tried."""
    parts: list[str] = []
    here = settings
    for item in details["loc"]:
        if _holds(here, item):
            here = here[item]
        elif details["type"] != "missing" or item != details["loc"][-1]:
            continue
        parts.append(str(item))
    if details["type"] in ("union_tag_invalid", "union_tag_not_found"):
        parts.append(details["ctx"]["discriminator"].strip("'"))
    return ".".join(parts)


def _holds(settings: Any, item: int | str) -> bool:
    if isinstance(settings, list):
        return isinstance(item, int) and item < len(settings)
    return isinstance(settings, Mapping) and item in settings


def _sentence(group: list[ErrorDetails], model: type[BaseModel]) -> str:
    first = group[0]
    match first["type"]:
        case "extra_forbidden":
            known = _fields_at(model, first["loc"][:-1])
            return f"no such field.{did_you_mean(str(first['loc'][-1]), known) or _listing(known)}"
        case "missing" | "union_tag_not_found":
            return "is missing."
        case "union_tag_invalid":
            return f"should be {first['ctx']['expected_tags'].replace(', ', ' or ')}, got '{first['ctx']['tag']}'."
        case "model_type" | "model_attributes_type":
            return f"should be a section with fields, got {first['input']!r}."
        case "value_error":
            return f"{first['ctx']['error']}"
    wishes = dict.fromkeys(
        details["msg"].removeprefix("Input should be ").replace("a valid tuple", "a list") for details in group
    )
    return f"should be {', or '.join(wishes)}; got {first['input']!r}."


def _listing(known: list[str]) -> str:
    return f" Known: {', '.join(known)}." if known else ""


def _fields_at(model: Any, location: Location) -> list[str]:
    """The fields of the configuration at `location`, a path of field names and of the tags of unions."""
    here = model
    for item in location:
        here = next((kind for kind in _models(here) if _is_tagged(kind, item)), None) or _field_type(here, item)
    return [name for kind in _models(here) for name in kind.model_fields]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, UnionType):
        for inner in get_args(annotation):
            yield from _models(inner)


def _is_tagged(kind: type[BaseModel], tag: int | str) -> bool:
    return "name" in kind.model_fields and kind.model_fields["name"].default == tag


def _field_type(annotation: Any, item: int | str) -> Any:
    for kind in _models(annotation):
        if item in kind.model_fields:
            return kind.model_fields[str(item)].annotation
    arguments = get_args(annotation)
    return arguments[-1] if arguments else None

"""Navigate the types of a configuration: its sections, their alternatives by `name`, and their fields."""

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def alternatives(annotation: Any) -> Iterator[type[BaseModel]]:
    """The configurations that a section of this type may be: one, several to choose from by name, or none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, UnionType):
        for inner in get_args(annotation):
            yield from alternatives(inner)


def alternative(annotation: Any, name: Any) -> type[BaseModel] | None:
    """The configuration that is chosen by `name`, or None."""
    return next((kind for kind in alternatives(annotation) if _name(kind) == name), None) if name else None


def chosen(annotation: Any, settings: Mapping[str, Any]) -> Iterator[type[BaseModel]]:
    """The alternative that the settings choose by name, or else all of them."""
    kind = alternative(annotation, settings.get("name"))
    return iter([kind]) if kind else alternatives(annotation)


def field_type(annotation: Any, settings: Mapping[str, Any], field: str) -> Any:
    """The type of a field of a section with these settings, or of the values of a mapping; None if unknown."""
    for kind in chosen(annotation, settings):
        if field in kind.model_fields:
            return kind.model_fields[field].annotation
    return value_type(annotation)


def in_full(annotation: Any, value: Any) -> Any:
    """The section that text stands for, if a section of this type may be text; else the value."""
    main = next((field for kind in alternatives(annotation) if (field := getattr(kind, "main_field", ""))), "")
    return {main: value} if main and isinstance(value, str) else value


def fields_at(annotation: Any, location: tuple[int | str, ...]) -> list[str]:
    """The fields of the configuration at `location`, a path of fields and of names of alternatives."""
    for item in location:
        kind = alternative(annotation, item)
        annotation = kind or field_type(annotation, {}, str(item))
    return [name for kind in alternatives(annotation) for name in kind.model_fields]


def value_type(annotation: Any) -> Any:
    """The type of the values of a mapping or of a list, also if it may be None instead."""
    arguments = [argument for argument in get_args(annotation) if argument not in (type(None), Ellipsis)]
    return arguments[-1] if arguments else None


def _name(kind: type[BaseModel]) -> Any:
    arguments = get_args(kind.model_fields["name"].annotation) if "name" in kind.model_fields else ()
    return arguments[0] if len(arguments) == 1 else None

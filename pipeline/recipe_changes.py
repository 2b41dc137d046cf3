"""Lay settings over those of a recipe: the changes of `--set`, and a recipe over its base."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.former_names import FORMER
from vaeflow.pipeline.recipe_text import DEEPEST, parse
from vaeflow.pipeline.sections import alternative, alternatives, chosen, field_type, in_full
from vaeflow.pipeline.values import shortened, shown

log = logging.getLogger(__name__)

Settings = dict[str, Any]


def lay(over: Any, under: Any, annotation: Any = PipelineConfig, where: str = "", later: Collection[str] = ()) -> Any:
    """The value `over` on top of `under`, of the type `annotation`; sections field by field, everything else whole.

    If `over` chooses another alternative of a section by `name`, that keeps the fields of `under` which it has too.
    A warning names the others, at the dotted path `where`, unless they are set by `over` or by `later` dotted names.
    """
    if not isinstance(over, Mapping) or not any(alternatives(annotation)):
        return over
    under = in_full(annotation, under)
    laid = _switched(dict(under), over, annotation, where, later) if isinstance(under, Mapping) else {}
    kind = {**laid, **over}
    for field, value in over.items():
        path = f"{where}.{field}".lstrip(".")
        laid[field] = lay(value, laid.get(field), field_type(annotation, kind, field), path, later)
    return laid


def _switched(
    under: Settings, over: Mapping[str, Any], annotation: Any, where: str, later: Collection[str]
) -> Settings:
    """The fields of `under` that the alternative which `over` chooses has too; all if it chooses no other one."""
    new = alternative(annotation, over.get("name"))
    if new is None or over["name"] == under.get("name"):
        return under
    kept = {field: value for field, value in under.items() if field != "name" and _stays(field, value, new, annotation)}
    lost = [field for field in under if field not in {*kept, *over} and not _set(f"{where}.{field}", later)]
    if lost:
        values = ", ".join(f"{field} = {shown(under[field])}" for field in lost)
        log.warning("%s: %s has no place for %s: left out", where, over["name"], values)
    return kept


def _set(path: str, names: Collection[str]) -> bool:
    """Whether one of the dotted names sets the field or section at this path, or a field in it."""
    return any(f"{name}.".startswith(f"{path}.") for name in names)


def _stays(field: str, value: Any, new: type[BaseModel], annotation: Any) -> bool:
    """Whether a field fits the new alternative, or fits none, so that validation has to report it."""
    return _fits(field, value, new) or not any(_fits(field, value, kind) for kind in alternatives(annotation))


def _fits(field: str, value: Any, kind: type[BaseModel]) -> bool:
    try:
        kind.model_validate({"name": kind.model_fields["name"].default, field: value})
    except ValidationError as error:
        return all(details["loc"][:1] != (field,) for details in error.errors())
    return True


def _default(annotation: Any, settings: Mapping[str, Any], section: str) -> Settings:
    """What a section that the settings omit has by default, where that is not the default of its own fields."""
    for kind in chosen(annotation, settings):
        default = kind.model_fields[section].default if section in kind.model_fields else None
        if isinstance(default, BaseModel):
            return default.model_dump(mode="json", exclude_defaults=True)
    return {}


def apply(changes: Sequence[str], settings: Settings) -> None:
    """Apply each `section.field=value` in place. A section that the recipe omits starts from its defaults."""
    parsed = [_parsed(change) for change in changes]
    for index, change in enumerate(changes):
        later = {name for other in parsed[index + 1 :] for name in _names(*other)}
        _apply(change, *parsed[index], settings, later)


def _parsed(change: str) -> tuple[str, Any]:
    """The dotted name, the present one, of the field that a change sets, and its value."""
    name, equals, text = change.partition("=")
    dotted = FORMER.get(name.strip(), name.strip())
    if not equals or not all(dotted.split(".")):
        raise InputError(f"--set {shortened(change)}: expected section.field=value.")
    if dotted.count(".") >= DEEPEST:
        raise InputError(f"--set {shortened(change)}: no such field; it has {dotted.count('.')} sections.")
    return dotted, value_of(change, text)


def _names(name: str, value: Any) -> Iterator[str]:
    """The dotted names of all that a change sets: of the fields of a section."""
    if isinstance(value, Mapping) and value:
        for field, inner in value.items():
            yield from _names(f"{name}.{field}", inner)
    else:
        yield name


def _apply(change: str, name: str, value: Any, settings: Settings, later: Collection[str]) -> None:
    *sections, field = name.split(".")
    here, annotation = settings, PipelineConfig
    for depth, section in enumerate(sections):
        if here.get(section) is None:
            here[section] = _default(annotation, here, section)
        annotation = field_type(annotation, here, section)
        here[section] = in_full(annotation, here[section])
        here = here[section]
        if not isinstance(here, dict):
            where = shortened(".".join(sections[: depth + 1]))
            raise InputError(f"--set {shortened(change)}: '{where}' is a value, not a section.")
    laid = lay({field: value}, here, annotation, ".".join(sections), later)
    here.clear()  # fields may have been left out
    here |= laid


def value_of(change: str, text: str) -> Any:
    """Parse a value as YAML. Text that is not YAML, such as `>= -120`, is itself the value."""
    try:
        return parse(text, f"--set {shortened(change)}")
    except InputError:
        if text.lstrip().startswith(("{", "[")):
            raise
        return text

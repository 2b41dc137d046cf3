"""Studies without a file: a recipe, and values of its fields from the command line."""

from collections.abc import Sequence
from typing import Any

from vaeflow.models.errors import InputError
from vaeflow.pipeline.recipe_text import parse
from vaeflow.pipeline.recipes import load
from vaeflow.pipeline.shelf import file_name
from vaeflow.pipeline.studies.fields import short_names
from vaeflow.pipeline.studies.study import LONGEST_NAME, Study, validated
from vaeflow.pipeline.values import shortened, shown


def swept(recipe: str, changes: Sequence[str]) -> Study:
    """The study of a recipe with all combinations of the values in `section.field=value,value`.

    A field with one value is set in all runs. The study is named after the recipe and the fields that vary.
    Raises `InputError` if a change is malformed, if a field is given twice, or if none has several values.
    """
    fields = dict(_field_and_values(change) for change in changes)
    if len(fields) < len(changes):
        raise InputError("--set: expected each field once; separate its values by commas.")
    vary = {field: values for field, values in fields.items() if len(values) > 1}
    if not vary:
        raise InputError("--set: expected a field with several values, such as train.model.latent_dim=2,8,16.")
    same = {field: values[0] for field, values in fields.items() if field not in vary}
    given = {field: "" if field in vary else f"={shown(value)}" for field, (value, *_) in fields.items()}
    short = short_names(fields)
    name = "-".join([load(recipe).name, *(f"{short[field]}{value}" for field, value in given.items())])
    if len(name.encode()) > LONGEST_NAME:
        raise InputError("--set: expected fewer or shorter fields that are the same in all runs; write a study.")
    return Study(file_name(name), validated({"recipe": recipe, "set": same, "vary": vary}))


def _field_and_values(change: str) -> tuple[str, list[Any]]:
    """The field, and its values: those of a list, those between commas, or a single one."""
    field, equals, text = change.partition("=")
    if not equals or not field.strip():
        raise InputError(f"--set {shortened(change)}: expected section.field=value,value.")
    name = f"--set {shortened(change)}"
    whole = parse(text, name) if text.lstrip().startswith(("[", "{")) else None
    if isinstance(whole, list):
        return field.strip(), whole
    if whole is not None:
        return field.strip(), [whole]
    values = text.split(",")
    if not all(value.strip() for value in values):
        raise InputError(f"{name}: expected a value before and after each comma.")
    return field.strip(), [parse(value, name) for value in values]

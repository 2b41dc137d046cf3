"""The base of all configurations, and what models need to know of the data. Importable without TensorFlow."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from vaeflow.models.quantities import Seed


def _describe_name(schema: dict[str, Any]) -> None:
    """In the JSON schema, the meaning of the `name` that chooses a configuration is the meaning of the latter."""
    name = schema.get("properties", {}).get("name", {})
    if "const" in name:
        name.setdefault("description", schema["description"])


def _is_numeric(annotation: object) -> bool:
    return annotation in (int, float) or any(map(_is_numeric, get_args(annotation)))


def _named_truth(value: object) -> object:
    if isinstance(value, list | tuple | set | frozenset | Iterator):
        return [_named_truth(part) for part in value]
    return str(value).lower() if _is_truth(value) else value


def _is_truth(value: object) -> bool:
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"  # also NumPy's


class Config(BaseModel):
    """Base class of all configurations: frozen, and unknown fields are rejected."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False, json_schema_extra=_describe_name
    )

    main_field: ClassVar[str] = ""
    """The field that a section which is only text has as its value, if it may be text."""

    @model_validator(mode="before")
    @classmethod
    def _text_is_the_main_field(cls, fields: object) -> object:
        return {cls.main_field: fields} if cls.main_field and isinstance(fields, str) else fields

    @model_validator(mode="before")
    @classmethod
    def _truth_values_are_no_numbers(cls, fields: object) -> object:
        """Python and pydantic count with them: `epochs: true` would be one epoch. Their names are refused as text."""
        if not isinstance(fields, Mapping):
            return fields
        numeric = {name for name, field in cls.model_fields.items() if _is_numeric(field.annotation)}
        return {name: _named_truth(value) if name in numeric else value for name, value in fields.items()}


def named(default: str) -> BeforeValidator:
    """Validator for a choice by `name`: a part that omits its name gets the default one."""
    return BeforeValidator(lambda part: {"name": default, **part} if isinstance(part, Mapping) else part)


class Observation(Config):
    """How stored uint8 pixels become model inputs: one transform for training, evaluation and serving.

    none: pixels are divided by 255. static: each pixel becomes 0 or 1, drawn once with its grey value as the
    probability; the draw is a function of the seed and the image, so that an image has the same binary image
    everywhere. dynamic: drawn anew at every use in training, and like static everywhere else.
    """

    binarise: Literal["none", "static", "dynamic"] = "none"
    seed: Seed = 0


class DataSpec(Config):
    """What a model needs to know about the images before it sees any."""

    image_shape: tuple[int, int, int]
    observation: Observation = Observation()
    num_classes: int = 0
    """Number of classes; 0 if the images carry no labels."""
    label_names: tuple[str, ...] = ()
    """Names of the classes, in the order of their numbers; empty if they have none."""

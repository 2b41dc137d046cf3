"""The metrics of a run, from a `metrics.json` that may be damaged."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from vaeflow.components.evaluation.results import Protocol
from vaeflow.components.file_kinds import read_file
from vaeflow.models.errors import InputError
from vaeflow.pipeline.values import shortened

Number = float | None
"""A number, or None for one that is not finite."""


class Spread(BaseModel):
    """A metric with its standard deviation."""

    mean: Number
    std: Number


class Agreement(Spread):
    """A metric with its standard deviation, and its level by chance."""

    chance: Spread


class Content(BaseModel):
    """What is read of the file."""

    metrics: dict[str, Number | Agreement | Spread]


class Evaluated(Content):
    """The metrics with their protocol."""

    protocol: Protocol


def read_evaluated(file: Path) -> Evaluated:
    """The metrics in the file with their protocol. Raises `InputError` if they cannot be read."""
    try:
        return Evaluated.model_validate_json(read_file(file), strict=True)
    except ValidationError as error:
        reason = _expected(error)
    except OSError as error:
        reason = str(error.strerror)
    raise InputError(f"{file}: cannot be read: {reason}.")


def read_metrics(file: Path) -> tuple[dict[str, Any], str]:
    """The metrics in the file, and why they cannot be read: a damaged file does not hide the rest of its run."""
    try:
        return Content.model_validate_json(read_file(file), strict=True).model_dump()["metrics"], ""
    except ValidationError as error:
        reason = _expected(error)
    except OSError as error:
        reason = str(error.strerror)
    return {}, f"{file}: cannot be read: {reason}."


def _expected(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    match first["type"], first["loc"]:
        case "json_invalid", _:
            return "expected JSON"
        case _, ("metrics", str(name), *_):
            return f"expected a number as {shortened(name)}"
        case _, ("protocol", *path):
            return f"expected a protocol with {shortened('.'.join(map(str, path)))}" if path else "expected a protocol"
        case _:
            return "expected metrics"

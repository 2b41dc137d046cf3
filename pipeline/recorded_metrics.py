"""The metrics and findings of a run, from a `metrics.json` that may be damaged."""

from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from vaeflow.components.evaluation.finding import Finding
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


class Interval(Spread):
    """A metric with its standard deviation, and its 95 % interval."""

    low: Number
    high: Number


class Content(BaseModel):
    """What is read of the file. Older versions recorded no findings."""

    metrics: dict[str, Number | Agreement | Interval | Spread]
    findings: list[Finding] = []


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


class Recorded(NamedTuple):
    """The metrics and the findings of a run, and why they cannot be read."""

    metrics: dict[str, Any]
    findings: list[dict[str, str]]
    problem: str


def read_metrics(file: Path) -> Recorded:
    """What the file records: a damaged file does not hide the rest of its run."""
    try:
        content = Content.model_validate_json(read_file(file), strict=True).model_dump()
        return Recorded(content["metrics"], content["findings"], "")
    except ValidationError as error:
        reason = _expected(error)
    except OSError as error:
        reason = str(error.strerror)
    return Recorded({}, [], f"{file}: cannot be read: {reason}.")


def _expected(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    match first["type"], first["loc"]:
        case "json_invalid", _:
            return "expected JSON"
        case _, ("metrics", str(name), *_):
            return f"expected a number as {shortened(name)}"
        case _, ("protocol", *path):
            return f"expected a protocol with {shortened('.'.join(map(str, path)))}" if path else "expected a protocol"
        case _, ("findings", *_):
            return "expected findings"
        case _:
            return "expected metrics"

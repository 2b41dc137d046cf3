"""The choices that a configuration makes: the family of its model and the kind of its source.

For each choice, one module imports all alternatives. The code of a step includes only the alternative that the
configuration selects, not everything that this module imports.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from vaeflow.components import sources
from vaeflow.components.sources import opening
from vaeflow.components.sources.location import parse
from vaeflow.models import registry
from vaeflow.pipeline.config import PipelineConfig


@dataclass(frozen=True)
class Choice:
    """A module that imports all alternatives, and a function that selects one of them."""

    among: ModuleType
    chosen: Callable[[Any], str]
    """Takes the whole configuration and returns the name of the module or package that it uses."""


def family(config: PipelineConfig) -> str:
    """The package of the model to train."""
    return type(config.train.model).__module__.rpartition(".")[0]


def source(config: PipelineConfig) -> str:
    """The module of the image source."""
    return f"{sources.__name__}.{parse(config.ingest.source).kind}"


MODEL = Choice(registry, family)
SOURCE = Choice(opening, source)

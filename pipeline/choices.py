"""What a configuration chooses among many: the family of its model, the kind of its source.

One module each knows all of them. The code of a step then is not everything that this module leads to, but what the
configuration chooses there.
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
    """A module that imports the alternatives, and which of them a configuration uses."""

    among: ModuleType
    chosen: Callable[[Any], str]
    """Of the whole configuration: the name of the module or package that it uses."""


def family(config: PipelineConfig) -> str:
    """The package of the model that is trained."""
    return type(config.train.model).__module__.rpartition(".")[0]


def source(config: PipelineConfig) -> str:
    """The module of the source of the images."""
    return f"{sources.__name__}.{parse(config.ingest.source).kind}"


MODEL = Choice(registry, family)
SOURCE = Choice(opening, source)

"""The choices that a configuration makes: the family of its model, the kind of its source, and that of anomalies.

For each choice, one module imports all alternatives. The code of a step includes only the alternative that the
configuration selects, if any, not everything that this module imports.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vaeflow.components import sources
from vaeflow.components.sources import opening
from vaeflow.components.sources.location import parse
from vaeflow.models import registry
from vaeflow.pipeline.config import PipelineConfig

NEW_EXAMPLES = "vaeflow.components.new_images.examples"  # by its name, since it takes long to import


@dataclass(frozen=True)
class Choice:
    """The name of a module that imports all alternatives, and a function that selects one of them."""

    among: str
    chosen: Callable[[Any], str | None]
    """Takes the whole configuration and returns the name of the module or package that it uses; None if it has none."""


def family(config: PipelineConfig) -> str:
    """The package of the model to train."""
    return type(config.train.model).__module__.rpartition(".")[0]


def source(config: PipelineConfig) -> str:
    """The module of the image source."""
    return f"{sources.__name__}.{parse(config.ingest.source).kind}"


def anomalies(config: PipelineConfig) -> str | None:
    """The module that reads anomalies from a source of their own."""
    return NEW_EXAMPLES if config.evaluate.anomalies else None


def source_of_anomalies(config: PipelineConfig) -> str | None:
    """The module of this source."""
    source = config.evaluate.anomalies
    return f"{sources.__name__}.{parse(source.source).kind}" if source else None


MODEL = Choice(registry.__name__, family)
SOURCE = Choice(opening.__name__, source)
ANOMALIES = (Choice(NEW_EXAMPLES, anomalies), Choice(opening.__name__, source_of_anomalies))

"""Black and white of new images."""

from collections.abc import Sequence
from pathlib import Path

from vaeflow.components.images.intensity import Intensity
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.source import Source
from vaeflow.components.sources.survey import find_intensity


def intensity_of(
    config: IngestConfig, source: Source, recorded: Intensity, scratch: Path, beam_args: Sequence[str]
) -> Intensity:
    """Black and white as recorded in training, unless the source or its configuration states its own."""
    stated = config.white != "auto" or config.black != 0 or source.white is not None
    return find_intensity(config, source, scratch, beam_args) if stated else recorded

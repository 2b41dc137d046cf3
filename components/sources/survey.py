"""The intensity of a source. Whether floats are in [0, 1] or in [0, 255] is known only when all have been seen."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam

from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.intensity import Intensity, Scale
from vaeflow.components.images.plain import read_float_range
from vaeflow.components.images.ranges import Range, merge_by_kind, read_ranges, write_ranges
from vaeflow.components.sources.brightness import require_above_black
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.source import Source
from vaeflow.models.errors import InputError

_UNIT_MAX = 1.5  # floats up to here mean that white is 1
_BYTE_MIN, _BYTE_MAX = 64, 300  # and between these, that it is 255


def find_intensity(config: IngestConfig, source: Source, output: Path, beam_args: Sequence[str] = ()) -> Intensity:
    """The configured intensity, with the white of floats by their range in the whole source if white is `auto`.

    Raises `InputError` if that range can be read in two ways, or is below black.
    """
    if config.white != "auto":
        return Intensity(black=config.black, white=config.white)
    found = _survey(config, source, output, beam_args) if source.may_have_floats else None
    if found is None:
        return Intensity(black=config.black)
    white = _white(found, config.black)
    require_above_black(found._replace(scale=Scale(config.black, white)))
    return Intensity(black=config.black, float_white=white)


def _survey(config: IngestConfig, source: Source, output: Path, beam_args: Sequence[str]) -> Range | None:
    """The range of all floats of the source."""
    lines = output / "floats.jsonl"
    with beam_pipeline(beam_args) as pipeline:
        floats = (
            pipeline
            | "List shards to survey" >> beam.Create(list(source.shards))
            | "Spread shards to survey" >> beam.Reshuffle()
            | "Survey floats" >> beam.FlatMap(_float_ranges, source.read, config.max_pixels)
        )
        write_ranges(floats, lines)
    return next(iter(read_ranges(lines)), None)


def _float_ranges(shard: Any, read_shard: Any, max_pixels: int) -> Iterator[tuple[str, Range]]:
    found = (read_float_range(image.image, max_pixels) for image in read_shard(shard))
    return merge_by_kind(filter(None, found))


def _white(found: Range, black: float) -> float:
    """The only white that the range of floats allows."""
    if black < 0 and found.high <= -_UNIT_MAX * black:
        return -black  # the scale is centred at zero
    if black < found.high <= _UNIT_MAX:
        return 1
    if _BYTE_MIN <= found.high <= _BYTE_MAX:
        return 255
    readings = (1, 255) if found.high < _BYTE_MIN else (255, 65535)
    raise InputError(
        f"ingest.white: floats from {found.low:g} to {found.high:g} can be read with {readings[0]} or with "
        f"{readings[1]} as white; set ingest.white to one of them, or to the number that is white"
    )

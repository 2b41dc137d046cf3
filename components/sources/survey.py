"""The intensity of a source. Whether floats are in [0, 1] or in [0, 255] is known only when all have been seen."""

from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam

from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.intensity import Intensity, Scale
from vaeflow.components.images.plain import read_float_range
from vaeflow.components.images.ranges import Range, merge_by, origin, read_ranges, write_ranges
from vaeflow.components.sources.below_black import require_above
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.numbers import shown
from vaeflow.components.sources.source import Source
from vaeflow.models.errors import InputError

UNIT_MAX = 1.5  # floats up to here mean that white is 1
_BYTE_MIN, _BYTE_MAX = 64, 300  # and between these, that it is 255
_WORD_MAX = _BYTE_MAX * 65535 // 255  # up to here it may be 65535


def find_intensity(config: IngestConfig, source: Source, output: Path, beam_args: Sequence[str] = ()) -> Intensity:
    """The configured intensity. If white is `auto`, it is what the source states, or that of floats by their range.

    Raises `InputError` if that range can be read in two ways, or is below black.
    """
    if config.white != "auto":
        return Intensity(black=config.black, white=config.white)
    if source.white is not None:
        return Intensity(black=config.black, white=source.white)
    found = _survey(config, source, output, beam_args) if source.may_have_floats else None
    if found is None:
        return Intensity(black=config.black)
    return Intensity(black=config.black, float_white=_white(found, config.black))


def _survey(config: IngestConfig, source: Source, output: Path, beam_args: Sequence[str]) -> Range | None:
    """The range of all floats of the source."""
    lines = output / "floats.jsonl"
    with beam_pipeline(beam_args) as pipeline:
        floats = (
            pipeline
            | "List shards to survey" >> beam.Create(list(source.shards))
            | "Spread shards to survey" >> beam.Reshuffle()
            | "Survey floats" >> beam.FlatMap(_float_ranges, source.read, config.max_pixels, config.black)
        )
        write_ranges(floats, lines)
    return next(iter(read_ranges(lines)), None)


def _float_ranges(shard: Any, read_shard: Any, max_pixels: int, black: float) -> Iterable[tuple[Hashable, Range]]:
    found = (read_float_range(image.image, max_pixels, black) for image in read_shard(shard))
    return merge_by(origin, filter(None, found)).items()


def _white(found: Range, black: float) -> float:
    """The only white that the range of floats allows."""
    white = _reading(found.high, black)
    require_above(found._replace(scale=Scale(black, white or black + 1)))
    if white is not None:
        return white
    floats = f"ingest.white: floats from {shown(found.low)} to {shown(found.high)}"
    if found.high > _WORD_MAX:
        raise InputError(f"{floats} have no usual white; set ingest.white to the number that is white")
    readings = (1, 255) if found.high < _BYTE_MIN else (255, 65535)
    raise InputError(
        f"{floats} can be read with {readings[0]} or with {readings[1]} as white; set ingest.white to one of them, or "
        "to the number that is white"
    )


def _reading(high: float, black: float) -> float | None:
    """The white that the largest value stands for; None if there are several."""
    if black < 0 and high <= -UNIT_MAX * black:
        return -black  # the scale is centred at zero
    if black < high <= UNIT_MAX:
        return 1
    return 255 if _BYTE_MIN <= high <= _BYTE_MAX else None

"""The step ingest: a source of images becomes a TFDS directory of original images."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaeflow.components import progress
from vaeflow.components.artifacts import Dataset
from vaeflow.components.images.factors import FACTORS
from vaeflow.components.images.intensity import INTENSITY_FILE, Intensity
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from vaeflow.components.sources.source import Source

_COLOURS_FILE, _CUT_FILE, _RANGES_FILE = "grey.jsonl", "cut.jsonl", "ranges.jsonl"

log = logging.getLogger(__name__)


def ingest(config: IngestConfig, *, output: Path, beam_args: Sequence[str] = ()) -> Dataset:
    """Read, check and write every image of the source; unreadable images are listed in `quarantine.jsonl`.

    Raises `InputError` if the source does not exist, is empty or inconsistent, or if black and white do not fit its
    pixels. Raises `RunError` if more than `max_quarantined` of the images cannot be read. `quarantine.jsonl` is
    complete even then, and the log names each of them, because a runner may discard the output of a failed step.
    """
    from vaeflow.components.images.directory import describe
    from vaeflow.components.images.identity_table import read_identities
    from vaeflow.components.images.json_lines import read_lines, take_lines
    from vaeflow.components.images.ranges import read_ranges
    from vaeflow.components.sources import intensity_record
    from vaeflow.components.sources.brightness import check_ranges
    from vaeflow.components.sources.location import reading
    from vaeflow.components.sources.opening import open_source
    from vaeflow.components.sources.quarantine import QUARANTINE_FILE, judge_quarantine, report_cut
    from vaeflow.components.sources.survey import find_intensity

    with reading(config.source):
        source = open_source(config)
    intensity = find_intensity(config, source, output, beam_args)
    _write_images(config, source, intensity, output, beam_args)

    unreadable = read_lines(output / QUARANTINE_FILE)
    judge_quarantine(config, unreadable, source.num_images, listing=QUARANTINE_FILE, after_failure="the log of the run")
    report_cut(take_lines(output / _CUT_FILE))
    if config.group_pattern:
        _judge_groups(config.group_pattern, read_identities(output))
    ranges = read_ranges(output / _RANGES_FILE)
    check_ranges(ranges, config)
    recorded = intensity_record.for_new_images(intensity, ranges)
    (output / INTENSITY_FILE).write_text(recorded.model_dump_json(indent=2))
    (all_grey,) = take_lines(output / _COLOURS_FILE)
    splits = describe(output, "dataset", _features(source, channels=1 if all_grey else 3))
    counts = {"images": sum(splits.values()), "quarantined": len(unreadable)}
    return Dataset(output, {"source": config.source, **counts, **intensity_record.describe(ranges)})


def _write_images(
    config: IngestConfig, source: "Source", intensity: Intensity, output: Path, beam_args: Sequence[str]
) -> None:
    """Read every image once, and write the readable ones and what was found in all of them to files in `output`."""
    import apache_beam as beam

    from vaeflow.components.engine import beam_pipeline
    from vaeflow.components.images.identity_table import write_identities
    from vaeflow.components.images.json_lines import write_lines
    from vaeflow.components.images.ranges import write_ranges
    from vaeflow.components.images.shards import num_shards, write_shards
    from vaeflow.components.sources.checking import PROGRESS, read_checked
    from vaeflow.components.sources.quarantine import QUARANTINE_FILE

    with progress.bar(PROGRESS, source.num_images), beam_pipeline(beam_args) as pipeline:
        checked = read_checked(pipeline, source, config.max_pixels, intensity, config.group_pattern)
        write_shards(checked.readable, output, num_shards(source.num_bytes))
        write_lines(checked.unreadable, "quarantine", output / QUARANTINE_FILE)
        write_identities(checked.identities, output)
        all_grey = checked.grey | "All grey" >> beam.CombineGlobally(all).without_defaults()
        write_lines(all_grey, "colours", output / _COLOURS_FILE)
        write_lines(checked.cut, "cut", output / _CUT_FILE)
        write_ranges(checked.ranges, output / _RANGES_FILE)


def _features(source: "Source", channels: int) -> dict[str, Any]:
    """The features of an example of the dataset, by name."""
    import tensorflow_datasets as tfds

    features = {name: tfds.features.Text() for name in ("id", "digest", "group")}
    features["image"] = tfds.features.Image(shape=(None, None, channels))
    if source.label_names:
        features["label"] = tfds.features.ClassLabel(names=source.label_names)
    if source.factors:
        values = {factor.name: tfds.features.ClassLabel(num_classes=factor.size) for factor in source.factors}
        features[FACTORS] = tfds.features.FeaturesDict(values)
    return features


def _judge_groups(pattern: str, images: "pa.Table") -> None:
    """Log the number of ids without a group. Raises `InputError` if these are all."""
    import pyarrow.compute as pc

    without = images["id"].filter(pc.equal(images["group"], ""))
    if len(without) == len(images):
        raise InputError(f"ingest.group_pattern: {pattern!r} finds no group in any id, such as {without[0].as_py()!r}")
    if len(without):
        log.warning(
            "ingest.group_pattern finds no group in %d of %d ids, such as %r",
            len(without),
            len(images),
            without[0].as_py(),
        )

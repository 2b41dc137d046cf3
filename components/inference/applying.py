"""A task for all images of a source, with an exported encoder."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vaeflow.components.inference.encoder import Encoder
from vaeflow.components.inference.formats import check_fits
from vaeflow.components.inference.notes import read_notes, write_quarantine
from vaeflow.components.inference.output import ONE_FILE_BYTES, Output
from vaeflow.components.inference.parts import Work, write_parts
from vaeflow.components.inference.score_summary import SCORE, ScoreSummary, summarise_scores
from vaeflow.components.inference.table import schema_of
from vaeflow.components.inference.tasks import Task
from vaeflow.components.new_images.brightness import check_new_ranges
from vaeflow.components.new_images.intensity import intensity_of
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.fingerprint import fingerprint
from vaeflow.components.sources.location import reading
from vaeflow.components.sources.opening import open_source
from vaeflow.components.sources.quarantine import judge_quarantine, report_cut
from vaeflow.components.workers import check_workers, software

log = logging.getLogger(__name__)


class Applied(NamedTuple):
    """Number of images in the results, and of those that could not be read; what their scores say, if they have any."""

    images: int
    quarantined: int
    scores: ScoreSummary | None = None


def apply(
    task: Task,
    folder: Path,
    config: IngestConfig,
    output: Path,
    *,
    beam_args: Sequence[str] = (),
    one_file_bytes: int = ONE_FILE_BYTES,
) -> Applied:
    """Apply the SavedModel of an encoder to the images of a source, and write the results to `output`.

    If it was interrupted, the next call makes only the missing parts. Raises `InputError` if the source, the output or
    the model does not suit the task, and `RunError` if more than `max_quarantined` of the images cannot be read.
    """
    place = Output(output)
    with place.reserved():
        encoder = Encoder(folder, task)
        check_fits(output, schema_of(encoder))
        scoring = encoder.scoring if SCORE in task.columns else None
        with reading(config.source):
            source = open_source(config)
            encoder.class_numbers(source.label_names)
            if place.resume(_job(task, encoder, config)):
                log.info("going on with the parts that an earlier call has made")
        recorded = encoder.transform.intensity
        intensity = intensity_of(config, source, recorded, place.parts, beam_args)
        check_workers(beam_args, place.parts)
        work = Work(folder, task, intensity, config.max_pixels, source.label_names, place.parts)
        parts = write_parts(work, source, beam_args)

        notes = read_notes(parts)
        write_quarantine(notes.unreadable, place.quarantine)
        listing = str(place.quarantine)
        judge_quarantine(config, notes.unreadable, source.num_images, listing=listing, after_failure=listing)
        report_cut(notes.cut)
        check_new_ranges(notes.ranges, intensity, recorded)
        scores = summarise_scores(parts, scoring.quantiles) if scoring else None
        place.publish(parts, one_file_bytes)
    return Applied(source.num_images - len(notes.unreadable), len(notes.unreadable), scores)


def _job(task: Task, encoder: Encoder, config: IngestConfig) -> dict[str, Any]:
    """All that the parts depend on."""
    return {
        "task": task.name,
        "model": encoder.version,
        "transform": encoder.transform.model_dump(mode="json"),
        "ingest": config.model_dump(mode="json", exclude={"max_quarantined"}),
        "source": fingerprint(config),
        "software": software()._asdict(),
    }

"""The pass over the test split: files for every image, moments of every measure, and the sample."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.evaluation.measuring.batch import Measure, posteriors
from vaeflow.components.evaluation.measuring.embeddings import save_embeddings
from vaeflow.components.evaluation.measuring.encoding import Arrays, Encoded
from vaeflow.components.evaluation.measuring.moments import Moments
from vaeflow.components.evaluation.measuring.per_image import PerImage, PerImageWriter
from vaeflow.components.evaluation.measuring.sample import Collector, Sample, draw_places
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.images.examples import stream_identities
from vaeflow.models.arrays import Labels
from vaeflow.models.errors import RunError

PER_IMAGE_FILE = "per_image.parquet"
EMBEDDINGS_FILE = "embeddings.npz"

Encode = Callable[..., AbstractContextManager[Encoded]]
"""(split, measures, limit) → what `encode` gives for the subject."""


class Measured(NamedTuple):
    """What was measured of the test split: every image's numbers on disk, moments of all measures, and the sample."""

    rows: PerImage
    moments: Mapping[str, Moments]
    sample: Sample


class Part(NamedTuple):
    """One batch of the split: ids, labels [batch], and measures [batch, ...]."""

    ids: list[str]
    labels: Labels
    measures: Arrays


def measure_test_split(
    settings: Settings,
    subject: Subject,
    measures: Sequence[Measure],
    only_known: Collection[str],
    *,
    encode: Encode,
    output: Path,
) -> Measured:
    """Take the measures of every test image and write `per_image.parquet` and `embeddings.npz`.

    Measures named in `only_known` count for images whose class is known. Raises `RunError` for codes that are not
    finite.
    """
    rows = PerImage(output / PER_IMAGE_FILE)
    moments: dict[str, Moments] = defaultdict(Moments)
    collector = Collector(draw_places(subject.images, settings.sample, settings.seed))
    with encode("test", (posteriors, *measures)) as encoded:
        with PerImageWriter(rows.path) as writer:
            for part in read_parts(subject, encoded):
                known = {name: part.labels >= 0 for name in part.measures if name in only_known}
                writer.add(part.ids, part.labels if subject.labelled else None, numbers(part.measures), known)
                collector.add({"label": part.labels} | part.measures)
                for name, values in part.measures.items():
                    moments[name].add(values[known.get(name, ...)])
        save_embeddings(output / EMBEDDINGS_FILE, encoded, rows, subject.images, labelled=subject.labelled)
    return Measured(rows, dict(moments), collector.sample(subject.examples))


def read_parts(subject: Subject, encoded: Encoded) -> Iterator[Part]:
    """The batches that were encoded, with their ids and labels from the examples; `RunError` for broken codes."""
    identities = stream_identities(subject.examples, "test").batch(encoded.batch_size).as_numpy_iterator()
    for (ids, labels), measures in zip(identities, encoded, strict=True):
        check_finite(measures["mean"])
        yield Part([identifier.decode() for identifier in ids], labels, measures)


def numbers(measures: Arrays) -> dict[str, NDArray[Any]]:
    """The measures that are one number an image."""
    return {name: values for name, values in measures.items() if values.ndim == 1}


def check_finite(mean: NDArray[np.float32]) -> None:
    """Raise `RunError` for codes that are not finite."""
    if not np.isfinite(mean).all():
        raise RunError("The model encodes test images to values that are not finite: it cannot be evaluated.")

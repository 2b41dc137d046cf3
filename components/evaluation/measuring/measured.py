"""The pass over the test split: it writes per-image files, and collects the moments of all measures and the sample."""

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
from vaeflow.components.evaluation.measuring.sample import Collector, Sample, draw_indices
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.images.examples import stream_identities
from vaeflow.models.arrays import Labels
from vaeflow.models.errors import RunError

PER_IMAGE_FILE = "per_image.parquet"
EMBEDDINGS_FILE = "embeddings.npz"

Encode = Callable[..., AbstractContextManager[Encoded]]
"""(split, measures, limit) → the result of `encode` for the subject."""


class Measured(NamedTuple):
    """Measurements of the test split: the table of per-image numbers, moments of all measures, and the sample."""

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
    labelled_only: Collection[str],
    *,
    encode: Encode,
    output: Path,
) -> Measured:
    """Apply the measures to all test images, and write `per_image.parquet` and `embeddings.npz`.

    Measures named in `labelled_only` are used only for images whose class is known. Raises `RunError` if codes are not
    finite.
    """
    rows = PerImage(output / PER_IMAGE_FILE)
    moments: dict[str, Moments] = defaultdict(Moments)
    collector = Collector(draw_indices(subject.images, settings.sample, settings.seed))
    with encode("test", (posteriors, *measures)) as encoded:
        with PerImageWriter(rows.path) as writer:
            for part in read_parts(subject, encoded):
                known = {name: part.labels >= 0 for name in part.measures if name in labelled_only}
                writer.add(part.ids, part.labels if subject.labelled else None, numbers(part.measures), known)
                collector.add({"label": part.labels} | part.measures)
                for name, values in part.measures.items():
                    moments[name].add(values[known.get(name, ...)])
        save_embeddings(output / EMBEDDINGS_FILE, encoded, rows, subject.images, labelled=subject.labelled)
    return Measured(rows, dict(moments), collector.sample(subject.examples))


def read_parts(subject: Subject, encoded: Encoded) -> Iterator[Part]:
    """The encoded batches with ids and labels from the examples. Raises `RunError` if codes are not finite."""
    identities = stream_identities(subject.examples, "test").batch(encoded.batch_size).as_numpy_iterator()
    for (ids, labels), measures in zip(identities, encoded, strict=True):
        check_finite(measures["mean"])
        yield Part([identifier.decode() for identifier in ids], labels, measures)


def numbers(measures: Arrays) -> dict[str, NDArray[Any]]:
    """The measures with one number per image."""
    return {name: values for name, values in measures.items() if values.ndim == 1}


def check_finite(mean: NDArray[np.float32]) -> None:
    """Check codes [batch, code]. Raises `RunError` if they are not finite."""
    if not np.isfinite(mean).all():
        raise RunError("model.keras: expected finite codes of the test images, got codes that are not finite")

"""The anomalies of an evaluation: images of the classes that are not normal, or of another source."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.artifacts import Examples
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.images.examples import num_examples, read_transform
from vaeflow.components.images.splits import ANOMALIES
from vaeflow.components.new_images.examples import write_examples
from vaeflow.components.sources.config import NO_LABELS, IngestConfig
from vaeflow.models.errors import InputError


class Anomalies(NamedTuple):
    """Examples with a split of anomalies, and what these are."""

    examples: Examples
    title: str


@contextmanager
def anomalies_of(
    settings: Settings, examples: Examples, *, scratch: Path, beam_args: Sequence[str]
) -> Iterator[Anomalies | None]:
    """The anomalies, if there are any; those of another source are in `scratch` until the end of the block.

    Raises as `write_examples` does.
    """
    if settings.anomalies is None:
        found = num_examples(examples, ANOMALIES)
        yield Anomalies(examples, f"all but {examples.properties.get('normal', '?')}") if found else None
        return
    config = IngestConfig(source=settings.anomalies, labels=NO_LABELS)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        try:
            written = write_examples(config, read_transform(examples), ANOMALIES, Path(folder), beam_args)
        except InputError as error:
            raise InputError(f"evaluate.anomalies: {error}") from None
        yield Anomalies(written, settings.anomalies)

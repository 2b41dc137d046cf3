"""The anomalies of an evaluation: images of the classes that are not normal, or of another source."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.artifacts import Examples
from vaeflow.components.evaluation.anomaly_source import FIELD
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.images.examples import num_examples, read_transform
from vaeflow.components.images.splits import ANOMALIES
from vaeflow.components.new_images.examples import write_examples
from vaeflow.components.sources.renaming import fields_of


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
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        with fields_of(FIELD):
            written = write_examples(settings.anomalies, read_transform(examples), ANOMALIES, Path(folder), beam_args)
        yield Anomalies(written, settings.anomalies.title)

"""Run vaeflow's ingest and preprocess on a prepared TFDS dataset: NAME."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.sources.config import IngestConfig


def seconds() -> float:
    """Prepare all images in new folders and return the seconds that it took."""
    with TemporaryDirectory() as dataset_folder, TemporaryDirectory() as examples_folder:
        started = time.perf_counter()
        dataset = ingest(IngestConfig(source=f"tfds:{sys.argv[1]}"), output=Path(dataset_folder))
        preprocess(PreprocessConfig(), dataset, output=Path(examples_folder))
        return time.perf_counter() - started


seconds()
print(seconds())

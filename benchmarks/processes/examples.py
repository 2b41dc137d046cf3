"""Make examples of a prepared TFDS dataset with vaeflow's steps: NAME EXAMPLES ARRAY.

Writes vaeflow's examples to the folder EXAMPLES, and their training images, uint8 [n, h, w, c], to the file ARRAY.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from vaeflow.components.images.examples import load_split
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.sources.config import IngestConfig

name, output, array = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
output.mkdir()
with TemporaryDirectory() as folder:
    dataset = ingest(IngestConfig(source=f"tfds:{name}"), output=Path(folder))
    examples = preprocess(PreprocessConfig(), dataset, output=output)
np.save(array, load_split(examples, "train").images)

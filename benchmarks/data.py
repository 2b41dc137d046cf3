"""Data preparation: vaeflow's ingest and preprocess, compared with plain TFDS reads of the same images.

Each turn is a separate process. It does the work once as a warm-up and then once more, and measures the second time in
seconds. vaeflow reads, checks, writes, reads again, splits, computes statistics and writes again; a plain read decodes
every image and discards it, one by one or, faster, in batches.
"""

import os
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rounds import Contestant, compete, run

DATASET = "repeated_digits"


def main(
    rounds: Annotated[int, typer.Option(help="Number of turns of each contestant.")] = 5,
    images: Annotated[int, typer.Option(help="Number of images in the training split.")] = 60_000,
    dataset: Annotated[
        str | None, typer.Option(help="Use a dataset prepared in TFDS_DATA_DIR instead, such as mnist.")
    ] = None,
) -> None:
    """Compare ingest and preprocess with plain reads."""
    with TemporaryDirectory() as folder:
        if dataset is None:
            os.environ["TFDS_DATA_DIR"] = folder
            run("digits.py", DATASET, str(images), "grey")
        name = dataset or DATASET
        contestants = [
            Contestant("vaeflow", "vaeflow_data.py", [name]),
            Contestant("TFDS read", "tfds_reading.py", [name]),
            Contestant("TFDS read, batched", "tfds_reading.py", [name, "1000"]),
        ]
        compete(f"Data preparation of {name}, seconds", contestants, rounds, form=".2f")


if __name__ == "__main__":
    typer.run(main)

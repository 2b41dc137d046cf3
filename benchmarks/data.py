"""Data preparation: vaeflow's ingest and preprocess together beside bare reads of the same images by TFDS.

A turn is a process of its own: it does the work once uncounted, then once more, and measures that in seconds. vaeflow
reads, checks, writes, reads again, splits, measures and writes again; a bare read decodes every image and drops it,
one by one or, faster, in batches.
"""

import os
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rounds import Contestant, compete, run

DATASET = "repeated_digits"


def main(
    rounds: Annotated[int, typer.Option(help="Turns of each contestant.")] = 5,
    images: Annotated[int, typer.Option(help="Images of the training split.")] = 60_000,
    dataset: Annotated[
        str | None, typer.Option(help="A dataset that is prepared in TFDS_DATA_DIR instead, such as mnist.")
    ] = None,
) -> None:
    """Measure ingest and preprocess beside bare reads."""
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

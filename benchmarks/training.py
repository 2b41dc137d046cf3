"""Training speed: vaeflow beside a hand-written PyTorch loop and pythae.

One network (784-200-200-50 and its mirror image, ReLU), one loss (the Bernoulli ELBO in nats), Adam, batches of 100,
float32, the same black and white images. A turn is a process of its own: it trains an epoch that is not counted and
then those that are, and measures their median in images per second. Validation and checkpoints are not counted.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rounds import Contestant, compete, run

DATASET = "repeated_digits"


def main(
    rounds: Annotated[int, typer.Option(help="Turns of each contestant.")] = 5,
    images: Annotated[int, typer.Option(help="Images of an epoch.")] = 60_000,
    epochs: Annotated[int, typer.Option(help="Counted epochs of a turn.")] = 3,
) -> None:
    """Measure training beside PyTorch and pythae."""
    with TemporaryDirectory() as folder:
        os.environ["TFDS_DATA_DIR"] = folder
        examples, array = str(Path(folder, "examples")), str(Path(folder, "train.npy"))
        run("digits.py", DATASET, str(images), "binary")
        run("examples.py", DATASET, examples, array)
        contestants = [
            Contestant("vaeflow", "vaeflow_training.py", [examples, str(epochs)]),
            Contestant("PyTorch loop", "pytorch_training.py", [array, str(epochs)]),
            Contestant("pythae", "pythae_training.py", [array, str(epochs)]),
        ]
        compete("Training, images per second", contestants, rounds, form=",.0f")


if __name__ == "__main__":
    typer.run(main)

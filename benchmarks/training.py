"""Training speed: vaeflow compared with a hand-written PyTorch loop and pythae.

All use the same network (784-200-200-50 and its mirror image, ReLU), the same loss (the Bernoulli ELBO in nats), Adam,
batches of 100, float32, and the same black and white images. Each turn is a separate process: it trains one epoch as a
warm-up and measures the median speed of the counted epochs in images per second, without validation and checkpoints.
"""

from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rounds import Contestant, compete
from training_images import prepare


def main(
    rounds: Annotated[int, typer.Option(help="Number of turns of each contestant.")] = 5,
    images: Annotated[int, typer.Option(help="Number of images per epoch.")] = 60_000,
    epochs: Annotated[int, typer.Option(help="Number of counted epochs per turn.")] = 3,
) -> None:
    """Compare the training speed with PyTorch and pythae."""
    with TemporaryDirectory() as folder:
        examples, array = prepare(folder, images)
        contestants = [
            Contestant("vaeflow", "vaeflow_training.py", [examples, str(epochs)]),
            Contestant("PyTorch loop", "pytorch_training.py", [array, str(epochs)]),
            Contestant("pythae", "pythae_training.py", [array, str(epochs)]),
        ]
        compete("Training, images per second", contestants, rounds, form=",.0f")


if __name__ == "__main__":
    typer.run(main)

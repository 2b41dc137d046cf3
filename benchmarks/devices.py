"""What several devices cost where there is nothing to gain: one processor divided into devices or workers.

All train the same network (784-200-200-50 and its mirror image) with the same batches of all devices together. Two
cores have the same work to do however it is divided, so that a ratio above 1 is the cost of the division: of programs
that run one step instead of many, that XLA does not compile, and that exchange gradients. Each turn is a separate
process, or as many as there are workers; it trains one epoch as a warm-up and measures the median of the counted epochs
in images per second, without validation and checkpoints.
"""

from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rounds import Contestant, compete
from training_images import prepare

STRATEGIES = {
    "one device": ("none", "1"),
    "one device, mirrored": ("mirrored", "1"),
    "four devices, mirrored": ("mirrored", "4"),
    "two workers": ("multi_worker", "2"),
}
"""`train.strategy`, and the number of devices or workers."""
BATCH_SIZES = (100, 1000)


def main(
    rounds: Annotated[int, typer.Option(help="Number of turns of each contestant.")] = 3,
    images: Annotated[int, typer.Option(help="Number of images per epoch.")] = 60_000,
    epochs: Annotated[int, typer.Option(help="Number of counted epochs per turn.")] = 2,
) -> None:
    """Compare the training speed of one device with that of several on the same processor."""
    with TemporaryDirectory() as folder:
        examples, _ = prepare(folder, images)
        for size in BATCH_SIZES:
            contestants = [
                Contestant(name, "vaeflow_devices.py", [examples, str(epochs), str(size), *strategy])
                for name, strategy in STRATEGIES.items()
            ]
            compete(f"Training in batches of {size:,}, images per second", contestants, rounds, form=",.0f")


if __name__ == "__main__":
    typer.run(main)

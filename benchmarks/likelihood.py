"""The importance-weighted log-likelihood: vaeflow compared with plain TensorFlow, and with its matrix products alone.

All estimate log p(x) of the same black and white images under a VAE 784-200-200-50 with SiLU, with the same number of
importance samples per image, in float32. Each turn is a separate process. It compiles and warms up with a few images,
and measures seconds. Two contestants only multiply matrices: the decoder's, of the same sizes, and large square ones
with as many operations, which take the time of the machine's matrix peak.
"""

from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rounds import Contestant, compete
from training_images import prepare


def main(
    rounds: Annotated[int, typer.Option(help="Number of turns of each contestant.")] = 5,
    images: Annotated[int, typer.Option(help="Number of images.")] = 1000,
    samples: Annotated[int, typer.Option(help="Number of importance samples per image.")] = 5000,
) -> None:
    """Compare the estimate of the log-likelihood with plain TensorFlow and with the matrix products alone."""
    with TemporaryDirectory() as folder:
        _, array = prepare(folder, images)
        contestants = [
            Contestant("vaeflow", "vaeflow_likelihood.py", [array, str(samples)]),
            Contestant("plain TensorFlow", "tensorflow_likelihood.py", [array, str(samples)]),
            Contestant("matrix products", "matrix_products.py", ["decoder", str(images), str(samples)]),
            Contestant("matrix peak", "matrix_products.py", ["peak", str(images), str(samples)]),
        ]
        compete(f"Log-likelihood of {images:,} images, {samples:,} samples, seconds", contestants, rounds, form=".2f")


if __name__ == "__main__":
    typer.run(main)

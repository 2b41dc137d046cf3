"""Test images, reconstructions and samples side by side, with the sharpness of each kind."""

from math import isqrt

import tensorflow as tf

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.sheets import first_images
from vaeflow.components.evaluation.drawing.style import plot, set_title, tile
from vaeflow.components.evaluation.metrics.sharpness import Sharpness, mean_sharpness
from vaeflow.components.evaluation.needs import GENERATIVE
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

SHOWN = 25


def draw(study: Study) -> Picture:
    """The first images of the sample, their reconstructions, and as many generated images."""
    model = study.subject.network
    x, given = first_images(study, SHOWN)
    samples = model.generate(len(x), tf.constant([study.settings.seed, 0]))
    reconstructed, prior = model.reconstruct(x, given), study.subject.config.prior_title
    return sharpness(x.numpy(), reconstructed.numpy(), samples.numpy(), study.once(mean_sharpness), prior)


def sharpness(real: Images, reconstructed: Images, samples: Images, measured: Sharpness, prior: str) -> Picture:
    """Images [n, h, w, c] of each kind in a square, with the mean sharpness of the kind."""
    titles = ("Test images", "Reconstructions", "Samples")
    side = isqrt(len(real))
    height, width = real.shape[1:3]
    figure, axes = plot(height=1.8 * height / width + 0.5, columns=len(titles))
    for axis, images, title, value in zip(axes, (real, reconstructed, samples), titles, measured, strict=True):
        sheet = tile(images[: side * side].reshape(side, side, *images.shape[1:])).image
        grey = sheet.shape[-1] == 1
        axis.imshow(sheet[..., 0] if grey else sheet, cmap="gray" if grey else None, vmin=0, vmax=1)
        axis.spines[:].set_visible(False)
        axis.set_xticks([])
        axis.set_yticks([])
        set_title(axis, f"{title}\n{value.mean:.4f}")
    return Picture(
        name="sharpness",
        caption="Test images as the model sees them, their mean reconstructions, and mean images of codes drawn from "
        f"{prior}, with the mean sharpness of each kind: the variance of the Laplacian, for pixels in [0, 1]. Blur "
        "lowers it; noise raises it.",
        alt="Three squares of images side by side: "
        + ", ".join(
            f"{title.lower()} of sharpness {value.mean:.4f}" for title, value in zip(titles, measured, strict=True)
        )
        + ".",
        figure=figure,
    )


DRAWING = Drawing(draw, needs=(GENERATIVE,))

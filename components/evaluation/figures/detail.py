"""Figures of fine detail, and of what single attributes look like."""

from collections.abc import Sequence
from math import isqrt

import numpy as np

from vaeflow.components.evaluation.figures.style import Images, Picture, entitle, image_plot, plot, tile
from vaeflow.components.evaluation.sharpness import Sharpness


def sharpness(real: Images, reconstructed: Images, samples: Images, measured: Sharpness) -> Picture:
    """Three squares of images [n, h, w, c] side by side, each with the mean sharpness of its kind."""
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
        entitle(axis, f"{title}\n{value:.4f}")
    return Picture(
        name="sharpness",
        caption="Test images as the model sees them, their mean reconstructions, and mean images of codes from the "
        "prior, with the sharpness of each kind: the variance of the Laplacian, of pixels in [0, 1], on average over "
        "the images. Blur lowers it; noise raises it.",
        alt="Three squares of images side by side: "
        + ", ".join(f"{title.lower()} of sharpness {value:.4f}" for title, value in zip(titles, measured, strict=True))
        + ".",
        figure=figure,
    )


def attributes(
    originals: Images, moved: Images, names: Sequence[str], steps: Sequence[str], train_images: int
) -> Picture:
    """One row an image [rows, h, w, c]: itself, then decoded [rows, steps, h, w, c] along the vector of a class."""
    sheet = np.concatenate([originals[:, np.newaxis], moved], axis=1)
    return Picture(
        name="attributes",
        caption="Latent arithmetic: each row moves the code of a test image of another class by multiples (below) of "
        "the vector of the class named at its left, which is the mean code of that class's images minus that of all "
        f"others, over {train_images} labelled training images.",
        alt=f"{len(originals)} rows of images, each taking on the look of a class from left to right.",
        figure=image_plot(sheet, "Attribute vectors", names, ("input", *steps)),
    )

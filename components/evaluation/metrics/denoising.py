"""Noise removal: similarity of noisy and of denoised images to the clean ones."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.conditions import BINARISATION, NOISE
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import NOISE_REMOVAL

if TYPE_CHECKING:
    from vaeflow.components.evaluation.measuring.batch import Batch, Measures

NEEDS = (NOISE_REMOVAL,)
SEEN = (BINARISATION, NOISE)
NOISY_PSNR = Metric("noisy_psnr", "PSNR of noisy images", "dB", decimals=2, needs=NEEDS, depends_on=SEEN)
DENOISED_PSNR = Metric(
    "denoised_psnr",
    "PSNR of denoised images",
    "dB",
    decimals=2,
    needs=NEEDS,
    depends_on=SEEN,
    better="higher",
    headline=True,
)
NOISY_SSIM = Metric("noisy_ssim", "SSIM of noisy images", "structural similarity", needs=NEEDS, depends_on=SEEN)
DENOISED_SSIM = Metric(
    "denoised_ssim", "SSIM of denoised images", "structural similarity", needs=NEEDS, depends_on=SEEN, better="higher"
)


def measure(batch: "Batch") -> "Measures":
    """PSNR and SSIM of each image, with independent noise for each."""
    import tensorflow as tf

    from vaeflow.components.evaluation.similarity import psnr, ssim

    noisy = batch.model.corrupt(batch.x, tf.random.fold_in(batch.seeds[0], 1))
    denoised = batch.model.reconstruct(noisy, batch.given)
    return {
        NOISY_PSNR.name: psnr(batch.x, noisy),
        DENOISED_PSNR.name: psnr(batch.x, denoised),
        NOISY_SSIM.name: ssim(batch.x, noisy),
        DENOISED_SSIM.name: ssim(batch.x, denoised),
    }


FAMILY = Family((NOISY_PSNR, DENOISED_PSNR, NOISY_SSIM, DENOISED_SSIM), measure)

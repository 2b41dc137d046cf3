"""Reconstruction: likelihood of images, and their similarity to their reconstructions."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.conditions import BINARISATION, GIVEN, OBSERVATION
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import GENERATIVE

if TYPE_CHECKING:
    from vaeflow.components.evaluation.measuring.batch import Batch, Measures
    from vaeflow.components.evaluation.study import Study

LOG_LIKELIHOOD = Metric(
    "log_likelihood",
    "Reconstruction log-likelihood",
    "nats per image",
    decimals=2,
    needs=(GENERATIVE,),
    better="higher",
    depends_on=(OBSERVATION, BINARISATION, GIVEN),
)
SEEN = (BINARISATION, GIVEN)
"""What decides which pixels are reconstructed, and from what."""
PSNR = Metric(
    "psnr",
    "PSNR of reconstructions",
    "dB",
    decimals=2,
    needs=(GENERATIVE,),
    better="higher",
    headline=True,
    depends_on=SEEN,
)
SSIM = Metric(
    "ssim",
    "SSIM of reconstructions",
    "structural similarity",
    needs=(GENERATIVE,),
    better="higher",
    depends_on=SEEN,
)
DETAIL = Metric(
    "detail_correlation",
    "Detail of reconstructions",
    "correlation with that of the image",
    needs=(GENERATIVE,),
    better="higher",
    depends_on=SEEN,
)


def measure(batch: "Batch") -> "Measures":
    """Log-likelihood, PSNR, SSIM and right detail of each image."""
    from vaeflow.components.evaluation.similarity import detail_correlation, psnr, ssim

    return {
        LOG_LIKELIHOOD.name: batch.elbo.log_likelihood,
        PSNR.name: psnr(batch.x, batch.reconstruction),
        SSIM.name: ssim(batch.x, batch.reconstruction),
        DETAIL.name: detail_correlation(batch.x, batch.reconstruction),
    }


def note(study: "Study") -> str:
    """The conventions of PSNR, SSIM and the detail."""
    from vaeflow.components.evaluation.similarity import SSIM_STDDEV, ssim_window

    side = ssim_window(*study.subject.network.image_shape[:2])
    return (
        "PSNR and SSIM are means over the images as the model sees them, with pixels in [0, 1]. SSIM uses a Gaussian "
        f"window of {side}×{side} pixels with σ = {SSIM_STDDEV} (Wang et al. 2004), and is averaged over the channels. "
        "Their detail is the correlation over pixels of the Laplacian of the reconstruction with the image's. Grain "
        "that the image does not have lowers it, and raises the sharpness."
    )


FAMILY = Family((LOG_LIKELIHOOD, PSNR, SSIM, DETAIL), measure, note=note)

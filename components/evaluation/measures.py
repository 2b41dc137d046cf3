"""What a model says of one batch of images. Each is a picklable function: a Beam worker calls it with its own model."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from vaeflow.components.evaluation.fidelity import psnr, ssim
from vaeflow.models.base import LatentVariableModel

Measures = dict[str, tf.Tensor]
Measure = Callable[[LatentVariableModel, tf.Tensor, tf.Tensor, tf.Tensor], Measures]
"""(model, uint8 images [batch, h, w, c], labels [batch], index of the batch) → named tensors, each [batch, ...]."""

DECODED_PIXELS = 2**22
"""How many pixels are decoded at once for importance weights: 16 MiB of float32 keep the cores busy."""


def embedding(model: LatentVariableModel, images: tf.Tensor, labels: tf.Tensor, index: tf.Tensor) -> Measures:
    """The posterior means alone."""
    return {"mean": model.embed(model.observe(images), model.given(labels))}


@dataclass(frozen=True)
class Bounds:
    """The posterior, the reconstruction, and every bound on the log-likelihood that there is, in nats per image.

    The noise of a batch is a function of the seed and of the batch's index, so that it is the same on every engine.
    """

    importance_samples: int
    seed: int

    def __call__(self, model: LatentVariableModel, images: tf.Tensor, labels: tf.Tensor, index: tf.Tensor) -> Measures:
        """Measure one batch."""
        x = model.observe(images)
        elbo_seed, weights_seed = tf.unstack(tf.random.split(tf.stack([tf.constant(self.seed), index]), 2))
        shown = model.given(labels)
        elbo = model.elbo(x, elbo_seed, shown)
        reconstructed = model.reconstruct(x, shown)
        measures = {
            "mean": model.embed(x, shown),
            "stddev": model.posterior(x, shown).stddev(),
            "log_likelihood": elbo.log_likelihood,
            "psnr": psnr(x, reconstructed),
            "ssim": ssim(x, reconstructed),
        }
        if model.denoises:
            measures |= denoising(model, x, tf.random.fold_in(elbo_seed, 1), shown)
        if model.quantises:
            measures["symbols"] = model.symbols(x)
        if model.classifies:
            measures["probabilities"] = model.classify(x)
        if model.clusters:
            measures["clusters"] = tf.argmax(model.assign(x), axis=-1)
        if not model.bounds_likelihood:
            return measures
        return measures | {
            "kl": elbo.kl,
            "kl_per_dimension": elbo.kl_terms,
            "iw_log_likelihood": importance_weighted(model, x, self.importance_samples, weights_seed, labels=shown),
        }


def denoising(model: LatentVariableModel, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None) -> Measures:
    """How near the clean images x are the ones with noise, and what the model makes of those."""
    noisy = model.corrupt(x, seed)
    denoised = model.reconstruct(noisy, labels)
    return {
        "noisy_psnr": psnr(x, noisy),
        "denoised_psnr": psnr(x, denoised),
        "noisy_ssim": ssim(x, noisy),
        "denoised_ssim": ssim(x, denoised),
    }


def importance_weighted(
    model: LatentVariableModel,
    x: tf.Tensor,
    num_samples: int,
    seed: tf.Tensor,
    *,
    labels: tf.Tensor | None = None,
    decoded_pixels: int = DECODED_PIXELS,
) -> tf.Tensor:
    """The estimate log 1/K Σ p(x, z_k) / q(z_k | x) for each image, [batch], in nats. Burda et al. 2016, eq. 8.

    The samples come in chunks that decode at most `decoded_pixels` (one sample per image at least), whatever K is.
    """
    chunk = min(num_samples, max(1, decoded_pixels // math.prod(x.shape)))
    chunks, rest = divmod(num_samples, chunk)
    total = tf.fill([x.shape[0]], -math.inf)
    for i in tf.range(chunks):
        total = _add(total, model.log_weights(x, chunk, tf.random.fold_in(seed, i), labels))
    if rest:
        total = _add(total, model.log_weights(x, rest, tf.random.fold_in(seed, chunks), labels))
    return total - math.log(num_samples)


def _add(total: tf.Tensor, log_weights: tf.Tensor) -> tf.Tensor:
    return tf.reduce_logsumexp(tf.concat([total[tf.newaxis], log_weights], axis=0), axis=0)

"""The importance-weighted estimate of the log-likelihood of images."""

import math
import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import tensorflow as tf

    from vaeflow.models.base import LatentVariableModel

DECODED_PIXELS = 2**22
"""Maximum number of pixels decoded at once for importance weights of a group of images: 16 MiB of float32."""
MAX_GROUPS_AT_ONCE = 8
"""Bounds the memory on machines with many cores, which TensorFlow also uses within a group."""


class Estimate(NamedTuple):
    """Estimates of log p(x) in nats, and the share of the importance samples that is effective, both [batch]."""

    log_likelihood: "tf.Tensor"
    effective_share: "tf.Tensor"


def importance_weighted(
    model: "LatentVariableModel",
    x: "tf.Tensor",
    num_samples: int,
    seed: "tf.Tensor",
    *,
    labels: "tf.Tensor | None" = None,
    decoded_pixels: int = DECODED_PIXELS,
) -> Estimate:
    """Estimate log 1/K Σ w_k with w_k = p(x, z_k) / q(z_k | x) of each image. Burda et al. 2016, eq. 8.

    The effective share of the samples is (Σ w_k)² / (K Σ w_k²): 1 if all weights are equal, 1/K if only one counts.
    Kong 1992.

    The images are divided into groups, which are independent of each other, so that one group per core is estimated at
    a time. A group decodes at most `decoded_pixels` pixels at once, but at least one sample of one image: if possible
    all samples of its images, so that they are encoded only once.
    """
    import tensorflow as tf

    batch, image = x.shape[0], x.shape[1:]
    groups = math.ceil(batch / max(1, decoded_pixels // (num_samples * math.prod(image))))
    images = math.ceil(batch / groups)
    chunk = min(num_samples, max(1, decoded_pixels // (images * math.prod(image))))

    def grouped(values: "tf.Tensor") -> "tf.Tensor":
        filled = tf.concat([values, tf.zeros_like(values)[: groups * images - batch]], axis=0)
        return tf.reshape(filled, [groups, images, *values.shape[1:]])

    given = [grouped(values) for values in (x, labels) if values is not None]
    estimates = tf.map_fn(
        lambda group: _log_sums(model, num_samples, chunk, *group),
        (tf.random.split(seed, groups), *given),
        parallel_iterations=min(os.cpu_count() or 1, MAX_GROUPS_AT_ONCE),
        fn_output_signature=tf.TensorSpec([images, 2]),
    )
    first, second = tf.unstack(tf.reshape(estimates, [groups * images, 2])[:batch], axis=-1)
    count = math.log(num_samples)
    return Estimate(first - count, tf.exp(2 * first - second - count))


def _log_sums(
    model: "LatentVariableModel",
    num_samples: int,
    chunk: int,
    seed: "tf.Tensor",
    x: "tf.Tensor",
    labels: "tf.Tensor | None" = None,
) -> "tf.Tensor":
    """Logs of the sums of the weights, and of their squares, of samples drawn in chunks, of each image: [batch, 2]."""
    import tensorflow as tf

    chunks, rest = divmod(num_samples, chunk)

    def add(total: tf.Tensor, i: tf.Tensor, size: int) -> tf.Tensor:
        return _add(total, model.log_weights(x, size, tf.random.fold_in(seed, i), labels))

    _, total = tf.while_loop(
        lambda i, _: i < chunks,
        lambda i, total: (i + 1, add(total, i, chunk)),
        (tf.constant(0), tf.fill([x.shape[0], 2], -math.inf)),
        parallel_iterations=1,  # 10 by default, each with its own pixels
    )
    return add(total, tf.constant(chunks), rest) if rest else total


def _add(total: "tf.Tensor", log_weights: "tf.Tensor") -> "tf.Tensor":
    import tensorflow as tf

    powers = tf.stack([log_weights, 2 * log_weights], axis=-1)
    return tf.reduce_logsumexp(tf.concat([total[tf.newaxis], powers], axis=0), axis=0)

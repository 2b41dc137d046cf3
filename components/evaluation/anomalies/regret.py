"""Likelihood regret: what the bound of an image gains if its posterior is optimised for it alone. Xiao et al. 2020."""

import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel

SAMPLES = 8
ITERATIONS = 30


def likelihood_regret(
    model: LatentVariableModel,
    x: tf.Tensor,
    seed: tf.Tensor,
    labels: tf.Tensor | None = None,
    num_samples: int = SAMPLES,
    iterations: int = ITERATIONS,
) -> tf.Tensor:
    """L(x; τ̂) - L(x; τ) with the parameters τ of a diagonal normal posterior, and τ̂ optimal, [batch]. Xiao 2020, eq. 6.

    L-BFGS optimises means and log standard deviations, from those of the encoder, for the same noise in all samples;
    the regret is measured with other noise.
    """
    optimised, measured = tf.unstack(tf.random.split(seed, 2))
    q = model.posterior(x, labels)
    mean, start = q.mean(), tf.math.log(q.stddev())
    shape = (num_samples, x.shape[0], mean.shape[-1])

    def bound(parameters: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        mean, log_stddev = tf.split(parameters, 2, axis=-1)
        stddev = tf.exp(log_stddev)
        q = tfd.MultivariateNormalDiag(mean, stddev)
        z = mean + stddev * noise
        return model.elbo_at(x, q, z, q.log_prob(z)).total

    def loss_and_gradient(parameters: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        noise = tf.random.stateless_normal(shape, optimised)
        return tfp.math.value_and_gradient(lambda given: -bound(given, noise), parameters)

    initial = tf.concat([mean, start], axis=-1)
    steepness = tf.maximum(tf.norm(loss_and_gradient(initial)[1], axis=-1), 1)

    def scaled(parameters: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """So that the first step, which is as long as the gradient, does not end where the bound is not finite."""
        loss, gradient = loss_and_gradient(parameters)
        return loss / steepness, gradient / steepness[:, tf.newaxis]

    found = tfp.optimizer.lbfgs_minimize(scaled, initial_position=initial, max_iterations=iterations)
    noise = tf.random.stateless_normal(shape, measured)
    return bound(found.position, noise) - bound(initial, noise)

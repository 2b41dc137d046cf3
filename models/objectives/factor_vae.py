"""The ELBO with a discriminator that estimates the total correlation of the code. Kim & Mnih 2018."""

import keras
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.objectives.config import FactorVaeConfig
from vaeflow.models.observation import GENERATOR
from vaeflow.models.training.data import Batch
from vaeflow.models.training.losses import Losses


class FactorVaeObjective:
    """ELBO - γ TC(z), where TC is estimated as the discriminator's mean log-odds that the codes are not shuffled.

    In the same step, the discriminator learns to tell codes from codes with shuffled dimensions, with an optimizer of
    its own. Kim & Mnih 2018, alg. 2.

    The discriminator belongs to the objective, not to the model: `model.save` leaves it out, and to train a saved model
    further with a new objective is to train with a new discriminator. `vaeflow.load` of a run restores both.
    """

    term_names: tuple[str, ...] = ("elbo", "log_likelihood", "kl", "total_correlation", "discriminator_loss")

    def __init__(self, config: FactorVaeConfig, code_dim: int):
        self.config = config
        hidden = [keras.layers.Dense(units, "leaky_relu") for units in config.hidden]
        self.discriminator = keras.Sequential(
            [keras.Input((code_dim,)), *hidden, keras.layers.Dense(1, dtype="float32")]
        )

    def losses(self, model: LatentVariableModel, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """Two groups: the model maximises the objective, the discriminator minimises its cross-entropy."""
        seeds = tf.random.split(seed, 2, alg=GENERATOR)
        q = model.posterior(batch.x, batch.labels)
        z, log_q = q.experimental_sample_and_log_prob(self.config.samples, seed=seeds[0])
        elbo = model.elbo_at(batch.x, q, z, log_q)
        log_odds = self.log_odds(z)
        total_correlation = tf.reduce_mean(log_odds, axis=0)
        discriminator_loss = tf.reduce_mean(self.cross_entropy(log_odds, z, seeds[1]), axis=0)
        objective = elbo.total - self.config.gamma * total_correlation
        terms = {
            "elbo": elbo.total,
            "log_likelihood": elbo.log_likelihood,
            "kl": elbo.kl,
            "total_correlation": total_correlation,
            "discriminator_loss": discriminator_loss,
        }
        return Losses(
            objective, terms, {"model": -tf.reduce_mean(objective), "discriminator": tf.reduce_mean(discriminator_loss)}
        )

    def cross_entropy(self, log_odds: tf.Tensor, z: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Cross-entropy of telling codes z [samples, batch, code] from shuffled ones: [samples, batch], in nats.

        `log_odds` are those of z. The cross-entropy is minimal where they equal log q(z) / Πⱼ q(zⱼ), whose mean is the
        total correlation. Kim & Mnih 2018, eq. 3.
        """
        shuffled = self.log_odds(shuffle_dimensions(tf.stop_gradient(z), seed))
        return (tf.nn.softplus(-log_odds) + tf.nn.softplus(shuffled)) / 2

    def log_odds(self, z: tf.Tensor) -> tf.Tensor:
        """The log-odds, in nats, that codes [samples, batch, code] are not shuffled: [samples, batch]."""
        return tf.reshape(self.discriminator(tf.reshape(z, [-1, z.shape[-1]])), tf.shape(z)[:-1])

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """The parameters of the discriminator."""
        return {"discriminator": self.discriminator.trainable_variables}


def shuffle_dimensions(z: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Permute each dimension of codes [samples, batch, code] over the batch, independently. Kim & Mnih 2018, alg. 1."""
    noise = tf.random.stateless_uniform(tf.shape(z), seed, alg=GENERATOR)
    order = tf.argsort(noise, axis=1)
    by_dimension = tf.gather(tf.transpose(z, [0, 2, 1]), tf.transpose(order, [0, 2, 1]), axis=2, batch_dims=2)
    return tf.transpose(by_dimension, [0, 2, 1])

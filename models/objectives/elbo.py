"""The evidence lower bound with weighted terms. Kingma & Welling 2014, eq. 3; Higgins et al. 2017, eq. 4."""

import keras
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.objectives.config import Capacity, ElboConfig
from vaeflow.models.objectives.schedule import build_warm_up, linear
from vaeflow.models.training.data import Batch
from vaeflow.models.training.losses import Losses


class ElboObjective:
    """Weighted log-likelihood, minus the weighted KL term, minus the model's own penalties.

    The reported terms have no weights: the ELBO remains the bound, and its log-likelihood that of the model.
    """

    term_names: tuple[str, ...] = ("elbo", "log_likelihood", "kl")

    def __init__(self, config: ElboConfig | None = None, steps_per_epoch: int = 1):
        self.config = config or ElboConfig()
        self.steps_per_epoch = steps_per_epoch
        self.warm_up = build_warm_up(self.config.warm_up, steps_per_epoch)

    def losses(self, model: LatentVariableModel, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """One group: the whole model maximises the mean of the objective."""
        elbo, penalties = model.training_terms(batch, step, seed, self.config.samples)
        objective = self.weighted(*elbo, step) - sum(penalties.values())
        terms = {"elbo": elbo.total, "log_likelihood": elbo.log_likelihood, "kl": elbo.kl, **penalties}
        return Losses(objective, terms, {"model": -tf.reduce_mean(objective)})

    def weighted(self, log_likelihood: tf.Tensor, kl_terms: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        """The weighted bound, [batch] in nats, from a log-likelihood [batch] and KL terms [batch, groups]."""
        return self.config.reconstruction_weight * log_likelihood - self.weighted_kl(kl_terms, step)

    def weighted_kl(self, kl_terms: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        """Cost of the KL divergence, [batch] in nats, from its groups [batch, groups]."""
        if self.config.capacity:
            return self._capacity_cost(self.config.capacity, kl_terms, step)
        if self.config.free_bits:
            kl_terms = at_least(self.config.free_bits, kl_terms)
        weight = self.config.beta * self.warm_up(step) if self.config.warm_up else self.config.beta
        return weight * tf.reduce_sum(kl_terms, axis=-1)

    def _capacity_cost(self, capacity: Capacity, kl_terms: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        """γ |KL - C(step)|, with the mean KL of the batch, the same for every image. Burgess et al. 2018, eq. 8."""
        target = capacity.nats * linear(capacity.in_steps(self.steps_per_epoch))(step)
        kl = tf.reduce_sum(kl_terms, axis=-1)
        return tf.ones_like(kl) * capacity.weight * tf.abs(tf.reduce_mean(kl) - target)

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """The objective has no parameters of its own."""
        return {}


def at_least(nats: float, kl_terms: tf.Tensor) -> tf.Tensor:
    """Groups [batch, groups], set to `nats` where their batch mean is below it. Kingma et al. 2016, eq. 15."""
    return tf.where(tf.reduce_mean(kl_terms, axis=0) > nats, kl_terms, nats)

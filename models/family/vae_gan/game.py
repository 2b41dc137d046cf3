"""The game between decoder and discriminator: what each wants, and when one of them waits for the other."""

from collections.abc import Mapping
from typing import NamedTuple

import tensorflow as tf

from vaeflow.models.family.vae_gan.config import VAEGANConfig


class Game(NamedTuple):
    """The discriminator's logits of being real.

    Real images [batch], reconstructions from n codes of each [n, batch], and samples of the prior [batch].
    """

    real: tf.Tensor
    reconstructed: tf.Tensor
    sampled: tf.Tensor
    config: VAEGANConfig

    @property
    def discriminator(self) -> tf.Tensor:
        """What the discriminator lowers, [batch], in nats: -L_GAN of algorithm 1, with smoothed labels."""
        smoothing = self.config.label_smoothing
        real = (1 - smoothing) * self._missed + smoothing * tf.nn.softplus(self.real)
        return real + self._believed

    @property
    def generator(self) -> tf.Tensor:
        """What the decoder lowers, [batch], in nats: -log D of its images. Goodfellow et al. 2014, §3.

        It has the fixed point of L_GAN, and gradients where L_GAN's vanish.
        """
        return tf.reduce_mean(tf.nn.softplus(-self.reconstructed), axis=0) + tf.nn.softplus(-self.sampled)

    @property
    def _missed(self) -> tf.Tensor:
        """Cross-entropy of real images, [batch]."""
        return tf.nn.softplus(-self.real)

    @property
    def _believed(self) -> tf.Tensor:
        """Cross-entropy of reconstructions plus that of samples, [batch]."""
        return tf.reduce_mean(tf.nn.softplus(self.reconstructed), axis=0) + tf.nn.softplus(self.sampled)

    def held(self) -> Mapping[str, tf.Tensor]:
        """Who waits in this step: nobody where both would have to."""
        if self.config.margin is None:
            return {}
        losses = tf.stack([_mean(self._missed), _mean(self._believed) / 2])
        too_good = tf.reduce_any(losses < self.config.equilibrium - self.config.margin)
        too_weak = tf.reduce_any(losses > self.config.equilibrium + self.config.margin)
        return {
            "discriminator": tf.logical_and(too_good, tf.logical_not(too_weak)),
            "decoder": tf.logical_and(too_weak, tf.logical_not(too_good)),
        }

    def terms(self) -> Mapping[str, tf.Tensor]:
        """What is shown of it, [batch]: both losses, and how often each side waits."""
        held = self.held()
        waiting = {
            f"{side}_held": tf.ones_like(self.real) * tf.cast(held.get(side, False), tf.float32)
            for side in ("discriminator", "decoder")
        }
        return {"discriminator": self.discriminator, "generator": self.generator, **waiting}


def _mean(values: tf.Tensor) -> tf.Tensor:
    """Over the whole batch, so that all devices that share it decide alike."""
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.MEAN, tf.reduce_mean(values))

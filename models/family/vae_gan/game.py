"""The game between decoder and discriminator: the loss of each, and when one is held for the other to catch up."""

from collections.abc import Mapping
from typing import NamedTuple

import tensorflow as tf

from vaeflow.models.family.vae_gan.config import VAEGANConfig


class Game(NamedTuple):
    """The discriminator's logits that images are real.

    They are for real images [batch], n reconstructions of each [n, batch], and samples of the prior [batch].
    """

    real: tf.Tensor
    reconstructed: tf.Tensor
    sampled: tf.Tensor
    config: VAEGANConfig

    @property
    def discriminator(self) -> tf.Tensor:
        """The discriminator's loss [batch], in nats: -L_GAN of algorithm 1, with smoothed labels."""
        smoothing = self.config.label_smoothing
        real = (1 - smoothing) * self._real_loss + smoothing * tf.nn.softplus(self.real)
        return real + self._fake_loss

    @property
    def generator(self) -> tf.Tensor:
        """The decoder's loss [batch], in nats: -log D of its images. Goodfellow et al. 2014, §3.

        It has the same fixed point as L_GAN, and gradients where those of L_GAN vanish.
        """
        return tf.reduce_mean(tf.nn.softplus(-self.reconstructed), axis=0) + tf.nn.softplus(-self.sampled)

    @property
    def _real_loss(self) -> tf.Tensor:
        """Cross-entropy of real images, [batch]."""
        return tf.nn.softplus(-self.real)

    @property
    def _fake_loss(self) -> tf.Tensor:
        """Cross-entropy of reconstructions plus that of samples, [batch]."""
        return tf.reduce_mean(tf.nn.softplus(self.reconstructed), axis=0) + tf.nn.softplus(self.sampled)

    def held(self) -> Mapping[str, tf.Tensor]:
        """Which side is held in this step: neither if both would be."""
        if self.config.margin is None:
            return {}
        losses = tf.stack([_mean(self._real_loss), _mean(self._fake_loss) / 2])
        too_good = tf.reduce_any(losses < self.config.equilibrium - self.config.margin)
        too_weak = tf.reduce_any(losses > self.config.equilibrium + self.config.margin)
        return {
            "discriminator": tf.logical_and(too_good, tf.logical_not(too_weak)),
            "decoder": tf.logical_and(too_weak, tf.logical_not(too_good)),
        }

    def terms(self) -> Mapping[str, tf.Tensor]:
        """Reported terms [batch]: both losses, and how often each side is held."""
        held = self.held()
        held_terms = {
            f"{side}_held": tf.ones_like(self.real) * tf.cast(held.get(side, False), tf.float32)
            for side in ("discriminator", "decoder")
        }
        return {"discriminator": self.discriminator, "generator": self.generator, **held_terms}


def _mean(values: tf.Tensor) -> tf.Tensor:
    """The mean over the whole batch, so that all devices that share it decide alike."""
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.MEAN, tf.reduce_mean(values))

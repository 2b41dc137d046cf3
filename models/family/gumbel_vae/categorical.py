"""Independent categorical variables as one code vector, and their relaxation."""

from typing import Any

import tensorflow as tf

from vaeflow.models.distributions import CodeDistribution, gumbel_noise


class Categoricals(CodeDistribution):
    """Concatenated one-hot codes of independent categorical variables: event shape [variables · categories].

    The logits are [..., variables, categories]. The mean is the probabilities; samples are drawn by the Gumbel-max
    trick. Jang et al. 2017, eq. 1.
    """

    def __init__(self, logits: tf.Tensor):
        self.log_probs = tf.nn.log_softmax(logits)
        self.num_variables, self.categories = self.log_probs.shape[-2:]
        super().__init__(self.log_probs[..., 0], self.num_variables * self.categories, reparameterised=False)

    def _sample_n(self, n: tf.Tensor, seed: Any = None) -> tf.Tensor:
        chosen = tf.argmax(self.log_probs + self._gumbel(n, seed), axis=-1)
        return self._flat(tf.one_hot(chosen, self.categories, dtype=self.dtype))

    def relaxed_sample(self, n: int, temperature: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Points in the simplex, which approach its corners as the temperature falls: [n, ..., event]. Eq. 2."""
        return self._flat(tf.nn.softmax((self.log_probs + self._gumbel(n, seed)) / temperature))

    def _log_prob(self, z: tf.Tensor) -> tf.Tensor:
        one_hot = tf.reshape(z, tf.concat([tf.shape(z)[:-1], [self.num_variables, self.categories]], axis=0))
        return tf.reduce_sum(one_hot * self.log_probs, axis=[-2, -1])

    def _mean(self) -> tf.Tensor:
        return self._flat(tf.exp(self.log_probs))

    def _stddev(self) -> tf.Tensor:
        mean = self._mean()
        return tf.sqrt(mean * (1 - mean))

    def kl_to_uniform(self) -> tf.Tensor:
        """KL divergence to the uniform distribution over the categories, in nats per variable: [..., variables]."""
        probs = tf.exp(self.log_probs)
        return tf.reduce_sum(probs * self.log_probs, axis=-1) + tf.math.log(float(self.categories))

    def _gumbel(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return gumbel_noise(tf.concat([[n], tf.shape(self.log_probs)], axis=0), seed)

    def _flat(self, values: tf.Tensor) -> tf.Tensor:
        """[..., variables, categories] → [..., event]."""
        return tf.reshape(values, tf.concat([tf.shape(values)[:-2], self.event_shape_tensor()], axis=0))

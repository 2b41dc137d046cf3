"""Models with a second latent a besides the class y and the latent z: M1+M2, ADGM and SDGM.

q(a | x) q(y | a, x) q(z | a, x, y). How images depend on a differs between the models.
"""

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.distributions import kl_terms, standard_normal
from vaeflow.models.semi_supervised.base import Bound, SemiSupervised, class_kl, sample_around_mean
from vaeflow.models.semi_supervised.codes import Chained, LatentAndClass, broadcast_concat, log_known
from vaeflow.models.semi_supervised.pairs import AllPairs, Pairs
from vaeflow.models.terms import Elbo


class AuxiliaryModel(SemiSupervised):
    """The bound of Maaløe et al. 2016, eq. 9 and 11: a is sampled, and y is summed over where it is unknown."""

    auxiliary_dim: int

    def auxiliary_posterior(self, x: tf.Tensor) -> tfd.Distribution:
        """q(a | x): batch shape [batch]."""
        raise NotImplementedError

    def log_classes(self, x: tf.Tensor, a: tf.Tensor) -> tf.Tensor:
        """Log q(y | a, x) for a [..., batch, auxiliary]: [..., batch, classes]."""
        raise NotImplementedError

    def latents(self, x: tf.Tensor, a: tf.Tensor, pairs: Pairs) -> tfd.Distribution:
        """q(z | a, x, y) for a [..., batch, auxiliary]: its batch shape is that of the pairs of images and classes."""
        raise NotImplementedError

    def auxiliary(
        self, z: tf.Tensor, y: tf.Tensor, x: tf.Tensor | None = None, pairs: Pairs | None = None
    ) -> tfd.Distribution:
        """p(a | z, y), or p(a | x, z, y) in some models: batch shape [...] for z [..., latent] and y [..., classes].

        These are of images, or of pairs if `pairs` are given; x is of images.
        """
        raise NotImplementedError

    def image(self, a: tf.Tensor, z: tf.Tensor, y: tf.Tensor) -> tfd.Distribution:
        """p(x | a, z, y), or of those that x depends on: batch shape [...], by broadcasting."""
        raise NotImplementedError

    def expected_log_likelihood(
        self, x: tf.Tensor, a: tf.Tensor, z: tf.Tensor, log_classes: tf.Tensor, pairs: Pairs
    ) -> tf.Tensor:
        """Log p(x | a, z, y) [samples, batch], with its expectation under q(y), for a of images and z of pairs."""
        p = self.image(pairs.of(a), z, pairs.classes)
        return pairs.expected(p.log_prob(pairs.of(x, event=3)), log_classes)

    def given_auxiliary(self, x: tf.Tensor, a: tf.Tensor, labels: tf.Tensor | None) -> LatentAndClass:
        """q(y | a, x) q(z | a, x, y), where a known label gets all the probability."""
        every_class = AllPairs(self.num_classes, rank=a.shape.rank - 1)
        return LatentAndClass(log_known(self.log_classes(x, a), labels), self.latents(x, a, every_class))

    def classify(self, x: tf.Tensor) -> tf.Tensor:
        """q(y | a, x) at the mean of q(a | x)."""
        return tf.exp(self.log_classes(x, self.auxiliary_posterior(x).mean()))

    def bound(
        self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None, num_samples: int, labelled: int = 0
    ) -> Bound:
        auxiliary_seed, latent_seed = tf.unstack(tf.random.split(seed, 2))
        a, log_q_a = self.auxiliary_posterior(x).experimental_sample_and_log_prob(num_samples, seed=auxiliary_seed)
        log_classes = self.log_classes(x, a)
        log_q_y = log_known(log_classes, labels)
        pairs = self.pairs(log_q_y, labels, labelled, seed)
        q_z = self.latents(x, a, pairs)
        z = q_z.sample(seed=latent_seed)
        log_likelihood = self.expected_log_likelihood(x, a, z, log_q_y, pairs)
        log_p_a = self.auxiliary(z, pairs.classes, x, pairs).log_prob(pairs.of(a))
        auxiliary_kl = log_q_a - pairs.expected(log_p_a, log_q_y)
        latent_kl = kl_terms(q_z, standard_normal(self.latent_dim), z[tf.newaxis], tf.zeros(()))
        kl = tf.concat(
            [auxiliary_kl[..., tf.newaxis], pairs.expected(latent_kl, log_q_y), class_kl(log_q_y)[..., tf.newaxis]],
            axis=-1,
        )
        return Bound(Elbo(tf.reduce_mean(log_likelihood, 0), tf.reduce_mean(kl, 0)), log_classes)


class StackedModel(AuxiliaryModel):
    """An auxiliary model in which images depend on a: p(y) p(z) p(a | z, y) p(x | a, ...). The code is [a, z, y]."""

    @property
    def code_dim(self) -> int:
        return self.auxiliary_dim + super().code_dim

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        return Chained(
            self.auxiliary_posterior(x), lambda a: self.given_auxiliary(x, a, labels), self.code_dim, reverse=False
        )

    def prior(self) -> tfd.Distribution:
        return Chained(self.latent_prior(), self._auxiliary_of, self.code_dim, reverse=True)

    def _auxiliary_of(self, latent_and_class: tf.Tensor) -> tfd.Distribution:
        return self.auxiliary(*tf.split(latent_and_class, [self.latent_dim, self.num_classes], axis=-1))

    def likelihood(self, z: tf.Tensor) -> tfd.Distribution:
        return self.image(*tf.split(z, [self.auxiliary_dim, self.latent_dim, self.num_classes], axis=-1))

    def class_codes(self, z: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        """Like the base class, with a at its mean."""
        latent_and_class = super().class_codes(z, classes)
        return broadcast_concat(self._auxiliary_of(latent_and_class).mean(), latent_and_class)

    def sample_class_codes(
        self, classes: tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0
    ) -> tf.Tensor:
        latent_seed, auxiliary_seed = tf.unstack(tf.random.split(seed, 2))
        latent_and_class = super().sample_class_codes(classes, latent_seed, temperature)
        p = self._auxiliary_of(latent_and_class)
        return broadcast_concat(sample_around_mean(p, auxiliary_seed, temperature), latent_and_class)

"""The contract that every model of the family keeps, and that everything downstream uses."""

from typing import Any, NamedTuple

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import Observation
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks import ImageShape
from vaeflow.models.observation import observe
from vaeflow.models.training_step import ElboTraining


class Elbo(NamedTuple):
    """Terms of the evidence lower bound, in nats per image, each of shape [batch]."""

    log_likelihood: tf.Tensor
    kl: tf.Tensor

    @property
    def total(self) -> tf.Tensor:
        """The bound itself: log_likelihood - kl."""
        return self.log_likelihood - self.kl


class LatentVariableModel(ElboTraining):
    """A model p(x, z) of images with an approximate posterior q(z | x).

    Images x are float32 [batch, h, w, c] in [0, 1], as `observe` gives them. Seeds are int32 tensors of shape [2];
    every method is a pure function of its arguments and the weights.
    A subclass gives `posterior`, `prior` and `likelihood`; the rest follows.
    """

    def __init__(self, config: ModelConfig, image_shape: ImageShape, observation: Observation, **kwargs: Any):
        super().__init__(**kwargs)
        self.config = config
        self.image_shape: ImageShape = image_shape
        self.observation = observation
        self.latent_dim = config.latent_dim

    def posterior(self, x: tf.Tensor) -> tfd.Distribution:
        """q(z | x): batch shape [batch], event shape [latent]."""
        raise NotImplementedError

    def prior(self) -> tfd.Distribution:
        """p(z): event shape [latent]."""
        raise NotImplementedError

    def likelihood(self, z: tf.Tensor) -> tfd.Distribution:
        """p(x | z) for codes [..., latent]: batch shape [...], event shape [h, w, c]."""
        raise NotImplementedError

    @property
    def data_log_scale(self) -> float:
        """Nats per pixel from this model's likelihood to a probability of 8-bit pixels; see `PixelLikelihood`."""
        raise NotImplementedError

    def observe(self, images: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        """Stored uint8 images → x. Only training gives a seed."""
        return observe(images, self.observation, seed)

    def elbo(self, x: tf.Tensor, seed: tf.Tensor) -> Elbo:
        """One-sample estimate of the bound, with the KL in closed form. Kingma & Welling 2014, eq. 7."""
        q = self.posterior(x)
        z = q.sample(seed=seed)
        return Elbo(self.likelihood(z).log_prob(x), q.kl_divergence(self.prior()))

    def log_weights(self, x: tf.Tensor, num_samples: int, seed: tf.Tensor) -> tf.Tensor:
        """Log p(x, z) - log q(z | x) at samples of q: [num_samples, batch]. Burda et al. 2016, eq. 8."""
        q = self.posterior(x)
        z = q.sample(num_samples, seed=seed)
        return self.likelihood(z).log_prob(x) + self.prior().log_prob(z) - q.log_prob(z)

    def kl_per_dimension(self, x: tf.Tensor) -> tf.Tensor:
        """KL(q(z_j | x) || p(z_j)) in nats: [batch, latent]. Posterior and prior must factorise."""
        return tfd.kl_divergence(self.posterior(x).distribution, self.prior().distribution)

    def embed(self, x: tf.Tensor) -> tf.Tensor:
        """The posterior mean, [batch, latent]."""
        return self.posterior(x).mean()

    def decode(self, z: tf.Tensor) -> tf.Tensor:
        """The mean image of codes [..., latent]: [..., h, w, c] in [0, 1]."""
        return tf.clip_by_value(self.likelihood(z).mean(), 0.0, 1.0)

    def reconstruct(self, x: tf.Tensor) -> tf.Tensor:
        """The mean image at the posterior mean, [batch, h, w, c]."""
        return self.decode(self.embed(x))

    def generate(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Mean images at n codes drawn from the prior, which `temperature` narrows or widens: [n, h, w, c]."""
        return self.decode(self.prior().sample(n, seed=seed) * temperature)

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self.reconstruct(x)

    def build(self, input_shape: Any = None) -> None:
        """Create every weight, by one pass over an empty image."""
        self.call(tf.zeros((1, *self.image_shape)))
        self.built = True

    def get_config(self) -> dict[str, Any]:
        return {
            "config": self.config.model_dump(mode="json"),
            "image_shape": self.image_shape,
            "observation": self.observation.model_dump(mode="json"),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "LatentVariableModel":
        """Rebuild from `get_config`'s values; used by Keras when it loads `model.keras`."""
        return cls(
            ModelConfig.model_validate(config["config"]),
            tuple(config["image_shape"]),
            Observation.model_validate(config["observation"]),
        )

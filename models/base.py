"""The contract that every model of the family keeps, and that everything downstream uses."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import kl_terms
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.observation import observe
from vaeflow.models.priors.mixture import sample_at_temperature
from vaeflow.models.training.data import Batch
from vaeflow.models.training.step import Trainable


class Elbo(NamedTuple):
    """Terms of the evidence lower bound, in nats per image: log_likelihood [batch], and the KL divergence by groups.

    A group, of `kl_terms` [batch, groups], is what the model can tell apart: a dimension, a layer, or all of the code.
    """

    log_likelihood: tf.Tensor
    kl_terms: tf.Tensor

    @property
    def kl(self) -> tf.Tensor:
        """The KL divergence, [batch]."""
        return tf.reduce_sum(self.kl_terms, axis=-1)

    @property
    def total(self) -> tf.Tensor:
        """The bound itself, [batch]: log_likelihood - kl."""
        return self.log_likelihood - self.kl


class JointSample(NamedTuple):
    """Codes z [samples, batch, code] of q(z | x), with the log-densities [samples, batch] that they have."""

    z: tf.Tensor
    log_likelihood: tf.Tensor
    log_prior: tf.Tensor
    log_posterior: tf.Tensor

    @property
    def log_weights(self) -> tf.Tensor:
        """Log p(x, z) - log q(z | x), [samples, batch]. Burda et al. 2016, eq. 8."""
        return self.log_likelihood + self.log_prior - self.log_posterior


class TrainingTerms(NamedTuple):
    """What a step of training adds up: the bound, and penalties [batch] in nats per image by `penalty_names`."""

    elbo: Elbo
    penalties: Mapping[str, tf.Tensor] = {}


class LatentVariableModel(Trainable):
    """A model p(x, z) of images with an approximate posterior q(z | x).

    Images x are float32 [batch, h, w, c] in [0, 1], as `observe` gives them. Labels are int32 [batch], -1 where not
    known, and None is all unknown. Seeds are int32 tensors of shape [2]; every method is a pure function of its
    arguments and the weights.
    A subclass gives `posterior`, `prior` and `decoder`, or a `likelihood` of its own; the rest follows.
    """

    config_class: ClassVar[type[ModelConfig]]
    """What configures it."""
    bounds_likelihood: ClassVar[bool] = True
    """Whether `elbo` is a lower bound of log p(x), and not only a loss of that shape."""
    conditional: ClassVar[bool] = False
    """Whether the label is part of what the model is given, in evaluation too: it models p(x | y)."""
    classifies: ClassVar[bool] = False
    """Whether it tells the class of an image: `classify`."""
    clusters: ClassVar[bool] = False
    """Whether it assigns images to clusters of its own: `assign`."""
    generates_classes: ClassVar[bool] = False
    """Whether a class can be chosen for what it generates: `class_codes` and `sample_class_codes`."""
    quantises: ClassVar[bool] = False
    """Whether its codes are made of symbols from a codebook: `symbols` and `num_symbols`."""
    denoises: bool = False
    """Whether it is made to remove noise from images: `corrupt`."""
    decoder: ImageDecoder
    """What `likelihood` is made of."""

    def __init__(self, config: ModelConfig, data: DataSpec, **kwargs: Any):
        super().__init__(**kwargs)
        self.config = config
        self.data = data
        self.latent_dim = config.latent_dim

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return self.data.image_shape

    @property
    def code_dim(self) -> int:
        """Size of the code vector that `embed` gives and `decode` takes: all that the decoder is told."""
        return self.latent_dim

    @property
    def inferred_dim(self) -> int:
        """How many dimensions of the code, its first ones, are inferred from the image: all but a given label."""
        return self.code_dim

    @property
    def code_groups(self) -> Mapping[str, int]:
        """Names and sizes of the code vector's layers, in their order, where there are several."""
        return {}

    def given(self, labels: tf.Tensor) -> tf.Tensor | None:
        """The labels [batch] of images for a model of images given their label; no other may see them in evaluation."""
        return labels if self.conditional else None

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        """q(z | x): batch shape [batch], event shape [code]."""
        raise NotImplementedError

    def prior(self) -> tfd.Distribution:
        """p(z): event shape [code]."""
        raise NotImplementedError

    def likelihood(self, z: tf.Tensor) -> tfd.Distribution:
        """p(x | z) for codes [..., code]: batch shape [...], event shape [h, w, c]."""
        return self.decoder(z)

    @property
    def data_log_scale(self) -> float:
        """Nats per pixel from this model's likelihood to a probability of 8-bit pixels; see `PixelLikelihood`."""
        return self.decoder.data_log_scale

    def observe(self, images: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        """Stored uint8 images → x. Only training gives a seed."""
        return observe(images, self.data.observation, seed)

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        """Estimate of the bound from samples of q, with the KL in closed form where there is one.

        Kingma & Welling 2014, eq. 7, and eq. 6 where the KL has to be sampled too.
        """
        q = self.posterior(x, labels)
        return self.elbo_at(x, q, *q.experimental_sample_and_log_prob(num_samples, seed=seed))

    def elbo_at(self, x: tf.Tensor, q: tfd.Distribution, z: tf.Tensor, log_q: tf.Tensor) -> Elbo:
        """The bound from codes z [samples, batch, code] of q(z | x), with log_q = log q(z | x)."""
        log_likelihood = tf.reduce_mean(self.likelihood(z).log_prob(x), axis=0)
        return Elbo(log_likelihood, kl_terms(q, self.prior(), z, log_q))

    def joint_sample(
        self, x: tf.Tensor, num_samples: int, seed: tf.Tensor, labels: tf.Tensor | None = None
    ) -> JointSample:
        """Codes from q with their densities under model and posterior; the KL is never the closed form here."""
        q = self.posterior(x, labels)
        return self.joint_at(x, *q.experimental_sample_and_log_prob(num_samples, seed=seed))

    def joint_at(self, x: tf.Tensor, z: tf.Tensor, log_q: tf.Tensor) -> JointSample:
        """The densities at codes z [samples, batch, code], where log q(z | x) = log_q."""
        return JointSample(z, self.likelihood(z).log_prob(x), self.prior().log_prob(z), log_q)

    def log_weights(
        self, x: tf.Tensor, num_samples: int, seed: tf.Tensor, labels: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Log p(x, z) - log q(z | x) at samples of q: [num_samples, batch]. Burda et al. 2016, eq. 8."""
        return self.joint_sample(x, num_samples, seed, labels).log_weights

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        """The terms that an objective weighs at optimizer step `step`, the last possible one in validation."""
        return TrainingTerms(self.elbo(batch.x, seed, batch.labels, num_samples))

    def embed(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tf.Tensor:
        """The posterior mean, [batch, code]."""
        return self.posterior(x, labels).mean()

    def decode(self, z: tf.Tensor) -> tf.Tensor:
        """The mean image of codes [..., code]: [..., h, w, c] in [0, 1]."""
        return tf.clip_by_value(self.likelihood(z).mean(), 0.0, 1.0)

    def reconstruct(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tf.Tensor:
        """The mean image at the posterior mean, [batch, h, w, c]."""
        return self.decode(self.embed(x, labels))

    def sample_codes(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Codes drawn from the prior, which `temperature` narrows or widens: [n, code]."""
        return sample_at_temperature(self.prior(), n, seed, temperature)

    def generate(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Mean images at n codes drawn from the prior: [n, h, w, c]."""
        return self.decode(self.sample_codes(n, seed, temperature))

    def class_codes(self, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """The codes of latent z [batch, latent] with a class chosen for each: [batch, code]."""
        raise NotImplementedError

    def sample_class_codes(self, labels: tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Codes drawn from the prior given the class [n] that was chosen for each: [n, code]."""
        raise NotImplementedError

    def generate_class(self, labels: tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """As `generate`, of the classes [n]: mean images [n, h, w, c]."""
        return self.decode(self.sample_class_codes(labels, seed, temperature))

    def classify(self, x: tf.Tensor) -> tf.Tensor:
        """Probabilities of the classes, [batch, classes]."""
        raise NotImplementedError

    def symbols(self, x: tf.Tensor) -> tf.Tensor:
        """Places in the codebook, int32 [batch, positions]."""
        raise NotImplementedError

    @property
    def num_symbols(self) -> int:
        """Size of the codebook."""
        raise NotImplementedError

    def corrupt(self, x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images x with the noise that the model is made to remove, [batch, h, w, c] in [0, 1]."""
        raise NotImplementedError

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the model's results has to know beside the numbers, in sentences."""
        return ()

    def assign(self, x: tf.Tensor) -> tf.Tensor:
        """Probabilities of the model's own clusters, [batch, clusters]."""
        raise NotImplementedError

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self.reconstruct(x)

    def build(self, input_shape: Any = None) -> None:
        """Create every weight, by one pass over an empty image."""
        self.call(tf.zeros((1, *self.image_shape)))
        self.built = True

    def get_config(self) -> dict[str, Any]:
        return {"config": self.config.model_dump(mode="json"), "data": self.data.model_dump(mode="json")}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "LatentVariableModel":
        """Rebuild from `get_config`'s values; used by Keras when it loads `model.keras`."""
        return cls(cls.config_class.model_validate(config["config"]), DataSpec.model_validate(config["data"]))

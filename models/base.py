"""The contract of all models: everything that training, evaluation and export use."""

from collections.abc import Mapping
from typing import Any, ClassVar

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import kl_terms
from vaeflow.models.errors import InputError
from vaeflow.models.inputs.numbers import as_codes
from vaeflow.models.likelihoods.decoder import ImageDecoder
from vaeflow.models.model_config import GenerativeConfig, ModelConfig
from vaeflow.models.networks.centring import Centring
from vaeflow.models.priors.mixture import sample_at_temperature
from vaeflow.models.scoring import Scoring
from vaeflow.models.terms import Code, Elbo, JointSample, TrainingTerms
from vaeflow.models.training.data import Batch, TrainingSet
from vaeflow.models.training.step import Trainable


class LatentVariableModel(Trainable):
    """A model p(x, z) of images with an approximate posterior q(z | x).

    Images x are float32 [batch, h, w, c] in [0, 1], as returned by `observe`; methods also take uint8 images, see
    `ImageModel`. Labels are int32 [batch], -1 where unknown; None means that all are unknown. Seeds are int32 tensors
    of shape [2]. Every method is a pure function of its arguments and the weights.
    A subclass implements `posterior` and `prior`, and sets `decoder` or overrides `likelihood`; the rest follows.
    """

    config: ModelConfig
    config_class: ClassVar[type[ModelConfig]]
    """Configuration class of the model."""
    latent_dim: int
    """Number of latent dimensions of a generative model."""
    generates_classes: ClassVar[bool] = False
    """Whether it can generate images of a chosen class: `class_codes` and `sample_class_codes`."""
    scoring: Scoring | None = None
    """The anomaly score of the model, and its threshold, if it has been evaluated."""
    decoder: ImageDecoder
    """Decoder network and pixel likelihood, which `likelihood` applies to codes."""

    def __init__(self, config: ModelConfig, data: DataSpec, **kwargs: Any):
        super().__init__(**kwargs)
        self.config = config
        self.data = data
        if isinstance(config, GenerativeConfig):
            self.latent_dim = config.latent_dim

    @property
    def code_dim(self) -> int:
        """Size of the code vector that `embed` returns and `decode` takes: all that the decoder sees."""
        return self.latent_dim

    @property
    def inferred_dim(self) -> int:
        """Number of leading code dimensions that are inferred from the image: all but those of a given label."""
        return self.code_dim

    @property
    def code_groups(self) -> Mapping[str, int]:
        """Names and sizes of the layers in the code vector, in order; empty if there is only one layer."""
        return {}

    @property
    def conditional(self) -> bool:
        """Whether the model is given the label, in evaluation too: it models p(x | y)."""
        return self.config.conditional

    def given(self, labels: tf.Tensor) -> tf.Tensor | None:
        """The labels [batch] if the model is conditional, else None: no other model may see them in evaluation."""
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

    def initialise(self, data: TrainingSet) -> None:
        """Centre all encoders and decoders on the mean image, so that no code needs to say how bright images are."""
        for layer in self._flatten_layers():
            if isinstance(layer, Centring | ImageDecoder):
                layer.centre(data.mean_image)

    @property
    def data_log_scale(self) -> float:
        """Log of the number of grey levels per unit of the density, in nats per pixel; see `PixelLikelihood`."""
        return self.decoder.data_log_scale

    def elbo(self, x: tf.Tensor, seed: tf.Tensor, labels: tf.Tensor | None = None, num_samples: int = 1) -> Elbo:
        """Estimate of the bound from samples of q, with the KL divergence in closed form where one exists.

        Kingma & Welling 2014, eq. 7, or eq. 6 where the KL divergence is estimated from the samples too.
        """
        q = self.posterior(x, labels)
        return self.elbo_at(x, q, *q.experimental_sample_and_log_prob(num_samples, seed=seed))

    def elbo_at(self, x: tf.Tensor, q: tfd.Distribution, z: tf.Tensor, log_q: tf.Tensor) -> Elbo:
        """The bound from samples z [samples, batch, code] of q, with log_q = log q(z | x) [samples, batch]."""
        log_likelihood = tf.reduce_mean(self.likelihood(z).log_prob(x), axis=0)
        return Elbo(log_likelihood, kl_terms(q, self.prior(), z, log_q))

    def joint_sample(
        self, x: tf.Tensor, num_samples: int, seed: tf.Tensor, labels: tf.Tensor | None = None
    ) -> JointSample:
        """Samples of q with their log-densities under model and posterior; the KL is never in closed form."""
        q = self.posterior(x, labels)
        return self.joint_at(x, *q.experimental_sample_and_log_prob(num_samples, seed=seed))

    def joint_at(self, x: tf.Tensor, z: tf.Tensor, log_q: tf.Tensor) -> JointSample:
        """The log-densities at codes z [samples, batch, code], with log_q = log q(z | x) [samples, batch]."""
        return JointSample(z, self.likelihood(z).log_prob(x), self.prior().log_prob(z), log_q)

    def log_weights(
        self, x: tf.Tensor, num_samples: int, seed: tf.Tensor, labels: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Log p(x, z) - log q(z | x) at samples of q: [num_samples, batch]. Burda et al. 2016, eq. 8."""
        return self.joint_sample(x, num_samples, seed, labels).log_weights

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        """The terms that an objective weights at optimizer step `step`; validation passes the last possible step."""
        return TrainingTerms(self.elbo(batch.x, seed, batch.labels, num_samples))

    def embed(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tf.Tensor:
        """The posterior mean, [batch, code]."""
        return self.posterior(x, labels).mean()

    def encode(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> Code:
        """What `embed` returns, and how certain it is: the posterior means and standard deviations."""
        stddev = self.posterior(x, labels).stddev()
        return Code(tf.cast(self.embed(x, labels), tf.float32), tf.cast(stddev, tf.float32))

    def decode(self, z: tf.Tensor) -> tf.Tensor:
        """The mean image of codes [..., code]: [..., h, w, c] in [0, 1].

        Raises `InputError` if the codes are no finite numbers, or of another size.
        """
        return self._mean_image(as_codes(z, self.code_dim))

    def _mean_image(self, z: tf.Tensor) -> tf.Tensor:
        """Like `decode`, for the model's own codes, which are not the user's to correct."""
        return tf.clip_by_value(self.likelihood(z).mean(), 0.0, 1.0)

    def reconstruct(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tf.Tensor:
        """The mean image at the posterior mean, [batch, h, w, c]."""
        return self._mean_image(self.embed(x, labels))

    def errors(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tf.Tensor:
        """Squared error of the reconstruction at each place, [batch, h, w], the mean over the channels."""
        error = tf.math.squared_difference(tf.cast(self.reconstruct(x, labels), tf.float32), x)
        return tf.reduce_mean(error, axis=-1)

    def score(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tf.Tensor:
        """How unlike the training images an image is, [batch] in [0, 1]: above 0.5, it is an anomaly.

        Raises `InputError` if the model has no `scoring`, which the evaluation of its run sets.
        """
        if self.scoring is None:
            raise InputError("score: expected a model of an evaluated run, loaded by the id of the run")
        return self.scoring.normalised(self.scoring.raw(self, x, labels))

    def descend(self, z: tf.Tensor, layer: int) -> tf.Tensor:
        """Codes [..., code] with the layers below `layer`, counted from 0 at the bottom, at their prior means.

        These are the means given the layers above. A code with a single layer stays as it is.
        """
        return self.resample(z, layer, tf.zeros(2, tf.int32), temperature=0.0)

    def resample(
        self, z: tf.Tensor, layer: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0
    ) -> tf.Tensor:
        """Codes [..., code] with the layers below `layer`, counted from 0 at the bottom, drawn from their priors.

        Each is drawn given the layer above, with its standard deviations multiplied by `temperature`. A code with a
        single layer stays as it is.
        """
        return z

    def sample_codes(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Samples [n, code] of the prior, which `temperature` narrows or widens."""
        return sample_at_temperature(self.prior(), n, seed, temperature)

    def generate(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Mean images [n, h, w, c] of n codes sampled from the prior."""
        return self._mean_image(self.sample_codes(n, seed, temperature))

    def sample(self, n: int | tf.Tensor, seed: int = 0, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Like `generate`, with the seed and the images of the exported decoder's signature `sample`."""
        return self.generate(n, seed, temperature)

    def class_codes(self, z: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        """The codes [batch, code] of latents z [batch, latent] with their classes [batch]."""
        raise self._unable("generates classes")

    def sample_class_codes(
        self, classes: tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0
    ) -> tf.Tensor:
        """Samples [n, code] of the prior given the classes [n]."""
        raise self._unable("generates classes")

    def generate_class(self, classes: tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Like `generate`, given the classes [n]: mean images [n, h, w, c]."""
        return self._mean_image(self.sample_class_codes(classes, seed, temperature))

    def classify(self, x: tf.Tensor) -> tf.Tensor:
        """Class probabilities, [batch, classes]."""
        raise self._unable("classifies")

    def symbols(self, x: tf.Tensor) -> tf.Tensor:
        """Indices into the codebook, int32 [batch, positions]."""
        raise self._unable("quantises")

    @property
    def num_symbols(self) -> int:
        """Size of the codebook."""
        raise self._unable("quantises")

    def corrupt(self, x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images x with the noise that the model is trained to remove, [batch, h, w, c] in [0, 1]."""
        raise self._unable("denoises")

    def _unable(self, ability: str) -> InputError:
        return InputError(f"expected a model that {ability}, got {self.config.name}")

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the results needs to know besides the numbers, one sentence each."""
        return ()

    def assign(self, x: tf.Tensor) -> tf.Tensor:
        """Probabilities of the model's own clusters, [batch, clusters]."""
        raise self._unable("clusters")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self.reconstruct(x)

    def build(self, input_shape: Any = None) -> None:
        """Create every weight by calling the model on a black image."""
        self.call(tf.zeros((1, *self.image_shape)))
        self.built = True

    def get_config(self) -> dict[str, Any]:
        return {"config": self.config.model_dump(mode="json"), "data": self.data.model_dump(mode="json")}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "LatentVariableModel":
        """Rebuild the model from the values of `get_config`; Keras calls this to load `model.keras`."""
        return cls(cls.config_class.model_validate(config["config"]), DataSpec.model_validate(config["data"]))

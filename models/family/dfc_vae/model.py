"""The deep feature consistent VAE: a VAE with a perceptual loss instead of pixel errors. Hou et al. 2017.

z ~ p(z)        x̂ = decoder(z)        trained: max -w/2 Σ_l |Φ_l(x) - Φ_l(x̂)|² / n_l s_l² - KL(q(z | x) || p(z))

Φ_l are the n_l features of layer l of another network, and s_l² is their variance over training images, which gives
the weight w the same meaning for every network. Hou et al. use s_l = 1 and the features of VGG19.
"""

import logging
from typing import Any

import keras
import tensorflow as tf

from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import kl_terms
from vaeflow.models.errors import InputError
from vaeflow.models.family.dfc_vae.config import DFCVAEConfig
from vaeflow.models.one_layer.model import OneLayerVAE
from vaeflow.models.perception.distance import FeatureDistance
from vaeflow.models.perception.features import NOT_TRAINED_FOR_PIXELS, FeatureNetwork
from vaeflow.models.perception.small_vgg import small_vgg
from vaeflow.models.perception.vgg19 import Features, vgg19_features
from vaeflow.models.perception.weights import keras_cache
from vaeflow.models.terms import Elbo, TrainingTerms
from vaeflow.models.training.data import Batch, TrainingSet, weights_of_known
from vaeflow.models.training.losses import Losses
from vaeflow.models.training.step import MAIN, Phase, excluding

log = logging.getLogger(__name__)

CLASSIFIER = "classifier"
VARIANCE_IMAGES = 2_000
"""Maximum number of training images used to estimate the variance of the features."""


@keras.saving.register_keras_serializable("vaeflow")
class DFCVAE(OneLayerVAE):
    """A VAE that is trained on the features of VGG19, or of a classifier that was first trained on the same images.

    `elbo` is the bound under the configured pixel likelihood, as for any VAE: a true bound, but not what is trained. In
    training, the terms of that name are those of the features, and in the classifier's phase `log_likelihood` is that
    of the labels.
    """

    config_class = DFCVAEConfig
    config: DFCVAEConfig
    features: Features

    def __init__(self, config: DFCVAEConfig, data: DataSpec, **kwargs: Any):
        super().__init__(config, data, **kwargs)
        layers = len(config.vgg19_layers)
        if self.learns_features:
            _require_labels(data.num_classes)
            self.classifier = FeatureNetwork(small_vgg, config.network, data.image_shape, data.num_classes)
            layers = len(self.classifier(tf.zeros((1, *data.image_shape))).features)
        self.distance = FeatureDistance(layers)

    @property
    def learns_features(self) -> bool:
        """Whether a classifier is trained first."""
        return self.config.features == "classifier"

    @property
    def remarks(self) -> tuple[str, ...]:
        learned = f"a classifier that was first trained on the same images for {self.config.classifier_epochs} epochs"
        network = learned if self.learns_features else "VGG19, pretrained on ImageNet"
        return (f"In training, reconstructions were compared by the features of {network}.", NOT_TRAINED_FOR_PIXELS)

    def compile(self, *args: Any, phase: str = MAIN, **kwargs: Any) -> None:
        self.penalty_names = ("accuracy",) if phase == CLASSIFIER else ()
        if self.learns_features:
            self.features = lambda x: self.classifier(x).features
        else:
            weights = self.config.vgg19_weights or keras_cache()
            self.features = vgg19_features(weights, self.config.vgg19_layers)
            log.info("reconstructions are compared by features of VGG19, from %s", weights)
        super().compile(*args, phase=phase, **kwargs)

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(CLASSIFIER, self.config.classifier_epochs),) if self.learns_features else ()

    def begin(self, phase: str, data: TrainingSet) -> None:
        if phase == CLASSIFIER:
            _require_labels(len(data.labelled().labels))
            log.info("reconstructions are compared by features of a classifier, which is trained first")
        else:
            images = data.take(VARIANCE_IMAGES).images
            self.distance.scale_by(lambda batch: self.features(self.observe(batch)), images)

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        learned = self.classifier.trainable_variables if self.learns_features else []
        if self.phase == CLASSIFIER:
            return {CLASSIFIER: learned}
        return {"model": excluding(learned, self.trainable_variables)}

    def losses(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        return self._classification(batch) if self.phase == CLASSIFIER else super().losses(batch, step, seed)

    def training_terms(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor, num_samples: int) -> TrainingTerms:
        q = self.posterior(batch.x)
        z, log_q = q.experimental_sample_and_log_prob(num_samples, seed=seed)
        images = tf.reshape(self.likelihood(z).mean(), [-1, *self.image_shape])
        distance = self.distance(self.features(batch.x), self.features(images))
        log_likelihood = -0.5 * self.config.feature_weight * distance
        return TrainingTerms(Elbo(log_likelihood, kl_terms(q, self.prior(), z, log_q)))

    def _classification(self, batch: Batch) -> Losses:
        """Cross-entropy of the labels that training may use; images without one have no weight."""
        logits = self.classifier(batch.x).outputs
        labels = tf.maximum(batch.labels, 0)
        share = weights_of_known(batch.labels)
        log_likelihood = -share * tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        right = share * tf.cast(tf.argmax(logits, axis=-1, output_type=tf.int32) == labels, tf.float32)
        terms = {"elbo": log_likelihood, "log_likelihood": log_likelihood, "kl": tf.zeros_like(log_likelihood)}
        return Losses(log_likelihood, terms | {"accuracy": right}, {CLASSIFIER: -tf.reduce_mean(log_likelihood)})


def _require_labels(count: int) -> None:
    if count == 0:
        raise InputError(
            "train.model.features: 'classifier' needs images with labels, got images without labels; or set "
            "train.model.vgg19_weights to a file with VGG19's weights"
        )

"""The supervised classifier: what the labelled images alone teach, for comparison with models that use all images.

y ~ softmax(W h(x) + b)        h(x): the features of the encoder, as in M2's q(y | x) and in the fine-tuned encoder

There is no p(x). The family's contract is kept as far as it can be: the features h(x) are the code, known without
doubt, so that everything that is measured of codes is measured of them too. Whatever needs a prior or a decoder is
refused by name, as other abilities that a model lacks, and `ModelConfig.generative` says so beforehand.
"""

from typing import Any, ClassVar, NoReturn

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.classifiers.layers import require_classes
from vaeflow.models.config import DataSpec
from vaeflow.models.family.classifier.config import ClassifierConfig
from vaeflow.models.networks.building import build_encoder


@keras.saving.register_keras_serializable("vaeflow")
class Classifier(LatentVariableModel):
    """An encoder and a softmax layer; as a Keras model, images → class probabilities.

    The last epoch counts as the best: validation may have no labels.
    """

    config_class = ClassifierConfig
    comparable_epochs: ClassVar[bool] = False
    config: ClassifierConfig

    def __init__(self, config: ClassifierConfig, data: DataSpec, **kwargs: Any):
        require_classes(config.name, data.num_classes)
        super().__init__(config, data, **kwargs)
        self.encoder = build_encoder(config.network, data.image_shape)
        self.head = keras.layers.Dense(data.num_classes, dtype="float32", name="head")

    @property
    def code_dim(self) -> int:
        """Number of features, those of the last hidden layer."""
        return int(self.encoder.output_shape[-1])

    def logits(self, x: tf.Tensor) -> tf.Tensor:
        """Logits of the classes, [batch, classes]."""
        return self.head(self.encoder(x))

    def classify(self, x: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(self.logits(x))

    def posterior(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> tfd.Distribution:
        """The features, as a distribution with one point."""
        return tfd.Independent(tfd.Deterministic(tf.cast(self.encoder(x), tf.float32)), 1)

    def prior(self) -> NoReturn:
        raise self._unable("generates images")

    def likelihood(self, z: tf.Tensor) -> NoReturn:
        raise self._unable("generates images")

    def score(self, x: tf.Tensor, labels: tf.Tensor | None = None) -> NoReturn:
        raise self._unable("generates images")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self.classify(x)

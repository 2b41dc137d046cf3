"""M1, the latent-feature discriminative model. Kingma et al. 2014, §2.1.

z ~ p(z)        x ~ p(x | decoder(z))        q(z | x) = N(μ(x), diag σ²(x)), as in the VAE, trained on all images
y = classifier(μ(x)), fitted to the labelled images after the VAE is trained
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vaeflow.models.classifiers.building import build_classifier
from vaeflow.models.classifiers.layers import require_classes
from vaeflow.models.config import DataSpec
from vaeflow.models.family.m1.config import M1Config
from vaeflow.models.one_layer.model import OneLayerVAE
from vaeflow.models.training.data import TrainingSet

BATCH = 500


@keras.saving.register_keras_serializable("vaeflow")
class M1(OneLayerVAE):
    """A VAE with a classifier of its codes. The VAE does not use labels."""

    config_class = M1Config
    config: M1Config

    def __init__(self, config: M1Config, data: DataSpec, **kwargs: Any):
        require_classes(config.name, data.num_classes)
        super().__init__(config, data, **kwargs)
        self.classifier = build_classifier(config.classifier, config.latent_dim, data.num_classes)

    def classify(self, x: tf.Tensor) -> tf.Tensor:
        return self.classifier(self.embed(x))

    def finish(self, data: TrainingSet) -> None:
        """Fit the classifier to the posterior means of the labelled images."""
        super().finish(data)
        images, labels = data.labelled()
        starts = range(0, len(images), BATCH)
        codes = [self.embed(self.observe(tf.constant(images[i : i + BATCH]))).numpy() for i in starts]
        self.classifier.fit(np.concatenate([np.zeros((0, self.code_dim), np.float32), *codes]), labels)

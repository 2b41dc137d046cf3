"""The fine-tuned encoder: unsupervised pre-training, then supervised fine-tuning. Hinton et al. 2006.

z ~ p(z)        x ~ p(x | decoder(z))        q(z | x) from the features h(x) of the encoder, as in the VAE
y ~ softmax(W h(x) + b)

Phase "pretrain": the VAE, on all images. Main phase: encoder and head minimise the cross-entropy of the labelled
images alone. The bound remains one on log p(x) under the pretrained decoder, as for any q. But it loosens with every
epoch of fine-tuning, and says little about the quality of that decoder.
"""

from typing import Any, ClassVar

import keras
import tensorflow as tf

from vaeflow.models.classifiers.layers import require_classes
from vaeflow.models.config import DataSpec
from vaeflow.models.family.fine_tuned.config import FineTunedConfig
from vaeflow.models.objectives.cross_entropy import cross_entropy
from vaeflow.models.one_layer.model import OneLayerVAE
from vaeflow.models.training.data import Batch
from vaeflow.models.training.losses import Losses
from vaeflow.models.training.step import MAIN, Phase, excluding

PRETRAIN = "pretrain"


@keras.saving.register_keras_serializable("vaeflow")
class FineTuned(OneLayerVAE):
    """A VAE with a softmax head on its encoder. The last epoch counts as the best: validation may have no labels."""

    config_class = FineTunedConfig
    comparable_epochs: ClassVar[bool] = False
    penalty_names = ("cross_entropy",)
    config: FineTunedConfig

    def __init__(self, config: FineTunedConfig, data: DataSpec, **kwargs: Any):
        require_classes(config.name, data.num_classes)
        super().__init__(config, data, **kwargs)
        self.head = keras.layers.Dense(data.num_classes, dtype="float32", name="head")

    def build(self, input_shape: Any = None) -> None:
        """Create every weight, including those of the head."""
        self.classify(tf.zeros((1, *self.image_shape)))
        super().build(input_shape)

    def classify(self, x: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(self.head(self.encoder(x)))

    @property
    def remarks(self) -> tuple[str, ...]:
        return ("The encoder was fine-tuned as a classifier after the decoder was trained, which loosens the ELBO.",)

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(PRETRAIN, self.config.pretrain_epochs),)

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """Encoder and head in the main phase; all but the head before."""
        head = self.head.trainable_variables
        if self.phase == MAIN:
            return {"model": [*self.encoder.trainable_variables, *head]}
        return {"model": excluding(head, self.trainable_variables)}

    def losses(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """The VAE's losses; in the main phase the mean cross-entropy of the labelled images, in nats."""
        losses = super().losses(batch, step, seed)
        loss = self.cross_entropy(batch)
        losses = losses._replace(terms={**losses.terms, "cross_entropy": loss})
        if self.phase != MAIN:
            return losses
        by_group = {**losses.by_group, "model": tf.reduce_mean(loss)}
        return losses._replace(objective=-loss, by_group=by_group)

    def cross_entropy(self, batch: Batch) -> tf.Tensor:
        """That of the labelled images, [batch]; see `objectives.cross_entropy`."""
        return cross_entropy(self.head(self.encoder(batch.x)), batch.labels)

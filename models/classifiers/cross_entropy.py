"""The cross-entropy of predicted classes, of which only labelled images are a part."""

import tensorflow as tf

from vaeflow.models.training.data import weights_of_known


def cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """-log p(y | x) [batch] of labelled images, 0 of others, scaled so that its mean is that of the labelled, in nats.

    Logits are [batch, classes], labels int32 [batch], -1 where unknown.
    """
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(labels, 0), tf.cast(logits, tf.float32))
    return weights_of_known(labels) * loss

"""The codebook: vectors that stand for themselves and for everything near to them. Van den Oord et al. 2017, §3.1."""

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class Codebook(keras.layers.Layer):
    """K vectors e of dimension D, and the way there and back: features [..., D] ↔ symbols int32 [...]."""

    def __init__(self, size: int, dim: int):
        super().__init__(dtype="float32")
        self.size, self.dim = size, dim
        self.vectors = self.add_weight(shape=(size, dim), initializer="random_normal", name="vectors")

    def nearest(self, features: tf.Tensor) -> tf.Tensor:
        """The symbols of the nearest vectors: argmin_k ‖features - e_k‖², eq. 1."""
        squares = tf.reduce_sum(tf.square(self.vectors.value), axis=-1)
        return tf.argmin(squares - 2 * tf.matmul(features, self.vectors.value, transpose_b=True), -1, tf.int32)

    def lookup(self, symbols: tf.Tensor) -> tf.Tensor:
        """The vectors of symbols, as a product that is as quick in the gradient, under XLA too."""
        return tf.matmul(tf.one_hot(symbols, self.size), self.vectors.value)

    def fit(self, features: NDArray[np.float32], seed: int) -> None:
        """Begin as the k means of features [n, D]; those that cannot be told apart stay as they are."""
        from sklearn.cluster import KMeans

        distinct = np.unique(features, axis=0)
        means = KMeans(min(self.size, len(distinct)), n_init=1, random_state=seed).fit(features).cluster_centers_
        self.vectors.assign(np.concatenate([means, self.vectors.numpy()[len(means) :]]))


def straight_through(features: tf.Tensor, quantised: tf.Tensor) -> tf.Tensor:
    """`quantised` in value; its gradient goes to the features as if they had not been quantised. §3.2."""
    return features + tf.stop_gradient(quantised - features)

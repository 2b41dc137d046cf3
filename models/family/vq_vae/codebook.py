"""The codebook: vectors that represent the features nearest to them. Van den Oord et al. 2017, §3.1."""

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class Codebook(keras.layers.Layer):
    """K vectors e of dimension D, which map features [..., D] to symbols int32 [...] and back."""

    def __init__(self, size: int, dim: int):
        super().__init__(dtype="float32")
        self.size, self.dim = size, dim
        self.vectors = self.add_weight(shape=(size, dim), initializer="random_normal", name="vectors")

    def nearest(self, features: tf.Tensor) -> tf.Tensor:
        """Symbols of the nearest vectors: argmin_k ‖features - e_k‖², eq. 1."""
        squares = tf.reduce_sum(tf.square(self.vectors.value), axis=-1)
        return tf.argmin(squares - 2 * tf.matmul(features, self.vectors.value, transpose_b=True), -1, tf.int32)

    def lookup(self, symbols: tf.Tensor) -> tf.Tensor:
        """The vectors of symbols, as a matrix product whose gradient is just as fast, under XLA too."""
        return tf.matmul(tf.one_hot(symbols, self.size), self.vectors.value)

    def fit(self, features: NDArray[np.float32], seed: int) -> None:
        """Initialise the vectors by k-means of features [n, D]; vectors beyond the distinct features do not change."""
        from sklearn.cluster import KMeans

        distinct = np.unique(features, axis=0)
        means = KMeans(min(self.size, len(distinct)), n_init=1, random_state=seed).fit(features).cluster_centers_
        self.vectors.assign(np.concatenate([means, self.vectors.numpy()[len(means) :]]))


def straight_through(features: tf.Tensor, quantised: tf.Tensor) -> tf.Tensor:
    """The value of `quantised`, whose gradient goes to the features as if they had not been quantised. §3.2."""
    return features + tf.stop_gradient(quantised - features)

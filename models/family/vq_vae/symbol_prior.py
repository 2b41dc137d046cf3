"""The prior over the symbols of an image: p(k_1, …, k_P) = Π_i p(k_i | k_1, …, k_(i-1)), by causal self-attention.

Van den Oord et al. 2017, §3.3, fit a PixelCNN. For a sequence of positions, a small transformer decoder replaces it,
Vaswani et al. 2017.
"""

import keras
import tensorflow as tf
from keras import layers
from tensorflow_probability.python.internal.samplers import sanitize_seed

from vaeflow.models.distributions import CodeDistribution, gumbel_noise
from vaeflow.models.family.vq_vae.codebook import Codebook

HEAD_DIM = 16


class CausalBlock(keras.layers.Layer):
    """Vectors [batch, positions, width] → the same shape; each depends on its own and earlier positions."""

    def __init__(self, width: int):
        super().__init__(dtype="float32")
        self.norms = [layers.LayerNormalization(dtype="float32") for _ in range(2)]
        heads = max(1, width // HEAD_DIM)
        self.attention = layers.MultiHeadAttention(heads, max(1, width // heads), dtype="float32")
        self.dense = [layers.Dense(4 * width, "gelu", dtype="float32"), layers.Dense(width, dtype="float32")]

    def call(self, vectors: tf.Tensor) -> tf.Tensor:
        normed = self.norms[0](vectors)
        vectors += self.attention(normed, normed, use_causal_mask=True)
        return vectors + self.dense[1](self.dense[0](self.norms[1](vectors)))


class SymbolPrior(keras.layers.Layer):
    """Symbols int32 [batch, positions] → logits [batch, positions, K] of each, given the symbols before it."""

    def __init__(self, positions: int, codebook_size: int, width: int, num_layers: int):
        super().__init__(dtype="float32")
        self.positions, self.codebook_size = positions, codebook_size
        self.embedding = layers.Dense(width, dtype="float32")
        self.place = self.add_weight(shape=(positions, width), initializer="random_normal", name="place")
        self.blocks = [CausalBlock(width) for _ in range(num_layers)]
        self.norm = layers.LayerNormalization(dtype="float32")
        self.logits = layers.Dense(codebook_size, dtype="float32")

    def call(self, symbols: tf.Tensor) -> tf.Tensor:
        before = tf.pad(tf.one_hot(symbols, self.codebook_size)[:, :-1], [(0, 0), (1, 0), (0, 0)])
        vectors = self.embedding(before) + self.place
        for block in self.blocks:
            vectors = block(vectors)
        return self.logits(self.norm(vectors))

    def log_prob(self, symbols: tf.Tensor) -> tf.Tensor:
        """Log p(k_i | k_1, …, k_(i-1)) for symbols [batch, positions], in nats: the same shape."""
        return -tf.nn.sparse_softmax_cross_entropy_with_logits(symbols, self(symbols))

    def sample(self, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Symbols [n, positions], drawn one position after another; the temperature divides the logits."""

        def draw(place: tf.Tensor, symbols: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            gumbel = gumbel_noise([n, self.codebook_size], tf.random.fold_in(seed, place))
            drawn = tf.argmax(self(symbols)[:, place] + temperature * gumbel, -1, tf.int32)
            return place + 1, tf.where(tf.range(self.positions) == place, drawn[:, tf.newaxis], symbols)

        start = tf.zeros([n, self.positions], tf.int32)
        return tf.while_loop(lambda place, _: place < self.positions, draw, [tf.constant(0), start])[1]


class QuantisedCodes(CodeDistribution):
    """The symbol prior as a distribution over codes [positions * D], each a concatenation of codebook vectors."""

    def __init__(self, prior: SymbolPrior, codebook: Codebook):
        self.symbol_prior, self.codebook = prior, codebook
        super().__init__(codebook.vectors.value[0], prior.positions * codebook.dim, reparameterised=False)

    def _sample_n(self, n: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        return self.codes(self.symbol_prior.sample(n, sanitize_seed(seed)))

    def codes(self, symbols: tf.Tensor) -> tf.Tensor:
        """Symbols [n, positions] → codes [n, positions * D]."""
        return tf.reshape(self.codebook.lookup(symbols), [-1, self.size])

    def _log_prob(self, codes: tf.Tensor) -> tf.Tensor:
        positions = self.symbol_prior.positions
        symbols = self.codebook.nearest(tf.reshape(codes, [-1, positions, self.codebook.dim]))
        return tf.reshape(tf.reduce_sum(self.symbol_prior.log_prob(symbols), axis=-1), tf.shape(codes)[:-1])

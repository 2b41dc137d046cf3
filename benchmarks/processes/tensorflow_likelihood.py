"""Estimate the log-likelihood of images with hand-written TensorFlow, as a graph for one image: ARRAY SAMPLES."""

import math
import sys
import time

import numpy as np
import tensorflow as tf

LATENT = 50
WARM_UP = 20

images = tf.constant(np.load(sys.argv[1]).reshape(-1, 784) / 255, tf.float32)
samples = int(sys.argv[2])


def perceptron(*sizes: int) -> tf.keras.Sequential:
    """Dense layers with SiLU, the last without."""
    *hidden, last = (tf.keras.layers.Dense(size) for size in sizes[1:])
    activated = [layer for dense in hidden for layer in (dense, tf.keras.layers.Activation("silu"))]
    return tf.keras.Sequential([tf.keras.Input((sizes[0],)), *activated, last])


def log_normal(z: tf.Tensor, mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """Log-density of a diagonal normal at z [samples, latent]: [samples]."""
    squares = (z - mean) ** 2 * tf.exp(-log_variance)
    return -0.5 * tf.reduce_sum(math.log(2 * math.pi) + log_variance + squares, axis=-1)


encoder = perceptron(784, 200, 200, 2 * LATENT)
decoder = perceptron(LATENT, 200, 200, 784)


@tf.function
def log_likelihood(x: tf.Tensor) -> tf.Tensor:
    """Log of the mean importance weight of an image [784]."""
    mean, log_variance = tf.split(encoder(x[tf.newaxis]), 2, axis=-1)
    z = mean + tf.exp(0.5 * log_variance) * tf.random.normal([samples, LATENT])
    logits = decoder(z)
    pixels = tf.nn.sigmoid_cross_entropy_with_logits(tf.broadcast_to(x, tf.shape(logits)), logits)
    prior = log_normal(z, tf.zeros(LATENT), tf.zeros(LATENT))
    weights = prior - tf.reduce_sum(pixels, axis=-1) - log_normal(z, mean, log_variance)
    return tf.reduce_logsumexp(weights) - math.log(samples)


for image in images[:WARM_UP]:
    log_likelihood(image)
started = time.perf_counter()
np.mean([log_likelihood(image) for image in images])
print(time.perf_counter() - started)

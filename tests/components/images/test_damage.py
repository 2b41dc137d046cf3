"""Damaged files: TensorFlow decodes all that ingest accepts, to the same pixels."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from vaeflow.components.images.config import Transform
from vaeflow.components.images.plain import encode as encode_pictures
from vaeflow.components.images.plain import read
from vaeflow.components.images.transform import files_to_examples
from vaeflow.components.images.unreadable import UnreadableError
from vaeflow.models.config import Observation

SIZE = (12, 16)
PER_FORMAT = 80

FORMATS = {
    "grey PNG": ("L", "PNG", {}),
    "palette PNG": ("P", "PNG", {}),
    "JPEG": ("RGB", "JPEG", {"quality": 70}),
    "progressive JPEG": ("L", "JPEG", {"progressive": True}),
    "restarting JPEG": ("RGB", "JPEG", {"restart_marker_blocks": 1}),
    "GIF": ("P", "GIF", {}),
    "BMP": ("RGB", "BMP", {}),
    "TIFF": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "PPM": ("RGB", "PPM", {}),
    "JPEG 2000": ("L", "JPEG2000", {}),
    "AVIF": ("RGB", "AVIF", {}),
}


def damaged(file, seed):
    """The file with a few bytes changed, its end cut off, or a part missing, depending on the seed."""
    rng = np.random.default_rng(seed)
    changed = np.frombuffer(file, np.uint8).copy()
    match seed % 4:
        case 0:
            return file[: rng.integers(len(file) // 2, len(file))]
        case 1:
            start = rng.integers(0, len(file) - 4)
            return file[:start] + file[start + rng.integers(1, 4) :]
        case 2:
            changed[rng.integers(0, len(file), 3)] = rng.integers(0, 256, 3)
        case _:
            changed[rng.integers(0, len(file))] ^= 1 << rng.integers(0, 8)
    return changed.tobytes()


def accepted(files):
    """The images that ingest would not quarantine."""
    for file in files:
        try:
            yield read(file, 10**5)
        except UnreadableError:
            continue


@pytest.mark.parametrize("kind", FORMATS)
def test_what_ingest_accepts_of_damaged_files_is_decoded_by_tensorflow_to_the_same_pixels(encode, kind):
    mode, file_format, options = FORMATS[kind]
    noise = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)
    smooth = Image.fromarray(noise).resize((6, 6)).resize(SIZE[::-1])
    whole = encode(smooth.convert(mode), file_format, **options)
    pictures = list(accepted(damaged(whole, seed) for seed in range(PER_FORMAT)))
    assert pictures
    written = encode_pictures(pictures)
    for file, picture in zip(written, pictures, strict=True):
        channels = 1 if picture.grey else 3
        pixels = np.asarray(picture.shown).reshape(picture.shown.height, picture.shown.width, channels)
        assert tf.io.decode_image(file, channels=channels).shape == pixels.shape  # as TFDS reads it
        transform = Transform(
            image_shape=pixels.shape,
            colour="grey" if picture.grey else "rgb",
            resize="area",
            fit="crop",
            observation=Observation(),
        )
        np.testing.assert_array_equal(files_to_examples(transform)(tf.constant([file]))[0], pixels)

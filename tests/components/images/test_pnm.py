"""PGM and PPM files: the header says what white is, unless a number was given."""

import numpy as np
import pytest

from tests.components.images.reading import MANY
from tests.components.images.tiff_files import noise
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.plain import read
from vaeflow.components.images.unreadable import UnreadableError


def binary(values, largest):
    """A file of grey values [h, w] or of colours [h, w, 3]."""
    kind = b"P6" if values.ndim == 3 else b"P5"
    content = values.astype(">u2" if largest > 255 else np.uint8).tobytes()
    return kind + b"\n# by a camera\n%d %d\n%d\n" % (*values.shape[1::-1], largest) + content


def plain(values, largest):
    kind = b"P3" if values.ndim == 3 else b"P2"
    numbers = b"\n".join(b"%d" % value for value in values.ravel())
    return kind + b" %d %d #\n%d\n# values\n" % (*values.shape[1::-1], largest) + numbers


@pytest.mark.parametrize("write", [binary, plain])
@pytest.mark.parametrize("channels", [(), (3,)])
@pytest.mark.parametrize("largest", [1, 15, 255, 1023, 65535])
def test_the_largest_value_of_the_header_is_white(write, channels, largest):
    stored = noise(3, 4, *channels, highest=largest)
    found = read(write(stored, largest), MANY)
    np.testing.assert_array_equal(found.shown, np.rint(stored / largest * 255))
    assert (found.range.low, found.range.high, found.range.scale) == (stored.min(), stored.max(), (0, largest))


@pytest.mark.parametrize("write", [binary, plain])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_white_that_is_given_is_one_of_the_stored_values(write, channels):
    stored = noise(3, 4, *channels, highest=100)
    for largest in (1023, 65535):
        found = read(write(stored, largest), MANY, Intensity(white=100))
        np.testing.assert_allclose(found.shown, stored / 100 * 255, atol=0.5001)
    assert found.range.kind == "uint16"


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (binary(noise(3, 4, highest=1023), 1023)[:-1], "announces 12 values, and 11 follow"),
        (plain(noise(3, 4, highest=15), 15)[:-4], "announces 12 values, and 1[01] follow"),
        (b"P2 2 1 15 3 x", "values that are not numbers"),
        (b"P2 2 1 15 3 " + b"9" * 5000, "values that are not numbers"),
        (b"P2 2 1 15 3 99999999", "values up to 99999999, and its header announces at most 15"),
        (b"P5 2 1 15 \x00\x10", "values up to 16, and its header announces at most 15"),
        (b"P5 5000 5000 15 ", "more than max_pixels"),
        (b"P5 0 5 15 ", "no pixels"),
    ],
)
def test_damage_is_named(file, reason):
    with pytest.raises(UnreadableError, match=reason):
        read(file, MANY)

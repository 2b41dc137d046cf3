import io

import numpy as np
import pytest
from PIL import Image

from vaeflow.components.images.png_encoding import encode_pngs


@pytest.mark.parametrize("sizes", [[], [(300, 200)], [(300, 200), (5, 7), (160, 130)] * 4, [(5, 7)] * 3])
def test_pictures_encoded_at_once_are_those_encoded_one_by_one(sizes):
    rng = np.random.default_rng(0)
    pictures = [Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8)) for width, height in sizes]
    for picture, data in zip(pictures, encode_pngs(pictures), strict=True):
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        assert data == buffer.getvalue()

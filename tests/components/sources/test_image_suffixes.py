"""Suffixes of images, compared with those that Pillow knows."""

import numpy as np
import pytest
from PIL import Image

from vaeflow.components.images.files import FORMATS
from vaeflow.components.images.plain import read
from vaeflow.components.sources.folder import open_folder
from vaeflow.components.sources.image_suffixes import READ, is_image, without_suffix

KNOWN = {suffix: kind for suffix, kind in Image.registered_extensions().items() if kind in FORMATS}
NO_IMAGES = {".bufr", ".grib", ".h5", ".hdf", ".iim", ".mpeg", ".mpg", ".pdf", ".ps"}
RARE = {".blp", ".bw", ".flc", ".fli", ".ftc", ".ftu", ".gbr", ".im", ".msp", ".palm", ".pxr"}


@pytest.mark.parametrize("suffix", sorted(KNOWN.keys() - {".pfm"}))
def test_every_suffix_of_a_format_that_is_read_is_read(tmp_path, images_of, suffix):
    picture = Image.fromarray(np.full((9, 7), 200, np.uint8)).convert("1" if suffix == ".pbm" else "L")
    picture.save(tmp_path / f"1{suffix}", KNOWN[suffix])
    (image,) = images_of(open_folder(str(tmp_path))).values()
    assert read(image.image, max_pixels=100).shown.size == (7, 9)


def test_every_other_format_of_pillow_counts_as_an_image():
    assert KNOWN.keys() <= READ
    others = Image.registered_extensions().keys() - NO_IMAGES - RARE
    assert [suffix for suffix in sorted(others) if not is_image(f"a{suffix}")] == []


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("1.PNG", "1"),
        ("a.b.nii.gz", "a.b"),
        ("scan.TIF.xz", "scan"),
        ("a.tar.gz", "a.tar.gz"),
        (".png", ".png"),
        ("1", "1"),
    ],
)
def test_names_of_images_have_a_suffix_also_if_they_are_compressed(name, stem):
    assert without_suffix(name) == stem

"""Factors of variation in an archive: dSprites, with the arrays and types of the published file, and others."""

from itertools import product

import numpy as np
import pytest

from vaeflow.components.images.factors import Factor
from vaeflow.components.ingest import ingest
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.npz import open_npz
from vaeflow.models.errors import InputError

CLASSES = np.array(list(product(range(1), range(3), range(2), range(2), range(2), range(2))), np.int64)
IMAGES = (np.random.default_rng(0).random((len(CLASSES), 4, 4)) < 0.5).astype(np.uint8)
DSPRITES = {
    "metadata": np.array({"title": "stand-in"}, dtype=object),
    "imgs": IMAGES,
    "latents_classes": CLASSES,
    "latents_values": CLASSES / 2,
}
NAMES = ("color", "shape", "scale", "orientation", "posX", "posY")


def test_the_classes_of_the_latents_of_dsprites_are_factors(archive, images_of):
    source = open_npz(archive(**DSPRITES))
    assert source.factors == tuple(map(Factor, NAMES, (1, 3, 2, 2, 2, 2)))
    assert source.label_names is None
    found = images_of(source)
    for index, row in enumerate(CLASSES.tolist()):
        assert found[f"imgs/{index:06d}"].factors == dict(zip(NAMES, row, strict=True))


def test_the_white_of_dsprites_is_one(archive, output):
    dataset = ingest(IngestConfig(source=f"npz:{archive(**DSPRITES)}"), output=output)
    assert (dataset.properties["white"], dataset.properties["images"]) == (1, len(IMAGES))


def test_other_images_of_zero_and_one_are_still_refused(archive, output):
    with pytest.raises(InputError, match="nearly black"):
        ingest(IngestConfig(source=f"npz:{archive(imgs=IMAGES)}"), output=output)


def test_factors_have_the_names_that_are_given_or_numbers(archive):
    factors = np.array([[0, 1], [2, 0], [1, 1]], np.uint8)
    arrays = {"images": IMAGES[:3], "factors": factors}
    assert open_npz(archive(**arrays)).factors == (Factor("factor_0", 3), Factor("factor_1", 2))
    names = np.array(["size", "hue"])
    assert open_npz(archive(**arrays, factor_names=names)).factors == (Factor("size", 3), Factor("hue", 2))


def test_each_split_has_its_factors(archive, images_of):
    parts = {"x_train": IMAGES[:3], "x_test": IMAGES[3:5]}
    factors = {"factors_train": np.array([[0], [1], [2]]), "factors_test": np.array([[3], [0]])}
    source = open_npz(archive(**parts, **factors))
    assert source.factors == (Factor("factor_0", 4),)
    assert [image.factors["factor_0"] for _, image in sorted(images_of(source).items())] == [3, 0, 0, 1, 2]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"factors": np.zeros((2, 2), int)},
            r"expected 3 rows of factors, one per image of 'images', got factors int64",
        ),
        ({"factors": np.array([[0], [-1], [2]])}, "expected factors from 0 in 'factors', got -1"),
        (
            {"factors": np.zeros((3, 2), int), "factor_names": np.array(["a", "a"])},
            "expected 2 different names without slashes in 'factor_names', one per column of 'factors', got a, a",
        ),
        ({"factors": np.zeros((3, 1), int), "factor_names": np.array(["a/b"])}, "without slashes"),
    ],
)
def test_what_is_no_table_of_factors_is_refused(archive, arrays, message):
    with pytest.raises(InputError, match=message):
        open_npz(archive(images=IMAGES[:3], **arrays))

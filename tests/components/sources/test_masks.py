"""Folders of images and of their masks."""

import re
from pathlib import Path

import pytest

from vaeflow.components.sources.folder_files import list_source
from vaeflow.components.sources.folder_labels import label_images
from vaeflow.models.errors import InputError


def read(root, *paths, class_depth=None):
    """The class of each image in a folder with these files."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return [image.label for image in label_images(list_source(str(root), None, class_depth), None, class_depth, None)]


@pytest.mark.parametrize(
    ("images", "masks"),
    [("images", "masks"), ("img", "labels"), ("Images", "Annotations"), ("image", "ground_truth"), ("imgs", "gt")],
)
def test_images_and_masks_with_the_same_names_are_refused_with_both_readings(tmp_path, images, masks):
    action = re.escape(f"; set ingest.source to folder:{tmp_path}/{images}, or set ingest.class_depth to 1")
    message = rf"folders {images} and {masks} contain files of the same names: images and their masks, or two classes"
    with pytest.raises(InputError, match=message + action):
        read(tmp_path, f"{images}/1.jpg", f"{images}/2.jpg", f"{masks}/1.png")
    assert set(read(tmp_path, class_depth=1)) == {images, masks}
    assert read(tmp_path / images) == [None, None]


def test_masks_in_a_folder_may_be_named_as_such(tmp_path):
    with pytest.raises(InputError, match=r"images and masks contain files of the same names"):
        read(tmp_path, "images/1.jpg", "images/2.jpg", "masks/1_mask.png")


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("cell1.png", "cell1_mask.png"),
        ("ISIC_7.jpg", "ISIC_7_segmentation.png"),
        ("a.tif", "a-seg.tif"),
        ("a_image.png", "a_Label.png"),
        ("sick/a.png", "sick/a_ground_truth.png"),
    ],
)
def test_masks_beside_their_images_are_refused(tmp_path, image, mask):
    message = f"source: 1 of 3 images are named as masks of others, such as {mask} of {image}; move the masks elsewhere"
    with pytest.raises(InputError, match=re.escape(message)):
        read(tmp_path, image, mask, "sick/b_mask.png")
    listing = list_source(str(tmp_path), None, None)
    assert len(label_images(listing, "none", None, None)) == 3


def test_a_few_masks_are_named_in_a_warning(tmp_path, caplog):
    assert read(tmp_path, "1.png", "2.png", "3.png", "1_mask.png") == [None] * 4
    assert (
        "1 of 4 images are named as masks of others, such as 1_mask.png of 1.png, and are read as images" in caplog.text
    )


def test_names_that_end_like_those_of_masks_mean_nothing_without_their_images(tmp_path, caplog):
    assert read(tmp_path, "a_mask.png", "b_mask.png", "gas-mask.png", "_mask.png", "label.png") == [None] * 5
    assert read(tmp_path / "faces", "cat/1.png", "dog/1_mask.png") == ["cat", "dog"]
    assert not caplog.records


def test_masks_in_each_split_are_refused_too(tmp_path):
    with pytest.raises(InputError, match=r"images and masks contain .*; move the folders masks elsewhere, or set"):
        read(tmp_path, "train/images/1.png", "train/masks/1.png", "test/images/2.png")


@pytest.mark.parametrize(
    "paths", [("images/1.png", "masks/2.png"), ("cat/1.png", "dog/1.png"), ("a/1.png", "mask/1.png")]
)
def test_other_folders_are_classes(tmp_path, paths):
    assert read(tmp_path, *paths) == [Path(path).parent.name for path in paths]

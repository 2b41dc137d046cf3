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


def test_masks_in_each_split_are_refused_too(tmp_path):
    with pytest.raises(InputError, match=r"images and masks contain .*; move the folders masks elsewhere, or set"):
        read(tmp_path, "train/images/1.png", "train/masks/1.png", "test/images/2.png")


@pytest.mark.parametrize(
    "paths", [("images/1.png", "masks/2.png"), ("cat/1.png", "dog/1.png"), ("a/1.png", "mask/1.png")]
)
def test_other_folders_are_classes(tmp_path, paths):
    assert read(tmp_path, *paths) == [Path(path).parent.name for path in paths]

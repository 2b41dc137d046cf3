"""Common names of splits."""

import pytest

from vaeflow.components.images.splits import split_named, splits_within


@pytest.mark.parametrize(
    ("name", "splits"),
    [
        ("train2017", {"2017": "train"}),
        ("testA", {"A": "test"}),
        ("seg_Val", {"seg_": "validation"}),
        ("ILSVRC2012_img_train", {"ILSVRC2012_img_": "train"}),
        ("train_or_test", {"_or_test": "train", "train_or_": "test"}),
        ("contest restraining", {}),
    ],
)
def test_words_of_longer_names_may_be_splits(name, splits):
    assert splits_within(name) == splits


@pytest.mark.parametrize(
    ("names", "split"),
    [
        (["train", "Training", "TRAIN", "training_set", "train-images"], "train"),
        (["val", "Valid", "validation", "DEV", "eval", "Validation Set"], "validation"),
        (["test", "Testing", "holdout", "hold-out", "test_data"], "test"),
        (["cat", "", "images", "contest", "training wheels", "x_train", "value", "tests and trains"], None),
    ],
)
def test_splits_are_known_by_their_common_names_in_any_case(names, split):
    assert {split_named(name) for name in names} == {split}

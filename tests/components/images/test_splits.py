"""Common names of splits."""

import pytest

from vaeflow.components.images.splits import split_named, split_within


@pytest.mark.parametrize(
    ("names", "split"),
    [
        (["train2017", "trainA", "seg_train", "ILSVRC2012_img_train", "train-clean"], "train"),
        (["val2014", "imagesVal", "seg_dev"], "validation"),
        (["cat", "contest", "Brain", "training wheels for a test", "restraining"], None),
    ],
)
def test_a_split_may_be_a_word_of_a_longer_name(names, split):
    assert {split_within(name) for name in names} == {split}


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

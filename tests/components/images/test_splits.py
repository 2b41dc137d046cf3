"""Common names of splits."""

import pytest

from vaeflow.components.images.splits import split_named


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

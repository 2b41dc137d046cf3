import logging
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaeflow.components.preprocessing.splitting import plan_splits
from vaeflow.models.errors import InputError

FRACTIONS = {"validation_fraction": 0.2, "test_fraction": 0.1, "seed": 0}
IDS = [f"image-{number}" for number in range(20_000)]


def share(splitting, source_split):
    """Fraction of the images of a source split that goes to each split."""
    counts = Counter(splitting.assign(source_split, identifier) for identifier in IDS)
    return {split: count / len(IDS) for split, count in counts.items()}


@pytest.mark.parametrize("only", ["unsplit", "train", "test", "full"])
def test_a_source_with_a_single_split_is_cut_by_the_fractions(only):
    expected = {"train": 0.7, "validation": 0.2, "test": 0.1}
    assert share(plan_splits([only], **FRACTIONS), only) == pytest.approx(expected, abs=0.01)


def test_splits_of_the_source_are_kept_whole():
    splitting = plan_splits(["train", "validation", "test"], **FRACTIONS)
    for split in ("train", "validation", "test"):
        assert share(splitting, split) == {split: 1}


def test_only_what_is_missing_is_cut_from_train():
    splitting = plan_splits(["train", "test"], **FRACTIONS)
    assert share(splitting, "test") == {"test": 1}
    assert share(splitting, "train") == pytest.approx({"train": 0.8, "validation": 0.2}, abs=0.01)
    splitting = plan_splits(["train", "val"], **FRACTIONS)
    assert share(splitting, "val") == {"validation": 1}
    assert share(splitting, "train") == pytest.approx({"train": 0.9, "test": 0.1}, abs=0.01)


def test_without_a_train_split_all_others_are_trained_on():
    splitting = plan_splits(["easy", "hard", "test"], **FRACTIONS)
    for split in ("easy", "hard"):
        assert share(splitting, split) == pytest.approx({"train": 0.8, "validation": 0.2}, abs=0.01)


def test_splits_beside_train_are_not_used_and_named(caplog):
    with caplog.at_level(logging.WARNING, "vaeflow"):
        splitting = plan_splits(["train", "test", "extra", "unsupervised"], **FRACTIONS)
    assert splitting.assign("extra", "image") is None
    assert "extra, unsupervised" in caplog.text


def test_a_source_without_training_images_is_refused():
    with pytest.raises(InputError, match="expected a split to train on, got only test and val; add one named train"):
        plan_splits(["val", "test"], **FRACTIONS)


def test_another_seed_cuts_elsewhere():
    cut = [plan_splits(["all"], **{**FRACTIONS, "seed": seed}) for seed in (0, 1)]
    assert [cut[0].assign("all", name) for name in IDS] != [cut[1].assign("all", name) for name in IDS]


@given(st.text(), st.integers())
def test_a_larger_validation_split_takes_from_train_alone(identifier, seed):
    small, large = (
        plan_splits(["all"], validation_fraction=fraction, test_fraction=0.1, seed=seed).assign("all", identifier)
        for fraction in (0.1, 0.4)
    )
    assert small == large or (small, large) == ("train", "validation")

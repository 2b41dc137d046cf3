"""Allocation of images to splits: copies, groups, and small sets."""

import logging
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaeflow.components.images.identities import Identity
from vaeflow.components.images.identity_table import as_table
from vaeflow.components.preprocessing.allocation import allocate
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.models.errors import InputError


def images(*digests, split="unsplit", groups=None, prefix="i", labels=None):
    """An image for each digest, with these groups, ids by index, and these classes by index."""
    groups = groups or [""] * len(digests)
    return [
        Identity(split, f"{prefix}{n:04d}", str(digest), group, (labels or {}).get(n, -1))
        for n, (digest, group) in enumerate(zip(digests, groups, strict=True))
    ]


def splits(given, **fields):
    """The split of each image by its id."""
    allocation = allocate(as_table(given), PreprocessConfig(**fields)).allocation
    return {image.id: allocation.split_of(image) for image in given}


def separated(given, found, shared):
    """What `shared` returns for images that are in several splits."""
    where = {}
    for image in given:
        where.setdefault(shared(image), set()).add(found[image.id])
    return {value for value, places in where.items() if len(places - {None}) > 1}


def test_copies_share_a_split_and_do_not_change_the_shares():
    given = images(*[n // 3 for n in range(3000)])
    found = splits(given, validation_fraction=0.2)
    assert not separated(given, found, lambda image: image.digest)
    shares = {split: count / 3000 for split, count in Counter(found.values()).items()}
    assert shares == pytest.approx({"train": 0.7, "validation": 0.2, "test": 0.1}, abs=0.03)


def test_groups_and_copies_across_groups_share_a_split():
    digests = [*range(600), 0, 1]
    groups = [*(f"g{n // 4}" for n in range(600)), "g9", ""]
    given = images(*digests, groups=groups)
    found = splits(given)
    assert not separated(given, found, lambda image: image.digest)
    assert not separated(given, found, lambda image: image.group or image.id)
    assert set(found.values()) == {"train", "validation", "test"}


@given(st.lists(st.integers(0, 400)), st.integers(0, 9))
def test_images_stay_in_their_splits_when_images_and_copies_of_them_are_added(more, seed):
    before = images(*range(200))
    was, now = splits(before, seed=seed), splits([*before, *images(*more, prefix="a")], seed=seed)
    assert {key: now[key] for key in was} == was


@pytest.mark.parametrize("duplicates", ["together", "drop", "keep"])
def test_a_test_split_of_the_source_never_changes(duplicates):
    train = images(*range(200), split="train", prefix="r")
    test = images(*range(150, 200), 150, split="test", prefix="t")
    found = splits([*train, *test], duplicates=duplicates)
    assert {found[image.id] for image in test} == {"test"}
    assert {found[image.id] for image in train[:150]} == {"train", "validation"}
    leaked = {found[image.id] for image in train[150:]}
    assert (leaked == {None}) == (duplicates == "drop")
    assert "test" not in leaked


def test_of_copies_one_is_kept_with_its_label_if_one_has_it():
    given = images(*[n % 50 for n in range(200)], labels=dict.fromkeys(range(100, 150), 0))
    found = splits(given, duplicates="drop")
    assert {key for key, split in found.items() if split} == {f"i{n:04d}" for n in range(100, 150)}


def test_validation_images_of_the_source_lose_copies_of_test_images_only():
    parts = {"train": (1, 2, 3, 4), "validation": (3, 5, 6), "test": (4, 5, 7)}
    given = [image for split, digests in parts.items() for image in images(*digests, split=split, prefix=split)]
    found = splits(given, duplicates="drop")
    assert {key for key, split in found.items() if split is None} == {"train0002", "train0003", "validation0001"}


def test_kept_copies_are_divided_one_by_one():
    given = images(*[0] * 500)
    assert set(splits(given, duplicates="keep").values()) == {"train", "validation", "test"}


def test_copies_across_splits_are_counted_and_named(caplog):
    given = [*images(*range(60), split="train", prefix="r"), *images(0, 1, 99, split="test", prefix="t")]
    with caplog.at_level(logging.WARNING, "vaeflow"):
        allocated = allocate(as_table(given), PreprocessConfig())
    assert allocated.copies == 4
    assert allocated.counts["test"] == 3
    assert sum(allocated.counts.values()) == 63
    assert "4 images have a copy in another split; preprocess.duplicates: drop" in caplog.text
    assert allocate(as_table(given), PreprocessConfig(duplicates="drop")).copies == 0


def test_groups_that_the_source_has_separated_are_counted(caplog):
    train = images(*range(60), split="train", prefix="r", groups=[f"p{n // 2}" for n in range(60)])
    with caplog.at_level(logging.WARNING, "vaeflow"):
        allocated = allocate(
            as_table([*train, *images(99, split="test", prefix="t", groups=["p0"])]), PreprocessConfig()
        )
    assert (allocated.grouped, allocated.copies) == (3, 0)
    assert "3 images belong to a group that is in several splits" in caplog.text


@pytest.mark.parametrize("count", range(3, 12))
@pytest.mark.parametrize("seed", range(5))
def test_a_small_set_has_images_in_every_split(count, seed, caplog):
    given = images(*range(count))
    with caplog.at_level(logging.WARNING, "vaeflow"):
        allocated = allocate(as_table(given), PreprocessConfig(seed=seed, validation_fraction=1e-6, test_fraction=1e-6))
    assert allocated.counts == {"train": count - 2, "validation": 1, "test": 1}
    position = allocated.allocation.rule.position
    lowest, next_lowest, *_ = sorted(given, key=lambda image: position(image.digest))
    assert allocated.allocation.split_of(lowest) == "test"
    assert allocated.allocation.split_of(next_lowest) == "validation"
    assert "no image fell into split test: it gets the 1 with the lowest hashes" in caplog.text


def test_training_gets_images_too():
    counts = allocate(as_table(images(*range(4))), PreprocessConfig(validation_fraction=0.5, test_fraction=0.49)).counts
    assert min(counts.values()) >= 1


@pytest.mark.parametrize("duplicates", ["together", "drop", "keep"])
def test_copies_of_several_classes_are_counted_and_two_are_named(duplicates, caplog):
    labels = {0: 3, 1: 5, 2: 3, 3: 7, 4: 7, 6: 1}
    given = images(10, 10, 10, 11, 11, 12, 12, *range(20, 60), labels=labels)
    with caplog.at_level(logging.WARNING, "vaeflow"):
        allocated = allocate(as_table(given), PreprocessConfig(duplicates=duplicates))
    assert allocated.contradicting == 3
    assert "3 images have the same pixels as an image of another class, such as i0000 and i0001" in caplog.text


def test_copies_of_one_class_do_not_contradict(caplog):
    given = images(*[n // 2 for n in range(60)], labels={n: n // 2 for n in range(60)})
    assert allocate(as_table(given), PreprocessConfig()).contradicting == 0
    assert not caplog.records


@pytest.mark.parametrize(
    "given",
    [
        images(1, 1, 1, 1),
        images(1, 2, 3, 4, groups=["a", "a", "b", "b"]),
        [*images(1, 1, split="train"), *images(2, split="test", prefix="t")],
    ],
)
@pytest.mark.parametrize("duplicates", ["together", "drop"])
def test_too_few_separate_images_are_refused_with_the_field_that_separates_them(given, duplicates):
    message = rf"expected images in every split, got .*; preprocess\.duplicates: {duplicates} .* set it to keep"
    with pytest.raises(InputError, match=message):
        allocate(as_table(given), PreprocessConfig(duplicates=duplicates))
    assert min(allocate(as_table(given), PreprocessConfig(duplicates="keep")).counts.values()) > 0


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        (images(1, 2), "train and validation and test need 3 images"),
        (images(1, 1), "train and validation and test need 3 images"),
        ([*images(1, split="train"), *images(1, split="test", prefix="t")], "train and validation need 2 images"),
    ],
)
@pytest.mark.parametrize("duplicates", ["together", "drop", "keep"])
def test_too_few_images_are_refused_with_the_number_that_is_needed(given, needed, duplicates):
    with pytest.raises(InputError, match=f"{needed}: add images to ingest.source$") as refused:
        allocate(as_table(given), PreprocessConfig(duplicates=duplicates))
    assert "duplicates" not in str(refused.value)

"""Splits and classes by the names of folders."""

import pytest

from vaeflow.components.sources.folder_layout import find_classes, find_splits
from vaeflow.models.errors import InputError


def read(*paths, class_depth=None):
    """Split and class of each path of folders."""
    places = find_splits([tuple(filter(None, path.split("/"))) for path in paths], class_depth)
    return list(zip([place.split for place in places], find_classes(places, class_depth), strict=True))


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [("Training", "dev", "holdout"), ("train", "valid", "TEST"), ("train_set", "eval", "testing")],
)
def test_splits_have_any_of_their_common_names(train, validation, test):
    assert read(f"{train}/cat", f"{validation}/cat", f"{test}/cat") == [
        ("train", "cat"),
        ("validation", "cat"),
        ("test", "cat"),
    ]


def test_splits_may_be_below_the_classes():
    assert read("cat/train", "cat/test", "dog/train/more") == [("train", "cat"), ("test", "cat"), ("train", "dog")]


def test_nested_classes_are_joined_and_splits_may_be_above_or_below_them():
    assert read("pets/cat", "pets/dog", "farm/cat", class_depth=2) == [
        ("unsplit", "pets/cat"),
        ("unsplit", "pets/dog"),
        ("unsplit", "farm/cat"),
    ]
    assert read("train/pets/cat", "test/farm/cat", class_depth=2) == [("train", "pets/cat"), ("test", "farm/cat")]
    assert read("pets/cat/train", "farm/cow/test", class_depth=2) == [("train", "pets/cat"), ("test", "farm/cow")]
    assert read("pets/cat", "pets/dog", "farm", class_depth=1) == [("unsplit", "pets")] * 2 + [("unsplit", "farm")]


def test_folders_within_classes_mean_nothing_if_not_every_class_has_several():
    assert [name for _, name in read("cat", "cat/indoors", "dog/outdoors")] == ["cat", "cat", "dog"]
    assert [name for _, name in read("cat/images", "dog/images")] == ["cat", "dog"]


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["train/a", "cat"], r"folder train is named as a split .* but cat with other images is not; .*class_depth"),
        (["train/a", ""], r"folder train is named as a split .* but the folder itself with other images is not"),
        (["cat/train", "dog"], r"folder cat/train is named as a split .* but dog with other images is not"),
        (["train/test", "val/test"], "folders train, val may be splits, and so may the folders train/test, val/test"),
        (["pets/cat", "pets/dog"], r"class_depth: the classes may be the folders pets \(1\) or .* pets/cat, pets/dog"),
        (["train2017", "val2017"], r"train2017, val2017 may be splits or classes; rename .*class_depth to 1 if"),
        (["seg_train/a", "seg_test/a", "seg_pred/a"], r"seg_pred, seg_test, seg_train may be splits or classes"),
        (
            ["train/cat", "train/dog", "test/images"],
            r"folders in test \(images\) are none of those in train \(cat, dog\)",
        ),
        (["trainA", "trainB", "testA", "testB"], r"testA, testB, trainA, trainB may be splits or classes"),
        (["cat/seg_train", "cat/seg_test"], r"cat/seg_test, cat/seg_train may be splits .*class_depth to 2 if"),
        (["cat", "cat "], r"differ in more than white space, joiners or Unicode normalisation, got 'cat' and 'cat '"),
        (["caf\u00e9/a", "cafe\u0301/b"], r"differ in more than white space, joiners or Unicode normalisation"),
        (["train/x/a", "train/x/b", "test/x/a"], r"class_depth: the classes may be the folders x \(1\) or"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_both(paths, message):
    with pytest.raises(InputError, match=message):
        read(*paths)


def test_a_split_may_lack_classes_or_have_more():
    assert {name for _, name in read("train/a", "train/b", "val/b", "test/a", "test/c")} == {"a", "b", "c"}
    assert [name for _, name in read("train/a", "test/unknown")] == ["a", "unknown"]
    assert [name for _, name in read("train/a", "test/b", class_depth=1)] == ["a", "b"]


def test_words_of_one_split_may_name_classes():
    assert [name for _, name in read("freight train", "passenger train")] == ["freight train", "passenger train"]
    assert [name for _, name in read("train2017", "val2017", class_depth=1)] == ["train2017", "val2017"]


def test_a_class_may_be_named_as_a_split_if_the_depth_of_classes_is_given():
    assert read("train", "cat", class_depth=1) == [("unsplit", "train"), ("unsplit", "cat")]


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["Pets/cat", "pets/dog"], "got 'Pets' and 'pets'"),
        (["pets/cat", "pets/Cat"], "got 'pets/Cat' and 'pets/cat'"),
        (["a/1", "b/1", "a/01"], "got 'a/01' and 'a/1'"),
        (["train/1/a", "test/1.0/b"], r"got '1' and '1\.0'"),
    ],
)
def test_nested_folders_that_differ_only_in_spelling_are_refused(paths, message):
    with pytest.raises(InputError, match=f"differ in more than case or in the way that a number is written, {message}"):
        read(*paths, class_depth=2)


def test_nested_letters_are_classes_in_either_case():
    assert [name for _, name in read("A/x", "a/x", "a/X", class_depth=2)] == ["A/x", "a/x", "a/X"]


def test_a_depth_without_images_is_refused():
    with pytest.raises(InputError, match=r"ingest\.class_depth: expected images in folders at depth 2, got none"):
        read("cat", "dog", class_depth=2)

"""Labels of an archive: their names, numbers that stand for none, and measurements that are no classes."""

import re

import numpy as np
import pytest

from vaeflow.components.sources.npz import open_npz
from vaeflow.components.sources.source import UNKNOWN
from vaeflow.models.errors import InputError

LABELS = np.array([2, 0, 0, 9, 2], np.uint8)
NAMES = np.array(["cat", "ant", "bee", *"cdefgh", "yak"])


def images(count):
    return np.arange(count * 12, dtype=np.uint16).reshape(count, 2, 6) + 100


def labels_of(source, images_of):
    return source.label_names, [image.label for image in images_of(source).values()]


@pytest.mark.parametrize("name", ["class_names", "label_names", "classes", "target_names", "Labels"])
@pytest.mark.parametrize("kind", [str, bytes])
def test_integers_have_the_names_in_an_array_of_names_and_keep_their_order(archive, images_of, name, kind):
    source = open_npz(archive(x=images(5), y=LABELS, **{name: NAMES.astype(kind)}))
    assert labels_of(source, images_of) == (("cat", "bee", "yak"), [1, 0, 0, 2, 1])


def test_splits_share_the_names_and_unknown_labels_need_none(archive, images_of):
    path = archive(
        x_train=images(5), y_train=LABELS.astype(int), x_test=images(2), y_test=np.array([-1, 2]), class_names=NAMES
    )
    names, labels = labels_of(open_npz(path, unlabelled=True), images_of)
    assert (names, sorted(labels)) == (("cat", "bee", "yak"), sorted([1, 0, 0, 2, 1, UNKNOWN, 1]))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"class_names": NAMES[:9]},
            "expected a name for each label in class_names <U3[9], the first for 0, got none for 9",
        ),
        ({"class_names": np.where(NAMES == "bee", "", NAMES)}, "got none for 2; rename the array"),
        (
            {"class_names": np.where(NAMES == "yak", "cat", NAMES)},
            "expected different names of classes in 'class_names'",
        ),
        ({"class_names": np.where(NAMES == "yak", "Cat", NAMES)}, "class names that differ in more than case"),
        (
            {"class_names": NAMES.astype(object)},
            "one-dimensional text, got class_names, Python objects; save them with",
        ),
        ({"class_names": NAMES, "label_names": NAMES}, "may be in class_names <U3[10], label_names <U3[10]; rename"),
    ],
)
def test_names_that_do_not_fit_the_labels_are_refused(archive, arrays, message):
    with pytest.raises(InputError, match=re.escape(message)):
        open_npz(archive(x=images(5), y=LABELS, **arrays))


@pytest.mark.parametrize(("dtype", "largest"), [(np.uint8, 255), (np.int8, 127), (np.uint16, 65535)])
def test_the_largest_number_of_the_type_after_a_gap_is_refused_until_it_is_said_what_it_means(
    archive, images_of, dtype, largest
):
    path = archive(x=images(5), y=np.array([0, 1, largest, 1, 2], dtype))
    message = (
        rf"ingest\.unlabelled: the label {largest}, the largest .*, or be a class like 0 to 2; set .* to true or to"
    )
    with pytest.raises(InputError, match=message):
        open_npz(path)
    assert labels_of(open_npz(path, unlabelled=True), images_of) == (("0", "1", "2"), [0, 1, UNKNOWN, 1, 2])
    assert labels_of(open_npz(path, unlabelled=False), images_of)[0] == ("0", "1", "2", str(largest))


@pytest.mark.parametrize("labels", [np.array([253, 254, 255], np.uint8), np.array([0, 1, 255])])
def test_the_largest_number_without_a_gap_or_in_a_wider_type_is_a_class(archive, labels):
    assert open_npz(archive(x=images(3), y=labels)).label_names == tuple(map(str, labels))


def test_labels_that_most_images_have_for_themselves_are_no_classes(archive, caplog):
    measured = np.arange(60) // 2 * (np.arange(60) > 2) + np.arange(60)
    path = archive(x=images(60), y=measured)
    message = r"ingest\.labels: 60 different labels of 60 images, such as '0' and '1', .*; set it to none, or to y if"
    with pytest.raises(InputError, match=message):
        open_npz(path)
    assert open_npz(path, labels="none").label_names is None
    assert not caplog.records
    assert len(open_npz(path, labels="y").label_names) == 60
    assert "are hardly classes; ingest.labels: none" in caplog.text


def test_few_images_and_half_as_many_labels_may_be_classes(archive):
    assert len(open_npz(archive(x=images(50), y=np.arange(50))).label_names) == 50
    assert len(open_npz(archive(x=images(60), y=np.arange(60) // 2)).label_names) == 30

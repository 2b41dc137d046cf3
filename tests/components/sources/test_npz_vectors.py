"""Arrays of one value per image in an archive, and what is said about others."""

import numpy as np
import pytest

from vaeflow.components.sources.npz import open_npz
from vaeflow.models.errors import InputError

IMAGES = np.arange(5 * 2 * 6, dtype=np.uint8).reshape(5, 2, 6) + 100
LABELS = np.array([7, 3, 3, 9, 7])


@pytest.mark.parametrize(
    ("labels", "advice", "saved"),
    [
        (LABELS / 1, "y.astype(int)", lambda y: y.astype(int)),
        (
            np.where(LABELS == 3, np.nan, LABELS),
            "numpy.nan_to_num(y, nan=-1).astype(int), and set ingest.unlabelled to true",
            lambda y: np.nan_to_num(y, nan=-1).astype(int),
        ),
        (np.eye(10)[LABELS], "y.argmax(axis=1);", lambda y: y.argmax(axis=1)),
        (np.eye(10)[LABELS] * 0.75 + 0.025, "y.argmax(axis=1);", lambda y: y.argmax(axis=1)),
        (
            np.eye(10, dtype=np.uint8)[LABELS] * (LABELS != 3)[:, None],
            "numpy.where(y.any(axis=1), y.argmax(axis=1), -1), and set ingest.unlabelled to true",
            lambda y: np.where(y.any(axis=1), y.argmax(axis=1), -1),
        ),
    ],
)
def test_labels_in_another_form_are_refused_with_what_makes_them_right(archive, images_of, labels, advice, saved):
    with pytest.raises(InputError, match=r"ingest\.labels: expected one integer or string per image") as refused:
        open_npz(archive(images=IMAGES, y=labels))
    assert advice in str(refused.value)
    source = open_npz(archive(images=IMAGES, y=saved(labels)), unlabelled=True)
    names = [source.label_names[image.label] if image.label >= 0 else "-1" for image in images_of(source).values()]
    assert names == list(map(str, np.where((LABELS == 3) & ("-1" in advice), -1, LABELS)))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"group": LABELS / 1}, r"ingest\.groups: .*, with group\.astype\(int\)$"),
        (
            {"group": np.where(LABELS == 3, np.nan, LABELS)},
            r"ingest\.groups: .*nan_to_num\(group, nan=-1\)\.astype\(int\)$",
        ),
        ({"group": LABELS / 2}, r"ingest\.groups: .*; save it as text, with group\.astype\(str\)$"),
        ({"ids": np.arange(5) / 2}, r"ingest\.ids: .*; save it as text, with ids\.astype\(str\)$"),
        ({"ids": np.arange(5) / 1}, r"ingest\.ids: .*, with ids\.astype\(int\)$"),
        ({"y": np.ones((5, 3))}, r"float64\[5, 3\]; ingest\.labels: none turns labels off$"),
    ],
)
def test_other_arrays_in_another_form_are_refused_with_what_makes_them_right(archive, arrays, message):
    with pytest.raises(InputError, match=message):
        open_npz(archive(images=IMAGES, **arrays))


def test_a_missing_group_in_an_archive_is_no_group(archive, images_of):
    source = open_npz(archive(images=IMAGES, group=np.array([-1, 3, 3, -1, 7])))
    assert [image.group for image in images_of(source).values()] == [None, "3", "3", None, "7"]

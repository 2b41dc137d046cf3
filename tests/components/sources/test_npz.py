import logging

import numpy as np
import pytest

from vaeflow.components.sources.npz import open_npz
from vaeflow.components.sources.source import UNKNOWN, UNSPLIT
from vaeflow.models.errors import InputError

IMAGES = np.arange(5 * 2 * 6, dtype=np.uint8).reshape(5, 2, 6) + 100
LABELS = np.array([7, 3, 3, 9, 7])


def test_images_alone_have_neither_labels_nor_splits(archive, images_of):
    source = open_npz(archive(pictures=IMAGES))
    found = images_of(source)
    assert source.label_names is None
    assert {(image.split, image.label) for image in found.values()} == {(UNSPLIT, None)}
    np.testing.assert_array_equal(np.stack([found[key].image for key in sorted(found)]), IMAGES)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("labels", LABELS),
        ("y", LABELS[:, None]),
        ("target", LABELS.astype(np.uint8)),
        ("Classes", LABELS),
        ("image_labels", LABELS),
        ("category-id", LABELS),
    ],
)
def test_labels_are_found_by_their_usual_names(archive, images_of, name, labels):
    source = open_npz(archive(images=IMAGES, **{name: labels}))
    assert source.label_names == ("3", "7", "9")
    assert [image.label for image in images_of(source).values()] == [1, 0, 0, 2, 1]


@pytest.mark.parametrize("kind", [str, bytes])
def test_labels_may_be_text(archive, images_of, kind):
    words = ["dög", "cat", "cat", "emu", "dög"]
    labels = np.array(words) if kind is str else np.array([word.encode() for word in words])
    source = open_npz(archive(images=IMAGES, labels=labels))
    assert source.label_names == ("cat", "dög", "emu")
    assert [image.label for image in images_of(source).values()] == [1, 0, 0, 2, 1]


def test_arrays_may_be_named(archive, images_of):
    path = archive(a=IMAGES, b=IMAGES[::-1], first=LABELS, second=LABELS[::-1])
    source = open_npz(path, images="b", labels="second")
    found = images_of(source)
    np.testing.assert_array_equal(found["b/000000"].image, IMAGES[-1])
    assert [image.label for image in found.values()] == [1, 2, 0, 0, 1]


def test_ids_are_taken_from_the_archive(archive, images_of):
    ids = np.array(["e", "d", "c", "b", "a"])
    assert list(images_of(open_npz(archive(images=IMAGES, labels=LABELS, ids=ids)))) == ids.tolist()


@pytest.mark.parametrize("name", ["x_{}", "{}_images"])
def test_arrays_named_for_splits_are_splits(archive, images_of, name):
    labels = "y_{}" if name == "x_{}" else "{}_labels"
    arrays = {name.format("train"): IMAGES, name.format("test"): IMAGES[:2], name.format("val"): IMAGES[:1]}
    arrays |= {labels.format(split): LABELS[:count] for split, count in (("train", 5), ("test", 2), ("val", 1))}
    source = open_npz(archive(**arrays))
    found = images_of(source).values()
    assert source.num_images == 8
    assert source.label_names == ("3", "7", "9")
    assert [image.label for image in found if image.split == "test"] == [1, 0]
    assert {image.split for image in found} == {"train", "test", "validation"}


def test_a_file_with_one_array_is_a_source(tmp_path, images_of):
    np.save(tmp_path / "digits.npy", np.asfortranarray(IMAGES))
    source = open_npz(str(tmp_path / "digits.npy"))
    np.testing.assert_array_equal(images_of(source)["images/000003"].image, IMAGES[3])
    assert source.label_names is None


@pytest.mark.parametrize("name", ["age", "arr_1", "species", "y_train", "test_labels", "is_train"])
def test_what_may_be_labels_or_not_is_refused_until_the_configuration_says(archive, images_of, name):
    path = archive(images=IMAGES, **{name: LABELS})
    with pytest.raises(
        InputError, match=rf"ingest\.labels: {name} int64\[5\] may be the labels of images .*set it to none"
    ):
        open_npz(path)
    assert open_npz(path, labels=name).label_names == ("3", "7", "9")
    assert open_npz(path, labels="none").label_names is None


def test_labels_of_another_split_are_refused_whatever_their_length(archive):
    with pytest.raises(InputError, match=r"ingest\.labels: y_train int64\[2\] may be the labels of images"):
        open_npz(archive(images=IMAGES, y_train=LABELS[:2]))
    with pytest.raises(
        InputError, match=r"labels: y int64\[5\] may be the labels of x_train .*; rename them like the images"
    ):
        open_npz(archive(x_train=IMAGES, x_test=IMAGES, y=LABELS))


@pytest.mark.parametrize("name", ["index", "filenames", "image_id", "filePath"])
def test_ids_are_found_by_their_usual_names(archive, images_of, name):
    source = open_npz(archive(images=IMAGES, **{name: np.arange(5) + 10}))
    assert source.label_names is None
    assert sorted(images_of(source)) == ["10", "11", "12", "13", "14"]


@pytest.mark.parametrize("name", ["groups", "patient", "subject_ids"])
def test_groups_are_found_by_their_usual_names(archive, images_of, name):
    source = open_npz(archive(images=IMAGES, **{name: LABELS}))
    assert source.label_names is None
    assert [image.group for image in images_of(source).values()] == ["7", "3", "3", "9", "7"]


def test_an_array_of_splits_gives_the_split_of_each_image(archive, images_of):
    names = np.array(["train", "Training", "val", "test", "holdout"])
    source = open_npz(archive(images=IMAGES, labels=LABELS, split=names))
    assert [image.split for image in images_of(source).values()] == ["train", "train", "validation", "test", "test"]
    with pytest.raises(InputError, match=r"expected names of splits \(train, .*in the array 'split', got '7'"):
        open_npz(archive(images=IMAGES, split=LABELS))
    assert open_npz(archive(images=IMAGES, split=LABELS), labels="split").label_names == ("3", "7", "9")


def test_an_array_that_is_named_as_the_labels_is_nothing_else(archive, images_of):
    source = open_npz(archive(images=IMAGES, patient=LABELS), labels="patient")
    assert {image.group for image in images_of(source).values()} == {None}


def test_arrays_that_are_not_used_are_named_in_a_warning(archive, caplog):
    path = archive(images=IMAGES, labels=LABELS, tags=np.array(["a", "b"]), age=LABELS, weight=LABELS / 2)
    with caplog.at_level(logging.WARNING, "vaeflow"):
        assert open_npz(path).label_names == ("3", "7", "9")
    (record,) = caplog.records
    assert record.getMessage() == (
        "these arrays are not used: tags <U1[2], age int64[5], weight float64[5]; ingest.images and "
        "ingest.labels name others"
    )


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((64, 48, 3), r"may be one picture of 64×48 pixels with 3 channels, or 64 grey .* 48×3.*as \[64, 48, 3, 1\]"),
        ((3, 64, 48), r"may be one picture of 64×48 pixels with 3 channels, or 3 grey images of 64×48"),
        ((64, 48), r"If the rows of images are images, reshape it; if it is a single one, save it as an image file"),
        ((9, 784), r"no array of shape .*If the rows of images are images, reshape it"),
        ((12, 12, 48), r"may be 48 grey images of 12×12, or 12 .* 12×48: save the 48 with numpy\.moveaxis\(images, -1"),
        ((9, 8, 3, 60), r"channels in the last axis, .*; if its last axis counts .* numpy\.moveaxis\(images, -1, 0\)"),
        ((9, 3, 8, 8), r"channels in the last axis, .*; move its axis 1 there with numpy\.moveaxis"),
    ],
)
def test_an_array_that_may_be_a_single_picture_is_refused_with_both_readings(tmp_path, shape, message):
    np.save(tmp_path / "a.npy", np.zeros(shape, np.uint8))
    with pytest.raises(InputError, match=message):
        open_npz(str(tmp_path / "a.npy"))


def test_labels_of_images_along_the_last_axis_say_how_to_move_it(archive):
    with pytest.raises(
        InputError, match=r"expected 2 labels, .*; if its last axis counts .* numpy\.moveaxis\(images, -1"
    ):
        open_npz(archive(images=np.moveaxis(IMAGES, 0, -1), y=LABELS))


def test_labels_say_that_an_array_contains_many_images(archive):
    assert open_npz(archive(images=np.zeros((9, 8, 3)), y=np.arange(9))).num_images == 9


def test_a_slice_of_small_images_has_a_few_thousand_of_them(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.zeros((9000, 2, 2), np.uint8))
    shards = open_npz(str(tmp_path / "a.npz")).shards
    assert [shard.stop - shard.start for shard in shards] == [4096, 4096, 808]


def test_a_large_array_is_read_in_few_slices(archive, images_of):
    source = open_npz(archive(images=np.tile(IMAGES, (2000, 1, 1))))
    assert 1 < len(source.shards) <= 8
    found = images_of(source)
    np.testing.assert_array_equal(found["images/009999"].image, IMAGES[-1])


def test_python_objects_beside_the_images_do_no_harm(archive, images_of):
    path = archive(imgs=IMAGES, metadata=np.array({"made": "by hand"}, dtype=object))
    assert len(images_of(open_npz(path))) == 5


@pytest.mark.parametrize(
    ("arrays", "named", "message"),
    [
        ({"a": IMAGES}, {"images": "b"}, r"ingest\.images: no array 'b'; available arrays: a uint8\[5, 2, 6\]"),
        ({"a": IMAGES}, {"labels": "b"}, r"ingest\.labels: no array 'b'"),
        ({"a": IMAGES, "b": IMAGES}, {}, r"ingest\.images: name one of several possible arrays: a .*, b "),
        ({"x_train": IMAGES, "x": IMAGES}, {}, r"ingest\.images: name one"),
        ({"a": LABELS}, {}, r"ingest\.images: no array of shape"),
        ({"a": IMAGES, "y": LABELS, "label": LABELS}, {}, r"labels: name one of several possible arrays: label .*, y "),
        ({"a": IMAGES, "labels": LABELS[:4]}, {}, r"ingest\.labels: expected 5 labels, one per image of 'a', .*\[4\]"),
        ({"a": IMAGES, "b": LABELS[:4]}, {"labels": "b"}, r"ingest\.labels: expected 5"),
        ({"a": IMAGES, "labels": np.eye(5)}, {}, r"ingest\.labels: expected one integer or string .*float64\[5, 5\]"),
        (
            {"a": IMAGES, "labels": LABELS / 2},
            {},
            r"expected one integer or string .*\[5\]; ingest\.labels: none turns",
        ),
        ({"a": IMAGES, "ids": LABELS}, {}, r"ingest\.source: expected unique ids in ids, got '[73]' 2 times"),
        ({"a": IMAGES, "ids": LABELS[:3]}, {}, r"ingest\.ids: expected 5"),
        (
            {"x_train": IMAGES, "x_test": IMAGES, "y_train": LABELS},
            {},
            r"labels: expected .* none for 'x_test'",
        ),
        (
            {"x_train": IMAGES, "x_test": IMAGES, "y": LABELS},
            {"labels": "y"},
            r"labels: expected .*, got only 'y' for",
        ),
        ({"a": IMAGES[0]}, {"images": "a"}, r"expected shape \[n, h, w\] or \[n, h, w, c\], got 'a', uint8\[2, 6\]"),
        ({"a": IMAGES.astype("U3")}, {"images": "a"}, "expected numbers as pixels"),
        ({"a": np.array([None, {}])}, {"images": "a"}, "expected numbers as pixels, got 'a', object"),
        ({"a": IMAGES, "y": np.array(["b", None] * 2)}, {}, r"got 'y', Python objects; save it as text, .*dtype=str"),
        ({"a": np.zeros((5, 3, 8, 8))}, {}, r"expected 1 to 4 channels in the last axis, .*\[5, 3, 8, 8\]"),
        ({"a": np.zeros((0, 8, 8))}, {}, "expected at least one pixel"),
        ({"a": np.zeros((5, 0, 8))}, {}, "expected at least one pixel"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(archive, arrays, named, message):
    with pytest.raises(InputError, match=message):
        open_npz(archive(**arrays), **named)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"ingest\.source: .*gone\.npz does not exist"):
        open_npz(str(tmp_path / "gone.npz"))
    with pytest.raises(InputError, match="is not a file"):
        open_npz(str(tmp_path))


def test_an_empty_name_is_unknown_and_the_other_classes_keep_their_names(archive, images_of):
    source = open_npz(archive(images=IMAGES, labels=np.array(["", "cat", "dog", "cat", ""])))
    assert source.label_names == ("cat", "dog")
    assert [image.label for image in images_of(source).values()] == [UNKNOWN, 0, 1, 0, UNKNOWN]


def test_minus_one_is_refused_until_the_configuration_says_what_it_means(archive, images_of):
    path = archive(images=IMAGES, labels=np.array([-1, 3, 3, 10, -1]))
    with pytest.raises(
        InputError, match=r"ingest\.unlabelled: the label '-1' may mean an unknown class, or be the name"
    ):
        open_npz(path)
    partly = open_npz(path, unlabelled=True)
    assert partly.label_names == ("3", "10")
    assert [image.label for image in images_of(partly).values()] == [UNKNOWN, 0, 0, 1, UNKNOWN]
    assert open_npz(path, unlabelled=False).label_names == ("-1", "3", "10")


def test_groups_are_taken_from_the_archive(archive, images_of):
    source = open_npz(archive(images=IMAGES, labels=LABELS, groups=LABELS * 2))
    assert [image.group for image in images_of(source).values()] == ["14", "6", "6", "18", "14"]
    assert source.label_names == ("3", "7", "9")


def test_labels_can_be_turned_off(archive, images_of):
    source = open_npz(archive(images=IMAGES, labels=np.eye(5)), labels="none")
    assert source.label_names is None
    assert {image.label for image in images_of(source).values()} == {None}


@pytest.mark.parametrize("what", ["labels", "ids"])
@pytest.mark.parametrize("point", [0xD800, 0x110000])
def test_text_that_cannot_be_written_is_refused(archive, what, point):
    text = np.array(["a", "b", "c", "d", "ex"])
    text.view(np.uint32)[-1] = point
    message = rf"ingest\.{what}: expected text that UTF-8 can encode, got 'e\\u{point:x}'"
    with pytest.raises(InputError, match=message):
        open_npz(archive(images=IMAGES, **{what: text}))


def test_a_number_where_an_array_is_expected_is_refused(archive):
    with pytest.raises(
        InputError, match=r"ingest\.labels: expected one integer or string per image, got 'y', int64\[\]"
    ):
        open_npz(archive(images=IMAGES, y=5))

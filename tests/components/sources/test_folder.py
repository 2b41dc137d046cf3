import logging
import os
import pickle
import socket

import numpy as np
import pytest

from vaeflow.components.sources.folder import open_folder
from vaeflow.components.sources.source import UNKNOWN, UNSPLIT
from vaeflow.models.errors import InputError

UNREAD = ["1.png", "2.heic", "3.SVG", "4.nii.gz", "5.nrrd", "6.mha", "7.dcm", "8.psd", "9.EXR", "10.tif.gz"]


@pytest.fixture
def folder(tmp_path):
    """`folder(*paths)` → a folder with these files, which are not valid images."""

    def make(*paths):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(b"content of " + path.encode())
        return tmp_path

    return make


def test_files_without_class_folders_have_no_labels(folder, images_of):
    source = open_folder(str(folder("b.png", "a.JPG", "c.webp", "d.gif", "e.bmp", "f.jpeg")))
    found = images_of(source)
    assert sorted(found) == ["a.JPG", "b.png", "c.webp", "d.gif", "e.bmp", "f.jpeg"]
    assert source.label_names is None
    assert {image.label for image in found.values()} == {None}
    assert {image.split for image in found.values()} == {UNSPLIT}
    assert found["b.png"].image.read_bytes() == b"content of b.png"
    assert source.num_bytes == sum(len(b"content of ") + len(name) for name in found)


@pytest.mark.parametrize("name", ["__MACOSX", "@eaDir", "$RECYCLE.BIN", "#recycle", "lost+found"])
def test_folders_that_systems_add_are_skipped(folder, images_of, name):
    source = open_folder(str(folder("cat/1.png", "dog/2.png", f"{name}/cat/1.png", f"cat/{name}/1.png/THUMB_M.jpg")))
    assert sorted(images_of(source)) == ["cat/1.png", "dog/2.png"]
    assert source.label_names == ("cat", "dog")


def test_files_with_the_class_of_one_image_each_are_named_once(folder, caplog):
    open_folder(folder("a/1.png", "a/1.cls", "b/2.png", "b/2.cls"))
    assert [record.getMessage()[:23] for record in caplog.records] == ["a/1.cls is not used: it"]


def test_an_only_class_is_mentioned_unless_the_labels_are_refused_or_decided(folder, caplog):
    root = str(folder("pictures/1.png", "pictures/2.png"))
    assert open_folder(root).label_names == ("pictures",)
    (record,) = caplog.records
    assert record.getMessage().startswith("all images are of the class pictures, which is the only one; ingest.labels")
    open_folder(root, class_depth=1)
    folder("labels.json")
    with pytest.raises(InputError, match=r"labels\.json: it may contain the labels"):
        open_folder(root)
    assert caplog.records == [record]


def test_folders_of_one_image_each_are_hardly_classes(folder):
    root = str(folder(*(f"{number}/a.png" for number in range(51))))
    with pytest.raises(
        InputError, match=r"51 different labels of 51 .*; set it to none, or ingest\.class_depth to 1 if"
    ):
        open_folder(root)
    assert len(open_folder(root, class_depth=1).label_names) == 51


def test_class_folders_become_labels_at_any_depth(folder, images_of):
    source = open_folder(str(folder("dog/1.png", "cat/1.png", "cat/indoors/young/2.png")))
    assert source.label_names == ("cat", "dog")
    labels = {key: image.label for key, image in images_of(source).items()}
    assert labels == {"dog/1.png": 1, "cat/1.png": 0, "cat/indoors/young/2.png": 0}


def test_folders_named_as_splits_are_splits(folder, images_of):
    source = open_folder(str(folder("train/cat/1.png", "train/dog/1.png", "Val/cat/1.png", "test/cat/1.png")))
    found = images_of(source)
    assert source.label_names == ("cat", "dog")
    assert {key: image.split for key, image in found.items()} == {
        "train/cat/1.png": "train",
        "train/dog/1.png": "train",
        "Val/cat/1.png": "validation",
        "test/cat/1.png": "test",
    }
    assert found["train/dog/1.png"].label == 1


def test_splits_need_no_class_folders(folder, images_of):
    source = open_folder(str(folder("train/1.png", "test/1.png")))
    assert source.label_names is None
    assert {image.split for image in images_of(source).values()} == {"train", "test"}


def test_what_is_hidden_or_not_named_as_an_image_is_left_out(folder, images_of):
    root = folder("1.png", "notes.txt", ".hidden.png", ".git/2.png", "__MACOSX/._1.png", "Thumbs.db")
    assert list(images_of(open_folder(str(root)))) == ["1.png"]


def test_links_are_followed_and_loops_end(folder, images_of):
    root = folder("pictures/cat/1.png", "elsewhere/2.png")
    (root / "pictures" / "dog").symlink_to(root / "elsewhere")
    (root / "pictures" / "cat" / "again").symlink_to(root / "pictures")
    assert sorted(images_of(open_folder(str(root / "pictures")))) == ["cat/1.png", "dog/2.png"]


def test_a_link_to_nothing_is_left_for_the_quarantine(folder, images_of):
    root = folder("1.png")
    (root / "2.png").symlink_to(root / "gone.png")
    assert sorted(images_of(open_folder(str(root)))) == ["1.png", "2.png"]


def test_a_name_that_is_no_text_gets_an_id_that_is(tmp_path, images_of):
    with open(os.fsencode(tmp_path) + b"/caf\xe9.png", "wb") as file:
        file.write(b"image")
    (image,) = images_of(open_folder(str(tmp_path))).values()
    assert image.id == "caf\\xe9.png"
    assert image.image.read_bytes() == b"image"


@pytest.mark.parametrize("names", [(b"\xff", rb"\xff"), (b"a\nb.png", rb"a\nb.png")])
def test_names_that_are_shown_alike_are_refused(tmp_path, names):
    for name in names:
        path = tmp_path / os.fsdecode(name)
        if path.suffix:
            path.write_bytes(b"image")
        else:
            path.mkdir()
            (path / "1.png").write_bytes(b"image")
    with pytest.raises(InputError, match=r"which are both shown as (a\\nb\.png|\\xff); rename one of them$") as refused:
        open_folder(str(tmp_path))
    assert all(repr(name) in str(refused.value) for name in names)


def test_a_home_folder_may_be_abbreviated(folder, images_of, monkeypatch):
    monkeypatch.setenv("HOME", str(folder("pictures/1.png")))
    assert list(images_of(open_folder("~/pictures"))) == ["1.png"]


def test_what_is_neither_file_nor_folder_is_left_for_the_quarantine(folder, images_of):
    root = folder("cat/1.png", "dog/2.png")
    os.mkfifo(root / "fifo")
    os.mkfifo(root / "cat" / "fifo.png")
    (root / "loop").symlink_to("loop")
    (root / "device.png").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(root / "dog" / "socket"))
    source = open_folder(str(root))
    found = images_of(source)
    assert set(found) == {"cat/1.png", "dog/2.png", "cat/fifo.png", "fifo", "loop", "device.png", "dog/socket"}
    assert source.label_names == ("cat", "dog")


def test_images_in_formats_that_are_not_read_are_left_for_the_quarantine(folder, images_of):
    assert set(images_of(open_folder(str(folder(*UNREAD))))) == set(UNREAD)


def test_other_files_are_named_once_by_suffix(folder, caplog):
    root = folder("1.png", "notes.txt", "cat/more.TXT", "README")
    with caplog.at_level(logging.INFO, "vaeflow"):
        open_folder(str(root))
    (record,) = caplog.records
    assert record.getMessage().endswith(
        "has files that are not named as images: 1 without suffix (such as README), 2 .txt"
    )


@pytest.mark.parametrize(("name", "may"), [("1.png", False), ("1.TIF", True), ("1.npy", True)])
def test_floats_are_possible_in_formats_that_have_them(folder, name, may):
    assert open_folder(str(folder(name))).may_have_floats is may


@pytest.mark.parametrize(
    ("paths", "got"),
    [((), "none"), (("notes.txt",), "1 .txt"), (("cat/a.dat", "0001"), "1 without suffix .*0001.*, 1 .dat")],
)
def test_a_folder_without_images_is_refused_with_what_it_contains(folder, paths, got):
    with pytest.raises(InputError, match=rf"ingest\.source: expected image files .* in folder .*, got {got}"):
        open_folder(str(folder(*paths)))


def test_a_folder_with_the_files_of_a_known_dataset_says_how_to_read_them(folder):
    root = folder("data_batch_1", "readme.html")
    (root / "data_batch_1").write_bytes(pickle.dumps({b"batch_label": b"1"}, 2))
    with pytest.raises(
        InputError, match=r"; data_batch_1: it is a batch of CIFAR, a pickle: set ingest\.source to tfds:"
    ):
        open_folder(str(root))


@pytest.mark.parametrize(
    "paths",
    [
        ("pets/train/cat/1.png", "pets/train/dog/2.png", "pets/test/cat/3.png", "README.txt"),
        ("pets/pets/cat/1.png", "pets/pets/dog/2.png", "pets/pets/dog/3.png"),
    ],
)
def test_a_single_folder_around_everything_is_the_source(folder, images_of, paths):
    source = open_folder(str(folder(*paths)))
    assert source.label_names == ("cat", "dog")
    inner = open_folder(str(folder() / paths[0].rpartition("/cat/")[0].removesuffix("/train")))
    assert images_of(source).keys() == images_of(inner).keys()


def test_images_without_their_suffix_are_mentioned(folder, caplog):
    root = folder("1.png", "0002")
    (root / "0002").write_bytes(b"\x89PNG\r\n")
    with caplog.at_level(logging.WARNING, "vaeflow"):
        open_folder(str(root))
    assert "1 files are images, but are not read because of their names, such as 0002" in caplog.text


def test_a_line_break_in_a_name_is_escaped_in_the_id(folder, images_of):
    assert list(images_of(open_folder(str(folder("a\nb.png"))))) == ["a\\nb.png"]


def test_a_folder_that_is_not_there_is_refused(folder):
    with pytest.raises(InputError, match=r"ingest\.source: .*/gone does not exist"):
        open_folder(str(folder() / "gone"))
    with pytest.raises(InputError, match=r"1\.png is not a folder: expected a folder of images or a NumPy archive"):
        open_folder(str(folder("1.png") / "1.png"))


def test_an_archive_is_not_a_folder_and_says_how_to_read_it(tmp_path):
    np.savez(tmp_path / "data.npz", images=np.zeros((1, 2, 2)))
    with pytest.raises(InputError, match=r"data\.npz is not a folder: set ingest\.source to npz:.*data\.npz$"):
        open_folder(str(tmp_path / "data.npz"))
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(InputError, match="fifo is not a folder: it is neither a file nor a folder"):
        open_folder(str(tmp_path / "fifo"))


def test_many_files_are_spread_over_shards(folder, images_of):
    source = open_folder(str(folder(*(f"{index}.png" for index in range(450)))))
    assert len(source.shards) == 3
    assert len(images_of(source)) == 450


def test_images_beside_class_folders_are_refused_unknown_or_left_out(folder, images_of):
    root = str(folder("cat/1.png", "2.png"))
    message = (
        r"ingest\.unlabelled: 1 of 2 images are not in a class folder, such as 2\.png: set it to true .* or to false"
    )
    with pytest.raises(InputError, match=message):
        open_folder(root)
    kept = images_of(open_folder(root, unlabelled=True))
    assert {key: image.label for key, image in kept.items()} == {"cat/1.png": 0, "2.png": UNKNOWN}
    assert list(images_of(open_folder(root, unlabelled=False))) == ["cat/1.png"]


def test_a_test_split_without_class_folders_is_unlabelled(folder, images_of):
    source = open_folder(str(folder("train/a/1.png", "train/b/2.png", "test/3.png")), unlabelled=True)
    assert {key: (image.split, image.label) for key, image in images_of(source).items()} == {
        "train/a/1.png": ("train", 0),
        "train/b/2.png": ("train", 1),
        "test/3.png": ("test", UNKNOWN),
    }


def test_numbers_as_class_folders_are_ordered_by_value(folder):
    assert open_folder(str(folder("10/1.png", "1/1.png", "2/1.png"))).label_names == ("1", "2", "10")


def test_labels_can_be_turned_off(folder, images_of):
    source = open_folder(str(folder("train/a/1.png", "test/b/2.png")), labels="none")
    assert source.label_names is None
    assert {image.split for image in images_of(source).values()} == {"train", "test"}

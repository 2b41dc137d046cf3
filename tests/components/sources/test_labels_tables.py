"""Which files contain the labels of a folder."""

import logging
import os
from pathlib import Path

import pytest

from tests.components.sources.facts import facts
from vaeflow.components.sources.folder import open_folder
from vaeflow.models.errors import InputError


def test_the_only_table_with_files_and_labels_is_found(folder, images_of):
    root = folder(
        "images/1.png", "images/2.png", labels="file,label\n1.png,dog\nimages/2.png,cat\n", notes="a,b\n1,2\n"
    )
    source = open_folder(root)
    assert source.label_names == ("cat", "dog")
    assert facts(source, images_of) == {
        "images/1.png": ("unsplit", "dog", None),
        "images/2.png": ("unsplit", "cat", None),
    }


def test_each_split_may_have_a_table_of_its_own(folder, images_of):
    root = folder(
        "train/1.png", "test/1.png", **{"train/labels": "file,label\n1.png,a\n", "test/labels": "id,label\ntest/1,b\n"}
    )
    expected = {"train/1.png": ("train", "a", None), "test/1.png": ("test", "b", None)}
    assert facts(open_folder(root), images_of) == expected
    assert facts(open_folder(root, labels="labels.csv"), images_of) == expected


def test_tables_named_for_splits_are_used_together(folder, images_of):
    table = "file,label\n{}.png,a\n"
    root = folder("images/1.png", "images/2.png", train_labels=table.format(1), test_labels=table.format(2))
    assert facts(open_folder(root), images_of) == {
        "images/1.png": ("train", "a", None),
        "images/2.png": ("test", "a", None),
    }


@pytest.mark.parametrize("named", [None, "labels.csv"])
@pytest.mark.parametrize("where", [".", "train"])
@pytest.mark.parametrize(("place", "kind"), [(Path.symlink_to, "a link to nothing"), (os.mkfifo, "a FIFO")])
def test_what_is_no_file_in_the_place_of_a_table_is_refused(folder, where, named, place, kind):
    root = folder("train/1.png", "train/2.png", "test/3.png")
    table = Path(root) / where / "labels.csv"
    place(table, *(["lost.csv"] if place is Path.symlink_to else []))
    with pytest.raises(InputError, match=rf"^ingest\.labels: .*labels\.csv is {kind}, not a file; set it to none if"):
        open_folder(root, labels=named)
    assert open_folder(root, labels="none").num_images == 4  # it is left for the quarantine


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "labels.csv",
            "1.png,a\n",
            r"labels\.csv: expected columns file and label, .*; add a first line .*; set it to none",
        ),
        ("labels.csv", "1.png a\n", r"labels\.csv: expected columns file and label, .*, with commas between them"),
        (
            "labels.csv",
            '"file,label"\n"1.png,a"\n',
            r"labels\.csv: .* no quotation marks around a whole line, got file,",
        ),
        ("labels.csv", "# mine\nfile,label\n1.png,a\n", r"labels\.csv: .*; remove the lines before .* such as # mine"),
        ("nih.csv", "Image Index,Finding Labels\n1.png,a\n", r"nih\.csv: .*, got Image Index, Finding Labels"),
        ("isic.csv", "image,MEL,NV\n1,1.0,0.0\n", r"isic\.csv: .*, got image, MEL, NV; name the column of .* label"),
        ("where.csv", "C:\\data\\1.png,a\n", r"where\.csv: .*; add a first line"),
        ("train.csv", "picture;breed\n1.png;a\n", r"train\.csv: expected columns .*, got picture, breed"),
        (
            "my/labels.csv",
            "file,label\n1.png,a\n",
            r"my/labels\.csv may contain the labels; set it to my/labels\.csv, or",
        ),
        ("labels.csv", "", r"labels\.csv: expected columns .*, got an empty file"),
        ("labels", "1.png a", r"labels: it may contain the labels"),
        ("labels.xlsx", "PK", r"labels\.xlsx: it may contain the labels, which are read from CSV or TSV files"),
        ("metadata.jsonl", "{}", r"metadata\.jsonl: it may contain the labels"),
        ("1.cls", "3", r"1\.cls: it may contain the labels, which are read from CSV or TSV files or from the names of"),
        ("train_labels.json", "{}", r"train_labels\.json: it may contain the labels"),
    ],
)
@pytest.mark.parametrize("image", ["1.png", "images/1.png"])
def test_a_file_that_may_contain_the_labels_is_never_ignored(folder, tmp_path, image, name, content, message):
    root = folder(image, name)
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=rf"ingest\.labels: {message}"):
        open_folder(root)
    assert open_folder(root, labels="none").label_names is None


def test_other_tables_are_named_once(folder, caplog):
    root = folder("a/1.png", "b/2.png", "classes.txt", notes="when,who\n1,2\n")
    with caplog.at_level(logging.INFO, "vaeflow"):
        assert open_folder(root).label_names == ("a", "b")
    assert [record.getMessage() for record in caplog.records][1:] == [
        "notes.csv is not used: expected columns file and label, and optionally split and group, got when, who"
    ]


def test_a_file_beside_the_single_folder_around_everything_is_not_ignored(folder):
    root = folder("data/a/1.png", "labels.json")
    with pytest.raises(InputError, match=r"ingest\.labels: \.\./labels\.json: it may contain the labels"):
        open_folder(root)
    assert open_folder(root, class_depth=2).label_names == ("data/a",)

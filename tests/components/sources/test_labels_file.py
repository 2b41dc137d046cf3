"""A CSV or TSV file with the labels of a folder."""

import pytest

from tests.components.sources.facts import facts
from vaeflow.components.sources.folder import open_folder
from vaeflow.components.sources.source import UNKNOWN
from vaeflow.models.errors import InputError


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_may_be_in_any_order_and_separated_as_spreadsheets_do(folder, images_of, delimiter):
    lines = ["Label, group,FILE,Split,size", "dog,p1,1.png,Training,9", "cat,,.\\2.png,DEV,9", ""]
    root = folder("1.png", "2.png", labels="\ufeff" + "\r\n".join(lines).replace(",", delimiter))
    assert facts(open_folder(root), images_of) == {
        "1.png": ("train", "dog", "p1"),
        "2.png": ("validation", "cat", None),
    }


def test_a_file_can_be_named(folder, images_of):
    table = "file,label\n1.png,{}\n"
    root = folder("1.png", breeds=table.format("pug"), animals=table.format("dog"))
    assert facts(open_folder(root, labels="breeds.csv"), images_of) == {"1.png": ("unsplit", "pug", None)}
    with pytest.raises(InputError, match=r"ingest\.labels: name one of several files: animals\.csv, breeds\.csv"):
        open_folder(root)
    assert open_folder(root, labels="none").label_names is None


def test_splits_may_be_folders_and_labels_a_file(folder, images_of):
    root = folder("train/1.png", "test/2.png", labels="file,label\n1.png,a\n2.png,b\n")
    assert facts(open_folder(root), images_of) == {
        "train/1.png": ("train", "a", None),
        "test/2.png": ("test", "b", None),
    }


def test_an_empty_label_is_unknown(folder, images_of):
    source = open_folder(folder("1.png", "2.png", labels='file,label\n1.png,\n2.png,"a, b"\n'))
    assert source.label_names == ("a, b",)
    assert [image.label for image in images_of(source).values()] == [UNKNOWN, 0]


def test_images_that_are_not_listed_are_refused_kept_or_left_out(folder, images_of):
    root = folder("1.png", "2.png", labels="file,label,split\n1.png,a,test\n")
    with pytest.raises(InputError, match=r"unlabelled: 1 of 2 images are not listed in labels\.csv, such as 2\.png"):
        open_folder(root)
    assert facts(open_folder(root, unlabelled=True), images_of) == {
        "1.png": ("test", "a", None),
        "2.png": ("train", None, None),
    }
    assert list(images_of(open_folder(root, unlabelled=False))) == ["1.png"]


def test_a_listed_image_that_is_missing_is_left_for_the_quarantine(folder, images_of):
    source = open_folder(folder("1.png", labels="file,label\n1.png,a\ngone.png,a\n"))
    assert not images_of(source)["gone.png"].image.exists()


def test_labels_in_a_file_and_in_folders_are_refused_with_both(folder, images_of):
    root = folder("cat/1.png", "dog/2.png", labels="file,label\n1.png,a\n2.png,b\n")
    with pytest.raises(InputError, match=r"may be in labels\.csv, or be the folders cat, dog, .*class_depth to 1"):
        open_folder(root)
    assert open_folder(root, labels="labels.csv").label_names == ("a", "b")
    assert open_folder(root, class_depth=1).label_names == ("cat", "dog")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", r"labels\.csv is empty"),
        ("file,size\n1.png,a\n", r"expected columns file and label, and optionally split and group, got file, size"),
        ("1.png,a\n", r"expected columns .*; add a first line that names them, before 1\.png, a$"),
        (
            "file,class,target\n1.png,a,b\n",
            "the labels may be in the columns class, target; rename one of them to label",
        ),
        ("file,label,label\n1.png,a,b\n", "the labels may be in the columns label, label; rename one"),
        ("file,FILE,label\n1.png,a,b\n", "the files may be in the columns file, FILE; rename one"),
        ("file,label\n1.png,a,b\n", r"labels\.csv, line 2: expected 2 columns, got 3"),
        ("file,label\n\n,a\n", r"line 3: expected a file, got an empty cell"),
        ("file,label\n1.png,a\n./1.png,b\n", r"line 3: '\./1\.png' is already in line 2"),
        ("file,label\n../1.png,a\n", r"line 2: expected a file inside .*, got '\.\./1\.png'"),
        ("file,label\n/etc/1.png,a\n", "line 2: expected a file inside"),
        ("file,label\nnotes.txt,a\n1.png,a\n", r"line 2: expected an image, got 'notes\.txt'"),
        (
            "file,label\nelsewhere.png,a\n",
            r"none of the files named in .*labels\.csv is an image in .*: the first file is 'elsewhere\.png', and the "
            r"first image is '1\.png'",
        ),
        ("file,label\n3.png,a\n", r"line 2: expected the path of one image .* got '3\.png', which may be a/3.*b/3"),
        ("file,label,split\n1.png,a,fold 1\n", "line 2: expected a split, train, validation, test, got 'fold 1'"),
        (
            'file,label\n1.png,"a\n',
            "line 2: expected cells separated by ',', each without quotation marks or in a pair",
        ),
        (f"file,label\n1.png,{'a' * 200_000}\n", "line 2: expected cells of at most 131,072 characters"),
        ("file,label\n1.png,a\n2.png,a \n", "class names that differ in more than white space"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_line(folder, table, message):
    root = folder("1.png", "2.png", "a/3.png", "b/3.png", "notes.txt", labels=table)
    with pytest.raises(InputError, match=message):
        open_folder(root, labels="labels.csv", unlabelled=True)


def test_a_column_of_which_most_images_have_their_own_value_is_refused(folder, images_of, caplog):
    names = [f"{number}.png" for number in range(60)]
    root = folder(*names, labels="file,label\n" + "".join(f"{name},{n * n}\n" for n, name in enumerate(names)))
    with pytest.raises(
        InputError, match=r"60 different labels of 60 .*; set it to none, or to labels\.csv if they are"
    ):
        open_folder(root)
    assert len(open_folder(root, labels="labels.csv").label_names) == 60
    assert "60 different labels of 60 images, such as '0' and '1', are hardly classes" in caplog.text
    assert open_folder(root, labels="none").label_names is None


def test_a_file_in_another_encoding_is_refused_with_the_line(folder, tmp_path):
    root = folder("1.png", "2.png")
    (tmp_path / "labels.csv").write_text("file,label\n1.png,a\n2.png,caf\u00e9\n", encoding="latin-1")
    with pytest.raises(
        InputError,
        match=r"line 3: expected text in UTF-8, got the byte 0xE9, as in Windows-1252 .*; save the file as UTF-8, in",
    ):
        open_folder(root)
    (tmp_path / "labels.csv").write_bytes("file,label\n1.png,a\n2.png,b\n".encode("utf-16-le")[:-1])
    with pytest.raises(InputError, match=r"expected text in UTF-16-LE, got the byte 0x0A; save the file as UTF-8"):
        open_folder(root)
    with pytest.raises(
        InputError, match=r"ingest\.labels: expected the name of a CSV or TSV file in .*, got 'gone\.csv'"
    ):
        open_folder(root, labels="gone.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_in_any_form(folder, tmp_path, images_of, encoding):
    root = folder("1.png")
    (tmp_path / "labels.csv").write_text("file,label\n1.png,caf\u00e9\n", encoding=encoding)
    assert facts(open_folder(root), images_of) == {"1.png": ("unsplit", "caf\u00e9", None)}


@pytest.mark.parametrize(
    "table",
    [
        "filename,label\n1.png,a\n",
        "filename,class\n1.png,a\n",
        "image,label\n1.png,a\n",
        "Image_ID,Category\n1,a\n",
        "id,label\n1,a\n",
        "path,Target\n./1.png,a\n",
        "id,file,label\n7,1.png,a\n",
        ",label_id,file,label\n0,3,1.png,a\n",
        "sep=;\nfile;label\n1.png;a\n",
        '"sep=\t"\r\nfile\tlabel\r\n1.png\ta\r\n',
        "sep=,\nfile,label\n1.png,a\n",
        "file|label\n1.png|a\n",
        "file,label\r1.png,a\r",
        "label,x,y,file\na,1,2,1.png\n",
    ],
)
def test_a_table_is_read_in_any_usual_form(folder, images_of, table):
    assert facts(open_folder(folder("1.png", labels=table)), images_of) == {"1.png": ("unsplit", "a", None)}


def test_groups_and_splits_have_other_usual_names_too(folder, images_of):
    root = folder("1.png", labels="file,label,patient_id,subset\n1.png,a,p1,test\n")
    assert facts(open_folder(root), images_of) == {"1.png": ("test", "a", "p1")}


def test_names_are_the_same_in_any_form_of_unicode(folder, images_of):
    root = folder("cafe\u0301.png", labels="file,label\ncaf\u00e9.png,a\n")
    assert list(facts(open_folder(root), images_of).values()) == [("unsplit", "a", None)]


def test_a_split_in_the_file_must_agree_with_the_folder(folder):
    root = folder("train/1.png", "test/2.png", labels="file,label,split\n1.png,a,train\n2.png,b,train\n")
    with pytest.raises(InputError, match=r"line 3: '2\.png' is in the split train, but in a folder of the split test"):
        open_folder(root)


def test_quotation_marks_may_follow_a_space(folder, images_of):
    root = folder("1.png", "2.png", labels='file, label\n"1.png", "a, b"\n2.png, c\n')
    assert {label for _, label, _ in facts(open_folder(root), images_of).values()} == {"a, b", "c"}


@pytest.mark.parametrize("cell", ["", " ", "NA", "NaN", "<NA>", "null", "-1", "unknown"])
def test_a_group_that_is_missing_is_no_group(folder, images_of, cell):
    root = folder("1.png", "2.png", labels=f"file,label,group\n1.png,a,{cell}\n2.png,b,p1\n")
    assert [image.group for image in images_of(open_folder(root)).values()] == [None, "p1"]

import contextlib
import gzip
import io
import logging
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from vaeflow.components.sources.npz import open_npz
from vaeflow.models.errors import InputError

IMAGES = np.arange(5 * 2 * 6, dtype=np.uint8).reshape(5, 2, 6) + 100
MAT = b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + bytes(200)


def tar(file):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(file))
    return buffer.getvalue()


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.npz", b"", "is not a NumPy archive: it is empty"),
        ("a.npz", b"no archive at all" * 50, "is not a NumPy archive: expected a folder of images or a NumPy archive"),
        ("a.mat", MAT, "it is a MATLAB file: open it with scipy.io.loadmat, .* numpy.savez, .* npz:PATH"),
        ("a.h5", b"\x89HDF\r\n\x1a\n" + bytes(90), "it is an HDF5 file: open it with h5py; .* numpy.savez"),
        (
            "a.zip",
            zipped(cat_png=b"cat"),
            "contains no arrays, but 'cat.png': it is a ZIP archive: unpack it, .* folder:",
        ),
        ("a.zip", zipped(cat_png=b"cat")[:-9], "is not a NumPy archive: it is a ZIP archive: unpack it"),
        ("a.tar", tar("cat.png"), "it is a tar archive: unpack it, and set ingest.source to folder:PATH"),
        ("a.tar.gz", gzip.compress(tar("cat.png")), "it is a tar archive: unpack it"),
        ("a.gz", gzip.compress(b"text"), "it is a gzip archive: unpack it"),
        ("photos.npz", zipped(cat_png=b"cat"), "contains no arrays, but 'cat.png': it is a ZIP archive: unpack it"),
        ("a.ods", zipped(content_xml=b"<x/>"), "it is a document of an office program: save the images in it"),
        ("a.pt", zipped(data_pkl=b"cat"), "it is a PyTorch file: open it with torch.load; .* numpy.savez"),
        (
            "train-images-idx3-ubyte",
            b"\0\0\x08\x03" + bytes(99),
            "it is an IDX file: set ingest.source to tfds:mnist if",
        ),
        ("train-images-idx3-ubyte.gz", gzip.compress(b"\0\0\x08\x03" + bytes(99)), "it is an IDX file"),
        ("data_batch_1", pickle.dumps({b"batch_label": b"1"}, 2), "a batch of CIFAR, a pickle: .* tfds:cifar10"),
        ("other", pickle.dumps([1], 2), "it is a pickle: open it where it was made"),
        ("data_batch_1.bin", bytes(3073 * 2), "a binary file of CIFAR-10: set ingest.source to tfds:cifar10"),
        ("train_X.bin", bytes(96 * 96 * 3), "a binary file of STL-10: .* tfds:stl10; or .* reshape\\(-1, 3, 96, 96\\)"),
        ("a.csv", b"label,pixel0\n", "it is a table: if it names images, .*; if it contains pixels, save its images"),
        ("a.pkl", pickle.dumps([1]), "it is a pickle: open it where it was made; .* numpy.savez"),
        (
            "a.png",
            b"\x89PNG\r\n\x1a\n",
            "it is an image: name it with the suffix of .*, and set ingest.source to its folder",
        ),
        ("a.npz", zipped(images_npy=npy(IMAGES))[:-9], "is damaged: its list of arrays is broken"),
        (
            "a.npz",
            zipped(images_npy=npy(IMAGES)[:-5]),
            "images.npy in .* is damaged: its header announces 60 .* 55 follow",
        ),
        ("a.npz", zipped(images_npy=npy(IMAGES).replace(b"(5,", b"(4,")), "announces 48 bytes of data, and 60 follow"),
        ("a.npz", zipped(images_npy=npy(IMAGES).replace(b"(5, 2, 6)", b"(9**99999")), "its header is damaged"),
        ("a.npz", zipped(images_npy=b"no array"), "its header is damaged"),
        ("a.npy", npy(IMAGES)[:-5], "is damaged: its header announces 60 bytes of data, and 55 follow"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,  # archives contain the time
)
def test_a_file_that_is_no_whole_archive_is_refused_with_what_to_do(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        open_npz(str(tmp_path / name))
    assert "pickle=" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_array_that_is_there_twice_is_refused(archive):
    path = archive(images=IMAGES)
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("images.npy", npy(IMAGES[:3]))
    with pytest.raises(InputError, match=r"contains 2 arrays with the name images\.npy; save it again$"):
        open_npz(path)


def test_scrambled_data_are_refused(archive):
    path = Path(archive(images=np.random.default_rng(0).random((9, 28, 28))))
    whole = path.read_bytes()
    path.write_bytes(whole[:3000] + b"0" * 200 + whole[3200:])
    with pytest.raises(InputError, match=r"images\.npy in .* is damaged: its data cannot be decompressed"):
        open_npz(str(path))


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (6, 1, "is encrypted; save the archive without a password"),
        (8, 97, "is compressed by a method that is not supported"),
    ],
)
def test_an_archive_that_zipfile_cannot_read_is_refused(tmp_path, at, value, message):
    content = bytearray(zipped(images_npy=npy(IMAGES)))
    for signature, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):  # its header, and the copy at the end
        content[content.index(signature) + at + shift] = value
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(InputError, match=rf"images\.npy in .*a\.npz {message}"):
        open_npz(str(tmp_path / "a.npz"))


def test_members_that_are_no_arrays_are_named_and_ignored(tmp_path, images_of, caplog):
    (tmp_path / "a.npz").write_bytes(zipped(images_npy=npy(IMAGES), readme_txt="made by hand"))
    with caplog.at_level(logging.INFO, "vaeflow"):
        assert len(images_of(open_npz(str(tmp_path / "a.npz")))) == 5
    assert "'readme.txt', which is not an array" in caplog.text


@pytest.mark.parametrize("packed", [False, True])
def test_no_damage_escapes_as_another_error(tmp_path, packed, images_of):
    path, rng = tmp_path / "a.npz", np.random.default_rng(0)
    (np.savez_compressed if packed else np.savez)(path, images=IMAGES, labels=np.array(list("abcde")))
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(150):
        changed = whole.copy()
        changed[rng.integers(0, len(whole), 3)] = rng.integers(0, 256, 3)
        path.write_bytes(changed[: rng.integers(1, len(whole) + 1) if rng.random() < 0.2 else None].tobytes())
        with contextlib.suppress(InputError):
            images_of(open_npz(str(path)))

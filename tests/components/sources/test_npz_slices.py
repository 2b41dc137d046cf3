"""Slices of arrays in NumPy archives, and the memory that reading them takes."""

import tracemalloc

import numpy as np
import pytest

from vaeflow.components.sources.npz import open_npz
from vaeflow.components.sources.npz_archive import open_arrays
from vaeflow.models.errors import InputError

SAVERS = {"stored": np.savez, "deflated": np.savez_compressed}


@pytest.mark.parametrize("dtype", ["u1", ">i2", "<u4", ">f4", "f2", "?", "U3", "S2"])
@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("saver", SAVERS)
def test_slices_equal_those_of_the_whole_array(tmp_path, saver, order, dtype):
    whole = np.asarray(np.random.default_rng(0).integers(0, 100, (11, 4, 5, 3)).astype(dtype), order=order)
    SAVERS[saver](tmp_path / "a.npz", first=np.arange(9), images=whole)
    stored = open_arrays(tmp_path / "a.npz")["images"]
    assert (stored.shape, stored.dtype, stored.size, stored.compressed) == (
        whole.shape,
        whole.dtype,
        whole.size,
        saver == "deflated",
    )
    np.testing.assert_array_equal(stored.read(), whole)
    for start, stop in ((3, 7), (7, 11), (0, 1), (5, 5)):  # forwards, and back
        np.testing.assert_array_equal(stored.rows(start, stop), whole[start:stop])


@pytest.mark.parametrize("order", "CF")
def test_slices_of_a_bare_array_equal_those_of_the_whole(tmp_path, order):
    whole = np.asarray(np.random.default_rng(0).integers(0, 256, (11, 4, 5), np.uint8), order=order)
    np.save(tmp_path / "a.npy", whole)
    (stored,) = open_arrays(tmp_path / "a.npy").values()
    np.testing.assert_array_equal(stored.rows(3, 7), whole[3:7])


def test_slices_of_several_arrays_may_alternate(tmp_path):
    arrays = {name: np.random.default_rng(seed).random((9, 3, 3)) for seed, name in enumerate("ab")}
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    stored = open_arrays(tmp_path / "a.npz")
    for start in (4, 0, 2):
        for name, whole in arrays.items():
            np.testing.assert_array_equal(stored[name].rows(start, start + 3), whole[start : start + 3])


@pytest.mark.parametrize("saver", SAVERS)
def test_an_archive_that_was_replaced_is_read_anew(tmp_path, saver):
    path = tmp_path / "a.npz"
    for seed in range(2):
        whole = np.random.default_rng(seed).random((9, 3, 3))
        SAVERS[saver](tmp_path / "new.npz", images=whole)
        (tmp_path / "new.npz").replace(path)
        np.testing.assert_array_equal(open_arrays(path)["images"].rows(2, 5), whole[2:5])


@pytest.mark.parametrize("saver", SAVERS)
def test_an_archive_that_is_cut_off_after_it_was_opened_is_refused(tmp_path, saver):
    path = tmp_path / "a.npz"
    SAVERS[saver](path, images=np.random.default_rng(0).integers(0, 256, (999, 9, 9), np.uint8))
    stored = open_arrays(path)["images"]
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(InputError, match=r"images\.npy in .* is damaged: "):
        stored.rows(500, 999)


@pytest.mark.parametrize("saver", SAVERS)
def test_reading_takes_little_memory_however_large_the_array_is(tmp_path, saver):
    count = 100_000
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(count) % 256
    SAVERS[saver](tmp_path / "a.npz", images=images, labels=np.arange(count) % 10)
    tracemalloc.start()
    try:
        source = open_npz(str(tmp_path / "a.npz"))
        total = sum(int(image.image[0, 0]) for shard in source.shards for image in source.read(shard))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total == images[:, 0, 0].sum(dtype=int)
    assert peak < images.nbytes / 2

"""Files with data of every test image, written in parts and read as a whole."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from vaeflow.components.evaluation.measuring import per_image
from vaeflow.components.evaluation.measuring.embeddings import save_embeddings
from vaeflow.components.evaluation.measuring.encoding import Encoded
from vaeflow.components.evaluation.measuring.per_image import PerImage, PerImageWriter

IDS = ["a", "größer", "ccc", "d", "e"]
LABELS = np.array([0, -1, 2, -1, 1])
ERRORS = np.array([1, 2, 3, 4, 5], np.float32)
PARTS = [slice(0, 2), slice(2, 4), slice(4, 5)]


@pytest.fixture(params=[1, 3, 100])
def table(request, tmp_path, monkeypatch):
    """A table added in three parts, with row groups of various sizes."""
    monkeypatch.setattr(per_image, "ROW_GROUP_SIZE", request.param)
    with PerImageWriter(tmp_path / "rows.parquet") as writer:
        for part in PARTS:
            known = {"error": LABELS[part] >= 0}
            columns = {"psnr": ERRORS[part] * 10, "error": ERRORS[part], "cluster": LABELS[part] + 1}
            writer.add(IDS[part], LABELS[part], columns, known)
    return tmp_path / "rows.parquet"


def test_the_table_has_a_row_for_each_image_and_nothing_where_nothing_is_known(table):
    rows = pq.read_table(table).to_pydict()
    assert rows["id"] == IDS
    assert rows["label"] == [0, None, 2, None, 1]
    assert rows["psnr"] == [10, 20, 30, 40, 50]
    assert rows["error"] == [1, None, 3, None, 5]


def test_columns_are_read_back_as_arrays(table):
    rows = PerImage(table)
    np.testing.assert_array_equal(rows.column("label"), LABELS)
    np.testing.assert_array_equal(rows.column("cluster"), LABELS + 1)
    np.testing.assert_array_equal(rows.column("error"), [1, np.nan, 3, np.nan, 5])
    assert rows.column("label").dtype == np.int64


@pytest.mark.parametrize("labelled", [True, False])
def test_embeddings_in_parts_are_what_numpy_writes_at_once(table, tmp_path, labelled):
    arrays = {"mean": np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32), "stddev": np.ones((5, 3))}
    files = [tmp_path / f"{number}.npz" for number in range(len(PARTS))]
    for file, part in zip(files, PARTS, strict=True):
        np.savez(file, **{name: values[part] for name, values in arrays.items()})
    save_embeddings(tmp_path / "parts.npz", Encoded(files, 2), PerImage(table), 5, labelled=labelled)
    arrays = {"ids": np.array(IDS)} | arrays | ({"labels": LABELS} if labelled else {})
    np.savez_compressed(tmp_path / "whole.npz", **arrays)
    with np.load(tmp_path / "parts.npz") as parts, np.load(tmp_path / "whole.npz") as whole:
        assert parts.files == whole.files
        for name in whole.files:
            assert parts[name].dtype == whole[name].dtype
            np.testing.assert_array_equal(parts[name], whole[name])

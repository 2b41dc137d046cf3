import tracemalloc

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pytest

from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.identities import Identity
from vaeflow.components.images.identity_table import as_table, codes, read_identities, write_identities
from vaeflow.components.preprocessing.allocation import allocate
from vaeflow.components.preprocessing.config import PreprocessConfig


def images(*numbers):
    return [Identity("train", f"ü{n:03d}", f"{n:032x}", "g" * (n % 2), n % 3 - 1) for n in numbers]


def write(batches, folder):
    with beam_pipeline() as pipeline:
        write_identities(pipeline | beam.Create(batches).with_output_types(list) | beam.Reshuffle(), folder)


def test_identities_are_read_as_they_were_written_in_the_order_of_their_ids(tmp_path):
    write([images(5, 1), images(4), images(0, 3, 2)], tmp_path)
    assert read_identities(tmp_path).to_pylist() == [image._asdict() for image in images(*range(6))]
    assert [path.name for path in tmp_path.iterdir()] == ["identities.parquet"]


def test_the_bytes_do_not_depend_on_the_batches(tmp_path):
    contents = set()
    for number, batches in enumerate([[images(*range(40))], [images(n) for n in reversed(range(40))]]):
        (tmp_path / str(number)).mkdir()
        write(batches, tmp_path / str(number))
        contents.add((tmp_path / str(number) / "identities.parquet").read_bytes())
    assert len(contents) == 1


def test_without_images_there_is_an_empty_table(tmp_path):
    write([], tmp_path)
    assert read_identities(tmp_path).equals(as_table([]))


def test_codes_number_the_values_of_a_column():
    values, numbers = codes(pa.chunked_array([["b", "a"], ["b", "c"]]))
    assert values.to_pylist() == ["b", "a", "c"]
    np.testing.assert_array_equal(numbers, [0, 1, 0, 2])


@pytest.mark.parametrize("duplicates", ["together", "drop", "keep"])
def test_allocation_takes_less_than_500_bytes_an_image(duplicates):
    count = 50_000
    before = pa.total_allocated_bytes()
    table = as_table(images(*range(count)))
    tracemalloc.start()
    try:
        allocate(table, PreprocessConfig(duplicates=duplicates))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert table.nbytes + peak < 500 * count
    assert pa.total_allocated_bytes() - before < 200 * count

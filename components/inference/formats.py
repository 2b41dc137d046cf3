"""The files of results: Parquet, NumPy archives and CSV, written from parts of any number of rows in limited memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from vaeflow.components.evaluation.measuring.embeddings import save_array
from vaeflow.models.errors import InputError

_ROWS = 2**16

Write = Callable[[Sequence[Path], BinaryIO], None]


def format_of(output: Path) -> str:
    """The suffix of the output. Raises `InputError` if it is none of a known format."""
    if output.suffix not in WRITERS:
        raise InputError(f"-o {output}: expected a name that ends in {' or '.join(WRITERS)}.")
    return output.suffix


def check_fits(output: Path, schema: pa.Schema) -> None:
    """Raise `InputError` if the format has no place for images."""
    if output.suffix == ".csv" and any(isinstance(kind, pa.FixedShapeTensorType) for kind in schema.types):
        raise InputError(f"-o {output}: expected .parquet or .npz for images.")


def _write_parquet(parts: Sequence[Path], file: BinaryIO) -> None:
    with pq.ParquetWriter(file, pq.read_schema(parts[0]).remove_metadata()) as writer:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches(_ROWS):
                writer.write_batch(batch)


def _write_npz(parts: Sequence[Path], file: BinaryIO) -> None:
    """An array [n, ...] for each column; the label of an image of unknown class is empty."""
    count = sum(pq.read_metadata(part).num_rows for part in parts)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for column in pq.read_schema(parts[0]):
            save_array(archive, column.name, _arrays(parts, column), count)


def _arrays(parts: Sequence[Path], column: pa.Field) -> Iterator[NDArray[Any]]:
    arrays = (_array(batch.column(0)) for part in parts for batch in _batches(part, column.name))
    if column.type != pa.string():
        return arrays
    lengths = (
        pc.max(pc.utf8_length(batch.column(0))).as_py() for part in parts for batch in _batches(part, column.name)
    )
    width = max(filter(None, lengths), default=1)
    return (array.astype(f"U{width}") for array in arrays)


def _batches(part: Path, column: str) -> Iterator[pa.RecordBatch]:
    return pq.ParquetFile(part).iter_batches(_ROWS, columns=[column])


def _array(column: pa.Array) -> NDArray[Any]:
    if isinstance(column, pa.FixedShapeTensorArray):
        return column.to_numpy_ndarray()
    if isinstance(column, pa.FixedSizeListArray):
        return column.flatten().to_numpy().reshape(len(column), -1)
    if column.type == pa.string():
        return column.fill_null("").to_numpy(zero_copy_only=False)
    return column.to_numpy()


def _write_csv(parts: Sequence[Path], file: BinaryIO) -> None:
    """A column for each number of a vector, such as `mean_0`."""
    writer: pa.csv.CSVWriter | None = None
    for part in parts:
        for batch in pq.ParquetFile(part).iter_batches(_ROWS):
            table = pa.table(_scalars(batch))
            writer = writer or pa.csv.CSVWriter(file, table.schema)
            writer.write_table(table)
    if writer:
        writer.close()


def _scalars(batch: pa.RecordBatch) -> Mapping[str, pa.Array]:
    columns: dict[str, pa.Array] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if isinstance(column, pa.FixedSizeListArray):
            columns |= {f"{name}_{place}": pa.array(values) for place, values in enumerate(_array(column).T)}
        else:
            columns[name] = column
    return columns


WRITERS: Mapping[str, Write] = {".parquet": _write_parquet, ".npz": _write_npz, ".csv": _write_csv}
"""The writers of a file from parts in Parquet, by its suffix."""

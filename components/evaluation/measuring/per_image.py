"""`per_image.parquet`: one row per test image, with all measures that are one number per image."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from vaeflow.models.arrays import Labels

ROW_GROUP_SIZE = 2**16
UNKNOWN = -1


class PerImageWriter:
    """Context manager that writes the table as rows are added."""

    def __init__(self, path: Path):
        self._path = path
        self._waiting: list[pa.Table] = []
        self._file: pq.ParquetWriter | None = None

    def add(
        self,
        ids: Sequence[str],
        labels: Labels | None,
        columns: Mapping[str, NDArray[Any]],
        known: Mapping[str, NDArray[np.bool_]],
    ) -> None:
        """Append rows: ids, labels (if any) and columns, each [rows]. Values that are not `known` become null."""
        arrays = {"id": pa.array(ids, pa.string())}
        if labels is not None:
            arrays["label"] = pa.array(labels, mask=labels < 0)
        for name, values in columns.items():
            arrays[name] = pa.array(values, mask=~known[name] if name in known else None)
        self._waiting.append(pa.table(arrays))
        if sum(map(len, self._waiting)) >= ROW_GROUP_SIZE:
            self._write()

    def _write(self) -> None:
        table = pa.concat_tables(self._waiting)
        self._file = self._file or pq.ParquetWriter(self._path, table.schema)
        self._file.write_table(table)
        self._waiting = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._waiting:
            self._write()
        if self._file is not None:
            self._file.close()


class PerImage:
    """Reads the finished table."""

    def __init__(self, path: Path):
        self.path = path

    def column(self, name: str) -> NDArray[Any]:
        """One column for all images, [images]. Nulls become -1 in columns of integers and NaN in others."""
        return np.concatenate(list(self.parts(name)))

    def parts(self, name: str) -> Iterator[NDArray[Any]]:
        """Like `column`, in parts."""
        for batch in pq.ParquetFile(self.path).iter_batches(ROW_GROUP_SIZE, columns=[name]):
            values = batch.column(name)
            known = values.fill_null(UNKNOWN) if pa.types.is_integer(values.type) else values
            yield known.to_numpy(zero_copy_only=False)

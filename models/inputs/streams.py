"""Batches that Python code makes: generators and other iterators, and `keras.utils.PyDataset`."""

from collections.abc import Iterable, Iterator

import keras

from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.inputs.batch import NO_BATCHES, checked_batch

Batch = tuple[object, object]
"""Images and labels, as Keras takes them: in a plain tuple."""


class Door:
    """Checks one batch after the other. All have the dtype of the first, to which Keras would convert the others."""

    def __init__(self, data: DataSpec):
        self.data = data
        self.dtype: str | None = None

    def __call__(self, batch: object) -> Batch:
        images, labels = checked_batch(batch, self.data)
        name = images.dtype.name
        self.dtype = self.dtype or name
        if name != self.dtype:
            raise InputError(f"images: expected {self.dtype}, as in the first batch, got {name}")
        return images, labels


def checked_stream(batches: Iterable[object], data: DataSpec) -> Iterator[Batch]:
    """The batches, each checked when it is made. Raises `InputError` for the first wrong one, or if there are none."""
    door = Door(data)
    yield from map(door, batches)
    if door.dtype is None:
        raise InputError(NO_BATCHES)


class CheckedPyDataset(keras.utils.PyDataset):
    """The batches of another `PyDataset`, each checked when it is made."""

    def __init__(self, batches: keras.utils.PyDataset, data: DataSpec):
        super().__init__(batches.workers, batches.use_multiprocessing, batches.max_queue_size)
        self.batches = batches
        self.door = Door(data)
        if self.num_batches == 0:
            raise InputError(NO_BATCHES)

    @property
    def num_batches(self) -> int | None:
        return self.batches.num_batches

    def __getitem__(self, index: int) -> Batch:
        return self.door(self.batches[index])

    def on_epoch_begin(self) -> None:
        self.batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.batches.on_epoch_end()

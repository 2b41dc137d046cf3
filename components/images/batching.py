"""Batches that are limited in number and in size, so that they fit in memory whatever they contain."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")


class Limits(NamedTuple):
    """The largest number of items in a batch, and the size at which a batch is complete."""

    items: int
    size: int


def batched(items: Iterable[Item], size: Callable[[Item], int], limits: Limits) -> Iterator[list[Item]]:
    """The items in order. A batch exceeds its limit of size by less than the size of its last item."""
    batch: list[Item] = []
    total = 0
    for item in items:
        batch.append(item)
        total += size(item)
        if len(batch) == limits.items or total >= limits.size:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch

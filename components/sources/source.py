"""What every source of images gives: shards of work, and a way to read the images of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

UNSPLIT = "unsplit"  # the one split of a source that has none; TFDS keeps the name "all" for itself


class SourceImage(NamedTuple):
    """One image as the source holds it: a file, an encoded file's bytes, or an array [h, w] or [h, w, c]."""

    id: str
    split: str
    label: int | None
    image: "Path | bytes | np.ndarray"


@dataclass(frozen=True)
class Source:
    """A source that was opened and checked. Shards and `read` travel to Beam's workers, so both can be pickled."""

    shards: Sequence[Any]
    read: Callable[[Any], Iterator[SourceImage]]
    num_images: int
    num_bytes: int
    label_names: tuple[str, ...] | None = None
    white: float = 255
    """The stored value of full intensity."""

"""The common interface of sources: shards of images, and a function that reads a shard."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vaeflow.components.images.factors import Factor

if TYPE_CHECKING:
    import numpy as np

UNSPLIT = "unsplit"  # the only split of a source without splits; TFDS reserves the name "all"
UNKNOWN = -1  # the label of an image of unknown class, as in TFDS


class SourceImage(NamedTuple):
    """An image as stored by the source: a file, its bytes, or an array [h, w] or [h, w, c].

    `label` is a class number, `UNKNOWN`, or None in a source without classes. Images of
    one `group`, such as the slices of a scan, belong in one split. `factors` are the values of all factors of the
    source for this image, by name.
    """

    id: str
    split: str
    label: int | None
    image: "Path | bytes | np.ndarray"
    group: str | None = None
    factors: Mapping[str, int] | None = None

    @property
    def suffix(self) -> str:
        """The suffix of the file in lower case, empty if it is no file."""
        return self.image.suffix.lower() if isinstance(self.image, Path) else ""


@dataclass(frozen=True)
class Source:
    """An opened and checked source. Shards and `read` must be picklable, because they are sent to Beam workers."""

    shards: Sequence[Any]
    read: Callable[[Any], Iterator[SourceImage]]
    num_images: int
    num_bytes: int
    label_names: tuple[str, ...] | None = None
    factors: tuple[Factor, ...] = ()
    """The factors that generated the images, if they are known."""
    white: float | None = None
    """The stored value of white, if the format of the source says what it is."""
    may_have_floats: bool = False
    """Whether pixels may be floats, whose white depends on their range in the whole source."""

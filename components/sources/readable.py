"""Reading of images of a source: those of one kind together, and the others, or if one is damaged, one by one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, assert_never

import numpy as np

from vaeflow.components.images.alike import Alike, Kind, kind_of, read_alike
from vaeflow.components.images.batching import Limits, batched
from vaeflow.components.images.files import contents
from vaeflow.components.images.identities import pixel_digests
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.plain import PlainImage, encode, read
from vaeflow.components.images.ranges import Range
from vaeflow.components.images.unreadable import UnreadableError
from vaeflow.components.sources.source import SourceImage

_LIMITS = Limits(items=1024, size=2**22)
"""Number of images that are read together, and of their pixels, or bytes if a file has more of these."""


class Unreadable(NamedTuple):
    """An image that cannot be read."""

    id: str
    reason: str


class Readable(NamedTuple):
    """Some images, each with the file to write and the digest of its pixels; whether all are grey; their ranges; and
    ids of files with more frames or pages.
    """

    images: Sequence[SourceImage]
    files: Sequence[bytes]
    digests: Sequence[str]
    all_grey: bool
    ranges: Sequence[Range]
    cut: Sequence[str] = ()


def num_bytes(content: Path | bytes | np.ndarray) -> int:
    """Number of bytes in memory, where a file is not yet."""
    match content:
        case Path():
            return 0
        case bytes():
            return len(content)
        case np.ndarray():
            return content.nbytes
        case _:
            assert_never(content)


class _Loaded(NamedTuple):
    """An image whose file, if there is one, is in memory unless it cannot be read."""

    image: SourceImage
    content: Path | bytes | np.ndarray
    kind: Kind | None

    @property
    def size(self) -> int:
        """An estimate of the memory that it needs."""
        return max(num_bytes(self.content), self.kind.num_pixels if self.kind else 0)


def read_images(
    images: Iterable[SourceImage], max_pixels: int, intensity: Intensity
) -> Iterator[Readable | Unreadable]:
    """Read every image, in batches whose memory is limited, in any order."""
    loaded = (_load(image, max_pixels) for image in images)
    for batch in batched(loaded, lambda one: one.size, _LIMITS):
        by_origin = defaultdict(list)
        for one in batch:
            by_origin[one.image.split, one.image.suffix, one.kind].append(one)
        for (*_, kind), alike in by_origin.items():
            together = read_alike([one.content for one in alike], kind, intensity) if kind else None
            if together:
                yield _together([one.image for one in alike], together)
            else:
                yield from _one_by_one(alike, max_pixels, intensity)


def _load(image: SourceImage, max_pixels: int) -> _Loaded:
    content = image.image
    if isinstance(content, Path):
        with suppress(OSError, UnreadableError):  # which are named when the image is read by itself
            content = contents(content)
    return _Loaded(image, content, None if isinstance(content, Path) else kind_of(content, max_pixels))


def _together(images: Sequence[SourceImage], alike: Alike) -> Readable:
    found = alike.range._replace(split=images[0].split, suffix=images[0].suffix)
    return Readable(images, alike.files, pixel_digests(alike.levels), alike.levels.ndim == 3, [found])


def _one_by_one(loaded: Iterable[_Loaded], max_pixels: int, intensity: Intensity) -> Iterator[Readable | Unreadable]:
    results = ((one.image, _read(one, max_pixels, intensity)) for one in loaded)
    for some in batched(results, lambda result: _num_pixels(result[1]), _LIMITS):
        yield from (result for _, result in some if isinstance(result, Unreadable))
        if pictures := [(image, result) for image, result in some if isinstance(result, PlainImage)]:
            yield _apart(*zip(*pictures, strict=True))


def _read(one: _Loaded, max_pixels: int, intensity: Intensity) -> PlainImage | Unreadable:
    try:
        return read(one.content, max_pixels, intensity)
    except UnreadableError as error:
        return Unreadable(one.image.id, str(error))


def _num_pixels(result: PlainImage | Unreadable) -> int:
    return result.shown.width * result.shown.height if isinstance(result, PlainImage) else 0


def _apart(images: Sequence[SourceImage], pictures: Sequence[PlainImage]) -> Readable:
    return Readable(
        images,
        encode(pictures),
        [pixel_digests(np.asarray(picture.shown)[np.newaxis])[0] for picture in pictures],
        all(picture.grey for picture in pictures),
        [
            picture.range._replace(split=image.split, suffix=image.suffix)
            for image, picture in zip(images, pictures, strict=True)
        ],
        [image.id for image, picture in zip(images, pictures, strict=True) if picture.has_more],
    )

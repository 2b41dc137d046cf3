"""Images that are read together give what they give one by one."""

import hashlib
import io
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.components.images.reading import png_chunk
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.plain import encode, read
from vaeflow.components.images.ranges import merge_by, origin
from vaeflow.components.images.unreadable import UnreadableError
from vaeflow.components.sources.readable import Readable, Unreadable, read_images
from vaeflow.components.sources.source import SourceImage

RNG = np.random.default_rng(0)
GREY, RGB = RNG.integers(0, 256, (6, 9, 7), np.uint8), RNG.integers(0, 256, (6, 5, 4, 3), np.uint8)
BY_TYPE, UNIT = Intensity(), Intensity(float_white=1)


def png(image, **options):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", **options)
    return buffer.getvalue()


ARRAYS = {
    "grey": GREY,
    "a single channel": GREY[..., np.newaxis],
    "RGB": RGB,
    "with alpha": RNG.integers(0, 256, (6, 5, 4, 4), np.uint8),
    "bool": GREY > 99,
    "uint16": GREY.astype(np.uint16) * 257,
    "float32": (GREY / 255).astype(np.float32),
}
CONTENTS = ARRAYS | {
    "grey files": [*map(png, GREY)],
    "RGB files": [*map(png, RGB)],
    "files of two sizes": [*map(png, GREY), *(png(image[:3]) for image in GREY)],
    "files and arrays": [png(GREY[0]), *GREY, png(RGB[1]), *RGB],
    "files of few bits": [png(image // 128 * 255) for image in GREY] + [png(GREY[0] > 99)],
    "files with text in between": [png(image, dpi=(9, 9)) for image in GREY],
    "a damaged file": [*map(png, GREY[:3]), png(GREY[3])[:-20], *map(png, GREY[4:])],
    "a damaged checksum": [*map(png, GREY[:3]), png(GREY[3])[:-13] + b"!" + png(GREY[3])[-12:]],
    "an array with NaN": [*(GREY / 255), np.full((9, 7), np.nan)],
}


def named(contents, split="train"):
    return [SourceImage(f"{number}", split, None, content) for number, content in enumerate(contents)]


def found(results):
    """What was found, by id; the reasons, by id; and the ranges, by origin."""
    results = list(results)
    readable = [result for result in results if isinstance(result, Readable)]
    images = {
        image.id: (file, digest)
        for some in readable
        for image, file, digest in zip(some.images, some.files, some.digests, strict=True)
    }
    unreadable = {result.id: result.reason for result in results if isinstance(result, Unreadable)}
    ranges = merge_by(origin, (one for some in readable for one in some.ranges))
    return images, unreadable, ranges, all(some.all_grey for some in readable)


def one_by_one(images, max_pixels, intensity):
    for image in images:
        try:
            picture = read(image.image, max_pixels, intensity)
        except UnreadableError as error:
            yield Unreadable(image.id, str(error))
        else:
            found_range = picture.range._replace(split=image.split, suffix=image.suffix)
            yield Readable([image], encode([picture]), [digest(picture.shown)], picture.grey, [found_range])


def digest(picture):
    text = f"{picture.width}×{picture.height}".encode()
    return hashlib.blake2b(text + picture.convert("RGB").tobytes(), digest_size=16).hexdigest()


@pytest.mark.parametrize("intensity", [BY_TYPE, UNIT, Intensity(black=20, white=200)])
@pytest.mark.parametrize("kind", CONTENTS)
def test_images_read_together_give_what_they_give_one_by_one(kind, intensity):
    images = named(CONTENTS[kind])
    assert found(read_images(images, 1000, intensity)) == found(one_by_one(images, 1000, intensity))


def test_files_keep_their_splits_and_suffixes_apart(tmp_path):
    for number, image in enumerate(GREY):
        (tmp_path / f"{number}.{'PNG' if number % 2 else 'jpg'}").write_bytes(png(image))
    paths = sorted(tmp_path.iterdir())
    images = [*named(paths[:4]), *named(paths[4:], "test"), *named([tmp_path / "missing.png", tmp_path])]
    results = found(read_images(images, 1000, BY_TYPE))
    assert results == found(one_by_one(images, 1000, BY_TYPE))
    assert {key[1:] for key in results[2]} == {("train", ".png"), ("train", ".jpg"), ("test", ".png"), ("test", ".jpg")}


def test_large_images_are_read_in_small_batches_and_the_others_not_before():
    large, read_so_far = png(np.zeros((1000, 2000), np.uint8)), []
    images = (read_so_far.append(image) or image for image in named([large] * 9))
    first = next(read_images(images, 2_000_000, BY_TYPE))
    assert len(first.images) == len(read_so_far) == 3
    (alone,) = read_images(named([large]), 1_999_999, BY_TYPE)
    assert alone == Unreadable("0", "it has 2000 × 1000 pixels, more than max_pixels = 1999999")


def with_content(image, compressed):
    """A grey PNG with these compressed pixels, and correct checksums."""
    header = png(image)[16:29]
    chunks = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", compressed), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("seed", range(40))
def test_files_that_are_damaged_within_correct_checksums_are_read_alike(seed):
    rng = np.random.default_rng(seed)
    content = np.frombuffer(zlib.compress(b"".join(b"\4" + row.tobytes() for row in GREY[0])), np.uint8).copy()
    content[rng.integers(0, len(content), 2)] ^= rng.integers(1, 255, 2, np.uint8)
    images = named([with_content(GREY[0], content[: rng.integers(1, 2 * len(content))].tobytes())])
    assert found(read_images(images, 1000, BY_TYPE)) == found(one_by_one(images, 1000, BY_TYPE))

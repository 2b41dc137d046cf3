"""Mutated files: ingest reads or quarantines each image, and reads or refuses each archive, in one line."""

import io
import json
import random
import zipfile

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from vaeflow.components.ingest import ingest
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError, RunError

NOISE = np.random.default_rng(0).integers(0, 256, (9, 7, 4), dtype=np.uint8)
PICTURES = [
    *((".png", Image.fromarray(NOISE).convert(mode), {}) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")),
    (".png", Image.fromarray(NOISE[..., 0].astype(np.uint16) * 257), {}),
    *((".jpg", Image.fromarray(NOISE).convert(mode), {"quality": 70}) for mode in ("L", "RGB", "CMYK")),
    (".jpeg", Image.fromarray(NOISE).convert("L"), {"progressive": True}),
    *((suffix, Image.fromarray(NOISE).convert("RGB"), {}) for suffix in (".bmp", ".gif", ".webp")),
    *((suffix, Image.fromarray(NOISE).convert("RGB"), {}) for suffix in (".tif", ".ppm", ".jp2", ".avif")),
    (".tif", Image.fromarray(NOISE[..., 0].astype(np.uint16) * 257), {"compression": "tiff_lzw"}),
]
LABELS = np.arange(6) % 2
IMAGES = np.random.default_rng(1).integers(0, 256, (6, 5, 4), dtype=np.uint8)
ARCHIVES = [
    {"images": IMAGES, "labels": LABELS},
    {"x_train": IMAGES / 255, "y_train": LABELS, "x_test": IMAGES / 255, "y_test": LABELS},
    {"images": IMAGES[..., np.newaxis].repeat(3, axis=3), "labels": np.array(["a", "b"])[LABELS], "ids": np.arange(6)},
    {"x": IMAGES.astype(np.float32), "y": LABELS.astype(object)},
]


def files():
    """Intact files, as (suffix, content)."""
    for suffix, picture, options in PICTURES:
        buffer = io.BytesIO()
        picture.save(buffer, Image.registered_extensions()[suffix], **options)
        yield suffix, buffer.getvalue()
    buffer = io.BytesIO()
    np.save(buffer, NOISE)
    yield ".npy", buffer.getvalue()


def archives():
    """Intact archives."""
    for arrays in ARCHIVES:
        for save in (np.savez, np.savez_compressed):
            buffer = io.BytesIO()
            save(buffer, **arrays)
            yield buffer.getvalue()


def mutated(content, draw):
    """The content with its end cut off, a part missing, repeated or overwritten, or some bytes changed."""
    start = draw.randrange(len(content))
    end = min(len(content), start + draw.randint(1, 40))
    match draw.randrange(6):
        case 0:
            return content[:start]
        case 1:
            return content[:start] + content[end:]
        case 2:
            return content[:end] + content[start:]
        case 3:
            return content[:start] + draw.randbytes(end - start) + content[end:]
        case 4:
            return draw.randbytes(start)
        case _:
            changed = bytearray(content)
            for _ in range(draw.randint(1, 4)):
                changed[draw.randrange(len(changed))] = draw.choice([0, 1, 127, 128, 255])
            return bytes(changed)


def mutated_members(content, draw):
    """The archive with one member mutated before it is packed, so that all checksums are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice(sorted(members))
    members[name] = mutated(members[name], draw)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return buffer.getvalue()


def one_short_line(text):
    return text.isprintable() and 0 < len(text) < 1000


def check_images(folder, output, count):
    intact = list(files())
    folder.mkdir()
    for seed in range(count):
        draw = random.Random(seed)
        suffix, content = draw.choice(intact)
        (folder / f"{seed:04d}{suffix}").write_bytes(mutated(content, draw))
    output.mkdir()
    dataset = ingest(IngestConfig(source=f"folder:{folder}", max_quarantined=1), output=output)
    info = tfds.builder_from_directory(dataset.path).info
    quarantined = [json.loads(line) for line in (output / "quarantine.jsonl").read_text().splitlines()]
    assert 0 < len(quarantined) < count
    assert info.splits.total_num_examples + len(quarantined) == count
    assert all(one_short_line(entry["reason"]) for entry in quarantined)


def result(path, output):
    """Number of images read, or why there are none."""
    try:
        return str(ingest(IngestConfig(source=f"npz:{path}", max_quarantined=1), output=output).properties["images"])
    except (InputError, RunError) as error:
        return str(error)


def check_archives(folder, seeds):
    intact = list(archives())
    for seed in seeds:
        draw = random.Random(seed)
        path, output = folder / f"{seed}.npz", folder / str(seed)
        path.write_bytes(draw.choice([mutated, mutated_members])(draw.choice(intact), draw))
        output.mkdir()
        assert one_short_line(result(path, output))


def test_mutated_images_are_read_or_quarantined(tmp_path):
    check_images(tmp_path / "images", tmp_path / "output", 60)


def test_mutated_archives_are_read_or_refused(tmp_path):
    check_archives(tmp_path, range(12))


@pytest.mark.full
def test_six_hundred_mutated_images_are_read_or_quarantined(tmp_path):
    check_images(tmp_path / "images", tmp_path / "output", 600)


@pytest.mark.full
def test_four_hundred_mutated_archives_are_read_or_refused(tmp_path):
    check_archives(tmp_path, range(400))

import logging
import os

import pytest
from PIL import Image

from tests.components.ingested import damage, quarantine, read
from vaeflow.components.ingest import ingest
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import RunError


def test_unreadable_images_are_quarantined_and_the_run_goes_on(image_folder, output, caplog):
    damage(image_folder)
    with caplog.at_level(logging.WARNING, "vaeflow"):
        dataset = ingest(IngestConfig(source=f"folder:{image_folder}", max_quarantined=0.1), output=output)
    assert dataset.properties["quarantined"] == 3
    assert len(read(dataset)) == 37
    assert set(quarantine(output)) == {"cat/00.png", "cat/01.png", "dog/20.png"}
    assert quarantine(output)["cat/01.png"] == "the file is empty"
    assert "3 of 40 images cannot be read" in caplog.text


def test_too_many_unreadable_images_fail_the_run_with_their_reasons(image_folder, output, caplog):
    damage(image_folder)
    message = r"3 of 40 images cannot be read: 7\.50%, and .*max_quarantined is 1\.00%.* cat/01\.png: the file is empty"
    with caplog.at_level(logging.DEBUG, "vaeflow"), pytest.raises(RunError, match=message):
        ingest(IngestConfig(source=f"folder:{image_folder}"), output=output)
    assert len(quarantine(output)) == 3
    for name, reason in quarantine(output).items():
        assert f"{name} cannot be read: {reason}" in caplog.text


def test_a_source_without_one_readable_image_always_fails(tmp_path, output):
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(RunError, match="1 of 1 images cannot be read"):
        ingest(IngestConfig(source=f"folder:{tmp_path}", max_quarantined=1), output=output)


def test_an_image_over_the_pixel_limit_is_not_decoded(image_folder, output):
    Image.new("L", (20, 20)).save(image_folder / "cat" / "bomb.png")
    config = IngestConfig(source=f"folder:{image_folder}", max_pixels=399, max_quarantined=0.1)
    ingest(config, output=output)
    assert quarantine(output) == {"cat/bomb.png": "it has 20 × 20 pixels, more than max_pixels = 399"}


def test_what_is_no_file_and_what_is_not_read_are_quarantined(image_folder, output):
    os.mkfifo(image_folder / "cat" / "fifo.png")
    (image_folder / "loop").symlink_to("loop")
    (image_folder / "dog" / "photo.heic").write_bytes(b"ftypheic")
    dataset = ingest(IngestConfig(source=f"folder:{image_folder}", max_quarantined=0.1), output=output)
    assert dataset.properties["images"] == 40
    assert quarantine(output) == {
        "cat/fifo.png": "it is a FIFO, not a file",
        "loop": "Too many levels of symbolic links",
        "dog/photo.heic": "not an image in PNG, JPEG, BMP, GIF, WebP, TIFF, PGM, PPM, JPEG 2000, AVIF or .npy",
    }


def test_images_of_a_labels_file_that_cannot_be_read_are_quarantined(image_folder, output):
    (image_folder / "labels.csv").write_text("file,label\n01.png,a\n20.png,b\ngone.png,b\nfifo.png,a\n")
    os.mkfifo(image_folder / "fifo.png")
    config = IngestConfig(
        source=f"folder:{image_folder}", labels="labels.csv", unlabelled=False, white=255, max_quarantined=0.6
    )
    examples = read(ingest(config, output=output))
    assert {key: example["label"] for key, example in examples.items()} == {"cat/01.png": 0, "dog/20.png": 1}
    assert set(quarantine(output)) == {"gone.png", "fifo.png"}

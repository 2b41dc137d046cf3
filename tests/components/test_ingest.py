import json
import logging
import os
from contextlib import contextmanager

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image
from pydantic import ValidationError

from vaeflow.components import progress
from vaeflow.components.images.identities import read_identities
from vaeflow.components.ingest import ingest
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError, RunError


@pytest.fixture
def output(tmp_path):
    folder = tmp_path / "output"
    folder.mkdir()
    return folder


def read(dataset):
    """All examples of a dataset by id, with images decoded by TFDS."""
    builder = tfds.builder_from_directory(dataset.path)
    return {
        example["id"].decode(): {**example, "split": split}
        for split in builder.info.splits
        for example in tfds.as_numpy(builder.as_dataset(split=split))
    }


def quarantine(folder):
    lines = (folder / "quarantine.jsonl").read_text().splitlines()
    return {entry["id"]: entry["reason"] for entry in map(json.loads, lines)}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def damage(folder):
    """Three of the forty files of `image_folder`, each damaged in a different way."""
    whole = folder / "cat" / "00.png"
    whole.write_bytes(whole.read_bytes()[:-30])
    (folder / "cat" / "01.png").write_bytes(b"")
    (folder / "dog" / "20.png").write_text("not an image")


def test_a_folder_becomes_a_dataset_that_tfds_reads(image_folder, output):
    dataset = ingest(IngestConfig(source=f"folder:{image_folder}"), output=output)
    examples = read(dataset)
    assert dataset.properties["images"] == len(examples) == 40
    for index in range(40):
        kind = "cat" if index < 20 else "dog"
        example = examples[f"{kind}/{index:02d}.png"]
        np.testing.assert_array_equal(example["image"], np.full((6, 6, 1), 5 * index))
        assert example["label"] == ["cat", "dog"].index(kind)
    assert tfds.builder_from_directory(output).info.features["label"].names == ["cat", "dog"]
    assert quarantine(output) == {}


def test_images_have_one_channel_only_if_all_are_grey(image_folder, output):
    Image.new("RGB", (3, 5), "red").save(image_folder / "cat" / "colour.jpg", quality=100)
    examples = read(ingest(IngestConfig(source=f"folder:{image_folder}"), output=output))
    assert examples["cat/colour.jpg"]["image"].shape == (5, 3, 3)
    assert examples["cat/01.png"]["image"].shape == (6, 6, 3)


def test_images_of_every_kind_come_out_as_a_viewer_shows_them(tmp_path, output, encode, picture):
    folder = tmp_path / "kinds"
    folder.mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    files = {
        "plain.png": encode(picture),
        "plain.bmp": encode(picture, "BMP"),
        "plain.gif": encode(picture, "GIF"),
        "plain.webp": encode(picture, "WEBP", lossless=True),
        "palette.png": encode(picture.convert("P", palette=Image.Palette.ADAPTIVE)),
        "alpha.png": encode(picture.convert("RGBA")),
        "rotated.png": encode(picture.rotate(90, expand=True), exif=exif),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    examples = read(ingest(IngestConfig(source=f"folder:{folder}"), output=output))
    assert set(examples) == set(files)
    for name, example in examples.items():
        np.testing.assert_array_equal(example["image"], np.asarray(picture), err_msg=name)


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


def test_an_archive_is_scaled_as_a_whole_and_its_nan_quarantined(tmp_path, output):
    images = np.linspace(0, 1, 20)[:, None, None] * np.ones((20, 3, 3))
    images[7, 1, 1] = np.nan
    np.savez(tmp_path / "data.npz", x=images, y=np.arange(20) % 2)
    config = IngestConfig(source=f"npz:{tmp_path}/data.npz", images="x", labels="y", max_quarantined=0.05)
    examples = read(ingest(config, output=output))
    assert len(examples) == 19
    np.testing.assert_array_equal(examples["x/000010"]["image"], np.full((3, 3, 1), round(255 * 10 / 19)))
    assert list(quarantine(output)) == ["x/000007"]


def stored_levels(folder, array, **fields):
    """The pixels of the dataset that ingest makes of images [n, h, w], and its properties."""
    np.savez(folder / "data.npz", images=array)
    (folder / "output").mkdir(exist_ok=True)
    dataset = ingest(IngestConfig(source=f"npz:{folder}/data.npz", **fields), output=folder / "output")
    examples = read(dataset)
    return np.stack([examples[key]["image"][..., 0] for key in sorted(examples)]), dataset.properties


RAMP = np.arange(24).reshape(6, 2, 2)


@pytest.mark.parametrize(
    ("array", "fields", "black", "white"),
    [
        (RAMP / 23, {}, 0, 1),
        (RAMP / 23 * 1.0000001, {}, 0, 1),
        (RAMP.astype(np.float32) / 23 * 1.4, {}, 0, 1),
        (RAMP / 23 * 255.00002, {}, 0, 255),
        (RAMP / 23 * 64, {}, 0, 255),
        (RAMP / 23 * 300, {}, 0, 255),
        (RAMP / 23 * 2 - 1, {"black": -1}, -1, 1),
        ((RAMP / 23 - 0.5).astype(np.float32), {"black": -0.5}, -0.5, 0.5),
        (RAMP / 23 * 7, {"white": 7}, 0, 7),
        (RAMP.astype(np.uint8), {"white": 23}, 0, 23),
        (RAMP.astype(np.uint16) * 170, {"white": 4095}, 0, 4095),
        (RAMP.astype(np.uint16) * 2800, {}, 0, 65535),
        (RAMP - 12, {"black": -12, "white": 11}, -12, 11),
        (RAMP % 2 == 1, {}, 0, 1),
    ],
)
def test_stored_values_become_levels_from_black_to_white(tmp_path, array, fields, black, white):
    levels, properties = stored_levels(tmp_path, array, **fields)
    expected = (array.astype(np.float64) - black) / (white - black) * 255
    np.testing.assert_allclose(levels, expected.clip(0, 255), atol=0.5001)
    assert (properties["black"], properties["white"]) == (black, white)
    assert properties["range"] == f"{float(array.min()):g} to {float(array.max()):g}"


@pytest.mark.parametrize(
    ("array", "fields", "message"),
    [
        (RAMP / 23 * 2, {}, r"ingest\.white: floats from 0 to 2 can be read with 1 or with 255 as white"),
        (RAMP / 23 * 63, {}, "from 0 to 63 can be read with 1 or with 255"),
        (RAMP / 23 * 301, {}, "from 0 to 301 can be read with 255 or with 65535"),
        (
            RAMP / 23 * 2 - 1,
            {},
            r"ingest\.black: .*float.* from -1 to 1, but black is taken to be 0; set",
        ),
        (RAMP / 23 * 2 - 1, {"white": 1}, r"ingest\.black: "),
        (RAMP.astype(np.uint8) % 16, {}, r"ingest\.white: .*uint8.* from 0 to 15, but white is taken to be 255"),
        (RAMP % 16, {}, r"ingest\.white: .*int64.* from 0 to 15"),
        (RAMP.astype(np.uint16) * 178, {}, r"ingest\.white: .*uint16.* from 0 to 4094, but white is taken to be 65535"),
        (RAMP.astype(np.uint8) * 11, {"white": 1}, r"to 253, but white is taken to be 1: .* are clipped"),
    ],
)
def test_pixels_that_can_be_read_in_two_ways_are_refused(tmp_path, array, fields, message):
    with pytest.raises(InputError, match=message):
        stored_levels(tmp_path, array, **fields)


def test_floats_with_transparency_are_measured_before_they_are_clipped(tmp_path):
    array = np.full((6, 2, 2, 2), 255.0)
    array[..., 0] = RAMP / 23 * 255
    levels, properties = stored_levels(tmp_path, array)
    np.testing.assert_allclose(levels, array[..., 0], atol=0.5001)
    assert properties["white"] == 255


def test_masks_stored_as_zero_and_one_are_refused_until_white_is_given(image_folder, output):
    for path in image_folder.rglob("*.png"):
        Image.fromarray(np.eye(6, dtype=np.uint8)).save(path)
    with pytest.raises(InputError, match=r"ingest\.white: .*uint8.* from 0 to 1, but white is taken to be 255"):
        ingest(IngestConfig(source=f"folder:{image_folder}"), output=output)
    examples = read(ingest(IngestConfig(source=f"folder:{image_folder}", white=1), output=output))
    np.testing.assert_array_equal(examples["cat/00.png"]["image"][..., 0], 255 * np.eye(6))


def test_floats_in_files_have_one_white_in_the_whole_folder(tmp_path, output):
    folder = tmp_path / "floats"
    folder.mkdir()
    Image.fromarray(np.full((2, 2), 0.4, np.float32)).save(folder / "dark.tif")
    np.save(folder / "bright.npy", np.full((2, 2), 200.0))
    Image.new("L", (2, 2), 100).save(folder / "grey.png")
    dataset = ingest(IngestConfig(source=f"folder:{folder}"), output=output)
    assert {key: example["image"].max() for key, example in read(dataset).items()} == {
        "dark.tif": 0,
        "bright.npy": 200,
        "grey.png": 100,
    }
    assert dataset.properties["white"] == "255 (float), 255 (uint8)"


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


def test_a_source_without_labels_gives_a_dataset_without_labels(tmp_path, output):
    np.savez(tmp_path / "data.npz", np.full((4, 2, 2), 200, np.uint8))
    examples = read(ingest(IngestConfig(source=f"npz:{tmp_path}/data.npz"), output=output))
    assert all("label" not in example for example in examples.values())


def test_tfds_images_keep_their_bytes_labels_and_splits(tmp_path, output, encode, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    first = ingest(IngestConfig(source="digits"), output=output)
    prepared = tmp_path / "tfds" / "digits_again" / "1.0.0"
    prepared.parent.mkdir(parents=True)
    first.path.rename(prepared)
    output.mkdir()
    again = ingest(IngestConfig(source="tfds:digits_again"), output=output)
    before, after = read(type(first)(prepared)), read(again)
    assert len(after) == len(before) == 1797
    for old, new in zip(sorted(map(key, before.values())), sorted(map(key, after.values())), strict=True):
        assert old == new


def key(example):
    return example["image"].tobytes(), int(example["label"]), example["split"]


def test_the_same_source_gives_the_same_bytes(image_folder, tmp_path):
    damage(image_folder)
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        config = IngestConfig(source=f"folder:{image_folder}", max_quarantined=0.1)
        ingest(config, output=tmp_path / name)
        written.append(contents(tmp_path / name))
    assert written[0] == written[1]


def test_several_processes_give_the_same_bytes(image_folder, tmp_path):
    damage(image_folder)
    config = IngestConfig(source=f"folder:{image_folder}", max_quarantined=0.1)
    for name, beam_args in (
        ("one", []),
        ("many", ["--direct_num_workers=2", "--direct_running_mode=multi_processing"]),
    ):
        (tmp_path / name).mkdir()
        ingest(config, output=tmp_path / name, beam_args=beam_args)
    assert contents(tmp_path / "one") == contents(tmp_path / "many")


def test_the_bar_counts_images(output):
    moved = []

    @contextmanager
    def display(description, total):
        moved.append(total)
        yield lambda amount, note="": moved.append(amount)

    with progress.shown_on(display):
        ingest(IngestConfig(source="digits"), output=output)
    total, *steps = moved
    assert total == sum(steps) == 1797
    assert max(steps) <= 100


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"source": "mnist5"}, "Did you mean 'mnist5k'"),
        ({"source": "digits", "images": "x"}, "images needs a source npz:PATH, got 'digits'"),
        ({"source": "digits", "labels": "x"}, "labels needs a source npz:PATH or folder:PATH, got 'digits'"),
        ({"source": "npz:x", "class_depth": 2}, "class_depth needs a source folder:PATH, got 'npz:x'"),
        ({"source": "folder:x", "class_depth": 2, "labels": "a.csv"}, "set only one of class_depth and labels"),
        ({"group_pattern": "("}, r"'\(' is not a regular expression"),
        ({"max_quarantined": 1.5}, "less than or equal to 1"),
        ({"white": 0}, "white must be above black by at least 1e-06, got white 0 and black 0"),
        ({"white": "bright"}, "unable to parse string as a number"),
        ({"white": 1e30}, "less than or equal to"),
    ],
)
def test_a_wrong_configuration_is_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        IngestConfig(**fields)


def test_a_source_that_is_not_there_is_refused_before_any_work(tmp_path, output):
    config = IngestConfig(source=f"folder:{tmp_path}/gone")
    with pytest.raises(InputError, match=r"ingest\.source: .*gone does not exist"):
        ingest(config, output=output)
    assert not list(output.iterdir())


@pytest.mark.parametrize("kind", ["folder", "npz"])
def test_a_path_that_cannot_exist_is_named(tmp_path, kind):
    with pytest.raises(InputError, match=r"ingest\.source: .* cannot be read: File name too long"):
        ingest(IngestConfig(source=f"{kind}:{tmp_path}/{'a' * 300}"), output=tmp_path)


def test_groups_are_found_in_ids_and_stored_with_a_digest_of_the_pixels(image_folder, output):
    (image_folder / "dog" / "copy-20.png").write_bytes((image_folder / "dog" / "20.png").read_bytes())
    config = IngestConfig(source=f"folder:{image_folder}", group_pattern=r"(\d)\.png")
    examples = read(ingest(config, output=output))
    assert examples["cat/07.png"]["group"] == b"7"
    same = {key for key, example in examples.items() if example["digest"] == examples["dog/20.png"]["digest"]}
    assert same == {"dog/20.png", "dog/copy-20.png"}
    assert {image.id: image.group for image in read_identities(output)} == {
        key: example["group"].decode() for key, example in examples.items()
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

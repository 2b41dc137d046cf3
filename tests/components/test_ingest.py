import logging
from contextlib import contextmanager

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image
from pydantic import ValidationError

from tests.components.ingested import damage, quarantine, read
from vaeflow.components import progress
from vaeflow.components.images.identity_table import read_identities
from vaeflow.components.ingest import ingest
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


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


def test_files_with_several_frames_are_counted_in_a_warning(tmp_path, output, encode, picture, caplog):
    for name in ("a.gif", "b.webp"):
        frames = {"save_all": True, "append_images": [picture.rotate(180)]}
        (tmp_path / name).write_bytes(encode(picture, name[2:].upper(), **frames))
    (tmp_path / "c.png").write_bytes(encode(picture))
    ingest(IngestConfig(source=f"folder:{tmp_path}"), output=output)
    assert [record.getMessage() for record in caplog.records] == [
        "2 files have several frames or pages, of which only the first is read, such as a.gif"
    ]
    assert not list(output.glob("cut*"))


@pytest.mark.full
def test_a_source_without_labels_gives_a_dataset_without_labels(tmp_path, output):
    np.savez(tmp_path / "data.npz", np.arange(0, 160, 10, np.uint8).reshape(4, 2, 2))
    examples = read(ingest(IngestConfig(source=f"npz:{tmp_path}/data.npz"), output=output))
    assert all("label" not in example for example in examples.values())


def test_tfds_images_keep_their_bytes_labels_and_splits(image_folder, tmp_path, output, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    prepared = tmp_path / "tfds" / "pictures" / "1.0.0"
    prepared.mkdir(parents=True)
    before = read(ingest(IngestConfig(source=f"folder:{image_folder}"), output=prepared))
    after = read(ingest(IngestConfig(source="tfds:pictures"), output=output))
    assert len(after) == len(before) == 40
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


@pytest.mark.full
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


def test_the_bar_counts_images(tmp_path, output):
    images = np.random.default_rng(0).integers(0, 256, (2500, 2, 2), dtype=np.uint8)
    np.savez(tmp_path / "data.npz", images)
    moved = []

    @contextmanager
    def display(description, total):
        moved.append(total)
        yield lambda amount, note="": moved.append(amount)

    with progress.shown_on(display):
        ingest(IngestConfig(source=f"npz:{tmp_path}/data.npz"), output=output)
    total, *steps = moved
    assert total == sum(steps) == 2500
    assert max(steps) <= 1024


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"source": "mnist5"}, "Did you mean 'mnist5k'"),
        ({"source": "digits", "images": "x"}, "images needs a source npz:PATH, got 'digits'"),
        ({"source": "digits", "labels": "x"}, "labels needs a source npz:PATH or folder:PATH, got 'digits'"),
        ({"source": "npz:x", "class_depth": 2}, "class_depth needs a source folder:PATH, got 'npz:x'"),
        ({"source": "folder:x", "class_depth": 2, "labels": "a.csv"}, "set only one of class_depth and labels"),
        ({"group_pattern": "("}, r"'\(' is not a regular expression of RE2, .*: missing \)"),
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


def test_ids_without_a_group_are_counted_in_a_warning(image_folder, output, caplog):
    config = IngestConfig(source=f"folder:{image_folder}", group_pattern=r"1(\d)\.png|2(\d)\.png")
    with caplog.at_level(logging.WARNING, "vaeflow"):
        ingest(config, output=output)
    found = {image["id"]: image["group"] for image in read_identities(output).to_pylist()}
    assert (found["cat/10.png"], found["dog/27.png"], found["cat/07.png"]) == ("0", "7", "")
    assert "ingest.group_pattern finds no group in 20 of 40 ids, such as 'cat/00.png'" in caplog.text


def test_a_pattern_that_finds_no_group_at_all_is_refused(image_folder, output):
    with pytest.raises(InputError, match=r"ingest\.group_pattern: 'patient' finds no group in any id, such as 'cat/00"):
        ingest(IngestConfig(source=f"folder:{image_folder}", group_pattern="patient"), output=output)


def test_groups_are_found_in_ids_and_stored_with_a_digest_of_the_pixels(image_folder, output):
    (image_folder / "dog" / "copy-20.png").write_bytes((image_folder / "dog" / "20.png").read_bytes())
    config = IngestConfig(source=f"folder:{image_folder}", group_pattern=r"(\d)\.png")
    examples = read(ingest(config, output=output))
    assert examples["cat/07.png"]["group"] == b"7"
    same = {key for key, example in examples.items() if example["digest"] == examples["dog/20.png"]["digest"]}
    assert same == {"dog/20.png", "dog/copy-20.png"}
    assert {image["id"]: image["group"] for image in read_identities(output).to_pylist()} == {
        key: example["group"].decode() for key, example in examples.items()
    }

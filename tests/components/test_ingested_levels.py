from functools import partial

import numpy as np
import pytest
from PIL import Image

from tests.components.ingested import quarantine, read
from vaeflow.components.ingest import ingest
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError


def stored_levels(folder, array, **fields):
    """The pixels of the dataset that ingest makes of images [n, h, w], and its properties."""
    np.savez(folder / "data.npz", images=array)
    (folder / "output").mkdir(exist_ok=True)
    dataset = ingest(IngestConfig(source=f"npz:{folder}/data.npz", **fields), output=folder / "output")
    examples = read(dataset)
    return np.stack([examples[key]["image"][..., 0] for key in sorted(examples)]), dataset.properties


RAMP = np.arange(24).reshape(6, 2, 2)
full = partial(pytest.param, marks=pytest.mark.full)
"""A row of the full suite: its arithmetic is tested in `images/test_intensity.py` too."""


def test_an_archive_is_scaled_as_a_whole_and_its_nan_quarantined(tmp_path, output):
    images = np.linspace(0, 1, 20)[:, None, None] * np.ones((20, 3, 3))
    images[7, 1, 1] = np.nan
    np.savez(tmp_path / "data.npz", x=images, y=np.arange(20) % 2)
    config = IngestConfig(source=f"npz:{tmp_path}/data.npz", images="x", labels="y", max_quarantined=0.05)
    examples = read(ingest(config, output=output))
    assert len(examples) == 19
    np.testing.assert_array_equal(examples["x/000010"]["image"], np.full((3, 3, 1), round(255 * 10 / 19)))
    assert list(quarantine(output)) == ["x/000007"]


@pytest.mark.parametrize(
    ("array", "fields", "black", "white"),
    [
        full(RAMP / 23, {}, 0, 1),
        full(RAMP / 23 * 1.0000001, {}, 0, 1),
        full(RAMP.astype(np.float32) / 23 * 1.4, {}, 0, 1),
        (RAMP / 23 * 255.00002, {}, 0, 255),
        full(RAMP / 23 * 64, {}, 0, 255),
        full(RAMP / 23 * 300, {}, 0, 255),
        (RAMP / 23 * 2 - 1, {"black": -1}, -1, 1),
        full((RAMP / 23 - 0.5).astype(np.float32), {"black": -0.5}, -0.5, 0.5),
        full(RAMP / 23 * 7, {"white": 7}, 0, 7),
        full(RAMP.astype(np.uint8), {"white": 23}, 0, 23),
        (RAMP.astype(np.uint16) * 170, {"white": 4095}, 0, 4095),
        full(RAMP.astype(np.uint16) * 2800, {}, 0, 65535),
        full(RAMP - 12, {"black": -12, "white": 11}, -12, 11),
        full(RAMP % 2 == 1, {}, 0, 1),
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
        full(RAMP / 23 * 63, {}, "from 0 to 63 can be read with 1 or with 255"),
        full(RAMP / 23 * 301, {}, "from 0 to 301 can be read with 255 or with 65535"),
        full(RAMP * 1e30, {}, r"floats from 0 to 2\.3e\+31 have no usual white; set ingest\.white to the number"),
        full(
            RAMP / 23 * 2 - 1,
            {},
            r"ingest\.black: .*float.* from -1 to 1, but black is taken to be 0; .* set",
        ),
        full(RAMP / 23 * 2 - 1, {"white": 1}, r"ingest\.black: "),
        full(RAMP.astype(np.uint8) % 16, {}, r"ingest\.white: .*uint8.* from 0 to 15, but white is taken to be 255"),
        full(RAMP % 16, {}, r"ingest\.white: .*int64.* from 0 to 15"),
        full(
            RAMP.astype(np.uint16) * 178,
            {},
            r"ingest\.white: .*uint16.* from 0 to 4094, but white is taken to be 65535",
        ),
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


@pytest.mark.parametrize("alpha", [0, 1])
@pytest.mark.parametrize("colours", [1, 3])
def test_colours_that_are_all_but_transparent_are_refused(tmp_path, alpha, colours):
    array = np.stack([RAMP.astype(np.uint8) * 11] * colours + [np.full(RAMP.shape, alpha, np.uint8)], axis=-1)
    with pytest.raises(InputError, match=r"ingest\..*(every value .* is 255|from 254 to 255)"):
        stored_levels(tmp_path, array)


def test_masks_stored_as_zero_and_one_are_refused_until_white_is_given(image_folder, output):
    for path in image_folder.rglob("*.png"):
        Image.fromarray(np.eye(6, dtype=np.uint8)).save(path)
    with pytest.raises(InputError, match=r"ingest\.white: .*uint8.* from 0 to 1, but white is taken to be 255"):
        ingest(IngestConfig(source=f"folder:{image_folder}"), output=output)
    examples = read(ingest(IngestConfig(source=f"folder:{image_folder}", white=1), output=output))
    np.testing.assert_array_equal(examples["cat/00.png"]["image"][..., 0], 255 * np.eye(6))


@pytest.mark.parametrize(("train", "test"), [(1, 255), full(255, 1)])
def test_splits_in_two_units_are_refused_with_both(tmp_path, output, train, test):
    np.savez(tmp_path / "data.npz", x_train=RAMP / 23 * train, x_test=RAMP / 23 * test)
    dark, bright = ("train", "test") if train == 1 else ("test", "train")
    message = rf"split {dark}\) are from 0 to 1, but the pixels \(float, split {bright}\) are from 0 to 255"
    with pytest.raises(InputError, match=message):
        ingest(IngestConfig(source=f"npz:{tmp_path}/data.npz"), output=output)


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

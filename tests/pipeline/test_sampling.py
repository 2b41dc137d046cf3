"""Samples from an exported decoder, and the picture made of them."""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.pipeline.permissions import read_only
from vaeflow.models.errors import InputError
from vaeflow.pipeline.exported import decoder_of
from vaeflow.pipeline.sampling import class_number, grid, sample_images, save_picture
from vaeflow.pipeline.summary import find_run
from vaeflow.pipeline.workspace import Workspace


@pytest.fixture(scope="module")
def decoder(finished):
    """The decoder that the finished run exported."""
    steps = json.loads(finished("show", "small-1", "--json").stdout)["steps"]
    return Path(steps[-1]["artifact"]["path"]) / "decoder"


def test_the_seed_determines_the_images(decoder):
    first = sample_images(decoder, 3, seed=1)
    assert (first.shape, first.dtype) == ((3, 8, 8, 1), np.uint8)
    assert np.array_equal(first, sample_images(decoder, 3, seed=1))
    assert not np.array_equal(first, sample_images(decoder, 3, seed=2))


def test_a_root_that_cannot_be_written_is_sampled_from(finished, decoder):
    expected = sample_images(decoder, 2, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # unlike `tmp_path`, so that every user can reach it
        root = shutil.copytree(finished.folder / "runs", Path(folder) / "runs")
        with read_only(root):
            workspace = Workspace(root)
            found = decoder_of(workspace, find_run(workspace, "latest"))
            assert found.is_relative_to(root)
            np.testing.assert_array_equal(sample_images(found, 2, seed=1), expected)


def test_a_class_of_a_model_without_classes_is_refused(decoder):
    with pytest.raises(InputError, match="--label: the run's model does not generate images by class"):
        sample_images(decoder, 1, seed=0, label=0)


def test_a_decoder_without_a_version_is_reported(tmp_path):
    with pytest.raises(InputError, match=f"{tmp_path}: expected a numbered version of the decoder"):
        sample_images(tmp_path, 1, seed=0)


def test_a_grid_is_filled_row_by_row_and_the_rest_is_white():
    picture = grid(np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 3, 4, 1), np.uint8))
    assert picture.shape == (2 + 2 * (3 + 2), 2 + 3 * (4 + 2), 1)
    corners = picture[2::5, 2::6, 0]
    assert corners.tolist() == [[0, 1, 2], [3, 4, 255]]
    assert (picture[:2] == 255).all()
    assert (picture[:, :2] == 255).all()


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_a_picture_is_grey_or_rgb_like_its_images(tmp_path, channels, mode):
    save_picture(np.zeros((4, 4, channels), np.uint8), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.mode == mode


@pytest.mark.parametrize("name", ["a.wrong", "no/such/folder.png"])
def test_a_picture_that_cannot_be_written_is_reported(tmp_path, name):
    with pytest.raises(InputError, match=rf"^-o .*{name}: "):
        save_picture(np.zeros((4, 4, 1), np.uint8), tmp_path / name)


@pytest.mark.parametrize(
    ("label", "names", "number"),
    [
        ("cat", ["dog", "cat"], 1),
        ("1", ["dog", "cat"], 1),
        ("2", ["1", "2", "10"], 1),
        ("10", ["1", "2", "10"], 2),
        ("7", list("0123456789"), 7),
    ],
)
def test_a_class_is_chosen_by_its_name_or_by_its_number(label, names, number):
    assert class_number(label, names) == number


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("0", ["1", "2", "10"]),
        ("1", ["1.0", "2.0", "3.0"]),
        ("2", ["page 1", "page 2", "page 10"]),
        ("2", ["dog", "cat"]),
        ("-1", ["dog"]),
        ("dgo", ["dog"]),
        ("1" * 5000, ["dog", "cat"]),
    ],
)
def test_a_class_that_does_not_exist_or_is_ambiguous_is_refused_with_the_names(label, names):
    with pytest.raises(InputError, match=rf"^--label: the run's model has no class '{label}'\..* Classes: {names[0]}"):
        class_number(label, names)

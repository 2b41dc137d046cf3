"""`vaeflow.load`: the trained model of a run, or of a path."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import vaeflow
from tests.pipeline.permissions import without_permission
from vaeflow.components.artifacts import Examples
from vaeflow.components.images.config import Transform
from vaeflow.components.images.examples import load_split
from vaeflow.components.images.transform import pixels_to_examples
from vaeflow.components.training.data import VALIDATION_BATCH
from vaeflow.models.errors import InputError
from vaeflow.pipeline.summary import find_run, summary
from vaeflow.pipeline.workspace import Workspace

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def root(finished):
    return finished.folder / "runs"


@pytest.fixture(scope="module")
def trained(root):
    """The folder of the run's trained model."""
    workspace = Workspace(root)
    steps = summary(workspace, find_run(workspace, "latest")).steps
    return Workspace(root).root / next(step.artifact.path for step in steps if step.step == "train")


def test_a_run_and_the_paths_of_its_model_give_the_same_model(root, trained, monkeypatch):
    monkeypatch.chdir(root.parent)
    codes = vaeflow.load().embed(IMAGES)
    for run in ("small-1", trained, str(trained), trained / "model.keras"):
        np.testing.assert_array_equal(vaeflow.load(run).embed(IMAGES), codes)
    monkeypatch.chdir(trained)
    np.testing.assert_array_equal(vaeflow.load("latest", root).embed(IMAGES), codes)
    np.testing.assert_array_equal(vaeflow.load("model.keras").embed(IMAGES), codes)


@pytest.mark.full
def test_a_loaded_model_measures_and_learns_what_its_recipe_trained(root, trained):
    model = vaeflow.load(root=root)
    history = json.loads((trained / "history.json").read_text())
    preprocessed = next((root / "artifacts").glob("preprocess-*"))
    split = load_split(Examples(preprocessed), "validation")
    options = {"batch_size": VALIDATION_BATCH, "verbose": 0}
    before = model.evaluate(split.images, split.labels, return_dict=True, **options)["objective"]
    assert before == pytest.approx(history["epochs"][history["best_epoch"] - 1]["val_objective"], rel=1e-5)
    model.fit(split.images, epochs=50, shuffle=False, **options)
    assert model.evaluate(split.images, return_dict=True, **options)["objective"] > before


def test_a_loaded_model_resizes_images_as_in_training(root, trained, tmp_path):
    model = vaeflow.load(root=root)
    photos = np.random.default_rng(1).integers(0, 256, (3, 13, 20, 4), np.uint8)
    transform = Transform.model_validate_json((trained / "transform.json").read_bytes())
    expected = model.encode(pixels_to_examples(transform)(photos).numpy())
    np.testing.assert_array_equal(model.encode(photos).mean, expected.mean)
    np.testing.assert_array_equal(model.score(photos[..., :3]).shape, [3])
    shutil.copyfile(trained / "model.keras", tmp_path / "model.keras")
    with pytest.raises(InputError, match="images: expected shape"):
        vaeflow.load(tmp_path).encode(photos)
    (tmp_path / "transform.json").write_text("{")
    with pytest.raises(InputError, match=r"transform\.json: cannot be read: it is damaged, or of another version"):
        vaeflow.load(tmp_path)


def test_a_model_without_its_recipe_is_not_compiled_and_says_so(trained, tmp_path):
    shutil.copyfile(trained / "model.keras", tmp_path / "model.keras")
    model = vaeflow.load(tmp_path)
    assert model.embed(IMAGES).shape == (5, 2)
    with pytest.raises(
        InputError, match=r"^fit: expected a compiled model; call compile\(optimizer, objective\) first"
    ):
        model.fit(IMAGES)


@pytest.fixture
def copied(root, trained, tmp_path):
    """The folder of the trained model in a copy of the root."""
    return shutil.copytree(root, tmp_path / "runs") / "artifacts" / trained.name


def test_the_model_of_a_run_in_whose_place_is_another_is_refused(copied):
    file = copied / "model.keras"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    refused = (
        rf"^small-1: the trained model is damaged: {copied}: model\.keras has the expected size but another content"
    )
    with pytest.raises(InputError, match=refused):
        vaeflow.load(root=copied.parents[1])


@pytest.mark.parametrize("name", ["model.keras", "config.json"])
def test_a_fifo_in_the_model_of_a_run_is_named_without_opening_it(copied, name):
    (copied / name).unlink()
    os.mkfifo(copied / name)
    with pytest.raises(InputError, match=f"^small-1: the trained model is damaged: {copied}: {name} is a FIFO"):
        vaeflow.load(root=copied.parents[1])


def make_damaged(path):
    path.write_text("{")


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("config.json", make_damaged, "it is damaged, or of another version"),
        ("config.json", os.mkfifo, "expected a file, got a FIFO"),
        ("history.json", make_damaged, "it is damaged, or of another version"),
        ("history.json", None, "No such file or directory"),
    ],
)
def test_a_recipe_beside_a_model_that_cannot_be_read_is_named(copied, caplog, name, make, reason):
    (copied / name).unlink()
    if make:
        make(copied / name)
    assert vaeflow.load(copied).embed(IMAGES).shape == (5, 2)
    (warned,) = caplog.messages
    assert warned == f"{copied / name}: cannot be read: {reason}; the model is loaded but not compiled"


@pytest.mark.parametrize("run", ["small-2", "no/such/model", "x" * 210, "a\nb", "a\0b"])
def test_an_unknown_run_is_an_error_by_name(root, run):
    with pytest.raises(InputError, match=r"^\S{1,200}: no such run in .*( The newest is 'small-1'|Did you mean).*$"):
        vaeflow.load(run, root)


@pytest.mark.parametrize("path", ["no.keras", "no/such/model.keras"])
def test_a_file_that_does_not_exist_is_an_error_by_name(root, path):
    with pytest.raises(InputError, match=f"^{path}: there is no such file$"):
        vaeflow.load(path, root)


@pytest.mark.parametrize(("path", "kind"), [("empty", "a folder"), ("pipe", "a FIFO"), ("loop", "a link to itself")])
def test_what_is_no_file_and_no_folder_of_a_model_is_an_error_by_name(root, tmp_path, monkeypatch, path, kind):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(
        InputError, match=f"^{path}: expected a model.keras, its folder, or the id of a run, got {kind}$"
    ):
        vaeflow.load(path, root)


@pytest.mark.parametrize("run", [None, 3, b"latest", [], "", "~nobody-has-this-name/model"])
def test_what_is_no_run_and_no_path_is_an_error_by_name(root, run):
    with pytest.raises(InputError, match=r"^run: (expected the id of a run, or the path|~nobody.* no such user)"):
        vaeflow.load(run, root)
    with pytest.raises(InputError, match=r"^root: (expected the path of a folder|~nobody.* no such user)"):
        vaeflow.load("latest", run)


def test_a_root_without_runs_is_an_error_by_name(tmp_path):
    with pytest.raises(InputError, match=r"^latest: there are no runs in "):
        vaeflow.load(root=tmp_path)


def test_a_run_that_trained_no_model_is_an_error_by_name(toy, tmp_path):
    toy.toy_run(tmp_path)
    with pytest.raises(InputError, match=r"-1: the run has not trained a model; its state is 'done'"):
        vaeflow.load("latest", tmp_path)


def test_a_model_without_permission_to_read_is_not_called_damaged_or_removed(trained):
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        folder = shutil.copytree(trained, Path(parent) / "model")
        for path in (folder, folder / "model.keras"):
            refused = pytest.raises(InputError, match=r"model\.keras: cannot be read: Permission denied\.$")
            with without_permission(path, folders=0, files=0), refused:
                vaeflow.load(folder)


@pytest.mark.parametrize("name", ["x" * 300, "x\0"])
def test_a_name_that_no_file_has_is_an_error_by_name(root, name):
    with pytest.raises(InputError, match=r"cannot be read: File name too long|no such run"):
        vaeflow.load(name, root)


def test_importing_vaeflow_imports_none_of_its_parts():
    code = "import sys, vaeflow; print([name for name in sys.modules if name.startswith('vaeflow.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

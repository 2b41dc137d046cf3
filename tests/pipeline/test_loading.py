"""`vaeflow.load`: the trained model of a run, or of a path."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import vaeflow
from tests.pipeline.permissions import without_permission
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


@pytest.mark.parametrize("run", ["small-2", "no/such/model.keras"])
def test_an_unknown_run_is_an_error_by_name(root, run):
    with pytest.raises(InputError, match=f"^{run}: no such run in .* The newest is 'small-1'|Did you mean"):
        vaeflow.load(run, root)


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

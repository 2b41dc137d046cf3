"""The findings of a run, as its evaluation recorded them."""

import json
import shutil

import pytest

from tests.pipeline.unversioned import UNVERSIONED
from vaeflow.pipeline.summary import all_runs
from vaeflow.pipeline.workspace import Workspace

FINDING = {
    "name": "over_fitted",
    "title": "Over-fitted",
    "evidence": "ELBO -60.00 on training images and -120.00 on validation images: 43% of the 140 nats are lost.",
    "meaning": "The model has learned the training images by heart.",
    "change": "train.model.network.hidden=[100, 100]",
}


def record(root, findings):
    """Write the findings into the file of the run's metrics."""
    file = root / "artifacts/evaluate-6d2f3d7011fe/metrics.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"findings": findings}))
    return file


def test_show_prints_findings_with_a_setting_to_copy_into_a_shell(vaeflow):
    root = shutil.copytree(UNVERSIONED, vaeflow.folder / "runs")
    assert "\nfindings\n" not in vaeflow("show", "small-1").stdout
    record(root, [FINDING, FINDING | {"title": "Dead symbols", "change": ""}])
    text = vaeflow("show", "small-1").stdout
    shown = " ".join(text.split())
    assert all(FINDING[part] in shown for part in ("title", "evidence", "meaning"))
    assert text.count("worth trying: --set 'train.model.network.hidden=[100, 100]'\n") == 1
    assert "Dead symbols" in text
    assert json.loads(vaeflow("show", "small-1", "--json").stdout)["findings"][0] == FINDING


@pytest.mark.parametrize("damaged", [3, [3], [{"name": "over_fitted"}]])
def test_findings_that_cannot_be_read_are_reported(tmp_path, damaged):
    root = shutil.copytree(UNVERSIONED, tmp_path / "runs")
    file = record(root, damaged)
    (run,) = all_runs(Workspace(root))
    assert (run.findings, run.problem) == ([], f"{file}: cannot be read: expected findings.")

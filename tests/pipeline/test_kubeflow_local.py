import json

import pytest
from PIL import Image

from vaeflow.models.errors import RunError
from vaeflow.pipeline import kubeflow_runner, recipes
from vaeflow.pipeline.plan import PLAN

pytestmark = pytest.mark.full


def test_a_local_run_has_the_artifacts_and_metrics_of_the_beam_runner(finished, tmp_path):
    served = tmp_path / "served"
    config = recipes.load(str(finished.folder / "small.yaml"), [f"publish.to={served}"]).config
    artifacts = kubeflow_runner.run_local(config, tmp_path / "root")
    beam = json.loads(finished("show", "small-1", "--json").stdout)
    metrics = json.loads((artifacts["evaluate"].path / "metrics.json").read_text())["metrics"]
    assert metrics == beam["metrics"]
    assert {name: type(artifact) for name, artifact in artifacts.items()} == {step.name: step.makes for step in PLAN}
    properties = {step["step"]: step["artifact"]["properties"] for step in beam["steps"]}
    assert artifacts["publish"].properties["version"] == 1
    assert (served / "vaeflow-decoder" / "1" / "saved_model.pb").is_file()
    assert artifacts["train"].properties["val_objective"] == properties["train"]["val_objective"]


def test_a_run_that_fails_on_what_the_step_before_gave_names_the_step_and_the_log(tmp_path):
    Image.linear_gradient("L").save(tmp_path / "only.png")
    config = recipes.load("digits", [f"ingest.source=folder:{tmp_path}"]).config
    with pytest.raises(RunError, match=r"preprocess failed: .*every split, got train 1, validation 0") as error:
        kubeflow_runner.run_local(config, tmp_path / "root")
    (log,) = (tmp_path / "root" / "kubeflow").glob("*/log.txt")
    assert str(error.value).endswith(f"Log: {log}")
    assert "ingest: done" in log.read_text()

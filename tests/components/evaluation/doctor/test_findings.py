"""Each finding: evidence that provokes it, and evidence that does not. The remedies are tried on real recipes."""

import math
import re
from typing import Any, NamedTuple

import numpy as np
import pytest

from vaeflow.components.evaluation.doctor import (
    collapse,
    dead_symbols,
    far_codes,
    few_effective_samples,
    few_images,
    ignored_code,
    no_better_than_chance,
    overfitting,
    unfinished,
    uninformed,
    vanished_components,
    variance_floor,
)
from vaeflow.components.evaluation.doctor.case import Bound
from vaeflow.components.evaluation.doctor.catalogue import SYMPTOMS
from vaeflow.components.evaluation.doctor.changes import first_accepted
from vaeflow.components.evaluation.doctor.remedies import HeldOut, slower
from vaeflow.components.evaluation.spread import Agreement, Spread
from vaeflow.pipeline.recipes import load


class Example(NamedTuple):
    """Evidence, what the finding must say of it, or None for none, and a recipe whose change it must lead to."""

    symptom: str
    evidence: Any
    says: str | None
    recipe: str = "mnist5k"
    change: str = ""


def layers(*active: int, of: int = 20, epochs: Any = ()) -> collapse.Units:
    """Layers of equal size of which the first dimensions are active."""
    found = {f"layer {n}": [unit < count for unit in range(of)] for n, count in enumerate(active, start=1)}
    return collapse.Units(found, epochs)


def history(*objectives: float, standard_error: float = 1.0) -> unfinished.Progress:
    return unfinished.Progress(objectives, standard_error)


def bound(value: float, error: float = 1.0) -> Bound:
    return Bound("ELBO", value, error)


def score(
    mean: float, std: float, chance: float, chance_std: float = 0.0, test_fraction: float = 0.1
) -> no_better_than_chance.Scores:
    scores = {"k-means accuracy": Agreement(mean, std, Spread(chance, chance_std))}
    return no_better_than_chance.Scores(scores, HeldOut(532, 532, test_fraction))


def one_metric(error: float, scale: float, images: int = 40, test_fraction: float = 0.1) -> few_images.Measurements:
    measured = few_images.Measured("ELBO", "-104.81", error, scale, images)
    return few_images.Measurements([measured], HeldOut(images, images, test_fraction))


def shares(samples: float, data: float, std: float = 2.0) -> far_codes.Shares:
    return far_codes.Shares("N(0, I)", Spread(samples, std), Spread(data, std))


def bounds(train: float, validation: float, code_free: float = -200.0, error: float = 1.0) -> overfitting.Bounds:
    return overfitting.Bounds("ELBO", train, validation, code_free, error)


GAINING = [-120.0, -116.0, -113.0, -110.5, -108.5]
SETTLED = [-120.0, -110.0, -106.0, -105.0, -104.7, -104.6, -104.55]

EXAMPLES = [
    Example("posterior_collapse", layers(0), "0 of the 20 dimensions of layer 1 are active.*not 0–19\\."),
    Example("posterior_collapse", layers(1), "not 1–19"),
    Example("posterior_collapse", layers(2), None),
    Example("posterior_collapse", layers(0, epochs=[[0, 3], [3], [], []]), "none of which has been since epoch 3"),
    Example("posterior_collapse", layers(0, epochs=[[], []]), "since epoch 1"),
    Example("posterior_collapse", layers(0, epochs=[[], [4]]), r"not 0–19\.$"),
    Example("posterior_collapse", layers(20, 0), "not 20–39", "hierarchical_vae", "train.model.name=ladder_vae"),
    Example("posterior_collapse", layers(0), "active", "beta_vae", "train.objective.beta=1.0"),
    Example("posterior_collapse", layers(0), "active", "capacity", "train.objective.capacity.nats=40.0"),
    Example("posterior_collapse", layers(0), "active", "kl_warm_up", "train.objective.free_bits=0.5"),
    Example("posterior_collapse", layers(0), "active", "iwae", "train.objective.warm_up.epochs=10"),
    Example("posterior_collapse", layers(0), "active", "beta_tc_vae", "train.objective.beta=1.0"),
    Example("posterior_collapse", layers(0), "active", "factor_vae", "train.objective.gamma=3.0"),
    Example("ignored_code", ignored_code.Variances(0.05, 50.0), r"vary by 0\.10% of the variance"),
    Example("ignored_code", ignored_code.Variances(30.0, 50.0), None),
    Example("ignored_code", ignored_code.Variances(0.0, 0.0), None),
    Example("ignored_code", ignored_code.Variances(0, 50.0), "0.00%", "autoencoder", "train.learning_rate=0.0002"),
    Example(
        "no_better_than_mean_image", uninformed.Comparison(bound(-207.0), -206.0, -206.9), r"-207\.00 ± 1\.00.*-206\.00"
    ),
    Example(
        "no_better_than_mean_image", uninformed.Comparison(bound(-207.0), -206.0, math.nan), r"1\.00 nats, and -206\.00"
    ),
    Example("no_better_than_mean_image", uninformed.Comparison(bound(-110.0), -206.0, -85.0), None),
    Example("no_better_than_mean_image", uninformed.Comparison(bound(math.nan), -206.0, -85.0), None),
    Example(
        "no_better_than_mean_image",
        uninformed.Comparison(bound(-220.0), -206.0, -80.0),
        "reconstructions of -80",
        "capacity",
        "train.objective.capacity.nats=10.0",
    ),
    Example("dead_symbols", dead_symbols.Uses(np.repeat([0, 100], [32, 32])), "32 of 64 symbols", "vq_vae", "size=32"),
    Example("dead_symbols", dead_symbols.Uses(np.repeat([0, 100], [3, 61])), None),
    Example("dead_symbols", dead_symbols.Uses(np.repeat([0, 2], [32, 32])), None),
    Example(
        "vanished_components",
        vanished_components.Responsibilities(np.array([0.5, 0.0, 0.496, 0.004]), 500),
        "2 of 4 components have less than 2.50% of the images each: 1, 3",
        "vade",
        "train.model.clusters=2",
    ),
    Example(
        "vanished_components",
        vanished_components.Responsibilities(np.array([0.5, 0.0, 0.5]), 500),
        "1 of 3",
        "mixture_prior",
        "train.model.prior.components=2",
    ),
    Example("vanished_components", vanished_components.Responsibilities(np.full(4, 0.25), 500), None),
    Example("vanished_components", vanished_components.Responsibilities(np.array([1.0, 0.0]), 19), None),
    Example(
        "codes_far_from_prior", shares(45, 93), r"45 % of samples.*N\(0, I\).* 93 %", change="train.objective.beta=2.0"
    ),
    Example("codes_far_from_prior", shares(65, 93), None),
    Example("codes_far_from_prior", shares(math.nan, 93), None),
    Example("codes_far_from_prior", shares(20, 60, std=20), None),
    Example("codes_far_from_prior", shares(3, 93), "near", "iwae", "train.model.prior.name=vamp"),
    Example("codes_far_from_prior", shares(3, 93), "near", "autoencoder", "train.model.prior.components=20"),
    Example("variance_at_floor", variance_floor.Deviations(np.full(2, 1 / 255), 1 / 255), "100% .*0.0039", "digits"),
    Example("variance_at_floor", variance_floor.Deviations(np.full((2, 3), 0.1), 1 / 255), None),
    Example(
        "variance_at_floor",
        variance_floor.Deviations(np.full(2, 1 / 250), 1 / 255),
        "100%",
        "autoencoder",
        "train.model.likelihood.variance=fixed",
    ),
    Example("over_fitted", bounds(-60.0, -120.0), r"-60\.00 .*-120\.00.*43% of the 140 nats"),
    Example("over_fitted", bounds(-199.0, -214.0), ": 15 are lost, more than the 1 nats gained"),
    Example("over_fitted", bounds(-98.0, -104.0), None),
    Example("over_fitted", bounds(-60.0, -120.0, error=40.0), None),
    Example("over_fitted", bounds(-205.0, -220.0), None),
    Example("over_fitted", bounds(-60.0, -math.nan), None),
    Example("over_fitted", bounds(-60.0, -120.0), "43%", "mnist_vae", "train.model.network.hidden=[100, 100]"),
    Example("over_fitted", bounds(-60.0, -120.0), "43%", "vae_gan", "train.model.network.filters=[8, 16]"),
    Example(
        "still_improving", history(*GAINING), r"rose by 7\.5 nats in the last 3 of 5", "digits", "train.epochs=120"
    ),
    Example("still_improving", history(*SETTLED), None),
    Example("still_improving", history(-108, -104, -107, -105, -101), None),
    Example("still_improving", history(*GAINING, standard_error=8.0), None),
    Example("still_improving", history(-110, -100), None),
    Example("still_improving", history(), None),
    Example("few_effective_samples", few_effective_samples.Samples(5000, 0.001), r"5\.0 of the 5,000.*0\.10%"),
    Example("few_effective_samples", few_effective_samples.Samples(100, 0.04), None),
    Example("few_effective_samples", few_effective_samples.Samples(5000, 0.008), None),
    Example("few_effective_samples", few_effective_samples.Samples(100, math.nan), None),
    Example(
        "few_effective_samples",
        few_effective_samples.Samples(100, 0.01),
        r"1\.0 of the 100",
        change="evaluate.importance_samples=1000",
    ),
    Example("few_test_images", one_metric(9.0, 100.0), r"ELBO -104\.81 ± 9 from 40 test images; 130 would determine"),
    Example("few_test_images", one_metric(1.4, 100.0), None),
    Example(
        "few_test_images", one_metric(math.nan, 100.0, images=1), r"^ELBO -104\.81 with an unknown error .*image\.$"
    ),
    Example(
        "no_better_than_chance", score(0.18, 0.03, 0.15, 0.02), r"k-means accuracy 0\.180 ± 0\.030, by chance 0\.150"
    ),
    Example("no_better_than_chance", score(0.18, 0.03, 0.15), "0.180", "beta_vae", "train.objective.beta=1.0"),
    Example("no_better_than_chance", score(0.55, 0.03, 0.15, 0.02), None),
    Example("no_better_than_chance", score(0.3, 0.2, 0.15), "0.300", change="preprocess.test_fraction=0.3"),
]
EVERYTHING = pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.symptom}-{e.says or 'silent'}-{e.recipe}")


@EVERYTHING
def test_evidence_speaks_for_a_finding_or_not(example: Example):
    shown = SYMPTOMS[example.symptom].find(example.evidence)
    assert (not shown) if example.says is None else re.search(example.says, shown)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.says], ids=lambda e: f"{e.symptom}-{e.recipe}-{e.change}")
def test_what_is_worth_trying_is_accepted_by_the_recipe(example: Example):
    recipe = load(example.recipe)
    found = SYMPTOMS[example.symptom]
    change = first_accepted(found.remedies(example.evidence, recipe.config.train), recipe.config.train)
    assert example.change in str(change)
    assert load(example.recipe, [str(change)]).config != recipe.config


@pytest.mark.parametrize("test_fraction", [0.3, 0.5, 0.0])
def test_no_more_test_images_are_asked_for_where_there_are_many_or_the_source_decides(test_fraction):
    training = load("beta_vae").config.train
    few = few_images.remedies(one_metric(9.0, 100.0, test_fraction=test_fraction), training)
    assert first_accepted(few, training) is None
    uncertain = no_better_than_chance.remedies(score(0.3, 0.2, 0.15, test_fraction=test_fraction), training)
    assert first_accepted(uncertain, training).field.startswith("train.")


def test_a_larger_sample_is_worth_trying_where_only_a_sample_was_measured():
    training = load("beta_vae").config.train
    measured = few_images.Measured("Linear-probe accuracy", "0.429", 0.2, 1.0, 7)
    of_sample = few_images.Measurements([measured], HeldOut(532, 7, 0.1))
    assert "0.429 ± 0.2 from 7 test images; 112 would" in few_images.find(of_sample)
    assert str(first_accepted(few_images.remedies(of_sample, training), training)) == "evaluate.sample=532"
    of_all = few_images.Measurements([measured._replace(images=532)], HeldOut(532, 7, 0.1))
    assert str(first_accepted(few_images.remedies(of_all, training), training)) == "preprocess.test_fraction=0.3"


def test_more_samples_than_settings_accept_are_not_asked_for():
    training = load("mnist5k").config.train
    (change,) = few_effective_samples.remedies(few_effective_samples.Samples(200_000, 1e-6), training)
    assert load("mnist5k", [str(change)]).config.evaluate.importance_samples == change.value
    assert not list(few_effective_samples.remedies(few_effective_samples.Samples(change.value, 1e-6), training))


@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_a_model_that_was_hardly_trained_is_trained_for_longer_before_all_else(epochs):
    training = load("mnist5k", [f"train.epochs={epochs}"]).config.train
    change = first_accepted(ignored_code.remedies(ignored_code.Variances(0.0, 1.0), training), training)
    assert change.field == "train.epochs"
    assert change.value > epochs


@pytest.mark.parametrize("rate", [2e-3, 3e-3, 7e-4])
def test_a_slower_training_has_a_short_number(rate):
    training = load("mnist5k", [f"train.learning_rate={rate}"]).config.train
    assert len(str(slower(training))) < len("train.learning_rate=0.0000001")


def test_a_share_of_few_images_that_all_agree_is_uncertain():
    assert few_images.share_error(1.0, 1) == few_images.share_error(0.0, 1) == pytest.approx(math.sqrt(0.4 * 0.6 / 5))
    assert few_images.share_error(1.0, 100) < few_images.FIRST_DIGIT
    assert few_images.share_error(0.3, 10**6) == pytest.approx(math.sqrt(0.3 * 0.7 / 10**6), rel=1e-4)


def test_every_finding_has_an_example_that_provokes_it_and_one_that_does_not():
    provoked = {example.symptom for example in EXAMPLES if example.says}
    silent = {example.symptom for example in EXAMPLES if example.says is None}
    assert provoked == silent == SYMPTOMS.keys()


@pytest.mark.parametrize(("numbers", "text"), [([], ""), ([3], "3"), ([0, 1, 2], "0–2"), ([0, 2, 3, 9], "0, 2–3, 9")])
def test_numbers_are_shown_as_ranges(numbers, text):
    assert collapse.ranges(numbers) == text


def test_the_largest_class_is_that_of_known_labels():
    assert no_better_than_chance.largest_class(np.array([2, 2, 0, -1, -1])) == pytest.approx(2 / 3)
    assert math.isnan(no_better_than_chance.largest_class(np.array([-1])))

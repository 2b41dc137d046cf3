"""Searches that make no sense are refused before any work."""

from typing import get_args

import pytest

from vaeflow.models.errors import InputError
from vaeflow.models.quantities import PositiveWeight, Weight
from vaeflow.models.registry import MODELS
from vaeflow.pipeline.recipes import load as load_recipe
from vaeflow.pipeline.studies.found import recipe_of
from vaeflow.pipeline.studies.goals import alternatives, integer_fields
from vaeflow.pipeline.studies.members import member_of, members, variant_of
from vaeflow.pipeline.studies.study import Study, changed, validated
from vaeflow.pipeline.studies.trial import Trial

LATENT_DIM = {"train.model.latent_dim": {"low": 2, "high": 8}}


def study(ranges=LATENT_DIM, recipe="digits", goal="val_elbo", trials=2, **settings):
    search = {"goal": goal, "trials": trials, "ranges": ranges}
    return Study("toy", validated({"recipe": recipe, "search": search, **settings}))


def whole_numbers(some):
    """The fields whose numbers are whole, if the search makes sense."""
    (base,) = members(some)
    return integer_fields(some.config.search, base.config, alternatives(some, some.config.search))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"ranges": {"train.epochs": {"low": 8, "high": 2}}}, "low: expected less than high, 2, got 8"),
        ({"ranges": {"train.epochs": {"low": 0, "high": 2, "log": True}}}, "low: expected more than 0, because of log"),
        ({"ranges": {"train.epochs": {"low": 1}}}, "train.epochs: expected low and high, or choices"),
        ({"ranges": {"train.epochs": {"choices": [1], "low": 2}}}, "expected either choices, or low and high"),
        ({"ranges": {"train.epochs": {"choices": []}}}, "choices: expected at least two values, got 0"),
        ({"ranges": {"train.epochs": {"choices": [1, 2, 1]}}}, "choices: expected different values, got 1 twice"),
        (
            {"ranges": {"train.epochs": {"low": 1, "hi": 2}}},
            "train.epochs.hi: no such field. Did you mean 'search.ranges.train.epochs.high'",
        ),
        ({"ranges": {}}, "search.ranges: expected 1 to 20 fields, got 0"),
        ({"ranges": {"train.seed": {"low": 1, "high": 2}}}, "train.seed: expected the number of seeds"),
        ({"ranges": {"preprocess.image_size": {"low": 8, "high": 28}}}, "expected a field of train: all trials share"),
        (
            {"ranges": {**LATENT_DIM, "train.model": {"choices": [{"name": "vae"}, {"name": "ladder_vae"}]}}},
            "train.model.latent_dim: expected it without train.model",
        ),
        ({"trials": 0}, "search.trials: should be at least 1; got 0"),
        ({"goal": "val_elb"}, "search.goal: expected val_objective or val_elbo or val_log_likelihood, got val_elb"),
        ({"goal": "kid_samples"}, "search.goal: kid_samples is measured on the test images"),
        ({"vary": {"train.epochs": [1]}}, "search: expected no vary besides"),
        ({"variants": {"a": {}}}, "search: expected no variants besides"),
        (
            {"set": {"train.model.latent_dim": 3}},
            "set.train.model.latent_dim: the study searches train.model.latent_dim",
        ),
        ({"seeds": 2}, "seeds: expected 1, since a search trains each trial once, got 2"),
    ],
)
def test_an_invalid_search_is_refused_in_one_line(settings, message):
    with pytest.raises(InputError) as error:
        study(**settings)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("field", "values", "message"),
    [
        ("train.epoch", {"low": 1, "high": 2}, "train.epoch: no such field. Did you mean"),
        ("train.model.latent_dim", {"low": 2.5, "high": 8}, "train.model.latent_dim: should be a valid integer"),
        ("train.model.latent_dim", {"low": 2.0, "high": 8}, "train.model.latent_dim: expected whole numbers, got 2.0"),
        ("train.model.latent_dim", {"low": 0, "high": 8}, "latent_dim=0: train.model.latent_dim: should be at least 1"),
        ("train.deterministic", {"low": 0, "high": 1}, "train.deterministic: expected choices, since it is no number"),
        ("train.model.latent_dim", {"choices": [2, "many"]}, "latent_dim=many: train.model.latent_dim: should be"),
        ("train.epochs", {"low": 0, "high": 2}, "train.epochs: a search expects at least 1, got 0"),
    ],
)
def test_a_range_that_does_not_suit_its_field_is_refused(field, values, message):
    with pytest.raises(InputError) as error:
        whole_numbers(study({field: values}))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("recipe", "goal", "field", "values"),
    [
        ("digits", "val_objective", "train.objective.beta", {"low": 0.5, "high": 4}),
        ("digits", "val_objective", "train.objective", {"choices": [{"name": "elbo"}, {"name": "iwae"}]}),
        ("digits", "val_elbo", "train.model.likelihood", {"choices": [{"name": "bernoulli"}, {"name": "gaussian"}]}),
        ("digits", "val_log_likelihood", "train.model", {"choices": [{"name": "vae"}, {"name": "cvae"}]}),
        ("m2", "val_objective", "train.model.alpha", {"low": 0.1, "high": 1}),
        ("m2", "val_elbo", "train.data.labels", {"choices": [100, None]}),
        ("vq_vae", "val_objective", "train.model.commitment", {"low": 0.1, "high": 1}),
        ("gumbel_vae", "val_elbo", "train.model.temperature.end", {"low": 0.1, "high": 0.5}),
        ("denoising_autoencoder", "val_log_likelihood", "train.model.corruption.fraction", {"low": 0.1, "high": 1}),
    ],
)
def test_a_goal_that_a_searched_field_changes_is_refused(recipe, goal, field, values):
    with pytest.raises(InputError) as error:
        whole_numbers(study({field: values}, recipe, goal))
    assert f"search.goal: {goal} does not mean the same with each {field}" in str(error.value)


@pytest.mark.parametrize(
    ("recipe", "goal", "message"),
    [
        ("vae_gan", "val_elbo", "val_elbo of vae_gan is measured by a network that is trained with it"),
        ("autoencoder", "val_elbo", "autoencoder has no ELBO; expected val_log_likelihood or val_objective"),
        ("classifier", "val_log_likelihood", "classifier has no bound and no decoder; expected val_objective"),
        ("factor_sprites", "val_objective", "val_objective of factor_vae depends on its discriminator"),
    ],
)
def test_a_goal_that_means_nothing_for_a_model_is_refused(recipe, goal, message):
    with pytest.raises(InputError) as error:
        whole_numbers(study({"train.learning_rate": {"low": 1, "high": 2}}, recipe, goal))
    assert message in str(error.value)


def test_a_goal_whose_meaning_stays_is_searched_and_whole_numbers_are_known():
    ranges = {
        "train.objective.beta": {"low": 0.5, "high": 4},
        "train.objective.warm_up": {"choices": [None, {"name": "linear", "epochs": 5}]},
        "train.model.posterior": {"choices": [{"name": "diagonal"}, {"name": "iaf"}]},
        "train.learning_rate": {"low": 1, "high": 2},
        "train.batch_size": {"low": 50, "high": 200},
        **LATENT_DIM,
    }
    assert whole_numbers(study(ranges)) == {"train.batch_size", "train.model.latent_dim"}
    del ranges["train.objective.beta"]
    assert whole_numbers(study(ranges, goal="val_objective"))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_weight_of_a_model_is_known_to_alter_its_objective(model):
    weights = [get_args(kind)[1].metadata for kind in (Weight, PositiveWeight)]
    found = {name for name, field in model.model_fields.items() if field.metadata in weights}
    assert not model.fits_pixels or found <= {*model.alters_objective}
    assert {*model.alters_bound, *model.alters_objective} <= {*model.model_fields}


@pytest.mark.parametrize(
    ("recipe", "values"),
    [
        ("m2", {"train.learning_rate": 0.01}),
        ("mnist5k", {"train.objective": {"name": "iwae"}, "train.model.latent_dim": 3}),
    ],
)
def test_the_best_recipe_trains_as_its_trial_was_trained(tmp_path, recipe, values):
    search = {"seed": 3, "ranges": {field: {"choices": [value, None]} for field, value in values.items()}}
    settings = {"recipe": recipe, "set": {"train.batch_size": 50}, "search": search}
    study = changed(Study("toy", validated(settings)), changes=["train.epochs=7"])
    trained = member_of(study, variant_of("", study.config.set, values), 3).config
    best = tmp_path / "best.yaml"
    best.write_text(recipe_of(study, study.config.search, Trial(0, values, goal=1.0), trained.train))
    assert load_recipe(str(best)).config.train == trained.train


def test_a_change_of_a_searched_field_is_refused():
    with pytest.raises(InputError, match=r"--set train\.model\.latent_dim: the study searches"):
        members(changed(study(), changes=["train.model.latent_dim=3"]))
    with pytest.raises(InputError, match="seeds: expected 1"):
        changed(study(), seeds=3)

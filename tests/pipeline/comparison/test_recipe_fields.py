"""The fields in which recipes differ."""

import pytest

from vaeflow.pipeline.comparison.recipe_fields import differing, distinguishing, fields, shown
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.recipe_changes import apply


def recipe(*changes):
    settings = {}
    apply(changes, settings)
    return fields(PipelineConfig.model_validate(settings).model_dump(mode="json"))


def test_only_fields_with_several_values_differ_and_defaults_have_values_too():
    recipes = [recipe(), recipe("train.model.latent_dim=2", "train.epochs=7"), recipe("train.epochs=7")]
    assert differing(recipes) == ["train.model.latent_dim", "train.epochs"]
    assert [shown(each, "train.model.latent_dim") for each in recipes] == ["16", "2", "16"]


@pytest.mark.parametrize(
    "change",
    [
        "description=another",
        "export.name=another",
        "publish.to=served",
        "beam.args=[--streaming]",
        "kubeflow.caching=false",
        "evaluate.require={elbo: '>= -100'}",
    ],
)
def test_what_cannot_change_the_evaluation_is_left_out(change):
    assert differing([recipe(), recipe(change)]) == []


def test_another_alternative_adds_only_its_fields_that_are_not_at_their_default():
    autoencoder = recipe("train.model.name=autoencoder", "train.model.sparsity={name: l1, weight: 0.5}")
    found = differing([recipe(), autoencoder])
    assert "train.model.name" in found
    assert "train.model.sparsity.weight" in found
    assert "train.model.corruption" not in found  # null, as by default
    assert shown(recipe(), "train.model.sparsity.weight") == ""


def test_a_recipe_that_is_no_longer_valid_is_taken_as_it_is():
    recipes = [fields({"train": {"optimiser": "sgd", "epochs": 3}}), fields({"train": {"epochs": 3}})]
    assert shown(recipes[0], "train.optimiser") == "sgd"
    assert "train.optimiser" in differing(recipes)
    assert "train.epochs" not in differing([recipes[0], recipe("train.epochs=3")])


def test_each_recipe_is_distinguished_by_what_is_not_most_common():
    recipes = [recipe(), recipe(), recipe("train.epochs=7"), recipe("train.epochs=9", "train.model.latent_dim=2")]
    assert distinguishing(recipes) == [
        {},
        {},
        {"train.epochs": "7"},
        {"train.model.latent_dim": "2", "train.epochs": "9"},
    ]


def test_of_two_recipes_both_values_are_shown():
    assert distinguishing([recipe(), recipe("train.epochs=7")]) == [{"train.epochs": "50"}, {"train.epochs": "7"}]
    assert distinguishing([recipe()]) == [{}]
    assert distinguishing([]) == []


def test_values_are_those_of_a_recipe():
    found = recipe("train.model.network.hidden=[3, 4]", "train.deterministic=true")
    assert shown(found, "train.model.network.hidden") == "[3, 4]"
    assert shown(found, "train.deterministic") == "true"
    assert shown(found, "train.data.labels") == "null"

from typing import get_args

import pytest
from pydantic import ValidationError

from vaeflow.components.training.config import TrainConfig
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.objectives.config import ElboConfig, Objective
from vaeflow.models.registry import MODELS


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"warm_up": {}}, "expected one of steps and epochs, got neither"),
        ({"warm_up": {"steps": 3, "epochs": 2}}, "expected one of steps and epochs, got both"),
        ({"warm_up": {"name": "linear", "steps": 3, "cycles": 2}}, "cycles"),
        ({"capacity": {"nats": 5}}, "expected one of steps and epochs, got neither"),
        ({"capacity": {"steps": 5}, "beta": 2}, "leave out beta"),
        ({"capacity": {"steps": 5}, "free_bits": 0.1, "warm_up": {"steps": 2}}, "leave out warm_up and free_bits"),
        ({"beta": 0, "free_bits": 0.1}, "with beta 0 there is no KL term"),
        ({"beta": 0, "warm_up": {"steps": 2}}, "with beta 0 there is no KL term"),
    ],
)
def test_meaningless_combinations_are_refused(fields: dict, message: str):
    with pytest.raises(ValidationError, match=message):
        ElboConfig.model_validate(fields)


@pytest.mark.parametrize(
    ("model", "objective", "message"),
    [
        ({"posterior": {"name": "planar"}}, {"name": "beta_tc"}, "independent dimensions"),
        ({"posterior": {"name": "full_covariance"}}, {"name": "beta_tc"}, "independent dimensions"),
        ({"prior": {"name": "mixture"}}, {"name": "beta_tc"}, "independent dimensions"),
        ({"posterior": {"name": "iaf"}}, {"name": "iwae", "doubly_reparameterised": True}, "evaluated at any code"),
        ({"name": "ladder_vae"}, {"name": "iwae", "doubly_reparameterised": True}, "evaluated at any code"),
        (
            {"name": "autoencoder"},
            {"name": "iwae"},
            r"objective iwae is not for autoencoder: its encoder gives one code, .*; expected elbo",
        ),
        ({"name": "autoencoder"}, {"beta": 4}, r"objective\.beta weights the KL term, but autoencoder has none"),
    ],
)
def test_an_objective_that_a_model_cannot_be_trained_for_is_refused(model: dict, objective: dict, message: str):
    with pytest.raises(ValidationError, match=message):
        TrainConfig.model_validate({"model": model, "objective": objective})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.model_fields["name"].default)
def test_a_model_says_why_it_cannot_be_trained_with_another_objective(model: type[ModelConfig]):
    for objective in get_args(get_args(Objective)[0]):
        if objective().name not in model.objectives:
            with pytest.raises(ValueError, match=f"not for {model().name}: .{{20,}}; expected {model.objectives[0]}"):
                objective().check(model())


def test_a_warm_up_without_a_name_is_linear():
    assert ElboConfig.model_validate({"warm_up": {"epochs": 2}}).warm_up.name == "linear"


def test_schedules_end_with_the_epoch_in_which_the_longest_does():
    assert ElboConfig().schedule_epochs(10) == 0
    assert ElboConfig.model_validate({"warm_up": {"steps": 21}}).schedule_epochs(10) == 3
    assert ElboConfig.model_validate({"warm_up": {"epochs": 2}}).schedule_epochs(10) == 2
    assert ElboConfig.model_validate({"capacity": {"epochs": 4}}).schedule_epochs(10) == 4

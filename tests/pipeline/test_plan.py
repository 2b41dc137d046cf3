"""The plan as data."""

from typing import get_args

import pytest

from vaeflow.components.artifacts import Dataset, Evaluation, Examples, FeatureNetwork, Model, Publication, ServingModel
from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig, StepName
from vaeflow.pipeline.plan import PLAN, select


def test_every_step_has_a_section_in_the_configuration():
    names = [step.name for step in PLAN]
    assert names == list(get_args(StepName))
    assert set(names) < set(PipelineConfig.model_fields)


def test_the_kind_of_artifact_follows_from_the_step_function():
    made = [Dataset, Examples, Model, FeatureNetwork, Evaluation, ServingModel, Publication]
    assert [step.makes for step in PLAN] == made


def test_a_step_comes_after_the_steps_it_needs():
    for place, step in enumerate(PLAN):
        assert {needed.__name__ for needed in step.needs} <= {before.name for before in PLAN[:place]}


NAMES = [step.name for step in PLAN]
PUBLISHING = PipelineConfig.model_validate({"publish": {"to": "served"}})


def test_a_run_publishes_last_and_only_if_the_recipe_says_where():
    assert [step.name for step in select(PLAN, PUBLISHING)] == NAMES
    assert [step.name for step in select(PLAN, PipelineConfig())] == NAMES[:-1]
    assert NAMES[-1] == "publish"


@pytest.mark.parametrize(
    ("name", "steps"),
    [("ingest", NAMES[:1]), ("train", NAMES[:3]), ("export", NAMES[:-1]), ("publish", NAMES)],
)
def test_until_keeps_the_steps_that_are_needed(name, steps):
    assert [step.name for step in select(PLAN, PUBLISHING, name)] == steps


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("trian", r"--until trian: no such step. Did you mean 'train'\?"),
        ("publish", "--until publish: publish.to is not set"),
    ],
)
def test_until_a_step_that_cannot_be_reached_is_refused(name, message):
    with pytest.raises(InputError, match=message):
        select(PLAN, PipelineConfig(), name)


def test_the_former_name_of_the_folder_to_publish_to_is_read():
    config = PipelineConfig.model_validate({"export": {"name": "a", "publish_to": "served"}})
    assert config == PipelineConfig.model_validate({"export": {"name": "a"}, "publish": {"to": "served"}})

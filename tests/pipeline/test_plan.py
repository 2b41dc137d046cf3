"""The plan as data."""

from typing import get_args

import pytest

from vaeflow.components.artifacts import Dataset, Evaluation, Examples, Model, ServingModel
from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig, StepName
from vaeflow.pipeline.plan import PLAN, until


def test_every_step_has_a_section_in_the_configuration():
    names = [step.name for step in PLAN]
    assert names == list(get_args(StepName))
    assert set(names) < set(PipelineConfig.model_fields)


def test_the_kind_of_artifact_follows_from_the_step_function():
    assert [step.makes for step in PLAN] == [Dataset, Examples, Model, Evaluation, ServingModel]


def test_a_step_comes_after_the_steps_it_needs():
    for place, step in enumerate(PLAN):
        assert {needed.__name__ for needed in step.needs} <= {before.name for before in PLAN[:place]}


@pytest.mark.parametrize(
    ("name", "steps"),
    [("ingest", ["ingest"]), ("train", ["ingest", "preprocess", "train"]), ("export", [step.name for step in PLAN])],
)
def test_until_keeps_the_steps_that_are_needed(name, steps):
    assert [step.name for step in until(PLAN, name)] == steps


def test_until_an_unknown_step_suggests_the_closest_name():
    with pytest.raises(InputError, match=r"--until trian: no such step. Did you mean 'train'\?"):
        until(PLAN, "trian")

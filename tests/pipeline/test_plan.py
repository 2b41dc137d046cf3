"""The plan as data."""

from typing import get_args

import pytest

from vaeflow.components.artifacts import Dataset, Evaluation, Examples, Model, ServingModel
from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig, StepName
from vaeflow.pipeline.plan import PLAN, until


def test_every_step_is_a_section_of_the_configuration():
    names = [step.name for step in PLAN]
    assert names == list(get_args(StepName))
    assert set(names) < set(PipelineConfig.model_fields)


def test_each_step_knows_what_it_makes_from_its_function():
    assert [step.makes for step in PLAN] == [Dataset, Examples, Model, Evaluation, ServingModel]


def test_a_step_comes_after_those_it_needs():
    for place, step in enumerate(PLAN):
        assert {needed.__name__ for needed in step.needs} <= {before.name for before in PLAN[:place]}


@pytest.mark.parametrize(
    ("name", "steps"),
    [("ingest", ["ingest"]), ("train", ["ingest", "preprocess", "train"]), ("export", [step.name for step in PLAN])],
)
def test_until_keeps_what_the_step_needs(name, steps):
    assert [step.name for step in until(PLAN, name)] == steps


def test_until_an_unknown_step_is_told_with_the_nearest_name():
    with pytest.raises(InputError, match=r"--until trian: no such step. Did you mean 'train'\?"):
        until(PLAN, "trian")

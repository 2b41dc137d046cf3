"""Studies from the command line."""

import pytest

from vaeflow.models.errors import InputError
from vaeflow.pipeline.studies.members import members
from vaeflow.pipeline.studies.sweeping import swept


def test_several_values_are_varied_and_single_ones_are_set():
    study = swept("digits", ["train.model.latent_dim=2, 8", "train.epochs=3", "train.schedule=[cosine, constant]"])
    found = [(m.config.train.model.latent_dim, m.config.train.schedule, m.config.train.epochs) for m in members(study)]
    assert found == [(size, schedule, 3) for size in (2, 8) for schedule in ("cosine", "constant")]
    assert study.name == "digits-latent_dim-epochs=3-schedule"


def test_lists_and_sections_are_values_of_a_list_in_brackets():
    study = swept("digits", ["train.model.network.hidden=[[20], [20, 10]]", "train.objective={name: elbo, beta: 2}"])
    assert [m.config.train.model.network.hidden for m in members(study)] == [(20,), (20, 10)]
    assert {m.config.train.objective.beta for m in members(study)} == {2.0}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["train.epochs=3"], "expected a field with several values"),
        (["train.epochs"], "train.epochs: expected section.field=value,value"),
        (["train.epochs=1,2", "train.epochs=3"], "expected each field once"),
        (["train.epochs=[1, 2"], "train.epochs=[1, 2"),
        (["train.epochs=1,2,"], "expected a value before and after each comma"),
        (
            ["train.epochs=1,2", f"ingest.source=npz:{99 * 'a'}", f"ingest.images={99 * 'a'}"],
            "expected fewer or shorter fields",
        ),
    ],
)
def test_what_cannot_be_swept_is_refused(changes, message):
    with pytest.raises(InputError) as error:
        swept("digits", changes)
    assert message in str(error.value)

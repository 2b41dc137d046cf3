"""A field that does not exist is reported with the dotted path of the one that was meant, wherever that is."""

import re

import pytest

from vaeflow.models.errors import InputError
from vaeflow.pipeline import recipes

MEANT = {
    "train.epoch=3": ["train.epochs"],
    "Train.Epochs=3": ["train.epochs"],
    "TRAIN.EPOCHS=3": ["train.epochs"],
    "trian.epochs=3": ["train.epochs"],
    "trian={epochs: 3, seed: 4}": ["train"],
    "epochs=5": [
        "train.epochs",
        "features.epochs",
        "train.objective.warm_up.epochs",
        "train.objective.capacity.epochs",
    ],
    "learning_rate=1": ["train.learning_rate"],
    "train.learning-rate=1": ["train.learning_rate"],
    "seed=3": ["preprocess.seed", "train.seed", "features.seed", "evaluate.seed"],
    "train.latent_dim=5": ["train.model.latent_dim"],
    "train.model.network.latent_dim=5": ["train.model.latent_dim"],
    "model.latent_dim=5": ["train.model.latent_dim"],
    "train.model.network.hiden=3": ["train.model.network.hidden"],
    "kubeflow.resources.train.cpus=1": ["kubeflow.resources.train.cpu"],
    "kubeflow.cpu=1": ["kubeflow.resources.*.cpu"],
    "export.zzz=3": [],
    "zzz.epochs.zzz=3": [],
}


def suggested(message: str) -> list[str]:
    _, _, question = message.partition("Did you mean ")
    return re.findall(r"'(.*?)'", question)


@pytest.mark.parametrize("change", MEANT)
def test_the_field_that_was_meant_is_suggested_by_its_path(change: str):
    with pytest.raises(InputError, match=r": no such field\. (Did you mean '.*'\?|Known: .*\.)$") as raised:
        recipes.load("mnist5k", [change])
    assert str(raised.value).startswith(f"{re.split('=', change)[0]}: ")
    assert suggested(str(raised.value)) == MEANT[change]


def test_a_key_with_dots_is_to_be_written_as_sections(tmp_path):
    (tmp_path / "a.yaml").write_text("train.model.latent_dim: 4\n")
    with pytest.raises(
        InputError, match=r"^train\.model\.latent_dim: no such field\. Write the names between its dots"
    ):
        recipes.load(str(tmp_path / "a.yaml"))


def test_only_fields_of_the_chosen_model_are_suggested():
    for name, meant in {"vq_vae": ["train.model.codebook_size"], "vade": []}.items():
        with pytest.raises(InputError) as raised:
            recipes.load("mnist5k", [f"train.model.name={name}", "codebook_size=8"])
        assert suggested(str(raised.value)) == meant


def test_a_field_on_the_wrong_level_of_a_recipe_is_suggested_where_it_belongs(tmp_path):
    (tmp_path / "a.yaml").write_text("epochs: 5\ntrain: {latent_dim: 4, batch: 3}\nmodel: {name: vae, latent_dim: 2}\n")
    with pytest.raises(InputError) as raised:
        recipes.load(str(tmp_path / "a.yaml"))
    lines = {line.partition(":")[0]: suggested(line)[0] for line in str(raised.value).splitlines()}
    assert lines == {
        "epochs": "train.epochs",
        "train.latent_dim": "train.model.latent_dim",
        "train.batch": "train.batch_size",
        "model": "train.model",
    }

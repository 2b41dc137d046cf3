"""Settings over settings: a choice that changes its name keeps what both have, and says what it drops."""

import pytest

from vaeflow.models.errors import InputError
from vaeflow.pipeline import recipes

SWITCHES = ["train.model={name: autoencoder}", "train.model.name=autoencoder"]


def write(path, text):
    path.write_text(text)
    return str(path)


def model(recipe, *changes):
    return recipes.load(recipe, changes).config.train.model


@pytest.mark.parametrize("change", SWITCHES)
def test_another_model_keeps_the_fields_that_both_have(change):
    before = model("mnist5k_2d")
    after = model("mnist5k_2d", change)
    assert after.name == "autoencoder"
    assert (after.latent_dim, after.network, after.likelihood) == (2, before.network, before.likelihood)


@pytest.mark.parametrize("change", SWITCHES)
def test_a_recipe_over_another_keeps_the_fields_that_both_have(tmp_path, change):
    section, _, value = change.rpartition("=")
    keys = section.split(".")
    text = "".join(f"{'  ' * depth}{key}:\n" for depth, key in enumerate(keys)).rstrip() + f" {value}\n"
    after = model(write(tmp_path / "mine.yaml", f"base: mnist5k_2d\n{text}"))
    assert (after.name, after.latent_dim) == ("autoencoder", 2)


@pytest.mark.parametrize(
    ("recipe", "change", "dropped"),
    [
        ("iaf", "train.model.name=autoencoder", "train.model: autoencoder has no place for posterior = {'"),
        ("vamp_prior", "train.model={name: autoencoder}", "train.model: autoencoder has no place for prior = {'"),
        ("digits", "train.model.network.name=convolutional", "network: convolutional has no place for hidden = ["),
        ("free_bits", "train.objective={name: iwae}", "train.objective: iwae has no place for free_bits = 0.5:"),
        ("vade", "train.model.network.name=convolutional", "hidden = ["),
    ],
)  # fmt: skip
def test_a_warning_names_the_fields_that_are_left_out(caplog, recipe, change, dropped):
    recipes.load(recipe, [change])
    assert dropped in caplog.text


def test_nothing_is_said_if_nothing_is_left_out(caplog):
    recipes.load("mnist5k_2d", SWITCHES[:1])
    assert not caplog.text


@pytest.mark.parametrize(
    "changes",
    [
        ["train.model.network={name: convolutional, hidden: 64}"],
        ["train.model.network.name=convolutional", "train.model.network.hidden=64"],
        ["train.model.network.name=convolutional", "train.model.network={hidden: 64}"],
        ["train.model.network.hidden=64", "train.model.network.name=convolutional"],
    ],
)
def test_nothing_is_said_of_a_field_that_the_changes_set_themselves(caplog, changes):
    network = model("digits", *changes).network
    assert (network.name, network.hidden) == ("convolutional", 64)
    assert not caplog.text


def test_a_warning_still_names_the_fields_that_no_later_change_sets(caplog):
    recipes.load("iaf", ["train.model.name=autoencoder", "train.model.prior.name=gaussian"])
    assert "autoencoder has no place for posterior = {'" in caplog.text


def test_a_field_that_fits_another_alternative_stays_with_its_value(caplog):
    assert model("mixture_prior", "train.model.name=autoencoder").prior.components == 20
    assert not caplog.text


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("latent_dim: 0", "train.model.latent_dim: should be at least 1"),
        ("latent: 3", "train.model.latent: no such field"),
    ],
)
def test_what_no_alternative_accepts_is_still_reported(tmp_path, settings, message):
    path = write(tmp_path / "a.yaml", f"train: {{model: {{{settings}}}}}")
    with pytest.raises(InputError, match=message):
        recipes.load(path, ["train.model.name=autoencoder"])


def test_a_section_is_laid_over_field_by_field_and_a_mapping_or_a_list_is_replaced():
    config = recipes.load("mnist5k_2d", ["train.model={latent_dim: 3}", "evaluate.require={}"]).config
    assert (config.train.model.latent_dim, config.train.model.network.hidden) == (3, (200, 200))
    assert config.evaluate.require == {}


def test_a_section_that_the_recipe_omits_has_the_defaults_of_the_chosen_model(tmp_path):
    path = write(tmp_path / "a.yaml", "train: {model: {name: vade}}")
    assert model(path, "train.model.network.activation=tanh").network.hidden == (500, 500, 2000)


def test_a_recipe_is_laid_over_its_base(tmp_path):
    base = write(tmp_path / "base.yaml", "base: mnist5k_2d\ntrain: {epochs: 3}")
    config = recipes.load(write(tmp_path / "a.yaml", f"base: {base}\ndescription: Mine.")).config
    assert (config.train.epochs, config.train.model.latent_dim, config.description) == (3, 2, "Mine.")


def test_a_recipe_that_is_its_own_base_is_refused(tmp_path):
    path = str(tmp_path / "a.yaml")
    write(tmp_path / "b.yaml", f"base: {path}")
    write(tmp_path / "a.yaml", f"base: {tmp_path / 'b.yaml'}")
    with pytest.raises(InputError, match="base: expected another recipe than "):
        recipes.load(path)


def test_text_in_the_place_of_a_section_is_its_main_field_when_others_are_laid_over_it(tmp_path):
    base = write(tmp_path / "base.yaml", "evaluate: {anomalies: 'npz:a.npz'}\n")
    over = write(tmp_path / "over.yaml", f"base: {base}\nevaluate: {{anomalies: {{white: 20}}}}\n")
    found = recipes.load(over, ["evaluate.anomalies.images=x_test"]).config.evaluate.anomalies
    assert (found.source, found.white, found.images) == ("npz:a.npz", 20, "x_test")
    assert recipes.load(over, ["evaluate.anomalies=digits"]).config.evaluate.anomalies.source == "digits"

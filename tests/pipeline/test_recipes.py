"""Loading recipes: every message names the field or the file, what was expected and what was given."""

import os
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from vaeflow.components.sources.fingerprint import fingerprint
from vaeflow.models.errors import InputError
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.pipeline import recipes
from vaeflow.pipeline.config import PipelineConfig


def write(path, text):
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("widths", [(8, True), {8, True}, iter([8, True]), (8, np.True_)])
def test_truth_values_in_python_are_no_numbers(widths):
    with pytest.raises(ValidationError, match="true"):
        DenseNetwork(hidden=widths)


@pytest.mark.parametrize(
    ("file", "name"), [("数据 1.yaml", "数据-1"), ("my/recipe.yaml", "recipe"), ("-a.yaml", "a"), ("!.yaml", "recipe")]
)
def test_runs_are_named_after_the_file_in_any_script_and_never_like_an_option(tmp_path, file, name):
    (tmp_path / "my").mkdir()
    assert recipes.load(write(tmp_path / file, "base: digits")).name == name


@pytest.mark.parametrize("name", recipes.RECIPES.packaged())
def test_every_packaged_recipe_is_valid_and_has_a_description(name):
    recipe = recipes.load(name)
    assert recipe.name == name
    assert recipe.config.description


def test_a_file_is_a_recipe_named_by_its_stem(tmp_path):
    recipe = recipes.load(write(tmp_path / "my digits.yaml", "train: {epochs: 3}"))
    assert recipe.name == "my-digits"
    assert recipe.config == PipelineConfig.model_validate({"train": {"epochs": 3}})


def test_a_published_folder_may_be_below_the_home_folder():
    assert recipes.load("mnist5k", ["publish.to=~/served"]).config.publish.to == Path.home() / "served"


@pytest.mark.parametrize(
    ("recipe", "changes", "folder"),
    [
        ("export: {publish_to: a}", [], "a"),
        ("export: {publish_to: a}", ["publish.to=b"], "b"),
        ("publish: {to: a}", ["export.publish_to=b"], "b"),
        ("publish:\nexport: {publish_to: a}", [], "a"),
        ("", ["export={publish_to: a}"], "a"),
        ("export: {publish_to: a}", ["publish.to="], None),
    ],
)
def test_the_former_name_of_the_published_folder_is_read(tmp_path, recipe, changes, folder):
    config = recipes.load(write(tmp_path / "a.yaml", recipe), changes).config
    assert config.publish.to == (folder and Path(folder))


@pytest.mark.parametrize(
    ("under", "over"),
    [
        ("publish: {to: a}", "export: {publish_to: b}"),
        ("export: {publish_to: a}", "publish: {to: b}"),
        ("export: {publish_to: a}", "export: {publish_to: b}"),
    ],
)
def test_the_former_name_in_a_recipe_over_another_counts(tmp_path, under, over):
    base = write(tmp_path / "base.yaml", under)
    config = recipes.load(write(tmp_path / "a.yaml", f"base: {base}\n{over}")).config
    assert config.publish.to == Path("b")


@pytest.mark.parametrize(
    ("recipe", "changes", "message"),
    [
        ("export: {publish_to: 5}", [], "publish.to: should be a path; got 5."),
        ("export: {publish_to: ''}", [], "publish.to: expected a folder, got an empty name"),
        ("", ["export.publish_to=5"], "publish.to: should be a path; got 5."),
        ("", ["export={publish_to: 5}"], "publish.to: should be a path; got 5."),
        ("{export: {publish_to: a}, publish: {to: b}}", [], "export.publish_to: is the former name of publish.to"),
        ("{export: {publish_to: a}, publish: 5}", [], "publish: should be a section with fields, got 5."),
    ],
)
def test_a_published_folder_that_is_none_is_refused_by_name(tmp_path, recipe, changes, message):
    with pytest.raises(InputError) as raised:
        recipes.load(write(tmp_path / "a.yaml", recipe), changes)
    assert str(raised.value).startswith(message) or message in str(raised.value).splitlines()


def test_a_chain_of_bases_has_an_end(tmp_path):
    for number in range(30):
        write(tmp_path / f"{number}.yaml", f"base: {tmp_path}/{number + 1}.yaml")
    with pytest.raises(InputError, match="base: expected at most 20 recipes"):
        recipes.load(str(tmp_path / "0.yaml"))


def test_an_empty_file_is_all_defaults(tmp_path):
    assert recipes.load(write(tmp_path / "empty.yaml", "")).config == PipelineConfig()


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("train.epochs=3", lambda config: config.train.epochs == 3),
        ("train.learning_rate=1e-4", lambda config: config.train.learning_rate == 1e-4),
        ("preprocess.image_size=[32, 24]", lambda config: config.preprocess.image_size == (32, 24)),
        ("train.model.network={name: convolutional}", lambda config: config.train.model.network.filters == (32, 64)),
        ("evaluate.require.elbo=>= -90", lambda config: config.evaluate.require["elbo"] == ">= -90"),
        ("ingest.images=", lambda config: config.ingest.images is None),
        ("kubeflow.resources.train.cpu=4", lambda config: config.kubeflow.resources["train"].cpu == "4"),
        ("kubeflow.resources.train.cpu=0.5", lambda config: config.kubeflow.resources["train"].cpu == "0.5"),
        (
            "kubeflow.resources.train.memory=1e9",
            lambda config: config.kubeflow.resources["train"].memory == "1000000000",
        ),
        ("kubeflow.resources.train.memory=8Gi", lambda config: config.kubeflow.resources["train"].memory == "8Gi"),
    ],
)
def test_a_field_can_be_set(change, value):
    assert value(recipes.load("mnist5k", [change]).config)


def test_a_section_that_the_recipe_omits_starts_from_its_defaults(tmp_path):
    config = recipes.load(write(tmp_path / "a.yaml", ""), ["train.model.network.hidden=[7]"]).config
    assert config.train.model.network.hidden == (7,)
    assert config.train.model.network.activation == PipelineConfig().train.model.network.activation


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("base=vade", "base: cannot be changed by --set"),
        ("publish.to=~nouser/x", "publish.to: ~nouser is no home folder: no such user"),
        ("publish.to=''", "publish.to: expected a folder, got an empty name"),
        ("publish.to=5", "publish.to: should be a path; got 5."),
        ("export.name=A", "export.name: should be a small letter, and then small letters, digits, - and _; got 'A'."),
        (
            "ingest.source=folder:",
            "ingest.source: expected folder:PATH, got 'folder:'; the path after the colon is missing",
        ),
        ("ingest.group_pattern=a{99999}", "is not a regular expression of RE2, which has no look-around"),
        ("train.epochs=true", "train.epochs: should be a valid integer; got 'true'."),
        ("ingest.white=true", "ingest.white: should be "),
        (
            "train.model.network.hidden=[8, true]",
            "train.model.network.hidden.1: should be a valid integer; got 'true'.",
        ),
        ("kubeflow.resources.train.cpu=-4", "resources.train.cpu: should be a positive number of CPU cores"),
        ("kubeflow.resources.train.cpu=four", "resources.train.cpu: should be a positive number of CPU cores"),
        ("kubeflow.resources.train.cpu='0.0'", "resources.train.cpu: should be a positive number of CPU cores"),
        ("kubeflow.resources.train.cpu=0.5m", "resources.train.cpu: should be a positive number of CPU cores"),
        ("kubeflow.resources.train.cpu=.inf", "resources.train.cpu: should be a positive number of CPU cores"),
        ("kubeflow.resources.train.cpu=true", "kubeflow.resources.train.cpu: should be a valid string; got True."),
        ("kubeflow.resources.train.cpu='٣'", "resources.train.cpu: should be a positive number of CPU cores"),
        ("kubeflow.resources.train.memory=abc", "resources.train.memory: should be a positive amount of memory"),
        ("kubeflow.resources.train.memory=8 Gi", "resources.train.memory: should be a positive amount of memory"),
        ("kubeflow.resources.train.memory=8K", "resources.train.memory: should be a positive amount of memory"),
        ("kubeflow.resources.train.memory=0Gi", "resources.train.memory: should be a positive amount of memory"),
        (
            "kubeflow.resources.train.accelerator=a b",
            "kubeflow.resources.train.accelerator: should be the name of a resource",
        ),
        ("kubeflow.image=''", "kubeflow.image: should be the name of a container image"),
        ("export.zzz=3", "export.zzz: no such field. Known: name"),
        ("train.epochs=-1", "train.epochs: should be at least 0; got -1."),
        ("train.epochs=many", "train.epochs: should be a valid integer"),
        ("train.epochs=many", "got 'many'."),
        ("train.epochs=1e7", "train.epochs: should be at most 1000000; got 10000000.0."),
        (
            "evaluate.importance_samples=1" + 23 * "0",
            "evaluate.importance_samples: should be at most 1000000; got 1000",
        ),
        ("train.epochs=" + 5000 * "9", "train.epochs: should be a number of fewer digits; got '999"),
        (
            "train.model={name: vae, name: cvae}",
            "--set train.model={name: vae, name: cvae}, line 1: 'name' is given twice.",
        ),
        ("a." * 30 + "b=1", "no such field; it has 30 sections."),
        ("ingest.source=folder:\udcff", "ingest.source: expected text without control characters, got U+DCFF"),
        ("ingest.source=~nouser/x", "ingest.source: ~nouser is no home folder: no such user, in '~nouser/x'"),
        ("ingest.source=folder:~nouser/x", "ingest.source: ~nouser is no home folder: no such user, in '~nouser/x'"),
        ("train.model.network.hidden=[3, -1]", "train.model.network.hidden.1: should be at least 1; got -1."),
        ("train.model.network.hidden=x", "train.model.network.hidden: should be a list; got 'x'."),
        (
            "train.model.network.name=dens",
            "train.model.network.name: should be 'dense' or 'convolutional' or 'residual', got 'dens'.",
        ),
        ("preprocess.image_size=big", "preprocess.image_size: should be a valid integer"),
        ("preprocess.colour=red", "preprocess.colour: should be 'grey' or 'rgb'; got 'red'."),
        ("train=3", "train: should be a section with fields, got 3."),
        ("train=", "train: should be a section with fields, got None."),
        ("train.epochs.x=3", "--set train.epochs.x=3: 'train.epochs' is a value, not a section."),
        ("train.epochs", "--set train.epochs: expected section.field=value."),
        (".=3", "--set .=3: expected section.field=value."),
        ("evaluate.require.elob=> 3", "evaluate.require: "),
    ],
)
def test_an_invalid_change_is_reported_by_the_name_of_the_field(change, message):
    with pytest.raises(InputError) as raised:
        recipes.load("mnist5k", [change])
    assert message in str(raised.value)
    assert "union" not in str(raised.value)


def test_each_invalid_field_has_its_own_line():
    with pytest.raises(InputError) as raised:
        recipes.load("mnist5k", ["train.epochs=-1", "train.batch_sise=3"])
    assert [line.partition(":")[0] for line in str(raised.value).splitlines()] == ["train.epochs", "train.batch_sise"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train:\n  epochs: 3\n  epochs: 4\n", ", line 3: 'epochs' is given twice."),
        ("train: [", ", line 1: "),
        ("- a\n- b\n", ": expected sections such as 'train:', got a list."),
        ("train: \x07", ": invalid YAML: "),
        ("? [a, b]\n: c\n", ", line 1: expected the name of a field before ':', got a list or a section."),
    ],
)
def test_a_file_that_is_not_a_recipe_is_reported_with_the_line(tmp_path, text, message):
    with pytest.raises(InputError) as raised:
        recipes.load(write(tmp_path / "a.yaml", text))
    assert "a.yaml" in str(raised.value)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_text_is_reported(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="expected YAML in UTF-8"):
        recipes.load(str(tmp_path / "a.yaml"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnist5", "mnist5: no such recipe. Did you mean 'mnist5k'?"),
        ("MNIST5K", "MNIST5K: no such recipe. Did you mean 'mnist5k'?"),
        ("zzz", "zzz: no such recipe. Expected a YAML file, or a name that `vaeflow recipes` lists."),
        ("zzz.yaml", "zzz.yaml: expected a YAML file, but there is no such file."),
        ("/", "/: expected a YAML file, but it is a folder."),
        ("/dev/null", "/dev/null: expected a YAML file, but it is a device."),
    ],
)
def test_an_unknown_recipe_is_reported(name, message):
    with pytest.raises(InputError) as raised:
        recipes.load(name)
    assert str(raised.value).startswith(message)


def test_what_is_no_file_is_not_opened_as_a_recipe(tmp_path):
    os.mkfifo(tmp_path / "fifo.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "base.yaml").write_text(f"base: {tmp_path}/fifo.yaml\n")
    for name, kind in (("fifo", "a FIFO"), ("loop", "a link to itself"), ("base", "a FIFO")):
        with pytest.raises(InputError, match=rf"expected a YAML file, but it is {kind}\.$"):
            recipes.load(str(tmp_path / f"{name}.yaml"))


@pytest.mark.parametrize("name", ["a" * 300 + ".yaml", "a" * 300, "a/" * 3000 + "b.yaml"])
def test_a_name_that_no_file_can_have_is_refused_in_one_short_line(name):
    with pytest.raises(InputError, match=r"cannot be read: File name too long\.") as raised:
        recipes.load(name)
    assert len(str(raised.value)) < 200


def test_a_recipe_and_a_source_below_a_folder_that_may_not_be_entered_are_refused(forbidden):
    with forbidden as folder:
        with pytest.raises(InputError, match=r"a\.yaml: cannot be read: Permission denied\."):
            recipes.load(str(folder / "a.yaml"))
        for kind in ("folder", "npz"):
            config = recipes.load("mnist5k", [f"ingest.source={kind}:{folder}/x"]).config.ingest
            with pytest.raises(InputError, match=rf"{folder}/x cannot be read: Permission denied"):
                fingerprint(config)
        with pytest.raises(InputError, match="unknown source"):
            recipes.load("mnist5k", [f"ingest.source={folder}/x"])

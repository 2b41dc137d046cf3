"""Which models a folder holds, and which of their versions are served."""

import pytest

from vaeflow.components.serving.names import models_config, served_names
from vaeflow.models.errors import InputError
from vaeflow.serving.served_folder import served_models


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models"


def put(folder, *versions):
    for version in versions:
        (folder / version).mkdir(parents=True)
        (folder / version / "saved_model.pb").touch()


def found(folder):
    return {
        name: {number: path.name for number, path in served.chosen().items()}
        for name, served in served_models(folder).items()
    }


def test_folders_of_versions_are_models_of_which_the_newest_version_is_served(folder):
    put(folder / "a", "1", "2", "10")
    put(folder / "b", "007", "x9", ".12")
    (folder / "a" / "11").mkdir()  # incomplete
    (folder / "empty").mkdir()
    (folder / "file").touch()
    assert found(folder) == {"a": {10: "10"}, "b": {7: "007"}}


def test_a_folder_of_versions_is_a_model_itself(folder):
    put(folder, "1", "2")
    assert found(folder) == {"models": {2: "2"}}


def test_the_folders_of_an_export_are_the_models_of_its_configuration(folder):
    put(folder / "decoder", "1")
    put(folder / "encoder", "1")
    (folder / "models.config").write_text(models_config(served_names("digits").values()))
    assert found(folder) == {"digits-decoder": {1: "1"}, "digits-encoder": {1: "1"}}


def test_several_names_may_be_published_in_a_folder(folder):
    for name in ("cats", "dogs"):
        for model in served_names(name).values():
            put(folder / model, "1")
        (folder / f"{name}.config").write_text(models_config(served_names(name).values()))
    assert [*found(folder)] == ["cats-decoder", "cats-encoder", "dogs-decoder", "dogs-encoder"]


@pytest.mark.parametrize(
    ("policy", "versions"),
    [
        ("latest { num_versions: 2 }", [2, 3]),
        ("latest { }", [3]),
        ("all { }", [1, 2, 3]),
        ("specific { versions: 1 versions: 9 }", [1]),
    ],
)
def test_the_policy_of_a_configuration_chooses_the_versions(folder, policy, versions):
    put(folder / "a", "1", "2", "3")
    config = f'config {{ name: "a" base_path: "/models/a" model_version_policy {{ {policy} }} }}'
    (folder / "a.config").write_text(f"model_config_list {{ {config} }}")
    assert sorted(found(folder)["a"]) == versions


@pytest.mark.parametrize(
    ("content", "message"),
    [("model_config_list {", ": 1:19"), ("", ", got one without models"), ("# none", ", got one")],
)
def test_a_configuration_that_cannot_be_used_is_refused(folder, content, message):
    put(folder / "a", "1")
    (folder / "b.config").write_text(models_config(["a"]))
    (folder / "a.config").write_text(content)
    with pytest.raises(InputError, match=rf"a\.config: expected a configuration of TensorFlow Serving{message}"):
        served_models(folder)


def test_what_cannot_be_read_is_refused(folder):
    with pytest.raises(InputError, match="models: expected a folder of models: No such file or directory"):
        served_models(folder)
    folder.mkdir()
    (folder / "a").touch()
    (folder / "a.config").write_text(models_config(["a"]))
    with pytest.raises(InputError, match="a: expected a folder of versions: Not a directory"):
        found(folder)

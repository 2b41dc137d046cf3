from concurrent.futures import ThreadPoolExecutor

import pytest

from vaeflow.components.serving.versions import INCOMING, publish
from vaeflow.models.errors import RunError


@pytest.fixture
def saved_models(tmp_path):
    models = {name: tmp_path / name for name in ("a-decoder", "a-encoder")}
    for name, folder in models.items():
        (folder / "variables").mkdir(parents=True)
        (folder / "saved_model.pb").write_text(name)
    return models


def versions(root, name):
    return sorted(folder.name for folder in (root / name).iterdir())


def test_versions_grow(saved_models, tmp_path):
    assert [publish(saved_models, tmp_path / "root") for _ in range(3)] == [1, 2, 3]
    for name in saved_models:
        assert versions(tmp_path / "root", name) == ["1", "2", "3"]
        assert (tmp_path / "root" / name / "3" / "saved_model.pb").read_text() == name


def test_decoder_and_encoder_share_a_version(saved_models, tmp_path):
    (tmp_path / "root" / "a-decoder" / "9").mkdir(parents=True)
    assert publish(saved_models, tmp_path / "root") == 10
    assert versions(tmp_path / "root", "a-encoder") == ["10"]


def test_publishing_at_the_same_time_gives_each_its_version(saved_models, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        published = list(pool.map(lambda _: publish(saved_models, tmp_path / "root"), range(8)))
    assert sorted(published) == list(range(1, 9))
    assert sorted((tmp_path / "root").glob("*/*/saved_model.pb")) == sorted(
        tmp_path / "root" / name / str(version) / "saved_model.pb" for name in saved_models for version in published
    )


def test_half_a_copy_of_a_killed_export_is_not_published(saved_models, tmp_path):
    left = tmp_path / "root" / "a-decoder" / INCOMING
    left.mkdir(parents=True)
    (left / "half").touch()
    publish(saved_models, tmp_path / "root")
    assert versions(tmp_path / "root", "a-decoder") == ["1"]
    assert not (tmp_path / "root" / "a-decoder" / "1" / "half").exists()


def test_failed_copy_leaves_no_version(saved_models, tmp_path):
    with pytest.raises(RunError, match=r"export\.publish_to: cannot write to"):
        publish(saved_models | {"a-third": tmp_path / "missing"}, tmp_path / "root")
    assert versions(tmp_path / "root", "a-decoder") == []


def test_root_that_is_no_folder_is_told(saved_models, tmp_path):
    (tmp_path / "root").touch()
    with pytest.raises(RunError, match=f"cannot write to {tmp_path / 'root'}"):
        publish(saved_models, tmp_path / "root")

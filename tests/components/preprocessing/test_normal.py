"""Normal classes: all splits have these alone, and all other images are anomalies."""

import numpy as np
import pytest

from tests.components.ingested import read
from vaeflow.components.images.examples import load_split, num_examples
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError


@pytest.fixture(scope="module")
def examples(digits_dataset, tmp_path_factory):
    config = PreprocessConfig(image_size=8, normal=[0, "1", 2])
    return preprocess(config, digits_dataset, output=tmp_path_factory.mktemp("normal"))


def test_the_model_sees_normal_images_alone_and_all_others_are_anomalies(examples, digits_dataset):
    labels = {split: load_split(examples, split).labels for split in ("train", "validation", "test", "anomalies")}
    for split in ("train", "validation", "test"):
        assert set(labels[split]) == {0, 1, 2}
        assert examples.properties[split] == len(labels[split])
    assert set(labels["anomalies"]) == set(range(3, 10))
    assert sum(map(len, labels.values())) == len(read(digits_dataset))
    assert examples.properties["normal"] == "0, 1, 2"


def test_normal_images_are_in_the_splits_that_they_would_be_in(examples, grey_examples):
    normal = load_split(grey_examples, "test")
    expected = {name for name, label in zip(normal.ids, normal.labels, strict=True) if label in (0, 1, 2)}
    assert set(load_split(examples, "test").ids) == expected


def test_there_are_no_anomalies_without_normal_classes(grey_examples):
    assert num_examples(grey_examples, "anomalies") == 0


@pytest.mark.parametrize(
    ("normal", "message"),
    [
        (["0", "zwei"], "preprocess.normal: there is no class 'zwei'. Classes: 0, 1, 2"),
        (list(range(10)), "preprocess.normal: expected fewer classes than all"),
    ],
)
def test_classes_that_leave_nothing_to_tell_apart_are_refused(digits_dataset, output, normal, message):
    with pytest.raises(InputError, match=message):
        preprocess(PreprocessConfig(image_size=8, normal=normal), digits_dataset, output=output)


def test_images_of_unknown_class_are_not_used(digits_dataset, tmp_path, output, caplog):
    labels = np.repeat([0, 1, -1], 30)
    np.savez(tmp_path / "a.npz", images=np.random.default_rng(0).integers(0, 256, (90, 4, 4), np.uint8), labels=labels)
    config = IngestConfig(source=f"npz:{tmp_path / 'a.npz'}", unlabelled=True)
    (tmp_path / "dataset").mkdir()
    dataset = ingest(config, output=tmp_path / "dataset")
    examples = preprocess(PreprocessConfig(image_size=4, normal=[0]), dataset, output=output)
    assert num_examples(examples, "anomalies") == 30
    assert sum(num_examples(examples, split) for split in ("train", "validation", "test")) == 30
    assert "preprocess.normal: 30 images of unknown class are not used" in caplog.text

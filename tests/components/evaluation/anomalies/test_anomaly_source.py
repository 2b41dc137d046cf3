"""The source of anomalies: what it needs is said with its own fields."""

import numpy as np
import pytest

from vaeflow.components.evaluation.anomalous_images import anomalies_of
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.images.examples import num_examples
from vaeflow.models.errors import RunError


@pytest.fixture(scope="module")
def examples(write_examples, digits, tmp_path_factory):
    return write_examples(tmp_path_factory.mktemp("anomalies") / "examples", {"test": digits})


@pytest.fixture
def floats(tmp_path):
    np.savez(tmp_path / "floats.npz", images=np.random.default_rng(0).uniform(0, 20, (9, 8, 8)).astype(np.float32))
    return f"npz:{tmp_path / 'floats.npz'}"


def test_text_is_the_source_of_a_section():
    assert Settings(anomalies="digits") == Settings(anomalies={"source": "digits"})
    assert Settings(anomalies="digits").anomalies.title == "digits"
    assert Settings.model_validate_json(Settings(anomalies="digits").model_dump_json()) == Settings(anomalies="digits")


def test_what_is_missing_is_named_as_a_field_of_the_source(examples, floats, tmp_path):
    given = anomalies_of(Settings(anomalies=floats), examples, scratch=tmp_path, beam_args=())
    with pytest.raises(RunError, match=r"set evaluate\.anomalies\.white to the number that is white") as raised, given:
        pass
    assert "ingest." not in str(raised.value) + raised.value.advice


def test_what_is_needed_can_be_said(examples, floats, tmp_path):
    settings = Settings(anomalies={"source": floats, "white": 20})
    with anomalies_of(settings, examples, scratch=tmp_path, beam_args=()) as anomalies:
        assert num_examples(anomalies.examples, "anomalies") == 9
        assert anomalies.title == f"{floats}, white 20.0"

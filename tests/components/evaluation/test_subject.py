"""Subjects that cannot be evaluated."""

import re

import numpy as np
import pytest

from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.models import building
from vaeflow.models.errors import InputError, RunError
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork


def test_an_empty_test_split_is_an_input_error(toy_subject, tmp_path, write_examples, digits):
    empty = type(digits)(digits.images[:0])
    examples = write_examples(tmp_path / "examples", {"test": empty})
    with pytest.raises(InputError, match="expected images in the test split"):
        evaluate(EvaluateConfig(), examples, *toy_subject[1:], output=tmp_path)


def test_a_requirement_on_labels_that_are_not_there_is_an_input_error(toy_subject, tmp_path, write_examples, digits):
    examples = write_examples(tmp_path / "examples", {"test": type(digits)(digits.images[:5])})
    config = EvaluateConfig(require={"knn_accuracy": "> 0.5"})
    with pytest.raises(InputError, match=r"evaluate.require: knn_accuracy needs labels.*elbo"):
        evaluate(config, examples, *toy_subject[1:], output=tmp_path)


def test_images_of_another_shape_than_the_models_are_an_input_error(toy_subject, tmp_path, write_examples, digits):
    examples = write_examples(tmp_path / "examples", {"test": type(digits)(digits.images[:5, :4])})
    with pytest.raises(InputError, match=re.escape("expected images of shape (8, 8, 1) as in training, got (4, 8, 1)")):
        evaluate(EvaluateConfig(), examples, *toy_subject[1:], output=tmp_path)


@pytest.mark.full
def test_a_model_that_encodes_to_nan_is_a_run_error(tmp_path, write_examples, write_model, digits_features, digits):
    examples = write_examples(tmp_path / "examples", {"test": type(digits)(digits.images[:5])})
    model = write_model(tmp_path / "model", digits.images, VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(32,))))
    broken = building.load(model.path / "model.keras")
    broken.set_weights([np.full_like(weight, np.nan) for weight in broken.get_weights()])
    broken.save(model.path / "model.keras")
    with pytest.raises(RunError, match="not finite"):
        evaluate(EvaluateConfig(importance_samples=1), examples, model, digits_features, output=tmp_path)

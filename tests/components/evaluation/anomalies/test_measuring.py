"""The scores of a trained model for digits and for noise, which is a source of its own."""

import numpy as np
import pytest

from vaeflow.components.evaluation.anomalies.measuring import score_images
from vaeflow.components.evaluation.anomalies.scores import SCORES
from vaeflow.components.evaluation.anomalies.threshold import save_scoring
from vaeflow.components.evaluation.anomalous_images import anomalies_of
from vaeflow.components.evaluation.assessment import begin
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.figures.anomalies import DRAWING
from vaeflow.components.evaluation.measuring.measured import PER_IMAGE_FILE
from vaeflow.components.evaluation.measuring.per_image import PerImage
from vaeflow.components.evaluation.metrics.anomalies import FAMILY
from vaeflow.components.evaluation.protocol import describe
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.models.errors import InputError
from vaeflow.models.scoring import SCORE_FILE, Scoring

pytestmark = pytest.mark.full

NOISE = np.random.default_rng(0).integers(0, 256, (70, 8, 8), np.uint8)


@pytest.fixture(scope="module")
def study(toy_subject, tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    np.savez(folder / "noise.npz", images=NOISE)
    config = EvaluateConfig(anomalies=f"npz:{folder / 'noise.npz'}", anomaly_images=160, importance_samples=3)
    examples, *others = toy_subject
    with anomalies_of(config, examples, scratch=folder, beam_args=()) as anomalies:
        study = begin(config, read_subject(examples, *others, anomalies), output=folder)
        yield study, folder


def test_anomalies_in_another_unit_than_the_training_images_are_refused(toy_subject, tmp_path):
    np.savez(tmp_path / "noise.npz", images=NOISE.astype(np.int64))
    config = EvaluateConfig(anomalies=f"npz:{tmp_path / 'noise.npz'}")
    refused = pytest.raises(InputError, match=r"^evaluate\.anomalies\.white: .*\(int64\) are from 0 to 255")
    with refused, anomalies_of(config, toy_subject[0], scratch=tmp_path, beam_args=()):
        pass


def test_every_score_of_the_model_is_compared(study):
    study, _ = study
    found = FAMILY.compute(study)
    assert found.keys() == {metric.name for metric in FAMILY.metrics}
    assert all(0 <= value.low <= value.mean <= value.high <= 1 for value in found.values())
    assert found["auroc_reconstruction_error"].mean > 0.95
    note = FAMILY.note(study)
    assert "70 anomalies are told from 160 normal test images" in note
    assert "95 % of 1,000 bootstrap samples" in note
    assert describe(study, [FAMILY], {}).bootstrap_draws == 1_000
    assert describe(study, [], {}).bootstrap_draws == 0


def test_the_scores_of_test_images_are_those_of_the_other_metrics(study):
    study, folder = study
    scored = study.once(score_images)
    assert scored.normal.keys() == scored.anomalous.keys() == {score.name for score in SCORES}
    per_image = PerImage(folder / PER_IMAGE_FILE)
    np.testing.assert_allclose(scored.normal["negative_elbo"], -per_image.column("elbo"), rtol=1e-4)
    np.testing.assert_allclose(
        scored.normal["negative_log_likelihood"], -per_image.column("iw_log_likelihood"), rtol=1e-4
    )
    assert (scored.anomalous["nearest_neighbour"] >= 0).all()


def test_the_threshold_is_set_on_validation_images(study):
    study, folder = study
    saved = save_scoring(study, folder)
    assert saved is not None
    assert saved.name == "reconstruction_error"
    assert saved == Scoring.model_validate_json((folder / SCORE_FILE).read_bytes())
    assert len(saved.quantiles) == 101
    assert saved.quantiles[-2] <= 0.5 < saved.quantiles[-1]


def test_the_figure_shows_both_kinds_with_their_errors(study):
    study, _ = study
    assert DRAWING.available(study)
    picture = DRAWING.draw(study)
    assert [text.get_text() for text in picture.figure.axes[0].get_yticklabels()][::2] == [
        "normal, lowest",
        "normal, highest",
        "anomalies, lowest",
        "anomalies, highest",
    ]

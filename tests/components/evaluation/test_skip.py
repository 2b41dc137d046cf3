"""Metrics and figures that a configuration leaves out."""

import pytest

from vaeflow.components.evaluation.assessment import assess, begin
from vaeflow.components.evaluation.gallery import DRAWINGS
from vaeflow.components.evaluation.metrics.bounds import BITS_PER_DIM, ELBO, IW_LOG_LIKELIHOOD, KL
from vaeflow.components.evaluation.metrics.clustering import ACCURACY, ARI, NMI
from vaeflow.components.evaluation.metrics.silhouette import SILHOUETTE
from vaeflow.components.evaluation.protocol import IN_FEATURES
from vaeflow.components.evaluation.subject import read_subject

CLUSTERS = (ACCURACY.name, NMI.name, ARI.name, SILHOUETTE.name)
DISTRIBUTIONS = tuple(metric.name for family in IN_FEATURES for metric in family.metrics)
BOUNDS = (ELBO.name, KL.name, BITS_PER_DIM.name, IW_LOG_LIKELIHOOD.name)


@pytest.fixture(scope="module")
def study(toy_config, toy_subject, tmp_path_factory):
    settings = toy_config.model_copy(update={"skip": (*CLUSTERS, *BOUNDS, *DISTRIBUTIONS, "loss_curves")})
    return begin(settings, read_subject(*toy_subject), output=tmp_path_factory.mktemp("evaluation"))


def test_what_is_left_out_is_not_measured_and_told(study):
    results = assess(study, ())
    assert not {*CLUSTERS, *BOUNDS, *DISTRIBUTIONS} & results.metrics.keys()
    assert {"psnr", "knn_accuracy"} <= results.metrics.keys()
    assert not {*BOUNDS} & study.measured.moments.keys()
    assert (results.protocol.clusters, results.protocol.importance_samples) == (0, 0)
    assert results.protocol.features is None
    assert results.protocol.skipped == study.settings.skip


def test_a_figure_is_left_out_by_its_name_or_with_the_metrics_that_it_shows(study):
    available = {drawing.name for drawing in DRAWINGS if drawing.available(study)}
    assert {"reconstructions", "confusion"} <= available
    assert not {"loss_curves", "kl_per_dimension"} & available

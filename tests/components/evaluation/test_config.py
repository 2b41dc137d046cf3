import subprocess
import sys

import pytest
from pydantic import ValidationError

from vaeflow.components.evaluation.config import EvaluateConfig


@pytest.mark.parametrize(
    ("require", "message"),
    [
        ({"elbow": "> 1"}, "elbow: no such metric. Did you mean 'elbo'"),
        ({"elbo": "-120"}, "elbo: expected a comparison"),
        ({"findings": "<= 2"}, 'findings: expected "none", got "<= 2"'),
        ({"finding": "none"}, "finding: no such metric. Did you mean 'findings'"),
    ],
)
def test_a_wrong_requirement_is_refused_with_the_configuration(require, message):
    with pytest.raises(ValidationError, match=message):
        EvaluateConfig(require=require)


@pytest.mark.parametrize(
    ("skip", "message"),
    [
        (["elbow"], "elbow: no such metric, figure or finding. Did you mean 'elbo'"),
        (["latent-plan"], "latent-plan: no such metric, figure or finding. Did you mean 'latent_plane'"),
        (["over_fit"], "over_fit: no such metric, figure or finding. Did you mean 'over_fitted'"),
        (
            ["xyz"],
            "xyz: no such metric, figure or finding. Metrics, figures and findings: .*elbo.*latent_plane.*ignored_code",
        ),
    ],
)
def test_an_unknown_metric_or_figure_to_leave_out_is_refused(skip, message):
    with pytest.raises(ValidationError, match=message):
        EvaluateConfig(skip=skip)


@pytest.mark.parametrize(
    ("metric", "settings"), [("elbo", {"skip": ["elbo"]}), ("tsne_trustworthiness", {"projections": ["pca"]})]
)
def test_a_metric_cannot_be_both_required_and_left_out(metric, settings):
    with pytest.raises(ValidationError, match=f"{metric}: expected a metric that skip and projections do not leave"):
        EvaluateConfig(require={metric: "> 0"}, **settings)


def test_the_configuration_is_checked_without_any_heavy_import():
    code = """
import sys
from vaeflow.components.evaluation.config import EvaluateConfig
EvaluateConfig(require={"elbo": "> 1"})
heavy = {"tensorflow", "keras", "apache_beam", "sklearn", "matplotlib", "numpy", "pyarrow", "scipy"}
print(sorted(heavy & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

import math

import pytest

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.finding import Finding
from vaeflow.components.evaluation.needs import Prospect
from vaeflow.components.evaluation.requirements import Requirement, check_available, judge
from vaeflow.components.training.data_config import DataConfig
from vaeflow.models.family.vae.config import VAEConfig


@pytest.mark.parametrize(
    ("expression", "below", "at", "above"),
    [
        (">= 2", False, True, True),
        ("> 2", False, False, True),
        ("<= 2", True, True, False),
        ("< 2", True, False, False),
    ],
)
def test_operators_compare_as_they_read(expression, below, at, above):
    requirement = Requirement.parse("kl", expression)
    assert [requirement.met_by(value) for value in (1.0, 2.0, 3.0)] == [below, at, above]


@pytest.mark.parametrize(
    ("expression", "threshold"),
    [(">= -120", -120), (">=-120", -120), ("  <  .5 ", 0.5), ("> +1e-3", 1e-3), ("<= 2.", 2), (">= -1.5E+2", -150)],
)
def test_thresholds_are_numbers_in_any_usual_spelling(expression, threshold):
    assert Requirement.parse("elbo", expression).threshold == threshold


@pytest.mark.parametrize(
    "expression", ["", "-120", "== 3", ">= abc", ">= nan", "> inf", ">= 1 2", "=> 3", ">= -120 nats", "> 1e400"]
)
def test_a_malformed_comparison_is_refused_by_the_name_of_its_metric(expression):
    with pytest.raises(ValueError, match=r'elbo: expected a comparison .* got "'):
        Requirement.parse("elbo", expression)


def test_an_unknown_metric_is_refused_with_the_nearest_known_one():
    with pytest.raises(ValueError, match=r"elbow: no such metric\. Did you mean 'elbo'\?"):
        Requirement.parse("elbow", "> 1")


def test_a_metric_like_no_other_is_refused_with_all_of_them():
    with pytest.raises(ValueError, match=", ".join(METRICS)):
        Requirement.parse("xyz", "> 1")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("expression", [">= -1e9", "<= 1e9"])
def test_what_is_not_a_finite_number_never_passes(value, expression):
    assert not Requirement.parse("elbo", expression).met_by(value)


def test_one_failed_check_fails_the_verdict_and_is_told_apart():
    requirements = [Requirement.parse("elbo", ">= -120"), Requirement.parse("active_units", "> 3")]
    verdict = judge(requirements, {"elbo": -100.0, "active_units": 3.0})
    assert not verdict.passed
    assert [check.passed for check in verdict.checks] == [True, False]
    assert str(verdict.checks[1]) == "active_units is 3, required > 3"


def test_nothing_required_passes():
    assert judge([], {"elbo": math.nan}).passed


def test_that_nothing_is_found_can_be_required_of_every_model():
    nothing = Requirement.parse("findings", " none ")
    check_available([nothing], Prospect(VAEConfig(), DataConfig()))
    assert judge([nothing], {}).passed
    findings = [Finding(name, f"Too {name}", "5 > 3", "It is bad.", "") for name in ("long", "wide")]
    verdict = judge([nothing], {}, findings)
    assert not verdict.passed
    assert str(verdict.checks[0]) == "findings is Too long; Too wide, required none"

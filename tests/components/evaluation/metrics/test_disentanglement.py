"""Measures of disentanglement of codes whose scores are known, and of independent brute force."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.svm import LinearSVC

from vaeflow.components.evaluation.disentanglement import repetition
from vaeflow.components.evaluation.disentanglement.fixed_factor import FixedFactor, Votes
from vaeflow.components.evaluation.disentanglement.mutual_information import in_bins
from vaeflow.components.evaluation.disentanglement.points import Points
from vaeflow.components.evaluation.metrics import beta_vae_score, dci, factor_vae_score, mig, sap

SIZES = (3, 4, 5)
FACTORS = np.array(list(product(*map(range, SIZES))))
MEASURES = (mig, sap, dci, factor_vae_score, beta_vae_score)
NAMES = [metric.name for module in MEASURES for metric in module.FAMILY.metrics]


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch):
    """A tenth of the published numbers of points, on a grid of 60 images."""
    monkeypatch.setattr(repetition, "TRAIN", 1000)
    monkeypatch.setattr(repetition, "TEST", 500)


def points(codes):
    return Points(np.asarray(codes, np.float32), FACTORS, ("a", "b", "c"))


def scores(codes):
    random = np.random.default_rng(0)
    return {name: value for module in MEASURES for name, value in module.measure(points(codes), random).items()}


def standardised():
    return (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)


def rotated():
    """Every factor in every dimension alike, up to a sign: a rotation with entries of ±1/2."""
    four = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
    return standardised() @ four[1:]


def test_a_perfect_code_has_the_highest_scores():
    found = scores(np.concatenate([10 * standardised(), np.zeros((len(FACTORS), 2))], axis=1))
    exact = {name: found[name] for name in NAMES if name not in ("sap", "mig")}
    assert exact == pytest.approx(dict.fromkeys(exact, 1.0), abs=1e-6)
    assert found["mig"] > 0.99  # but for what factors have in common in a finite sample


def test_a_rotated_code_is_as_informative_but_not_disentangled():
    found, perfect = scores(rotated()), scores(standardised())
    assert found["mig"] < 0.05
    assert found["sap"] < 0.1
    assert found["dci_disentanglement"] < 0.3
    assert found["dci_completeness"] < 0.4
    assert found["dci_informativeness"] > 0.8
    assert found["factor_vae_score"] < 0.75 < perfect["factor_vae_score"]


def test_a_constant_code_is_at_chance():
    found = scores(np.zeros((len(FACTORS), 2)))
    zero = ("mig", "sap", "dci_disentanglement", "dci_completeness", "factor_vae_score")
    assert {name: found[name] for name in zero} == pytest.approx(dict.fromkeys(zero, 0.0), abs=1e-9)
    assert found["dci_informativeness"] == pytest.approx(np.mean([1 / size for size in SIZES]), abs=0.06)
    assert found["beta_vae_score"] == pytest.approx(1 / 3, abs=0.06)


def test_a_factor_in_two_dimensions_costs_completeness_and_the_gap_but_not_disentanglement():
    codes = standardised()
    noise = 1e-3 * np.random.default_rng(0).normal(size=(len(FACTORS), 1))
    found = scores(np.concatenate([codes, codes[:, :1] + noise], axis=1))
    assert found["dci_disentanglement"] == pytest.approx(1, abs=1e-6)
    assert found["dci_completeness"] < 0.95
    assert found["mig"] < 0.7


def test_the_gap_is_that_of_sums_over_all_pairs_of_bin_and_value():
    codes = standardised() + 0.5 * np.random.default_rng(0).normal(size=FACTORS.shape)
    binned, gaps = in_bins(codes.astype(np.float32)), []
    for values in FACTORS.T:
        told = []
        for bins in binned.T:
            joint = np.array([[np.mean((bins == b) & (values == v)) for v in range(5)] for b in range(20)])
            told.append(entropy(joint.sum(0)) + entropy(joint.sum(1)) - entropy(joint.ravel()))
        largest, second, *_ = sorted(told, reverse=True)
        gaps.append((largest - second) / entropy(np.bincount(values)))
    assert mig.gap(points(codes)) == pytest.approx(np.mean(gaps), abs=1e-6)


def test_sap_is_the_mean_gap_of_accuracies():
    codes = (standardised() + 0.5 * np.random.default_rng(0).normal(size=FACTORS.shape)).astype(np.float32)
    train, test = (points(codes).drawn(200, np.random.default_rng(seed)) for seed in range(2))
    gaps = []
    for factor in range(3):
        accuracies = []
        for dim in range(3):
            machine = LinearSVC(C=0.01, class_weight="balanced", dual=False)
            machine.fit(train.codes[:, dim : dim + 1], train.factors[:, factor])
            accuracies.append(machine.score(test.codes[:, dim : dim + 1], test.factors[:, factor]))
        gaps.append(sorted(accuracies)[-1] - sorted(accuracies)[-2])
    assert sap.score(train, test) == pytest.approx(np.mean(gaps))


@pytest.mark.parametrize(("images", "warned"), [(600, False), (30, True)])
def test_a_code_without_any_factor_is_informative_by_heart_where_the_protocol_says_so(images, warned):
    codes = np.arange(images, dtype=np.float32)[:, np.newaxis]
    points = Points(codes, np.random.default_rng(1).integers(0, 4, (images, 2)), ("a", "b"))
    informativeness = dci.measure(points, np.random.default_rng(0))["dci_informativeness"]
    assert (informativeness > 0.95) == bool(dci.learned_by_heart(images, repetition.TRAIN)) == warned


def test_disentanglement_is_one_minus_the_weighted_entropy_of_the_importances():
    importances = np.array([[0.5, 0.1, 0.0], [0.5, 0.0, 0.0], [0.0, 0.9, 1.0], [0.0, 0.0, 0.0]])
    weights = importances.sum(axis=1) / 3
    expected = sum(w * (1 - entropy(row, base=3)) for w, row in zip(weights[:3], importances[:3], strict=True))
    assert dci.disentanglement(importances) == pytest.approx(expected)
    assert dci.disentanglement(np.zeros((2, 3))) == 0
    assert dci.disentanglement(np.array([[1.0], [1.0]])) == 1


def test_votes_are_for_the_dimension_with_the_least_variance_of_its_points():
    codes = np.random.default_rng(0).normal(size=FACTORS.shape).astype(np.float32)
    fixed, votes = FixedFactor(FACTORS), Votes(np.array([0, 31, 59]), np.array([2, 0, 1]))
    found = factor_vae_score.least_varying(codes, fixed, votes, np.random.default_rng(3))
    rows = fixed.sharing(votes, factor_vae_score.POINTS, np.random.default_rng(3))
    for winner, some in zip(found, rows, strict=True):
        assert winner == np.argmin([np.var(codes[some, dim]) for dim in range(3)])


def test_dimensions_that_hardly_vary_do_not_vote():
    noise = 0.01 * np.random.default_rng(0).normal(size=(len(FACTORS), 1))
    codes = np.concatenate([standardised(), noise], axis=1)
    assert factor_vae_score.measure(points(codes), np.random.default_rng(0)) == {"factor_vae_score": 1.0}


def test_pairs_do_not_differ_in_the_dimension_of_the_factor_that_they_share():
    votes = Votes(np.arange(3), np.array([0, 1, 2]))
    found = beta_vae_score.differences(
        standardised().astype(np.float32), FixedFactor(FACTORS), votes, np.random.default_rng(0)
    )
    np.testing.assert_array_equal(np.diag(found), 0)
    assert (found[~np.eye(3, dtype=bool)] > 0.3).all()


def test_the_deviation_is_that_of_the_runs():
    spread = repetition.over_draws([{"mig": 0.25}, {"mig": 0.75}])["mig"]
    assert (spread.mean, spread.std) == (0.5, 0.25)


def test_factors_with_one_value_are_left_out():
    some = Points(np.zeros((2, 1), np.float32), np.array([[0, 1, 2], [0, 1, 1]]), ("a", "b", "c")).varying()
    assert some.names == ("c",)
    np.testing.assert_array_equal(some.factors, [[2], [1]])

import math

import numpy as np
import pytest

from vaeflow.components.evaluation.spread import Agreement, Spread, central, over_images, pooled, pooled_agreement


def test_a_mean_over_images_deviates_like_that_of_bootstrap_samples():
    random = np.random.default_rng(0)
    hits = random.random(80) < 0.7
    samples = [random.choice(hits, 80).mean() for _ in range(2000)]
    found = over_images(hits)
    assert (found.mean, found.std) == pytest.approx((hits.mean(), np.std(samples)), rel=0.1)
    assert over_images(np.ones(3, np.float32)) == Spread(1.0, 0.0)


def test_the_centre_is_the_mean_where_there_are_several_runs():
    assert central(Spread(mean=2.0, std=1.0)) == central(2.0) == 2.0


def test_pooled_runs_are_as_uncertain_as_draws_from_all_of_them():
    runs, random = [Spread(1.0, 0.5), Spread(3.0, 2.0)], np.random.default_rng(0)
    draws = np.concatenate([random.normal(run.mean, run.std, 100_000) for run in runs])
    found = pooled(runs)
    assert (found.mean, found.std) == pytest.approx((draws.mean(), draws.std()), abs=0.02)


def test_agreements_are_pooled_like_their_levels_by_chance():
    runs = [Agreement(0.5, 0.1, Spread(0.2, 0.01)), Agreement(0.7, 0.1, Spread(0.4, 0.01))]
    found = pooled_agreement(runs)
    assert (found.mean, found.std) == pytest.approx((0.6, math.hypot(0.1, 0.1)))
    assert (found.chance.mean, found.chance.std) == pytest.approx((0.3, math.hypot(0.01, 0.1)))


@pytest.mark.parametrize(
    ("mean", "at_chance"), [(0.1, True), (0.5, True), (0.599, True), (0.601, False), (math.nan, False)]
)
def test_chance_reaches_two_deviations_of_the_difference_above_its_level(mean, at_chance):
    assert Agreement(mean, 0.03, Spread(0.5, 0.04)).at_chance == at_chance

import math

import numpy as np
import pytest

from vaeflow.models.diagnostics import active, bits_per_dim


def test_bits_per_dimension_of_a_uniform_density_are_the_bits_of_a_pixel():
    assert bits_per_dim(0.0, pixels=7, data_log_scale=math.log(256)) == pytest.approx(8.0)


def test_bits_per_dimension_of_fair_coins_are_one():
    assert bits_per_dim(-7 * math.log(2), pixels=7, data_log_scale=0.0) == pytest.approx(1.0)


def test_a_unit_is_active_when_its_posterior_mean_varies_by_more_than_a_hundredth():
    base = np.array([-1.0, 1.0])
    mean = np.stack([base * math.sqrt(0.0099), base * math.sqrt(0.0101)], axis=1)
    assert active(mean).tolist() == [False, True]

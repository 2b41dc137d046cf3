"""Paired differences of runs on the same images."""

import math

import numpy as np
import pytest

from vaeflow.models.errors import InputError
from vaeflow.pipeline.comparison.pairing import PerImageValues, paired

ONE, OTHER = np.array([-100.0, -90.0, -120.0, -80.0]), np.array([-102.0, -93.0, -121.0, -82.0])


def test_the_difference_of_two_trainings_is_that_of_a_hand_calculation():
    found = paired([ONE], [OTHER])
    # The differences are 2, 3, 1, 2: mean 2, sample variance 2/3, standard error √(2/3)/√4.
    assert found.images == 4
    assert found.difference == pytest.approx(2)
    assert found.image_error == pytest.approx((math.sqrt(2 / 3) / 2, 3))
    assert found.training_error is None


def test_the_difference_over_seeds_is_that_of_a_hand_calculation():
    found = paired([ONE, ONE + np.array([1, 3, 1, 3])], [OTHER, OTHER - 1, OTHER + 1])
    # Means over the seeds differ by 2.5, 4.5, 1.5, 3.5 from each other: mean 3, sample variance 5/3.
    assert found.difference == pytest.approx(3)
    assert found.image_error == pytest.approx((math.sqrt(5 / 3) / 2, 3))
    # Means over the images: -97.5 and -95.5, variance 2; -99.5, -100.5 and -98.5, variance 1.
    # Welch's degrees of freedom: (1 + 1/3)² / (1²/1 + (1/3)²/2).
    assert found.training_error == pytest.approx((math.sqrt(2 / 2 + 1 / 3), 16 / 9 / (1 + 1 / 18)))


def test_a_row_with_one_run_leaves_the_error_over_the_trainings_of_the_other():
    found = paired([ONE, ONE + np.array([1, 3, 1, 3])], [OTHER])
    assert found.training_error == pytest.approx((math.sqrt(2 / 2), 1))
    assert paired([OTHER], [ONE, ONE + 2]).training_error == pytest.approx((math.sqrt(2 / 2), 1))


def test_the_difference_of_a_run_from_itself_is_zero_without_error():
    assert paired([ONE], [ONE]) == (4, 0, (0, 3), None)


def test_how_hard_an_image_is_for_both_models_does_not_count():
    hard = np.array([0.0, -1000.0, 50.0, 3.0])
    found, expected = paired([ONE + hard], [OTHER + hard]), paired([ONE], [OTHER])
    assert found.difference == pytest.approx(expected.difference)
    assert found.image_error == pytest.approx(expected.image_error)


def test_images_without_a_value_in_one_of_the_runs_are_left_out():
    gap = np.array([np.nan, 0, 0, 0])
    assert paired([ONE + gap], [OTHER]) == paired([ONE[1:]], [OTHER[1:]])
    assert paired([ONE, ONE + 1], [OTHER + gap]) == paired([ONE[1:], ONE[1:] + 1], [OTHER[1:]])


@pytest.mark.parametrize("images", [0, 1])
def test_too_few_images_have_no_error(images):
    found = paired([ONE[:images]], [OTHER[:images]])
    assert found.images == images
    assert math.isnan(found.image_error.value)


def test_the_errors_of_images_and_trainings_cover_the_deviation_of_the_difference():
    """Trainings, images and both together have effects; the estimated variance is between once and twice the true."""
    random, trainings, images = np.random.default_rng(0), 3, 20
    differences, variances = [], []
    for _ in range(2_000):
        image = random.normal(0, 3, images)
        own = random.normal(0, 0.5, images)  # what one model finds harder than the other
        one, other = (
            image + effect + random.normal(0, 0.4, (trainings, 1)) + random.normal(0, 1, (trainings, images))
            for effect in (own, 0)
        )
        found = paired(list(one), list(other))
        differences.append(found.difference)
        variances.append(found.image_error.value**2 + found.training_error.value**2)
    assert 1 <= np.mean(variances) / np.var(differences) <= 1.5


def test_runs_are_paired_by_id_in_whatever_order_their_images_are(evaluations, read):
    order = [2, 0, 3, 1]
    runs = read(
        evaluations.add(per_image={"elbo": ONE}),
        evaluations.add(per_image={"elbo": OTHER[order]}, ids=[f"image-{i}" for i in order]),
    )
    assert PerImageValues().paired(runs[:1], runs[1:], "elbo") == paired([ONE], [OTHER])


def test_other_test_images_are_refused_with_both_of_their_digests(evaluations, read):
    runs = read(evaluations.add(per_image={"elbo": ONE}), evaluations.add(per_image={"elbo": OTHER}, test="others"))
    expected = r"toy-1 and toy-2: expected the same test images to pair them, got toy, digest \w{8}, and toy, digest \w"
    with pytest.raises(InputError, match=expected):
        PerImageValues().paired(runs[:1], runs[1:], "elbo")


def test_other_ids_are_refused_with_both_files(evaluations, read):
    runs = read(evaluations.add(per_image={"elbo": ONE}), evaluations.add(per_image={"elbo": OTHER}, ids=list("abcd")))
    with pytest.raises(InputError, match=r"got other ids in \S+per_image\.parquet and \S+per_image\.parquet\.$"):
        PerImageValues().paired(runs[:1], runs[1:], "elbo")

import numpy as np
import pytest

from vaeflow.components.feature_learning.tasks import classification, has_classes, rotation
from vaeflow.components.images.examples import Split

RANDOM = np.random.default_rng(0)


def split(shape: tuple[int, ...], labels: list[int] | None = None) -> Split:
    images = RANDOM.integers(0, 256, shape, dtype=np.uint8)
    return Split(images, None if labels is None else np.array(labels), [str(i) for i in range(len(images))])


def test_every_image_is_turned_four_ways_and_the_answer_is_by_how_much():
    some = split((8, 3, 3, 2))
    task = rotation(some)
    assert (len(task.images), task.originals) == (8, 2)
    for image, answer, place in zip(task.images, task.answers, [0, 1] * 4, strict=True):
        turned_back = image
        for _ in range(answer):
            turned_back = np.stack([turned_back[:, row] for row in range(3)])[:, ::-1]  # a quarter turn clockwise
        np.testing.assert_array_equal(turned_back, some.images[place])


def test_images_that_are_not_square_are_only_turned_upside_down():
    some = split((5, 2, 4, 1))
    task = rotation(some)
    assert task.originals == 3
    assert task.answers.tolist() == [0, 0, 0, 1, 1, 1]
    np.testing.assert_array_equal(task.images, np.concatenate([some.images[:3], some.images[:3, ::-1, ::-1]]))


def test_classes_are_learned_from_images_whose_class_is_known():
    some = split((4, 2, 2, 1), [2, -1, 0, 1])
    task = classification(some)
    assert (task.answers.tolist(), task.originals) == ([2, 0, 1], 3)
    np.testing.assert_array_equal(task.images, some.images[[0, 2, 3]])


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([0, 1, -1, -1], True),
        ([0, -1, -1, -1], False),
        ([1, 1, 1, 1], False),
        ([0, 1, -1, -1, -1], False),
        (None, False),
    ],
)
def test_there_are_classes_if_two_occur_and_half_of_the_images_have_one(labels: list[int] | None, expected: bool):
    assert has_classes(split((len(labels or [0]), 2, 2, 1), labels)) == expected

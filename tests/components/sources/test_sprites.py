from itertools import product

import numpy as np
import pytest

from vaeflow.components.images.factors import Factor
from vaeflow.components.sources.sprites import SIDE, draw, open_sprites
from vaeflow.components.sources.sprites_grid import SHAPES, SpritesGrid

GRID = SpritesGrid(scales=2, orientations=8, columns=3, rows=4)


def drawn(shape, **values):
    others = {"scale": 1, "orientation": 0, "x": 1, "y": 1}
    return draw(GRID, {"shape": SHAPES.index(shape), **others, **values}).astype(float)


def centre(image):
    rows, columns = np.indices(image.shape)
    return np.array([(columns * image).sum(), (rows * image).sum()]) / image.sum()


def test_there_is_one_image_of_each_combination_in_the_order_of_the_last_factor(images_of):
    source = open_sprites(GRID)
    assert source.factors == (
        *(Factor("shape", 3), Factor("scale", 2), Factor("orientation", 8)),
        *(Factor("x", 3), Factor("y", 4)),
    )
    ordered = [image for _, image in sorted(images_of(source).items())]
    expected = list(product(*(range(factor.size) for factor in source.factors)))
    assert [tuple(image.factors.values()) for image in ordered] == expected
    assert [source.label_names[image.label] for image in ordered] == [SHAPES[values[0]] for values in expected]
    assert {(image.image.shape, image.image.dtype.name) for image in ordered} == {((SIDE, SIDE), "uint8")}
    assert {image.split for image in ordered} == {"unsplit"}


def test_the_default_grid_is_small_enough_for_a_laptop():
    assert SpritesGrid().num_images == 6144
    assert open_sprites(SpritesGrid()).num_bytes == 6144 * 64 * 64


def test_every_image_is_drawn_alike_each_time(images_of):
    first, second = (images_of(open_sprites(SpritesGrid(scales=1, columns=1, rows=2))) for _ in range(2))
    for key, image in first.items():
        np.testing.assert_array_equal(image.image, second[key].image)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_factor_moves_turns_or_grows_the_sprite_and_leaves_the_rest(shape):
    centres = {(x, y): centre(drawn(shape, x=x, y=y)) for x in range(3) for y in range(4)}
    for (x, y), found in centres.items():
        np.testing.assert_allclose(found - centres[0, 0], [14 * x, 28 / 3 * y], atol=0.4)
    small, large = (drawn(shape, scale=scale).sum() for scale in range(2))
    assert large / small == pytest.approx(4, rel=0.15)
    areas = [drawn(shape, orientation=turn).sum() for turn in range(8)]
    assert min(areas) / max(areas) > 0.93


@pytest.mark.parametrize(("shape", "distinct"), [("ellipse", 4), ("heart", 8), ("square", 2)])
def test_symmetric_shapes_have_ambiguous_orientations(shape, distinct):
    assert len({drawn(shape, orientation=turn).tobytes() for turn in range(8)}) == distinct


def test_no_sprite_touches_the_edge(images_of):
    images = np.stack([image.image for image in images_of(open_sprites(GRID)).values()])
    assert images.max() == 255
    for edge in (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]):
        assert not edge.any()

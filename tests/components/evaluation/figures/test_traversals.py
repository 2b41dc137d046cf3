import numpy as np

from vaeflow.components.evaluation.figures.traversals import (
    STEPS,
    TAIL,
    Dimension,
    choose,
    decode,
    traversals,
    traverse,
)
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.hierarchical_vae.config import HierarchicalVAEConfig
from vaeflow.models.networks.config import DenseNetwork

RNG = np.random.default_rng(0)
CODES = RNG.gumbel(size=(401, 6)).astype(np.float32)
STARTS = RNG.normal(size=(3, 6)).astype(np.float32)


def test_the_dimensions_are_those_with_most_information_in_descending_order():
    scores = RNG.permutation(16).astype(float)
    chosen = list(choose(scores, {"": 16}, ".1f"))
    assert [scores[dimension.place] for dimension in chosen] == list(range(15, 5, -1))
    assert chosen[0].name == f"{np.argmax(scores)}: 15.0"


def test_each_layer_has_as_many_of_its_own():
    scores = np.array([1.0, 5, 2, 9, 4, 0, 7])
    chosen = list(choose(scores, {"layer 1": 4, "layer 2": 3}, ".0f"))
    assert [(to.layer, to.place) for to in chosen] == [(0, 3), (0, 1), (0, 2), (0, 0), (1, 6), (1, 4), (1, 5)]
    assert chosen[4].name == "layer 2, 6: 7"
    assert [to.place for to in choose(np.arange(40.0), {str(i): 4 for i in range(10)}, "g")] == list(range(3, 40, 4))


def test_a_dimension_goes_through_the_quantiles_of_the_codes_and_all_others_are_held():
    moved = traverse(STARTS, CODES, [Dimension(4, 0, ""), Dimension(1, 0, "")])
    assert moved.shape == (2, 3, STEPS, 6)
    for row, place in enumerate((4, 1)):
        ends = np.sort(CODES[:, place])[[round(400 * TAIL), round(400 * (1 - TAIL))]]
        np.testing.assert_allclose(moved[row, :, [0, -1], place].T, np.tile(ends, (3, 1)), rtol=1e-5)
        np.testing.assert_allclose(np.diff(moved[row, :, :, place], n=2, axis=1), 0, atol=1e-5)
        held = [other for other in range(6) if other != place]
        np.testing.assert_array_equal(moved[row][..., held], np.tile(STARTS[:, np.newaxis, held], (1, STEPS, 1)))


def test_an_upper_layer_shows_in_the_images_through_the_layers_below():
    layers = ({"latent_dim": 2, "hidden": (8,)},)
    config = HierarchicalVAEConfig(latent_dim=4, network=DenseNetwork(hidden=(8,)), upper=layers, normalisation="none")
    model = build(config, DataSpec(image_shape=(4, 4, 1)))
    for weight in model.trainable_variables:
        weight.assign(RNG.normal(size=weight.shape, scale=0.5))
    dimensions = [Dimension(0, 0, ""), Dimension(5, 1, "")]
    images = decode(model, traverse(STARTS, CODES, dimensions), dimensions)
    assert images.shape == (2, 3, STEPS, 4, 4, 1)
    assert (np.abs(images[:, :, 0] - images[:, :, -1]).max(axis=(2, 3, 4)) > 1e-3).all()


def test_the_sheet_names_rows_and_starts():
    images = RNG.uniform(size=(2, 3, STEPS, 4, 4, 1)).astype(np.float32)
    picture = traversals(images, [Dimension(4, 0, "4: 1.2"), Dimension(1, 0, "1: 0.3")], "KL in nats")
    (axis,) = picture.figure.axes
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["4: 1.2", "1: 0.3"]
    shown = [tick.get_text() for tick in axis.get_xticklabels()]
    assert [name for name in shown if name] == ["prior's centre", "test image 1", "test image 2"]
    assert [place for place, name in enumerate(shown) if name] == [2, 8, 14]

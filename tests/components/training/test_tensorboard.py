"""The logs, read back with TensorBoard's own readers."""

import json
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.projector import ProjectorConfig

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.images.examples import load_split
from vaeflow.components.training.projector import MAX_SHEET, write_projector
from vaeflow.models.building import load


def events(model: Model, run: str) -> EventAccumulator:
    accumulator = EventAccumulator(str(model.path / "logs" / run), size_guidance={"tensors": 0})
    return accumulator.Reload()


def scalars(accumulator: EventAccumulator, tag: str) -> list[float]:
    return [float(np.squeeze(_value(event))) for event in accumulator.Tensors(tag)]


def _value(event) -> np.ndarray:
    from tensorflow import make_ndarray

    return make_ndarray(event.tensor_proto)


def test_the_elbo_and_its_terms_are_shown_for_both_splits(trained: Model):
    history = json.loads((trained.path / "history.json").read_text())["epochs"]
    for run, prefix in (("train", ""), ("validation", "val_")):
        accumulator = events(trained, run)
        for term in ("elbo", "log_likelihood", "kl"):
            expected = [epoch[prefix + term] for epoch in history]
            np.testing.assert_allclose(scalars(accumulator, f"elbo/{term}"), expected, rtol=1e-6)
        bits = scalars(accumulator, "elbo/bits_per_dim")
        np.testing.assert_allclose(bits, [-epoch[prefix + "elbo"] / 64 / np.log(2) for epoch in history], rtol=1e-6)


def test_speed_and_learning_rate_are_shown(trained: Model):
    accumulator = events(trained, "train")
    assert scalars(accumulator, "learning_rate") == pytest.approx([1e-3] * 3)
    assert min(scalars(accumulator, "images_per_second")) > 0


def test_the_latent_space_is_shown(trained: Model):
    accumulator = events(trained, "validation")
    kl = [scalars(accumulator, f"kl_per_dimension/{dimension:03d}")[-1] for dimension in range(3)]
    assert sum(kl) == pytest.approx(scalars(accumulator, "elbo/kl")[-1], rel=1e-3)
    assert 0 <= scalars(accumulator, "latent/active_units")[-1] <= 3
    assert "posterior_mean/002" in accumulator.Tags()["tensors"]


@pytest.mark.parametrize(
    ("tag", "size"), [("reconstructions", (8 * 8, 2 * 8)), ("samples_of_the_prior", (8 * 8, 8 * 8))]
)
def test_pictures_are_shown(trained: Model, tag: str, size: tuple[int, int]):
    width, height, encoded = _value(events(trained, "validation").Tensors(tag)[-1])
    assert (int(width), int(height)) == size
    assert encoded.startswith(b"\x89PNG")


def projector(folder: Path):
    return text_format.Parse((folder / "projector_config.pbtxt").read_text(), ProjectorConfig()).embeddings[0]


def test_the_projector_finds_points_labels_and_sprites(trained: Model, digits_examples: Examples):
    folder = trained.path / "logs" / "validation"
    embedding = projector(folder)
    validation = load_split(digits_examples, "validation")
    model = load(trained.path / "model.keras")
    codes = np.loadtxt(folder / embedding.tensor_path, delimiter="\t")
    np.testing.assert_allclose(codes, model.embed(model.observe(validation.images)), rtol=1e-4, atol=1e-5)
    header, *rows = (folder / embedding.metadata_path).read_text().splitlines()
    assert header == "label\tid"
    assert [row.split("\t")[0] for row in rows] == [str(label) for label in validation.labels]
    with Image.open(folder / embedding.sprite.image_path) as image:
        sheet = np.asarray(image)
    width, height = embedding.sprite.single_image_dim
    per_row = sheet.shape[1] // width
    for index in (0, per_row, len(codes) - 1):
        row, column = divmod(index, per_row)
        tile = sheet[row * height : (row + 1) * height, column * width : (column + 1) * width]
        np.testing.assert_array_equal(tile, validation.images[index, ..., 0])


@pytest.mark.parametrize("dimensions", [1, 2, 3, 4])
def test_the_projector_has_at_least_the_three_dimensions_of_space(tmp_path: Path, dimensions: int):
    codes = np.random.default_rng(0).normal(size=(5, dimensions))
    write_projector(tmp_path, codes=codes, images=np.zeros((5, 4, 4, 1), np.uint8), labels=None, ids=list("abcde"))
    shown = np.loadtxt(tmp_path / "codes.tsv", delimiter="\t")
    assert shown.shape == (5, max(3, dimensions))
    np.testing.assert_allclose(shown[:, :dimensions], codes, rtol=1e-5)
    assert (shown[:, dimensions:] == 0).all()


def test_every_image_has_one_row_of_metadata_whatever_its_names(tmp_path: Path):
    labels, ids = ["a\tb", "c\nd", "\u2028", " "], ["1\r\n", "caf\udce9", "$x_{$", ""]
    write_projector(tmp_path, codes=np.eye(4), images=np.zeros((4, 4, 4, 1), np.uint8), labels=labels, ids=ids)
    rows = (tmp_path / "metadata.tsv").read_text().splitlines()
    assert [row.split("\t") for row in rows] == [
        ["label", "id"],
        [r"a\tb", r"1\r\n"],
        [r"c\nd", r"caf\udce9"],
        [r"\u2028", "$x_{$"],
        ["?", "?"],
    ]


def test_without_labels_the_metadata_is_one_column_without_a_heading(tmp_path: Path):
    images = np.zeros((3, 4, 6, 3), np.uint8)
    write_projector(tmp_path, codes=np.eye(3), images=images, labels=None, ids=["a", "b", "c"])
    assert (tmp_path / "metadata.tsv").read_text() == "a\nb\nc\n"
    assert list(projector(tmp_path).sprite.single_image_dim) == [6, 4]


def test_the_sprite_sheet_stays_within_the_browser_s_limit(tmp_path: Path):
    images = np.zeros((40, 2000, 2000, 1), np.uint8)
    write_projector(tmp_path, codes=np.zeros((40, 2)), images=images, labels=None, ids=[str(i) for i in range(40)])
    with Image.open(tmp_path / "sprites.png") as sheet:
        assert max(sheet.size) <= MAX_SHEET


def test_names_of_files_take_one_row_and_one_column_each(tmp_path: Path):
    images = np.zeros((2, 4, 6, 3), np.uint8)
    write_projector(tmp_path, codes=np.eye(2), images=images, labels=["dög", "?"], ids=["a\tb\n.png", "\u2028"])
    assert (tmp_path / "metadata.tsv").read_text() == "label\tid\ndög\ta\\tb\\n.png\n?\t\\u2028\n"

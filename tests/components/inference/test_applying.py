"""New images of a source through an exported encoder: what is written, and what is refused."""

import json
import shutil

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image

import vaeflow
from tests.components.inference.conftest import IMAGES, SHAPE, applied
from tests.components.ingested import damage
from vaeflow.components.images.intensity import Intensity, Scale
from vaeflow.models.errors import InputError, RunError
from vaeflow.models.saving import save


def vectors(column) -> np.ndarray:
    return np.stack(column.tolist())


def test_every_image_is_a_row_in_the_order_of_the_source_with_the_code_that_the_model_gives(
    exported, archive, tmp_path
):
    model, encoder = exported()
    assert applied("encode", encoder, archive, tmp_path / "codes.parquet") == (2300, 0, None)
    assert [path.name for path in tmp_path.iterdir()] == ["codes.parquet"]
    table = pd.read_parquet(tmp_path / "codes.parquet")
    assert table["id"].tolist() == [f"images/{index:06d}" for index in range(2300)]
    assert table["label"].tolist() == ["dog", "cat"] * 1150
    assert table["model"].nunique() == 1
    code = model.encode(IMAGES[..., None])
    np.testing.assert_allclose(vectors(table["mean"]), code.mean, atol=1e-5)
    np.testing.assert_allclose(vectors(table["stddev"]), code.stddev, atol=1e-5)


@pytest.mark.parametrize("one_file_bytes", [2**28, 0], ids=["one file", "folder of parts"])
def test_pandas_pyarrow_and_duckdb_read_the_same_codes_in_one_line(exported, archive, tmp_path, one_file_bytes):
    model, encoder = exported()
    output = tmp_path / "codes.parquet"
    applied("encode", encoder, archive, output, one_file_bytes=one_file_bytes)
    assert output.is_file() == bool(one_file_bytes)
    if output.is_dir():
        assert [part.name for part in sorted(output.iterdir())] == [f"part-{n:05d}-of-00003.parquet" for n in range(3)]
    expected = model.embed(IMAGES[..., None])
    files = output if output.is_file() else output / "*.parquet"
    np.testing.assert_allclose(vectors(pd.read_parquet(output)["mean"]), expected, atol=1e-5)
    np.testing.assert_allclose(pq.read_table(output)["mean"].to_pylist(), expected, atol=1e-5)
    np.testing.assert_allclose(
        vectors(duckdb.sql(f"select mean from '{files}' order by id").df()["mean"]), expected, atol=1e-5
    )


@pytest.mark.full
@pytest.mark.parametrize("one_file_bytes", [2**28, 0], ids=["one file", "folder of parts"])
def test_archives_and_tables_have_the_same_columns(exported, archive, tmp_path, one_file_bytes):
    model, encoder = exported()
    for suffix in ("npz", "csv"):
        applied("encode", encoder, archive, tmp_path / f"codes.{suffix}", one_file_bytes=one_file_bytes)
    first = {s: f"codes.{s}" if one_file_bytes else f"codes.{s}/part-00000-of-00003.{s}" for s in ("npz", "csv")}
    arrays, table = np.load(tmp_path / first["npz"]), pd.read_csv(tmp_path / first["csv"])
    count = len(IMAGES) if one_file_bytes else 1000
    assert {name: array.shape for name, array in arrays.items()} == {
        "id": (count,),
        "label": (count,),
        "mean": (count, 3),
        "stddev": (count, 3),
        "model": (count,),
    }
    np.testing.assert_allclose(arrays["mean"], model.embed(IMAGES[:count, ..., None]), atol=1e-5)
    np.testing.assert_allclose(table[["mean_0", "mean_1", "mean_2"]], arrays["mean"], rtol=1e-6)
    assert table["label"].tolist() == arrays["label"].tolist()


@pytest.mark.full
def test_reconstructions_are_images_of_the_models_size(exported, archive, tmp_path):
    model, encoder = exported()
    applied("reconstruct", encoder, archive, tmp_path / "new.npz")
    applied("reconstruct", encoder, archive, tmp_path / "new.parquet")
    expected = np.rint(model.reconstruct(IMAGES[..., None]).numpy() * 255)
    images = np.load(tmp_path / "new.npz")["image"]
    assert images.shape == (2300, *SHAPE)
    assert np.abs(images - expected).max() <= 1
    np.testing.assert_array_equal(
        pq.read_table(tmp_path / "new.parquet")["image"].combine_chunks().to_numpy_ndarray(), images
    )
    flat = pd.read_parquet(tmp_path / "new.parquet")["image"]
    np.testing.assert_array_equal(vectors(flat).reshape(images.shape), images)


def test_the_score_is_the_squared_error_of_the_reconstruction_and_half_at_the_threshold(exported, archive, tmp_path):
    model, encoder = exported()
    scores = applied("score", encoder, archive, tmp_path / "scores.parquet").scores
    x = model.observe(IMAGES[..., None]).numpy()
    error = ((x - model.reconstruct(x).numpy()) ** 2).mean(axis=(1, 2, 3))
    expected = error / (error + 0.3)
    table = pd.read_parquet(tmp_path / "scores.parquet")
    np.testing.assert_allclose(table["score"], expected, atol=1e-5)
    np.testing.assert_allclose(model.score(IMAGES[..., None]), expected, atol=1e-5)
    assert scores.above == np.mean(error > 0.3)
    assert [name for name, _ in scores.highest] == table.nlargest(10, "score")["id"].tolist()
    # The validation images have the quantiles 0.1, 0.3 and 0.6 of the toy model's scoring.
    of_validation = np.interp(np.sort(expected), [0.1, 0.3, 0.6], [0, 0.5, 1])
    assert scores.shift == pytest.approx(np.abs(np.arange(1, 2301) / 2300 - of_validation).max(), abs=2e-3)


@pytest.mark.full
def test_a_model_that_classifies_names_the_classes(exported, archive, tmp_path):
    model, encoder = exported("m2")
    applied("classify", encoder, archive, tmp_path / "classes.parquet")
    table = pd.read_parquet(tmp_path / "classes.parquet")
    probabilities = model.classify(IMAGES[..., None]).numpy()
    np.testing.assert_allclose(vectors(table["probabilities"]), probabilities, atol=1e-5)
    assert table["predicted"].tolist() == np.array(["dog", "cat"])[probabilities.argmax(axis=1)].tolist()


@pytest.mark.full
def test_a_conditional_model_is_given_the_class_by_its_name(exported, archive, tmp_path):
    model, encoder = exported("cvae")
    applied("encode", encoder, archive, tmp_path / "codes.npz")  # the classes of the archive are cat and dog
    expected = model.embed(IMAGES[..., None], np.arange(2300) % 2)
    np.testing.assert_allclose(np.load(tmp_path / "codes.npz")["mean"], expected, atol=1e-5)


@pytest.mark.full
def test_a_conditional_model_needs_its_own_classes(exported, image_folder, tmp_path):
    _, encoder = exported("cvae")
    with pytest.raises(InputError, match="SOURCE: expected images with labels"):
        applied("encode", encoder, f"folder:{image_folder / 'cat'}", tmp_path / "codes.npz")
    (image_folder / "cat").rename(image_folder / "hen")
    with pytest.raises(InputError, match=r"SOURCE: the run's model has no class 'hen'. Classes: dog, cat\."):
        applied("encode", encoder, f"folder:{image_folder}", tmp_path / "codes.npz")


def test_files_of_any_size_and_format_are_read_as_in_ingest(exported, tmp_path):
    model, encoder = exported()
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(1)
    photo = rng.integers(0, 256, (9, 14, 3), np.uint8)
    Image.fromarray(photo).save(folder / "a.tiff")
    Image.fromarray(photo).save(folder / "b.png")
    Image.fromarray(IMAGES[0]).save(folder / "c.png")
    np.save(folder / "d.npy", (IMAGES[0].astype(np.uint16) * 257))
    applied("encode", encoder, f"folder:{folder}", tmp_path / "codes.npz")
    codes = np.load(tmp_path / "codes.npz")
    mean = dict(zip(codes["id"].tolist(), codes["mean"], strict=True))
    assert sorted(mean) == ["a.tiff", "b.png", "c.png", "d.npy"]
    np.testing.assert_array_equal(mean["a.tiff"], mean["b.png"])
    np.testing.assert_allclose(mean["c.png"], model.embed(IMAGES[:1, ..., None])[0], atol=1e-5)
    np.testing.assert_allclose(mean["d.npy"], mean["c.png"], atol=1e-5)
    assert codes["label"].tolist() == [""] * 4


def test_what_cannot_be_read_is_listed_and_the_others_keep_their_order(exported, image_folder, tmp_path):
    _, encoder = exported()
    damage(image_folder)
    source, output = f"folder:{image_folder}", tmp_path / "codes.parquet"
    with pytest.raises(
        RunError, match=rf"3 of 40 images cannot be read: 7\.50%.*{tmp_path}/codes\.parquet\.quarantine\.jsonl"
    ):
        applied("encode", encoder, source, output)
    assert not output.exists()
    assert applied("encode", encoder, source, output, max_quarantined=0.1) == (37, 3, None)
    lines = (tmp_path / "codes.parquet.quarantine.jsonl").read_text().splitlines()
    lost = {json.loads(line)["id"] for line in lines}
    assert lost == {"cat/00.png", "cat/01.png", "dog/20.png"}
    every = [f"{'cat' if index < 20 else 'dog'}/{index:02d}.png" for index in range(40)]
    assert pd.read_parquet(output)["id"].tolist() == [name for name in every if name not in lost]


@pytest.mark.full
def test_values_in_another_unit_than_in_training_are_refused(exported, tmp_path):
    of_unit_interval = Intensity(float_white=1, highest=1, values=Scale(0, 1))
    model, encoder = exported("vae", of_unit_interval)
    np.savez(tmp_path / "same.npz", images=IMAGES[:20].astype(np.float32) / 255)
    np.savez(tmp_path / "other.npz", images=IMAGES[:20].astype(np.float32))
    applied("encode", encoder, f"npz:{tmp_path / 'same.npz'}", tmp_path / "same.parquet")
    mean = vectors(pd.read_parquet(tmp_path / "same.parquet")["mean"])
    np.testing.assert_allclose(mean, model.embed(IMAGES[:20, ..., None]), atol=1e-5)
    source = f"npz:{tmp_path / 'other.npz'}"
    with pytest.raises(InputError, match=r"ingest.white: expected values from 0 \(black\) to 1 \(white\).*got 255"):
        applied("encode", encoder, source, tmp_path / "other.parquet")
    applied("encode", encoder, source, tmp_path / "other.parquet", white=255)
    np.testing.assert_array_equal(vectors(pd.read_parquet(tmp_path / "other.parquet")["mean"]), mean)


def test_integers_whose_type_says_nothing_of_white_are_refused_and_dark_images_are_not(exported, tmp_path, caplog):
    model, encoder = exported("vae", Intensity(highest=255))
    np.savez(tmp_path / "long.npz", images=IMAGES[:20].astype(np.int64))
    with pytest.raises(InputError, match=r"^ingest\.white: .*\(int64\) are from 0 to 25\d, .* nearly black; set"):
        applied("encode", encoder, f"npz:{tmp_path / 'long.npz'}", tmp_path / "long.parquet")
    assert not (tmp_path / "long.parquet").exists()
    np.savez(tmp_path / "dark.npz", images=IMAGES[:5] // 20)
    applied("encode", encoder, f"npz:{tmp_path / 'dark.npz'}", tmp_path / "dark.parquet")
    assert "which makes all images nearly black" in caplog.text
    mean = vectors(pd.read_parquet(tmp_path / "dark.parquet")["mean"])
    np.testing.assert_allclose(mean, model.embed(IMAGES[:5, ..., None] // 20), atol=1e-5)


@pytest.mark.parametrize("size", [6, 15])
def test_python_gives_the_answers_of_the_commands_whatever_white_is(exported, tmp_path, size):
    model, encoder = exported("vae", Intensity(white=16, highest=16))
    stored = np.random.default_rng(2).integers(0, 17, (20, size, size), np.uint8)
    np.savez(tmp_path / "stored.npz", images=stored)
    for task in ("encode", "score"):
        applied(task, encoder, f"npz:{tmp_path / 'stored.npz'}", tmp_path / f"{task}.npz")
    save(model, tmp_path / "model.keras")
    shutil.copyfile(encoder / "assets" / "transform.json", tmp_path / "transform.json")
    loaded = vaeflow.load(tmp_path)
    loaded.scoring = model.scoring
    levels = np.rint(stored / 16 * 255).astype(np.uint8)[..., None]
    for images in (levels, [*levels]):
        np.testing.assert_allclose(np.load(tmp_path / "encode.npz")["mean"], loaded.encode(images).mean, atol=1e-5)
        np.testing.assert_allclose(np.load(tmp_path / "score.npz")["score"], loaded.score(images), atol=1e-5)


@pytest.mark.parametrize(
    ("task", "name", "message"),
    [
        ("encode", "codes.txt", r"-o .*codes.txt: expected a name that ends in .parquet or .npz or .csv"),
        ("encode", "there.npz", r"-o .*there.npz: exists already"),
        ("encode", "no/such/codes.npz", r"-o .*codes.npz: cannot be written: No such file or directory"),
        ("reconstruct", "images.csv", r"-o .*images.csv: expected .parquet or .npz for images"),
        ("classify", "classes.csv", r"vaeflow classify: the run's model \(vae\) does not classify"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(exported, archive, tmp_path, task, name, message):
    (tmp_path / "there.npz").touch()
    _, encoder = exported()
    with pytest.raises(InputError, match=message):
        applied(task, encoder, archive, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["there.npz"]

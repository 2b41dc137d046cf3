"""`vaeflow encode`, `reconstruct`, `classify` and `score`, as a user runs them after a finished run."""

import shlex
import signal
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf
from PIL import Image

import vaeflow as package

COUNT = 49_000


@pytest.fixture(scope="module")
def encoded(finished):
    """The codes that the printed command writes."""
    (line,) = [line for line in finished.printed.stdout.splitlines() if line.startswith("  encode ")]
    _, _, command = line.strip().partition("vaeflow ")
    done = finished(*shlex.split(command))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("codes.parquet: 1797 images in ")
    return pd.read_parquet(finished.folder / "codes.parquet").set_index("id")


def exported_in(folder: Path) -> tf.types.experimental.GenericFunction:
    (encoder,) = folder.glob("runs/artifacts/export-*/encoder/1")
    return tf.saved_model.load(str(encoder)).signatures


@pytest.mark.full
def test_a_code_is_that_of_the_test_split(finished, encoded):
    (file,) = finished.folder.glob("runs/artifacts/evaluate-*/embeddings.npz")
    test = np.load(file)
    rows = encoded.loc[test["ids"]]
    for name in ("mean", "stddev"):
        np.testing.assert_allclose(np.stack(rows[name].tolist()), test[name], atol=1e-5)
    assert rows["label"].astype(int).tolist() == test["labels"].tolist()


@pytest.mark.full
def test_a_photograph_has_the_same_code_by_the_command_in_python_and_on_a_server(finished, tmp_path):
    photo = np.random.default_rng(0).integers(0, 256, (21, 30, 3), np.uint8)
    (tmp_path / "photos").mkdir()
    Image.fromarray(photo).save(tmp_path / "photos" / "a.png")
    root = finished.folder / "runs"
    done = finished("encode", "latest", f"folder:{tmp_path / 'photos'}", "-o", tmp_path / "a.npz", "--root", root)
    assert done.returncode == 0, done.stderr
    code = np.load(tmp_path / "a.npz")
    files = tf.constant([(tmp_path / "photos" / "a.png").read_bytes()])
    served = exported_in(finished.folder)["files"](files=files)
    loaded = package.load(root=root).encode(photo[np.newaxis])
    for name in ("mean", "stddev"):
        np.testing.assert_allclose(code[name], served[name], atol=1e-5)
        np.testing.assert_allclose(code[name], getattr(loaded, name), atol=1e-5)


@pytest.mark.full
def test_a_score_is_that_of_python_and_of_a_server(finished, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8), np.uint8)
    np.savez(tmp_path / "new.npz", a=images, b=images[::-1])
    arguments = ("score", "latest", f"npz:{tmp_path / 'new.npz'}", "-o", tmp_path / "scores.csv")
    done = finished.refusal(*arguments)
    assert done.returncode == 2
    assert "ingest.images: name one of several possible arrays" in done.stderr
    done = finished(*arguments, "--set", "ingest.images=b")
    assert done.returncode == 0, done.stderr
    scores = pd.read_csv(tmp_path / "scores.csv")["score"]
    answer = exported_in(finished.folder)["score"](images=tf.constant(images[::-1, ..., None].copy()))
    np.testing.assert_allclose(scores, answer["score"], rtol=1e-4)
    loaded = package.load(root=finished.folder / "runs")
    np.testing.assert_allclose(scores, loaded.score(images[::-1, ..., None]), rtol=1e-4)
    scoring = loaded.scoring
    expected = scoring.normalised(np.mean(answer["map"], axis=(1, 2)))
    np.testing.assert_allclose(scores, expected, rtol=1e-4)
    assert f"{np.mean(scores > 0.5):.2%} are anomalies, with a score above 0.5." in done.stdout


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Images in 12 parts."""
    file = tmp_path_factory.mktemp("many") / "new.npz"
    np.savez(file, images=np.random.default_rng(0).integers(0, 256, (COUNT, 8, 8), np.uint8))
    return f"npz:{file}"


def first_part(process, folder):
    """Wait until a command has finished a part of its result."""
    while not any(folder.glob(".codes.npz.unfinished/parts/*.parquet")):
        assert process.poll() is None
        time.sleep(0.01)


def mark(part):
    """Write another version of the model into all rows of a part, and return their number."""
    table, notes = pq.read_table(part), pq.read_metadata(part).metadata[b"vaeflow"]
    place = table.schema.get_field_index("model")
    marked = table.set_column(place, "model", pa.array(["kept"] * len(table)))
    pq.write_table(marked.replace_schema_metadata({"vaeflow": notes}), part)
    return len(table)


@pytest.mark.full
def test_ctrl_c_says_how_to_resume_and_what_is_finished_is_not_made_again(finished, many, tmp_path):
    arguments = ("encode", "latest", many, "-o", tmp_path / "codes.npz")
    process = finished.started(*arguments)
    first_part(process, tmp_path)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "Interrupted. Run the same command again to resume."
    parts = sorted(tmp_path.glob(".codes.npz.unfinished/parts/*.parquet"))
    assert 0 < len(parts) < 12
    kept = sum(mark(part) for part in parts)
    done = finished(*arguments)
    assert done.returncode == 0, done.stderr
    models = np.load(tmp_path / "codes.npz")["model"]
    assert len(models) == COUNT
    assert (models == "kept").sum() == kept


@pytest.mark.full
def test_a_command_for_the_output_of_another_one_is_refused(finished, many, tmp_path):
    arguments = ("encode", "latest", many, "-o", tmp_path / "codes.npz")
    process = finished.started(*arguments)
    first_part(process, tmp_path)
    done = finished.refusal(*arguments)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"error: -o {tmp_path / 'codes.npz'}: another command is writing it; wait for its end, or choose another name."
    ]
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert len(np.load(tmp_path / "codes.npz")["id"]) == COUNT


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["encode", "small-2", "digits", "-o", "a.npz"], "error: small-2: no such run"),
        (["encode", "latest", "digits:x", "-o", "a.npz"], "error: ingest.source: expected digits, got 'digits:x'"),
        (["encode", "latest", "photos", "-o", "a.npz"], "error: ingest.source: unknown source 'photos'"),
        (["encode", "latest", "folder:no/such", "-o", "a.npz"], "error: ingest.source: "),
        (
            ["encode", "latest", "digits", "-o", "a.npz", "--set", "train.epochs=1"],
            "error: --set train.epochs=1: ",
        ),
        (["encode", "latest", "digits", "-o", "a.npz", "--set", "ingest.x=1"], "error: ingest.x: no such field"),
        (["encode", "latest", "digits", "-o", "a.npz", "--beam-arg=--x"], "error: Beam option --x: no such option"),
        (["classify", "latest", "digits", "-o", "a.npz"], "error: vaeflow classify: the run's model (vae) does not"),
    ],
)
def test_what_is_invalid_is_named_in_one_line(finished, arguments, message):
    done = finished.refusal(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert len(done.stderr.splitlines()) == 1

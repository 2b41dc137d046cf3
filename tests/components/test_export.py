import hashlib
import json
import subprocess
import sys
from contextlib import contextmanager

import keras
import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import text_format
from tensorflow_serving.apis import prediction_log_pb2
from tensorflow_serving.config import model_server_config_pb2

from vaeflow.components import progress
from vaeflow.components.artifacts import Evaluation, Model
from vaeflow.components.export import export
from vaeflow.components.images.config import Transform
from vaeflow.components.images.transform import pixels_to_examples
from vaeflow.components.serving.config import ExportConfig
from vaeflow.components.serving.versions import publish_to
from vaeflow.models import building, registry
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.errors import RunError
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.scoring import Scoring

SHAPE = (6, 5, 1)
OBSERVATION = Observation(binarise="dynamic", seed=5)
TRANSFORM = Transform(image_shape=SHAPE, colour="grey", resize="area", fit="crop", observation=OBSERVATION)
IMAGES = np.random.default_rng(1).integers(0, 256, (4, *SHAPE), np.uint8)


def evaluation_in(folder, *checks):
    verdict = {"passed": all(check["passed"] for check in checks), "checks": list(checks)}
    (folder / "score.json").write_text(Scoring(threshold=0.2).model_dump_json())
    (folder / "metrics.json").write_text(json.dumps({"metrics": {}, "protocol": {}, "verdict": verdict}))
    return Evaluation(folder)


@pytest.fixture(scope="module")
def model():
    config = VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(16,)))
    model = building.build(config, DataSpec(image_shape=SHAPE, observation=OBSERVATION))
    model.compile(keras.optimizers.Adam(), ElboObjective(), jit_compile=False)
    model.fit(IMAGES, np.full(len(IMAGES), -1), batch_size=2, verbose=0)
    return model


MOVED = []


@contextmanager
def moved(description, total):
    """A display that keeps the total and the amounts in `MOVED`."""
    MOVED.append(total)
    yield lambda amount, note="": MOVED.append(amount)


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    root = tmp_path_factory.mktemp("export")
    for name in ("model", "evaluation", "output"):
        (root / name).mkdir()
    model.save(root / "model" / "model.keras")
    (root / "model" / "transform.json").write_text(TRANSFORM.model_dump_json())
    config = ExportConfig(name="digits")
    with progress.shown_on(moved):
        return export(config, Model(root / "model"), evaluation_in(root / "evaluation"), output=root / "output")


def test_the_bar_moves_with_each_part_of_the_work(exported):
    total, *amounts = MOVED
    assert sum(amounts) == total > 3
    assert max(amounts) == 1


@pytest.fixture(scope="module")
def decoder(exported):
    return tf.saved_model.load(str(exported.path / "decoder" / "1")).signatures


@pytest.fixture(scope="module")
def encoder(exported):
    return tf.saved_model.load(str(exported.path / "encoder" / "1")).signatures


@pytest.mark.parametrize("batch", [1, 5])
def test_decoder_gives_the_models_images_for_any_batch(decoder, model, batch):
    z = tf.random.stateless_normal([batch, 3], [1, 2])
    images = decoder["serving_default"](z=z)["images"]
    assert images.dtype == tf.float32
    np.testing.assert_allclose(images, model.decode(z), atol=1e-5)


def sample(decoder, n, seed, temperature):
    return decoder["sample"](n=tf.constant(n), seed=tf.constant(seed), temperature=tf.constant(temperature))["images"]


def test_sample_is_a_function_of_its_seed(decoder, model):
    images = sample(decoder, 4, 7, 1.0)
    np.testing.assert_array_equal(images, sample(decoder, 4, 7, 1.0))
    np.testing.assert_allclose(images, model.generate(4, tf.constant([7, 0])), atol=1e-5)
    assert not np.allclose(images, sample(decoder, 4, 8, 1.0), atol=1e-3)


def test_sample_at_temperature_zero_is_the_middle_of_the_prior(decoder, model):
    np.testing.assert_allclose(sample(decoder, 2, 0, 0.0), model.decode(tf.zeros([2, 3])), atol=1e-5)


@pytest.mark.parametrize("batch", [1, 4])
def test_encoder_passes_pixels_through_the_recorded_transform(encoder, model, batch):
    answer = encoder["serving_default"](images=tf.constant(IMAGES[:batch]))
    x = model.observe(IMAGES[:batch])
    np.testing.assert_allclose(answer["mean"], model.embed(x), atol=1e-5)
    np.testing.assert_allclose(answer["stddev"], model.posterior(x).stddev(), atol=1e-5)


def test_reconstruct_goes_from_pixels_to_pixels(encoder, model):
    images = encoder["reconstruct"](images=tf.constant(IMAGES))["images"]
    np.testing.assert_allclose(images, model.reconstruct(model.observe(IMAGES)), atol=1e-5)


@pytest.mark.parametrize("role", ["decoder", "encoder"])
def test_saved_model_holds_the_weights_it_reads_and_no_training_state(exported, model, role):
    stored = tf.train.load_checkpoint(str(exported.path / role / "1" / "variables" / "variables"))
    shapes = [shape for name, shape in stored.get_variable_to_shape_map().items() if "CHECKPOINTABLE" not in name]
    used = {"decoder": [model.decoder], "encoder": [model.encoder, model.decoder, model.posterior_layer]}[role]
    assert sorted(map(tuple, shapes)) == sorted(tuple(weight.shape) for part in used for weight in part.weights)


def test_models_config_is_read_by_tf_serving(exported):
    config = text_format.Parse(
        (exported.path / "models.config").read_text(), model_server_config_pb2.ModelServerConfig()
    )
    assert [(entry.name, entry.base_path, entry.model_platform) for entry in config.model_config_list.config] == [
        ("digits-decoder", "/models/digits-decoder", "tensorflow"),
        ("digits-encoder", "/models/digits-encoder", "tensorflow"),
    ]


@pytest.mark.parametrize("role", ["decoder", "encoder"])
def test_warm_up_asks_every_signature_something_it_answers(exported, role):
    folder = exported.path / role / "1"
    signatures = tf.saved_model.load(str(folder)).signatures
    asked = set()
    for record in tf.data.TFRecordDataset(str(folder / "assets.extra" / "tf_serving_warmup_requests")):
        request = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        inputs = {name: tf.constant(tf.make_ndarray(tensor)) for name, tensor in request.inputs.items()}
        assert signatures[request.model_spec.signature_name](**inputs)
        asked.add(request.model_spec.signature_name)
    assert asked == set(signatures)


def test_what_is_published_is_a_copy_of_what_was_checked(exported, tmp_path):
    publish_to(tmp_path, exported)
    for role in ("decoder", "encoder"):
        original, copy = exported.path / role / "1", tmp_path / f"digits-{role}" / "1"
        files = sorted(file.relative_to(original) for file in original.rglob("*") if file.is_file())
        assert files == sorted(file.relative_to(copy) for file in copy.rglob("*") if file.is_file())
        assert all((original / file).read_bytes() == (copy / file).read_bytes() for file in files)
    assert exported.properties == {"name": "digits", "roles": "decoder encoder"}


def test_no_file_names_the_folder_it_was_written_in(exported):
    files = [file for file in exported.path.rglob("*") if file.is_file()]
    assert not [file for file in files if str(exported.path).encode() in file.read_bytes()]


def test_failed_verdict_is_told_check_by_check(tmp_path):
    evaluation = evaluation_in(
        tmp_path,
        {"metric": "elbo", "required": ">= -120", "value": -131.5, "passed": False},
        {"metric": "active_units", "required": ">= 2", "value": 5.0, "passed": True},
        {"metric": "nmi", "required": ">= 0.4", "value": 0.25, "passed": False},
        {"metric": "silhouette", "required": ">= 0", "value": None, "passed": False},
    )
    with pytest.raises(RunError) as error:
        export(ExportConfig(), Model(tmp_path), evaluation, output=tmp_path)
    assert "elbo is -131.5, required >= -120; nmi is 0.25, required >= 0.4; silhouette is nan, required >= 0" in str(
        error.value
    )
    assert "active_units" not in str(error.value)
    assert error.value.advice == (
        f"see {tmp_path}/report.html and improve the model in section train, "
        "or change evaluate.require.elbo and evaluate.require.nmi and evaluate.require.silhouette"
    )


def test_verdict_and_what_is_settled_are_read_without_tensorflow_and_without_the_metrics():
    code = """
import sys, vaeflow.components.export
assert "tensorflow" not in sys.modules
assert {name for name in sys.modules if name.startswith("vaeflow.components.evaluation.")} == {
    f"vaeflow.components.evaluation.{name}" for name in ("settled", "verdict")
}
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def as_png(pixels):
    return tf.io.encode_png(tf.constant(pixels)).numpy()


def test_files_and_pixels_of_any_size_pass_through_the_transform_of_preprocess(encoder, model):
    pixels = np.random.default_rng(2).integers(0, 256, (3, 13, 9, 3), np.uint8)
    expected = model.embed(model.observe(pixels_to_examples(TRANSFORM)(pixels)))
    np.testing.assert_allclose(encoder["pixels"](pixels=tf.constant(pixels))["mean"], expected, atol=1e-5)
    files = tf.constant([as_png(image) for image in pixels])
    np.testing.assert_allclose(encoder["files"](files=files)["mean"], expected, atol=1e-5)


@pytest.mark.parametrize("signature", ["serving_default", "reconstruct"])
@pytest.mark.parametrize("shape", [(2, 5, 6, 1), (2, 3, 10, 1), (2, 30), (6, 5, 1), (2, 6, 5, 1, 1)])
def test_images_of_another_shape_with_as_many_pixels_are_refused(encoder, signature, shape):
    got = ", ".join(map(str, shape))
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"images: expected shape \[n, 6, 5, 1\], got \[{got}\]"):
        encoder[signature](images=tf.zeros(shape, tf.uint8))


@pytest.mark.parametrize("shape", [(2, 4), (6,), (3, 1, 1)])
def test_codes_of_another_shape_are_refused(decoder, shape):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"z: expected shape \[n, 3\]"):
        decoder["serving_default"](z=tf.zeros(shape))


@pytest.mark.parametrize("name", ["n", "seed", "temperature"])
def test_a_list_where_a_scalar_is_expected_is_refused(decoder, name):
    request = {"n": tf.constant(2), "seed": tf.constant(0), "temperature": tf.constant(1.0)}
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"{name}: expected shape \[\], got \[3\]"):
        decoder["sample"](**request | {name: tf.fill([3], request[name])})


@pytest.mark.parametrize("shape", [(1, 4, 4, 5), (1, 0, 4, 1), (4, 4, 3)])
def test_pixels_that_are_no_images_are_refused(encoder, shape):
    with pytest.raises(tf.errors.InvalidArgumentError, match="pixels: expected"):
        encoder["pixels"](pixels=tf.zeros(shape, tf.uint8))


def test_a_file_that_is_no_image_is_refused_by_its_place(encoder):
    files = tf.constant([as_png(IMAGES[0]), b"no image"])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"files\[1\] is empty or not an image: expected JPEG"):
        encoder["files"](files=files)


@pytest.mark.parametrize("role", ["decoder", "encoder"])
def test_assets_describe_the_model_and_its_transform(exported, model, role):
    assets = exported.path / role / "1" / "assets"
    assert sorted(file.name for file in assets.iterdir()) == ["model.json", "score.json", "transform.json"]
    assert Transform.model_validate_json((assets / "transform.json").read_bytes()) == TRANSFORM
    described = json.loads((assets / "model.json").read_text())
    assert registry.read_config(described["config"]) == model.config
    assert DataSpec.model_validate(described["data"]) == model.data
    assert described["code_dim"] == 3
    assert described["sampled_from"] == model.config.prior_title
    weights = b"".join(weight.tobytes() for weight in model.get_weights())
    assert described["weights_sha256"] == hashlib.sha256(weights).hexdigest()

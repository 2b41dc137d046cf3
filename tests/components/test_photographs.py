"""A photograph has the same code in evaluation, from the stored pixels, and from the exported encoder."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from sklearn.datasets import load_sample_images

from vaeflow.components.evaluation.assessment import begin
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.components.images.examples import load_split, read_transform
from vaeflow.components.images.transform import files_to_examples
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.serving.saved_model import write_saved_model
from vaeflow.components.serving.signatures import encoder_signatures
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models import building
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

CHINA, FLOWER = (Path(path) for path in load_sample_images().filenames)


@pytest.fixture(scope="module")
def files(encode):
    """Photographs of many sizes and formats, by name: two as written by cameras, and crops of these."""
    temple, flower = Image.open(CHINA), Image.open(FLOWER)
    turned = {}
    for orientation in (3, 6):
        turned[orientation] = Image.Exif()
        turned[orientation][0x0112] = orientation
    translucent = flower.crop((40, 30, 243, 171))
    translucent.putalpha(Image.linear_gradient("L").resize(translucent.size))
    return {
        "china.jpg": CHINA.read_bytes(),
        "flower.jpg": FLOWER.read_bytes(),
        "portrait.jpg": encode(temple.crop((200, 3, 301, 400)), "JPEG", quality=85),
        "turned.jpg": encode(temple.crop((0, 0, 333, 127)), "JPEG", exif=turned[6]),
        "upside_down.png": encode(flower.crop((100, 100, 177, 191)), "PNG", exif=turned[3]),
        "grey.jpg": encode(temple.convert("L").crop((5, 5, 206, 122)), "JPEG", progressive=True),
        "cmyk.jpg": encode(flower.crop((0, 0, 111, 97)).convert("CMYK"), "JPEG"),
        "translucent.png": encode(translucent),
        "palette.png": encode(temple.crop((9, 9, 60, 72)).quantize(64)),
        "deep.png": encode(flower.crop((9, 9, 60, 72)).convert("I;16")),
        "small.bmp": encode(temple.crop((50, 50, 62, 67)), "BMP"),
        "small.gif": encode(flower.crop((50, 50, 73, 59)), "GIF"),
        "wide.png": encode(temple.crop((0, 100, 640, 104))),
    }


@pytest.fixture(scope="module")
def photographs(files, encode, tmp_path_factory):
    """The files, ingested as the test split; training and validation images are uniformly grey."""
    root = tmp_path_factory.mktemp("photographs")
    for split, count in (("train", 8), ("validation", 4)):
        (root / split).mkdir()
        for index in range(count):
            (root / split / f"{index}.png").write_bytes(encode(Image.new("L", (9, 9), 30 * index)))
    (root / "test").mkdir()
    for name, data in files.items():
        (root / "test" / name).write_bytes(data)
    dataset = ingest(IngestConfig(source=f"folder:{root}"), output=tmp_path_factory.mktemp("dataset"))
    assert dataset.properties["images"] == len(files) + 12
    return dataset


def in_order(files, ids):
    """The files with these ids of the test split; asserts that these are all."""
    names = [identifier.removeprefix("test/") for identifier in ids]
    assert sorted(names) == sorted(files)
    return [files[name] for name in names]


QUICK = ({"colour": "grey", "resize": "area", "fit": "crop"}, {"colour": "rgb", "resize": "bilinear", "fit": "pad"})
TRANSFORMS = [
    pytest.param(fields, marks=() if fields in QUICK else pytest.mark.full, id="-".join(fields.values()))
    for values in product(("grey", "rgb"), ("area", "bilinear"), ("crop", "pad"))
    for fields in [dict(zip(("colour", "resize", "fit"), values, strict=True))]
]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_the_files_themselves_give_the_stored_pixels(photographs, files, tmp_path, transform):
    config = PreprocessConfig(image_size=(10, 13), **transform)
    examples = preprocess(config, photographs, output=tmp_path)
    images, _, ids = load_split(examples, "test")
    direct = files_to_examples(read_transform(examples))(tf.constant(in_order(files, ids))).numpy()
    np.testing.assert_allclose(direct.astype(int), images.astype(int), atol=1)
    assert len({image.tobytes() for image in images}) == len(files)


def codes(config, photographs, files, folder, write_model, write_features):
    """The exported encoder, the files, and their codes by evaluate, which are those of the stored pixels."""
    for name in ("examples", "evaluation"):
        (folder / name).mkdir(parents=True)
    examples = preprocess(config, photographs, output=folder / "examples")
    images, _, ids = load_split(examples, "test")
    transform = read_transform(examples)
    likelihood = {"name": "bernoulli" if config.binarise == "dynamic" else "gaussian"}
    network = VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(8,)), likelihood=likelihood)
    model = write_model(folder / "model", images, network, observation=transform.observation)
    measured = EvaluateConfig(importance_samples=2, clustering_seeds=1)
    begin(
        measured,
        read_subject(examples, model, write_features(folder / "features", images)),
        output=folder / "evaluation",
    )

    embeddings = np.load(folder / "evaluation" / "embeddings.npz")
    assert embeddings["ids"].tolist() == ids
    loaded = building.load(model.path / "model.keras")
    np.testing.assert_allclose(loaded.embed(loaded.observe(images)), embeddings["mean"], atol=1e-3)
    write_saved_model(encoder_signatures(loaded, transform), folder / "encoder")
    return folder / "encoder", in_order(files, ids), embeddings["mean"]


@pytest.mark.full
@pytest.mark.parametrize(
    "transform",
    [
        pytest.param(QUICK[0] | {"image_size": (10, 13), "binarise": "dynamic"}, id="grey"),
        pytest.param(QUICK[1] | {"image_size": (13, 10)}, id="rgb"),
    ],
)
def test_one_code_in_evaluation_and_from_the_file_by_the_exported_encoder(
    photographs, files, tmp_path, write_model, write_features, transform
):
    config = PreprocessConfig(**transform)
    encoder, stored, expected = codes(config, photographs, files, tmp_path, write_model, write_features)
    found = tf.saved_model.load(str(encoder)).signatures["files"](files=tf.constant(stored))["mean"]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)

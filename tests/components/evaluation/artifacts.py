"""Examples and models as the earlier steps leave them, at toy size."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.images.examples import Transform
from vaeflow.components.train import TrainConfig
from vaeflow.models import registry
from vaeflow.models.config import ModelConfig, Observation

Labelled = tuple[np.ndarray, np.ndarray | None]


def write_examples(
    folder: Path,
    splits: Mapping[str, Labelled],
    names: Sequence[str] | None = None,
    observation: Observation = Observation(binarise="static"),
) -> Examples:
    """A TFDS directory of the images uint8 [n, h, w, c] and labels of each split."""
    folder.mkdir(parents=True)
    shape = splits["test"][0].shape[1:]
    image = tfds.features.Tensor(shape=shape, dtype=np.uint8, encoding="bytes")
    label = {} if names is None else {"label": tfds.features.ClassLabel(names=list(names))}
    features = tfds.features.FeaturesDict({"image": image, "id": tfds.features.Text(), **label})
    for split, (images, labels) in splits.items():
        with tf.io.TFRecordWriter(str(folder / f"toy-{split}.tfrecord-00000-of-00001")) as writer:
            for i, pixels in enumerate(images):
                values = {"image": pixels, "id": f"{split}-{i}"} | ({} if labels is None else {"label": labels[i]})
                writer.write(features.serialize_example(values))
    infos = [tfds.core.SplitInfo(split, [len(images)], 0) for split, (images, _) in splits.items()]
    tfds.folder_dataset.write_metadata(data_dir=folder, features=features, split_infos=infos, check_data=False)
    transform = Transform(
        image_shape=shape,
        color="grey" if shape[-1] == 1 else "rgb",
        resize="area",
        fit="crop",
        observation=observation,
    )
    (folder / "transform.json").write_text(transform.model_dump_json())
    return Examples(folder, {"source": "toy"})


def train_model(
    folder: Path,
    examples: Examples,
    images: np.ndarray,
    config: ModelConfig,
    epochs: int = 1,
    learning_rate: float = 1e-3,
    observation: Observation = Observation(binarise="static"),
) -> Model:
    """A model folder as train leaves it, with a few epochs of training."""
    folder.mkdir(parents=True)
    keras.utils.set_random_seed(0)
    model = registry.build(config, images.shape[1:], observation)
    model.compile(keras.optimizers.Adam(learning_rate))
    data = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images), seed=0).batch(50)
    record = model.fit(data, validation_data=data, epochs=epochs, verbose=0).history
    terms = [f"{prefix}{term}" for prefix in ("", "val_") for term in ("elbo", "log_likelihood", "kl")]
    history = [{"epoch": e + 1, **{term: float(record[term][e]) for term in terms}} for e in range(epochs)]
    model.save(folder / "model.keras")
    (folder / "config.json").write_text(TrainConfig(model=config, epochs=epochs).model_dump_json())
    (folder / "history.json").write_text(json.dumps({"epochs": history, "best_epoch": epochs}))
    return Model(folder, {"model": "vae", "best_epoch": epochs})

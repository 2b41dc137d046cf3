"""Twelve images of three classes, and small models of them."""

import keras
import numpy as np
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective

SHAPE, CLASSES, SEED = (4, 3, 1), 3, tf.constant([1, 2])
IMAGES = np.random.default_rng(0).integers(0, 256, (12, *SHAPE), dtype=np.uint8)
IMAGES[:, 0, 0] = 0
IMAGES[:, 1, 0] = 255
LABELS = np.arange(12) % CLASSES
NETWORK = DenseNetwork(hidden=(6,))
PLAIN = VAEConfig(latent_dim=2, network=NETWORK)
CLASSIFYING = M2Config(latent_dim=2, hidden=(5,), network=NETWORK)


def compiled(
    config: ModelConfig = CLASSIFYING, binarise: str = "none", num_classes: int = CLASSES
) -> LatentVariableModel:
    keras.utils.set_random_seed(3)
    data = DataSpec(image_shape=SHAPE, observation=Observation(binarise=binarise), num_classes=num_classes)
    model = build(config, data)
    model.compile(keras.optimizers.Adam(0.01), ElboObjective(), jit_compile=False)
    return model

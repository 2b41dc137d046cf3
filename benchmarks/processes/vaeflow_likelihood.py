"""Estimate the log-likelihood of images as vaeflow's evaluate step does in a Beam worker: ARRAY SAMPLES."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from vaeflow.components.evaluation.measuring.encoding import Encoder
from vaeflow.components.evaluation.metrics import bounds
from vaeflow.components.evaluation.settings import Settings
from vaeflow.models import building
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

images = np.load(sys.argv[1])
settings = Settings(importance_samples=int(sys.argv[2]))
size = min(settings.batch_size, len(images))
network = DenseNetwork(hidden=(200, 200), activation="silu")
spec = DataSpec(image_shape=(28, 28, 1), observation=Observation(binarise="static"))
with TemporaryDirectory() as folder:
    file = Path(folder, "model.keras")
    building.build(VAEConfig(latent_dim=50, network=network), spec).save(file)
    encoder = Encoder(file, [bounds.measure], settings, size)
    model = encoder.load_model()
starts = range(0, len(images), size)
batches = [
    (i, part, np.full(len(part), -1, np.int32))
    for i, part in enumerate(images[start : start + size] for start in starts)
]
list(encoder.run_inference(batches[:1], model))
started = time.perf_counter()
list(encoder.run_inference(batches, model))
print(time.perf_counter() - started)

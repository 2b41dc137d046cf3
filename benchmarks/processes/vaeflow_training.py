"""Run vaeflow's train step as a run does: EXAMPLES EPOCHS."""

import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from speeds import speeds

from vaeflow.components.artifacts import Examples
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

examples, counted = Examples(Path(sys.argv[1])), int(sys.argv[2])
network = DenseNetwork(hidden=(200, 200), activation="relu")
config = TrainConfig(model=VAEConfig(latent_dim=50, network=network), epochs=1 + counted, patience=1 + counted)
with TemporaryDirectory() as output:
    train(config, examples, output=Path(output))
    print(median(speeds(Path(output))))

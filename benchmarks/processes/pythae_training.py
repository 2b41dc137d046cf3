"""Train pythae's VAE with its own trainer and the same networks: ARRAY EPOCHS."""

import os
import sys
import time
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import torch
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from torch import nn

LATENT = 50

torch.set_num_threads(os.cpu_count() or 1)


class Encoder(BaseEncoder):
    """Images [b, 1, 28, 28] to mean and log variance, [b, latent] each."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 2 * LATENT)
        )

    def forward(self, x: torch.Tensor) -> ModelOutput:
        mean, log_variance = self.layers(x).chunk(2, dim=1)
        return ModelOutput(embedding=mean, log_covariance=log_variance)


class Decoder(BaseDecoder):
    """Codes [b, latent] to the probabilities of white pixels, as pythae's cross-entropy expects them."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(LATENT, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 784), nn.Sigmoid()
        )

    def forward(self, z: torch.Tensor) -> ModelOutput:
        return ModelOutput(reconstruction=self.layers(z).reshape(-1, 1, 28, 28))


class Clock(TrainingCallback):
    """Records the seconds of each epoch."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def on_train_step_begin(self, training_config: BaseTrainerConfig, **kwargs: object) -> None:
        """Called once, before the first batch of an epoch."""
        self.started = time.perf_counter()

    def on_epoch_end(self, training_config: BaseTrainerConfig, **kwargs: object) -> None:
        self.seconds.append(time.perf_counter() - self.started)


images = torch.from_numpy(np.load(sys.argv[1])).reshape(-1, 1, 28, 28).float() / 255
config = VAEConfig(input_dim=(1, 28, 28), latent_dim=LATENT, reconstruction_loss="bce")
clock = Clock()
with TemporaryDirectory() as output:
    BaseTrainer(
        VAE(config, encoder=Encoder(), decoder=Decoder()),
        train_dataset=BaseDataset(images, torch.zeros(len(images))),
        training_config=BaseTrainerConfig(
            output_dir=output,
            num_epochs=1 + int(sys.argv[2]),
            learning_rate=1e-3,
            per_device_train_batch_size=100,
            no_cuda=True,
        ),
        callbacks=[clock],
    ).train()
_, *counted = clock.seconds
print(median(len(images) / seconds for seconds in counted))

"""Train with a hand-written PyTorch loop over one tensor, without a data loader: ARRAY EPOCHS."""

import os
import sys
import time
from statistics import median

import numpy as np
import torch
from torch import nn
from torch.nn import functional

BATCH = 100
LATENT = 50

torch.set_num_threads(os.cpu_count() or 1)
torch.manual_seed(0)


class VAE(nn.Module):
    """784-200-200-50 and back; `forward` returns the negative ELBO of a batch [b, 784], in nats per image."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 2 * LATENT)
        )
        self.decoder = nn.Sequential(
            nn.Linear(LATENT, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 784)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        distortion = functional.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum")
        rate = 0.5 * torch.sum(mean**2 + log_variance.exp() - 1 - log_variance)
        return (distortion + rate) / len(x)


images = torch.from_numpy(np.load(sys.argv[1])).reshape(-1, 784).float() / 255
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)


def train_epoch() -> float:
    """Train on full batches in random order and return the images per second."""
    started = time.perf_counter()
    order = torch.randperm(len(images))
    batches = [batch for batch in order.split(BATCH) if len(batch) == BATCH]
    for batch in batches:
        loss = model(images[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return BATCH * len(batches) / (time.perf_counter() - started)


train_epoch()
print(median(train_epoch() for _ in range(int(sys.argv[2]))))

"""Train: examples become a model."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt

from vaeflow.components.artifacts import Examples, Model
from vaeflow.models.config import Config, ModelConfig


class TrainConfig(Config):
    """The model and how it is trained."""

    model: ModelConfig = ModelConfig()
    epochs: PositiveInt = 50
    batch_size: PositiveInt = 100
    learning_rate: float = Field(1e-3, gt=0)
    schedule: Literal["constant", "cosine"] = "constant"
    patience: PositiveInt = Field(10, description="Epochs without a better validation ELBO before training stops.")
    seed: int = 0
    strategy: Literal["none", "mirrored", "multi_worker", "tpu"] = "none"
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    xla: bool = Field(True, description="Compile the training step with XLA; only without a strategy.")
    deterministic: bool = Field(False, description="Bit-identical repetition; slower on some devices.")
    memory_budget: PositiveInt = Field(2048, description="MiB; a larger training split is streamed from its shards.")


def train(config: TrainConfig, examples: Examples, *, output: Path) -> Model:
    """Fit the model; goes on from the last finished epoch found in `output`."""
    raise NotImplementedError

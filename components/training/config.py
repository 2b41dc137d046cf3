"""What a recipe says of train. Importable without TensorFlow."""

from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from vaeflow.components.training.data_config import DataConfig
from vaeflow.models.config import Config
from vaeflow.models.objectives.config import ElboConfig, Objective
from vaeflow.models.registry import DEFAULT
from vaeflow.models.registry import Model as ModelChoice


class TrainConfig(Config):
    """The model and how it is trained."""

    model: ModelChoice = DEFAULT
    objective: Objective = ElboConfig()
    data: DataConfig = DataConfig()
    epochs: PositiveInt = 50
    batch_size: PositiveInt = Field(100, description="Images of one step, over all devices.")
    learning_rate: float = Field(1e-3, gt=0, description="Adam's; with a cosine schedule the one it starts from.")
    schedule: Literal["constant", "cosine"] = "constant"
    patience: PositiveInt = Field(
        10, description="Epochs without a better objective on validation before training stops."
    )
    seed: int = Field(0, ge=0, lt=2**31, description="Of the initial weights, the noise and the order of the images.")
    strategy: Literal["none", "mirrored", "multi_worker", "tpu"] = "none"
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    xla: bool | None = Field(
        None, description="Compile training with XLA; by default where it can and pays: not for convolutions on a CPU."
    )
    deterministic: bool = Field(False, description="Bit-identical repetition; slower, as it goes without XLA.")
    memory_budget: PositiveInt = Field(2048, description="MiB; a larger training split is streamed from its shards.")

    @model_validator(mode="after")
    def _batches_have_room(self) -> Self:
        labelled = self.data.labelled_per_batch
        if labelled and labelled >= self.batch_size:
            raise ValueError(f"data.labelled_per_batch must be less than batch_size {self.batch_size}, got {labelled}")
        return self

    @model_validator(mode="after")
    def _objective_suits_the_model(self) -> Self:
        self.objective.check(self.model)
        return self

    @model_validator(mode="after")
    def _xla_suits_the_rest(self) -> Self:
        if self.xla and self.strategy in ("mirrored", "multi_worker"):
            raise ValueError(f"xla cannot compile the reduction between devices of strategy '{self.strategy}'")
        if self.xla and self.deterministic:
            raise ValueError("xla does not promise deterministic results: choose one of xla and deterministic")
        return self

"""Every model by its name in a recipe. Importing this does not import TensorFlow; building a model does."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import Field, TypeAdapter

from vaeflow.models.config import DataSpec, named
from vaeflow.models.family.adgm.config import ADGMConfig
from vaeflow.models.family.autoencoder.config import AutoencoderConfig
from vaeflow.models.family.cvae.config import CVAEConfig
from vaeflow.models.family.dfc_vae.config import DFCVAEConfig
from vaeflow.models.family.fine_tuned.config import FineTunedConfig
from vaeflow.models.family.gumbel_vae.config import GumbelVAEConfig
from vaeflow.models.family.hierarchical_vae.config import HierarchicalVAEConfig
from vaeflow.models.family.ladder_vae.config import LadderVAEConfig
from vaeflow.models.family.m1.config import M1Config
from vaeflow.models.family.m1_m2.config import M1M2Config
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.family.sdgm.config import SDGMConfig
from vaeflow.models.family.vade.config import VaDEConfig
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.family.vae_gan.config import VAEGANConfig
from vaeflow.models.family.vq_vae.config import VQVAEConfig
from vaeflow.models.model_config import ModelConfig

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel

AnyModel = (
    VAEConfig
    | AutoencoderConfig
    | HierarchicalVAEConfig
    | LadderVAEConfig
    | VAEGANConfig
    | DFCVAEConfig
    | M1Config
    | FineTunedConfig
    | VaDEConfig
    | M2Config
    | M1M2Config
    | ADGMConfig
    | SDGMConfig
    | CVAEConfig
    | VQVAEConfig
    | GumbelVAEConfig
)
MODELS: tuple[type[ModelConfig], ...] = get_args(AnyModel)
Model = Annotated[AnyModel, Field(discriminator="name"), named("vae")]

_READER: TypeAdapter[ModelConfig] = TypeAdapter(Model)


def read_config(values: Mapping[str, Any]) -> ModelConfig:
    """A model's configuration from its fields."""
    return _READER.validate_python(values)


def build(config: ModelConfig, data: DataSpec) -> "LatentVariableModel":
    """A new model with freshly initialised weights."""
    model = config.model_class()(config, data)
    model.build()
    return model


def load(path: Path) -> Any:
    """The model that was saved as the file `path`."""
    import keras

    for config in MODELS:
        config.model_class()  # Keras finds a class by its name once it has been imported
    return keras.saving.load_model(path, compile=False)

"""All models by their name in a recipe, and the class that each configuration builds.

Importing this module does not import TensorFlow; asking for a class does.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, assert_never, get_args

from pydantic import Field, TypeAdapter

from vaeflow.models.config import named
from vaeflow.models.family.adgm.config import ADGMConfig
from vaeflow.models.family.autoencoder.config import AutoencoderConfig
from vaeflow.models.family.classifier.config import ClassifierConfig
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
    | ClassifierConfig
)
DEFAULT = VAEConfig()
MODELS: tuple[type[ModelConfig], ...] = get_args(AnyModel)
Model = Annotated[AnyModel, Field(discriminator="name"), named(DEFAULT.name)]


_READER: TypeAdapter[AnyModel] = TypeAdapter(Model)


def read_config(values: Mapping[str, Any]) -> AnyModel:
    """The model configuration with the given fields."""
    return _READER.validate_python(values)


def model_class(config: AnyModel) -> "type[LatentVariableModel]":  # noqa: C901, PLR0912, one case per model
    """The class that a configuration builds. It is imported on demand, as it brings TensorFlow with it."""
    match config:
        case VAEConfig():
            from vaeflow.models.family.vae.model import VAE

            return VAE
        case AutoencoderConfig():
            from vaeflow.models.family.autoencoder.model import Autoencoder

            return Autoencoder
        case HierarchicalVAEConfig():
            from vaeflow.models.family.hierarchical_vae.model import HierarchicalVAE

            return HierarchicalVAE
        case LadderVAEConfig():
            from vaeflow.models.family.ladder_vae.model import LadderVAE

            return LadderVAE
        case VAEGANConfig():
            from vaeflow.models.family.vae_gan.model import VAEGAN

            return VAEGAN
        case DFCVAEConfig():
            from vaeflow.models.family.dfc_vae.model import DFCVAE

            return DFCVAE
        case M1Config():
            from vaeflow.models.family.m1.model import M1

            return M1
        case FineTunedConfig():
            from vaeflow.models.family.fine_tuned.model import FineTuned

            return FineTuned
        case VaDEConfig():
            from vaeflow.models.family.vade.model import VaDE

            return VaDE
        case M2Config():
            from vaeflow.models.family.m2.model import M2

            return M2
        case M1M2Config():
            from vaeflow.models.family.m1_m2.model import M1M2

            return M1M2
        case ADGMConfig():
            from vaeflow.models.family.adgm.model import ADGM

            return ADGM
        case SDGMConfig():
            from vaeflow.models.family.sdgm.model import SDGM

            return SDGM
        case CVAEConfig():
            from vaeflow.models.family.cvae.model import CVAE

            return CVAE
        case VQVAEConfig():
            from vaeflow.models.family.vq_vae.model import VQVAE

            return VQVAE
        case GumbelVAEConfig():
            from vaeflow.models.family.gumbel_vae.model import GumbelVAE

            return GumbelVAE
        case ClassifierConfig():
            from vaeflow.models.family.classifier.model import Classifier

            return Classifier
        case _:
            assert_never(config)

"""The configuration of the step features. Importable without TensorFlow."""

from pydantic import Field

from vaeflow.models.config import Config
from vaeflow.models.quantities import Epochs, Images, Seed


class FeaturesConfig(Config):
    """Configuration of the network in whose features distributions of images are compared."""

    images: Images = Field(10_000, description="Maximum number of training images that the network learns from.")
    epochs: Epochs = Field(10, description="Number of epochs of its training.")
    seed: Seed = Field(0, description="Seed of its initial weights and of the order of the images.")

"""What is recorded of a feature network. Importable without TensorFlow."""

from typing import Literal, assert_never

from pydantic import BaseModel

from vaeflow.components.artifacts import FeatureNetwork

NETWORK_FILE = "features.keras"
RECORD_FILE = "features.json"


class Origin(BaseModel):
    """How a feature network came about."""

    task: Literal["classes", "rotations", "imagenet"]
    """What it was trained for: classes of the training images, rotations of these, or ImageNet."""
    images: int = 0
    """Number of training images that it learned from, the first in file order; 0 for ImageNet."""
    epochs: int = 0
    seed: int = 0
    accuracy: float | None = None
    """Fraction of the validation images that it is right for; None for ImageNet, or without such images."""

    @property
    def description(self) -> str:
        """The network in words."""
        right = "" if self.accuracy is None else f" and right for {self.accuracy:.1%} of the validation images"
        match self.task:
            case "classes":
                return f"a convolutional classifier, trained on {self.images:,} labelled training images{right}"
            case "rotations":
                return (
                    f"a convolutional network, trained to tell by how much {self.images:,} training images were "
                    f"rotated (Gidaris et al. 2018){right}"
                )
            case "imagenet":
                return "VGG19, trained on ImageNet (Simonyan & Zisserman 2015), with averages over positions"
            case _:
                assert_never(self.task)


class FeatureRecord(Origin):
    """The content of `features.json`: only numbers from networks with one digest can be compared."""

    features: int
    """Number of features of an image."""
    digest: str
    """SHA-256 of the network's file."""


def read_record(network: FeatureNetwork) -> FeatureRecord:
    """The record of a feature network."""
    return FeatureRecord.model_validate_json((network.path / RECORD_FILE).read_bytes())

"""One row per model, and the networks and likelihoods that each is combined with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from vaeflow.models.classifiers.config import SupportVectorClassifier
from vaeflow.models.config import Config
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
from vaeflow.models.likelihoods.config import BernoulliLikelihood, ContinuousBernoulliLikelihood, GaussianLikelihood
from vaeflow.models.model_config import GenerativeConfig, ModelConfig
from vaeflow.models.networks.config import ConvolutionalNetwork, DenseNetwork, ResidualNetwork

UPPER_LAYERS = ({"latent_dim": 3, "hidden": (8,)}, {"latent_dim": 2, "hidden": (6, 5)})
MODEL_ROWS = [
    VAEConfig(latent_dim=4),
    VAEConfig(latent_dim=4, posterior={"name": "full_covariance"}, prior={"name": "vamp", "components": 3}),
    VAEConfig(latent_dim=4, posterior={"name": "planar", "length": 3}, prior={"name": "mixture", "components": 3}),
    VAEConfig(latent_dim=4, posterior={"name": "radial", "length": 3}),
    VAEConfig(latent_dim=4, posterior={"name": "iaf", "hidden": (8,), "context": 5}),
    AutoencoderConfig(latent_dim=4, prior={"name": "mixture", "components": 2}),
    AutoencoderConfig(latent_dim=4, sparsity={"name": "l1"}, prior={"name": "gaussian"}),
    AutoencoderConfig(latent_dim=4, sparsity={"name": "kl"}),
    AutoencoderConfig(latent_dim=4, corruption={"name": "salt_and_pepper"}),
    HierarchicalVAEConfig(latent_dim=4, upper=UPPER_LAYERS),
    LadderVAEConfig(latent_dim=4, upper=UPPER_LAYERS),
    VAEGANConfig(latent_dim=4),
    DFCVAEConfig(latent_dim=4, features="classifier"),
    M1Config(latent_dim=4),
    M1Config(latent_dim=4, classifier=SupportVectorClassifier(max_images=20)),
    FineTunedConfig(latent_dim=4, pretrain_epochs=1),
    VaDEConfig(latent_dim=4, clusters=3),
    M2Config(latent_dim=4, hidden=(8,)),
    M1M2Config(latent_dim=4, hidden=(8, 6), m1_latent_dim=5, m1_epochs=1),
    ADGMConfig(latent_dim=4, hidden=(8,), auxiliary_dim=5),
    SDGMConfig(latent_dim=4, hidden=(8,), auxiliary_dim=5, normalisation="batch"),
    CVAEConfig(latent_dim=4, hidden=(8,), posterior={"name": "iaf", "hidden": (8,), "context": 5}),
    VQVAEConfig(latent_dim=4, positions=2, codebook_size=5, prior_width=8),
    GumbelVAEConfig(latent_dim=4, categories=3, straight_through=True),
    ClassifierConfig(),
]
Choices = Mapping[type[Config], Sequence[Mapping[str, Any]]]
DENSE = DenseNetwork(hidden=(16,))
NETWORKS: Choices = {
    DenseNetwork: [{"hidden": (16,)}],
    ConvolutionalNetwork: [{"filters": (4, 6), "hidden": 8}],
    ResidualNetwork: [{"filters": (4, 6), "hidden": 8}],
}
LIKELIHOODS: Choices = {
    BernoulliLikelihood: [{}],
    ContinuousBernoulliLikelihood: [{}],
    GaussianLikelihood: [{"variance": variance} for variance in ("fixed", "learned", "per_pixel")],
}


def combined(part: str, kinds: Choices) -> Iterator[ModelConfig]:
    """Every row with every choice of one part, except for those that its configuration refuses as meaningless."""
    choices = [kind.model_validate(fields) for kind, variants in kinds.items() for fields in variants]
    for row in MODEL_ROWS:
        fields = {"network": DENSE} | {name: getattr(row, name) for name in row.model_fields_set}
        for choice in choices:
            try:
                yield type(row).model_validate(fields | {part: choice})
            except ValidationError:
                continue


def describe(config: ModelConfig) -> str:
    changed = config.model_dump(
        mode="json", exclude_unset=True, exclude={"name", "latent_dim", "network", "likelihood"}
    )
    name = f"{config.name}-{config.network.name}-{changed}"
    if isinstance(config, GenerativeConfig):
        name += f"-{config.likelihood.name}-{config.likelihood.model_dump(mode='json', exclude_defaults=True)}"
    return name.replace(" ", "")

"""The layers of a code, of which units are active or not."""

import pytest

from vaeflow.components.evaluation.metrics.active_units import layers
from vaeflow.models import building
from vaeflow.models.config import DataSpec
from vaeflow.models.family.cvae.config import CVAEConfig
from vaeflow.models.family.hierarchical_vae.config import HierarchicalVAEConfig
from vaeflow.models.family.m2.config import M2Config
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

NETWORK = DenseNetwork(hidden=(4,))
UPPER = ({"latent_dim": 2, "hidden": (4,)},)


@pytest.mark.parametrize(
    ("config", "found"),
    [
        (VAEConfig(latent_dim=3, network=NETWORK), {"": 3}),
        (M2Config(latent_dim=3, network=NETWORK), {"": 3}),
        (CVAEConfig(latent_dim=3, network=NETWORK), {"": 3}),
        (HierarchicalVAEConfig(latent_dim=3, network=NETWORK, upper=UPPER), {"layer 1": 3, "layer 2": 2}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_class_at_the_end_of_the_code_is_no_dimension_of_a_layer(config, found):
    assert layers(building.build(config, DataSpec(image_shape=(4, 4, 1), num_classes=5))) == found

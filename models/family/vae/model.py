"""The variational autoencoder. Kingma & Welling 2014; Rezende, Mohamed & Wierstra 2014.

z ~ p(z), N(0, I) by default        x ~ p(x | decoder(z))        q(z | x) = N(μ(x), diag σ²(x))
"""

import keras

from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.one_layer.model import OneLayerVAE


@keras.saving.register_keras_serializable("vaeflow")
class VAE(OneLayerVAE):
    """The VAE itself, with any posterior, prior, likelihood and network."""

    config_class = VAEConfig
    config: VAEConfig

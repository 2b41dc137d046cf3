"""vaeflow: train, compare and deploy variational autoencoders."""

__version__ = "0.1.0"

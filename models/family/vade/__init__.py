"""Variational deep embedding: a VAE that clusters."""

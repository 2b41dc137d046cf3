"""The conditional variational autoencoder."""

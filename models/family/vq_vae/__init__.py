"""The vector-quantised autoencoder with a prior over its codes."""

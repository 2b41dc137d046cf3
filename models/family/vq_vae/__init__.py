"""The vector-quantised autoencoder with an autoregressive prior over its codes."""

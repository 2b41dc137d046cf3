"""M2, the semi-supervised variational autoencoder."""

"""The autoencoder: plain, sparse or denoising."""

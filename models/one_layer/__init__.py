"""The VAE with one layer of codes, on which several models build."""

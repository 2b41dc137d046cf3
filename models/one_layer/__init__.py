"""The VAE with one layer of codes, which several families build on."""

"""The explorer: a page on which one walks through the latent space of a model."""

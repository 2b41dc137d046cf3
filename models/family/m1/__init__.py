"""M1: a VAE, and a classifier of its codes."""

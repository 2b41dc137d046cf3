"""The plain hierarchical VAE: several layers of codes, each the prior of the one below."""

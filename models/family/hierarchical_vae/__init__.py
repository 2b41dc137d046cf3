"""Several layers of codes, each the prior of the one below: the plain hierarchical VAE, and what hierarchies share."""

"""Models with several layers of codes: what the hierarchical VAE and the Ladder VAE share."""

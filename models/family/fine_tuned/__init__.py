"""A VAE's encoder, tuned to tell classes."""

"""Approximate posteriors q(z | x), computed from the encoder's features."""

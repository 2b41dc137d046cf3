"""Approximate posteriors q(z | x): what the encoder's features become."""

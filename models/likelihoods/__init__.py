"""Likelihoods p(x | z) of an image's pixels."""

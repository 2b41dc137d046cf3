"""Priors p(z) of the codes."""

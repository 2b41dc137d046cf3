"""Priors p(z) over codes."""

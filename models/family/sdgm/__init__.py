"""SDGM, the skip deep generative model."""

"""ADGM, the auxiliary deep generative model."""

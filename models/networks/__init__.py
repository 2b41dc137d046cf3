"""Encoder and decoder networks: from images to features, and from codes to pixel parameters."""

"""Decoding and transformation of images, and the TFDS directories that store them between steps."""

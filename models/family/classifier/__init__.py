"""A supervised classifier of images."""

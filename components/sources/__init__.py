"""Sources of images, one module per kind, with a common interface."""

"""Where images come from: one module per kind of source, all giving the same kind of images."""

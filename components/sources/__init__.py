"""Where images come from: one module per kind of source, all read as the same records."""

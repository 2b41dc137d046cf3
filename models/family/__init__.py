"""One folder a model: its configuration, light to import, and the model itself."""

"""One folder per model: its configuration, which is light to import, and the model itself."""

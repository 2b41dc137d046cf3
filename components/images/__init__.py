"""Images on their way: decoding, the TFDS directories between steps, and reading them back."""

"""Models whose code includes a class: what they share."""

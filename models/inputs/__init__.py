"""What users give to models: images, labels and the rest, read right or refused by name."""

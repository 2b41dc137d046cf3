"""One pass over a split: images go through the model batch by batch, and what is measured goes to files."""

"""One pass over a split: measures the images batch by batch and writes the results to files."""

"""One module per family of metrics: the records, and the functions that compute the metrics."""

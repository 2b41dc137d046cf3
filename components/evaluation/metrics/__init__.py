"""One file for each family of metrics: their records, and the functions that compute them."""

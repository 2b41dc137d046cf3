"""One file for each figure of an evaluation: what it needs, and how it is drawn."""

"""One module per figure of an evaluation: what it needs, and how it is drawn."""

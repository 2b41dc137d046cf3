"""Training objectives: the evidence lower bound, its variants, and schedules of their weights."""

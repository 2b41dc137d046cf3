"""What the models with a class among their codes have in common."""

"""The doctor: findings of what is wrong with a model or its numbers, with their evidence and what to try."""

"""Augmentation: whether generated images help a classifier of few real ones."""

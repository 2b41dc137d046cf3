"""Measures, pictures and the verdict on a trained model."""

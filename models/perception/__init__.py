"""Comparison of images by the features of a network instead of by their pixels."""

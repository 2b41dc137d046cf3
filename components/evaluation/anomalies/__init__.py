"""Anomalies: scores of how unlike the training images an image is, and how well they tell anomalies from normal ones."""

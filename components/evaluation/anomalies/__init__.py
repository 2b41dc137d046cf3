"""Anomalies: how unlike the training images an image is, by several scores, and how well these tell anomalies."""

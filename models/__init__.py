"""The maths: networks, distribution layers, objectives, and one file per model.

Nothing here reads files, runs Beam or prints; and importing this package does not import TensorFlow.
"""

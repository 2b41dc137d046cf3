"""The pictures of an evaluation: one function a figure, from arrays to a titled picture."""

"""The use of exported models: new images of any source become rows of codes, scores, classes or reconstructions."""

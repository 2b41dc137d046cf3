"""Classifiers that scikit-learn fits to the codes of labelled images, and that the model then holds as weights."""

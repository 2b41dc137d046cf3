"""Classifiers of codes, which scikit-learn fits to labelled images and the model stores as weights."""

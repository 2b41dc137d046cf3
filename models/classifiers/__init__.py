"""Classifiers of codes, which scikit-learn fits, and the loss of classifiers that are trained."""

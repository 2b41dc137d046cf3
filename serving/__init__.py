"""Local servers of exported models, which know SavedModels and evaluations as files, and none of vaeflow's models.

One speaks TensorFlow Serving's protocol, the other serves the page of the latent space.
"""

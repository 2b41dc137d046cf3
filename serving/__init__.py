"""Local servers of exported models. They know SavedModels and evaluations as files, and none of vaeflow's models."""

"""Images that a model has not been trained with, as examples."""

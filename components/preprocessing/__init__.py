"""What preprocess does to an image and counts over a split."""

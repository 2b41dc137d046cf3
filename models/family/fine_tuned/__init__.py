"""A VAE's encoder, fine-tuned as a classifier."""

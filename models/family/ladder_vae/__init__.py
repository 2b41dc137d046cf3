"""The Ladder VAE."""

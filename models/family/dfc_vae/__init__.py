"""The deep feature consistent VAE."""

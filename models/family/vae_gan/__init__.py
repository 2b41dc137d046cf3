"""The VAE/GAN."""

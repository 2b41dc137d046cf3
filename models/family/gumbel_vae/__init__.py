"""The VAE with categorical codes, trained through the Gumbel-softmax relaxation."""

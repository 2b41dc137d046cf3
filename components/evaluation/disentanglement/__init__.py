"""What the measures of disentanglement share: encoded images with known factors, and how points are drawn from them."""

"""What `train` is made of: data order, checkpoints, strategies, and what TensorBoard shows."""

"""Support code of the step train: batches, the labels it may use, checkpoints, strategies and TensorBoard logs."""

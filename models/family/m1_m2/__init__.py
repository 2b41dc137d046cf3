"""M1+M2, the stacked semi-supervised model."""

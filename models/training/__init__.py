"""The training step: its data, its losses, what it reports, and the phases of training."""

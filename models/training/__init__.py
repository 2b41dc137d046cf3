"""One step of training, and the phases that a training goes through."""

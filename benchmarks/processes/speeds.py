"""The speed of a training, from its TensorBoard logs."""

from pathlib import Path


def speeds(model: Path) -> list[float]:
    """Images per second of each epoch but the first, which compiles."""
    import tensorflow as tf
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    logs = EventAccumulator(str(model / "logs" / "train")).Reload()
    return [float(tf.make_ndarray(event.tensor_proto)) for event in logs.Tensors("images_per_second")][1:]

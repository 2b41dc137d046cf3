"""Whether the number of labels that training keeps suits the classes. Importable without TensorFlow."""

from vaeflow.components.artifacts import Artifact, Dataset
from vaeflow.components.images.label_names import read_label_names
from vaeflow.components.training.config import TrainConfig
from vaeflow.models.errors import InputError


def foresee_labels(config: TrainConfig, artifact: Artifact) -> None:
    """Raise `InputError` if training cannot keep as many labels of this dataset as its configuration says."""
    if isinstance(artifact, Dataset) and config.data.labels is not None:
        names = read_label_names(artifact.path)
        if names is None:
            raise no_labels(config.data.labels)
        labels_per_class(config.data.labels, names)


def no_labels(count: int) -> InputError:
    """The error of images without labels, of which training should keep `count`."""
    return InputError(
        f"train.data.labels: expected images with labels to keep {count} of them, got images without labels"
    )


def labels_per_class(count: int, names: tuple[str, ...]) -> int:
    """The number of labels to keep of each class. Raises `InputError` if `count` is not a multiple of the classes."""
    per_class, rest = divmod(count, len(names))
    if rest:
        nearest = " or ".join(str(multiple) for multiple in (count - rest, count - rest + len(names)) if multiple)
        raise InputError(
            f"train.data.labels: expected a multiple of {len(names)}, the number of classes, got {count}; set it to "
            f"{nearest}"
        )
    return per_class

"""Whether the number of labels that training keeps suits the classes. Importable without TensorFlow."""

from collections.abc import Sized

from vaeflow.models.errors import InputError


def no_labels(count: int) -> InputError:
    """The error of images without labels, of which training should keep `count`."""
    return InputError(
        f"train.data.labels: expected images with labels to keep {count} of them, got images without labels"
    )


def labels_per_class(count: int, classes: Sized) -> int:
    """The number of labels to keep of each class that training has.

    Raises `InputError` if `count` is not a multiple of the number of classes.
    """
    per_class, rest = divmod(count, len(classes))
    if rest:
        nearest = " or ".join(str(multiple) for multiple in (count - rest, count - rest + len(classes)) if multiple)
        raise InputError(
            f"train.data.labels: expected a multiple of {len(classes)}, the number of classes in training, got "
            f"{count}; set it to {nearest}"
        )
    return per_class

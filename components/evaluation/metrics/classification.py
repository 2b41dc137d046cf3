"""Classification: the error of the model's own classifier."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.conditions import LABELS_IN_TRAINING
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import A_CLASSIFIER, LABELS

if TYPE_CHECKING:
    from vaeflow.components.evaluation.measuring.batch import Batch, Measures
    from vaeflow.components.evaluation.study import Study

ERROR = Metric(
    "classification_error",
    "Classification error",
    "% of test images",
    decimals=2,
    needs=(LABELS, A_CLASSIFIER),
    better="lower",
    headline=True,
    depends_on=(LABELS_IN_TRAINING,),
)
PREDICTED = "predicted_label"


def measure(batch: "Batch") -> "Measures":
    """The most probable class of each image, and 100 if it is wrong, else 0: the mean is the error in per cent."""
    import tensorflow as tf

    predicted = tf.argmax(batch.model.classify(batch.images), axis=-1)
    wrong = predicted != tf.cast(batch.labels, predicted.dtype)
    return {PREDICTED: predicted, ERROR.name: 100 * tf.cast(wrong, tf.float32)}


def note(study: "Study") -> str:
    """The pixels that the classifier saw."""
    if study.subject.transform.observation.binarise == "none":
        return ""
    grey = study.settings.classify_grey
    seen = "the grey values of the images, which training binarised" if grey else "binarised images, as in training"
    return f"The model's own classifier saw {seen}."


FAMILY = Family((ERROR,), measure, note=note)

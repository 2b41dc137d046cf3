"""Augmentation: do images that a conditional model generates help a classifier that has few real ones?

Classifiers are trained on the labelled images that the model itself was trained on, on generated images, and on both.
The model has seen no other image of the training split, with or without a label, and no label of a validation image
chose its epoch: it knows nothing that the classifier of real images could not have learned from the same images. What
generated images add is therefore the model's own idea of how images of a class vary, and need not help.
"""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.conditions import AUGMENTATION, BINARISATION, LABELS_IN_TRAINING, TRAINING_IMAGES
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import FEW_LABELS, GIVEN_CLASSES, LABELS
from vaeflow.components.evaluation.spread import Spread, over_images, pooled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaeflow.components.evaluation.augmentation.learning import Right
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.base import LatentVariableModel
    from vaeflow.models.training.data import Labelled

STEPS = 1_000
UNIT = "% of test images"


def _metric(name: str, title: str, unit: str = UNIT) -> Metric:
    return Metric(
        f"augmentation_{name}",
        title,
        unit,
        decimals=2,
        needs=(LABELS, FEW_LABELS, GIVEN_CLASSES),
        costly=True,
        better="higher",
        depends_on=(TRAINING_IMAGES, LABELS_IN_TRAINING, BINARISATION, AUGMENTATION),
    )


REAL = _metric("real", "Accuracy with real images")
BOTH = _metric("both", "Accuracy with real and generated images")
GENERATED = _metric("generated", "Accuracy with generated images")
GAIN = _metric("gain", "Gain by generated images", "% of test images, of both over real ones")


def compute(study: "Study") -> dict[str, Spread]:
    """The accuracies over seeds, and the difference that generated images make, paired by seed and test image."""
    from vaeflow.components import progress
    from vaeflow.components.evaluation.augmentation.learning import trained_on_each

    subject, settings = study.subject, study.settings
    real, test = real_images(study), test_images(study)

    def generator(seed: int) -> "Labelled":
        return generated_images(subject.network, settings.generated_images, seed, settings.batch_size)

    model, runs = subject.network, []
    with progress.bar("Training classifiers of real and generated images", settings.augmentation_seeds) as advance:
        for seed in range(settings.seed, settings.seed + settings.augmentation_seeds):
            network = model.config.network
            runs.append(trained_on_each(network, model.data, real, generator, test, steps=STEPS, seed=seed))
            advance(1)
    return summarised(runs)


def summarised(runs: "Sequence[Right]") -> dict[str, Spread]:
    """Each metric over runs, in per cent."""
    values = {
        REAL.name: [100.0 * run.real for run in runs],
        BOTH.name: [100.0 * run.both for run in runs],
        GENERATED.name: [100.0 * run.generated for run in runs],
        GAIN.name: [100.0 * run.both - 100.0 * run.real for run in runs],
    }
    return {name: pooled([over_images(run) for run in each]) for name, each in values.items()}


def real_images(study: "Study") -> "Labelled":
    """The training images whose labels the model was trained with."""
    from vaeflow.components.training.labels import kept_labels, labelled_images
    from vaeflow.models.training.data import Labelled

    subject = study.subject
    return Labelled(*labelled_images(subject.examples, kept_labels(subject.known_labels, subject.examples)))


def test_images(study: "Study") -> "Labelled":
    """The images of the sample whose class is known."""
    import numpy as np

    from vaeflow.models.training.data import Labelled

    rows = np.flatnonzero(study.labels >= 0)
    return Labelled(study.measured.sample.images(rows.tolist()), study.labels[rows])


def generated_images(model: "LatentVariableModel", count: int, seed: int, batch_size: int) -> "Labelled":
    """Mean images of `count` codes, as many of each class, as grey values that the classifier observes like real ones.

    If images are binarised, grey values are probabilities, so that what it observes is a sample of p(x | z).
    """
    import numpy as np
    import tensorflow as tf

    from vaeflow.models.observation import LEVELS
    from vaeflow.models.training.data import Labelled

    classes = np.arange(count) % model.data.num_classes
    starts = range(0, count, batch_size)
    drawn = [model.generate_class(classes[i : i + batch_size], tf.constant([seed, 2**20 + i])) for i in starts]
    return Labelled(np.rint(LEVELS * np.concatenate(drawn)).astype(np.uint8), classes)


def in_words(study: "Study") -> str:
    """The effort of all classifiers, in words."""
    from vaeflow.components.evaluation.augmentation.learning import BATCH_SIZE

    settings, network = study.settings, study.subject.config.network
    layers = network.hidden if network.name == "dense" else network.filters
    return (
        f"{settings.generated_images:,} generated images, {settings.augmentation_seeds} seeds, {STEPS:,} steps of "
        f"{BATCH_SIZE} images, {network.name} network {'-'.join(map(str, layers))}"
    )


def note(study: "Study") -> str:
    """The images and the effort, and what chose nothing."""
    from vaeflow.components.evaluation.augmentation.learning import LEARNING_RATE

    labels = study.subject.known_labels.labels
    return (
        f"Augmentation: {in_words(study)}. The real images are the {labels} labelled training images that this model "
        "was itself trained on: neither it nor the classifiers have seen any other image of the training split, and "
        "validation images chose nothing. The generated ones are drawn anew for each seed, as many of each class. With "
        "both, half of each batch is real. The classifiers are those of the model `classifier`, with this encoder's "
        "network. They start from the same weights in each seed, and are trained by Adam, with a learning rate from "
        f"{LEARNING_RATE:g} along a cosine to 0, for the same number of steps, of which the last counts. The ± of "
        "accuracies and of the gain, which is paired by seed and test image, pools the deviation over seeds with the "
        "standard error over test images; another draw of labels or another training of this model is not in it."
    )


FAMILY = Family((REAL, BOTH, GENERATED, GAIN), compute=compute, note=note)
